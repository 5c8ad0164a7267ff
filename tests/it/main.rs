//! Tests through the library's doors and the binary.
#![cfg(test)]

mod architecture;
mod assessment_laws;
mod authority;
mod binary;
mod conversion;
mod corpus;
mod corpus_csaf;
mod corpus_detect;
mod corpus_sbom;
mod corpus_signature;
mod corpus_spdx2;
mod criteria_files;
mod diagnostics;
mod exit_codes;
mod format_laws;
mod laws;
mod messages;
mod oracle;
mod service;
mod signature_faults;
mod source;
mod worked_examples;
mod sbom_compare;
mod seeded;
mod mutation;
mod cyclonedx_encodings;
mod corpus_spdx3;
mod corpus_profiles;
mod profile_laws;
mod sbom_check;
mod schema_mutation;
mod schema_oracle;
mod markup_mutation;
mod markup_oracle;
mod markup_sample;
mod markup_tables;
mod cyclonedx_written;
mod cyclonedx_pairs;
mod conversion_spdx3;
#[path = "../../fuzz/src/bodies.rs"]
mod bodies;
mod fuzz_seeds;
mod hostile;
mod fuzz_found;
