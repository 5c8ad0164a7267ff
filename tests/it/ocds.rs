//! Open contracting data: what is published at which stage, that it meets the published schema, and that packages of others
//! are checked as their publishers say.

mod check;
mod made;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use mekiki::app::library::Library;
use mekiki::app::ocds::{Choices, check_package, publish_award, publish_notice};
use mekiki::app::tender::open_tender;
use mekiki::evidence::Evidence;
use mekiki::evidence::ocds::Package;
use mekiki::folder::read_folder;
use mekiki::tender::ocds::{EXTENSIONS, Prefix, PublishedDocument};
use serde_json::{Value, json};

use made::{Made, make};

use crate::binary::{DEMO, Scratch, mekiki};
use crate::seeded::Seeded;

const PREFIX: &str = "ocds-zz0000";

fn choices(package: Package) -> Choices {
    Choices {
        package,
        prefix: Prefix::parse(PREFIX).unwrap(),
        documents: vec![
            document("tenderNotice", "notice.pdf"),
            document("awardNotice", "award.pdf"),
        ],
        with_prices: false,
        with_planned_price: false,
    }
}

fn document(kind: &str, title: &str) -> PublishedDocument {
    PublishedDocument {
        kind: kind.to_owned(),
        title: title.to_owned(),
        format: Some("application/pdf".to_owned()),
        digest: mekiki::digest::Digest::of(title.as_bytes()),
    }
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::open(None).unwrap())
}

fn notice(made: &Made, package: Package) -> Value {
    let written = publish_notice(library(), &made.file, &choices(package));
    match written {
        Ok(published) => published.package,
        Err(refused) => panic!("{refused:?}\n{}", String::from_utf8_lossy(&made.file.bytes)),
    }
}

fn award(made: &Made, choices: &Choices) -> Value {
    let library = library();
    let open = open_tender(library, vec![made.file.clone()]).unwrap_or_else(|refused| {
        panic!("{refused:?}\n{}", String::from_utf8_lossy(&made.file.bytes))
    });
    publish_award(library, &open, choices).unwrap().package
}

/// The findings of our own check.
fn findings(package: &Value) -> Vec<String> {
    let checked = check_package("package.json", package.to_string().as_bytes()).unwrap();
    let findings = checked.checked.findings.iter();
    findings.map(ToString::to_string).collect()
}

/// The release of a release package, or each of a record with the compiled one.
fn releases(package: &Value) -> Vec<&Value> {
    let record = &package["records"][0];
    let list = if record.is_null() {
        &package["releases"]
    } else {
        &record["releases"]
    };
    let mut all: Vec<_> = list.as_array().unwrap().iter().collect();
    all.extend(Some(&record["compiledRelease"]).filter(|one| !one.is_null()));
    all
}

const PACKAGES: [Package; 2] = [Package::Release, Package::Record];

#[test]
fn a_notice_tells_nothing_of_bids_prices_and_evaluators() {
    let mut seeded = Seeded::new(0x6e6f_7469);
    for _ in 0..40 {
        let made = make(&mut seeded);
        for package in PACKAGES {
            let mut choices = choices(package);
            // Asking for prices changes nothing at this stage.
            (choices.with_prices, choices.with_planned_price) = (true, true);
            let published = publish_notice(library(), &made.file, &choices).unwrap();
            // What was asked for and left out is named: a document and both kinds of prices.
            let codes: Vec<_> = published.remarks.iter().map(|one| one.code).collect();
            assert_eq!(codes, ["ocds-later"; 3]);
            let written = published.package;
            assert_eq!(written, notice(&made, package));
            // What is written before any bid is there is the same to the byte.
            let before = publish_notice(library(), &made.published, &choices).unwrap();
            assert_eq!(written, before.package);
            assert!(written.to_string().contains("SHA-256: "));
            let text = written.to_string();
            for secret in &made.secrets {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
            for key in ["bids", "awards", "value", "tenderers", "numberOfTenderers"] {
                assert!(!text.contains(&format!("\"{key}\"")), "{key} in {text}");
            }
            assert!(!text.contains("award.pdf"));
            assert_eq!(findings(&written), [] as [String; 0]);
        }
    }
}

#[test]
fn an_award_tells_prices_only_where_they_are_asked_for_and_evaluators_never() {
    let mut seeded = Seeded::new(0x6177_6172);
    let (mut won, mut disqualified) = (0, 0);
    for _ in 0..40 {
        let made = make(&mut seeded);
        for package in PACKAGES {
            for (with_prices, with_planned_price) in [(false, false), (true, false), (false, true)]
            {
                let mut choices = choices(package);
                (choices.with_prices, choices.with_planned_price) =
                    (with_prices, with_planned_price);
                let written = award(&made, &choices);
                assert_eq!(written, award(&made, &choices), "the same bytes");
                assert_eq!(findings(&written), [] as [String; 0]);
                let text = written.to_string();
                for word in ["judge", "審査員", "Judge", "所見", ".375", "77.125"] {
                    assert!(!text.contains(word), "{word} in {text}");
                }
                let has = |yen: &i64| text.contains(&yen.to_string());
                assert_eq!(made.prices.iter().all(has), with_prices, "{text}");
                assert_eq!(made.prices.iter().any(has), with_prices, "{text}");
                assert_eq!(made.planned.iter().all(has), with_planned_price, "{text}");
                assert_eq!(made.planned.iter().any(has), with_planned_price, "{text}");
                let last = *releases(&written).last().unwrap();
                let bids = last["bids"]["details"].as_array().unwrap();
                assert_eq!(bids.len(), made.prices.len());
                disqualified += bids
                    .iter()
                    .filter(|bid| bid["status"] == "disqualified")
                    .count();
                for award in last["awards"].as_array().into_iter().flatten() {
                    won += 1;
                    let bid = bids
                        .iter()
                        .find(|bid| bid["id"] == award["relatedBid"])
                        .unwrap();
                    assert_eq!(bid["status"], "valid");
                    assert_eq!(bid["tenderers"], award["suppliers"]);
                    let place = bids.iter().position(|one| one == bid).unwrap();
                    // With a tenth of tax, fractions cut off.
                    let contract = made.prices[place] * 11 / 10;
                    assert_eq!(
                        award["value"],
                        json!({"amount": contract, "currency": "JPY"})
                    );
                    assert_eq!(award["documents"][0]["title"], "award.pdf");
                }
                let count = last["bids"]["statistics"][0]["value"].as_u64().unwrap();
                assert_eq!(usize::try_from(count).unwrap(), bids.len());
            }
        }
    }
    assert!(won > 200 && disqualified > 200, "{won} {disqualified}");
}

#[test]
fn a_record_holds_its_releases_in_order_and_the_last_state() {
    let mut seeded = Seeded::new(0x7265_636f);
    for _ in 0..20 {
        let made = make(&mut seeded);
        let package = award(&made, &choices(Package::Record));
        let record = &package["records"][0];
        let all = record["releases"].as_array().unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(record["ocid"], format!("{PREFIX}-made-2026"));
        let announced = &notice(&made, Package::Release)["releases"][0];
        assert_eq!(&all[0], announced);
        assert_eq!(
            all[1],
            award(&made, &choices(Package::Release))["releases"][0]
        );
        assert!(all[0]["date"].as_str() < all[1]["date"].as_str());
        assert_eq!(all[1]["date"], package["publishedDate"]);
        let amended = !announced["tender"]["amendments"].is_null();
        let tag = if amended { "tenderAmendment" } else { "tender" };
        assert_eq!(announced["tag"], json!([tag]));
        // The release of the award repeats every field of the notice, so that nothing is lost by leaving the notice out.
        let (before, after) = (announced["tender"].as_object().unwrap(), &all[1]["tender"]);
        for (key, value) in before
            .iter()
            .filter(|(key, _)| !["status", "lots"].contains(&key.as_str()))
        {
            assert_eq!(after[key], *value, "{key}");
        }
        let compiled = &record["compiledRelease"];
        assert_eq!(compiled["tag"], json!(["compiled"]));
        assert_eq!(
            compiled["id"],
            format!("{PREFIX}-made-2026-2027-02-01T00:00:00+09:00")
        );
        for key in [
            "tender", "bids", "awards", "parties", "buyer", "ocid", "date",
        ] {
            assert_eq!(compiled[key], all[1][key], "{key}");
        }
    }
}

/// The members of an extension's object that we may write.
fn only(value: &Value, allowed: &[&str], required: &[&str]) {
    let members: BTreeSet<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let known: BTreeSet<_> = allowed.iter().copied().collect();
    assert!(members.is_subset(&known), "{members:?}");
    assert!(
        required.iter().all(|key| members.contains(key)),
        "{members:?}"
    );
}

/// The published shapes of the extensions for bids (1.1.5), lots (1.1.5) and requirements, as read in their schemas. What ends in
/// `_en` is a translation, which the standard allows by a pattern for its own fields only; elsewhere it is a further member.
#[test]
fn the_extensions_have_their_published_shape() {
    let mut seeded = Seeded::new(0x7368_6170);
    for _ in 0..20 {
        let made = make(&mut seeded);
        let mut choices = choices(Package::Release);
        (choices.with_prices, choices.with_planned_price) = (true, true);
        let package = award(&made, &choices);
        assert_eq!(package["extensions"], json!(EXTENSIONS));
        let release = &package["releases"][0];
        only(
            &release["bids"],
            &["statistics", "details"],
            &["statistics", "details"],
        );
        let mut ids = BTreeSet::new();
        for one in release["bids"]["statistics"].as_array().unwrap() {
            only(
                one,
                &["id", "measure", "value", "currency", "relatedLot"],
                &["id", "measure", "value"],
            );
            assert!(one["value"].is_number() && ids.insert(one["id"].to_string()));
        }
        for one in release["bids"]["details"].as_array().unwrap() {
            only(
                one,
                &["id", "status", "tenderers", "value", "relatedLots"],
                &["id", "status", "value"],
            );
            assert!(["valid", "disqualified"].contains(&one["status"].as_str().unwrap()));
        }
        for one in release["tender"]["lots"].as_array().into_iter().flatten() {
            only(
                one,
                &["id", "title", "title_en", "status", "value"],
                &["id", "status", "value"],
            );
            assert!(["complete", "unsuccessful"].contains(&one["status"].as_str().unwrap()));
        }
        let titled = ["id", "title", "title_en", "description", "description_en"];
        let mut ids = BTreeSet::new();
        for criterion in release["tender"]["criteria"].as_array().unwrap() {
            only(
                criterion,
                &[&titled[..], &["relatesTo", "requirementGroups"]].concat(),
                &["id"],
            );
            assert_eq!(criterion["relatesTo"], "tenderer");
            for group in criterion["requirementGroups"].as_array().unwrap() {
                only(group, &["id", "requirements"], &["id"]);
                assert!(ids.insert(group["id"].to_string()));
                for one in group["requirements"].as_array().unwrap() {
                    only(
                        one,
                        &[&titled[..], &["dataType", "expectedValue"]].concat(),
                        &["id", "dataType"],
                    );
                    let mandatory = one["expectedValue"] == true;
                    assert_eq!(
                        one["dataType"],
                        if mandatory { "boolean" } else { "string" }
                    );
                }
            }
        }
    }
}

#[test]
fn an_open_award_is_refused() {
    let mut seeded = Seeded::new(0x6f70_656e);
    let made = std::iter::repeat_with(|| make(&mut seeded))
        .find(|made| made.prices.windows(2).all(|two| two[0] == two[1]) && made.planned.len() == 1)
        .unwrap();
    let text = String::from_utf8(made.file.bytes.to_vec()).unwrap();
    let refused = |text: &str| {
        let library = library();
        let file = Evidence::new("tender.toml", text.as_bytes().to_vec());
        let open = open_tender(library, vec![file]).unwrap();
        let refused = publish_award(library, &open, &choices(Package::Release)).unwrap_err();
        refused.0.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    let undrawn = text.split("[draw]").next().unwrap();
    assert_eq!(refused(undrawn), ["ocds-not-decided"]);
    let early = text.replace("as_of = \"2027-02-01\"", "as_of = \"2026-11-20\"");
    assert_eq!(refused(&early), ["ocds-date-order"; 2]);
    let unopened = text.replace("as_of = \"2027-02-01\"", "as_of = \"2027-01-28\"");
    assert_eq!(refused(&unopened), ["ocds-date-order"]);
    let undated = text.replace("published_on", "#");
    let file = Evidence::new("tender.toml", undated.into_bytes());
    let refused = publish_notice(library(), &file, &choices(Package::Release)).unwrap_err();
    assert_eq!(refused.0[0].code, "ocds-date-missing");
}

/// The demo tender with a timetable.
fn demo(scratch: &Scratch) {
    scratch.copy(DEMO);
    let timetable =
        "[timetable]\npublished_on = \"2026-09-15\"\nquestions_until = \"2026-10-02\"\n\n[title]";
    scratch.edit("tender.toml", "[title]", timetable);
}

#[test]
fn the_demo_tender_is_published_at_both_stages() {
    let scratch = Scratch::new();
    demo(&scratch);
    scratch.write("paper.pdf", "%PDF-1.7 made");
    let paper = format!("tenderNotice={}", scratch.path("paper.pdf"));
    let root = scratch.root();
    for (kind, stage) in [
        ("release", "notice"),
        ("record", "notice"),
        ("release", "award"),
        ("record", "award"),
    ] {
        let elsewhere = Scratch::new();
        let out = elsewhere.path("package.json");
        let run = mekiki(&[
            "tender",
            "ocds",
            &root,
            "--kind",
            kind,
            "--stage",
            stage,
            "--prefix",
            PREFIX,
            "--document",
            &paper,
            "-o",
            &out,
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.contains("ocds-prefix-unverified"), "{run:?}");
        let text = std::fs::read_to_string(&out).unwrap();
        let package: Value = serde_json::from_str(&text).unwrap();
        for release in releases(&package) {
            assert_eq!(
                release["tender"]["documents"][0]["format"],
                "application/pdf"
            );
            assert!(release["tender"]["criteria"].as_array().unwrap().len() >= 3);
        }
        for price in ["92000000", "78500000", "58000000", "100000000"] {
            assert!(!text.contains(price), "{price}");
        }
        if stage == "notice" {
            assert!(!text.contains("青葉"), "{text}");
        }
        let check = mekiki(&["tender", "ocds", "--check", &out, "--format", "json"]);
        assert_eq!(check.code, 0, "{check:?}");
        assert_eq!(check.json()["findings"], json!([]));
        let detected = mekiki(&["detect", &out, "--format", "json"]).json();
        assert_eq!(detected["files"][0]["kind"], "procurement");
        assert_eq!(detected["files"][0]["format"], "ocds");
    }
    let evidence = read_folder(&root).unwrap();
    let library = library();
    let open = open_tender(library, evidence).unwrap();
    let published = publish_award(library, &open, &choices(Package::Release)).unwrap();
    assert!(published.remarks.is_empty(), "{:?}", published.remarks);
    let suppliers = &published.package["releases"][0]["awards"][0]["suppliers"];
    assert_eq!(suppliers[0]["id"], "JP-JCN-6999901000002");
}
