//! The reasons to a bidder who did not win (非落札理由).
//!
//! Who reads it: that bidder. It shows the bidder's own marks, verdicts, total and rank, and of the others the winner's name
//! and total alone. A text that the agency or an evaluator wrote is withheld where it names another bidder, another
//! bidder's price or an evaluator; evaluators are letters. Formulas stand without numbers, since a number such as the lowest
//! price is another bidder's.

use super::consolidated::{By, comments, marks};
use super::part::{Paper, Table};
use super::voice::Voice;
use crate::criteria::{Catalog, Stage};
use crate::diagnostic::{Diagnostic, Place};
use crate::document::words;
use crate::evidence::Citation;
use crate::id::{BidId, CriterionId};
use crate::tender::Tender;
use crate::tender::consolidation::consolidate;
use crate::tender::evaluate::{BidOutcome, Exclusion, Outcome};
use crate::tender::item::ConfirmationDecision;
use crate::tender::technical::Technical;
use crate::text::Lang;

/// Writes the reasons to a bidder in a language.
///
/// # Errors
///
/// `bid-unknown`, `paper-undecided` while nobody or more than one has won the bid's lot, and `paper-not-losing` for the winner.
pub fn losing(
    tender: &Tender,
    outcome: &Outcome,
    catalog: Option<&Catalog>,
    bid: &BidId,
    lang: Lang,
) -> Result<Paper, Diagnostic> {
    let refuse = |code, message: String, help: &str| {
        Diagnostic::error(code, Place::whole(), message).help(help)
    };
    let own = outcome.bids.iter().find(|one| one.bid.id == *bid);
    let Some(own) = own else {
        return Err(refuse(
            "bid-unknown",
            format!("there is no bid `{bid}`"),
            "name a bid of this tender",
        ));
    };
    let lot = outcome.lots.get(own.bid.lot);
    let winners = lot.map_or(&[][..], |lot| &lot.winner);
    let winner = match winners {
        [one] if one == bid => {
            return Err(refuse(
                "paper-not-losing",
                format!("`{bid}` has won; there are no reasons for not winning"),
                "name a bid that did not win",
            ));
        }
        [one] => outcome.bids.iter().find(|bid| bid.bid.id == *one),
        [] => None,
        _ => {
            return Err(refuse(
                "paper-undecided",
                "the first rank is shared, so nobody has lost yet".to_owned(),
                "draw lots, and write the order into `draw`",
            ));
        }
    };
    let voice = Voice { lang };
    let shield = Shield::new(tender, bid);
    let mut paper = Paper::new(tender, &voice.say("paper-losing"), voice);
    paper.label(
        &voice.say("paper-addressee"),
        own.bid.offering.supplier.of(lang),
    );
    paper.label(
        &voice.say("paper-evaluation-day"),
        &tender.as_of.to_string(),
    );
    if let Some(lot) = tender.lots.get(own.bid.lot).filter(|lot| lot.id.is_some()) {
        paper.label(&voice.say("paper-lot"), lot.title.of(lang));
    }
    result(&mut paper, tender, outcome, own, winner, voice);
    reasons(&mut paper, tender, own, catalog, &shield, voice);
    points(&mut paper, tender, own, voice);
    if !own.bid.sheets.is_empty() && !tender.items.is_empty() {
        paper.section(&voice.say("paper-own-marks"));
        paper.text(&voice.say("paper-own-marks-text"));
        let by = By::Lettered(voice);
        let all = consolidate(&Technical::from(tender));
        let marked = all.bids.iter().find(|one| one.bid == *bid);
        paper.table(marks(tender, own, marked, &by));
        comments(&mut paper, tender, own, &by, |text| shield.clean(text));
    }
    verdicts(&mut paper, tender, own, catalog, &shield, voice);
    paper.section(&voice.say("paper-about"));
    paper.text(&voice.say("paper-about-text"));
    Ok(paper)
}

fn result(
    paper: &mut Paper,
    tender: &Tender,
    outcome: &Outcome,
    own: &BidOutcome,
    winner: Option<&BidOutcome>,
    voice: Voice,
) {
    paper.section(&voice.say("paper-result"));
    paper.text(&voice.say("paper-not-awarded"));
    let method = tender.procedure.method;
    let total = voice.total(method);
    let mut pairs = Vec::new();
    if let Some(winner) = winner {
        let name = winner.bid.offering.supplier.of(voice.lang).to_owned();
        pairs.push((voice.say("paper-winner-name"), name));
        // In the lowest-price method the total is the winner's price, which is not this paper's to tell.
        if let Some(standing) = winner.standing.as_ref().filter(|_| !method.lowest_first()) {
            let label = voice.say_with("paper-winner-total", &[("total", &total)]);
            pairs.push((label, voice.exact(&standing.total)));
        }
    } else {
        paper.text(&voice.say("no-valid-bid"));
    }
    if let Some(standing) = &own.standing {
        let label = voice.say_with("paper-own-total", &[("total", &total)]);
        let value = if method.lowest_first() {
            voice.yen(&standing.total.to_string())
        } else {
            voice.exact(&standing.total)
        };
        pairs.push((label, value));
        pairs.push((voice.say("paper-own-rank"), standing.rank.to_string()));
    }
    paper.pairs(&pairs);
    let lot = outcome.lots.get(own.bid.lot);
    let equal = own
        .standing
        .as_ref()
        .zip(winner.and_then(|winner| winner.standing.as_ref()))
        .is_some_and(|(own, winner)| own.total == winner.total);
    if let Some(rule) = lot
        .and_then(|lot| lot.tie_broken_by.as_ref())
        .filter(|_| equal)
    {
        paper.text(&voice.say_with("paper-lost-tie", &[("rule", &voice.tie(tender, rule))]));
    }
}

/// Why the bid was not in the ranking.
fn reasons(
    paper: &mut Paper,
    tender: &Tender,
    own: &BidOutcome,
    catalog: Option<&Catalog>,
    shield: &Shield,
    voice: Voice,
) {
    if own.exclusions.is_empty() {
        return;
    }
    paper.section(&voice.say("paper-own-exclusion"));
    let reasons = own
        .exclusions
        .iter()
        .map(|one| reason(tender, own, one, catalog, shield, voice));
    paper.list(&reasons.collect::<Vec<_>>());
}

fn reason(
    tender: &Tender,
    own: &BidOutcome,
    exclusion: &Exclusion,
    catalog: Option<&Catalog>,
    shield: &Shield,
    voice: Voice,
) -> String {
    let id = CriterionId(exclusion.by.clone());
    if let Some(criterion) = catalog.and_then(|catalog| catalog.criteria.get(&id)) {
        let judged = own
            .assessment
            .as_ref()
            .and_then(|all| all.judgments.get(&id));
        let verdict =
            judged.map_or_else(String::new, |one| words::verdict(voice.lang, &one.verdict));
        let arguments = [
            ("title", criterion.title.of(voice.lang)),
            ("verdict", &verdict),
            ("requirement", criterion.requirement.of(voice.lang)),
        ];
        return voice.say_with("paper-gate-reason", &arguments);
    }
    match exclusion.by.as_str() {
        "below-floor" => {
            let total = voice.total(tender.procedure.method);
            voice.say_with("paper-below-floor", &[("total", &total)])
        }
        _ => shield
            .clean(exclusion.detail.of(voice.lang))
            .unwrap_or_else(|| voice.say("paper-withheld")),
    }
}

/// The bidder's own points, block by block.
fn points(paper: &mut Paper, tender: &Tender, own: &BidOutcome, voice: Voice) {
    let Some(standing) = &own.standing else {
        return;
    };
    let form = &tender.procedure;
    paper.section(&voice.say("paper-own-points"));
    let mut table = Table::new([
        (voice.say("paper-block").as_str(), false),
        (voice.say("paper-own").as_str(), true),
        (voice.say("paper-at-most").as_str(), true),
    ]);
    for (block, points) in tender.blocks.iter().zip(&standing.blocks) {
        table.row([
            block.title.of(voice.lang).to_owned(),
            voice.exact(points),
            voice.exact(&block.points),
        ]);
    }
    table.strong([
        voice.say("technical"),
        voice.exact(&standing.technical),
        voice.exact(&tender.technical_points),
    ]);
    if let Some(price) = &standing.price_points {
        let lot = tender.lots.get(own.bid.lot);
        let most = lot.and_then(|lot| lot.price_allotment.as_ref());
        table.row([
            voice.say("price-points"),
            voice.exact(price),
            most.map_or_else(|| "—".to_owned(), |points| voice.exact(points)),
        ]);
    }
    if !form.method.lowest_first() {
        table.strong([
            voice.total(form.method),
            voice.exact(&standing.total),
            String::new(),
        ]);
    }
    paper.table(table);
    let price = voice.yen(&own.bid.price_yen.to_string());
    paper.pairs(&[(voice.say("paper-own-price"), price)]);
    if let Some(formula) = &form.price {
        let formula = voice.formula(tender, formula);
        paper.formula(&format!("{} = {formula}", voice.say("price-points")));
    }
    if !form.method.lowest_first() {
        let formula = voice.formula(tender, &form.total);
        paper.formula(&format!("{} = {formula}", voice.total(form.method)));
    }
    if !tender.depends_on_others().is_empty() {
        paper.note(&voice.say("paper-others-withheld"));
    }
}

/// The machine's verdicts on the bidder's own evidence, with the bidder's own files.
fn verdicts(
    paper: &mut Paper,
    tender: &Tender,
    own: &BidOutcome,
    catalog: Option<&Catalog>,
    shield: &Shield,
    voice: Voice,
) {
    let (Some(assessment), Some(catalog)) = (&own.assessment, catalog) else {
        return;
    };
    paper.section(&voice.say("paper-own-verdicts"));
    paper.text(&voice.say("paper-own-verdicts-text"));
    let mut table = Table::new([
        (voice.say("paper-criterion").as_str(), false),
        (voice.say("verdicts").as_str(), false),
        (voice.say("paper-weight-own").as_str(), true),
        (voice.say("paper-own-files").as_str(), false),
    ]);
    for criterion in catalog.criteria.values() {
        let counts = criterion.points() > 0 || criterion.stage() == Some(Stage::Bid);
        let judged = assessment.judgments.get(&criterion.id);
        let Some(judged) = judged.filter(|_| counts) else {
            continue;
        };
        if judged.verdict.kind == crate::assessment::verdict::VerdictKind::NotApplicable {
            continue;
        }
        let points = if judged.of.is_zero() {
            voice.say("gate-short")
        } else {
            format!("{} / {}", voice.exact(&judged.low), judged.of)
        };
        let decided = tender
            .confirmations
            .iter()
            .find(|one| one.bid == own.bid.id && one.criterion == criterion.id);
        let mut verdict = words::verdict(voice.lang, &judged.verdict);
        if let Some(one) = decided
            && let ConfirmationDecision::Overruled(share) = &one.decision
        {
            let share = voice.percent(share);
            let reason = one
                .reason
                .as_ref()
                .map_or("", |reason| reason.of(voice.lang));
            let reason = shield
                .clean(reason)
                .unwrap_or_else(|| voice.say("paper-withheld"));
            let arguments = [("verdict", verdict), ("share", share), ("reason", reason)];
            verdict = voice.say_with("paper-overruled", &arguments);
        }
        table.row([
            format!("{} ({})", criterion.title.of(voice.lang), criterion.id),
            verdict,
            points,
            own_files(own, &judged.citations).join(", "),
        ]);
    }
    paper.table(table);
}

/// The files of the bidder among those that a verdict rests on, each once.
fn own_files(own: &BidOutcome, citations: &[Citation]) -> Vec<String> {
    let folder = format!("{}/", own.bid.offering.folder);
    let mut files: Vec<_> = citations
        .iter()
        .filter_map(|citation| citation.file.strip_prefix(&folder))
        .filter(|_| !own.bid.offering.folder.is_empty())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    files
}

/// What a text must not hold to be shown to a bidder.
struct Shield {
    /// Names and prices, in lower case, wherever they stand in a text.
    parts: Vec<String>,
    /// Identifiers, as words of their own.
    words: Vec<String>,
}

/// Legal forms, without which a company is named as well.
const LEGAL_FORMS: [&str; 14] = [
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "一般社団法人",
    "一般財団法人",
    "(株)",
    "(株)",
    "㈱",
    "co., ltd.",
    "corporation",
    "inc.",
    "k.k.",
    "llc",
];

impl Shield {
    fn new(tender: &Tender, own: &BidId) -> Self {
        let (mut parts, mut words) = (Vec::new(), Vec::new());
        for bid in tender.bids.iter().filter(|bid| bid.id != *own) {
            let offering = &bid.offering;
            for name in [&offering.supplier.ja, &offering.supplier.en] {
                parts.push(plain(name));
                parts.push(without_form(name));
            }
            parts.extend(offering.product.iter().map(|(name, _)| plain(name)));
            parts.extend(offering.service.iter().map(|name| plain(name)));
            parts.extend(offering.corporate_number.iter().map(|number| plain(number)));
            parts.push(bid.price_yen.to_string());
            parts.push(words::grouped(&bid.price_yen.to_string()));
            words.push(bid.id.as_str().to_lowercase());
        }
        for evaluator in &tender.evaluators {
            for name in evaluator.name.iter().flat_map(|name| [&name.ja, &name.en]) {
                parts.push(plain(name));
            }
            words.push(evaluator.id.to_lowercase());
        }
        parts.retain(|part| !part.is_empty());
        Self { parts, words }
    }

    /// The text, if it holds nothing of others.
    fn clean(&self, text: &str) -> Option<String> {
        let lower = plain(text);
        let holds_part = self.parts.iter().any(|part| lower.contains(part));
        // Japanese puts no space between words, so that only the letters of identifiers tell where one ends.
        let mut own = lower.split(|character: char| {
            !character.is_ascii_alphanumeric() && !"-_.".contains(character)
        });
        let holds_word = own.any(|word| self.words.iter().any(|one| one == word));
        (!holds_part && !holds_word).then(|| text.to_owned())
    }
}

/// A text in lower case and without spaces at its ends.
fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A name without its legal form; empty when nothing that tells is left.
fn without_form(name: &str) -> String {
    let mut name = plain(name);
    for form in LEGAL_FORMS {
        name = name.replace(form, "");
    }
    let name = name.trim().trim_end_matches(',').trim().to_owned();
    if name.chars().count() >= 2 {
        name
    } else {
        String::new()
    }
}
