//! Every line of the corpus that says how two versions of an ecosystem are ordered.

use std::cmp::Ordering;

use mekiki::version::Scheme;

use crate::corpus::{corpus, say};

/// The files, which are named by their ecosystem.
const FILES: [&str; 12] = [
    "alpine",
    "cran",
    "debian",
    "hackage",
    "maven",
    "nuget",
    "packagist",
    "pub",
    "pypi",
    "redhat",
    "rubygems",
    "semver",
];

#[test]
fn every_line_of_the_corpus_holds() {
    let Some(corpus) = corpus() else { return };
    let mut lines = 0;
    let mut broken = Vec::new();
    for name in FILES {
        let scheme = Scheme::of_ecosystem(name).unwrap_or_else(|| panic!("{name} has a scheme"));
        let text = String::from_utf8(corpus.read(&format!("versions/{name}.txt"))).unwrap();
        for line in text.lines() {
            // One line of the Python file is commented out by its authors, and says `False` of itself.
            if line.starts_with("//") {
                continue;
            }
            let parts: Vec<_> = line.split(' ').collect();
            let [one, sign, other] = parts.as_slice() else {
                panic!("{name}: {line}");
            };
            let expected = match *sign {
                "<" => Ordering::Less,
                "=" => Ordering::Equal,
                ">" => Ordering::Greater,
                _ => panic!("{name}: {line}"),
            };
            let order = scheme.compare(one, other);
            if order != Some(expected) {
                broken.push(format!("{name}: {line}, not {order:?}"));
            }
            let mirrored = scheme.compare(other, one);
            if mirrored != order.map(Ordering::reverse) {
                broken.push(format!("{name}: {line}, mirrored {mirrored:?}"));
            }
            lines += 1;
        }
    }
    say(&format!(
        "{lines} lines of versions, {} broken",
        broken.len()
    ));
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_ecosystem_of_the_schema_is_decided() {
    let Some(corpus) = corpus() else { return };
    let schema: serde_json::Value =
        serde_json::from_slice(&corpus.read("schemas/osv/schema.json")).unwrap();
    let listed: serde_json::Value =
        serde_json::from_slice(&corpus.read("schemas/osv/ecosystems.json")).unwrap();
    let mut names: Vec<_> = schema["$defs"]["ecosystemName"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    names.extend(listed.as_object().unwrap().keys().cloned());
    names.push("GIT".to_owned());
    names.push("SemVer".to_owned());
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup();
    let ours: Vec<_> = mekiki::version::ecosystem::ECOSYSTEMS
        .iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, ours);
}
