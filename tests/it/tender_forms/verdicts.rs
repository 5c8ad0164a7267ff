//! Verdicts of the machine as proposals: confirmed, overruled, and both kept.

use mekiki::app::library::Library;
use mekiki::app::tender::{judge_tender, open_tender};
use mekiki::evidence::Evidence;
use serde_json::{Value, json};

/// The demo tender with more text in its file.
fn demo(library: &Library, edit: impl Fn(String) -> String) -> Result<Value, Vec<&'static str>> {
    let mut evidence = mekiki::folder::read_folder(crate::binary::DEMO).unwrap();
    let file = evidence
        .iter_mut()
        .find(|one| one.path == "tender.toml")
        .unwrap();
    let text = edit(String::from_utf8(file.bytes.to_vec()).unwrap());
    *file = Evidence::new("tender.toml", text.into_bytes());
    let codes = |refused: mekiki::app::Refused| -> Vec<&'static str> {
        refused.0.iter().map(|fault| fault.code).collect()
    };
    let open = open_tender(library, evidence).map_err(codes)?;
    let judged = judge_tender(library, &open, None).map_err(codes)?;
    Ok(serde_json::to_value(&judged.view).unwrap())
}

fn bid_of<'a>(view: &'a Value, id: &str) -> &'a Value {
    let bids = view["bids"].as_array().unwrap();
    bids.iter().find(|bid| bid["id"] == id).unwrap()
}

#[test]
fn a_person_confirms_or_overrules_the_machine_and_both_are_kept() {
    let library = Library::open(None).unwrap();
    let plain = demo(&library, |text| text).unwrap();
    assert_eq!(plain["provisional"], false);
    let shut = plain["bids"]
        .as_array()
        .unwrap()
        .iter()
        .find(|bid| bid["status"] == "excluded")
        .unwrap();
    let (out, gates) = (
        shut["id"].as_str().unwrap(),
        shut["excluded_by"].as_array().unwrap(),
    );
    let decide = |bid: &str, criterion: &str, decision: &str| {
        format!(
            "\n[[confirmation]]\nbid = \"{bid}\"\ncriterion = \"{criterion}\"\nby = \"committee\"\n{decision}\n"
        )
    };
    let reason = "reason = { ja = \"現地で確認した。\", en = \"Seen on site.\" }";

    // A gate that the machine found shut is opened by a person with a reason; the verdict stays as it was.
    let opened: String = gates
        .iter()
        .map(|gate| {
            decide(
                out,
                gate.as_str().unwrap(),
                &format!("decision = \"overruled\"\nmet = true\n{reason}"),
            )
        })
        .collect();
    let view = demo(&library, |text| text + &opened).unwrap();
    let bid = bid_of(&view, out);
    assert_eq!(bid["status"], "valid");
    assert_eq!(bid["confirmations"][0]["decision"], "overruled");
    assert_eq!(bid["confirmations"][0]["reason"]["en"], "Seen on site.");
    assert_eq!(
        bid["assessment"]["gates"],
        bid_of(&plain, out)["assessment"]["gates"]
    );

    // And the other way round, where the exclusion tells who and why.
    let winner = plain["winner"][0].as_str().unwrap();
    let gate = gates[0].as_str().unwrap();
    let closed = decide(
        winner,
        gate,
        &format!("decision = \"overruled\"\nmet = false\n{reason}"),
    );
    let view = demo(&library, |text| text + &closed).unwrap();
    let bid = bid_of(&view, winner);
    assert_eq!(bid["excluded_by"], json!([gate]));
    assert!(
        bid["exclusions"][0]["detail"]["en"]
            .as_str()
            .unwrap()
            .contains("committee")
    );

    // A scored criterion counts by the share that a person gives it.
    let scored = bid_of(&plain, winner)["assessment"]["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| {
            one["points"]["low"] != "0"
                && one["points"]["low"].is_string()
                && one["points"]["low"] == one["points"]["high"]
        })
        .unwrap()
        .clone();
    let criterion = scored["criterion"].as_str().unwrap();
    let nothing = decide(
        winner,
        criterion,
        &format!("decision = \"overruled\"\nshare = 0\n{reason}"),
    );
    let view = demo(&library, |text| text + &nothing).unwrap();
    let number = |value: &Value| mekiki::exact::Exact::parse(value.as_str().unwrap()).unwrap();
    let assessment = &bid_of(&plain, winner)["assessment"]["score"];
    let lost = number(&scored["points"]["low"])
        .times(&mekiki::exact::Exact::from_integer(40))
        .over(&number(&assessment["of"]))
        .unwrap();
    let fell = number(&bid_of(&plain, winner)["technical"])
        .minus(&number(&bid_of(&view, winner)["technical"]));
    assert_eq!(fell, lost);

    // What nobody has looked at keeps the ranking provisional where the tender asks for it.
    let asks = |text: String| {
        text.replacen(
            "ceiling_yen = 100000000",
            "ceiling_yen = 100000000\nconfirm_verdicts = true",
            1,
        )
    };
    let view = demo(&library, asks).unwrap();
    assert_eq!(view["provisional"], true);
    let waiting = bid_of(&view, winner)["unconfirmed"]
        .as_array()
        .unwrap()
        .len();
    let confirmed = decide(winner, criterion, "decision = \"confirmed\"");
    let view = demo(&library, |text| asks(text) + &confirmed).unwrap();
    assert_eq!(
        bid_of(&view, winner)["unconfirmed"]
            .as_array()
            .unwrap()
            .len(),
        waiting - 1
    );

    for (decision, code) in [
        ("decision = \"overruled\"\nmet = true", "missing-field"),
        (
            "decision = \"overruled\"\nreason = { ja = \"理由\", en = \"reason\" }",
            "confirmation-malformed",
        ),
        (
            "decision = \"confirmed\"\nmet = true",
            "confirmation-malformed",
        ),
    ] {
        let codes = demo(&library, |text| text + &decide(winner, criterion, decision)).unwrap_err();
        assert!(codes.contains(&code), "{decision}: {codes:?}");
    }
    let twice = decide(winner, criterion, "decision = \"confirmed\"").repeat(2);
    assert_eq!(
        demo(&library, |text| text + &twice),
        Err(vec!["confirmation-duplicate"])
    );
    let nobody = decide("nobody", criterion, "decision = \"confirmed\"");
    assert_eq!(
        demo(&library, |text| text + &nobody),
        Err(vec!["bid-unknown"])
    );
}

#[test]
fn a_verdict_is_a_proposal_for_its_item_and_another_mark_needs_a_comment() {
    let library = Library::open(None).unwrap();
    let plain = demo(&library, |text| text).unwrap();
    let shut = plain["bids"]
        .as_array()
        .unwrap()
        .iter()
        .find(|bid| bid["status"] == "excluded")
        .unwrap();
    let (out, gate) = (
        shut["id"].as_str().unwrap(),
        shut["excluded_by"][0].as_str().unwrap(),
    );
    assert_eq!(
        shut["excluded_by"].as_array().unwrap().len(),
        1,
        "one gate keeps the bid out"
    );
    let item = format!(
        "[[procedure.item]]\nid = \"gate\"\nkind = \"mandatory\"\ncriterion = \"{gate}\"\ntitle = {{ ja = \"門\", en = \"gate\" }}\n\n[[procedure.block]]\nid = \"base\""
    );
    // Every evaluator of the demo marks the item too: met, but for the bid that the gate keeps out.
    let marked = |met: bool, comment: &str| {
        let sheet = |block: &str| {
            let met = !block.contains(&format!("bid = \"{out}\"")) || met;
            let block = block.replacen("marks = { ", &format!("marks = {{ gate = {met}, "), 1);
            let commented = !comment.is_empty() && block.contains(out);
            match (commented, block.contains("comments = { ")) {
                (false, _) => block,
                (true, true) => block.replacen(
                    "comments = { ",
                    &format!("comments = {{ gate = \"{comment}\", "),
                    1,
                ),
                (true, false) => {
                    let (marks, rest) = block.split_once(" }\n").unwrap();
                    format!("{marks} }}\ncomments = {{ gate = \"{comment}\" }}\n{rest}")
                }
            }
        };
        demo(&library, |text| {
            let text = text.replacen("[[procedure.block]]\nid = \"base\"", &item, 1);
            let (head, sheets) = text.split_once("[[sheet]]").unwrap();
            let sheets: Vec<_> = sheets.split("[[sheet]]").map(sheet).collect();
            format!("{head}[[sheet]]{}", sheets.join("[[sheet]]"))
        })
    };
    // The evaluator agrees with the machine: out by the item, and no comment is needed.
    let view = marked(false, "").unwrap();
    assert_eq!(bid_of(&view, out)["excluded_by"], json!(["mandatory-item"]));
    assert_eq!(bid_of(&view, out)["proposals"][0]["agrees"], true);
    // The evaluator decides otherwise: only with a comment, which is kept beside the verdict.
    assert_eq!(marked(true, ""), Err(vec!["overruled-without-reason"]));
    let view = marked(true, "Seen on site.").unwrap();
    let bid = bid_of(&view, out);
    assert_eq!(bid["status"], "valid");
    assert_eq!(bid["proposals"][0]["agrees"], false);
    assert_eq!(
        bid["proposals"][0]["reasons"],
        json!([
            "asakura: Seen on site.",
            "narumi: Seen on site.",
            "tsutsumi: Seen on site."
        ])
    );
    assert_ne!(bid["proposals"][0]["verdict"], "pass");
}
