use super::*;

fn read_text(text: &str) -> (VexDocument, Vec<&'static str>) {
    let (document, findings) = read(text.as_bytes()).unwrap();
    (document, findings.iter().map(|one| one.code).collect())
}

fn of(vulnerability: &str) -> VexDocument {
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":2,
        "metadata":{{"timestamp":"2026-01-01T00:00:00Z","supplier":{{"name":"Acme","url":["https://acme.example/"]}},
        "component":{{"type":"application","name":"Product","version":"2.4","bom-ref":"p","purl":"pkg:generic/acme/product@2.4?x=y"}}}},
        "vulnerabilities":[{vulnerability}]}}"#
    );
    read_text(&text).0
}

#[test]
fn a_state_is_a_status() {
    for (state, status) in [
        ("resolved", Status::Fixed),
        ("resolved_with_pedigree", Status::Fixed),
        ("exploitable", Status::Affected),
        ("in_triage", Status::UnderInvestigation),
        ("false_positive", Status::NotAffected),
        ("not_affected", Status::NotAffected),
    ] {
        let document = of(&format!(
            r#"{{"id":"CVE-1","references":[{{"id":"GHSA-1"}}],"recommendation":"update","analysis":{{"state":"{state}","detail":"d","justification":"code_not_reachable","firstIssued":"2026-02-01T00:00:00Z"}},"affects":[{{"ref":"p"}}]}}"#
        ));
        let [statement] = document.statements.as_slice() else {
            panic!("{state}: {document:?}")
        };
        assert_eq!(statement.status, status, "{state}");
        assert_eq!(statement.vulnerability, ["CVE-1", "GHSA-1"]);
        assert_eq!(statement.action.as_deref(), Some("update"));
        assert_eq!(statement.issued, "2026-02-01T00:00:00Z".parse().ok());
        assert_eq!(statement.at, Place::pointer("/vulnerabilities/0"));
        assert_eq!(
            statement.products[0].identifiers,
            [
                Identifier::Reference("p".into()),
                Identifier::BomLink {
                    serial: "3e671687-395b-41f5-a30f-a58921a69b79".into(),
                    version: 2,
                    reference: "p".into()
                },
                Identifier::Purl("pkg:generic/acme/product@2.4?x=y".into()),
                Identifier::Named {
                    vendor: None,
                    name: "Product".into(),
                    version: Some("2.4".into())
                },
            ]
        );
        assert_eq!(document.author.as_deref(), Some("Acme"));
    }
}

#[test]
fn versions_are_sorted_by_what_is_said_of_them() {
    for (case, analysis, expected) in [
        (
            "exploitable",
            r#""analysis":{"state":"exploitable"},"#,
            vec![
                (Status::NotAffected, vec!["1.0"]),
                (Status::Affected, vec!["2.0", "vers:npm/>=3|<4"]),
                (Status::UnderInvestigation, vec!["5.0"]),
            ],
        ),
        (
            "not affected",
            r#""analysis":{"state":"not_affected"},"#,
            vec![
                (Status::NotAffected, vec!["1.0", "2.0", "vers:npm/>=3|<4"]),
                (Status::UnderInvestigation, vec!["5.0"]),
            ],
        ),
        (
            "no analysis",
            "",
            vec![
                (Status::NotAffected, vec!["1.0"]),
                (Status::Affected, vec!["2.0", "vers:npm/>=3|<4"]),
                (Status::UnderInvestigation, vec!["5.0"]),
            ],
        ),
    ] {
        let document = of(&format!(
            r#"{{"id":"CVE-1",{analysis}"affects":[{{"ref":"p","versions":[{{"version":"1.0","status":"unaffected"}},{{"version":"2.0"}},{{"range":"vers:npm/>=3|<4","status":"affected"}},{{"version":"5.0","status":"unknown"}}]}}]}}"#
        ));
        let mut found: Vec<_> = document
            .statements
            .iter()
            .map(|one| {
                let identifiers = one.products[0].identifiers.iter();
                let versions = identifiers.filter_map(|one| match one {
                    Identifier::Version(text) | Identifier::Vers(text) => Some(text.as_str()),
                    _ => None,
                });
                (one.status, versions.collect::<Vec<_>>())
            })
            .collect();
        found.sort();
        assert_eq!(found, expected, "{case}");
        let purl = Identifier::Purl("pkg:generic/acme/product?x=y".into());
        assert!(
            document.statements[0].products[0]
                .identifiers
                .contains(&purl)
        );
    }
}

#[test]
fn without_an_analysis_nothing_is_stated() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"vulnerabilities":[{"id":"CVE-1","affects":[{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a"}]}]}"#;
    let (document, codes) = read_text(text);
    assert_eq!(document.statements, []);
    assert_eq!(codes, ["vex-no-analysis", "vex-empty"]);
}

#[test]
fn a_bom_link_is_taken_apart() {
    for (text, expected) in [
        ("urn:cdx:a-b/1#c%20d", Some(("a-b", 1, "c%20d"))),
        ("urn:cdx:a-b/12", Some(("a-b", 12, ""))),
        ("urn:uuid:a-b/1#c", Some(("a-b", 1, "c"))),
        ("urn:cdx:a-b", None),
        ("urn:cdx:a-b/x#c", None),
        ("pkg:npm/a@1", None),
    ] {
        let expected = expected.map(|(serial, version, reference)| Identifier::BomLink {
            serial: serial.into(),
            version,
            reference: reference.into(),
        });
        assert_eq!(bom_link(text), expected, "{text}");
    }
}

#[test]
fn xml_says_the_same_with_lines() {
    let text = r#"<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
  <vulnerabilities>
    <vulnerability>
      <id>CVE-1</id>
      <workaround>turn it off</workaround>
      <analysis><state>exploitable</state><responses><response>update</response></responses></analysis>
      <affects><target><ref>urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a</ref>
        <versions><version><version>1.0</version><status>affected</status></version></versions></target></affects>
    </vulnerability>
  </vulnerabilities>
</bom>"#;
    let (document, codes) = read_text(text);
    assert_eq!(codes, [] as [&str; 0]);
    let statement = &document.statements[0];
    assert_eq!(statement.status, Status::Affected);
    assert_eq!(statement.action.as_deref(), Some("turn it off"));
    assert_eq!(statement.at.line, Some(4));
    assert_eq!(
        statement.products[0].identifiers[1],
        Identifier::Version("1.0".into())
    );
}
