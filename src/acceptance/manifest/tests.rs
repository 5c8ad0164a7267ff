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

/// A manifest in which nothing is left at its default.
const FULL: &str = r#"
case = "調達 \"A\"\u0007\u007F"
contract = "C-1"
supplier = "1234567890123"
stage = "operation"
delivered = "納入物"
as_of = "2026-11-26"
products = "list.json"
requirements = "register.json"
exceptions = ["exceptions", "one.toml"]
policies = ["rules"]
baseline = "earlier.json"
allowance = "allow.toml"

[product]
name = "製品"
version = "1.0"

[[artifact]]
path = "app.tgz"
signatures = ["app.tgz.sig"]
provenance = ["app.intoto.jsonl"]

[[artifact]]
path = "bin/*"

[[sbom]]
path = "sbom.cdx.json"
signatures = ["sbom.cdx.json.asc", "sbom.cdx.json.sigstore.json", "an/other/path/that/makes/the/line/long/enough/to/break.sig"]

[[vex]]
path = "vex.json"

[[vex]]
path = "agency-vex.json"
level = "agency"

[signer]
register = "signers.json"
trusted_root = "root.json"
identity = "https://example.com/build"
issuer = "https://token.example.com"
keys = ["a.pub"]
certificates = ["a.pem"]
anchors = ["ca.pem"]
revocations = ["crl.pem"]
threshold = 2
namespace = "file"

[build]
builder = "https://builder.example"
source = "git+https://git.example/app"
source_tag = "v1.0"
source_branch = "main"

[advisories]
feed = "feed"
snapshot = "sha256:00"
maximum_age_days = 7

[comparison]
tendered = "tendered.json"
accepted = "accepted.json"
notices = ["notice.pdf"]

[terms]
sbom_formats = ["CycloneDX 1.6"]
sbom_profile = "meti-2.0"
sbom_coverage_per_mille = 950
signer_identities = ["甲"]
provenance_level = 2
severity_threshold = "6.5"
fix_days = 30
exploited_fix_days = 0
notice_days = 14

[[left_out]]
what = "provenance"
reason = { ja = "理由", en = "a \\ reason" }
"#;

/// A manifest without places, whose values are told by what is written of them.
fn written_again(manifest: &Manifest) -> (String, Manifest) {
    let text = manifest_text(manifest);
    let read = read_manifest(text.as_bytes(), "m", false).expect(&text);
    (text, read)
}

#[test]
fn what_is_written_is_read_again() {
    let full = format!("schema = \"{SCHEMA}\"{FULL}");
    let manifest = read_manifest(full.as_bytes(), "m", false).unwrap();
    let (text, read) = written_again(&manifest);
    // Every line but blank ones is there again, and nothing else.
    let lines = |text: &str| {
        let mut lines: Vec<String> = text
            .replace("[\n    ", "[")
            .replace(",\n    ", ", ")
            .replace(",\n]", "]")
            .lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&text), lines(&full));
    let (again, _) = written_again(&read);
    assert_eq!(again, text);
    assert_eq!(read.terms.severity_threshold_tenths.unwrap().value, 65);
    assert_eq!(read.signer.threshold, 2);
    assert_eq!(read.case, manifest.case);
    let (text, read) = written_again(&Manifest::default());
    assert_eq!(text, format!("schema = \"{SCHEMA}\"\n"));
    assert_eq!(read.artifacts, []);
}
