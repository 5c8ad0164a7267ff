//! Signatures that the common tools make, `gpg` and `ssh-keygen`. Where one is not installed its test says so and
//! passes; in continuous integration its absence is a failure.

use std::path::Path;
use std::process::Command;

use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::evidence::signature::Expected;

use crate::asked::{Asked, material};
use crate::corpus::say;

const ARTIFACT: &[u8] = b"the delivered archive\n- in two lines\n";

/// Whether the tool is there.
pub(crate) fn is_there(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{tool} is not installed"
        );
        say(&format!(
            "{tool} is not installed; the signatures that it makes were left out"
        ));
    }
    found
}

/// A folder for one test, empty at first.
pub(crate) fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("mekiki-{name}-{}", std::process::id()));
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

pub(crate) fn run(folder: &Path, tool: &str, arguments: &[&str]) {
    let output = Command::new(tool)
        .args(arguments)
        .current_dir(folder)
        .env("GNUPGHOME", folder)
        .output()
        .expect("the tool runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
}

#[test]
fn signatures_of_gpg_verify() {
    use std::os::unix::fs::PermissionsExt as _;
    if !is_there("gpg") {
        return;
    }
    let folder = folder("gpg");
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(&folder, private).expect("a folder can be closed");
    std::fs::write(folder.join("artifact"), ARTIFACT).expect("a file can be written");
    // Before the time of judgment of these tests.
    let time = "20250615T120000!";
    let base = [
        "--batch",
        "--yes",
        "--quiet",
        "--faked-system-time",
        time,
        "--passphrase",
        "",
    ];
    let gpg = |arguments: &[&str]| run(&folder, "gpg", &[&base[..], arguments].concat());
    for (number, kind) in ["ed25519", "rsa2048", "nistp256"].into_iter().enumerate() {
        let name = format!("k{number}@supplier.test");
        // As a subkey, this program would make a key on a curve of NIST for encryption.
        let has_subkey = kind != "nistp256";
        let usage = if has_subkey { "cert" } else { "cert,sign" };
        gpg(&["--quick-generate-key", &name, kind, usage, "never"]);
        let listed = Command::new("gpg")
            .args(["--batch", "--with-colons", "--list-keys", &name])
            .env("GNUPGHOME", &folder)
            .output()
            .expect("gpg runs");
        let listed = String::from_utf8(listed.stdout).expect("gpg lists in text");
        let print = listed.lines().find_map(|line| line.strip_prefix("fpr:"));
        let print = print.expect("a fingerprint").trim_matches(':').to_owned();
        if has_subkey {
            gpg(&["--quick-add-key", &print, kind, "sign", "never"]);
        }
        gpg(&["--armor", "--output", "key", "--export", &name]);
        let sign = |arguments: &[&str], output: &str| {
            let user = ["--local-user", &name, "--output", output];
            gpg(&[&user[..], arguments, &["artifact"]].concat());
        };
        sign(&["--detach-sign"], "binary");
        sign(&["--armor", "--detach-sign"], "armored");
        sign(&["--armor", "--textmode", "--detach-sign"], "text");
        sign(&["--clear-sign"], "clear");
        // It refuses to make one so short on a curve of NIST.
        if has_subkey {
            sign(&["--digest-algo", "SHA1", "--detach-sign"], "sha1");
        }
        sign(&["--armor", "--sign"], "inline");
        let read = |name: &str| std::fs::read(folder.join(name)).expect("gpg wrote it");
        let key = read("key");
        for (signature, expected) in [
            ("binary", "verified"),
            ("armored", "verified"),
            ("text", "verified"),
            ("clear", "verified"),
            ("sha1", "algorithm"),
            ("inline", "openpgp-malformed"),
        ] {
            if signature == "sha1" && !has_subkey {
                continue;
            }
            let signed = read(signature);
            let asked = |artifact| Asked {
                artifact: Some(artifact),
                signature: Some(&signed),
                key: Some(&key),
                ..Asked::default()
            };
            let outcome = match asked(ARTIFACT).verify() {
                Ok(outcome) if outcome.verified => {
                    assert_eq!(outcome.signer.fingerprint.as_deref(), Some(&*print));
                    assert_eq!(outcome.signer.claimed_names, [&*name]);
                    "verified".to_owned()
                }
                Ok(outcome) => outcome
                    .refusal()
                    .expect("a check failed")
                    .name
                    .word()
                    .to_owned(),
                Err(refused) => refused.0[0].code.to_owned(),
            };
            assert_eq!(outcome, expected, "{signature} by {kind}");
            let other = asked(b"the delivered archive\nin two lines\n").verify();
            assert!(
                !other.is_ok_and(|outcome| outcome.verified),
                "{signature} by {kind}"
            );
        }
    }
    _ = Command::new("gpgconf")
        .args(["--kill", "gpg-agent"])
        .env("GNUPGHOME", &folder)
        .output();
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}

#[test]
fn signatures_of_ssh_keygen_verify() {
    if !is_there("ssh-keygen") {
        return;
    }
    let folder = folder("ssh");
    for (kind, bits) in [
        ("ed25519", "256"),
        ("ecdsa", "256"),
        ("ecdsa", "384"),
        ("ecdsa", "521"),
        ("rsa", "3072"),
    ] {
        let name = format!("{kind}{bits}");
        run(
            &folder,
            "ssh-keygen",
            &["-q", "-t", kind, "-b", bits, "-N", "", "-f", &name],
        );
        let public = std::fs::read_to_string(folder.join(format!("{name}.pub"))).expect("a key");
        let allowed = format!("release@supplier.test namespaces=\"file\" {public}");
        for (namespace, digest) in [("file", "sha512"), ("file", "sha256"), ("git", "sha512")] {
            std::fs::write(folder.join("artifact"), ARTIFACT).expect("a file can be written");
            _ = std::fs::remove_file(folder.join("artifact.sig"));
            let option = format!("hashalg={digest}");
            let sign = [
                "-Y", "sign", "-q", "-O", &option, "-n", namespace, "-f", &name, "artifact",
            ];
            run(&folder, "ssh-keygen", &sign);
            let signed = std::fs::read(folder.join("artifact.sig")).expect("it was signed");
            let request = |artifact, key: &'static str| {
                let asked = Asked {
                    artifact: Some(artifact),
                    signature: Some(&signed),
                    ..Asked::default()
                };
                let keys = if key == "bare" {
                    public.as_bytes()
                } else {
                    allowed.as_bytes()
                };
                SignatureRequest {
                    keys: vec![material("key", keys)],
                    identity: (key != "bare")
                        .then(|| Expected::Exact("release@supplier.test".to_owned())),
                    ..asked.request()
                }
            };
            for key in ["bare", "allowed"] {
                let outcome = verify_signature(&request(ARTIFACT, key)).expect("it can be judged");
                assert_eq!(
                    outcome.verified,
                    namespace == "file",
                    "{name} {key}: {outcome:?}"
                );
                let other = verify_signature(&request(b"x", key)).expect("it can be judged");
                assert!(!other.verified, "{name} {key}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}
