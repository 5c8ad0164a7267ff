//! What rules say, and what is refused.

use super::*;
use crate::tree::{Complaints, parse_toml};

pub(super) fn vocabulary() -> Vocabulary {
    let fact = |key: &str, kind: &str| {
        format!(
            "[[fact]]\nkey = \"{key}\"\ntype = \"{kind}\"\nadverse = \"none\"\nproducers = [\"answer\"]\ntitle = {{ ja = \"x\", en = \"x\" }}\n"
        )
    };
    let text = [
        ("a.b.yes", "bool"),
        ("a.b.no", "bool"),
        ("a.number", "integer"),
        ("a.list", "list"),
        ("a.missing", "bool"),
        ("a.day", "date"),
        ("a.later", "date"),
        ("a.word", "text"),
        ("a.other", "integer"),
        ("a.more", "list"),
        ("a.tier", "text\"\nvalues = [\"low\", \"high\"]#"),
        ("a.tiers", "list\"\nvalues = [\"low\", \"high\"]#"),
    ]
    .map(|(key, kind)| fact(key, kind))
    .concat();
    let complaints = Complaints::default();
    let vocabulary = Vocabulary::read(&parse_toml(text.as_bytes()).unwrap(), &complaints);
    assert!(!complaints.has_errors());
    vocabulary
}

#[test]
fn the_unknown_is_absorbed_only_where_the_rest_decides() {
    let vocabulary = vocabulary();
    let values = [
        ("a.b.yes", FactValue::Bool(true)),
        ("a.b.no", FactValue::Bool(false)),
        ("a.number", FactValue::Integer(7)),
        ("a.list", FactValue::List(vec!["JP".into(), "SG".into()])),
        (
            "a.day",
            FactValue::Date(crate::time::parse_day("2026-11-30").unwrap()),
        ),
    ]
    .map(|(key, value)| (FactKey::from(key), value));
    let known: BTreeMap<_, _> = values.iter().map(|(key, value)| (key, value)).collect();
    for (source, expected) in [
        ("a.b.yes", Truth::True),
        ("a.missing", Truth::Unknown),
        ("!a.missing", Truth::Unknown),
        ("a.b.no && a.missing", Truth::False),
        ("a.missing && a.b.no", Truth::False),
        ("a.b.yes && a.missing", Truth::Unknown),
        ("a.missing || a.b.yes", Truth::True),
        ("a.missing || a.b.no", Truth::Unknown),
        (
            "a.number >= 7 && a.list.all(one, one in [\"JP\", \"SG\"])",
            Truth::True,
        ),
        ("a.list.all(one, one == \"JP\")", Truth::False),
        ("a.list.exists(one, one == \"SG\")", Truth::True),
        (
            "a.list.exists(one, one == \"SG\" || a.missing)",
            Truth::True,
        ),
        ("a.list.all(one, a.missing)", Truth::Unknown),
        ("a.number / 0 == 1", Truth::Unknown),
        ("a.number * 9223372036854775807 > 1", Truth::Unknown),
        (
            "a.day >= \"2026-11-30\" && a.day < \"2026-12-01\"",
            Truth::True,
        ),
        ("a.day in [\"2026-11-30\"]", Truth::True),
        ("months_after(a.day, 3) == \"2027-02-28\"", Truth::True),
        ("months_after(a.day, -9) == \"2026-02-28\"", Truth::True),
        ("months_after(a.day, 200000) > a.day", Truth::Unknown),
        ("days_between(a.day, \"2026-12-02\") == 2", Truth::True),
        ("days_between(\"2026-12-02\", a.day) == -2", Truth::True),
        (
            "covers(a.list, [\"SG\"]) && covers(a.list, [])",
            Truth::True,
        ),
        ("covers(a.list, [\"SG\", \"US\"])", Truth::False),
        ("covers(a.tiers, [])", Truth::Unknown),
        ("per_mille(a.number, 9) == 777", Truth::True),
        ("per_mille(a.number, 0) == 0", Truth::Unknown),
        ("per_mille(0 - a.number, 9) < 0", Truth::Unknown),
        ("size(a.list) == 2 && a.list.size() == 2", Truth::True),
    ] {
        let rule = Rule::compile(source, &vocabulary)
            .unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
        assert_eq!(rule.evaluate(&known), expected, "{source}");
    }
}

#[test]
fn a_list_longer_than_the_cap_is_unknown_and_said_to_be_too_long() {
    let vocabulary = vocabulary();
    let rule = Rule::compile("size(a.list) > 0", &vocabulary).unwrap();
    let key = FactKey::from("a.list");
    for (length, expected) in [
        (MAXIMUM_WORDS, Truth::True),
        (MAXIMUM_WORDS + 1, Truth::Unknown),
    ] {
        let words = (0..length).map(|word| format!("{word:06}")).collect();
        let value = FactValue::List(words);
        assert_eq!(rule.evaluate(&BTreeMap::from([(&key, &value)])), expected);
        let (truth, because) = rule.explain(|_| Some(&value));
        assert_eq!(truth, expected);
        let lack = because[0].missing.first().map(|one| one.lack);
        assert_eq!(lack, (expected == Truth::Unknown).then_some(Lack::TooLong));
    }
}

#[test]
fn a_rule_says_what_is_wrong_with_it() {
    let vocabulary = vocabulary();
    let deep = "a.list.all(x, a.list.all(y, a.list.all(z, x == y && y == z)))";
    let long = format!("a.b.yes{}", " && a.b.yes".repeat(300));
    let costly = "a.list.all(x, a.list.all(y, x in a.list || y in a.list))";
    for (source, code, help) in [
        ("a.b.yess", "rule-unknown-fact", "did you mean `a.b.yes`?"),
        (
            "nothing",
            "rule-unknown-fact",
            "`mekiki facts` lists them all",
        ),
        ("!has(a.b.yes)", "rule-tests-presence", ""),
        ("a.b.no || has(a.missing)", "rule-tests-presence", ""),
        ("a.b.yes &&", "rule-syntax", ""),
        (deep, "rule-too-large", ""),
        (long.as_str(), "rule-too-large", ""),
        (&" ".repeat(5000), "rule-too-large", ""),
        (costly, "rule-cost", "compare fewer lists"),
        ("a.number", "rule-type", "compare it with something"),
        (
            "a.number > \"7\"",
            "rule-type",
            "write numbers, true and false without quotation marks",
        ),
        (
            "a.b.yes == \"true\"",
            "rule-type",
            "without quotation marks",
        ),
        ("a.b.yes > a.b.no", "rule-type", "size"),
        ("a.number > 7u", "rule-type", "write 5, not 5u"),
        ("a.number > 7.5", "rule-type", "per mille"),
        ("a.word == null", "rule-type", "unknown by itself"),
        ("!a.number", "rule-type", "compare it"),
        ("-a.b.yes == a.b.yes", "rule-type", "`!` denies"),
        ("a.word + \"x\" == \"yx\"", "rule-type", "mekiki facts"),
        ("a.day + 3 > a.day", "rule-type", "months_after"),
        ("a.day >= \"2026-11-31\"", "rule-type", "YYYY-MM-DD"),
        (
            "a.day >= a.word",
            "rule-type",
            "a day is compared with a date",
        ),
        ("a.day in [\"tomorrow\"]", "rule-type", "YYYY-MM-DD"),
        (
            "a.word in a.word",
            "rule-type",
            "compare single values with `==`",
        ),
        ("a.number in a.list", "rule-type", "`covers`"),
        ("a.list == \"JP\"", "rule-type", "with `in`"),
        ("a.list > a.tiers", "rule-type", "size"),
        ("a.list == [\"US\", \"JP\"]", "rule-type", "sort the words"),
        ("a.word in [\"x\", 7]", "rule-type", "one type"),
        (
            "a.list.all(one, one.name == \"x\")",
            "rule-type",
            "elements are words",
        ),
        ("a.list.all(one, one)", "rule-type", "compare it"),
        (
            "a.word.all(one, one == \"x\")",
            "rule-type",
            "compare single values directly",
        ),
        ("a.list[0] == \"x\"", "rule-type", "lists of facts are sets"),
        ("{\"x\": 1} == {\"x\": 1}", "rule-type", "facts are bools"),
        ("a.b.yes ? a.number : a.word", "rule-type", ""),
        (
            "a.word.matches(\"x\")",
            "rule-unknown-function",
            "facts --doc",
        ),
        (
            "a.word.startWith(\"x\")",
            "rule-unknown-function",
            "did you mean `startsWith`?",
        ),
        (
            "startsWith(a.word, \"x\")",
            "rule-unknown-function",
            "fact.startsWith(…)",
        ),
        (
            "a.list.covers([\"x\"])",
            "rule-unknown-function",
            "covers(…)",
        ),
        ("timestamp(a.day) > a.day", "rule-unknown-function", ""),
        ("covers(a.list)", "rule-type", "facts --doc"),
        ("covers(a.list, a.word)", "rule-type", "facts --doc"),
        ("covers(a.list, [1])", "rule-type", "`covers`"),
        (
            "months_after(a.word, 3) > a.day",
            "rule-type",
            "facts --doc",
        ),
        (
            "a.tier == \"hihg\"",
            "rule-unknown-word",
            "did you mean `high`?",
        ),
        (
            "a.tier in [\"low\", \"medium\"]",
            "rule-unknown-word",
            "its words are low, high",
        ),
        ("\"medium\" in a.tiers", "rule-unknown-word", "its words"),
        (
            "a.tiers.exists(one, one == \"medium\")",
            "rule-unknown-word",
            "its words",
        ),
        (
            "covers(a.tiers, [\"medium\"])",
            "rule-unknown-word",
            "its words",
        ),
    ] {
        let faults = Rule::compile(source, &vocabulary).unwrap_err();
        assert_eq!(faults[0].code, code, "{source} {faults:?}");
        assert!(faults[0].help.contains(help), "{source} {faults:?}");
        assert_eq!(faults.len(), 1, "{source} {faults:?}");
    }
}

#[test]
fn all_faults_of_a_rule_are_told_at_once() {
    let vocabulary = vocabulary();
    let source = "a.b.yess && a.number > \"7\" && (a.tier == \"hihg\" || !a.word) && has(a.missing) && a.b.yess";
    let faults = Rule::compile(source, &vocabulary).unwrap_err();
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(
        codes,
        [
            "rule-unknown-fact",
            "rule-type",
            "rule-unknown-word",
            "rule-type",
            "rule-tests-presence"
        ]
    );
    assert_eq!(
        faults[1].message,
        "`a.number` is an integer and `\"7\"` is a text; they cannot be compared"
    );
}

#[test]
fn the_costliest_rules_stay_below_the_limit_and_take_as_many_steps_as_said() {
    let vocabulary = vocabulary();
    let words = FactValue::List(
        (0..MAXIMUM_WORDS)
            .map(|word| format!("{word:06}"))
            .collect(),
    );
    let key = FactKey::from("a.list");
    // Every pair of words is looked at, and no pair decides early.
    for (source, measured) in [
        (
            "a.list.all(x, a.list.exists(y, y == \"none\") || true)",
            4_005_002,
        ),
        ("a.list.all(x, !(\"none\" in a.list))", 1_005_002),
    ] {
        let rule = Rule::compile(source, &vocabulary).unwrap();
        let mut evaluation = Evaluation::new(vec![Some(&words)]);
        assert_eq!(rule.keys().collect::<Vec<_>>(), [&key]);
        assert_eq!(evaluation.truth(&rule.root), Some(true));
        assert!(evaluation.steps <= rule.steps() && rule.steps() <= MAXIMUM_STEPS);
        assert_eq!(evaluation.steps, measured, "{source} of {}", rule.steps());
    }
}
