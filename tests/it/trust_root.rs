//! `trust root`: fetched from a server that lies, cuts off and never ends; kept, shown, handed in and used.

use std::cell::RefCell;
use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mekiki::app::Refused;
use mekiki::app::trust_update::{Request, RootUpdated, update};
use mekiki::digest::Digest;
use mekiki::folder::trusted_root::{AnchorOrigin, KeptRoot, RootFolder};
use mekiki::retrieve::Manner;
use mekiki::tree::{Complaints, parse_toml};
use mekiki::trust::KnownRepositories;
use serde_json::{Value, json};

use crate::asked::now;
use crate::authority::Authority;
use crate::binary::{Scratch, mekiki};
use crate::http::{Server, answer, declared};
use crate::tuf_maker::{Files, Keepers, Signer, refs, sealed};

/// The repositories that are shipped.
const BUILT_IN: &str = include_str!("../../criteria/trust-repositories.toml");

fn table(text: &str) -> KnownRepositories {
    let document =
        parse_toml(text.as_bytes()).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let complaints = Complaints::default();
    let table = KnownRepositories::read(&document, &complaints);
    let faults = complaints.into_sorted();
    assert!(faults.is_empty(), "{faults:?}");
    table
}

fn untouched(_: &str, _: &mut Value) {}

/// A repository on a server, and a folder that keeps what it publishes.
struct House {
    scratch: Scratch,
    keepers: Keepers,
    files: Arc<Mutex<Files>>,
    server: Server,
    waited: RefCell<Vec<u64>>,
    /// The repositories that are known.
    known: String,
}

impl House {
    fn new() -> Self {
        let files: Arc<Mutex<Files>> = Arc::default();
        let handed_out = Arc::clone(&files);
        let server = Server::start(move |asked, _| {
            let files = handed_out.lock().unwrap();
            match files.get(asked.path.trim_start_matches('/')) {
                // What begins with a status line goes over the line as it is.
                Some(bytes) if bytes.starts_with(b"HTTP/1.1 ") => bytes.clone(),
                Some(bytes) => answer("200 OK", &[], bytes),
                None => answer("404 Not Found", &[], b""),
            }
        });
        Self {
            scratch: Scratch::new(),
            keepers: Keepers::new(),
            files,
            server,
            waited: RefCell::default(),
            known: BUILT_IN.to_owned(),
        }
    }

    /// A table that knows this repository by the keepers of a root of it.
    fn known_by(&self, version: u64, threshold: u64, keepers: &[Signer]) -> String {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let keys = keepers.iter().map(|signer| {
            format!(
                "[[repository.key]]\nid = \"{}\"\ntype = \"{}\"\nscheme = \"{}\"\npublic = \"\"\"{}\"\"\"\n",
                signer.id,
                text(&signer.key["keytype"]),
                text(&signer.key["scheme"]),
                text(&signer.key["keyval"]["public"]),
            )
        });
        format!(
            r#"version = "1"
            [[repository]]
            id = "house"
            address = "{}/"
            root_version = {version}
            threshold = {threshold}
            [repository.title]
            ja = "家"
            en = "house"
            [repository.source]
            document = "a test"
            url = "https://tuf.example"
            mark = "verified"
            {}"#,
            self.server.url("").trim_end_matches('/'),
            keys.collect::<String>(),
        )
    }

    fn publish(&self, version: u64, trusted_root: &str) {
        let files = self
            .keepers
            .publish(version, trusted_root.as_bytes(), &untouched);
        *self.files.lock().unwrap() = files;
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        self.files
            .lock()
            .unwrap()
            .insert(path.to_owned(), bytes.to_vec());
    }

    fn folder(&self) -> String {
        self.scratch.path("kept")
    }

    fn update(&self, root: Option<&[u8]>) -> Result<RootUpdated, Refused> {
        update(
            &Request {
                repository: Some(&self.server.url("")),
                root: root.map(|root| ("root.json", root)),
                known: &table(&self.known),
                into: Some(&self.folder()),
                at: now(),
            },
            &Manner {
                timeout: Duration::from_secs(5),
                sleep: &|wait| self.waited.borrow_mut().push(wait.as_secs()),
                now: &now,
                progress: &|_| {},
            },
        )
    }

    fn kept(&self) -> Option<KeptRoot> {
        RootFolder::new(self.folder()).kept().unwrap()
    }

    fn paths(&self) -> Vec<String> {
        self.server
            .asked()
            .into_iter()
            .map(|asked| asked.path)
            .collect()
    }
}

fn code(outcome: Result<RootUpdated, Refused>) -> &'static str {
    match outcome {
        Ok(updated) => panic!("accepted: {updated:?}"),
        Err(refused) => refused.0[0].code,
    }
}

#[test]
fn what_is_published_is_fetched_and_kept() {
    let house = House::new();
    let trusted_root = Authority::new().trusted_root();
    house.publish(3, &trusted_root);
    assert_eq!(code(house.update(None)), "tuf-anchor-missing");
    assert!(
        house.paths().is_empty(),
        "nothing is asked without an anchor"
    );

    let anchor = house.keepers.root(1);
    let updated = house.update(Some(&anchor)).unwrap();
    assert!(updated.changed);
    assert_eq!((updated.root_version, updated.version), (1, 3));
    assert_eq!(updated.anchor.sha256, Digest::of(&anchor));
    let kept = house.kept().unwrap();
    assert_eq!(kept.trusted_root, trusted_root);
    assert_eq!(
        (kept.refreshed.as_str(), kept.by_hand),
        ("2026-11-01", false)
    );
    let target = format!("/targets/{}.trusted_root.json", kept.sha256);
    assert_eq!(
        house.paths(),
        [
            "/2.root.json",
            "/timestamp.json",
            "/3.snapshot.json",
            "/3.targets.json",
            &target
        ]
    );

    // From now on the kept root is where an update begins.
    let again = house.update(None).unwrap();
    assert!(!again.changed);
    assert_eq!(again.anchor.from, "kept");

    let next = Authority::new().trusted_root();
    house.publish(4, &next);
    let rotated = Keepers::new();
    let signers: Vec<_> = house.keepers.root.iter().chain(&rotated.root).collect();
    // New keepers of the root; all other files stay those of the old ones.
    let mut signed = house.keepers.root_signed(2);
    for signer in &rotated.root {
        signed["keys"][&signer.id] = signer.key.clone();
    }
    let ids: Vec<_> = rotated.root.iter().map(|signer| &signer.id).collect();
    signed["roles"]["root"] = json!({ "keyids": ids, "threshold": 2 });
    house.put("2.root.json", &sealed(&signed, &signers));
    let updated = house.update(None).unwrap();
    assert!(updated.changed);
    assert_eq!((updated.root_version, updated.version), (2, 4));
    assert_eq!(house.kept().unwrap().trusted_root, next);
    // The first root is still a way to the last one.
    house.update(Some(&anchor)).unwrap();
}

#[test]
fn a_known_repository_needs_no_root() {
    let mut house = House::new();
    let trusted_root = Authority::new().trusted_root();
    house.publish(3, &trusted_root);
    let first = house.keepers.root(4);
    house.put("4.root.json", &first);
    house.known = house.known_by(4, 2, &house.keepers.root);
    let updated = house.update(None).unwrap();
    assert_eq!(updated.anchor.by, AnchorOrigin::Table);
    assert_eq!(
        (updated.anchor.from.as_str(), updated.anchor.version),
        ("house", 4)
    );
    assert_eq!(updated.anchor.sha256, Digest::of(&first));
    assert_eq!(
        house.paths().get(..2).unwrap(),
        ["/4.root.json", "/5.root.json"]
    );
    assert_eq!(house.kept().unwrap().trusted_root, trusted_root);
    assert_eq!(
        house.kept().unwrap().tuf.unwrap().anchor,
        Some(updated.anchor.clone())
    );

    // Afterwards the kept root is where an update begins; on what all of it rests stays known.
    house.known = BUILT_IN.to_owned();
    house.files.lock().unwrap().remove("4.root.json");
    let again = house.update(None).unwrap();
    assert_eq!(
        (again.anchor.by, again.anchor.version),
        (AnchorOrigin::Kept, 4)
    );
    assert_eq!(
        house.kept().unwrap().tuf.unwrap().anchor,
        Some(updated.anchor)
    );

    // A root that is given takes its place, whatever is known.
    let strangers = Keepers::new();
    house.known = house.known_by(4, 2, &strangers.root);
    house.update(Some(&house.keepers.root(4))).unwrap();
    let anchor = house.kept().unwrap().tuf.unwrap().anchor.unwrap();
    assert_eq!(
        (anchor.by, anchor.from.as_str()),
        (AnchorOrigin::File, "root.json")
    );
}

#[test]
fn later_roots_follow_from_the_known_keepers() {
    let mut house = House::new();
    house.publish(3, &Authority::new().trusted_root());
    let expired = |keepers: &Keepers, version: u64| {
        let mut signed = keepers.root_signed(version);
        signed["expires"] = json!("2026-10-31T00:00:00Z");
        signed
    };
    // The first root may have expired, as long as the last has not.
    let first = expired(&house.keepers, 7);
    house.put("7.root.json", &sealed(&first, &refs(&house.keepers.root)));
    house.known = house.known_by(7, 2, &house.keepers.root);
    assert_eq!(code(house.update(None)), "tuf-expired");

    let new = Keepers::new();
    let mut signed = house.keepers.root_signed(8);
    for signer in &new.root {
        signed["keys"][&signer.id] = signer.key.clone();
    }
    let ids: Vec<_> = new.root.iter().map(|signer| &signer.id).collect();
    signed["roles"]["root"] = json!({ "keyids": ids, "threshold": 2 });
    for (case, signers) in [
        ("only the new keepers", refs(&new.root)),
        ("only the known keepers", refs(&house.keepers.root)),
        (
            "one of the known keepers",
            house.keepers.root.iter().skip(1).chain(&new.root).collect(),
        ),
    ] {
        house.put("8.root.json", &sealed(&signed, &signers));
        assert_eq!(code(house.update(None)), "tuf-signature", "{case}");
        assert_eq!(house.kept(), None, "{case}");
    }
    let both: Vec<_> = house.keepers.root.iter().chain(&new.root).collect();
    house.put("8.root.json", &sealed(&signed, &both));
    let updated = house.update(None).unwrap();
    assert_eq!((updated.anchor.version, updated.root_version), (7, 8));
}

#[test]
fn a_first_root_that_the_known_keepers_did_not_sign_is_refused() {
    let mut house = House::new();
    house.publish(3, &Authority::new().trusted_root());
    house.known = house.known_by(4, 2, &house.keepers.root);
    assert_eq!(code(house.update(None)), "fetch-status", "there is none");
    let strangers = Keepers::new();
    let own = |version: u64| house.keepers.root_signed(version);
    let mut one_of_two = own(4);
    one_of_two["roles"]["root"]["threshold"] = json!(1);
    let mut with_strangers = own(4);
    for signer in &strangers.root {
        with_strangers["keys"][&signer.id] = signer.key.clone();
    }
    let ids: Vec<_> = strangers.root.iter().map(|signer| &signer.id).collect();
    with_strangers["roles"]["root"] = json!({ "keyids": ids, "threshold": 2 });
    let both: Vec<_> = house.keepers.root.iter().chain(&strangers.root).collect();
    let keepers = refs(&house.keepers.root);
    let cases = [
        (
            "by strangers",
            sealed(&strangers.root_signed(4), &refs(&strangers.root)),
            "tuf-signature",
        ),
        (
            "by one of two, as it asks for itself",
            sealed(&one_of_two, &refs(&house.keepers.root[..1])),
            "tuf-signature",
        ),
        (
            "not by those whom it names",
            sealed(&with_strangers, &keepers),
            "tuf-signature",
        ),
        (
            "with other keepers",
            sealed(&with_strangers, &both),
            "tuf-mismatch",
        ),
        (
            "with another threshold",
            sealed(&one_of_two, &keepers),
            "tuf-mismatch",
        ),
        ("an earlier one", sealed(&own(3), &keepers), "tuf-rollback"),
        ("a later one", sealed(&own(5), &keepers), "tuf-rollback"),
    ];
    for (case, root, expected) in cases {
        house.put("4.root.json", &root);
        assert_eq!(code(house.update(None)), expected, "{case}");
        assert_eq!(house.kept(), None, "{case}");
    }
    house.put("4.root.json", &house.keepers.root(4));
    house.update(None).unwrap();
}

#[test]
fn the_folder_of_the_criteria_says_what_is_known() {
    let house = House::new();
    house.publish(1, &Authority::new().trusted_root());
    house.put("2.root.json", &house.keepers.root(2));
    let known = house.known_by(2, 2, &house.keepers.root);
    house.scratch.write("own/trust-repositories.toml", known);
    let own = house.scratch.path("own");
    let into = house.folder();
    // The first of the table is meant where no repository is named.
    let update = ["trust", "root", "update", "--criteria", &own];
    let (exit, out, error) = with_folder(&into, &update);
    assert_eq!(exit, 0, "{error}");
    assert!(out.contains("the keys known of house, root 2"), "{out}");
    let show = ["trust", "root", "show", "--format", "json"];
    let shown: Value = serde_json::from_str(&with_folder(&into, &show).1).unwrap();
    assert_eq!(shown["kept"]["anchor"]["by"], "table");
    assert_eq!(shown["kept"]["anchor"]["version"], 2);
    for (lang, words) in [("en", "Began from"), ("ja", "起点")] {
        let (_, text, _) = with_folder(&into, &["trust", "root", "show", "--lang", lang]);
        assert!(text.contains(words), "{text}");
    }
    let broken = house.known_by(2, 3, &house.keepers.root);
    house.scratch.write("own/trust-repositories.toml", broken);
    let (exit, _, error) = with_folder(&into, &update);
    assert_eq!(exit, 3);
    assert!(error.contains("trust-repository-keys"), "{error}");
}

#[test]
fn a_repository_with_a_fault_changes_nothing_that_is_kept() {
    let house = House::new();
    house.publish(5, &Authority::new().trusted_root());
    house.update(Some(&house.keepers.root(1))).unwrap();
    let before = fs::read(RootFolder::new(house.folder()).path()).unwrap();
    let next = Authority::new().trusted_root();
    let name = |trusted_root: &str| {
        format!(
            "targets/{}.trusted_root.json",
            Digest::of(trusted_root.as_bytes())
        )
    };
    let endless = |status: &str, bytes: usize| {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n");
        [head.into_bytes(), vec![b' '; bytes]].concat()
    };
    let other = Keepers::new();
    let signed_by_other = sealed(&other.root_signed(2), &refs(&other.root));
    let cases: [(&str, &str, &dyn Fn()); 12] = [
        ("older", "tuf-rollback", &|| house.publish(4, &next)),
        ("a root of others", "tuf-signature", &|| {
            house.put("2.root.json", &signed_by_other);
        }),
        ("a root left out", "tuf-rollback", &|| {
            house.put("2.root.json", &house.keepers.root(3));
        }),
        ("an endless root", "fetch-too-large", &|| {
            house.put("2.root.json", &endless("200 OK", 600_000));
        }),
        ("an endless timestamp", "fetch-too-large", &|| {
            house.put("timestamp.json", &endless("200 OK", 70_000));
        }),
        ("a root said to be huge", "fetch-too-large", &|| {
            house.put("2.root.json", &declared("200 OK", &[], b"{", 1 << 40));
        }),
        ("no timestamp", "fetch-status", &|| {
            house.files.lock().unwrap().remove("timestamp.json");
        }),
        ("forbidden", "fetch-status", &|| {
            house.put("timestamp.json", &answer("403 Forbidden", &[], b""));
        }),
        ("a longer target", "fetch-too-large", &|| {
            house.put(&name(&next), format!("{next} ").as_bytes());
        }),
        ("a shorter target", "tuf-mismatch", &|| {
            house.put(&name(&next), &next.as_bytes()[1..]);
        }),
        ("another target", "tuf-mismatch", &|| {
            house.put(&name(&next), next.replace("https", "httpz").as_bytes());
        }),
        ("a cut timestamp", "fetch-failed", &|| {
            house.put("timestamp.json", &declared("200 OK", &[], b"{", 500));
        }),
    ];
    for (case, expected, break_it) in cases {
        house.publish(6, &next);
        break_it();
        let found = code(house.update(None));
        let is_cut = expected == "fetch-failed" && found == "fetch-cut";
        assert!(found == expected || is_cut, "{case}: {found}");
        assert_eq!(
            fs::read(RootFolder::new(house.folder()).path()).unwrap(),
            before,
            "{case}"
        );
    }
    // Signed as it should be, and no trusted root.
    house.publish(6, "{}");
    assert_eq!(code(house.update(None)), "trusted-root-malformed");
    let expired = |role: &str, signed: &mut Value| {
        if role == "timestamp" {
            signed["expires"] = json!("2026-10-31T00:00:00Z");
        }
    };
    *house.files.lock().unwrap() = house.keepers.publish(6, next.as_bytes(), &expired);
    assert_eq!(code(house.update(None)), "tuf-expired");
    house.publish(6, &next);
    assert!(house.update(None).unwrap().changed);
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let house = House::new();
    house.publish(1, &Authority::new().trusted_root());
    house.put(
        "timestamp.json",
        &answer("503 Service Unavailable", &[], b""),
    );
    assert_eq!(
        code(house.update(Some(&house.keepers.root(1)))),
        "fetch-status"
    );
    assert_eq!(*house.waited.borrow(), [1, 2, 4, 8]);
    assert_eq!(house.kept(), None);
}

#[test]
fn only_https_is_spoken_with_others_and_one_folder_keeps_one_repository() {
    let house = House::new();
    house.publish(1, &Authority::new().trusted_root());
    let root = house.keepers.root(1);
    let asked = |address: &str| {
        let manner = Manner {
            timeout: Duration::from_secs(1),
            sleep: &|_| {},
            now: &now,
            progress: &|_| {},
        };
        let request = Request {
            repository: Some(address),
            root: Some(("root.json", &root)),
            known: &table(&house.known),
            into: Some(&house.folder()),
            at: now(),
        };
        code(update(&request, &manner))
    };
    for address in [
        "http://tuf.example",
        "http://127.0.0.1.tuf.example",
        "ftp://127.0.0.1",
        "file:///etc",
    ] {
        assert_eq!(asked(address), "fetch-insecure", "{address}");
    }
    assert_eq!(asked("tuf.example"), "fetch-address");
    house.update(Some(&root)).unwrap();
    assert_eq!(asked("https://tuf.example"), "tuf-repository");
}

#[test]
fn a_later_root_without_the_kept_ones_keys_still_binds_by_its_version() {
    let mut house = House::new();
    house.publish(9, &Authority::new().trusted_root());
    let first = house.keepers.root(1);
    house.put("2.root.json", &house.keepers.root(2));
    house.update(Some(&first)).unwrap();
    house.keepers.timestamp = vec![Signer::ed25519()];
    // The server forgets the second root: the first one alone is older than what was trusted.
    house.publish(10, &Authority::new().trusted_root());
    assert_eq!(code(house.update(Some(&first))), "tuf-rollback");
}

/// Runs the binary with a folder for the kept trusted root.
fn with_folder(folder: &str, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mekiki"))
        .args(arguments)
        .env_clear()
        .env("MEKIKI_TRUST_ROOT_FOLDER", folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const IDENTITY: &str = "https://authority.test/release.yml@refs/tags/v1";
const ISSUER: &str = "https://accounts.authority.test";

#[test]
fn the_kept_trusted_root_is_used_where_none_is_named() {
    let house = House::new();
    let authority = Authority::new();
    house.publish(1, &authority.trusted_root());
    let anchor = house.scratch.write("root.json", house.keepers.root(1));
    let into = house.folder();
    let url = house.server.url("");
    let update = [
        "trust",
        "root",
        "update",
        "--format",
        "json",
        "--repository",
        &url,
        "--root",
        &anchor,
    ];
    let (exit, out, error) = with_folder(&into, &update);
    assert_eq!(exit, 0, "{error}");
    let updated: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(updated["schema"], "mekiki/trust-root-update/v1");
    assert_eq!(updated["anchor"]["from"], anchor.as_str());

    let artifact = house.scratch.write("artifact", b"an artifact");
    // 2024-03-01T00:00:00Z.
    let bundle = authority
        .signer(IDENTITY, ISSUER, 1_709_251_200)
        .sign_blob(b"an artifact");
    let bundle = house.scratch.write("bundle.json", bundle);
    let verify = |as_of: Option<&str>| {
        let mut arguments = vec![
            "signature",
            "verify",
            &artifact,
            "--bundle",
            &bundle,
            "--format",
            "json",
            "--certificate-identity",
            IDENTITY,
            "--certificate-oidc-issuer",
            ISSUER,
        ];
        arguments.extend(as_of.into_iter().flat_map(|day| ["--as-of", day]));
        let (exit, out, error) = with_folder(&into, &arguments);
        let outcome: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{error}"));
        let warnings = outcome["warnings"].to_string();
        (exit, warnings)
    };
    let (exit, warnings) = verify(None);
    assert_eq!(exit, 0);
    assert!(!warnings.contains("kept trusted root"), "{warnings}");

    // As if it had been refreshed long ago, and as if nobody vouched for it any more.
    let kept = RootFolder::new(&into);
    let lock = kept.lock().unwrap();
    let old = |refreshed: &str, expires: &str| KeptRoot {
        refreshed: refreshed.to_owned(),
        expires: Some(expires.to_owned()),
        ..kept.kept().unwrap().unwrap()
    };
    kept.keep(&lock, &old("2026-10-20", "2026-10-27T00:00:00Z"))
        .unwrap();
    let (exit, warnings) = verify(Some("2026-11-19"));
    assert_eq!(exit, 0);
    assert!(
        warnings.contains("expired at 2026-10-27") && !warnings.contains("days old"),
        "{warnings}"
    );
    let (_, warnings) = verify(Some("2026-11-20"));
    assert!(warnings.contains("31 days old"), "{warnings}");
    let (_, warnings) = verify(Some("2026-10-26"));
    assert!(!warnings.contains("kept trusted root"), "{warnings}");
    drop(lock);

    // One that is named goes before.
    let other = house
        .scratch
        .write("other.json", Authority::new().trusted_root());
    let arguments = [
        "signature",
        "verify",
        &artifact,
        "--bundle",
        &bundle,
        "--trusted-root",
        &other,
        "--certificate-identity",
        IDENTITY,
        "--certificate-oidc-issuer",
        ISSUER,
    ];
    assert_eq!(with_folder(&into, &arguments).0, 1);

    let path = kept.path();
    let text = fs::read_to_string(&path).unwrap();
    for broken in [
        text.replace("authority.test", "authority.evil"),
        text.replace("/v1\"", "/v2\""),
        text.get(..text.len() / 2).unwrap().to_owned(),
    ] {
        fs::write(&path, broken).unwrap();
        let (exit, _, error) = with_folder(&into, &["trust", "root", "show", "--format", "json"]);
        assert_eq!(exit, 3);
        assert!(error.contains("trust-root-damaged"), "{error}");
        let mut arguments = arguments.to_vec();
        arguments.drain(5..7);
        let (exit, _, error) = with_folder(&into, &arguments);
        assert_eq!(exit, 3, "{error}");
    }
}

#[test]
fn a_trusted_root_is_handed_in_and_shown() {
    let scratch = Scratch::new();
    let trusted_root = Authority::new().trusted_root();
    let file = scratch.write("trusted_root.json", &trusted_root);
    let into = scratch.path("kept");
    let show = ["trust", "root", "show", "--from", &into, "--format", "json"];
    assert_eq!(
        mekiki(&show).error()["error"]["code"],
        "trusted-root-missing"
    );

    let imported = mekiki(&[
        "trust", "root", "import", &file, "--into", &into, "--format", "json",
    ]);
    assert_eq!(imported.code, 0, "{imported:?}");
    let digest = Digest::of(trusted_root.as_bytes()).hex();
    assert_eq!(imported.json()["sha256"], digest);
    let shown = mekiki(&show).json();
    assert_eq!(shown["sha256"], digest);
    assert_eq!(shown["kept"]["by_hand"], true);
    let roles: Vec<_> = shown["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["role"].clone())
        .collect();
    assert_eq!(
        roles,
        [
            "certificate-authority",
            "certificate-authority",
            "certificate-log",
            "transparency-log",
            "transparency-log",
            "timestamp-authority",
        ]
    );

    // In force from the first day of its window on, and not before.
    let on = |day: &str| {
        let shown = mekiki(&[
            "trust", "root", "show", &file, "--as-of", day, "--format", "json",
        ])
        .json();
        assert!(shown.get("kept").is_none());
        let entries = shown["entries"].as_array().unwrap();
        entries.iter().all(|entry| entry["in_force"] == true)
    };
    assert!(on("2026-11-26"));
    assert!(!on("2019-12-31"));
    let ended = trusted_root.replace("\"start\"", "\"end\": \"2024-01-01T00:00:00Z\", \"start\"");
    let ended = scratch.write("ended.json", ended);
    let shown = mekiki(&[
        "trust",
        "root",
        "show",
        &ended,
        "--as-of",
        "2024-01-02",
        "--format",
        "json",
    ])
    .json();
    assert_eq!(shown["entries"][0]["in_force"], false);

    for (case, text) in [
        ("no trusted root", "{}".to_owned()),
        (
            "another type",
            trusted_root.replace("trustedroot+json", "bundle+json"),
        ),
        (
            "a repeated member",
            trusted_root.replacen('{', "{\"tlogs\": [],", 1),
        ),
        (
            "a key that is none",
            trusted_root.replacen("\"rawBytes\": \"", "\"rawBytes\": \"*", 1),
        ),
    ] {
        let file = scratch.write("broken.json", text);
        let refused = mekiki(&[
            "trust", "root", "import", &file, "--into", &into, "--format", "json",
        ]);
        assert_eq!(refused.code, 3, "{case}");
        assert_eq!(mekiki(&show).json()["sha256"], digest, "{case}");
    }
    for lang in ["en", "ja"] {
        let text = mekiki(&["trust", "root", "show", "--from", &into, "--lang", lang]).stdout;
        assert!(
            text.contains(&digest) && text.contains("fulcio.authority.test"),
            "{text}"
        );
    }
}

#[test]
fn what_is_handed_in_does_not_free_a_later_update_from_what_it_is_held_to() {
    let house = House::new();
    house.publish(7, &Authority::new().trusted_root());
    house.update(Some(&house.keepers.root(1))).unwrap();
    let file = house
        .scratch
        .write("by-hand.json", Authority::new().trusted_root());
    let imported = mekiki(&[
        "trust",
        "root",
        "import",
        &file,
        "--into",
        &house.folder(),
        "--format",
        "json",
    ]);
    assert!(imported.json()["replaced"].is_string(), "{imported:?}");
    house.publish(6, &Authority::new().trusted_root());
    assert_eq!(code(house.update(None)), "tuf-rollback");
    house.publish(8, &Authority::new().trusted_root());
    assert!(!house.update(None).unwrap().anchor.from.is_empty());
    assert!(!house.kept().unwrap().by_hand);
}

#[test]
fn two_processes_do_not_replace_it_at_once() {
    let house = House::new();
    house.publish(1, &Authority::new().trusted_root());
    let lock = RootFolder::new(house.folder()).lock().unwrap();
    let root = house.keepers.root(1);
    assert_eq!(code(house.update(Some(&root))), "trust-root-busy");
    assert!(house.paths().is_empty());
    drop(lock);
    house.update(Some(&root)).unwrap();
}
