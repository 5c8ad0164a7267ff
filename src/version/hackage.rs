//! Versions of Haskell packages.
//!
//! Source: Haskell Package Versioning Policy, "Version numbers", and `Ord Version` of Cabal-syntax,
//! `Distribution.Types.Version`: numbers with dots, ordered as lists, so that `1.0` comes before `1.0.0`.

use std::cmp::Ordering;

use super::digits::{is_number, lists};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let is_version = |text: &str| text.split('.').all(is_number);
    (is_version(one) && is_version(other)).then(|| lists(one.split('.'), other.split('.')))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_are_lists_of_numbers() {
        orders(
            compare,
            &["0", "1", "1.0", "1.0.0", "1.1", "1.9", "1.10", "2"],
        );
        law::refuses(compare, &["", "1.", "1-2", "1.2-tag", "v1"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9]{1,2}(\\.[0-9]{1,2}){0,3}")) {
            law::holds(compare, &triple)?;
        }
    }
}
