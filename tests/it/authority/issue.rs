//! The signer's certificate, and the authority that a bundle brings along.

use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::der::asn1::{Any, Ia5String, OctetString, Utf8StringRef};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::rfc5912::ID_KP_SERVER_AUTH;
use x509_cert::ext::pkix::constraints::name::{GeneralSubtree, NameConstraints};
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::name::Name;

use super::certificate::{
    Issuer, SigningKey, authority_key_identifier, code_signing, date_time, der, extended_usage,
    extension, first_day, last_day, raw_extension, sealed, to_be_signed,
};
use super::log::sign_unless;
use super::{ChainFault, Fault, Signer, tls_vector};

const CT_PRECERT_SCTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");
const FULCIO_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
const FULCIO_ISSUER_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");
const FULCIO_USER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");

/// How long a signing certificate is valid, as at Fulcio.
const LEAF_VALIDITY: std::time::Duration = std::time::Duration::from_mins(10);

impl Signer<'_> {
    /// An authority of which the trusted root knows only the one above it.
    pub(super) fn brought_issuer(&self) -> Issuer {
        let has = |fault| self.has(Fault::Chain(fault));
        let until = if has(ChainFault::Expired) {
            first_day()
        } else {
            last_day()
        };
        let name = "CN=authority-brought,O=authority.test";
        Issuer::below(
            name,
            &self.authority.root,
            (first_day(), until),
            |extensions, name| {
                let replace = |extensions: &mut Vec<_>, new: x509_cert::ext::Extension| {
                    extensions.retain(|old: &x509_cert::ext::Extension| old.extn_id != new.extn_id);
                    extensions.push(new);
                };
                if has(ChainFault::NoAuthority) {
                    let constraints = BasicConstraints {
                        ca: false,
                        path_len_constraint: None,
                    };
                    replace(extensions, extension(&constraints, name));
                }
                if has(ChainFault::MayNotIssue) {
                    let usage = KeyUsage(KeyUsages::DigitalSignature.into());
                    replace(extensions, extension(&usage, name));
                }
                if has(ChainFault::OtherUsage) {
                    extensions.push(extended_usage(&[ID_KP_SERVER_AUTH], false));
                } else {
                    extensions.push(code_signing());
                }
                if has(ChainFault::NameConstraints) {
                    let other = Ia5String::new("other.test").expect("a host is ASCII");
                    let constraints = NameConstraints {
                        permitted_subtrees: Some(vec![GeneralSubtree {
                            base: GeneralName::UniformResourceIdentifier(other),
                            minimum: 0,
                            maximum: None,
                        }]),
                        excluded_subtrees: None,
                    };
                    extensions.push(extension(&constraints, name));
                }
            },
        )
    }

    /// Issues the short-lived certificate that binds `key` to this signer's identity.
    pub(super) fn certify(&self, key: &SigningKey, issuer: &Issuer) -> Certificate {
        let precertificate = self.precertificate(key, issuer);
        let mut certificate = precertificate.clone();
        if !self.has(Fault::NoSct) {
            let subject = if self.has(Fault::SctForOther) {
                self.precertificate(&SigningKey::generate(), issuer)
            } else {
                precertificate
            };
            let extensions = certificate.extensions.get_or_insert_default();
            extensions.push(raw_extension(
                CT_PRECERT_SCTS,
                &self.sct_list(&subject, issuer),
            ));
        }
        let untrusted = self.has(Fault::UntrustedCertificate);
        sealed(certificate, |message| {
            sign_unless(untrusted, &issuer.key, message)
        })
    }

    fn precertificate(&self, key: &SigningKey, issuer: &Issuer) -> TbsCertificate {
        let nobody = Name::default();
        let usage = if self.has(Fault::NoDigitalSignature) {
            KeyUsages::KeyAgreement
        } else {
            KeyUsages::DigitalSignature
        };
        let mut extensions = vec![
            extension(&KeyUsage(usage.into()), &nobody),
            extension(&key.identifier(), &nobody),
            extension(&authority_key_identifier(&issuer.key), &nobody),
        ];
        if self.has(Fault::TwoUsages) {
            extensions.push(extended_usage(&[ID_KP_SERVER_AUTH], false));
        }
        match self.fault {
            Some(Fault::NoUsage) => {}
            Some(Fault::OtherUsage) => {
                extensions.push(extended_usage(&[ID_KP_SERVER_AUTH], false));
            }
            _ => extensions.push(code_signing()),
        }
        if !self.has(Fault::NoName) {
            extensions.push(extension(&SubjectAltName(self.names()), &nobody));
        }
        if self.has(Fault::LeafIsAuthority) {
            let constraints = BasicConstraints {
                ca: true,
                path_len_constraint: None,
            };
            extensions.push(extension(&constraints, &nobody));
        }
        if !self.has(Fault::NoIssuer) {
            let older = if self.has(Fault::TwoIssuers) {
                "https://accounts.stranger.test"
            } else {
                &self.issuer
            };
            extensions.push(raw_extension(FULCIO_ISSUER, older.as_bytes()));
            extensions.push(raw_extension(FULCIO_ISSUER_V2, &der(&self.issuer)));
        }
        let validity = (date_time(self.at), date_time(self.at + LEAF_VALIDITY));
        to_be_signed(issuer.name(), &nobody, key, validity, extensions)
    }

    fn names(&self) -> Vec<GeneralName> {
        let name = |text: &str| Ia5String::new(text).expect("the identity is ASCII");
        let own = if let Some(host) = self.identity.strip_prefix("dns:") {
            GeneralName::DnsName(name(host))
        } else if self.identity.contains("://") {
            GeneralName::UniformResourceIdentifier(name(&self.identity))
        } else if self.identity.contains('!') {
            let text = Utf8StringRef::new(&self.identity).expect("the identity is UTF-8");
            GeneralName::OtherName(OtherName {
                type_id: FULCIO_USER_NAME,
                value: Any::encode_from(&text).expect("a text encodes"),
            })
        } else {
            GeneralName::Rfc822Name(name(&self.identity))
        };
        let mut names = vec![own];
        if self.has(Fault::TwoNames) {
            names.push(GeneralName::Rfc822Name(name("stranger@authority.test")));
        }
        names
    }

    /// The value of the certificate extension that holds the CT log's timestamp for
    /// `precertificate` (RFC 6962, sections 3.2 and 3.3).
    fn sct_list(&self, precertificate: &TbsCertificate, issuer: &Issuer) -> Vec<u8> {
        const VERSION_1: [u8; 1] = [0];
        const CERTIFICATE_TIMESTAMP: [u8; 1] = [0];
        const PRECERT_ENTRY: [u8; 2] = [0, 1];
        const NO_EXTENSIONS: [u8; 2] = [0, 0];

        let timestamp = (self.at.as_secs() * 1000).to_be_bytes();
        let precertificate = der(precertificate);
        let length = u32::try_from(precertificate.len()).expect("a certificate is below 16 MiB");
        let signed = [
            &VERSION_1[..],
            &CERTIFICATE_TIMESTAMP,
            &timestamp,
            &PRECERT_ENTRY,
            &issuer.key.id(),
            &length.to_be_bytes()[1..],
            &precertificate,
            &NO_EXTENSIONS,
        ]
        .concat();
        let wrong = self.has(Fault::WrongSct);
        let sct = [
            &VERSION_1[..],
            &self.authority.ct_log.id(),
            &timestamp,
            &NO_EXTENSIONS,
            &self.authority.ct_log.form.in_tls(),
            &tls_vector(&sign_unless(wrong, &self.authority.ct_log, &signed)),
        ]
        .concat();
        der(&OctetString::new(tls_vector(&tls_vector(&sct)))
            .expect("a certificate is below 16 MiB"))
    }
}
