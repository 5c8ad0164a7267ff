//! Signatures and levels: what is supported by what was verified, and no more.

use super::*;
use crate::authority::{Authority, Fault, raw_key_pair};

fn with_root(root: &str) -> SignatureRequest<'_> {
    SignatureRequest {
        trusted_root: Some(material("root", root.as_bytes())),
        ..nothing()
    }
}

/// When the signatures of these tests are made.
pub(super) fn signed_at() -> i64 {
    now().as_second() - 3600
}

#[test]
fn a_level_is_supported_by_what_was_verified_alone() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let sign = |statement: &Value, identity: &str| {
        authority
            .signer(identity, ISSUER, signed_at())
            .sign_statement(statement)
    };
    let (go, own, maven) = (at_release(GO), at_release(OWN), at_release(MAVEN));
    let release = |builder: &str| plain(builder, "github.com/vendor/app", "refs/tags/v1.2.3");
    let trial = format!("{GO}@refs/heads/main");
    let on_trial = plain(
        &trial,
        "github.com/slsa-framework/example-package",
        "refs/heads/main",
    );
    let named = |builder: &str| Expectation {
        builder: Some(BuilderId::parse(builder)),
        ..artifact_alone()
    };
    for (case, statement, identity, expectation, passed, supported, claimed, last) in [
        (
            "isolated",
            release(&go),
            &*go,
            artifact_alone(),
            true,
            3,
            Some(3),
            Reason::Isolated,
        ),
        (
            "isolated, agreed by name",
            release(&go),
            &go,
            named(GO),
            true,
            3,
            Some(3),
            Reason::Isolated,
        ),
        (
            "delegated",
            release(&maven),
            &at_release(DELEGATOR),
            named(MAVEN),
            true,
            3,
            Some(3),
            Reason::Isolated,
        ),
        (
            "on trial",
            on_trial,
            &trial,
            artifact_alone(),
            true,
            2,
            Some(3),
            Reason::NotReleased,
        ),
        (
            "delegated to nobody known",
            release(&own),
            &at_release(DELEGATOR),
            named(OWN),
            true,
            2,
            None,
            Reason::NotIsolated,
        ),
        (
            "nobody says where it runs",
            release(&own),
            &own,
            named(OWN),
            true,
            1,
            None,
            Reason::NotHosted,
        ),
        (
            "named by another",
            release(&go),
            &own,
            artifact_alone(),
            false,
            1,
            Some(3),
            Reason::BuilderNotAccepted,
        ),
    ] {
        let bundle = sign(&statement, identity);
        let outcome = ask(bundle.as_bytes(), &expectation, false, with_root(&root)).unwrap();
        assert_eq!(
            outcome.passed, passed,
            "{case}: {:#?}",
            outcome.judgment.checks
        );
        assert_eq!(outcome.signature, Signature::Verified, "{case}");
        assert_eq!(
            outcome.level.supported, supported,
            "{case}: {:?}",
            outcome.level
        );
        assert_eq!(outcome.level.claimed, claimed, "{case}");
        assert_eq!(outcome.level.reasons.last(), Some(&last), "{case}");

        // The same words are worth level 1 where nobody verified the signature, and nothing under another root.
        let unverified = ask(bundle.as_bytes(), &expectation, false, nothing()).unwrap();
        assert_eq!(unverified.missing, [Missing::TrustedRoot], "{case}");
        assert_eq!(unverified.is_unverifiable(), passed, "{case}");
        assert_eq!(unverified.level.supported, 1, "{case}");
        let other = Authority::new().trusted_root();
        let refused = ask(bundle.as_bytes(), &expectation, false, with_root(&other)).unwrap();
        assert!(
            !refused.passed && refused.signature == Signature::Failed,
            "{case}"
        );
        assert_eq!(refused.level.supported, 0, "{case}");
    }
    let bundle = sign(&release(&go), &go);
    let other = Expectation {
        subject: vec![(Algorithm::Sha256, Digest::of(b"x").hex())],
        ..Expectation::default()
    };
    let outcome = ask(bundle.as_bytes(), &other, false, with_root(&root)).unwrap();
    assert_eq!(outcome.level.supported, 0);
    assert_eq!(outcome.level.reasons, [Reason::NoProvenance]);
    // An expected signer of the caller's is held as well.
    let expected = SignatureRequest {
        identity: Some(mekiki::evidence::signature::Expected::Exact(own.clone())),
        ..with_root(&root)
    };
    let outcome = ask(bundle.as_bytes(), &artifact_alone(), false, expected).unwrap();
    assert!(!outcome.passed && outcome.signature == Signature::Failed);
}

#[test]
fn no_fault_of_a_bundle_passes() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let go = at_release(GO);
    let statement = plain(&go, "github.com/vendor/app", "refs/tags/v1.2.3");
    for fault in [
        Fault::UntrustedCertificate,
        Fault::WrongSct,
        Fault::NoSct,
        Fault::BadInclusionProof,
        Fault::BadCheckpointSignature,
        Fault::BadPromise,
        Fault::IntegratedTimeOutsideCertificate,
        Fault::SignatureOverOtherBytes,
        Fault::LogEntryForOtherArtifact,
        Fault::ExtraSignature,
    ] {
        let bundle = authority
            .signer(&go, ISSUER, signed_at())
            .with_fault(fault)
            .sign_statement(&statement);
        let outcome = ask(
            bundle.as_bytes(),
            &artifact_alone(),
            false,
            with_root(&root),
        );
        assert!(!outcome.is_ok_and(|outcome| outcome.passed), "{fault:?}");
    }
}

/// The envelope of a bundle with the certificate beside its signature, as some builders write it.
fn with_certificate_beside(bundle: &str) -> Value {
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let raw = bundle["verificationMaterial"]["certificate"]["rawBytes"]
        .as_str()
        .unwrap();
    let lines: Vec<_> = raw
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let mut envelope = bundle["dsseEnvelope"].clone();
    envelope["signatures"][0]["cert"] = json!(format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    ));
    envelope
}

#[test]
fn a_certificate_beside_a_signature_proves_no_time() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let go = at_release(GO);
    let statement = plain(&go, "github.com/vendor/app", "refs/tags/v1.2.3");
    let bundle = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&statement);
    let good = with_certificate_beside(&bundle);
    let refusal = |envelope: &Value, root: &str| {
        let bytes = envelope.to_string();
        let outcome = ask(bytes.as_bytes(), &artifact_alone(), false, with_root(root)).unwrap();
        assert!(!outcome.passed);
        assert!(outcome.level.supported < 2);
        (
            outcome.signature,
            outcome.verifications[0].refusal().unwrap().name,
        )
    };
    assert_eq!(
        refusal(&good, &root),
        (Signature::NotChecked, SignatureCheck::TransparencyLog)
    );
    assert_eq!(
        refusal(&good, &Authority::new().trusted_root()),
        (Signature::Failed, SignatureCheck::CertificateChain)
    );
    let secret = |fault| {
        let signer = authority.signer(&go, ISSUER, signed_at()).with_fault(fault);
        with_certificate_beside(&signer.sign_statement(&statement))
    };
    assert_eq!(
        refusal(&secret(Fault::WrongSct), &root),
        (Signature::Failed, SignatureCheck::CertificateTransparency)
    );
    assert_eq!(
        refusal(&secret(Fault::NoSct), &root),
        (Signature::NotChecked, SignatureCheck::TransparencyLog)
    );
    let later = authority
        .signer(&go, ISSUER, now().as_second() + 3600)
        .sign_statement(&statement);
    assert_eq!(
        refusal(&with_certificate_beside(&later), &root),
        (Signature::Failed, SignatureCheck::CertificateValidity)
    );
    let other = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&statement);
    let mut forged = good.clone();
    forged["signatures"][0]["sig"] =
        with_certificate_beside(&other)["signatures"][0]["sig"].clone();
    assert_eq!(
        refusal(&forged, &root),
        (Signature::Failed, SignatureCheck::Signature)
    );
    // Every check of fields holds all the same where only they are asked.
    assert!(by_policy(good.to_string().as_bytes(), &artifact_alone()).passed);
}

/// A key that was agreed proves the words, and the builder only where the two were agreed together.
#[test]
fn an_envelope_is_verified_under_a_key() {
    let (key, sign) = raw_key_pair();
    let (other, _) = raw_key_pair();
    let sealed = |statement: &Value| {
        let payload = statement.to_string();
        let kind = "application/vnd.in-toto+json";
        let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
        let mut envelope = unsigned(statement);
        envelope["signatures"][0]["sig"] = json!(sign(signed.as_bytes()));
        envelope
    };
    let under = |key: &str, envelope: &Value, expectation: &Expectation| {
        let trust = SignatureRequest {
            keys: vec![material("key", key.as_bytes())],
            ..nothing()
        };
        ask(envelope.to_string().as_bytes(), expectation, false, trust).unwrap()
    };
    let named = |builder: &str| Expectation {
        builder: Some(BuilderId::parse(builder)),
        ..artifact_alone()
    };
    let service = "https://cloudbuild.googleapis.com/GoogleHostedWorker";
    let release = |builder: &str| plain(builder, "github.com/vendor/app", "refs/tags/v1.2.3");
    for (case, builder, expectation, supported) in [
        (
            "a builder that signs by certificates",
            at_release(GO),
            artifact_alone(),
            1,
        ),
        (
            "a builder that only the key's holder knows",
            "https://ci.vendor.example".to_owned(),
            named("https://ci.vendor.example"),
            1,
        ),
        ("a service", service.to_owned(), artifact_alone(), 2),
        (
            "a service that was agreed with its key",
            service.to_owned(),
            named(service),
            3,
        ),
    ] {
        let envelope = sealed(&release(&builder));
        let outcome = under(&key, &envelope, &expectation);
        assert!(outcome.passed, "{case}: {:#?}", outcome.verifications);
        assert_eq!(outcome.level.supported, supported, "{case}");
        let outcome = under(&other, &envelope, &expectation);
        assert!(
            !outcome.passed && outcome.signature == Signature::Failed,
            "{case}"
        );
        assert_eq!(outcome.level.supported, 0, "{case}");
        let mut forged = sealed(&release(&at_release(OWN)));
        forged["payload"] = envelope["payload"].clone();
        let outcome = under(&key, &forged, &expectation);
        assert!(
            !outcome.passed && outcome.signature == Signature::Failed,
            "{case}"
        );
    }
    // A certificate that anybody laid beside the signature of a key raises no level.
    let authority = Authority::new();
    let go = at_release(GO);
    let bundle = authority
        .signer(&go, ISSUER, signed_at())
        .sign_statement(&release(&go));
    let mut envelope = sealed(&release(&go));
    envelope["signatures"][0]["cert"] =
        with_certificate_beside(&bundle)["signatures"][0]["cert"].clone();
    let outcome = under(&key, &envelope, &artifact_alone());
    assert_eq!(outcome.signature, Signature::Verified);
    assert_eq!(
        outcome.level.reasons.last(),
        Some(&Reason::KeyIsNotBuilders)
    );
    // Nor does it vouch for a builder that nobody agreed on.
    let strange = release(&at_release(OWN));
    let bundle = authority
        .signer(&at_release(DELEGATOR), ISSUER, signed_at())
        .sign_statement(&strange);
    let mut envelope = sealed(&strange);
    assert!(!under(&key, &envelope, &artifact_alone()).passed);
    envelope["signatures"][0]["cert"] =
        with_certificate_beside(&bundle)["signatures"][0]["cert"].clone();
    let outcome = under(&key, &envelope, &artifact_alone());
    assert_eq!(outcome.signature, Signature::Verified);
    assert!(!outcome.passed);
}
