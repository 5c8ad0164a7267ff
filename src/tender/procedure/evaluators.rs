//! How the marks of several evaluators become one, and grade tables.

use super::word_of;
use crate::exact::Exact;

/// How the marks of several evaluators become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluatorRule {
    /// The way of combining.
    pub combination: Combination,
    /// What is combined: marks of an item, sums of a block, or technical points.
    pub level: CombinationLevel,
    /// When a mandatory item is failed.
    pub mandatory: MandatoryRule,
    /// A mark that lies further from the median of its item than this share of the item's points asks for a reason.
    pub outlier_share: Option<Exact>,
}

impl Default for EvaluatorRule {
    fn default() -> Self {
        Self {
            combination: Combination::Mean,
            level: CombinationLevel::Item,
            mandatory: MandatoryRule::MoreThanHalf,
            outlier_share: None,
        }
    }
}

/// A way of combining marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Combination {
    /// Arithmetic mean.
    Mean,
    /// The middle one; the mean of the two middle ones for an even number.
    Median,
    /// The mean without this many of the highest and as many of the lowest.
    TrimmedMean(usize),
    /// The sum.
    Sum,
    /// The lowest.
    Lowest,
    /// The highest.
    Highest,
}

impl Combination {
    /// The ways with their words; of a trimmed mean one of each end is left out, unless the procedure says otherwise.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("mean", Self::Mean),
        ("median", Self::Median),
        ("trimmed-mean", Self::TrimmedMean(1)),
        ("sum", Self::Sum),
        ("lowest", Self::Lowest),
        ("highest", Self::Highest),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        match self {
            Self::TrimmedMean(_) => "trimmed-mean",
            other => word_of(&Self::WORDS, other),
        }
    }

    /// Combines marks, in any order; `None` where there are too few.
    pub fn of(self, marks: &[Exact]) -> Option<Exact> {
        if marks.is_empty() {
            return None;
        }
        let mut sorted: Vec<&Exact> = marks.iter().collect();
        if !matches!(self, Self::Mean | Self::Sum) {
            sorted.sort();
        }
        let kept = match self {
            Self::Mean | Self::Sum => 0..sorted.len(),
            Self::Median => (sorted.len() - 1) / 2..sorted.len() / 2 + 1,
            Self::TrimmedMean(drop) => drop..sorted.len().saturating_sub(drop),
            Self::Lowest => 0..1,
            Self::Highest => sorted.len() - 1..sorted.len(),
        };
        let kept = sorted.get(kept).filter(|kept| !kept.is_empty())?;
        let sum = kept.iter().fold(Exact::zero(), |sum, mark| sum.plus(mark));
        if self == Self::Sum {
            return Some(sum);
        }
        sum.over(&Exact::from_integer(i64::try_from(kept.len()).ok()?))
    }
}

/// What is combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CombinationLevel {
    /// The marks of each item.
    Item,
    /// Each evaluator's sum of a block.
    Block,
}

impl CombinationLevel {
    /// Every level with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("item", Self::Item), ("block", Self::Block)];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }
}

/// When a mandatory item is failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MandatoryRule {
    /// When more than half of the evaluators say that it is not met (S27g).
    MoreThanHalf,
    /// When half of them or more say so.
    HalfOrMore,
    /// When one of them says so.
    Any,
    /// When all of them say so.
    All,
}

impl MandatoryRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("more-than-half", Self::MoreThanHalf),
        ("half-or-more", Self::HalfOrMore),
        ("any", Self::Any),
        ("all", Self::All),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    /// Whether an item is failed when `unmet` of `of` evaluators say that it is not met.
    pub fn fails(self, unmet: usize, of: usize) -> bool {
        match self {
            Self::MoreThanHalf => unmet * 2 > of,
            Self::HalfOrMore => unmet > 0 && unmet * 2 >= of,
            Self::Any => unmet > 0,
            Self::All => unmet > 0 && unmet == of,
        }
    }
}

/// A table of grades, in the order of the procedure: word and share of the item's points.
///
/// A/B/C/D for 100/70/40/0 % is published (S27f).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeTable {
    /// The grades, the best first.
    pub grades: Vec<(String, Exact)>,
}

impl GradeTable {
    /// The place of a grade in the table.
    pub fn position(&self, word: &str) -> Option<usize> {
        self.grades.iter().position(|(grade, _)| grade == word)
    }
}
