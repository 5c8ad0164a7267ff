//! A tender under way: who did what, when, in which order, as a log whose replay is the state.
//!
//! The log is the only source. Every step is an [`Event`] by an [`Actor`]; [`State::admit`] says whether it may
//! follow, [`replay`] applies a whole log under the same guards. What is secret stands in the log as a digest of
//! an envelope and a salted commitment, so the log may be shown to whoever audits the case.
//!
//! ```text
//! draft ─ published ─ closed ─ marking ─ sheets-locked ─ consolidated ─ locked ─ opened ─ ranked ─ awarded
//!             └──────────┴─────────┴────────────┴─────────────┴──────────┴────────┴────────┴── cancelled
//! ```
//!
//! Nothing here reads a file or a clock, or knows a key. To add a step: an event, its line in [`guard`], its effect
//! in [`state`], a test in both directions.

pub mod chain;
pub mod event;
pub mod file;
mod guard;
pub mod role;
pub mod standing;
pub mod state;
pub mod status;
#[cfg(test)]
mod tests;
pub mod view;

pub use chain::{Entry, Fault, GENESIS, read_log, replay};
pub use event::{Event, Opener, Part, SealedPart};
pub use role::{Actor, Role};
pub use state::{Phase, State};
