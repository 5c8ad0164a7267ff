//! Which subject of a statement an artifact is.

use std::cell::OnceCell;

use crate::digest::Algorithm;
use crate::evidence::attestation::statement::ResourceDescriptor;
use crate::evidence::signature::Artifact;

/// What the subjects of a statement say of an artifact.
pub(super) enum Subject {
    /// One of them is it, by every strong digest that is at hand.
    Is(String),
    /// One of them is it by one digest and is not by another.
    Contradicts(String),
    /// One of them may be it, by a digest that can be forged.
    Weak(String),
    /// Which of them is it cannot be told from the digests at hand.
    Unknown,
    /// None of them is it.
    None,
}

/// Looks an artifact up among the subjects of a statement, in whatever order they stand: one that contradicts itself
/// decides, then one that is the artifact, then one that may be.
pub(super) fn subject(subjects: &[ResourceDescriptor], artifact: &Artifact<'_>) -> Subject {
    let own = Digests::of(artifact);
    let mut outcome = Subject::None;
    for subject in subjects {
        let (mut same, mut different, mut unknown, mut weak) = (0, 0, 0, 0);
        for (name, digits) in &subject.digests {
            match own.get(name) {
                Own::Strong(Some(own)) if own == digits => same += 1,
                Own::Strong(Some(_)) => different += 1,
                Own::Strong(None) => unknown += 1,
                Own::Weak(Some(own)) if own == digits => weak += 1,
                Own::Weak(_) | Own::Other => {}
            }
        }
        match (same, different, &outcome) {
            (1.., 1.., _) => return Subject::Contradicts(subject.label()),
            (_, _, Subject::Is(_)) => {}
            (1.., 0, _) => outcome = Subject::Is(subject.label()),
            (0, 0, Subject::None | Subject::Weak(_)) if unknown > 0 => outcome = Subject::Unknown,
            (0, 0, Subject::None) if weak > 0 => outcome = Subject::Weak(subject.label()),
            _ => {}
        }
    }
    outcome
}

/// The artifact's digest by an algorithm that a statement names.
enum Own<'d> {
    /// By an algorithm that may name an artifact; `None` where it is not at hand.
    Strong(Option<&'d str>),
    /// By an algorithm of which digests can be forged.
    Weak(Option<&'d str>),
    /// By any other.
    Other,
}

/// The digests of an artifact, each computed once and when it is first asked for: a statement may have many
/// subjects, and an artifact many bytes.
struct Digests<'a> {
    artifact: &'a Artifact<'a>,
    computed: [OnceCell<Option<String>>; 5],
}

/// The algorithms by their names in a statement.
const ALGORITHMS: [(&str, Algorithm); 5] = [
    ("sha256", Algorithm::Sha256),
    ("sha384", Algorithm::Sha384),
    ("sha512", Algorithm::Sha512),
    ("sha1", Algorithm::Sha1),
    ("md5", Algorithm::Md5),
];

impl<'a> Digests<'a> {
    fn of(artifact: &'a Artifact<'a>) -> Self {
        Self {
            artifact,
            computed: [const { OnceCell::new() }; 5],
        }
    }

    fn get(&self, name: &str) -> Own<'_> {
        let known = ALGORITHMS.iter().zip(&self.computed);
        let known = known.into_iter().find(|((known, _), _)| *known == name);
        let Some(((_, algorithm), cell)) = known else {
            return Own::Other;
        };
        let digest = cell
            .get_or_init(|| self.artifact.digest_hex(*algorithm))
            .as_deref();
        if algorithm.is_weak() {
            Own::Weak(digest)
        } else {
            Own::Strong(digest)
        }
    }
}
