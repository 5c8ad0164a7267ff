//! A judged tender as text: ranking, exclusions, verdict table, contradictions, what is open, and on
//! request every point down to its citation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::table::{Look, Sheet, heading};
use super::{because, words};
use crate::assessment::contradiction::Contradiction;
use crate::assessment::verdict::VerdictKind;
use crate::criteria::{Catalog, Criterion, Stage};
use crate::id::CriterionId;
use crate::tender::report::{BidView, TenderView, VerdictView};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

/// What to show, and how wide.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The language.
    pub lang: Lang,
    /// Columns of the terminal.
    pub width: u16,
    /// Whether every point is followed to its citation.
    pub explain: bool,
}

/// Renders a judged tender.
pub fn render(view: &TenderView, catalog: Option<&Catalog>, layout: Layout) -> String {
    let lang = layout.lang;
    let say = |key: &str| message(lang, key);
    let mut out = String::new();
    _ = writeln!(
        out,
        "\u{1b}[1m{}\u{1b}[0m ({})",
        printable(view.title.of(lang)),
        view.id
    );
    let day = view.as_of.split('T').next().unwrap_or_default();
    let mut line = vec![
        printable(view.agency.of(lang)),
        message_with(lang, "as-of", &[("day", day)]),
        message_with(lang, "procedure", &[("id", &view.procedure.id)]),
    ];
    let ceiling = |yen: &str| words::ceiling(lang, view.procedure.tax_basis, yen);
    line.extend(view.ceiling_yen.as_deref().map(ceiling));
    for lot in &view.lots {
        let yen = lot.ceiling_yen.as_deref().map(ceiling);
        line.extend(yen.map(|yen| format!("{}: {yen}", lot.id)));
    }
    if let Some(catalog) = catalog {
        let arguments = [
            ("id", catalog.id.as_str()),
            ("version", &catalog.version.to_string()),
            ("digest", &catalog.digest.short()),
        ];
        line.push(message_with(lang, "catalog", &arguments));
    }
    _ = writeln!(out, "{}", line.join(" · "));

    out.push_str(&ranking(view, layout));
    out.push_str(&excluded(view, catalog, layout));
    out.push_str(&winner(view, lang));
    out.push_str(&afterwards(view, lang));
    if let Some(catalog) = catalog {
        out.push_str(&verdict_table(view, catalog, layout));
        out.push_str(&contradictions(view, catalog, lang));
        out.push_str(&open_items(view, lang));
        out.push_str(&remarks(view, lang));
    }
    if layout.explain {
        for bid in &view.bids {
            out.push_str(&explain(bid, catalog, lang));
        }
        out.push_str(&heading(&say("derivation")));
        let mut sheet = Sheet::new(
            layout.width,
            ["bid", "step", "formula", "exact", "rounding", "value"].map(say),
        );
        for step in &view.derivation {
            sheet.row([
                (step.bid.to_string(), Look::Plain),
                (step.name.clone(), Look::Plain),
                (words::formula(lang, &step.formula), Look::Faint),
                (step.exact.to_string(), Look::Number),
                (
                    step.rounding
                        .as_deref()
                        .map_or_else(String::new, |rule| words::rounding(lang, rule)),
                    Look::Faint,
                ),
                (step.value.to_string(), Look::Number),
            ]);
        }
        out.push_str(&sheet.render());
    }
    out
}

fn ranking(view: &TenderView, layout: Layout) -> String {
    let lang = layout.lang;
    let mut out = String::new();
    for lot in words::lots(view) {
        let valid = words::ranked(view, lot);
        if valid.is_empty() {
            continue;
        }
        let header = ["rank", "bid", "supplier"].map(|key| message(lang, key));
        let columns = words::ranking_columns(view, lang);
        let mut sheet = Sheet::new(layout.width, header.into_iter().chain(columns));
        for bid in valid {
            let front = [
                (
                    bid.rank.map_or_else(String::new, |rank| rank.to_string()),
                    Look::Number,
                ),
                (bid.id.to_string(), Look::Plain),
                (bid.supplier.of(lang).to_owned(), Look::Plain),
            ];
            let numbers = words::ranking_numbers(view, bid);
            let numbers = numbers.into_iter().map(|number| (number, Look::Number));
            sheet.row(front.into_iter().chain(numbers));
        }
        let title = message(lang, "ranking");
        let named = lot.and_then(|id| view.lots.iter().find(|one| one.id == id));
        out.push_str(&heading(&match named {
            Some(lot) => format!("{title} · {} ({})", printable(lot.title.of(lang)), lot.id),
            None => title,
        }));
        out.push_str(&sheet.render());
    }
    out
}

/// Rankings that were computed again, and verdicts that wait for a person or that a person overruled.
fn afterwards(view: &TenderView, lang: Lang) -> String {
    let mut out = String::new();
    for one in &view.recomputations {
        let rows = one
            .before
            .iter()
            .map(|row| format!("{} {} ({})", row.rank, row.bid, words::value(&row.total)));
        let before = rows.collect::<Vec<_>>().join(", ");
        let named = |ids: &[crate::id::BidId]| {
            let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
            ids.join(", ")
        };
        let arguments = [
            ("bids", named(&one.excluded)),
            ("reason", message(lang, &format!("recomputed-{}", one.by))),
            ("before", before),
        ];
        _ = writeln!(
            out,
            "  {}",
            message_with(lang, "recomputed-line", &arguments)
        );
        if !one.changed.is_empty() {
            let arguments = [
                ("changed", named(&one.changed)),
                ("through", one.through.join(", ")),
            ];
            _ = writeln!(
                out,
                "    {}",
                message_with(lang, "recomputed-through", &arguments)
            );
        }
    }
    let mut out = if out.is_empty() {
        out
    } else {
        heading(&message(lang, "paper-recomputed")) + &out
    };
    let mut people = String::new();
    for bid in &view.bids {
        for one in &bid.confirmations {
            let decision = words::decision(one.decision, one.share.as_ref(), lang);
            let reason = one.reason.as_ref().map_or("", |reason| reason.of(lang));
            let line = format!("{} {}: {decision} {reason}", bid.id, one.criterion);
            _ = writeln!(people, "  {}", printable(line.trim_end()));
        }
        for one in bid.proposals.iter().filter(|one| !one.agrees) {
            let decision = message(lang, "decision-otherwise");
            let reasons = one.reasons.join(" / ");
            let line = format!(
                "{} {} ({}): {decision} {reasons}",
                bid.id, one.criterion, one.item
            );
            _ = writeln!(people, "  {}", printable(line.trim_end()));
        }
    }
    for line in words::unconfirmed(view, lang) {
        _ = writeln!(people, "  {} {line}", message(lang, "paper-unconfirmed"));
    }
    if !people.is_empty() {
        out.push_str(&heading(&message(lang, "paper-confirmations")));
        out.push_str(&people);
    }
    out
}

fn excluded(view: &TenderView, catalog: Option<&Catalog>, layout: Layout) -> String {
    let lang = layout.lang;
    let out: Vec<_> = view.bids.iter().filter(|bid| bid.rank.is_none()).collect();
    if out.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        layout.width,
        ["bid", "supplier", "reason", "evidence"].map(|key| message(lang, key)),
    );
    for bid in out {
        for exclusion in &bid.exclusions {
            let citations: Vec<_> = exclusion
                .citations
                .iter()
                .map(ToString::to_string)
                .collect();
            let criterion = catalog
                .and_then(|catalog| catalog.criteria.get(&CriterionId(exclusion.by.clone())));
            let title = criterion.map_or_else(String::new, |criterion| {
                format!("{}: ", criterion.title.of(lang))
            });
            let reason = format!("{title}{} ({})", exclusion.detail.of(lang), exclusion.by);
            sheet.row([
                (bid.id.to_string(), Look::Bad),
                (bid.supplier.of(lang).to_owned(), Look::Plain),
                (reason, Look::Plain),
                (citations.join("; "), Look::Faint),
            ]);
        }
    }
    heading(&message(lang, "excluded")) + &sheet.render()
}

fn winner(view: &TenderView, lang: Lang) -> String {
    let lines = words::results(view, lang)
        .into_iter()
        .chain(words::notices(view, lang));
    lines.fold(String::new(), |out, line| out + &printable(&line) + "\n")
}

fn verdict_of<'a>(bid: &'a BidView, criterion: &Criterion) -> Option<&'a VerdictView> {
    bid.assessment
        .as_ref()?
        .verdicts
        .iter()
        .find(|verdict| verdict.criterion == criterion.id)
}

fn verdict_table(view: &TenderView, catalog: &Catalog, layout: Layout) -> String {
    let lang = layout.lang;
    let judged: Vec<_> = view
        .bids
        .iter()
        .filter(|bid| bid.assessment.is_some())
        .collect();
    let header = ["criterion", "title", "kind"]
        .map(|key| message(lang, key))
        .into_iter()
        .chain(judged.iter().map(|bid| bid.id.to_string()));
    let mut sheet = Sheet::new(layout.width, header).unbroken(1);
    let mut outside = 0;
    for criterion in catalog.criteria.values() {
        let verdicts: Vec<_> = judged
            .iter()
            .map(|bid| verdict_of(bid, criterion))
            .collect();
        if verdicts
            .iter()
            .flatten()
            .all(|one| one.verdict.kind == VerdictKind::NotApplicable)
        {
            outside += 1;
            continue;
        }
        let kind = match criterion.stage() {
            Some(stage) => message_with(lang, "gate-at", &[("stage", &words::stage(lang, stage))]),
            None => message_with(
                lang,
                "weight",
                &[("points", &criterion.points().to_string())],
            ),
        };
        let cells = verdicts.into_iter().map(|verdict| {
            verdict.map_or((String::new(), Look::Plain), |one| {
                let word = words::verdict(lang, &one.verdict);
                let text = one.points.as_ref().map_or(word.clone(), |points| {
                    format!("{word} ({})", words::shown(&points.low))
                });
                let later = one.stage.is_some_and(|stage| stage > Stage::Bid);
                let open = one.verdict.kind == VerdictKind::Unanswered;
                (
                    text,
                    if later && open {
                        Look::Faint
                    } else {
                        words::look(one.verdict.kind)
                    },
                )
            })
        });
        let front = [
            (criterion.id.to_string(), Look::Plain),
            (criterion.title.of(lang).to_owned(), Look::Plain),
            (kind, Look::Faint),
        ];
        sheet.row(front.into_iter().chain(cells));
    }
    let mut out = heading(&message(lang, "verdicts")) + &sheet.render();
    if outside > 0 {
        _ = writeln!(
            out,
            "{}",
            message_with(lang, "offering-outside", &[("count", &outside.to_string())])
        );
    }
    out
}

fn contradictions(view: &TenderView, catalog: &Catalog, lang: Lang) -> String {
    let mut out = heading(&message(lang, "contradictions"));
    let mut any = false;
    for bid in &view.bids {
        for contradiction in bid.assessment.iter().flat_map(|one| &one.contradictions) {
            any = true;
            out.push_str(&self::contradiction(
                contradiction,
                Some(bid.id.as_str()),
                catalog,
                lang,
            ));
        }
    }
    if !any {
        _ = writeln!(out, "{}", message(lang, "no-contradictions"));
    }
    out
}

/// One contradiction: what each side says, where, which side counts and why.
pub fn contradiction(
    contradiction: &Contradiction,
    bid: Option<&str>,
    catalog: &Catalog,
    lang: Lang,
) -> String {
    let title = catalog
        .vocabulary
        .lookup(contradiction.fact.as_str())
        .map_or("", |fact| fact.title.of(lang));
    let bid = bid.map_or_else(String::new, |bid| format!("{bid}: "));
    let mut out = format!("  {bid}{title} ({})\n", contradiction.fact);
    for side in &contradiction.sides {
        let value = printable(&side.value.to_string());
        let rank = side.proof_rank.to_string();
        let arguments = [("value", value.as_str()), ("rank", rank.as_str())];
        let uncounted = if side.counted {
            String::new()
        } else {
            format!(" {}", message(lang, "not-counted"))
        };
        let said = message_with(lang, "contradiction-side", &arguments);
        _ = writeln!(out, "    {said}{uncounted}");
        for citation in &side.citations {
            _ = writeln!(out, "      {citation}");
        }
    }
    _ = writeln!(out, "    {}", printable(contradiction.because.of(lang)));
    out
}

fn open_items(view: &TenderView, lang: Lang) -> String {
    let mut out = String::new();
    for bid in &view.bids {
        let (Some(assessment), Some(interval)) = (&bid.assessment, &bid.interval) else {
            continue;
        };
        let scored: Vec<_> = assessment
            .verdicts
            .iter()
            .filter(|verdict| verdict.points.is_some())
            .collect();
        let open: Vec<_> = scored
            .iter()
            .filter(|one| words::look(one.verdict.kind) == Look::Open)
            .collect();
        let arguments = [
            ("bid", bid.id.to_string()),
            ("count", open.len().to_string()),
            ("of", scored.len().to_string()),
            ("low", words::shown(&interval.low)),
            ("high", words::shown(&interval.high)),
        ];
        _ = writeln!(out, "  {}", message_with(lang, "open-sentence", &arguments));
        for verdict in open {
            _ = writeln!(
                out,
                "    {} {}",
                verdict.criterion,
                words::verdict(lang, &verdict.verdict)
            );
        }
    }
    if out.is_empty() {
        out
    } else {
        heading(&message(lang, "open-items")) + &out
    }
}

fn remarks(view: &TenderView, lang: Lang) -> String {
    let remarks: BTreeSet<_> = view
        .bids
        .iter()
        .filter_map(|bid| bid.assessment.as_ref())
        .flat_map(|one| &one.remarks)
        .map(ToString::to_string)
        .collect();
    if remarks.is_empty() {
        return String::new();
    }
    let mut out = heading(&message(lang, "remarks"));
    for remark in remarks {
        _ = writeln!(out, "  {}", printable(&remark));
    }
    out
}

fn explain(bid: &BidView, catalog: Option<&Catalog>, lang: Lang) -> String {
    let Some(assessment) = &bid.assessment else {
        return String::new();
    };
    let mut out = heading(&message_with(
        lang,
        "explained",
        &[
            ("bid", bid.id.as_str()),
            ("supplier", bid.supplier.of(lang)),
        ],
    ));
    for verdict in assessment
        .verdicts
        .iter()
        .filter(|verdict| verdict.verdict.kind != VerdictKind::NotApplicable)
    {
        out.push_str(&explain_verdict(verdict, catalog, lang));
    }
    out
}

/// One verdict with the values that decided and their places.
pub fn explain_verdict(verdict: &VerdictView, catalog: Option<&Catalog>, lang: Lang) -> String {
    let criterion = catalog.and_then(|catalog| catalog.criteria.get(&verdict.criterion));
    let title = criterion.map_or("", |criterion| criterion.title.of(lang));
    let mut out = String::new();
    _ = writeln!(
        out,
        "  {} {title}: {}",
        verdict.criterion,
        words::verdict(lang, &verdict.verdict)
    );
    if let Some(points) = &verdict.points {
        let arguments = [
            ("low", points.low.to_string()),
            ("high", points.high.to_string()),
            ("of", points.of.to_string()),
        ];
        _ = writeln!(out, "    {}", message_with(lang, "points", &arguments));
    }
    for rule in criterion.into_iter().flat_map(Criterion::rules) {
        _ = writeln!(out, "    {}: {}", message(lang, "rule"), rule.source());
    }
    out.push_str(&because::render(&verdict.because, "    ", lang));
    for reason in &verdict.reasons {
        _ = writeln!(out, "    {}", printable(reason));
    }
    if let Some(note) = &verdict.note {
        let day = note.on.split('T').next().unwrap_or_default();
        let (by, reason) = (printable(&note.by), printable(note.reason.of(lang)));
        let arguments = [("by", by.as_str()), ("day", day), ("reason", &reason)];
        _ = writeln!(
            out,
            "    {}",
            message_with(lang, "officer-note", &arguments)
        );
        _ = writeln!(out, "      {} {}", message(lang, "rests-on"), note.citation);
    }
    if verdict.values.is_empty() && verdict.citations.is_empty() {
        _ = writeln!(out, "    {}", message(lang, "nothing-established"));
    }
    for value in &verdict.values {
        let arguments = [
            ("value", printable(&value.value.to_string())),
            ("rank", value.proof_rank.to_string()),
        ];
        let uncounted = if value.counted {
            String::new()
        } else {
            format!(" {}", message(lang, "not-counted"))
        };
        _ = writeln!(
            out,
            "    {} = {}{uncounted}",
            value.fact,
            message_with(lang, "contradiction-side", &arguments)
        );
        for citation in &value.citations {
            _ = writeln!(out, "      {} {citation}", message(lang, "rests-on"));
        }
    }
    if let Some(day) = verdict.due.as_deref().and_then(|due| due.split('T').next()) {
        _ = writeln!(out, "    {}", message_with(lang, "due", &[("day", day)]));
    }
    out
}
