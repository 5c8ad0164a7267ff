//! Mekiki judges suppliers, their cloud services and their deliveries against the selection criteria of
//! Article 19 of Japan's Common Model of Cybersecurity Measures for Government Agencies, from evidence.
//!
//! The modules stand in reading order, ground floor first; a module imports only what stands above it
//! in this list. `ARCHITECTURE.md` draws the plan.

// Ground.
pub mod diagnostic;
pub mod digest;
pub mod exact;
pub mod id;
pub mod text;
pub mod time;
pub mod cpe;
pub mod purl;
pub mod version;
pub mod cvss;
pub mod tree;
pub mod tape;
pub mod markup;
pub mod schema;
pub mod pages;
pub mod classification;

// Evidence.
pub mod evidence;

// Examination.
pub mod profile;
pub mod comparison;
pub mod delivery;
pub mod snapshot;
pub mod matching;
pub mod inventory;
pub mod conversion;
pub mod triage;
pub mod provenance;
pub mod trust;
pub mod questionnaire;

// Judgment.
pub mod fact;
pub mod criteria;
pub mod assessment;

// Trade.
pub mod tender;
pub mod clause;
pub mod contract;
pub mod reevaluation;
pub mod governance;
pub mod acceptance;

// Paper.
pub mod document;

// Edge.
pub mod clock;
pub mod file;
pub mod feed;
pub mod folder;
pub mod seal;
#[cfg(feature = "server")]
pub mod blob;
#[cfg(feature = "server")]
pub mod storage;
#[cfg(feature = "retrieve")]
pub mod retrieve;
#[cfg(feature = "retrieve")]
pub mod config;

// Joint.
pub mod app;

// Doors.
#[cfg(feature = "server")]
pub mod api;
#[cfg(feature = "server")]
pub mod web;
#[cfg(feature = "server")]
pub mod server;
pub mod cli;
