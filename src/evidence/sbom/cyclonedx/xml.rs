//! CycloneDX 1.0 to 1.7 in XML, put into the shape of CycloneDX JSON of the same version, and back.
//!
//! Versions 1.0 and 1.1 have no JSON; theirs is the shape of 1.2. Their extensions for dependencies and
//! vulnerabilities are read as what later versions made of them.

mod read;
mod table;
mod write;

pub use write::to_xml;

use self::read::Reader;
use self::table::{Base, Form, Table, Type};
use super::left_out::LeftOut;
use crate::diagnostic::{Diagnostic, Place};
use crate::markup::Markup;
use crate::tape::{Addressing, Builder, Tape};

/// What the namespaces of all versions begin with.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// The newest minor version that is known.
const NEWEST: u8 = 7;

/// Puts a document into the shape of JSON and tells what of it was left out.
///
/// The result always tells `bomFormat` and `specVersion`. Its places are lines. An error among the
/// diagnostics, `cyclonedx-format`, `cyclonedx-version` or `document-values`, says that the document is
/// not to be relied on.
pub fn to_tape<'a>(markup: &'a Markup<'a>) -> (Tape<'a>, Vec<Diagnostic>) {
    let root = markup.root();
    let mut told = Vec::new();
    if root.name() != "bom" {
        let message = format!("the root element is `{}` and not `bom`", root.name());
        told.push(
            Diagnostic::error("cyclonedx-format", root.place(), message)
                .help("a CycloneDX document in XML is one element `bom`"),
        );
    }
    let version = root.namespace().strip_prefix(NAMESPACE).unwrap_or_default();
    let minor = table::minor(version).filter(|minor| *minor <= NEWEST);
    if minor.is_none() {
        let message = format!(
            "the namespace `{}` is that of no version of CycloneDX that is known",
            root.namespace()
        );
        told.push(
            Diagnostic::error("cyclonedx-version", root.place(), message).help(format!(
                "the namespace of CycloneDX 1.{NEWEST} is `{NAMESPACE}1.{NEWEST}`"
            )),
        );
    }
    let mut reader = Reader {
        table: Table::get(),
        builder: Builder::new(markup.source(), Addressing::Line),
        namespace: root.namespace(),
        minor: minor.unwrap_or(NEWEST),
        nested: Vec::new(),
        vulnerabilities: Vec::new(),
        left_out: LeftOut::default(),
    };
    if let Err(full) = reader.document(root, version) {
        told.push(
            Diagnostic::error(
                "document-values",
                Place::whole(),
                format!("the document holds {full}"),
            )
            .help("split the document; one of this size is not read"),
        );
    }
    let source = markup.source();
    let place = |offset| Place::of_offset(source, offset);
    told.extend(reader.left_out.tell(place));
    (reader.builder.finish(), told)
}

fn plain(base: Base) -> Type {
    Type {
        base,
        form: Form::Plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::markup::parse_xml;
    use crate::tape::write_json;

    fn read(text: &str) -> (Value, Vec<String>) {
        let markup = parse_xml(text).unwrap();
        let (tape, told) = to_tape(&markup);
        let value = serde_json::from_str(&write_json(tape.root(), false)).unwrap();
        let told = told.iter().map(|one| format!("{} {}", one.at, one.code));
        (value, told.collect())
    }

    #[test]
    fn values_have_the_types_of_json_and_places_are_lines() {
        let text = "<b:bom xmlns:b='http://cyclonedx.org/schema/bom/1.5' version=' 3 '>
            <b:components><b:component type='library'>
              <b:name> a &amp; b </b:name>
              <b:version/>
              <b:modified>1</b:modified>
            </b:component></b:components>
            <b:vulnerabilities><b:vulnerability><b:ratings>
              <b:rating><b:score>7.0</b:score></b:rating>
              <b:rating><b:score>7.25</b:score></b:rating>
              <b:rating><b:score>high</b:score></b:rating>
            </b:ratings><b:cwes><b:cwe>79</b:cwe></b:cwes></b:vulnerability></b:vulnerabilities>
            </b:bom>";
        let (value, told) = read(text);
        let expected = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 3,
            "components": [
                {"type": "library", "name": " a & b ", "version": "", "modified": true}
            ],
            "vulnerabilities": [{
                "ratings": [{"score": 7}, {"score": 7.25}, {"score": "high"}],
                "cwes": [79],
            }],
        });
        assert_eq!(value, expected);
        assert_eq!(told, Vec::<String>::new());
        let markup = parse_xml(text).unwrap();
        let (tape, _) = to_tape(&markup);
        let item = tape.root().at("/components/0/modified").unwrap();
        assert_eq!(item.place(), Place::line(5, 15));
    }

    #[test]
    fn elements_of_one_name_are_one_list_wherever_they_stand() {
        let (value, told) = read(
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><metadata><supplier>
            <url>a</url><name>n</name><url>b</url><name>m</name></supplier></metadata>
            <components/><components><component type='file'><name>x</name></component></components>
            </bom>",
        );
        assert_eq!(
            value["metadata"]["supplier"],
            json!({"url": ["a", "b"], "name": "n"})
        );
        assert_eq!(value["components"], json!([{"type": "file", "name": "x"}]));
        assert_eq!(told, ["2:51 cyclonedx-left-out"]);
    }

    #[test]
    fn dependencies_inside_of_dependencies_are_listed_beside_each_other() {
        let (value, _) = read(
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><dependencies>
            <dependency ref='a'><dependency ref='b'><dependency ref='c'/></dependency>
            <provides ref='d'/></dependency></dependencies></bom>",
        );
        let expected = json!([
            {"ref": "a", "dependsOn": ["b"], "provides": ["d"]},
            {"ref": "b", "dependsOn": ["c"]},
        ]);
        assert_eq!(value["dependencies"], expected);
    }

    #[test]
    fn the_dependency_graph_of_the_first_versions_is_read() {
        let (value, told) = read(
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.1'
              xmlns:dg='http://cyclonedx.org/schema/ext/dependency-graph/1.0'>
            <components/><dg:dependencies><dg:dependency ref='a'><dg:dependency ref='b'/>
            </dg:dependency></dg:dependencies></bom>",
        );
        assert_eq!(
            value["dependencies"],
            json!([{"ref": "a", "dependsOn": ["b"]}])
        );
        assert_eq!(
            (&value["specVersion"], &value["version"]),
            (&json!("1.1"), &json!(1))
        );
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn the_vulnerabilities_of_the_first_versions_are_read_as_those_of_today() {
        let (value, told) = read(
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.1'
              xmlns:v='http://cyclonedx.org/schema/ext/vulnerability/1.0'>
            <components><component type='library' bom-ref='a'><name>n</name><v:vulnerabilities>
            <v:vulnerability ref='a'><v:id>CVE-2018-7489</v:id>
            <v:source name='NVD'><v:url>u</v:url></v:source><v:ratings><v:rating>
            <v:score><v:base>9.8</v:base><v:impact>5.9</v:impact></v:score>
            <v:severity>Critical</v:severity><v:method>OWASP Risk</v:method></v:rating></v:ratings>
            <v:recommendations><v:recommendation>r</v:recommendation></v:recommendations>
            <v:advisories><v:advisory>w</v:advisory></v:advisories>
            </v:vulnerability></v:vulnerabilities></component></components></bom>",
        );
        let expected = json!([{
            "affects": [{"ref": "a"}],
            "id": "CVE-2018-7489",
            "source": {"name": "NVD", "url": "u"},
            "ratings": [{"score": 9.8, "severity": "critical", "method": "OWASP"}],
            "recommendation": "r",
            "advisories": [{"url": "w"}],
        }]);
        assert_eq!(value["vulnerabilities"], expected);
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn what_is_foreign_or_unknown_is_told_once_for_each_kind() {
        let (value, told) = read(
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.6' xmlns:f='urn:foreign' f:x='1'>
            <components><component type='file'><name>x</name><f:y/><f:y/><colour/></component>
            </components></bom>",
        );
        assert_eq!(value["components"], json!([{"type": "file", "name": "x"}]));
        let expected = ["1:1", "2:62", "2:74"].map(|at| format!("{at} cyclonedx-left-out"));
        assert_eq!(told, expected);
    }

    #[test]
    fn another_root_and_an_unknown_version_are_errors() {
        let (_, told) = read("<boom xmlns='http://cyclonedx.org/schema/bom/1.8'/>");
        assert_eq!(told, ["1:1 cyclonedx-format", "1:1 cyclonedx-version"]);
        assert_eq!(read("<bom/>").1, ["1:1 cyclonedx-version"]);
    }
}
