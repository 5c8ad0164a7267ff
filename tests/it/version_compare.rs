//! `mekiki version` through the binary, and its page.

use serde_json::json;

use crate::binary::{mekiki, mekiki_with_input};
use mekiki::version::ecosystem::{ECOSYSTEMS, Rule};

#[test]
fn one_pair_has_one_sign() {
    for (ecosystem, a, b, expected) in [
        ("Debian:12", "1.0~rc1-1", "1.0-1", "<"),
        ("pypi", "1.0", "1.0.0", "="),
        ("PyPI", "1.0", "-class.-x", ">"),
        ("Root:Alpine:3.18", "1.0-r2", "1.0-r10", "<"),
    ] {
        let run = mekiki(&["version", "compare", ecosystem, a, b]);
        assert_eq!((run.code, run.stdout), (0, format!("{expected}\n")));
        assert_eq!(run.stderr, "");
    }
    let run = mekiki(&[
        "version", "compare", "npm", "1.0.0", "1.0.1", "--format", "json",
    ]);
    assert_eq!(
        run.json(),
        json!({
            "schema": "mekiki/version-compare/v1", "ecosystem": "npm", "scheme": "semver",
            "a": "1.0.0", "b": "1.0.1", "order": "<",
        })
    );
}

#[test]
fn what_has_no_order_is_told_with_its_reason() {
    for (ecosystem, b, code) in [
        ("npm", "latest", "version-unorderable"),
        ("npn", "1", "version-ecosystem"),
        ("GIT", "1", "version-ecosystem"),
    ] {
        let run = mekiki(&["version", "compare", ecosystem, "1", b]);
        assert_eq!((run.code, run.stdout.as_str()), (3, "?\n"));
        assert!(run.stderr.contains(code), "{}", run.stderr);
        let run = mekiki(&["version", "compare", ecosystem, "1", b, "--format", "json"]);
        assert_eq!(run.code, 3);
        assert_eq!(run.error()["error"]["code"], code);
    }
    assert_eq!(mekiki(&["version", "compare", "npm", "1"]).code, 2);
    assert_eq!(mekiki(&["version", "compare", "--stdin", "npm"]).code, 2);
}

#[test]
fn lines_are_answered_one_by_one() {
    let compare = |input: &[u8]| mekiki_with_input(&["version", "compare", "--stdin"], input);
    let run = compare(b"npm\t1.0.0\t1.0.1\nDebian\t1:1\t2\r\nSUSE\t1\t01");
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (0, "<\n>\n=\n", "")
    );
    let run = compare(b"npm\t1\t2\n\nGentoo\t1\t2\n\xff\n");
    assert_eq!((run.code, run.stdout.as_str()), (3, "<\n?\n?\n?\n"));
    assert!(run.stderr.contains("3 of 4 lines"), "{}", run.stderr);
    let run = compare(b"");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let json = &["version", "compare", "--stdin", "--format", "json"];
    let run = mekiki_with_input(json, b"npm\t1\t2\n");
    assert_eq!(
        run.json(),
        json!({"schema": "mekiki/version-compare/v1", "answers": ["<"]})
    );
}

#[test]
fn every_ecosystem_is_listed_and_on_the_page() {
    let run = mekiki(&["version", "ecosystems", "--format", "json"]);
    let listed = run.json();
    assert_eq!(listed["schema"], "mekiki/version-ecosystems/v1");
    assert_eq!(
        listed["ecosystems"].as_array().unwrap().len(),
        ECOSYSTEMS.len()
    );
    let page = include_str!("../../docs/versions.md");
    for one in ECOSYSTEMS {
        let scheme = match one.rule {
            Rule::Ordered(scheme) => format!("`{}`", scheme.word()),
            Rule::Inner => "of the inner ecosystem".to_owned(),
            Rule::Unordered(_) => "none".to_owned(),
        };
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {scheme} |")))
            .unwrap_or_else(|| panic!("no row for {scheme}"));
        let names: Vec<_> = row.split(" | ").nth(1).unwrap().split(", ").collect();
        assert!(names.contains(&one.name), "{} in {row}", one.name);
    }
    let text = mekiki(&["version", "ecosystems", "--lang", "ja"]);
    assert_eq!(text.code, 0);
    assert!(text.stdout.contains("エコシステム"), "{}", text.stdout);
}
