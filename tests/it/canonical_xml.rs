//! Canonical XML against forms that another implementation made (see `fixtures/signatures/README.md`).

use mekiki::markup::{Canonical, Nodes, Uncanonical, Variant, parse_nodes};
use serde_json::Value;

/// The cases of the file. They were made once and are part of the project: no tool is asked for.
fn cases() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/signatures/canonical.json"
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

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
    let cases = cases();
    let mut others = Vec::new();
    for case in &cases {
        let source = case["source"].as_str().unwrap();
        let nodes = parse_nodes(source).unwrap_or_else(|fault| panic!("{source}: {fault}"));
        let form = canonical(case);
        let found = if case["part"].as_bool().unwrap() {
            form.element(&nodes, apex(&nodes), None).unwrap()
        } else {
            form.document(&nodes, None)
        };
        let found = String::from_utf8(found).unwrap();
        if found != case["canonical"] {
            others.push(format!("{case}: {found:?}"));
        }
    }
    assert!(others.is_empty(), "{}: {:#?}", others.len(), others.first());
    assert!(cases.len() > 100, "{}", cases.len());
}

#[test]
fn a_form_of_a_form_is_itself() {
    let cases = cases();
    for case in cases.iter().filter(|case| case["part"] == false) {
        let once = case["canonical"].as_str().unwrap();
        let twice = canonical(case).document(&parse_nodes(once).unwrap(), None);
        assert_eq!(String::from_utf8(twice).unwrap(), once, "{}", case["name"]);
    }
}

#[test]
fn an_address_that_would_have_to_be_joined_is_refused() {
    let nodes = parse_nodes("<a xml:base='urn:a'><b apex='1'/></a>").unwrap();
    let form = |variant| Canonical {
        variant,
        comments: false,
    };
    let of_part = |variant| form(variant).element(&nodes, apex(&nodes), None);
    assert_eq!(of_part(Variant::Inclusive11), Err(Uncanonical::Base));
    assert_eq!(
        of_part(Variant::Inclusive).unwrap(),
        b"<b apex=\"1\" xml:base=\"urn:a\"></b>"
    );
    let exclusive = of_part(Variant::Exclusive(Vec::new()));
    assert_eq!(exclusive.unwrap(), b"<b apex=\"1\"></b>");
    let whole = form(Variant::Inclusive11).document(&nodes, Some(apex(&nodes)));
    assert_eq!(whole, b"<a xml:base=\"urn:a\"></a>");
}
