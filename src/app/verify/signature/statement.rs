//! Signed statements that speak of several files: each is verified once, and counts for every file that it names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Answer, Holder, Judge, Target};
use crate::digest::Digest;
use crate::evidence::attestation::envelope::{self, Envelope};
use crate::evidence::attestation::{payload_of_bundle, statement};
use crate::evidence::signature::{Kind, Verification};

/// What one statement, by the digest of its file, was found to say.
#[derive(Default)]
pub(super) struct Statements(RefCell<BTreeMap<Digest, Known>>);

struct Known {
    /// The files that it names.
    subjects: BTreeSet<Digest>,
    /// Its verification over one of them.
    verified: Option<Box<Verification>>,
}

impl Statements {
    /// Judges `holder` over `target`. A statement that was verified over one of its subjects is not verified again for
    /// the next: signature, signer and time are the same.
    pub(super) fn judge(
        &self,
        judge: &Judge<'_>,
        target: &Target<'_>,
        holder: Holder<'_>,
    ) -> Answer {
        let mut known = self.0.borrow_mut();
        let known = known.entry(holder.sha256).or_insert_with(|| Known {
            subjects: subjects(holder),
            verified: None,
        });
        let is_subject = known.subjects.contains(&target.sha256);
        if let Some(verification) = known.verified.as_ref().filter(|_| is_subject) {
            return Answer::Verified(verification.clone());
        }
        let answer = judge.judge(target, holder);
        if let Answer::Verified(verification) = &answer
            && is_subject
        {
            known.verified = Some(verification.clone());
        }
        answer
    }
}

/// The SHA-256 digests that the one statement of a file names; none where it holds none or several.
fn subjects(holder: Holder<'_>) -> BTreeSet<Digest> {
    let payload = match holder.kind {
        Kind::Sigstore => payload_of_bundle(holder.bytes).ok().flatten(),
        Kind::Dsse => match envelope::documents(holder.bytes).as_deref() {
            Ok([document]) => Envelope::parse(document).ok().map(|one| one.payload),
            _ => None,
        },
        _ => None,
    };
    let read = payload.and_then(|payload| statement::read(&payload).ok());
    let subjects = read.map(|(statement, _)| statement.sha256_subjects());
    subjects.unwrap_or_default().into_iter().collect()
}
