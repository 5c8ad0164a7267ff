//! Open contracting data: what is published at which stage, that it meets the published schema, and that packages of others
//! are checked as their publishers say.

use std::collections::BTreeSet;

use jsonschema::{Registry, Validator};
use mekiki::app::library::Library;
use mekiki::app::ocds::{Choices, check_package, publish_award, publish_notice};
use mekiki::app::tender::open_tender;
use mekiki::evidence::Evidence;
use mekiki::evidence::ocds::{Package, schema};
use mekiki::folder::read_folder;
use mekiki::tape::parse_json;
use mekiki::tender::ocds::{EXTENSIONS, Prefix, PublishedDocument};
use serde_json::{Value, json};

use crate::binary::{DEMO, Scratch, mekiki};
use crate::corpus::{Corpus, corpus, say};
use crate::schema_mutation::mutate;
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

fn library() -> Library {
    Library::open(None).unwrap()
}

/// A made tender: its file, and what no notice may say.
struct Made {
    file: Evidence,
    secrets: Vec<String>,
    prices: Vec<i64>,
    planned: Vec<i64>,
}

/// Makes a tender with lots, amendments, items, evaluators, ties and all methods. Prices, marks, names and comments are
/// distinctive, so that any trace of them in a package is found.
fn make(seeded: &mut Seeded) -> Made {
    let method = ["addition", "division", "lowest-price"][seeded.below(3)];
    let lots = [0, 2, 3][seeded.below(3)];
    let amendments = seeded.below(3);
    let mut secrets = Vec::new();
    let (mut prices, mut planned) = (Vec::new(), Vec::new());
    let mut out = String::from(
        r#"schema = "mekiki/tender-file/v1"
id = "made-2026"
as_of = "2027-02-01"
bid_deadline = "2027-01-14"
offering_types = ["OUT"]
title = { ja = "業務一式", en = "The works" }
agency = { id = "records", name = { ja = "記録保存庁", en = "Agency for Records" } }

[[information]]
name = { ja = "業務資料", en = "Working papers" }
confidentiality = 1
integrity = 1
availability = 1

[timetable]
agreement = true
published_on = "2026-11-20"
questions_until = "2026-12-04T17:00:00+09:00"
answers_by = "2026-12-11"
bids_until = "2027-01-14T12:00:00+09:00"
opening_at = "2027-01-29T10:30:00+09:00"
contract_by = "2027-02-26"

"#,
    );
    for number in 0..amendments {
        out += &format!(
            "[[amendment]]\nid = \"amendment-{number}\"\non = \"2026-12-0{}\"\nrationale = {{ ja = \"仕様の訂正\", en = \"Specification corrected\" }}\n\n",
            number + 1
        );
    }
    let form = match method {
        "addition" => "method = \"addition\"\nprice_formula = \"share-below-ceiling\"",
        other => &format!("method = \"{other}\""),
    };
    out += &format!(
        "[procedure]\n{}\n[procedure.form]\nid = \"made\"\nversion = \"1\"\nsource = \"made\"\n{form}\ntie = [\"lots\"]\ntitle = {{ ja = \"手順\", en = \"Procedure\" }}\n\n",
        if method == "addition" {
            "price_points = 100"
        } else {
            ""
        }
    );
    out += r#"[[procedure.block]]
id = "plan"
title = { ja = "実施計画", en = "Plan" }
kind = "marks"
points = 100

[[procedure.item]]
id = "schedule"
title = { ja = "工程", en = "Schedule" }
block = "plan"
points = 100

[[procedure.item]]
id = "certified"
title = { ja = "認証", en = "Certified" }
kind = "mandatory"

"#;
    for lot in 0..lots {
        out += &format!(
            "[[lot]]\nid = \"lot-{lot}\"\ntitle = {{ ja = \"第{lot}号\", en = \"Lot {lot}\" }}\n\n"
        );
    }
    let ceiling =
        |seeded: &mut Seeded| 900_000_001 + i64::try_from(seeded.below(9_000)).unwrap() * 7;
    if lots == 0 {
        let yen = ceiling(seeded);
        planned.push(yen);
        out += &format!("[opening]\nceiling_yen = {yen}\n\n");
    } else {
        out += "[opening.ceilings]\n";
        for lot in 0..lots {
            let yen = ceiling(seeded);
            planned.push(yen);
            out += &format!("lot-{lot} = {yen}\n");
        }
        out += "\n";
    }
    secrets.extend(planned.iter().map(ToString::to_string));
    let evaluators = 2 + seeded.below(2);
    for number in 0..evaluators {
        let name = format!("審査員{number}氏");
        out += &format!(
            "[[evaluator]]\nid = \"judge-{number}\"\nname = {{ ja = \"{name}\", en = \"Judge No. {number}\" }}\n\n"
        );
        secrets.extend([
            name,
            format!("judge-{number}"),
            format!("Judge No. {number}"),
        ]);
    }
    let bids = 3 + seeded.below(4);
    let mut draw = Vec::new();
    let tied = seeded.below(2) == 0;
    let first_price = 700_000_003 + i64::try_from(seeded.below(9_000)).unwrap() * 11;
    for number in 0..bids {
        // In a tie all bids are equal, and lots are drawn.
        let price = if tied {
            first_price
        } else {
            600_000_007 + i64::try_from(seeded.below(20_000)).unwrap() * 13
        };
        let mark = if tied {
            "77.125".to_owned()
        } else {
            format!("{}.375", 41 + seeded.below(50))
        };
        prices.push(price);
        let lot = if lots == 0 {
            String::new()
        } else {
            format!("lot = \"lot-{}\"\n", number % lots)
        };
        let corporate = if number % 2 == 0 {
            format!("corporate_number = \"799990100000{number}\"\n")
        } else {
            String::new()
        };
        out += &format!(
            "[[bid]]\nid = \"offer-{number}\"\n{lot}{corporate}price_yen = {price}\nsupplier = {{ ja = \"第{number}応札株式会社\", en = \"Bidder No. {number}\" }}\n\n"
        );
        for judge in 0..evaluators {
            let met = number != 0;
            out += &format!(
                "[[sheet]]\nevaluator = \"judge-{judge}\"\nbid = \"offer-{number}\"\nmarks = {{ schedule = \"{mark}\", certified = {met} }}\ncomments = {{ schedule = \"所見{number}{judge}\" }}\n\n"
            );
            secrets.push(format!("所見{number}{judge}"));
        }
        draw.push(format!("\"offer-{number}\""));
        secrets.extend([
            price.to_string(),
            mark,
            format!("offer-{number}"),
            format!("第{number}応札株式会社"),
            format!("Bidder No. {number}"),
            format!("799990100000{number}"),
        ]);
    }
    out += &format!("[draw]\norder = [{}]\n", draw.join(", "));
    Made {
        file: Evidence::new("tender.toml", out.into_bytes()),
        secrets,
        prices,
        planned,
    }
}

fn notice(made: &Made, package: Package) -> Value {
    publish_notice(&library(), &made.file, &choices(package)).unwrap_or_else(|refused| {
        panic!("{refused:?}\n{}", String::from_utf8_lossy(&made.file.bytes))
    })
}

fn award(made: &Made, choices: &Choices) -> Value {
    let library = library();
    let open = open_tender(&library, vec![made.file.clone()]).unwrap_or_else(|refused| {
        panic!("{refused:?}\n{}", String::from_utf8_lossy(&made.file.bytes))
    });
    publish_award(&library, &open, choices).unwrap()
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
    let mut seeded = Seeded::new(0x6e6f_7469_6365);
    for _ in 0..40 {
        let made = make(&mut seeded);
        for package in PACKAGES {
            let mut choices = choices(package);
            // Asking for prices changes nothing at this stage.
            (choices.with_prices, choices.with_planned_price) = (true, true);
            let written = publish_notice(&library(), &made.file, &choices).unwrap();
            assert_eq!(written, notice(&made, package));
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
    let mut seeded = Seeded::new(0x6177_6172_64);
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
    let mut seeded = Seeded::new(0x7265_636f_7264);
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
    let mut seeded = Seeded::new(0x7368_6170_65);
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
            assert!(one["value"].is_number() && ids.insert(one["id"].clone()));
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
                assert!(ids.insert(group["id"].clone()));
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
        let open = open_tender(&library, vec![file]).unwrap();
        let refused = publish_award(&library, &open, &choices(Package::Release)).unwrap_err();
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
    let refused = publish_notice(&library(), &file, &choices(Package::Release)).unwrap_err();
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
    let open = open_tender(&library, evidence).unwrap();
    let package = publish_award(&library, &open, &choices(Package::Release)).unwrap();
    let suppliers = &package["releases"][0]["awards"][0]["suppliers"];
    assert_eq!(suppliers[0]["id"], "JP-JCN-7999901000001");
}

#[test]
fn faults_of_a_foreign_package_have_their_places() {
    let scratch = Scratch::new();
    let release = |edit: &dyn Fn(&mut Value)| {
        let mut package = json!({
            "uri": "https://example.org/1", "version": "1.1", "publishedDate": "2026-01-01T00:00:00Z",
            "publisher": {"name": "A"},
            "releases": [{
                "ocid": "ocds-213czf-1", "id": "1", "date": "2026-01-01T00:00:00Z", "tag": ["tender"],
                "initiationType": "tender", "parties": [{"id": "A", "name": "A", "roles": ["buyer"]}],
                "buyer": {"id": "A", "name": "A"}, "tender": {"id": "1", "title": "x", "title_fr": "y"},
            }],
        });
        edit(&mut package);
        package
    };
    for (edit, expected) in [
        (&(|_: &mut Value| {}) as &dyn Fn(&mut Value), None),
        (
            &|one| one["releases"][0]["tender"]["status"] = json!("open"),
            Some("schema-value /releases/0/tender/status"),
        ),
        (
            &|one| one["releases"][0]["tender"]["status"] = Value::Null,
            None,
        ),
        (
            &|one| one["releases"][0]["tender"]["title_fr"] = json!(1),
            Some("schema-type /releases/0/tender/title_fr"),
        ),
        (
            &|one| one["releases"][0]["tender"]["title_x"] = json!(1),
            None,
        ),
        (
            &|one| one["releases"][0]["date"] = json!("2026-01-01"),
            Some("schema-format /releases/0/date"),
        ),
        (
            &|one| _ = one.as_object_mut().unwrap().remove("publisher"),
            Some("schema-required "),
        ),
        (
            &|one| one["releases"][0]["tender"]["value"] = json!({"currency": "YEN"}),
            Some("schema-value /releases/0/tender/value/currency"),
        ),
        (
            &|one| one["releases"][0]["ocid"] = json!("213czf-1"),
            Some("ocds-ocid /releases/0/ocid"),
        ),
        (
            &|one| one["releases"][0]["id"] = json!("a#1"),
            Some("ocds-release-id /releases/0/id"),
        ),
        (
            &|one| one["releases"][0]["buyer"]["id"] = json!("B"),
            Some("ocds-reference /releases/0/buyer"),
        ),
        (
            &|one| one["version"] = json!("1.2"),
            Some("ocds-version /version"),
        ),
        (
            &|one| one["releases"][0]["awards"] = json!([{"id": "1", "relatedLots": ["9"]}]),
            Some("ocds-reference /releases/0/awards/0/relatedLots/0"),
        ),
    ] {
        let package = release(edit);
        let text = serde_json::to_string_pretty(&package).unwrap();
        let checked = check_package("package.json", text.as_bytes()).unwrap();
        let found: Vec<_> = checked
            .checked
            .findings
            .iter()
            .map(|one| {
                assert!(one.at.line.is_some());
                format!(
                    "{} {}",
                    one.code,
                    one.at.pointer.as_deref().unwrap_or_default()
                )
            })
            .collect();
        let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(found, expected, "{text}");
    }
    scratch.write("release.json", "{\"ocid\": \"ocds-213czf-1\"}");
    let run = mekiki(&[
        "tender",
        "ocds",
        "--check",
        &scratch.path("release.json"),
        "--format",
        "json",
    ]);
    assert_eq!(run.error()["error"]["code"], "ocds-not-package");
    scratch.write("broken.json", "{\"version\": \"1.1\", \"releases\": [{}]}");
    let run = mekiki(&[
        "tender",
        "ocds",
        "--check",
        &scratch.path("broken.json"),
        "--lang",
        "ja",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("schema-required"), "{run:?}");
}

#[test]
fn packages_of_the_corpus_are_what_its_manifest_says() {
    let Some(corpus) = corpus() else { return };
    let rows = corpus.rows.iter().filter(|row| row.format == "ocds-json");
    let mut count = 0;
    for row in rows {
        count += 1;
        let expected = row.expected.starts_with("valid");
        let checked = check_package(&row.path, &corpus.read(&row.path)).unwrap();
        assert_eq!(
            checked.valid, expected,
            "{}: {:?}",
            row.path, checked.checked.findings
        );
        assert_eq!(checked.checked.package, Package::Release, "{}", row.path);
        assert_eq!(
            checked.checked.version.as_deref(),
            Some(row.version.as_str())
        );
    }
    assert!(count >= 7, "{count}");
}

/// An independent validator with the official schemas, where they lie in the corpus.
fn official(corpus: &Corpus, package: Package) -> Option<Validator> {
    let folder = corpus.path("schemas/ocds/1.1");
    if !folder.is_dir() {
        say(
            "ocds: the official schemas are not in the corpus (schemas/ocds/1.1); our tables alone were held against packages",
        );
        return None;
    }
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
    };
    let mut registry = Registry::new();
    for name in ["release-schema", "versioned-release-validation-schema"] {
        let uri = format!("https://standard.open-contracting.org/schema/1__1__5/{name}.json");
        registry = registry.add(uri, read(&format!("{name}.json"))).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let name = match package {
        Package::Release => "release-package-schema.json",
        Package::Record => "record-package-schema.json",
    };
    let validator = jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&read(name));
    Some(validator.unwrap())
}

#[test]
fn what_we_write_and_mutations_of_it_get_the_verdict_of_an_independent_validator() {
    let Some(corpus) = corpus() else { return };
    for package in PACKAGES {
        let Some(theirs) = official(corpus, package) else {
            return;
        };
        let ours = schema(package).unwrap();
        let mut documents = Vec::new();
        let mut seeded = Seeded::new(0x6f63_6473);
        for _ in 0..20 {
            let made = make(&mut seeded);
            let mut choices = choices(package);
            (choices.with_prices, choices.with_planned_price) = (true, true);
            documents.extend([notice(&made, package), award(&made, &choices)]);
        }
        for document in &documents {
            let errors: Vec<_> = theirs
                .iter_errors(document)
                .map(|one| one.to_string())
                .collect();
            assert_eq!(errors, [] as [String; 0], "{document}");
        }
        if package == Package::Release {
            let rows = corpus.rows.iter().filter(|row| row.format == "ocds-json");
            documents.extend(
                rows.map(|row| serde_json::from_slice::<Value>(&corpus.read(&row.path)).unwrap()),
            );
        }
        let mut conforming = 0;
        for round in 0..2_000 {
            let mut document = documents[round % documents.len()].clone();
            for _ in 0..=seeded.below(2) {
                mutate(&mut document, &mut seeded);
            }
            let text = document.to_string();
            let document: Value = serde_json::from_str(&text).unwrap();
            let valid = theirs.is_valid(&document);
            conforming += usize::from(valid);
            let tape = parse_json(&text).unwrap();
            let error = theirs
                .iter_errors(&document)
                .next()
                .map(|one| format!("{}: {one}", one.instance_path()));
            assert_eq!(ours.conforms(tape.root()), valid, "{error:?}\n{text}");
        }
        say(&format!(
            "ocds: 2000 mutations of {} packages, {conforming} conform",
            documents.len()
        ));
        assert!(conforming > 100 && conforming < 1_900, "{conforming}");
    }
}
