//! Canonical XML against forms that another implementation made (see `fixtures/signatures/README.md`).

use mekiki::markup::{Canonical, Nodes, Variant, parse_nodes};
use serde_json::Value;

/// The form that a case of the file asks for.
fn canonical(case: &Value) -> Canonical {
    let prefixes = case["prefixes"].as_str().unwrap().split_ascii_whitespace();
    let prefixes = prefixes.map(|one| if one == "#default" { "" } else { one }.to_owned());
    Canonical {
        variant: match case["variant"].as_str().unwrap() {
            "inclusive" => Variant::Inclusive,
            "inclusive11" => Variant::Inclusive11,
            "exclusive" => Variant::Exclusive(prefixes.collect()),
            other => panic!("{other}"),
        },
        comments: case["comments"].as_bool().unwrap(),
    }
}

/// Where the element with the attribute `apex` starts.
fn apex(nodes: &Nodes) -> usize {
    let mut elements = nodes.elements();
    elements
        .find(|(_, tag)| tag.attribute("apex").is_some())
        .expect("a case of a part marks it")
        .0
}

#[test]
fn forms_are_those_of_another_implementation() {
    let path = std::env::var("MEKIKI_CANONICAL").unwrap_or_else(|_| {
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/signatures/canonical.json"
        )
        .to_owned()
    });
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for case in &cases {
        let source = case["source"].as_str().unwrap();
        let nodes = parse_nodes(source).unwrap_or_else(|fault| panic!("{source}: {fault}"));
        let form = canonical(case);
        let found = if case["part"].as_bool().unwrap() {
            form.element(&nodes, apex(&nodes), None).unwrap()
        } else {
            form.document(&nodes, None)
        };
        assert_eq!(
            String::from_utf8(found).unwrap(),
            case["canonical"].as_str().unwrap(),
            "{} {form:?} of {source}",
            case["name"]
        );
    }
    assert!(cases.len() > 100, "{}", cases.len());
}

#[test]
fn a_form_of_a_form_is_itself() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/signatures/canonical.json"
    );
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for case in cases.iter().filter(|case| case["part"] == false) {
        let once = case["canonical"].as_str().unwrap();
        let twice = canonical(case).document(&parse_nodes(once).unwrap(), None);
        assert_eq!(String::from_utf8(twice).unwrap(), once, "{}", case["name"]);
    }
}
