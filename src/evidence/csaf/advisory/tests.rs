use super::*;
use crate::evidence::advisory::{Affected, EventKind};
use crate::tape::parse_json;

fn read(tree: &str, vulnerability: &str) -> (Vec<Advisory>, Vec<Diagnostic>) {
    let source = format!(
        r#"{{"document":{{"csaf_version":"2.0","title":"T","tracking":{{"id":"ACME-1","initial_release_date":"2024-01-01T00:00:00Z"}},
        "aggregate_severity":{{"text":"Important"}},"references":[{{"category":"self","url":"https://acme.example/1"}}]}},
        "product_tree":{{{tree}}},"vulnerabilities":[{{{vulnerability}}}]}}"#
    );
    let tape = parse_json(&source).unwrap();
    advisories(tape.root()).unwrap()
}

/// A product and its versions in short.
fn short(affected: &Affected) -> String {
    let product = match (&affected.purl, &affected.cpe, &affected.package) {
        (Some(purl), ..) => purl.clone(),
        (_, Some(cpe), _) => cpe.clone(),
        (.., Some(package)) => format!("{} {}", package.ecosystem, package.name),
        _ => String::new(),
    };
    let events = affected.ranges.iter().flat_map(|range| &range.events);
    let events: Vec<String> = events
        .map(|event| {
            let sign = match event.kind {
                EventKind::Introduced => ">=",
                EventKind::IntroducedAfter => ">",
                EventKind::Fixed => "<",
                EventKind::LastAffected => "<=",
                EventKind::Limit => "limit",
            };
            format!("{sign}{}", event.version)
        })
        .collect();
    format!(
        "{product} {}{}",
        affected.versions.join(","),
        events.join(" ")
    )
}

fn product(id: &str, category: &str, name: &str, helper: &str) -> String {
    format!(
        r#"{{"category":"{category}","name":"{name}","product":{{"product_id":"{id}","name":"n","product_identification_helper":{{{helper}}}}}}}"#
    )
}

#[test]
fn a_vulnerability_is_an_advisory() {
    let (made, _) = read(
        "",
        r#""ids":[{"text":"GHSA-1"},{"text":"2262921"}],"scores":[{"cvss_v3":{"vectorString":"V"}},{"cvss_v3":{"vectorString":"V"}}]"#,
    );
    let advisory = &made[0];
    assert_eq!(advisory.id, "ACME-1#0");
    assert_eq!(advisory.aliases, ["GHSA-1"]);
    assert_eq!(advisory.related, ["ACME-1"]);
    assert_eq!(advisory.summary, "T");
    assert_eq!(advisory.url.as_deref(), Some("https://acme.example/1"));
    let ratings: Vec<_> = advisory
        .ratings
        .iter()
        .map(|one| format!("{} {}", one.value, one.at))
        .collect();
    assert_eq!(
        ratings,
        [
            "V /vulnerabilities/0/scores/0/cvss_v3/vectorString",
            "Important /document/aggregate_severity/text"
        ]
    );
    let (made, _) = read("", r#""cve":"CVE-2024-1""#);
    assert_eq!(made[0].id, "CVE-2024-1");
}

#[test]
fn products_are_affected_in_versions() {
    let purl = r#""purl":"pkg:npm/a""#;
    let fixed = r#""purl":"pkg:npm/a@2.0.0""#;
    for (branches, status, expected) in [
        (
            vec![product("A", "product_version", "1.2", purl)],
            r#""known_affected":["A"]"#,
            vec!["pkg:npm/a 1.2"],
        ),
        (
            vec![product(
                "A",
                "product_version_range",
                "vers:npm/>=1.0|<1.4%2B1|>2",
                purl,
            )],
            r#""known_affected":["A"]"#,
            vec!["pkg:npm/a >=1.0 <1.4+1 >2"],
        ),
        (
            vec![product("A", "product_version_range", "<1.4", purl)],
            r#""known_affected":["A"]"#,
            vec!["pkg:npm/a >=0 <1.4"],
        ),
        (
            vec![product("A", "product_version_range", "before 1.4", purl)],
            r#""known_affected":["A"]"#,
            vec!["pkg:npm/a before 1.4"],
        ),
        (
            vec![product("A", "product_name", "a", purl)],
            r#""known_affected":["A"]"#,
            vec!["pkg:npm/a >=0"],
        ),
        (
            vec![
                product("A", "product_name", "a", purl),
                product("B", "x", "b", fixed),
            ],
            r#""known_affected":["A"],"fixed":["B"]"#,
            vec!["pkg:npm/a >=0 <2.0.0"],
        ),
        (
            vec![product("B", "x", "b", fixed)],
            r#""fixed":["B"]"#,
            vec!["pkg:npm/a >=0 <2.0.0"],
        ),
        (
            vec![
                product("B", "x", "b", fixed),
                product("C", "x", "c", r#""purl":"pkg:npm/a@1.5.0""#),
            ],
            r#""fixed":["B","C"]"#,
            vec![],
        ),
        (
            vec![
                product("A", "product_version", "1.0", purl),
                product("B", "product_version", "1.5", purl),
            ],
            r#""first_affected":["A"],"last_affected":["B"]"#,
            vec!["pkg:npm/a >=1.0 <=1.5"],
        ),
        (
            vec![product("B", "product_version", "1.5", purl)],
            r#""last_affected":["B"]"#,
            vec!["pkg:npm/a >=0 <=1.5"],
        ),
        (
            vec![product(
                "A",
                "product_version",
                "1.2",
                r#""cpe":"cpe:/a:acme:a:1.2""#,
            )],
            r#""known_affected":["A"]"#,
            vec!["cpe:/a:acme:a:1.2 1.2"],
        ),
        (
            vec![product("A", "product_version", "1.2", purl)],
            r#""recommended":["A"],"under_investigation":["A"]"#,
            vec![],
        ),
    ] {
        let (made, remarks) = read(
            &format!(r#""branches":[{}]"#, branches.join(",")),
            &format!(r#""product_status":{{{status}}}"#),
        );
        let told: Vec<String> = made[0].affected.iter().map(short).collect();
        assert_eq!(told, expected, "{branches:?} {status}");
        assert_eq!(remarks, []);
    }
}

#[test]
fn packages_of_red_hat_belong_to_a_product() {
    let tree = format!(
        r#""branches":[{},{},{}],"relationships":[
        {{"category":"default_component_of","product_reference":"P","relates_to_product_reference":"R","full_product_name":{{"product_id":"R:P","name":"n"}}}},
        {{"category":"default_component_of","product_reference":"P","relates_to_product_reference":"S","full_product_name":{{"product_id":"S:P","name":"n"}}}}]"#,
        product(
            "P",
            "product_version",
            "kernel-0:4.18",
            r#""purl":"pkg:rpm/redhat/kernel@4.18?arch=src&epoch=2""#
        ),
        product(
            "R",
            "product_name",
            "RHEL",
            r#""cpe":"cpe:/o:redhat:enterprise_linux:8::baseos""#
        ),
        product(
            "S",
            "product_name",
            "SLES",
            r#""cpe":"cpe:/o:suse:sles:15""#
        ),
    );
    let (made, remarks) = read(&tree, r#""product_status":{"fixed":["R:P","S:P"]}"#);
    let told: Vec<String> = made[0].affected.iter().map(short).collect();
    assert_eq!(
        told,
        ["Red Hat:enterprise_linux:8::baseos kernel >=0 <2:4.18"]
    );
    assert_eq!(remarks[0].code, "csaf-product-unidentified");
}

#[test]
fn circles_end() {
    let relation = |id: &str, part: &str| {
        format!(
            r#"{{"product_reference":"{part}","relates_to_product_reference":"{part}","full_product_name":{{"product_id":"{id}","name":"n"}}}}"#
        )
    };
    let (made, _) = read(
        &format!(
            r#""relationships":[{},{}]"#,
            relation("A", "B"),
            relation("B", "A")
        ),
        r#""product_status":{"known_affected":["A","X"]}"#,
    );
    assert!(made[0].affected.is_empty());
}
