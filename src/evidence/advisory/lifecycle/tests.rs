use super::*;
use crate::tape::parse_json;

fn of_json(text: &str) -> Result<(Vec<Lifecycle>, Vec<Diagnostic>), Diagnostic> {
    read(parse_json(text).unwrap().root(), Some("kakitori"))
}

fn day(text: &str) -> Option<Date> {
    parse_day(text)
}

#[test]
fn every_form_is_read() {
    for (text, product, place) in [
        (
            r#"[{"cycle":"2.1","releaseDate":"2024-01-02","eol":"2026-01-02","support":"2025-01-02","latest":"2.1.7","lts":false}]"#,
            "kakitori",
            "/0",
        ),
        (
            r#"{"product":"nurikabe","cycles":[{"cycle":"2.1","releaseDate":"2024-01-02","eol":"2026-01-02","support":"2025-01-02","latest":"2.1.7"}]}"#,
            "nurikabe",
            "/cycles/0",
        ),
        (
            r#"{"schema_version":"1.2.0","result":{"name":"nurikabe","identifiers":[{"type":"purl","id":"pkg:generic/nurikabe"},{"type":"cpe","id":"cpe:2.3:a:n:n"},{"type":"repology","id":"n"}],
                "releases":[{"name":"2.1","releaseDate":"2024-01-02","isEol":false,"eolFrom":"2026-01-02","isEoas":true,"eoasFrom":"2025-01-02","latest":{"name":"2.1.7","date":"2025-12-01"}}]}}"#,
            "nurikabe",
            "/result/releases/0",
        ),
        (
            r#"{"result":[{"name":"nurikabe","releases":[{"name":"2.1","releaseDate":"2024-01-02","isEol":false,"eolFrom":"2026-01-02","eoasFrom":"2025-01-02","latest":{"name":"2.1.7"}}]}]}"#,
            "nurikabe",
            "/result/0/releases/0",
        ),
    ] {
        let (products, remarks) = of_json(text).unwrap();
        assert_eq!(remarks, [], "{text}");
        let [one] = products.as_slice() else {
            panic!("{products:?}")
        };
        assert_eq!(one.product, product);
        let [cycle] = one.cycles.as_slice() else {
            panic!("{one:?}")
        };
        assert_eq!(cycle.name, "2.1");
        assert_eq!(
            [cycle.released, cycle.support_until, cycle.eol_from],
            [day("2024-01-02"), day("2025-01-02"), day("2026-01-02")]
        );
        assert_eq!(cycle.latest.as_deref(), Some("2.1.7"));
        assert_eq!(cycle.at, Place::pointer(place));
    }
}

#[test]
fn a_product_is_identified_elsewhere() {
    let (products, _) = of_json(
        r#"{"result":{"name":"n","identifiers":[{"type":"purl","id":"pkg:generic/n"},{"type":"cpe","id":"cpe:/a:n:n"},{"type":"repology","id":"n"}],"releases":[]}}"#,
    )
    .unwrap();
    assert_eq!(
        products[0].identifiers,
        [
            Identifier::Purl("pkg:generic/n".to_owned()),
            Identifier::Cpe("cpe:/a:n:n".to_owned()),
            Identifier::Other("repology".to_owned(), "n".to_owned()),
        ]
    );
}

#[test]
fn the_day_decides_over_the_word() {
    for (cycle, today, expected) in [
        (r#""eol":"2026-01-02""#, "2026-01-01", Some(false)),
        (r#""eol":"2026-01-02""#, "2026-01-02", Some(true)),
        (r#""eol":true"#, "2020-01-01", Some(true)),
        (r#""eol":false"#, "2030-01-01", Some(false)),
        (r#""latest":"1""#, "2030-01-01", None),
    ] {
        let (products, _) = of_json(&format!(r#"[{{"cycle":"1",{cycle}}}]"#)).unwrap();
        let ended = products[0].cycles[0].has_ended(day(today).unwrap());
        assert_eq!(ended, expected, "{cycle} {today}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, code, place) in [
        (
            r#"[{"cycle":"1","eol":"soon"}]"#,
            "advisory-instant",
            "/0/eol",
        ),
        (r#"[{"cycle":"1","eol":7}]"#, "advisory-instant", "/0/eol"),
        (r#"[{"cycle":"","eol":true}]"#, "lifecycle-entry", "/0"),
        ("[7]", "advisory-field", "/0"),
        (
            r#"{"product":"n","cycles":{}}"#,
            "advisory-field",
            "/cycles",
        ),
        (
            r#"{"result":{"name":"n","releases":[{}]}}"#,
            "lifecycle-entry",
            "/result/releases/0",
        ),
    ] {
        let (_, remarks) = of_json(text).unwrap();
        let told: Vec<_> = remarks
            .iter()
            .map(|one| (one.code, one.at.pointer.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(told, [(code, place)], "{text}");
    }
    for text in [
        "{}",
        r#"{"result":{"releases":[]}}"#,
        r#"{"result":[]}"#,
        "7",
    ] {
        assert_eq!(
            of_json(text).unwrap_err().code,
            "advisory-malformed",
            "{text}"
        );
    }
    let tape = parse_json("[]").unwrap();
    assert_eq!(
        read(tape.root(), None).unwrap_err().code,
        "advisory-malformed"
    );
}

#[test]
fn a_file_names_its_product() {
    for (path, expected) in [
        ("lifecycles/python.json.gz", Some("python")),
        ("python", Some("python")),
        (".json", None),
        ("", None),
    ] {
        assert_eq!(name_of(path), expected, "{path}");
    }
}
