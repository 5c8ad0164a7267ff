//! Provenance held against what was agreed: is this artifact the one that the expected builder built from the
//! expected source, and how much does that prove?
//!
//! [`check()`] is a function of provenance, expectation and the table of [`Builders`]; it verifies no signature.
//! [`level()`] tells the SLSA Build level that is claimed and the one that is supported by what was verified.
//! To add a builder, add it to `criteria/slsa-builders.toml`; to add a check, add it to [`CheckName`] and to
//! `check`, with its messages.

mod builder;
mod check;
mod expectation;
mod level;
mod outcome;
mod reference;

pub use builder::{Builder, BuilderKind, Builders, Trial};
pub use check::{Check, CheckName, Found, Judgment, check, publication_of};
pub use expectation::{Expectation, ExpectedBuilder, VersionedTag};
pub use level::{Level, Reason, Signature, level};
pub use outcome::{Missing, Outcome};
pub use reference::{BuilderId, is_release_tag};
