//! Papers by which a questionnaire goes to a supplier: the workbook, the form and the packet that holds both.
//!
//! None of them holds a weight, a fact or a rule: they are made of what [`crate::questionnaire::Questionnaire::published`]
//! shows. Same inputs give the same bytes.

pub mod form;
pub mod packet;
pub mod receipt;
pub mod workbook;
