//! What the operator configures, in files of their own. Each file is read whole, and all of its faults
//! are told at once.

pub mod feeds;
