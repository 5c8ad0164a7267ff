//! What is in the shape of CycloneDX JSON is written as XML that its schema accepts and that reads back
//! the same.

use mekiki::evidence::sbom::cyclonedx::xml;
use mekiki::markup::parse_xml;
use mekiki::tape::parse_json;

use crate::corpus::{Corpus, corpus, say};
use crate::cyclonedx_encodings::{SCHEMAS, differences, value};

/// Documents that the JSON schema accepts and that the XML schema, which demands more, does not.
const STRICTER: &[(&str, &str)] = &[
    // References that are not unique.
    ("cyclonedx/spec/1.5/valid-formulation-1.5.json", "Duplicate"),
    ("cyclonedx/spec/1.7/valid-citations-1.7.json", "Duplicate"),
    ("mixed/trustify/cyclonedx/rh/", "Duplicate"),
    // An expression beside licenses.
    ("mixed/guac/cdx-v1.4.json", "expression"),
    // CPE names that are cut short.
    ("sbom/osv-scalibr/cdx/", "cpe"),
];

/// Checks documents with xmllint against the official XML schema of a version; gives its complaints.
fn lint(corpus: &Corpus, version: &str, documents: &[(String, String)]) -> Option<Vec<String>> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xml-{version}"));
    std::fs::create_dir_all(&folder).expect("a folder for the documents");
    // The schema names the list of licenses by an address on the network.
    for name in [format!("bom-{version}.xsd"), "spdx.xsd".to_owned()] {
        let text = String::from_utf8(corpus.read(&format!("{SCHEMAS}/{name}"))).expect("UTF-8");
        let address = "schemaLocation=\"http://cyclonedx.org/schema/spdx\"";
        let text = text.replace(address, "schemaLocation=\"spdx.xsd\"");
        std::fs::write(folder.join(name), text).expect("the folder takes files");
    }
    let mut command = std::process::Command::new("xmllint");
    command.current_dir(&folder);
    command.args(["--noout", "--nonet", "--schema"]);
    command.arg(format!("bom-{version}.xsd"));
    for (index, (_, text)) in documents.iter().enumerate() {
        let file = format!("{index}.xml");
        std::fs::write(folder.join(&file), text).expect("the folder takes files");
        command.arg(file);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "xmllint: {error}"
            );
            say("there is no xmllint; the XML that is written was not held against its schema");
            return None;
        }
    };
    let told = String::from_utf8_lossy(&output.stderr);
    let name = |line: &str| {
        let index: usize = line.split('.').next()?.parse().ok()?;
        Some(documents.get(index)?.0.clone())
    };
    let complaints = told
        .lines()
        .filter(|line| !line.ends_with(" validates") && !line.ends_with("fails to validate"))
        .map(|line| format!("{}: {line}", name(line).unwrap_or_default()))
        .filter(|line| {
            let is_known =
                |(path, why): &&(&str, &str)| line.starts_with(path) && line.contains(why);
            !STRICTER.iter().any(|known| is_known(&known))
        })
        .collect();
    Some(complaints)
}

#[test]
fn json_comes_back_from_xml() {
    let Some(corpus) = corpus() else { return };
    let mut faults = Vec::new();
    let mut count = 0;
    for version in ["1.4", "1.5", "1.6", "1.7"] {
        let mut documents = Vec::new();
        for row in &corpus.rows {
            let is_valid = row.expected == "valid" || row.is_schema_valid();
            if row.format != "cyclonedx-json" || row.version != version || !is_valid {
                continue;
            }
            // A few documents lie in containers of other formats.
            let Ok(source) = String::from_utf8(corpus.read(&row.path)) else {
                continue;
            };
            let source = source.trim_start_matches('\u{feff}');
            let json = parse_json(source).unwrap_or_else(|fault| panic!("{}: {fault:?}", row.path));
            let (text, told) = xml::to_xml(json.root(), version).expect("a known version");
            let markup = parse_xml(&text).expect("what is written is well-formed");
            let (tape, left_out) = xml::to_tape(&markup);
            if !left_out.is_empty() {
                faults.push(format!("{}: {left_out:?}", row.path));
            }
            let mut found = Vec::new();
            differences(&value(tape.root()), &value(json.root()), "", &mut found);
            // Signatures are of the encoding that they sign.
            let told = told
                .iter()
                .filter(|one| !one.message.starts_with("`signature`"));
            found.extend(told.map(|one| one.message.clone()));
            faults.extend(found.iter().map(|one| format!("{}: {one}", row.path)));
            count += 1;
            documents.push((row.path.clone(), text));
        }
        if let Some(complaints) = lint(corpus, version, &documents) {
            faults.extend(complaints);
        }
    }
    say(&format!(
        "xml: {count} documents of JSON written and read back"
    ));
    assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), faults.len());
}
