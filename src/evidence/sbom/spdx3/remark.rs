//! The remarks on a document, bounded.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Place};

/// How many remarks of one code are listed.
const LISTED: usize = 100;

/// The remarks so far. Of each code the first hundred are kept, so that a document with a million
/// faults does not give a million texts.
#[derive(Default)]
pub(super) struct Remarks {
    listed: Vec<Diagnostic>,
    counts: HashMap<&'static str, usize>,
}

impl Remarks {
    /// A breach of the specification. `say` gives the JSON pointer and the message.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        help: &str,
        say: impl FnOnce() -> (String, String),
    ) {
        self.add(code, help, say, Diagnostic::error);
    }

    /// Something doubtful.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        help: &str,
        say: impl FnOnce() -> (String, String),
    ) {
        self.add(code, help, say, Diagnostic::warning);
    }

    /// Something worth knowing.
    pub(super) fn note(
        &mut self,
        code: &'static str,
        help: &str,
        say: impl FnOnce() -> (String, String),
    ) {
        self.add(code, help, say, Diagnostic::note);
    }

    fn add(
        &mut self,
        code: &'static str,
        help: &str,
        say: impl FnOnce() -> (String, String),
        make: impl FnOnce(&'static str, Place, String) -> Diagnostic,
    ) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= LISTED {
            let (pointer, message) = say();
            self.listed
                .push(make(code, Place::pointer(pointer), message).help(help));
        }
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.listed
    }
}
