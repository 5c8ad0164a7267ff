//! Ways from a certificate to an anchor, through cross certificates and round their circles, within bounds.

use std::collections::HashMap;

use super::{Authorities, Certificate, Refusal};
use crate::digest::Digest;
use crate::evidence::signature::check::CheckName;

/// How many certificates a way may have. The longest chains of government authorities that cross a bridge
/// have about eight.
const LONGEST: usize = 16;
/// How many signatures of certificates are checked, at most, before the search is given up.
const MOST_SIGNATURES: usize = 256;
/// How many whole ways are judged, at most.
const MOST_WAYS: usize = 16;
/// How often the search goes on from a certificate, at most.
const MOST_STEPS: usize = 2_048;

/// How far a search came when it was refused; the farthest refusal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Nowhere,
    AnotherKey,
    Weak,
    Anchor,
}

/// Finds the first way from `leaf` to an anchor that `judge` admits.
///
/// # Errors
///
/// The refusal of the way that came farthest.
pub(super) fn find<'a, T, J>(
    leaf: &'a Certificate,
    authorities: &'a Authorities,
    others: &'a [Certificate],
    judge: J,
) -> Result<T, Refusal>
where
    J: FnMut(&[&'a Certificate]) -> Result<T, Refusal>,
{
    let mut between: Vec<&Certificate> = Vec::new();
    for certificate in authorities.intermediates.iter().chain(others) {
        if !authorities.anchors.contains(certificate) && !between.contains(&certificate) {
            between.push(certificate);
        }
    }
    let mut search = Search {
        anchors: &authorities.anchors,
        between,
        way: vec![leaf],
        judge,
        signed: HashMap::new(),
        steps: 0,
        ways: 0,
        refusal: None,
        is_exhausted: false,
    };
    if let Some(found) = search.go_on() {
        return Ok(found);
    }
    if search.is_exhausted {
        let detail = "the certificates at hand allow for too many ways to an anchor";
        return Err(Refusal::new(CheckName::CertificateChain, detail));
    }
    Err(search.refusal.map_or_else(
        || {
            let detail = "no way leads to a trusted certificate";
            Refusal::new(CheckName::CertificateChain, detail)
        },
        |(_, refusal)| refusal,
    ))
}

struct Search<'a, J> {
    anchors: &'a [Certificate],
    between: Vec<&'a Certificate>,
    way: Vec<&'a Certificate>,
    judge: J,
    /// Which certificate is signed by which.
    signed: HashMap<(Digest, Digest), bool>,
    steps: usize,
    ways: usize,
    refusal: Option<(Reached, Refusal)>,
    is_exhausted: bool,
}

impl<'a, J> Search<'a, J> {
    fn go_on<T>(&mut self) -> Option<T>
    where
        J: FnMut(&[&'a Certificate]) -> Result<T, Refusal>,
    {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.is_exhausted = true;
        }
        let last = *self.way.last()?;
        if self.anchors.contains(last) {
            return self.arrive();
        }
        let issuers = self.issuers_of(last);
        if issuers.is_empty() {
            let detail = format!(
                "{}: no certificate of its issuer is at hand ({})",
                last.subject(),
                last.issuer()
            );
            self.note(
                Reached::Nowhere,
                Refusal::new(CheckName::CertificateChain, detail),
            );
        }
        for issuer in issuers {
            if self.is_exhausted {
                return None;
            }
            if !self.is_signed(last, issuer) {
                continue;
            }
            if self.way.len() >= LONGEST {
                let detail = format!("the chain has more than {LONGEST} certificates");
                self.note(
                    Reached::Weak,
                    Refusal::new(CheckName::CertificateChain, detail),
                );
                continue;
            }
            self.way.push(issuer);
            let found = self.go_on();
            self.way.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn arrive<T>(&mut self) -> Option<T>
    where
        J: FnMut(&[&'a Certificate]) -> Result<T, Refusal>,
    {
        self.ways += 1;
        if self.ways > MOST_WAYS {
            self.is_exhausted = true;
            return None;
        }
        match (self.judge)(&self.way) {
            Ok(found) => Some(found),
            Err(refusal) => {
                self.note(Reached::Anchor, refusal);
                None
            }
        }
    }

    /// Certificates that name themselves as `certificate` names its issuer, the likeliest first. A key that
    /// already stands on the way under the same name would lead in a circle.
    fn issuers_of(&self, certificate: &Certificate) -> Vec<&'a Certificate> {
        let mut issuers: Vec<&Certificate> = self
            .anchors
            .iter()
            .chain(self.between.iter().copied())
            .filter(|candidate| candidate.subject == certificate.issuer)
            .filter(|candidate| {
                !self.way.iter().any(|passed| {
                    passed.subject == candidate.subject
                        && passed.parsed.tbs_certificate.subject_public_key_info
                            == candidate.parsed.tbs_certificate.subject_public_key_info
                })
            })
            .collect();
        let wanted = certificate.extensions.authority_key.as_deref();
        issuers.sort_by_key(|candidate| {
            let has = candidate.subject_key_identifier();
            let is_other = wanted.zip(has).is_some_and(|(wanted, has)| wanted != has);
            (is_other, !self.anchors.contains(candidate))
        });
        issuers
    }

    fn is_signed(&mut self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let pair = (certificate.digest, issuer.digest);
        if let Some(known) = self.signed.get(&pair) {
            return *known;
        }
        if self.signed.len() >= MOST_SIGNATURES {
            self.is_exhausted = true;
            return false;
        }
        let is_signed = match certificate.is_signed_by(issuer) {
            Ok(true) => true,
            Ok(false) => {
                let detail = format!(
                    "{}: it is not signed by the key of {}",
                    certificate.subject(),
                    issuer.subject()
                );
                self.note(
                    Reached::AnotherKey,
                    Refusal::new(CheckName::CertificateChain, detail),
                );
                false
            }
            Err(refusal) => {
                self.note(Reached::Weak, refusal);
                false
            }
        };
        self.signed.insert(pair, is_signed);
        is_signed
    }

    fn note(&mut self, reached: Reached, refusal: Refusal) {
        if self
            .refusal
            .as_ref()
            .is_none_or(|(before, _)| reached > *before)
        {
            self.refusal = Some((reached, refusal));
        }
    }
}
