//! Vulnerability advisories.

pub mod rustsec;
