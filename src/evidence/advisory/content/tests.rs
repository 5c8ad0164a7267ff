use std::fmt::Write as _;

use super::*;

fn told(bytes: &[u8], path: &str) -> String {
    match read(bytes, path) {
        Ok(Parsed {
            content, remarks, ..
        }) => {
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
    let Parsed {
        content,
        remarks: _,
        ..
    } = read(cycles, "lifecycles/python.json").unwrap();
    let Content::Lifecycles(products) = content else {
        panic!("{content:?}")
    };
    assert_eq!(products[0].product, "python");
    let gem = b"gem: a\npatched_versions: []\ntitle: b\n";
    let Parsed {
        content,
        remarks: _,
        ..
    } = read(gem, "gems/a/CVE-2026-1.yml").unwrap();
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
    let Parsed {
        content: _,
        remarks,
        ..
    } = read(text.as_bytes(), "").unwrap();
    assert_eq!(remarks.len(), 2002);
}

/// A small document of every format that is read.
const SAMPLES: [&str; 8] = [
    r#"{"id":"A","modified":"2026-01-01T00:00:00Z","aliases":["B"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}],"versions":["1"]}]}"#,
    "id: A\naliases: [B]\naffected:\n- package: {ecosystem: PyPI, name: a}\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: 0\n    - fixed: 1.10\n",
    r#"{"ghsa_id":"A","identifiers":[{"value":"B"}],"severity":"high","cvss":{"vector_string":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},"vulnerabilities":[{"package":{"ecosystem":"pip","name":"a"},"vulnerable_version_range":">= 1.0, <= 1.2","first_patched_version":"1.2.1"}]}"#,
    "```toml\n[advisory]\nid = \"RUSTSEC-2026-9001\"\npackage = \"a\"\ndate = \"2026-09-01\"\n\n[versions]\npatched = [\"^1.2.3\", \">= 2.0.0-rc.1\"]\nunaffected = [\"< 0.9\"]\n```\n\n# T\n\nD\n",
    "gem: a\ncve: 2026-1\ntitle: b\ncvss_v3: 7.5\npatched_versions:\n- \"~> 1.2.3, >= 1.2.3.4\"\n- \">= 2.0\"\nunaffected_versions:\n- \"< 1.0\"\n",
    r#"{"catalogVersion":"1","count":1,"vulnerabilities":[{"cveID":"CVE-1","dateAdded":"2026-01-01","dueDate":"2026-02-01"}]}"#,
    "#model_version:x,score_date:2026-11-20T00:00:00Z\ncve,epss,percentile\nCVE-1,0.00042,1e-05\n",
    r#"{"schema_version":"1.0.0","result":{"name":"a","identifiers":[{"type":"purl","id":"pkg:generic/a"}],"releases":[{"name":"1","isEol":true,"eolFrom":"2026-01-01","latest":{"name":"1.2"}}]}}"#,
];

#[test]
fn no_damaged_document_does_harm() {
    let mut readings = 0;
    for sample in SAMPLES {
        assert!(read(sample.as_bytes(), "a.json").is_ok(), "{sample}");
        for end in 0..sample.len() {
            _ = read(&sample.as_bytes()[..end], "a.json");
            for byte in *b"\"[{0>^ -\xff\n" {
                let mut damaged = sample.as_bytes().to_vec();
                damaged[end] = byte;
                readings += usize::from(read(&damaged, "a.json").is_ok());
            }
        }
    }
    assert!(readings > 1000, "{readings}");
}
