//! Snapshots made in memory, and component lists made of package URLs.

use mekiki::evidence::sbom::model::{Component, ComponentKind};
use mekiki::matching::{Matcher, Outcome, Policy};
use mekiki::snapshot::{Builder, Bytes, Imported, Snapshot};
use mekiki::time::parse_day;

use crate::corpus::{Corpus, files_of_tar};

/// A snapshot of files, known until a day.
pub(crate) fn snapshot_of(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    known_until: &str,
) -> Snapshot {
    let mut builder = Builder::new(Vec::new());
    let source = builder.source("test");
    builder.know_until(source, Some(known_until));
    for (path, bytes) in files {
        let skipped = builder.add(source, Imported::read(path, bytes)).unwrap();
        assert!(skipped.iter().all(|one| !one.whole), "{skipped:?}");
    }
    let built = builder.finish().unwrap();
    let manifest = built.manifest.text();
    Snapshot::open(manifest.as_bytes(), Box::new(Bytes(built.index))).unwrap()
}

/// Every advisory of the corpus that is a single record, and every set of them.
pub(crate) fn corpus_advisories(corpus: &Corpus) -> Vec<(String, Vec<u8>)> {
    let is_record = |path: &str| {
        [".json", ".yaml", ".yml"]
            .iter()
            .any(|ending| path.ends_with(ending))
            || path.contains("crates/")
                && path
                    .rsplit_once('.')
                    .is_some_and(|(_, ending)| ending == "md")
    };
    let mut files = Vec::new();
    for row in corpus.rows.iter().filter(|row| row.kind == "advisory") {
        let bytes = corpus.read(row.path.trim_end_matches(".zst"));
        if row.path.contains(".tar") {
            let members = files_of_tar(&bytes).into_iter();
            let records = members.filter(|(path, _)| is_record(path));
            files.extend(
                records.map(|(path, bytes)| (format!("{}!/{path}", row.path), bytes.to_vec())),
            );
        } else if row.path.starts_with("osv/") {
            files.push((row.path.clone(), bytes));
        }
    }
    files
}

/// Components by their package URLs.
pub(crate) fn components<'a>(purls: impl IntoIterator<Item = &'a str>) -> Vec<Component> {
    let component = |purl: &str| Component {
        kind: ComponentKind::Library,
        name: purl.into(),
        purl: Some(purl.into()),
        ..Component::default()
    };
    purls.into_iter().map(component).collect()
}

/// Judges components as of a day, by knowledge that may be 30 days old.
pub(crate) fn judge<'s>(
    snapshot: &Snapshot,
    components: &'s [Component],
    as_of: &str,
) -> Outcome<'s> {
    let policy = Policy {
        as_of: parse_day(as_of).unwrap(),
        maximum_age_days: 30,
    };
    Matcher::new(snapshot, policy).judge(components).unwrap()
}
