//! Timestamps of an authority (RFC 3161): that some bytes existed at a time.
//!
//! The token is a CMS message about a `TSTInfo`. It holds where its signature verifies, its authority leads to
//! an anchor that the user trusts, by a certificate for timestamps alone that was valid then, and where it is
//! about these bytes. Every other form is refused.
//!
//! Sources: RFC 3161, section 2.4.2; RFC 5816 (the certificate may be named by a stronger digest).

use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::asn1::{
    BOOLEAN, Element, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Read, SEQUENCE,
    constructed,
};
use super::certificate::{Authorities, Certificate, Moment, Purpose, Refusal};
use super::check::{CheckName, Witness, WitnessKind};
use super::cms::{Covered, SignedData};
use super::{Artifact, algorithm};
use crate::time::{Timestamp, parse_stamp};

const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A timestamp that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When the bytes existed.
    pub at: Timestamp,
    /// The subject of the authority's certificate, RFC 4514.
    pub authority: String,
    /// What deserves attention though it does not decide.
    pub cautions: Vec<String>,
}

impl Stamp {
    /// The authority as a witness.
    pub fn witness(&self) -> Witness {
        Witness {
            kind: WitnessKind::TimestampAuthority,
            name: self.authority.clone(),
            at: Some(self.at.to_string()),
            entry: None,
        }
    }
}

/// Verifies the timestamp `token` (`TimeStampToken` in DER) about `stamped`. Certificates in `others` may help to
/// find the way to an anchor; nobody has to trust them.
///
/// # Errors
///
/// A refusal by [`CheckName::Timestamp`]; its detail says what failed.
pub fn verify(
    token: &[u8],
    stamped: &[u8],
    authorities: &Authorities,
    judged_at: Timestamp,
    others: &[Certificate],
) -> Result<Stamp, Refusal> {
    let refused = |reason: String| {
        Refusal::new(
            CheckName::Timestamp,
            format!("the timestamp does not hold: {reason}"),
        )
    };
    let failed =
        |refusal: Refusal| refused(format!("{}: {}", refusal.check.word(), refusal.detail));
    let message = SignedData::read(token).map_err(refused)?;
    let [signer] = message.signers.as_slice() else {
        return Err(refused(format!("it has {} signers", message.signers.len())));
    };
    let content = message
        .content
        .ok_or_else(|| refused("it has no content".to_owned()))?;
    let covered = Covered {
        content_type: TST_INFO,
        content: &Artifact::of_bytes(content),
    };
    let at_hand = authorities.handed_in().chain(others);
    let found = signer.judge(&message, &covered, at_hand).map_err(failed)?;
    if !found.names_certificate {
        return Err(refused(
            "its authority does not name its certificate".to_owned(),
        ));
    }
    let info = Info::read(content).map_err(refused)?;
    let digest = algorithm::digest(&info.algorithm).map_err(refused)?;
    if digest.hex_of(stamped) != hex::encode(info.imprint) {
        return Err(refused("it is about something else".to_owned()));
    }
    if let Some(GeneralName::DirectoryName(name)) = &info.authority
        && !found.certificate.is_named(name)
    {
        return Err(refused(format!("it is by {name}, and signed by another")));
    }
    if info.at > judged_at {
        return Err(refused(format!(
            "it is of {}, which is still to come",
            info.at
        )));
    }
    let others = [&message.certificates, others].concat();
    let chain = authorities
        .verify_chain(
            found.certificate,
            &others,
            Moment::Proven(info.at),
            Purpose::TimeStamping,
        )
        .map_err(failed)?;
    Ok(Stamp {
        at: info.at,
        authority: found.certificate.subject(),
        cautions: chain.cautions,
    })
}

/// What a timestamp says (`TSTInfo`).
pub(super) struct Info<'a> {
    pub(super) algorithm: AlgorithmIdentifierOwned,
    pub(super) imprint: &'a [u8],
    pub(super) at: Timestamp,
    authority: Option<GeneralName>,
}

impl<'a> Info<'a> {
    pub(super) fn read(der: &'a [u8]) -> Read<Self> {
        let mut fields = Element::of(der, SEQUENCE)?.elements();
        if fields.take(INTEGER)?.value != [1] {
            return Err("it is of an unknown version".to_owned());
        }
        fields.take(OBJECT_IDENTIFIER)?;
        let mut imprint = fields.take(SEQUENCE)?.elements();
        let algorithm = AlgorithmIdentifierOwned::from_der(imprint.take(SEQUENCE)?.whole);
        let algorithm = algorithm.map_err(|error| error.to_string())?;
        let digest = imprint.take(OCTET_STRING)?.value;
        imprint.finish()?;
        fields.take(INTEGER)?;
        let at = instant(fields.take(GENERALIZED_TIME)?.value)?;
        // Accuracy, ordering and nonce say nothing to whoever judges afterwards.
        fields.take_if(SEQUENCE)?;
        fields.take_if(BOOLEAN)?;
        fields.take_if(INTEGER)?;
        let authority = fields
            .take_if(constructed(0))?
            .map(|name| GeneralName::from_der(name.value).map_err(|error| error.to_string()))
            .transpose()?;
        if let Some(extensions) = fields.take_if(constructed(1))? {
            let mut extensions = extensions.elements();
            while !extensions.is_empty() {
                let extension = Extension::from_der(extensions.take(SEQUENCE)?.whole)
                    .map_err(|error| error.to_string())?;
                if extension.critical {
                    let oid = extension.extn_id;
                    return Err(format!("its critical extension {oid} is not known"));
                }
            }
        }
        fields.finish()?;
        Ok(Self {
            algorithm,
            imprint: digest,
            at,
            authority,
        })
    }
}

/// `YYYYMMDDhhmmss`, a fraction perhaps, and `Z`.
fn instant(digits: &[u8]) -> Read<Timestamp> {
    let text = std::str::from_utf8(digits).ok();
    text.and_then(parse_stamp)
        .ok_or_else(|| "its time is none".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_utc_to_the_second_or_finer() {
        for (text, expected) in [
            ("20261101000000Z", Some("2026-11-01T00:00:00Z")),
            ("20261101000000.125Z", Some("2026-11-01T00:00:00.125Z")),
            ("20261101000000", None),
            ("20261101000000+0900", None),
            ("202611010000Z", None),
            ("20261301000000Z", None),
            ("20261101000000.Z", None),
        ] {
            let read = instant(text.as_bytes()).ok().map(|at| at.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
