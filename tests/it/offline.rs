//! Nothing touches the network unless it is told to.
//!
//! Every command runs twice. Once with each proxy variable naming a listener of our own, which must see
//! nothing: an HTTP client that is asked for anything goes there first. And once in a network namespace of
//! its own that has no way out, where the system permits that; what is left out is said.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::authority::Authority;
use crate::binary::{Scratch, mekiki};
use crate::corpus::say;
use crate::tuf_maker::Keepers;

/// A listener that counts who comes and answers nobody.
struct Ear {
    address: String,
    heard: Arc<AtomicUsize>,
}

impl Ear {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(stream.unwrap().read(&mut [0; 16]));
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    fn run(&self, folder: &str, before: &[&str], arguments: &[&str]) -> Output {
        let binary = env!("CARGO_BIN_EXE_mekiki");
        let all: Vec<_> = before.iter().chain([&binary]).chain(arguments).collect();
        let mut command = Command::new(all[0]);
        for name in [
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
        ] {
            command.env(name, &self.address);
        }
        command
            .args(&all[1..])
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .env("MEKIKI_TRUST_ROOT_FOLDER", folder)
            .env("MEKIKI_FEED", format!("{folder}/feed"))
            .output()
            .unwrap()
    }
}

const IDENTITY: &str = "https://authority.test/release.yml@refs/tags/v1";
const ISSUER: &str = "https://accounts.authority.test";

#[test]
fn only_what_is_told_to_asks_the_network() {
    let scratch = Scratch::new();
    let folder = scratch.root();
    let authority = Authority::new();
    let artifact = scratch.write("artifact", b"an artifact");
    // 2024-03-01T00:00:00Z.
    let bundle = authority
        .signer(IDENTITY, ISSUER, 1_709_251_200)
        .sign_blob(b"an artifact");
    let bundle = scratch.write("bundle.json", bundle);
    let root = scratch.write("trusted_root.json", authority.trusted_root());
    let sbom = scratch.write(
        "sbom.json",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
        "components":[{"type":"library","name":"a","version":"1.0","purl":"pkg:pypi/a@1.0"}]}"#,
    );
    let record = scratch.write(
        "record.json",
        r#"{"schema_version":"1.7.0","id":"PYSEC-1","modified":"2026-11-20T00:00:00Z","summary":"one",
        "affected":[{"package":{"ecosystem":"PyPI","name":"a"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2"}]}]}]}"#,
    );
    let feed = scratch.path("feed");
    let imported = mekiki(&["feed", "import", &record, "--into", &feed]);
    assert_eq!(imported.code, 0, "{imported:?}");

    let signed = [
        "--certificate-identity",
        IDENTITY,
        "--certificate-oidc-issuer",
        ISSUER,
    ];
    let verify = ["signature", "verify", &artifact, "--bundle", &bundle];
    let commands: Vec<Vec<&str>> = vec![
        vec!["trust", "root", "import", &root],
        // As of a day on which the kept trusted root is long out of date: it is told, not refreshed.
        [&verify[..], &signed, &["--as-of", "2099-01-01"]].concat(),
        [&verify[..], &signed, &["--trusted-root", &root]].concat(),
        vec!["trust", "root", "show", "--as-of", "2026-11-26"],
        vec!["scan", &sbom],
        vec!["sbom", "inspect", &sbom],
        vec!["detect", &bundle, &root],
        vec!["feed", "list"],
    ];
    let ear = Ear::open();
    let free = ["unshare", "-rn"];
    let is_free = Command::new(free[0])
        .args([free[1], "true"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_free {
        say(
            "offline: the system permits no network namespace; the runs without any network were left out",
        );
    }
    for arguments in &commands {
        let heard = ear.run(&folder, &[], arguments);
        assert_eq!(ear.heard(), 0, "{arguments:?}");
        let code = heard.status.code().unwrap();
        assert!(
            code == 0 || arguments[0] == "scan" && code == 1,
            "{arguments:?}: {heard:?}"
        );
        if is_free && arguments[2..] != commands[0][2..] {
            let cut_off = ear.run(&folder, &free, arguments);
            assert_eq!(
                cut_off.status.code(),
                Some(code),
                "{arguments:?}: {cut_off:?}"
            );
            assert_eq!(cut_off.stdout, heard.stdout, "{arguments:?}");
        }
    }

    // The ear is not deaf: what is told to ask, asks.
    let anchor = scratch.write("root.json", Keepers::new().root(1));
    let update = [
        "trust",
        "root",
        "update",
        "--repository",
        "https://tuf.example",
        "--root",
        &anchor,
    ];
    let asked = std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let binary = env!("CARGO_BIN_EXE_mekiki");
            let mut child = Command::new(binary)
                .args(update)
                .env("HTTPS_PROXY", &ear.address)
                .env("https_proxy", &ear.address)
                .env_remove("NO_PROXY")
                .env_remove("no_proxy")
                .env("MEKIKI_TRUST_ROOT_FOLDER", scratch.path("other"))
                .spawn()
                .unwrap();
            for _ in 0..500 {
                if ear.heard() > 0 {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            drop(child.kill());
            drop(child.wait());
        });
        running.join().unwrap();
        ear.heard()
    });
    assert!(asked > 0);
}
