use std::fmt::Write as _;

use super::*;

fn told(bytes: &[u8], path: &str) -> String {
    match read(bytes, path) {
        Ok((content, remarks)) => {
            let codes: Vec<_> = remarks.iter().map(|one| one.code).collect();
            format!("{content} {}", codes.join(" "))
                .trim_end()
                .to_owned()
        }
        Err(faults) => faults
            .iter()
            .map(|one| one.code)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

#[test]
fn a_file_is_read_by_its_bytes() {
    for (text, expected) in [
        (r#"{"id":"A","affected":[]}"#, "1 advisories"),
        ("\u{feff} {\"id\":\"A\",\"affected\":[]}", "1 advisories"),
        (
            r#"[{"id":"A","affected":[]},{"affected":[]},7]"#,
            "1 advisories advisory-malformed advisory-malformed",
        ),
        (
            r#"{"vulns":[{"id":"A","affected":[]},{"id":"B"}]}"#,
            "2 advisories",
        ),
        (
            r#"{"id":"A","id":"B","affected":[]}"#,
            "1 advisories json-duplicate-member",
        ),
        (r#"{"ghsa_id":"A"}"#, "1 advisories"),
        (r#"[{"ghsa_id":"A"},{"ghsa_id":"B"}]"#, "2 advisories"),
        (
            r#"{"data":{"securityAdvisories":{"nodes":[{"ghsaId":"A"}]}}}"#,
            "1 advisories",
        ),
        (
            r#"{"data":{"securityAdvisory":{"ghsaId":"A"}}}"#,
            "1 advisories",
        ),
        ("id: A\naffected: []\n", "1 advisories"),
        ("gem: a\ncve: 1\ntitle: b\n", "1 advisories"),
        (
            "gem: a\npatched_versions: []\ntitle: b\n",
            "advisory-malformed",
        ),
        (
            "```toml\n[advisory]\nid = \"RUSTSEC-2026-9001\"\npackage = \"a\"\ndate = \"2026-09-01\"\n\n[versions]\npatched = []\n```\n\n# T\n\nD\n",
            "1 advisories",
        ),
        (
            "```toml\n[advisory]\n```\n\n# T\n\nD\n",
            "advisory-malformed",
        ),
        (
            r#"{"catalogVersion":"1","count":0,"vulnerabilities":[]}"#,
            "0 exploited",
        ),
        (
            "#model_version:x,score_date:2026-11-20\ncve,epss,percentile\nCVE-1,0,0\n",
            "1 scores",
        ),
        (r#"[{"cycle":"1","eol":true}]"#, "1 products"),
        (r#"{"bomFormat":"CycloneDX"}"#, "advisory-unrecognized"),
        ("{}", "advisory-unrecognized"),
        ("hello", "advisory-unrecognized"),
        ("", "advisory-unrecognized"),
        (r#"{"id":"A","affected":["#, "json-truncated"),
        ("id: A\naffected: [\n", "yaml-syntax"),
    ] {
        assert_eq!(told(text.as_bytes(), "feed/x.json"), expected, "{text}");
    }
}

#[test]
fn a_name_fills_in_what_a_file_leaves_to_it() {
    let cycles = br#"[{"cycle":"1","eol":true}]"#;
    let (content, _) = read(cycles, "lifecycles/python.json").unwrap();
    let Content::Lifecycles(products) = content else {
        panic!("{content:?}")
    };
    assert_eq!(products[0].product, "python");
    let gem = b"gem: a\npatched_versions: []\ntitle: b\n";
    let (content, _) = read(gem, "gems/a/CVE-2026-1.yml").unwrap();
    let Content::Advisories(advisories) = content else {
        panic!("{content:?}")
    };
    assert_eq!(advisories[0].id, "CVE-2026-1");
}

#[test]
fn a_compressed_file_is_read() {
    let table = b"#model_version:x,score_date:2026-11-20\ncve,epss,percentile\nCVE-1,0,0\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, table).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(told(&packed, "epss.csv.gz"), "1 scores");
    assert_eq!(
        told(&packed[..packed.len() - 9], "epss.csv.gz"),
        "compressed-malformed"
    );
}

#[test]
fn a_table_of_every_vulnerability_is_read_in_one_pass() {
    let mut table = "#model_version:x,score_date:2026-11-20\ncve,epss,percentile\n".to_owned();
    for number in 0..300_000 {
        writeln!(table, "CVE-2026-{number},0.{number:06},0.5").unwrap();
    }
    assert_eq!(told(table.as_bytes(), "epss.csv"), "300000 scores");
}

#[test]
fn many_items_do_not_take_long() {
    let events = vec![r#"{"introduced":"0"}"#; 50_000].join(",");
    let ranges = format!(r#"{{"type":"SEMVER","events":[{events}]}}"#);
    let ratings = vec![r#"{"type":"CVSS_V3","score":"x"}"#; 50_000].join(",");
    let affected = vec![r#"{"package":7}"#; 50_000].join(",");
    let text = format!(
        r#"{{"id":"A","severity":[{ratings}],"affected":[{{"ranges":[{ranges}]}},{affected}]}}"#
    );
    let (_, remarks) = read(text.as_bytes(), "").unwrap();
    assert_eq!(remarks.len(), 2002);
}
