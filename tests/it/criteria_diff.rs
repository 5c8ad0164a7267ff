//! Two editions held against each other, and against running cases.

use std::fs;

use crate::binary::{DEMO, Scratch, mekiki};
use crate::overlay::{Draft, MFA, tighter_mfa};

#[test]
fn a_difference_names_what_was_added_removed_and_changed() {
    let scratch = Scratch::new();
    scratch.copy("criteria");
    let folder = scratch.root();
    let same = mekiki(&["criteria", "diff", "built-in", &folder, "--format", "json"]);
    assert_eq!(same.code, 0, "{same:?}");
    assert_eq!(same.json()["changed"], serde_json::json!([]));

    scratch.edit(
        "article-19/A19-2.leak.mfa.toml",
        "months = 12",
        "months = 24",
    );
    scratch.edit(
        "article-19/A19-2.integ.signature.toml",
        "settled_by = 6",
        "settled_by = 5",
    );
    scratch.edit(
        "article-19/A19-2.leak.mfa.toml",
        "weight = \"H\"",
        "weight = \"M\"",
    );
    fs::remove_file(scratch.path("article-19/A19-1.scope.inventory.toml")).unwrap();
    let run = mekiki(&["criteria", "diff", "built-in", &folder, "--format", "json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let view = run.json();
    assert_eq!(view["schema"], "mekiki/criteria-diff/v1");
    assert_eq!(view["removed"][0]["id"], "A19-1.scope.inventory");
    assert_eq!(view["removed"][0]["direction"], "looser");
    let changes: Vec<_> = view["changed"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["changes"].as_array().unwrap())
        .map(|one| {
            (
                one["field"].as_str().unwrap(),
                one["direction"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("gate.settled_by", "looser"),
            ("score.weight", "other"),
            ("reevaluation.months", "looser"),
        ]
    );
    let back = mekiki(&["criteria", "diff", &folder, "built-in", "--lang", "ja"]);
    assert!(back.stdout.contains("追加された基準"), "{}", back.stdout);
    assert!(
        back.stdout.contains("reevaluation.months: 強化"),
        "{}",
        back.stdout
    );
}

#[test]
fn an_overlay_is_compared_with_what_it_lies_over() {
    let scratch = Scratch::new();
    let overlay = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa())
        .write(&scratch, "moj");
    let stack = format!("built-in+{overlay}");
    for child in [overlay.as_str(), stack.as_str()] {
        let run = mekiki(&["criteria", "diff", "built-in", child, "--format", "json"]);
        assert_eq!(run.code, 1, "{run:?}");
        let view = run.json();
        assert_eq!(view["new"]["layers"][0], "moj");
        assert_eq!(view["changed"].as_array().unwrap().len(), 1);
    }
    let alone = mekiki(&["criteria", "diff", &overlay, "built-in", "--format", "json"]);
    assert_eq!(alone.code, 3);
    assert_eq!(alone.error()["error"]["code"], "overlay-base-missing");
}

#[test]
fn an_impact_tells_changed_touched_and_untouched_cases_apart_and_leaves_records_alone() {
    let scratch = Scratch::new();
    let cases = scratch.path("cases");
    for name in ["2026/a", "2026/deep/b"] {
        let run = std::process::Command::new("cp")
            .args(["-r", DEMO, "-T"])
            .arg({
                let folder = format!("{cases}/{name}");
                fs::create_dir_all(&folder).unwrap();
                folder
            })
            .status()
            .unwrap();
        assert!(run.success());
    }
    let record = format!("{cases}/2026/a/record.json");
    mekiki(&[
        "tender",
        "evaluate",
        &format!("{cases}/2026/a"),
        "--record",
        &record,
    ]);
    let before = fs::read(&record).unwrap();
    fs::write(format!("{cases}/2026/deep/b/tender.toml"), "id = 1").unwrap();

    let overlay = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa())
        .write(&scratch, "moj");
    let run = mekiki(&[
        "criteria", "impact", "built-in", &overlay, "--cases", &cases, "--format", "json",
    ]);
    assert_eq!(run.code, 3, "{run:?}");
    let view = run.json();
    assert_eq!(view["schema"], "mekiki/criteria-impact/v1");
    assert_eq!(view["records_changed"], false);
    assert_eq!(view["criteria"], serde_json::json!([MFA]));
    let list = view["cases"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(
        (&list[0]["case"], &list[0]["reach"]),
        (&"2026/a".into(), &"changed".into())
    );
    assert_eq!(list[0]["decided_under"][0]["record"], "record.json");
    assert_eq!(
        (&list[1]["case"], &list[1]["reach"]),
        (&"2026/deep/b".into(), &"unjudged".into())
    );
    let changed: Vec<_> = list[0]["bids"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|bid| bid["changed"].as_array().unwrap())
        .collect();
    assert!(!changed.is_empty());
    assert!(
        changed.iter().all(|one| one["criterion"] == MFA),
        "{changed:?}"
    );
    assert_eq!(fs::read(&record).unwrap(), before);

    // A criterion that is worded anew touches the case, and nothing comes out otherwise.
    fs::remove_dir_all(format!("{cases}/2026/deep")).unwrap();
    let worded = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), "reason = { ja = \"x\", en = \"x\" }\nask = { ja = \"図を添えること。\", en = \"Add a drawing.\" }\n")
        .write(&scratch, "worded");
    let run = mekiki(&[
        "criteria", "impact", "built-in", &worded, "--cases", &cases, "--format", "json",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    let view = run.json();
    assert_eq!(view["cases"][0]["reach"], "touched");
    assert_eq!(view["cases"][0]["bids"][0]["touched"][0], MFA);
    let run = mekiki(&[
        "criteria", "impact", "built-in", "built-in", "--cases", &cases, "--lang", "ja",
    ]);
    assert!(run.stdout.contains("影響なし"), "{}", run.stdout);
    assert!(
        run.stdout.contains("記録は一切変更していない"),
        "{}",
        run.stdout
    );
}
