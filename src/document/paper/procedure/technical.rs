//! Technical points: items, evaluators, blocks, scaling.

use super::super::items::blocks;
use super::super::part::{Paper, Table};
use super::super::voice::Voice;
use super::scaling;
use crate::clause::draft::applicable;
use crate::criteria::Catalog;
use crate::exact::Exact;
use crate::tender::item::{ItemKind, Scale};
use crate::tender::procedure::{Combination, CombinationLevel};
use crate::tender::{BlockKind, Tender};

/// How technical points come about.
pub(super) fn technical(
    paper: &mut Paper,
    tender: &Tender,
    catalog: Option<&Catalog>,
    voice: Voice,
) {
    let what = voice.say("technical");
    paper.section(&voice.say("paper-technical"));
    paper.text(&voice.say("paper-technical-text"));
    paper.table(blocks(tender, voice));
    if tender
        .blocks
        .iter()
        .any(|block| block.kind == BlockKind::Base)
    {
        paper.text(&voice.say("paper-base-text"));
    }
    marking(paper, tender, voice);
    committee(paper, tender, voice);
    criteria(paper, tender, catalog, voice);
    for (place, block) in tender.blocks.iter().enumerate() {
        if let Some(rule) = block.scaling {
            let own = tender.items.iter().filter(|item| item.block == Some(place));
            let most: Exact = own.map(|item| item.points.clone()).sum();
            let most = if most.is_zero() { &block.points } else { &most };
            let text = scaling(rule, &voice.exact(&block.points), &voice.exact(most), voice);
            paper.text(&format!("{}: {text}", block.title.of(voice.lang)));
        }
    }
    let form = &tender.procedure;
    if let Some(rule) = form.technical_scaling {
        let most: Exact = tender.blocks.iter().map(|block| block.points.clone()).sum();
        let text = scaling(
            rule,
            &voice.exact(&tender.technical_points),
            &voice.exact(&most),
            voice,
        );
        paper.text(&voice.say_with("paper-technical-scaled", &[("scaling", &text)]));
    }
    let roundings = [
        ("block", form.rounding.block),
        ("technical", form.rounding.technical),
    ];
    for (part, rounding) in roundings {
        let rounding = voice.rounding_or_none(rounding);
        let what = if part == "block" {
            voice.say("paper-block-points")
        } else {
            what.clone()
        };
        paper.text(&voice.say_with(
            "paper-rounding",
            &[("what", what.as_str()), ("rounding", &rounding)],
        ));
    }
}

/// How evaluators mark items, and how their marks become one.
fn marking(paper: &mut Paper, tender: &Tender, voice: Voice) {
    if tender.items.is_empty() {
        return;
    }
    let form = &tender.procedure;
    paper.subsection(&voice.say("paper-marking"));
    let count = tender.evaluators.len();
    if count > 0 {
        paper.text(&voice.say_with("paper-evaluators", &[("count", &count.to_string())]));
    } else {
        paper.text(&voice.say("paper-evaluators-open"));
    }
    let grade_tables = tender.items.iter().filter_map(|item| match &item.scale {
        Scale::Grades(name) => Some(name),
        _ => None,
    });
    let mut names: Vec<_> = grade_tables.collect();
    names.sort();
    names.dedup();
    for name in names {
        let Some(grades) = form.grades.get(name) else {
            continue;
        };
        paper.text(&voice.say("paper-grades-text"));
        let mut table = Table::new([
            (voice.say("paper-grade").as_str(), false),
            (voice.say("paper-share").as_str(), true),
        ]);
        for (grade, share) in &grades.grades {
            table.row([grade.clone(), voice.percent(share)]);
        }
        paper.table(table);
    }
    let rounding = voice.rounding_or_none(form.rounding.mark);
    let what = voice.say("paper-mark-points");
    paper.text(&voice.say_with(
        "paper-rounding",
        &[("what", what.as_str()), ("rounding", &rounding)],
    ));
    if !tender
        .items
        .iter()
        .any(|item| item.kind == ItemKind::Optional)
    {
        return;
    }
    let rule = &form.evaluators;
    let level = match rule.level {
        CombinationLevel::Item => "item",
        CombinationLevel::Block => "block",
    };
    paper.text(&voice.say(&format!("level-{level}")));
    paper.text(&match rule.combination {
        Combination::TrimmedMean(drop) => {
            voice.say_with("combination-trimmed-mean", &[("drop", &drop.to_string())])
        }
        other => voice.say(&format!("combination-{}", other.word())),
    });
    if rule.level == CombinationLevel::Item {
        let rounding = voice.rounding_or_none(form.rounding.item);
        let what = voice.say("paper-item-points");
        paper.text(&voice.say_with(
            "paper-rounding",
            &[("what", what.as_str()), ("rounding", &rounding)],
        ));
    }
    if let Some(share) = &rule.outlier_share {
        let share = voice.percent(share);
        paper.text(&voice.say_with("paper-outlier-rule", &[("share", &share)]));
    }
    if tender.items.iter().any(|item| item.criterion.is_some()) {
        paper.text(&voice.say("paper-proposals-text"));
    }
}

/// Blocks that the committee marks as a whole.
fn committee(paper: &mut Paper, tender: &Tender, voice: Voice) {
    for (place, block) in tender.blocks.iter().enumerate() {
        let has_items = tender.items.iter().any(|item| item.block == Some(place));
        if block.kind == BlockKind::Marks && !has_items {
            let most = voice.exact(&block.points);
            let arguments = [("block", block.title.of(voice.lang)), ("most", &most)];
            paper.text(&voice.say_with("paper-committee-text", &arguments));
        }
    }
}

/// The block whose points come from the scored criteria.
fn criteria(paper: &mut Paper, tender: &Tender, catalog: Option<&Catalog>, voice: Voice) {
    let (Some(block), Some(catalog)) = (
        tender
            .blocks
            .iter()
            .find(|block| block.kind == BlockKind::Criteria),
        catalog,
    ) else {
        return;
    };
    let criteria = applicable(catalog, tender);
    let scored: Vec<_> = criteria.iter().filter(|one| one.points() > 0).collect();
    let sum: Exact = scored
        .iter()
        .map(|one| Exact::from_integer(one.points()))
        .sum();
    paper.subsection(block.title.of(voice.lang));
    let (points, all) = (voice.exact(&block.points), sum.to_string());
    let arguments = [("count", scored.len().to_string()), ("sum", all.clone())];
    paper.text(&voice.say_with("paper-criteria-text", &arguments));
    paper.text(&voice.say("paper-criteria-level"));
    paper.text(&voice.say("paper-criteria-open"));
    let arguments = [("points", points.as_str()), ("sum", &all)];
    paper.formula(&voice.say_with("paper-criteria-formula", &arguments));
    paper.text(&voice.say(if tender.confirms_verdicts {
        "paper-criteria-confirmed"
    } else {
        "paper-criteria-people"
    }));
}
