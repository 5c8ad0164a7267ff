//! `mekiki self-check`: whether a machine is fit to verify, and what is named where it is not.

use serde_json::Value;

use super::workspace::Workspace;

const ROOT: &str = "deliveries/connector/agency/trusted_root.json";
const DAY: &str = "--as-of 2026-12-01";

/// The codes of what is wanting.
fn wanting(view: &Value) -> Vec<&str> {
    let list = view["wanting"].as_array().unwrap().iter();
    list.map(|one| {
        for field in ["message", "help"] {
            for lang in ["ja", "en"] {
                let text = one[field][lang].as_str().unwrap();
                assert!(!text.is_empty() && !text.starts_with("self-check"), "{one}");
            }
        }
        one["code"].as_str().unwrap()
    })
    .collect()
}

fn check(workspace: &Workspace, options: &str) -> (i32, Value) {
    let ended = workspace.step(&format!("mekiki self-check {options} --format json"), &[]);
    let view: Value = serde_json::from_str(&ended.stdout)
        .unwrap_or_else(|error| panic!("{options}: {error}: {ended}"));
    assert_eq!(view["schema"], "mekiki/fitness/v1");
    assert_eq!(view["fit"], ended.code == 0, "{options}: {ended}");
    let text = workspace.step(&format!("mekiki self-check {options}"), &[]);
    assert_eq!(text.code, ended.code, "{options}");
    let japanese = workspace.step(&format!("mekiki self-check {options} --lang ja"), &[]);
    for want in view["wanting"].as_array().unwrap() {
        assert!(
            text.stdout
                .contains(want["message"]["en"].as_str().unwrap())
        );
        assert!(text.stdout.contains(want["help"]["en"].as_str().unwrap()));
        assert!(
            japanese
                .stdout
                .contains(want["message"]["ja"].as_str().unwrap())
        );
    }
    (ended.code, view)
}

#[test]
fn a_fit_machine_tells_what_it_judges_by() {
    let workspace = Workspace::new();
    let digest = workspace.export_feed();
    let (code, view) = check(
        &workspace,
        &format!("--feed feed --trusted-root {ROOT} {DAY}"),
    );
    assert_eq!(code, 0, "{view:#}");
    assert_eq!(view["version"], env!("CARGO_PKG_VERSION"));
    assert!(view["target"].as_str().unwrap().contains("linux"));
    assert_eq!(view["catalog"]["id"], "article-19");
    for digest in [&view["catalog"]["digest"], &view["checks"]["digest"]] {
        assert_eq!(digest.as_str().unwrap().len(), 64);
    }
    let feed = &view["feed"];
    assert_eq!(feed["digest"], digest);
    assert_eq!(feed["age_days"], 11);
    assert_eq!(feed["kev"], 1);
    let ecosystems = feed["ecosystems"].as_array().unwrap();
    assert_eq!(ecosystems.len(), 1, "{feed:#}");
    assert_eq!(ecosystems[0]["name"], "crates.io");
    assert_eq!(ecosystems[0]["age_days"], 11);
    assert_eq!(ecosystems[0]["as_of"], "2026-11-20T00:00:00Z");
    let root = &view["trusted_root"];
    assert_eq!(root["origin"], "file");
    assert_eq!(root["from"], ROOT);
    assert_eq!(root["age_days"], Value::Null, "a file does not say its age");
    assert_eq!(wanting(&view), [] as [&str; 0]);
}

#[test]
fn what_is_missing_is_named_and_never_a_verdict_of_one() {
    let workspace = Workspace::new();
    let (code, view) = check(&workspace, DAY);
    assert_eq!(code, 3);
    assert_eq!(
        wanting(&view),
        ["self-check-feed-missing", "self-check-root-missing"]
    );
    assert_eq!(view["feed"], Value::Null);
    assert_eq!(view["trusted_root"], Value::Null);
    let (code, view) = check(&workspace, "--feed no-such-folder --without trusted-root");
    assert_eq!((code, wanting(&view)), (3, vec!["self-check-feed-missing"]));
    let (code, view) = check(&workspace, "--without feed --without trusted-root");
    assert_eq!((code, wanting(&view)), (0, vec![]));
}

#[test]
fn what_is_too_old_is_named_with_its_ecosystem() {
    let workspace = Workspace::new();
    workspace.export_feed();
    let base = "--feed feed --without trusted-root --as-of 2026-12-20";
    let (code, view) = check(&workspace, base);
    assert_eq!(code, 0, "thirty days are fresh: {view:#}");
    let (code, view) = check(
        &workspace,
        "--feed feed --without trusted-root --as-of 2026-12-21",
    );
    assert_eq!((code, wanting(&view)), (3, vec!["self-check-feed-stale"]));
    let message = view["wanting"][0]["message"]["en"].as_str().unwrap();
    assert!(
        message.contains("crates.io") && message.contains("31"),
        "{message}"
    );
    assert_eq!(view["feed"]["ecosystems"][0]["fresh"], false);
    let (code, _) = check(&workspace, &format!("{base} --max-feed-age 29"));
    assert_eq!(code, 3);
    let (code, _) = check(&workspace, &format!("{base} --max-feed-age 30"));
    assert_eq!(code, 0);
}

#[test]
fn a_damaged_snapshot_is_not_a_missing_one() {
    let workspace = Workspace::new();
    let digest = workspace.export_feed();
    workspace.write(&format!("feed/snapshots/{digest}/manifest.json"), "{}");
    let (code, view) = check(&workspace, "--feed feed --without trusted-root");
    assert_eq!(
        (code, wanting(&view)),
        (3, vec!["self-check-feed-unusable"])
    );
}

#[test]
fn a_kept_root_ages_and_a_file_lapses() {
    let workspace = Workspace::new();
    workspace.export_feed();
    let kept = workspace.step(&format!("mekiki trust root import {ROOT}"), &[]);
    assert_eq!(kept.code, 0, "{kept}");
    let (code, view) = check(&workspace, "--without feed");
    assert_eq!(code, 0, "{view:#}");
    let root = &view["trusted_root"];
    assert_eq!(root["origin"], "handed_in");
    assert_eq!(root["age_days"], 0);
    let (code, view) = check(&workspace, "--without feed --as-of 2127-01-01");
    assert_eq!(code, 3);
    assert!(
        wanting(&view).contains(&"self-check-root-stale"),
        "{view:#}"
    );
    workspace.write("broken.json", "{}");
    let (code, view) = check(&workspace, "--without feed --trusted-root broken.json");
    assert_eq!(
        (code, wanting(&view)),
        (3, vec!["self-check-root-unusable"])
    );
    let lapsed = format!("--without feed --trusted-root {ROOT} --as-of 1999-01-01");
    let (code, view) = check(&workspace, &lapsed);
    assert_eq!((code, wanting(&view)), (3, vec!["self-check-root-lapsed"]));
}

#[test]
fn the_two_self_checks_name_each_other() {
    let workspace = Workspace::new();
    let own = workspace.step("mekiki self-check --help", &[]).stdout;
    assert!(own.contains("agency self-check"), "{own}");
    let agency = workspace
        .step("mekiki agency self-check --help", &[])
        .stdout;
    let agency = agency.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(agency.contains("`mekiki self-check`"), "{agency}");
}
