//! Whole numbers of any size, for arithmetic on numerators where reducing fractions at each step would be slow.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::{Exact, Ratio};

/// A whole number of any size.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole(BigInt);

impl Whole {
    /// Zero.
    pub fn zero() -> Self {
        Self(BigInt::zero())
    }

    /// One.
    pub fn one() -> Self {
        Self(BigInt::one())
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether the number is above zero.
    pub fn is_positive(&self) -> bool {
        self.0.sign() == Sign::Plus
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.sign() == Sign::Minus
    }

    /// The least common multiple of two numbers above zero.
    pub fn common_multiple(&self, other: &Self) -> Self {
        if self == other || other.0.is_one() {
            return self.clone();
        }
        let ratio = BigRational::new(self.0.clone(), other.0.clone());
        Self(&self.0 * ratio.denom())
    }

    /// How often `other` goes into the number, which must be a multiple of it; zero when `other` is zero.
    pub fn parts_of(&self, other: &Self) -> Self {
        if other.0.is_zero() {
            return Self::zero();
        }
        Self(&self.0 / &other.0)
    }

    /// The number where it fits into 128 bits.
    pub fn to_i128(&self) -> Option<i128> {
        self.0.to_i128()
    }
}

impl From<i128> for Whole {
    fn from(number: i128) -> Self {
        Self(BigInt::from(number))
    }
}

macro_rules! operate {
    ($name:ident, $method:ident) => {
        impl $name for &Whole {
            type Output = Whole;

            fn $method(self, other: Self) -> Whole {
                Whole($name::$method(&self.0, &other.0))
            }
        }
    };
}

operate!(Add, add);
operate!(Sub, sub);
operate!(Mul, mul);

impl Neg for &Whole {
    type Output = Whole;

    fn neg(self) -> Whole {
        Whole(-&self.0)
    }
}

impl AddAssign<&Whole> for Whole {
    fn add_assign(&mut self, other: &Self) {
        self.0 += &other.0;
    }
}

impl SubAssign<&Whole> for Whole {
    fn sub_assign(&mut self, other: &Self) {
        self.0 -= &other.0;
    }
}

impl Exact {
    /// The numerator, and the denominator above zero, in lowest terms.
    pub fn terms(&self) -> (Whole, Whole) {
        match &self.0 {
            Ratio::Small(numerator, denominator) => (
                Whole(BigInt::from(*numerator)),
                Whole(BigInt::from(*denominator)),
            ),
            Ratio::Big(big) => (Whole(big.numer().clone()), Whole(big.denom().clone())),
        }
    }

    /// The denominator, above zero, in lowest terms.
    pub fn denominator(&self) -> Whole {
        self.terms().1
    }

    /// The number times `scale`, which must be a multiple of its denominator.
    pub fn scaled_by(&self, scale: &Whole) -> Whole {
        let (numerator, denominator) = self.terms();
        if denominator == *scale {
            return numerator;
        }
        &numerator * &scale.parts_of(&denominator)
    }

    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn quotient(numerator: &Whole, denominator: &Whole) -> Option<Self> {
        (!denominator.is_zero())
            .then(|| Self::of(BigRational::new(numerator.0.clone(), denominator.0.clone())))
    }

    /// The greatest whole number not above the number.
    pub fn floor(&self) -> Self {
        Self::of(self.big().floor())
    }

    /// The smallest whole number not below the number.
    pub fn ceil(&self) -> Self {
        Self::of(self.big().ceil())
    }

    /// Half of the number.
    pub fn half(&self) -> Self {
        self.over(&Self::from_integer(2)).unwrap_or_else(Self::zero)
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
        assert_eq!(Whole::from(12).parts_of(&Whole::from(4)), Whole::from(3));
        assert_eq!(third.abs().half().to_string(), "7/6");
    }
}
