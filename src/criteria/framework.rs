//! Titles of controls of other frameworks, so that an identifier in `[maps]` tells a reader something.
//!
//! Identifiers are the publishers'; titles are ours. Which control a criterion maps to is our judgement, so the mark of
//! the table is shown wherever a title is.

use std::collections::BTreeMap;

use super::parse::MARKS;
use super::{Criterion, Maps, Mark};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// The frameworks by the name that `[maps]` has for them.
pub type Frameworks = BTreeMap<String, Framework>;

/// One framework.
#[derive(Debug, Clone)]
pub struct Framework {
    /// The name in `[maps]`: `ccm`, `nist_800_53`, `nist_800_161`, `iso_27001`.
    pub id: String,
    /// Edition.
    pub version: String,
    /// Whether the identifiers were checked against the edition.
    pub mark: Mark,
    /// Name of the framework.
    pub title: Text,
    /// Titles by identifier.
    pub titles: BTreeMap<String, Text>,
    /// Families by their letters, where any control of a family may be named.
    pub families: BTreeMap<String, Text>,
    /// The framework whose titles are used as well.
    pub titles_of: Option<String>,
}

impl Framework {
    /// Reads a framework; complaints name what is wrong with it.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let texts = |key: &'static str| {
            let tables = fields.named_tables(key).into_iter();
            let texts = tables.map(|(id, table)| {
                let text = Text {
                    ja: table.text("ja"),
                    en: table.text("en"),
                };
                table.finish();
                (id, text)
            });
            texts.collect::<BTreeMap<_, _>>()
        };
        let framework = Self {
            id: fields.text("id"),
            version: fields.text("version"),
            mark: fields.word("mark", &MARKS).unwrap_or(Mark::Recalled),
            title: fields.both("title"),
            titles: texts("titles"),
            families: texts("families"),
            titles_of: fields.optional_text("titles_of"),
        };
        if framework.titles.is_empty() && framework.families.is_empty() {
            fields.complain(
                "missing-field",
                "titles",
                "the framework has no titles",
                "list identifiers under [titles] or families under [families]",
            );
        }
        fields.finish();
        framework
    }

    /// The family of an identifier like `SR-3(1)`, where it is one.
    fn family(&self, id: &str) -> Option<&Text> {
        let (letters, number) = id.split_once('-')?;
        let (base, enhancement) = match number.split_once('(') {
            None => (number, None),
            Some((base, rest)) => (base, Some(rest.strip_suffix(')')?)),
        };
        let counts = |digits: &str| {
            (1..=2).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        (counts(base) && enhancement.is_none_or(counts))
            .then(|| self.families.get(letters))
            .flatten()
    }
}

/// The title of a control; `None` where its framework does not know the identifier.
pub fn title<'f>(frameworks: &'f Frameworks, framework: &str, id: &str) -> Option<&'f Text> {
    let framework = frameworks.get(framework)?;
    if let Some(title) = framework.titles.get(id) {
        return Some(title);
    }
    let family = framework.family(id)?;
    let of = framework
        .titles_of
        .as_ref()
        .and_then(|other| frameworks.get(other));
    Some(of.and_then(|other| other.titles.get(id)).unwrap_or(family))
}

impl Maps {
    /// The identifiers by the name of their framework, in the order of the fields.
    pub fn by_framework(&self) -> [(&'static str, &[String]); 4] {
        [
            ("ccm", &self.ccm),
            ("nist_800_53", &self.nist_800_53),
            ("nist_800_161", &self.nist_800_161),
            ("iso_27001", &self.iso_27001),
        ]
    }
}

/// Names each control in `[maps]` that its framework does not know. Frameworks without a table are not judged.
pub fn unknown_controls(criterion: &Criterion, frameworks: &Frameworks) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (name, ids) in criterion.maps.by_framework() {
        let Some(framework) = frameworks.get(name) else {
            continue;
        };
        for id in ids
            .iter()
            .filter(|id| title(frameworks, name, id).is_none())
        {
            let message = format!(
                "{} {} has no control `{id}`",
                framework.title.en, framework.version
            );
            let near = nearest(id, framework.titles.keys().map(String::as_str));
            let help = near.map_or_else(
                || "write the identifier as the publisher does".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let at = Place::pointer(format!("/maps/{name}"));
            faults.push(Diagnostic::error("control-unknown", at, message).help(help));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse_toml;

    fn framework(text: &str) -> Framework {
        let complaints = Complaints::default();
        let framework = Framework::read(&parse_toml(text.as_bytes()).unwrap(), &complaints);
        assert!(!complaints.has_errors(), "{complaints:?}");
        framework
    }

    fn frameworks() -> Frameworks {
        let head = "version = \"r\"\nmark = \"recalled\"\ntitle = { ja = \"x\", en = \"x\" }\n";
        let own = framework(&format!(
            "id = \"nist_800_53\"\n{head}[titles]\n\"SR-3\" = {{ ja = \"工程\", en = \"processes\" }}\n"
        ));
        let family = framework(&format!(
            "id = \"nist_800_161\"\n{head}titles_of = \"nist_800_53\"\n[families]\nSR = {{ ja = \"供給網\", en = \"supply chain\" }}\n"
        ));
        [own, family]
            .map(|one| (one.id.clone(), one))
            .into_iter()
            .collect()
    }

    #[test]
    fn a_control_of_a_family_has_the_title_of_the_control_or_of_the_family() {
        let frameworks = frameworks();
        let english = |framework, id| title(&frameworks, framework, id).map(|one| one.en.as_str());
        for (framework, id, expected) in [
            ("nist_800_53", "SR-3", Some("processes")),
            ("nist_800_53", "SR-4", None),
            ("nist_800_161", "SR-3", Some("processes")),
            ("nist_800_161", "SR-13", Some("supply chain")),
            ("nist_800_161", "SR-3(1)", Some("supply chain")),
            ("nist_800_161", "SR-03", None),
            ("nist_800_161", "SR-3(", None),
            ("nist_800_161", "SR-3(x)", None),
            ("nist_800_161", "XX-3", None),
            ("nist_800_161", "SR", None),
            ("other", "SR-3", None),
        ] {
            assert_eq!(english(framework, id), expected, "{framework} {id}");
        }
    }
}
