//! The parameters of a case that decide which criteria apply and what they ask for.

use std::collections::BTreeMap;

use super::OfferingType;
use crate::fact::FactValue;
use crate::id::FactKey;

/// What the agency procures, and for which information.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// What is procured; a set.
    pub offering_types: Vec<OfferingType>,
    /// Highest confidentiality class over the information items, 1 to 3.
    pub confidentiality: i64,
    /// Every parameter under its `case.` key, the two above included.
    pub parameters: BTreeMap<FactKey, FactValue>,
}

impl Case {
    /// Builds a case; the parameters gain the offering types and the class.
    pub fn new(
        offering_types: Vec<OfferingType>,
        confidentiality: i64,
        mut parameters: BTreeMap<FactKey, FactValue>,
    ) -> Self {
        let mut words: Vec<_> = offering_types
            .iter()
            .map(|kind| kind.word().to_owned())
            .collect();
        words.sort();
        parameters.insert("case.offering_types".into(), FactValue::List(words));
        parameters.insert(
            "case.confidentiality".into(),
            FactValue::Integer(confidentiality),
        );
        Self {
            offering_types,
            confidentiality,
            parameters,
        }
    }
}
