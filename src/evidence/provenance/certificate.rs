//! What the certificate beside a provenance claims about who signed it.
//!
//! Source: Fulcio, "Sigstore OID information" (1.3.6.1.4.1.57264.1.*): numbers 1 to 6 hold bare text, from 8 on
//! a UTF-8 string in DER.

use serde::Serialize;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{ObjectIdentifier, Utf8StringRef};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// What a signing certificate claims. Nothing of it is proven before the certificate is verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignerClaims {
    /// The one name in the certificate; for a workflow, its address with the git reference behind `@`.
    pub identity: Option<String>,
    /// Who vouched for that name.
    pub issuer: Option<String>,
    /// The repository that the build was of.
    pub source_repository: Option<String>,
    /// The git reference that the build was of.
    pub source_reference: Option<String>,
    /// The commit that the build was of.
    pub source_commit: Option<String>,
    /// Where it ran: `github-hosted` or `self-hosted`.
    pub runner_environment: Option<String>,
    /// The certificate in DER.
    #[serde(skip)]
    pub der: Vec<u8>,
}

impl SignerClaims {
    /// Reads a certificate in DER; `None` when it is none.
    pub fn of_der(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let text = |number: u32| extension_text(&certificate, number);
        let github = |path: String| format!("https://github.com/{path}");
        Some(Self {
            identity: identity(&certificate),
            issuer: text(8).or_else(|| text(1)),
            source_repository: text(12).or_else(|| text(5).map(github)),
            source_reference: text(14).or_else(|| text(6)),
            source_commit: text(13).or_else(|| text(3)),
            runner_environment: text(11),
            der: der.to_vec(),
        })
    }

    /// Reads a certificate in PEM, the first where there are several; `None` when there is none.
    pub fn of_pem(pem: &str) -> Option<Self> {
        let end = "-----END CERTIFICATE-----";
        let (first, _) = pem.split_once(end)?;
        let first = format!("{}{end}\n", first.trim_start());
        let (_, der) = x509_cert::der::pem::decode_vec(first.as_bytes()).ok()?;
        Self::of_der(&der)
    }
}

/// The only name of the certificate; `None` where there are several, none, or one of another kind.
fn identity(certificate: &Certificate) -> Option<String> {
    let names = certificate.tbs_certificate.get::<SubjectAltName>().ok()??.1;
    match names.0.as_slice() {
        [GeneralName::UniformResourceIdentifier(name) | GeneralName::Rfc822Name(name)] => {
            Some(name.as_str().to_owned())
        }
        _ => None,
    }
}

fn extension_text(certificate: &Certificate, number: u32) -> Option<String> {
    let name = ObjectIdentifier::new(&format!("1.3.6.1.4.1.57264.1.{number}")).ok()?;
    let extensions = certificate.tbs_certificate.extensions.as_ref()?;
    let mut with_name = extensions.iter().filter(|one| one.extn_id == name);
    let value = with_name.next()?.extn_value.as_bytes();
    if with_name.next().is_some() {
        return None;
    }
    if number < 7 {
        return String::from_utf8(value.to_vec()).ok();
    }
    let text = Utf8StringRef::from_der(value).ok()?;
    Some(text.as_str().to_owned())
}
