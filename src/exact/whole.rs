//! Whole numbers of any size, for arithmetic on numerators where reducing fractions at each step would be slow.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::{Exact, Ratio};

/// A whole number of any size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Whole(Form);

/// INVARIANT: one number has one form; `Big` holds only what `Small` cannot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Form {
    Small(i128),
    Big(Box<BigInt>),
}

impl Whole {
    /// Zero.
    pub fn zero() -> Self {
        Self(Form::Small(0))
    }

    /// One.
    pub fn one() -> Self {
        Self(Form::Small(1))
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Form::Small(0))
    }

    /// Whether the number is above zero.
    pub fn is_positive(&self) -> bool {
        match &self.0 {
            Form::Small(small) => *small > 0,
            Form::Big(big) => big.is_positive(),
        }
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Form::Small(small) => *small < 0,
            Form::Big(big) => big.is_negative(),
        }
    }

    /// The least common multiple of two numbers above zero.
    pub fn common_multiple(&self, other: &Self) -> Self {
        if self == other || *other == Self::one() {
            return self.clone();
        }
        let ratio = BigRational::new(self.big(), other.big());
        self * &Self::of(ratio.denom().clone())
    }

    /// How often `other` goes into the number, which must be a multiple of it; zero when `other` is zero.
    pub fn parts_of(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (_, Form::Small(0)) => Self::zero(),
            (_, Form::Small(1)) => self.clone(),
            (Form::Small(one), Form::Small(other)) => {
                one.checked_div(*other).map_or_else(Self::zero, Self::from)
            }
            _ => Self::of(self.big() / other.big()),
        }
    }

    /// The number where it fits into 128 bits.
    pub fn to_i128(&self) -> Option<i128> {
        match &self.0 {
            Form::Small(small) => Some(*small),
            Form::Big(_) => None,
        }
    }

    fn big(&self) -> BigInt {
        match &self.0 {
            Form::Small(small) => BigInt::from(*small),
            Form::Big(big) => (**big).clone(),
        }
    }

    /// A number in its one form.
    fn of(big: BigInt) -> Self {
        match big.to_i128() {
            Some(small) => Self(Form::Small(small)),
            None => Self(Form::Big(Box::new(big))),
        }
    }
}

impl From<i128> for Whole {
    fn from(number: i128) -> Self {
        Self(Form::Small(number))
    }
}

impl Ord for Whole {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small(one), Form::Small(other)) => one.cmp(other),
            _ => self.big().cmp(&other.big()),
        }
    }
}

impl PartialOrd for Whole {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

macro_rules! operate {
    ($name:ident, $method:ident, $checked:ident) => {
        impl $name for &Whole {
            type Output = Whole;

            fn $method(self, other: Self) -> Whole {
                if let (Form::Small(one), Form::Small(other)) = (&self.0, &other.0)
                    && let Some(small) = one.$checked(*other)
                {
                    return Whole::from(small);
                }
                Whole::of($name::$method(self.big(), other.big()))
            }
        }
    };
}

operate!(Add, add, checked_add);
operate!(Sub, sub, checked_sub);
operate!(Mul, mul, checked_mul);

impl Neg for &Whole {
    type Output = Whole;

    fn neg(self) -> Whole {
        &Whole::zero() - self
    }
}

impl AddAssign<&Whole> for Whole {
    fn add_assign(&mut self, other: &Self) {
        *self = &*self + other;
    }
}

impl SubAssign<&Whole> for Whole {
    fn sub_assign(&mut self, other: &Self) {
        *self = &*self - other;
    }
}

impl Exact {
    /// The numerator, and the denominator above zero, in lowest terms.
    pub fn terms(&self) -> (Whole, Whole) {
        match &self.0 {
            Ratio::Small(numerator, denominator) => (
                Whole::from(i128::from(*numerator)),
                Whole::from(i128::from(*denominator)),
            ),
            Ratio::Big(big) => (
                Whole::of(big.numer().clone()),
                Whole::of(big.denom().clone()),
            ),
        }
    }

    /// The denominator, above zero, in lowest terms.
    pub fn denominator(&self) -> Whole {
        self.terms().1
    }

    /// The number times `scale`, which must be a multiple of its denominator.
    pub fn scaled_by(&self, scale: &Whole) -> Whole {
        let (numerator, denominator) = self.terms();
        &numerator * &scale.parts_of(&denominator)
    }

    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn quotient(numerator: &Whole, denominator: &Whole) -> Option<Self> {
        let small = |whole: &Whole| i64::try_from(whole.to_i128()?).ok();
        if let (Some(numerator), Some(denominator)) = (small(numerator), small(denominator)) {
            return Self::ratio(numerator, denominator);
        }
        (!denominator.is_zero())
            .then(|| Self::of(BigRational::new(numerator.big(), denominator.big())))
    }

    /// The greatest whole number not above the number.
    pub fn floor(&self) -> Self {
        match &self.0 {
            Ratio::Small(numerator, denominator) => {
                Self::from_integer(numerator.div_euclid(*denominator))
            }
            Ratio::Big(big) => Self::of(big.floor()),
        }
    }

    /// The smallest whole number not below the number.
    pub fn ceil(&self) -> Self {
        self.negated().floor().negated()
    }

    /// Half of the number.
    pub fn half(&self) -> Self {
        Self::ratio(1, 2).map_or_else(Self::zero, |half| self.times(&half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerators_carry_the_value() {
        let third = Exact::parse("-7/3").unwrap();
        let half = Exact::parse("1/2").unwrap();
        let scale = third.denominator().common_multiple(&half.denominator());
        assert_eq!(scale, Whole::from(6));
        assert_eq!(third.scaled_by(&scale), Whole::from(-14));
        assert_eq!(half.scaled_by(&scale), Whole::from(3));
        let sum = &third.scaled_by(&scale) + &half.scaled_by(&scale);
        assert_eq!(Exact::quotient(&sum, &scale), Some(third.plus(&half)));
        assert_eq!(Exact::quotient(&sum, &Whole::zero()), None);
        assert_eq!(third.floor(), Exact::from_integer(-3));
        assert_eq!(third.ceil(), Exact::from_integer(-2));
        assert_eq!(Exact::from_integer(4).ceil(), Exact::from_integer(4));
        assert_eq!(Whole::from(12).parts_of(&Whole::from(4)), Whole::from(3));
        assert_eq!(third.abs().half().to_string(), "7/6");
    }

    #[test]
    fn size_does_not_matter() {
        let most = Whole::from(i128::MAX);
        let more = &most + &Whole::one();
        assert!(more > most && more.is_positive() && more.to_i128().is_none());
        assert_eq!(&more - &Whole::one(), most);
        assert!(-&more < Whole::from(i128::MIN + 1));
        assert_eq!(-&more, Whole::from(i128::MIN));
        let square = &more * &more;
        assert_eq!(square.parts_of(&more), more);
        assert_eq!(
            Exact::quotient(&square, &more),
            Exact::quotient(&more, &Whole::one())
        );
        let big = Exact::parse("170141183460469231731687303715884105729/2").unwrap();
        assert_eq!(big.scaled_by(&Whole::from(2)), &more + &Whole::one());
        assert_eq!(
            big.floor().terms().0,
            &Whole::from(1 << 126) + &Whole::zero()
        );
        assert_eq!(
            more.common_multiple(&Whole::from(3)),
            &more * &Whole::from(3),
        );
    }
}
