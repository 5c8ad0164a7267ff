//! What rules look at, in the names that they may use. What is not stated is left out, so that it stays unknown.

use std::collections::{BTreeMap, BTreeSet};

use crate::acceptance::finding::Outcome;
use crate::acceptance::manifest::Evidence;
use crate::acceptance::policy::{Subject, Values};
use crate::acceptance::{Group, Verdict};
use crate::app::verify::advisory::subject;
use crate::app::verify::gather::{Gathered, SbomFile};
use crate::document::scan::ScanView;
use crate::evidence::Citation;
use crate::evidence::advisory::Nature;
use crate::evidence::sbom::model::{Component, ComponentKind, Format, Sbom, Target, is_stated};
use crate::fact::FactValue;
use crate::purl::Purl;
use crate::text::Text;
use crate::text::messages::both;
use crate::time::parse_day;

/// One thing that a rule looks at.
pub(super) struct Item {
    /// What it is called.
    pub(super) name: String,
    /// Its values.
    pub(super) values: Values,
    /// Where it stands.
    pub(super) place: Option<Citation>,
}

/// Everything that rules look at.
pub(super) struct Described {
    by_subject: BTreeMap<Subject, Vec<Item>>,
    lacking: BTreeMap<Subject, Text>,
}

impl Described {
    /// The things of a subject.
    pub(super) fn of(&self, subject: Subject) -> &[Item] {
        self.by_subject.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// Why not everything of a subject could be described.
    pub(super) fn lacking(&self, subject: Subject) -> Option<&Text> {
        self.lacking.get(&subject)
    }
}

/// Describes a delivery.
pub(super) fn describe(gathered: &Gathered<'_>, groups: &[(Group, Vec<Outcome>)]) -> Described {
    let scan = gathered.scan.get();
    let components: Vec<_> = gathered.sboms.iter().flat_map(components).collect();
    let mut lacking = BTreeMap::new();
    let unread = gathered.sboms.iter().any(|sbom| sbom.read.is_err());
    if unread || gathered.sboms.is_empty() {
        let why = both("verify-policy-no-sbom", &[]);
        lacking.insert(Subject::Component, why.clone());
        lacking.insert(Subject::Vulnerability, why);
    }
    if scan.is_none() {
        let why = both("verify-policy-no-scan", &[]);
        lacking.entry(Subject::Vulnerability).or_insert(why);
    }
    let delivery = delivery(gathered, groups, components.len());
    let vulnerabilities = scan.map(|scan| vulnerabilities(gathered, scan));
    let by_subject = BTreeMap::from([
        (Subject::Delivery, vec![delivery]),
        (Subject::Artifact, artifacts(gathered)),
        (Subject::Component, components),
        (Subject::Vulnerability, vulnerabilities.unwrap_or_default()),
    ]);
    Described {
        by_subject,
        lacking,
    }
}

/// Collects the values of one subject.
struct Teller {
    subject: Subject,
    values: Values,
}

impl Teller {
    fn new(subject: Subject) -> Self {
        Self {
            subject,
            values: Values::new(),
        }
    }

    fn set(&mut self, name: &str, value: FactValue) {
        let key = format!("{}.{name}", self.subject.word());
        self.values.insert(key.as_str().into(), value);
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.set(name, FactValue::Bool(value));
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| is_stated(value)) {
            self.set(name, FactValue::Text(value.to_owned()));
        }
    }

    fn count(&mut self, name: &str, value: usize) {
        if let Ok(value) = i64::try_from(value) {
            self.set(name, FactValue::Integer(value));
        }
    }

    fn list(&mut self, name: &str, words: impl IntoIterator<Item = String>) {
        let words: BTreeSet<String> = words.into_iter().collect();
        self.set(name, FactValue::List(words.into_iter().collect()));
    }
}

fn delivery(gathered: &Gathered<'_>, groups: &[(Group, Vec<Outcome>)], components: usize) -> Item {
    let manifest = gathered.request.manifest;
    let mut teller = Teller::new(Subject::Delivery);
    teller.text("stage", Some(manifest.stage.word()));
    teller.text("supplier", manifest.supplier.as_deref());
    let product = manifest.product.as_ref();
    teller.text("product_name", product.map(|(name, _)| name.as_str()));
    teller.text(
        "product_version",
        product.map(|(_, version)| version.as_str()),
    );
    teller.count("files", gathered.files.len());
    let bytes = gathered.files.iter().map(|file| file.bytes).sum::<u64>();
    teller.count("bytes", usize::try_from(bytes).unwrap_or(usize::MAX));
    teller.count("artifacts", gathered.artifacts.len());
    teller.count("sboms", gathered.sboms.len());
    teller.count("vex", manifest.vex.len());
    if gathered.sboms.iter().all(|sbom| sbom.read.is_ok()) {
        let read = gathered
            .sboms
            .iter()
            .filter_map(|sbom| sbom.read.as_ref().ok());
        let formats = read.map(|read| {
            let name = match read.sbom.format {
                Format::CycloneDx => "CycloneDX",
                Format::Spdx => "SPDX",
            };
            format!("{name} {}", read.sbom.spec_version)
        });
        teller.list("sbom_formats", formats);
        teller.count("components", components);
    }
    let left_out = Evidence::WORDS
        .iter()
        .filter(|(_, what)| manifest.left_out(*what).is_some());
    teller.list("left_out", left_out.map(|(word, _)| (*word).to_owned()));
    let outcomes = || groups.iter().flat_map(|(_, outcomes)| outcomes);
    for (name, verdict) in [
        ("checks_passed", Verdict::Pass),
        ("checks_failed", Verdict::Fail),
        ("checks_unverifiable", Verdict::Unverifiable),
    ] {
        let of = outcomes().filter(|one| one.verdict == verdict);
        teller.list(name, of.map(|one| one.check.clone()));
    }
    Item {
        name: product.map_or_else(
            || "delivery".to_owned(),
            |(name, version)| format!("{name} {version}"),
        ),
        values: teller.values,
        place: None,
    }
}

fn artifacts(gathered: &Gathered<'_>) -> Vec<Item> {
    let sizes: BTreeMap<&str, u64> = gathered
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.bytes))
        .collect();
    let artifacts = gathered.artifacts.iter().map(|one| {
        let mut teller = Teller::new(Subject::Artifact);
        teller.text("path", Some(&one.path));
        let bytes = sizes
            .get(one.path.as_str())
            .and_then(|bytes| usize::try_from(*bytes).ok());
        if let Some(bytes) = bytes {
            teller.count("bytes", bytes);
        }
        teller.count("signatures", one.signatures.len());
        teller.count("provenance", one.provenance.len());
        Item {
            name: one.path.clone(),
            values: teller.values,
            place: Some(Citation {
                sha256: one.sha256,
                file: one.path.clone(),
                at: crate::diagnostic::Place::whole(),
            }),
        }
    });
    artifacts.collect()
}

/// The components of an SBOM, without the product itself and without single files.
fn components(file: &SbomFile) -> Vec<Item> {
    let Ok(read) = &file.read else {
        return Vec::new();
    };
    let sbom = &read.sbom;
    let direct = direct(sbom);
    let product = sbom.product();
    let offset = u32::from(sbom.root.is_some());
    let listed = sbom.components.iter().enumerate().filter(|(index, one)| {
        let position = u32::try_from(*index)
            .unwrap_or(u32::MAX)
            .saturating_add(offset);
        product != Some(position) && one.kind != ComponentKind::File
    });
    listed
        .map(|(index, one)| {
            let is_direct = direct.as_ref().map(|direct| direct.contains(&index));
            component(file, one, is_direct)
        })
        .collect()
}

/// The positions of what the product depends on directly; `None` where the SBOM does not tell.
fn direct(sbom: &Sbom) -> Option<BTreeSet<usize>> {
    let product = sbom.product()?;
    let is_product = |target: Target| match target {
        Target::Root => sbom.root.is_some(),
        Target::Component(index) => sbom.root.is_none() && index == product,
        _ => false,
    };
    let mut known = false;
    let mut found = BTreeSet::new();
    for (from, to) in sbom.dependencies() {
        if !is_product(sbom.references.target(from)) {
            continue;
        }
        known = true;
        if let Target::Component(index) = sbom.references.target(to) {
            found.insert(usize::try_from(index).unwrap_or(usize::MAX));
        }
    }
    known.then_some(found)
}

fn component(file: &SbomFile, one: &Component, is_direct: Option<bool>) -> Item {
    let mut teller = Teller::new(Subject::Component);
    let purl = one.purl.as_deref();
    teller.text("name", Some(&one.name));
    teller.text("group", one.group.as_deref());
    teller.text("version", one.version.as_deref());
    teller.text("purl", purl);
    let parsed = purl.and_then(Purl::parse);
    teller.text("type", parsed.as_ref().map(|purl| purl.kind.as_str()));
    if one.kind != ComponentKind::Unstated {
        teller.text("kind", Some(one.kind.word()));
    }
    let supplier = one.supplier.as_ref().map(|party| party.name.as_str());
    teller.text("supplier", supplier);
    let stated = || one.licenses.iter().map(|license| license.text.as_str());
    let said_none = !one.licenses.is_empty() && stated().all(|text| text.trim() == "NONE");
    let licenses: Vec<&str> = stated().filter(|text| is_stated(text)).collect();
    if said_none || !licenses.is_empty() {
        teller.list("licenses", licenses.iter().map(|text| (*text).to_owned()));
        teller.list(
            "license_ids",
            licenses.iter().flat_map(|text| license_ids(text)),
        );
    }
    teller.flag("has_purl", purl.is_some_and(|text| !text.trim().is_empty()));
    teller.flag("has_version", one.version.as_deref().is_some_and(is_stated));
    teller.flag(
        "has_supplier",
        one.supplier.as_ref().is_some_and(|party| party.is_known()),
    );
    teller.flag("has_licenses", !licenses.is_empty());
    teller.flag("has_digest", !one.hashes.is_empty());
    if let Some(is_direct) = is_direct {
        teller.flag("direct", is_direct);
    }
    teller.text("sbom", Some(&file.path));
    let named = || match one.version.as_deref() {
        Some(version) => format!("{} {version}", one.name),
        None => one.name.to_string(),
    };
    Item {
        name: purl.map_or_else(named, str::to_owned),
        values: teller.values,
        place: Some(file.cite(one.at.place())),
    }
}

/// The identifiers in a licence expression (SPDX 2.3, annex D): its words without the operators and exceptions. A name
/// that is no expression is one identifier.
fn license_ids(text: &str) -> Vec<String> {
    let is_expression = ["(", ")", " AND ", " OR ", " WITH "]
        .iter()
        .any(|part| text.contains(part));
    if !is_expression {
        return vec![text.trim().to_owned()];
    }
    let mut ids = Vec::new();
    let mut is_exception = false;
    let spaced = text.replace(['(', ')'], " ");
    for word in spaced.split_whitespace() {
        match word {
            "AND" | "OR" => is_exception = false,
            "WITH" => is_exception = true,
            _ if is_exception => is_exception = false,
            _ => ids.push(word.to_owned()),
        }
    }
    ids
}

fn vulnerabilities(gathered: &Gathered<'_>, scan: &ScanView) -> Vec<Item> {
    let as_of = gathered.request.as_of;
    let weaknesses = scan
        .findings
        .iter()
        .filter(|one| one.nature <= Nature::Vulnerability);
    let described = weaknesses.map(|one| {
        let mut teller = Teller::new(Subject::Vulnerability);
        teller.text("id", one.ids.first().map(String::as_str));
        teller.list("ids", one.ids.iter().cloned());
        if let Some(tenths) = one.severity.tenths {
            teller.set("tenths", FactValue::Integer(i64::from(tenths)));
        }
        teller.text("rating", one.severity.band.map(crate::cvss::Severity::word));
        // Without the list nobody knows what is exploited.
        if scan.feed.kev > 0 {
            teller.flag("exploited", one.kev);
        }
        if let Some(day) = one.published.as_deref().and_then(parse_day) {
            teller.set("published", FactValue::Date(day));
            let days = crate::time::days_between(day, as_of);
            teller.set("days_known", FactValue::Integer(days));
        }
        teller.flag("fixed_known", !one.fixed.is_empty());
        teller.flag("malicious", one.nature == Nature::Malicious);
        let component = &one.component;
        let name = subject(component);
        let by_agency = one
            .vex
            .as_ref()
            .is_some_and(|vex| vex.trust.as_deref() == Some("agency"));
        teller.flag("settled", one.is_settled() && by_agency);
        teller.text("component", Some(&component.name));
        teller.text("purl", component.purl.as_deref());
        let purl = component.purl.as_deref().and_then(Purl::parse);
        teller.text("type", purl.as_ref().map(|purl| purl.kind.as_str()));
        let sbom = gathered
            .sboms
            .iter()
            .find(|sbom| sbom.path == component.file);
        Item {
            name: format!("{} {name}", one.id()),
            values: teller.values,
            place: sbom.map(|sbom| sbom.cite(component.at.clone())),
        }
    });
    described.collect()
}
