//! A CSAF document as statements on whether vulnerabilities affect products.

use std::collections::HashMap;

use super::document::{Document, items, timestamp};
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::evidence::vex::{Product, Statement, Status, VexDocument};
use crate::tape::Item;

/// The most identifiers of the products of all statements; a document with more repeats them.
const MOST_IDENTIFIERS: usize = 20_000_000;

/// Makes the statements of a document: one for the products of a vulnerability that have a status, a
/// justification, an impact and an action in common.
///
/// `recommended` says nothing on whether a product is affected (CSAF 2.0, section 3.2.3.9), so nothing is made
/// of it. `unknown` (CSAF 2.1) is what nobody knows yet.
///
/// # Errors
///
/// `csaf-unreadable` where the document states no version of CSAF that is read.
pub fn vex(root: Item<'_>) -> Result<(VexDocument, Vec<Diagnostic>), Diagnostic> {
    let document = Document::read(root).ok_or_else(super::unreadable)?;
    let mut findings = Findings::new();
    let time = |key: &str| timestamp(document.head_text(&["tracking", key]));
    let text =
        |path: &[&str]| Some(document.head_text(path).to_owned()).filter(|one| !one.is_empty());
    let mut made = VexDocument {
        format: "csaf",
        spec_version: document.head_text(&["csaf_version"]).to_owned(),
        id: text(&["tracking", "id"]),
        author: text(&["publisher", "name"]),
        role: text(&["publisher", "category"]),
        namespace: text(&["publisher", "namespace"]),
        issued: time("initial_release_date"),
        updated: time("current_release_date"),
        statements: Vec::new(),
    };
    let mut products = Products::new(&document);
    for (position, vulnerability) in document.vulnerabilities.iter().enumerate() {
        let facts = Facts::read(&document, *vulnerability);
        if facts.is_unnamed() {
            findings.warning("csaf-vulnerability-unnamed", "add `cve` or `ids`", || {
                let at = Place::pointer(format!("/vulnerabilities/{position}"));
                (
                    at,
                    "the vulnerability has no id, so nothing is made of it".to_owned(),
                )
            });
            continue;
        }
        for list in vulnerability
            .get("product_status")
            .into_iter()
            .flat_map(Item::children)
        {
            let name = list.key().unwrap_or_default();
            let Some(status) = status(name) else {
                continue;
            };
            let at = format!("/vulnerabilities/{position}/product_status/{name}");
            let mut groups: HashMap<&Said, usize> = HashMap::new();
            for (entry, item) in list.items().enumerate() {
                let Some(id) = item.text() else {
                    continue;
                };
                let said = facts.of(id);
                let index = *groups.entry(said).or_insert_with(|| {
                    made.statements.push(Statement {
                        status,
                        issued: made.issued,
                        updated: made.updated,
                        at: Place::pointer(at.clone()),
                        ..facts.statement(said)
                    });
                    made.statements.len() - 1
                });
                let product = products.get(id, Place::pointer(format!("{at}/{entry}")));
                if let (Some(statement), Some(product)) = (made.statements.get_mut(index), product)
                {
                    statement.products.push(product);
                }
            }
        }
    }
    if products.left == 0 {
        findings.push(super::too_many());
    }
    Ok((made, findings.finish()))
}

/// What a list of the product status says.
fn status(list: &str) -> Option<Status> {
    Some(match list {
        "first_affected" | "known_affected" | "last_affected" => Status::Affected,
        "known_not_affected" => Status::NotAffected,
        "first_fixed" | "fixed" => Status::Fixed,
        "under_investigation" | "unknown" => Status::UnderInvestigation,
        _ => return None,
    })
}

/// The products, each made once.
struct Products<'d, 't> {
    document: &'d Document<'t>,
    made: HashMap<&'t str, (Product, usize)>,
    left: usize,
}

impl<'d, 't> Products<'d, 't> {
    fn new(document: &'d Document<'t>) -> Self {
        Self {
            document,
            made: HashMap::new(),
            left: MOST_IDENTIFIERS,
        }
    }

    fn get(&mut self, id: &'t str, at: Place) -> Option<Product> {
        let (product, weight) = self.made.entry(id).or_insert_with(|| {
            let product = self.document.tree.product(id, Place::whole());
            let weight = weight(&product);
            (product, weight)
        });
        if *weight > self.left {
            self.left = 0;
            return None;
        }
        self.left -= *weight;
        Some(Product {
            at,
            ..product.clone()
        })
    }
}

fn weight(product: &Product) -> usize {
    1 + product.identifiers.len() + product.subcomponents.iter().map(weight).sum::<usize>()
}

/// What is said of one product beside its status, by the positions of the items that say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Said {
    ids: Vec<u32>,
    flags: Vec<u32>,
    impacts: Vec<u32>,
    remediations: Vec<u32>,
}

/// One of the lists of what is said.
type Slot = fn(&mut Said) -> &mut Vec<u32>;

/// What is said of the products of a vulnerability.
struct Facts<'t> {
    vulnerability: Item<'t>,
    general: Said,
    said: HashMap<&'t str, Said>,
    nothing: Said,
}

impl<'t> Facts<'t> {
    fn read(document: &Document<'t>, vulnerability: Item<'t>) -> Self {
        let mut facts = Self {
            vulnerability,
            general: Said::default(),
            said: HashMap::new(),
            nothing: Said::default(),
        };
        let lists: [(&str, Slot); 4] = [
            ("ids", |said| &mut said.ids),
            ("flags", |said| &mut said.flags),
            ("threats", |said| &mut said.impacts),
            ("remediations", |said| &mut said.remediations),
        ];
        for (key, slot) in lists {
            for item in items(vulnerability, key) {
                if key == "threats" && item.get_text("category") != Some("impact") {
                    continue;
                }
                if item.get("product_ids").is_none() && item.get("group_ids").is_none() {
                    slot(&mut facts.general).push(item.index());
                }
                for (id, _) in document.products(item) {
                    let list = slot(facts.said.entry(id).or_default());
                    if list.last() != Some(&item.index()) {
                        list.push(item.index());
                    }
                }
            }
        }
        facts
    }

    fn is_unnamed(&self) -> bool {
        self.vulnerability.get_text("cve").is_none()
            && !items(self.vulnerability, "ids").any(|one| one.get_text("text").is_some())
    }

    fn of(&self, id: &str) -> &Said {
        self.said.get(id).unwrap_or(&self.nothing)
    }

    /// What is said, without a status and products.
    fn statement(&self, said: &Said) -> Statement {
        let texts = |general: &[u32], own: &[u32], say: fn(Item<'_>) -> Option<String>| {
            let tape = self.vulnerability.tape();
            let all = general.iter().chain(own);
            all.filter_map(|index| say(tape.item(*index)?))
                .collect::<Vec<String>>()
        };
        let joined = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join("\n"));
        let cve = self.vulnerability.get_text("cve").map(str::to_owned);
        let ids = texts(&self.general.ids, &said.ids, |item| {
            item.get_text("text").map(str::to_owned)
        });
        Statement {
            vulnerability: cve.into_iter().chain(ids).collect(),
            products: Vec::new(),
            status: Status::UnderInvestigation,
            justification: texts(&self.general.flags, &said.flags, |item| {
                item.get_text("label").map(str::to_owned)
            })
            .into_iter()
            .next(),
            impact: joined(texts(&self.general.impacts, &said.impacts, |item| {
                item.get_text("details").map(str::to_owned)
            })),
            action: joined(texts(
                &self.general.remediations,
                &said.remediations,
                remediation,
            )),
            issued: None,
            updated: None,
            at: Place::whole(),
        }
    }
}

/// A remediation in one text: its category, what to do and where to get it.
fn remediation(item: Item<'_>) -> Option<String> {
    let details = item.get_text("details")?;
    let mut text = match item.get_text("category") {
        Some(category) => format!("{category}: {details}"),
        None => details.to_owned(),
    };
    if let Some(url) = item.get_text("url") {
        text.extend([" (", url, ")"]);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::vex::Identifier;
    use crate::tape::parse_json;

    const DOCUMENT: &str = r#"{"document":{"csaf_version":"2.0","publisher":{"name":"Acme","category":"vendor","namespace":"https://acme.example"},
        "tracking":{"id":"ACME-1","initial_release_date":"2024-01-01T00:00:00Z","current_release_date":"2024-02-01T00:00:00Z"}},
        "product_tree":{"full_product_names":[
            {"product_id":"A","name":"a","product_identification_helper":{"purl":"pkg:npm/a@1"}},
            {"product_id":"B","name":"b"},{"product_id":"C","name":"c"}],
        "product_groups":[{"group_id":"G","product_ids":["A","B"]}]},
        "vulnerabilities":[{"cve":"CVE-2024-1","ids":[{"system_name":"x","text":"X-1"}],
            "product_status":{"known_not_affected":["A","B","C"],"recommended":["C"],"unknown":["D"],"known_affected":["E"]},
            "flags":[{"label":"component_not_present","group_ids":["G"]}],
            "threats":[{"category":"impact","details":"not reached","product_ids":["C"]},{"category":"exploit_status","details":"none"}],
            "remediations":[{"category":"vendor_fix","details":"update","url":"https://acme.example/u","product_ids":["E"]}]},
            {"product_status":{"fixed":["A"]}}]}"#;

    #[test]
    fn statements_are_made_by_what_is_said() {
        let tape = parse_json(DOCUMENT).unwrap();
        let (document, remarks) = vex(tape.root()).unwrap();
        assert_eq!(document.id.as_deref(), Some("ACME-1"));
        assert_eq!(document.namespace.as_deref(), Some("https://acme.example"));
        assert!(document.issued < document.updated);
        let told: Vec<String> = document
            .statements
            .iter()
            .map(|one| {
                format!(
                    "{:?} {:?} {:?} {:?} {:?} {} {}",
                    one.vulnerability,
                    one.status,
                    one.justification,
                    one.impact,
                    one.action,
                    one.products.len(),
                    one.at
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"["CVE-2024-1", "X-1"] NotAffected Some("component_not_present") None None 2 /vulnerabilities/0/product_status/known_not_affected"#,
                r#"["CVE-2024-1", "X-1"] NotAffected None Some("not reached") None 1 /vulnerabilities/0/product_status/known_not_affected"#,
                r#"["CVE-2024-1", "X-1"] UnderInvestigation None None None 1 /vulnerabilities/0/product_status/unknown"#,
                r#"["CVE-2024-1", "X-1"] Affected None None Some("vendor_fix: update (https://acme.example/u)") 1 /vulnerabilities/0/product_status/known_affected"#,
            ]
        );
        let product = &document.statements[0].products[0];
        assert_eq!(
            product.identifiers[0],
            Identifier::Purl("pkg:npm/a@1".to_owned())
        );
        assert_eq!(
            product.at.to_string(),
            "/vulnerabilities/0/product_status/known_not_affected/0"
        );
        let undefined = &document.statements[2].products[0];
        assert_eq!(undefined.identifiers, [Identifier::Other("D".to_owned())]);
        assert_eq!(remarks.len(), 1);
        assert_eq!(remarks[0].at.to_string(), "/vulnerabilities/1");
    }

    #[test]
    fn what_is_no_csaf_is_an_error() {
        let tape = parse_json("{}").unwrap();
        assert_eq!(vex(tape.root()).unwrap_err().code, "csaf-unreadable");
    }
}
