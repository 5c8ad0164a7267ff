//! Reads a mark out of a cell: what the scale of its item allows, exactly, or nothing.

use unicode_normalization::UnicodeNormalization as _;

use super::both;
use super::grid::says;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::spreadsheet::{SheetCell, SheetValue};
use crate::exact::Exact;
use crate::tender::item::{Item, Mark, Scale};
use crate::tender::procedure::Procedure;
use crate::text::Text;

/// The messages that say that an item is met or not.
pub const MET_WORDS: [(bool, &str); 2] = [(true, "score-met"), (false, "score-unmet")];

/// The signs with which people in Japan mark what is met and what is not, beside our own words.
const MET_SIGNS: [(bool, &[&str]); 2] = [
    (true, &["○", "〇", "◯", "true", "yes", "適", "可"]),
    (false, &["×", "✕", "✖", "✗", "false", "no", "否", "不可"]),
];

/// The most significant digits of a number that a workbook keeps (IEEE 754 double, as Excel shows it).
const DIGITS: usize = 15;

/// The words or numbers that a mark of a scale with a list may be, in the order of the list; empty for a range.
pub fn mark_words(procedure: &Procedure, item: &Item) -> Vec<Text> {
    let same = |text: &str| Text {
        ja: text.to_owned(),
        en: text.to_owned(),
    };
    match &item.scale {
        Scale::Met => MET_WORDS.iter().map(|(_, key)| both(key)).collect(),
        Scale::Points => Vec::new(),
        Scale::Steps(steps) => steps.iter().map(|step| same(&step.to_string())).collect(),
        Scale::Grades(name) => {
            let table = procedure.grades.get(name).into_iter();
            let grades = table.flat_map(|table| &table.grades);
            grades.map(|(word, _)| same(word)).collect()
        }
    }
}

/// What a mark of an item may be, for a help.
fn allowed(procedure: &Procedure, item: &Item) -> String {
    if item.scale == Scale::Points {
        return format!("enter a number from 0 to {}", item.highest_mark());
    }
    let words = mark_words(procedure, item);
    let words: Vec<_> = words
        .iter()
        .map(|word| {
            if word.ja == word.en {
                word.ja.clone()
            } else {
                format!("{} ({})", word.ja, word.en)
            }
        })
        .collect();
    format!("enter one of {}", words.join(", "))
}

/// Reads a mark; `None` for a cell that holds nothing. The remark says what was taken for something else than it says.
///
/// # Errors
///
/// `mark-formula`, `mark-imprecise` and `mark-out-of-scale`.
pub(super) fn read_mark(
    cell: &SheetCell,
    item: &Item,
    procedure: &Procedure,
    at: &Place,
) -> Result<Option<(Mark, Option<Diagnostic>)>, Diagnostic> {
    if cell.formula.is_some() {
        let message = format!(
            "the mark for `{}` is a formula; another program may compute something else from it",
            item.id
        );
        return Err(
            Diagnostic::error("mark-formula", at.clone(), message).help("enter the mark itself")
        );
    }
    let off = |what: &str| {
        let message = format!("{what} is no mark that the item `{}` allows", item.id);
        Diagnostic::error("mark-out-of-scale", at.clone(), message).help(allowed(procedure, item))
    };
    let written = cell.text.trim();
    match &cell.value {
        SheetValue::Empty => return Ok(None),
        SheetValue::Error => return Err(off("an error of the program")),
        SheetValue::Date(day) => {
            return Err(off(&format!(
                "the day {day}, for which the program took what was entered,"
            )));
        }
        _ if written.is_empty() => return Ok(None),
        _ => {}
    }
    let shown = format!(
        "`{}`",
        crate::text::shortened(&crate::text::printable(written), 40)
    );
    let folded: String = written.nfkc().collect::<String>().trim().to_owned();
    let (mark, is_exact) = match &item.scale {
        Scale::Met => met(&cell.value, written, &folded).ok_or_else(|| off(&shown))?,
        Scale::Grades(_) => grade(procedure, item, written, &folded).ok_or_else(|| off(&shown))?,
        Scale::Points | Scale::Steps(_) => {
            let digits = folded.bytes().filter(u8::is_ascii_digit).count();
            let is_number = matches!(cell.value, SheetValue::Number(_));
            let leading = folded.trim_start_matches(['-', '0', '.']);
            let significant = leading.bytes().filter(u8::is_ascii_digit).count();
            if is_number && digits > DIGITS && significant > DIGITS {
                let message = format!(
                    "{shown} has more digits than a workbook keeps; the mark for `{}` may have been another",
                    item.id
                );
                return Err(Diagnostic::error("mark-imprecise", at.clone(), message)
                    .help("enter at most 15 digits, or a fraction such as 10/3 as a text"));
            }
            let number = Exact::parse(&folded).filter(|number| fits(item, number));
            let number = number.ok_or_else(|| off(&shown))?;
            (Mark::Number(number), folded == written)
        }
    };
    let remark = (!is_exact).then(|| {
        let taken = super::super::consolidation::view::MarkWord::of(procedure, item, &mark);
        let taken = match taken {
            super::super::consolidation::view::MarkWord::Met(true) => both("score-met").en,
            super::super::consolidation::view::MarkWord::Met(false) => both("score-unmet").en,
            super::super::consolidation::view::MarkWord::Word(word) => word,
        };
        let message = format!("{shown} was taken for the mark `{taken}`");
        Diagnostic::note("mark-normalised", at.clone(), message)
            .help("nothing needs to be done if that is what was meant")
    });
    Ok(Some((mark, remark)))
}

fn fits(item: &Item, number: &Exact) -> bool {
    match &item.scale {
        Scale::Steps(steps) => steps.contains(number),
        _ => !number.is_negative() && *number <= item.highest_mark(),
    }
}

fn met(value: &SheetValue, written: &str, folded: &str) -> Option<(Mark, bool)> {
    if let SheetValue::Bool(met) = value {
        return Some((Mark::Met(*met), true));
    }
    let own = MET_WORDS.iter().find(|(_, key)| says(written, &both(key)));
    if let Some((met, _)) = own {
        return Some((Mark::Met(*met), true));
    }
    let lower = folded.to_lowercase();
    let signs = MET_SIGNS
        .iter()
        .find(|(_, signs)| signs.contains(&lower.as_str()) || signs.contains(&written));
    let is_word = matches!(lower.as_str(), "true" | "false");
    signs.map(|(met, _)| (Mark::Met(*met), is_word))
}

fn grade(procedure: &Procedure, item: &Item, written: &str, folded: &str) -> Option<(Mark, bool)> {
    let Scale::Grades(name) = &item.scale else {
        return None;
    };
    let table = procedure.grades.get(name)?;
    if let Some(place) = table.position(written) {
        return Some((Mark::Grade(place), true));
    }
    // Written in wide letters, or small ones where that leaves no doubt.
    let like = |word: &str| word.nfkc().collect::<String>().to_lowercase();
    let wanted = folded.to_lowercase();
    let mut found = table
        .grades
        .iter()
        .enumerate()
        .filter(|(_, (word, _))| like(word) == wanted);
    match (found.next(), found.next()) {
        (Some((place, _)), None) => Some((Mark::Grade(place), false)),
        _ => None,
    }
}
