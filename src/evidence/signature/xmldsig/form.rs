//! The element `Signature`: XML Signature 1.1, section 4, read strictly. Whatever is not named here is
//! refused.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::key_info;
use super::{NAMESPACE, Refusal};
use crate::digest::Algorithm;
use crate::evidence::signature::CheckName;
use crate::evidence::signature::inside::{Hint, Method};
use crate::markup::{Canonical, Node, Nodes, Tag, Variant};

/// The namespace of exclusive canonicalization, which is its identifier too.
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The transform that leaves the signature out (XML Signature 1.1, section 6.6.4).
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// What the reference names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// The whole document.
    Document,
    /// The element with an id.
    Id(String),
}

/// A signature as its element gives it.
#[derive(Debug)]
pub(super) struct Form {
    /// Where `SignedInfo` starts.
    pub(super) signed_info: usize,
    /// The form in which that is signed.
    pub(super) canonical: Canonical,
    pub(super) method: Method,
    pub(super) scope: Scope,
    /// The form in which the document is digested; version 1.0 where nothing is said.
    pub(super) content: Option<Variant>,
    pub(super) digest_algorithm: Algorithm,
    pub(super) digest: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) hint: Hint,
}

impl Form {
    /// Reads the element `Signature` that starts at `own`.
    ///
    /// # Errors
    ///
    /// A refusal by [`CheckName::Structure`], or by [`CheckName::Algorithm`] where that is not admitted.
    pub(super) fn read(nodes: &Nodes, own: usize) -> Result<Self, Refusal> {
        let signature = Element { nodes, index: own };
        signature.admit(&["Id"])?;
        signature.holds_its_own()?;
        let mut parts = signature.elements()?.into_iter();
        let signed_info = next(&mut parts, "SignedInfo")?;
        let value = next(&mut parts, "SignatureValue")?;
        let key_info = parts.next();
        let is_foreign = key_info.is_some_and(|other| !other.is("KeyInfo"));
        if is_foreign || parts.next().is_some() {
            return Err(Refusal::structure(
                "the signature holds something that nobody signed beside its key",
            ));
        }
        value.admit(&["Id"])?;
        signed_info.admit(&["Id"])?;
        let mut parts = signed_info.elements()?.into_iter();
        let (variant, comments) = canonicalization(&next(&mut parts, "CanonicalizationMethod")?)?;
        let method = signature_method(&next(&mut parts, "SignatureMethod")?)?;
        let reference = next(&mut parts, "Reference")?;
        if parts.next().is_some() {
            return Err(Refusal::structure(
                "more than one thing is signed, or something that is not understood",
            ));
        }
        let (scope, content, digest_algorithm, digest) = read_reference(&reference)?;
        Ok(Self {
            signed_info: signed_info.index,
            canonical: Canonical { variant, comments },
            method,
            scope,
            content,
            digest_algorithm,
            digest,
            value: value.base64()?,
            hint: key_info.map_or_else(|| Ok(Hint::default()), |one| key_info::read(&one))?,
        })
    }
}

type Reference = (Scope, Option<Variant>, Algorithm, Vec<u8>);

fn read_reference(reference: &Element<'_>) -> Result<Reference, Refusal> {
    reference.admit(&["Id", "URI"])?;
    let scope = match reference.attribute("URI") {
        None => {
            return Err(Refusal::structure(
                "the reference does not say what is signed",
            ));
        }
        Some("") => Scope::Document,
        Some(address) => match address.strip_prefix('#') {
            Some(id) if !id.is_empty() && !id.contains('(') => Scope::Id(id.to_owned()),
            _ => {
                return Err(Refusal::structure(
                    "the reference names something else than this document",
                ));
            }
        },
    };
    let mut parts = reference.elements()?.into_iter();
    let transforms = next(&mut parts, "Transforms")?;
    let method = next(&mut parts, "DigestMethod")?;
    let digest = next(&mut parts, "DigestValue")?;
    if parts.next().is_some() {
        return Err(Refusal::structure("the reference holds something twice"));
    }
    transforms.admit(&[])?;
    let transforms = transforms.elements()?;
    let (enveloped, rest) = transforms
        .split_first()
        .ok_or_else(|| Refusal::structure("the reference has no transform"))?;
    let unknown = || {
        Refusal::structure(
            "the reference has other transforms than leaving the signature out and then one canonical form",
        )
    };
    if !enveloped.is("Transform") || enveloped.algorithm()? != ENVELOPED {
        return Err(unknown());
    }
    enveloped.childless()?;
    let content = match rest {
        [] => None,
        [one] if one.is("Transform") => Some(canonicalization(one).map_err(|_| unknown())?.0),
        _ => return Err(unknown()),
    };
    let algorithm = match method.algorithm()? {
        "http://www.w3.org/2001/04/xmlenc#sha256" => Algorithm::Sha256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Algorithm::Sha384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => Algorithm::Sha512,
        other => return Err(unadmitted("digest", other)),
    };
    method.childless()?;
    digest.admit(&[])?;
    let digest = digest.base64()?;
    if digest.len() != algorithm.length() {
        return Err(Refusal::structure(
            "the digest has another length than its kind",
        ));
    }
    Ok((scope, content, algorithm, digest))
}

fn canonicalization(method: &Element<'_>) -> Result<(Variant, bool), Refusal> {
    let (name, comments) = match method.algorithm()? {
        // Here the mark of comments follows the number sign that the identifier ends in.
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => (EXCLUSIVE, true),
        name => name
            .strip_suffix("#WithComments")
            .map_or((name, false), |name| (name, true)),
    };
    let variant = match name {
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Variant::Inclusive,
        "http://www.w3.org/2006/12/xml-c14n11" => Variant::Inclusive11,
        EXCLUSIVE => return Ok((Variant::Exclusive(prefixes(method)?), comments)),
        other => {
            return Err(Refusal::structure(format!(
                "the canonical form `{other}` is not known"
            )));
        }
    };
    method.childless()?;
    Ok((variant, comments))
}

/// The prefixes of `InclusiveNamespaces` (exclusive canonicalization, section 4).
fn prefixes(method: &Element<'_>) -> Result<Vec<String>, Refusal> {
    let parts = method.elements()?;
    let list = match parts.as_slice() {
        [] => return Ok(Vec::new()),
        [list] if list.is_of(EXCLUSIVE, "InclusiveNamespaces") => list,
        _ => {
            return Err(Refusal::structure(
                "the canonical form has parameters that are not understood",
            ));
        }
    };
    list.admit(&["PrefixList"])?;
    list.childless()?;
    let prefixes = list.attribute("PrefixList").unwrap_or_default();
    let default = |prefix: &str| if prefix == "#default" { "" } else { prefix }.to_owned();
    Ok(prefixes.split_ascii_whitespace().map(default).collect())
}

fn signature_method(method: &Element<'_>) -> Result<Method, Refusal> {
    use Algorithm::{Sha256, Sha384, Sha512};
    let name = method.algorithm()?;
    let found = match name {
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Method::Ecdsa(Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Method::Ecdsa(Sha384),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => Method::Ecdsa(Sha512),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Method::RsaPkcs1(Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Method::RsaPkcs1(Sha384),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Method::RsaPkcs1(Sha512),
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => Method::RsaPss(Sha256),
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => Method::RsaPss(Sha384),
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => Method::RsaPss(Sha512),
        "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519" => Method::Ed25519,
        other => return Err(unadmitted("signature", other)),
    };
    method.childless()?;
    Ok(found)
}

fn unadmitted(what: &str, name: &str) -> Refusal {
    Refusal::new(
        CheckName::Algorithm,
        format!("the {what} algorithm `{name}` is not admitted"),
    )
}

fn next<'n>(
    parts: &mut impl Iterator<Item = Element<'n>>,
    name: &str,
) -> Result<Element<'n>, Refusal> {
    parts
        .next()
        .filter(|part| part.is(name))
        .ok_or_else(|| Refusal::structure(format!("`{name}` is missing or not in its place")))
}

/// An element of a signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'n> {
    nodes: &'n Nodes,
    index: usize,
}

impl<'n> Element<'n> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.is_of(NAMESPACE, name)
    }

    pub(super) fn is_of(&self, namespace: &str, name: &str) -> bool {
        let tag = self.nodes.tag(self.index);
        tag.is_some_and(|tag| tag.is(namespace, name))
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'n str> {
        self.nodes.tag(self.index)?.attribute(name)
    }

    /// Refuses every attribute but these.
    fn admit(&self, names: &[&str]) -> Result<(), Refusal> {
        let attributes = self.nodes.tag(self.index).map(Tag::attributes);
        for attribute in attributes.unwrap_or_default() {
            if !attribute.namespace().is_empty() || !names.contains(&attribute.name()) {
                return Err(Refusal::structure(format!(
                    "the signature has an attribute `{}`, which is not understood",
                    attribute.name()
                )));
            }
        }
        Ok(())
    }

    /// Refuses elements that are none of a signature, at any depth: nobody signed what stands in `KeyInfo`, and a
    /// reader that looks for elements of the document wherever they stand would find them there.
    fn holds_its_own(&self) -> Result<(), Refusal> {
        const OWN: [&str; 3] = [NAMESPACE, key_info::NAMESPACE_11, EXCLUSIVE];
        let end = self.nodes.tag(self.index).map_or(self.index, Tag::end);
        let mut inside = (self.index..end).filter_map(|index| self.nodes.tag(index));
        match inside.find(|tag| !OWN.contains(&tag.namespace())) {
            None => Ok(()),
            Some(stranger) => Err(Refusal::structure(format!(
                "the signature holds an element `{}`, which is none of a signature",
                stranger.name()
            ))),
        }
    }

    /// The one attribute `Algorithm`.
    fn algorithm(&self) -> Result<&'n str, Refusal> {
        self.admit(&["Algorithm"])?;
        self.attribute("Algorithm")
            .ok_or_else(|| Refusal::structure("an algorithm is not named"))
    }

    /// The elements right below, where nothing but white space stands between them.
    pub(super) fn elements(&self) -> Result<Vec<Self>, Refusal> {
        let mut elements = Vec::new();
        for index in self.nodes.children(self.index) {
            match self.nodes.get(index) {
                Some(Node::Start(_)) => elements.push(Self { index, ..*self }),
                Some(Node::Text(text)) if text.trim().is_empty() => {}
                _ => {
                    return Err(Refusal::structure(
                        "something else than elements stands in the signature",
                    ));
                }
            }
        }
        Ok(elements)
    }

    fn childless(&self) -> Result<(), Refusal> {
        if self.elements()?.is_empty() {
            return Ok(());
        }
        Err(Refusal::structure(
            "an algorithm has parameters that are not understood",
        ))
    }

    /// The text, where there is nothing else.
    pub(super) fn text(&self) -> Result<&'n str, Refusal> {
        let mut children = self.nodes.children(self.index);
        match (
            children.next().map(|index| self.nodes.get(index)),
            children.next(),
        ) {
            (None, _) => Ok(""),
            (Some(Some(Node::Text(text))), None) => Ok(text),
            _ => Err(Refusal::structure(
                "something else than text stands in a value of the signature",
            )),
        }
    }

    /// The text as base64, in which white space does not count (XML Schema part 2, section 3.2.16).
    pub(super) fn base64(&self) -> Result<Vec<u8>, Refusal> {
        let text: String = self.text()?.split_ascii_whitespace().collect();
        BASE64_STANDARD
            .decode(text)
            .ok()
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| Refusal::structure("a value of the signature is not in base64"))
    }
}
