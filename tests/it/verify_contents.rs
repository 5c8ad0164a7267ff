//! What was delivered, read from disk and held against its SBOMs.

use std::io::Write as _;
use std::path::Path;

use mekiki::acceptance::Verdict;
use mekiki::acceptance::finding::{Effect, Finding, Outcome};
use mekiki::acceptance::manifest::{MANIFEST_FILE, Manifest, manifest_text, read_manifest};
use mekiki::acceptance::report::Report;
use mekiki::app::library::Library;
use mekiki::app::verify::{Request, guess, guess_text, guess_with_remarks, verify};
use mekiki::digest::Algorithm;
use mekiki::time::parse_day;
use serde_json::{Value, json};

use crate::binary::Scratch;

/// An SBOM of files, each with its content.
fn sbom(files: &[(&str, &[u8])]) -> String {
    let components = files.iter().map(|(path, content)| {
        json!({
            "type": "file",
            "name": path,
            "hashes": [{"alg": "SHA-256", "content": Algorithm::Sha256.hex_of(content)}],
        })
    });
    of_components(&components.collect::<Vec<_>>())
}

fn of_components(components: &[Value]) -> String {
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "app", "version": "1.0"}},
        "components": components,
    });
    serde_json::to_string_pretty(&document).unwrap()
}

const FILES: &[(&str, &[u8])] = &[("app", b"the app"), ("lib/x.so", b"a library")];

/// A folder with a manifest in `agency` and a good delivery in `agency/delivered`.
fn good() -> Scratch {
    let scratch = Scratch::new();
    for (path, content) in FILES {
        scratch.write(&format!("agency/delivered/{path}"), content);
    }
    scratch.write("agency/delivered/sbom.json", sbom(FILES));
    manifest(&scratch, "");
    scratch
}

/// Writes the manifest with more at its end.
fn manifest(scratch: &Scratch, more: &str) {
    let text = "schema = \"mekiki/delivery/v1\"\ndelivered = \"delivered\"\n";
    let sboms = "\n[[sbom]]\npath = \"sbom.json\"\n";
    scratch.write("agency/delivery.toml", format!("{text}{more}{sboms}"));
}

fn report_on(root: &str, manifest: &Manifest, file: Option<&[u8]>) -> Report {
    let library = Library::open(None).unwrap();
    verify(&Request {
        library: &library,
        manifest,
        flags: None,
        manifest_file: file.map(|bytes| (MANIFEST_FILE, bytes)),
        root: Path::new(root).to_path_buf(),
        as_of: parse_day("2026-11-26").unwrap(),
        progress: &|_| (),
    })
    .unwrap()
}

fn verified(scratch: &Scratch) -> Report {
    let bytes = std::fs::read(scratch.path("agency/delivery.toml")).unwrap();
    let manifest = read_manifest(&bytes, MANIFEST_FILE, true).unwrap();
    report_on(&scratch.path("agency"), &manifest, Some(&bytes))
}

fn check<'r>(report: &'r Report, id: &str) -> &'r Outcome {
    let mut checks = report.groups.iter().flat_map(|group| &group.checks);
    checks.find(|one| one.check == id).unwrap()
}

fn findings<'r>(report: &'r Report, id: &str) -> Vec<&'r Finding> {
    check(report, id).findings.iter().collect()
}

/// The verdicts of the groups on files and contents, in the order of the table.
fn verdicts(report: &Report) -> [Verdict; 7] {
    [
        "files.complete",
        "files.readable",
        "files.expectations",
        "contents.altered",
        "contents.missing",
        "contents.unlisted",
        "contents.embedded",
    ]
    .map(|id| check(report, id).verdict)
}

const PASSES: [Verdict; 7] = [
    Verdict::Pass,
    Verdict::Pass,
    Verdict::Pass,
    Verdict::Pass,
    Verdict::Pass,
    Verdict::Pass,
    Verdict::NotApplicable,
];

/// The good verdicts, but for one check.
fn but(index: usize, verdict: Verdict) -> [Verdict; 7] {
    let mut verdicts = PASSES;
    verdicts[index] = verdict;
    verdicts
}

#[test]
fn a_good_delivery_agrees() {
    let report = verified(&good());
    assert_eq!(verdicts(&report), PASSES);
    assert_eq!(report.delivered.files, 3);
    let artifacts: Vec<_> = report
        .artifacts
        .iter()
        .map(|one| one.path.as_str())
        .collect();
    assert_eq!(artifacts, ["app", "lib/x.so"]);
    let lines: String = [("app", "the app"), ("lib/x.so", "a library")]
        .map(|(path, content)| {
            let digest = Algorithm::Sha256.hex_of(content.as_bytes());
            format!("{digest}  {path}\n")
        })
        .concat();
    let document = Algorithm::Sha256.hex_of(sbom(FILES).as_bytes());
    let lines = format!("{lines}{document}  sbom.json\n");
    assert_eq!(
        report.delivered.sha256.hex(),
        Algorithm::Sha256.hex_of(lines.as_bytes())
    );
}

#[test]
fn an_altered_file_is_named_with_its_line_in_the_sbom() {
    let scratch = good();
    scratch.write("agency/delivered/lib/x.so", b"another library");
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), but(3, Verdict::Fail));
    let altered = findings(&report, "contents.altered");
    assert_eq!(altered.len(), 1);
    assert_eq!(
        (altered[0].subject.as_str(), altered[0].effect),
        ("lib/x.so", Effect::Fails)
    );
    let [in_sbom, file] = altered[0].citations.as_slice() else {
        panic!("{:?}", altered[0].citations)
    };
    let document = sbom(FILES);
    let line = document
        .lines()
        .position(|line| line.contains("lib/x.so"))
        .unwrap();
    // The place of an entry is that of its first member.
    let begins = document.lines().take(line).collect::<Vec<_>>();
    let begins = begins.iter().rposition(|line| *line == "    {").unwrap() + 2;
    assert_eq!(in_sbom.file, "sbom.json");
    assert_eq!(in_sbom.at.line, u32::try_from(begins).ok());
    assert_eq!(file.file, "lib/x.so");
    assert_eq!(
        file.sha256.hex(),
        Algorithm::Sha256.hex_of(b"another library")
    );
}

#[test]
fn a_missing_and_an_unlisted_file_are_named() {
    let scratch = good();
    std::fs::remove_file(scratch.path("agency/delivered/lib/x.so")).unwrap();
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), but(4, Verdict::Fail));
    assert_eq!(findings(&report, "contents.missing")[0].subject, "lib/x.so");

    let scratch = good();
    scratch.write("agency/delivered/lib/extra.so", b"extra");
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), but(5, Verdict::Fail));
    let unlisted = findings(&report, "contents.unlisted");
    assert_eq!(unlisted[0].subject, "lib/extra.so");
    assert_eq!(unlisted[0].citations[0].file, "lib/extra.so");

    // A file that the list allows is told and does not count.
    scratch.write(
        "agency/allow.toml",
        "[[allow]]\npattern = \"**/extra.*\"\nreason = \"合意済み\"\n",
    );
    manifest(&scratch, "allowance = \"allow.toml\"\n");
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), PASSES);
    let told = findings(&report, "contents.unlisted");
    assert_eq!((told.len(), told[0].effect), (1, Effect::Notes));
    assert!(told[0].message.ja.contains("合意済み"));
    // A list that cannot be used is not passed over.
    scratch.write("agency/allow.toml", "[[allow]]\npattern = 1\n");
    let report = verified(&scratch);
    assert_eq!(check(&report, "contents.unlisted").verdict, Verdict::Fail);
    std::fs::remove_file(scratch.path("agency/delivered/lib/extra.so")).unwrap();
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), but(5, Verdict::Unverifiable));
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    mekiki::evidence::archive::write::deflated_zip(files.iter().copied()).unwrap()
}

#[test]
fn archives_are_looked_into() {
    let scratch = good();
    let archive = zip(&[("a.class", b"class"), ("b.class", b"other")]);
    let inside: &[(&str, &[u8])] = &[("a.class", b"class"), ("b.class", b"other")];
    scratch.write("agency/delivered/app.jar", &archive);
    scratch.write(
        "agency/delivered/sbom.json",
        sbom(&[FILES, inside].concat()),
    );
    assert_eq!(verdicts(&verified(&scratch)), PASSES);
    let inside: &[(&str, &[u8])] = &[("a.class", b"class"), ("b.class", b"others")];
    scratch.write(
        "agency/delivered/sbom.json",
        sbom(&[FILES, inside].concat()),
    );
    let report = verified(&scratch);
    let altered = findings(&report, "contents.altered");
    assert_eq!(altered[0].subject, "app.jar!/b.class");
    assert_eq!(altered[0].citations[1].file, "app.jar");

    // What is cut off was not seen: it is missed by nobody, and not passed over.
    scratch.write("agency/delivered/app.jar", &archive[..archive.len() - 30]);
    let report = verified(&scratch);
    assert_eq!(
        check(&report, "files.readable").verdict,
        Verdict::Unverifiable
    );
    assert_eq!(
        check(&report, "contents.missing").verdict,
        Verdict::Unverifiable
    );
}

#[test]
fn an_archive_that_is_not_held_in_memory_is_read_as_one_that_is() {
    let noise = |seed: u32, length: usize| -> Vec<u8> {
        let mut state = seed;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(length)
        .collect()
    };
    // Larger than an archive that is held, with a member larger than one that is.
    let (large, small) = (noise(1, 18 * 1024 * 1024), noise(2, 1000));
    let members: &[(&str, &[u8])] = &[("large.bin", &large), ("small.bin", &small)];
    let zip = mekiki::evidence::archive::write::stored_zip(members.iter().copied()).unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *bytes).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    let gzip = gzip.finish().unwrap();
    for (name, archive) in [("x.zip", zip), ("x.tar", tar), ("x.tar.gz", gzip)] {
        let scratch = good();
        scratch.write(&format!("agency/delivered/{name}"), &archive);
        scratch.write(
            "agency/delivered/sbom.json",
            sbom(&[FILES, members].concat()),
        );
        let report = verified(&scratch);
        assert_eq!(verdicts(&report), PASSES, "{name}");
        let found = report
            .artifacts
            .iter()
            .find(|one| one.path == name)
            .unwrap();
        assert_eq!(
            found.sha256.hex(),
            Algorithm::Sha256.hex_of(&archive),
            "{name}"
        );
        let changed = [&large[1..], b"x"].concat();
        let other: &[(&str, &[u8])] = &[("large.bin", &changed), ("small.bin", &small)];
        scratch.write("agency/delivered/sbom.json", sbom(&[FILES, other].concat()));
        let report = verified(&scratch);
        let altered = findings(&report, "contents.altered");
        assert_eq!(altered[0].subject, format!("{name}!/large.bin"));
    }
}

#[test]
#[cfg(unix)]
fn links_are_told_and_not_followed() {
    use std::os::unix::fs::symlink;
    let scratch = good();
    symlink("x.so", scratch.path("agency/delivered/lib/y.so")).unwrap();
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), PASSES);
    assert_eq!(findings(&report, "files.readable")[0].effect, Effect::Notes);

    symlink("/etc/hostname", scratch.path("agency/delivered/outside")).unwrap();
    let report = verified(&scratch);
    assert_eq!(
        check(&report, "files.readable").verdict,
        Verdict::Unverifiable
    );
    assert_eq!(
        check(&report, "contents.unlisted").verdict,
        Verdict::Unverifiable
    );

    // What the manifest names is handed in itself.
    let scratch = good();
    symlink("app", scratch.path("agency/delivered/app2")).unwrap();
    manifest(&scratch, "\n[[artifact]]\npath = \"app2\"\n");
    let report = verified(&scratch);
    assert_eq!(check(&report, "files.complete").verdict, Verdict::Fail);
    // An SBOM that is a link is not read.
    let scratch = good();
    let elsewhere = scratch.write("elsewhere.json", sbom(FILES));
    let inside = scratch.path("agency/delivered/sbom.json");
    std::fs::remove_file(&inside).unwrap();
    symlink(elsewhere, inside).unwrap();
    let report = verified(&scratch);
    assert_eq!(check(&report, "files.complete").verdict, Verdict::Fail);
    assert_eq!(
        check(&report, "contents.altered").verdict,
        Verdict::Unverifiable
    );
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_is_not_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = good();
    let path = scratch.path("agency/delivered/lib/x.so");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read(&path).is_ok() {
        crate::corpus::say("this user reads every file: refusals were left out");
    } else {
        let report = verified(&scratch);
        assert_eq!(
            check(&report, "files.readable").verdict,
            Verdict::Unverifiable
        );
        assert_eq!(
            check(&report, "contents.missing").verdict,
            Verdict::Unverifiable
        );
        let told = findings(&report, "files.readable");
        assert_eq!(told[0].subject, "lib/x.so");
        assert!(
            !told[0].message.en.contains("agency"),
            "{}",
            told[0].message.en
        );
    }
    // A socket is no file.
    let scratch = good();
    let socket = scratch.path("agency/delivered/s");
    let _listening = std::os::unix::net::UnixListener::bind(socket).unwrap();
    let report = verified(&scratch);
    assert_eq!(
        check(&report, "files.readable").verdict,
        Verdict::Unverifiable
    );
}

#[test]
fn a_file_is_unlisted_where_no_sbom_lists_it() {
    let scratch = good();
    scratch.write("agency/delivered/sbom.json", sbom(&FILES[..1]));
    scratch.write("agency/delivered/lib.json", sbom(&FILES[1..]));
    let report = verified(&scratch);
    // The second one is named nowhere, so it is told and not used.
    assert_eq!(verdicts(&report), but(5, Verdict::Fail));
    assert_eq!(findings(&report, "files.complete")[0].subject, "lib.json");
    manifest(&scratch, "\n[[sbom]]\npath = \"lib.json\"\n");
    assert_eq!(verdicts(&verified(&scratch)), PASSES);
    // What an unreadable one lists is not known.
    scratch.write(
        "agency/delivered/lib.json",
        "{\"bomFormat\": \"CycloneDX\", ",
    );
    let report = verified(&scratch);
    assert_eq!(verdicts(&report)[4..6], [Verdict::Unverifiable; 2]);
}

#[test]
fn packages_that_are_built_in_are_no_missing_files() {
    let package = |name: &str, content: &[u8], kind: &str| {
        json!({
            "type": "library",
            "name": name,
            "version": "1.0",
            "purl": format!("pkg:{kind}/{name}@1.0"),
            "hashes": [{"alg": "SHA-256", "content": Algorithm::Sha256.hex_of(content)}],
        })
    };
    let files: Vec<Value> = serde_json::from_str::<Value>(&sbom(FILES)).unwrap()["components"]
        .as_array()
        .unwrap()
        .clone();
    let with = |more: &[Value]| of_components(&[files.as_slice(), more].concat());
    let scratch = good();
    let crates = [package("one", b"1", "cargo"), package("two", b"2", "cargo")];
    scratch.write("agency/delivered/sbom.json", with(&crates));
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), PASSES);
    assert_eq!(
        findings(&report, "contents.missing")[0].effect,
        Effect::Warns
    );
    // Where one of their kind was delivered as a file, the others were to be.
    let jars = [package("one", b"1", "maven"), package("two", b"2", "maven")];
    scratch.write("agency/delivered/sbom.json", with(&jars));
    scratch.write("agency/delivered/one-1.0.jar", b"1");
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), but(4, Verdict::Fail));
    let missing = findings(&report, "contents.missing");
    assert_eq!(missing[0].subject, "pkg:maven/two@1.0");
    // A swapped one is known by the name that its archive has.
    scratch.write("agency/delivered/two-1.0.jar", b"swapped");
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), but(3, Verdict::Fail));
}

#[test]
fn without_an_sbom_nothing_is_passed() {
    let scratch = good();
    let text = "schema = \"mekiki/delivery/v1\"\ndelivered = \"delivered\"\n";
    scratch.write("agency/delivery.toml", text);
    // One that was delivered is used, and said to be.
    let report = verified(&scratch);
    assert_eq!(verdicts(&report), PASSES);
    assert_eq!(findings(&report, "files.complete")[0].subject, "sbom.json");
    // Other algorithms than SHA-256 are found too.
    let other = sbom(FILES).replace("SHA-256", "SHA-512");
    let other = FILES.iter().fold(other, |text, (_, content)| {
        let (from, to) = (Algorithm::Sha256, Algorithm::Sha512);
        text.replace(&from.hex_of(content), &to.hex_of(content))
    });
    scratch.write("agency/delivered/sbom.json", other);
    assert_eq!(verdicts(&verified(&scratch)), PASSES);
    std::fs::remove_file(scratch.path("agency/delivered/sbom.json")).unwrap();
    let report = verified(&scratch);
    assert_eq!(verdicts(&report)[3..], [Verdict::Unverifiable; 4]);
    let left_out = "[[left_out]]\nwhat = \"sbom\"\nreason = { ja = \"理由\", en = \"reason\" }\n";
    scratch.write("agency/delivery.toml", format!("{text}{left_out}"));
    let report = verified(&scratch);
    assert_eq!(verdicts(&report)[3..], [Verdict::NotApplicable; 4]);
    assert_eq!(check(&report, "contents.altered").said.ja, "理由");
    // One that gives neither digest nor name tells nothing of files.
    let scratch = good();
    let vague = json!({"type": "library", "name": "x", "version": "1"});
    scratch.write("agency/delivered/sbom.json", of_components(&[vague]));
    let report = verified(&scratch);
    assert_eq!(verdicts(&report)[3..6], [Verdict::Unverifiable; 3]);
}

#[test]
fn what_is_named_is_to_be_there() {
    let scratch = good();
    manifest(
        &scratch,
        "requirements = \"register.json\"\n\n[[artifact]]\npath = \"gone\"\n\n[[artifact]]\npath = \"app\"\nsignatures = [\"app.sig\"]\n",
    );
    let report = verified(&scratch);
    let told: Vec<_> = findings(&report, "files.complete")
        .into_iter()
        .map(|one| (one.subject.as_str(), one.effect, one.citations[0].at.line))
        .collect();
    assert_eq!(
        told,
        [
            ("app.sig", Effect::Fails, Some(10)),
            ("gone", Effect::Fails, Some(6)),
            ("register.json", Effect::Unverifiable, Some(3)),
        ]
    );
    // Nothing at all.
    let scratch = Scratch::new();
    scratch.write(
        "agency/delivery.toml",
        "schema = \"mekiki/delivery/v1\"\ndelivered = \"delivered\"\n",
    );
    std::fs::create_dir(scratch.path("agency/delivered")).unwrap();
    let report = verified(&scratch);
    assert_eq!(check(&report, "files.complete").verdict, Verdict::Fail);
    assert_eq!(report.delivered.files, 0);
}

#[test]
fn whoever_delivers_does_not_set_the_measure_unseen() {
    let scratch = good();
    scratch.write(
        "agency/delivered/cosign.pub",
        "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n",
    );
    manifest(&scratch, "[signer]\nkeys = [\"delivered/cosign.pub\"]\n");
    let report = verified(&scratch);
    let told = findings(&report, "files.expectations");
    assert_eq!((told.len(), told[0].effect), (1, Effect::Warns));
    assert_eq!(told[0].subject, "delivered/cosign.pub");
    // The manifest among what was delivered.
    let own = "schema = \"mekiki/delivery/v1\"\n[[sbom]]\npath = \"sbom.json\"\n";
    scratch.write("agency/delivered/delivery.toml", own);
    std::fs::remove_file(scratch.path("agency/delivered/cosign.pub")).unwrap();
    let manifest = read_manifest(own.as_bytes(), MANIFEST_FILE, false).unwrap();
    let root = scratch.path("agency/delivered");
    let report = report_on(&root, &manifest, Some(own.as_bytes()));
    assert_eq!(verdicts(&report), PASSES);
    let told = findings(&report, "files.expectations");
    assert_eq!((told.len(), told[0].subject.as_str()), (1, "delivery.toml"));
}

#[test]
fn the_order_of_files_and_the_folder_change_nothing() {
    let mut many: Vec<(String, Vec<u8>)> = (0..200_u32)
        .map(|number| {
            (
                format!("d{}/f{number}", number % 7),
                number.to_le_bytes().to_vec(),
            )
        })
        .collect();
    many.push((
        "x.zip".to_owned(),
        zip(&[("in", b"side"), ("in2", b"side2")]),
    ));
    let listed: Vec<(&str, &[u8])> = many
        .iter()
        .take(190)
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect();
    let document = sbom(&listed);
    let told = |reversed: bool| {
        let scratch = Scratch::new();
        let mut files = many.clone();
        if reversed {
            files.reverse();
        }
        for (path, bytes) in files {
            scratch.write(&format!("agency/delivered/{path}"), bytes);
        }
        scratch.write("agency/delivered/sbom.json", &document);
        manifest(&scratch, "");
        serde_json::to_string(&verified(&scratch)).unwrap()
    };
    let first = told(false);
    assert_eq!(first, told(true));
    assert!(
        !first.contains("mekiki-it-"),
        "no folder of this machine is told"
    );
}

#[test]
fn a_guess_is_read_again_and_trusts_nothing() {
    let scratch = good();
    let root = scratch.path("agency/delivered");
    scratch.write("agency/delivered/app.sig", [7; 64]);
    scratch.write(
        "agency/delivered/cosign.pub",
        "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n",
    );
    let vex = json!({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/v", "author": "a", "timestamp": "2026-11-01T00:00:00Z", "version": 1, "statements": []});
    scratch.write("agency/delivered/vex.json", vex.to_string());
    let (guessed, remarks) = guess_with_remarks(Path::new(&root)).unwrap();
    assert_eq!(guess(Path::new(&root)).unwrap(), guessed);
    let text = guess_text(&guessed, &remarks);
    let again = read_manifest(text.as_bytes(), MANIFEST_FILE, false).unwrap();
    assert_eq!(manifest_text(&again), manifest_text(&guessed));
    let body = text.split_once("\nschema").unwrap().1;
    insta::assert_snapshot!(body, @r#"
     = "mekiki/delivery/v1"

    [product]
    name = "app"
    version = "1.0"

    [[artifact]]
    path = "app"
    signatures = ["app.sig"]

    [[artifact]]
    path = "lib"

    [[sbom]]
    path = "sbom.json"

    [[vex]]
    path = "vex.json"
    "#);
    assert!(text.contains("# cosign.pub: a key"), "{text}");
    let report = report_on(&root, &guessed, None);
    assert_eq!(check(&report, "contents.altered").verdict, Verdict::Pass);
    // The key is a file like any other; that nothing was agreed is told.
    assert_eq!(
        findings(&report, "contents.unlisted")[0].subject,
        "cosign.pub"
    );
    assert_eq!(
        findings(&report, "files.expectations")[0].effect,
        Effect::Warns
    );
}
