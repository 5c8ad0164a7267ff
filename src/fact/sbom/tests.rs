//! SBOMs of a bid and the facts that they establish: present, adverse, not to be verified.

use std::collections::BTreeMap;

use super::*;
use crate::evidence::Evidence;
use crate::fact::dossier::Offering;
use crate::id::BidId;
use crate::text::Text;
use crate::time::parse_day;

const FACTS: &str = include_str!("../../../criteria/facts/sbom.toml");

/// What the SBOM producers find in files that were handed in.
fn found(files: &[(&str, &str)]) -> Establishment {
    let evidence: Vec<_> = files
        .iter()
        .map(|(path, text)| Evidence::new(*path, text.as_bytes().to_vec()))
        .collect();
    let named_at = Evidence::new("tender.toml", Vec::new()).cite(Place::whole());
    let offering = Offering {
        id: BidId::from("bid"),
        folder: String::new(),
        supplier: Text::default(),
        corporate_number: None,
        product: None,
        service: None,
        signer: None,
        provenance: None,
        named_at,
    };
    let day = parse_day("2026-11-20").unwrap();
    let dossier = Dossier::new(&offering, &evidence, [], day);
    let complaints = crate::tree::Complaints::default();
    let document = crate::tree::parse_toml(FACTS.as_bytes()).unwrap();
    let vocabulary = Vocabulary::read(&document, &complaints);
    let mut found = Establishment::default();
    let sboms = Sboms::read(&dossier, &mut found);
    establish(
        &dossier,
        &sboms,
        &vocabulary,
        &BTreeMap::default(),
        &mut found,
    );
    for fact in &found.facts {
        assert!(
            vocabulary.lookup(fact.key.as_str()).is_some(),
            "{}",
            fact.key
        );
        assert!(!fact.citations.is_empty(), "{}", fact.key);
        assert_eq!(fact.rank, crate::fact::ProofRank::MACHINE);
    }
    found
}

/// The value of a fact; where there is none, why.
fn told(found: &Establishment, key: &str) -> String {
    let fact = found.facts.iter().find(|fact| fact.key.as_str() == key);
    let gap = found.gaps.iter().find(|gap| gap.key.as_str() == key);
    match (fact, gap) {
        (Some(fact), None) => fact.value.to_string(),
        (None, Some(gap)) => gap.reason.clone(),
        (None, None) => "none".to_owned(),
        (Some(fact), Some(gap)) => format!("{} and {}", fact.value, gap.reason),
    }
}

fn places(found: &Establishment, key: &str) -> Vec<String> {
    let fact = found.facts.iter().find(|fact| fact.key.as_str() == key);
    let citations = fact.unwrap().citations.iter();
    citations
        .map(|one| {
            let pointer = one.at.pointer.clone().unwrap_or_default();
            format!("{}{pointer}", one.file)
        })
        .collect()
}

fn sha256(content: &str) -> String {
    crate::digest::Digest::of(content.as_bytes()).hex()
}

/// A `CycloneDX` document with a root and further members of the document.
fn cyclonedx(components: &str, more: &str) -> String {
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {{"timestamp": "2026-11-10T09:00:00Z",
            "component": {{"type": "application", "bom-ref": "root", "name": "product", "version": "1.0"}}}},
        "components": [{components}]{more}}}"#
    )
}

fn component(name: &str, content: Option<&str>, more: &str) -> String {
    let hashes = content.map_or_else(String::new, |content| {
        format!(
            r#", "hashes": [{{"alg": "SHA-256", "content": "{}"}}]"#,
            sha256(content)
        )
    });
    format!(
        r#"{{"type": "library", "bom-ref": "{name}", "name": "{name}", "version": "1"{hashes}{more}}}"#
    )
}

const LICENSED: &str = r#", "licenses": [{"license": {"id": "MIT"}}]"#;
const IDENTIFIED: &str = r#", "purl": "pkg:npm/a@1""#;

#[test]
fn validity_version_and_encoding_are_told() {
    let good = cyclonedx("", "");
    let sound = found(&[("sbom/a.json", &good)]);
    for (key, value) in [
        ("sbom.valid", "true"),
        ("sbom.errors", "0"),
        ("sbom.spec_version", "1.6"),
        ("sbom.encoding", "json"),
    ] {
        assert_eq!(told(&sound, key), value, "{key}");
    }
    let bad = cyclonedx(r#"{"type": "gadget", "name": "a"}"#, "");
    let broken = found(&[("sbom/a.json", &bad), ("sbom/b.json", &good)]);
    assert_eq!(told(&broken, "sbom.valid"), "false");
    let places = places(&broken, "sbom.valid");
    assert!(
        places.contains(&"sbom/a.json/components/0/type".to_owned()),
        "{places:?}"
    );
    // What is recognized and cannot be read leaves open whatever one document could have told.
    let unreadable = found(&[(
        "sbom/a.json",
        r#"{"bomFormat": "CycloneDX", "specVersion": "#,
    )]);
    for key in [
        "sbom.valid",
        "sbom.coverage.hash_per_mille",
        "sbom.match.altered",
    ] {
        let reason = told(&unreadable, key);
        assert!(
            reason == "the SBOM cannot be read" || reason == "none",
            "{key}: {reason}"
        );
    }
    assert_eq!(told(&unreadable, "sbom.agree"), "none");
    assert_eq!(told(&found(&[]), "sbom.valid"), "none");
}

#[test]
fn shares_are_rounded_down_and_the_lowest_counts() {
    let whole = component("a", Some("a"), &format!("{LICENSED}{IDENTIFIED}"));
    let bare = component(
        "b",
        None,
        r#", "purl": "npm:b", "hashes": [{"alg": "SHA-1", "content": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"}]"#,
    );
    let more = component("c", Some("c"), LICENSED);
    let document = cyclonedx(&format!("{whole}, {bare}, {more}"), "");
    let best = cyclonedx(&whole, "");
    let found = found(&[("sbom/a.json", &document), ("sbom/b.json", &best)]);
    assert_eq!(told(&found, "sbom.coverage.hash_per_mille"), "666");
    assert_eq!(told(&found, "sbom.coverage.license_per_mille"), "666");
    assert_eq!(told(&found, "sbom.coverage.identifier_per_mille"), "333");
    assert_eq!(
        places(&found, "sbom.coverage.identifier_per_mille"),
        [
            "sbom/a.json",
            "sbom/b.json",
            "sbom/a.json/components/1",
            "sbom/a.json/components/2"
        ]
    );
    let empty = self::found(&[("sbom/a.json", &cyclonedx("", ""))]);
    for key in ["sbom.coverage.hash_per_mille", "sbom.dependencies.stated"] {
        assert_eq!(told(&empty, key), "the SBOM lists no component", "{key}");
    }
}

#[test]
fn dependencies_completeness_and_age_are_told() {
    let one = component("a", None, "");
    let complete = r#", "dependencies": [{"ref": "root", "dependsOn": ["a"]}],
        "compositions": [{"aggregate": "complete", "dependencies": ["root"]}]"#;
    let of_part = r#", "compositions": [{"aggregate": "complete", "assemblies": ["a"]},
        {"aggregate": "incomplete"}]"#;
    for (more, dependencies, completeness) in [
        (complete, "true", "true"),
        (of_part, "false", "false"),
        ("", "false", "false"),
    ] {
        let found = found(&[("sbom/a.json", &cyclonedx(&one, more))]);
        assert_eq!(told(&found, "sbom.dependencies.stated"), dependencies);
        assert_eq!(told(&found, "sbom.completeness.claimed"), completeness);
        assert_eq!(told(&found, "sbom.age_days"), "10");
        assert_eq!(
            places(&found, "sbom.age_days"),
            ["sbom/a.json/metadata/timestamp"]
        );
    }
    let document = cyclonedx(&one, "");
    for (day, told_of) in [
        ("2026-11-20", "0"),
        ("2025-11-20", "365"),
        ("2026-11-21", "the SBOM is dated after the day of judgment"),
        ("soon", "the SBOM does not say when it was made"),
    ] {
        let document = document.replace("2026-11-10", day);
        let found = found(&[("sbom/a.json", &document)]);
        assert_eq!(told(&found, "sbom.age_days"), told_of, "{day}");
    }
}

#[test]
fn what_else_is_listed_is_counted() {
    let components = r#"{"type": "cryptographic-asset", "name": "AES", "cryptoProperties": {"assetType": "algorithm"}},
        {"type": "machine-learning-model", "name": "m"}, {"type": "library", "name": "l"}"#;
    let more = r#", "services": [{"name": "s"}, {"name": "t"}],
        "vulnerabilities": [{"id": "CVE-2026-0001"}]"#;
    let found = found(&[("sbom/a.json", &cyclonedx(components, more))]);
    for (key, value) in [
        ("sbom.content.cryptographic_assets", "1"),
        ("sbom.content.machine_learning_models", "1"),
        ("sbom.content.services", "2"),
        ("sbom.content.vulnerabilities", "1"),
    ] {
        assert_eq!(told(&found, key), value, "{key}");
    }
    let none = self::found(&[("sbom/a.json", &cyclonedx("", ""))]);
    assert_eq!(told(&none, "sbom.content.services"), "0");
}

/// The three outcomes of a delivery.
fn matched(found: &Establishment) -> [String; 3] {
    ["altered", "sbom_only", "unlisted"].map(|what| told(found, &format!("sbom.match.{what}")))
}

#[test]
fn a_delivery_is_held_against_its_sboms() {
    let file = |name: &str, content: &str| {
        let digest = sha256(content);
        format!(
            r#"{{"type": "file", "name": "{name}", "hashes": [{{"alg": "SHA-256", "content": "{digest}"}}]}}"#
        )
    };
    let (a, b, gone) = (file("a.txt", "a"), file("b.txt", "b"), file("c.txt", "c"));
    let first = cyclonedx(&format!("{a}, {gone}"), "");
    let second = cyclonedx(&b, "");
    let delivered = [
        ("sbom/1.json", first.as_str()),
        ("sbom/2.json", second.as_str()),
        ("delivery/a.txt", "a"),
        ("delivery/b.txt", "changed"),
        ("delivery/d.txt", "d"),
    ];
    let adverse = found(&delivered);
    assert_eq!(matched(&adverse), ["1", "1", "1"]);
    let altered = places(&adverse, "sbom.match.altered");
    for place in ["sbom/2.json/components/0", "delivery/b.txt"] {
        assert!(altered.contains(&place.to_owned()), "{place}: {altered:?}");
    }
    let unlisted = places(&adverse, "sbom.match.unlisted");
    assert!(unlisted.contains(&"delivery/d.txt".to_owned()));
    assert!(
        places(&adverse, "sbom.match.sbom_only").contains(&"sbom/1.json/components/1".to_owned())
    );

    // Each document speaks of a part; together they speak of all.
    let whole = cyclonedx(&a, "");
    let sound = found(&[
        ("sbom/1.json", &whole),
        ("sbom/2.json", &second),
        ("delivery/a.txt", "a"),
        ("delivery/b.txt", "b"),
    ]);
    assert_eq!(matched(&sound), ["0", "0", "0"]);

    let nothing = "nothing was delivered that the SBOM could be held against";
    assert_eq!(matched(&found(&delivered[..2])), [nothing; 3]);
    let nameless = cyclonedx(&component("a", None, ""), "");
    let silent = found(&[("sbom/1.json", &nameless), ("delivery/a.txt", "a")]);
    assert_eq!(
        matched(&silent),
        ["no SBOM gives a digest or the name of a file"; 3]
    );
    let broken = found(&[
        ("sbom/1.json", &whole),
        ("delivery/a.zip", "PK\u{3}\u{4}broken"),
    ]);
    assert!(
        matched(&broken)[0].starts_with("part of the delivery was not seen"),
        "{:?}",
        matched(&broken)
    );
}

#[test]
fn sboms_of_one_product_agree_or_not() {
    let one = component("a", None, "");
    let document = cyclonedx(&one, "");
    let later = document.replace("2026-11-10", "2026-11-12");
    let more = cyclonedx(&format!("{one}, {}", component("b", None, "")), "");
    let other = document.replace("\"product\"", "\"another\"");
    let rootless = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}"#;
    for (second, expected) in [
        (later.as_str(), "true"),
        (&more, "false"),
        (&other, "none"),
        (rootless, "an SBOM does not say what it describes"),
    ] {
        let found = found(&[("sbom/1.json", &document), ("sbom/2.json", second)]);
        assert_eq!(told(&found, "sbom.agree"), expected, "{second}");
    }
    let differing = found(&[("sbom/1.json", &document), ("sbom/2.json", &more)]);
    assert!(places(&differing, "sbom.agree").contains(&"sbom/2.json/components/1".to_owned()));
    assert_eq!(
        told(&found(&[("sbom/1.json", &document)]), "sbom.agree"),
        "none"
    );
}
