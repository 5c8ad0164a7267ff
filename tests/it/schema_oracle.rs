//! Our tables and checks against an independent validator with the official schemas, over the documents
//! of the corpus and over mutations of them.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::{Registry, Validator};
use mekiki::evidence::csaf;
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
            "csaf-json" => "csaf",
            _ => continue,
        };
        let version = match row.version.as_str() {
            "2.2.1" => "2.2",
            version => version,
        };
        let known: &[&str] = match family {
            "spdx" => &spdx,
            "csaf" => &["2.0", "2.1"],
            _ => &cyclonedx,
        };
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
        "csaf" => csaf::tables::csaf(version),
        _ => tables::cyclonedx(version),
    };
    schema.expect("a table for every version")
}

/// The schemas that those of CSAF refer to, by their URLs.
const CSAF_PARTS: &[(&str, &str)] = &[
    (
        "https://www.first.org/cvss/cvss-v2.0.json",
        "csaf/2.0/cvss-v2.0.json",
    ),
    (
        "https://www.first.org/cvss/cvss-v3.0.json",
        "csaf/2.0/cvss-v3.0.json",
    ),
    (
        "https://www.first.org/cvss/cvss-v3.1.json",
        "csaf/2.0/cvss-v3.1.json",
    ),
    (
        "https://www.first.org/cvss/cvss-v4.0.json",
        "csaf/2.1/cvss-v4.0.json",
    ),
    (
        "https://certcc.github.io/SSVC/data/schema/v2/SelectionList_2_0_0.schema.json",
        "csaf/2.1/SelectionList_2_0_0.schema.json",
    ),
    (
        "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/extension-content.json",
        "csaf/2.1/extension-content.json",
    ),
    (
        "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/extension-metaschema.json",
        "csaf/2.1/extension-metaschema.json",
    ),
];

/// A schema in the dialect that its own one extends: those of CSAF 2.1 and CVSS 4.0 only ask for formats
/// to be checked, which the validator does anyway.
fn plain(mut schema: Value) -> Value {
    let dialect = schema.get_mut("$schema").expect("a dialect");
    if dialect
        .as_str()
        .is_some_and(|url| url.ends_with("/meta.json"))
    {
        *dialect = "https://json-schema.org/draft/2020-12/schema".into();
    }
    // The identifiers of the CVSS schemas carry a date that references to them leave out.
    if let Some(id) = schema.get_mut("$id")
        && let Some((url, _)) = id.as_str().and_then(|url| url.split_once('?'))
    {
        *id = url.to_owned().into();
    }
    schema
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
        for (uri, file) in CSAF_PARTS {
            registry = registry.add(*uri, plain(read(file))).expect("a resource");
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
        let csaf = [
            ("csaf", "2.0", "csaf/2.0/csaf_json_schema.json".to_owned()),
            ("csaf", "2.1", "csaf/2.1/csaf.json".to_owned()),
        ];
        let validators = cyclonedx
            .chain(spdx)
            .chain(csaf)
            .map(|(family, version, file)| {
                let validator = jsonschema::options()
                    .with_registry(&registry)
                    .should_validate_formats(true)
                    .build(&plain(read(&file)))
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
    // The schemas of OCDS need not be in the corpus; their two tables are then held against nothing here.
    let with_ocds = corpus.path("schemas/ocds").is_dir();
    assert_eq!(made.len(), if with_ocds { 22 } else { 20 });
    if !with_ocds {
        say("schemas: those of OCDS are not in the corpus (schemas/ocds/1.1)");
    }
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
