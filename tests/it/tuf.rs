//! The Update Framework: what a repository publishes is trusted, and every single fault is refused.

use mekiki::diagnostic::Diagnostic;
use mekiki::evidence::tuf::{Kept, Roots, Wanted};
use mekiki::time::Timestamp;
use mekiki::tree::{Complaints, parse_toml};
use mekiki::trust::KnownRepositories;
use serde_json::{Value, json};

use crate::asked::now;
use crate::corpus::{corpus, say};
use crate::tuf_maker::{EXPIRES, Files, Keepers, Signer, TARGET, canonical, refs, sealed};

const CONTENT: &[u8] = b"the trusted root of a test";

/// What is done to a file before it is signed.
type Change<'a> = &'a dyn Fn(&mut Value);

/// What came of a walk: versions of root, timestamp, snapshot and targets, and the files to be kept.
#[derive(Debug)]
struct Walked {
    versions: [u64; 4],
    expires: Timestamp,
    timestamp: Vec<u8>,
    snapshot: Vec<u8>,
}

impl Walked {
    fn kept(&self) -> Kept<'_> {
        Kept {
            root_version: self.versions[0],
            timestamp: &self.timestamp,
            snapshot: &self.snapshot,
        }
    }
}

/// The whole workflow over files in memory.
fn walk(
    files: &Files,
    anchor: &[u8],
    at: Timestamp,
    kept: Option<Kept<'_>>,
) -> Result<Walked, Diagnostic> {
    let get = |wanted: &Wanted| {
        let file = files.get(&wanted.path);
        file.unwrap_or_else(|| panic!("{wanted:?} of {:?}", files.keys()))
    };
    let mut roots = Roots::trust(anchor)?;
    while let Some(wanted) = roots.next() {
        let Some(next) = files.get(&wanted.path) else {
            break;
        };
        roots.step(next)?;
    }
    let settled = roots.settle(at, kept)?;
    let timestamp = get(&settled.next());
    let timestamped = settled.timestamp(timestamp)?;
    let snapshot = get(&timestamped.next()?);
    let snapshotted = timestamped.snapshot(snapshot)?;
    let targets = get(&snapshotted.next()?);
    let targets = snapshotted.targets(targets)?;
    let target = targets.target(TARGET)?;
    target.check(get(target.wanted()))?;
    Ok(Walked {
        versions: targets.versions(),
        expires: targets.expires(),
        timestamp: targets.timestamp().to_vec(),
        snapshot: targets.snapshot().to_vec(),
    })
}

fn untouched(_: &str, _: &mut Value) {}

/// The code that refuses a repository whose files are changed by `change` before they are signed.
fn code_of(keepers: &Keepers, change: &dyn Fn(&str, &mut Value)) -> &'static str {
    let files = keepers.publish(1, CONTENT, change);
    match walk(&files, &keepers.root(1), now(), None) {
        Ok(walked) => panic!("accepted: {walked:?}"),
        Err(fault) => fault.code,
    }
}

fn refusal(files: &Files, anchor: &[u8], kept: Option<Kept<'_>>) -> &'static str {
    match walk(files, anchor, now(), kept) {
        Ok(walked) => panic!("accepted: {walked:?}"),
        Err(fault) => fault.code,
    }
}

/// Changes what a file says without signing it again.
fn tampered(bytes: &[u8], change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut file: Value = serde_json::from_slice(bytes).unwrap();
    change(&mut file);
    file.to_string().into_bytes()
}

#[test]
fn a_sound_repository_is_trusted() {
    let keepers = Keepers::new();
    let walked = walk(
        &keepers.publish(3, CONTENT, &untouched),
        &keepers.root(1),
        now(),
        None,
    )
    .unwrap();
    assert_eq!(walked.versions, [1, 3, 3, 3]);
    assert_eq!(walked.expires.to_string(), EXPIRES);

    let keepers = Keepers {
        timestamp: vec![Signer::rsa()],
        ..keepers
    };
    let mut files = keepers.publish(1, CONTENT, &untouched);
    walk(&files, &keepers.root(1), now(), None).unwrap();

    // Without consistent snapshots the files have their plain names.
    let mut signed = keepers.root_signed(1);
    signed["consistent_snapshot"] = json!(false);
    let plain = sealed(&signed, &refs(&keepers.root));
    let names: Vec<_> = files.keys().cloned().collect();
    for name in names {
        let bytes = files.remove(&name).unwrap();
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        let file = match file.split_once('.') {
            Some((_, file)) if file != "json" => file,
            _ => file,
        };
        files.insert(
            [folder, file].join("/").trim_start_matches('/').to_owned(),
            bytes,
        );
    }
    walk(&files, &plain, now(), None).unwrap();
}

#[test]
fn what_has_expired_is_refused() {
    let keepers = Keepers::new();
    for role in ["timestamp", "snapshot", "targets"] {
        for instant in ["2026-10-31T23:59:59Z", &now().to_string()] {
            let change = |one: &str, signed: &mut Value| {
                if one == role {
                    signed["expires"] = json!(instant);
                }
            };
            assert_eq!(
                code_of(&keepers, &change),
                "tuf-expired",
                "{role} {instant}"
            );
        }
    }
    let files = keepers.publish(1, CONTENT, &untouched);
    let mut signed = keepers.root_signed(1);
    signed["expires"] = json!("2026-10-31T23:59:59Z");
    let anchor = sealed(&signed, &refs(&keepers.root));
    assert_eq!(refusal(&files, &anchor, None), "tuf-expired");
    // A root on the way to the last one may have expired.
    let mut files = files;
    files.insert("2.root.json".to_owned(), keepers.root(2));
    assert_eq!(walk(&files, &anchor, now(), None).unwrap().versions[0], 2);
}

#[test]
fn too_few_signers_are_refused() {
    let keepers = Keepers::new();
    let anchor = keepers.root(1);
    let files = keepers.publish(1, CONTENT, &untouched);
    for (path, role) in [
        ("timestamp.json", "timestamp"),
        ("1.snapshot.json", "snapshot"),
        ("1.targets.json", "targets"),
    ] {
        // The files that refer to it list no digests, so that only the signature is at fault.
        let change = |_: &str, signed: &mut Value| {
            for listed in signed["meta"]
                .as_object_mut()
                .into_iter()
                .flat_map(|meta| meta.values_mut())
            {
                *listed = json!({ "version": 1 });
            }
        };
        let files = keepers.publish(1, CONTENT, &change);
        walk(&files, &anchor, now(), None).unwrap();
        let without = |change: &dyn Fn(&mut Value)| {
            let mut files = files.clone();
            files.insert(path.to_owned(), tampered(&files[path], change));
            refusal(&files, &anchor, None)
        };
        let drop_one = |file: &mut Value| {
            file["signatures"].as_array_mut().unwrap().pop();
        };
        assert_eq!(without(&drop_one), "tuf-signature", "{role}");
        let left_open = |file: &mut Value| file["signatures"][0]["sig"] = json!("");
        assert_eq!(without(&left_open), "tuf-signature", "{role}");
        // A genuine signature, said to be by another key.
        let misnamed = |file: &mut Value| file["signatures"][0]["keyid"] = json!("0123");
        assert_eq!(without(&misnamed), "tuf-signature", "{role}");
        let twice = |file: &mut Value| {
            let again = file["signatures"][0].clone();
            file["signatures"].as_array_mut().unwrap().push(again);
        };
        assert_eq!(without(&twice), "tuf-malformed", "{role}");
        let no_list = |file: &mut Value| file["signatures"] = json!({});
        assert_eq!(without(&no_list), "tuf-malformed", "{role}");
    }
    let anchor = tampered(&anchor, |file| {
        file["signatures"].as_array_mut().unwrap().pop();
    });
    assert_eq!(refusal(&files, &anchor, None), "tuf-signature");
}

#[test]
fn one_key_under_two_names_counts_once() {
    let keepers = Keepers::new();
    let one = &keepers.targets[1];
    let mut signed = keepers.root_signed(1);
    signed["keys"]["alias"] = one.key.clone();
    signed["roles"]["targets"] = json!({ "keyids": [one.id, "alias"], "threshold": 2 });
    let anchor = sealed(&signed, &refs(&keepers.root));
    let change = |role: &str, signed: &mut Value| {
        if role == "snapshot" {
            signed["meta"]["targets.json"] = json!({ "version": 1 });
        }
    };
    let mut files = keepers.publish(1, CONTENT, &change);
    let file: Value = serde_json::from_slice(&files["1.targets.json"]).unwrap();
    let signature = hex::encode(one.sign(&canonical(&file["signed"])));
    let doubled = json!({
        "signed": file["signed"],
        "signatures": [{ "keyid": one.id, "sig": signature }, { "keyid": "alias", "sig": signature }],
    });
    files.insert(
        "1.targets.json".to_owned(),
        doubled.to_string().into_bytes(),
    );
    assert_eq!(refusal(&files, &anchor, None), "tuf-signature");
    // With the threshold that one key can meet, nothing else is at fault.
    signed["roles"]["targets"]["threshold"] = json!(1);
    walk(&files, &sealed(&signed, &refs(&keepers.root)), now(), None).unwrap();
}

#[test]
fn a_root_follows_from_the_one_before() {
    let (old, new) = (Keepers::new(), Keepers::new());
    let both: Vec<_> = old.root.iter().chain(&new.root).collect();
    let files = |root: Vec<u8>| {
        let mut files = new.publish(1, CONTENT, &untouched);
        files.insert("2.root.json".to_owned(), root);
        files
    };
    let anchor = old.root(1);
    let signed = new.root_signed(2);
    let walked = walk(&files(sealed(&signed, &both)), &anchor, now(), None).unwrap();
    assert_eq!(walked.versions[0], 2);
    for (case, signers) in [
        ("only the new keepers", refs(&new.root)),
        ("only the old keepers", refs(&old.root)),
        (
            "one of the old keepers",
            both.iter().copied().skip(1).collect(),
        ),
        (
            "one of the new keepers",
            both.iter().copied().take(3).collect(),
        ),
    ] {
        let files = files(sealed(&signed, &signers));
        assert_eq!(refusal(&files, &anchor, None), "tuf-signature", "{case}");
    }
    for version in [1, 3] {
        let files = files(sealed(&new.root_signed(version), &both));
        assert_eq!(
            refusal(&files, &anchor, None),
            "tuf-rollback",
            "version {version}"
        );
    }
}

#[test]
fn what_was_trusted_before_does_not_come_back_older() {
    let keepers = Keepers::new();
    let anchor = keepers.root(1);
    let before = walk(
        &keepers.publish(5, CONTENT, &untouched),
        &anchor,
        now(),
        None,
    )
    .unwrap();
    let kept = Some(before.kept());
    let again = walk(
        &keepers.publish(6, CONTENT, &untouched),
        &anchor,
        now(),
        kept,
    )
    .unwrap();
    assert_eq!(again.versions, [1, 6, 6, 6]);

    let older = keepers.publish(4, CONTENT, &untouched);
    assert_eq!(refusal(&older, &anchor, kept), "tuf-rollback", "timestamp");
    for (case, role, version) in [("snapshot", "snapshot", 4), ("targets", "targets", 4)] {
        let change = |one: &str, signed: &mut Value| {
            signed["version"] = json!(if one == role { version } else { 6 });
        };
        let files = keepers.publish(6, CONTENT, &change);
        assert_eq!(refusal(&files, &anchor, kept), "tuf-rollback", "{case}");
    }
    // A list that was there before is gone.
    let other = |role: &str, signed: &mut Value| {
        if role == "snapshot" {
            signed["meta"]["other.json"] = json!({ "version": 1 });
        }
    };
    let before = walk(&keepers.publish(5, CONTENT, &other), &anchor, now(), None).unwrap();
    let files = keepers.publish(6, CONTENT, &untouched);
    assert_eq!(
        refusal(&files, &anchor, Some(before.kept())),
        "tuf-rollback"
    );
    // A root that was there before is gone.
    let later = Kept {
        root_version: 2,
        ..before.kept()
    };
    let files = keepers.publish(6, CONTENT, &other);
    assert_eq!(refusal(&files, &anchor, Some(later)), "tuf-rollback");
}

#[test]
fn a_timestamp_of_the_same_version_is_passed_over_for_the_kept_one() {
    let keepers = Keepers::new();
    let anchor = keepers.root(1);
    let soon = |role: &str, signed: &mut Value| {
        if role == "timestamp" {
            signed["expires"] = json!("2026-11-02T00:00:00Z");
        }
    };
    let files = keepers.publish(5, CONTENT, &soon);
    let before = walk(&files, &anchor, now(), None).unwrap();
    let later = "2026-11-03T00:00:00Z".parse().unwrap();
    let fault = walk(
        &keepers.publish(5, CONTENT, &untouched),
        &anchor,
        later,
        Some(before.kept()),
    );
    assert_eq!(fault.unwrap_err().code, "tuf-expired");
}

#[test]
fn keys_that_were_exchanged_free_from_what_was_trusted_before() {
    let mut keepers = Keepers::new();
    let anchor = keepers.root(1);
    let before = walk(
        &keepers.publish(900, CONTENT, &untouched),
        &anchor,
        now(),
        None,
    )
    .unwrap();
    keepers.timestamp = vec![Signer::ed25519()];
    let mut files = keepers.publish(2, CONTENT, &untouched);
    let rotated = keepers.root(2);
    files.insert("2.root.json".to_owned(), rotated.clone());
    let kept = Some(before.kept());
    assert_eq!(
        walk(&files, &anchor, now(), kept).unwrap().versions,
        [2, 2, 2, 2]
    );
    // Likewise where the later root is given and the way to it is not seen.
    assert_eq!(
        walk(&files, &rotated, now(), kept).unwrap().versions,
        [2, 2, 2, 2]
    );
    // A root that changes other keys frees from nothing.
    let mut keepers = Keepers::new();
    let anchor = keepers.root(1);
    let before = walk(
        &keepers.publish(900, CONTENT, &untouched),
        &anchor,
        now(),
        None,
    )
    .unwrap();
    keepers.targets = vec![Signer::ed25519()];
    let mut files = keepers.publish(2, CONTENT, &untouched);
    files.insert("2.root.json".to_owned(), keepers.root(2));
    assert_eq!(
        refusal(&files, &anchor, Some(before.kept())),
        "tuf-rollback"
    );
}

#[test]
fn files_of_different_states_do_not_mix() {
    let keepers = Keepers::new();
    let anchor = keepers.root(1);
    let one = keepers.publish(1, CONTENT, &untouched);
    let late = |_: &str, signed: &mut Value| signed["expires"] = json!("2027-07-01T00:00:00Z");
    let other = keepers.publish(1, CONTENT, &late);
    for path in ["1.snapshot.json", "1.targets.json"] {
        let mut files = one.clone();
        files.insert(path.to_owned(), other[path].clone());
        assert_eq!(refusal(&files, &anchor, None), "tuf-mismatch", "{path}");
    }
    // Where no digests are listed, the version decides.
    let bare = |_: &str, signed: &mut Value| {
        for listed in signed["meta"]
            .as_object_mut()
            .into_iter()
            .flat_map(|meta| meta.values_mut())
        {
            *listed = json!({ "version": 2 });
        }
    };
    let files = keepers.publish(2, CONTENT, &bare);
    walk(&files, &anchor, now(), None).unwrap();
    for path in ["snapshot.json", "targets.json"] {
        let mut mixed = files.clone();
        mixed.insert(format!("2.{path}"), one[&format!("1.{path}")].clone());
        assert_eq!(refusal(&mixed, &anchor, None), "tuf-mismatch", "{path}");
    }
    // A file of one role is none of another, even where one key signs for both.
    let shared = Signer::ed25519();
    let id = shared.id.clone();
    let mut signed = keepers.root_signed(1);
    signed["keys"][&id] = shared.key.clone();
    for role in ["timestamp", "snapshot", "targets"] {
        signed["roles"][role] = json!({ "keyids": [id], "threshold": 1 });
    }
    let anchor = sealed(&signed, &refs(&keepers.root));
    let by_one = |bytes: &[u8]| {
        let file: Value = serde_json::from_slice(bytes).unwrap();
        sealed(&file["signed"], &[&shared])
    };
    let mut files: Files = files
        .iter()
        .map(|(path, bytes)| {
            if path.starts_with("targets/") {
                (path.clone(), bytes.clone())
            } else {
                (path.clone(), by_one(bytes))
            }
        })
        .collect();
    walk(&files, &anchor, now(), None).unwrap();
    files.insert(
        "2.snapshot.json".to_owned(),
        files["timestamp.json"].clone(),
    );
    assert_eq!(refusal(&files, &anchor, None), "tuf-malformed");
}

#[test]
fn a_target_is_the_one_that_is_signed() {
    let keepers = Keepers::new();
    let anchor = keepers.root(1);
    let files = keepers.publish(1, CONTENT, &untouched);
    let name = files
        .keys()
        .find(|path| path.starts_with("targets/"))
        .unwrap();
    let mut longer = CONTENT.to_vec();
    longer.push(b' ');
    let mut other = CONTENT.to_vec();
    other[0] ^= 1;
    for (case, bytes) in [("longer", longer), ("other", other), ("none", Vec::new())] {
        let mut files = files.clone();
        files.insert(name.clone(), bytes);
        assert_eq!(refusal(&files, &anchor, None), "tuf-mismatch", "{case}");
    }
    let target = |change: Value| {
        let change = move |role: &str, signed: &mut Value| {
            if role == "targets" {
                signed["targets"][TARGET]["hashes"] = change.clone();
            }
        };
        let mut files = keepers.publish(1, CONTENT, &change);
        let unnamed = files[name].clone();
        files.insert(format!("targets/{}.{TARGET}", "00".repeat(32)), unnamed);
        refusal(&files, &anchor, None)
    };
    assert_eq!(target(json!({ "sha256": "00".repeat(32) })), "tuf-mismatch");
    assert_eq!(target(json!({ "sha256": "../../up" })), "tuf-malformed");
    assert_eq!(target(json!({ "md5": "00".repeat(16) })), "tuf-malformed");
    assert_eq!(target(json!({})), "tuf-malformed");
    let renamed = |role: &str, signed: &mut Value| {
        if role == "targets" {
            signed["targets"] = json!({});
        }
    };
    assert_eq!(code_of(&keepers, &renamed), "tuf-target-missing");
}

#[test]
fn a_key_is_what_it_says() {
    let keepers = Keepers::new();
    let files = keepers.publish(1, CONTENT, &untouched);
    // The signer's own key, so that nothing but the confusion is at fault.
    let id = keepers.snapshot[0].id.clone();
    let other = keepers.root[1].key["keyval"].clone();
    for (case, path, value) in [
        ("type", "keytype", json!("rsa")),
        ("scheme", "scheme", json!("ecdsa-sha2-nistp256")),
        ("value", "keyval", other),
        ("shape", "keyval", json!({ "public": "00" })),
        ("none", "keyval", json!({})),
    ] {
        let mut signed = keepers.root_signed(1);
        signed["keys"][&id][path] = value;
        let anchor = sealed(&signed, &refs(&keepers.root));
        assert_eq!(refusal(&files, &anchor, None), "tuf-malformed", "{case}");
    }
    // A scheme that is not known signs nothing.
    let mut signed = keepers.root_signed(1);
    signed["keys"][&id]["scheme"] = json!("ml-dsa-65/1");
    let anchor = sealed(&signed, &refs(&keepers.root));
    assert_eq!(refusal(&files, &anchor, None), "tuf-signature");
}

#[test]
fn a_root_that_is_not_understood_is_refused() {
    let keepers = Keepers::new();
    let files = keepers.publish(1, CONTENT, &untouched);
    let id = keepers.snapshot[0].id.clone();
    let cases: [(&str, Change<'_>); 11] = [
        ("role", &|root| {
            root["roles"]["auditor"] = root["roles"]["root"].clone();
        }),
        ("lacks a role", &|root| {
            _ = root["roles"].as_object_mut().unwrap().remove("targets");
        }),
        ("no threshold", &|root| {
            root["roles"]["snapshot"]["threshold"] = json!(0);
        }),
        ("below nothing", &|root| {
            root["roles"]["snapshot"]["threshold"] = json!(-1);
        }),
        ("key twice", &|root| {
            root["roles"]["snapshot"]["keyids"] = json!([id, id]);
        }),
        ("key missing", &|root| {
            root["roles"]["snapshot"]["keyids"] = json!([id, "0123"]);
        }),
        ("edition", &|root| root["spec_version"] = json!("2.0.0")),
        ("version", &|root| root["version"] = json!(0)),
        ("expiry", &|root| root["expires"] = json!("never")),
        ("consistent", &|root| {
            root["consistent_snapshot"] = json!("yes");
        }),
        ("type", &|root| root["_type"] = json!("targets")),
    ];
    for (case, change) in cases {
        let mut signed = keepers.root_signed(1);
        change(&mut signed);
        let anchor = sealed(&signed, &refs(&keepers.root));
        assert_eq!(refusal(&files, &anchor, None), "tuf-malformed", "{case}");
    }
    // More keepers than needed, and members that nobody knows, are no fault.
    let mut signed = keepers.root_signed(1);
    signed["x-keepers"] = json!(["somebody"]);
    walk(&files, &sealed(&signed, &refs(&keepers.root)), now(), None).unwrap();
}

#[test]
fn a_file_that_two_readers_may_read_differently_is_refused() {
    let keepers = Keepers::new();
    let text = String::from_utf8(keepers.root(1)).unwrap();
    let refused = |text: String| Roots::trust(text.as_bytes()).unwrap_err().code;
    Roots::trust(text.as_bytes()).unwrap();
    let start = text.find("\"signed\":").unwrap();
    let repeated = format!(
        "{}\"signed\":{{}},{}",
        text.get(..start).unwrap(),
        text.get(start..).unwrap()
    );
    assert_eq!(refused(repeated), "json-duplicate-member");
    let inner = text.replacen("\"_type\":", "\"_type\":\"targets\",\"_type\":", 1);
    assert_eq!(refused(inner), "json-duplicate-member");
    assert_eq!(refused(format!("{text} {{}}")), "json-syntax");
    assert_eq!(
        refused(text.replacen('{', "{\"more\":1,", 1)),
        "tuf-malformed"
    );
    assert_eq!(refused("[]".to_owned()), "tuf-malformed");
    let mut fraction = keepers.root_signed(1);
    fraction["x"] = json!(1.5);
    let fraction = sealed(&fraction, &refs(&keepers.root));
    assert_eq!(
        refused(String::from_utf8(fraction).unwrap()),
        "tuf-malformed"
    );
}

#[test]
fn no_flipped_bit_is_overlooked() {
    let keepers = Keepers::new();
    let anchor = keepers.root(1);
    let mut files = keepers.publish(1, CONTENT, &untouched);
    files.insert("2.root.json".to_owned(), keepers.root(2));
    let sound = walk(&files, &anchor, now(), None).unwrap();
    assert_eq!(sound.versions[0], 2);
    let mut flips = 0;
    for path in files.keys().cloned().collect::<Vec<_>>() {
        let bytes = files[&path].clone();
        // Every bit of the timestamp; of the other files one of each byte.
        let bits = |index: usize| match path.as_str() {
            "timestamp.json" => 0..8,
            _ => index % 8..index % 8 + 1,
        };
        let places = (0..bytes.len()).flat_map(|index| bits(index).map(move |bit| (index, bit)));
        for (index, bit) in places {
            let mut flipped = bytes.clone();
            flipped[index] ^= 1 << bit;
            // The case of a hexadecimal digit of a signature carries no meaning.
            if bit == 5 && bytes[index].is_ascii_hexdigit() && bytes[index].is_ascii_alphabetic() {
                let signatures = |bytes: &[u8]| {
                    let file: Result<Value, _> = serde_json::from_slice(bytes);
                    file.ok().map(|file| {
                        (
                            file["signatures"].to_string().to_lowercase(),
                            file["signed"].clone(),
                        )
                    })
                };
                if signatures(&flipped) == signatures(&bytes) {
                    continue;
                }
            }
            let mut changed = files.clone();
            changed.insert(path.clone(), flipped);
            let outcome = walk(&changed, &anchor, now(), None);
            assert!(outcome.is_err(), "{path}, byte {index}, bit {bit}");
            flips += 1;
        }
    }
    assert!(flips > 4000, "{flips}");
}

#[test]
fn the_known_keepers_of_the_public_good_instance_are_its_own() {
    let text = include_bytes!("../../criteria/trust-repositories.toml");
    let complaints = Complaints::default();
    let table = KnownRepositories::read(&parse_toml(text).unwrap(), &complaints);
    assert!(!complaints.has_errors());
    let anchor = &table.first().unwrap().anchor;
    let Some(corpus) = corpus() else { return };
    let folder = "sigstore/tuf/metadata/root_history";
    assert_eq!(anchor.wanted().path, "14.root.json");
    let root = corpus.read(&format!("{folder}/14.root.json"));
    let mut known = anchor.trust(&root).unwrap();
    // The way from the very first root leads to the same keepers.
    let mut chain = Roots::trust(&corpus.read(&format!("{folder}/1.root.json"))).unwrap();
    for version in 2..=14 {
        chain
            .step(&corpus.read(&format!("{folder}/{version}.root.json")))
            .unwrap();
    }
    let last = corpus.read("sigstore/tuf/metadata/root.json");
    for roots in [&mut known, &mut chain] {
        assert_eq!(roots.version(), 14);
        roots.step(&last).unwrap();
        assert_eq!(roots.version(), 15);
    }
    let code = |root: &[u8]| anchor.trust(root).unwrap_err().code;
    assert_eq!(code(&last), "tuf-rollback");
    let before = corpus.read(&format!("{folder}/13.root.json"));
    assert_eq!(code(&before), "tuf-rollback");
    let other = corpus.read(&format!("{folder}/9.root.json"));
    assert_eq!(code(&other), "tuf-signature");
    let longer = tampered(&root, |file| {
        file["signed"]["expires"] = json!("2099-01-01T00:00:00Z");
    });
    assert_eq!(code(&longer), "tuf-signature");
    let two = tampered(&root, |file| {
        for signature in file["signatures"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .take(3)
        {
            signature["sig"] = json!("");
        }
    });
    assert_eq!(code(&two), "tuf-signature", "two of three");
}

#[test]
fn the_roots_of_the_public_good_instance_lead_to_one_another() {
    let Some(corpus) = corpus() else { return };
    let folder = "sigstore/tuf/metadata/root_history";
    let roots: Vec<_> = (1..=14)
        .map(|version| corpus.read(&format!("{folder}/{version}.root.json")))
        .collect();
    let mut chain = Roots::trust(&roots[0]).unwrap();
    for root in &roots[1..] {
        let version = chain.version();
        let broken = tampered(root, |file| {
            let version = file["signed"]["version"].as_u64().unwrap();
            file["signed"]["expires"] = json!(format!("2099-01-{version:02}T00:00:00Z"));
        });
        assert_eq!(
            chain.clone().step(&broken).unwrap_err().code,
            "tuf-signature"
        );
        chain
            .step(root)
            .unwrap_or_else(|fault| panic!("{version}: {fault}"));
        assert_eq!(chain.version(), version + 1);
        assert_eq!(
            chain.clone().step(root).unwrap_err().code,
            "tuf-rollback",
            "{version}"
        );
    }
    assert_eq!(
        Roots::trust(&roots[0])
            .unwrap()
            .step(&roots[5])
            .unwrap_err()
            .code,
        "tuf-signature",
        "a root that was left out"
    );
    chain
        .step(&corpus.read("sigstore/tuf/metadata/root.json"))
        .unwrap();
    assert_eq!(chain.version(), 15);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let late = chain.clone().settle(at("2026-11-26T00:00:00Z"), None);
    assert_eq!(late.unwrap_err().code, "tuf-expired");
    let settled = chain.settle(at("2026-08-25T00:00:00Z"), None).unwrap();
    let timestamped = settled
        .timestamp(&corpus.read("sigstore/tuf/metadata/timestamp.json"))
        .unwrap();
    assert_eq!(timestamped.next().unwrap().path, "165.snapshot.json");
    let snapshotted = timestamped
        .snapshot(&corpus.read("sigstore/tuf/metadata/snapshot.json.zst"))
        .unwrap();
    let wanted = snapshotted.next().unwrap();
    let targets = snapshotted.targets(&corpus.read("sigstore/tuf/metadata/targets.json.zst"));
    let targets = targets.unwrap_or_else(|fault| panic!("{wanted:?}: {fault}"));
    let target = targets.target("trusted_root.json").unwrap();
    target
        .check(&corpus.read("sigstore/trust/public-good-trusted_root.json"))
        .unwrap();
    say(
        "corpus TUF: 15 roots, timestamp, snapshot, targets and the trusted root of the public good instance",
    );
}
