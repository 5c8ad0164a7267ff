//! The same answers give the same facts, whatever file they come in and in whatever order.

use mekiki::app::tender::open_tender;
use mekiki::fact::advisory::{Feed, Knowledge};
use mekiki::fact::dossier::Dossier;
use mekiki::fact::{Establishment, establish};
use rust_xlsxwriter::Workbook;

use crate::demo::Demo;

const ANSWERS: &str = "bids/aoba/answers.toml";

/// The identifier, the answer as a person writes it, and the document of each answer of the demo.
fn answers() -> Vec<[String; 3]> {
    let demo = Demo::new();
    let sheet = demo
        .evidence
        .iter()
        .find(|one| one.path == ANSWERS)
        .expect("the demo has answers");
    let text = std::str::from_utf8(&sheet.bytes).expect("a text");
    let table: toml::Table = text.parse().expect("answers in TOML");
    let written = |value: &toml::Value| match value {
        toml::Value::Boolean(true) => "○".to_owned(),
        toml::Value::Boolean(false) => "いいえ".to_owned(),
        toml::Value::Array(items) => {
            let all: Vec<_> = items.iter().filter_map(toml::Value::as_str).collect();
            all.join("、")
        }
        toml::Value::String(text) => text
            .replace("not_applicable", "該当なし")
            .replace("partial", "△"),
        other => other.to_string(),
    };
    let all = table["answers"].as_table().expect("a table of answers");
    all.iter()
        .map(|(id, answer)| {
            let document = answer.get("document").and_then(toml::Value::as_str);
            [
                id.clone(),
                written(&answer["value"]),
                document.unwrap_or_default().to_owned(),
            ]
        })
        .collect()
}

fn found(demo: &Demo) -> Establishment {
    let open = open_tender(&demo.library, demo.evidence.clone()).expect("the demo is sound");
    let bid = open
        .tender
        .bids
        .iter()
        .find(|bid| bid.id.as_str() == "aoba")
        .expect("a bid");
    let handed_in = demo
        .evidence
        .iter()
        .filter(|one| one.path.starts_with("bids/aoba/"));
    let feed = Feed::gather([], open.tender.as_of);
    let knowledge = Knowledge {
        feed: &feed,
        precedence: &demo.library.precedence,
        maximum_age_days: 30,
    };
    let dossier = Dossier::new(&bid.offering, handed_in, [], open.tender.as_of)
        .received(open.tender.bid_deadline);
    establish(
        &dossier,
        &demo.library.catalog.vocabulary,
        &demo.library.questionnaires,
        &demo.library.profiles,
        &demo.library.builders,
        knowledge,
    )
}

/// The facts that answers established, without their day and place.
fn facts(found: &Establishment) -> Vec<String> {
    let facts = found.facts.iter().filter(|one| one.rank.number() <= 2);
    facts
        .map(|one| {
            format!(
                "{} = {} at rank {}",
                one.key.as_str(),
                one.value,
                one.rank.number()
            )
        })
        .collect()
}

#[test]
fn a_table_and_a_workbook_give_the_facts_of_the_sheet() {
    let expected = found(&Demo::new());
    let expected_facts = facts(&expected);
    assert!(expected_facts.len() > 20, "{expected_facts:?}");

    let mut rows = answers();
    let csv = |rows: &[[String; 3]]| {
        let lines: Vec<_> = rows
            .iter()
            .map(|row| format!("{},\"{}\",{}", row[0], row[1], row[2]))
            .collect();
        format!("質問ID,回答,裏付けとなる文書名\n{}\n", lines.join("\n"))
    };
    let utf8 = csv(&rows).into_bytes();
    rows.reverse();
    let reversed = csv(&rows);
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(&reversed);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let header = ["裏付けとなる文書名", "質問ID", "新しい列", "回答"];
    for (text, column) in header.iter().zip(0..) {
        sheet.write(2, column, *text).expect("a cell");
    }
    for (row, line) in rows.iter().zip(3..) {
        sheet.write(line, 0, &row[2]).expect("a cell");
        sheet.write(line, 1, &row[0]).expect("a cell");
        sheet.write(line, 3, &row[1]).expect("a cell");
    }
    let xlsx = workbook.save_to_buffer().expect("a workbook");

    for (name, bytes) in [
        ("answers.csv", utf8),
        ("answers.sjis.csv", shift_jis.into_owned()),
        ("answers.xlsx", xlsx),
    ] {
        let demo = Demo::new()
            .without(|path| path == ANSWERS)
            .with(&format!("bids/aoba/{name}"), bytes);
        let found = found(&demo);
        assert_eq!(facts(&found), expected_facts, "{name}");
        let undated: Vec<_> = found
            .remarks
            .iter()
            .filter(|one| one.code == "answers-undated")
            .collect();
        assert_eq!(undated.len(), 1, "{name}");
        let open = open_tender(&demo.library, demo.evidence.clone()).expect("the demo is sound");
        let received = open.tender.bid_deadline.min(open.tender.as_of).to_string();
        assert!(undated[0].message.contains(&received), "{}", undated[0]);
    }
}

#[test]
fn a_sheet_of_others_gives_facts_through_its_links() {
    let csv = "CAIQ v4.0.3,\nQuestion ID,CSP CAIQ Answer\nIAM-14.1,No\nCEK-03.1,Yes\n";
    let demo = Demo::new()
        .without(|path| path == ANSWERS)
        .with("bids/aoba/caiq.csv", csv);
    assert_eq!(
        facts(&found(&demo))
            .into_iter()
            .filter(|one| one.ends_with("rank 1"))
            .collect::<Vec<_>>(),
        [
            "practice.mfa.administrators = false at rank 1",
            "practice.rest.encrypted = true at rank 1"
        ]
    );
}
