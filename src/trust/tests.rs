use super::*;
use crate::evidence::signature::{Check, CheckName, Trust, Verification};
use crate::time::{Timestamp, end_of_day, parse_day};

const POLICY: &str = r#"schema = "mekiki/trust-policy/v1"

[[grant]]
id = "T-0001"
supplier = "aoba"
for = ["artifact", "sbom"]
kinds = ["sigstore"]
identity = "https://ci.example/old"
issuer = "https://accounts.example"
from = "2026-04-01"
clause = "CL-17"
approved_by = "CISO"
added = "2026-03-20"

[[grant]]
id = "T-0002"
supplier = "aoba"
for = ["artifact"]
kinds = ["sigstore"]
identity = "https://ci.example/new"
issuer = "https://accounts.example"
from = "2026-07-01"
until = "2026-12-31"
clause = "CL-17"
approved_by = "CISO"
added = "2026-06-20"
replaces = "T-0001"

[[grant]]
id = "T-0003"
supplier = "minami"
for = ["artifact"]
kinds = ["minisign"]
keys = ["RWQ", "RWR"]
threshold = 2
from = "2026-04-01"
clause = "CL-17"
approved_by = "CISO"
added = "2026-03-20"
"#;

fn day(text: &str) -> Date {
    parse_day(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    end_of_day(day(text))
}

fn codes(text: &str) -> Vec<&'static str> {
    let faults = parse(text.as_bytes()).unwrap_err();
    faults.iter().map(|fault| fault.code).collect()
}

/// A verification that is verified if `identity` is what is trusted, signed at `time`.
fn signed_by(identity: &str, time: Option<&str>, trust: &Trust<'_>) -> Verification {
    let mut verification = Verification::unjudged(Kind::Sigstore);
    let expected = trust.identity.as_ref().unwrap();
    verification.verified = expected.admits(identity);
    verification.checks.push(Check {
        name: CheckName::Identity,
        passed: verification.verified,
        detail: identity.to_owned(),
    });
    verification.signer.identity = Some(identity.to_owned());
    verification.signer.times = time.map(str::to_owned).into_iter().collect();
    verification
}

fn ask(supplier: &'static [&'static str], purpose: Purpose) -> Ask<'static> {
    Ask {
        suppliers: supplier,
        purpose,
        kind: Kind::Sigstore,
        file: "policy.toml",
    }
}

fn answer(
    text: &str,
    ask: &Ask<'_>,
    identity: &str,
    time: Option<&str>,
    judged: &str,
) -> Admission {
    let policy = parse(text.as_bytes()).unwrap();
    admit(&policy, ask, &Trust::none(at(judged)), &|trust| {
        Ok(signed_by(identity, time, trust))
    })
    .unwrap()
}

const AOBA: Ask<'static> = Ask {
    suppliers: &["aoba", "1234567890123"],
    purpose: Purpose::Artifact,
    kind: Kind::Sigstore,
    file: "policy.toml",
};

#[test]
fn a_grant_stands_by_its_days_its_successor_and_its_withdrawal() {
    let policy = parse(POLICY.as_bytes()).unwrap();
    let standing = |id: &str, on: &str| {
        let grant = policy.grants.iter().find(|grant| grant.id == id).unwrap();
        policy.standing(grant, day(on))
    };
    for (id, on, expected) in [
        ("T-0001", "2026-03-31", Standing::NotYet),
        ("T-0001", "2026-04-01", Standing::InForce),
        ("T-0001", "2026-06-30", Standing::InForce),
        ("T-0001", "2026-07-01", Standing::Replaced),
        ("T-0002", "2026-06-30", Standing::NotYet),
        ("T-0002", "2026-12-31", Standing::InForce),
        ("T-0002", "2027-01-01", Standing::Ended),
    ] {
        assert_eq!(standing(id, on), expected, "{id} on {on}");
    }
    let withdrawn = |compromised| {
        withdrawal_text(
            POLICY,
            &NewWithdrawal {
                grant: "T-0003",
                from: day("2026-09-01"),
                compromised,
                reason: "rotation",
                approved_by: "CISO",
                added: day("2026-08-30"),
            },
        )
    };
    let at_all = |text: &str, on: &str| {
        let policy = parse(text.as_bytes()).unwrap();
        policy.standing(&policy.grants[2], day(on))
    };
    assert_eq!(at_all(&withdrawn(false), "2026-08-31"), Standing::InForce);
    assert_eq!(at_all(&withdrawn(false), "2026-09-01"), Standing::Withdrawn);
    assert_eq!(
        at_all(&withdrawn(true), "2026-08-31"),
        Standing::Compromised
    );
}

#[test]
fn a_signer_is_admitted_on_the_days_of_its_grant() {
    let old = "https://ci.example/old";
    let new = "https://ci.example/new";
    for (identity, time, judged, grant) in [
        (
            old,
            Some("2026-05-01T00:00:00Z"),
            "2026-11-26",
            Some("T-0001"),
        ),
        (
            new,
            Some("2026-07-01T00:00:00Z"),
            "2026-11-26",
            Some("T-0002"),
        ),
        // Judged by the day of signing, also when the grant has ended since.
        (
            new,
            Some("2026-12-31T23:59:59Z"),
            "2027-06-01",
            Some("T-0002"),
        ),
        // Signed outside of the grant.
        (old, Some("2026-07-01T00:00:00Z"), "2026-11-26", None),
        (new, Some("2026-06-30T23:59:59Z"), "2026-11-26", None),
        // No time is proven: the day of judgment counts.
        (old, None, "2026-05-01", Some("T-0001")),
        (old, None, "2026-11-26", None),
    ] {
        let found = answer(POLICY, &AOBA, identity, time, judged);
        assert_eq!(
            found.grant.as_deref(),
            grant,
            "{identity} {time:?} {judged}"
        );
        assert_eq!(found.verification.verified, grant.is_some());
        assert!(!found.is_changed);
        let last = found.verification.checks.last().unwrap();
        assert_eq!(
            (last.name, last.passed),
            (CheckName::Policy, grant.is_some())
        );
        let Some(grant) = grant else {
            assert_eq!(found.verification.policy, None);
            assert_eq!(found.verification.signer.identity, None);
            continue;
        };
        let line = found.verification.policy.unwrap();
        assert!(line.starts_with("policy.toml:"), "{line}");
        assert!(line.contains(grant) && line.contains("CL-17"), "{line}");
    }
}

#[test]
fn another_signer_is_a_change_that_names_both() {
    let time = Some("2026-08-01T00:00:00Z");
    let found = answer(POLICY, &AOBA, "https://evil.example/x", time, "2026-08-02");
    assert!(found.is_changed && !found.verification.verified);
    let refusal = found.verification.refusal().unwrap();
    assert_eq!(refusal.name, CheckName::Policy);
    assert!(
        refusal.detail.contains("https://evil.example/x"),
        "{}",
        refusal.detail
    );
    assert!(
        refusal.detail.contains("https://ci.example/new"),
        "{}",
        refusal.detail
    );
    assert!(
        !refusal.detail.contains("https://ci.example/old"),
        "{}",
        refusal.detail
    );
}

#[test]
fn another_purpose_supplier_or_kind_is_not_granted() {
    let time = Some("2026-08-01T00:00:00Z");
    let new = "https://ci.example/new";
    for ask in [
        ask(&["aoba"], Purpose::Vex),
        ask(&["minami"], Purpose::Artifact),
        ask(&["nobody"], Purpose::Artifact),
    ] {
        let found = answer(POLICY, &ask, new, time, "2026-08-02");
        assert!(!found.verification.verified, "{ask:?}");
        assert_eq!(
            found.verification.refusal().unwrap().name,
            CheckName::Policy
        );
        // Nobody is granted this by that name, so nobody has changed; where somebody is, somebody has.
        assert_eq!(found.is_changed, ask.suppliers == ["minami"], "{ask:?}");
    }
}

#[test]
fn every_fault_of_a_register_is_named() {
    assert_eq!(codes("schema = \"x\""), ["schema-unknown"]);
    for (from, to, expected) in [
        ("id = \"T-0002\"", "id = \"T-0001\"", "trust-grant-repeated"),
        (
            "replaces = \"T-0001\"",
            "replaces = \"T-0009\"",
            "trust-grant-unknown",
        ),
        (
            "for = [\"artifact\", \"sbom\"]",
            "for = []",
            "trust-grant-empty",
        ),
        ("kinds = [\"minisign\"]", "kinds = []", "trust-grant-empty"),
        (
            "kinds = [\"minisign\"]",
            "kinds = [\"minisig\"]",
            "unknown-word",
        ),
        (
            "keys = [\"RWQ\", \"RWR\"]\nthreshold = 2\n",
            "",
            "trust-signer-missing",
        ),
        ("threshold = 2", "threshold = 3", "trust-threshold"),
        ("threshold = 2", "threshold = 0", "trust-threshold"),
        (
            "until = \"2026-12-31\"",
            "until = \"2026-06-30\"",
            "period-reversed",
        ),
        (
            "identity = \"https://ci.example/new\"",
            "identity = \"https://ci.example/new\"\nidentity_pattern = \"x\"",
            "trust-signer-twice",
        ),
        (
            "identity = \"https://ci.example/new\"",
            "identity_pattern = \"(\"",
            "pattern-malformed",
        ),
        ("clause = \"CL-17\"", "", "missing-field"),
        ("from = \"2026-07-01\"", "from = \"1 July\"", "wrong-type"),
    ] {
        assert!(POLICY.contains(from), "{from}");
        let broken = POLICY.replacen(from, to, 1);
        assert!(
            codes(&broken).contains(&expected),
            "{expected}: {:?}",
            codes(&broken)
        );
    }
    let withdrawal = "\n[[withdrawal]]\ngrant = \"T-0009\"\nfrom = \"2026-01-01\"\nreason = \"x\"\napproved_by = \"y\"\nadded = \"2026-01-01\"\n";
    assert_eq!(
        codes(&format!("{POLICY}{withdrawal}")),
        ["trust-grant-unknown"]
    );
}

#[test]
fn what_is_added_reads_back_and_leaves_the_rest_alone() {
    let key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_owned();
    let grant = |id| {
        let materials = [(
            "keys",
            vec![key.clone(), "it's '''odd'''\n\u{7}".to_owned()],
        )];
        let texts = [
            ("clause", "CL-17 \"b\"".to_owned()),
            ("approved_by", "佐藤".to_owned()),
        ];
        move |before: &str| {
            grant_text(
                before,
                &NewGrant {
                    id,
                    supplier: "aoba",
                    purposes: &[Purpose::Artifact, Purpose::Vex],
                    kinds: &[Kind::Cosign, Kind::Dsse],
                    signer: &[],
                    materials: &materials,
                    threshold: 2,
                    from: day("2026-04-01"),
                    until: Some(day("2027-03-31")),
                    texts: &texts,
                    added: day("2026-03-01"),
                },
            )
        }
    };
    let first = grant("T-0001")("");
    let both = grant("T-0002")(&first);
    assert!(both.starts_with(&first));
    let policy = parse(both.as_bytes()).unwrap();
    assert_eq!(policy.grants.len(), 2);
    let read = &policy.grants[1];
    assert_eq!(read.keys, [key.clone(), "it's '''odd'''\n\u{7}".to_owned()]);
    assert_eq!(
        (read.clause.as_str(), read.approved_by.as_str()),
        ("CL-17 \"b\"", "佐藤")
    );
    assert_eq!((read.threshold, read.until), (2, Some(day("2027-03-31"))));
    assert_eq!(policy.next_id(), "T-0003");
}
