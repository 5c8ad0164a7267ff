//! The register of who may sign what: through the command line, with real signatures, and in a tender.

use mekiki::app::signature::SignatureRequest;
use mekiki::app::trust::{check, read_policy};
use mekiki::evidence::signature::{Artifact, CheckName, Kind};
use mekiki::trust::Purpose;
use serde_json::Value;

use crate::asked::{material, now};
use crate::authority::{Authority, raw_key_pair};
use crate::binary::{Scratch, mekiki};
use crate::demo::Demo;

const ARTIFACT: &[u8] = b"the delivered archive";
const ISSUER: &str = "https://accounts.authority.test";
const OLD: &str = "https://authority.test/release.yml@refs/tags/v1";
const NEW: &str = "https://authority.test/release.yml@refs/tags/v2";
/// 2024-03-01T00:00:00Z.
const AT: i64 = 1_709_251_200;

/// A register with one line for a Sigstore identity.
fn register(supplier: &str, purposes: &str, identity: &str, issuer: &str, from: &str) -> String {
    format!(
        "schema = \"mekiki/trust-policy/v1\"\n\n[[grant]]\nid = \"T-0001\"\nsupplier = \"{supplier}\"\nfor = [{purposes}]\nkinds = [\"sigstore\"]\nidentity = \"{identity}\"\nissuer = \"{issuer}\"\nfrom = \"{from}\"\nclause = \"CL-17\"\napproved_by = \"CISO\"\nadded = \"{from}\"\n"
    )
}

#[test]
fn a_change_of_signer_is_proven_and_blocks_until_it_is_approved() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = authority.signer(NEW, ISSUER, AT).sign_blob(ARTIFACT);
    let request = SignatureRequest {
        signature: Some(material("bundle", bundle.as_bytes())),
        kind: Some(Kind::Sigstore),
        trusted_root: Some(material("root", root.as_bytes())),
        ..SignatureRequest::new(Artifact::of_bytes(ARTIFACT), now())
    };
    let ask = |register: &str| {
        let policy = read_policy(material("policy.toml", register.as_bytes())).unwrap();
        check(&policy, "policy.toml", "aoba", Purpose::Artifact, &request).unwrap()
    };
    let old = register("aoba", "\"artifact\"", OLD, ISSUER, "2024-01-01");
    let changed = ask(&old).admission;
    assert!(changed.is_changed && !changed.verification.verified);
    let refusal = changed.verification.refusal().unwrap();
    assert_eq!(refusal.name, CheckName::Policy);
    assert!(
        refusal.detail.contains(OLD) && refusal.detail.contains(NEW),
        "{}",
        refusal.detail
    );

    let approved = old.clone()
        + &register("aoba", "\"artifact\"", NEW, ISSUER, "2024-03-01")
            .replace("schema = \"mekiki/trust-policy/v1\"\n", "")
            .replace("T-0001", "T-0002")
        + "replaces = \"T-0001\"\n";
    let admitted = ask(&approved).admission;
    assert_eq!(admitted.grant.as_deref(), Some("T-0002"));
    assert_eq!(admitted.verification.signer.identity.as_deref(), Some(NEW));
    assert!(admitted.verification.policy.unwrap().contains("CL-17"));

    // Approved from the day after the signature on.
    let late = ask(&approved.replace("2024-03-01", "2024-03-02")).admission;
    assert!(!late.verification.verified && !late.is_changed);
    assert!(
        late.verification
            .refusal()
            .unwrap()
            .detail
            .contains("not-yet")
    );
}

#[test]
fn the_register_is_kept_on_the_command_line() {
    let scratch = Scratch::new();
    let (key, sign) = raw_key_pair();
    let (other, _) = raw_key_pair();
    let policy = scratch.path("trust-policy.toml");
    let artifact = scratch.write("a.tgz", ARTIFACT);
    let signature = scratch.write("a.tgz.sig", sign(ARTIFACT));
    let key = scratch.write("aoba.pub", key);
    let other = scratch.write("new.pub", other);
    let add = |key: &str, more: &[&str]| {
        let fixed = [
            "trust",
            "add",
            "--policy",
            &policy,
            "--supplier",
            "aoba",
            "--for",
            "artifact",
            "--kind",
            "cosign",
            "--key",
            key,
            "--from",
            "2026-04-01",
            "--clause",
            "CL-17",
            "--approved-by",
            "CISO",
            "--format",
            "json",
        ];
        mekiki(&[&fixed[..], more].concat())
    };
    let check = |supplier: &str| {
        mekiki(&[
            "trust",
            "check",
            &artifact,
            "--signature",
            &signature,
            "--policy",
            &policy,
            "--supplier",
            supplier,
            "--as-of",
            "2026-06-01",
            "--format",
            "json",
        ])
    };
    assert_eq!(check("aoba").code, 3, "there is no register yet");
    assert_eq!(add(&key, &[]).json()["added"], "T-0001");
    let admitted = check("aoba");
    assert_eq!(admitted.code, 0, "{admitted:?}");
    let view = admitted.json();
    assert_eq!(view["schema"], "mekiki/trust-check/v1");
    assert_eq!(
        (&view["admitted"], &view["grant"], &view["changed"]),
        (
            &Value::from(true),
            &Value::from("T-0001"),
            &Value::from(false)
        )
    );
    let nobody = check("minami");
    assert_eq!(
        (nobody.code, &nobody.json()["admitted"]),
        (1, &Value::from(false))
    );

    // A second signer is a decision, not an accident.
    let silent = add(&other, &[]);
    assert_eq!(
        (silent.code, &silent.error()["error"]["code"]),
        (3, &Value::from("trust-signer-changes"))
    );
    assert_eq!(add(&other, &["--beside"]).json()["added"], "T-0002");
    assert_eq!(check("aoba").json()["grant"], "T-0001");

    let withdrawn = mekiki(&[
        "trust",
        "withdraw",
        "T-0001",
        "--policy",
        &policy,
        "--from",
        "2026-05-01",
        "--reason",
        "rotation",
        "--approved-by",
        "CISO",
        "--format",
        "json",
    ]);
    assert_eq!(withdrawn.code, 0, "{withdrawn:?}");
    let refused = check("aoba");
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(refused.json()["verification"]["refusal"]["check"], "policy");
    let listed = mekiki(&[
        "trust",
        "list",
        "--policy",
        &policy,
        "--as-of",
        "2026-06-01",
        "--format",
        "json",
    ]);
    let standings: Vec<_> = listed.json()["grants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| grant["standing"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(standings, ["withdrawn", "in-force"]);
    let unknown = mekiki(&[
        "trust",
        "withdraw",
        "T-0009",
        "--policy",
        &policy,
        "--reason",
        "x",
        "--approved-by",
        "y",
    ]);
    assert_eq!(unknown.code, 3);
}

const SIGNED: &str = "A19-2.integ.signature";
const AOBA: &str = "https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0";
const AOBA_ISSUER: &str = "https://oidc.aoba.example";

#[test]
fn in_a_tender_the_register_rules() {
    let before = Demo::new().verdicts(SIGNED);
    assert_eq!(before[0], "pass", "{before:?}");
    let with = |identity: &str, supplier: &str, from: &str| {
        Demo::new().with(
            "trust/policy.toml",
            register(
                supplier,
                "\"artifact\", \"sbom\", \"provenance\"",
                identity,
                AOBA_ISSUER,
                from,
            ),
        )
    };
    for (case, demo, expected) in [
        ("approved", with(AOBA, "aoba", "2026-01-01"), "pass"),
        (
            "another signer is approved",
            with("https://ci.aoba.example/x", "aoba", "2026-01-01"),
            "fail",
        ),
        (
            "approved too late",
            with(AOBA, "aoba", "2026-11-20"),
            "fail",
        ),
        (
            "approved for another supplier",
            with(AOBA, "hokuto", "2026-01-01"),
            "fail",
        ),
    ] {
        assert_eq!(demo.verdicts(SIGNED)[0], expected, "{case}");
    }
    let changed = with("https://ci.aoba.example/x", "aoba", "2026-01-01").record();
    assert!(changed.contains("signer-changed"));
}
