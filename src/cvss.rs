//! Scores and severities of the Common Vulnerability Scoring System, computed from the vector.
//!
//! The equations of 3.0, 3.1 and 4.0 are those of the `cvss-rs` package, which reckons in floating point; a
//! score enters as the decimal that it prints, in tenths, and nothing here reckons with fractions. It also
//! reads the metrics of 2.0, whose equations stand here in whole numbers. The tests hold every base vector
//! of 2.0, 3.0 and 3.1 to exact arithmetic, and those of 3.x and 4.0 to a second package.
//!
//! A score that a document states beside a vector is never read: the vector decides.

mod version2;

use std::fmt;
use std::str::FromStr;

use cvss_rs::v2_0::CvssV2;
use cvss_rs::v3::CvssV3;
use cvss_rs::v4_0::CvssV4;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use version2::Equations;

/// No vector with every metric given is longer (4.0 has 32 metrics of at most eight characters).
const MAXIMUM_LENGTH: usize = 512;

/// A score with the vector from which it follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// The version of the standard: `2.0`, `3.0`, `3.1` or `4.0`.
    pub version: &'static str,
    /// The score in tenths, `0..=100`.
    ///
    /// Of 2.0 and 3.x the base score, which databases agree on. Of 4.0 the one score that the standard
    /// defines, from all metrics that the vector gives (CVSS v4.0 Specification, section 1.3).
    pub tenths: u16,
    /// The severity of [`Self::tenths`].
    pub severity: Severity,
    /// Of 2.0 and 3.x the environmental score, or else the temporal one, in tenths, where the vector
    /// gives such metrics.
    pub refined_tenths: Option<u16>,
    /// The vector in upper case and in the order of the specification, without a prefix for 2.0.
    pub vector: String,
}

impl Score {
    /// The score with one decimal, such as `9.8`.
    pub fn decimal(&self) -> String {
        decimal(self.tenths)
    }
}

/// Tenths with one decimal, such as `9.8`.
pub fn decimal(tenths: u16) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Reads a score that stands without a vector, such as `7.5` or `10`, in tenths; `None` for anything that
/// is no number from 0 to 10 with at most one decimal.
pub fn parse_decimal(text: &str) -> Option<u16> {
    let text = text.trim();
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        let part = Some(part).filter(|part| is_number && (1..=most).contains(&part.len()));
        part.and_then(|part| part.parse::<u16>().ok())
    };
    let tenths = digits(whole, 2)? * 10 + digits(tenth, 1)?;
    (tenths <= 100).then_some(tenths)
}

/// How severe a vulnerability is.
///
/// CVSS v3.1 Specification, section 5, and CVSS v4.0 Specification, section 6, "Qualitative Severity
/// Rating Scale".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A score of 0.0: no impact.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0.
    Critical,
}

impl Severity {
    /// The severity of a score of 3.0, 3.1 or 4.0, in tenths.
    pub fn of_tenths(tenths: u16) -> Self {
        match tenths {
            0 => Self::None,
            1..40 => Self::Low,
            40..70 => Self::Medium,
            70..90 => Self::High,
            _ => Self::Critical,
        }
    }

    /// The severity of a score of 2.0, in tenths.
    ///
    /// The standard has no such bands; these are those of the United States' National Vulnerability
    /// Database ("Vulnerability Metrics", NVD CVSS v2.0 Ratings): low to 3.9, medium to 6.9, high above.
    pub fn of_tenths_v2(tenths: u16) -> Self {
        match tenths {
            0..40 => Self::Low,
            40..70 => Self::Medium,
            _ => Self::High,
        }
    }

    /// The severity that a word of a database means, in any case.
    ///
    /// Beside the words of CVSS: `moderate` (GitHub, Red Hat), `important` (Red Hat, Microsoft),
    /// `negligible` (Ubuntu), `informational` (VEX tools). Any other word is `None`, never a guess.
    pub fn of_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Severity); 9] = [
            ("none", Severity::None),
            ("informational", Severity::None),
            ("low", Severity::Low),
            ("negligible", Severity::Low),
            ("medium", Severity::Medium),
            ("moderate", Severity::Medium),
            ("high", Severity::High),
            ("important", Severity::High),
            ("critical", Severity::Critical),
        ];
        let word = word.trim();
        let mut words = WORDS.iter();
        words
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map(|(_, severity)| *severity)
    }

    /// The word, in lower case.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// Why a vector has no score.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CvssError {
    /// It is of no version that is known.
    #[error("the vector is of no known version of CVSS")]
    UnknownVersion,
    /// It breaks the grammar of its version: an unknown metric or value, or a metric given twice.
    #[error("the vector is malformed: {0}")]
    Malformed(String),
    /// A metric that every vector of its version must have is missing.
    #[error("the vector lacks a base metric")]
    Incomplete,
}

/// Computes the score of a vector of CVSS 2.0, 3.0, 3.1 or 4.0.
///
/// 3.x and 4.0 are known by their prefix (`CVSS:3.1/`). A vector of 2.0 has none, may stand in
/// parentheses (CVSS v2.0 guide, section 2.4), and some tools write `CVSS:2.0/` before it. Letters may be
/// of any case and metrics in any order, since databases hold such vectors; what they mean is clear.
///
/// # Errors
///
/// [`CvssError`] where the text is no complete vector.
pub fn score(vector: &str) -> Result<Score, CvssError> {
    let vector = vector.trim();
    if vector.len() > MAXIMUM_LENGTH || !vector.is_ascii() {
        return Err(CvssError::Malformed("it is no short ASCII text".to_owned()));
    }
    let upper = vector.to_ascii_uppercase();
    match upper.get(..9).filter(|_| upper.starts_with("CVSS:")) {
        Some("CVSS:3.0/") => third(&upper, "3.0"),
        Some("CVSS:3.1/") => third(&upper, "3.1"),
        Some("CVSS:4.0/") => fourth(&upper),
        Some("CVSS:2.0/") => second(upper.get(9..).unwrap_or_default()),
        Some(_) => Err(CvssError::UnknownVersion),
        None if upper.starts_with("CVSS:") => Err(CvssError::UnknownVersion),
        None => {
            let inner = upper
                .strip_prefix('(')
                .and_then(|one| one.strip_suffix(')'));
            second(inner.unwrap_or(&upper))
        }
    }
}

fn second(vector: &str) -> Result<Score, CvssError> {
    if !vector.contains("AV:") {
        return Err(CvssError::UnknownVersion);
    }
    let vector = parse::<CvssV2>(vector)?.to_string();
    let equations = Equations::of(&vector);
    let tenths = equations.base().ok_or(CvssError::Incomplete)?;
    let refined = match refinement(&vector, &BASE_V2, &["E", "RL", "RC"]) {
        Refinement::None => None,
        Refinement::Temporal => equations.temporal(),
        Refinement::Environmental => equations.environmental(),
    };
    Ok(Score {
        version: "2.0",
        tenths,
        severity: Severity::of_tenths_v2(tenths),
        refined_tenths: refined,
        vector,
    })
}

fn third(vector: &str, version: &'static str) -> Result<Score, CvssError> {
    let cvss = parse::<CvssV3>(vector)?;
    let tenths = tenths(cvss.calculated_base_score())?;
    let vector = cvss.to_string();
    let refined = match refinement(&vector, &BASE_V3, &["E", "RL", "RC"]) {
        Refinement::None => None,
        Refinement::Temporal => cvss.calculated_temporal_score(),
        Refinement::Environmental => cvss.calculated_environmental_score(),
    };
    Ok(Score {
        version,
        tenths,
        severity: Severity::of_tenths(tenths),
        refined_tenths: refined.and_then(|one| self::tenths(Some(one)).ok()),
        vector,
    })
}

fn fourth(vector: &str) -> Result<Score, CvssError> {
    let cvss = parse::<CvssV4>(vector)?;
    let tenths = tenths(cvss.calculated_full_score())?;
    Ok(Score {
        version: "4.0",
        tenths,
        severity: Severity::of_tenths(tenths),
        refined_tenths: None,
        vector: cvss.to_string(),
    })
}

fn parse<T: FromStr<Err = cvss_rs::ParseError>>(vector: &str) -> Result<T, CvssError> {
    // The package skips what is empty between two slashes.
    if vector.split('/').any(str::is_empty) {
        return Err(CvssError::Malformed("a metric is empty".to_owned()));
    }
    let parsed = vector.parse();
    parsed.map_err(|error: cvss_rs::ParseError| CvssError::Malformed(error.to_string()))
}

/// The decimal that a computed score prints, in tenths.
fn tenths(score: Option<f64>) -> Result<u16, CvssError> {
    let printed = format!("{:.1}", score.ok_or(CvssError::Incomplete)?);
    let digits: String = printed.chars().filter(|one| *one != '.').collect();
    let tenths = digits.parse().ok().filter(|tenths| *tenths <= 100);
    tenths.ok_or_else(|| CvssError::Malformed("its score is out of range".to_owned()))
}

/// Which score beside the base score a vector asks for.
enum Refinement {
    None,
    Temporal,
    Environmental,
}

const BASE_V2: [&str; 6] = ["AV", "AC", "Au", "C", "I", "A"];
const BASE_V3: [&str; 9] = ["CVSS", "AV", "AC", "PR", "UI", "S", "C", "I", "A"];

fn refinement(vector: &str, base: &[&str], temporal: &[&str]) -> Refinement {
    let mut found = Refinement::None;
    let metrics = vector.split('/').filter_map(|one| one.split_once(':'));
    for (metric, value) in metrics {
        if base.contains(&metric) || matches!(value, "X" | "ND") {
            continue;
        }
        if !temporal.contains(&metric) {
            return Refinement::Environmental;
        }
        found = Refinement::Temporal;
    }
    found
}

#[cfg(test)]
mod tests;
