//! Tests through the library's doors and the binary.
#![cfg(test)]

mod advisory_facts;
mod architecture;
mod asked;
mod canonical_xml;
mod signer;
mod signature_jsf;
mod assessment_laws;
mod authority;
mod binary;
mod certificate_chain;
mod certificates;
mod conversion;
mod corpus;
mod corpus_attestation;
mod corpus_csaf;
mod corpus_advisories;
mod corpus_detect;
mod corpus_match;
mod corpus_sbom;
mod corpus_signature;
mod corpus_slsa;
mod corpus_spdx2;
mod corpus_vex;
mod criteria_files;
mod detached_signatures;
mod demo;
mod diagnostics;
mod dsse;
mod exit_codes;
mod feed;
mod format_laws;
mod inventory;
mod laws;
mod matching;
mod messages;
mod oci;
mod oracle;
mod service;
mod signing_keys;
mod signed_records;
mod signature_faults;
mod source;
#[cfg(feature = "retrieve")]
mod offline;
#[cfg(feature = "retrieve")]
mod trust_root;
mod tuf;
mod tuf_maker;
mod tuf_oracle;
mod vex;
mod worked_examples;
mod sbom_compare;
mod seeded;
mod mutation;
mod cyclonedx_encodings;
mod corpus_spdx3;
mod corpus_versions;
mod trust;
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
