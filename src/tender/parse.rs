//! Reads a tender file. Every fault is named at once, with line and column.

mod bid;
mod case;
mod decision;
mod offering;

use std::collections::{BTreeMap, BTreeSet};

use bid::read_bids;
use case::{read_case, read_information};
pub use decision::check_decisions;
use decision::read_decisions;
pub use offering::read_offering_file;

use super::procedure::{Procedure, TieRule};
use super::{Bid, Block, BlockKind, ParameterValue, Tender};
use crate::diagnostic::{Diagnostic, nearest};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::evidence::questionnaire::parse_either;
use crate::exact::Exact;
use crate::fact::vocabulary::Vocabulary;
use crate::id::{AgencyId, BidId, ClauseId, TenderId, is_plain};
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
    read_file(file, |fields| read(fields, file, procedures, vocabulary))
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
) -> Option<Tender> {
    if fields.text("schema") != "mekiki/tender-file/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no tender file",
            "write schema = \"mekiki/tender-file/v1\"",
        );
    }
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
    let evaluation = fields
        .table("procedure")
        .and_then(|table| read_procedure(&table, procedures));
    let case = read_case(fields, &information, vocabulary);
    let mut bids = read_bids(fields, file, evaluation.as_ref());
    bids.sort_by(|left, right| left.id.cmp(&right.id));
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
    let lots = read_lots(fields, &bids);
    let as_of = fields.day("as_of");
    let bid_deadline = fields.day("bid_deadline");
    let catalog = fields.optional_text("catalog");
    let title = fields.both("title");
    fields.finish();
    let evaluation = evaluation?;
    Some(Tender {
        id: TenderId(id),
        title,
        agency: AgencyId(agency_id),
        agency_name,
        as_of,
        bid_deadline,
        catalog,
        case,
        information,
        procedure: evaluation.procedure,
        ceiling_yen: evaluation.ceiling_yen,
        price_allotment: evaluation.price_allotment,
        blocks: evaluation.blocks,
        bids,
        decisions,
        clause_parameters,
        lots,
    })
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

fn read_lots(fields: &Fields<'_>, bids: &[Bid]) -> Vec<BidId> {
    let lots: Vec<_> = fields.texts("lots").into_iter().map(BidId).collect();
    let known: BTreeSet<_> = bids.iter().map(|bid| &bid.id).collect();
    let mut drawn = BTreeSet::new();
    for lot in &lots {
        if !known.contains(lot) || !drawn.insert(lot) {
            fields.complain(
                "lots-malformed",
                "lots",
                format!("`lots` names `{lot}`, which is no bid or stands there twice"),
                "list the bids that drew, each once, in the order of the lots",
            );
        }
    }
    lots
}

struct Evaluation {
    procedure: Procedure,
    ceiling_yen: i64,
    price_allotment: Exact,
    blocks: Vec<Block>,
}

fn read_procedure(
    fields: &Fields<'_>,
    procedures: &BTreeMap<String, Procedure>,
) -> Option<Evaluation> {
    let id = fields.text("id");
    let procedure = procedures.get(&id).cloned();
    if procedure.is_none() {
        let help = nearest(&id, procedures.keys().map(String::as_str)).map_or_else(
            || {
                format!(
                    "the procedures are {}",
                    procedures.keys().cloned().collect::<Vec<_>>().join(", ")
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        fields.complain(
            "procedure-unknown",
            "id",
            format!("there is no evaluation procedure `{id}`"),
            &help,
        );
    }
    let ceiling_yen = fields.integer("ceiling_yen", 1..=i64::MAX);
    let price_allotment = fields.exact("price_points");
    positive(fields, "price_points", &price_allotment);
    let tie = fields.words("tie", &TieRule::WORDS);
    let blocks: Vec<_> = fields
        .tables("block")
        .iter()
        .map(|block| {
            let read = Block {
                id: block.text("id"),
                title: block.both("title"),
                kind: block
                    .word("kind", &BlockKind::WORDS)
                    .unwrap_or(BlockKind::Marks),
                points: block.exact("points"),
            };
            positive(block, "points", &read.points);
            block.finish();
            read
        })
        .collect();
    let ids: BTreeSet<_> = blocks.iter().map(|block| &block.id).collect();
    if ids.len() != blocks.len() {
        fields.complain(
            "block-duplicate",
            "block",
            "two blocks have the same id",
            "rename one of them",
        );
    }
    if blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Criteria)
        .count()
        > 1
    {
        fields.complain(
            "block-duplicate",
            "block",
            "two blocks take the criteria's points",
            "keep one block of kind `criteria`",
        );
    }
    if blocks.is_empty() {
        fields.complain(
            "missing-field",
            "block",
            "the procedure has no block of technical points",
            "add [[procedure.block]]",
        );
    }
    fields.finish();
    let mut procedure = procedure?;
    if !tie.is_empty() {
        procedure.tie_rules = tie;
    }
    let words: Vec<_> = procedure.tie_rules.iter().map(|rule| rule.word()).collect();
    let block_lines: String = blocks
        .iter()
        .map(|block| format!("{}={:?}:{}\n", block.id, block.kind, block.points))
        .collect();
    let frozen = format!(
        "{}\nceiling={ceiling_yen}\nprice={price_allotment}\ntie={}\n{block_lines}",
        procedure.digest,
        words.join(",")
    );
    procedure.digest = Digest::of(frozen.as_bytes());
    Some(Evaluation {
        procedure,
        ceiling_yen,
        price_allotment,
        blocks,
    })
}

fn positive(fields: &Fields<'_>, key: &str, number: &Exact) {
    if number.is_negative() || number.is_zero() {
        fields.complain(
            "out-of-range",
            key,
            format!("`{key}` must be above zero"),
            "",
        );
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
