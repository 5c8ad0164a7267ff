//! Our tables and checks against an independent validator with the official schemas, over the documents
//! of the corpus and over mutations of them.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::{Registry, Validator};
use mekiki::evidence::sbom::tables;
use mekiki::schema::Schema;
use mekiki::tape::parse_json;
use serde_json::Value;

use crate::corpus::{Corpus, corpus, say};
use crate::schema_mutation::mutate;
use crate::seeded::Seeded;

#[path = "../../examples/schema_tables/generate.rs"]
mod generate;

const MUTATIONS: usize = 6_000;

/// The validator is slow on large documents; mutations of small ones show as much.
const LARGEST_MUTATED: usize = 12_000;

/// Documents whose verdicts differ and where ours is the right one, each with the reason.
const OURS_IS_RIGHT: &[(&str, &str)] = &[];

struct Case {
    path: String,
    family: &'static str,
    version: String,
    text: String,
}

/// Every JSON document of the corpus whose schema we have.
fn cases(corpus: &Corpus) -> Vec<Case> {
    let (cyclonedx, spdx) = tables::versions();
    let mut cases = Vec::new();
    for row in &corpus.rows {
        let family = match row.format.as_str() {
            "cyclonedx-json" => "cyclonedx",
            "spdx-json" | "spdx3-jsonld" => "spdx",
            _ => continue,
        };
        let version = match row.version.as_str() {
            "2.2.1" => "2.2",
            version => version,
        };
        let known = if family == "spdx" { &spdx } else { &cyclonedx };
        let Ok(text) = String::from_utf8(corpus.read(&row.path)) else {
            continue;
        };
        if known.contains(&version) && serde_json::from_str::<Value>(&text).is_ok() {
            cases.push(Case {
                path: row.path.clone(),
                family,
                version: version.to_owned(),
                text,
            });
        }
    }
    cases
}

fn ours(family: &str, version: &str) -> &'static Schema {
    let schema = match family {
        "spdx" => tables::spdx(version),
        _ => tables::cyclonedx(version),
    };
    schema.expect("a table for every version")
}

/// The independent validators, one for each schema.
struct Theirs {
    validators: BTreeMap<(String, String), Validator>,
}

impl Theirs {
    fn new(corpus: &Corpus) -> Self {
        let read = |path: &str| -> Value {
            serde_json::from_slice(&corpus.read(&format!("schemas/{path}"))).expect("a schema")
        };
        let mut registry = Registry::new();
        for name in ["spdx", "jsf-0.82", "cryptography-defs"] {
            let schema = read(&format!("cyclonedx/{name}.schema.json"));
            let uri = format!("http://cyclonedx.org/schema/{name}.schema.json");
            registry = registry.add(uri, schema).expect("a resource");
        }
        let registry = registry.prepare().expect("the resources fit together");
        let (cyclonedx, spdx) = tables::versions();
        let strict = |version: &str| match version {
            "1.2" | "1.3" => "-strict",
            _ => "",
        };
        let cyclonedx = cyclonedx.iter().map(|version| {
            let file = format!("cyclonedx/bom-{version}{}.schema.json", strict(version));
            ("cyclonedx", *version, file)
        });
        let spdx = spdx.iter().map(|version| {
            (
                "spdx",
                *version,
                format!("spdx/spdx-schema-v{version}.json"),
            )
        });
        let validators = cyclonedx.chain(spdx).map(|(family, version, file)| {
            let validator = jsonschema::options()
                .with_registry(&registry)
                .should_validate_formats(true)
                .build(&read(&file))
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            ((family.to_owned(), version.to_owned()), validator)
        });
        Self {
            validators: validators.collect(),
        }
    }

    fn of(&self, case: &Case) -> &Validator {
        &self.validators[&(case.family.to_owned(), case.version.clone())]
    }
}

/// What differs between both verdicts on a document, or `None`.
fn difference(case: &Case, text: &str, value: &Value, validator: &Validator) -> Option<String> {
    let tape = parse_json(text).expect("both parsers are the same");
    let findings = ours(case.family, &case.version).check(tape.root(), 10);
    let conforms = validator.is_valid(value);
    if findings.is_empty() == conforms {
        return None;
    }
    let error = validator.iter_errors(value).next();
    Some(format!(
        "{} ({} {}): we find {:?}, they find {:?}",
        case.path,
        case.family,
        case.version,
        findings.first().map(ToString::to_string),
        error.map(|error| format!("{}: {error}", error.instance_path())
            .chars()
            .take(600)
            .collect::<String>()),
    ))
}

#[test]
fn the_tables_are_what_the_official_schemas_say() {
    let Some(corpus) = corpus() else { return };
    let made = generate::tables(&corpus.path("schemas")).expect("the schemas are readable");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/evidence");
    assert_eq!(made.len(), 12);
    for (name, content) in made {
        let committed = std::fs::read_to_string(folder.join(&name)).expect("a committed table");
        assert!(
            committed == content,
            "{name} is not what `cargo run --example schema_tables` writes"
        );
    }
}

#[test]
fn documents_of_the_corpus_get_the_verdict_of_an_independent_validator() {
    let Some(corpus) = corpus() else { return };
    let theirs = Theirs::new(corpus);
    let (mut conforming, mut differences) = (0, Vec::new());
    let cases = cases(corpus);
    for case in &cases {
        let value: Value = serde_json::from_str(&case.text).expect("it was parsed before");
        let validator = theirs.of(case);
        conforming += usize::from(validator.is_valid(&value));
        if !OURS_IS_RIGHT.iter().any(|(path, _)| *path == case.path) {
            differences.extend(difference(case, &case.text, &value, validator));
        }
    }
    say(&format!(
        "schemas: {} documents, {conforming} conform",
        cases.len()
    ));
    assert!(conforming > 200 && cases.len() - conforming > 100);
    assert_eq!(
        differences,
        [] as [String; 0],
        "{} differ",
        differences.len()
    );
}

#[test]
fn mutated_documents_get_the_verdict_of_an_independent_validator() {
    let Some(corpus) = corpus() else { return };
    let theirs = Theirs::new(corpus);
    let cases: Vec<(Case, Value)> = cases(corpus)
        .into_iter()
        .filter(|case| case.text.len() <= LARGEST_MUTATED)
        .map(|case| {
            let value = serde_json::from_str(&case.text).expect("it was parsed before");
            (case, value)
        })
        // Of what conforms a single mutation shows the most.
        .filter(|(case, value)| theirs.of(case).is_valid(value))
        .collect();
    let mut seeded = Seeded::new(0x7363_6865_6d61);
    let (mut conforming, mut differences) = (0, Vec::new());
    for _ in 0..MUTATIONS {
        let (case, value) = &cases[seeded.below(cases.len())];
        let mut value = value.clone();
        for _ in 0..=seeded.below(2) {
            mutate(&mut value, &mut seeded);
        }
        let text = value.to_string();
        // A number may have lost its last digits in between.
        let value: Value = serde_json::from_str(&text).expect("written as JSON");
        let validator = theirs.of(case);
        conforming += usize::from(validator.is_valid(&value));
        differences.extend(difference(case, &text, &value, validator));
    }
    say(&format!(
        "schemas: {MUTATIONS} mutations of {} documents, {conforming} conform",
        cases.len()
    ));
    assert!(conforming > MUTATIONS / 20 && conforming < MUTATIONS * 19 / 20);
    assert_eq!(
        differences,
        [] as [String; 0],
        "{} differ",
        differences.len()
    );
}
