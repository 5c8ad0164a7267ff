//! What the document says of itself, its dependencies, completeness and vulnerabilities.

use indexmap::IndexMap;

use super::Writer;
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::sbom::model::{Party, PartyKind, Ref, Site, Vulnerability, is_stated};
use crate::time::utc_second;

/// States of an analysis (CycloneDX `impactAnalysisState`).
const STATES: [&str; 6] = [
    "resolved",
    "resolved_with_pedigree",
    "exploitable",
    "in_triage",
    "false_positive",
    "not_affected",
];

/// Justifications (CycloneDX `impactAnalysisJustification`).
const JUSTIFICATIONS: [&str; 9] = [
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];

/// Responses (CycloneDX `vulnerability.analysis.response`).
const RESPONSES: [&str; 5] = [
    "can_not_fix",
    "will_not_fix",
    "update",
    "rollback",
    "workaround_available",
];

/// Methods of scoring (CycloneDX `scoreMethod`).
const METHODS: [&str; 7] = [
    "CVSSv2", "CVSSv3", "CVSSv31", "CVSSv4", "OWASP", "SSVC", "other",
];

/// Severities (CycloneDX `severity`).
const SEVERITIES: [&str; 7] = [
    "critical", "high", "medium", "low", "info", "none", "unknown",
];

impl Writer<'_, '_> {
    pub(super) fn document(&mut self, digest: &Digest) {
        let version = self.version;
        self.json.table(None);
        let schema = format!("http://cyclonedx.org/schema/bom-{version}.schema.json");
        self.json.member("$schema", &schema);
        self.json.member("bomFormat", "CycloneDX");
        self.json.member("specVersion", version);
        self.identity(digest);
        self.metadata();
        let count = self.subjects.count();
        let top: Vec<_> = (1..count)
            .filter(|number| self.tree.is_at_the_top(*number))
            .collect();
        if !top.is_empty() {
            self.json.list(Some("components"));
            for number in top {
                self.component(None, number);
            }
            self.json.end();
        }
        let links: Vec<_> = self.sbom.metadata.external_references.iter().collect();
        self.references(&links, &Site::pointer(""));
        self.dependencies();
        self.compositions();
        self.vulnerabilities();
        self.json.end();
    }

    /// Writes the serial number and version: those that the name of the document was made from, or else
    /// a number made from the name.
    fn identity(&mut self, digest: &Digest) {
        let identifier = self.sbom.metadata.identifier.as_deref();
        let identifier = identifier.filter(|one| is_stated(one));
        let known = identifier.and_then(|one| {
            let (serial, version) = match one.strip_prefix("urn:cdx:") {
                Some(link) => link.split_once('/')?,
                None => (one.strip_prefix("urn:uuid:")?, "1"),
            };
            Some((serial, version.parse::<u32>().ok()?))
        });
        if let Some((serial, version)) = known.filter(|(serial, _)| is_uuid(serial)) {
            let serial = serial.to_ascii_lowercase();
            self.json
                .member("serialNumber", &format!("urn:uuid:{serial}"));
            self.json.raw(Some("version"), &version.max(1).to_string());
            return;
        }
        let made = match identifier {
            Some(name) => {
                self.losses.add(
                    "the name of the document",
                    "CycloneDX names documents by a UUID; one is made from the name",
                    Place::whole,
                );
                super::super::uuid_urn(&Digest::of(name.as_bytes()))
            }
            None => super::super::uuid_urn(digest),
        };
        self.json.member("serialNumber", &made);
        self.json.raw(Some("version"), "1");
    }

    fn metadata(&mut self) {
        let metadata = &self.sbom.metadata;
        let whole = Site::pointer("");
        self.json.table(Some("metadata"));
        let at = metadata.timestamp_at.clone().unwrap_or_default();
        match metadata.timestamp.as_deref().map(utc_second) {
            Some(Some(instant)) if instant != super::super::spdx2::UNKNOWN_INSTANT => {
                self.json.member("timestamp", &instant);
            }
            Some(_) => {
                let reason = "CycloneDX leaves out an instant that is not known";
                self.losses.member("the time of creation", reason, &at, "");
            }
            None => {}
        }
        self.lifecycles();
        self.tools();
        let is_person = |party: &&Party| party.kind == PartyKind::Person && party.is_known();
        self.persons("authors", metadata.authors.iter().filter(is_person));
        if self.sbom.root.is_some() {
            self.component(Some("component"), 0);
        }
        let others = metadata.authors.iter();
        let others = others.filter(|one| one.kind != PartyKind::Person && one.is_known());
        let mut makers = metadata.manufacturer.iter().chain(others);
        if let Some(maker) = makers.next() {
            self.organization("manufacturer", maker, &whole, "a creator");
        }
        for _ in makers {
            self.losses.member(
                "a further organization that made the document",
                "CycloneDX has room for one",
                &whole,
                "",
            );
        }
        if let Some(supplier) = &metadata.supplier {
            self.organization("supplier", supplier, &whole, "a supplier");
        }
        for license in &metadata.licenses {
            if license.text != "CC0-1.0" {
                let reason = "it is not taken over";
                self.losses
                    .member("the license of the document's data", reason, &whole, "");
            }
        }
        if metadata.licenses.iter().any(|one| one.text == "CC0-1.0") {
            self.json.list(Some("licenses"));
            self.json.table(None);
            self.json.table(Some("license"));
            self.json.member("id", "CC0-1.0");
            self.json.end();
            self.json.end();
            self.json.end();
        }
        let properties: Vec<_> = metadata.properties.iter().collect();
        self.properties(&properties);
        self.json.end();
        if metadata.name.is_some() {
            let reason = "CycloneDX has no place for it";
            self.losses
                .member("the title of the document", reason, &whole, "");
        }
    }

    /// Writes the phases of the life cycle, from the words of SPDX 3 and from the comment in which SPDX
    /// 2.3 names them (2.3.1, annex L.2.2).
    fn lifecycles(&mut self) {
        let metadata = &self.sbom.metadata;
        let phase = |word: &str| match word.to_ascii_lowercase().as_str() {
            "design" => Some("design"),
            "source" | "pre-build" => Some("pre-build"),
            "build" => Some("build"),
            "analyzed" | "post-build" => Some("post-build"),
            "deployed" | "operations" => Some("operations"),
            "runtime" | "discovery" => Some("discovery"),
            "decommission" => Some("decommission"),
            _ => None,
        };
        let mut phases: Vec<&str> = Vec::new();
        for word in &metadata.lifecycles {
            let known = phase(word);
            phases.extend(known);
            if known.is_none() {
                let what = format!("the phase {word}");
                let reason = "CycloneDX does not know it";
                self.losses.add(&what, reason, Place::whole);
            }
        }
        let mut is_lost = false;
        for line in metadata.comment.iter().flat_map(|text| text.lines()) {
            match line.strip_prefix("SBOM Type: ").and_then(phase) {
                Some(phase) => phases.push(phase),
                None => is_lost |= !line.trim().is_empty(),
            }
        }
        if is_lost {
            let reason = "CycloneDX has no place for it";
            self.losses
                .add("the comment on the document", reason, Place::whole);
        }
        phases.sort_unstable();
        phases.dedup();
        self.json.each("lifecycles", phases, |json, phase| {
            json.table(None);
            json.member("phase", phase);
            json.end();
        });
    }

    fn tools(&mut self) {
        let tools = self.sbom.metadata.tools.iter();
        let mut tools = tools.filter(|tool| is_stated(&tool.name)).peekable();
        if tools.peek().is_none() {
            return;
        }
        self.json.table(Some("tools"));
        self.json.each("components", tools, |json, tool| {
            json.table(None);
            json.member("type", "application");
            json.member("name", &tool.name);
            json.option("version", tool.version.as_deref());
            json.end();
        });
        self.json.end();
    }

    fn dependencies(&mut self) {
        let subjects = &self.subjects;
        let name = |number: &usize| subjects.name(*number);
        let needs = std::mem::take(&mut self.tree.needs);
        let needs = needs
            .iter()
            .filter_map(|(number, needs)| Some((name(number)?, needs)));
        self.json
            .each("dependencies", needs, |json, (from, needs)| {
                json.table(None);
                json.member("ref", from);
                for (key, list) in [("dependsOn", &needs.depends), ("provides", &needs.provides)] {
                    let names = list.iter().filter_map(name);
                    json.each(key, names, |json, to| json.text(None, to));
                }
                json.end();
            });
    }

    /// Writes what is said of completeness, one entry for each word.
    fn compositions(&mut self) {
        type Words<'w> = IndexMap<&'w str, [Vec<Ref>; 2], foldhash::fast::FixedState>;
        let mut words: Words<'_> = IndexMap::default();
        for one in &self.sbom.compositions {
            let [assemblies, dependencies] = words.entry(&one.aggregate).or_default();
            assemblies.extend(&one.assemblies);
            dependencies.extend(&one.dependencies);
        }
        let subjects = &self.subjects;
        let name = |reference: Ref| subjects.name(subjects.number(reference)?);
        self.json.each(
            "compositions",
            words,
            |json, (word, [assemblies, dependencies])| {
                json.table(None);
                json.member("aggregate", word);
                for (key, mut list) in [("assemblies", assemblies), ("dependencies", dependencies)]
                {
                    list.sort_unstable();
                    list.dedup();
                    let names = list.into_iter().filter_map(name);
                    json.each(key, names, |json, name| json.text(None, name));
                }
                json.end();
            },
        );
    }

    fn vulnerabilities(&mut self) {
        let sbom = self.sbom;
        if sbom.vulnerabilities.is_empty() {
            return;
        }
        self.json.list(Some("vulnerabilities"));
        for one in &sbom.vulnerabilities {
            self.vulnerability(one);
        }
        self.json.end();
    }

    fn vulnerability(&mut self, one: &Vulnerability) {
        let json = &mut self.json;
        json.table(None);
        json.member("id", &one.id);
        json.each("references", &one.aliases, |json, alias| {
            json.table(None);
            json.member("id", alias);
            json.table(Some("source"));
            json.end();
            json.end();
        });
        let known = |list: &[&'static str], word: &str| {
            let found = list.iter().find(|known| known.eq_ignore_ascii_case(word));
            found.copied()
        };
        json.each(
            "ratings",
            &one.ratings,
            |json, [method, vector, severity]| {
                json.table(None);
                json.option("severity", known(&SEVERITIES, severity));
                let method =
                    (!method.is_empty()).then(|| known(&METHODS, method).unwrap_or("other"));
                json.option("method", method);
                json.option(
                    "vector",
                    Some(vector.as_str()).filter(|one| !one.is_empty()),
                );
                json.end();
            },
        );
        let weaknesses = one.weaknesses.iter().filter(|number| **number > 0);
        json.each("cwes", weaknesses, |json, number| {
            json.raw(None, &number.to_string());
        });
        let state = one.state.as_deref();
        let justification = one.justification.as_deref();
        let responses: Vec<_> = one
            .responses
            .iter()
            .filter_map(|word| known(&RESPONSES, word))
            .collect();
        if state.is_some()
            || justification.is_some()
            || one.detail.is_some()
            || !responses.is_empty()
        {
            json.table(Some("analysis"));
            json.option("state", state.and_then(|word| known(&STATES, word)));
            let word = justification.and_then(|word| known(&JUSTIFICATIONS, word));
            json.option("justification", word);
            json.each("response", &responses, |json, word| json.text(None, word));
            json.option("detail", one.detail.as_deref());
            json.end();
        }
        let subjects = &self.subjects;
        let names = one
            .affects
            .iter()
            .filter_map(|reference| subjects.name(subjects.number(*reference)?));
        json.each("affects", names, |json, name| {
            json.table(None);
            json.member("ref", name);
            json.end();
        });
        json.end();
        let unknown = [
            ("the state", state, &STATES[..]),
            ("the justification", justification, &JUSTIFICATIONS[..]),
        ];
        for (what, word, list) in unknown {
            if let Some(word) = word.filter(|word| known(list, word).is_none()) {
                let what = format!("{what} {word} of a vulnerability");
                let reason = "CycloneDX does not know it";
                self.losses.member(&what, reason, &one.at, "");
            }
        }
        if responses.len() < one.responses.len() {
            let reason = "CycloneDX does not know it";
            self.losses
                .member("a response to a vulnerability", reason, &one.at, "");
        }
    }
}

/// Whether a text is a UUID (RFC 9562, section 4).
fn is_uuid(text: &str) -> bool {
    let form = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, form)| match form {
            b'-' => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
