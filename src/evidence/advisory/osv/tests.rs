use super::*;
use crate::evidence::advisory::{EventKind, RangeKind};
use crate::tape::{parse_json, parse_yaml_texts};

fn of_json(text: &str) -> (Advisory, Vec<Diagnostic>) {
    read(parse_json(text).unwrap().root()).unwrap()
}

fn told(remarks: &[Diagnostic]) -> Vec<String> {
    remarks.iter().map(ToString::to_string).collect()
}

const WHOLE: &str = r#"{
  "schema_version": "1.7.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-02-01T00:00:00Z",
  "published": "2026-01-01T09:30:00.5Z", "withdrawn": "2026-03-01T00:00:00Z",
  "aliases": ["CVE-2026-0001"], "upstream": ["CVE-2026-0002"], "related": ["CVE-2026-0003"],
  "summary": "Reads past the end", "details": "…",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{
    "package": {"ecosystem": "npm", "name": "kakitori", "purl": "pkg:npm/kakitori"},
    "ranges": [{"type": "SEMVER", "events": [
      {"introduced": "0"}, {"fixed": "1.2.3"}, {"introduced": "2.0.0"}, {"last_affected": "2.1.0"}, {"limit": "3.0.0"}]}],
    "versions": ["1.0.0"],
    "ecosystem_specific": {"severity": "HIGH"}
  }],
  "references": [{"type": "WEB", "url": "https://a.example/1"}, {"type": "ADVISORY", "url": "https://a.example/2"}]
}"#;

#[test]
fn a_record_is_read_with_its_places() {
    let (advisory, remarks) = of_json(WHOLE);
    assert_eq!(told(&remarks), [""; 0]);
    assert_eq!(advisory.id, "GHSA-aaaa-bbbb-cccc");
    assert_eq!(
        (advisory.aliases, advisory.upstream, advisory.related),
        (
            vec!["CVE-2026-0001".to_owned()],
            vec!["CVE-2026-0002".to_owned()],
            vec!["CVE-2026-0003".to_owned()]
        )
    );
    let instants = [advisory.published, advisory.modified, advisory.withdrawn];
    assert_eq!(
        instants.map(|one| one.unwrap().to_string()),
        [
            "2026-01-01T09:30:00.5Z",
            "2026-02-01T00:00:00Z",
            "2026-03-01T00:00:00Z"
        ]
    );
    assert_eq!(advisory.url.as_deref(), Some("https://a.example/2"));
    assert_eq!(advisory.ratings.len(), 1);
    assert_eq!(advisory.ratings[0].at, Place::pointer("/severity/0"));
    let [affected] = advisory.affected.as_slice() else {
        panic!("{:?}", advisory.affected)
    };
    assert_eq!(affected.purl.as_deref(), Some("pkg:npm/kakitori"));
    assert_eq!(affected.versions, ["1.0.0"]);
    assert_eq!(affected.ratings[0].value, "HIGH");
    let [range] = affected.ranges.as_slice() else {
        panic!("{:?}", affected.ranges)
    };
    assert_eq!(range.kind, RangeKind::Semver);
    let events: Vec<_> = range
        .events
        .iter()
        .map(|one| (one.kind, one.version.as_str()))
        .collect();
    assert_eq!(
        events,
        [
            (EventKind::Introduced, "0"),
            (EventKind::Fixed, "1.2.3"),
            (EventKind::Introduced, "2.0.0"),
            (EventKind::LastAffected, "2.1.0"),
            (EventKind::Limit, "3.0.0"),
        ]
    );
    let at = Place::pointer("/affected/0/ranges/0/events/3/last_affected");
    assert_eq!(range.events[3].at, at);
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, expected) in [
        (
            r#"{"id":"A-1","affected":[],"aliases":null,"withdrawn":null}"#,
            vec![],
        ),
        (
            r#"{"id":"A-1","aliases":"CVE-2026-1"}"#,
            vec!["/aliases: error[advisory-field]: `aliases` is a text, not a list"],
        ),
        (
            r#"{"id":"A-1","aliases":[{}],"summary":1}"#,
            vec![
                "/aliases/0: error[advisory-field]: a value is an object, not a text",
                "/summary: warning[advisory-field]: `summary` is a number, not a text",
            ],
        ),
        (
            r#"{"id":"A-1","affected":{}}"#,
            vec!["/affected: error[advisory-field]: `affected` is an object, not a list"],
        ),
        (
            r#"{"id":"A-1","affected":["x",{"package":[]}]}"#,
            vec![
                "/affected/0: error[advisory-field]: a value is a text, not an object",
                "/affected/1/package: error[advisory-field]: `package` is a list, not an object",
            ],
        ),
        (
            r#"{"id":"A-1","affected":[{"package":{"name":"x"}}]}"#,
            vec![
                "/affected/0/package: error[advisory-package]: the package lacks its `ecosystem` or `name`, so nothing can match it",
            ],
        ),
        (
            r#"{"id":"A-1","affected":[{"package":{"purl":"pkg:npm/x"}}]}"#,
            vec![],
        ),
        (
            r#"{"id":"A-1","affected":[{"ranges":[{"type":"semver","events":[]}]}]}"#,
            vec![
                "/affected/0/ranges/0/type: error[advisory-range]: a range of type `semver` cannot be evaluated",
            ],
        ),
        (
            r#"{"id":"A-1","affected":[{"ranges":[{"type":"SEMVER","events":[{"fixed":"1"},{"mended":"2"},{"fixed":[]},{"fixed":""}]}]}]}"#,
            vec![
                "/affected/0/ranges/0/events/1/mended: error[advisory-range]: an event `mended` cannot be evaluated",
                "/affected/0/ranges/0/events/2/fixed: error[advisory-field]: `fixed` is a list, not a version",
                "/affected/0/ranges/0/events/3/fixed: error[advisory-field]: `fixed` is a text, not a version",
                "/affected/0/ranges/0: error[advisory-range]: the range has no `introduced` event, so no version is inside of it",
            ],
        ),
        (
            r#"{"id":"A-1","withdrawn":"long ago","published":"yesterday"}"#,
            vec![
                "/published: warning[advisory-instant]: `published` is no point in time, so it is not known",
                "/withdrawn: error[advisory-instant]: `withdrawn` is no point in time, so it is not known",
            ],
        ),
        (
            r#"{"id":"A-1","severity":[{"type":"CVSS_V3","score":"7.5"},{"type":"Ubuntu","score":"medium"}]}"#,
            vec![
                "/severity/0: warning[advisory-severity]: `7.5` has no score: the vector is of no known version of CVSS",
            ],
        ),
    ] {
        let (advisory, remarks) = of_json(text);
        assert_eq!(advisory.id, "A-1");
        let told: Vec<_> = told(&remarks)
            .into_iter()
            .map(|one| one.split("; help:").next().unwrap().to_owned())
            .collect();
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn a_record_without_a_name_is_none() {
    for (text, place) in [
        ("{}", Some("")),
        (r#"{"id":""}"#, Some("/id")),
        (r#"{"id":7}"#, Some("/id")),
        (r#"["id"]"#, Some("")),
        ("null", Some("")),
    ] {
        let fault = read(parse_json(text).unwrap().root()).unwrap_err();
        assert_eq!(fault.code, "advisory-malformed");
        assert_eq!(fault.at.pointer.as_deref(), place, "{text}");
    }
}

#[test]
fn versions_in_yaml_stay_as_they_are_written() {
    let text = "id: PYSEC-2026-1\naffected:\n- package: {name: x, ecosystem: PyPI}\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: 0\n    - fixed: 1.10\n  versions: [1.0, 1e3, 0x10, 2026-01-02, yes]\nmodified: 2026-01-02T00:00:00Z\n";
    let tape = parse_yaml_texts(text, &[]).unwrap();
    let (advisory, remarks) = read(tape.root()).unwrap();
    assert_eq!(told(&remarks), [""; 0]);
    let affected = &advisory.affected[0];
    assert_eq!(
        affected.versions,
        ["1.0", "1e3", "0x10", "2026-01-02", "yes"]
    );
    let versions = affected.ranges[0]
        .events
        .iter()
        .map(|one| one.version.as_str());
    assert_eq!(versions.collect::<Vec<_>>(), ["0", "1.10"]);
}

#[test]
fn a_record_says_what_it_is_about() {
    for (text, nature) in [
        (r#"{"id":"MAL-2026-1"}"#, Nature::Malicious),
        (r#"{"id":"A"}"#, Nature::Vulnerability),
        (
            r#"{"id":"A","affected":[{"database_specific":{"informational":"unmaintained"}}]}"#,
            Nature::Unmaintained,
        ),
        (
            r#"{"id":"A","affected":[{"database_specific":{"informational":null}}]}"#,
            Nature::Vulnerability,
        ),
    ] {
        assert_eq!(of_json(text).0.nature, nature, "{text}");
    }
}

#[test]
fn a_word_is_a_rating_where_there_is_no_vector() {
    for (text, expected) in [
        (
            r#"{"id":"A","database_specific":{"severity":"MODERATE"}}"#,
            &["MODERATE"][..],
        ),
        (
            r#"{"id":"A","database_specific":{"severity":"unheard of"}}"#,
            &[],
        ),
        (
            r#"{"id":"A","severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:N/I:N/A:C"}],"database_specific":{"severity":"LOW"}}"#,
            &["AV:N/AC:L/Au:N/C:N/I:N/A:C"],
        ),
    ] {
        let (advisory, remarks) = of_json(text);
        let values: Vec<_> = advisory
            .ratings
            .iter()
            .map(|one| one.value.as_str())
            .collect();
        assert_eq!((values.as_slice(), remarks.len()), (expected, 0), "{text}");
    }
}

#[test]
fn the_scope_is_told() {
    let text = r#"{"id":"GO-1","affected":[{"ecosystem_specific":{"imports":[
        {"path":"a/b","symbols":["F","T.M"],"goos":["windows"]},{"path":"c","goos":["windows"]}]}}]}"#;
    let scope = &of_json(text).0.affected[0].scope;
    assert_eq!(scope.functions, ["a/b.F", "a/b.T.M", "c"]);
    assert_eq!(scope.systems, ["windows"]);
}
