//! The verdict on a delivery for people and machines.

mod text;
mod vsa;

pub use text::text;
pub use vsa::vsa;
