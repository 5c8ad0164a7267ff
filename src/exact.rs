//! Exact numbers: every score, mark, point and price is a rational, rounded only where a rule says so.
//!
//! A number whose reduced parts fit into 64 bits each is kept and computed without allocation; every other one is a
//! ratio of big integers. Nothing overflows and nothing depends on which of the two holds a number.

#[cfg(test)]
mod tests;
mod whole;

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::{Serialize, Serializer};

pub use whole::Whole;

/// An exact rational number. Printed as a decimal when it ends, else as a fraction: `169.5`, `317/3`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Exact(Ratio);

/// INVARIANT: one number has one form. `Small` is reduced with a denominator above zero, and `Big` holds only what
/// `Small` cannot, so that equal numbers have equal fields.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Ratio {
    Small(i64, i64),
    Big(Box<BigRational>),
}

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

    /// Whether a size goes up to the next step: `half` compares what is over the step with half of one.
    fn goes_away(self, over: bool, half: Ordering, odd: bool) -> bool {
        match self {
            Self::Down => false,
            Self::HalfUp => half.is_ge(),
            Self::HalfEven => half.is_gt() || (half.is_eq() && odd),
            Self::Up => over,
        }
    }
}

impl Exact {
    /// Zero.
    pub fn zero() -> Self {
        Self::from_integer(0)
    }

    /// One.
    pub fn one() -> Self {
        Self::from_integer(1)
    }

    /// A whole number.
    pub fn from_integer(integer: i64) -> Self {
        Self(Ratio::Small(integer, 1))
    }

    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        Self::from_integer(numerator).over(&Self::from_integer(denominator))
    }

    /// Parses a decimal (`74`, `-0.5`) or a fraction (`317/3`) of at most 64 characters.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        if let Some((numerator, denominator)) = text.split_once('/') {
            return whole(numerator)?.over(&whole(denominator)?);
        }
        let Some((integer, fraction)) = text.split_once('.') else {
            return whole(text);
        };
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        whole(integer)?;
        let scale = u32::try_from(fraction.len()).ok()?;
        whole(&format!("{integer}{fraction}"))?.over(&power_of_ten(scale))
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        if let (Ratio::Small(n, d), Ratio::Small(m, e)) = (&self.0, &other.0) {
            return sum((i128::from(*n), *d), (i128::from(*m), *e));
        }
        Self::of(self.big() + other.big())
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        if let (Ratio::Small(n, d), Ratio::Small(m, e)) = (&self.0, &other.0) {
            return sum((i128::from(*n), *d), (-i128::from(*m), *e));
        }
        Self::of(self.big() - other.big())
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        if let (Ratio::Small(n, d), Ratio::Small(m, e)) = (&self.0, &other.0) {
            let (n, e) = without_common(*n, *e);
            let (m, d) = without_common(*m, *d);
            return Self::of_reduced(n * m, d * e);
        }
        Self::of(self.big() * other.big())
    }

    /// The quotient; `None` when `other` is zero.
    pub fn over(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if let (Ratio::Small(n, d), Ratio::Small(m, e)) = (&self.0, &other.0) {
            let (n, m) = without_common(*n, *m);
            let (e, d) = without_common(*e, *d);
            let sign = m.signum();
            return Some(Self::of_reduced(sign * n * e, sign * m * d));
        }
        Some(Self::of(self.big() / other.big()))
    }

    /// The number with the other sign.
    pub fn negated(&self) -> Self {
        match &self.0 {
            Ratio::Small(n, d) => Self::of_reduced(-i128::from(*n), i128::from(*d)),
            Ratio::Big(big) => Self::of(-&**big),
        }
    }

    /// The number without its sign.
    pub fn abs(&self) -> Self {
        if self.is_negative() {
            self.negated()
        } else {
            self.clone()
        }
    }

    /// Whether the number is above zero.
    pub fn is_positive(&self) -> bool {
        match &self.0 {
            Ratio::Small(n, _) => *n > 0,
            Ratio::Big(big) => big.is_positive(),
        }
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Ratio::Small(n, _) => *n < 0,
            Ratio::Big(big) => big.is_negative(),
        }
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Ratio::Small(0, _))
    }

    /// Rounds to `digits` decimal digits.
    pub fn round(&self, mode: RoundingMode, digits: u32) -> Self {
        if let Ratio::Small(_, 1) = self.0 {
            return self.clone();
        }
        if let Some((whole, rest, denominator)) = self.split(digits) {
            let half = (2 * rest.abs()).cmp(&denominator);
            let away = mode.goes_away(rest != 0, half, whole % 2 != 0);
            let step = if away { rest.signum() } else { 0 };
            return over_small(whole + step, 10u64.pow(digits));
        }
        let scale = BigRational::from_integer(BigInt::from(10).pow(digits));
        let scaled = self.big() * &scale;
        let whole = scaled.trunc();
        let rest = (&scaled - &whole).abs();
        let half = rest.cmp(&BigRational::new(BigInt::one(), BigInt::from(2)));
        let odd = whole.numer() % BigInt::from(2) != BigInt::zero();
        let step = if mode.goes_away(!rest.is_zero(), half, odd) {
            scaled.signum()
        } else {
            BigRational::zero()
        };
        Self::of((whole + step) / scale)
    }

    /// Writes the number with exactly `digits` decimal digits, cut off; for tables only.
    pub fn fixed(&self, digits: u32) -> String {
        if let Some((whole, _, _)) = self.split(digits) {
            // A number that is cut off to zero has no sign.
            return place_point(whole < 0, &whole.unsigned_abs().to_string(), digits);
        }
        let whole = (self.big() * BigInt::from(10).pow(digits)).to_integer();
        place_point(whole.is_negative(), &whole.magnitude().to_string(), digits)
    }

    /// The nearest whole number below or equal in size, where it fits into 64 bits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Ratio::Small(n, d) => Some(n / d),
            Ratio::Big(big) => big.to_integer().to_i64(),
        }
    }

    /// `whole + rest / denominator` is the number times a power of ten, where that fits; `rest` has its sign.
    fn split(&self, digits: u32) -> Option<(i128, i128, i128)> {
        let Ratio::Small(n, d) = self.0 else {
            return None;
        };
        // Below 10^18 times 2^63, so within 128 bits.
        let scale = (digits <= 18).then(|| 10i128.pow(digits))?;
        let (scaled, d) = (i128::from(n) * scale, i128::from(d));
        Some((scaled / d, scaled % d, d))
    }

    fn big(&self) -> BigRational {
        match &self.0 {
            Ratio::Small(n, d) => BigRational::new_raw(BigInt::from(*n), BigInt::from(*d)),
            Ratio::Big(big) => (**big).clone(),
        }
    }

    /// A number in its one form.
    fn of(big: BigRational) -> Self {
        match (big.numer().to_i64(), big.denom().to_i64()) {
            (Some(n), Some(d)) => Self(Ratio::Small(n, d)),
            _ => Self(Ratio::Big(Box::new(big))),
        }
    }

    /// A number from reduced parts, the denominator above zero.
    fn of_reduced(n: i128, d: i128) -> Self {
        match (i64::try_from(n), i64::try_from(d)) {
            (Ok(n), Ok(d)) => Self(Ratio::Small(n, d)),
            _ => Self(Ratio::Big(Box::new(BigRational::new_raw(
                BigInt::from(n),
                BigInt::from(d),
            )))),
        }
    }
}

/// `n / d + m / e` of reduced ratios. Only what the denominators have in common can be common to the sum
/// (Knuth, "The Art of Computer Programming", volume 2, 4.5.1), so divisors of 64 bits are enough.
fn sum((n, d): (i128, i64), (m, e): (i128, i64)) -> Exact {
    if d == 1 && e == 1 {
        return Exact::of_reduced(n + m, 1);
    }
    let common = greatest_common(d.unsigned_abs(), e.unsigned_abs());
    let (wide, d, e) = (i128::from(common), i128::from(d), i128::from(e));
    let sum = n * (e / wide) + m * (d / wide);
    let again = i128::from(common_with(sum, common));
    Exact::of_reduced(sum / again, (d / wide) * (e / again))
}

/// `numerator / denominator`, reduced.
fn over_small(numerator: i128, denominator: u64) -> Exact {
    let common = i128::from(common_with(numerator, denominator));
    Exact::of_reduced(numerator / common, i128::from(denominator) / common)
}

/// Both without their greatest common divisor; not both are zero.
fn without_common(left: i64, right: i64) -> (i128, i128) {
    let common = greatest_common(left.unsigned_abs(), right.unsigned_abs());
    let common = i128::from(common);
    (i128::from(left) / common, i128::from(right) / common)
}

/// The greatest common divisor of a wide number and one that is not zero.
fn common_with(wide: i128, small: u64) -> u64 {
    if small == 1 {
        return 1;
    }
    let rest = wide.unsigned_abs() % u128::from(small);
    greatest_common(small, u64::try_from(rest).unwrap_or(small))
}

fn greatest_common(mut common: u64, mut rest: u64) -> u64 {
    while rest > 1 {
        (common, rest) = (rest, common % rest);
    }
    if rest == 1 { 1 } else { common }
}

fn whole(text: &str) -> Option<Exact> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| match text.parse() {
        Ok(small) => Some(Exact::from_integer(small)),
        Err(_) => text
            .parse()
            .ok()
            .map(|big| Exact::of(BigRational::from_integer(big))),
    })?
}

fn power_of_ten(digits: u32) -> Exact {
    match 10i64.checked_pow(digits) {
        Some(power) => Exact::from_integer(power),
        None => Exact::of(BigRational::from_integer(BigInt::from(10).pow(digits))),
    }
}

fn place_point(negative: bool, size: &str, digits: u32) -> String {
    let sign = if negative { "-" } else { "" };
    let width = usize::try_from(digits).unwrap_or(0);
    let text = format!("{size:0>length$}", length = width + 1);
    let (integer, fraction) = text.split_at(text.len() - width);
    if fraction.is_empty() {
        format!("{sign}{integer}")
    } else {
        format!("{sign}{integer}.{fraction}")
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Ratio::Small(n, d), Ratio::Small(m, e)) if d == e => n.cmp(m),
            (Ratio::Small(n, d), Ratio::Small(m, e)) => {
                let left = i128::from(*n) * i128::from(*e);
                left.cmp(&(i128::from(*m) * i128::from(*d)))
            }
            _ => self.big().cmp(&other.big()),
        }
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ratio::Small(n, 1) => write!(formatter, "{n}"),
            Ratio::Small(n, d) => {
                let mut rest = *d;
                let mut times = |prime| {
                    let mut count = 0u32;
                    while rest % prime == 0 {
                        rest /= prime;
                        count += 1;
                    }
                    count
                };
                let digits = times(2).max(times(5));
                if rest > 1 {
                    return write!(formatter, "{n}/{d}");
                }
                formatter.write_str(&self.fixed(digits))
            }
            Ratio::Big(big) => {
                let mut rest = big.denom().clone();
                let mut times = |prime| {
                    let prime = BigInt::from(prime);
                    let mut count = 0u32;
                    while (&rest % &prime).is_zero() {
                        rest /= &prime;
                        count += 1;
                    }
                    count
                };
                let digits = times(2).max(times(5));
                if !rest.is_one() {
                    return write!(formatter, "{}/{}", big.numer(), big.denom());
                }
                formatter.write_str(&self.fixed(digits))
            }
        }
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Exact({self})")
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, number| sum.plus(&number))
    }
}
