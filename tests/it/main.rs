//! Tests through the library's doors and the binary.
#![cfg(test)]

mod authority;
mod binary;
mod corpus;
mod corpus_sbom;
mod service;
mod corpus_detect;
mod corpus_signature;
mod signature_faults;
mod laws;
mod architecture;
mod criteria_files;
mod diagnostics;
mod exit_codes;
mod messages;
mod source;
mod worked_examples;
mod oracle;
