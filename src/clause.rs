//! The clause library: bilingual contract texts with parameters, each serving criteria.
//!
//! A clause never stands without its criterion, and a criterion under paragraph 2 of Article 19 never
//! stands without a clause: the paragraph asks that the selection criteria be in the specification.

pub mod draft;

use std::collections::BTreeMap;

use crate::id::{ClauseId, CriterionId};
use crate::tender::ParameterValue;
use crate::text::{Lang, Text};
use crate::tree::{Complaints, Document, Fields, Value};

/// A clause.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Identifier.
    pub id: ClauseId,
    /// Title.
    pub title: Text,
    /// Text with `{name}` for each parameter.
    pub text: Text,
    /// The criteria it serves.
    pub serves: Vec<CriterionId>,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
}

/// A parameter of a clause.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name, as it stands in braces.
    pub name: String,
    /// Type.
    pub kind: ParameterType,
    /// Value when the tender gives none.
    pub default: Option<String>,
    /// Which change binds the contractor more.
    pub stronger: Stronger,
    /// Least whole number.
    pub min: Option<i64>,
    /// Greatest whole number.
    pub max: Option<i64>,
    /// What it means.
    pub description: Text,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterType {
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// A list of texts.
    List,
}

impl ParameterType {
    /// The value that a default, which is kept as a text, stands for.
    pub(crate) fn value(self, default: &str) -> ParameterValue {
        match (self, default.parse()) {
            (Self::Integer, Ok(number)) => ParameterValue::Integer(number),
            (Self::List, _) => ParameterValue::List(vec![default.to_owned()]),
            _ => ParameterValue::Text(default.to_owned()),
        }
    }
}

/// Which change of a parameter binds the contractor more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stronger {
    /// A higher number.
    Higher,
    /// A lower number.
    Lower,
    /// Fewer items.
    Subset,
    /// More items.
    Superset,
    /// No direction.
    Neither,
}

const TYPES: [(&str, ParameterType); 3] = [
    ("integer", ParameterType::Integer),
    ("text", ParameterType::Text),
    ("list", ParameterType::List),
];

const DIRECTIONS: [(&str, Stronger); 5] = [
    ("higher", Stronger::Higher),
    ("lower", Stronger::Lower),
    ("subset", Stronger::Subset),
    ("superset", Stronger::Superset),
    ("none", Stronger::Neither),
];

/// Clauses by identifier.
pub type Clauses = BTreeMap<ClauseId, Clause>;

impl Clause {
    /// Reads a clause; complaints name what is wrong with it.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let clause = Self {
            id: ClauseId(fields.text("id")),
            title: fields.both("title"),
            text: fields.both("text"),
            serves: fields
                .texts("serves")
                .into_iter()
                .map(CriterionId)
                .collect(),
            parameters: fields
                .tables("parameter")
                .iter()
                .map(read_parameter)
                .collect(),
        };
        if clause.serves.is_empty() {
            fields.complain(
                "clause-orphan",
                "serves",
                "the clause serves no criterion",
                "name the criteria it serves",
            );
        }
        for lang in Lang::BOTH {
            let used = names(clause.text.of(lang));
            for name in &used {
                if !clause
                    .parameters
                    .iter()
                    .any(|parameter| parameter.name == *name)
                {
                    fields.complain(
                        "parameter-undeclared",
                        "text",
                        format!(
                            "the {} text uses `{{{name}}}`, which is not declared",
                            lang.code()
                        ),
                        "declare it under [[parameter]]",
                    );
                }
            }
            for parameter in clause
                .parameters
                .iter()
                .filter(|parameter| !used.contains(&parameter.name))
            {
                fields.complain(
                    "parameter-unused",
                    "text",
                    format!(
                        "the {} text does not use `{{{}}}`",
                        lang.code(),
                        parameter.name
                    ),
                    "use it in both languages",
                );
            }
        }
        fields.finish();
        clause
    }
}

fn read_parameter(fields: &Fields<'_>) -> Parameter {
    let kind = fields.word("type", &TYPES).unwrap_or(ParameterType::Text);
    let default = fields
        .node("default")
        .and_then(|node| match (&node.value, kind) {
            (Value::Integer(number), ParameterType::Integer) => Some(number.to_string()),
            (Value::Text(text), ParameterType::Text) => Some(text.clone()),
            _ => {
                fields.complain(
                    "wrong-type",
                    "default",
                    "the default is not of the parameter's type",
                    "",
                );
                None
            }
        });
    fields.optional_both("unit");
    let parameter = Parameter {
        name: fields.text("name"),
        kind,
        default,
        stronger: fields
            .word("stronger", &DIRECTIONS)
            .unwrap_or(Stronger::Neither),
        min: fields.optional_integer("min"),
        max: fields.optional_integer("max"),
        description: fields.both("description"),
    };
    fields.finish();
    parameter
}

/// The names in braces in a text, in order, each once.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}
