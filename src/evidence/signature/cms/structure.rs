//! `SignedData` and what stands in it, as it is written: nothing is judged here.
//!
//! Source: RFC 5652, sections 3, 5.1 to 5.3 and 11. Every certificate, attribute and content keeps the bytes
//! that it was read from.

use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::super::asn1::{
    Element, Elements, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Read, SEQUENCE, SET, constructed,
    primitive,
};
use super::super::certificate::Certificate;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// Plain content (RFC 5652, section 4).
pub(in super::super) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");

/// How many certificates a signature may bring, at most.
const MOST_CERTIFICATES: usize = 256;
/// How many signers a signature may have, at most.
const MOST_SIGNERS: usize = 16;

/// Signed content, or the signatures over content that is elsewhere.
#[derive(Debug)]
pub(in super::super) struct SignedData<'a> {
    pub(in super::super) version: u8,
    /// The version that the rest calls for (RFC 5652, section 5.1).
    pub(in super::super) version_due: u8,
    pub(in super::super) digests: Vec<AlgorithmIdentifierOwned>,
    pub(in super::super) content_type: ObjectIdentifier,
    pub(in super::super) content: Option<&'a [u8]>,
    /// The certificates that could be read; the others help nobody.
    pub(in super::super) certificates: Vec<Certificate>,
    pub(in super::super) signers: Vec<SignerInfo<'a>>,
}

/// One signature.
#[derive(Debug)]
pub(in super::super) struct SignerInfo<'a> {
    pub(in super::super) version: u8,
    pub(in super::super) id: SignerId,
    pub(in super::super) digest: AlgorithmIdentifierOwned,
    pub(in super::super) signed: Option<Attributes<'a>>,
    pub(in super::super) algorithm: AlgorithmIdentifierOwned,
    pub(in super::super) signature: &'a [u8],
    pub(in super::super) unsigned: Option<Attributes<'a>>,
}

/// Which certificate is the signer's.
#[derive(Debug)]
pub(in super::super) enum SignerId {
    Number(Box<(Name, SerialNumber)>),
    Key(Vec<u8>),
}

impl SignerId {
    pub(in super::super) fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Number(number) => certificate.is_numbered(&number.0, &number.1),
            Self::Key(key) => certificate.subject_key_identifier() == Some(key),
        }
    }
}

/// A set of attributes.
#[derive(Debug)]
pub(in super::super) struct Attributes<'a> {
    whole: &'a [u8],
    list: Vec<Attribute<'a>>,
}

#[derive(Debug)]
struct Attribute<'a> {
    oid: ObjectIdentifier,
    whole: &'a [u8],
    values: Vec<Element<'a>>,
}

impl<'a> SignedData<'a> {
    /// Reads a `ContentInfo` with signed data in DER.
    pub(in super::super) fn read(der: &'a [u8]) -> Read<Self> {
        let mut info = Element::of(der, SEQUENCE)?.elements();
        let kind = object_identifier(&mut info)?;
        if kind != SIGNED_DATA {
            return Err(format!(
                "it holds content of the type {kind}, no signed data"
            ));
        }
        let mut outer = info.take(constructed(0))?.elements();
        info.finish()?;
        let mut fields = outer.take(SEQUENCE)?.elements();
        outer.finish()?;
        let version = small(&mut fields)?;
        let mut digests = Vec::new();
        let mut named = fields.take(SET)?.elements();
        while !named.is_empty() {
            digests.push(algorithm(&mut named)?);
        }
        let mut content = fields.take(SEQUENCE)?.elements();
        let content_type = object_identifier(&mut content)?;
        let inner = content
            .take_if(constructed(0))?
            .map(|inner| Element::of(inner.value, OCTET_STRING))
            .transpose()?;
        content.finish()?;
        let (certificates, least) = match fields.take_if(constructed(0))? {
            Some(set) => certificates(set.elements())?,
            None => (Vec::new(), 1),
        };
        // Revocation lists that the signer brings are not those that the user trusts.
        fields.take_if(constructed(1))?;
        let mut signers = Vec::new();
        let mut set = fields.take(SET)?.elements();
        while !set.is_empty() {
            if signers.len() >= MOST_SIGNERS {
                return Err(format!("it has more than {MOST_SIGNERS} signers"));
            }
            signers.push(SignerInfo::read(&mut set)?);
        }
        fields.finish()?;
        let asks_for_3 = content_type != DATA || signers.iter().any(|signer| signer.version == 3);
        Ok(Self {
            version,
            version_due: least.max(if asks_for_3 { 3 } else { 1 }),
            digests,
            content_type,
            content: inner.map(|inner| inner.value),
            certificates,
            signers,
        })
    }
}

/// The certificates of a `CertificateSet`, and the least version that its members call for.
fn certificates(mut set: Elements<'_>) -> Read<(Vec<Certificate>, u8)> {
    let (mut certificates, mut least, mut count) = (Vec::new(), 1, 0);
    while !set.is_empty() {
        count += 1;
        if count > MOST_CERTIFICATES {
            return Err(format!(
                "it brings more than {MOST_CERTIFICATES} certificates"
            ));
        }
        let element = set.any()?;
        match element.tag {
            SEQUENCE => certificates.extend(Certificate::from_der(element.whole)),
            tag if tag == constructed(1) => least = least.max(3),
            tag if tag == constructed(2) => least = least.max(4),
            tag if tag == constructed(3) => least = least.max(5),
            tag => return Err(format!("tag {tag:#04x} stands among the certificates")),
        }
    }
    Ok((certificates, least))
}

impl<'a> SignerInfo<'a> {
    fn read(set: &mut Elements<'a>) -> Read<Self> {
        let mut fields = set.take(SEQUENCE)?.elements();
        let version = small(&mut fields)?;
        let id = if let Some(key) = fields.take_if(primitive(0))? {
            SignerId::Key(key.value.to_vec())
        } else {
            let mut number = fields.take(SEQUENCE)?.elements();
            let issuer = number.take(SEQUENCE)?;
            let issuer = Name::from_der(issuer.whole).map_err(|error| error.to_string())?;
            let serial = number.take(INTEGER)?;
            let serial = SerialNumber::from_der(serial.whole).map_err(|error| error.to_string())?;
            number.finish()?;
            SignerId::Number(Box::new((issuer, serial)))
        };
        let info = Self {
            version,
            id,
            digest: algorithm(&mut fields)?,
            signed: attributes(&mut fields, constructed(0))?,
            algorithm: algorithm(&mut fields)?,
            signature: fields.take(OCTET_STRING)?.value,
            unsigned: attributes(&mut fields, constructed(1))?,
        };
        fields.finish()?;
        Ok(info)
    }
}

fn attributes<'a>(fields: &mut Elements<'a>, tag: u8) -> Read<Option<Attributes<'a>>> {
    let set = fields.take_if(tag)?;
    set.map(Attributes::read).transpose()
}

impl<'a> Attributes<'a> {
    /// Reads the members of a set, whatever its tag.
    pub(in super::super) fn read(set: Element<'a>) -> Read<Self> {
        let mut list = Vec::new();
        let mut members = set.elements();
        while !members.is_empty() {
            let member = members.take(SEQUENCE)?;
            let mut fields = member.elements();
            let oid = object_identifier(&mut fields)?;
            let mut values = fields.take(SET)?.elements();
            fields.finish()?;
            let mut attribute = Attribute {
                oid,
                whole: member.whole,
                values: Vec::new(),
            };
            while !values.is_empty() {
                attribute.values.push(values.any()?);
            }
            list.push(attribute);
        }
        if list.is_empty() {
            return Err("a set of attributes is empty".to_owned());
        }
        Ok(Self {
            whole: set.whole,
            list,
        })
    }

    /// What a signature over the attributes covers: the set under its own tag (RFC 5652, section 5.4).
    pub(in super::super) fn signed_bytes(&self) -> Vec<u8> {
        let behind = self.whole.get(1..).unwrap_or_default();
        [&[SET], behind].concat()
    }

    /// Why the set is not what may be signed: its members must be in the order of DER (X.690, section 11.6), and
    /// none may stand twice (RFC 5652, sections 11.1 to 11.3; X.501, section 8.2).
    pub(in super::super) fn fault(&self) -> Option<String> {
        for pair in self.list.windows(2) {
            if let [one, next] = pair
                && !is_in_order(one.whole, next.whole)
            {
                return Some("the signed attributes are not in the order of DER".to_owned());
            }
        }
        let mut seen = Vec::new();
        for attribute in &self.list {
            if seen.contains(&attribute.oid) {
                return Some(format!("the attribute {} stands twice", attribute.oid));
            }
            seen.push(attribute.oid);
        }
        None
    }

    /// The one value of the attribute `oid`; `None` where there is no such attribute.
    pub(in super::super) fn one(&self, oid: ObjectIdentifier) -> Read<Option<Element<'a>>> {
        let mut values = self.all(oid);
        let first = values.next();
        if values.next().is_some() {
            return Err(format!("the attribute {oid} has more than one value"));
        }
        if first.is_none() && self.list.iter().any(|attribute| attribute.oid == oid) {
            return Err(format!("the attribute {oid} has no value"));
        }
        Ok(first)
    }

    /// The values of every attribute `oid`.
    pub(in super::super) fn all(
        &self,
        oid: ObjectIdentifier,
    ) -> impl Iterator<Item = Element<'a>> + '_ {
        let found = self.list.iter().filter(move |one| one.oid == oid);
        found.flat_map(|attribute| attribute.values.iter().copied())
    }
}

/// Whether one encoding may stand before another in a set: shorter ones are filled up with zeros.
fn is_in_order(one: &[u8], next: &[u8]) -> bool {
    let length = one.len().max(next.len());
    let filled = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes.resize(length, 0);
        bytes
    };
    filled(one) <= filled(next)
}

fn object_identifier(fields: &mut Elements<'_>) -> Read<ObjectIdentifier> {
    let element = fields.take(OBJECT_IDENTIFIER)?;
    ObjectIdentifier::from_der(element.whole).map_err(|error| error.to_string())
}

fn algorithm(fields: &mut Elements<'_>) -> Read<AlgorithmIdentifierOwned> {
    let element = fields.take(SEQUENCE)?;
    AlgorithmIdentifierOwned::from_der(element.whole).map_err(|error| error.to_string())
}

/// A number below 128.
fn small(fields: &mut Elements<'_>) -> Read<u8> {
    match fields.take(INTEGER)?.value {
        [one] if *one < 0x80 => Ok(*one),
        _ => Err("a version is no small number".to_owned()),
    }
}
