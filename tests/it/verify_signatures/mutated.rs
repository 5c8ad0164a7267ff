//! No change of a signature, of provenance or of what is trusted turns a delivery that is refused into one that passes.

use mekiki::acceptance::manifest::read_manifest;
use mekiki::acceptance::report::Report;
use mekiki::acceptance::{Group, Verdict};
use mekiki::app::library::Library;
use mekiki::app::verify::{Request, verify};

use super::provenance::{at_release, attested, built};
use super::*;
use crate::mutation::damage;
use crate::seeded::Seeded;
use crate::signing_keys::Pair;

/// The report, without the binary around it.
pub(super) fn report(library: &Library, desk: &Desk) -> Report {
    let text = desk.manifest();
    let manifest = read_manifest(text.as_bytes(), "delivery.toml", false).unwrap();
    let report = verify(&Request {
        library,
        manifest: &manifest,
        flags: None,
        manifest_file: Some(("delivery.toml", text.as_bytes())),
        root: desk.scratch.root().into(),
        as_of: DAY.parse().unwrap(),
        progress: &|_| (),
    });
    report.unwrap()
}

/// What the checks of the group came to.
fn verdicts(library: &Library, desk: &Desk) -> Vec<(String, Verdict)> {
    let mut groups = report(library, desk).groups.into_iter();
    let group = groups.find(|one| one.name == Group::Signatures);
    let checks = group.unwrap().checks.into_iter();
    checks.map(|one| (one.check, one.verdict)).collect()
}

#[test]
fn no_damage_makes_a_pass() {
    let library = Library::open(None).unwrap();
    let authority = Authority::new();
    let pair = Pair::ed25519();
    let bundle = |identity: &str, artifact: &[u8]| {
        authority
            .signer(identity, ISSUER, signed_at())
            .sign_blob(artifact)
    };
    let list = format!("{}  bin/b\n", Digest::of(b"c").hex());
    let mut desk = Desk::new()
        .asking("provenance")
        .asking("sbom")
        .asking("sbom_signature");
    // One fault each: signed by another, altered after signing, listed otherwise, of another source, under another key.
    desk.deliver("app.tgz.sigstore.json", bundle(OTHER, ARTIFACT));
    desk.deliver("bin/a", b"altered");
    desk.deliver("bin/a.sigstore.json", bundle(SIGNER, b"as it was"));
    desk.deliver("bin/b", b"b");
    desk.deliver("SHA256SUMS", &list);
    desk.deliver("SHA256SUMS.sigstore.json", bundle(SIGNER, list.as_bytes()));
    desk.deliver(
        "app.tgz.intoto.jsonl",
        attested(&authority, &built(&at_release(), "github.com/mallory/app")),
    );
    desk.deliver(
        "sbom.json",
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1}",
    );
    desk.deliver("sbom.json.sig", base64(&pair.sign(b"another document")));
    desk.artifact(&["app.tgz.sigstore.json"], &["app.tgz.intoto.jsonl"]);
    desk.table("[[artifact]]\npath = \"bin/a\"\nsignatures = [\"bin/a.sigstore.json\"]\n[[artifact]]\npath = \"bin/b\"\n[[sbom]]\npath = \"sbom.json\"\nsignatures = [\"sbom.json.sig\"]");
    desk.hold("key.pub", pair.public());
    desk.sigstore(&authority);
    desk.table("[build]\nsource = \"github.com/aoba/app\"\n[terms]\nprovenance_level = 3");
    let files = [
        "delivered/app.tgz.sigstore.json",
        "delivered/bin/a.sigstore.json",
        "delivered/SHA256SUMS.sigstore.json",
        "delivered/app.tgz.intoto.jsonl",
        "delivered/sbom.json.sig",
        "trust/trusted_root.json",
    ];
    let expected: Vec<_> = verdicts(&library, &desk);
    let is_refused =
        |one: &(String, Verdict)| matches!(one.1, Verdict::Fail | Verdict::Unverifiable);
    let refused: Vec<_> = expected
        .iter()
        .filter(|one| is_refused(one))
        .map(|one| one.0.clone())
        .collect();
    assert_eq!(refused.len(), 4, "{expected:?}");
    let mut seeded = Seeded::new(8);
    for round in 0..240 {
        let file = files[round % files.len()];
        let path = desk.scratch.path(file);
        let original = std::fs::read(&path).unwrap();
        let mut damaged = original.clone();
        damage(&mut damaged, &mut seeded);
        match seeded.below(8) {
            0 => std::fs::remove_file(&path).unwrap(),
            // Another file of the same delivery in its place.
            1 => {
                let other = desk.scratch.path(files[seeded.below(files.len())]);
                std::fs::copy(other, &path).map(|_| ()).unwrap();
            }
            _ => std::fs::write(&path, damaged).unwrap(),
        }
        for (check, verdict) in verdicts(&library, &desk) {
            if refused.contains(&check) {
                assert!(
                    matches!(verdict, Verdict::Fail | Verdict::Unverifiable),
                    "round {round}: {check} is {verdict:?} with another {file}"
                );
            }
        }
        std::fs::write(&path, original).unwrap();
    }
}
