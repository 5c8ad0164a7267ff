//! `feed update` against a server that cuts off, lies and comes too late.

use std::cell::RefCell;
use std::fs;
use std::time::Duration;

use mekiki::app::Refused;
use mekiki::app::feed_update::{FeedUpdate, Request, update};
use mekiki::digest::Digest;
use mekiki::feed::FeedFolder;
use mekiki::retrieve::Manner;
use mekiki::time::{Date, parse_day};

use crate::binary::{Scratch, mekiki};
use crate::http::{Server, answer, declared};

const TODAY: &str = "2026-11-26";

/// A record of OSV for a package of `PyPI`.
fn record(id: &str, summary: &str) -> Vec<u8> {
    format!(
        r#"{{"schema_version":"1.7.0","id":"{id}","modified":"2026-11-20T00:00:00Z","summary":"{summary}",
        "affected":[{{"package":{{"ecosystem":"PyPI","name":"{}"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"1.2"}}]}}]}}]}}"#,
        id.to_lowercase()
    )
    .into_bytes()
}

/// A folder of snapshots with its sources, and how long was waited.
struct House {
    scratch: Scratch,
    waited: RefCell<Vec<u64>>,
}

impl House {
    fn new(sources: &str) -> Self {
        let scratch = Scratch::new();
        scratch.write("feeds.toml", format!("allow_http = true\n{sources}"));
        Self {
            scratch,
            waited: RefCell::default(),
        }
    }

    fn of(server: &Server, paths: &[&str]) -> Self {
        let sources = paths.iter().map(|path| {
            let name = path.trim_start_matches('/');
            format!(
                "[[source]]\nname = \"{name}\"\nurl = \"{}\"\n",
                server.url(path)
            )
        });
        Self::new(&sources.collect::<String>())
    }

    fn update_on(&self, day: &str, strict: bool) -> Result<FeedUpdate, Refused> {
        let day: Date = parse_day(day).unwrap();
        update(
            &Request {
                into: &self.scratch.root(),
                config: None,
                from: &[],
                today: day,
                strict,
            },
            &Manner {
                timeout: Duration::from_secs(5),
                sleep: &|wait| self.waited.borrow_mut().push(wait.as_secs()),
                now: &|| "2026-11-26T12:00:00Z".parse().unwrap(),
                progress: &|_| {},
            },
            &|_| {},
        )
    }

    fn update(&self) -> Result<FeedUpdate, Refused> {
        self.update_on(TODAY, false)
    }

    fn codes(&self) -> Vec<&'static str> {
        match self.update() {
            Ok(updated) => updated.failed.iter().map(|told| told.code).collect(),
            Err(refused) => refused.0.iter().map(|fault| fault.code).collect(),
        }
    }

    fn current(&self) -> Option<Digest> {
        FeedFolder::new(self.scratch.root()).current().unwrap()
    }

    fn downloads(&self) -> Vec<String> {
        let folder = fs::read_dir(self.scratch.path("downloads")).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "lock").collect();
        names.sort();
        names
    }
}

#[test]
fn what_has_not_changed_is_not_fetched_again() {
    let body = record("PYSEC-1", "one");
    let server = Server::start(move |asked, _| {
        if asked.header("if-none-match") == Some("\"v1\"") {
            return answer("304 Not Modified", &[], b"");
        }
        let headers = [
            ("ETag", "\"v1\""),
            ("Last-Modified", "Fri, 20 Nov 2026 00:00:00 GMT"),
        ];
        answer("200 OK", &headers, &body)
    });
    let house = House::of(&server, &["/a.json"]);
    let first = house.update().unwrap();
    assert_eq!(first.fetched, ["a.json"]);
    assert_eq!(first.snapshot, house.current());
    let import = first.import.unwrap();
    assert_eq!(import.as_of.as_deref(), Some("2026-11-26T00:00:00Z"));
    assert_eq!(house.downloads().len(), 1, "only what is remembered stays");

    let second = house.update().unwrap();
    assert!(second.nothing_new && second.import.is_none());
    assert_eq!(second.snapshot, first.snapshot);
    let asked = server.asked();
    assert_eq!(
        asked[1].header("if-modified-since"),
        Some("Fri, 20 Nov 2026 00:00:00 GMT")
    );

    // A day later the same answer says that the knowledge is a day younger.
    let third = house.update_on("2026-11-27", false).unwrap();
    assert!(third.nothing_new);
    assert_ne!(third.snapshot, first.snapshot);
    let import = third.import.unwrap();
    assert_eq!(import.as_of.as_deref(), Some("2026-11-27T00:00:00Z"));
    assert_eq!((import.records, import.advisories), (0, 1));
}

#[test]
fn what_is_remembered_counts_only_while_the_snapshot_holds_it() {
    let body = record("PYSEC-1", "one");
    let server = Server::start(move |asked, _| match asked.header("if-none-match") {
        Some(_) => answer("304 Not Modified", &[], b""),
        None => answer("200 OK", &[("ETag", "\"v1\"")], &body),
    });
    let house = House::of(&server, &["/a.json"]);
    house.update().unwrap();
    fs::remove_file(house.scratch.path("current")).unwrap();
    let again = house.update().unwrap();
    assert_eq!(again.fetched, ["a.json"]);
    assert!(server.asked()[1].header("if-none-match").is_none());
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let body = record("PYSEC-1", "one");
    let whole = body.clone();
    let server = Server::start(move |asked, before| match before {
        0 => declared("200 OK", &[("ETag", "\"v1\"")], &body[..50], body.len()),
        1 => {
            assert_eq!(asked.header("range"), Some("bytes=50-"));
            assert_eq!(asked.header("if-range"), Some("\"v1\""));
            let range = format!("bytes 50-{}/{}", body.len() - 1, body.len());
            let headers = [("ETag", "\"v1\""), ("Content-Range", range.as_str())];
            declared(
                "206 Partial Content",
                &headers,
                &body[50..90],
                body.len() - 50,
            )
        }
        _ => {
            assert_eq!(asked.header("range"), Some("bytes=90-"));
            let range = format!("bytes 90-{}/{}", body.len() - 1, body.len());
            let headers = [("ETag", "\"v1\""), ("Content-Range", range.as_str())];
            answer("206 Partial Content", &headers, &body[90..])
        }
    });
    let house = House::of(&server, &["/a.json"]);
    let updated = house.update().unwrap();
    assert_eq!(updated.fetched, ["a.json"]);
    assert_eq!(*house.waited.borrow(), [1, 2]);
    let snapshot = FeedFolder::new(house.scratch.root())
        .open(&updated.snapshot.unwrap())
        .unwrap();
    assert_eq!(snapshot.manifest().sources[0].sha256, Digest::of(&whole));
}

#[test]
fn a_download_goes_on_in_a_later_run_and_begins_anew_when_the_file_changed() {
    for (name, changed) in [("same", false), ("changed", true)] {
        let (old, new) = (record("PYSEC-1", "old"), record("PYSEC-1", "newer"));
        let server = Server::start(move |asked, before| match asked.header("range") {
            None if before < 5 => declared("200 OK", &[("ETag", "\"old\"")], b"{\"", old.len()),
            _ if before < 5 => b"".to_vec(),
            Some(_) if !changed => {
                let range = format!("bytes 2-{}/{}", old.len() - 1, old.len());
                answer(
                    "206 Partial Content",
                    &[("Content-Range", range.as_str())],
                    &old[2..],
                )
            }
            _ => answer("200 OK", &[("ETag", "\"new\"")], &new),
        });
        let house = House::of(&server, &["/a.json"]);
        assert_eq!(house.codes(), ["fetch-failed"], "{name}");
        assert_eq!(house.current(), None, "{name}");
        let updated = house.update().unwrap();
        assert_eq!(updated.fetched, ["a.json"], "{name}");
        assert_eq!(
            server.asked()[5].header("range"),
            Some("bytes=2-"),
            "{name}"
        );
    }
}

#[test]
fn a_weak_tag_does_not_join_two_halves() {
    let body = record("PYSEC-1", "one");
    let server = Server::start(move |asked, before| {
        assert!(asked.header("range").is_none());
        let headers = [("ETag", "W/\"v1\"")];
        match before {
            0 => declared("200 OK", &headers, &body[..50], body.len()),
            _ => answer("200 OK", &headers, &body),
        }
    });
    assert_eq!(
        House::of(&server, &["/a.json"]).update().unwrap().fetched,
        ["a.json"]
    );
}

#[test]
fn a_server_in_trouble_is_asked_again_when_it_says() {
    for (name, trouble, waited) in [
        (
            "500",
            answer("500 Internal Server Error", &[], b""),
            vec![1],
        ),
        (
            "seconds",
            answer("429 Too Many Requests", &[("Retry-After", "7")], b""),
            vec![7],
        ),
        (
            "an instant",
            answer(
                "503 Service Unavailable",
                &[("Retry-After", "Thu, 26 Nov 2026 12:00:30 GMT")],
                b"",
            ),
            vec![30],
        ),
        ("no answer", Vec::new(), vec![1]),
    ] {
        let body = record("PYSEC-1", "one");
        let server = Server::start(move |_, before| match before {
            0 => trouble.clone(),
            _ => answer("200 OK", &[], &body),
        });
        let house = House::of(&server, &["/a.json"]);
        assert_eq!(house.update().unwrap().fetched, ["a.json"], "{name}");
        assert_eq!(*house.waited.borrow(), waited, "{name}");
    }
}

#[test]
fn a_failure_has_a_code_and_leaves_what_is_in_use() {
    let long = answer("503 Service Unavailable", &[("Retry-After", "86400")], b"");
    let unended = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}".to_vec();
    let redirect = |to: &str| answer("302 Found", &[("Location", to)], b"");
    for (name, bad, code, questions) in [
        (
            "always in trouble",
            answer("500 Oh", &[], b""),
            "fetch-status",
            5,
        ),
        ("too long to wait", long, "fetch-status", 1),
        (
            "not there",
            answer("404 Not Found", &[], b""),
            "fetch-status",
            1,
        ),
        (
            "cut each time",
            declared("200 OK", &[], b"{", 99),
            "fetch-cut",
            5,
        ),
        ("no end", unended, "fetch-cut", 1),
        (
            "a part nobody asked for",
            answer("206 Partial Content", &[], b"{}"),
            "fetch-cut",
            5,
        ),
        (
            "not modified against nothing",
            answer("304 Not Modified", &[], b""),
            "fetch-status",
            1,
        ),
        ("no HTTP", b"hello".to_vec(), "fetch-failed", 5),
        ("round and round", redirect("/a.json"), "fetch-redirect", 6),
        (
            "away",
            redirect("ftp://example.invalid/"),
            "fetch-redirect",
            1,
        ),
        (
            "an error page",
            answer("200 OK", &[], b"<html>sorry</html>"),
            "feed-nothing",
            1,
        ),
        (
            "a cut archive",
            answer("200 OK", &[], b"PK\x03\x04\x14\0"),
            "feed-nothing",
            1,
        ),
        ("nothing", answer("200 OK", &[], b""), "feed-nothing", 1),
    ] {
        let body = record("PYSEC-1", "one");
        let server = Server::start(move |asked, _| match asked.path.as_str() {
            "/good.json" => answer("200 OK", &[], &body),
            _ => bad.clone(),
        });
        let house = House::of(&server, &["/good.json"]);
        let before = house.update().unwrap().snapshot;
        let source = format!(
            "[[source]]\nname = 'a'\nurl = '{}'\n",
            server.url("/a.json")
        );
        house
            .scratch
            .write("feeds.toml", format!("allow_http = true\n{source}"));
        assert_eq!(house.codes().first(), Some(&code), "{name}");
        assert_eq!(server.asked().len() - 1, questions, "{name}");
        assert_eq!(house.current(), before, "{name}");
    }
}

#[test]
fn only_a_file_with_the_right_digest_is_used() {
    let body = record("PYSEC-1", "one");
    let digest = Digest::of(&body);
    let published = format!("{digest}  a.json\n{}  b.json\n", Digest::of(b"b"));
    let file = body.clone();
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/a.json" | "/b.json" => answer("200 OK", &[], &file),
        "/sums" => answer("200 OK", &[], published.as_bytes()),
        _ => answer("404 Not Found", &[], b""),
    });
    let wrong = Digest::of(b"wrong");
    let at = |path: &str| server.url(path);
    for (name, url, check, expected) in [
        (
            "as configured",
            at("/a.json"),
            format!("sha256 = '{digest}'"),
            None,
        ),
        (
            "not as configured",
            at("/a.json"),
            format!("sha256 = '{wrong}'"),
            Some("fetch-checksum"),
        ),
        (
            "as published",
            at("/a.json"),
            format!("checksum_url = '{}'", at("/sums")),
            None,
        ),
        (
            "not as published",
            at("/b.json"),
            format!("checksum_url = '{}'", at("/sums")),
            Some("fetch-checksum"),
        ),
        (
            "no digest there",
            at("/a.json"),
            format!("checksum_url = '{}'", at("/a.json")),
            Some("fetch-checksum"),
        ),
        (
            "no checksum there",
            at("/a.json"),
            format!("checksum_url = '{}'", at("/none")),
            Some("fetch-status"),
        ),
        (
            "too large",
            at("/a.json"),
            "maximum_bytes = 10".to_owned(),
            Some("fetch-too-large"),
        ),
    ] {
        let house = House::new(&format!("[[source]]\nname = 'a'\nurl = '{url}'\n{check}\n"));
        assert_eq!(house.codes().first().copied(), expected, "{name}");
        assert_eq!(house.current().is_none(), expected.is_some(), "{name}");
    }
}

#[test]
fn a_body_that_grows_beyond_the_limit_is_dropped() {
    let body = vec![b' '; 200_000];
    let server = Server::start(move |_, _| {
        let mut out =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_vec();
        out.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        out.extend_from_slice(&body);
        out.extend_from_slice(b"\r\n0\r\n\r\n");
        out
    });
    let url = server.url("/a");
    let house = House::new(&format!(
        "[[source]]\nname = 'a'\nurl = '{url}'\nmaximum_bytes = 1000\n"
    ));
    assert_eq!(house.codes(), ["fetch-too-large"]);
    assert!(house.downloads().is_empty(), "{:?}", house.downloads());
}

#[test]
fn http_is_spoken_only_where_it_is_allowed() {
    let server = Server::start(|_, _| answer("200 OK", &[], b"{}"));
    let source = format!(
        "[[source]]\nname = 'a'\nurl = '{}'\n",
        server.url("/a.json")
    );
    let house = House::new("");
    house.scratch.write("feeds.toml", source);
    assert_eq!(house.codes(), ["fetch-insecure"]);
    assert!(server.asked().is_empty());
    for url in [
        "file:///etc/passwd",
        "ftp://a.example/x",
        "a.example/x",
        "https://",
    ] {
        house.scratch.write(
            "feeds.toml",
            format!("[[source]]\nname = 'a'\nurl = '{url}'\n"),
        );
        let codes = house.codes();
        assert!(
            ["fetch-insecure", "fetch-address"].contains(&codes[0]),
            "{url}: {codes:?}"
        );
    }
}

#[test]
fn one_source_that_fails_costs_the_others_nothing() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/good.json" => answer("200 OK", &[("ETag", "\"g\"")], &record("PYSEC-1", "one")),
        "/page.json" => answer("200 OK", &[], b"<html>sorry</html>"),
        _ => answer("404 Not Found", &[], b""),
    });
    let house = House::of(&server, &["/gone.json", "/good.json", "/page.json"]);
    let strict = house.update_on(TODAY, true).unwrap_err();
    assert_eq!(
        (strict.0[0].code, strict.0[0].file.as_deref()),
        ("fetch-status", Some("gone.json"))
    );
    assert_eq!(house.current(), None, "strict keeps nothing");
    let updated = house.update().unwrap();
    assert_eq!(updated.fetched, ["good.json"]);
    let failed: Vec<_> = updated
        .failed
        .iter()
        .map(|told| (told.path.as_str(), told.code))
        .collect();
    assert_eq!(
        failed,
        [("gone.json", "fetch-status"), ("page.json", "feed-empty")]
    );
    assert_eq!(updated.snapshot, house.current());

    let root = house.scratch.root();
    let arguments = ["feed", "update", "--into", &root, "--format", "json"];
    let run = mekiki(&[&arguments[..], &["--from", "good.json", "page.json"]].concat());
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.json()["failed"][0]["path"], "page.json");
    let run = mekiki(&[&arguments[..], &["--from", "goood.json"]].concat());
    assert_eq!(run.code, 3);
    assert_eq!(run.error()["error"]["code"], "source-unknown");
    assert_eq!(run.error()["error"]["help"], "did you mean `good.json`?");
}

#[test]
fn a_file_that_came_before_an_import_failed_is_not_fetched_twice() {
    let body = record("PYSEC-1", "one");
    let server = Server::start(move |asked, _| match asked.header("if-none-match") {
        Some("\"v1\"") => answer("304 Not Modified", &[], b""),
        _ => answer("200 OK", &[("ETag", "\"v1\"")], &body),
    });
    let house = House::of(&server, &["/a.json"]);
    let folder = FeedFolder::new(house.scratch.root());
    let lock = folder.lock().unwrap();
    assert_eq!(house.codes(), ["feed-busy"]);
    drop(lock);
    assert_eq!(house.update().unwrap().fetched, ["a.json"]);
    assert_eq!(server.asked()[1].header("if-none-match"), Some("\"v1\""));
    let downloads = folder.lock_downloads().unwrap();
    assert_eq!(house.codes(), ["feed-busy"], "two updates at once");
    drop(downloads);
}

#[test]
fn a_proxy_of_the_configuration_is_gone_through() {
    let body = record("PYSEC-1", "one");
    let proxy = Server::start(move |_, _| answer("200 OK", &[], &body));
    let house = House::new(&format!(
        "[[source]]\nname = 'a'\nurl = 'http://mirror.invalid/a.json'\nproxy = '{}'\n",
        proxy.url("")
    ));
    assert_eq!(house.update().unwrap().fetched, ["a"]);
    assert_eq!(proxy.asked()[0].path, "http://mirror.invalid/a.json");
}

#[test]
fn the_built_in_sources_are_listed_and_marked_as_unverified() {
    let scratch = Scratch::new();
    let root = scratch.root();
    let run = mekiki(&[
        "feed",
        "update",
        "--into",
        &root,
        "--list-sources",
        "--format",
        "json",
    ]);
    let document = run.json();
    let sources = document["sources"].as_array().unwrap();
    assert!(sources.len() > 20);
    for source in sources {
        assert!(
            source["url"].as_str().unwrap().starts_with("https://"),
            "{source}"
        );
        assert_eq!(source["verified"], false, "{source}");
    }
    assert!(scratch.names().is_empty(), "nothing is written");
}
