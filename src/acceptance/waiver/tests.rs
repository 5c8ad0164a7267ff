use super::*;
use crate::acceptance::Verdict::{self, Fail, Pass, Unverifiable};
use crate::acceptance::check::IDS;
use crate::acceptance::finding::Finding;
use crate::acceptance::ratchet::Baseline;
use crate::evidence::register::exception::read_exception;
use crate::time::parse_day;
use crate::tree::{Complaints, parse_toml};

fn checks() -> &'static Checks {
    static CHECKS: std::sync::OnceLock<Checks> = std::sync::OnceLock::new();
    CHECKS.get_or_init(|| {
        let source = include_str!("../../../criteria/acceptance-checks.toml");
        let document = parse_toml(source.as_bytes()).unwrap();
        Checks::read(&document, &Complaints::default())
    })
}

fn waiver(id: &str, criterion: &str, decision: &str, period: (&str, &str)) -> Waiver {
    let (start, expiry) = period;
    let text = format!(
        r#"schema = "mekiki/exception/v1"
id = "{id}"
case = "case-1"
criterion = "{criterion}"
bid = "aoba"
requester = "A"
examiner = "B"
approver = "C"
decision = "{decision}"
decided_on = "2026-01-10"
reason = {{ ja = "理由", en = "reason" }}
compensating_measure = {{ ja = "措置", en = "measure" }}
start = "{start}"
expiry = "{expiry}"
"#
    );
    Waiver {
        entry: read_exception(text.as_bytes()).unwrap(),
        file: format!("{id}.toml"),
        sha256: Digest::of(text.as_bytes()),
    }
}

fn day(text: &str) -> Date {
    parse_day(text).unwrap()
}

fn text(text: &str) -> Text {
    Text {
        ja: text.to_owned(),
        en: text.to_owned(),
    }
}

fn outcome(check: &str, effects: &[Effect]) -> Outcome {
    let found = effects.iter().enumerate().map(|(index, effect)| {
        Finding::new(check, *effect, format!("{index}"), text("it is wrong"))
    });
    Outcome::new(&checks().named(check), text("said")).with(found)
}

fn run(waivers: &[Waiver], on: &str, outcomes: &mut [Outcome]) -> Vec<usize> {
    let mut all: Vec<_> = outcomes.iter_mut().collect();
    waive(waivers, day(on), checks(), &mut all)
}

const VULNS: &str = "A19-2.integ.known-vulns";
const YEAR: (&str, &str) = ("2026-01-15", "2026-11-26");

#[test]
fn an_exception_in_force_waives_what_fails_and_nothing_else() {
    let mut outcomes = [
        outcome(
            "advisory.severity",
            &[Effect::Fails, Effect::Fails, Effect::Warns],
        ),
        outcome("advisory.judged", &[Effect::Unverifiable]),
        outcome("advisory.exploited", &[Effect::Fails, Effect::Unverifiable]),
        outcome("signature.artifact", &[Effect::Fails]),
        outcome("files.readable", &[Effect::Fails]),
        outcome("policy.own.rule", &[Effect::Fails]),
    ];
    let waives = run(
        &[waiver("EX-1", VULNS, "approved", YEAR)],
        "2026-11-26",
        &mut outcomes,
    );
    assert_eq!(waives, [3]);
    let verdicts: Vec<_> = outcomes.iter().map(|one| one.verdict).collect();
    assert_eq!(
        verdicts,
        [Pass, Unverifiable, Unverifiable, Fail, Fail, Fail]
    );
    let standing = &outcomes[0].findings[0].standing;
    let expected = Standing::Waived {
        exception: "EX-1".to_owned(),
        until: "2026-11-26".to_owned(),
    };
    assert_eq!(*standing, expected);
}

#[test]
fn one_that_is_not_in_force_waives_nothing() {
    for (case, decision, period) in [
        ("expired", "approved", ("2026-01-15", "2026-11-25")),
        ("not begun", "approved", ("2026-11-27", "2026-12-31")),
        ("refused", "refused", YEAR),
        ("revoked", "revoked", YEAR),
    ] {
        let mut outcomes = [outcome("advisory.severity", &[Effect::Fails])];
        let waives = run(
            &[waiver("EX-1", VULNS, decision, period)],
            "2026-11-26",
            &mut outcomes,
        );
        assert_eq!(waives, [0], "{case}");
        assert_eq!(outcomes[0].verdict, Verdict::Fail, "{case}");
    }
}

#[test]
fn a_check_of_several_criteria_needs_all_of_them_waived() {
    let settles = &checks().named("sbom.delivered").settles;
    assert!(
        settles.len() > 1,
        "the table has changed: choose another check"
    );
    let some: Vec<_> = settles
        .iter()
        .skip(1)
        .map(|one| waiver(one.as_str(), one.as_str(), "approved", YEAR))
        .collect();
    let mut outcomes = [outcome("sbom.delivered", &[Effect::Fails])];
    run(&some, "2026-11-26", &mut outcomes);
    assert_eq!(outcomes[0].verdict, Verdict::Fail);
    let all: Vec<_> = settles
        .iter()
        .map(|one| waiver(one.as_str(), one.as_str(), "approved", YEAR))
        .collect();
    run(&all, "2026-11-26", &mut outcomes);
    assert_eq!(outcomes[0].verdict, Verdict::Pass);
}

#[test]
fn it_belongs_to_its_case_and_supplier() {
    let mut one = waiver("EX-1", VULNS, "approved", YEAR);
    assert!(one.belongs("case-1", Some("aoba")));
    assert!(!one.belongs("case-2", Some("aoba")));
    assert!(!one.belongs("case-1", Some("bora")));
    assert!(!one.belongs("case-1", None));
    one.entry.bid = None;
    assert!(one.belongs("case-1", None));
}

#[test]
fn an_expired_one_is_named_unless_another_takes_its_place() {
    let expired = waiver("EX-1", VULNS, "approved", ("2026-01-15", "2026-06-30"));
    let say = |id: &str, until: &str, what: &Text| text(&format!("{id} {until}: {}", what.en));
    let mut one = outcome("advisory.severity", &[Effect::Fails, Effect::Unverifiable]);
    let before = one.findings[0].fingerprint;
    let counts = name_expired(
        std::slice::from_ref(&expired),
        day("2026-11-26"),
        checks(),
        &mut [&mut one],
        &say,
    );
    assert_eq!(counts, [1]);
    assert_eq!(one.findings[0].message.en, "EX-1 2026-06-30: it is wrong");
    assert_eq!(
        one.findings[0].fingerprint, before,
        "the ratchet must know it again"
    );
    assert_eq!(one.findings[1].message.en, "it is wrong");
    let renewed = waiver("EX-2", VULNS, "approved", ("2026-07-01", "2026-12-31"));
    let counts = name_expired(
        &[expired, renewed],
        day("2026-11-26"),
        checks(),
        &mut [&mut one],
        &say,
    );
    assert_eq!(counts, [0, 0]);
}

/// A generator without a clock (Knuth's MMIX numbers).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

fn drawn(chance: &mut Chance) -> Vec<Outcome> {
    let effects = [
        Effect::Fails,
        Effect::Unverifiable,
        Effect::Warns,
        Effect::Notes,
    ];
    let outcomes = IDS
        .iter()
        .filter(|id| !id.starts_with("requirement."))
        .map(|id| {
            let count = chance.below(4);
            let found: Vec<_> = (0..count).map(|_| effects[chance.below(4)]).collect();
            outcome(id, &found)
        });
    outcomes.collect()
}

#[test]
fn neither_exceptions_nor_a_baseline_touch_what_could_not_be_judged() {
    let criteria: Vec<CriterionId> = checks()
        .list
        .iter()
        .flat_map(|one| one.settles.clone())
        .collect();
    let mut chance = Chance(20_261_126);
    let (mut waived, mut held) = (0, 0);
    for round in 0..300 {
        let before = drawn(&mut chance);
        let waivers: Vec<_> = (0..chance.below(8))
            .map(|index| {
                let criterion = &criteria[chance.below(criteria.len())];
                let decision = ["approved", "approved", "refused", "revoked"][chance.below(4)];
                let period = [
                    YEAR,
                    ("2026-01-15", "2026-03-31"),
                    ("2026-12-01", "2026-12-31"),
                ][chance.below(3)];
                waiver(&format!("EX-{index}"), criterion.as_str(), decision, period)
            })
            .collect();
        let in_force = waivers
            .iter()
            .any(|one| one.state(day("2026-11-26")) == ExceptionState::InForce);
        let known = before
            .iter()
            .flat_map(|one| &one.findings)
            .filter(|_| round % 2 == 0);
        let baseline = Baseline {
            digest: Digest::of(b"earlier"),
            case: Some("case-1".to_owned()),
            as_of: day("2026-10-01"),
            known: known
                .map(|one| one.fingerprint)
                .filter(|_| chance.below(2) == 0)
                .collect(),
        };
        let mut after = before.clone();
        let counts = run(&waivers, "2026-11-26", &mut after);
        if !in_force {
            assert_eq!(
                after, before,
                "round {round}: nothing in force, nothing changed"
            );
            assert!(counts.iter().all(|count| *count == 0));
        }
        let mut all: Vec<_> = after.iter_mut().collect();
        baseline.hold(day("2026-11-26"), &mut all);
        waived += counts.iter().sum::<usize>();
        held += after
            .iter()
            .flat_map(|one| &one.findings)
            .filter(|one| matches!(one.standing, Standing::Known { .. }))
            .count();
        for (before, after) in before.iter().zip(&after) {
            let open = |one: &Outcome| {
                one.findings
                    .iter()
                    .filter(|one| {
                        one.effect == Effect::Unverifiable && one.standing == Standing::Open
                    })
                    .count()
            };
            assert_eq!(open(before), open(after), "round {round}: {}", before.check);
            if open(before) > 0 {
                assert_ne!(
                    after.verdict,
                    Verdict::Pass,
                    "round {round}: {}",
                    before.check
                );
            }
            assert!(
                after.verdict <= before.verdict,
                "round {round}: nothing gets worse"
            );
        }
    }
    // The rounds are worth something only if both have an effect at all.
    assert!(waived > 0 && held > 0, "{waived} {held}");
}
