//! Reads a tender file. Every fault is named at once, with line and column.

mod bid;

use std::collections::{BTreeMap, BTreeSet};

use bid::read_bids;

use super::procedure::{Procedure, TieRule};
use super::{Bid, Block, BlockKind, InformationItem, ParameterValue, Tender};
use crate::assessment::{Decisions, Exception, NotApplicable};
use crate::criteria::OfferingType;
use crate::criteria::case::Case;
use crate::diagnostic::{Diagnostic, nearest};
use crate::digest::Digest;
use crate::evidence::Evidence;
use crate::evidence::questionnaire::parse_either;
use crate::exact::Exact;
use crate::fact::FactValue;
use crate::id::{AgencyId, BidId, ClauseId, CriterionId, FactKey, TenderId, is_plain};
use crate::tree::{Complaints, Fields, Node, Value};

/// Reads a tender file.
///
/// # Errors
///
/// Every fault of the file.
pub fn read_tender(
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
) -> Result<Tender, Vec<Diagnostic>> {
    let in_file = |faults: Vec<Diagnostic>| {
        faults
            .into_iter()
            .map(|one| one.in_file(file.path.clone()))
            .collect::<Vec<_>>()
    };
    let document = parse_either(&file.bytes).map_err(in_file)?;
    let complaints = Complaints::default();
    let tender = read(&Fields::root(&document, &complaints), file, procedures);
    match tender {
        Some(tender) if !complaints.has_errors() => Ok(tender),
        _ => Err(in_file(complaints.into_sorted())),
    }
}

fn read(
    fields: &Fields<'_>,
    file: &Evidence,
    procedures: &BTreeMap<String, Procedure>,
) -> Option<Tender> {
    if fields.text("schema") != "mekiki/tender-file/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no tender file",
            "write schema = \"mekiki/tender-file/v1\"",
        );
    }
    let information: Vec<_> = fields
        .tables("information")
        .iter()
        .map(read_information)
        .collect();
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
    let case = read_case(fields, &information);
    let mut bids = read_bids(fields, file, evaluation.as_ref());
    bids.sort_by(|left, right| left.id.cmp(&right.id));
    let decisions = Decisions {
        exceptions: read_exceptions(fields, file),
        not_applicable: read_not_applicable(fields, file),
        notes: Vec::new(),
    };
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

fn read_information(item: &Fields<'_>) -> InformationItem {
    let read = InformationItem {
        name: item.both("name"),
        confidentiality: item.integer("confidentiality", 1..=3),
        integrity: item.integer("integrity", 1..=2),
        availability: item.integer("availability", 1..=2),
        restrictions: item.texts("restrictions"),
    };
    item.finish();
    read
}

/// From which severity on a vulnerability must be fixed or explained, where the tender does not say: from
/// the lowest one on.
const LOWEST_SEVERITY: &str = "low";

/// The severities that it may say.
const SEVERITIES: [(&str, &str); 4] = [
    (LOWEST_SEVERITY, LOWEST_SEVERITY),
    ("medium", "medium"),
    ("high", "high"),
    ("critical", "critical"),
];

/// The case: each class is the maximum over the information items (high-water mark).
fn read_case(fields: &Fields<'_>, information: &[InformationItem]) -> Case {
    let offering_types = fields.words("offering_types", &OfferingType::WORDS);
    if offering_types.is_empty() {
        fields.complain(
            "missing-field",
            "offering_types",
            "the tender names no offering type",
            "name one of OUT, SaaS, PaaS, IaaS, DEV, SW",
        );
    }
    if information.is_empty() {
        fields.complain(
            "missing-field",
            "information",
            "the tender lists no item of information",
            "list what the supplier will handle, with its classes",
        );
    }
    let highest =
        |class: fn(&InformationItem) -> i64| information.iter().map(class).max().unwrap_or(1);
    let mut parameters: BTreeMap<FactKey, FactValue> = BTreeMap::new();
    parameters.insert(
        "case.integrity".into(),
        FactValue::Integer(highest(|item| item.integrity)),
    );
    parameters.insert(
        "case.availability".into(),
        FactValue::Integer(highest(|item| item.availability)),
    );
    if let Some(day) = fields.optional_day("planned_end_of_use") {
        parameters.insert("case.planned_end_of_use".into(), FactValue::Date(day));
    }
    for (key, name) in [
        ("allowed_countries", "case.allowed_countries"),
        ("used_regions", "case.used_regions"),
        ("used_functions", "case.used_functions"),
    ] {
        if fields.node(key).is_some() {
            let mut words = fields.texts(key);
            words.sort();
            parameters.insert(name.into(), FactValue::List(words));
        }
    }
    for (key, name, range) in [
        (
            "sbom_coverage_per_mille",
            "case.sbom_coverage_per_mille",
            0..=1000,
        ),
        ("first_notice_hours", "case.first_notice_hours", 1..=720),
        ("log_retention_months", "case.log_retention_months", 1..=240),
        ("jc_star_level", "case.jc_star_level", 1..=4),
        (
            "advisory_maximum_age_days",
            "case.advisory_maximum_age_days",
            1..=366,
        ),
    ] {
        if fields.node(key).is_some() {
            parameters.insert(name.into(), FactValue::Integer(fields.integer(key, range)));
        }
    }
    let severity = fields.optional_word("lowest_handled_severity", &SEVERITIES);
    parameters.insert(
        "case.lowest_handled_severity".into(),
        FactValue::Text(severity.unwrap_or(LOWEST_SEVERITY).to_owned()),
    );
    Case::new(
        offering_types,
        highest(|item| item.confidentiality),
        parameters,
    )
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

fn read_exceptions(fields: &Fields<'_>, file: &Evidence) -> Vec<Exception> {
    fields
        .tables("exception")
        .iter()
        .map(|table| {
            let people = [
                table.text("requester"),
                table.text("examiner"),
                table.text("approver"),
            ];
            let distinct: BTreeSet<_> = people.iter().collect();
            if distinct.len() != 3 {
                table.complain(
                    "exception-people",
                    "approver",
                    "requester, examiner and approver must be three people",
                    "see Article 8 of the Common Model",
                );
            }
            table.both("reason");
            table.both("compensating_measure");
            let exception = Exception {
                id: table.text("id"),
                criterion: CriterionId(table.text("criterion")),
                bid: table.optional_text("bid").map(BidId),
                start: table.day("start"),
                expiry: table.day("expiry"),
                citation: file.cite(table.place()),
            };
            if exception.expiry < exception.start {
                table.complain(
                    "exception-expiry",
                    "expiry",
                    "the exception ends before it begins",
                    "set an expiry after the start",
                );
            }
            table.finish();
            exception
        })
        .collect()
}

fn read_not_applicable(fields: &Fields<'_>, file: &Evidence) -> Vec<NotApplicable> {
    fields
        .tables("not_applicable")
        .iter()
        .map(|table| {
            let decision = NotApplicable {
                criterion: CriterionId(table.text("criterion")),
                reason: table.both("reason"),
                confirmed_by: table.text("confirmed_by"),
                citation: file.cite(table.place()),
            };
            table.finish();
            decision
        })
        .collect()
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

/// Complains about criteria and bids that a tender names and that do not exist.
pub fn check_criteria(
    tender: &Tender,
    known: impl Fn(&CriterionId) -> bool,
    suggest: impl Fn(&str) -> Option<String>,
) -> Vec<Diagnostic> {
    let unknown_bid = tender.decisions.exceptions.iter().filter_map(|one| {
        let bid = one
            .bid
            .as_ref()
            .filter(|bid| !tender.bids.iter().any(|other| other.id == **bid))?;
        let message = format!("the exception is granted to `{bid}`, which is no bid");
        let at = one.citation.at.clone();
        let fault = Diagnostic::error("bid-unknown", at, message).help("name a bid of this tender");
        Some(fault.in_file(one.citation.file.clone()))
    });
    let exceptions = tender
        .decisions
        .exceptions
        .iter()
        .map(|one| (&one.criterion, &one.citation));
    let not_applicable = tender
        .decisions
        .not_applicable
        .iter()
        .map(|one| (&one.criterion, &one.citation));
    let unknown_criteria = exceptions
        .chain(not_applicable)
        .filter(|(criterion, _)| !known(criterion))
        .map(|(criterion, citation)| {
            let diagnostic = Diagnostic::error(
                "criterion-unknown",
                citation.at.clone(),
                format!("there is no criterion `{criterion}`"),
            )
            .in_file(citation.file.clone());
            match suggest(criterion.as_str()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("`mekiki criteria list` lists them all"),
            }
        });
    unknown_bid.chain(unknown_criteria).collect()
}
