//! The equations of CVSS 2.0 in whole numbers (A Complete Guide to the Common Vulnerability Scoring System
//! Version 2.0, sections 3.2.1 to 3.2.3). Floating point misses the ties that its products of two-digit
//! decimals make: `9.0 * 0.95` is 8.55 and rounds to 8.6.

/// The numbers behind the values of metrics, in units of 10⁻ⁿ with the `n` that the equations give.
const VALUES: [(&str, &str, i128); 49] = [
    // Thousandths.
    ("AV", "L", 395),
    ("AV", "A", 646),
    ("AV", "N", 1000),
    ("AC", "H", 350),
    ("AC", "M", 610),
    ("AC", "L", 710),
    ("Au", "M", 450),
    ("Au", "S", 560),
    ("Au", "N", 704),
    ("C", "N", 0),
    ("C", "P", 275),
    ("C", "C", 660),
    ("I", "N", 0),
    ("I", "P", 275),
    ("I", "C", 660),
    ("A", "N", 0),
    ("A", "P", 275),
    ("A", "C", 660),
    // Hundredths, as all that follows.
    ("E", "U", 85),
    ("E", "POC", 90),
    ("E", "F", 95),
    ("E", "H", 100),
    ("RL", "OF", 87),
    ("RL", "TF", 90),
    ("RL", "W", 95),
    ("RL", "U", 100),
    ("RC", "UC", 90),
    ("RC", "UR", 95),
    ("RC", "C", 100),
    ("CDP", "N", 0),
    ("CDP", "L", 10),
    ("CDP", "LM", 30),
    ("CDP", "MH", 40),
    ("CDP", "H", 50),
    ("TD", "N", 0),
    ("TD", "L", 25),
    ("TD", "M", 75),
    ("TD", "H", 100),
    ("CR", "L", 50),
    ("CR", "M", 100),
    ("CR", "H", 151),
    ("IR", "L", 50),
    ("IR", "M", 100),
    ("IR", "H", 151),
    ("AR", "L", 50),
    ("AR", "M", 100),
    ("AR", "H", 151),
    // Not defined: no damage, all else as it is.
    ("CDP", "ND", 0),
    ("", "ND", 100),
];

/// A vector in upper case but for `Au`, whose metrics are known and not repeated.
pub(super) struct Equations<'a> {
    vector: &'a str,
}

impl<'a> Equations<'a> {
    pub(super) fn of(vector: &'a str) -> Self {
        Self { vector }
    }

    /// The number of a metric; one that is absent is not defined.
    fn value(&self, metric: &str) -> Option<i128> {
        let mut given = self.vector.split('/').filter_map(|one| one.split_once(':'));
        let value = given
            .find(|(name, _)| *name == metric)
            .map_or("ND", |(_, value)| value);
        let mut known = VALUES.iter();
        known
            .find(|(name, word, _)| {
                (*name == metric || (name.is_empty() && !super::BASE_V2.contains(&metric)))
                    && *word == value
            })
            .map(|(.., number)| *number)
    }

    /// The base score in tenths; `None` where a base metric is absent.
    pub(super) fn base(&self) -> Option<u16> {
        score(self.equation([100; 3], i128::MAX)?)
    }

    /// The temporal score in tenths.
    pub(super) fn temporal(&self) -> Option<u16> {
        score(self.lowered(self.equation([100; 3], i128::MAX)?)?)
    }

    /// The environmental score in tenths.
    pub(super) fn environmental(&self) -> Option<u16> {
        let requirements = [self.value("CR")?, self.value("IR")?, self.value("AR")?];
        let temporal = self.lowered(self.equation(requirements, 10 * IMPACT)?)?;
        let (damage, distribution) = (self.value("CDP")?, self.value("TD")?);
        let raised = 100 * temporal + (100 - temporal) * damage;
        score(rounded(raised * distribution, 10_000))
    }

    /// The base equation in tenths, with the impact metrics raised or lowered by requirements in
    /// hundredths and the impact limited.
    fn equation(&self, requirements: [i128; 3], limit: i128) -> Option<i128> {
        // In units of 10⁻¹⁵ what is left of confidentiality, integrity and availability.
        let mut left = 1;
        for (metric, requirement) in ["C", "I", "A"].into_iter().zip(requirements) {
            left *= 100_000 - self.value(metric)? * requirement;
        }
        let impact = (1041 * (10_i128.pow(15) - left)).min(limit);
        // In units of 10⁻⁹.
        let exploitability = 20 * self.value("AV")? * self.value("AC")? * self.value("Au")?;
        if impact == 0 {
            return Some(0);
        }
        // In units of 10⁻¹⁸, then with the factor of 1.176 in units of 10⁻²¹.
        let sum = 6 * impact + 4 * exploitability * 10_i128.pow(8) - 15 * IMPACT;
        Some(rounded(sum * 1176, 10_i128.pow(20)))
    }

    /// The temporal equation, from and to tenths.
    fn lowered(&self, tenths: i128) -> Option<i128> {
        let factors = self.value("E")? * self.value("RL")? * self.value("RC")?;
        Some(rounded(tenths * factors, 1_000_000))
    }
}

/// An impact of one, in units of 10⁻¹⁷.
const IMPACT: i128 = 10_i128.pow(17);

/// The nearest whole number of a quotient, a half upwards.
fn rounded(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

/// What the equations give below zero, for an impact that requirements lower, is a score of zero.
fn score(tenths: i128) -> Option<u16> {
    u16::try_from(tenths.clamp(0, 100)).ok()
}
