//! Tests through the library's doors and the binary.
#![cfg(test)]

mod advisory_facts;
mod architecture;
mod asked;
mod assessment_laws;
mod authority;
mod binary;
mod bundle_faults;
mod conversion;
mod corpus;
mod corpus_csaf;
mod corpus_advisories;
mod corpus_detect;
mod corpus_match;
mod corpus_sbom;
mod corpus_signature;
mod corpus_spdx2;
mod corpus_vex;
mod criteria_files;
mod diagnostics;
mod exit_codes;
mod feed;
mod format_laws;
mod inventory;
mod laws;
mod matching;
mod messages;
mod oracle;
mod service;
mod signature_faults;
mod source;
mod vex;
mod worked_examples;
mod sbom_compare;
mod seeded;
mod mutation;
mod cyclonedx_encodings;
mod corpus_spdx3;
mod corpus_versions;
mod version_compare;
mod corpus_profiles;
mod profile_laws;
mod sbom_check;
mod scan;
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
#[cfg(feature = "retrieve")]
mod feed_update;
#[cfg(feature = "retrieve")]
mod http;
mod feed_carry;
mod feed_crash;
mod feed_malformed;
