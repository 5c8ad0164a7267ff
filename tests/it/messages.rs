//! Keeps the messages: none is missing, none is unused, and each gets the arguments that it names.

use std::collections::{BTreeMap, BTreeSet};

use mekiki::assessment::verdict::VerdictKind;
use mekiki::criteria::Stage;
use mekiki::text::Lang;
use mekiki::text::messages::{keys, message};

use crate::source::{Token, arguments, files, tokens, without_tests};

/// Functions and closures that take a key, with the argument that it is.
const CALLS: [(&str, usize); 4] = [("message", 1), ("message_with", 1), ("say", 0), ("both", 0)];
/// The same for methods of the pages.
const METHODS: [(&str, usize); 3] = [("say", 0), ("say_with", 0), ("say_one", 0)];

fn is_key(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn sources() -> Vec<(String, Vec<Token>)> {
    files("src", ".rs")
        .into_iter()
        .filter(|(path, _)| path != "text/messages.rs")
        .map(|(path, source)| (path, without_tests(&tokens(&source))))
        .collect()
}

/// The texts in double quotes inside the code of the templates.
fn template_texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for ending in [".html", ".j2", ".xml"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        if !any_file(&folder, ending) {
            continue;
        }
        for (path, template) in files("src", ending) {
            let code = template
                .split(['{', '}'])
                .filter(|part| part.contains(".say"))
                .flat_map(tokens)
                .filter_map(|token| token.text().map(str::to_owned))
                .collect::<Vec<_>>();
            texts.extend(code.into_iter().map(|text| (path.clone(), text)));
        }
    }
    texts
}

fn any_file(folder: &std::path::Path, ending: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            any_file(&path, ending)
        } else {
            path.to_str().unwrap().ends_with(ending)
        }
    })
}

/// The indices of calls that take a key: of the opening bracket, and which argument it is.
fn calls(tokens: &[Token]) -> Vec<(usize, usize)> {
    tokens
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[1].is('('))
        .filter_map(|(index, pair)| {
            let method = index > 0 && tokens[index - 1].is('.');
            let known = if method { &METHODS[..] } else { &CALLS[..] };
            let defined = index > 0 && tokens[index - 1].name() == Some("fn");
            let name = pair[0].name().filter(|_| !defined)?;
            let (_, key) = known.iter().find(|(known, _)| *known == name)?;
            Some((index + 1, *key))
        })
        .collect()
}

/// Keys that the sources hand to a call as literals, by file. A `format!` is left to the prefixes.
fn asked(sources: &[(String, Vec<Token>)]) -> Vec<(String, String)> {
    let mut asked = Vec::new();
    for (path, tokens) in sources {
        for (open, key) in calls(tokens) {
            let arguments = arguments(tokens, open);
            let Some(argument) = arguments.get(key) else {
                continue;
            };
            if argument.iter().any(|token| token.name() == Some("format")) {
                continue;
            }
            let texts = argument.iter().filter_map(Token::text);
            asked.extend(texts.map(|text| (path.clone(), text.to_owned())));
            // `["a", "b"].map(|key| message(lang, key))`
            if argument.len() == 1 && argument[0].name().is_some() {
                asked.extend(mapped(tokens, open).map(|text| (path.clone(), text)));
            }
        }
    }
    asked
}

/// The texts of a list that is mapped by a closure around the call at `open`.
fn mapped(tokens: &[Token], open: usize) -> impl Iterator<Item = String> {
    let before: Vec<_> = tokens[..open].iter().rev().take(12).collect();
    let map = before
        .windows(4)
        .position(|four| four[0].is('(') && four[1].name() == Some("map") && four[3].is(']'));
    let list = map.map_or(&[][..], |map| {
        let end = open - 1 - (map + 3);
        let begin = tokens[..end].iter().rposition(|token| token.is('['));
        &tokens[begin.map_or(end, |begin| begin + 1)..end]
    });
    let only_texts = list
        .iter()
        .all(|token| token.is(',') || token.text().is_some());
    let texts: Vec<_> = list
        .iter()
        .filter_map(|token| token.text().map(str::to_owned))
        .collect();
    texts.into_iter().filter(move |_| only_texts)
}

#[test]
fn every_message_that_is_asked_for_exists() {
    let sources = sources();
    let mut asked = asked(&sources);
    asked.extend(template_texts().into_iter().filter(|(_, text)| {
        // Names of arguments stand beside the key; only what looks like no argument is a key.
        is_key(text) && text.contains('-')
    }));
    assert!(asked.len() > 60, "the scan has come loose: {asked:?}");
    let known = keys(Lang::En);
    let missing: Vec<_> = asked
        .iter()
        .filter(|(_, key)| !known.contains(&key.as_str()))
        .collect();
    assert_eq!(missing, [] as [&(String, String); 0]);
    for lang in Lang::BOTH {
        for (word, _) in VerdictKind::WORDS {
            let key = format!("verdict-{word}");
            assert_ne!(message(lang, &key), key);
        }
        for (word, _) in Stage::WORDS {
            let key = format!("stage-{word}");
            assert_ne!(message(lang, &key), key);
        }
    }
}

#[test]
fn every_message_is_used() {
    let sources = sources();
    let mut texts: BTreeSet<_> = sources
        .iter()
        .flat_map(|(_, tokens)| tokens)
        .filter_map(|token| token.text().map(str::to_owned))
        .collect();
    texts.extend(template_texts().into_iter().map(|(_, text)| text));
    let prefixes: Vec<_> = texts
        .iter()
        .filter_map(|text| text.split_once('{'))
        .filter(|(prefix, rest)| prefix.ends_with('-') && is_key(prefix) && rest.ends_with('}'))
        .map(|(prefix, _)| prefix)
        .collect();
    assert!(prefixes.contains(&"verdict-") && prefixes.contains(&"stage-"));
    let unused: Vec<_> = keys(Lang::En)
        .into_iter()
        .filter(|key| {
            !texts.contains(*key) && !prefixes.iter().any(|prefix| key.starts_with(prefix))
        })
        .collect();
    assert_eq!(unused, [] as [&str; 0]);
}

/// The arguments that each message of a language names.
fn placeables(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let (path, source) = files("src/text", ".ftl")
        .into_iter()
        .find(|(path, _)| *path == format!("{}.ftl", lang.code()))
        .unwrap();
    let messages = source.lines().filter_map(|line| line.split_once(" = "));
    let found: BTreeMap<_, _> = messages
        .map(|(key, value)| {
            let names = value.split("{ $").skip(1);
            let names = names.filter_map(|rest| rest.split_once(" }"));
            (
                key.to_owned(),
                names.map(|(name, _)| name.to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(found.len(), keys(lang).len(), "{path}");
    found
}

#[test]
fn both_languages_name_the_same_arguments() {
    assert_eq!(placeables(Lang::Ja), placeables(Lang::En));
}

#[test]
fn every_message_gets_the_arguments_that_it_names() {
    let named = placeables(Lang::En);
    let mut checked = 0;
    for (path, tokens) in sources() {
        for (open, position) in calls(&tokens) {
            let all = arguments(&tokens, open);
            let Some([Token::Text(key)]) = all.get(position) else {
                continue;
            };
            let Some(expected) = named.get(key) else {
                continue;
            };
            let given: BTreeSet<_> = match all.get(position + 1) {
                None => BTreeSet::new(),
                Some([Token::Text(name)]) => [name.clone()].into(),
                Some([ampersand, bracket, list @ ..]) if ampersand.is('&') && bracket.is('[') => {
                    list.windows(3)
                        .filter(|three| three[0].is('(') && three[2].is(','))
                        .filter_map(|three| three[1].text().map(str::to_owned))
                        .collect()
                }
                Some(_) => continue,
            };
            assert_eq!(&given, expected, "{path}: {key}");
            checked += 1;
        }
    }
    assert!(checked > 40, "the scan has come loose: {checked}");
}

#[test]
fn no_message_is_given_twice() {
    for lang in Lang::BOTH {
        let mut seen = BTreeSet::new();
        for key in keys(lang) {
            assert!(seen.insert(key), "{key} is given twice");
        }
    }
}
