//! Whose word on the builder counts.

use mekiki::evidence::provenance::{Attestation, SignerClaims, Wrapping, read};
use mekiki::provenance::check;

use super::*;

/// An attestation whose certificate claims `identity`, without a signature.
fn claimed(builder: &str, identity: &str, issuer: &str, runner: Option<&str>) -> Attestation {
    let mut statement = statement(builder);
    statement["subject"][1]["name"] = json!("app.tgz");
    let bytes = unsigned(&statement).to_string();
    let mut file = read(bytes.as_bytes()).unwrap();
    let mut attestation = file.readable.remove(0);
    attestation.wrapping = Wrapping::Bundle;
    attestation.signer = Some(SignerClaims {
        identity: some(identity),
        issuer: some(issuer),
        source_repository: some("https://github.com/vendor/app"),
        source_reference: some("refs/tags/v1.2.3"),
        source_commit: some(COMMIT),
        runner_environment: runner.map(str::to_owned),
        der: Vec::new(),
    });
    attestation
}

/// Who is named as the builder, whom the certificate names, who was agreed, and where it ran: capitals are
/// addresses without a version, the others stand at the tag of a release where nothing else is said.
const BUILDERS: &str = "
trusted by default                           | go         | go             | -         | -             | holds
agreed by name                               | go         | go             | GO        | -             | holds
agreed with its version                      | go         | go             | go        | -             | holds
another one is agreed                        | go         | go             | MAVEN     | -             | fails
another version is agreed                    | go         | go             | go@main   | -             | fails
names one, signed by another                 | go         | own            | -         | -             | fails
names one that is agreed, signed by another  | go         | own            | GO        | -             | fails
names another version than signed            | go         | go@main        | -         | -             | fails
at a branch                                  | go@main    | go@main        | -         | -             | fails
at a branch, agreed by name alone            | go@main    | go@main        | GO        | -             | fails
at a branch, agreed to the letter            | go@main    | go@main        | go@main   | -             | holds
nobody knows it                              | own@tag    | own@tag        | -         | -             | fails
nobody knows it, agreed by name              | own@tag    | own@tag        | OWN       | -             | holds
delegated                                    | maven      | delegator      | -         | -             | holds
delegated, agreed by name                    | maven      | delegator      | MAVEN     | -             | holds
delegated, the delegator is agreed           | maven      | delegator      | DELEGATOR | -             | fails
delegated by a branch                        | maven      | delegator@main | -         | -             | fails
delegated to a branch                        | maven@main | delegator      | -         | -             | fails
signs for itself though it cannot            | maven      | maven          | -         | -             | fails
on a platform                                | hosted     | own            | hosted    | github-hosted | holds
on a platform, not agreed                    | hosted     | own            | -         | github-hosted | fails
on a platform, on a machine of their own     | hosted     | own            | hosted    | self-hosted   | fails
on a platform, nobody says where             | hosted     | own            | hosted    | -             | fails
on a platform, by a workflow of others       | hosted     | evil           | hosted    | github-hosted | fails
a platform's longer name                     | hosted     | own            | hosted2   | github-hosted | fails
an address that is longer                    | go x       | go x           | -         | -             | fails
an address in another repository             | evil go    | evil go        | -         | -             | fails
";

#[test]
fn the_name_in_the_certificate_decides_on_the_builder() {
    let builders = builders(&Origin::default()).unwrap();
    let go = at_release(GO);
    let words = |word: &str| match word {
        "go" => go.clone(),
        "go@main" => format!("{GO}@refs/heads/main"),
        "go x" => format!("{GO}x@refs/tags/v1.0.0"),
        "maven" => at_release(MAVEN),
        "maven@main" => format!("{MAVEN}@refs/heads/main"),
        "delegator" => at_release(DELEGATOR),
        "delegator@main" => format!("{DELEGATOR}@refs/heads/main"),
        "own" => format!("{OWN}@refs/heads/main"),
        "own@tag" => at_release(OWN),
        "evil" => at_release("https://github.com/evil/app/.github/workflows/release.yml"),
        "evil go" => format!("https://github.com/evil/{GO}@refs/tags/v1.0.0"),
        "hosted" => HOSTED.to_owned(),
        "hosted2" => format!("{HOSTED}2"),
        "GO" => GO.to_owned(),
        "MAVEN" => MAVEN.to_owned(),
        "DELEGATOR" => DELEGATOR.to_owned(),
        "OWN" => OWN.to_owned(),
        other => panic!("{other}"),
    };
    for line in BUILDERS.trim().lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [case, builder, identity, expected, runner, holds] = cells[..] else {
            panic!("{line}");
        };
        let (builder, identity) = (&*words(builder), &*words(identity));
        let expected = (expected != "-").then(|| words(expected));
        let expected = expected.as_deref();
        let runner = (runner != "-").then_some(runner);
        let holds = holds == "holds";
        let expectation = Expectation {
            builder: expected.map(BuilderId::parse),
            ..artifact_alone()
        };
        let attestation = claimed(builder, identity, ISSUER, runner);
        let judgment = check(&attestation, None, &expectation, &builders);
        assert_eq!(
            judgment.holds(CheckName::BuilderId),
            holds,
            "{case}: {:#?}",
            judgment.checks
        );
        let by_others = claimed(builder, identity, "https://accounts.google.com", runner);
        let judgment = check(&by_others, None, &expectation, &builders);
        assert!(
            !judgment.holds(CheckName::BuilderId),
            "{case}, vouched for by others"
        );
        let mut nameless = attestation.clone();
        nameless.signer.as_mut().unwrap().identity = None;
        let judgment = check(&nameless, None, &expectation, &builders);
        assert!(
            !judgment.holds(CheckName::BuilderId),
            "{case}, without a name"
        );
    }
}

#[test]
fn the_certificate_and_the_statement_must_agree() {
    let builders = builders(&Origin::default()).unwrap();
    let go = at_release(GO);
    let expectation = Expectation {
        builder: None,
        build_type: None,
        parameters: Vec::new(),
        package_name: None,
        package_version: None,
        ..agreed()
    };
    let good = claimed(&go, &go, ISSUER, None);
    assert!(check(&good, None, &expectation, &builders).passed());
    let broken = |change: fn(&mut SignerClaims)| {
        let mut attestation = good.clone();
        change(attestation.signer.as_mut().unwrap());
        let judgment = check(&attestation, None, &expectation, &builders);
        judgment
            .checks
            .iter()
            .filter(|check| !check.passed)
            .map(|check| check.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        broken(|signer| signer.source_repository = some("https://github.com/evil/app")),
        [CheckName::SourceUri]
    );
    assert_eq!(
        broken(|signer| signer.source_commit = some("0000000000000000000000000000000000000000")),
        [CheckName::Statement]
    );
    let failed = broken(|signer| signer.source_reference = some("refs/heads/main"));
    assert!(failed.contains(&CheckName::Statement) && failed.contains(&CheckName::SourceTag));
}
