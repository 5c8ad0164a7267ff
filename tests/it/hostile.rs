//! Documents that are made to use up time, memory or the stack: deep, wide, circular, expanding. Each goes
//! through everything that a fuzz target calls.

use std::collections::HashSet;
use std::fs;
use std::panic::catch_unwind;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::binary::Scratch;
use crate::bodies::BODIES;

/// The longest that one document may take in one target, in a build without optimization.
const LIMIT: Duration = Duration::from_secs(20);

/// How deep what is deep goes.
const DEPTH: usize = 50_000;

/// How much there is of what is wide.
const WIDTH: usize = 10_000;

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"#;
const SPDX: &str = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0","documentNamespace":"https://example.com/n","creationInfo":{"created":"2026-11-20T00:00:00Z","creators":["Tool: t"]},"#;
const SPDX3: &str = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-11-20T00:00:00Z","createdBy":["urn:o"]},"#;
const TAG_VALUE: &str = "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: n\nDocumentNamespace: https://example.com/n\nCreator: Tool: t\nCreated: 2026-11-20T00:00:00Z\n";
const XML: &str = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">"#;
const RDF: &str = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://spdx.org/rdf/terms#"><SpdxDocument rdf:about="https://example.com/n#SPDXRef-DOCUMENT"><specVersion>SPDX-2.3</specVersion><name>n</name></SpdxDocument>"#;

/// `count` items, with commas between them.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",")
}

fn repeated(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

/// A document of CycloneDX with one component, which has this member.
fn component(member: &str) -> String {
    format!(
        r#"{CYCLONEDX}"components":[{{"type":"library","bom-ref":"a","name":"a","version":"1",{member}}}]}}"#
    )
}

fn package(member: &str) -> String {
    format!(
        r#"{SPDX}"packages":[{{"SPDXID":"SPDXRef-a","name":"a","downloadLocation":"NONE",{member}}}]}}"#
    )
}

/// Nested deeper than any document is.
fn deep() -> Vec<(&'static str, String)> {
    let brackets = |open: &str, close: &str| open.repeat(DEPTH) + &close.repeat(DEPTH);
    let parens = brackets("(", ")").replace("()", "(MIT)");
    vec![
        ("lists", brackets("[", "]")),
        ("open lists", "[".repeat(DEPTH)),
        ("open objects", r#"{"components":["#.repeat(DEPTH)),
        (
            "components",
            format!(
                "{CYCLONEDX}{}",
                r#""components":[{"type":"file","name":"a","#.repeat(100)
            ),
        ),
        (
            "elements",
            format!("{XML}{}", brackets("<components>", "</components>")),
        ),
        (
            "namespaces",
            format!(
                "{XML}{}",
                repeated(WIDTH, |at| format!(r#"<c xmlns:n{at}="urn:{at}">"#))
            ),
        ),
        (
            "flow lists",
            format!("spdxVersion: SPDX-2.3\npackages: {}", brackets("[", "]")),
        ),
        (
            "block lists",
            format!(
                "spdxVersion: SPDX-2.3\npackages:\n  {}a",
                "- ".repeat(DEPTH)
            ),
        ),
        (
            "open texts",
            format!("{TAG_VALUE}{}", "DocumentComment: <text>\n".repeat(WIDTH)),
        ),
        (
            "resources",
            format!(
                "{RDF}{}",
                brackets("<Package><hasFile>", "</hasFile></Package>")
            ),
        ),
        (
            "an expression of CycloneDX",
            component(&format!(r#""licenses":[{{"expression":"{parens}"}}]"#)),
        ),
        (
            "an expression of SPDX",
            package(&format!(r#""licenseDeclared":"{parens}""#)),
        ),
        (
            "an expression in tag-value",
            format!(
                "{TAG_VALUE}PackageName: a\nSPDXID: SPDXRef-a\nPackageLicenseDeclared: {parens}\n"
            ),
        ),
    ]
}

/// Much of the same.
fn wide() -> Vec<(&'static str, String)> {
    let either = |count| vec!["MIT"; count].join(" OR ");
    let digits = "9".repeat(WIDTH);
    vec![
        (
            "one key again and again",
            format!("{CYCLONEDX}{}}}", list(WIDTH, |_| r#""a":1"#.into())),
        ),
        (
            "keys",
            format!("{CYCLONEDX}{}}}", list(WIDTH, |at| format!(r#""a{at}":1"#))),
        ),
        (
            "one reference again and again",
            format!(
                r#"{CYCLONEDX}"components":[{}]}}"#,
                list(WIDTH, |_| r#"{"type":"library","name":"a","bom-ref":"a"}"#
                    .into())
            ),
        ),
        (
            "components that differ in the version",
            format!(
                r#"{CYCLONEDX}"components":[{}]}}"#,
                list(WIDTH, |at| format!(
                    r#"{{"type":"library","name":"a","version":"{at}","purl":"pkg:npm/a@{at}"}}"#
                ))
            ),
        ),
        (
            "packages of one name",
            format!(
                r#"{SPDX}"packages":[{}]}}"#,
                list(WIDTH, |at| format!(
                    r#"{{"SPDXID":"SPDXRef-{at}","name":"a","downloadLocation":"NONE"}}"#
                ))
            ),
        ),
        (
            "attributes",
            format!(
                "{XML}<c {}/></bom>",
                repeated(WIDTH, |at| format!(r#"a{at}="1" "#))
            ),
        ),
        (
            "an expression of CycloneDX",
            component(&format!(
                r#""licenses":[{{"expression":"{}"}}]"#,
                either(WIDTH)
            )),
        ),
        (
            "an expression of SPDX",
            package(&format!(r#""licenseDeclared":"{}""#, either(WIDTH))),
        ),
        (
            "a version",
            component(&format!(
                r#""purl":"pkg:npm/a@{digits}","hashes":[{{"alg":"MD5","content":"{digits}"}}]"#
            )),
        ),
        ("a number", format!(r#"{CYCLONEDX}"x":{digits}e{digits}}}"#)),
        (
            "relationships",
            format!(
                "{TAG_VALUE}{}",
                "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-DOCUMENT\n".repeat(WIDTH)
            ),
        ),
        (
            "unknown tags",
            format!(
                "{TAG_VALUE}{}",
                repeated(WIDTH, |at| format!("Tag{at}: x\n"))
            ),
        ),
        (
            "faults in XML",
            format!(
                "{XML}<components>{}</components></bom>",
                "<component type=\"x\"/>\n".repeat(WIDTH)
            ),
        ),
        (
            "faults in RDF",
            format!(
                "{RDF}{}</rdf:RDF>",
                "<Package><x/></Package>\n".repeat(WIDTH)
            ),
        ),
        (
            "faults in YAML",
            format!(
                "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\npackages:\n{}",
                "- {name: 1, x: 2}\n".repeat(WIDTH)
            ),
        ),
        (
            "elements of one creation",
            format!(
                "{SPDX3}{}]}}",
                list(WIDTH, |at| format!(
                    r#"{{"type":"software_Package","spdxId":"urn:{at}","creationInfo":"_:c","name":"a"}}"#
                ))
            ),
        ),
    ]
}

/// Chains and circles of references.
fn chained() -> Vec<(&'static str, String)> {
    let depends = |last: usize| {
        list(WIDTH, |at| {
            let next = if at + 1 == WIDTH { last } else { at + 1 };
            format!(r#"{{"ref":"{at}","dependsOn":["{next}"]}}"#)
        })
    };
    let components = list(WIDTH, |at| {
        format!(r#"{{"type":"library","name":"n{at}","bom-ref":"{at}"}}"#)
    });
    let document = |last| {
        format!(
            r#"{CYCLONEDX}"components":[{components}],"dependencies":[{}]}}"#,
            depends(last)
        )
    };
    let sets = |count: usize, copies: usize| {
        let member = |at: usize| format!(r#"<member rdf:nodeID="l{}"/>"#, at + 1).repeat(copies);
        let set = |at| {
            let member = member(at);
            format!(r#"<ConjunctiveLicenseSet rdf:nodeID="l{at}">{member}</ConjunctiveLicenseSet>"#)
        };
        let package = r#"<Package rdf:about="https://example.com/n#SPDXRef-a"><name>a</name><licenseDeclared rdf:nodeID="l0"/></Package>"#;
        format!("{RDF}{package}{}</rdf:RDF>", repeated(count, set))
    };
    let elements = |count: usize, copies: usize| {
        let set = |at: usize| {
            let next = at + 1;
            let members = list(copies, |_| format!(r#""urn:l{next}""#));
            format!(
                r#"{{"type":"expandedlicensing_ConjunctiveLicenseSet","spdxId":"urn:l{at}","creationInfo":"_:c","expandedlicensing_member":[{members}]}}"#
            )
        };
        let link = r#"{"type":"software_Package","spdxId":"urn:p","creationInfo":"_:c","name":"a"},{"type":"Relationship","spdxId":"urn:r","creationInfo":"_:c","from":"urn:p","relationshipType":"hasDeclaredLicense","to":["urn:l0"]}"#;
        format!("{SPDX3}{link},{}]}}", list(count, set))
    };
    vec![
        ("dependencies in a chain", document(WIDTH)),
        ("dependencies in a circle", document(0)),
        (
            "relationships in a chain",
            format!(
                r#"{SPDX}"packages":[{}],"relationships":[{}]}}"#,
                list(WIDTH, |at| format!(
                    r#"{{"SPDXID":"SPDXRef-{at}","name":"n{at}","downloadLocation":"NONE"}}"#
                )),
                list(WIDTH, |at| format!(
                    r#"{{"spdxElementId":"SPDXRef-{at}","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-{}"}}"#,
                    at + 1
                ))
            ),
        ),
        ("license sets of RDF in a chain", sets(WIDTH, 1)),
        ("license sets of RDF that double", sets(60, 2)),
        ("license sets of SPDX 3 in a chain", elements(WIDTH, 1)),
        ("license sets of SPDX 3 that double", elements(60, 2)),
        ("anchors that double", {
            let level = |at: usize| match at {
                0 => "l0: &l0 [a, a]\n".to_owned(),
                _ => format!("l{at}: &l{at} [*l{0}, *l{0}]\n", at - 1),
            };
            format!("spdxVersion: SPDX-2.3\n{}", repeated(60, level))
        }),
        ("entities that double", {
            let level = |at: usize| format!(r#"<!ENTITY e{} "&e{at};&e{at};">"#, at + 1);
            let entities = repeated(60, level);
            format!(r#"<!DOCTYPE bom [<!ENTITY e0 "x">{entities}]>{XML}&e60;</bom>"#)
        }),
    ]
}

/// Components of Protobuf inside of each other.
fn nested_messages() -> Vec<u8> {
    // Field 1 is the version of the specification, field 5 of the document and 21 of a component hold
    // components (CycloneDX 1.6, bom-1.6.proto).
    let mut inside = Vec::new();
    for field in std::iter::repeat_n(21_u8, 300).chain([5]) {
        let mut around = if field == 5 {
            vec![0x2a]
        } else {
            vec![0xaa, 0x01]
        };
        let mut length = inside.len();
        while length >= 128 {
            around.push(u8::try_from(length % 128 + 128).expect("seven bits and a mark"));
            length /= 128;
        }
        around.push(u8::try_from(length).expect("seven bits"));
        around.append(&mut inside);
        inside = around;
    }
    [b"\x0a\x031.6".as_slice(), &inside].concat()
}

/// Hands one document to every target.
pub(crate) fn survives(what: &str, bytes: &[u8]) {
    for (target, body) in BODIES {
        let start = Instant::now();
        let outcome = catch_unwind(|| body(bytes));
        assert!(outcome.is_ok(), "{what}: {target} panicked");
        let taken = start.elapsed();
        assert!(taken < LIMIT, "{what}: {target} took {taken:?}");
    }
}

/// Checks a file in a process that may map no more than 1 GiB, shared libraries and stacks included.
pub(crate) fn takes_little_memory(path: &str) {
    const LIMITED: &str = "ulimit -v 1048576 && exec \"$0\" sbom check \"$1\" --format json";
    let output = Command::new("sh")
        .args(["-c", LIMITED, env!("CARGO_BIN_EXE_mekiki"), path])
        .output()
        .expect("there is a shell");
    let code = output.status.code();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        code.is_some_and(|code| code <= 3),
        "{path}: {code:?}: {told}"
    );
}

#[test]
fn hostile_documents_take_little_memory() {
    let scratch = Scratch::new();
    let path = scratch.path("document");
    let texts = [deep(), wide(), chained()].concat();
    let texts = texts.into_iter().map(|(_, text)| text.into_bytes());
    for bytes in texts.chain([nested_messages()]) {
        fs::write(&path, bytes).expect("the folder is writable");
        takes_little_memory(&path);
    }
}

#[test]
fn deep_documents_are_read_or_refused() {
    for (what, text) in deep() {
        survives(&format!("deep: {what}"), text.as_bytes());
    }
    survives("deep: messages", &nested_messages());
}

#[test]
fn wide_documents_are_read_in_bounded_time() {
    for (what, text) in wide() {
        survives(&format!("wide: {what}"), text.as_bytes());
    }
}

#[test]
fn chains_and_circles_end() {
    for (what, text) in chained() {
        survives(&format!("chained: {what}"), text.as_bytes());
    }
}

#[test]
fn no_two_hostile_documents_are_the_same() {
    let all = [deep(), wide(), chained()].concat();
    let texts: HashSet<_> = all.iter().map(|(_, text)| text).collect();
    assert_eq!(texts.len(), all.len());
}
