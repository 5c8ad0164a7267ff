//! Countries, by code or by name in Japanese or English.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Read, is_blank, key, plain};

/// Codes and names; the file says whence they are.
const COUNTRIES: &str = include_str!("countries.tsv");

/// What stands between several countries.
const SEPARATORS: [&str; 12] = [
    "、",
    ",",
    ";",
    "/",
    "\n",
    "及び",
    "並びに",
    "又は",
    "および",
    " and ",
    "&",
    "，",
];

/// What is a place, but no country.
const REGIONS: [&str; 22] = [
    "eu",
    "欧州連合",
    "欧州",
    "ヨーロッパ",
    "europe",
    "eea",
    "emea",
    "apac",
    "アジア",
    "asia",
    "東南アジア",
    "asean",
    "北米",
    "northamerica",
    "南米",
    "アフリカ",
    "海外",
    "国外",
    "overseas",
    "worldwide",
    "global",
    "全世界",
];

/// What says Japan from within.
const AT_HOME: [&str; 5] = ["国内", "日本国内", "本邦", "国内のみ", "日本国内のみ"];

fn names() -> &'static BTreeMap<String, &'static str> {
    static NAMES: OnceLock<BTreeMap<String, &str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let lines = COUNTRIES.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| Some((line.split('\t').next()?, line)))
            .flat_map(|(code, line)| line.split('\t').map(move |name| (key(name), code)))
            .collect()
    })
}

/// Whether a code is one of ISO 3166-1 alpha-2.
fn is_code(text: &str) -> bool {
    text.len() == 2 && names().get(&text.to_lowercase()) == Some(&text)
}

/// Countries as codes, sorted, each once.
pub(super) fn read(text: &str) -> Read<Vec<String>> {
    if let Read::As(code) = read_one(text) {
        return Read::As(vec![code]);
    }
    match read_one(text) {
        Read::Unknown => {}
        other => return other.map(|code| vec![code]),
    }
    let mut parts = vec![text];
    for separator in SEPARATORS {
        parts = parts
            .iter()
            .flat_map(|part| part.split(separator))
            .collect();
    }
    parts.retain(|part| !plain(part).is_empty());
    if parts.len() < 2 {
        // A middle dot also stands within names.
        parts = text.split('・').filter(|part| !part.is_empty()).collect();
    }
    if parts.len() < 2 {
        return Read::Unknown;
    }
    let (mut codes, mut changed) = (Vec::new(), false);
    for part in parts {
        match read_one(part) {
            Read::As(code) => codes.push(code),
            Read::Normalised(code, _) => {
                changed = true;
                codes.push(code);
            }
            other => return other.map(|code| vec![code]),
        }
    }
    codes.sort();
    codes.dedup();
    let form = format!("`{}`", codes.join(", "));
    Read::As(codes).noted(changed, |_| form)
}

/// One country as its code.
pub(super) fn read_one(text: &str) -> Read<String> {
    let form = plain(text);
    if is_blank(&form) {
        return Read::Blank;
    }
    if is_code(text.trim()) {
        return Read::As(text.trim().to_owned());
    }
    let word = key(&form);
    if AT_HOME.contains(&word.as_str()) {
        return Read::Normalised(
            "JP".to_owned(),
            "`JP`, the country of the agency".to_owned(),
        );
    }
    if REGIONS.contains(&word.as_str()) {
        return Read::fault(
            "answer-region",
            "it is no country, and holds many jurisdictions".to_owned(),
        );
    }
    match names().get(&word) {
        Some(code) => Read::Normalised((*code).to_owned(), format!("`{code}`")),
        None => Read::Unknown,
    }
}
