//! Drafting the security clauses of a tender, with every gap named.

use std::collections::{BTreeMap, BTreeSet};

use super::{Clause, Clauses, Parameter, ParameterType, names};
use crate::criteria::{Catalog, Criterion};
use crate::id::{ClauseId, CriterionId};
use crate::tender::{ParameterValue, Tender};
use crate::text::{Lang, Text};

/// A clause with its parameters filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedClause {
    /// Which clause.
    pub id: ClauseId,
    /// Title.
    pub title: Text,
    /// Text without any brace.
    pub text: Text,
    /// The criteria of this tender that it serves, with their titles.
    pub serves: Vec<(CriterionId, Text)>,
    /// The values that were filled in, by name.
    pub parameters: BTreeMap<String, Text>,
    /// The same values as they are, for machines that hold a delivery to them.
    pub values: BTreeMap<String, ParameterValue>,
}

/// What keeps a specification from being published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClauseGap {
    /// A criterion under A19-2 has no clause.
    NoClause {
        /// The criterion.
        criterion: CriterionId,
    },
    /// A criterion names a clause that the library lacks.
    UnknownClause {
        /// The criterion.
        criterion: CriterionId,
        /// The clause.
        clause: ClauseId,
    },
    /// A parameter has neither value nor default.
    Unset {
        /// The clause.
        clause: ClauseId,
        /// The parameter.
        parameter: String,
        /// What it means.
        description: Text,
    },
    /// A value does not fit its parameter.
    Unfit {
        /// The clause.
        clause: ClauseId,
        /// The parameter.
        parameter: String,
        /// What is expected.
        expected: String,
    },
    /// The tender gives a value to a parameter that does not exist.
    UnknownParameter {
        /// The clause.
        clause: ClauseId,
        /// The parameter.
        parameter: String,
    },
}

/// The criteria of a catalog that apply to a tender.
pub fn applicable<'a>(catalog: &'a Catalog, tender: &Tender) -> Vec<&'a Criterion> {
    let case = &tender.case;
    let known: BTreeMap<_, _> = case.parameters.iter().collect();
    catalog
        .criteria
        .values()
        .filter(|criterion| {
            criterion
                .offerings
                .iter()
                .any(|kind| case.offering_types.contains(kind))
        })
        .filter(|criterion| case.confidentiality >= criterion.confidentiality)
        .filter(|criterion| {
            criterion
                .when
                .as_ref()
                .is_none_or(|when| when.evaluate(&known) != crate::criteria::rule::Truth::False)
        })
        .filter(|criterion| {
            !tender
                .decisions
                .not_applicable
                .iter()
                .any(|one| one.criterion == criterion.id)
        })
        .collect()
}

/// Drafts the clauses that the applicable criteria name, in the order of the library.
///
/// # Errors
///
/// Every gap; nothing is drafted while one remains.
pub fn draft(
    catalog: &Catalog,
    clauses: &Clauses,
    tender: &Tender,
) -> Result<Vec<DraftedClause>, Vec<ClauseGap>> {
    let mut gaps = BTreeSet::new();
    let mut serving: BTreeMap<&ClauseId, Vec<(CriterionId, Text)>> = BTreeMap::new();
    for criterion in applicable(catalog, tender) {
        if criterion.clauses.is_empty()
            && criterion
                .source
                .paragraphs
                .iter()
                .any(|paragraph| paragraph == "A19-2")
        {
            gaps.insert(ClauseGap::NoClause {
                criterion: criterion.id.clone(),
            });
        }
        for clause in &criterion.clauses {
            match clauses.get_key_value(clause) {
                Some((id, _)) => serving
                    .entry(id)
                    .or_default()
                    .push((criterion.id.clone(), criterion.title.clone())),
                None => {
                    gaps.insert(ClauseGap::UnknownClause {
                        criterion: criterion.id.clone(),
                        clause: clause.clone(),
                    });
                }
            }
        }
    }
    for (clause, values) in &tender.clause_parameters {
        for name in values.keys() {
            let declared = clauses
                .get(clause)
                .is_some_and(|clause| clause.parameters.iter().any(|one| one.name == *name));
            if !declared {
                gaps.insert(ClauseGap::UnknownParameter {
                    clause: clause.clone(),
                    parameter: name.clone(),
                });
            }
        }
    }
    let drafted: Vec<_> = serving
        .into_iter()
        .filter_map(|(id, serves)| {
            clauses
                .get(id)
                .map(|clause| fill(clause, tender, serves, &mut gaps))
        })
        .collect();
    if gaps.is_empty() {
        Ok(drafted)
    } else {
        Err(gaps.into_iter().collect())
    }
}

fn fill(
    clause: &Clause,
    tender: &Tender,
    serves: Vec<(CriterionId, Text)>,
    gaps: &mut BTreeSet<ClauseGap>,
) -> DraftedClause {
    let given = tender.clause_parameters.get(&clause.id);
    let mut parameters = BTreeMap::new();
    let mut values = BTreeMap::new();
    for parameter in &clause.parameters {
        let name = parameter.name.clone();
        match given.and_then(|given| given.get(&name)) {
            Some(value) => match shown(parameter, value) {
                Ok(text) => {
                    values.insert(name.clone(), value.clone());
                    parameters.insert(name, text);
                }
                Err(expected) => {
                    gaps.insert(ClauseGap::Unfit {
                        clause: clause.id.clone(),
                        parameter: name,
                        expected,
                    });
                }
            },
            None => match &parameter.default {
                Some(default) => {
                    values.insert(name.clone(), parameter.kind.value(default));
                    parameters.insert(
                        name,
                        Text {
                            ja: default.clone(),
                            en: default.clone(),
                        },
                    );
                }
                None => {
                    gaps.insert(ClauseGap::Unset {
                        clause: clause.id.clone(),
                        parameter: name,
                        description: parameter.description.clone(),
                    });
                }
            },
        }
    }
    let text = Text {
        ja: replace(&clause.text.ja, Lang::Ja, &parameters),
        en: replace(&clause.text.en, Lang::En, &parameters),
    };
    DraftedClause {
        id: clause.id.clone(),
        title: clause.title.clone(),
        text,
        serves,
        parameters,
        values,
    }
}

fn replace(text: &str, lang: Lang, parameters: &BTreeMap<String, Text>) -> String {
    names(text)
        .iter()
        .fold(text.to_owned(), |text, name| match parameters.get(name) {
            Some(value) => text.replace(&format!("{{{name}}}"), value.of(lang)),
            None => text,
        })
}

fn shown(parameter: &Parameter, value: &ParameterValue) -> Result<Text, String> {
    match (parameter.kind, value) {
        (ParameterType::Integer, ParameterValue::Integer(number)) => {
            let (min, max) = (
                parameter.min.unwrap_or(i64::MIN),
                parameter.max.unwrap_or(i64::MAX),
            );
            if (min..=max).contains(number) {
                Ok(Text {
                    ja: number.to_string(),
                    en: number.to_string(),
                })
            } else {
                Err(format!("a whole number from {min} to {max}"))
            }
        }
        (ParameterType::Text, ParameterValue::Text(text)) if !text.trim().is_empty() => Ok(Text {
            ja: text.clone(),
            en: text.clone(),
        }),
        (ParameterType::List, ParameterValue::List(items)) if !items.is_empty() => Ok(Text {
            ja: items.join("、"),
            en: items.join(", "),
        }),
        (ParameterType::Integer, _) => Err("a whole number".to_owned()),
        (ParameterType::Text, _) => Err("a text".to_owned()),
        (ParameterType::List, _) => Err("a list of texts".to_owned()),
    }
}
