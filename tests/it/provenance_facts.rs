//! Provenance in the demo tender: one change at a time, and which fact it changes.

use mekiki::app::tender::open_tender;
use mekiki::fact::Establishment;
use serde_json::{Value, json};

use crate::authority::{Authority, provenance};
use crate::demo::Demo;

const FOLDER: &str = "bids/aoba/delivery/";
const NAME: &str = "aoba-bunsho-connector-1.4.0.tgz";
const SIGNER: &str = "https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0";
const ISSUER: &str = "https://oidc.aoba.example";
const BUILDER: &str = "https://ci.aoba.example/runners/hosted";
const SOURCE: &str = "git+https://git.aoba.example/connector";
const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GENERATOR: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.0.0";
/// 2026-11-01T00:00:00Z.
const AT: i64 = 1_793_491_200;

fn is_provenance(path: &str) -> bool {
    path.starts_with(FOLDER) && path.contains(".provenance.")
}

fn artifact() -> Vec<u8> {
    let evidence = Demo::new().evidence;
    let found = evidence
        .iter()
        .find(|one| one.path == format!("{FOLDER}{NAME}"));
    found.unwrap().bytes.to_vec()
}

/// What the builder says when all is as agreed.
fn statement() -> Value {
    provenance(NAME, &artifact(), BUILDER, SOURCE)
}

/// The demo with an authority of the test beside its own, and its provenance replaced.
fn with_text(authority: &Authority, name: &str, text: impl Into<Vec<u8>>) -> Demo {
    Demo::new()
        .without(is_provenance)
        .with("trust/root-of-the-test.json", authority.trusted_root())
        .with(&format!("{FOLDER}{name}"), text)
}

fn signed_by(signer: (&str, &str), statement: &Value) -> Demo {
    let authority = Authority::new();
    let bundle = authority
        .signer(signer.0, signer.1, AT)
        .sign_statement(statement);
    with_text(
        &authority,
        &format!("{NAME}.provenance.sigstore.json"),
        bundle,
    )
}

fn found(demo: &Demo) -> Establishment {
    demo.establishment("aoba")
}

/// The facts in the order verified, builder, source, level, claimed level, as `value/rank`; `gap` where one is
/// open.
fn facts(found: &Establishment) -> Vec<String> {
    let keys = [
        "verified",
        "builder_expected",
        "source_expected",
        "level",
        "level_claimed",
    ];
    let one = |name: &str| {
        let key = format!("delivery.provenance.{name}");
        let mut facts = found.facts.iter();
        // What answers say of it has a low rank of its own.
        let fact = facts.find(|one| {
            one.key.as_str() == key && (one.rank.number() == 6 || name == "level_claimed")
        });
        let is_open = found.gaps.iter().any(|one| one.key.as_str() == key);
        assert!(!(is_open && fact.is_some()), "{key}");
        match fact {
            Some(fact) => format!("{}/{}", fact.value, fact.rank.number()),
            None if is_open => "gap".to_owned(),
            None => "none".to_owned(),
        }
    };
    keys.map(one).to_vec()
}

fn refusals(found: &Establishment) -> Vec<String> {
    let remarks = found
        .remarks
        .iter()
        .filter(|one| one.code == "provenance-refused");
    remarks.map(|one| one.message.clone()).collect()
}

#[test]
fn one_change_changes_its_fact() {
    let agreed = (SIGNER, ISSUER);
    let changed = |pointer: &str, value: Value| {
        let mut statement = statement();
        *statement.pointer_mut(pointer).unwrap() = value;
        statement
    };
    let mut from_elsewhere = statement();
    from_elsewhere["predicate"] = provenance(
        NAME,
        &artifact(),
        BUILDER,
        "git+https://git.other.example/fork",
    )["predicate"]
        .clone();
    let mut silent = statement();
    silent["predicate"]["buildDefinition"]
        .as_object_mut()
        .unwrap()
        .remove("externalParameters");
    let other_builder = changed(
        "/predicate/runDetails/builder/id",
        json!("https://ci.other.example/b"),
    );
    let other_subject = provenance(NAME, b"another archive", BUILDER, SOURCE);
    let contradicting = changed(
        "/predicate/buildDefinition/resolvedDependencies/0/uri",
        json!("git+https://git.other.example/fork"),
    );
    for (case, demo, expected, told) in [
        ("the demo", Demo::new(), ["true/6", "true/6", "true/6", "1/6", "gap"], &[][..]),
        (
            "as agreed",
            signed_by(agreed, &statement()),
            ["true/6", "true/6", "true/6", "1/6", "gap"],
            &[],
        ),
        (
            "another builder",
            signed_by(agreed, &other_builder),
            ["true/6", "false/6", "true/6", "1/6", "gap"],
            &["builder-id", "https://ci.other.example/b", BUILDER],
        ),
        (
            "another source",
            signed_by(agreed, &from_elsewhere),
            ["true/6", "true/6", "false/6", "1/6", "gap"],
            &["source-uri", "git.other.example/fork", "git.aoba.example/connector"],
        ),
        (
            "two sources",
            signed_by(agreed, &contradicting),
            ["false/6", "false/6", "false/6", "0/6", "gap"],
            &["statement", "git.other.example/fork", "git.aoba.example/connector"],
        ),
        (
            "another artifact",
            signed_by(agreed, &other_subject),
            ["false/6", "false/6", "false/6", "0/6", "gap"],
            &["refused"],
        ),
        (
            "another signer",
            signed_by(("https://ci.other.example/x", ISSUER), &statement()),
            ["false/6", "false/6", "false/6", "0/6", "gap"],
            &["identity", "https://ci.other.example/x", SIGNER],
        ),
        (
            "it does not tell what an outsider can set",
            signed_by(agreed, &silent),
            ["true/6", "true/6", "true/6", "0/6", "gap"],
            &[],
        ),
        (
            "another tag than agreed",
            signed_by(agreed, &statement()).with_tender(
                "source = \"git+https://git.aoba.example/connector\"",
                "source = \"git+https://git.aoba.example/connector\"\nsource_tag = \"v1.4.0\"",
            ),
            ["true/6", "true/6", "false/6", "1/6", "gap"],
            &["source-tag", "v1.4.0"],
        ),
        (
            "another template than agreed",
            signed_by(agreed, &statement()).with_tender(
                "source = \"git+https://git.aoba.example/connector\"",
                "source = \"git+https://git.aoba.example/connector\"\nbuild_type = \"https://x.example/v1\"",
            ),
            ["true/6", "false/6", "true/6", "1/6", "gap"],
            &["build-type", "https://x.example/v1", "https://authority.test/build/v1"],
        ),
    ] {
        let found = found(&demo);
        assert_eq!(facts(&found), expected, "{case}: {:?}", found.remarks);
        let refusals = refusals(&found);
        assert_eq!(refusals.is_empty(), told.is_empty(), "{case}: {refusals:?}");
        for word in told {
            assert!(refusals.iter().any(|one| one.contains(word)), "{case} {word}: {refusals:?}");
        }
    }
}

/// The demo whose tender agrees on a signer and a builder.
fn agreeing(signer: (&str, &str), builder: &str, demo: Demo) -> Demo {
    demo.with_tender(SIGNER, signer.0)
        .with_tender(ISSUER, signer.1)
        .with_tender(BUILDER, builder)
}

#[test]
fn a_level_is_supported_by_what_was_verified_only() {
    let source = "git+https://github.com/aoba/connector";
    let built = |builder: &str| provenance(NAME, &artifact(), builder, source);
    let at_a_branch = GENERATOR.replace("refs/tags/v2.0.0", "refs/heads/main");
    for (case, signer, named, expected) in [
        (
            "the builder itself signed",
            (GENERATOR, GITHUB),
            GENERATOR,
            ["3/6", "3/2"],
        ),
        (
            "another agreed signer names it",
            (SIGNER, ISSUER),
            GENERATOR,
            ["1/6", "3/2"],
        ),
        (
            "its issuer is another",
            (GENERATOR, ISSUER),
            GENERATOR,
            ["1/6", "3/2"],
        ),
        (
            "nobody knows the builder",
            (GENERATOR, GITHUB),
            BUILDER,
            ["1/6", "gap"],
        ),
        // The agreed version counts to the letter, and as a trial only.
        (
            "at a branch",
            (at_a_branch.as_str(), GITHUB),
            at_a_branch.as_str(),
            ["2/6", "3/2"],
        ),
    ] {
        let demo = signed_by(signer, &built(named)).with_tender(SOURCE, source);
        let found = found(&agreeing(signer, named, demo));
        let facts = facts(&found);
        assert_eq!(facts[..3], ["true/6"; 3], "{case}: {:?}", found.remarks);
        assert_eq!(facts[3..], expected, "{case}");
    }
    // The table is data: one that knows nobody lets nothing be claimed.
    let mut demo = agreeing(
        (GENERATOR, GITHUB),
        GENERATOR,
        signed_by((GENERATOR, GITHUB), &built(GENERATOR)).with_tender(SOURCE, source),
    );
    let own = "id = \"own\"\nversion = \"1\"\n[title]\nja = \"x\"\nen = \"x\"\n[source]\ndocument = \"x\"\nmark = \"verified\"\n";
    let document = mekiki::tree::parse_toml(own.as_bytes()).unwrap();
    let complaints = mekiki::tree::Complaints::default();
    demo.library.builders = mekiki::provenance::Builders::read(&document, &complaints);
    assert_eq!(facts(&found(&demo))[4], "gap");
}

#[test]
fn what_cannot_be_verified_is_a_gap() {
    let authority = Authority::new();
    let bundle = authority
        .signer(SIGNER, ISSUER, AT)
        .sign_statement(&statement());
    let name = format!("{NAME}.provenance.sigstore.json");
    let envelope: Value = serde_json::from_str(&bundle).unwrap();
    for (case, demo) in [
        (
            "no trusted root",
            with_text(&authority, &name, bundle.clone()).without(|path| path.starts_with("trust/")),
        ),
        (
            "unsigned",
            with_text(
                &authority,
                &format!("{NAME}.intoto.json"),
                statement().to_string(),
            ),
        ),
        (
            "an envelope, while the tender agrees on an identity only",
            with_text(
                &authority,
                &format!("{NAME}.intoto.json"),
                envelope["dsseEnvelope"].to_string(),
            ),
        ),
    ] {
        let found = found(&demo);
        assert_eq!(facts(&found), ["gap"; 5], "{case}: {:?}", found.remarks);
    }
    let nothing = found(&Demo::new().without(is_provenance));
    assert_eq!(facts(&nothing), ["none"; 5]);
}

#[test]
fn lines_of_bundles_are_told_by_their_digests() {
    let authority = Authority::new();
    let line = |statement: &Value| {
        let bundle = authority
            .signer(SIGNER, ISSUER, AT)
            .sign_statement(statement);
        let bundle: Value = serde_json::from_str(&bundle).unwrap();
        bundle.to_string()
    };
    let other = line(&provenance(
        "other.tgz",
        b"another archive",
        BUILDER,
        SOURCE,
    ));
    let good = line(&statement());
    let both = found(&with_text(
        &authority,
        "all.intoto.jsonl",
        format!("{other}\n{good}\n"),
    ));
    assert_eq!(
        facts(&both),
        ["true/6", "true/6", "true/6", "1/6", "gap"],
        "{:?}",
        both.remarks
    );
    let places: Vec<_> = both
        .facts
        .iter()
        .filter(|one| one.key.as_str() == "delivery.provenance.level")
        .flat_map(|one| &one.citations)
        .filter(|one| one.file.rsplit('.').next() == Some("jsonl"))
        .map(|one| (one.at.line, one.at.pointer.clone().unwrap()))
        .collect();
    let payload = "/dsseEnvelope/payload".to_owned();
    assert_eq!(places, [(Some(1), payload.clone()), (Some(2), payload)]);
    let without = found(&with_text(
        &authority,
        "all.intoto.jsonl",
        format!("{other}\n{other}\n"),
    ));
    assert_eq!(facts(&without)[0], "false/6");
}

#[test]
fn a_source_that_is_no_repository_is_refused_with_the_tender() {
    let demo = Demo::new().with_tender(SOURCE, "connector");
    let refused = open_tender(&demo.library, demo.evidence.clone()).unwrap_err();
    assert!(
        refused
            .0
            .iter()
            .any(|one| one.code == "expectation-malformed"),
        "{refused:?}"
    );
}
