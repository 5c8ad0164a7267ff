//! The verdict on a delivery in every form in which it is written, out of the report alone.
//!
//! One file a form, each a pure function. What a document says is inert in all of them: no text of a supplier can move
//! a cursor, break a table, open a tag or call a person. A form that leaves something out says how much. To add a form,
//! add a file here and its word in the command.

mod cells;
pub mod codequality;
pub mod cyclonedx;
mod explained;
mod fingerprint;
pub mod junit;
pub mod markdown;
mod page;
pub mod sarif;
mod text;
mod vsa;
mod wording;

pub use explained::explained;
pub use page::page;
pub use text::{LINES, first_line, text};
pub use vsa::vsa;
