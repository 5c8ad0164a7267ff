//! Conformance of an XML document to an XML schema, by a compact table of it.
//!
//! A table holds what XML Schema 1.0 calls the components of a schema: types with their attributes, the
//! content model of each as a deterministic automaton, and what simple types demand of a text. The
//! tables are made by `examples/markup_tables.rs`, which refuses what is not understood here.

use crate::diagnostic::Diagnostic;
use crate::markup::Element;

mod table;
mod uri;
mod value;
mod walk;
mod wording;

/// A schema, ready to check documents.
#[derive(Debug)]
pub struct MarkupSchema {
    table: table::Table,
}

/// A table of a schema that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is not JSON of the expected shape.
    #[error("the table is malformed")]
    Malformed(#[from] serde_json::Error),
    /// A part refers to one that does not exist.
    #[error("the table refers to {0}, which does not exist")]
    Dangling(String),
    /// A pattern is not a regular expression.
    #[error("a pattern of the table is not understood")]
    Pattern(#[from] Box<regex::Error>),
}

impl MarkupSchema {
    /// Reads a table, and the table with the types that it imports.
    ///
    /// # Errors
    ///
    /// A [`TableError`] if the tables were not made by the generator of this version.
    pub fn load(table: &[u8], imported: &[u8]) -> Result<Self, TableError> {
        Ok(Self {
            table: table::Table::load(table, imported)?,
        })
    }

    /// The namespace that the schema speaks about.
    pub fn namespace(&self) -> &str {
        &self.table.namespace
    }

    /// Every breach of the schema in document order, at most `limit`, then a note that
    /// there are more.
    pub fn check(&self, root: Element<'_>, limit: usize) -> Vec<Diagnostic> {
        walk::check(&self.table, root, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::parse_xml;

    const LICENSES: &[u8] = include_bytes!("../evidence/sbom/tables/cyclonedx-licenses.xsd.json");

    fn schema() -> MarkupSchema {
        let table = include_bytes!("../evidence/sbom/tables/cyclonedx-1.6.xsd.json");
        MarkupSchema::load(table, LICENSES).unwrap()
    }

    fn findings(document: &str, limit: usize) -> Vec<Diagnostic> {
        let markup = parse_xml(document).unwrap();
        schema().check(markup.root(), limit)
    }

    /// What is found in a BOM with `content`, each as `line:column code message`.
    fn found(content: &str) -> Vec<String> {
        let document = format!(
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.6' xmlns:q='urn:q'>\n{content}</bom>"
        );
        findings(&document, 10)
            .iter()
            .map(|one| format!("{} {} {}", one.at, one.code, one.message))
            .collect()
    }

    #[test]
    fn each_breach_has_its_code_place_and_sentence() {
        let component = |content: &str| {
            format!("<components><component type='file'>{content}</component></components>")
        };
        for (content, expected) in [
            (String::new(), &[][..]),
            (
                component("<name>a</name><scope/><q:x bom-ref='1'/>"),
                &[],
            ),
            (
                component("<nme>a</nme><name>b</name>"),
                &["2:36 schema-unknown-member `nme` is not an element of `component`"],
            ),
            (
                component("<version>1</version>"),
                &["2:36 schema-required `version` stands in `component` where `name` must come first"],
            ),
            (
                component("<version>1</version><name>a</name>"),
                &["2:36 schema-order `version` stands in `component` where `name` must come first"],
            ),
            (
                component("<name>a</name><version>1</version><group>g</group>"),
                &["2:70 schema-order `group` may not stand in `component` after `version`"],
            ),
            (
                component("<name>a</name><version>1</version><version>2</version>"),
                &["2:70 schema-count `version` stands once too often in `component`"],
            ),
            (
                component(""),
                &["2:13 schema-required `component` lacks one of `supplier`, `manufacturer`, `authors`, `author`, `publisher`, `group` and 1 more"],
            ),
            (
                component("<name>a<b/></name>"),
                &["2:43 schema-type `b` stands in `name`, which holds text only"],
            ),
            (
                component("a<name>b</name>"),
                &["2:13 schema-type the text `a` stands in `component`, which holds no text of its own"],
            ),
            (
                component("<name>a</name><scope>optionall</scope>"),
                &["2:50 schema-word `scope` is `optionall`, which is not among the words for it"],
            ),
            (
                component("<name>a</name><hashes><hash alg='MD5'>x</hash></hashes>"),
                &["2:58 schema-pattern `hash` is `x`, which does not have the form for it"],
            ),
            (
                component("<name>a</name><modified>TRUE</modified>"),
                &["2:50 schema-type `modified` is `TRUE`, which is not of the type `boolean`"],
            ),
            (
                component("<name q:a='1' xml:lang='en'>a</name><x xmlns=''/>"),
                &[
                    "2:36 schema-unknown-member `name` may not have the attribute `a` of the namespace `urn:q`",
                    "2:36 schema-unknown-member `name` may not have the attribute `lang` of the namespace `http://www.w3.org/XML/1998/namespace`",
                    "2:72 schema-unknown-member `x`, which has no namespace, may not stand in `component`",
                ],
            ),
            (
                "<components>\n<component><name>a</name></component></components>".to_owned(),
                &["3:1 schema-required `component` lacks the attribute `type`"],
            ),
            (
                "<components><component type='file' bom-ref=''><name>a</name></component></components>".to_owned(),
                &["2:13 schema-length attribute `bom-ref` of `component` is 0 characters long"],
            ),
            (
                "<metadata><timestamp>today</timestamp></metadata>".to_owned(),
                &["2:11 schema-format `timestamp` is `today`, which is not of the type `dateTime`"],
            ),
            (
                "<components><component type='file' bom-ref='a'><name>a</name></component>\n<component type='file' bom-ref='a'><name>a</name></component></components>".to_owned(),
                &["3:1 schema-unique the `bom-ref` `a` stands at more than one element"],
            ),
            (
                // What a foreign element holds is not known, except where it belongs to the schema.
                "<q:x><q:y a='1'>z</q:y><bom version='x'/></q:x>".to_owned(),
                &["2:24 schema-type attribute `version` of `bom` is `x`, which is not of the type `positiveInteger`"],
            ),
        ] {
            assert_eq!(found(&content), expected, "{content}");
        }
    }

    #[test]
    fn the_root_must_be_that_of_the_schema() {
        for root in ["<bom/>", "<x xmlns='http://cyclonedx.org/schema/bom/1.6'/>"] {
            let codes: Vec<_> = findings(root, 10).iter().map(|one| one.code).collect();
            assert_eq!(codes, ["schema-unknown-member"], "{root}");
        }
    }

    #[test]
    fn findings_end_at_the_limit() {
        let many = "<x/>".repeat(1000);
        let document = format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>{many}</bom>");
        let codes: Vec<_> = findings(&document, 2).iter().map(|one| one.code).collect();
        let unknown = "schema-unknown-member";
        assert_eq!(codes, [unknown, unknown, "findings-more"]);
        assert_eq!(findings(&document, 1000).len(), 1000);
    }

    #[test]
    fn help_says_what_could_stand_there() {
        for (content, expected) in [
            (
                "<components><component type='fil'><name>a</name></component></components>",
                "did you mean `file`?",
            ),
            ("<component/>", "did you mean `components`?"),
            (
                "<components><component tpe='file' type='file'><name>a</name></component></components>",
                "",
            ),
            (
                "<services><service><name>a</name><endpoint/></service></services>",
                "did you mean `endpoints`?",
            ),
            (
                "<vulnerabilities><vulnerability><cwes><cwe>0.5</cwe></cwes></vulnerability></vulnerabilities>",
                "write a whole number in digits",
            ),
        ] {
            let document =
                format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>{content}</bom>");
            let found = findings(&document, 10);
            let help = found.first().and_then(|one| one.help.as_deref());
            assert_eq!(help.unwrap_or_default(), expected, "{content}");
        }
    }

    #[test]
    fn a_table_that_refers_to_nothing_is_refused() {
        for (table, expected) in [
            ("{", "the table is malformed"),
            (
                r#"{"namespace":"a","elements":{"a":1},"unique":[],"types":[{"base":"string"}]}"#,
                "the table refers to type 1, which does not exist",
            ),
            (
                r#"{"namespace":"a","elements":{},"unique":[],"types":[{"imported":"x"}]}"#,
                "the table refers to x, which does not exist",
            ),
            (
                r#"{"namespace":"a","elements":{},"unique":[],"types":[{"union":[0]}]}"#,
                "the table refers to simple type 0, which does not exist",
            ),
            (
                r#"{"namespace":"a","elements":{},"unique":[],"types":[{"base":"string","patterns":["("]}]}"#,
                "a pattern of the table is not understood",
            ),
            (
                r#"{"namespace":"a","elements":{},"unique":[],"types":[{"elements":[["a",0,0]],"next":[[2],[]]}]}"#,
                "the table refers to position 2, which does not exist",
            ),
        ] {
            let error = MarkupSchema::load(table.as_bytes(), LICENSES).unwrap_err();
            assert_eq!(error.to_string(), expected, "{table}");
        }
    }
}
