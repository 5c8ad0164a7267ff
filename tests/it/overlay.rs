//! Overlays over the built-in criteria: what they add, tighten, loosen and drop, and what is refused.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use mekiki::app::library::Library;
use mekiki::assessment::example::run_examples;
use mekiki::criteria::diff::Direction;
use mekiki::criteria::overlay::lay_over;
use mekiki::criteria::{Catalog, Decision};
use mekiki::diagnostic::Diagnostic;
use mekiki::digest::Digest;
use mekiki::id::CriterionId;
use mekiki::time::parse_day;
use serde_json::Value;

use crate::binary::{DEMO, Scratch, mekiki};

const TITLE: &str = "{ ja = \"省\", en = \"ministry\" }";

/// The files of an overlay over a catalog.
pub(crate) struct Draft(BTreeMap<String, String>);

impl Draft {
    pub(crate) fn over(id: &str, prefix: &str, base: (&str, &str, Digest)) -> Self {
        let (base_id, version, digest) = base;
        let head = format!(
            "id = \"{id}\"\nversion = \"1.2.0\"\ntitle = {TITLE}\nvalid_from = \"2026-04-01\"\n\
             [agency]\nid = \"{id}\"\nname = {TITLE}\nprefix = \"{prefix}\"\n\
             [base]\nid = \"{base_id}\"\nversion = \"{version}\"\ndigest = \"{digest}\"\n"
        );
        Self(BTreeMap::new()).with("overlay.toml", &head)
    }

    pub(crate) fn ministry() -> Self {
        let catalog = base();
        let version = catalog.version.to_string();
        Self::over("moj", "MOJ", ("article-19", &version, catalog.digest))
    }

    pub(crate) fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.to_owned());
        self
    }

    pub(crate) fn lay(&self, base: Catalog) -> Result<Catalog, Vec<Diagnostic>> {
        let files = self.0.iter();
        let files = files.map(|(path, text)| (path.as_str(), text.as_bytes()));
        lay_over(base, &files.collect())
    }

    fn codes(&self) -> Vec<&'static str> {
        let faults = self.lay(base()).unwrap_err();
        assert!(
            faults
                .iter()
                .all(|one| one.help.is_some() || one.code == "missing-field"),
            "{faults:?}"
        );
        faults.iter().map(|one| one.code).collect()
    }

    pub(crate) fn write(&self, scratch: &Scratch, folder: &str) -> String {
        for (path, text) in &self.0 {
            scratch.write(&format!("{folder}/{path}"), text);
        }
        scratch.path(folder)
    }
}

pub(crate) fn base() -> Catalog {
    Library::open(None).unwrap().catalog
}

fn reason() -> String {
    format!("reason = {TITLE}\n")
}

/// Makes the answers to multi-factor authentication count only with a protected log.
pub(crate) fn tighter_mfa() -> String {
    format!(
        "{}requirement = {{ ja = \"また、ログを保護すること。\", en = \"Logs shall be protected too.\" }}\n\
         caps = [0, 200, 500, 500, 900, 1000, 1000]\nmonths = 6\n\
         [also]\nall = 'practice.logging.protected'\n\
         [[example]]\nname = \"logs are not protected\"\nfacts = [\n\
         {{ key = \"practice.mfa.remote\", value = true, rank = 2 }},\n\
         {{ key = \"practice.mfa.administrators\", value = true, rank = 2 }},\n\
         {{ key = \"practice.mfa.all_users\", value = true, rank = 2 }},\n\
         {{ key = \"practice.logging.protected\", value = false, rank = 1 }},\n]\nexpect = \"fail\"\npoints = \"0\"\n",
        reason()
    )
}

pub(crate) const MFA: &str = "A19-2.leak.mfa";

fn exception(id: &str, criterion: &str, people: [&str; 3]) -> String {
    let [requester, examiner, approver] = people;
    format!(
        "id = \"{id}\"\ncriterion = \"{criterion}\"\nrequester = \"{requester}\"\nexaminer = \"{examiner}\"\n\
         approver = \"{approver}\"\nreason = {TITLE}\ncompensating_measure = {TITLE}\n\
         start = \"2026-04-01\"\nexpiry = \"2026-12-31\"\n"
    )
}

const PEOPLE: [&str; 3] = ["課長", "審査官", "統括責任者"];

fn dropped() -> Draft {
    Draft::ministry()
        .with(
            &format!("drop/{MFA}.toml"),
            &format!("exception = \"EX-1\"\n{}", reason()),
        )
        .with("exceptions/EX-1.toml", &exception("EX-1", MFA, PEOPLE))
}

#[test]
fn a_tightened_criterion_never_decides_better_than_before() {
    let plain = base();
    let merged = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa())
        .lay(base())
        .unwrap();
    let outcomes = run_examples(&merged);
    let failed: Vec<_> = outcomes
        .iter()
        .filter(|one| one.failure.is_some())
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(outcomes.len(), run_examples(&plain).len() + 1);

    let id = CriterionId::from(MFA);
    let (before, after) = (&plain.criteria[&id], &merged.criteria[&id]);
    assert_ne!(before.digest, after.digest);
    assert_ne!(plain.digest, merged.digest);
    assert_eq!(
        merged.version.to_string(),
        format!("{}+moj-1.2.0", plain.version)
    );
    assert!(
        after
            .requirement
            .en
            .ends_with("Logs shall be protected too.")
    );
    assert_eq!(after.reevaluation_months, Some(6));
    assert_eq!(
        after.changes[0].fields,
        ["rule", "caps", "months", "requirement"]
    );
    let Decision::Score { grades, .. } = &after.decision else {
        panic!("a score")
    };
    assert!(
        grades
            .iter()
            .all(|(_, rule)| rule.source().ends_with("&& (practice.logging.protected)"))
    );
    // A criterion that the overlay does not name is as it was.
    let other = CriterionId::from("A19-2.integ.signature");
    assert_eq!(
        plain.criteria[&other].digest,
        merged.criteria[&other].digest
    );
}

/// Law: whatever is tightened about whichever criterion, no example of the base comes out better.
#[test]
fn no_example_of_any_criterion_comes_out_better_when_all_are_tightened() {
    let plain = base();
    let mut draft = Draft::ministry();
    let mut written = 0;
    for criterion in plain.criteria.values() {
        let mut text = reason()
            + "requirement = { ja = \"また、保護すること。\", en = \"It shall be protected too.\" }\n";
        let key = match &criterion.decision {
            Decision::Gate { settled_by, .. } => {
                if settled_by.number() < 6 {
                    _ = writeln!(text, "settled_by = {}", settled_by.number() + 1);
                }
                "pass"
            }
            Decision::Score { .. } => {
                let caps = criterion.caps.unwrap_or(plain.caps).map(|cap| cap / 2);
                _ = writeln!(text, "caps = {caps:?}");
                "all"
            }
        };
        if criterion.confidentiality > 1 {
            text += "confidentiality = 1\n";
        }
        if criterion
            .reevaluation_months
            .is_none_or(|months| months > 1)
        {
            text += "months = 1\n";
        }
        if !criterion.offerings.iter().any(|one| one.word() == "SaaS") {
            text += "offerings = [\"SaaS\"]\n";
        }
        if criterion.when.is_some() {
            text += "also_when = 'case.integrity == 2'\n";
        }
        _ = write!(
            text,
            "[also]\n{key} = 'practice.logging.protected'\n[[example]]\nname = \"not protected\"\n\
             facts = [{{ key = \"practice.logging.protected\", value = false, rank = 6 }}]\nexpect = \"fail\"\n"
        );
        draft = draft.with(&format!("tighten/{}.toml", criterion.id), &text);
        written += 1;
    }
    let merged = draft.lay(base()).unwrap();
    let outcomes = run_examples(&merged);
    assert_eq!(outcomes.len(), run_examples(&plain).len() + written);
    let failed: Vec<_> = outcomes
        .iter()
        .filter(|one| one.failure.is_some())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    // The law can fail: held to the letter, every example that passes needs the added fact now.
    let mut strict = draft.lay(base()).unwrap();
    for criterion in strict.criteria.values_mut() {
        criterion
            .examples
            .iter_mut()
            .for_each(|one| one.at_most = false);
    }
    let worse = run_examples(&strict);
    let worse = worse.iter().filter(|one| one.failure.is_some()).count();
    assert!(worse > 40, "{worse}");
}

#[test]
fn what_is_not_tighter_is_refused_under_tighten() {
    for (criterion, line, code) in [
        (
            MFA,
            "caps = [0, 500, 700, 700, 900, 1000, 1000]",
            "overlay-not-tighter",
        ),
        (MFA, "months = 13", "overlay-not-tighter"),
        (MFA, "confidentiality = 3", "overlay-not-tighter"),
        (MFA, "offerings = [\"SaaS\"]", "overlay-not-tighter"),
        (MFA, "settled_by = 5", "overlay-not-tighter"),
        (MFA, "clauses = [\"CL-08\"]", "overlay-not-tighter"),
        (MFA, "weight = \"L\"", "unknown-field"),
        (
            MFA,
            "also_when = 'case.integrity == 2'",
            "overlay-not-tighter",
        ),
        (
            "A19-2.integ.signature",
            "settled_by = 5",
            "overlay-not-tighter",
        ),
        ("A19-2.integ.signature", "stage = \"bid\"", "unknown-field"),
    ] {
        let draft = Draft::ministry().with(
            &format!("tighten/{criterion}.toml"),
            &format!("{}{line}\n", reason()),
        );
        assert!(draft.codes().contains(&code), "{line}: {:?}", draft.codes());
    }
    let also = |rule: &str| {
        let text = format!("{}[also]\n{rule}\n", reason());
        Draft::ministry()
            .with(&format!("tighten/{MFA}.toml"), &text)
            .codes()
    };
    assert!(also("all = 'practice.mfa.remot'").contains(&"rule-unknown-fact"));
    assert!(also("pass = 'practice.mfa.remote'").contains(&"unknown-field"));
    // A rule that is tighter says so to the supplier, and is shown.
    let codes = also("A = 'practice.logging.protected'");
    assert_eq!(codes, ["missing-field", "too-few-examples"]);
}

#[test]
fn nothing_of_the_base_is_loosened_without_an_exception_of_three_people() {
    let path = format!("drop/{MFA}.toml");
    let bare = Draft::ministry().with(&path, &reason());
    assert_eq!(bare.codes(), ["overlay-exception-missing"]);
    let named = Draft::ministry().with(&path, &format!("exception = \"EX-1\"\n{}", reason()));
    assert_eq!(named.codes(), ["overlay-exception-missing"]);
    let other = named.with(
        "exceptions/EX-1.toml",
        &exception("EX-1", "A19-2.leak.logging", PEOPLE),
    );
    assert_eq!(other.codes(), ["overlay-exception-missing"]);
    let two = dropped().with(
        "exceptions/EX-1.toml",
        &exception("EX-1", MFA, ["課長", "審査官", "課長"]),
    );
    assert_eq!(two.codes(), ["exception-people"]);
    let unused = Draft::ministry().with("exceptions/EX-1.toml", &exception("EX-1", MFA, PEOPLE));
    assert_eq!(unused.codes(), ["overlay-exception-unused"]);

    let merged = dropped().lay(base()).unwrap();
    assert!(!merged.criteria.contains_key(&CriterionId::from(MFA)));
    assert_eq!(merged.layers[0].dropped[0].exception, "EX-1");
    for (day, lapsed) in [
        ("2026-03-31", 1),
        ("2026-04-01", 0),
        ("2026-12-31", 0),
        ("2027-01-01", 1),
    ] {
        let found = merged.lapsed_exceptions(parse_day(day).unwrap());
        assert_eq!(found.len(), lapsed, "{day}");
        assert!(
            found
                .iter()
                .all(|one| one.code == "overlay-exception-lapsed")
        );
    }
}

#[test]
fn every_fault_of_every_file_is_named_at_once() {
    let catalog = base();
    let draft = Draft::over("moj", "A19", ("article-20", "9.9.9", Digest::of(b"other")))
        .with("tighten/A19-2.leak.mfaa.toml", &reason())
        .with("facts/moj.toml", "[[parameter]]\nkey = \"case.moj\"\ntype = \"bool\"\ntitle = { ja = \"x\", en = \"x\" }\n")
        .with("criteria/A19-2.own.rule.toml", "id = \"A19-2.own.rule\"\n")
        .with("notes.txt", "hello");
    let mut codes = draft.codes();
    codes.sort_unstable();
    codes.dedup();
    for code in [
        "criterion-unknown",
        "decision-unclear",
        "id-malformed",
        "missing-field",
        "overlay-base-digest",
        "overlay-base-unknown",
        "overlay-base-version",
        "overlay-file-unknown",
        "overlay-parameter",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let faults = draft.lay(catalog).unwrap_err();
    let near = faults
        .iter()
        .find(|one| one.code == "criterion-unknown")
        .unwrap();
    assert_eq!(near.help.as_deref(), Some("did you mean `A19-2.leak.mfa`?"));
}

/// The file of a criterion of the base, under another identifier.
fn own_criterion(id: &str) -> String {
    let file = std::fs::read_to_string("criteria/article-19/A19-2.leak.mfa.toml").unwrap();
    file.replace("A19-2.leak.mfa", id)
        .replace("clauses = [\"CL-08\"]", "clauses = []")
}

#[test]
fn overlays_stack_from_the_base_over_the_ministry_to_the_corporation() {
    let ministry = Draft::ministry()
        .with("facts/moj.toml", "[[fact]]\nkey = \"moj.vetted\"\ntype = \"bool\"\nadverse = \"false\"\nproducers = [\"agency\"]\ntitle = { ja = \"省の確認\", en = \"vetted by the ministry\" }\n")
        .with("criteria/MOJ-2.leak.mfa.toml", &own_criterion("MOJ-2.leak.mfa"))
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa());
    let parent = ministry.lay(base()).unwrap();
    assert!(
        parent
            .criteria
            .contains_key(&CriterionId::from("MOJ-2.leak.mfa"))
    );
    let over = |digest| Draft::over("prison", "PRI", ("moj", "1.2.0", digest));
    let child = over(parent.digest)
        .with("tighten/MOJ-2.leak.mfa.toml", &format!("{}months = 3\n", reason()))
        .with("tighten/A19-2.integ.signature.toml", &format!("{}requirement = {{ ja = \"確認を受けること。\", en = \"It shall be vetted.\" }}\n[also]\npass = 'moj.vetted'\n[[example]]\nname = \"not vetted\"\nfacts = [{{ key = \"moj.vetted\", value = false, rank = 5 }}]\nexpect = \"fail\"\n", reason()));
    let merged = child.lay(ministry.lay(base()).unwrap()).unwrap();
    assert_eq!(
        merged.version.to_string(),
        "0.1.0+moj-1.2.0.prison-1.2.0".replace("0.1.0", base().version.to_string().as_str())
    );
    let layers: Vec<_> = merged.criteria[&CriterionId::from("MOJ-2.leak.mfa")]
        .changes
        .iter()
        .map(|one| one.layer.as_str())
        .collect();
    assert_eq!(layers, ["moj", "prison"]);
    assert!(
        run_examples(&merged)
            .iter()
            .all(|one| one.failure.is_none())
    );
    assert!(merged.is_called("article-19") && merged.is_called("prison") && !merged.is_called("x"));
    // The corporation's overlay lies over nothing but its ministry's.
    let codes: Vec<_> = child
        .lay(base())
        .unwrap_err()
        .iter()
        .map(|one| one.code)
        .collect();
    assert!(codes.contains(&"overlay-base-unknown"), "{codes:?}");
    let again = Draft::ministry().with(
        "criteria/MOJ-2.leak.mfa.toml",
        &own_criterion("MOJ-2.leak.mfa"),
    );
    assert!(again.lay(parent).is_err());
}

#[test]
fn the_form_of_a_tightening_tells_its_direction() {
    let library = Library::open(None).unwrap();
    let merged = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa())
        .lay(base())
        .unwrap();
    let questions = &library.questionnaires;
    let difference =
        mekiki::criteria::diff::compare((&library.catalog, questions), (&merged, questions));
    let fields: Vec<_> = difference.changed[0]
        .changes
        .iter()
        .map(|one| (one.field.as_str(), one.direction))
        .collect();
    assert_eq!(
        fields,
        [
            ("requirement", Direction::Other),
            ("rule.A", Direction::Tighter),
            ("rule.B", Direction::Tighter),
            ("rule.C", Direction::Tighter),
            ("evidence.caps", Direction::Tighter),
            ("reevaluation.months", Direction::Tighter),
        ]
    );
    let back = mekiki::criteria::diff::compare((&merged, questions), (&library.catalog, questions));
    assert_eq!(
        back.count(Direction::Looser),
        difference.count(Direction::Tighter)
    );
    assert_eq!(back.count(Direction::Tighter), 0);
    let same = mekiki::criteria::diff::compare((&merged, questions), (&merged, questions));
    assert!(same.is_empty());
}

#[test]
fn a_record_names_the_overlay_and_is_replayed_with_it_alone() {
    let scratch = Scratch::new();
    let overlay = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa())
        .write(&scratch, "moj");
    let record = scratch.path("record.json");
    let run = mekiki(&[
        "tender",
        "evaluate",
        DEMO,
        "--record",
        &record,
        "--overlay",
        &overlay,
    ]);
    assert!(run.code < 2, "{run:?}");
    let document: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    let layer = &document["catalog"]["layers"][0];
    assert_eq!(layer["id"], "moj");
    assert_eq!(layer["tightened"][0], MFA);
    let replay = |arguments: &[&str]| {
        let mut all = vec![
            "record",
            "replay",
            record.as_str(),
            "--evidence",
            DEMO,
            "--format",
            "json",
        ];
        all.extend(arguments);
        mekiki(&all)
    };
    assert_eq!(replay(&["--overlay", &overlay]).code, 0);
    let without = replay(&[]);
    assert_eq!(without.code, 1);
    assert!(
        without.json()["first_difference"]["pointer"]
            .as_str()
            .unwrap()
            .starts_with("/catalog")
    );

    let show = mekiki(&[
        "criteria",
        "show",
        MFA,
        "--overlay",
        &overlay,
        "--lang",
        "ja",
    ]);
    assert!(
        show.stdout
            .contains("moj 1.2.0: 強化: rule, caps, months, requirement"),
        "{}",
        show.stdout
    );
    let test = mekiki(&["criteria", "test", "--overlay", &overlay]);
    assert_eq!(test.code, 0, "{test:?}");
}

#[test]
fn a_case_is_not_judged_by_an_exception_that_has_lapsed() {
    let scratch = Scratch::new();
    let lapsed = exception("EX-1", MFA, PEOPLE).replace("2026-12-31", "2026-04-30");
    let overlay = dropped()
        .with("exceptions/EX-1.toml", &lapsed)
        .write(&scratch, "moj");
    let run = mekiki(&[
        "tender",
        "evaluate",
        DEMO,
        "--overlay",
        &overlay,
        "--format",
        "json",
    ]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.error()["error"]["code"], "overlay-exception-lapsed");
    for (day, code) in [("2026-04-30", 0), ("2026-05-01", 1)] {
        let run = mekiki(&["criteria", "check", "--overlay", &overlay, "--as-of", day]);
        assert_eq!(run.code, code, "{run:?}");
    }
}
