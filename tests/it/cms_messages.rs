//! CMS messages and timestamps made in process, so that a test can break any single part.

use mekiki::digest::Algorithm;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::certificates::{Issued, der, element, generalized, oid};

pub(crate) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(crate) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
pub(crate) const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
pub(crate) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
pub(crate) const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");
const SIGNATURE_TIMESTAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");

pub(crate) const SHA1: &str = "1.3.14.3.2.26";
pub(crate) const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub(crate) const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// The digest of `bytes` under an algorithm that a signer names.
pub(crate) fn digest(algorithm: &AlgorithmIdentifierOwned, bytes: &[u8]) -> Vec<u8> {
    match algorithm.oid.to_string().as_str() {
        SHA256 => Sha256::digest(bytes).to_vec(),
        "2.16.840.1.101.3.4.2.2" => Sha384::digest(bytes).to_vec(),
        SHA512 => Sha512::digest(bytes).to_vec(),
        SHA1 => hex::decode(Algorithm::Sha1.hex_of(bytes)).expect("a digest is hexadecimal"),
        other => panic!("no digest {other} here"),
    }
}

/// An attribute with its values, each in DER.
pub(crate) fn attribute(kind: ObjectIdentifier, values: &[&[u8]]) -> Vec<u8> {
    element(
        0x30,
        &[der(&kind), element(0x31, &values.concat())].concat(),
    )
}

/// The ESS attribute that names `certificate` by SHA-256.
pub(crate) fn signing_certificate(certificate: &[u8]) -> Vec<u8> {
    let named = element(0x30, &element(4, &Sha256::digest(certificate)));
    let list = element(0x30, &element(0x30, &named));
    attribute(SIGNING_CERTIFICATE_V2, &[&list])
}

type MakeToken<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;

/// One signature before it is made.
pub(crate) struct SignerDraft<'a> {
    pub(crate) by: Issued,
    pub(crate) is_by_key_identifier: bool,
    pub(crate) version: Option<u8>,
    pub(crate) digest: AlgorithmIdentifierOwned,
    pub(crate) algorithm: AlgorithmIdentifierOwned,
    pub(crate) is_pss: bool,
    /// The signed attributes; `None` signs the content itself.
    pub(crate) attributes: Option<Vec<Vec<u8>>>,
    pub(crate) is_unsorted: bool,
    /// What is signed where there are no attributes.
    pub(crate) content: Vec<u8>,
    /// Each makes a timestamp of the signature.
    pub(crate) stamps: Vec<MakeToken<'a>>,
}

impl<'a> SignerDraft<'a> {
    /// Signs `content` with the usual attributes, at 2026-10-15 as the signer says.
    pub(crate) fn of(by: &Issued, content: &[u8]) -> Self {
        let named = by.key.digest_algorithm();
        Self {
            by: by.clone(),
            is_by_key_identifier: false,
            version: None,
            algorithm: by.key.algorithm(),
            is_pss: false,
            attributes: Some(vec![
                attribute(CONTENT_TYPE, &[&der(&DATA)]),
                attribute(MESSAGE_DIGEST, &[&element(4, &digest(&named, content))]),
                attribute(SIGNING_TIME, &[&generalized("2026-10-15T00:00:00Z")]),
            ]),
            digest: named,
            is_unsorted: false,
            content: content.to_vec(),
            stamps: Vec::new(),
        }
    }

    /// The same with another attribute in the place of those of its kind.
    pub(crate) fn with(self, kind: ObjectIdentifier, values: &[&[u8]]) -> Self {
        let prefix = der(&kind);
        let mut draft = self;
        if let Some(attributes) = &mut draft.attributes {
            attributes.retain(|one| !one.windows(prefix.len()).take(8).any(|at| at == prefix));
        }
        draft.and(attribute(kind, values))
    }

    /// The same with one more attribute.
    pub(crate) fn and(mut self, attribute: Vec<u8>) -> Self {
        self.attributes.get_or_insert_default().push(attribute);
        self
    }

    pub(crate) fn stamped(mut self, make: impl Fn(&[u8]) -> Vec<u8> + 'a) -> Self {
        self.stamps.push(Box::new(make));
        self
    }

    fn build(mut self) -> Vec<u8> {
        let signed = match &mut self.attributes {
            Some(attributes) => {
                attributes.sort();
                if self.is_unsorted {
                    attributes.reverse();
                }
                attributes.concat()
            }
            None => Vec::new(),
        };
        let message = match &self.attributes {
            Some(_) => element(0x31, &signed),
            None => self.content.clone(),
        };
        let signature = if self.is_pss {
            self.by.key.sign_pss(&message)
        } else {
            self.by.key.sign(&message)
        };
        let (id, due) = if self.is_by_key_identifier {
            (element(0x80, &self.by.key.identifier()), 3)
        } else {
            let issuer = x509_cert::der::Decode::from_der(&self.by.der)
                .map(|one: x509_cert::Certificate| one.tbs_certificate.issuer)
                .expect("a certificate reads");
            (
                element(0x30, &[der(&issuer), der(&self.by.serial)].concat()),
                1,
            )
        };
        let tokens: Vec<_> = self.stamps.iter().map(|make| make(&signature)).collect();
        let unsigned: Vec<_> = tokens
            .iter()
            .map(|token| attribute(SIGNATURE_TIMESTAMP, &[token]))
            .collect();
        let fields = [
            vec![2, 1, self.version.unwrap_or(due)],
            id,
            der(&self.digest),
            self.attributes
                .as_ref()
                .map_or_else(Vec::new, |_| element(0xa0, &signed)),
            der(&self.algorithm),
            element(4, &signature),
            if unsigned.is_empty() {
                Vec::new()
            } else {
                element(0xa1, &unsigned.concat())
            },
        ];
        element(0x30, &fields.concat())
    }
}

/// A message before it is written.
pub(crate) struct MessageDraft<'a> {
    pub(crate) version: u8,
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) signers: Vec<SignerDraft<'a>>,
    pub(crate) digests: Option<Vec<u8>>,
}

impl<'a> MessageDraft<'a> {
    /// A detached signature with the signers' certificates.
    pub(crate) fn of(signers: Vec<SignerDraft<'a>>) -> Self {
        let is_3 = signers.iter().any(|signer| signer.is_by_key_identifier);
        Self {
            version: if is_3 { 3 } else { 1 },
            content_type: DATA,
            content: None,
            certificates: signers.iter().map(|signer| signer.by.der.clone()).collect(),
            signers,
            digests: None,
        }
    }

    /// The same with the certificate of `other` as well.
    pub(crate) fn bringing(mut self, other: &Issued) -> Self {
        self.certificates.push(other.der.clone());
        self
    }

    pub(crate) fn around(mut self, content: &[u8]) -> Self {
        self.content = Some(content.to_vec());
        self
    }

    /// The message in DER.
    pub(crate) fn build(self) -> Vec<u8> {
        let mut digests: Vec<_> = self
            .signers
            .iter()
            .map(|signer| der(&signer.digest))
            .collect();
        digests.dedup();
        let content = self
            .content
            .map_or_else(Vec::new, |content| element(0xa0, &element(4, &content)));
        let certificates = self.certificates.concat();
        let signers: Vec<_> = self.signers.into_iter().map(SignerDraft::build).collect();
        let fields = [
            vec![2, 1, self.version],
            element(0x31, &self.digests.unwrap_or_else(|| digests.concat())),
            element(0x30, &[der(&self.content_type), content].concat()),
            if certificates.is_empty() {
                Vec::new()
            } else {
                element(0xa0, &certificates)
            },
            element(0x31, &signers.concat()),
        ];
        let inner = element(0x30, &fields.concat());
        element(0x30, &[der(&SIGNED_DATA), element(0xa0, &inner)].concat())
    }
}

/// A timestamp before it is made.
#[derive(Clone)]
pub(crate) struct StampDraft {
    pub(crate) by: Issued,
    pub(crate) at: &'static str,
    pub(crate) version: u8,
    pub(crate) digest: AlgorithmIdentifierOwned,
    pub(crate) names_certificate: bool,
    pub(crate) content_type: ObjectIdentifier,
    /// Behind the time: accuracy and all that.
    pub(crate) behind: Vec<u8>,
}

impl StampDraft {
    pub(crate) fn of(by: &Issued, at: &'static str) -> Self {
        Self {
            by: by.clone(),
            at,
            version: 1,
            digest: crate::certificates::algorithm(SHA256),
            names_certificate: true,
            content_type: TST_INFO,
            behind: Vec::new(),
        }
    }

    /// The token about `stamped`.
    pub(crate) fn about(&self, stamped: &[u8]) -> Vec<u8> {
        let imprint = [
            der(&self.digest),
            element(4, &digest(&self.digest, stamped)),
        ]
        .concat();
        let fields = [
            vec![2, 1, self.version],
            der(&oid("1.2.3.4")),
            element(0x30, &imprint),
            vec![2, 1, 7],
            generalized(self.at),
            self.behind.clone(),
        ];
        let info = element(0x30, &fields.concat());
        let mut signer =
            SignerDraft::of(&self.by, &info).with(CONTENT_TYPE, &[&der(&self.content_type)]);
        if self.names_certificate {
            signer = signer.and(signing_certificate(&self.by.der));
        }
        let mut message = MessageDraft::of(vec![signer]).around(&info);
        message.content_type = self.content_type;
        message.version = 3;
        message.build()
    }
}
