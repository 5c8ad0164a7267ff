//! Whatever happens while a snapshot is made, the last good one stays, and what is damaged says so.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use mekiki::feed::{FeedFolder, verify};

use crate::binary::{Run, Scratch, mekiki};

/// Records of OSV, one a file, which differ by `wave`.
fn records(scratch: &Scratch, folder: &str, wave: u32, count: u32) -> String {
    for number in 0..count {
        let id = format!("PYSEC-{number}");
        let text = format!(
            r#"{{"schema_version":"1.7.0","id":"{id}","modified":"2026-11-{:02}T00:00:00Z",
            "summary":"wave {wave}","details":"{}",
            "affected":[{{"package":{{"ecosystem":"PyPI","name":"package-{number}"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{wave}.{number}"}}]}}]}}]}}"#,
            1 + wave % 28,
            "x".repeat(400)
        );
        scratch.write(&format!("{folder}/{id}.json"), text);
    }
    scratch.path(folder)
}

fn import(records: &str, into: &str) -> Run {
    mekiki(&[
        "feed", "import", records, "--into", into, "--format", "json",
    ])
}

fn current(into: &str) -> Option<String> {
    let current = FeedFolder::new(into).current().unwrap();
    current.map(|digest| digest.hex())
}

fn is_whole(into: &str) -> bool {
    let run = mekiki(&["feed", "verify", into, "--format", "json"]);
    run.code == 0 && run.json()["whole"] == true
}

/// As [`is_whole`], without a process of its own.
fn is_whole_here(into: &str) -> bool {
    let folder = FeedFolder::new(into);
    let digest = folder.current().unwrap().unwrap();
    let snapshot = folder.open(&digest).unwrap();
    verify(&folder.path_of(&digest), &snapshot).is_ok()
}

fn code(run: &Run) -> String {
    assert_eq!(run.code, 3, "{run:?}");
    run.error()["error"]["code"].as_str().unwrap().to_owned()
}

/// What lies among the snapshots and is none.
fn leftovers(into: &str) -> Vec<String> {
    let names = fs::read_dir(Path::new(into).join("snapshots")).unwrap();
    names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.len() != 64)
        .collect()
}

fn spawn(records: &str, into: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mekiki"))
        .args([
            "feed", "import", records, "--into", into, "--format", "json",
        ])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_killed_import_leaves_the_old_snapshot_or_the_new_one() {
    let scratch = Scratch::new();
    let into = scratch.path("feed");
    let waves = [1, 2].map(|wave| records(&scratch, &format!("wave{wave}"), wave, 300));
    // Every wave replaces every record, so that an import alternates between two snapshots.
    let known: Vec<String> = waves
        .iter()
        .map(|wave| {
            let run = mekiki(&[
                "feed", "import", wave, "--into", &into, "--fresh", "--format", "json",
            ]);
            run.json()["snapshot"].as_str().unwrap().to_owned()
        })
        .collect();
    let started = Instant::now();
    let whole = spawn_fresh(&waves[0], &into).wait().unwrap();
    assert!(whole.success());
    let mut length = started.elapsed();
    let (mut killed, mut round) = (0u32, 0u32);
    while killed < 100 {
        let before = current(&into).unwrap();
        // The other one, killed at a hundred points of its time.
        let other = usize::from(before == known[0]);
        let mut child = spawn_fresh(&waves[other], &into);
        std::thread::sleep(length.mul_f64(f64::from(round % 100) / 100.0));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            // Others use the machine too: the time is shorter now than it was.
            length = length.mul_f64(0.95);
        } else {
            killed += 1;
        }
        let after = current(&into).unwrap();
        assert!(after == before || after == known[other], "round {round}");
        assert!(is_whole_here(&into), "round {round}");
        round += 1;
        assert!(round < 1000, "only {killed} were killed in time");
    }
    let run = import(&waves[0], &into);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(leftovers(&into), [] as [&str; 0]);
    for one in FeedFolder::new(&into).list().unwrap() {
        let path = FeedFolder::new(&into).path_of(&one.digest);
        assert!(is_whole(path.to_str().unwrap()));
    }
}

fn spawn_fresh(records: &str, into: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mekiki"))
        .args(["feed", "import", records, "--into", into, "--fresh"])
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn of_two_imports_at_once_one_is_told_to_wait() {
    let scratch = Scratch::new();
    let into = scratch.path("feed");
    let good = records(&scratch, "good", 1, 3);
    assert_eq!(import(&good, &into).code, 0);
    let before = current(&into);
    let lock = FeedFolder::new(&into).lock().unwrap();
    let other = records(&scratch, "other", 2, 3);
    assert_eq!(code(&import(&other, &into)), "feed-busy");
    assert_eq!(current(&into), before);
    drop(lock);
    // Ten of them at once: each is imported or told to wait, and the end is whole.
    let children: Vec<_> = (0..10).map(|_| spawn(&other, &into)).collect();
    let mut done = 0;
    for mut child in children {
        let status = child.wait().unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        match status.code() {
            Some(0) => done += 1,
            Some(3) => assert!(said.contains("feed-busy"), "{said}"),
            _ => panic!("{status} {said}"),
        }
    }
    assert!(done > 0);
    assert!(is_whole(&into));
    assert_eq!(leftovers(&into), [] as [&str; 0]);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_last_good_snapshot() {
    let scratch = Scratch::new();
    let into = scratch.path("feed");
    let good = records(&scratch, "good", 1, 3);
    assert_eq!(import(&good, &into).code, 0);
    let before = current(&into);
    // Records that do not compress, so that they are larger than the limits below.
    let large = scratch.path("large");
    for number in 0..40u32 {
        let mut seed = 88_172_645_463_325_252_u64.wrapping_add(u64::from(number));
        let noise: String = (0..2000)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                format!("{seed:x}")
            })
            .collect();
        let text = format!(
            r#"{{"id":"GO-{number}","modified":"2026-11-20T00:00:00Z","details":"{noise}",
            "affected":[{{"package":{{"ecosystem":"Go","name":"m{number}"}}}}]}}"#
        );
        scratch.write(&format!("large/{number}.json"), text);
    }
    // A limit on the size of files stands in for the end of the disk; blocks of 512 bytes.
    for blocks in [0, 1, 20, 200, 600] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_mekiki")])
            .args([
                "feed", "import", &large, "--into", &into, "--format", "json",
            ])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{blocks}: {said}");
        assert!(said.contains("feed-write"), "{blocks}: {said}");
        assert_eq!(current(&into), before, "{blocks}");
        assert!(is_whole(&into), "{blocks}");
        assert_eq!(leftovers(&into), [] as [&str; 0], "{blocks}");
    }
    assert_eq!(import(&large, &into).code, 0);
    assert!(is_whole(&into));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let scratch = Scratch::new();
    let good = records(&scratch, "good", 1, 3);
    // A file where a folder should be stops root too.
    let file = scratch.write("file", "");
    assert_eq!(code(&import(&good, &file)), "feed-write");
    let into = scratch.path("feed");
    scratch.write("feed/snapshots", "");
    assert_eq!(code(&import(&good, &into)), "feed-write");
    fs::remove_file(scratch.path("feed/snapshots")).unwrap();
    fs::create_dir_all(scratch.path("feed/lock")).unwrap();
    assert_eq!(code(&import(&good, &into)), "feed-write");
}

/// A folder with one snapshot, and the folder of that snapshot.
fn snapshot(scratch: &Scratch) -> (String, String) {
    let into = scratch.path("feed");
    let good = records(scratch, "good", 1, 300);
    assert_eq!(import(&good, &into).code, 0);
    let digest = FeedFolder::new(&into).current().unwrap().unwrap();
    let path = FeedFolder::new(&into).path_of(&digest);
    (into, path.to_str().unwrap().to_owned())
}

const SBOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[
    {"type":"library","name":"package-7","version":"0.1","purl":"pkg:pypi/package-7@0.1"}]}"#;

#[test]
fn a_damaged_snapshot_is_never_judged_by() {
    let scratch = Scratch::new();
    let (into, path) = snapshot(&scratch);
    let sbom = scratch.write("sbom.json", SBOM);
    let scan = |feed: &str| mekiki(&["scan", &sbom, "--feed", feed, "--format", "json"]);
    let sound = scan(&into);
    assert_eq!(
        sound.json()["findings"].as_array().unwrap().len(),
        1,
        "{sound:?}"
    );
    let digest = Path::new(&path).file_name().unwrap().to_str().unwrap();
    let flip = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    for file in ["manifest.json", "index.bin", "records.bin"] {
        let name = format!("{path}/{file}");
        let good = fs::read(&name).unwrap();
        let middle = good.len() / 2;
        for (how, bad) in [
            ("empty", Vec::new()),
            ("cut", good[..middle].to_vec()),
            ("cut at its end", good[..good.len() - 1].to_vec()),
            ("longer", [&good[..], b"\n"].concat()),
            ("flipped in front", flip(&good, 0)),
            ("flipped in the middle", flip(&good, middle)),
            ("flipped at its end", flip(&good, good.len() - 1)),
            ("zeros", vec![0; good.len()]),
            ("gone", b"gone".to_vec()),
        ] {
            if how == "gone" {
                fs::remove_file(&name).unwrap();
            } else {
                fs::write(&name, &bad).unwrap();
            }
            let context = format!("{file} {how}");
            let verify = mekiki(&["feed", "verify", &into, "--format", "json"]);
            assert!([1, 3].contains(&verify.code), "{context}: {verify:?}");
            let said = verify.stdout + &verify.stderr;
            let is_named = ["feed-damaged", "feed-missing"]
                .iter()
                .any(|code| said.contains(code));
            assert!(is_named && !said.contains("panicked"), "{context}: {said}");
            // What cites records does not read them; the index alone decides.
            let scanned = scan(&into);
            if file == "records.bin" || scanned.code != 3 {
                let findings = scanned.json()["findings"].as_array().unwrap().len();
                assert_eq!(findings, 1, "{context}: {scanned:?}");
            } else {
                assert!(
                    scanned.stderr.contains("feed-damaged") || how == "gone",
                    "{context}"
                );
            }
            // Nothing is built on a damaged manifest or on damaged records. The index is built anew from
            // them, so what is wrong with it does not spread; nor does what stands behind the records.
            let more = records(&scratch, "more", 2, 1);
            let built = import(&more, &into);
            let is_harmless = file == "index.bin" || (file == "records.bin" && how == "longer");
            if is_harmless && built.code == 0 {
                assert!(is_whole(&into), "{context}");
                scratch.write("feed/current", digest);
            } else {
                assert_eq!(built.code, 3, "{context}: {built:?}");
                assert_eq!(current(&into).as_deref(), Some(digest), "{context}");
            }
            fs::write(&name, &good).unwrap();
            assert!(is_whole(&into), "{context}");
        }
    }
    // Imported again, a damaged snapshot is mended.
    fs::write(format!("{path}/records.bin"), b"bad").unwrap();
    let run = mekiki(&[
        "feed",
        "import",
        &scratch.path("good"),
        "--into",
        &into,
        "--fresh",
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(is_whole(&path));
}

#[test]
fn a_manifest_that_claims_too_much_is_refused() {
    let scratch = Scratch::new();
    let (_, path) = snapshot(&scratch);
    let manifest = format!("{path}/manifest.json");
    let good = fs::read_to_string(&manifest).unwrap();
    let sound: serde_json::Value = serde_json::from_str(&good).unwrap();
    for (pointer, value) in [
        ("/index/bytes", u64::MAX),
        ("/index/bytes", u64::MAX / 2),
        ("/index/bytes", 1 << 50),
        ("/index/bytes", 1 << 30),
        ("/index/bytes", 0),
        ("/parts/packages/bytes", u64::MAX),
        ("/parts/packages/offset", u64::MAX),
        ("/parts/postings/bytes", 1 << 40),
        ("/parts/ids/offset", 1 << 63),
        ("/records/bytes", u64::MAX),
        ("/records/bytes", 0),
    ] {
        let mut claims = sound.clone();
        *claims.pointer_mut(pointer).unwrap() = value.into();
        fs::write(&manifest, claims.to_string()).unwrap();
        let run = mekiki(&["feed", "verify", &path, "--format", "json"]);
        let said = run.stdout + &run.stderr;
        assert!([1, 3].contains(&run.code), "{pointer} {value}: {said}");
        assert!(said.contains("feed-damaged"), "{pointer} {value}: {said}");
    }
    // A sparse file costs nothing to claim.
    let index = fs::File::options()
        .write(true)
        .open(format!("{path}/index.bin"))
        .unwrap();
    if index.set_len(1 << 42).is_ok() {
        let mut claims = sound;
        claims["index"]["bytes"] = (1u64 << 41).into();
        fs::write(&manifest, claims.to_string()).unwrap();
        let run = mekiki(&["feed", "show", &path, "--format", "json"]);
        assert_eq!(code(&run), "feed-damaged");
    }
}

#[test]
fn a_snapshot_of_another_version_says_so() {
    let scratch = Scratch::new();
    let (into, path) = snapshot(&scratch);
    let manifest = format!("{path}/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("mekiki/feed/v1", "mekiki/feed/v9")).unwrap();
    assert_eq!(
        code(&mekiki(&["feed", "show", &into, "--format", "json"])),
        "feed-version"
    );
    let listed = mekiki(&["feed", "list", &into, "--format", "json"]);
    assert_eq!(listed.json()["damaged"][0]["code"], "feed-version");
    let good = scratch.path("good");
    assert_eq!(code(&import(&good, &into)), "feed-version");
    assert_eq!(
        mekiki(&["feed", "import", &good, "--into", &into, "--fresh"]).code,
        0
    );
    assert!(is_whole(&into));
}

#[test]
fn a_name_of_the_current_snapshot_that_is_none_is_damage() {
    let scratch = Scratch::new();
    let (into, _) = snapshot(&scratch);
    for text in ["", "latest", "../../etc"] {
        scratch.write("feed/current", text);
        assert_eq!(
            code(&mekiki(&["feed", "show", &into, "--format", "json"])),
            "feed-damaged"
        );
    }
    scratch.write("feed/current", "0".repeat(64));
    assert_eq!(
        code(&mekiki(&["feed", "show", &into, "--format", "json"])),
        "feed-missing"
    );
}
