//! What a trusted root of a Sigstore infrastructure holds: authorities, logs, and from when to when each is
//! trusted.
//!
//! Source: Sigstore protobuf-specs, `sigstore_trustroot.proto` (`TrustedRoot`). Whether it can be used is
//! judged where signatures are verified; here it is only told.

use base64::Engine as _;
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::time::Timestamp;
use crate::tree::{Node, Value, parse_json};

/// What an entry is trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Issues the certificates of signers.
    CertificateAuthority,
    /// Publishes the certificates of signers.
    CertificateLog,
    /// Publishes signatures.
    TransparencyLog,
    /// Vouches for times.
    TimestampAuthority,
}

impl Role {
    /// Every role with the member that lists it, in the order in which a signature meets them.
    const ALL: [(Self, &'static str); 4] = [
        (Self::CertificateAuthority, "certificateAuthorities"),
        (Self::CertificateLog, "ctlogs"),
        (Self::TransparencyLog, "tlogs"),
        (Self::TimestampAuthority, "timestampAuthorities"),
    ];

    /// The word in JSON and in the keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::CertificateAuthority => "certificate-authority",
            Self::CertificateLog => "certificate-log",
            Self::TransparencyLog => "transparency-log",
            Self::TimestampAuthority => "timestamp-authority",
        }
    }
}

/// One authority or log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is trusted for.
    pub role: Role,
    /// Its name or address.
    pub name: String,
    /// SHA-256 of its public key (`SubjectPublicKeyInfo`) or of its own certificate, in DER.
    pub sha256: Digest,
    /// The first instant of its trust, as written; `None` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last instant of its trust, as written; `None` where it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether it is trusted at the instant that was asked for.
    pub in_force: bool,
}

/// Reads what a trusted root holds, and what of it is in force at `at`.
///
/// # Errors
///
/// A JSON diagnostic, `json-duplicate-member` or `trusted-root-malformed` with the place.
pub fn entries(bytes: &[u8], at: Timestamp) -> Result<Vec<Entry>, Diagnostic> {
    let (document, repeated) = parse_json(bytes)?;
    if let Some(repeated) = repeated.into_iter().next() {
        return Err(Diagnostic {
            severity: Severity::Error,
            ..repeated
        });
    }
    let media_type = document.root.get("mediaType").and_then(Node::text);
    if !media_type.is_some_and(|kind| kind.starts_with("application/vnd.dev.sigstore.trustedroot"))
    {
        return Err(malformed(
            "/mediaType",
            "it is not of the type of a trusted root",
        ));
    }
    let mut entries = Vec::new();
    for (role, member) in Role::ALL {
        let list = document.root.get(member).map_or(&[][..], Node::items);
        for (index, node) in list.iter().enumerate() {
            entries.push(entry(role, node, &format!("/{member}/{index}"), at)?);
        }
    }
    Ok(entries)
}

fn entry(role: Role, node: &Node, pointer: &str, at: Timestamp) -> Result<Entry, Diagnostic> {
    let text = |at: &str| {
        node.at(at)
            .and_then(Node::text)
            .filter(|text| !text.is_empty())
    };
    let (der, period) = match role {
        Role::CertificateAuthority | Role::TimestampAuthority => (
            text("/certChain/certificates/0/rawBytes"),
            node.get("validFor"),
        ),
        Role::CertificateLog | Role::TransparencyLog => {
            (text("/publicKey/rawBytes"), node.at("/publicKey/validFor"))
        }
    };
    let der = der
        .and_then(|der| base64::engine::general_purpose::STANDARD.decode(der).ok())
        .ok_or_else(|| malformed(pointer, "an entry has no key or certificate"))?;
    let bound = |key: &str| -> Result<Option<(String, Timestamp)>, Diagnostic> {
        match period
            .and_then(|period| period.get(key))
            .map(|node| &node.value)
        {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => text
                .parse()
                .map(|instant| Some((text.clone(), instant)))
                .map_err(|_| malformed(pointer, "a window of trust has no readable bound")),
            Some(_) => Err(malformed(
                pointer,
                "a window of trust has no readable bound",
            )),
        }
    };
    let (from, until) = (bound("start")?, bound("end")?);
    let name = text("/baseUrl")
        .or_else(|| text("/uri"))
        .or_else(|| text("/subject/commonName"))
        .unwrap_or_default();
    Ok(Entry {
        role,
        name: name.to_owned(),
        sha256: Digest::of(&der),
        in_force: from.as_ref().is_none_or(|(_, from)| *from <= at)
            && until.as_ref().is_none_or(|(_, until)| at <= *until),
        from: from.map(|(text, _)| text),
        until: until.map(|(text, _)| text),
    })
}

fn malformed(pointer: &str, reason: &str) -> Diagnostic {
    let message = format!("the trusted root cannot be read: {reason}");
    Diagnostic::error("trusted-root-malformed", Place::pointer(pointer), message)
        .help("hand in the trusted_root.json of the signing infrastructure")
}
