//! Signer and builder of the demo, agreed on by name, on the command line.

use mekiki::digest::Digest;

use crate::binary::mekiki;

const ROOT: &str = "fixtures/tenders/document-cloud/trust/trusted_root.json";
const ARTIFACT: &str =
    "fixtures/tenders/document-cloud/bids/aoba/delivery/aoba-bunsho-connector-1.4.0.tgz";
const SIGNER: &str = "https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0";
const ISSUER: &str = "https://oidc.aoba.example";
const BUILDER: &str = "https://ci.aoba.example/runners/hosted";

#[test]
fn a_builder_that_no_table_knows_is_agreed_on_together_with_its_signer() {
    let artifact = std::fs::read(ARTIFACT).unwrap();
    let subject = format!("sha256:{}", Digest::of(&artifact));
    let attestation = format!("{ARTIFACT}.provenance.sigstore.json");
    let check = |more: &[&str]| {
        let fixed = [
            "provenance",
            "check",
            "--attestation",
            &attestation,
            "--subject",
            &subject,
            "--trusted-root",
            ROOT,
            "--format",
            "json",
        ];
        mekiki(&[&fixed[..], more].concat())
    };
    let by = |builder, signer, issuer| {
        [
            ["--builder-id", builder],
            ["--certificate-identity", signer],
            ["--certificate-oidc-issuer", issuer],
        ]
        .concat()
    };
    let agreed = check(&by(BUILDER, SIGNER, ISSUER));
    assert_eq!(agreed.code, 0, "{agreed:?}");
    let view = agreed.json();
    assert_eq!(
        (&view["signature"], &view["level"]["supported"]),
        (&"verified".into(), &1.into())
    );
    for (case, arguments) in [
        (
            "another builder",
            by("https://ci.aoba.example/x", SIGNER, ISSUER),
        ),
        (
            "another signer",
            by(BUILDER, "https://ci.aoba.example/x", ISSUER),
        ),
        (
            "another issuer",
            by(BUILDER, SIGNER, "https://oidc.x.example"),
        ),
        ("no signer", vec!["--builder-id", BUILDER]),
        ("no builder", by(BUILDER, SIGNER, ISSUER).split_off(2)),
        (
            "nothing verified",
            [by(BUILDER, SIGNER, ISSUER), vec!["--policy-only"]].concat(),
        ),
    ] {
        let refused = check(&arguments);
        assert_eq!(refused.code, 1, "{case}: {refused:?}");
    }
}
