//! Advisories in the verification of a delivery: the feed, what could be judged, exploitation, severity and VEX.

pub(crate) mod sample;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use crate::signer::Signer;
use sample::{Case, DAY, EXPLOITED, HIGH, MEDIUM, UNRATED, Verified};

const SHELF: &str = "pkg:npm/shelf-reader@1.4.0";
const LAMP: &str = "pkg:npm/desk-lamp@1.0.0";
const NOTES: &str = "pkg:pypi/weather-notes@1.0";
const THING: &str = "pkg:npm/unrated-thing@1.0.0";
const CLEAN: &str = "pkg:npm/shelf-reader@2.0.0";

const TERMS: &str = "[terms]\nseverity_threshold = 7\nfix_days = 30\nexploited_fix_days = 7\n";

fn verdicts(verified: &Verified) -> [&str; 5] {
    [
        "advisory.feed",
        "advisory.judged",
        "advisory.exploited",
        "advisory.severity",
        "advisory.vex",
    ]
    .map(|id| verified.check(id))
}

#[test]
fn a_clean_delivery_passes() {
    let case = Case::of(&[CLEAN]);
    let verified = case.verify();
    assert_eq!(
        verdicts(&verified),
        ["pass", "pass", "pass", "pass", "not_applicable"]
    );
    let inputs = verified.0["inputs"].as_array().unwrap();
    let feed = inputs.iter().find(|one| one["role"] == "feed").unwrap();
    assert_eq!(feed["path"], "feed");
    assert!(
        !verified.0.to_string().contains(&case.scratch.root()),
        "no path of this machine"
    );
}

#[test]
fn what_is_exploited_fails_at_the_line_of_the_sbom() {
    let case = Case::of(&[SHELF]);
    let verified = case.verify();
    assert_eq!(
        verdicts(&verified),
        ["pass", "pass", "fail", "pass", "not_applicable"]
    );
    let finding = verified.finding("advisory.exploited");
    assert_eq!(
        finding["message"]["en"],
        "pkg:npm/shelf-reader@1.4.0 has CVE-2026-10001 (critical 9.8), which is known to be exploited; fixed in 2.0.0"
    );
    assert_eq!(finding["subject"], SHELF);
    let weakness = &finding["weakness"];
    assert_eq!(weakness["ids"], json!([EXPLOITED, "GHSA-aaaa-0001-shlf"]));
    assert_eq!(
        (&weakness["tenths"], &weakness["exploited"]),
        (&json!(98), &json!(true))
    );
    let place = &finding["citations"][0];
    assert_eq!(place["file"], "bom.json");
    let sbom = std::fs::read_to_string(case.scratch.path("delivered/bom.json")).unwrap();
    let line = usize::try_from(place["at"]["line"].as_u64().unwrap()).unwrap();
    let around: String = sbom.lines().skip(line - 1).take(6).collect();
    assert!(around.contains(SHELF), "{line}: {around}");
    assert!(
        finding["citations"][1]["file"]
            .as_str()
            .is_some_and(|file| file.rsplit('.').next() == Some("json"))
    );
    assert!(
        verified.0["headline"]["en"]
            .as_str()
            .unwrap()
            .contains(EXPLOITED)
    );
}

#[test]
fn the_agreed_score_decides_and_unrated_is_never_below() {
    let case = Case::of(&[LAMP, NOTES, THING]);
    let ids = |verified: &Verified, effect: &str| -> Vec<String> {
        let found = verified.findings("advisory.severity").into_iter();
        let mut ids: Vec<_> = found
            .filter(|one| one["effect"] == effect)
            .map(|one| one["weakness"]["ids"][0].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    // Nothing is agreed: everything counts, and it is said so.
    let verified = case.verify();
    assert_eq!(ids(&verified, "fails"), [HIGH, UNRATED, MEDIUM]);
    case.manifest(TERMS);
    let verified = case.verify();
    assert_eq!(ids(&verified, "fails"), [HIGH, UNRATED]);
    assert_eq!(ids(&verified, "notes"), [MEDIUM]);
    case.manifest("[terms]\nseverity_threshold = 9\n");
    assert_eq!(ids(&case.verify(), "fails"), [UNRATED]);
}

#[test]
fn in_operation_the_clocks_run() {
    let case = Case::of(&[SHELF, LAMP]);
    let operation = format!("stage = \"operation\"\n{TERMS}");
    case.manifest(&operation);
    // Exploited since the twentieth, seven days; published on the first, thirty days.
    for (day, exploited, severity) in [
        ("2026-08-25", "pass", "pass"),
        ("2026-08-27", "pass", "pass"),
        ("2026-08-28", "fail", "pass"),
        ("2026-08-31", "fail", "pass"),
        ("2026-09-01", "fail", "fail"),
    ] {
        let verified = case.verify_as_of(day);
        let found = [
            verified.check("advisory.exploited"),
            verified.check("advisory.severity"),
        ];
        assert_eq!(found, [exploited, severity], "{day}");
        assert_eq!(
            verified.finding("advisory.exploited")["weakness"]["due"],
            "2026-08-27"
        );
        assert_eq!(
            verified.finding("advisory.severity")["weakness"]["due"],
            "2026-08-31"
        );
    }
    case.manifest("stage = \"operation\"\n");
    let verified = case.verify();
    assert_eq!(verified.check("advisory.exploited"), "fail");
    assert!(
        verified
            .said("advisory.severity")
            .contains("no time is agreed")
    );
}

#[test]
fn without_a_good_feed_nothing_is_judged() {
    let missing = Case::without_feed(&[CLEAN]);
    let stale = Case::without_feed(&[CLEAN]);
    stale.import(true, "2026-07-01");
    let without_kev = Case::without_feed(&[CLEAN]);
    without_kev.import(false, "2026-08-24");
    let damaged = Case::of(&[CLEAN]);
    damage(&damaged);
    let pinned = Case::of(&[CLEAN]);
    pinned.scratch.edit(
        "delivery.toml",
        "feed = \"feed\"",
        &format!("feed = \"feed\"\nsnapshot = \"{}\"", "ab".repeat(32)),
    );
    for (case, name, said) in [
        (&missing, "missing", "there is no snapshot"),
        (
            &stale,
            "stale",
            "stale advisories: known until 2026-07-01, 55 days",
        ),
        (&without_kev, "without KEV", "no list of known exploited"),
        (&damaged, "damaged", "cannot be used"),
        (&pinned, "pinned", "abababababab, which the manifest pins"),
    ] {
        let verified = case.verify();
        assert_eq!(verified.check("advisory.feed"), "unverifiable", "{name}");
        let findings = verified.findings("advisory.feed");
        let told = findings
            .iter()
            .any(|one| one["message"]["en"].as_str().unwrap().contains(said));
        assert!(told, "{name}: {findings:#?}");
        assert!(
            !verified.0.to_string().contains(&case.scratch.root()),
            "{name}: no path of this machine"
        );
        assert_eq!(case.run(DAY).code, 3, "{name}");
    }
    assert_eq!(
        without_kev.verify().check("advisory.exploited"),
        "unverifiable"
    );
    assert_eq!(missing.verify().check("advisory.severity"), "unverifiable");
    let allowed = stale.scratch.path("delivery.toml");
    let text = std::fs::read_to_string(allowed).unwrap() + "maximum_age_days = 60\n";
    stale.scratch.write("delivery.toml", text);
    assert_eq!(
        stale.verify().check("advisory.feed"),
        "pass",
        "the contract allows it"
    );
}

/// Empties the index of every snapshot.
fn damage(case: &Case) {
    let mut open = vec![std::path::PathBuf::from(case.scratch.path("feed"))];
    let mut damaged = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.ends_with("index.bin") {
                let length = path.metadata().unwrap().len();
                std::fs::write(&path, vec![0; usize::try_from(length).unwrap()]).unwrap();
                damaged += 1;
            }
        }
    }
    assert_eq!(damaged, 1);
}

#[test]
fn the_pinned_snapshot_is_used_whatever_is_newer() {
    let case = Case::of(&[CLEAN]);
    let digest = |verified: &Verified| {
        let inputs = verified.0["inputs"].as_array().unwrap().clone();
        inputs.iter().find(|one| one["role"] == "feed").unwrap()["sha256"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = digest(&case.verify());
    case.scratch.edit(
        "delivery.toml",
        "feed = \"feed\"",
        &format!("feed = \"feed\"\nsnapshot = \"sha256:{first}\""),
    );
    case.import(true, "2026-08-25");
    assert_eq!(digest(&case.verify()), first);
}

#[test]
fn a_feed_among_what_was_delivered_is_none() {
    let case = Case::of(&[CLEAN]);
    std::fs::rename(
        case.scratch.path("feed"),
        case.scratch.path("delivered/feed"),
    )
    .unwrap();
    case.scratch.edit(
        "delivery.toml",
        "feed = \"feed\"",
        "feed = \"delivered/feed\"",
    );
    let verified = case.verify();
    assert_eq!(verified.check("advisory.feed"), "unverifiable");
    assert!(
        verified
            .said("advisory.feed")
            .contains("among what was delivered")
    );
}

#[test]
fn what_is_left_out_asks_nothing() {
    let case = Case::without_feed(&[SHELF]);
    case.manifest(
        "[[left_out]]\nwhat = \"feed\"\nreason = { ja = \"孤立網\", en = \"kept apart\" }\n",
    );
    let verified = case.verify();
    assert_eq!(verdicts(&verified), ["not_applicable"; 5]);
}

#[test]
fn what_cannot_be_judged_is_told_within_bounds() {
    let case = Case::of(&[]);
    let mut listed: Vec<_> = (0..30)
        .map(
            |index| json!({"type": "library", "name": format!("nameless-{index}"), "version": "1"}),
        )
        .collect();
    listed.push(sample::component(CLEAN));
    case.deliver_components(&listed);
    let verified = case.verify();
    assert_eq!(verified.check("advisory.judged"), "unverifiable");
    let findings = verified.findings("advisory.judged");
    assert_eq!(findings.len(), 21, "twenty and the number of the others");
    assert!(
        findings
            .iter()
            .any(|one| one["message"]["en"] == "10 more components cannot be judged")
    );
    case.scratch
        .write("delivered/bom.json", "{\"bomFormat\": \"CycloneDX\", ");
    let verified = case.verify();
    assert_eq!(verdicts(&verified)[1..4], ["unverifiable"; 3]);
    case.deliver(&[]);
    assert_eq!(
        case.verify().said("advisory.judged"),
        "`bom.json` lists nothing but the product itself"
    );
    let text = std::fs::read_to_string(case.scratch.path("delivered/bom.json")).unwrap();
    let (head, _) = text.split_once("\"metadata\"").unwrap();
    case.scratch
        .write("delivered/bom.json", format!("{head} \"components\": []}}"));
    assert_eq!(
        case.verify().check("advisory.judged"),
        "unverifiable",
        "an empty list says nothing"
    );
}

/// Signs a file in the folder by a fresh key, and puts the public key beside the manifest.
fn sign(case: &Case, path: &str, key: &str) {
    let signer = Signer::ed25519();
    let bytes = std::fs::read(case.scratch.path(path)).unwrap();
    let signature = BASE64_STANDARD.encode(signer.sign("EdDSA", &bytes));
    case.scratch.write(&format!("{path}.sig"), signature);
    case.scratch.write(key, signer.pem());
}

const SUPPLIERS: &str = "[[vex]]\npath = \"vex.json\"\n";

#[test]
fn a_statement_settles_only_when_the_agency_accepts_it() {
    let case = Case::of(&[LAMP]);
    case.vex("delivered/vex.json", HIGH, LAMP, &json!({}));
    // Unsigned: it changes nothing, and whoever relied on it is told.
    case.manifest(SUPPLIERS);
    let verified = case.verify();
    assert_eq!(
        (
            verified.check("advisory.severity"),
            verified.check("advisory.vex")
        ),
        ("fail", "fail")
    );
    assert!(
        verified
            .said("advisory.severity")
            .contains("`vex.json` states: not affected, which does not count: it is not signed")
    );
    assert_eq!(verified.said("advisory.vex"), "`vex.json` is not signed");
    // Signed, and nobody says by whom it should be.
    sign(&case, "delivered/vex.json", "agency/vex.pub");
    let verified = case.verify();
    assert_eq!(
        (
            verified.check("advisory.severity"),
            verified.check("advisory.vex")
        ),
        ("unverifiable", "unverifiable")
    );
    // Signed by agreement: the agency has to accept it.
    let signed = format!("{SUPPLIERS}[signer]\nkeys = [\"agency/vex.pub\"]\n");
    case.manifest(&signed);
    let verified = case.verify();
    assert_eq!(
        (
            verified.check("advisory.severity"),
            verified.check("advisory.vex")
        ),
        ("unverifiable", "pass")
    );
    assert!(
        verified
            .said("advisory.severity")
            .contains("which the agency has not accepted yet")
    );
    // Signed by somebody else.
    let other = Signer::ed25519();
    case.scratch.write("agency/vex.pub", other.pem());
    let verified = case.verify();
    assert_eq!(
        (
            verified.check("advisory.severity"),
            verified.check("advisory.vex")
        ),
        ("fail", "fail")
    );
    // Accepted: the agency keeps it as its own.
    let text = std::fs::read_to_string(case.scratch.path("delivered/vex.json")).unwrap();
    case.scratch.write("agency/vex.json", text);
    case.manifest("[[vex]]\npath = \"agency/vex.json\"\nlevel = \"agency\"\n");
    let verified = case.verify();
    assert_eq!(
        (
            verified.check("advisory.severity"),
            verified.check("advisory.vex")
        ),
        ("pass", "pass")
    );
    assert!(
        verified
            .said("advisory.severity")
            .contains("accepted by the agency")
    );
}

#[test]
fn nobody_becomes_the_agency_by_calling_themselves_so() {
    let case = Case::of(&[LAMP]);
    case.vex("delivered/vex.json", HIGH, LAMP, &json!({}));
    case.manifest("[[vex]]\npath = \"delivered/vex.json\"\nlevel = \"agency\"\n");
    let verified = case.verify();
    assert_eq!(verified.check("advisory.severity"), "fail");
    assert!(
        verified
            .findings("advisory.vex")
            .iter()
            .any(|one| one["effect"] == "unverifiable")
    );
    case.scratch.write(
        "agency/vex.json",
        case.vex("x.json", HIGH, LAMP, &json!({})),
    );
    case.manifest("[[vex]]\npath = \"agency/vex.json\"\nlevel = \"coordinator\"\n");
    assert_eq!(
        case.verify().check("advisory.severity"),
        "fail",
        "a coordinator does not know the delivery"
    );
    case.manifest("[[vex]]\npath = \"agency/vex.json\"\nlevel = \"king\"\n");
    assert_eq!(case.verify().check("advisory.vex"), "unverifiable");
}

#[test]
fn vex_for_another_product_is_named_with_that_product() {
    let case = Case::of(&[LAMP]);
    case.vex(
        "delivered/vex.json",
        HIGH,
        "pkg:npm/street-lamp@1.0.0",
        &json!({}),
    );
    case.manifest(SUPPLIERS);
    let verified = case.verify();
    assert_eq!(
        (
            verified.check("advisory.severity"),
            verified.check("advisory.vex")
        ),
        ("fail", "fail")
    );
    let findings = verified.findings("advisory.vex");
    let said = "VEX for another product: `vex.json` is about pkg:npm/street-lamp@1.0.0, which no delivered SBOM lists";
    assert!(
        findings.iter().any(|one| one["message"]["en"] == said),
        "{findings:#?}"
    );
    // Another version of what was delivered is another product as well.
    case.vex(
        "delivered/vex.json",
        HIGH,
        "pkg:npm/desk-lamp@0.9.0",
        &json!({}),
    );
    assert_eq!(case.verify().check("advisory.vex"), "fail");
}

#[test]
fn a_statement_owes_author_date_and_justification() {
    let case = Case::of(&[LAMP]);
    case.manifest(SUPPLIERS);
    let text = case.vex(
        "delivered/vex.json",
        HIGH,
        LAMP,
        &json!({"justification": null, "impact_statement": null}),
    );
    let verified = case.verify();
    let told = |verified: &Verified, part: &str| {
        let findings = verified.findings("advisory.vex");
        findings.iter().any(|one| {
            one["effect"] == "fails" && one["message"]["en"].as_str().unwrap().contains(part)
        })
    };
    assert!(
        told(&verified, "without a justification: 1"),
        "{:#?}",
        verified.findings("advisory.vex")
    );
    case.scratch.write(
        "delivered/vex.json",
        text.replace("\"author\":\"Library Desk\",", ""),
    );
    assert!(told(&case.verify(), "names no author"));
    case.scratch.write("delivered/vex.json", "{\"@context\": ");
    let verified = case.verify();
    assert_eq!(verified.check("advisory.vex"), "unverifiable");
    case.scratch.write("delivered/vex.json", "");
    std::fs::remove_file(case.scratch.path("delivered/vex.json")).unwrap();
    assert_eq!(case.verify().check("advisory.vex"), "unverifiable");
}

#[test]
fn taking_vex_away_never_helps() {
    let case = Case::of(&[SHELF, LAMP, NOTES]);
    let accepted = "[[vex]]\npath = \"agency/vex.json\"\nlevel = \"agency\"\n";
    for (vulnerability, product) in [(HIGH, LAMP), (EXPLOITED, SHELF), (MEDIUM, NOTES)] {
        for (path, more) in [
            ("agency/vex.json", accepted),
            ("delivered/vex.json", SUPPLIERS),
        ] {
            case.vex(path, vulnerability, product, &json!({}));
            for terms in ["", TERMS] {
                case.manifest(&format!("{more}{terms}"));
                let with = case.verify();
                case.manifest(terms);
                let without = case.verify();
                assert!(
                    without.worst() >= with.worst().min(2),
                    "{vulnerability} {path}"
                );
                for id in ["advisory.exploited", "advisory.severity"] {
                    let worse = without.check(id) == "fail" || without.check(id) == with.check(id);
                    assert!(worse, "{vulnerability} {path} {id}");
                }
            }
        }
    }
}

#[test]
fn the_same_vulnerability_is_one_finding_and_known_again() {
    let case = Case::of(&[LAMP]);
    let print = |verified: &Verified| {
        verified.finding("advisory.severity")["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = print(&case.verify());
    // Another place, another version: the same vulnerability that is left.
    case.deliver(&[CLEAN, "pkg:npm/desk-lamp@1.1.0"]);
    assert_eq!(print(&case.verify()), first);
    let twice = std::fs::read_to_string(case.scratch.path("delivered/bom.json")).unwrap();
    case.scratch.write(
        "delivered/again.json",
        twice.replace("\"version\": 1,", "\"version\": 2,"),
    );
    case.scratch.edit(
        "delivery.toml",
        "[advisories]",
        "[[sbom]]\npath = \"again.json\"\n[advisories]",
    );
    let verified = case.verify();
    assert_eq!(print(&verified), first);
    let citations = verified.finding("advisory.severity")["citations"]
        .as_array()
        .unwrap();
    let files: Vec<_> = citations
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert!(
        files.contains(&"bom.json") && files.contains(&"again.json"),
        "{files:?}"
    );
}
