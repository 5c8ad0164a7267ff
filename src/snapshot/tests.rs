use std::io::Cursor;

use super::*;
use crate::pages::{self, seal};

fn osv(id: &str, modified: &str, package: &str, more: &str) -> (String, Vec<u8>) {
    let text = format!(
        r#"{{"id":"{id}","modified":"{modified}","summary":"about {package}",{more}
        "affected":[{{"package":{{"ecosystem":"PyPI","name":"{package}"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"1.2"}}]}}]}}]}}"#
    );
    (format!("{id}.json"), text.into_bytes())
}

const KEV: &str = r#"{"title":"x","catalogVersion":"2026.11.20","dateReleased":"2026-11-20T17:04:19Z","count":1,
    "vulnerabilities":[{"cveID":"CVE-2026-1","vendorProject":"V","product":"P","vulnerabilityName":"N",
    "dateAdded":"2026-11-19","shortDescription":"D","requiredAction":"A","dueDate":"2026-12-10",
    "knownRansomwareCampaignUse":"Known","notes":"","cwes":[]}]}"#;

const EPSS: &str = "#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z\ncve,epss,percentile\n\
    CVE-2026-1,0.5,0.9\nCVE-2026-2,0.00042,0.1\n";

/// The files of a small feed.
fn files() -> Vec<(String, Vec<u8>)> {
    vec![
        osv(
            "PYSEC-1",
            "2026-11-01T00:00:00Z",
            "Zope.Interface",
            r#""aliases":["CVE-2026-1"],"#,
        ),
        osv(
            "PYSEC-2",
            "2026-11-02T00:00:00Z",
            "other",
            r#""withdrawn":"2026-11-03T00:00:00Z","#,
        ),
        osv(
            "PYSEC-3",
            "2026-11-03T00:00:00Z",
            "other",
            r#""aliases":["cve-2026-1"],"#,
        ),
        ("kev.json".to_owned(), KEV.as_bytes().to_vec()),
        ("epss.csv".to_owned(), EPSS.as_bytes().to_vec()),
    ]
}

fn built(files: &[(String, Vec<u8>)]) -> Built<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    let source = builder.source("test");
    for (path, bytes) in files {
        let left_out = builder.add(source, Imported::read(path.as_str(), bytes.clone()));
        assert_eq!(left_out.unwrap(), [], "{path}");
    }
    builder.know_until(source, Some("2026-11-21"));
    builder.finish().unwrap()
}

fn opened(built: &Built<Vec<u8>>) -> Snapshot {
    let manifest = built.manifest.text();
    Snapshot::open(manifest.as_bytes(), Box::new(Bytes(built.index.clone()))).unwrap()
}

fn affected(snapshot: &Snapshot, package: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    let visited = snapshot.affected(&Key::package("PyPI", package), &mut |entry| {
        numbers.push(entry.advisory);
        Ok(())
    });
    visited.unwrap();
    numbers
}

#[test]
fn what_was_built_is_found_again() {
    let built = built(&files());
    let snapshot = opened(&built);
    assert_eq!(snapshot.digest(), built.manifest.digest());
    let manifest = snapshot.manifest();
    assert_eq!(
        (manifest.advisories, manifest.kev, manifest.epss),
        (3, 1, 2)
    );
    assert_eq!(manifest.as_of.as_deref(), Some("2026-11-21"));
    assert_eq!(manifest.sources.len(), 1);
    assert_eq!(manifest.sources[0].records, 5);
    assert_eq!(manifest.ecosystems["PyPI"].records, 3);

    assert_eq!(affected(&snapshot, "zope-interface"), [0]);
    assert_eq!(affected(&snapshot, "OTHER"), [1, 2]);
    assert_eq!(affected(&snapshot, "none"), [] as [u32; 0]);
    assert!(snapshot.knows(&Key::package("PyPI", "other")).unwrap());
    assert!(!snapshot.knows(&Key::package("npm", "other")).unwrap());

    let (id, withdrawn, file) = snapshot
        .advisory(1, |one| {
            (one.id.to_owned(), one.withdrawn.is_some(), one.file)
        })
        .unwrap();
    assert_eq!((id.as_str(), withdrawn), ("PYSEC-2", true));
    let file = snapshot.file(file).unwrap();
    assert_eq!(file.path, "PYSEC-2.json");
    assert_eq!(file.digest, Digest::of(&files()[1].1));
    assert!(snapshot.advisory(3, |_| ()).is_err());

    for (id, expected) in [
        ("pysec-1", vec![0]),
        (" PYSEC-3 ", vec![2]),
        ("CVE-2026-1", vec![0, 2]),
        ("CVE-2026-2", vec![]),
    ] {
        assert_eq!(snapshot.advisories_of(id).unwrap(), expected, "{id}");
    }
    let kev = snapshot.kev("CVE-2026-1").unwrap().unwrap();
    assert_eq!(
        (kev.due.as_deref(), kev.ransomware),
        (Some("2026-12-10"), true)
    );
    assert_eq!(snapshot.file(kev.file).unwrap().path, "kev.json");
    assert_eq!(snapshot.kev("CVE-2026-2").unwrap(), None);
    assert_eq!(
        snapshot.epss("CVE-2026-1").unwrap(),
        Some((500_000_000, 900_000_000))
    );
    assert_eq!(snapshot.epss("CVE-2026-3").unwrap(), None);
    snapshot.verify().unwrap();
}

#[test]
fn the_records_are_kept_as_they_came() {
    let built = built(&files());
    let mut records = Records::new(built.sink.as_slice(), built.manifest.records);
    let mut found = Vec::new();
    while let Some(frame) = records.next_frame().unwrap() {
        found.extend(frame.into_iter().map(|packed| (packed.path, packed.bytes)));
    }
    assert_eq!(found, files());
    let part = built.manifest.records;
    let mut copy = Vec::new();
    check_records(&mut built.sink.as_slice(), part, &mut copy)
        .unwrap()
        .unwrap();
    assert_eq!(copy, built.sink);
    for at in 0..built.sink.len() {
        let mut bad = built.sink.clone();
        bad[at] ^= 1;
        let mut records = Records::new(bad.as_slice(), part);
        let read = std::iter::from_fn(|| records.next_frame().transpose());
        assert!(
            read.collect::<Result<Vec<_>, _>>().is_err(),
            "flipped at {at}"
        );
        let checked = check_records(&mut bad.as_slice(), part, &mut std::io::sink());
        assert!(checked.unwrap().is_err(), "flipped at {at}");
        let cut = check_records(&mut &built.sink[..at], part, &mut std::io::sink());
        assert!(cut.unwrap().is_err(), "cut at {at}");
    }
}

#[test]
fn the_same_files_give_the_same_snapshot() {
    let (one, other) = (built(&files()), built(&files()));
    assert_eq!(one.manifest.text(), other.manifest.text());
    assert_eq!((one.index, one.sink), (other.index, other.sink));
    let mut fewer = files();
    fewer.pop();
    assert_ne!(built(&fewer).manifest.digest(), one.manifest.digest());
}

#[test]
fn of_two_records_with_one_identifier_the_newer_is_in_force() {
    let old = osv("PYSEC-1", "2026-11-01T00:00:00Z", "old", "");
    let new = osv("PYSEC-1", "2026-11-02T00:00:00Z", "new", "");
    let same = osv("PYSEC-1", "2026-11-02T00:00:00Z", "same", "");
    for (case, files, found) in [
        ("newer behind", vec![old.clone(), new.clone()], "new"),
        ("newer in front", vec![new.clone(), old.clone()], "new"),
        (
            "the first of the same time",
            vec![new.clone(), same, old],
            "new",
        ),
    ] {
        let snapshot = opened(&built(&files));
        assert_eq!(snapshot.manifest().advisories, 1, "{case}");
        for name in ["old", "new", "same"] {
            assert_eq!(
                affected(&snapshot, name).len(),
                usize::from(name == found),
                "{case}: {name}"
            );
        }
        let numbers = snapshot.advisories_of("PYSEC-1").unwrap();
        assert_eq!(numbers.len(), 1, "{case}");
    }
}

#[test]
fn of_two_lists_the_newer_is_in_force() {
    let older = |text: &str| text.replace("2026-11-20T", "2026-11-10T").into_bytes();
    let kev = older(KEV);
    let kev = String::from_utf8(kev)
        .unwrap()
        .replace("CVE-2026-1", "CVE-2026-9")
        .into_bytes();
    let epss = String::from_utf8(older(EPSS))
        .unwrap()
        .replace("0.5", "0.1")
        .into_bytes();
    let mut more = files();
    more.push(("old-kev.json".to_owned(), kev));
    more.push(("old-epss.csv".to_owned(), epss));
    for reversed in [false, true] {
        if reversed {
            more.reverse();
        }
        let snapshot = opened(&built(&more));
        assert!(snapshot.kev("CVE-2026-1").unwrap().is_some(), "{reversed}");
        assert!(snapshot.kev("CVE-2026-9").unwrap().is_none(), "{reversed}");
        assert_eq!(
            snapshot.epss("CVE-2026-1").unwrap().unwrap().0,
            500_000_000,
            "{reversed}"
        );
    }
}

#[test]
fn an_empty_snapshot_knows_nothing() {
    let snapshot = opened(&built(&[]));
    assert_eq!(affected(&snapshot, "other"), [] as [u32; 0]);
    assert_eq!(snapshot.advisories_of("PYSEC-1").unwrap(), [] as [u32; 0]);
    assert!(snapshot.kev("CVE-2026-1").unwrap().is_none());
    assert!(snapshot.epss("CVE-2026-1").unwrap().is_none());
    assert!(snapshot.advisory(0, |_| ()).is_err());
    snapshot.verify().unwrap();
}

/// Asks everything; what comes back does not matter.
fn ask_everything(snapshot: &Snapshot) -> Result<(), Diagnostic> {
    for package in ["zope-interface", "other", "none", ""] {
        let key = Key::package("PyPI", package);
        snapshot.knows(&key)?;
        snapshot.affected(&key, &mut |entry| {
            for range in &entry.ranges {
                range.at.place(&entry.at.place(&Place::whole()));
            }
            Ok(())
        })?;
    }
    for number in [0, 1, 2, 3, u32::MAX] {
        let file = snapshot.advisory(number, |one| one.file);
        if let Ok(file) = file {
            snapshot.file(file)?;
        } else if number < 3 {
            file?;
        }
    }
    for id in ["PYSEC-1", "CVE-2026-1", "none"] {
        snapshot.advisories_of(id)?;
        snapshot.kev(id)?;
        snapshot.epss(id)?;
    }
    snapshot.verify()
}

#[test]
fn no_flipped_byte_goes_unseen() {
    // Enough records for several pages.
    let many: Vec<_> = (0..1500)
        .map(|number| {
            osv(
                &format!("PYSEC-{number}"),
                "2026-11-01T00:00:00Z",
                &format!("p{number}"),
                "",
            )
        })
        .collect();
    let good = built(&many);
    assert!(good.index.len() > 8 * pages::PAGE_BYTES);
    for step in 0..50 {
        let at = good.index.len() * step / 50;
        let mut bad = good.index.clone();
        bad[at] ^= 0x10;
        let manifest = good.manifest.text();
        let found = Snapshot::open(manifest.as_bytes(), Box::new(Bytes(bad)))
            .and_then(|snapshot| snapshot.verify());
        assert_eq!(found.unwrap_err().code, "feed-damaged", "flipped at {at}");
        let cut = good.index[..at].to_vec();
        let found = Snapshot::open(manifest.as_bytes(), Box::new(Bytes(cut)));
        assert_eq!(found.err().unwrap().code, "feed-damaged", "cut at {at}");
    }
}

/// A generator of our own: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

#[test]
fn a_nonsensical_index_that_its_maker_vouches_for_is_refused_and_never_panics() {
    let good = built(&files());
    let length = usize::try_from(good.manifest.index.bytes).unwrap();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut refused = 0;
    for _ in 0..2000 {
        let mut data = good.index[..length].to_vec();
        let mut manifest = good.manifest.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(data.len());
            match random.below(5) {
                0 => data[at] ^= 1 << random.below(8),
                1 => data[at] = [0, 0x7F, 0x80, 0xFF][random.below(4)],
                2 => {
                    let end = (at + 1 + random.below(16)).min(data.len());
                    data[at..end].fill(0xFF);
                }
                3 => {
                    let end = (at + random.below(64)).min(data.len());
                    data.drain(at..end);
                }
                _ => {
                    let parts: Vec<String> = manifest.parts.keys().cloned().collect();
                    let part = manifest
                        .parts
                        .get_mut(&parts[random.below(parts.len())])
                        .unwrap();
                    let number = [
                        0,
                        1,
                        3,
                        part.bytes / 2,
                        part.bytes.saturating_add(1),
                        length as u64,
                        u64::MAX,
                    ];
                    let number = number[random.below(number.len())];
                    if random.below(2) == 0 {
                        part.bytes = number;
                    } else {
                        part.offset = number;
                    }
                }
            }
            if data.is_empty() {
                data.push(0);
            }
        }
        manifest.index = seal(&mut data);
        let text = manifest.text();
        let asked = Snapshot::open(text.as_bytes(), Box::new(Bytes(data)))
            .and_then(|snapshot| ask_everything(&snapshot));
        if let Err(fault) = asked {
            assert_eq!(fault.code, "feed-damaged");
            refused += 1;
        }
    }
    assert!(refused > 1000, "{refused}");
}

#[test]
fn nonsensical_records_that_their_maker_vouches_for_never_panic() {
    let good = built(&files());
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    for _ in 0..2000 {
        let mut bad = good.sink.clone();
        let at = random.below(bad.len());
        bad[at] = [0, 1, 0x80, 0xFF][random.below(4)];
        let part = Part {
            offset: 0,
            bytes: bad.len() as u64,
            sha256: Some(Digest::of(&bad)),
        };
        let mut records = Records::new(Cursor::new(bad), part);
        while let Ok(Some(_)) = records.next_frame() {}
    }
}

#[test]
fn a_manifest_is_read_strictly() {
    let good = built(&files()).manifest.text();
    for (how, text, code) in [
        ("no JSON", "{".to_owned(), "feed-damaged"),
        ("nothing", String::new(), "feed-damaged"),
        ("deep", "[".repeat(100_000), "feed-damaged"),
        (
            "another form",
            good.replace("feed/v1", "feed/v2"),
            "feed-version",
        ),
        (
            "an unknown field",
            good.replacen('{', "{\"more\":1,", 1),
            "feed-damaged",
        ),
        (
            "a field less",
            good.replace("\"kev\":1,", ""),
            "feed-damaged",
        ),
        (
            "no digest",
            good.replace("\"sha256\":\"", "\"sha256\":\"x"),
            "feed-damaged",
        ),
    ] {
        assert_eq!(
            Manifest::parse(text.as_bytes()).unwrap_err().code,
            code,
            "{how}"
        );
    }
    assert_eq!(Manifest::parse(good.as_bytes()).unwrap().text(), good);
}
