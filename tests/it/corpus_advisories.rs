//! Every advisory of the corpus is read, and means what independent readings of it mean.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use mekiki::cvss;
use mekiki::evidence::advisory::rustsec::read_advisory;
use mekiki::evidence::advisory::{Advisory, Affected, Content, Event, EventKind, Parsed, read};
use mekiki::evidence::lockfile;
use mekiki::version::Scheme;

use crate::corpus::{Corpus, corpus, files_of_tar, say};

/// The files of a row: of an archive those inside of it.
fn files(corpus: &Corpus, path: &str) -> Vec<(String, Vec<u8>)> {
    let content = corpus.read(path);
    if !path.ends_with(".tar.zst") {
        return vec![(path.to_owned(), content)];
    }
    let files = files_of_tar(&content).into_iter();
    files
        .filter(|(name, _)| name != "LICENSE.txt")
        .map(|(name, bytes)| (format!("{path}/{name}"), bytes.to_vec()))
        .collect()
}

/// The advisories of one row, each with the file that it stands in.
fn advisories(corpus: &Corpus, path: &str) -> Vec<(String, Advisory)> {
    let mut all = Vec::new();
    for (name, bytes) in files(corpus, path) {
        match read(&bytes, &name) {
            Ok(Parsed {
                content: Content::Advisories(list),
                ..
            }) => {
                all.extend(list.into_iter().map(|one| (name.clone(), one)));
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    all
}

#[test]
fn every_record_is_read() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut unexpected = Vec::new();
    for row in &corpus.rows {
        if !row.path.starts_with("osv/") && !row.path.starts_with("kev/") {
            continue;
        }
        let mut stated = None;
        for (name, bytes) in files(corpus, &row.path) {
            let Parsed {
                content, remarks, ..
            } = read(&bytes, &name).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
            *counts.entry(row.format.clone()).or_default() += match &content {
                Content::Advisories(list) => list.len(),
                Content::Kev(kev) => kev.entries.len(),
                other => panic!("{name}: {other}"),
            };
            *stated.get_or_insert(0) += match &content {
                Content::Advisories(list) => list.len(),
                Content::Kev(kev) => kev.entries.len(),
                _ => 0,
            };
            unexpected.extend(remarks.iter().map(|remark| format!("{name}: {remark}")));
        }
        // The manifest counts: `parse; 3187 advisories (…)`, `parse: 702 entries (…)`.
        let words: Vec<_> = row.expected.split([' ', ':', ';']).collect();
        let counted = words
            .windows(2)
            .find(|pair| pair[1] == "advisories" || pair[1] == "entries");
        if let Some(pair) = counted {
            assert_eq!(
                stated.map(|one| one.to_string()).as_deref(),
                Some(pair[0]),
                "{}",
                row.path
            );
        }
    }
    let counted: Vec<_> = counts
        .iter()
        .map(|(format, count)| format!("{format} {count}"))
        .collect();
    say(&format!("corpus advisories: {}", counted.join(", ")));
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

/// Whether a version is affected by events that stand in order, as those of requirements do.
fn is_inside(events: &[Event], version: &str, order: impl Fn(&str, &str) -> Ordering) -> bool {
    let mut is_affected = false;
    for event in events {
        let side = match event.version.as_str() {
            "0" if event.kind == EventKind::Introduced => Ordering::Greater,
            edge => order(version, edge),
        };
        match event.kind {
            EventKind::Introduced if side.is_ge() => is_affected = true,
            EventKind::IntroducedAfter if side.is_gt() => is_affected = true,
            EventKind::Fixed if side.is_ge() => is_affected = false,
            EventKind::LastAffected if side.is_gt() => is_affected = false,
            _ => {}
        }
    }
    is_affected
}

fn events(affected: &Affected) -> &[Event] {
    affected.ranges.first().map_or(&[], |range| &range.events)
}

#[test]
fn crates_are_affected_as_the_package_of_the_database_says() {
    let Some(corpus) = corpus() else { return };
    let order = |one: &str, other: &str| {
        let read = |text: &str| semver::Version::parse(text).expect("a semantic version");
        read(one).cmp_precedence(&read(other))
    };
    let (mut records, mut asked, mut affected) = (0, 0, 0);
    for (name, bytes) in files(corpus, "osv/rustsec.tar.zst") {
        let one = read_advisory(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let advisory = one.advisory();
        let events = events(&advisory.affected[0]);
        let mut versions =
            BTreeSet::from(["0.0.0-0", "0.0.0", "1.0.0", "999.0.0"].map(str::to_owned));
        for event in events.iter().filter(|event| event.version != "0") {
            let edge = semver::Version::parse(&event.version).expect("a semantic version");
            let (major, minor, patch) = (edge.major, edge.minor, edge.patch);
            versions.insert(edge.to_string());
            versions.insert(format!(
                "{edge}{}0",
                if edge.pre.is_empty() { "-" } else { "." }
            ));
            for (major, minor, patch) in [
                (major, minor, patch),
                (major, minor, patch + 1),
                (major, minor, patch.saturating_sub(1)),
                (major, minor + 1, 0),
                (major, minor.saturating_sub(1), 9),
                (major + 1, 0, 0),
            ] {
                for rest in ["", "-0", "-alpha", "-alpha.1", "-rc.1", "-zz", "+b"] {
                    versions.insert(format!("{major}.{minor}.{patch}{rest}"));
                }
            }
        }
        records += 1;
        for version in versions {
            let expected = one.touches(one.package(), &version);
            let found = is_inside(events, &version, order);
            assert_eq!(Some(found), expected, "{name}: {version} in {events:?}");
            asked += 1;
            affected += usize::from(found);
        }
    }
    say(&format!(
        "rustsec: {records} records, {asked} versions, {affected} of them affected"
    ));
    assert_eq!(records, 1225);
}

/// Whether a version fulfills a requirement as the documentation of `Gem::Requirement` puts it, by
/// comparisons alone.
fn fulfills(version: &str, requirement: &str) -> bool {
    let order = |one: &str, other: &str| {
        let order = Scheme::RubyGems.compare(one, other);
        order.unwrap_or_else(|| panic!("{one} and {other}"))
    };
    requirement.split(',').all(|clause| {
        let clause = clause.trim();
        let (operator, edge) = clause.split_once(' ').unwrap_or(("=", clause));
        let side = order(version, edge);
        match operator {
            "=" => side.is_eq(),
            ">" => side.is_gt(),
            ">=" => side.is_ge(),
            "<" => side.is_lt(),
            "<=" => side.is_le(),
            "~>" => {
                let numbers = |text: &str| -> Vec<u64> {
                    let text = text.replace('-', ".pre.");
                    text.split('.')
                        .map_while(|part| part.parse().ok())
                        .collect()
                };
                let mut bumped = numbers(edge);
                if bumped.len() > 1 {
                    bumped.pop();
                }
                *bumped.last_mut().expect("a version begins with a number") += 1;
                let text = |numbers: &[u64]| {
                    let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
                    numbers.join(".")
                };
                side.is_ge() && order(&text(&numbers(version)), &text(&bumped)).is_lt()
            }
            other => panic!("{other}"),
        }
    })
}

#[test]
fn gems_are_affected_as_their_requirements_say() {
    let Some(corpus) = corpus() else { return };
    let (mut records, mut asked) = (0, 0);
    for (name, bytes) in files(corpus, "osv/rubysec.tar.zst") {
        let Parsed { content, .. } = read(&bytes, &name).expect("the test above has read it");
        let Content::Advisories(list) = content else {
            panic!("{name}")
        };
        let events = events(&list[0].affected[0]);
        let text = String::from_utf8(bytes).expect("the records are UTF-8");
        let mut requirements: Vec<&str> = Vec::new();
        let mut is_listed = false;
        for line in text.lines() {
            if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| is_listed) {
                requirements.push(item.trim().trim_matches(['"', '\'']));
            } else if !line.trim().is_empty() {
                is_listed =
                    ["patched_versions:", "unaffected_versions:"].contains(&line.trim_end());
            }
        }
        let mut versions = BTreeSet::from(["0", "0.0.1.a", "1", "999"].map(str::to_owned));
        let edges = requirements.iter().flat_map(|one| one.split(','));
        for edge in edges.filter_map(|clause| clause.trim().split(' ').next_back()) {
            for rest in ["", ".0", ".1", ".a", ".pre", "-rc1", ".0.0.1"] {
                versions.insert(format!("{edge}{rest}"));
            }
            let mut numbers: Vec<u64> = edge.split('.').map_while(|one| one.parse().ok()).collect();
            while let Some(last) = numbers.pop() {
                let before: String = numbers.iter().map(|one| format!("{one}.")).collect();
                for last in [last.saturating_sub(1), last, last + 1] {
                    for rest in ["", ".a", ".rc.1", ".9"] {
                        versions.insert(format!("{before}{last}{rest}"));
                    }
                }
            }
        }
        records += 1;
        for version in versions {
            let expected = !requirements.iter().any(|one| fulfills(&version, one));
            let found = is_inside(events, &version, |one, other| {
                Scheme::RubyGems
                    .compare(one, other)
                    .expect("versions of gems")
            });
            assert_eq!(
                found, expected,
                "{name}: {version} in {events:?} of {requirements:?}"
            );
            asked += 1;
        }
    }
    say(&format!("rubysec: {records} records, {asked} versions"));
    assert_eq!(records, 1099);
}

/// What an advisory says of each package: kinds and versions of events, and versions alone.
fn statements(advisory: &Advisory) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in &advisory.affected {
        let package = one.package.as_ref().expect("the pairs name packages");
        let said = all
            .entry(format!("{} {}", package.ecosystem, package.name))
            .or_default();
        for range in &one.ranges {
            for event in &range.events {
                said.insert(format!(
                    "{:?} {:?} {}",
                    range.kind, event.kind, event.version
                ));
            }
        }
        said.extend(
            one.versions
                .iter()
                .map(|version| format!("{version} alone")),
        );
    }
    all
}

#[test]
fn answers_of_github_mean_what_their_conversions_mean() {
    /// What a conversion says otherwise, and how it stands in the answer: where an answer excludes the
    /// lower bound, a conversion names a next version, which Maven does not have; where it names the last
    /// affected version, an older conversion leaves the range open.
    const OTHERWISE: [(&str, &str); 3] = [
        (
            "Ecosystem Introduced 11.6.1",
            "Ecosystem IntroducedAfter 11.6",
        ),
        ("Semver Introduced 2.1.1-0", "Semver IntroducedAfter 2.1.0"),
        ("", "Semver LastAffected 1.2.1"),
    ];
    let Some(corpus) = corpus() else { return };
    let mut pairs = 0;
    let mut used = BTreeSet::new();
    for row in &corpus.rows {
        let Some(stem) = row.path.strip_suffix(".osv.json") else {
            continue;
        };
        let one = |path: &str| advisories(corpus, path).remove(0).1;
        let (converted, answer) = (one(&row.path), one(&format!("{stem}.json")));
        pairs += 1;
        assert_eq!(answer.id, converted.id);
        assert_eq!(answer.aliases, converted.aliases, "{stem}");
        assert_eq!(answer.summary, converted.summary, "{stem}");
        assert_eq!(
            (answer.published, answer.modified, answer.withdrawn),
            (converted.published, converted.modified, converted.withdrawn),
            "{stem}"
        );
        let mut expected = statements(&converted);
        let found = statements(&answer);
        for (package, said) in &mut expected {
            for (theirs, ours) in OTHERWISE {
                if found[package].contains(ours) && (theirs.is_empty() || said.remove(theirs)) {
                    said.insert(ours.to_owned());
                    used.insert(ours);
                }
            }
        }
        assert_eq!(found, expected, "{stem}");
    }
    assert_eq!((pairs, used.len()), (6, OTHERWISE.len()));
}

#[test]
fn vectors_of_advisories_have_the_score_of_a_peer() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in corpus
        .rows
        .iter()
        .filter(|row| row.path.starts_with("osv/"))
    {
        for (name, advisory) in advisories(corpus, &row.path) {
            let own = advisory.affected.iter().flat_map(|one| &one.ratings);
            for rating in advisory.ratings.iter().chain(own) {
                if !rating.value.contains("AV:") {
                    let is_known = cvss::Severity::of_word(&rating.value).is_some()
                        || cvss::parse_decimal(&rating.value).is_some();
                    assert!(is_known, "{name}: {}", rating.value);
                    *counts.entry("other").or_default() += 1;
                    continue;
                }
                let score = cvss::score(&rating.value)
                    .unwrap_or_else(|error| panic!("{name}: {}: {error}", rating.value));
                *counts.entry(score.version).or_default() += 1;
                if score.version == "2.0" {
                    continue;
                }
                let peer: ::cvss::Cvss = score.vector.parse().expect("a vector of ours");
                assert_eq!(
                    score.decimal(),
                    format!("{:.1}", peer.score()),
                    "{name}: {}",
                    rating.value
                );
                assert_eq!(score.severity.word(), peer.severity().to_string(), "{name}");
            }
        }
    }
    say(&format!("corpus ratings: {counts:?}"));
    assert!(counts.contains_key("3.1") && counts.contains_key("4.0"));
}

#[test]
fn lock_files_are_read_as_the_package_of_cargo_reads_them() {
    let Some(corpus) = corpus() else { return };
    let (mut files, mut packages) = (0, 0);
    for row in corpus.rows.iter().filter(|row| row.kind == "lockfile") {
        let bytes = corpus.read(&row.path);
        let (own, remarks) =
            lockfile::read(&bytes).unwrap_or_else(|faults| panic!("{}: {faults:?}", row.path));
        assert_eq!(remarks, [], "{}", row.path);
        let text = std::str::from_utf8(&bytes).expect("lock files are UTF-8");
        let peer: rustsec::Lockfile = text.parse().expect("the peer reads it");
        let told: BTreeSet<_> = own
            .packages
            .iter()
            .map(|one| {
                let is_public = one.source == lockfile::Source::Public;
                (
                    one.name.clone(),
                    one.version.clone(),
                    is_public,
                    one.checksum.clone(),
                )
            })
            .collect();
        let expected: BTreeSet<_> = peer
            .packages
            .iter()
            .map(|one| {
                let source = one.source.as_ref();
                let is_public = source.is_some_and(rustsec::SourceId::is_default_registry);
                let checksum = one.checksum.as_ref().map(ToString::to_string);
                (
                    one.name.to_string(),
                    one.version.to_string(),
                    is_public,
                    checksum,
                )
            })
            .collect();
        assert_eq!(told, expected, "{}", row.path);
        for one in &own.packages {
            let line = one.at.line.expect("a package has a line") as usize;
            let rest: Vec<_> = text.lines().skip(line).take(2).collect();
            assert_eq!(rest[0], format!("name = \"{}\"", one.name), "{}", row.path);
        }
        files += 1;
        packages += own.packages.len();
    }
    say(&format!("lock files: {files} with {packages} packages"));
    assert_eq!(files, 10);
}
