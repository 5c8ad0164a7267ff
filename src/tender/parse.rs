//! Reads a tender file. Every fault is named at once, with line and column.

mod bid;
mod case;
mod decision;
mod evaluation;
mod item;
mod offering;
mod sheet;
mod technical;
mod timetable;

use std::collections::BTreeMap;

use bid::{read_bids, read_draw};
use case::{read_case, read_information};
pub use decision::check_decisions;
use decision::read_decisions;
pub use offering::read_offering_file;

use evaluation::read_evaluation;
use sheet::{read_confirmations, read_evaluators, read_outlier_reasons, read_sheets};
use timetable::read_timetable;

use super::procedure::Procedure;
use super::technical::Technical;
use super::{ParameterValue, Tender};
use crate::diagnostic::Diagnostic;
use crate::evidence::Evidence;
use crate::evidence::questionnaire::parse_either;
use crate::fact::vocabulary::Vocabulary;
use crate::id::{AgencyId, ClauseId, TenderId, is_plain};
use crate::tree::{Complaints, Fields, Node, Value};

/// Reads a tender file.
///
/// # Errors
///
/// Every fault of the file.
pub fn read_tender(
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
) -> Result<Tender, Vec<Diagnostic>> {
    read_file(file, |fields| {
        read(fields, file, procedures, vocabulary, Reading::Opened)
    })
}

/// Reads a tender file as it is published: without bids, and without the planned price where that is kept secret until
/// the bids are opened.
///
/// # Errors
///
/// Every fault of the file; `published-bid` when it holds a bid, a sheet or what else comes later.
pub fn read_published(
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
) -> Result<Tender, Vec<Diagnostic>> {
    read_file(file, |fields| {
        read(fields, file, procedures, vocabulary, Reading::Published)
    })
}

/// Reads the technical side of a tender file at any stage: the rules, the bids and whatever sheets there are. No price
/// is read, and none needs to be there.
///
/// # Errors
///
/// Every fault of the file, missing marks apart.
pub fn read_technical(
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
) -> Result<Technical, Vec<Diagnostic>> {
    read_file(file, |fields| {
        technical::read(fields, file, procedures, vocabulary)
    })
}

/// Reads a tender file as it is published where it holds no bid, else as with bids and prices. Says whether it holds bids.
///
/// # Errors
///
/// Every fault of the file.
pub fn read_at_its_stage(
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
) -> Result<(Tender, bool), Vec<Diagnostic>> {
    read_file(file, |fields| {
        let reading = match fields.node("bid") {
            Some(_) => Reading::Opened,
            None => Reading::Published,
        };
        let tender = read(fields, file, procedures, vocabulary, reading)?;
        Some((tender, reading == Reading::Opened))
    })
}

/// Reads what bidders may know of a tender file, whatever stands beside it by now: bids, sheets, decisions on them and what
/// is said at the opening are passed over.
///
/// # Errors
///
/// Every fault of what is read.
pub fn read_notice(
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
) -> Result<Tender, Vec<Diagnostic>> {
    read_file(file, |fields| {
        read(fields, file, procedures, vocabulary, Reading::Notice)
    })
}

/// At which stage a tender file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As it is published.
    Published,
    /// What is published of a file that may hold more.
    Notice,
    /// As it stands while the evaluators mark: with bids, with what sheets there are, and without a price.
    Technical,
    /// With bids and prices.
    Opened,
}

/// Reads a file of the agency; every fault of it at once.
fn read_file<T>(
    file: &Evidence,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> Result<T, Vec<Diagnostic>> {
    let in_file = |faults: Vec<Diagnostic>| {
        faults
            .into_iter()
            .map(|one| one.in_file(file.path.clone()))
            .collect::<Vec<_>>()
    };
    let document = parse_either(&file.bytes).map_err(in_file)?;
    let complaints = Complaints::default();
    match read(&Fields::root(&document, &complaints)) {
        Some(read) if !complaints.has_errors() => Ok(read),
        _ => Err(in_file(complaints.into_sorted())),
    }
}

fn read(
    fields: &Fields<'_>,
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
    vocabulary: &Vocabulary,
    reading: Reading,
) -> Option<Tender> {
    check_schema(fields);
    let information = read_information(fields);
    let agency = fields.table("agency");
    let agency_id = agency
        .as_ref()
        .map_or_else(String::new, |agency| agency.text("id"));
    let agency_name = agency
        .as_ref()
        .map(|agency| agency.both("name"))
        .unwrap_or_default();
    if let Some(agency) = &agency {
        plain(agency, "id", &agency_id);
        agency.finish();
    }
    let id = fields.text("id");
    plain(fields, "id", &id);
    let title = fields.both("title");
    let evaluation = read_evaluation(fields, &title, procedures, reading);
    let case = read_case(fields, &information, vocabulary);
    let evaluators = read_evaluators(fields);
    let mut bids = match reading {
        Reading::Opened => read_bids(fields, file, evaluation.as_ref()),
        Reading::Published | Reading::Technical => {
            refuse_later(fields);
            Vec::new()
        }
        Reading::Notice => {
            for key in LATER {
                fields.node(key);
            }
            Vec::new()
        }
    };
    bids.sort_by(|left, right| left.id.cmp(&right.id));
    let (mut confirmations, mut outlier_reasons) = (Vec::new(), Vec::new());
    if reading != Reading::Notice {
        if let Some(evaluation) = &evaluation {
            read_sheets(fields, evaluation, &evaluators, &mut bids, reading);
        }
        confirmations = read_confirmations(fields, file, &bids);
        let items = evaluation.as_ref().map_or(&[][..], |one| &one.items);
        outlier_reasons = read_outlier_reasons(fields, items, &evaluators, &bids);
    }
    let decisions = read_decisions(fields, file);
    let clause_parameters = fields
        .named_tables("clause")
        .into_iter()
        .map(|(clause, table)| {
            let values = table.own_members().into_iter().filter_map(|(name, node, _)| {
                let value = parameter(node);
                if value.is_none() {
                    table.complain("wrong-type", &name, format!("the parameter `{name}` must be a whole number, a text or a list of texts"), "");
                }
                value.map(|value| (name, value))
            });
            (ClauseId(clause), values.collect())
        })
        .collect();
    let draw = match reading {
        Reading::Notice => Vec::new(),
        _ => read_draw(fields, &bids),
    };
    let as_of = fields.day("as_of");
    let bid_deadline = fields.day("bid_deadline");
    let timetable = read_timetable(fields, bid_deadline);
    let catalog = fields.optional_text("catalog");
    fields.finish();
    let evaluation = evaluation?;
    Some(Tender {
        id: TenderId(id),
        title,
        agency: AgencyId(agency_id),
        agency_name,
        as_of,
        bid_deadline,
        timetable,
        catalog,
        case,
        information,
        procedure: evaluation.procedure,
        lots: evaluation.lots,
        amounts_in_rules: evaluation.amounts_in_rules,
        tax_basis: evaluation.tax_basis,
        technical_points: evaluation.technical_points,
        technical_minimum: evaluation.technical_minimum,
        parameters: evaluation.parameters,
        blocks: evaluation.blocks,
        items: evaluation.items,
        evaluators,
        confirms_verdicts: evaluation.confirms_verdicts,
        confirmations,
        outlier_reasons,
        bids,
        decisions,
        clause_parameters,
        draw,
    })
}

fn check_schema(fields: &Fields<'_>) {
    if fields.text("schema") != "mekiki/tender-file/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no tender file",
            "write schema = \"mekiki/tender-file/v1\"",
        );
    }
}

fn plain(fields: &Fields<'_>, key: &str, id: &str) {
    if !id.is_empty() && !is_plain(id) {
        fields.complain(
            "id-malformed",
            key,
            format!("`{id}` cannot be an identifier"),
            "use up to 64 letters, digits, `-`, `_` and `.`",
        );
    }
}

/// What comes into a tender file after it is published.
const LATER: [&str; 7] = [
    "bid",
    "sheet",
    "confirmation",
    "outlier",
    "draw",
    "lots",
    "opening",
];

/// What a published tender file must not hold yet.
fn refuse_later(fields: &Fields<'_>) {
    for key in LATER {
        if fields.node(key).is_some() {
            fields.complain(
                "published-bid",
                key,
                format!("`{key}` stands in a tender file that is to be published"),
                "publish what bidders may read; bids, sheets and prices come in later",
            );
        }
    }
}

fn parameter(node: &Node) -> Option<ParameterValue> {
    match &node.value {
        Value::Integer(integer) => Some(ParameterValue::Integer(*integer)),
        Value::Text(text) => Some(ParameterValue::Text(text.clone())),
        Value::List(items) => items
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect::<Option<_>>()
            .map(ParameterValue::List),
        _ => None,
    }
}
