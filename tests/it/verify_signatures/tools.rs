//! Signatures that `gpg` and `ssh-keygen` make, over artifacts and over a list of checksums.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;
use crate::signing_tools::{folder, is_there, run};

const CHECK: &str = "signature.artifact";

#[test]
fn gpg_signs_an_artifact_or_the_list_of_all() {
    if !is_there("gpg") {
        return;
    }
    let folder = folder("verify-gpg");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let list = format!("{}  app.tgz\n", Digest::of(ARTIFACT).hex());
    std::fs::write(folder.join("app.tgz"), ARTIFACT).unwrap();
    std::fs::write(folder.join("SHA256SUMS"), &list).unwrap();
    let gpg = |arguments: &[&str]| {
        let base = [
            "--batch",
            "--yes",
            "--quiet",
            "--faked-system-time",
            "20261031T120000!",
            "--passphrase",
            "",
        ];
        run(&folder, "gpg", &[&base[..], arguments].concat());
    };
    gpg(&[
        "--quick-generate-key",
        "release@aoba.test",
        "ed25519",
        "sign",
        "never",
    ]);
    gpg(&[
        "--armor",
        "--output",
        "key",
        "--export",
        "release@aoba.test",
    ]);
    gpg(&["--armor", "--detach-sign", "app.tgz"]);
    gpg(&["--output", "SHA256SUMS.gpg", "--detach-sign", "SHA256SUMS"]);
    gpg(&["--output", "clear", "--clear-sign", "SHA256SUMS"]);
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let clear = read("clear");
    let forged = String::from_utf8(clear.clone()).unwrap();
    let forged = forged.replace(
        "Hash: ",
        &format!("Hash: SHA512\n\n{}  bin/x\nHash: ", Digest::of(b"x").hex()),
    );
    for (case, signed, passes) in [
        (
            "beside the artifact",
            vec![("app.tgz.asc", read("app.tgz.asc"))],
            true,
        ),
        (
            "the list",
            vec![
                ("SHA256SUMS", list.clone().into_bytes()),
                ("SHA256SUMS.gpg", read("SHA256SUMS.gpg")),
            ],
            true,
        ),
        ("a list in clear", vec![("app-CHECKSUM", clear)], true),
        (
            "a list with more before it",
            vec![("app-CHECKSUM", forged.into_bytes())],
            false,
        ),
        (
            "another list",
            vec![
                ("SHA256SUMS", format!("{list}\n").into_bytes()),
                ("SHA256SUMS.gpg", read("SHA256SUMS.gpg")),
            ],
            false,
        ),
    ] {
        let mut desk = Desk::new();
        desk.hold("key.asc", read("key"));
        desk.table("[signer]\nkeys = [\"trust/key.asc\"]");
        let own: Vec<_> = signed
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| name.starts_with("app.tgz"))
            .collect();
        for (name, bytes) in &signed {
            desk.deliver(name, bytes);
        }
        desk.artifact(&own, &[]);
        let told = desk.verify();
        let expected = if passes { ("pass", 0) } else { ("fail", 1) };
        assert_eq!(
            (told.verdict(CHECK), told.code),
            expected,
            "{case}: {:#}",
            group(&told.report)
        );
    }
    drop(std::fs::remove_dir_all(&folder));
}

#[test]
fn ssh_keygen_signs_an_artifact() {
    if !is_there("ssh-keygen") {
        return;
    }
    let folder = folder("verify-ssh");
    std::fs::write(folder.join("app.tgz"), ARTIFACT).unwrap();
    let keygen = |arguments: &[&str]| run(Path::new(&folder), "ssh-keygen", arguments);
    keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "key"]);
    keygen(&["-q", "-Y", "sign", "-f", "key", "-n", "file", "app.tgz"]);
    let mut desk = Desk::new();
    desk.deliver(
        "app.tgz.sig",
        std::fs::read(folder.join("app.tgz.sig")).unwrap(),
    );
    desk.artifact(&["app.tgz.sig"], &[]);
    desk.hold("key.pub", std::fs::read(folder.join("key.pub")).unwrap());
    desk.table("[signer]\nkeys = [\"trust/key.pub\"]");
    desk.verify().expect(CHECK, "pass", 0, &[]);
    desk.tables += "namespace = \"git\"\n";
    desk.verify()
        .expect(CHECK, "fail", 1, &["made for something else"]);
    drop(std::fs::remove_dir_all(&folder));
}
