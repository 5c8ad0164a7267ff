//! Versions of `NuGet` packages.
//!
//! Source: `NuGet` documentation, "Package versioning": Semantic Versioning 2.0.0 with up to four numbers;
//! missing numbers are zero, leading zeros say nothing, letters of a pre-release count without their case,
//! build metadata does not count.

use std::cmp::Ordering;

use super::semver::{precedence, read};

/// How many numbers a version may have.
const NUMBERS: usize = 4;

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (read(one)?, read(other)?);
    let is_short = |numbers: &str| numbers.split('.').count() <= NUMBERS;
    (is_short(one.numbers) && is_short(other.numbers))
        .then(|| precedence(&one, &other, |byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_numbers_and_no_case() {
        orders(
            compare,
            &[
                "1.0-Alpha 1.0.0.0-ALPHA 1.00-alpha+x",
                "1.0-alpha.2",
                "1.0-ALPHA.10",
                "1.0-Beta",
                "1.0 1 1.0.0.0+y 01.0",
                "1.0.0.1",
                "1.0.1",
            ],
        );
        law::refuses(compare, &["", "1.2.3.4.5", "1.*", "latest"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9](\\.[0-9]){0,3}(-[aAbB0-2]{1,2}(\\.[ab0-9])?)?")) {
            law::holds(compare, &triple)?;
        }
    }
}
