//! The verdict on a delivery for people and machines.

mod text;

pub use text::text;
