//! OpenVEX 0.2.0 and the drafts before it (<https://github.com/openvex/spec>).
//!
//! The shape of 0.2.0 is held against its published schema. The drafts have none: a vulnerability and a
//! product were a text each, and the parts of the products stood in the statement. What the prose demands
//! of every version, a reason or an action beside the status, is asked of the drafts here.

use jiff::Timestamp;

use super::cyclonedx::bom_link;
use super::{Identifier, Product, Statement, Status, VexDocument, tables};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::sbom::semantics::{CpeForm, check_cpe, check_purl};
use crate::tape::{Item, Shape};

/// How the context of every version begins (OpenVEX 0.2.0, "Document Struct Fields").
const CONTEXT: &str = "https://openvex.dev/ns";

/// The version that has a published schema.
const CURRENT: &str = "0.2.0";

/// The versions before it, as `@context` names them.
const DRAFTS: [&str; 3] = ["0.0.0", "0.0.1", "0.1.0"];

/// The most pairs of product and part of a statement of the drafts, which list them apart.
const MOST_PAIRS: usize = 100_000;

/// Whether an object without a context that says so has the members of an OpenVEX document.
pub fn is_alike(root: Item<'_>) -> bool {
    let mut statements = root.get("statements").into_iter().flat_map(Item::items);
    root.get("author").is_some()
        && statements
            .next()
            .is_some_and(|one| one.get("status").is_some() && one.get("vulnerability").is_some())
}

/// Reads a document. What cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// `openvex-version` where the version is none that is read, and `openvex-malformed` where there are no
/// statements to read.
pub fn read(root: Item<'_>) -> Result<(VexDocument, Vec<Diagnostic>), Diagnostic> {
    let version = version(root)?;
    let list = root.get("statements");
    // A statement may stand alone inside of another document (OpenVEX 0.2.0, "Embedding").
    let is_alone = list.is_none() && root.get("vulnerability").is_some();
    if !is_alone && list.is_none_or(|list| list.shape() != Shape::List) {
        return Err(Diagnostic::error(
            "openvex-malformed",
            list.map_or_else(Place::whole, |_| Place::pointer("/statements")),
            "the document has no list of statements",
        )
        .help("an OpenVEX document makes its statements under `statements`"));
    }
    let text = |key| root.get_text(key).map(str::to_owned);
    let mut reader = Reader {
        document: VexDocument {
            format: "openvex",
            spec_version: version.unwrap_or_default().to_owned(),
            id: text("@id"),
            author: text("author"),
            role: text("role"),
            ..VexDocument::default()
        },
        findings: Findings::new(),
        is_draft: version != Some(CURRENT),
    };
    reader.document.issued = reader.instant(root, "", "timestamp");
    reader.document.updated = reader.instant(root, "", "last_updated");
    if is_alone {
        reader.statement(root, "");
    }
    for (position, item) in list.into_iter().flat_map(Item::items).enumerate() {
        reader.statement(item, &format!("/statements/{position}"));
    }
    let mut findings = Vec::new();
    if reader.is_draft {
        findings.push(
            Diagnostic::note(
                "openvex-draft",
                Place::pointer("/@context"),
                format!(
                    "{} of OpenVEX has no schema, so the shape is not judged",
                    version.map_or_else(
                        || "a draft without a version".to_owned(),
                        |version| format!("version {version}")
                    )
                ),
            )
            .help("write the document anew as OpenVEX 0.2.0"),
        );
    } else if let Some(schema) = tables::openvex().filter(|_| !is_alone) {
        findings.extend(schema.check(root, Findings::PER_CODE));
    }
    findings.extend(reader.findings.finish());
    Ok((reader.document, findings))
}

/// The version that the context names; `None` for a context without one.
fn version(root: Item<'_>) -> Result<Option<&str>, Diagnostic> {
    const HELP: &str = "state `https://openvex.dev/ns/v0.2.0`";
    let place = || Place::pointer("/@context");
    let context = root.get_text("@context").unwrap_or_default();
    let named = context
        .strip_prefix(CONTEXT)
        .unwrap_or_default()
        .trim_start_matches('/')
        .trim_start_matches('v')
        .trim_end_matches('/');
    if named.is_empty() {
        // NOTE: the first drafts wrote the version of the document as a text. Without a version in the
        // context nothing tells them from later ones that are only wrong.
        if root
            .get("version")
            .is_some_and(|one| one.shape() == Shape::Text)
        {
            return Err(Diagnostic::error(
                "openvex-version",
                place(),
                "the context names no version, and the `version` of the document is a text, as no version that is read has it",
            )
            .help(HELP));
        }
        return Ok(None);
    }
    if named == CURRENT || DRAFTS.contains(&named) {
        return Ok(Some(named));
    }
    Err(Diagnostic::error(
        "openvex-version",
        place(),
        format!("OpenVEX `{named}` is not a version that is read"),
    )
    .help(HELP))
}

struct Reader {
    document: VexDocument,
    findings: Findings,
    is_draft: bool,
}

impl Reader {
    fn instant(&mut self, item: Item<'_>, pointer: &str, key: &str) -> Option<Timestamp> {
        let text = item.get_text(key)?;
        let instant = text.trim().parse().ok();
        // The schema says of 0.2.0 what is no instant.
        if instant.is_none() && self.is_draft {
            self.findings.warning(
                "openvex-instant",
                "write it as RFC 3339, such as `2026-11-20T09:00:00Z`",
                || {
                    let message = format!("`{key}` is no instant, so it is not known");
                    (Place::pointer(format!("{pointer}/{key}")), message)
                },
            );
        }
        instant
    }

    fn statement(&mut self, item: Item<'_>, pointer: &str) {
        let at = Place::pointer(pointer);
        let vulnerability = vulnerability(item);
        // The schema says of 0.2.0 when there is no name at all.
        let is_named = item
            .get("vulnerability")
            .is_some_and(|one| one.get("name").is_some());
        if vulnerability.is_empty() && (self.is_draft || is_named) {
            self.findings.error(
                "openvex-vulnerability",
                "name it under `vulnerability`, such as `CVE-2026-0001`",
                || (at.clone(), "the statement names no vulnerability".into()),
            );
        }
        let word = item.get_text("status").unwrap_or_default();
        let Some(status) = Status::from_word(word) else {
            if self.is_draft {
                self.findings.error(
                    "openvex-status",
                    "one of not_affected, affected, fixed and under_investigation",
                    || {
                        (
                            at,
                            format!("`{word}` is no status, so the statement says nothing"),
                        )
                    },
                );
            }
            return;
        };
        let text = |key| item.get_text(key).map(str::to_owned);
        let own = self.instant(item, pointer, "timestamp");
        let changed = self.instant(item, pointer, "last_updated");
        // A time of its own keeps the document's from being inherited (OpenVEX 0.2.0, "Inheritance Flow").
        let inherited = (self.document.issued, self.document.updated);
        let statement = Statement {
            vulnerability,
            products: self.products(item, pointer),
            status,
            justification: text("justification"),
            impact: text("impact_statement"),
            action: text("action_statement"),
            issued: own.or(inherited.0),
            updated: changed.or(if own.is_none() { inherited.1 } else { None }),
            at,
        };
        self.reasons(&statement);
        if statement.products.is_empty() {
            self.findings.warning(
                "openvex-product",
                "name the products with package URLs, CPE names or hashes",
                || {
                    let message = "the statement names no product, so it binds to nothing";
                    (statement.at.clone(), message.into())
                },
            );
        }
        self.document.statements.push(statement);
    }

    /// What the prose demands beside a status (OpenVEX 0.2.0, "Status Labels"), of drafts only: the schema
    /// demands it of 0.2.0.
    fn reasons(&mut self, statement: &Statement) {
        if !self.is_draft {
            return;
        }
        let is_reasoned = statement.justification.is_some() || statement.impact.is_some();
        if statement.status == Status::NotAffected && !is_reasoned {
            self.findings.error(
                "openvex-justification",
                "give a `justification` or an `impact_statement`",
                || {
                    let message = "`not_affected` needs a justification or an impact statement";
                    (statement.at.clone(), message.into())
                },
            );
        }
        if statement.status == Status::Affected && statement.action.is_none() {
            self.findings.error(
                "openvex-action",
                "say under `action_statement` what to do",
                || {
                    let message = "`affected` needs an action statement";
                    (statement.at.clone(), message.into())
                },
            );
        }
        let word = statement.justification.as_deref().unwrap_or_default();
        if !word.is_empty() && !JUSTIFICATIONS.contains(&word) {
            self.findings.error(
                "openvex-justification",
                "one of the five justifications of the specification",
                || {
                    (
                        statement.at.clone(),
                        format!("`{word}` is no justification"),
                    )
                },
            );
        }
    }

    fn products(&mut self, item: Item<'_>, pointer: &str) -> Vec<Product> {
        let mut products = self.components(item, pointer, "products");
        // In the drafts the parts stood beside the products.
        let parts = self.components(item, pointer, "subcomponents");
        if products.len().saturating_mul(parts.len()) > MOST_PAIRS {
            self.findings.error(
                "openvex-too-many",
                "split the statement",
                || {
                    let (products, parts) = (products.len(), parts.len());
                    let message = format!(
                        "the statement is on {parts} parts of each of {products} products, which is not read"
                    );
                    (Place::pointer(pointer), message)
                },
            );
            return Vec::new();
        }
        for product in &mut products {
            product.subcomponents.extend(parts.iter().cloned());
        }
        products
    }

    fn components(&mut self, item: Item<'_>, pointer: &str, key: &str) -> Vec<Product> {
        let list = item.get(key).into_iter().flat_map(Item::items);
        let mut components = Vec::new();
        for (position, one) in list.enumerate() {
            components.push(self.component(one, format!("{pointer}/{key}/{position}")));
        }
        components
    }

    fn component(&mut self, item: Item<'_>, pointer: String) -> Product {
        let mut identifiers = Vec::new();
        if let Some(id) = item.text().or_else(|| item.get_text("@id")) {
            identifiers.push(self.identifier(id, &pointer));
        }
        let named = item.get("identifiers").into_iter().flat_map(Item::children);
        for one in named {
            let (Some(key), Some(value)) = (one.key(), one.text()) else {
                continue;
            };
            let fault = match key {
                "purl" => check_purl(value),
                "cpe22" => check_cpe(value, CpeForm::Uri),
                "cpe23" => check_cpe(value, CpeForm::Formatted),
                _ => None,
            };
            if let Some(fault) = fault {
                let place = Place::pointer(format!("{pointer}/identifiers/{key}"));
                self.findings.push(fault.at(place));
            }
            identifiers.push(match key {
                "purl" => Identifier::Purl(value.to_owned()),
                "cpe22" | "cpe23" => Identifier::Cpe(value.to_owned()),
                _ => Identifier::Other(value.to_owned()),
            });
        }
        for one in item.get("hashes").into_iter().flat_map(Item::children) {
            if let (Some(key), Some(value)) = (one.key(), one.text()) {
                let algorithm = algorithm(key);
                identifiers.push(Identifier::Hash(algorithm, value.to_ascii_lowercase()));
            }
        }
        let mut seen = Vec::with_capacity(identifiers.len());
        for one in identifiers {
            if !seen.contains(&one) {
                seen.push(one);
            }
        }
        Product {
            identifiers: seen,
            subcomponents: self.components(item, &pointer, "subcomponents"),
            at: Place::pointer(pointer),
        }
    }

    /// What an `@id` is: the specification recommends a package URL, and any IRI will do.
    fn identifier(&mut self, id: &str, pointer: &str) -> Identifier {
        let begins = |prefix: &str| {
            let head = id.get(..prefix.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        };
        if begins("pkg:") {
            if let Some(fault) = check_purl(id) {
                self.findings.push(fault.at(Place::pointer(pointer)));
            }
            Identifier::Purl(id.to_owned())
        } else if begins("cpe:") {
            Identifier::Cpe(id.to_owned())
        } else if let Some(link) = begins("urn:cdx:").then(|| bom_link(id)).flatten() {
            // A component without any other identity can be linked to in its document.
            link
        } else {
            Identifier::Other(id.to_owned())
        }
    }
}

/// OpenVEX 0.2.0, "Status Justifications".
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// Every identifier of the vulnerability: its name, its aliases, and the last step of its IRI if nothing
/// else names it.
fn vulnerability(item: Item<'_>) -> Vec<String> {
    let Some(named) = item.get("vulnerability") else {
        return Vec::new();
    };
    let aliases = named.get("aliases").into_iter().flat_map(Item::items);
    let mut ids: Vec<String> = Vec::new();
    let all = named.text().into_iter().chain(named.get_text("name"));
    for id in all.chain(aliases.filter_map(Item::text)) {
        let id = id.trim();
        if !id.is_empty() && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    if ids.is_empty()
        && let Some(last) = named.get_text("@id").and_then(|id| id.rsplit('/').next())
        && !last.is_empty()
    {
        ids.push(last.to_owned());
    }
    ids
}

/// The spelling of the model: the drafts and the schema write `sha-256` but `sha1`.
fn algorithm(key: &str) -> String {
    match key {
        "sha1" => "sha-1".to_owned(),
        "sha256" => "sha-256".to_owned(),
        "sha384" => "sha-384".to_owned(),
        "sha512" => "sha-512".to_owned(),
        _ => key.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests;
