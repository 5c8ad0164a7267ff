//! Papers: the same view values as text for a terminal, as Markdown, as pages.

pub mod agency;
pub mod answers;
pub mod attestation;
pub mod calendar;
pub mod because;
pub mod chart;
pub mod clauses;
pub mod criteria;
pub mod facts;
pub mod marking;
pub mod paper;
pub mod ocds;
pub mod questionnaire;
pub mod record;
pub mod report;
pub mod provenance;
pub mod sarif;
pub mod scan;
pub mod sensitivity;
pub mod signature;
pub mod table;
pub mod tender;
pub mod timetable;
pub mod trust;
pub mod words;
