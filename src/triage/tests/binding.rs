//! What binds to what.

use super::*;
use std::collections::BTreeSet;

/// The references that the statements of a document bind to, and why others do not.
fn bound_to(given: Given) -> (Vec<String>, Vec<&'static str>) {
    let inventory = inventory();
    let triage = Triage::new(vec![given], by_default(), None);
    let bound = triage.bind(&inventory);
    let mut found: Vec<_> = bound
        .bindings()
        .iter()
        .map(|one| inventory.part(one.position).unwrap().reference.clone())
        .collect();
    found.sort();
    let unbound = bound.unbound(None);
    (found, unbound.iter().map(|one| one.reason.word()).collect())
}

#[test]
fn a_package_url_names_what_it_leaves_open() {
    let shared = "pkg:npm/%40a/shared@1.4.0";
    for (product, expected) in [
        ("pkg:npm/%40a/shared@1.4.0?arch=x", Ok(shared)),
        ("pkg:npm/@a/shared@1.4.0", Ok(shared)),
        ("pkg:npm/%40a/shared", Ok(shared)),
        ("pkg:npm/%40a/shared?arch=x", Ok(shared)),
        ("pkg:npm/%40a/shared?arch=y", Err("other-version")),
        ("pkg:npm/%40a/shared?arch=x&os=z", Err("other-version")),
        ("pkg:npm/%40a/shared@1.4.1", Err("other-version")),
        ("pkg:npm/%40a/shared#lib", Err("other-version")),
        ("pkg:npm/shared@1.4.0", Err("no-product")),
        ("pkg:pypi/shared", Err("no-product")),
        ("https://a.example/shared", Err("no-identifier")),
        ("cpe:/a:maker:boxed", Ok("boxed")),
        ("cpe:2.3:a:maker:boxed:9:*:*:*:*:*:*:*", Ok("boxed")),
        (
            "cpe:2.3:a:maker:boxed:8:*:*:*:*:*:*:*",
            Err("other-version"),
        ),
        ("cpe:2.3:a:other:boxed:9:*:*:*:*:*:*:*", Err("no-product")),
        ("cpe:2.3:a:*:boxed:9:*:*:*:*:*:*:*", Ok("boxed")),
        ("cpe:2.3:a:maker:*:9:*:*:*:*:*:*:*", Err("no-identifier")),
    ] {
        let document = openvex(
            "A",
            "2026-01-01",
            &[statement("CVE-1", "fixed", &[product])],
        );
        let expected = match expected {
            Ok(reference) => (vec![reference.to_owned()], vec![]),
            Err(reason) => (vec![], vec![reason]),
        };
        assert_eq!(bound_to(document), expected, "{product}");
    }
}

#[test]
fn a_part_is_bound_inside_of_its_product_only() {
    for (product, expected) in [
        (
            "pkg:golang/example.com/app pkg:golang/example.com/deep",
            Ok("deep"),
        ),
        (
            "pkg:golang/example.com/one pkg:golang/example.com/deep@v4.0.0",
            Ok("deep"),
        ),
        (
            "pkg:golang/example.com/two pkg:golang/example.com/deep",
            Err("reached-otherwise"),
        ),
        (
            "pkg:golang/example.com/one pkg:npm/%40a/shared",
            Err("reached-otherwise"),
        ),
        (
            "pkg:golang/example.com/app pkg:npm/absent",
            Err("no-component"),
        ),
        (
            "pkg:golang/example.com/app pkg:golang/example.com/deep@v5",
            Err("other-version"),
        ),
        (
            "pkg:golang/example.com/other pkg:golang/example.com/deep",
            Err("no-product"),
        ),
        ("cpe:/o:maker:linux:12 pkg:deb/maker/bash", Ok("bash")),
        (
            "cpe:/o:maker:linux:12 pkg:golang/example.com/deep",
            Err("reached-otherwise"),
        ),
    ] {
        let document = openvex(
            "A",
            "2026-01-01",
            &[statement("CVE-1", "fixed", &[product])],
        );
        let expected = match expected {
            Ok(reference) => (vec![reference.to_owned()], vec![]),
            Err(reason) => (vec![], vec![reason]),
        };
        assert_eq!(bound_to(document), expected, "{product}");
    }
}

#[test]
fn a_part_of_a_part_is_bound_inside_of_both() {
    let id = |name: &str| json!({"@id": format!("pkg:golang/example.com/{name}")});
    for (names, expected) in [
        (["app", "one", "deep"], Ok("deep")),
        (["app", "two", "deep"], Err("reached-otherwise")),
        (["app", "gone", "deep"], Err("no-component")),
    ] {
        let [mut outer, mut middle, inner] = names.map(id);
        middle["subcomponents"] = json!([inner]);
        outer["subcomponents"] = json!([middle]);
        let mut one = statement("CVE-1", "fixed", &[]);
        one["products"] = json!([outer]);
        let expected = match expected {
            Ok(reference) => (vec![reference.to_owned()], vec![]),
            Err(reason) => (vec![], vec![reason]),
        };
        let document = openvex("A", "2026-01-01", &[one]);
        assert_eq!(bound_to(document), expected, "{names:?}");
    }
}

#[test]
fn hashes_references_and_names_bind() {
    let cyclonedx = |affects: Value| {
        given(&json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "library", "name": "named", "version": "5", "bom-ref": "own", "supplier": {"name": "MAKER inc."}}},
            "components": [
                {"type": "library", "name": "named", "version": "5", "bom-ref": "unmade"},
                {"type": "library", "name": "x", "version": "1.4.0", "purl": "pkg:npm/%40a/shared@1.4.0", "bom-ref": "shared"},
            ],
            "vulnerabilities": [{"id": "CVE-1", "analysis": {"state": "not_affected"}, "affects": affects}],
        }))
    };
    let link = |serial: &str, version: u8, reference: &str| json!([{"ref": format!("urn:cdx:{serial}/{version}#{reference}")}]);
    let shared = "pkg:npm/%40a/shared@1.4.0";
    let other = "aaaaaaaa-395b-41f5-a30f-a58921a69b79";
    for (case, affects, expected) in [
        ("a link", link(SERIAL, 2, "one"), Ok("one")),
        (
            "in upper case",
            link(&SERIAL.to_uppercase(), 2, "one"),
            Ok("one"),
        ),
        ("encoded", link(SERIAL, 2, shared), Ok(shared)),
        (
            "encoded once more",
            link(SERIAL, 2, "pkg:npm%2F%2540a%2Fshared%401.4.0"),
            Ok(shared),
        ),
        (
            "a package URL",
            link(SERIAL, 2, "pkg:golang/example.com/two@v3.0.0"),
            Ok("two"),
        ),
        (
            "another version of the SBOM",
            link(SERIAL, 1, "one"),
            Err("other-sbom"),
        ),
        ("another SBOM", link(other, 2, "one"), Err("other-sbom")),
        ("nothing there", link(SERIAL, 2, "gone"), Err("no-product")),
        ("a name", json!([{"ref": "own"}]), Ok("named")),
        (
            "a name without its maker",
            json!([{"ref": "unmade"}]),
            Err("no-product"),
        ),
        (
            "a name in a version",
            json!([{"ref": "own", "versions": [{"version": "5"}]}]),
            Ok("named"),
        ),
        (
            "a name in another version",
            json!([{"ref": "own", "versions": [{"version": "6"}]}]),
            Err("other-version"),
        ),
        (
            "a package of the VEX document",
            json!([{"ref": "shared"}]),
            Ok(shared),
        ),
        (
            "a range",
            json!([{"ref": "shared", "versions": [{"range": "vers:npm/>=1.0.0|<2.0.0"}]}]),
            Ok(shared),
        ),
        (
            "another range",
            json!([{"ref": "shared", "versions": [{"range": "vers:npm/>=2.0.0"}]}]),
            Err("other-version"),
        ),
        (
            "a range without order",
            json!([{"ref": "shared", "versions": [{"range": "vers:odd/>=2.0.0"}]}]),
            Err("version-unordered"),
        ),
        (
            "a reference that leads nowhere",
            json!([{"ref": "one"}]),
            Err("no-product"),
        ),
    ] {
        let expected = match expected {
            Ok(reference) => (vec![reference.to_owned()], vec![]),
            Err(reason) => (vec![], vec![reason]),
        };
        assert_eq!(bound_to(cyclonedx(affects)), expected, "{case}");
    }
    let by_hash = openvex(
        "A",
        "2026-01-01",
        &[
            json!({"vulnerability": {"name": "CVE-1"}, "status": "fixed", "products": [
                {"@id": "https://a.example/x", "hashes": {"sha-256": "aa".repeat(32)}}
            ]}),
        ],
    );
    assert_eq!(bound_to(by_hash).0, [shared]);
    let image = format!("pkg:oci/anything@sha256:{}", "aa".repeat(32));
    let by_manifest = openvex("A", "2026-01-01", &[statement("CVE-1", "fixed", &[&image])]);
    assert_eq!(bound_to(by_manifest).0, [shared]);
}

#[test]
fn a_name_is_weak_and_a_statement_on_the_whole_reaches_everything() {
    let inventory = inventory();
    let weak = given(&json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {"type": "library", "name": "named", "version": "5", "bom-ref": "own", "supplier": {"name": "Maker Inc."}}},
        "vulnerabilities": [{"id": "CVE-1", "analysis": {"state": "not_affected"}, "affects": [{"ref": "own"}]}],
    }));
    let whole = openvex(
        "A",
        "2026-01-01",
        &[
            statement("CVE-2", "not_affected", &["pkg:golang/example.com/app"]),
            statement("CVE-3", "not_affected", &["pkg:golang/example.com/one"]),
        ],
    );
    let triage = Triage::new(vec![weak, whole], by_default(), None);
    let bound = triage.bind(&inventory);
    for (reference, id, expected) in [
        ("named", "cve-1", Some((true, How::Product))),
        ("deep", "CVE-1", None),
        ("app", "CVE-2", Some((false, How::Product))),
        ("deep", "CVE-2", Some((false, How::Enclosing))),
        ("named", "CVE-2", Some((false, How::Enclosing))),
        ("one", "CVE-3", Some((false, How::Product))),
        ("deep", "CVE-3", Some((false, How::Enclosing))),
        ("pkg:npm/%40a/shared@1.4.0", "CVE-3", None),
        ("app", "CVE-3", None),
    ] {
        let decision = bound.decide(position(&inventory, reference), &["other", id]);
        let found = decision.and_then(|one| one.by.map(|by| (by.is_weak, by.how)));
        assert_eq!(found, expected, "{reference} {id}");
    }
}

#[test]
fn a_finding_is_asked_for_too() {
    let inventory = inventory();
    let document = openvex(
        "A",
        "2026-01-01",
        &[
            statement("CVE-1", "fixed", &["pkg:golang/example.com/one"]),
            statement("CVE-2", "fixed", &["pkg:golang/example.com/one"]),
            statement("CVE-1", "fixed", &["pkg:golang/example.com/gone"]),
        ],
    );
    let triage = Triage::new(vec![document], by_default(), None);
    let bound = triage.bind(&inventory);
    let found = BTreeSet::from(["cve-1".to_owned()]);
    let unbound: Vec<_> = bound
        .unbound(Some(&found))
        .into_iter()
        .map(|one| (one.statement, one.reason))
        .collect();
    assert_eq!(unbound, [(1, Reason::NoFinding), (2, Reason::NoProduct)]);
}

#[test]
fn hostile_documents_ask_for_no_more_than_is_given() {
    let parts: Vec<Part> = (0..1500)
        .map(|_| Part {
            purls: crate::purl::Purl::parse("pkg:npm/a@1.0.0")
                .into_iter()
                .collect(),
            ..Part::default()
        })
        .collect();
    let inventory = Inventory::new(parts, vec![0], &[]);
    let statements: Vec<Value> = (0..1500)
        .map(|index| statement(&format!("CVE-{index}"), "fixed", &["pkg:npm/a"]))
        .collect();
    let document = openvex("A", "2026-01-01", &statements);
    let triage = Triage::new(vec![document], by_default(), None);
    let bound = triage.bind(&inventory);
    assert!(bound.bindings().len() <= 1_000_000);
    let left = bound.unbound(None);
    assert!(left.len() > 500, "{}", left.len());
    assert!(left.iter().all(|one| one.reason == Reason::TooMany));
}
