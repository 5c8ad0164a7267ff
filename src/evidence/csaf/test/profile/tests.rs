use super::super::check;

const VULNERABLE: &str = r#""vulnerabilities":[{}]"#;

fn profile(name: &str, rest: &str) -> String {
    let comma = if rest.is_empty() { "" } else { "," };
    format!(r#""category":"{name}"{comma}{rest}"#)
}

#[test]
fn informing_profiles_tell_something() {
    for name in [
        "csaf_security_incident_response",
        "csaf_informational_advisory",
    ] {
        check(
            "6.1.27.1",
            "2.0",
            &[
                ("", "", None),
                (
                    &profile(name, r#""notes":[{"category":"details"}]"#),
                    "",
                    None,
                ),
                (
                    &profile(name, r#""notes":[{"category":"other"}]"#),
                    "",
                    Some(
                        "/document/notes: no note is of the category `description`, `details`, `general` or `summary`",
                    ),
                ),
            ],
        );
        check(
            "6.1.27.2",
            "2.0",
            &[
                ("", "", None),
                (
                    &profile(name, r#""references":[{"category":"external"}]"#),
                    "",
                    None,
                ),
                (
                    &profile(name, r#""references":[{"category":"self"}]"#),
                    "",
                    Some("/document/references: no reference is of the category `external`"),
                ),
            ],
        );
    }
}

#[test]
fn profiles_have_or_lack_parts() {
    for (number, version, name, rest, expected) in [
        ("6.1.27.3", "2.0", "csaf_informational_advisory", "", None),
        ("6.1.27.3", "2.0", "csaf_withdrawn", VULNERABLE, None),
        (
            "6.1.27.3",
            "2.0",
            "csaf_informational_advisory",
            VULNERABLE,
            Some(
                "/vulnerabilities: the profile `csaf_informational_advisory` has no vulnerabilities",
            ),
        ),
        (
            "6.1.27.3",
            "2.1",
            "csaf_withdrawn",
            VULNERABLE,
            Some("/vulnerabilities: the profile `csaf_withdrawn` has no vulnerabilities"),
        ),
        ("6.1.27.4", "2.0", "csaf_vex", r#""product_tree":{}"#, None),
        (
            "6.1.27.4",
            "2.0",
            "csaf_vex",
            "",
            Some("whole document: the profile `csaf_vex` has a product tree"),
        ),
        (
            "6.1.27.5",
            "2.0",
            "csaf_vex",
            r#""vulnerabilities":[{"notes":[]}]"#,
            None,
        ),
        (
            "6.1.27.5",
            "2.0",
            "csaf_vex",
            VULNERABLE,
            Some("/vulnerabilities/0: the vulnerability has no notes"),
        ),
        ("6.1.27.6", "2.0", "csaf_vex", VULNERABLE, None),
        (
            "6.1.27.6",
            "2.0",
            "csaf_security_advisory",
            VULNERABLE,
            Some("/vulnerabilities/0: the vulnerability has no product status"),
        ),
        ("6.1.27.11", "2.0", "csaf_vex", VULNERABLE, None),
        (
            "6.1.27.11",
            "2.1",
            "csaf_deprecated_security_advisory",
            "",
            Some(
                "whole document: the profile `csaf_deprecated_security_advisory` has vulnerabilities",
            ),
        ),
        ("6.1.27.15", "2.1", "csaf_superseded", "", None),
        (
            "6.1.27.15",
            "2.1",
            "csaf_superseded",
            r#""product_tree":{}"#,
            Some("/product_tree: the profile `csaf_superseded` has no product tree"),
        ),
    ] {
        check(
            number,
            version,
            &[("", "", None), (&profile(name, ""), rest, expected)],
        );
    }
}

#[test]
fn vex_speaks_of_every_product() {
    let vex = profile("csaf_vex", "");
    let of = |members: &str| {
        format!(
            r#""product_tree":{{"product_groups":[{{"group_id":"G","product_ids":["A"]}}]}},"vulnerabilities":[{{{members}}}]"#
        )
    };
    check(
        "6.1.27.7",
        "2.0",
        &[
            ("", VULNERABLE, None),
            (&vex, &of(r#""product_status":{"fixed":["A"]}"#), None),
            (
                &vex,
                &of(r#""product_status":{"recommended":["A"]}"#),
                Some(
                    "/vulnerabilities/0: no product is fixed, affected, not affected or under investigation",
                ),
            ),
        ],
    );
    check(
        "6.1.27.8",
        "2.0",
        &[
            ("", VULNERABLE, None),
            (&vex, &of(r#""ids":[{}]"#), None),
            (&vex, &of(r#""cve":"CVE-2024-0001""#), None),
            (
                &vex,
                &of(""),
                Some("/vulnerabilities/0: the vulnerability has neither a CVE nor another id"),
            ),
        ],
    );
    check(
        "6.1.27.8",
        "2.1",
        &[
            (
                &vex,
                &of(r#""ids":[{"group_ids":["G"]}],"product_status":{"fixed":["A"]}"#),
                None,
            ),
            (
                &vex,
                &of(r#""ids":[{"group_ids":["G"]},{}],"product_status":{"fixed":["B"]}"#),
                None,
            ),
            (
                &vex,
                &of(r#""ids":[{"group_ids":["G"]}],"product_status":{"fixed":["A","B"]}"#),
                Some(
                    "/vulnerabilities/0/product_status/fixed/1: no id of the vulnerability holds for the product `B`",
                ),
            ),
        ],
    );
    let status = r#""product_status":{"known_not_affected":["A","B"]}"#;
    check(
        "6.1.27.9",
        "2.0",
        &[
            ("", VULNERABLE, None),
            (
                &vex,
                &of(&format!(
                    r#"{status},"flags":[{{"group_ids":["G"]}}],"threats":[{{"category":"impact","product_ids":["B"]}}]"#
                )),
                None,
            ),
            (
                &vex,
                &of(&format!(
                    r#"{status},"flags":[{{"group_ids":["G"]}}],"threats":[{{"category":"exploit_status","product_ids":["B"]}}]"#
                )),
                Some(
                    "/vulnerabilities/0/product_status/known_not_affected/1: no flag or impact statement speaks of the product `B`",
                ),
            ),
        ],
    );
    let status = r#""product_status":{"known_affected":["A","B"]}"#;
    check(
        "6.1.27.10",
        "2.0",
        &[
            ("", VULNERABLE, None),
            (
                &vex,
                &of(&format!(
                    r#"{status},"remediations":[{{"product_ids":["A","B"]}}]"#
                )),
                None,
            ),
            (
                &vex,
                &of(&format!(
                    r#"{status},"remediations":[{{"group_ids":["G"]}}]"#
                )),
                Some(
                    "/vulnerabilities/0/product_status/known_affected/1: no remediation speaks of the product `B`",
                ),
            ),
        ],
    );
}

#[test]
fn what_is_fixed_was_affected() {
    let advisory = profile("csaf_security_advisory", "");
    let branch = |name: &str, versions: &[&str]| {
        let versions: Vec<String> = versions.iter().map(|one| format!(r#"{{"category":"product_version","name":"{one}","product":{{"product_id":"{one}"}}}}"#)).collect();
        format!(
            r#"{{"category":"product_name","name":"{name}","branches":[{}]}}"#,
            versions.join(",")
        )
    };
    let of = |status: &str, rest: &str| {
        format!(
            r#""product_tree":{{"branches":[{},{}]{rest}}},"vulnerabilities":[{{"product_status":{{{status}}}}}]"#,
            branch("a", &["A1", "A2"]),
            branch("b", &["B1"])
        )
    };
    check(
        "6.1.27.12",
        "2.1",
        &[
            ("", VULNERABLE, None),
            (&advisory, &of(r#""last_affected":["A1"]"#, ""), None),
            (
                &advisory,
                &of(r#""fixed":["A1"]"#, ""),
                Some("/vulnerabilities/0: no product is affected"),
            ),
        ],
    );
    let finding = Some(
        "/vulnerabilities/0/product_status/fixed/0: no version of the fixed product `A2` is affected",
    );
    let related = r#","product_paths":[{"beginning_product_reference":"B1","subpaths":[{"next_product_reference":"A2"}],"full_product_name":{"product_id":"R"}}]"#;
    check(
        "6.1.27.13",
        "2.1",
        &[
            ("", VULNERABLE, None),
            (
                &advisory,
                &of(r#""fixed":["A2"],"known_affected":["A1"]"#, ""),
                None,
            ),
            (
                &advisory,
                &of(r#""fixed":["A2"],"known_affected":["B1"]"#, related),
                None,
            ),
            (
                &advisory,
                &of(
                    r#""fixed":["A2"],"known_affected":["F"]"#,
                    r#","full_product_names":[{"product_id":"F"}]"#,
                ),
                None,
            ),
            (&advisory, &of(r#""fixed":["A2"]"#, ""), finding),
            (
                &advisory,
                &of(r#""fixed":["A2"],"known_affected":["B1"]"#, ""),
                finding,
            ),
        ],
    );
}

#[test]
fn an_end_has_a_reason() {
    let ended = |name: &str, rest: &str| profile(name, rest);
    let note =
        |title: &str, category: &str| format!(r#"{{"title":"{title}","category":"{category}"}}"#);
    check(
        "6.1.27.14",
        "2.1",
        &[
            ("", "", None),
            (
                &ended("csaf_withdrawn", r#""notes":[{"category":"description"}]"#),
                "",
                None,
            ),
            (
                &ended("csaf_withdrawn", ""),
                "",
                Some(
                    "/document/notes: no note is of the category `description`, `details`, `general` or `summary`",
                ),
            ),
        ],
    );
    check(
        "6.1.27.16",
        "2.1",
        &[
            ("", "", None),
            (
                &ended(
                    "csaf_superseded",
                    r#""tracking":{"revision_history":[{},{}]}"#,
                ),
                "",
                None,
            ),
            (
                &ended("csaf_superseded", r#""tracking":{"revision_history":[{}]}"#),
                "",
                Some(
                    "/document/tracking/revision_history: the history has fewer than two revisions",
                ),
            ),
        ],
    );
    for (number, name, title) in [
        ("6.1.27.17", "csaf_withdrawn", "Reasoning for Withdrawal"),
        ("6.1.27.18", "csaf_superseded", "Reasoning for Supersession"),
    ] {
        let good = note(title, "description");
        check(
            number,
            "2.1",
            &[
                ("", "", None),
                (&ended(name, &format!(r#""notes":[{good}]"#)), "", None),
                (&ended(name, r#""lang":"de""#), "", None),
                (
                    &ended(name, ""),
                    "",
                    Some(&format!(
                        "/document/notes: 0 notes have the title `{title}`, not 1"
                    )),
                ),
                (
                    &ended(name, &format!(r#""notes":[{good},{good}]"#)),
                    "",
                    Some(&format!(
                        "/document/notes: 2 notes have the title `{title}`, not 1"
                    )),
                ),
                (
                    &ended(name, &format!(r#""notes":[{}]"#, note(title, "general"))),
                    "",
                    Some(&format!(
                        "/document/notes/0: the note `{title}` is not of the category `description`"
                    )),
                ),
            ],
        );
    }
    check(
        "6.1.27.19",
        "2.1",
        &[
            ("", "", None),
            (
                &ended(
                    "csaf_superseded",
                    r#""references":[{"category":"external","summary":"Superseding Document: X"}]"#,
                ),
                "",
                None,
            ),
            (
                &ended(
                    "csaf_superseded",
                    r#""references":[{"summary":"Superseding Document"}]"#,
                ),
                "",
                Some(
                    "/document/references: no reference of the category `external` has a summary that begins with `Superseding Document`",
                ),
            ),
        ],
    );
}
