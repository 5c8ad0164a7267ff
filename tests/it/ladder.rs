//! The evidence ladder over records: what an audit report, a measurement, a certificate or a registry entry proves, by
//! where it comes from, what it is about and when it holds.

use mekiki::app::library::Library;
use mekiki::evidence::Evidence;
use mekiki::fact::advisory::{Feed, Knowledge};
use mekiki::fact::dossier::{Dossier, Offering, Use};
use mekiki::fact::{Establishment, FactValue, establish};
use mekiki::id::BidId;
use mekiki::text::Text;
use mekiki::time::parse_day;

const NUMBER: &str = "7999901000001";

fn offering() -> Offering {
    Offering {
        id: BidId("aoba".to_owned()),
        folder: "bids/aoba".to_owned(),
        supplier: Text {
            ja: "青葉システム株式会社".to_owned(),
            en: "Aoba".to_owned(),
        },
        corporate_number: Some(NUMBER.to_owned()),
        product: Some(("connector".to_owned(), "1.4.0".to_owned())),
        service: Some("cloud".to_owned()),
        signer: None,
        provenance: None,
        named_at: Evidence::new("tender.toml", Vec::new()).cite(mekiki::diagnostic::Place::whole()),
    }
}

/// What is established from files as of 2026-11-20, for a use from 2026-01-01 to 2030-03-31 in one region.
fn found(files: &[(&str, String)]) -> Establishment {
    let library = Library::open(None).unwrap();
    let as_of = parse_day("2026-11-20").unwrap();
    let evidence: Vec<_> = files
        .iter()
        .map(|(path, text)| Evidence::new(*path, text.clone().into_bytes()))
        .collect();
    let (handed_in, agency): (Vec<_>, Vec<_>) = evidence
        .iter()
        .partition(|one| one.path.starts_with("bids/"));
    let offering = offering();
    let dossier = Dossier::new(&offering, handed_in, agency.iter().copied(), as_of).with_use(Use {
        regions: vec!["jp-east".to_owned()],
        functions: vec!["search".to_owned()],
        start: parse_day("2026-01-01"),
        end: parse_day("2030-03-31"),
    });
    let feed = Feed::gather(agency, as_of);
    establish(
        &dossier,
        &library.catalog.vocabulary,
        &library.questionnaires,
        &library.profiles,
        &library.builders,
        Knowledge {
            feed: &feed,
            precedence: &library.precedence,
            maximum_age_days: 30,
        },
    )
}

/// The facts of a key: value, rank and last day.
fn facts(found: &Establishment, key: &str) -> Vec<(String, u8, Option<String>)> {
    let facts = found.facts.iter().filter(|fact| fact.key.as_str() == key);
    facts
        .map(|fact| {
            let until = fact.valid_until.map(|day| day.to_string());
            (fact.value.to_string(), fact.rank.number(), until)
        })
        .collect()
}

/// The reasons of the gaps of a key.
fn gaps(found: &Establishment, key: &str) -> Vec<String> {
    let gaps = found.gaps.iter().filter(|gap| gap.key.as_str() == key);
    gaps.map(|gap| {
        assert!(!gap.citations.is_empty());
        gap.reason.clone()
    })
    .collect()
}

fn audit(scope: &str, to: &str, more: &str) -> String {
    format!(
        "schema = \"mekiki/audit-report/v1\"\nid = \"a\"\nauditor = \"監査法人\"\nstandard = \"soc-2\"\ntype = \"type-2\"\n{more}\
         report_sha256 = \"{}\"\n[period]\nfrom = \"2025-07-01\"\nto = \"{to}\"\n[scope]\n{scope}\n\
         [[establishes]]\nkey = \"practice.mfa.remote\"\nvalue = true\nsection = \"CC6.1\"\n",
        mekiki::digest::Digest::of(b"the report").hex()
    )
}

fn measured(scope: &str, day: &str, more: &str) -> String {
    format!(
        "schema = \"mekiki/measurement/v1\"\nid = \"m\"\ntool = \"scanner\"\ntool_version = \"3\"\nmeasured_at = \"{day}\"\n\
         target = \"https://cloud.example\"\nmeasured_by = \"情報システム課\"\n{more}{scope}\n\
         [[establishes]]\nkey = \"practice.transit.minimum_tls\"\nvalue = \"1.2\"\n"
    )
}

fn own() -> String {
    format!("corporate_number = \"{NUMBER}\"")
}

#[test]
fn an_audit_report_proves_by_who_transcribed_it_what_it_is_about_and_when() {
    let key = "practice.mfa.remote";
    let report = ("agency/report.pdf", "the report".to_owned());
    let ours = own();
    let proven = |rank| vec![("true".to_owned(), rank, Some("2027-06-30".to_owned()))];
    for path in ["agency/soc2.toml", "bids/aoba/soc2.toml"] {
        let rank = if path.starts_with("agency") { 4 } else { 2 };
        let all = found(&[(path, audit(&ours, "2026-06-30", "")), report.clone()]);
        assert_eq!(facts(&all, key), proven(rank), "{path}");
        assert!(gaps(&all, key).is_empty());
        let fact = all
            .facts
            .iter()
            .find(|fact| fact.key.as_str() == key)
            .unwrap();
        assert!(
            fact.citations
                .iter()
                .any(|one| one.file == "agency/report.pdf")
        );
        for (scope, reason) in [
            (
                "corporate_number = \"6999901000002\"\nservice = \"cloud\"".to_owned(),
                "legal entity",
            ),
            (format!("{ours}\nservice = \"other\""), "`other`"),
            (format!("{ours}\nproduct = \"other\""), "`other`"),
            (
                format!("{ours}\nproduct = \"connector\"\nversion = \"1.3.0\""),
                "version 1.3.0",
            ),
            (format!("{ours}\nregions = [\"us\"]"), "`jp-east`"),
            (
                format!("{ours}\ncarve_outs = [\"search\"]"),
                "carves out `search`",
            ),
        ] {
            let all = found(&[(path, audit(&scope, "2026-06-30", ""))]);
            assert!(facts(&all, key).is_empty(), "{scope}");
            let gaps = gaps(&all, key);
            assert!(
                gaps.len() == 1 && gaps[0].contains(reason),
                "{scope}: {gaps:?}"
            );
        }
        let covers = format!(
            "{ours}\nservice = \"cloud\"\nregions = [\"jp-east\", \"us\"]\ncarve_outs = [\"mail\"]"
        );
        assert_eq!(
            facts(&found(&[(path, audit(&covers, "2026-06-30", ""))]), key),
            proven(rank)
        );
        // A period that ends after the day of judgment has not been audited.
        assert!(facts(&found(&[(path, audit(&ours, "2026-12-31", ""))]), key).is_empty());
    }
    // Another bid's, and another bidder's among the agency's files, say nothing here, not even a gap.
    for text in [
        audit(&ours, "2026-06-30", "bid = \"hokuto\"\n"),
        audit("corporate_number = \"6999901000002\"", "2026-06-30", ""),
    ] {
        let all = found(&[("agency/soc2.toml", text)]);
        assert!(facts(&all, key).is_empty() && gaps(&all, key).is_empty());
    }
}

#[test]
fn a_measurement_proves_by_who_measured_and_what() {
    let key = "practice.transit.minimum_tls";
    let scope = |text: &str| format!("[scope]\n{text}\n");
    let ours = scope(&own());
    for (path, rank) in [("agency/m.toml", 6), ("bids/aoba/m.toml", 2)] {
        let all = found(&[(path, measured(&ours, "2026-11-12T03:00:00Z", ""))]);
        assert_eq!(facts(&all, key), [("1.2".to_owned(), rank, None)], "{path}");
        let other = scope(&format!(
            "{}\nproduct = \"connector\"\nversion = \"2\"",
            own()
        ));
        let all = found(&[(path, measured(&other, "2026-11-12", ""))]);
        assert!(
            facts(&all, key).is_empty() && gaps(&all, key).len() == 1,
            "{path}"
        );
        let later = found(&[(path, measured(&ours, "2026-11-21", ""))]);
        assert!(
            facts(&later, key).is_empty() && gaps(&later, key).len() == 1,
            "{path}"
        );
    }
    let for_bid = measured("", "2026-11-12", "bid = \"aoba\"\n");
    assert_eq!(facts(&found(&[("agency/m.toml", for_bid)]), key).len(), 1);
    let unscoped = found(&[("agency/m.toml", measured("", "2026-11-12", ""))]);
    assert!(facts(&unscoped, key).is_empty());
    assert!(
        unscoped
            .remarks
            .iter()
            .any(|one| one.code == "scope-missing")
    );
    // What a machine or a register says is not for a record of this kind.
    let text = measured(&ours, "2026-11-12", "")
        .replace("practice.transit.minimum_tls", "cloud.ismap.list");
    let refused = found(&[("agency/m.toml", text)]);
    assert!(facts(&refused, "cloud.ismap.list").is_empty());
    assert!(
        refused
            .remarks
            .iter()
            .any(|one| one.code == "fact-not-for-record")
    );
}

fn ismap(number: &str, issued: &str, audited: &str, more: &str) -> String {
    format!(
        "schema = \"mekiki/certification/v1\"\nscheme = \"ismap\"\nnumber = \"{number}\"\nsubject = \"cloud\"\n\
         holder_corporate_number = \"{NUMBER}\"\nissued = \"{issued}\"\naudit_period_end = \"{audited}\"\n{more}\
         [fetched]\nfrom = \"the list\"\nat = \"2026-11-16\"\n"
    )
}

#[test]
fn the_register_tells_until_when_a_registration_holds_and_what_became_of_its_renewal() {
    let listed = |value: &str, until: Option<&str>| (value.to_owned(), 5, until.map(str::to_owned));
    for (audited, more, expected, until, renewal) in [
        (
            "2026-03-31",
            "",
            vec![listed("true", Some("2027-07-31"))],
            "2027-07-31",
            "none",
        ),
        (
            "2025-03-31",
            "renewal_applied = \"2026-07-31\"\n",
            vec![listed("true", None)],
            "2026-07-31",
            "under-renewal",
        ),
        (
            "2025-03-31",
            "renewal_applied = \"2026-08-01\"\n",
            vec![listed("false", None), listed("true", Some("2026-07-31"))],
            "2026-07-31",
            "applied-late",
        ),
        (
            "2025-03-31",
            "renewal_applied = \"2026-07-01\"\nrenewal_decided = \"2026-09-30\"\n",
            vec![listed("false", None), listed("true", Some("2026-09-30"))],
            "2026-07-31",
            "decided",
        ),
        (
            "2025-03-31",
            "",
            vec![listed("false", None), listed("true", Some("2026-07-31"))],
            "2026-07-31",
            "none",
        ),
        (
            "2026-03-31",
            "withdrawn_on = \"2026-11-01\"\n",
            vec![listed("false", None)],
            "2027-07-31",
            "none",
        ),
        (
            "2026-03-31",
            "withdrawn_on = \"2026-11-21\"\n",
            vec![listed("true", Some("2027-07-31"))],
            "2027-07-31",
            "none",
        ),
    ] {
        let all = found(&[("registry/i.toml", ismap("C-1", "2025-01-01", audited, more))]);
        let mut facts_of = facts(&all, "cloud.ismap.listed");
        facts_of.sort();
        assert_eq!(facts_of, expected, "{audited} {more}");
        assert_eq!(
            facts(&all, "cloud.ismap.in_force_until")[0].0,
            until,
            "{audited} {more}"
        );
        assert_eq!(
            facts(&all, "cloud.ismap.renewal")[0].0,
            renewal,
            "{audited} {more}"
        );
    }
}

#[test]
fn days_between_certificates_are_found_and_both_are_named() {
    let days = |all: &Establishment| match &all
        .facts
        .iter()
        .find(|one| one.key.as_str() == "cloud.ismap.gap_days")
        .unwrap()
        .value
    {
        FactValue::Integer(days) => *days,
        other => panic!("{other}"),
    };
    // The first holds to 2026-07-31.
    let first = (
        "registry/a.toml",
        ismap("C-1", "2025-05-01", "2025-03-31", ""),
    );
    for (issued, expected) in [
        ("2026-08-01", 0),
        ("2026-08-11", 10),
        ("2026-06-01", 0),
        ("2026-12-01", 122),
    ] {
        let second = ("registry/b.toml", ismap("C-2", issued, "2026-06-30", ""));
        let all = found(&[first.clone(), second]);
        assert_eq!(days(&all), expected, "{issued}");
        let remark = all.remarks.iter().find(|one| one.code == "certificate-gap");
        assert_eq!(remark.is_some(), expected > 0);
        if let Some(remark) = remark {
            for part in ["`C-1`", "`C-2`", "2026-08-01", &format!("{expected} days")] {
                assert!(remark.message.contains(part), "{}", remark.message);
            }
        }
    }
    // Alone, the first leaves the days since then, and nothing before it although the use began before the second.
    assert_eq!(days(&found(&[first])), 112);
    let second = (
        "registry/b.toml",
        ismap("C-2", "2026-08-11", "2026-06-30", ""),
    );
    assert_eq!(days(&found(&[second])), 222);
}

#[test]
fn a_paper_does_not_stand_against_the_register_s_entry_for_the_same_certificate() {
    let paper = |number: &str| {
        format!(
            "schema = \"mekiki/certification/v1\"\nscheme = \"iso-27001\"\n{number}holder_corporate_number = \"{NUMBER}\"\n\
             issued = \"2025-10-01\"\nvalid_until = \"2028-09-30\"\n"
        )
    };
    let entry = "number = \"IS-1\"\n";
    let shown = paper(entry).replace("2028-09-30", "2026-09-30")
        + "[fetched]\nfrom = \"list\"\nat = \"2026-11-16\"\n";
    for (number, refuted) in [(entry, true), ("", true), ("number = \"IS-2\"\n", false)] {
        let all = found(&[
            ("registry/is.toml", shown.clone()),
            ("bids/aoba/is.toml", paper(number)),
        ]);
        let facts = facts(&all, "organisation.isms.certified");
        let denied = facts
            .iter()
            .any(|(value, rank, _)| value == "false" && *rank == 5);
        assert_eq!(denied, refuted, "{number}: {facts:?}");
    }
}
