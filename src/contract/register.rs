//! The register of contractual requirements as a document, schema `mekiki/requirements/v1`: written for people and
//! machines that hold a delivery to it, and read again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::requirement::{Event, LoggedEvent, State};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::id::{ClauseId, CriterionId, TenderId};
use crate::tender::ParameterValue;
use crate::tree::{Complaints, Fields, Node, Value, parse_json};

/// The schema.
pub const SCHEMA: &str = "mekiki/requirements/v1";

/// The register.
#[derive(Debug, Serialize)]
pub struct RegisterView<'a> {
    /// The schema.
    pub schema: &'static str,
    /// The tender.
    pub tender: &'a TenderId,
    /// The requirements in the order in which they were proposed.
    pub requirements: Vec<LineView<'a>>,
}

/// A requirement of the register.
#[derive(Debug, Serialize)]
pub struct LineView<'a> {
    /// The criterion.
    pub criterion: &'a CriterionId,
    /// The clause; none for a duty of the agency itself.
    pub clause: Option<&'a ClauseId>,
    /// The state.
    pub state: State,
    /// Parameter values of the clause as its Japanese text shows them.
    pub parameters: BTreeMap<&'a str, &'a str>,
    /// The same values as they are: numbers, texts and lists.
    pub values: BTreeMap<&'a str, &'a ParameterValue>,
}

impl<'a> RegisterView<'a> {
    /// The register of a tender, by the states of its requirements.
    pub fn new(tender: &'a TenderId, states: &[(&'a LoggedEvent, State)]) -> Self {
        let lines = states.iter().map(|(first, state)| {
            let (parameters, values) = match &first.event {
                Event::Proposed {
                    parameters, values, ..
                } => (
                    parameters
                        .iter()
                        .map(|(name, text)| (name.as_str(), text.as_str()))
                        .collect(),
                    values
                        .iter()
                        .map(|(name, value)| (name.as_str(), value))
                        .collect(),
                ),
                Event::Withdrawn { .. } => Default::default(),
            };
            LineView {
                criterion: &first.requirement.criterion,
                clause: first.requirement.clause.as_ref(),
                state: *state,
                parameters,
                values,
            }
        });
        Self {
            schema: SCHEMA,
            tender,
            requirements: lines.collect(),
        }
    }
}

/// A register that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The tender.
    pub tender: TenderId,
    /// The requirements that bind, in the order of the document; those withdrawn are left out.
    pub requirements: Vec<Line>,
}

/// A requirement that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The criterion.
    pub criterion: CriterionId,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// Parameter values of the clause with their places, by name.
    pub values: BTreeMap<String, (ParameterValue, Place)>,
    /// Where it stands.
    pub at: Place,
}

/// Reads a register.
///
/// # Errors
///
/// Every fault of the document; `requirement-duplicate` where a criterion and clause stand in it twice.
pub fn read_register(bytes: &[u8]) -> Result<Register, Vec<Diagnostic>> {
    let (document, mut remarks) = parse_json(bytes).map_err(|fault| vec![fault])?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != SCHEMA {
        let message = format!("the document is not of the schema {SCHEMA}");
        let help = "`mekiki requirements list DIR --format json` writes it";
        fields.complain("schema-unknown", "schema", message, help);
    }
    let mut register = Register {
        tender: TenderId(fields.text("tender")),
        requirements: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for one in fields.tables("requirements") {
        let line = Line {
            criterion: CriterionId(one.text("criterion")),
            // A duty of the agency itself has `null` there.
            clause: one
                .node("clause")
                .and_then(Node::text)
                .map(|id| ClauseId(id.to_owned())),
            values: values(&one),
            at: one.place(),
        };
        let state = one.word("state", &State::WORDS);
        // The texts of the clause, which say the same for people.
        one.node("parameters");
        if !seen.insert((line.criterion.clone(), line.clause.clone())) {
            let message = format!("`{}` stands in the register twice", line.criterion);
            let help = "keep one line a criterion and clause";
            one.complain("requirement-duplicate", "criterion", message, help);
        }
        one.finish();
        if state != Some(State::Withdrawn) {
            register.requirements.push(line);
        }
    }
    fields.finish();
    remarks.retain(|one| one.severity == Severity::Error);
    remarks.extend(complaints.into_sorted());
    if remarks.iter().any(|one| one.severity == Severity::Error) {
        Err(remarks)
    } else {
        Ok(register)
    }
}

fn values(fields: &Fields<'_>) -> BTreeMap<String, (ParameterValue, Place)> {
    let members = fields.members("values").into_iter();
    let read = members.filter_map(|(name, node, pointer)| {
        let place = fields.place_at(node, &pointer);
        let value = value(node);
        if value.is_none() {
            let message = format!("`{name}` is no number, text or list of texts");
            let help = "`mekiki requirements list DIR --format json` writes it";
            fields.complain("wrong-type", "values", message, help);
        }
        Some((name, (value?, place)))
    });
    read.collect()
}

fn value(node: &Node) -> Option<ParameterValue> {
    match &node.value {
        Value::Integer(number) => Some(ParameterValue::Integer(*number)),
        Value::Text(text) => Some(ParameterValue::Text(text.clone())),
        Value::List(items) => {
            let texts = items.iter().map(|one| one.text().map(str::to_owned));
            texts.collect::<Option<_>>().map(ParameterValue::List)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_with_its_values() {
        let proposed = LoggedEvent {
            requirement: super::super::requirement::RequirementId {
                tender: "t".into(),
                criterion: "A19-2.integ.sbom".into(),
                clause: Some("CL-15".into()),
            },
            on: crate::time::parse_day("2026-11-26").unwrap(),
            actor: "system".to_owned(),
            event: Event::Proposed {
                criterion_digest: crate::digest::Digest::of(b""),
                parameters: vec![("format_list".to_owned(), "A、B".to_owned())],
                values: BTreeMap::from([
                    (
                        "format_list".to_owned(),
                        ParameterValue::List(vec!["A".to_owned(), "B".to_owned()]),
                    ),
                    ("coverage_min".to_owned(), ParameterValue::Integer(950)),
                ]),
            },
        };
        let tender = "t".into();
        let view = RegisterView::new(&tender, &[(&proposed, State::Proposed)]);
        let text = serde_json::to_string(&view).unwrap();
        let register = read_register(text.as_bytes()).unwrap();
        let [line] = register.requirements.as_slice() else {
            panic!("{register:?}");
        };
        assert_eq!(line.clause, Some("CL-15".into()));
        assert_eq!(line.values["coverage_min"].0, ParameterValue::Integer(950));
        assert_eq!(
            line.values["format_list"].0,
            ParameterValue::List(vec!["A".to_owned(), "B".to_owned()])
        );

        let twice = text.replace("\"requirements\":[", "\"requirements\":[{\"criterion\":\"A19-2.integ.sbom\",\"clause\":\"CL-15\",\"state\":\"proposed\"},");
        let faults = read_register(twice.as_bytes()).unwrap_err();
        assert_eq!(faults[0].code, "requirement-duplicate");
        let withdrawn = text.replace("proposed", "withdrawn");
        let register = read_register(withdrawn.as_bytes()).unwrap();
        assert_eq!(register.requirements, []);
    }
}
