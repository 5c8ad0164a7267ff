//! The list of evaluation items (評価項目一覧) for the notice. It is made of what is published alone.
//!
//! Who reads it: bidders, to know what is asked and what each item brings.

use super::part::{Paper, Table};
use super::voice::Voice;
use crate::clause::draft::applicable;
use crate::criteria::{Catalog, Criterion, Stage};
use crate::exact::Exact;
use crate::tender::item::{Item, ItemKind, Scale};
use crate::tender::procedure::Rounding;
use crate::tender::{BlockKind, Tender};
use crate::text::Lang;

/// Writes the list in a language. `catalog` is given where the tender judges by criteria.
pub fn items(tender: &Tender, catalog: Option<&Catalog>, lang: Lang) -> Paper {
    let voice = Voice { lang };
    let mut paper = Paper::new(tender, &voice.say("paper-items"), voice);
    procedure_labels(&mut paper, tender, catalog, voice);
    let criteria = catalog.map_or_else(Vec::new, |catalog| applicable(catalog, tender));
    let gates: Vec<_> = criteria
        .iter()
        .filter(|one| one.stage() == Some(Stage::Bid))
        .copied()
        .collect();
    let scored: Vec<_> = criteria
        .iter()
        .filter(|one| one.points() > 0)
        .copied()
        .collect();
    let has_criteria_block = tender
        .blocks
        .iter()
        .any(|block| block.kind == BlockKind::Criteria);
    overview(
        &mut paper,
        tender,
        &gates,
        if has_criteria_block { &scored } else { &[] },
        voice,
    );
    marked(&mut paper, tender, ItemKind::Mandatory, voice);
    marked(&mut paper, tender, ItemKind::Optional, voice);
    if !gates.is_empty() {
        paper.section(&voice.say("paper-bid-gates"));
        paper.text(&voice.say("paper-bid-gates-text"));
        let mut table = Table::new([
            (voice.say("paper-criterion").as_str(), false),
            (voice.say("paper-requirement").as_str(), false),
            (voice.say("paper-evidence-asked").as_str(), false),
        ]);
        for gate in gates {
            table.row([
                named(gate, voice),
                gate.requirement.of(lang).to_owned(),
                gate.ask.of(lang).to_owned(),
            ]);
        }
        paper.table(table);
    }
    for block in tender
        .blocks
        .iter()
        .filter(|one| one.kind == BlockKind::Criteria)
    {
        let sum: Exact = scored
            .iter()
            .map(|one| Exact::from_integer(one.points()))
            .sum();
        paper.section(&voice.say_with("paper-scored", &[("block", block.title.of(lang))]));
        let (points, all) = (voice.exact(&block.points), voice.exact(&sum));
        let arguments = [("points", points.as_str()), ("sum", all.as_str())];
        paper.text(&voice.say_with("paper-scored-text", &arguments));
        let mut table = Table::new([
            (voice.say("paper-criterion").as_str(), false),
            (voice.say("paper-evidence-asked").as_str(), false),
            (voice.say("paper-weight").as_str(), true),
            (voice.say("paper-points").as_str(), true),
        ]);
        for one in &scored {
            let weight = Exact::from_integer(one.points());
            let own = weight.times(&block.points).over(&sum);
            table.row([
                named(one, voice),
                one.ask.of(lang).to_owned(),
                weight.to_string(),
                own.map_or_else(String::new, |points| voice.exact(&points)),
            ]);
        }
        let total = [voice.say("paper-sum"), String::new(), all, points];
        table.strong(total);
        paper.table(table);
    }
    paper
}

/// The procedure and the catalog at the head of a paper.
pub(super) fn procedure_labels(
    paper: &mut Paper,
    tender: &Tender,
    catalog: Option<&Catalog>,
    voice: Voice,
) {
    let form = &tender.procedure;
    let named = format!(
        "{} ({} {})",
        form.title.of(voice.lang),
        form.id,
        form.version
    );
    paper.label(&voice.say("paper-procedure-form"), &named);
    let digest = tender.procedure.digest.to_string();
    paper.label(&voice.say("paper-procedure-digest"), &digest);
    if let Some(catalog) = catalog {
        let named = format!("{} {} ({})", catalog.id, catalog.version, catalog.digest);
        paper.label(&voice.say("paper-catalog"), &named);
    }
}

fn named(criterion: &Criterion, voice: Voice) -> String {
    format!("{} ({})", criterion.title.of(voice.lang), criterion.id)
}

/// How many items there are, and what each block brings.
fn overview(
    paper: &mut Paper,
    tender: &Tender,
    gates: &[&Criterion],
    scored: &[&Criterion],
    voice: Voice,
) {
    paper.section(&voice.say("paper-overview"));
    let count = |kind| tender.items.iter().filter(|item| item.kind == kind).count();
    let (mandatory, optional) = (count(ItemKind::Mandatory), count(ItemKind::Optional));
    let arguments = [
        ("all", (mandatory + optional).to_string()),
        ("mandatory", mandatory.to_string()),
        ("optional", optional.to_string()),
    ];
    if !tender.items.is_empty() {
        paper.text(&voice.say_with("paper-item-count", &arguments));
    }
    if !gates.is_empty() || !scored.is_empty() {
        let arguments = [
            ("gates", gates.len().to_string()),
            ("scored", scored.len().to_string()),
        ];
        paper.text(&voice.say_with("paper-criteria-count", &arguments));
    }
    paper.table(blocks(tender, voice));
}

/// The blocks with their points.
pub(super) fn blocks(tender: &Tender, voice: Voice) -> Table {
    let has_minimum = tender.blocks.iter().any(|block| block.minimum.is_some());
    let mut head = vec![
        (voice.say("paper-block"), false),
        (voice.say("paper-block-kind"), false),
        (voice.say("paper-items-count"), true),
        (voice.say("paper-points"), true),
    ];
    if has_minimum {
        head.push((voice.say("paper-minimum"), true));
    }
    let mut table = Table::new(head.iter().map(|(text, number)| (text.as_str(), *number)));
    for (place, block) in tender.blocks.iter().enumerate() {
        let own = tender
            .items
            .iter()
            .filter(|item| item.block == Some(place))
            .count();
        let mut row = vec![
            block.title.of(voice.lang).to_owned(),
            voice.say(&format!("block-kind-{}", kind_word(block.kind))),
            if own == 0 {
                "—".to_owned()
            } else {
                own.to_string()
            },
            voice.exact(&block.points),
        ];
        if has_minimum {
            row.push(
                block
                    .minimum
                    .as_ref()
                    .map_or_else(|| "—".to_owned(), |one| voice.exact(one)),
            );
        }
        table.row(row);
    }
    let mut row = vec![
        voice.say("technical"),
        String::new(),
        String::new(),
        voice.exact(&tender.technical_points),
    ];
    if has_minimum {
        row.push(
            tender
                .technical_minimum
                .as_ref()
                .map_or_else(|| "—".to_owned(), |one| voice.exact(one)),
        );
    }
    table.strong(row);
    table
}

fn kind_word(kind: BlockKind) -> &'static str {
    BlockKind::WORDS
        .iter()
        .find(|(_, one)| *one == kind)
        .map_or("marks", |(word, _)| word)
}

/// The items of a kind that evaluators mark.
fn marked(paper: &mut Paper, tender: &Tender, kind: ItemKind, voice: Voice) {
    let own: Vec<_> = tender
        .items
        .iter()
        .filter(|item| item.kind == kind)
        .collect();
    if own.is_empty() {
        return;
    }
    paper.section(&voice.say(&format!("paper-items-{}", kind.word())));
    paper.text(&voice.say(&format!("paper-items-{}-text", kind.word())));
    let mut table = Table::new([
        (voice.say("paper-number").as_str(), true),
        (voice.say("paper-item").as_str(), false),
        (voice.say("paper-block").as_str(), false),
        (voice.say("paper-points").as_str(), true),
        (voice.say("paper-scale").as_str(), false),
    ]);
    for (number, item) in (1..).zip(&own) {
        let block = item.block.and_then(|place| tender.blocks.get(place));
        let title = format!("{} ({})", item.title.of(voice.lang), item.id);
        let title = match &item.criterion {
            Some(criterion) => {
                let proposed =
                    voice.say_with("paper-proposed", &[("criterion", criterion.as_str())]);
                format!("{title} {proposed}")
            }
            None => title,
        };
        let points = if item.points.is_zero() {
            "—".to_owned()
        } else {
            voice.exact(&item.points)
        };
        table.row([
            number.to_string(),
            title,
            block.map_or_else(|| "—".to_owned(), |one| one.title.of(voice.lang).to_owned()),
            points,
            scale(tender, item, voice),
        ]);
    }
    let sum: Exact = own.iter().map(|item| item.points.clone()).sum();
    if !sum.is_zero() {
        table.strong([
            String::new(),
            voice.say("paper-sum"),
            String::new(),
            voice.exact(&sum),
            String::new(),
        ]);
    }
    paper.table(table);
}

/// What a mark may be and what it brings.
pub(super) fn scale(tender: &Tender, item: &Item, voice: Voice) -> String {
    let rounded = |points: Exact| {
        let rounding: Option<Rounding> = tender.procedure.rounding.mark;
        rounding.map_or_else(|| points.clone(), |one| one.apply(&points))
    };
    let weighted = item.weight != Exact::one();
    match &item.scale {
        Scale::Met => voice.say("scale-met"),
        Scale::Points if weighted => voice.say_with(
            "scale-points-weighted",
            &[
                ("most", voice.exact(&item.highest_mark())),
                ("weight", voice.exact(&item.weight)),
            ],
        ),
        Scale::Points => voice.say_with("scale-points", &[("most", voice.exact(&item.points))]),
        Scale::Steps(steps) => {
            let steps: Vec<_> = steps.iter().map(|step| voice.exact(step)).collect();
            let steps = voice.joined(&steps);
            if weighted {
                let arguments = [("steps", steps), ("weight", voice.exact(&item.weight))];
                voice.say_with("scale-steps-weighted", &arguments)
            } else {
                voice.say_with("scale-steps", &[("steps", steps)])
            }
        }
        Scale::Grades(name) => {
            let grades = tender.procedure.grades.get(name).into_iter();
            let grades: Vec<_> = grades
                .flat_map(|table| &table.grades)
                .map(|(grade, share)| {
                    let points = voice.exact(&rounded(share.times(&item.points)));
                    let arguments = [("grade", grade.as_str()), ("points", &points)];
                    voice.say_with("scale-grade", &arguments)
                })
                .collect();
            voice.joined(&grades)
        }
    }
}
