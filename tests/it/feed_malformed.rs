//! Good and bad records in one import: the bad ones are named and counted, the rest is taken.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use crate::binary::{Run, Scratch, mekiki};

fn record(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2026-11-20T00:00:00Z",
        "affected":[{{"package":{{"ecosystem":"PyPI","name":"one"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}}]}}]}}]}}"#
    )
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    zstd::bulk::compress(&tar.into_inner().unwrap(), 3).unwrap()
}

fn import(paths: &[&str], into: &str, more: &[&str]) -> Run {
    let rest = ["--into", into, "--format", "json"];
    mekiki(&[&["feed", "import"][..], paths, &rest, more].concat())
}

fn told<'v>(document: &'v Value, list: &str) -> Vec<(&'v str, &'v str)> {
    let list = document[list].as_array().unwrap().iter();
    list.map(|one| (one["path"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect()
}

/// A folder with two good records, one alone and one in an archive, among bad ones.
fn folder(scratch: &Scratch) -> String {
    scratch.write("f/a-good.json", record("PYSEC-1"));
    scratch.write("f/b-syntax.json", "{\"id\": ");
    scratch.write("f/c-no-id.json", record("X").replace("\"id\":\"X\",", ""));
    scratch.write(
        "f/d-wrong-type.json",
        record("PYSEC-4").replace("\"PYSEC-4\"", "4"),
    );
    scratch.write("f/e-list.json", "[1, 2]");
    let good = record("PYSEC-6");
    let zip = zipped(&[("good.json", good.as_bytes())]);
    scratch.write("f/f-cut.zip", &zip[..zip.len() - 30]);
    scratch.write(
        "f/g-member.tar.zst",
        tarred(&[("bad.json", b"{{"), ("good.json", good.as_bytes())]),
    );
    scratch.write(
        "f/h-bomb.tar.zst",
        tarred(&[("bomb.json", &vec![b' '; 20 * 1024 * 1024])]),
    );
    scratch.write("f/i-text.json", b"\xff\xfe\xfd");
    scratch.write("f/j-empty.json", b"");
    scratch.write("f/LICENSE", "Do as you like.");
    scratch.write("f/.git/config.json", "{");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", scratch.path("f/k-link.json")).unwrap();
    scratch.path("f")
}

#[test]
fn bad_records_are_named_and_counted_and_the_rest_is_imported() {
    let scratch = Scratch::new();
    let folder = folder(&scratch);
    let into = scratch.path("feed");
    let run = import(&[&folder], &into, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    let document = run.json();
    assert_eq!(
        (&document["records"], &document["advisories"]),
        (&2.into(), &2.into())
    );
    let skipped = told(&document, "skipped");
    for name in [
        "b-syntax.json",
        "c-no-id.json",
        "d-wrong-type.json",
        "e-list.json",
        "f-cut.zip",
        "g-member.tar.zst!/g-member.tar!/bad.json",
        "h-bomb.tar.zst",
        "i-text.json",
        "j-empty.json",
        #[cfg(unix)]
        "k-link.json",
    ] {
        let found = skipped.iter().any(|(path, _)| *path == name)
            // A compressed tar is named as one or as two containers.
            || skipped.iter().any(|(path, _)| *path == name.replace("!/g-member.tar!/", "!/"));
        assert!(found, "{name} in {skipped:?}");
    }
    assert_eq!(document["skipped_count"], skipped.len());
    assert_eq!(document["passed_over"], 1, "the license");
    let list = document["skipped"].as_array().unwrap();
    let wrong = list
        .iter()
        .find(|one| one["path"] == "d-wrong-type.json")
        .unwrap();
    assert_eq!(wrong["at"]["pointer"], "/id", "{wrong}");
    for one in list {
        assert!(!one["message"].as_str().unwrap().is_empty(), "{one}");
    }
    assert_eq!(mekiki(&["feed", "verify", &into]).code, 0);
}

#[test]
fn a_strict_import_keeps_nothing_of_a_flawed_one() {
    let scratch = Scratch::new();
    let into = scratch.path("feed");
    let good = scratch.write("good.json", record("PYSEC-9"));
    assert_eq!(import(&[&good], &into, &["--strict"]).code, 0);
    let before = fs::read_to_string(scratch.path("feed/current")).unwrap();
    let run = import(&[&folder(&scratch)], &into, &["--strict"]);
    assert_eq!(run.code, 1, "{run:?}");
    let document = run.json();
    assert_eq!(document["snapshot"], Value::Null);
    assert!(document["skipped_count"].as_u64().unwrap() >= 9);
    assert_eq!(
        fs::read_to_string(scratch.path("feed/current")).unwrap(),
        before
    );
    let names = fs::read_dir(scratch.path("feed/snapshots")).unwrap();
    assert_eq!(names.count(), 1);
}

#[test]
fn an_archive_that_is_cut_replaces_nothing() {
    let scratch = Scratch::new();
    let into = scratch.path("feed");
    let good = record("PYSEC-1");
    let files: Vec<(String, String)> = (0..300)
        .map(|number| (format!("{number}.json"), record(&format!("PYSEC-{number}"))))
        .collect();
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let path = scratch.write("good.json", &good);
    assert_eq!(import(&[&path], &into, &[]).code, 0);
    let before = fs::read_to_string(scratch.path("feed/current")).unwrap();
    let (zip, tar) = (zipped(&files), tarred(&files));
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(good.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let bomb = tarred(&[("bomb.json", &vec![b' '; 20 * 1024 * 1024])]);
    for (name, bytes, code) in [
        ("all.zip", &zip[..zip.len() / 2], "archive-unreadable"),
        ("all.tar.zst", &tar[..tar.len() / 2], "archive-unreadable"),
        ("all.tar.zst", &tar[..tar.len() - 4], "archive-unreadable"),
        ("one.json.gz", &gzip[..gzip.len() - 4], "archive-unreadable"),
        ("bomb.tar.zst", &bomb, "archive-ratio"),
    ] {
        let bad = scratch.write(name, bytes);
        // Beside a good file too: what lies behind the break would look as fresh as the rest.
        let run = import(&[&path, &bad], &into, &[]);
        assert_eq!(run.code, 3, "{name}: {run:?}");
        assert_eq!(run.error()["error"]["code"], code, "{name}");
        assert_eq!(run.error()["error"]["file"], name);
        assert_eq!(
            fs::read_to_string(scratch.path("feed/current")).unwrap(),
            before,
            "{name}"
        );
    }
    for (name, bytes) in [("all.zip", &zip), ("all.tar.zst", &tar)] {
        let run = import(&[&scratch.write(name, bytes)], &into, &[]);
        assert_eq!(run.json()["records"], 300, "{name}");
    }
}

#[test]
fn where_there_is_no_record_no_snapshot_is_made() {
    let scratch = Scratch::new();
    let into = scratch.path("feed");
    fs::create_dir(scratch.path("empty")).unwrap();
    scratch.write("licenses/LICENSE", "Do as you like.");
    scratch.write("bad/one.json", "{");
    for name in ["empty", "licenses", "bad"] {
        let run = import(&[&scratch.path(name)], &into, &[]);
        assert_eq!(run.code, 3, "{name}");
        assert_eq!(run.error()["error"]["code"], "feed-nothing", "{name}");
    }
    let run = import(&[&scratch.path("none")], &into, &[]);
    assert_eq!(run.error()["error"]["code"], "file-missing");
    // Beside a good one, an empty input is named.
    let good = scratch.write("good.json", record("PYSEC-1"));
    let run = import(&[&good, &scratch.path("empty")], &into, &[]);
    assert_eq!(run.code, 0);
    assert_eq!(told(&run.json(), "skipped"), [("empty", "feed-empty")]);
}
