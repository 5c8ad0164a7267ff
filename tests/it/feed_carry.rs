//! Snapshots across an air gap, and old ones on their way out.

use std::fs;
use std::path::Path;

use mekiki::feed::FeedFolder;

use crate::binary::{Run, Scratch, mekiki};

fn record(scratch: &Scratch, name: &str, day: u32) -> String {
    let text = format!(
        r#"{{"id":"GO-{name}","modified":"2026-11-{day:02}T00:00:00Z",
        "affected":[{{"package":{{"ecosystem":"Go","name":"example.org/{name}"}},
        "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}]}}]}}"#
    );
    scratch.write(&format!("{name}.json"), text)
}

fn import(path: &str, into: &str, more: &[&str]) -> Run {
    mekiki(
        &[
            &["feed", "import", path, "--into", into, "--format", "json"][..],
            more,
        ]
        .concat(),
    )
}

fn made(run: &Run) -> String {
    assert_eq!(run.code, 0, "{run:?}");
    run.json()["snapshot"].as_str().unwrap().to_owned()
}

fn code(run: &Run) -> String {
    assert_eq!(run.code, 3, "{run:?}");
    run.error()["error"]["code"].as_str().unwrap().to_owned()
}

fn current(into: &str) -> Option<String> {
    let current = FeedFolder::new(into).current().unwrap();
    current.map(|digest| digest.hex())
}

fn export(from: &str, to: &str) -> Run {
    mekiki(&["feed", "export", from, "--to", to, "--format", "json"])
}

/// A folder of snapshots, an export of the one in use, and its digest.
fn exported(scratch: &Scratch) -> (String, String, String) {
    let (feed, file) = (scratch.path("feed"), scratch.path("one.mekiki-feed"));
    let digest = made(&import(
        &record(scratch, "a", 20),
        &feed,
        &["--retrieved", "2026-11-21"],
    ));
    let run = export(&feed, &file);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["digest"], digest.as_str());
    assert_eq!(run.json()["bytes"], fs::metadata(&file).unwrap().len());
    (feed, file, digest)
}

#[test]
fn a_snapshot_arrives_as_it_left() {
    let scratch = Scratch::new();
    let (feed, file, digest) = exported(&scratch);
    let away = scratch.path("away");
    let run = import(&file, &away, &["--expect", &format!("sha256:{digest}")]);
    assert_eq!(made(&run), digest);
    let told = run.json();
    assert_eq!(
        (&told["records"], &told["advisories"]),
        (&1.into(), &1.into())
    );
    assert_eq!(told["as_of"], "2026-11-21T00:00:00Z");
    for name in ["manifest.json", "index.bin", "records.bin"] {
        let bytes = |root: &str| fs::read(format!("{root}/snapshots/{digest}/{name}")).unwrap();
        assert_eq!(bytes(&feed), bytes(&away), "{name}");
    }
    assert_eq!(mekiki(&["feed", "verify", &away]).code, 0);
    // The same snapshot gives the same bytes, wherever and whenever it is exported.
    let again = scratch.path("two.mekiki-feed");
    assert_eq!(export(&away, &again).code, 0);
    assert_eq!(fs::read(&file).unwrap(), fs::read(&again).unwrap());
    let single = scratch.path("three.mekiki-feed");
    assert_eq!(
        export(&format!("{away}/snapshots/{digest}"), &single).code,
        0
    );
    assert_eq!(fs::read(&file).unwrap(), fs::read(&single).unwrap());
    assert_eq!(made(&import(&file, &away, &[])), digest);
    assert_eq!(import(&file, &away, &[]).json()["unchanged"], true);
    // Anybody can look into it.
    let listed = std::process::Command::new("tar")
        .args(["-tf", &file])
        .output();
    if let Ok(listed) = listed {
        let names = String::from_utf8(listed.stdout).unwrap();
        assert_eq!(
            names,
            "mekiki-feed.json\nmanifest.json\nindex.bin\nrecords.bin\n"
        );
    }
}

#[test]
fn an_export_that_is_cut_or_altered_anywhere_is_refused() {
    let scratch = Scratch::new();
    let (_, file, _) = exported(&scratch);
    let away = scratch.path("away");
    let before = made(&import(&record(&scratch, "b", 22), &away, &[]));
    let good = fs::read(&file).unwrap();
    let mut bad: Vec<(String, Vec<u8>)> = Vec::new();
    for part in 0..40 {
        let at = good.len() * part / 40;
        bad.push((format!("cut at {at}"), good[..at].to_vec()));
        let mut flipped = good.clone();
        flipped[at] ^= 0x20;
        bad.push((format!("flipped at {at}"), flipped));
    }
    bad.push(("cut by a byte".to_owned(), good[..good.len() - 1].to_vec()));
    bad.push(("longer".to_owned(), [&good[..], &[0; 512]].concat()));
    bad.push(("twice".to_owned(), [&good[..], &good[..]].concat()));
    for (how, bytes) in bad {
        let path = scratch.write("bad.mekiki-feed", bytes);
        let run = import(&path, &away, &[]);
        let code = code(&run);
        // Without its beginning it is some file without a record.
        let expected = [
            "feed-export-damaged",
            "feed-nothing",
            "archive-unreadable",
            "feed-version",
        ];
        assert!(expected.contains(&code.as_str()), "{how}: {run:?}");
        assert_eq!(current(&away).as_deref(), Some(before.as_str()), "{how}");
        let names = fs::read_dir(Path::new(&away).join("snapshots")).unwrap();
        assert_eq!(names.count(), 1, "{how}");
    }
    assert_eq!(mekiki(&["feed", "verify", &away]).code, 0);
}

#[test]
fn an_export_is_held_to_the_expected_digest() {
    let scratch = Scratch::new();
    let (_, file, _) = exported(&scratch);
    let away = scratch.path("away");
    let run = import(&file, &away, &["--expect", &"0".repeat(64)]);
    assert_eq!(code(&run), "feed-expected");
    assert_eq!(current(&away), None);
    let plain = record(&scratch, "b", 22);
    let run = import(&plain, &away, &["--expect", &"0".repeat(64)]);
    assert_eq!(code(&run), "feed-export-alone");
    let run = mekiki(&[
        "feed", "import", &file, &plain, "--into", &away, "--format", "json",
    ]);
    assert_eq!(code(&run), "feed-export-alone");
}

#[test]
fn an_older_snapshot_is_taken_with_a_warning() {
    let scratch = Scratch::new();
    let (_, file, digest) = exported(&scratch);
    let away = scratch.path("away");
    made(&import(
        &record(&scratch, "b", 22),
        &away,
        &["--retrieved", "2026-11-25"],
    ));
    let run = import(&file, &away, &[]);
    assert_eq!(made(&run), digest);
    assert_eq!(run.json()["remarks"][0]["code"], "feed-older");
}

#[test]
fn only_a_whole_snapshot_is_exported() {
    let scratch = Scratch::new();
    let (feed, file, digest) = exported(&scratch);
    let to = scratch.path("out.mekiki-feed");
    let records = format!("{feed}/snapshots/{digest}/records.bin");
    let good = fs::read(&records).unwrap();
    fs::write(&records, &good[1..]).unwrap();
    assert_eq!(code(&export(&feed, &to)), "feed-damaged");
    assert!(!Path::new(&to).exists());
    fs::write(&records, &good).unwrap();
    assert_eq!(
        code(&export(&feed, &scratch.path("none/out"))),
        "feed-write"
    );
    let run = mekiki(&[
        "feed",
        "export",
        &feed,
        "--to",
        &to,
        "--snapshot",
        &"0".repeat(64),
        "--format",
        "json",
    ]);
    assert_eq!(code(&run), "feed-missing");
    assert_eq!(export(&feed, &file).code, 0, "an older export is replaced");
    let names: Vec<_> = scratch
        .names()
        .into_iter()
        .filter(|name| name.contains("partial"))
        .collect();
    assert_eq!(names, [] as [&str; 0]);
}

#[test]
fn old_snapshots_go_and_the_one_in_use_stays() {
    let scratch = Scratch::new();
    let feed = scratch.path("feed");
    let digests: Vec<String> = (1..=5)
        .map(|day| {
            let path = record(&scratch, &format!("r{day}"), day);
            made(&import(
                &path,
                &feed,
                &["--retrieved", &format!("2026-11-0{day}")],
            ))
        })
        .collect();
    let prune = |keep: &str| {
        let run = mekiki(&["feed", "prune", &feed, "--keep", keep, "--format", "json"]);
        assert_eq!(run.code, 0, "{run:?}");
        run.json()
    };
    let nothing = prune("5");
    assert_eq!(
        (&nothing["removed"], &nothing["freed"]),
        (&serde_json::json!([]), &0.into())
    );
    // An old one in use counts, and stays.
    assert_eq!(mekiki(&["feed", "use", &digests[0], &feed]).code, 0);
    let pruned = prune("3");
    assert_eq!(
        pruned["kept"],
        serde_json::json!([digests[0], digests[3], digests[4]])
    );
    assert_eq!(
        pruned["removed"],
        serde_json::json!([digests[1], digests[2]])
    );
    assert!(pruned["freed"].as_u64().unwrap() > 1000);
    // What cannot be read goes first; nothing takes the one in use.
    fs::write(
        format!("{feed}/snapshots/{}/manifest.json", digests[4]),
        "{",
    )
    .unwrap();
    let pruned = prune("0");
    assert_eq!(pruned["kept"], serde_json::json!([digests[0]]));
    assert_eq!(mekiki(&["feed", "verify", &feed]).code, 0);
    let names = fs::read_dir(format!("{feed}/snapshots")).unwrap();
    assert_eq!(names.count(), 1);
}
