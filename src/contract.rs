//! The contract side: security requirements and their events.

pub mod register;
pub mod requirement;
