//! Mekiki judges suppliers, their cloud services and their deliveries against the selection criteria of
//! Article 19 of Japan's Common Model of Cybersecurity Measures for Government Agencies, from evidence.
//!
//! The modules stand in reading order, ground floor first; imports run only upwards in this list.
//! `ARCHITECTURE.md` draws the plan.

pub mod diagnostic;
pub mod digest;
pub mod exact;
pub mod id;
pub mod text;
pub mod time;
pub mod tree;

pub mod evidence;
pub mod fact;

pub mod criteria;

pub mod assessment;

pub mod clause;
pub mod contract;
pub mod reevaluation;

pub mod document;
pub mod tender;

pub mod app;

pub mod cli;
pub mod folder;
