//! The case: what is procured, for which information, and every parameter of the judgment.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::criteria::OfferingType;
use crate::criteria::case::Case;
use crate::fact::FactValue;
use crate::fact::vocabulary::{FactDefinition, Vocabulary};
use crate::id::FactKey;
use crate::tender::InformationItem;
use crate::tree::Fields;

/// From which severity on a vulnerability must be fixed or explained, where the file does not say: from the lowest one
/// on.
const LOWEST_SEVERITY: &str = "low";

/// The severities that it may say.
const SEVERITIES: [(&str, &str); 4] = [
    (LOWEST_SEVERITY, LOWEST_SEVERITY),
    ("medium", "medium"),
    ("high", "high"),
    ("critical", "critical"),
];

/// Parameters that follow from the offering types and the information, and are never set by themselves.
const DERIVED: [&str; 4] = [
    "case.offering_types",
    "case.confidentiality",
    "case.integrity",
    "case.availability",
];

/// Parameters that may stand at the top of the file: days, lists, and whole numbers with their range.
const DAYS: [&str; 2] = ["planned_end_of_use", "start_of_use"];
const LISTS: [&str; 3] = ["allowed_countries", "used_regions", "used_functions"];
const NUMBERS: [(&str, RangeInclusive<i64>); 5] = [
    ("sbom_coverage_per_mille", 0..=1000),
    ("first_notice_hours", 1..=720),
    ("log_retention_months", 1..=240),
    ("jc_star_level", 1..=4),
    ("advisory_maximum_age_days", 1..=366),
];

pub(super) fn read_information(fields: &Fields<'_>) -> Vec<InformationItem> {
    fields
        .tables("information")
        .iter()
        .map(|item| {
            let read = InformationItem {
                name: item.both("name"),
                confidentiality: item.integer("confidentiality", 1..=3),
                integrity: item.integer("integrity", 1..=2),
                availability: item.integer("availability", 1..=2),
                restrictions: item.texts("restrictions"),
            };
            item.finish();
            read
        })
        .collect()
}

/// The case: each class is the maximum over the information items (high-water mark).
pub(super) fn read_case(
    fields: &Fields<'_>,
    information: &[InformationItem],
    vocabulary: &Vocabulary,
) -> Case {
    let offering_types = fields.words("offering_types", &OfferingType::WORDS);
    if offering_types.is_empty() {
        fields.complain(
            "missing-field",
            "offering_types",
            "the file names no offering type",
            "name one of OUT, SaaS, PaaS, IaaS, DEV, SW",
        );
    }
    if information.is_empty() {
        fields.complain(
            "missing-field",
            "information",
            "the file lists no item of information",
            "list what the supplier will handle, with its classes",
        );
    }
    let highest =
        |class: fn(&InformationItem) -> i64| information.iter().map(class).max().unwrap_or(1);
    let mut parameters: BTreeMap<FactKey, FactValue> = BTreeMap::new();
    for name in DAYS {
        if let Some(day) = fields.optional_day(name) {
            parameters.insert(key(name), FactValue::Date(day));
        }
    }
    for name in LISTS {
        if fields.node(name).is_some() {
            let mut words = fields.texts(name);
            words.sort();
            parameters.insert(key(name), FactValue::List(words));
        }
    }
    for (name, range) in NUMBERS {
        if fields.node(name).is_some() {
            parameters.insert(key(name), FactValue::Integer(fields.integer(name, range)));
        }
    }
    if let Some(severity) = fields.optional_word("lowest_handled_severity", &SEVERITIES) {
        let word = FactValue::Text(severity.to_owned());
        parameters.insert(key("lowest_handled_severity"), word);
    }
    settings(fields, vocabulary, &mut parameters);
    parameters
        .entry(key("lowest_handled_severity"))
        .or_insert_with(|| FactValue::Text(LOWEST_SEVERITY.to_owned()));
    for (name, class) in [
        ("integrity", highest(|item| item.integrity)),
        ("availability", highest(|item| item.availability)),
    ] {
        parameters.insert(key(name), FactValue::Integer(class));
    }
    Case::new(
        offering_types,
        highest(|item| item.confidentiality),
        parameters,
    )
}

fn key(name: &str) -> FactKey {
    FactKey(format!("case.{name}"))
}

/// The table `case`: any declared parameter by its name.
fn settings(
    fields: &Fields<'_>,
    vocabulary: &Vocabulary,
    parameters: &mut BTreeMap<FactKey, FactValue>,
) {
    let Some(table) = fields.optional_table("case") else {
        return;
    };
    for (name, node, pointer) in table.own_members() {
        let key = key(&name);
        if DERIVED.contains(&key.as_str()) {
            table.complain(
                "case-derived",
                &name,
                format!("`{key}` follows from the offering types and the information"),
                "leave it out here; change what it follows from",
            );
            continue;
        }
        let at = table.place_at(node, &pointer);
        let value = match vocabulary.typed(key.as_str(), &node.value, at) {
            Ok(value) => value,
            Err(fault) => {
                let help = fault.help.as_deref().unwrap_or_default();
                table.complain(fault.code, &name, fault.message.clone(), help);
                continue;
            }
        };
        if let Some(problem) = refused(&name, &value, vocabulary.lookup(key.as_str())) {
            table.complain("out-of-range", &name, problem, "");
        }
        if parameters.insert(key.clone(), value).is_some() {
            table.complain(
                "case-twice",
                &name,
                format!("`{key}` is set at the top of the file and in [case]"),
                "keep one of the two",
            );
        }
    }
}

/// Why a value cannot be, if it cannot.
fn refused(name: &str, value: &FactValue, definition: Option<&FactDefinition>) -> Option<String> {
    let range = NUMBERS.iter().find(|(key, _)| *key == name);
    if let (FactValue::Integer(number), Some((_, range))) = (value, range)
        && !range.contains(number)
    {
        return Some(format!(
            "`{name}` is {number}, outside {} to {}",
            range.start(),
            range.end()
        ));
    }
    let words: Vec<&str> = match value {
        FactValue::Text(word) => vec![word],
        FactValue::List(words) => words.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let severities: Vec<_> = SEVERITIES.iter().map(|(word, _)| *word).collect();
    let mut allowed: Vec<&str> = definition.map_or_else(Vec::new, |one| {
        one.values.iter().map(String::as_str).collect()
    });
    if name == "lowest_handled_severity" {
        allowed = severities;
    }
    let stranger = words.into_iter().find(|word| !allowed.contains(word))?;
    (!allowed.is_empty()).then(|| {
        format!(
            "`{name}` cannot be `{stranger}`; it is one of {}",
            allowed.join(", ")
        )
    })
}
