//! What belongs to what, by names, contents and digests.

use super::super::telling::Told;
use super::*;

fn seen(path: &str, told: Told) -> Seen {
    Seen {
        path: path.to_owned(),
        sha256: Digest::of(path.as_bytes()),
        bytes: 1,
        told,
    }
}

fn of_kind(path: &str, kind: Kind) -> Seen {
    let told = Told {
        kind,
        ..Told::nothing()
    };
    seen(path, told)
}

fn bare(path: &str) -> Seen {
    let told = Told {
        is_bare: true,
        ..Told::nothing()
    };
    seen(path, told)
}

fn plain(path: &str) -> Seen {
    seen(path, Told::nothing())
}

/// A statement about what lies at a path.
fn about(path: &str, subject: &str, is_provenance: bool) -> Seen {
    let told = Told {
        kind: if is_provenance {
            Kind::Provenance
        } else {
            Kind::Signature
        },
        subjects: vec![Digest::of(subject.as_bytes())],
        is_provenance,
        ..Told::nothing()
    };
    seen(path, told)
}

fn named(path: &str) -> Named {
    Named {
        path: path.to_owned(),
        at: Place::whole(),
    }
}

fn delivered(path: &str, signatures: &[&str]) -> Delivered {
    Delivered {
        named: named(path),
        signatures: signatures.iter().map(|one| named(one)).collect(),
        provenance: Vec::new(),
    }
}

fn sorted(mut seen: Vec<Seen>, manifest: &Manifest) -> Sorted {
    seen.sort_by(|left, right| left.path.cmp(&right.path));
    let listed: Vec<_> = seen.iter().map(|one| one.path.clone()).collect();
    Files::new(&seen, &listed, &BTreeSet::new()).sort(manifest)
}

/// Each artifact with its signatures and provenance.
fn told(sorted: &Sorted) -> Vec<String> {
    let artifacts = sorted.artifacts.values();
    artifacts
        .map(|one| {
            let (signatures, provenance) = (one.signatures.join("+"), one.provenance.join("+"));
            format!("{} [{signatures}] [{provenance}]", one.path)
        })
        .collect()
}

fn codes(sorted: &Sorted) -> Vec<String> {
    let remarks = sorted.remarks.iter();
    remarks
        .map(|one| format!("{} {}", one.code, one.file.as_deref().unwrap_or_default()))
        .collect()
}

#[test]
fn without_names_everything_that_is_nothing_else_is_an_artifact() {
    let files = vec![
        plain("app"),
        plain("lib/x.so"),
        bare("app.sig"),
        of_kind("app.asc", Kind::Signature),
        of_kind("sbom.json", Kind::Sbom),
        of_kind("vex.json", Kind::Vex),
        of_kind("cosign.pub", Kind::Key),
        // A name says nothing without the content.
        plain("lib/x.so.sig"),
        // A bare signature of nothing is a file like any other.
        bare("stray.sig"),
        about("attestations.jsonl", "lib/x.so", true),
    ];
    let sorted = sorted(files, &Manifest::default());
    assert_eq!(
        told(&sorted),
        [
            "app [app.asc+app.sig] []",
            "lib/x.so [] [attestations.jsonl]",
            "lib/x.so.sig [] []",
            "stray.sig [] []",
        ]
    );
    assert_eq!(
        codes(&sorted),
        [
            "delivery-key cosign.pub",
            "delivery-sbom-found sbom.json",
            "delivery-unnamed vex.json"
        ]
    );
    let evidence: Vec<_> = sorted.evidence.iter().map(String::as_str).collect();
    assert_eq!(
        evidence,
        [
            "app.asc",
            "app.sig",
            "attestations.jsonl",
            "sbom.json",
            "vex.json"
        ]
    );
}

#[test]
fn folders_and_patterns_mean_their_files() {
    let files = || {
        vec![
            plain("bin/a"),
            plain("bin/b"),
            of_kind("bin/a.sig", Kind::Signature),
            plain("bin/in/c"),
            plain("binary"),
            plain("doc.txt"),
        ]
    };
    for (path, expected) in [
        (
            "bin",
            vec!["bin/a [bin/a.sig] []", "bin/b [] []", "bin/in/c [] []"],
        ),
        (
            "./bin/",
            vec!["bin/a [bin/a.sig] []", "bin/b [] []", "bin/in/c [] []"],
        ),
        ("bin/*", vec!["bin/a [bin/a.sig] []", "bin/b [] []"]),
        ("*.txt", vec!["doc.txt [] []"]),
        // What is named is an artifact, whatever it is.
        ("bin/a.sig", vec!["bin/a.sig [] []"]),
        ("none*", vec![]),
        ("bin/none", vec![]),
    ] {
        let manifest = Manifest {
            artifacts: vec![delivered(path, &[])],
            ..Manifest::default()
        };
        let sorted = sorted(files(), &manifest);
        assert_eq!(told(&sorted), expected, "{path}");
        let missing: Vec<_> = sorted.missing.iter().map(|(_, what)| *what).collect();
        let expected: &[&str] = if expected.is_empty() {
            &["artifact"]
        } else {
            &[]
        };
        assert_eq!(missing, expected, "{path}");
    }
}

#[test]
fn named_signatures_are_about_their_file_or_all() {
    let files = vec![
        plain("bin/a"),
        plain("bin/b"),
        bare("bin/a.sig"),
        bare("bin/b.sig"),
        of_kind("all.sigstore.json", Kind::Signature),
    ];
    let manifest = Manifest {
        artifacts: vec![delivered(
            "bin/*",
            &["bin/a.sig", "bin/b.sig", "all.sigstore.json"],
        )],
        sboms: vec![delivered("gone.json", &["gone.sig"])],
        ..Manifest::default()
    };
    let sorted = sorted(files, &manifest);
    assert_eq!(
        told(&sorted),
        [
            "bin/a [all.sigstore.json+bin/a.sig] []",
            "bin/b [all.sigstore.json+bin/b.sig] []"
        ]
    );
    let missing: Vec<_> = sorted
        .missing
        .iter()
        .map(|(named, what)| format!("{what} {}", named.path))
        .collect();
    assert_eq!(missing, ["sbom gone.json", "signature gone.sig"]);
}

#[test]
fn statements_are_told_apart_and_strays_are_named() {
    let files = vec![
        plain("app"),
        about("app.intoto.jsonl", "app", true),
        // A statement that is no provenance signs what it is about.
        about("scan.json", "app", false),
        about("other.jsonl", "elsewhere", true),
        of_kind("app.provenance.json", Kind::Unknown),
        of_kind("nothing.asc", Kind::Signature),
    ];
    let sorted = sorted(files, &Manifest::default());
    assert_eq!(
        told(&sorted),
        [
            "app [scan.json] [app.intoto.jsonl]",
            "app.provenance.json [] []"
        ]
    );
    assert_eq!(
        codes(&sorted),
        [
            "delivery-unpaired nothing.asc",
            "delivery-unpaired other.jsonl"
        ]
    );
}
