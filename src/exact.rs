//! Exact numbers: every score, mark, point and price is a rational, rounded only where a rule says so.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::{Serialize, Serializer};

/// An exact rational number. Printed as a decimal when it ends, else as a fraction: `169.5`, `317/3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

/// How a number is rounded to a number of decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoundingMode {
    /// Towards zero (切捨て).
    Down,
    /// To the nearest; a half goes away from zero (四捨五入).
    HalfUp,
    /// To the nearest; a half goes to the even digit.
    HalfEven,
    /// Away from zero (切上げ).
    Up,
}

impl RoundingMode {
    /// Every mode with the word used in data files.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("down", Self::Down),
        ("half-up", Self::HalfUp),
        ("half-even", Self::HalfEven),
        ("up", Self::Up),
    ];

    /// Returns the word used in data files.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, mode)| *mode == self)
            .map_or("down", |(word, _)| word)
    }
}

impl Exact {
    /// Zero.
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// One.
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// A whole number.
    pub fn from_integer(integer: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(integer)))
    }

    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        (denominator != 0).then(|| {
            Self(BigRational::new(
                BigInt::from(numerator),
                BigInt::from(denominator),
            ))
        })
    }

    /// Parses a decimal (`74`, `-0.5`) or a fraction (`317/3`) of at most 64 characters.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        if let Some((numerator, denominator)) = text.split_once('/') {
            let denominator = whole(denominator)?;
            return (!denominator.is_zero())
                .then(|| {
                    whole(numerator).map(|numerator| Self(BigRational::new(numerator, denominator)))
                })
                .flatten();
        }
        let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
        if text.contains('.')
            && (fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return None;
        }
        let digits = whole(&format!("{integer}{fraction}"))?;
        whole(integer)?;
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Self(BigRational::new(digits, BigInt::from(10).pow(scale))))
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// The quotient; `None` when `other` is zero.
    pub fn over(&self, other: &Self) -> Option<Self> {
        (!other.0.is_zero()).then(|| Self(&self.0 / &other.0))
    }

    /// The number with the other sign.
    pub fn negated(&self) -> Self {
        Self(-&self.0)
    }

    /// The number without its sign.
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// Whether the number is above zero.
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Rounds to `digits` decimal digits.
    pub fn round(&self, mode: RoundingMode, digits: u32) -> Self {
        let scale = BigRational::from_integer(BigInt::from(10).pow(digits));
        let scaled = &self.0 * &scale;
        let down = scaled.trunc();
        let rest = (&scaled - &down).abs();
        let half = BigRational::new(BigInt::one(), BigInt::from(2));
        let away = match mode {
            RoundingMode::Down => false,
            RoundingMode::Up => !rest.is_zero(),
            RoundingMode::HalfUp => rest >= half,
            RoundingMode::HalfEven => {
                rest > half
                    || (rest == half && (down.to_integer() % BigInt::from(2)) != BigInt::zero())
            }
        };
        let step = if scaled.is_negative() {
            -BigRational::one()
        } else {
            BigRational::one()
        };
        let rounded = if away { down + step } else { down };
        Self(rounded / scale)
    }

    /// Writes the number with exactly `digits` decimal digits, cut off; for tables only.
    pub fn fixed(&self, digits: u32) -> String {
        let rounded = self.round(RoundingMode::Down, digits);
        let scaled =
            (&rounded.0 * BigRational::from_integer(BigInt::from(10).pow(digits))).to_integer();
        place_point(&scaled, digits)
    }

    /// The nearest whole number below or equal in size, where it fits into 64 bits.
    pub fn to_i64(&self) -> Option<i64> {
        self.0.trunc().to_integer().to_i64()
    }
}

fn whole(text: &str) -> Option<BigInt> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

fn place_point(scaled: &BigInt, digits: u32) -> String {
    let sign = if scaled.is_negative() { "-" } else { "" };
    let width = usize::try_from(digits).unwrap_or(0);
    let text = format!("{:0>length$}", scaled.abs().to_string(), length = width + 1);
    let (integer, fraction) = text.split_at(text.len() - width);
    if fraction.is_empty() {
        format!("{sign}{integer}")
    } else {
        format!("{sign}{integer}.{fraction}")
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.denom().clone();
        let (mut twos, mut fives) = (0u32, 0u32);
        for (prime, count) in [(2, &mut twos), (5, &mut fives)] {
            let prime = BigInt::from(prime);
            while (&rest % &prime).is_zero() {
                rest /= &prime;
                *count += 1;
            }
        }
        if !rest.is_one() {
            return write!(formatter, "{}/{}", self.0.numer(), self.0.denom());
        }
        let digits = twos.max(fives);
        let scaled =
            (&self.0 * BigRational::from_integer(BigInt::from(10).pow(digits))).to_integer();
        formatter.write_str(&place_point(&scaled, digits))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl std::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, number| sum.plus(&number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_they_are_written() {
        for text in [
            "0",
            "169.5",
            "-0.125",
            "317/3",
            "86349998.9",
            "-1/7",
            "100000000",
        ] {
            assert_eq!(Exact::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "", "1.", ".5", "1/0", "1e3", "--1", "1_000", "１", "-", "1.-5", "NaN",
        ] {
            assert_eq!(Exact::parse(text), None, "{text}");
        }
    }

    #[test]
    fn rounding_follows_its_rule() {
        for (text, mode, digits, expected) in [
            ("169.5", RoundingMode::Down, 0, "169"),
            ("169.5", RoundingMode::HalfUp, 0, "170"),
            ("168.5", RoundingMode::HalfEven, 0, "168"),
            ("169.5", RoundingMode::HalfEven, 0, "170"),
            ("-1.5", RoundingMode::HalfUp, 0, "-2"),
            ("-1.9", RoundingMode::Down, 0, "-1"),
            ("12616/200", RoundingMode::HalfUp, 1, "63.1"),
            ("1/3", RoundingMode::HalfUp, 4, "0.3333"),
        ] {
            assert_eq!(
                Exact::parse(text).unwrap().round(mode, digits).to_string(),
                expected,
                "{text} {mode:?}"
            );
        }
        assert_eq!(Exact::parse("169.5").unwrap().fixed(2), "169.50");
        assert_eq!(Exact::parse("-1/3").unwrap().fixed(3), "-0.333");
    }
}
