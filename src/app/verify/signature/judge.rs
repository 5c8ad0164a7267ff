//! One signature over one delivered file: verified, refused, or not to be judged with what the agency holds.

use std::cell::OnceCell;

use super::agreement::{Agreement, Signers, reason};
use crate::acceptance::finding::{Effect, Finding};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::shown;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Algorithm, Digest};
use crate::document::signature::plainly;
use crate::evidence::Citation;
use crate::evidence::signature::{self, Artifact, CheckName, Kind, Trust, Verification, openpgp};
use crate::text::messages::{both, message};
use crate::text::{Lang, Text};
use crate::trust::{Ask, Purpose, admit, whoever_signed};

/// What is said to be signed: a delivered file, whose bytes are read only where a digest does not do.
pub(in crate::app::verify) struct Target<'a> {
    pub(super) path: &'a str,
    pub(super) sha256: Digest,
    /// The bytes, where they are at hand anyway.
    pub(super) bytes: Option<&'a [u8]>,
    read: OnceCell<Result<Vec<u8>, Diagnostic>>,
}

impl<'a> Target<'a> {
    pub(in crate::app::verify) fn new(
        path: &'a str,
        sha256: Digest,
        bytes: Option<&'a [u8]>,
    ) -> Self {
        Self {
            path,
            sha256,
            bytes,
            read: OnceCell::new(),
        }
    }

    pub(super) fn cite(&self) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.to_owned(),
            at: Place::whole(),
        }
    }

    /// The signature that stands inside of the file; `None` where none does, or the bytes are not at hand.
    pub(super) fn inside(&self) -> Option<Holder<'_>> {
        let bytes = self.bytes?;
        let kind = Kind::of(bytes, true).ok()?;
        let is_inside = match kind {
            Kind::Jsf | Kind::Xmldsig => true,
            Kind::Openpgp => openpgp::signed_text(bytes).is_some(),
            _ => false,
        };
        is_inside.then_some(Holder {
            path: self.path,
            sha256: self.sha256,
            bytes,
            kind,
        })
    }

    /// The bytes, which must be those that were digested.
    pub(super) fn whole(&self, gathered: &Gathered<'_>) -> Result<&[u8], Diagnostic> {
        if let Some(bytes) = self.bytes {
            return Ok(bytes);
        }
        let read = self.read.get_or_init(|| {
            let bytes = gathered.read_delivered(self.path)?;
            if Digest::of(&bytes) == self.sha256 {
                return Ok(bytes);
            }
            let message = "the file changed while it was verified";
            Err(
                Diagnostic::error("file-unreadable", Place::whole(), message)
                    .help("verify a delivery that nobody writes to"),
            )
        });
        read.as_deref().map_err(Clone::clone)
    }
}

/// A file that holds a signature.
#[derive(Clone, Copy)]
pub(in crate::app::verify) struct Holder<'a> {
    pub(in crate::app::verify) path: &'a str,
    pub(in crate::app::verify) sha256: Digest,
    pub(in crate::app::verify) bytes: &'a [u8],
    pub(in crate::app::verify) kind: Kind,
}

impl Holder<'_> {
    pub(super) fn cite(&self) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.to_owned(),
            at: Place::whole(),
        }
    }
}

/// What came of a signature.
pub(in crate::app::verify) enum Answer {
    /// It is the contracted signer's.
    Verified(Box<Verification>),
    /// It is not, or it cannot be judged: what is found, and how far it got.
    Not(Box<Finding>),
}

/// By what signatures are judged.
pub(in crate::app::verify) struct Judge<'j> {
    pub(in crate::app::verify) gathered: &'j Gathered<'j>,
    pub(in crate::app::verify) agreement: &'j Agreement,
    pub(in crate::app::verify) check: &'j str,
    pub(in crate::app::verify) purpose: Purpose,
}

/// Why a signature counts for nothing.
enum Fault {
    Refused(Box<Verification>, bool),
    /// It is of a kind by which the contracted signer does not sign.
    Kind,
    Unread(Diagnostic),
}

impl Judge<'_> {
    /// Judges `holder` as a signature over `target`.
    pub(in crate::app::verify) fn judge(&self, target: &Target<'_>, holder: Holder<'_>) -> Answer {
        let verify = |trust: &Trust<'_>| self.verify(target, holder, trust);
        let fault = match self.outcome(holder.kind, &verify) {
            Ok(verification) => return Answer::Verified(Box::new(verification)),
            Err(fault) => fault,
        };
        // Under a key that could not be read it might hold.
        let is_open = self.agreement.lacks_material() && !matches!(fault, Fault::Unread(_));
        let mut finding = match fault {
            Fault::Refused(verification, is_changed) => {
                self.refused(target, holder, &verification, is_changed, &verify)
            }
            Fault::Kind => self.of_another_kind(target, holder),
            Fault::Unread(fault) => self.unread(target, holder, &fault),
        };
        if is_open {
            finding.effect = Effect::Unverifiable;
        }
        Answer::Not(Box::new(finding.cite(holder.cite()).cite(target.cite())))
    }

    fn outcome(
        &self,
        kind: Kind,
        verify: &dyn Fn(&Trust<'_>) -> Result<Verification, Diagnostic>,
    ) -> Result<Verification, Fault> {
        let (verification, is_changed) = match &self.agreement.signers {
            Signers::Register {
                policy,
                file,
                supplier,
            } => {
                let ask = Ask {
                    suppliers: &[supplier.as_str()],
                    purpose: self.purpose,
                    kind,
                    file: &file.path,
                };
                let ground = self.agreement.ground(kind);
                let admission = admit(policy, &ask, &ground, verify).map_err(Fault::Unread)?;
                (admission.verification, admission.is_changed)
            }
            Signers::Named | Signers::Nobody => {
                let trust = self.agreement.named(kind).ok_or(Fault::Kind)?;
                (verify(&trust).map_err(Fault::Unread)?, false)
            }
        };
        if verification.verified {
            Ok(verification)
        } else {
            Err(Fault::Refused(Box::new(verification), is_changed))
        }
    }

    /// Verifies over the digest; over the bytes where the signature is made over them.
    fn verify(
        &self,
        target: &Target<'_>,
        holder: Holder<'_>,
        trust: &Trust<'_>,
    ) -> Result<Verification, Diagnostic> {
        let (kind, bytes) = (holder.kind, holder.bytes);
        if let Some(whole) = target.bytes {
            return signature::verify(kind, bytes, &Artifact::of_bytes(whole), trust);
        }
        let digest = [(Algorithm::Sha256, target.sha256.hex())];
        match signature::verify(kind, bytes, &Artifact::of_digests(digest), trust) {
            Err(fault) if fault.code == "artifact-missing" => {
                let whole = target.whole(self.gathered)?;
                signature::verify(kind, bytes, &Artifact::of_bytes(whole), trust)
            }
            other => other,
        }
    }

    fn refused(
        &self,
        target: &Target<'_>,
        holder: Holder<'_>,
        verification: &Verification,
        is_changed: bool,
        verify: &dyn Fn(&Trust<'_>) -> Result<Verification, Diagnostic>,
    ) -> Finding {
        let expected = self.agreement.expected(self.purpose);
        let refusal = verification.refusal();
        let name = refusal.map_or(CheckName::Signature, |check| check.name);
        let ground = self.agreement.ground(holder.kind);
        let other = whoever_signed(holder.kind, &ground, verify).ok().flatten();
        let by = other.map(|one| {
            let identity = one.signer.name().unwrap_or_default();
            let issuer = one.signer.issuer.map(|issuer| format!(" ({issuer})"));
            shown(&(identity + &issuer.unwrap_or_default()))
        });
        let file = shown(target.path);
        let message = match (&by, is_changed) {
            (Some(by), true) => both(
                "verify-signature-changed",
                &[("file", &file), ("by", by), ("expected", &expected)],
            ),
            (Some(by), false) if matches!(name, CheckName::Identity | CheckName::Issuer) => both(
                "verify-signature-other",
                &[("file", &file), ("by", by), ("expected", &expected)],
            ),
            _ => {
                let why = sentence(&|lang| plainly(lang, name));
                with_text(
                    "verify-signature-refused",
                    &[("file", &file), ("expected", &expected)],
                    ("why", &why),
                )
            }
        };
        let detail = refusal.map_or("", |check| check.detail.as_str());
        let mut finding = self
            .finding(target, Effect::Fails, message)
            .distinguished_by(&[
                &target.sha256.hex(),
                &holder.sha256.hex(),
                name.word(),
                detail,
            ]);
        let code = if is_changed {
            "signer-changed"
        } else {
            "signature-refused"
        };
        finding.code = Some(code.to_owned());
        finding
    }

    fn of_another_kind(&self, target: &Target<'_>, holder: Holder<'_>) -> Finding {
        let key = format!("kind-{}", holder.kind.word());
        let expected = self.agreement.expected(self.purpose);
        let message = with_text(
            "verify-signature-kind",
            &[
                ("file", &shown(target.path)),
                ("signature", &shown(holder.path)),
                ("expected", &expected),
            ],
            ("kind", &sentence(&|lang| message(lang, &key))),
        );
        let finding = self.finding(target, Effect::Fails, message);
        finding.distinguished_by(&[&target.sha256.hex(), &holder.sha256.hex(), "kind"])
    }

    /// A broken signature is the supplier's, material that does not serve is the agency's.
    fn unread(&self, target: &Target<'_>, holder: Holder<'_>, fault: &Diagnostic) -> Finding {
        let (effect, key) = if self.agreement.is_own(fault) {
            (Effect::Unverifiable, "verify-signature-unjudged")
        } else {
            (Effect::Fails, "verify-signature-broken")
        };
        let message = both(
            key,
            &[
                ("file", &shown(target.path)),
                ("signature", &shown(holder.path)),
                ("reason", &reason(fault)),
            ],
        );
        let mut finding = self.finding(target, effect, message).distinguished_by(&[
            &target.sha256.hex(),
            &holder.sha256.hex(),
            fault.code,
        ]);
        finding.code = Some(fault.code.to_owned());
        finding
    }

    /// A finding about `target`.
    pub(super) fn finding(&self, target: &Target<'_>, effect: Effect, message: Text) -> Finding {
        Finding::new(self.check, effect, target.path, message)
    }
}

/// A sentence in both languages, to stand inside of another one: without its stop.
pub(super) fn sentence(say: &dyn Fn(Lang) -> String) -> Text {
    let without_stop = |lang| say(lang).trim_end_matches(['.', '。']).to_owned();
    Text {
        ja: without_stop(Lang::Ja),
        en: without_stop(Lang::En),
    }
}

/// A message in both languages, of which one argument is a text in both.
pub(super) fn with_text(key: &str, arguments: &[(&str, &str)], text: (&str, &Text)) -> Text {
    let say = |lang| {
        let (name, value) = text;
        let own = [(name, value.of(lang))];
        crate::text::messages::message_with(lang, key, &[arguments, &own].concat())
    };
    Text {
        ja: say(Lang::Ja),
        en: say(Lang::En),
    }
}
