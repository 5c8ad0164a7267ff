//! Scores of the Exploit Prediction Scoring System of FIRST, CSV as <https://www.first.org/epss/data_stats>
//! publishes it every day: a remark with model and date, a header, a row a CVE.

use compact_str::CompactString;
use jiff::Timestamp;

use super::field::{instant, shown};
use crate::diagnostic::{Diagnostic, Findings, Place};

/// The scores of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epss {
    /// The model, such as `v2025.03.14`; empty where the table does not tell.
    pub model: String,
    /// When the scores were computed.
    pub scored: Option<Timestamp>,
    /// The scores, by identifier.
    pub scores: Vec<Exploitation>,
}

/// How likely it is that a vulnerability is exploited in the 30 days after the scoring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploitation {
    /// The vulnerability.
    pub cve: CompactString,
    /// The probability in billionths, `0..=1_000_000_000`.
    pub probability: u32,
    /// The share of all scored vulnerabilities that have this probability or less, in billionths.
    pub percentile: u32,
    /// The line of the row, from 1.
    pub line: u32,
}

impl Epss {
    /// The score of a vulnerability.
    pub fn lookup(&self, cve: &str) -> Option<&Exploitation> {
        let found = self
            .scores
            .binary_search_by(|one| one.cve.as_str().cmp(cve));
        self.scores.get(found.ok()?)
    }
}

/// The columns that are read.
const COLUMNS: [&str; 3] = ["cve", "epss", "percentile"];

/// A part `key:value` of the remark in the first line.
fn stated<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let mut parts = line.strip_prefix('#')?.split(',');
    parts.find_map(|part| {
        part.trim()
            .strip_prefix(key)?
            .strip_prefix(':')
            .map(str::trim)
    })
}

/// Reads a table. A row that cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// `advisory-malformed` where the header lacks a column or the table has no row, as after a broken
/// download.
pub fn read(text: &str) -> Result<(Epss, Vec<Diagnostic>), Diagnostic> {
    let mut findings = Findings::new();
    let remark = text.lines().next().filter(|line| line.starts_with('#'));
    let stated = |key| remark.and_then(|line| stated(line, key));
    let day = stated("score_date").and_then(scored);
    if day.is_none() {
        let help = "the first line of the published table reads `#model_version:…,score_date:…`";
        findings.warning("epss-date", help, || {
            let message = "the table does not tell when its scores were computed";
            (Place::line(1, 1), message.to_owned())
        });
    }
    let mut rows = (1_u32..)
        .zip(text.lines())
        .skip(usize::from(remark.is_some()));
    let places = columns(rows.next().map_or("", |(_, header)| header))?;
    let mut scores = Vec::new();
    for (line, row) in rows {
        if row.trim().is_empty() {
            continue;
        }
        match of_row(row, places, line) {
            Some(score) => scores.push(score),
            None => bad_row(&mut findings, line, || {
                format!("the row `{}` is no score, so it is left out", shown(row))
            }),
        }
    }
    if scores.is_empty() {
        return Err(malformed("the table has no row"));
    }
    scores.sort_by(|one, other| one.cve.cmp(&other.cve));
    scores.dedup_by(|second, first| {
        let is_twice = second.cve == first.cve;
        if is_twice {
            bad_row(&mut findings, second.line, || {
                format!("`{}` has a second score; the first one counts", second.cve)
            });
        }
        is_twice
    });
    let model = stated("model_version").unwrap_or_default().to_owned();
    let epss = Epss {
        model,
        scored: day,
        scores,
    };
    Ok((epss, findings.finish()))
}

/// FIRST writes an offset without a colon.
fn scored(text: &str) -> Option<Timestamp> {
    instant(text).or_else(|| instant(&format!("{}Z", text.strip_suffix("+0000")?)))
}

fn malformed(message: &str) -> Diagnostic {
    Diagnostic::error("advisory-malformed", Place::whole(), message)
        .help("fetch the table again; a row reads `CVE-2026-1,0.00042,0.11`")
}

fn bad_row(findings: &mut Findings, line: u32, say: impl FnOnce() -> String) {
    let help = "fetch the table again; a row reads `CVE-2026-1,0.00042,0.11`";
    let place = Place {
        line: Some(line),
        ..Place::whole()
    };
    findings.error("epss-row", help, || (place, say()));
}

/// Where the columns stand in the header.
fn columns(header: &str) -> Result<[usize; 3], Diagnostic> {
    let mut places = [0; 3];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let mut cells = header.split(',').map(|cell| cell.trim().trim_matches('"'));
        *place = cells
            .position(|cell| cell == column)
            .ok_or_else(|| malformed(&format!("the header lacks the column `{column}`")))?;
    }
    Ok(places)
}

fn of_row(row: &str, places: [usize; 3], line: u32) -> Option<Exploitation> {
    let mut cells = [""; 3];
    for (position, cell) in row.split(',').enumerate() {
        for (kept, place) in cells.iter_mut().zip(places) {
            if place == position {
                *kept = cell.trim().trim_matches('"');
            }
        }
    }
    let [cve, probability, percentile] = cells;
    let is_id = cve.starts_with("CVE-") && cve.len() <= 64;
    Some(Exploitation {
        cve: CompactString::from(Some(cve).filter(|_| is_id)?),
        probability: billionths(probability)?,
        percentile: billionths(percentile)?,
        line,
    })
}

/// A decimal from 0 to 1 in billionths, exact; `None` for what is none or has more digits.
fn billionths(text: &str) -> Option<u32> {
    const ONE: u64 = 1_000_000_000;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent
        .parse()
        .ok()
        .filter(|one| (-20..=0).contains(one))?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || mantissa.len() > 24 {
        return None;
    }
    let digits = format!("{whole}{}", fraction.trim_end_matches('0'));
    let digits: u64 = digits.parse().ok()?;
    let fraction = fraction.trim_end_matches('0').len();
    let scale = 9 + exponent - i32::try_from(fraction).ok()?;
    let value = if let Ok(scale) = u32::try_from(scale) {
        digits.checked_mul(10_u64.checked_pow(scale)?)?
    } else {
        let divisor = 10_u64.checked_pow(scale.unsigned_abs())?;
        digits.is_multiple_of(divisor).then_some(digits / divisor)?
    };
    u32::try_from(value)
        .ok()
        .filter(|value| u64::from(*value) <= ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read() {
        let text = "#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z\ncve,epss,percentile\nCVE-2026-2,0.97556,1.0\r\nCVE-2026-1,0.00042,0.1\n\n";
        let (epss, remarks) = read(text).unwrap();
        assert_eq!(remarks, []);
        assert_eq!(epss.model, "v2025.03.14");
        assert_eq!(epss.scored.unwrap().to_string(), "2026-11-20T12:55:00Z");
        let score = epss.lookup("CVE-2026-2").unwrap();
        let told = (score.probability, score.percentile, score.line);
        assert_eq!(told, (975_560_000, 1_000_000_000, 3));
        assert_eq!(epss.lookup("CVE-2026-1").unwrap().probability, 420_000);
        assert_eq!(epss.lookup("CVE-2026-3"), None);
    }

    #[test]
    fn decimals_are_exact() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1_000_000_000)),
            ("1.00000", Some(1_000_000_000)),
            ("0.000000001", Some(1)),
            ("0.0000000010", Some(1)),
            ("0.0000000001", None),
            ("1e-05", Some(10_000)),
            ("4.2E-4", Some(420_000)),
            ("1.1", None),
            ("2", None),
            ("-0.1", None),
            ("+1", None),
            (".5", None),
            ("0,5", None),
            ("nan", None),
            ("", None),
            ("1e5", None),
            ("0.99999999999999999999999999", None),
        ] {
            assert_eq!(billionths(text), expected, "{text}");
        }
    }

    #[test]
    fn bad_rows_are_named() {
        let text = "cve,epss,percentile\nCVE-2026-1,0.5,0.5\nCVE-2026-2,much,0.5\nCVE-2026-3,0.5\nx,0.5,0.5\nCVE-2026-1,0.6,0.5\n";
        let (epss, remarks) = read(text).unwrap();
        assert_eq!(epss.scores.len(), 1);
        assert_eq!(epss.lookup("CVE-2026-1").unwrap().probability, 500_000_000);
        let told: Vec<_> = remarks.iter().map(|one| (one.code, one.at.line)).collect();
        assert_eq!(
            told,
            [
                ("epss-date", Some(1)),
                ("epss-row", Some(3)),
                ("epss-row", Some(4)),
                ("epss-row", Some(5)),
                ("epss-row", Some(6)),
            ]
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (text, message) in [
            ("", "the header lacks the column `cve`"),
            ("#model_version:x\n", "the header lacks the column `cve`"),
            (
                "cve,epss\nCVE-1,0.5\n",
                "the header lacks the column `percentile`",
            ),
            ("cve,epss,percentile\n", "the table has no row"),
        ] {
            assert_eq!(read(text).unwrap_err().message, message, "{text}");
        }
    }

    #[test]
    fn columns_may_stand_in_any_order() {
        let (epss, _) = read("percentile,cve,extra,epss\n0.5,CVE-2026-1,x,0.25\n").unwrap();
        let score = epss.lookup("CVE-2026-1").unwrap();
        assert_eq!(
            (score.probability, score.percentile),
            (250_000_000, 500_000_000)
        );
    }
}
