use super::*;

fn faults(text: &str, may_leave: bool) -> Vec<String> {
    let text = format!("schema = \"{SCHEMA}\"\n{text}");
    match read_manifest(text.as_bytes(), MANIFEST_FILE, may_leave) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .iter()
            .map(|one| format!("{} {}", one.code, one.at))
            .collect(),
    }
}

#[test]
fn nothing_that_is_delivered_lies_elsewhere() {
    for text in [
        "delivered = \"../other\"",
        "[[artifact]]\npath = \"../app\"",
        "[[sbom]]\npath = \"/etc/passwd\"",
        "[[artifact]]\npath = \"a\"\nsignatures = [\"x/../../b.sig\"]",
        "[[vex]]\npath = \"..\\\\vex.json\"",
    ] {
        let found = faults(text, false);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with("path-escapes "), "{text}: {found:?}");
    }
}

#[test]
fn only_a_manifest_of_the_agency_leads_out_of_its_folder() {
    let text = "requirements = \"../register.json\"";
    assert_eq!(faults(text, false), ["path-escapes 2:16"]);
    assert_eq!(faults(text, true), Vec::<String>::new());
}

#[test]
fn what_is_left_out_has_a_reason_and_is_left_out_once() {
    let left = |ja: &str| {
        format!("[[left_out]]\nwhat = \"provenance\"\nreason = {{ ja = \"{ja}\", en = \"r\" }}\n")
    };
    assert_eq!(faults(&left("理由"), false), Vec::<String>::new());
    assert_eq!(faults(&left(" "), false), ["empty-field 4:17"]);
    let twice = left("理由") + &left("理由");
    assert_eq!(faults(&twice, false), ["delivery-left-out 6:8"]);
}

#[test]
fn a_threshold_is_a_score_of_cvss() {
    let read = |value: &str| {
        let text = format!("schema = \"{SCHEMA}\"\n[terms]\nseverity_threshold = {value}\n");
        let manifest = read_manifest(text.as_bytes(), MANIFEST_FILE, false).ok()?;
        Some(manifest.terms.severity_threshold_tenths?.value)
    };
    assert_eq!(read("7"), Some(70));
    assert_eq!(read("\"6.5\""), Some(65));
    assert_eq!(read("\"6.55\""), None);
    assert_eq!(read("11"), None);
}

#[test]
fn an_identity_comes_with_its_issuer() {
    let text = "[signer]\nidentity = \"a@example\"";
    assert_eq!(faults(text, false), ["delivery-signer 3:12"]);
}

#[test]
fn what_is_written_is_read_again() {
    let named = |path: &str| Named {
        path: path.to_owned(),
        at: Place::whole(),
    };
    let manifest = Manifest {
        case: Some("a \"case\"".to_owned()),
        delivered: "納入物".to_owned(),
        product: Some(("製品\u{7}".to_owned(), "1.0".to_owned())),
        artifacts: vec![Delivered {
            named: named("app.tgz"),
            signatures: vec![named("app.tgz.sig")],
            provenance: vec![],
        }],
        ..Manifest::default()
    };
    let read = read_manifest(manifest_text(&manifest).as_bytes(), "m", false).unwrap();
    assert_eq!(read.case, manifest.case);
    assert_eq!(read.delivered, manifest.delivered);
    assert_eq!(read.product, manifest.product);
    assert_eq!(read.artifacts[0].signatures[0].path, "app.tgz.sig");
}
