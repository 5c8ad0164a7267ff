//! Documents in CycloneDX 1.6 JSON made by chance: what suppliers write, with what they leave out.

use serde_json::{Map, Value, json};

use crate::seeded::Seeded;

const KINDS: [&str; 9] = [
    "application",
    "framework",
    "library",
    "container",
    "operating-system",
    "device",
    "firmware",
    "file",
    "platform",
];

/// Algorithms with the number of digits that each gives.
const HASHES: [(&str, usize); 6] = [
    ("MD5", 32),
    ("SHA-1", 40),
    ("SHA-256", 64),
    ("SHA-384", 96),
    ("SHA-512", 128),
    ("SHA3-256", 64),
];

/// Phases for which every format has a word.
const PHASES: [&str; 5] = ["design", "pre-build", "build", "operations", "discovery"];

struct Maker<'c> {
    chance: &'c mut Seeded,
    references: Vec<String>,
}

/// A document of up to `most` components outside of each other.
pub(super) fn document(chance: &mut Seeded, most: usize) -> Value {
    let mut maker = Maker {
        chance,
        references: Vec::new(),
    };
    maker.document(most)
}

impl Maker<'_> {
    fn percent(&mut self, percent: usize) -> bool {
        self.chance.below(100) < percent
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.chance.below(words.len())]
    }

    fn maybe(&mut self, into: &mut Value, key: &str, percent: usize, value: Value) {
        if self.percent(percent) {
            into[key] = value;
        }
    }

    fn document(&mut self, most: usize) -> Value {
        let mut metadata = self.metadata();
        if self.percent(92) {
            metadata["component"] = self.component(0);
        }
        let count = self.chance.below(most + 1);
        let components: Vec<_> = (0..count).map(|_| self.component(2)).collect();
        let mut document = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
            "metadata": metadata,
            "components": components,
        });
        let dependencies = self.dependencies();
        self.maybe(&mut document, "dependencies", 90, dependencies);
        let compositions = self.compositions();
        self.maybe(&mut document, "compositions", 50, compositions);
        if self.percent(10) {
            document["services"] = json!([{"bom-ref": "the-service", "name": "mail", "endpoints": ["https://example.com/"]}]);
        }
        if self.percent(10) && !self.references.is_empty() {
            let affected = self.reference();
            document["vulnerabilities"] = json!([{
                "id": "CVE-2026-0001",
                "ratings": [{"severity": "high", "method": "CVSSv31", "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
                "affects": [{"ref": affected}],
            }]);
        }
        document
    }

    fn metadata(&mut self) -> Value {
        let mut metadata = json!({});
        self.maybe(
            &mut metadata,
            "timestamp",
            85,
            "2026-11-20T01:02:03Z".into(),
        );
        let tools =
            json!({"components": [{"type": "application", "name": "maker", "version": "1.2"}]});
        self.maybe(&mut metadata, "tools", 60, tools);
        let authors =
            json!([{"name": "A. Writer"}, {"name": "B. Writer", "email": "b@example.com"}]);
        self.maybe(&mut metadata, "authors", 40, authors);
        let supplier = self.organization("Supplier");
        self.maybe(&mut metadata, "supplier", 30, supplier);
        let phase = json!([{"phase": self.one_of(&PHASES)}]);
        self.maybe(&mut metadata, "lifecycles", 40, phase);
        metadata
    }

    fn organization(&mut self, name: &str) -> Value {
        let mut organization = json!({"name": name});
        self.maybe(
            &mut organization,
            "url",
            30,
            json!(["https://example.com/"]),
        );
        let contact = json!([{"email": "contact@example.com"}]);
        self.maybe(&mut organization, "contact", 30, contact);
        organization
    }

    fn component(&mut self, depth: usize) -> Value {
        let number = self.references.len();
        let name = format!("part-{}", self.chance.below(8));
        let mut one = json!({"type": self.one_of(&KINDS), "name": name});
        self.references.push(format!("ref-{number}"));
        one["bom-ref"] = format!("ref-{number}").into();
        self.maybe(
            &mut one,
            "version",
            85,
            format!("{}.{number}", number % 3).into(),
        );
        let supplier = self.organization("Supplier");
        self.maybe(&mut one, "supplier", 60, supplier);
        let manufacturer = self.organization("Maker");
        self.maybe(&mut one, "manufacturer", 30, manufacturer);
        self.maybe(&mut one, "publisher", 15, "Publisher".into());
        self.maybe(
            &mut one,
            "purl",
            60,
            format!("pkg:generic/{name}@{number}").into(),
        );
        let cpe = format!("cpe:2.3:a:vendor:{name}:{number}:*:*:*:*:*:*:*");
        self.maybe(&mut one, "cpe", 20, cpe.into());
        self.maybe(&mut one, "copyright", 40, "Copyright 2026 Maker".into());
        self.maybe(&mut one, "description", 20, "A part\nof it".into());
        let hashes = self.hashes();
        self.maybe(&mut one, "hashes", 60, hashes);
        let licenses = self.licenses();
        self.maybe(&mut one, "licenses", 70, licenses);
        let properties = self.properties();
        self.maybe(&mut one, "properties", 30, properties);
        let links = self.links();
        self.maybe(&mut one, "externalReferences", 40, links);
        if depth > 0 && self.percent(15) {
            let parts: Vec<_> = (0..=self.chance.below(2))
                .map(|_| self.component(depth - 1))
                .collect();
            one["components"] = parts.into();
        }
        one
    }

    fn hash(&mut self) -> Value {
        let (algorithm, digits) = HASHES[self.chance.below(HASHES.len())];
        json!({"alg": algorithm, "content": "a".repeat(digits)})
    }

    fn hashes(&mut self) -> Value {
        (0..=self.chance.below(3)).map(|_| self.hash()).collect()
    }

    /// Licenses in each form; those of one component are one person's view.
    fn licenses(&mut self) -> Value {
        let mut licenses = match self.chance.below(5) {
            0 => json!([{"license": {"id": "MIT"}}]),
            1 => json!([{"license": {"id": "MIT"}}, {"license": {"id": "Apache-2.0"}}]),
            2 => json!([{"license": {"name": "LicenseRef-Ours"}}]),
            3 => json!([{"expression": "MIT OR Apache-2.0"}]),
            _ => json!([{"license": {"name": "Our own license"}}]),
        };
        let view = self.one_of(&["declared", "concluded"]);
        for license in licenses.as_array_mut().expect("a list") {
            let holder = match license.get_mut("license") {
                Some(inner) => inner,
                None => license,
            };
            holder["acknowledgement"] = view.into();
        }
        licenses
    }

    fn properties(&mut self) -> Value {
        let mut list = Vec::new();
        for (name, value) in [
            ("bsi:component:filename", "part.tar.gz"),
            ("bsi:component:executable", "executable"),
            ("bsi:component:archive", "archive"),
            ("bsi:component:structured", "structured"),
            ("else", "where"),
        ] {
            if self.percent(70) {
                list.push(json!({"name": name, "value": value}));
            }
        }
        list.into()
    }

    fn links(&mut self) -> Value {
        let mut list = Vec::new();
        for kind in [
            "website",
            "vcs",
            "distribution",
            "issue-tracker",
            "source-distribution",
        ] {
            if self.percent(40) {
                let mut link = json!({"type": kind, "url": format!("https://example.com/{kind}")});
                if self.percent(30) {
                    link["hashes"] = json!([self.hash()]);
                }
                list.push(link);
            }
        }
        list.into()
    }

    fn reference(&mut self) -> String {
        self.references[self.chance.below(self.references.len())].clone()
    }

    fn dependencies(&mut self) -> Value {
        let mut list = Vec::new();
        for from in self.references.clone() {
            if self.percent(25) {
                continue;
            }
            let mut entry = json!({"ref": from});
            let mut to: Vec<String> = (0..self.chance.below(4))
                .map(|_| self.reference())
                .collect();
            to.sort();
            to.dedup();
            to.retain(|one| *one != from);
            if !to.is_empty() || self.percent(50) {
                entry["dependsOn"] = to.into();
            }
            if self.percent(8) {
                let provided = self.reference();
                if provided != from {
                    entry["provides"] = json!([provided]);
                }
            }
            list.push(entry);
        }
        list.into()
    }

    fn compositions(&mut self) -> Value {
        let mut list = Vec::new();
        for reference in self.references.clone() {
            if self.percent(40) {
                let mut one = Map::new();
                let word = self.one_of(&["complete", "incomplete", "unknown"]);
                one.insert("aggregate".into(), word.into());
                let key = self.one_of(&["assemblies", "dependencies"]);
                one.insert(key.into(), json!([reference]));
                list.push(Value::Object(one));
            }
        }
        if list.is_empty() {
            list.push(json!({"aggregate": "not_specified"}));
        }
        list.into()
    }
}

/// Changes every list of components, dependencies and compositions into another order.
pub(super) fn shuffle(value: &mut Value, chance: &mut Seeded) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                shuffle(member, chance);
                let moves = [
                    "components",
                    "dependencies",
                    "dependsOn",
                    "compositions",
                    "assemblies",
                ];
                if let (true, Value::Array(list)) = (moves.contains(&key.as_str()), member) {
                    for index in (1..list.len()).rev() {
                        list.swap(index, chance.below(index + 1));
                    }
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|one| shuffle(one, chance)),
        _ => {}
    }
}

/// Gives every element another name.
pub(super) fn rename(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                let names = [
                    "bom-ref",
                    "ref",
                    "dependsOn",
                    "provides",
                    "assemblies",
                    "dependencies",
                ];
                if names.contains(&key.as_str()) {
                    rename_text(member);
                } else {
                    rename(member);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(rename),
        _ => {}
    }
}

fn rename_text(value: &mut Value) {
    match value {
        // The other way round, so that no order by name stays.
        Value::String(name) if !name.starts_with("urn:cdx:") => {
            *name = format!("{}-new", name.chars().rev().collect::<String>());
        }
        Value::Array(list) => list.iter_mut().for_each(rename_text),
        Value::Object(_) => rename(value),
        _ => {}
    }
}
