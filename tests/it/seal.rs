//! The seal: every role at every door, before and after the locks.
//!
//! Whoever can reach the case folder can claim any name on the command line, so each role tries every command under its
//! own name and under that of every other role, with every key that it holds, and reads every byte of the folder, of a
//! copy of it and of whatever the commands print. What must not be found is looked for in every usual writing. That
//! the search can find something is shown by planted leaks, and by the same search after the locks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use mekiki::digest::Digest;
use mekiki::seal::{Key, combine, open, unpack};
use mekiki::tender::proceeding::{Entry, Event};
use rayon::prelude::*;
use serde_json::Value;

use crate::binary::{Scratch, mekiki};
use crate::case_story::{BIDS, OFFICER, Story, copy};

/// Prices in yen of the bids, and the planned price.
const PRICES: [i64; 4] = [92_000_000, 78_500_000, 81_000_000, 98_765_432];

/// What one evaluator alone knows: marks and comments, by evaluator.
const MARKS: [(&str, &[&str]); 2] = [
    (
        "sato",
        &[
            "29.4375",
            "18.3125",
            "27.1875",
            "sato on aoba",
            "sato on kiri",
            "sato on tsubaki",
            "reason of sato",
        ],
    ),
    (
        "mori",
        &[
            "19.1875",
            "1.8125",
            "mori on kiri",
            "mori on tsubaki",
            "reason of mori",
        ],
    ),
];

/// Something that must not be found, in all its writings.
struct Secret {
    name: String,
    writings: Vec<(String, Vec<u8>)>,
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    units
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect()
}

/// The part of a base64 text that does not depend on what stands around it, at each of the three places.
fn base64_cores(text: &str) -> Vec<Vec<u8>> {
    let mut cores = Vec::new();
    for shift in 0..3 {
        for engine in [&STANDARD, &URL_SAFE] {
            let encoded = engine.encode([vec![b' '; shift], text.as_bytes().to_vec()].concat());
            let encoded = encoded.trim_end_matches('=');
            let start = (shift * 8).div_ceil(6);
            let end = (shift + text.len()) * 8 / 6;
            cores.push(encoded.as_bytes()[start..end].to_vec());
        }
    }
    cores
}

fn writings(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = vec![("as it is".to_owned(), text.as_bytes().to_vec())];
    all.push(("UTF-16, little end first".to_owned(), utf16(text, true)));
    all.push(("UTF-16, big end first".to_owned(), utf16(text, false)));
    all.push(("hexadecimal".to_owned(), hex::encode(text).into_bytes()));
    for core in base64_cores(text) {
        all.push(("base64".to_owned(), core));
    }
    for plain in [text.to_owned(), format!("{text}\n")] {
        let digest = Digest::of(plain.as_bytes());
        all.push(("SHA-256".to_owned(), digest.hex().into_bytes()));
        all.push(("SHA-256, raw".to_owned(), digest.bytes().to_vec()));
    }
    all
}

fn price_secret(price: i64) -> Secret {
    let digits = price.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let wide: String = digits
        .chars()
        .map(|digit| char::from_u32(u32::from(digit) + 0xfee0).unwrap())
        .collect();
    let mut all = Vec::new();
    for text in [
        digits.clone(),
        grouped.clone(),
        grouped.replace(',', "."),
        grouped.replace(',', "_"),
        wide,
        format!("{}万", price / 10_000),
    ] {
        all.extend(writings(&text));
    }
    // The files in which a price stands, whose digests would be guessed at once.
    for bid in BIDS {
        for text in [
            format!("price_yen = {price}\n"),
            format!("bid = \"{bid}\"\nprice_yen = {price}\n"),
            format!("ceiling_yen = {price}\n"),
        ] {
            all.extend(writings(&text));
        }
    }
    all.push((
        "64 bits, little end first".to_owned(),
        price.to_le_bytes().to_vec(),
    ));
    all.push((
        "64 bits, big end first".to_owned(),
        price.to_be_bytes().to_vec(),
    ));
    Secret {
        name: format!("price {digits}"),
        writings: all,
    }
}

fn price_secrets(story: &Story) -> Vec<Secret> {
    let mut secrets: Vec<_> = PRICES.map(price_secret).into();
    for bid in BIDS {
        let bytes = fs::read(story.file(&format!("bids/{bid}.toml"))).unwrap();
        secrets.push(Secret {
            name: format!("digest of the plain file of {bid}"),
            writings: vec![("SHA-256".to_owned(), Digest::of(&bytes).hex().into_bytes())],
        });
    }
    secrets
}

/// The marks of everybody but `own`.
fn mark_secrets(own: &str) -> Vec<Secret> {
    let others = MARKS.iter().filter(|(evaluator, _)| *evaluator != own);
    let texts =
        others.flat_map(|(evaluator, texts)| texts.iter().map(move |text| (evaluator, text)));
    texts
        .map(|(evaluator, text)| Secret {
            name: format!("mark of {evaluator}: {text}"),
            writings: writings(text),
        })
        .collect()
}

/// Names what is found in some bytes.
fn found(bytes: &[u8], secrets: &[Secret]) -> Vec<String> {
    Search::new(secrets).found(bytes)
}

/// A search for many secrets at once.
struct Search<'a> {
    secrets: &'a [Secret],
    any: regex::bytes::RegexSet,
}

impl<'a> Search<'a> {
    fn new(secrets: &'a [Secret]) -> Self {
        let needles = secrets.iter().flat_map(|secret| &secret.writings);
        let patterns = needles.map(|(_, needle)| {
            let bytes = needle.iter().map(|byte| format!("\\x{byte:02x}"));
            format!("(?-u){}", bytes.collect::<String>())
        });
        let any = regex::bytes::RegexSetBuilder::new(patterns);
        Self {
            secrets,
            any: { any }.size_limit(1 << 28).build().unwrap(),
        }
    }

    fn found(&self, bytes: &[u8]) -> Vec<String> {
        let all = self.secrets.iter().flat_map(|secret| {
            let names = secret.writings.iter();
            names.map(|(writing, _)| format!("{} ({writing})", secret.name))
        });
        let all: Vec<_> = all.collect();
        let matches = self.any.matches(bytes);
        matches
            .into_iter()
            .map(|place| all[place].clone())
            .collect()
    }
}

/// Every byte of a folder with the names and sizes of its files.
fn folder_bytes(folder: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let size = entry.metadata().unwrap().len();
        all.extend_from_slice(
            format!("\n{} {size}\n", entry.file_name().to_string_lossy()).as_bytes(),
        );
        if entry.file_type().unwrap().is_dir() {
            all.extend(folder_bytes(entry.path().to_str().unwrap()));
        } else {
            all.extend(fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// A role: under which name it acts, and whose keys it holds.
const ROLES: [(&str, &str, &[&str]); 11] = [
    ("requesting section", "req:requesting-section", &[]),
    ("security officer", "sec:security-officer", &[]),
    ("contracting officer", OFFICER, &[]),
    ("evaluator", "sato:evaluator", &["sato"]),
    ("other evaluator", "mori:evaluator", &["mori"]),
    ("opener below the threshold", "o3:opener", &["o3"]),
    ("auditor", "aud:auditor", &[]),
    ("vendor", "aoba-kk:vendor", &["mallory"]),
    ("other vendor", "kiri:vendor", &["mallory"]),
    ("CI", "bot:ci", &[]),
    ("backup operator", "ops:auditor", &["mallory"]),
];

/// Every command with what it needs beside case, name and key.
fn doors(story: &Story) -> Vec<Vec<String>> {
    let file = |name: &str| story.file(name);
    let bad = story.scratch.write(
        "bad-bid.toml",
        "id = \"kiri\"\nprice_yen = \"78,500,000\"\n",
    );
    let texts: Vec<Vec<&str>> = vec![
        vec!["status"],
        vec!["log"],
        vec!["verify"],
        vec!["marks"],
        vec!["marks", "KEY"],
        vec!["invite"],
        vec!["papers", "--into", "OUT"],
        vec!["assemble", "--into", "OUT"],
        vec!["close"],
        vec!["open-technical"],
        vec!["open-prices"],
        vec!["rank"],
        vec!["award", "--bid", "kiri"],
        vec!["cancel", "--reason", "x"],
        vec![
            "exclude",
            "--bid",
            "kiri",
            "--reason-ja",
            "x",
            "--reason-en",
            "x",
        ],
        vec!["lots", "--order", "kiri,aoba"],
        vec![
            "appoint",
            "--evaluator",
            "mallory",
            "--name",
            "M",
            "--recipient",
            "MALLORY",
        ],
        vec!["dismiss", "--evaluator", "mori", "--reason", "x"],
        vec!["declare", "--no-conflict"],
        vec!["lock-sheets"],
        vec!["share", "KEY"],
        vec!["mark", "KEY", "--sheet", "SHEET"],
        vec!["reveal", "KEY"],
        vec!["consolidate", "KEY"],
        vec![
            "reason", "KEY", "--bid", "tsubaki", "--item", "team", "--reason", "x",
        ],
        vec!["confirm", "KEY", "--decisions", "SHEET"],
        vec!["lock", "KEY"],
        vec!["submit", "--bid", "BAD"],
        vec!["submit", "--sealed", "SEALED"],
    ];
    let replaced = |word: &str| match word {
        "BAD" => bad.clone(),
        "SEALED" => file("aoba.sealed"),
        "MALLORY" => file("mallory.pub"),
        other => other.to_owned(),
    };
    texts
        .iter()
        .map(|door| door.iter().map(|word| replaced(word)).collect())
        .collect()
}

/// Commands that take no name.
const NAMELESS: [&str; 4] = ["verify", "invite", "papers", "assemble"];

/// Tries one door at a copy of the case, and gives back all that came out: output, errors, written files, the case as it
/// is afterwards.
fn attempt(
    story: &Story,
    stage: &str,
    scratch: &Scratch,
    door: &[String],
    who: &str,
    key: Option<&str>,
    format: &str,
) -> Vec<u8> {
    let case = scratch.path("CASE");
    copy(&story.file(&format!("at-{stage}")), &case);
    let out = scratch.path("OUT");
    let mut all = vec![
        "tender".to_owned(),
        "case".to_owned(),
        door[0].clone(),
        case.clone(),
    ];
    let with_key = door.iter().any(|word| word == "KEY");
    let looks = door[0] == "marks";
    if !NAMELESS.contains(&door[0].as_str()) && (!looks || with_key) {
        all.extend(["--as".to_owned(), who.to_owned()]);
        if !["status", "log", "marks"].contains(&door[0].as_str()) {
            all.extend(["--at".to_owned(), "2026-12-09T09:00:00+09:00".to_owned()]);
        }
    }
    let sheet = scratch.write(
        "sheet.toml",
        format!(
            "[[sheet]]\nevaluator = \"{}\"\nbid = \"kiri\"\n",
            who.split(':').next().unwrap()
        ),
    );
    for word in &door[1..] {
        match word.as_str() {
            "KEY" => all.extend(["--key".to_owned(), story.key(key.unwrap_or("mallory"))]),
            "OUT" => all.push(out.clone()),
            "SHEET" => all.push(sheet.clone()),
            other => all.push(other.to_owned()),
        }
    }
    all.extend(["--format".to_owned(), format.to_owned()]);
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let run = mekiki(&all);
    assert_ne!(
        run.code, 2,
        "the test does not know the command line: {all:?} {run:?}"
    );
    let mut bytes = [run.stdout.into_bytes(), run.stderr.into_bytes()].concat();
    for folder in [&out, &case] {
        if Path::new(folder).exists() {
            bytes.extend(folder_bytes(folder));
            fs::remove_dir_all(folder).unwrap();
        }
    }
    bytes
}

/// What a role must not find at a stage.
fn forbidden(story: &Story, stage: &str, role: &str, own: &str) -> Vec<Secret> {
    let mut secrets = Vec::new();
    if [
        "published",
        "closed",
        "marking",
        "sheets-locked",
        "consolidated",
        "locked",
    ]
    .contains(&stage)
    {
        secrets.extend(price_secrets(story));
    }
    // From the lock of the sheets on the committee compares its marks, which nobody can change any more.
    let is_committee = role.ends_with("evaluator");
    let before_sheets = ["published", "closed", "marking"].contains(&stage);
    let before_lock = before_sheets || ["sheets-locked", "consolidated"].contains(&stage);
    if (is_committee && before_sheets) || (!is_committee && before_lock) {
        secrets.extend(mark_secrets(own));
    }
    secrets
}

fn no_role_finds_a_price_or_anothers_mark_at_any_door_before_the_lock(story: &Story) {
    let doors = doors(story);
    let claims = [
        "kato:contracting-officer",
        "sato:evaluator",
        "mori:evaluator",
        "o1:opener",
    ];
    let stages = ["published", "closed", "marking", "consolidated", "locked"];
    let tasks: Vec<_> = stages
        .iter()
        .flat_map(|stage| ROLES.iter().enumerate().map(move |role| (*stage, role)))
        .collect();
    let tried: usize = tasks
        .into_par_iter()
        .map(|(stage, (index, (role, name, keys)))| {
            let scratch = Scratch::new();
            let own = keys.first().copied().unwrap_or_default();
            let secrets = forbidden(story, stage, role, own);
            let search = Search::new(&secrets);
            let bytes = folder_bytes(&story.file(&format!("at-{stage}")));
            let leaks = search.found(&bytes);
            assert_eq!(leaks, [] as [&str; 0], "{role} at the folder, {stage}");
            let mut tried = 0;
            for (turn, door) in doors.iter().enumerate() {
                // While the evaluators mark, every role tries every door under its own name. At the other stages, and
                // under the names of others, the roles take turns at the doors.
                let is_turn = (index + turn) % ROLES.len() == 0;
                let mut names = Vec::new();
                if stage == "marking" || is_turn {
                    names.push(*name);
                }
                if is_turn {
                    names.push(claims[(index + turn / ROLES.len()) % claims.len()]);
                }
                for claimed in names {
                    let format = ["json", "text"][(index + turn) % 2];
                    let key = keys.first().copied();
                    let bytes = attempt(story, stage, &scratch, door, claimed, key, format);
                    let leaks = search.found(&bytes);
                    assert_eq!(
                        leaks,
                        [] as [&str; 0],
                        "{role} as {claimed} at {door:?}, {stage}"
                    );
                    tried += 1;
                }
            }
            tried
        })
        .sum();
    assert!(tried > 500, "{tried} attempts");
    let scratch = Scratch::new();

    // The same search finds what may be read after the locks, so it can find something.
    for (stage, door, secrets) in [
        ("locked", vec!["marks".to_owned()], mark_secrets("")),
        (
            "awarded",
            vec!["assemble".to_owned(), "--into".to_owned(), "OUT".to_owned()],
            price_secrets(story),
        ),
    ] {
        let bytes = attempt(story, stage, &scratch, &door, OFFICER, None, "json");
        let all = found(&bytes, &secrets);
        let names: std::collections::BTreeSet<_> = all
            .iter()
            .map(|one| one.split(" (").next().unwrap())
            .collect();
        if stage == "locked" {
            assert!(
                names.contains("mark of mori: 1.8125") && names.contains("mark of sato: 29.4375"),
                "{names:?}"
            );
        } else {
            assert!(
                PRICES
                    .iter()
                    .all(|price| names.contains(format!("price {price}").as_str())),
                "{names:?}"
            );
        }
    }
}

/// What somebody with some keys and a copy of the folder can open without this tool.
fn opened_by(case: &str, keys: &[Key]) -> Vec<u8> {
    let keys: Vec<_> = keys.iter().collect();
    let mut all = Vec::new();
    for entry in fs::read_dir(Path::new(case).join("objects")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        if let Ok(content) = open(&keys, &bytes) {
            for (_, file) in unpack(&content).unwrap_or_default() {
                all.extend(file);
            }
            all.extend(content);
        }
    }
    all
}

fn key(story: &Story, person: &str) -> Key {
    Key::read(&fs::read_to_string(story.key(person)).unwrap()).unwrap()
}

fn entries(case: &str) -> Vec<Entry> {
    let log = fs::read(Path::new(case).join("log.jsonl")).unwrap();
    mekiki::tender::proceeding::read_log(&log).unwrap()
}

fn a_copy_of_the_folder_gives_no_more_than_the_keys_at_hand(story: &Story) {
    for stage in ["published", "closed", "marking", "consolidated", "locked"] {
        let case = story.file(&format!("at-{stage}"));
        // Everything that the log lays open by then, as keys.
        let laid_open: Vec<_> = entries(&case)
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::TechnicalOpened { secret, .. } | Event::Locked { secret } => {
                    Key::read(secret).ok()
                }
                _ => None,
            })
            .collect();
        for (role, _, own) in ROLES {
            let mut keys = laid_open.clone();
            keys.extend(own.iter().map(|person| key(story, person)));
            let bytes = opened_by(&case, &keys);
            let secrets = forbidden(story, stage, role, own.first().copied().unwrap_or_default());
            assert_eq!(found(&bytes, &secrets), [] as [&str; 0], "{role}, {stage}");
        }
    }
    // One share of two gives nothing, two give the key: openers who collude are not stopped by the tool.
    let case = story.file("at-marking");
    let log = entries(&case);
    let Event::Published {
        openers,
        recipients,
        ..
    } = &log[0].event
    else {
        panic!("the log begins with the publication");
    };
    let shares: Vec<Vec<u8>> = ["o1", "o3"]
        .iter()
        .map(|id| {
            let held = &openers.iter().find(|one| one.id == *id).unwrap().prices;
            let envelope =
                fs::read(Path::new(&case).join("objects").join(held.object.hex())).unwrap();
            let text = String::from_utf8(open(&[&key(story, id)], &envelope).unwrap()).unwrap();
            hex::decode(text.trim()).unwrap()
        })
        .collect();
    for share in &shares {
        for threshold in 1..=2 {
            assert!(combine(std::slice::from_ref(share), threshold, &recipients.prices).is_err());
        }
    }
    let whole = combine(&shares, 2, &recipients.prices).unwrap();
    let bytes = opened_by(&case, &[whole]);
    assert!(
        found(&bytes, &price_secrets(story))
            .iter()
            .any(|one| one.starts_with("price 78500000"))
    );
    // The evaluator's own sheets are readable to the evaluator, and are found: the search can find marks.
    let own = opened_by(&case, &[key(story, "mori")]);
    assert!(
        found(&own, &mark_secrets(""))
            .iter()
            .any(|one| one.starts_with("mark of mori: 1.8125"))
    );
}

fn a_planted_leak_is_found_in_every_writing_and_place(story: &Story) {
    let secrets = price_secrets(story);
    let clean = folder_bytes(&story.file("at-marking"));
    assert_eq!(found(&clean, &secrets), [] as [&str; 0]);
    let mut kinds = BTreeMap::new();
    let ground = fs::read(story.file("at-marking/log.jsonl")).unwrap();
    for secret in price_secrets(story).into_iter().chain(mark_secrets("")) {
        let secret = [secret];
        let search = Search::new(&secret);
        for (writing, needle) in &secret[0].writings {
            let mut leaking = ground.clone();
            let middle = leaking.len() / 2;
            leaking.splice(middle..middle, needle.iter().copied());
            let name = &secret[0].name;
            assert!(!search.found(&leaking).is_empty(), "{name} {writing}");
            *kinds.entry(writing.clone()).or_insert(0) += 1;
        }
    }
    assert!(kinds.len() >= 8, "{kinds:?}");
    // In a file of the folder, in the name of one, and in the log.
    let case = story.file("leaky");
    for plant in ["object", "name", "log"] {
        copy(&story.file("at-marking"), &case);
        let objects = Path::new(&case).join("objects");
        match plant {
            "object" => fs::write(
                objects.join("0"),
                STANDARD.encode("the price is 78500000 yen"),
            )
            .unwrap(),
            "name" => fs::write(objects.join("kiri-78500000"), b"").unwrap(),
            _ => {
                let path = Path::new(&case).join("log.jsonl");
                let digest = Digest::of(b"price_yen = 78500000\n").hex();
                let log = fs::read_to_string(&path).unwrap();
                let word = "\"commitment\":\"";
                let (before, after) = log.split_once(word).unwrap();
                let (_, after) = after.split_at(64);
                fs::write(&path, format!("{before}{word}{digest}{after}")).unwrap();
            }
        }
        let leaks = found(&folder_bytes(&case), &secrets);
        assert!(
            leaks.iter().any(|leak| leak.starts_with("price 78500000")),
            "{plant}: {leaks:?}"
        );
        fs::remove_dir_all(&case).unwrap();
    }
}

fn sizes_tell_nothing_of_prices_and_little_of_papers(story: &Story) {
    let case = story.file("at-awarded");
    let secret = entries(&case)
        .iter()
        .find_map(|entry| match &entry.event {
            Event::PricesOpened { secret, .. } => Some(secret.clone()),
            _ => None,
        })
        .unwrap();
    let prices = Key::read(&secret).unwrap();
    let mut lengths = std::collections::BTreeSet::new();
    for entry in entries(&case) {
        if let Event::BidReceived { price, .. } = &entry.event {
            let envelope =
                fs::read(Path::new(&case).join("objects").join(price.object.hex())).unwrap();
            lengths.insert(open(&[&prices], &envelope).unwrap().len());
        }
    }
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [4096]);
}

fn a_forged_lock_moves_no_opener(story: &Story) {
    // Somebody who can write to the folder but holds no key writes an entry that says that the marks are locked.
    let case = story.file("forged");
    copy(&story.file("at-consolidated"), &case);
    let before = entries(&case);
    let last = before.last().unwrap();
    let forged = Entry {
        sequence: last.sequence + 1,
        previous: last.digest(),
        at: last.at,
        at_by_hand: false,
        actor: mekiki::tender::proceeding::Actor::parse("sato:evaluator").unwrap(),
        event: Event::Locked {
            secret: Key::fresh().secret(),
        },
        seen: Vec::new(),
    };
    let path = Path::new(&case).join("log.jsonl");
    let log = fs::read_to_string(&path).unwrap() + &forged.line() + "\n";
    fs::write(&path, log).unwrap();
    fs::write(Path::new(&case).join("head"), forged.digest().hex() + "\n").unwrap();
    let run = mekiki(&[
        "tender",
        "case",
        "share",
        &case,
        "--as",
        "o1:opener",
        "--key",
        &story.key("o1"),
        "--format",
        "json",
    ]);
    let error: Value = run.error();
    assert_eq!(error["error"]["code"], "log-secret", "{error}");
}

#[test]
fn the_seal_holds() {
    // One case serves all: a story takes some sixty runs of the binary.
    let story = &Story::told();
    a_forged_lock_moves_no_opener(story);
    sizes_tell_nothing_of_prices_and_little_of_papers(story);
    a_planted_leak_is_found_in_every_writing_and_place(story);
    a_copy_of_the_folder_gives_no_more_than_the_keys_at_hand(story);
    no_role_finds_a_price_or_anothers_mark_at_any_door_before_the_lock(story);
}
