//! What is done with one input of each target, and what must hold of it whatever the bytes are.
//!
//! The fuzz targets and `tests/it/fuzz_seeds.rs` share this file. A reader for one format is called
//! directly, past the detection that would turn most inputs away, and then through the common door.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::OnceLock;

use mekiki::acceptance::manifest::{manifest_text, read_manifest};
use mekiki::app::library::Library;
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::comparison::{Extent, compare};
use mekiki::contract::register::read_register;
use mekiki::conversion::{Target, convert as convert_to};
use mekiki::diagnostic::{Diagnostic, Place};
use mekiki::digest::Digest;
use mekiki::evidence::archive::{Limits, Walk};
use mekiki::evidence::attestation::envelope::{Envelope, documents};
use mekiki::evidence::attestation::{predicate, statement};
use mekiki::evidence::detect::detect;
use mekiki::evidence::register::change_notice::read_change_notice;
use mekiki::evidence::register::product_list::{VersionPattern, read_product_list};
use mekiki::evidence::sbom::model::Component;
use mekiki::evidence::sbom::{self, cyclonedx, find_lines, spdx2};
use mekiki::evidence::signature::openpgp as openpgp_signature;
use mekiki::evidence::signature::{Artifact, Expected, Kind, Material};
use mekiki::evidence::spreadsheet;
use mekiki::evidence::trusted_root::entries;
use mekiki::evidence::tuf::Roots;
use mekiki::evidence::unpack::{decode, unpack};
use mekiki::evidence::vex::read as read_vex;
use mekiki::markup::{Element, parse_xml};
use mekiki::matching::{Matcher, Policy};
use mekiki::profile::judgment::judge;
use mekiki::profile::survey::Survey;
use mekiki::questionnaire::foreign::{read as read_foreign, suggest};
use mekiki::questionnaire::wording::read_text;
use mekiki::snapshot::{Builder, Bytes, Imported, Snapshot};
use mekiki::tape::{Addressing, Tape, parse_json, write_json};
use mekiki::time::{end_of_day, parse_day};
use mekiki::tree::parse_toml;
use mekiki::triage::{Given, Inventory, Triage};

/// What takes the bytes of one input.
pub(crate) type Body = fn(&[u8]);

/// Every target by its name.
pub(crate) const BODIES: [(&str, Body); 29] = [
    ("cyclonedx_json", cyclonedx_json),
    ("cyclonedx_xml", cyclonedx_xml),
    ("cyclonedx_protobuf", cyclonedx_protobuf),
    ("spdx_json", spdx_json),
    ("spdx_tag_value", spdx_tag_value),
    ("spdx_yaml", spdx_yaml),
    ("spdx_rdf", spdx_rdf),
    ("spdx3", spdx3),
    ("unpack_and_detect", unpack_and_detect),
    ("archive", archive),
    ("diff", diff),
    ("profile", profile),
    ("convert", convert),
    ("vex", vex),
    ("advisory", advisory),
    ("bundle", bundle),
    ("dsse", dsse),
    ("cms", cms),
    ("openpgp", openpgp),
    ("small_signatures", small_signatures),
    ("jsf", jsf),
    ("xmldsig", xmldsig),
    ("tuf", tuf),
    ("xlsx", xlsx),
    ("csv", csv),
    ("wording", wording),
    ("vsaq", vsaq),
    ("oscal", oscal),
    ("delivery", delivery),
];

/// Certificates and signatures of OpenPGP: nothing verifies over a document that nobody signed.
pub(crate) fn openpgp(bytes: &[u8]) {
    const KEY: &[u8] = include_bytes!("../seeds/openpgp/key.asc");
    const SIGNATURE: &[u8] = include_bytes!("../seeds/openpgp/artifact.sig");
    let material = |bytes| Material {
        name: "input",
        bytes,
    };
    if let Err(fault) = openpgp_signature::keys(material(bytes)) {
        sound(&[fault]);
    }
    if let Err(fault) = openpgp_signature::count(bytes) {
        sound(&[fault]);
    }
    signed_nothing(Kind::Openpgp, bytes, material(KEY));
    signed_nothing(Kind::Openpgp, SIGNATURE, material(bytes));
    // A signed text may stand inside the artifact.
    let artifact = Artifact::of_bytes(bytes);
    let now = end_of_day(parse_day("2026-11-26").unwrap_or_default());
    let request = SignatureRequest {
        kind: Some(Kind::Openpgp),
        keys: vec![material(KEY)],
        ..SignatureRequest::new(artifact, now)
    };
    if let Err(refused) = verify_signature(&request) {
        sound(&refused.0);
    }
}

/// Signatures of minisign, signify and SSH, and their keys: nothing verifies over a document that nobody signed.
pub(crate) fn small_signatures(bytes: &[u8]) {
    const KEYS: [(Kind, &[u8], &[u8]); 2] = [
        (
            Kind::Minisign,
            include_bytes!("../seeds/small_signatures/minisign.pub"),
            include_bytes!("../seeds/small_signatures/artifact.minisig"),
        ),
        (
            Kind::Sshsig,
            include_bytes!("../seeds/small_signatures/allowed_signers"),
            include_bytes!("../seeds/small_signatures/artifact.sshsig"),
        ),
    ];
    let material = |bytes| Material {
        name: "input",
        bytes,
    };
    for (kind, key, signature) in KEYS {
        signed_nothing(kind, bytes, material(key));
        signed_nothing(kind, signature, material(bytes));
    }
}

/// Nothing verifies over a document that nobody signed.
fn signed_nothing(kind: Kind, signature: &[u8], key: Material<'_>) {
    let now = end_of_day(parse_day("2026-11-26").unwrap_or_default());
    let request = SignatureRequest {
        signature: Some(Material {
            name: "signature",
            bytes: signature,
        }),
        kind: Some(kind),
        keys: vec![key],
        ..SignatureRequest::new(Artifact::of_bytes(b"what nobody signed"), now)
    };
    match verify_signature(&request) {
        Ok(verification) => assert!(!verification.verified, "{verification:?}"),
        Err(refused) => sound(&refused.0),
    }
}

/// CMS messages, certificates and revocation lists: nothing verifies but what was signed, and what is handed in as
/// trust reads or says why not.
pub(crate) fn cms(bytes: &[u8]) {
    const ANCHOR: &[u8] = include_bytes!("../seeds/cms/anchor.pem");
    const MESSAGE: &[u8] = include_bytes!("../seeds/cms/message.p7s");
    let material = |bytes| Material {
        name: "input",
        bytes,
    };
    let now = end_of_day(parse_day("2026-11-27").unwrap_or_default());
    for (signature, artifact, trusted) in [
        (Some(bytes), &b"what nobody signed"[..], ANCHOR),
        (None, bytes, ANCHOR),
        (Some(MESSAGE), b"what nobody signed", bytes),
    ] {
        let request = SignatureRequest {
            signature: signature.map(material),
            kind: Some(Kind::Cms),
            anchors: vec![material(trusted)],
            revocations: vec![material(bytes)],
            ..SignatureRequest::new(Artifact::of_bytes(artifact), now)
        };
        for lists in [request.revocations.clone(), Vec::new()] {
            let request = SignatureRequest {
                revocations: lists,
                ..request.clone()
            };
            match verify_signature(&request) {
                // A seed brings its own content.
                Ok(outcome) if outcome.verified => {
                    let signed = format!("sha256:{}", Digest::of(b"a seed\n"));
                    assert!(signature.is_none() && outcome.artifact == [signed]);
                }
                Ok(_) => {}
                Err(refused) => sound(&refused.0),
            }
        }
    }
}

/// Files of The Update Framework and trusted roots: nothing follows from a root whose keepers threw their keys
/// away, and a root that trusts itself settles or says why not.
pub(crate) fn tuf(bytes: &[u8]) {
    const ROOT: &[u8] = include_bytes!("../seeds/tuf/root.json");
    let at = end_of_day(parse_day("2026-11-20").unwrap_or_default());
    let Ok(mut roots) = Roots::trust(ROOT) else {
        panic!("the seed trusts itself");
    };
    assert!(roots.step(bytes).is_err(), "no second root was ever signed");
    let settled = roots.settle(at, None);
    let timestamped = settled.map(|settled| settled.timestamp(bytes));
    black_box(timestamped.is_ok_and(|outcome| outcome.is_ok()));
    if let Ok(roots) = Roots::trust(bytes) {
        black_box(roots.settle(at, None).is_ok());
    }
    black_box(entries(bytes, at).is_ok());
}

/// Envelopes and what is in them: nothing verifies under a key that signed nothing, and what is written is read.
pub(crate) fn dsse(bytes: &[u8]) {
    const KEY: &[u8] = include_bytes!("../seeds/dsse/key.pub");
    let key = Material {
        name: "key",
        bytes: KEY,
    };
    let now = end_of_day(parse_day("2026-11-26").unwrap_or_default());
    let artifact = Artifact::of_bytes(b"artifact");
    for document in documents(bytes).unwrap_or_default() {
        if let Ok(envelope) = Envelope::parse(document) {
            let again = Envelope::parse(envelope.to_json().as_bytes());
            assert_eq!(
                again.map(|again| again.payload),
                Ok(envelope.payload.clone())
            );
            said(&envelope.payload);
        }
        said(document);
    }
    for kind in [Kind::Dsse, Kind::Cosign] {
        let request = SignatureRequest {
            signature: Some(Material {
                name: "input",
                bytes,
            }),
            kind: Some(kind),
            keys: vec![key],
            ..SignatureRequest::new(artifact.clone(), now)
        };
        match verify_signature(&request) {
            Ok(verification) => assert!(!verification.verified, "{verification:?}"),
            Err(refused) => sound(&refused.0),
        }
    }
}

/// A signature inside of a JSON document: nothing verifies but what was signed.
pub(crate) fn jsf(bytes: &[u8]) {
    const SEED: &[u8] = include_bytes!("../seeds/jsf/signed.json");
    const KEY: &[u8] = include_bytes!("../seeds/jsf/key.pub");
    if verifies_inside(Kind::Jsf, bytes, KEY) {
        assert_eq!(members(bytes), members(SEED), "another document verifies");
    }
}

/// A signature inside of an XML document: nothing verifies but what was signed.
pub(crate) fn xmldsig(bytes: &[u8]) {
    const SEED: &[u8] = include_bytes!("../seeds/xmldsig/signed.xml");
    const KEY: &[u8] = include_bytes!("../seeds/xmldsig/key.pub");
    if verifies_inside(Kind::Xmldsig, bytes, KEY) {
        assert_eq!(content(bytes), content(SEED), "another document verifies");
    }
}

/// The members and texts of a JSON document, in no order.
fn members(bytes: &[u8]) -> Option<Vec<String>> {
    let unpacked = unpack(bytes).ok()?;
    let text = decode(&unpacked).ok()?;
    let tape = parse_json(&text).ok()?;
    let items = (0..u32::try_from(tape.len()).ok()?).filter_map(|index| tape.item(index));
    let mut told: Vec<_> = items
        .map(|item| format!("{:?} {:?}", item.key(), item.text()))
        .collect();
    told.sort();
    Some(told)
}

/// What a reader takes from an XML document, but for the signature.
fn content(bytes: &[u8]) -> Option<String> {
    let unpacked = unpack(bytes).ok()?;
    let text = decode(&unpacked).ok()?;
    let markup = parse_xml(&text).ok()?;
    let mut told = String::new();
    tell(markup.root(), &mut told);
    Some(told)
}

fn tell(element: Element<'_>, told: &mut String) {
    if element.name() == "Signature" {
        return;
    }
    let mut attributes: Vec<_> = element.attributes().map(|one| format!("{one:?}")).collect();
    attributes.sort();
    let (namespace, text) = (element.namespace(), element.text());
    _ = write!(told, "{namespace} {element:?} {attributes:?} {text:?}");
    element.children().for_each(|child| tell(child, told));
    *told += "/";
}

/// Whether the signature inside of a document verifies under `key`.
fn verifies_inside(kind: Kind, bytes: &[u8], key: &[u8]) -> bool {
    let now = end_of_day(parse_day("2026-11-26").unwrap_or_default());
    let request = SignatureRequest {
        kind: Some(kind),
        keys: vec![Material {
            name: "key",
            bytes: key,
        }],
        ..SignatureRequest::new(Artifact::of_bytes(bytes), now)
    };
    match verify_signature(&request) {
        Ok(verification) => verification.verified,
        Err(refused) => {
            sound(&refused.0);
            false
        }
    }
}

/// What a statement says, whoever says it.
fn said(payload: &[u8]) {
    match statement::read(payload) {
        Ok((statement, findings)) => {
            sound(&findings);
            sound(&predicate::read(&statement).findings);
        }
        Err(fault) => sound(&[fault]),
    }
}

/// A Sigstore bundle under a fixed trusted root: verified for whoever signed, for a key, and taken for the root itself.
/// What verifies names its key.
pub(crate) fn bundle(bytes: &[u8]) {
    const ROOT: &[u8] = include_bytes!("../seeds/bundle/trusted_root.json");
    const KEY: &[u8] = include_bytes!("../seeds/bundle/key.pub");
    let material = |name, bytes| Material { name, bytes };
    let now = end_of_day(parse_day("2026-11-26").unwrap_or_default());
    let named = SignatureRequest {
        signature: Some(material("input", bytes)),
        kind: Some(Kind::Sigstore),
        trusted_root: Some(material("root", ROOT)),
        identity: Expected::pattern(".*").ok(),
        issuer: Expected::pattern(".*").ok(),
        ..SignatureRequest::new(Artifact::of_bytes(b"the delivered archive"), now)
    };
    let bare = SignatureRequest {
        keys: vec![material("key", KEY)],
        identity: None,
        issuer: None,
        ..named.clone()
    };
    let as_root = SignatureRequest {
        trusted_root: Some(material("input", bytes)),
        ..named.clone()
    };
    for request in [named, bare, as_root] {
        if let Ok(verification) = verify_signature(&request) {
            assert!(!verification.verified || verification.signer.key_sha256.is_some());
        }
    }
}

/// Whatever stands in a feed: read, put into a snapshot, and found again there.
pub(crate) fn advisory(bytes: &[u8]) {
    let mut builder = Builder::new(Vec::new());
    let source = builder.source("input");
    builder.know_until(source, Some("2026-11-20"));
    let added = builder.add(source, Imported::read("input", bytes.to_vec()));
    assert!(added.is_ok(), "memory takes every record");
    let Ok(built) = builder.finish() else {
        panic!("memory takes every snapshot");
    };
    let manifest = built.manifest.text();
    let opened = Snapshot::open(manifest.as_bytes(), Box::new(Bytes(built.index)));
    let Ok(snapshot) = opened else {
        panic!("what was built is opened");
    };
    assert!(snapshot.verify().is_ok(), "what was built is whole");
    for id in ["TEST-2026-1", "CVE-2026-10001", "CVE-2026-10007"] {
        black_box(snapshot.advisories_of(id).is_ok());
        black_box(snapshot.kev(id).is_ok());
        black_box(snapshot.epss(id).is_ok());
    }
    let component = |purl: &str| Component {
        name: "input".into(),
        purl: Some(purl.into()),
        ..Component::default()
    };
    let components = [
        component("pkg:npm/%40aoba/kakitori@1.1.0"),
        component("pkg:npm/kakitori@1.0.0"),
        component("pkg:deb/debian/kakitori@1.1?distro=debian-12"),
        component("pkg:pypi/kakitori-index@1.0rc1"),
        component("pkg:pypi/kakitori@1.4"),
        component("pkg:cargo/kakitori-index@0.4.1"),
        component("pkg:gem/kakitori@1.1.3"),
        component("pkg:generic/loom@2.1.3"),
    ];
    let Some(as_of) = parse_day("2026-11-26") else {
        return;
    };
    let policy = Policy {
        as_of,
        maximum_age_days: 30,
    };
    let judged = Matcher::new(&snapshot, policy).judge(&components);
    assert!(judged.is_ok(), "what was built is read back");
}

/// CycloneDX in JSON.
pub(crate) fn cyclonedx_json(bytes: &[u8]) {
    with_text(bytes, |text| {
        if let Ok(tape) = parse_json(text) {
            build_cyclonedx(&tape);
        }
    });
    read(bytes);
}

/// CycloneDX in XML.
pub(crate) fn cyclonedx_xml(bytes: &[u8]) {
    with_text(bytes, |text| {
        if let Ok(markup) = parse_xml(text) {
            let (tape, findings) = cyclonedx::xml::to_tape(&markup);
            sound(&findings);
            build_cyclonedx(&tape);
        }
    });
    read(bytes);
}

/// CycloneDX in Protobuf.
pub(crate) fn cyclonedx_protobuf(bytes: &[u8]) {
    match cyclonedx::protobuf::to_tape(bytes) {
        Ok((tape, findings)) => {
            sound(&findings);
            build_cyclonedx(&tape);
        }
        Err(fault) => sound(&[fault]),
    }
    read(bytes);
}

/// SPDX 2 in JSON.
pub(crate) fn spdx_json(bytes: &[u8]) {
    with_text(bytes, |text| {
        if let Ok(tape) = parse_json(text) {
            build_spdx2(&tape);
        }
    });
    read(bytes);
}

/// SPDX 2 in tag-value.
pub(crate) fn spdx_tag_value(bytes: &[u8]) {
    with_text(bytes, |text| match spdx2::tag_value::to_tape(text) {
        Ok((tape, findings)) => {
            sound(&findings);
            build_spdx2(&tape);
        }
        Err(fault) => sound(&[fault]),
    });
    read(bytes);
}

/// SPDX 2 in YAML.
pub(crate) fn spdx_yaml(bytes: &[u8]) {
    with_text(bytes, |text| match spdx2::parse_yaml(text) {
        Ok((tape, remarks)) => {
            sound(&remarks);
            build_spdx2(&tape);
        }
        Err(fault) => sound(&[fault]),
    });
    read(bytes);
}

/// SPDX 2 in RDF/XML and in plain XML.
pub(crate) fn spdx_rdf(bytes: &[u8]) {
    with_text(bytes, |text| {
        let Ok(markup) = parse_xml(text) else { return };
        for tape in [spdx2::rdf::to_tape(&markup), spdx2::xml::to_tape(&markup)] {
            match tape {
                Ok(tape) => build_spdx2(&tape),
                Err(fault) => sound(&[fault]),
            }
        }
    });
    read(bytes);
}

/// SPDX 3 in JSON-LD.
pub(crate) fn spdx3(bytes: &[u8]) {
    with_text(bytes, |text| {
        if let Ok(tape) = parse_json(text) {
            sound(&sbom::spdx3::build(&tape).1);
        }
    });
    read(bytes);
}

/// Compression, encodings and the names of all formats.
pub(crate) fn unpack_and_detect(bytes: &[u8]) {
    assert_eq!(detect(bytes), detect(bytes));
    match unpack(bytes) {
        Ok(content) => match decode(&content) {
            Ok(text) => assert!(text.len() <= content.len() * 2, "{} bytes", text.len()),
            Err(fault) => sound(&[fault]),
        },
        Err(fault) => sound(&[fault]),
    }
    if let Err(faults) = sbom::read(bytes) {
        sound(&faults);
    }
}

/// Archives inside of archives, with limits that a small input reaches.
pub(crate) fn archive(bytes: &[u8]) {
    const LIMITS: Limits = Limits {
        members: 200,
        bytes: 1 << 20,
        member_bytes: 1 << 18,
        ratio: 50,
        depth: 3,
        path_length: 100,
    };
    let (mut count, mut total) = (0, 0);
    let mut visitor = |entry: mekiki::evidence::archive::Entry, content: &[u8]| {
        assert!(
            entry.parent.is_none_or(|parent| parent < count),
            "{entry:?}"
        );
        assert!(!entry.path.split('/').any(|step| step == ".."), "{entry:?}");
        if entry.parent.is_some() {
            assert!(content.len() as u64 <= LIMITS.member_bytes, "{entry:?}");
            total += content.len() as u64;
        }
        count += 1;
        count - 1
    };
    let mut walk = Walk::new(LIMITS, &mut visitor);
    if let Err(fault) = walk.file("delivery", bytes) {
        sound(&[fault]);
    }
    sound(&walk.finish());
    assert!(count as usize <= LIMITS.members, "{count} members");
    // An archive and what is inside of it are both handed on, so each level may count once more.
    assert!(total <= LIMITS.bytes * 4, "{total} bytes");
}

/// A document against itself: nothing differs.
pub(crate) fn diff(bytes: &[u8]) {
    let Ok((_, reading)) = sbom::read(bytes) else {
        return;
    };
    let comparison = compare(&reading.sbom, &reading.sbom, Extent::All);
    let counts = &comparison.counts;
    assert!(comparison.same, "{comparison:?}");
    assert_eq!((counts.changed, counts.added, counts.removed), (0, 0, 0));
    assert!(comparison.document.is_empty(), "{comparison:?}");
}

/// VEX documents, bound to a fixed SBOM and, where they are one, to themselves.
pub(crate) fn vex(bytes: &[u8]) {
    const SBOM: &[u8] = include_bytes!("../seeds/vex/bom.json");
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| Library::open(None).expect("our own library is sound"));
    let Ok((document, findings)) = read_vex(bytes) else {
        return;
    };
    sound(&findings);
    let ids: Vec<String> = document
        .statements
        .iter()
        .flat_map(|one| one.vulnerability.clone())
        .collect();
    let given = Given {
        path: String::new(),
        digest: Digest::of(bytes),
        trust: None,
        document,
    };
    let triage = Triage::new(vec![given], library.precedence.clone(), None);
    for sbom in [SBOM, bytes] {
        let Ok((_, reading)) = sbom::read(sbom) else {
            continue;
        };
        let inventory = Inventory::of(&reading.sbom, Some(Digest::of(sbom)));
        let bound = triage.bind(&inventory);
        black_box(bound.unbound(None).len());
        for one in bound.bindings() {
            let decision = bound.decide(one.position, &ids);
            assert!(decision.is_some_and(|one| one.status.is_some()) || ids.is_empty());
        }
    }
}

/// Every profile.
pub(crate) fn profile(bytes: &[u8]) {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| Library::open(None).expect("our own library is sound"));
    let Ok((_, reading)) = sbom::read(bytes) else {
        return;
    };
    let survey = Survey::of(&reading.sbom);
    for profile in library.profiles.values() {
        for finding in judge(&survey, profile).findings {
            let readings = finding.readings.iter().map(|(_, coverage)| coverage);
            for coverage in readings.chain([&finding.coverage]) {
                assert!(coverage.have <= coverage.of, "{}", finding.element.id);
            }
        }
    }
}

/// Every target of a conversion; what comes out is well-formed and can be read again.
pub(crate) fn convert(bytes: &[u8]) {
    if sbom::read(bytes).is_err() {
        return;
    }
    for (word, target) in Target::WORDS {
        match convert_to(bytes, target) {
            Ok(conversion) => {
                for lost in &conversion.losses {
                    assert!(!lost.what.is_empty() && !lost.reason.is_empty(), "{lost:?}");
                }
                if let Err(faults) = sbom::read(conversion.text.as_bytes()) {
                    panic!("{word}: {faults:?}: {}", conversion.text);
                }
            }
            Err(faults) => sound(&faults),
        }
    }
}

/// A workbook, past the detection and through it.
pub(crate) fn xlsx(bytes: &[u8]) {
    spreadsheet(bytes);
    answers(bytes, "caiq-4");
}

/// A table in text.
pub(crate) fn csv(bytes: &[u8]) {
    spreadsheet(bytes);
    answers(bytes, "caiq-4");
    answers(bytes, "plain");
}

/// VSAQ in JSON.
pub(crate) fn vsaq(bytes: &[u8]) {
    answers(bytes, "vsaq");
}

/// OSCAL in JSON.
pub(crate) fn oscal(bytes: &[u8]) {
    answers(bytes, "oscal");
}

/// One text as the answer to every question of ours.
pub(crate) fn wording(bytes: &[u8]) {
    // No reader of spreadsheets gives more than this.
    const CELL: usize = 32_767;
    let text: String = String::from_utf8_lossy(bytes).chars().take(CELL).collect();
    for questionnaire in our_library().questionnaires.values() {
        for (_, question) in questionnaire.questions() {
            let (response, note, remarks) = read_text(question, &text, &Place::whole());
            sound(&remarks);
            assert!(
                response.is_some() || !remarks.is_empty(),
                "{text:?}: nothing is said"
            );
            black_box(note);
        }
    }
}

fn our_library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::open(None).expect("our own library is sound"))
}

/// A spreadsheet within its limits, read twice the same.
fn spreadsheet(bytes: &[u8]) {
    assert_eq!(detect(bytes), detect(bytes));
    match spreadsheet::read(bytes) {
        Ok(workbook) => {
            sound(&workbook.remarks);
            let mut cells = 0;
            for sheet in &workbook.sheets {
                for (row, columns) in &sheet.rows {
                    for column in columns.keys() {
                        cells += 1;
                        let found = sheet.cell(*row, *column);
                        assert!(found.is_some(), "a cell is found where it stands");
                        assert!(sheet.place(*row, *column).cell.is_some());
                    }
                }
            }
            assert!(cells <= spreadsheet::MAXIMUM_CELLS * 2, "{cells} cells");
        }
        Err(fault) => sound(&[fault]),
    }
}

/// Answers through a map: an answer without a response says why, and a suggestion is a map.
fn answers(bytes: &[u8], map: &str) {
    let library = our_library();
    match read_foreign(bytes, &library.maps[map], None) {
        Ok(sheet) => {
            sound(&sheet.set.remarks);
            for answer in &sheet.set.answers {
                sound(&answer.remarks);
            }
            for questionnaire in library.questionnaires.values() {
                black_box(sheet.in_terms_of(questionnaire, &library.maps[map]));
            }
        }
        Err(fault) => sound(&[fault]),
    }
    if let Ok(suggestion) = suggest(bytes, &library.maps) {
        assert!(
            parse_toml(suggestion.draft.as_bytes()).is_ok(),
            "{}",
            suggestion.draft
        );
    }
}

fn with_text(bytes: &[u8], take: impl FnOnce(&str)) {
    if let Ok(text) = decode(bytes) {
        take(&text);
    }
}

fn build_cyclonedx(tape: &Tape<'_>) {
    written_as_read(tape);
    match cyclonedx::build(tape) {
        Ok((_, findings)) => sound(&findings),
        Err(fault) => sound(&[fault]),
    }
}

fn build_spdx2(tape: &Tape<'_>) {
    written_as_read(tape);
    if let Err(fault) = spdx2::check_version(tape) {
        sound(&[fault]);
    }
    sound(&spdx2::build(tape).1);
}

/// A tape that is written as JSON and read again is written the same.
fn written_as_read(tape: &Tape<'_>) {
    let text = write_json(tape.root(), false);
    match parse_json(&text) {
        Ok(again) => assert_eq!(write_json(again.root(), false), text),
        Err(fault) => panic!("{fault}: {text}"),
    }
}

/// Through the common door: twice the same, and places that are found again.
fn read(bytes: &[u8]) {
    let mut shape = None;
    let first = sbom::with_tape(bytes, &mut |tape, _, _| {
        if tape.addressing() == Addressing::Pointer {
            shape = Some(write_json(tape.root(), false));
        }
    });
    let (detection, mut reading) = match (first, sbom::read(bytes)) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first.1.findings, second.1.findings);
            assert_eq!(first.0, second.0);
            first
        }
        (Err(first), Err(second)) => {
            assert_eq!(first, second);
            assert!(!first.is_empty(), "refused without a word");
            sound(&first);
            return;
        }
        _ => panic!("read once and refused once"),
    };
    sound(&reading.findings);
    if let Some(shape) = shape {
        let tape = parse_json(&shape).expect("what is written is read");
        let is_repeated = |finding: &Diagnostic| finding.code == "json-duplicate-member";
        // What stands in a member that is given again has a place, which leads to the later one.
        let is_ambiguous = reading.findings.iter().any(is_repeated);
        for finding in reading.findings.iter().filter(|_| !is_ambiguous) {
            let pointer = finding.at.pointer.as_deref().unwrap_or_default();
            assert!(tape.root().at(pointer).is_some(), "{finding:?}");
        }
    }
    find_lines(bytes, &mut reading.findings);
    if matches!(detection.encoding, "json" | "json-ld") {
        for finding in &reading.findings {
            let is_found = finding.at.pointer.is_none() || finding.at.line.is_some();
            assert!(is_found, "{finding:?}");
        }
    }
    black_box(reading.sbom);
}

/// What is said of a document has a code and words.
fn sound(findings: &[Diagnostic]) {
    for finding in findings {
        let is_code = |code: &str| {
            let is_letter =
                |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
            !code.is_empty() && code.chars().all(is_letter)
        };
        assert!(is_code(finding.code), "{finding:?}");
        assert!(!finding.message.is_empty(), "{finding:?}");
    }
}

/// The small documents that a delivery is held to: its manifest and the register of requirements. What is read of a
/// manifest in a delivery leads nowhere else.
pub(crate) fn delivery(bytes: &[u8]) {
    match read_manifest(bytes, "delivery.toml", false) {
        Ok(manifest) => {
            let artifacts = manifest.artifacts.iter().map(|one| &one.named.path);
            let sboms = manifest.sboms.iter().map(|one| &one.named.path);
            let keys = manifest.signer.keys.iter().map(|one| &one.path);
            for path in artifacts.chain(sboms).chain(keys) {
                let leads_out = path.starts_with('/') || path.split('/').any(|step| step == "..");
                assert!(!leads_out, "{path:?}");
            }
            let again = read_manifest(manifest_text(&manifest).as_bytes(), "written", false);
            let again = again.expect("what is written is read again");
            assert_eq!(again.case, manifest.case);
        }
        Err(faults) => sound(&faults),
    }
    match read_register(bytes) {
        Ok(register) => _ = black_box(register),
        Err(faults) => sound(&faults),
    }
    match read_change_notice(bytes) {
        Ok(notice) => assert!(
            notice
                .changes
                .iter()
                .all(|one| !one.component.contains('*'))
        ),
        Err(faults) => sound(&faults),
    }
    match read_product_list(bytes) {
        Ok(list) => {
            for pattern in list.products.iter().flat_map(|one| &one.versions) {
                let again = VersionPattern::parse(&pattern.text());
                assert_eq!(again.as_ref(), Some(pattern));
            }
        }
        Err(faults) => sound(&faults),
    }
}
