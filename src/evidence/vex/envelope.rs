//! OpenVEX as the predicate of an in-toto statement, in a DSSE envelope or a Sigstore bundle with one.
//!
//! Source: OpenVEX 0.2.0, "Attesting OpenVEX documents" (the predicate is the document, its type the context of
//! OpenVEX); in-toto Attestation Framework v1. The signature is not verified here. Places are those of the
//! statement that the envelope carries: `/predicate/statements/0`.

use super::read::unrecognized;
use super::{Product, VexDocument, openvex};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::evidence::attestation::payload_of_bundle;
use crate::tape::{Item, Shape, parse_json, write_json};

/// The code of the remark that a signature was not looked at.
pub const UNCHECKED: &str = "vex-signature-unchecked";

/// How the type of the predicate begins.
const PREDICATE_TYPE: &str = "https://openvex.dev/ns";

/// Whether `bytes` are an envelope that carries OpenVEX.
pub fn is_enveloped(bytes: &[u8]) -> bool {
    with_statement(bytes, is_openvex).unwrap_or(false)
}

/// Reads the document in an envelope.
pub(super) fn read(bytes: &[u8]) -> Result<(VexDocument, Vec<Diagnostic>), Diagnostic> {
    let predicate = with_statement(bytes, |statement| {
        if !is_openvex(statement) {
            let named = statement.get_text("predicateType").unwrap_or_default();
            let named = crate::text::printable(named);
            return Err(unrecognized(format!(
                "the envelope carries `{named}` and no OpenVEX"
            )));
        }
        statement
            .get("predicate")
            .filter(|predicate| predicate.shape() == Shape::Table)
            .map(|predicate| write_json(predicate, false))
            .ok_or_else(|| unrecognized("the statement in the envelope has no predicate"))
    })??;
    let tape = parse_json(&predicate)?;
    let (mut document, mut found) = openvex::read(tape.root()).map_err(|mut fault| {
        move_down(&mut fault.at);
        fault
    })?;
    for one in &mut found {
        move_down(&mut one.at);
    }
    for statement in &mut document.statements {
        move_down(&mut statement.at);
        statement.products.iter_mut().for_each(move_product);
    }
    let message = "the document is signed, and its signature was not verified here";
    let unchecked = Diagnostic::warning(UNCHECKED, Place::whole(), message)
        .help("verify it with `mekiki attestation verify`");
    found.insert(0, unchecked);
    Ok((document, found))
}

fn is_openvex(statement: Item<'_>) -> bool {
    let is_statement = statement
        .get_text("_type")
        .is_some_and(|named| named.starts_with("https://in-toto.io/Statement/"));
    let named = statement.get_text("predicateType").unwrap_or_default();
    let rest = named.strip_prefix(PREDICATE_TYPE);
    is_statement && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Hands the statement in an envelope to `then`.
fn with_statement<T>(bytes: &[u8], then: impl FnOnce(Item<'_>) -> T) -> Result<T, Diagnostic> {
    let payload = payload_of_bundle(bytes)?
        .ok_or_else(|| unrecognized("the signature carries no statement"))?;
    let text = std::str::from_utf8(&payload)
        .map_err(|_| unrecognized("what the envelope carries is no text"))?;
    let tape = parse_json(text)?;
    // What one reader takes from a repeated member another does not.
    if let Some(repeated) = tape.repeated_members().into_iter().next() {
        return Err(Diagnostic {
            severity: Severity::Error,
            ..repeated
        });
    }
    Ok(then(tape.root()))
}

fn move_down(place: &mut Place) {
    let below = place.pointer.take().unwrap_or_default();
    *place = Place::pointer(format!("/predicate{below}"));
}

fn move_product(product: &mut Product) {
    move_down(&mut product.at);
    product.subcomponents.iter_mut().for_each(move_product);
}
