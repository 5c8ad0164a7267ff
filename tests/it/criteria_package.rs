//! Signed packages of criteria: whole and signed, or refused.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};

use crate::binary::{Scratch, mekiki};
use crate::overlay::{Draft, MFA, tighter_mfa};
use crate::signing_keys::Pair;

struct Desk {
    scratch: Scratch,
}

impl Desk {
    fn new() -> Self {
        let scratch = Scratch::new();
        let (own, other) = (Pair::ed25519(), Pair::ed25519());
        scratch.write("key.pem", own.private());
        scratch.write("key.pub", own.public());
        scratch.write("other.pub", other.public());
        let desk = Self { scratch };
        for file in ["package.zip", "again.zip"] {
            let run = mekiki(&[
                "criteria",
                "pack",
                "built-in",
                "--key",
                &desk.path("key.pem"),
                "-o",
                &desk.path(file),
            ]);
            assert_eq!(run.code, 0, "{run:?}");
        }
        desk
    }

    fn path(&self, name: &str) -> String {
        self.scratch.path(name)
    }

    fn list(&self, file: &str, more: &[&str]) -> crate::binary::Run {
        let file = self.path(file);
        let mut arguments = vec![
            "criteria",
            "list",
            "--criteria",
            file.as_str(),
            "--format",
            "json",
        ];
        arguments.extend(more);
        mekiki(&arguments)
    }

    fn refused(&self, file: &str, more: &[&str]) -> String {
        let run = self.list(file, more);
        assert_eq!(run.code, 3, "{run:?}");
        run.error()["error"]["code"].as_str().unwrap().to_owned()
    }

    /// Writes the package anew with its members changed.
    fn repack(&self, to: &str, change: impl Fn(&mut Vec<(String, Vec<u8>)>)) {
        let bytes = fs::read(self.path("package.zip")).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut members = Vec::new();
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            members.push((member.name().unwrap().into_owned(), content));
        }
        change(&mut members);
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            let options = zip::write::SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Stored)
                .last_modified_time(zip::DateTime::default())
                .unix_permissions(0o644);
            writer.start_file(name, options).unwrap();
            writer.write_all(&content).unwrap();
        }
        fs::write(self.path(to), writer.finish().unwrap().into_inner()).unwrap();
    }
}

#[test]
fn a_package_is_taken_whole_and_signed_or_not_at_all() {
    let desk = Desk::new();
    let key = desk.path("key.pub");
    let signed = ["--criteria-key", key.as_str()];
    assert_eq!(
        fs::read(desk.path("package.zip")).unwrap(),
        fs::read(desk.path("again.zip")).unwrap()
    );
    let run = desk.list("package.zip", &signed);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let built_in = mekiki(&["criteria", "list", "--format", "json"]);
    assert_eq!(run.json(), built_in.json());

    assert_eq!(desk.refused("package.zip", &[]), "criteria-key-missing");
    let other = desk.path("other.pub");
    assert_eq!(
        desk.refused("package.zip", &["--criteria-key", &other]),
        "criteria-package-signature"
    );

    let victim = "files/article-19/A19-2.leak.mfa.toml";
    desk.repack("same.zip", |_| {});
    assert_eq!(desk.list("same.zip", &signed).code, 0);
    desk.repack("altered.zip", |members| {
        let member = members.iter_mut().find(|(name, _)| name == victim).unwrap();
        member.1.push(b'\n');
    });
    assert_eq!(
        desk.refused("altered.zip", &signed),
        "criteria-package-altered"
    );
    desk.repack("surplus.zip", |members| {
        members.push(("files/facts/zz.toml".into(), b"".to_vec()));
    });
    assert_eq!(
        desk.refused("surplus.zip", &signed),
        "criteria-package-surplus"
    );
    desk.repack("missing.zip", |members| {
        members.retain(|(name, _)| name != victim);
    });
    assert_eq!(
        desk.refused("missing.zip", &signed),
        "criteria-package-missing"
    );
    desk.repack("unsigned.zip", |members| {
        members.retain(|(name, _)| name != "manifest.dsse.json");
    });
    assert_eq!(
        desk.refused("unsigned.zip", &signed),
        "criteria-package-unsigned"
    );
    desk.repack("bare.zip", |members| {
        members.retain(|(name, _)| name != "manifest.json");
    });
    assert_eq!(
        desk.refused("bare.zip", &signed),
        "criteria-package-malformed"
    );
    desk.repack("escape.zip", |members| {
        members.push(("files/../../x.toml".into(), b"".to_vec()));
    });
    assert_eq!(desk.refused("escape.zip", &signed), "archive-path-escape");
    desk.repack("order.zip", |members| members.reverse());
    assert_eq!(
        desk.refused("order.zip", &signed),
        "criteria-package-altered"
    );
    let mut behind = fs::read(desk.path("package.zip")).unwrap();
    desk.scratch.write("cut.zip", &behind[..4000]);
    behind.splice(0..0, *b"#!/bin/sh\n");
    desk.scratch.write("behind.zip", &behind);
    assert_eq!(
        desk.refused("behind.zip", &signed),
        "criteria-package-malformed"
    );
    assert_eq!(
        desk.refused("cut.zip", &["--allow-unsigned-criteria"]),
        "archive-unreadable"
    );
}

#[test]
fn what_is_allowed_unsigned_is_remarked_in_output_and_record() {
    let desk = Desk::new();
    let victim = "files/article-19/A19-2.leak.mfa.toml";
    desk.repack("altered.zip", |members| {
        members.retain(|(name, _)| name != "manifest.dsse.json");
        let member = members.iter_mut().find(|(name, _)| name == victim).unwrap();
        member.1.push(b'\n');
    });
    let (file, record) = (desk.path("altered.zip"), desk.path("record.json"));
    let run = mekiki(&[
        "tender",
        "evaluate",
        crate::binary::DEMO,
        "--criteria",
        &file,
        "--allow-unsigned-criteria",
        "--record",
        &record,
    ]);
    assert!(run.code < 2, "{run:?}");
    for code in ["criteria-package-unsigned", "criteria-package-altered"] {
        assert!(run.stderr.contains(code), "{}", run.stderr);
    }
    let document: serde_json::Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    let codes: Vec<_> = document["catalog"]["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["criteria-package-unsigned", "criteria-package-altered"]
    );
    // Nothing of where the file lay stands in the record.
    assert!(!document["catalog"].to_string().contains("altered.zip"));
}

#[test]
fn an_overlay_is_packed_verified_and_laid_over_as_well() {
    let desk = Desk::new();
    let overlay = Draft::ministry()
        .with(&format!("tighten/{MFA}.toml"), &tighter_mfa())
        .write(&desk.scratch, "moj");
    let (package, private, public) = (
        desk.path("moj.zip"),
        desk.path("key.pem"),
        desk.path("key.pub"),
    );
    assert_eq!(
        mekiki(&[
            "criteria", "pack", &overlay, "--key", &private, "-o", &package
        ])
        .code,
        0
    );
    let verify = mekiki(&[
        "criteria",
        "verify",
        &package,
        "--criteria-key",
        &public,
        "--format",
        "json",
    ]);
    assert_eq!(verify.code, 0, "{verify:?}");
    let view = verify.json();
    assert_eq!(
        (&view["kind"], &view["id"], &view["signature"]),
        (&"overlay".into(), &"moj".into(), &"verified".into())
    );
    let shown = |source: &str| {
        let run = mekiki(&[
            "criteria",
            "list",
            "--overlay",
            source,
            "--criteria-key",
            &public,
            "--format",
            "json",
        ]);
        assert_eq!(run.code, 0, "{run:?}");
        run.json()
    };
    assert_eq!(shown(&package), shown(&overlay));
    let run = mekiki(&[
        "criteria",
        "list",
        "--criteria",
        &package,
        "--criteria-key",
        &public,
        "--format",
        "json",
    ]);
    assert_eq!(run.error()["error"]["code"], "criteria-package-kind");
    let run = mekiki(&["criteria", "verify", &package, "--format", "json"]);
    assert_eq!(
        (run.code, &run.json()["signature"]),
        (1, &"unchecked".into())
    );
    let difference = mekiki(&[
        "criteria",
        "diff",
        "built-in",
        &package,
        "--criteria-key",
        &public,
    ]);
    assert_eq!(difference.code, 1, "{difference:?}");
}
