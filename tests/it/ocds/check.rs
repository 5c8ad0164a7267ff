//! Packages of others, and ours beside an independent validator.

use jsonschema::{Registry, Validator};
use mekiki::app::ocds::check_package;
use mekiki::evidence::ocds::{Package, schema};
use mekiki::tape::parse_json;
use serde_json::{Value, json};

use super::made::make;
use super::{PACKAGES, award, choices, notice};
use crate::binary::{Scratch, mekiki};
use crate::corpus::{Corpus, corpus, say};
use crate::schema_mutation::mutate;
use crate::seeded::Seeded;

#[test]
fn faults_of_a_foreign_package_have_their_places() {
    let scratch = Scratch::new();
    let release = |edit: &dyn Fn(&mut Value)| {
        let mut package = json!({
            "uri": "https://example.org/1", "version": "1.1", "publishedDate": "2026-01-01T00:00:00Z",
            "publisher": {"name": "A"},
            "releases": [{
                "ocid": "ocds-213czf-1", "id": "1", "date": "2026-01-01T00:00:00Z", "tag": ["tender"],
                "initiationType": "tender", "parties": [{"id": "A", "name": "A", "roles": ["buyer"]}],
                "buyer": {"id": "A", "name": "A"}, "tender": {"id": "1", "title": "x", "title_fr": "y"},
            }],
        });
        edit(&mut package);
        package
    };
    for (edit, expected) in [
        (&(|_: &mut Value| {}) as &dyn Fn(&mut Value), None),
        (
            &|one| one["releases"][0]["tender"]["status"] = json!("open"),
            Some("schema-word /releases/0/tender/status"),
        ),
        (
            &|one| one["releases"][0]["tender"]["status"] = Value::Null,
            None,
        ),
        (
            &|one| one["releases"][0]["tender"]["title_fr"] = json!(1),
            Some("schema-type /releases/0/tender/title_fr"),
        ),
        (
            &|one| one["releases"][0]["tender"]["title_x"] = json!(1),
            None,
        ),
        (
            &|one| one["releases"][0]["date"] = json!("2026-01-01"),
            Some("schema-format /releases/0/date"),
        ),
        (
            &|one| _ = one.as_object_mut().unwrap().remove("publisher"),
            Some("schema-required "),
        ),
        (
            &|one| one["releases"][0]["tender"]["value"] = json!({"currency": "YEN"}),
            Some("schema-word /releases/0/tender/value/currency"),
        ),
        (
            &|one| one["releases"][0]["ocid"] = json!("213czf-1"),
            Some("ocds-ocid /releases/0/ocid"),
        ),
        (
            &|one| one["releases"][0]["id"] = json!("a#1"),
            Some("ocds-release-id /releases/0/id"),
        ),
        (
            &|one| one["releases"][0]["buyer"]["id"] = json!("B"),
            Some("ocds-reference /releases/0/buyer"),
        ),
        (
            &|one| one["version"] = json!("1.2"),
            Some("ocds-version /version"),
        ),
        (
            &|one| one["releases"][0]["awards"] = json!([{"id": "1", "relatedLots": ["9"]}]),
            Some("ocds-reference /releases/0/awards/0/relatedLots/0"),
        ),
    ] {
        let package = release(edit);
        let text = serde_json::to_string_pretty(&package).unwrap();
        let checked = check_package("package.json", text.as_bytes()).unwrap();
        let found: Vec<_> = checked
            .checked
            .findings
            .iter()
            .map(|one| {
                assert!(one.at.line.is_some());
                format!(
                    "{} {}",
                    one.code,
                    one.at.pointer.as_deref().unwrap_or_default()
                )
            })
            .collect();
        let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(found, expected, "{text}");
    }
    scratch.write("release.json", "{\"ocid\": \"ocds-213czf-1\"}");
    let run = mekiki(&[
        "tender",
        "ocds",
        "--check",
        &scratch.path("release.json"),
        "--format",
        "json",
    ]);
    assert_eq!(run.error()["error"]["code"], "ocds-not-package");
    scratch.write("broken.json", "{\"version\": \"1.1\", \"releases\": [{}]}");
    let run = mekiki(&[
        "tender",
        "ocds",
        "--check",
        &scratch.path("broken.json"),
        "--lang",
        "ja",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("schema-required"), "{run:?}");
}

#[test]
fn packages_of_the_corpus_are_what_its_manifest_says() {
    let Some(corpus) = corpus() else { return };
    let rows = corpus.rows.iter().filter(|row| row.format == "ocds-json");
    let mut count = 0;
    for row in rows {
        count += 1;
        let expected = row.expected.starts_with("valid");
        let checked = check_package(&row.path, &corpus.read(&row.path)).unwrap();
        assert_eq!(
            checked.valid, expected,
            "{}: {:?}",
            row.path, checked.checked.findings
        );
        assert_eq!(checked.checked.package, Package::Release, "{}", row.path);
        assert_eq!(
            checked.checked.version.as_deref(),
            Some(row.version.as_str())
        );
    }
    assert!(count >= 7, "{count}");
}

/// An independent validator with the official schemas, where they lie in the corpus.
fn official(corpus: &Corpus, package: Package) -> Option<Validator> {
    let folder = corpus.path("schemas/ocds/1.1");
    if !folder.is_dir() {
        say(
            "ocds: the official schemas are not in the corpus (schemas/ocds/1.1); our tables alone were held against packages",
        );
        return None;
    }
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
    };
    let mut registry = Registry::new();
    for name in ["release-schema", "versioned-release-validation-schema"] {
        let uri = format!("https://standard.open-contracting.org/schema/1__1__5/{name}.json");
        registry = registry.add(uri, read(&format!("{name}.json"))).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let name = match package {
        Package::Release => "release-package-schema.json",
        Package::Record => "record-package-schema.json",
    };
    let validator = jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&read(name));
    Some(validator.unwrap())
}

#[test]
fn what_we_write_and_mutations_of_it_get_the_verdict_of_an_independent_validator() {
    let Some(corpus) = corpus() else { return };
    for package in PACKAGES {
        let Some(theirs) = official(corpus, package) else {
            return;
        };
        let ours = schema(package).unwrap();
        let mut documents = Vec::new();
        let mut seeded = Seeded::new(0x6f63_6473);
        for _ in 0..20 {
            let made = make(&mut seeded);
            let mut choices = choices(package);
            (choices.with_prices, choices.with_planned_price) = (true, true);
            documents.extend([notice(&made, package), award(&made, &choices)]);
        }
        for document in &documents {
            let errors: Vec<_> = theirs
                .iter_errors(document)
                .map(|one| one.to_string())
                .collect();
            assert_eq!(errors, [] as [String; 0], "{document}");
        }
        if package == Package::Release {
            let rows = corpus.rows.iter().filter(|row| row.format == "ocds-json");
            documents.extend(
                rows.map(|row| serde_json::from_slice::<Value>(&corpus.read(&row.path)).unwrap()),
            );
        }
        let mut conforming = 0;
        for round in 0..2_000 {
            let mut document = documents[round % documents.len()].clone();
            for _ in 0..=seeded.below(2) {
                mutate(&mut document, &mut seeded);
            }
            let text = document.to_string();
            let document: Value = serde_json::from_str(&text).unwrap();
            // In Draft 4 `1.0` is no whole number, in later ones and by our tables it is.
            if text.contains(".0,") || text.contains(".0}") || text.contains(".0]") {
                continue;
            }
            let valid = theirs.is_valid(&document);
            conforming += usize::from(valid);
            let tape = parse_json(&text).unwrap();
            let error = theirs
                .iter_errors(&document)
                .next()
                .map(|one| format!("{}: {one}", one.instance_path()));
            assert_eq!(ours.conforms(tape.root()), valid, "{error:?}\n{text}");
        }
        say(&format!(
            "ocds: 2000 mutations of {} packages, {conforming} conform",
            documents.len()
        ));
        assert!(conforming > 100 && conforming < 1_900, "{conforming}");
    }
}
