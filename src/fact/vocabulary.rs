//! The vocabulary of facts, read from the files of `criteria/facts/`.

use std::collections::BTreeMap;

use super::{FactValue, ProofRank};
use crate::diagnostic::{Diagnostic, nearest};
use crate::id::FactKey;
use crate::text::Text;
use crate::time::parse_day;
use crate::tree::{Complaints, Document, Fields, Value};

/// The type of a fact's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Integer,
    /// A day, written `YYYY-MM-DD`.
    Date,
    /// A word.
    Text,
    /// A set of words.
    List,
}

impl FactType {
    /// Every type with its word.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("bool", Self::Bool),
        ("integer", Self::Integer),
        ("date", Self::Date),
        ("text", Self::Text),
        ("list", Self::List),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }

    /// Takes a value of a document as a value of this type.
    pub fn value(self, value: &Value) -> Option<FactValue> {
        match (self, value) {
            (Self::Bool, Value::Bool(value)) => Some(FactValue::Bool(*value)),
            (Self::Integer, Value::Integer(value)) => Some(FactValue::Integer(*value)),
            (Self::Date, Value::Text(text)) => parse_day(text).map(FactValue::Date),
            (Self::Text, Value::Text(text)) => Some(FactValue::Text(text.clone())),
            (Self::List, Value::List(items)) => {
                let mut words: Vec<_> = items
                    .iter()
                    .map(|item| item.text().map(str::to_owned))
                    .collect::<Option<_>>()?;
                words.sort();
                words.dedup();
                Some(FactValue::List(words))
            }
            _ => None,
        }
    }
}

/// Which of two differing values weighs against the supplier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Adverse {
    /// `false` does.
    False,
    /// `true` does.
    True,
    /// The lower number or earlier day does.
    Lower,
    /// The higher number or later day does.
    Higher,
    /// The shorter list does.
    Fewer,
    /// The longer list does.
    More,
    /// Neither; two differing values leave the fact undecided.
    Neither,
}

impl Adverse {
    const WORDS: [(&'static str, Self); 7] = [
        ("false", Self::False),
        ("true", Self::True),
        ("lower", Self::Lower),
        ("higher", Self::Higher),
        ("fewer", Self::Fewer),
        ("more", Self::More),
        ("none", Self::Neither),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, adverse)| *adverse == self)
            .map_or("", |(word, _)| word)
    }

    /// Whether `left` weighs against the supplier more than `right`.
    pub fn is_worse(self, left: &FactValue, right: &FactValue) -> bool {
        let size = |value: &FactValue| match value {
            FactValue::List(words) => words.len(),
            _ => 0,
        };
        match self {
            Self::False | Self::Lower => left < right,
            Self::True | Self::Higher => left > right,
            Self::Fewer => (size(left), right) < (size(right), left),
            Self::More => (size(left), left) > (size(right), right),
            Self::Neither => false,
        }
    }
}

/// Who may establish a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Producer {
    /// An answer to the questionnaire.
    Answer,
    /// A record of the agency.
    Agency,
    /// A certificate or registry entry.
    Certification,
    /// A bill of materials.
    Sbom,
    /// A verified signature.
    Signature,
    /// Verified build provenance.
    Provenance,
    /// Advisories held against a bill of materials.
    Advisory,
    /// A contract clause in force, recorded by the agency.
    Contract,
    /// A third party's audit report, with its scope and period.
    Audit,
    /// What a machine of the agency measured: a scan of endpoints, a trial export, the availability of a month.
    Measurement,
}

impl Producer {
    const WORDS: [(&'static str, Self); 10] = [
        ("answer", Self::Answer),
        ("agency", Self::Agency),
        ("certification", Self::Certification),
        ("sbom", Self::Sbom),
        ("signature", Self::Signature),
        ("provenance", Self::Provenance),
        ("advisory", Self::Advisory),
        ("contract", Self::Contract),
        ("audit", Self::Audit),
        ("measurement", Self::Measurement),
    ];

    /// The ranks that its facts can have while the evidence is in force, lowest first.
    ///
    /// Source: docs/criteria.md, "Proof ranks and caps". An answer has rank 2 with a document; a certificate
    /// 5 when the agency fetched the entry; a count of advisories the rank of the weakest statement that it
    /// rests on, and what the provenance itself claims rank 2.
    pub fn ranks(self) -> &'static [ProofRank] {
        match self {
            Self::Answer => &[ProofRank::ANSWER, ProofRank::DOCUMENT],
            Self::Agency => &[ProofRank::REGISTRY],
            Self::Certification => &[ProofRank::DOCUMENT, ProofRank::REGISTRY],
            Self::Sbom | Self::Signature | Self::Measurement => &[ProofRank::MACHINE],
            Self::Provenance => &[ProofRank::DOCUMENT, ProofRank::MACHINE],
            Self::Advisory => &[
                ProofRank::DOCUMENT,
                ProofRank::AUDIT,
                ProofRank::REGISTRY,
                ProofRank::MACHINE,
            ],
            Self::Contract => &[ProofRank::CLAUSE],
            Self::Audit => &[ProofRank::AUDIT],
        }
    }

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, producer)| *producer == self)
            .map_or("", |(word, _)| word)
    }
}

/// The declaration of one fact or parameter.
#[derive(Debug, Clone)]
pub struct FactDefinition {
    /// The key.
    pub key: FactKey,
    /// The type of its value.
    pub kind: FactType,
    /// Which value is the worse one.
    pub adverse: Adverse,
    /// Who may establish it; empty for a parameter.
    pub producers: Vec<Producer>,
    /// What it says.
    pub title: Text,
    /// The unit of a number.
    pub unit: Option<Text>,
    /// The only words that a text or a list may hold; empty where any word may stand.
    pub values: Vec<String>,
    /// Whether it is a parameter set by the agency rather than a fact.
    pub is_parameter: bool,
}

/// All declared facts and parameters.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    definitions: BTreeMap<FactKey, FactDefinition>,
}

impl Vocabulary {
    /// Reads a vocabulary of one file.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let mut vocabulary = Self::default();
        vocabulary.extend(document, complaints);
        vocabulary
    }

    /// Adds the declarations of one more file; what cannot be read is left out and complained about.
    pub fn extend(&mut self, document: &Document, complaints: &Complaints) {
        let root = Fields::root(document, complaints);
        for (list, is_parameter) in [("parameter", true), ("fact", false)] {
            for fields in root.tables(list) {
                self.define(&fields, is_parameter);
            }
        }
        root.finish();
    }

    fn define(&mut self, fields: &Fields<'_>, is_parameter: bool) {
        let key = FactKey(fields.text("key"));
        let kind = fields.word("type", &FactType::WORDS);
        let title = fields.both("title");
        let unit = fields.optional_both("unit");
        let values = fields.texts("values");
        let (adverse, producers) = if is_parameter {
            (Some(Adverse::Neither), Vec::new())
        } else {
            (
                fields.word("adverse", &Adverse::WORDS),
                fields.words("producers", &Producer::WORDS),
            )
        };
        fields.finish();
        let well_formed = key.as_str().split('.').count() >= 2
            && key.as_str().split('.').all(|step| {
                step.starts_with(|first: char| first.is_ascii_lowercase())
                    && step.bytes().all(|byte| {
                        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
                    })
            });
        if !well_formed || (key.as_str().starts_with("case.") != is_parameter) {
            fields.complain(
                "fact-key-malformed",
                "key",
                format!("`{key}` is not a key of this list"),
                "write lower-case steps joined by dots; `case.` begins parameters only",
            );
        }
        let clash = self.definitions.keys().any(|other| {
            *other == key
                || other
                    .as_str()
                    .strip_prefix(key.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
                || key
                    .as_str()
                    .strip_prefix(other.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
        });
        if clash {
            fields.complain(
                "fact-key-clash",
                "key",
                format!("`{key}` is declared twice, or lies inside another key"),
                "choose another key",
            );
        }
        if let (Some(kind), Some(adverse)) = (kind, adverse) {
            let definition = FactDefinition {
                key: key.clone(),
                kind,
                adverse,
                producers,
                title,
                unit,
                values,
                is_parameter,
            };
            self.definitions.insert(key, definition);
        }
    }

    /// Returns the declaration of a key.
    pub fn lookup(&self, key: &str) -> Option<&FactDefinition> {
        self.definitions.get(&FactKey::from(key))
    }

    /// Returns every declaration, sorted by key.
    pub fn list(&self) -> impl Iterator<Item = &FactDefinition> {
        self.definitions.values()
    }

    /// Returns the declared key nearest to a mistyped one.
    pub fn suggest(&self, key: &str) -> Option<&str> {
        nearest(key, self.definitions.keys().map(FactKey::as_str))
    }

    /// Takes a value for a fact, or complains that it has the wrong type.
    ///
    /// # Errors
    ///
    /// `fact-unknown` or `fact-wrong-type`, both at `at`.
    pub fn typed(
        &self,
        key: &str,
        value: &Value,
        at: crate::diagnostic::Place,
    ) -> Result<FactValue, Diagnostic> {
        let Some(definition) = self.lookup(key) else {
            let diagnostic =
                Diagnostic::error("fact-unknown", at, format!("there is no fact `{key}`"));
            return Err(match self.suggest(key) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("`mekiki facts` lists them all"),
            });
        };
        definition.kind.value(value).ok_or_else(|| {
            let message = format!(
                "`{key}` takes {}, found {}",
                wanted(definition.kind),
                value.shape()
            );
            Diagnostic::error("fact-wrong-type", at, message).help(example(definition.kind))
        })
    }
}

fn wanted(kind: FactType) -> &'static str {
    match kind {
        FactType::Bool => "true or false",
        FactType::Integer => "a whole number",
        FactType::Date => "a day written YYYY-MM-DD",
        FactType::Text => "a text",
        FactType::List => "a list of texts",
    }
}

fn example(kind: FactType) -> &'static str {
    match kind {
        FactType::Bool => "write true or false, without quotes",
        FactType::Integer => "write digits, without quotes",
        FactType::Date => "write it like \"2026-11-20\"",
        FactType::Text => "write it in quotes",
        FactType::List => "write it like [\"JP\"]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_value_is_known_for_each_direction() {
        let (yes, no) = (FactValue::Bool(true), FactValue::Bool(false));
        let (one, two) = (FactValue::Integer(1), FactValue::Integer(2));
        let short = FactValue::List(vec!["JP".into()]);
        let long = FactValue::List(vec!["JP".into(), "SG".into()]);
        for (adverse, worse, better) in [
            (Adverse::False, &no, &yes),
            (Adverse::True, &yes, &no),
            (Adverse::Lower, &one, &two),
            (Adverse::Higher, &two, &one),
            (Adverse::Fewer, &short, &long),
            (Adverse::More, &long, &short),
        ] {
            assert!(adverse.is_worse(worse, better), "{adverse:?}");
            assert!(!adverse.is_worse(better, worse), "{adverse:?}");
            assert!(!adverse.is_worse(worse, worse), "{adverse:?}");
        }
        assert!(!Adverse::Neither.is_worse(&one, &two));
    }
}
