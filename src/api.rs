//! The HTTP API, `/api/v1`: the same documents as the command line, from the same records.

pub mod error;
pub mod v1;
