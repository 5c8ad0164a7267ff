//! Provenance: as agreed, of another source or builder, missing, unsigned, below the level.

use serde_json::json;

use super::*;
use crate::dsse::envelope;
use crate::signing_keys::Pair;

const BUILD: &str = "provenance.build";
const LEVEL: &str = "provenance.level";
const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GO: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_go_slsa3.yml";
const SOURCE: &str = "github.com/aoba/app";
const AGREED: &str = "[build]\nsource = \"github.com/aoba/app\"\nsource_tag = \"v1.2.3\"";

/// What `builder` says about the build of the artifact.
pub(super) fn built(builder: &str, source: &str) -> Value {
    let at = "refs/tags/v1.2.3";
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "app.tgz", "digest": { "sha256": Digest::of(ARTIFACT).hex() } }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://actions.github.io/buildtypes/workflow/v1",
                "externalParameters": { "workflow": {
                    "ref": at,
                    "repository": format!("https://{source}"),
                    "path": ".github/workflows/release.yml",
                } },
                "resolvedDependencies": [{
                    "uri": format!("git+https://{source}@{at}"),
                    "digest": { "gitCommit": "2bcaa7495e1cbd11fbd4f598d857b3a6f18df933" },
                }],
            },
            "runDetails": { "builder": { "id": builder } },
        },
    })
}

pub(super) fn at_release() -> String {
    format!("{GO}@refs/tags/v2.1.0")
}

pub(super) fn attested(authority: &Authority, statement: &Value) -> String {
    let signer = authority.signer(&at_release(), GITHUB, signed_at());
    signer.sign_statement(statement)
}

/// A delivery of which provenance alone is asked, under this agreement.
fn desk(authority: &Authority, provenance: Option<&str>, agreed: &str) -> Desk {
    let mut desk = Desk::new().asking("provenance");
    desk.left_out.push("signature");
    match provenance {
        Some(provenance) => {
            desk.deliver("app.tgz.intoto.jsonl", provenance);
            desk.artifact(&[], &["app.tgz.intoto.jsonl"]);
        }
        None => desk.artifact(&[], &[]),
    }
    desk.hold("trusted_root.json", authority.trusted_root());
    desk.table("[signer]\ntrusted_root = \"trust/trusted_root.json\"");
    desk.table(agreed);
    desk
}

fn level(level: u8) -> String {
    format!("{AGREED}\n[terms]\nprovenance_level = {level}")
}

#[test]
fn provenance_as_agreed_is_accepted_with_its_level() {
    let authority = Authority::new();
    let bundle = attested(&authority, &built(&at_release(), SOURCE));
    for (agreed, verdict) in [
        (AGREED.to_owned(), "not_applicable"),
        (level(0), "not_applicable"),
        (level(1), "pass"),
        (level(3), "pass"),
        (
            format!("{}\n", level(2)).replace("[build]", &format!("[build]\nbuilder = \"{GO}\"")),
            "pass",
        ),
    ] {
        let told = desk(&authority, Some(&bundle), &agreed).verify();
        told.expect(BUILD, "pass", 0, &[]);
        assert_eq!(told.verdict(LEVEL), verdict, "{agreed}");
        let checks = group(&told.report)["checks"].as_array().unwrap();
        assert_eq!(checks[3]["supported_level"], 3, "{agreed}");
    }
}

#[test]
fn each_fault_of_a_provenance_fails() {
    let authority = Authority::new();
    let good = built(&at_release(), SOURCE);
    let pair = Pair::ed25519();
    let mut of_other = good.clone();
    of_other["subject"][0]["digest"]["sha256"] = json!(Digest::of(b"other").hex());
    for (case, provenance, words) in [
        ("none", None, vec!["app.tgz has no provenance"]),
        (
            "another source",
            Some(attested(
                &authority,
                &built(&at_release(), "github.com/mallory/app"),
            )),
            vec!["another source", "github.com/mallory/app"],
        ),
        (
            "another artifact",
            Some(attested(&authority, &of_other)),
            vec!["another file"],
        ),
        (
            "another builder",
            Some(
                authority
                    .signer(OTHER, GITHUB, signed_at())
                    .sign_statement(&good),
            ),
            vec!["somebody else than the builder"],
        ),
        (
            "another infrastructure",
            Some(attested(&Authority::new(), &good)),
            vec!["not proven"],
        ),
        (
            "not signed",
            Some(good.to_string()),
            vec!["carries no signature"],
        ),
        (
            "broken",
            Some("{\"payloadType\":".to_owned()),
            vec!["cannot be read"],
        ),
        (
            "nothing of a build",
            Some(attested(&authority, &statement(&[("app.tgz", ARTIFACT)]))),
            vec![],
        ),
    ] {
        let told = desk(&authority, provenance.as_deref(), &level(1)).verify();
        assert_eq!(
            (told.verdict(BUILD), told.code),
            ("fail", 1),
            "{case}: {:#}",
            group(&told.report)
        );
        told.expect(BUILD, "fail", 1, &words);
    }
    // Under a key that nobody handed in, it is the agency that lacks something.
    let told = desk(&authority, Some(&envelope(&good, &[&pair])), AGREED).verify();
    told.expect(BUILD, "unverifiable", 3, &["cannot be judged"]);
}

#[test]
fn a_level_that_is_not_supported_fails_and_says_why() {
    let authority = Authority::new();
    let mut desk = desk(&authority, None, "");
    let good = built(&at_release(), SOURCE);
    // A key proves no more than level 1, whatever the statement claims.
    let pair = Pair::p256();
    desk.deliver("app.tgz.intoto.jsonl", envelope(&good, &[&pair]));
    desk.hold("key.pub", pair.public());
    desk.tables = String::new();
    desk.artifact(&[], &["app.tgz.intoto.jsonl"]);
    desk.table("[signer]\nkeys = [\"trust/key.pub\"]");
    desk.table(&level(2).replace("[build]", &format!("[build]\nbuilder = \"{GO}\"")));
    let told = desk.verify();
    assert_eq!(told.verdict(LEVEL), "fail", "{:#}", group(&told.report));
    assert_eq!(told.code, 1);
    let said = told.said(LEVEL, "fails").join("\n");
    assert!(
        said.contains("supports SLSA Build level 1, and 2 is contracted"),
        "{said}"
    );
}

#[test]
fn what_the_agency_lacks_leaves_provenance_unverifiable() {
    let authority = Authority::new();
    let bundle = attested(&authority, &built(&at_release(), SOURCE));
    let root = "[signer]\ntrusted_root = \"trust/trusted_root.json\"\n";
    let mut without_root = desk(&authority, Some(&bundle), &level(3));
    without_root.tables = without_root.tables.replace(root, "");
    let told = without_root.verify();
    told.expect(BUILD, "unverifiable", 3, &["trusted root"]);
    assert_eq!(told.verdict(LEVEL), "unverifiable");

    let gone = desk(&authority, Some(&bundle), AGREED);
    gone.hold("trusted_root.json", "[]");
    gone.verify()
        .expect(BUILD, "unverifiable", 3, &["trust/trusted_root.json"]);

    // Nothing agreed: even what verifies says nothing about what was ordered.
    for provenance in [Some(&*bundle), None] {
        let told = desk(&authority, provenance, "").verify();
        told.expect(BUILD, "unverifiable", 3, &["neither builder nor source"]);
        assert_eq!(told.verdict(LEVEL), "not_applicable");
    }
    let odd = desk(&authority, Some(&bundle), "[build]\nsource = \"app\"");
    odd.verify()
        .expect(BUILD, "unverifiable", 3, &["is no repository"]);
}

#[test]
fn a_register_says_who_may_sign_provenance() {
    let authority = Authority::new();
    let good = built(&at_release(), SOURCE);
    let agreed = format!("[build]\nsource = \"{SOURCE}\"\nbuilder = \"{GO}\"");
    let grant = |purpose: &str| {
        format!(
            "schema = \"mekiki/trust-policy/v1\"\n[[grant]]\nid = \"T-0001\"\nsupplier = \"aoba\"\nfor = [\"{purpose}\"]\nkinds = [\"sigstore\"]\nidentity = \"{SIGNER}\"\nissuer = \"{ISSUER}\"\nfrom = \"2026-01-01\"\nclause = \"CL-17\"\napproved_by = \"CISO\"\nadded = \"2026-01-01\"\n"
        )
    };
    let by = |identity: &str, issuer: &str| {
        authority
            .signer(identity, issuer, signed_at())
            .sign_statement(&good)
    };
    for (case, purpose, bundle, verdict, code) in [
        ("admitted", "provenance", by(SIGNER, ISSUER), "pass", 0),
        ("another", "provenance", by(OTHER, ISSUER), "fail", 1),
        // Where the register names nobody for provenance, the agreed builder has to sign itself.
        (
            "by the builder",
            "artifact",
            by(&at_release(), GITHUB),
            "pass",
            0,
        ),
        (
            "not by the builder",
            "artifact",
            by(SIGNER, ISSUER),
            "fail",
            1,
        ),
    ] {
        let mut desk = desk(&authority, Some(&bundle), &agreed);
        desk.hold("register.toml", grant(purpose));
        desk.tables = desk
            .tables
            .replace("[signer]", "[signer]\nregister = \"trust/register.toml\"");
        let told = desk.verify();
        assert_eq!(
            (told.verdict(BUILD), told.code),
            (verdict, code),
            "{case}: {:#}",
            group(&told.report)
        );
    }
}

#[test]
fn one_statement_is_the_provenance_of_all_that_it_names() {
    let authority = Authority::new();
    let mut statement = built(&at_release(), SOURCE);
    statement["subject"] = (0..50)
        .map(|number: u8| json!({"name": number.to_string(), "digest": {"sha256": Digest::of(&[number]).hex()}}))
        .collect();
    let mut desk = Desk::new().asking("provenance");
    desk.left_out.push("signature");
    desk.deliver("all.intoto.jsonl", attested(&authority, &statement));
    for number in 0..51_u8 {
        desk.deliver(&format!("bin/{number}"), [number]);
        desk.table(&format!(
            "[[artifact]]\npath = \"bin/{number}\"\nprovenance = [\"all.intoto.jsonl\"]"
        ));
    }
    desk.hold("trusted_root.json", authority.trusted_root());
    desk.table("[signer]\ntrusted_root = \"trust/trusted_root.json\"");
    desk.table(AGREED);
    let told = desk.verify();
    told.expect(BUILD, "fail", 1, &["bin/50"]);
    assert_eq!(told.said(BUILD, "fails").len(), 1);
}
