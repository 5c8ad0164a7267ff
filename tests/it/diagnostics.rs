//! Keeps the codes of diagnostics: each is well formed and has its heading in `docs/diagnostics.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::source::{Token, arguments, closing, files, tokens, without_tests};

/// Functions and methods whose first argument is a code.
const CALLS: [&str; 8] = [
    "error",
    "warning",
    "note",
    "complain",
    "refuse",
    "fault",
    "warn",
    "push_with",
];

fn is_code(text: &str) -> bool {
    let steps: Vec<_> = text.split('-').collect();
    steps.iter().all(|step| {
        !step.is_empty()
            && step
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

/// Every code in the sources, with a file that gives it.
fn codes(sources: &[(String, String)]) -> BTreeMap<String, String> {
    let mut codes = BTreeMap::new();
    for (path, source) in sources {
        let tokens = without_tests(&tokens(source));
        let mut add = |text: &str| {
            codes.entry(text.to_owned()).or_insert_with(|| path.clone());
        };
        for (index, token) in tokens.iter().enumerate() {
            let next = tokens.get(index + 1);
            match token.name() {
                // An attribute such as `#[error("…")]` is no call.
                Some(_) if index > 0 && tokens[index - 1].is('[') => {}
                Some(name) if CALLS.contains(&name) && next.is_some_and(|next| next.is('(')) => {
                    if let Some([Token::Text(code)]) = arguments(&tokens, index + 1).first() {
                        add(code);
                    }
                }
                Some("code") if next.is_some_and(|next| next.is(':') || next.is('=')) => {
                    if let Some(Token::Text(code)) = tokens.get(index + 2) {
                        add(code);
                    }
                }
                // A function that turns an error into its diagnostic or its code names codes only.
                Some("fn") if next.and_then(Token::name).is_some_and(is_naming) => {
                    let body = tokens[index..].iter().position(|token| token.is('{'));
                    let Some(open) = body.map(|body| index + body) else {
                        continue;
                    };
                    let end = closing(&tokens, open).unwrap_or(open);
                    let texts = tokens[open..end].iter().filter_map(Token::text);
                    texts
                        .filter(|text| text.contains('-') && is_code(text))
                        .for_each(&mut add);
                }
                _ => {}
            }
        }
    }
    codes
}

fn is_naming(function: &str) -> bool {
    function == "diagnostic"
}

/// The headings of the page that are codes.
fn headings(page: &str) -> Vec<&str> {
    page.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().trim_matches('`'))
        .filter(|heading| is_code(heading))
        .collect()
}

#[test]
fn every_code_is_found_however_it_is_given() {
    let source = r#"
        #[error("an attribute")]
        fn f() {
            Diagnostic::error("one-a", place, "x");
            self.warning(
                "two-b", place, format!("not-a-code"));
            fields.complain("three", "key", "no", "no");
            let fault = RuleFault { code: "four-d", message };
            (index, path, "not-this")
        }
        fn diagnostic(&self) -> Diagnostic {
            let (code, help) = match self { A { .. } => ("five-e", "check the path") };
        }
        #[cfg(test)]
        mod tests { fn g() { Diagnostic::error("hidden-x", place, "x"); } }
    "#;
    let found = codes(&[("planted.rs".to_owned(), source.to_owned())]);
    let found: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(found, ["five-e", "four-d", "one-a", "three", "two-b"]);
    let page = "# Diagnostics\n\n## Files\n\n### `file-link`\n\ntext\n\n### file-missing\n";
    assert_eq!(headings(page), ["file-link", "file-missing"]);
}

#[test]
fn every_code_is_well_formed_and_has_its_heading() {
    let codes = codes(&files("src", ".rs"));
    assert!(codes.len() > 90, "the scan has come loose: {codes:?}");
    let malformed: Vec<_> = codes.iter().filter(|(code, _)| !is_code(code)).collect();
    assert_eq!(malformed, [] as [(&String, &String); 0]);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    let page = fs::read_to_string(page).unwrap_or_default();
    let headings = headings(&page);
    let missing: Vec<_> = codes
        .iter()
        .filter(|(code, _)| !headings.contains(&code.as_str()))
        .map(|(code, path)| format!("{code} ({path})"))
        .collect();
    assert_eq!(
        missing,
        [] as [&str; 0],
        "docs/diagnostics.md lacks headings"
    );
    let stale: Vec<_> = headings
        .iter()
        .filter(|heading| heading.contains('-') && !codes.contains_key(**heading))
        .collect();
    assert_eq!(
        stale,
        [] as [&&str; 0],
        "docs/diagnostics.md explains codes that nothing gives"
    );
    let mut unique = headings.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), headings.len(), "a code has two headings");
}
