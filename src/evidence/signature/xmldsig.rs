//! Signatures inside of XML documents: XML Signature 1.1, enveloped, as the XML form of CycloneDX takes it in.
//!
//! Read strictly, and only in the one shape in which everything of the document is signed: one `Signature`
//! right below the document element, one `Reference` to the whole document (or to the document element by its
//! id), of which nothing but the signature itself is left out. So nothing that a reader could take for the
//! content stands outside of what was signed, and moving the signed content elsewhere breaks the reference.
//! Nothing is loaded, no document type is followed, and what `KeyInfo` says is only a hint.
//!
//! Comments are never part of what such a reference signs, whatever the canonicalization says (XML Signature
//! 1.1, section 4.4.3.3). Where one would cut a text in two, the document is refused: a reader that stops at
//! it would see another text than the one that was signed. Other comments are warned of.
//!
//! Sources: XML Signature Syntax and Processing 1.1 (W3C, 11 April 2013), RFC 6931 and RFC 9231 (identifiers
//! of algorithms).

mod form;
mod key_info;

use super::check::CheckName;
use super::inside::{Refusal, Signers, document_of};
use super::{Artifact, Kind, Proof, Trust, Verification, jsf};
use crate::diagnostic::Diagnostic;
use crate::evidence::unpack::{decode, unpack};
use crate::markup::{Canonical, Node, Nodes, Tag, Variant, parse_nodes};
use form::{Form, Scope};

/// The namespace of XML Signature.
const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Verifies the signature inside of the XML document `signature`, which is the artifact.
///
/// # Errors
///
/// `signature-missing` where there is none, `signer-missing`, `artifact-missing`, `expectation-unprovable`,
/// and what reading keys or XML gives.
pub(super) fn verify(
    signature: &[u8],
    artifact: &Artifact<'_>,
    trust: &Trust<'_>,
) -> Result<Verification, Diagnostic> {
    let bytes = document_of(signature, artifact)?;
    let signers = Signers::new(trust)?;
    let unpacked = unpack(bytes)?;
    let text = decode(&unpacked)?;
    let nodes = parse_nodes(&text)?;
    let Some((root, _)) = nodes.root() else {
        return Err(jsf::missing());
    };
    let mut found = nodes
        .children(root)
        .filter(|index| nodes.tag(*index).is_some_and(is_signature));
    let Some(own) = found.next() else {
        return Err(jsf::missing());
    };
    let is_only = found.next().is_none();
    let mut proof = Proof::new(Kind::Xmldsig, artifact);
    let judged = if is_only {
        judge(&text, &nodes, root, own, &signers, trust, &mut proof)
    } else {
        Err(Refusal::structure(
            "there is more than one signature of the document",
        ))
    };
    match judged {
        Ok(()) => Ok(proof.verified()),
        Err(refusal) => Ok(proof.refused(refusal.check, refusal.detail)),
    }
}

/// Whether an XML document has a signature right below its document element.
pub(super) fn is_signed(text: &str) -> Result<bool, Diagnostic> {
    let nodes = parse_nodes(text)?;
    Ok(nodes.root().is_some_and(|(root, _)| {
        let mut children = nodes.children(root);
        children.any(|index| nodes.tag(index).is_some_and(is_signature))
    }))
}

fn is_signature(tag: &Tag) -> bool {
    tag.is(NAMESPACE, "Signature")
}

fn judge(
    text: &str,
    nodes: &Nodes,
    root: usize,
    own: usize,
    signers: &Signers<'_>,
    trust: &Trust<'_>,
    proof: &mut Proof,
) -> Result<(), Refusal> {
    check_document(text, nodes, own)?;
    let form = Form::read(nodes, own)?;
    check_scope(nodes, root, &form.scope)?;
    proof.passed(
        CheckName::Structure,
        "the signature covers the whole document",
    );
    caution(nodes, own, proof);
    if trust.threshold > 1 {
        return Err(Refusal::new(
            CheckName::Threshold,
            format!(
                "a signature of this kind is made by one key, and {} must sign",
                trust.threshold
            ),
        ));
    }
    let message = form
        .canonical
        .element(nodes, form.signed_info, None)
        .map_err(|error| Refusal::structure(error.to_string()))?;
    let accepted = signers.judge(&form.hint, form.method, &message, &form.value)?;
    proof.passed(
        CheckName::Signature,
        "the signature holds under a key that may sign",
    );
    let content = content(nodes, root, own, &form)?;
    if form.digest_algorithm.hex_of(&content) != hex::encode(&form.digest) {
        return Err(Refusal::new(
            CheckName::Artifact,
            "the document is another than the one that was signed: its digest differs",
        ));
    }
    proof.passed(
        CheckName::Artifact,
        format!(
            "the {} digest of the whole document without its signature is the signed one",
            form.digest_algorithm.name()
        ),
    );
    for (check, detail) in accepted.checks {
        proof.passed(check, detail);
    }
    for warning in accepted.warnings {
        proof.caution(warning);
    }
    *proof.signer() = accepted.signer;
    Ok(())
}

/// What is signed, in canonical form. No form keeps the comments here.
fn content(nodes: &Nodes, root: usize, own: usize, form: &Form) -> Result<Vec<u8>, Refusal> {
    let canonical = Canonical {
        variant: form.content.clone().unwrap_or(Variant::Inclusive),
        comments: false,
    };
    match form.scope {
        Scope::Document => Ok(canonical.document(nodes, Some(own))),
        Scope::Id(_) => canonical
            .element(nodes, root, Some(own))
            .map_err(|error| Refusal::structure(error.to_string())),
    }
}

/// Refuses what no signature could make safe to read.
fn check_document(text: &str, nodes: &Nodes, own: usize) -> Result<(), Refusal> {
    if nodes.has_doctype() {
        return Err(Refusal::structure(
            "the document has a document type declaration, which could change what a reader sees",
        ));
    }
    // Nobody signed the declaration. Where only letters of ASCII stand, it may name an encoding that has them all
    // in their places; others, such as UTF-7, give them another meaning.
    let is_known = nodes.encoding().is_none_or(|encoding| {
        let encoding = encoding.to_ascii_lowercase();
        matches!(&*encoding, "utf-8" | "utf-16" | "us-ascii")
            || text.is_ascii()
                && (encoding.starts_with("iso-8859-") || encoding.starts_with("windows-125"))
    });
    if !is_known {
        return Err(Refusal::structure(
            "the XML declaration names another encoding than the one of the text",
        ));
    }
    let inside = own..nodes.tag(own).map_or(own, Tag::end);
    for index in 1..nodes.len() {
        if !matches!(nodes.get(index), Some(Node::Comment(_))) {
            continue;
        }
        if inside.contains(&index) {
            return Err(Refusal::structure("a comment stands in the signature"));
        }
        let is_text = |index: usize| matches!(nodes.get(index), Some(Node::Text(text)) if !text.trim().is_empty());
        if is_text(index - 1) || is_text(index + 1) {
            return Err(Refusal::structure(
                "a comment, which nobody signed, stands in a text",
            ));
        }
    }
    Ok(())
}

/// Holds the reference to the document element.
fn check_scope(nodes: &Nodes, root: usize, scope: &Scope) -> Result<(), Refusal> {
    let Scope::Id(id) = scope else {
        return Ok(());
    };
    let bearers: Vec<usize> = nodes
        .elements()
        .filter(|(_, tag)| ids(tag).any(|one| one == id))
        .map(|(index, _)| index)
        .collect();
    match bearers.as_slice() {
        [bearer] if *bearer == root => {}
        [] => return Err(Refusal::structure("no element has the id that is signed")),
        [_] => {
            return Err(Refusal::structure(
                "another element than the document element is signed",
            ));
        }
        _ => {
            return Err(Refusal::structure(
                "several elements have the id that is signed",
            ));
        }
    }
    let end = nodes.tag(root).map_or(root, Tag::end);
    let is_instruction = |index: usize| matches!(nodes.get(index), Some(Node::Instruction(_, _)));
    if (0..root).chain(end..nodes.len()).any(is_instruction) {
        return Err(Refusal::structure(
            "a processing instruction stands outside of the element that is signed",
        ));
    }
    Ok(())
}

/// What may be the id of an element. Without a document type nothing says which attribute is one, so each that
/// usually is counts.
fn ids(tag: &Tag) -> impl Iterator<Item = &str> {
    tag.attributes()
        .iter()
        .filter(|one| {
            one.name().eq_ignore_ascii_case("id") && (one.namespace().is_empty() || one.is_of_xml())
        })
        .map(crate::markup::NodeAttribute::value)
}

/// Warns of what stands in the document and was not judged.
fn caution(nodes: &Nodes, own: usize, proof: &mut Proof) {
    let parts = nodes
        .elements()
        .filter(|(index, tag)| *index != own && is_signature(tag))
        .count();
    if parts > 0 {
        proof.caution(format!(
            "signatures of parts of the document, not judged: {parts}"
        ));
    }
    let comments = (0..nodes.len())
        .filter(|index| matches!(nodes.get(*index), Some(Node::Comment(_))))
        .count();
    if comments > 0 {
        proof.caution(format!("comments in the document, not signed: {comments}"));
    }
}
