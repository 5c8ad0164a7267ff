//! The tender as it is announced: what anybody may know before bids are opened.

use serde_json::{Value, json};

use super::{CriterionRequirement, Publication, object};
use crate::tender::item::{Item, ItemKind};
use crate::tender::procedure::Method;
use crate::tender::timetable::{Event, Moment};
use crate::tender::{Block, BlockKind, Tender};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, Text};

/// Section `tender` as announced.
pub(super) fn tender_section(tender: &Tender, publication: &Publication<'_>) -> Value {
    let when = |event| tender.timetable.when(event);
    let documents = publication.documents.iter();
    let documents: Vec<_> = documents
        .filter(|document| !document.is_of_award())
        .map(super::PublishedDocument::json)
        .collect();
    object([
        ("id", json!(tender.id)),
        ("title", json!(tender.title.ja)),
        ("title_en", json!(tender.title.en)),
        ("status", json!("active")),
        ("procuringEntity", super::party::agency_reference(tender)),
        (
            "mainProcurementCategory",
            json!(tender.timetable.works.then_some("works")),
        ),
        (
            "awardCriteria",
            json!(match tender.procedure.method {
                Method::LowestPrice => "priceOnly",
                Method::Addition | Method::Division | Method::Formula => "ratedCriteria",
            }),
        ),
        ("awardCriteriaDetails", json!(procedure(tender))),
        (
            "tenderPeriod",
            period(when(Event::Published), when(Event::BidsUntil)),
        ),
        (
            "enquiryPeriod",
            match when(Event::QuestionsUntil) {
                None => Value::Null,
                until => period(when(Event::Published), until),
            },
        ),
        (
            "awardPeriod",
            match when(Event::Opening) {
                None => Value::Null,
                from => period(from, when(Event::ContractBy)),
            },
        ),
        ("milestones", json!(milestones(tender))),
        ("documents", json!(documents)),
        ("amendments", json!(amendments(tender))),
        ("lots", json!(lots(tender))),
        (
            "criteria",
            json!(criteria(tender, publication.requirements)),
        ),
    ])
}

/// The procedure's title, and the digest of the frozen rules.
///
/// Where amounts stand among the rules without having been published, the digest covers them; an amount has few digits, and
/// whoever knows the rest could find it by trial. The digest is left out then.
fn procedure(tender: &Tender) -> String {
    let procedure = &tender.procedure;
    let name = format!(
        "{} ({} {})",
        procedure.title.ja, procedure.id, procedure.version
    );
    if tender.amounts_in_rules {
        name
    } else {
        format!("{name} SHA-256: {}", procedure.digest.hex())
    }
}

pub(super) fn period(from: Option<Moment>, until: Option<Moment>) -> Value {
    let period = object([
        ("startDate", json!(from.map(|from| from.instant(false)))),
        ("endDate", json!(until.map(|until| until.instant(true)))),
    ]);
    if period.as_object().is_some_and(serde_json::Map::is_empty) {
        Value::Null
    } else {
        period
    }
}

/// Answers to questions and openings; whether they were met is not known.
fn milestones(tender: &Tender) -> Vec<Value> {
    [
        (Event::AnswersBy, "engagement"),
        (Event::TechnicalOpening, "assessment"),
        (Event::Opening, "assessment"),
        (Event::StandstillUntil, "assessment"),
    ]
    .into_iter()
    .filter_map(|(event, kind)| {
        let due = tender.timetable.when(event)?;
        let title = both(&format!("timetable-{}", event.word()));
        Some(json!({
            "id": event.word(),
            "title": title.ja,
            "title_en": title.en,
            "type": kind,
            "dueDate": due.instant(true),
            "status": "scheduled",
        }))
    })
    .collect()
}

fn amendments(tender: &Tender) -> Vec<Value> {
    let amendments = tender.timetable.amendments.iter();
    amendments
        .map(|amendment| {
            json!({
                "id": amendment.id,
                "date": Moment::Day(amendment.on).instant(false),
                "rationale": amendment.rationale.ja,
                "rationale_en": amendment.rationale.en,
            })
        })
        .collect()
}

fn lots(tender: &Tender) -> Vec<Value> {
    let lots = tender.lots.iter().filter_map(|lot| {
        let id = lot.id.as_ref()?;
        let (ja, en) = (&lot.title.ja, &lot.title.en);
        Some(json!({"id": id, "title": ja, "title_en": en, "status": "active"}))
    });
    lots.collect()
}

/// A criterion for each block of points, and one for what must be met without points.
fn criteria(tender: &Tender, requirements: &[CriterionRequirement]) -> Vec<Value> {
    let gates: Vec<_> = requirements.iter().filter(|one| one.mandatory).collect();
    let scored = requirements.iter().filter(|one| !one.mandatory);
    let scored: Vec<_> = scored.map(of_criterion).collect();
    let base = tender
        .blocks
        .iter()
        .position(|block| block.kind == BlockKind::Base);
    let mut criteria = Vec::new();
    for (place, block) in tender.blocks.iter().enumerate() {
        let mut asked: Vec<Value> = items(tender, Some(place)).map(of_item).collect();
        match block.kind {
            BlockKind::Base if base == Some(place) => {
                asked.extend(gates.iter().copied().map(of_criterion));
            }
            BlockKind::Criteria => asked.extend(scored.iter().cloned()),
            BlockKind::Base | BlockKind::Marks => {}
        }
        criteria.push(of_block(block, asked));
    }
    let mut rest: Vec<Value> = items(tender, None).map(of_item).collect();
    if base.is_none() {
        rest.extend(gates.into_iter().map(of_criterion));
    }
    if !rest.is_empty() {
        let title = both("ocds-mandatory");
        criteria.push(criterion("mandatory-items", &title, None, rest));
    }
    criteria
}

fn items(tender: &Tender, block: Option<usize>) -> impl Iterator<Item = &Item> {
    tender.items.iter().filter(move |item| item.block == block)
}

fn of_block(block: &Block, asked: Vec<Value>) -> Value {
    let kind = match block.kind {
        BlockKind::Base => "ocds-base",
        BlockKind::Criteria | BlockKind::Marks => "ocds-bonus",
    };
    let points = block.points.to_string();
    let description = both_with(kind, &points);
    criterion(&block.id, &block.title, Some(&description), asked)
}

/// All requirements of a group must be met together; of bonus points each answers for itself, so each is a group.
fn criterion(id: &str, title: &Text, description: Option<&Text>, asked: Vec<Value>) -> Value {
    let (must, may): (Vec<_>, Vec<_>) = asked
        .into_iter()
        .partition(|one| one.get("expectedValue").is_some());
    let mut groups = Vec::new();
    if !must.is_empty() {
        groups.push(json!({"id": format!("{id}-mandatory"), "requirements": must}));
    }
    for one in may {
        let own = one.get("id").and_then(Value::as_str).unwrap_or_default();
        let group = format!("{id}-{own}");
        groups.push(json!({"id": group, "requirements": [one]}));
    }
    object([
        ("id", json!(id)),
        ("title", json!(title.ja)),
        ("title_en", json!(title.en)),
        ("description", json!(description.map(|text| &text.ja))),
        ("description_en", json!(description.map(|text| &text.en))),
        ("relatesTo", json!("tenderer")),
        ("requirementGroups", json!(groups)),
    ])
}

fn of_item(item: &Item) -> Value {
    let mandatory = item.kind == ItemKind::Mandatory;
    requirement(&item.id, &item.title, mandatory, &item.points.to_string())
}

fn of_criterion(one: &CriterionRequirement) -> Value {
    requirement(&one.id, &one.title, one.mandatory, &one.points.to_string())
}

fn requirement(id: &str, title: &Text, mandatory: bool, points: &str) -> Value {
    let description = match (mandatory, points) {
        (true, "0") => both("ocds-mandatory"),
        (true, _) => both_with("ocds-mandatory-points", points),
        (false, _) => both_with("ocds-bonus", points),
    };
    object([
        ("id", json!(id)),
        ("title", json!(title.ja)),
        ("title_en", json!(title.en)),
        ("description", json!(description.ja)),
        ("description_en", json!(description.en)),
        (
            "dataType",
            json!(if mandatory { "boolean" } else { "string" }),
        ),
        ("expectedValue", json!(mandatory.then_some(true))),
    ])
}

pub(super) fn both(key: &str) -> Text {
    Text {
        ja: message(Lang::Ja, key),
        en: message(Lang::En, key),
    }
}

fn both_with(key: &str, points: &str) -> Text {
    Text {
        ja: message_with(Lang::Ja, key, &[("points", points)]),
        en: message_with(Lang::En, key, &[("points", points)]),
    }
}
