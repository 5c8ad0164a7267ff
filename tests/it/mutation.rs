//! Damaged documents: a reader may refuse one or remark upon it, and never panics.

use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use mekiki::app::library::Library;
use mekiki::evidence::agency_record::read_agency_record;
use mekiki::evidence::attestation;
use mekiki::evidence::certification::read_certification;
use mekiki::evidence::detect::{Kind, detect};
use mekiki::evidence::questionnaire::read_answers;
use mekiki::evidence::sbom;
use mekiki::evidence::signature::sigstore;
use mekiki::profile::judgment::judge;
use mekiki::profile::survey::Survey;
use mekiki::tree::{parse_json, parse_toml};

use crate::asked::Asked;
use crate::authority::{Authority, provenance, raw_key_pair};
use crate::seeded::Seeded;

const MUTATIONS: usize = 3_000;

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
  "serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  "metadata":{"timestamp":"2026-11-20T00:00:00Z","authors":[{"name":"A"}],"supplier":{"name":"S"},
    "component":{"type":"application","name":"app","bom-ref":"app","version":"1"}},
  "components":[{"type":"library","bom-ref":"a","name":"a","version":"1","purl":"pkg:cargo/a@1",
      "cpe":"cpe:2.3:a:a:a:1:*:*:*:*:*:*:*","licenses":[{"license":{"id":"MIT"}},{"license":{"name":"Own license"}}],
      "hashes":[{"alg":"MD5","content":"d41d8cd98f00b204e9800998ecf8427e"}],"swid":{"tagId":"t","name":"a"},
      "components":[{"type":"file","name":"inner","bom-ref":"i"}]}],
  "services":[{"bom-ref":"s","name":"s"}],
  "dependencies":[{"ref":"app","dependsOn":["a"],"provides":["s"]},{"ref":"a","dependsOn":["i"]}]}"#;

const SPDX: &str = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0",
  "documentNamespace":"https://example.com/n",
  "creationInfo":{"created":"2026-11-20T00:00:00Z","creators":["Tool: t","Organization: O"]},
  "documentDescribes":["SPDXRef-b"],
  "packages":[{"SPDXID":"SPDXRef-a","name":"a","downloadLocation":"NONE","versionInfo":"1",
      "supplier":"Organization: S (s@example.com)","licenseDeclared":"MIT",
      "checksums":[{"algorithm":"MD5","checksumValue":"d41d8cd98f00b204e9800998ecf8427e"}],
      "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]},
    {"SPDXID":"SPDXRef-b","name":"b","downloadLocation":"NONE"}],
  "files":[{"SPDXID":"SPDXRef-f","fileName":"f","checksums":[{"algorithm":"SHA1","checksumValue":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}]}],
  "relationships":[{"spdxElementId":"SPDXRef-b","relatedSpdxElement":"SPDXRef-a","relationshipType":"DEPENDS_ON"}]}"#;

/// What a mutation writes in: the marks of the formats and values at the edge of a type.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"=",
    b"\n",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\0",
    b"\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe7\x9b\xae",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"9223372036854775808",
    b"[[a]]",
    b"'''",
];

/// The documents that are damaged.
fn originals() -> Vec<Vec<u8>> {
    let authority = Authority::new();
    let signer = authority.signer("https://a.test/b", "https://c.test", 1_709_251_200);
    let tender = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/tenders/document-cloud/"
    );
    let fixture = |path: &str| {
        let path = format!("{tender}{path}");
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    vec![
        CYCLONEDX.into(),
        SPDX.into(),
        signer.sign_blob(b"artifact").into(),
        signer
            .sign_statement(&provenance("n", b"artifact", "b", "s"))
            .into(),
        authority.trusted_root().into(),
        raw_key_pair().0.into(),
        fixture("bids/aoba/answers.toml"),
        fixture("bids/hokuto/answers.json"),
        fixture("bids/aoba/certificates/iso-27001.toml"),
        fixture("registry/ismap-aoba.toml"),
        fixture("agency/information-items.toml"),
        fixture("tender.toml"),
    ]
}

/// Changes one to four places of `document`.
pub(crate) fn damage(document: &mut Vec<u8>, seeded: &mut Seeded) {
    for _ in 0..=seeded.below(4) {
        let at = seeded.below(document.len() + 1);
        let end = (at + seeded.below(40)).min(document.len());
        match seeded.below(5) {
            0 if at < document.len() => document[at] ^= 1 << seeded.below(8),
            1 => drop(document.drain(at..end)),
            2 => {
                let again = document[at..end].to_vec();
                document.splice(at..at, again);
            }
            3 => document.truncate(at),
            _ => {
                let piece = PIECES[seeded.below(PIECES.len())];
                document.splice(at..end, piece.iter().copied());
            }
        }
    }
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::open(None).unwrap())
}

/// Hands `bytes` to every reader.
fn read_as_everything(bytes: &[u8]) {
    _ = detect(bytes);
    _ = parse_json(bytes);
    _ = parse_toml(bytes);
    if let Ok((_, reading)) = sbom::read(bytes) {
        let survey = Survey::of(&reading.sbom);
        for profile in library().profiles.values() {
            _ = judge(&survey, profile);
        }
    }
    _ = sigstore::parse(bytes);
    _ = sigstore::Sigstore::new(bytes);
    _ = attestation::of_bundle(bytes);
    _ = Asked {
        artifact: Some(b"artifact"),
        signature: Some(bytes),
        key: Some(bytes),
        ..Asked::default()
    }
    .verify();
    _ = read_answers(bytes);
    _ = read_certification(bytes);
    _ = read_agency_record(bytes);
}

#[test]
fn no_reader_panics_on_a_damaged_document() {
    let originals = originals();
    let mut seeded = Seeded::new(0x6d65_6b69_6b69);
    for mutation in 0..MUTATIONS {
        let mut document = originals[mutation % originals.len()].clone();
        damage(&mut document, &mut seeded);
        assert!(
            catch_unwind(|| read_as_everything(&document)).is_ok(),
            "mutation {mutation}: {}",
            document.escape_ascii()
        );
    }
}

#[test]
fn the_originals_are_sound() {
    let originals = originals();
    for sbom in &originals[..2] {
        let (_, reading) = sbom::read(sbom).expect("the SBOM is read");
        assert_eq!(reading.findings, []);
    }
    for bundle in &originals[2..4] {
        assert!(sigstore::parse(bundle).is_ok());
    }
    assert!(sigstore::Sigstore::new(&originals[4]).is_ok());
    for answers in &originals[6..8] {
        assert!(read_answers(answers).is_ok());
    }
    for record in &originals[8..10] {
        assert!(read_certification(record).is_ok());
    }
    assert!(read_agency_record(&originals[10]).is_ok());
    assert!(parse_toml(&originals[11]).is_ok());
}

#[test]
fn a_large_text_is_detected_at_once() {
    const LIMIT: Duration = Duration::from_secs(20);
    // Each line begins like TOML, and none is.
    let text = "schema = = \n".repeat(1_000_000);
    let start = Instant::now();
    assert_eq!(detect(text.as_bytes()).kind, Kind::Unknown);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}
