//! What a document holds and the shape of CycloneDX JSON has no room for.

use crate::diagnostic::{Diagnostic, Place, Severity};

/// The most kinds of things that are told apart.
const MAXIMUM_KINDS: usize = 32;

/// What was left out, each kind once with its number.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    kinds: Vec<Kind>,
    others: usize,
}

#[derive(Debug)]
struct Kind {
    what: String,
    why: &'static str,
    severity: Severity,
    offset: usize,
    count: usize,
}

impl LeftOut {
    /// Counts one thing. The first one of a kind lends its byte offset.
    pub(super) fn add(&mut self, severity: Severity, what: &str, why: &'static str, offset: usize) {
        let known = self
            .kinds
            .iter_mut()
            .find(|kind| kind.what == what && kind.why == why);
        if let Some(kind) = known {
            kind.count += 1;
        } else if self.kinds.len() < MAXIMUM_KINDS {
            self.kinds.push(Kind {
                what: what.to_owned(),
                why,
                severity,
                offset,
                count: 1,
            });
        } else {
            self.others += 1;
        }
    }

    /// Tells each kind; `place` turns a byte offset into a place.
    pub(super) fn tell(self, place: impl Fn(usize) -> Place) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        for kind in self.kinds {
            let times = if kind.count == 1 {
                String::new()
            } else {
                format!(", {} times", kind.count)
            };
            told.push(left_out(
                kind.severity,
                place(kind.offset),
                format!("{} is left out{times}: {}", kind.what, kind.why),
            ));
        }
        if self.others > 0 {
            let message = format!("{} more things of other kinds are left out", self.others);
            told.push(left_out(Severity::Note, Place::whole(), message));
        }
        told
    }
}

fn left_out(severity: Severity, at: Place, message: String) -> Diagnostic {
    Diagnostic {
        severity,
        ..Diagnostic::note("cyclonedx-left-out", at, message)
    }
    .help("what matters of it must be looked at in the document itself")
}
