//! Versions of R packages.
//!
//! Source: Writing R Extensions, section 1.1.1 (`Version`: at least two numbers, with single `.` or `-`
//! between them), and the R reference for `package_version` and `compareVersion`: number by number, and of
//! two that agree the longer one is later.

use std::cmp::Ordering;

use super::digits::{is_number, lists};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let is_version = |text: &str| text.split(['.', '-']).all(is_number);
    (is_version(one) && is_version(other))
        .then(|| lists(one.split(['.', '-']), other.split(['.', '-'])))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_decide_and_then_their_count() {
        orders(
            compare,
            &[
                "0",
                "0.9 0-9",
                "0.75",
                "1.8",
                "1.8.0",
                "1.8.2 1.8-02",
                "1.8.2.0",
                "1.8.10",
            ],
        );
        law::refuses(compare, &["", "1.", "1.2a", "-1", "1..2", "v1"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9]{1,2}([.-][0-9]{1,2}){0,3}")) {
            law::holds(compare, &triple)?;
        }
    }
}
