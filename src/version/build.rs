//! Semantic Versioning in which build metadata counts: of two versions that are equal else, the one
//! without comes first, and two with are ordered like pre-releases.
//!
//! Source: Dart `pub_semver`, documentation of `Version` and "Versioning philosophy" on dart.dev (Pub);
//! Julia manual, `VersionNumber`, and its `isless` (Julia); Conan 2 reference, "Versioning", for versions
//! of numbers (`ConanCenter`; versions with letters in their numbers have no order here).

use std::cmp::Ordering;

use super::semver::{build, precedence, read};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (read(one)?, read(other)?);
    let order = precedence(&one, &other, |byte| byte);
    Some(order.then_with(|| build(&one, &other)))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn build_metadata_is_ordered() {
        orders(
            compare,
            &[
                "1.2.3-pre",
                "1.2.3-pre+1",
                "1.2.3 v1.2.3",
                "1.2.3+2",
                "1.2.3+10 1.2.3+010",
                "1.2.3+10z",
                "1.2.3+a",
                "1.2.3+a.1",
                "1.2.4",
            ],
        );
        law::refuses(compare, &["", "1.1.1w", "cci.20200101", "1+"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9](\\.[0-9]){0,3}(-[ab0-2]{1,2})?(\\+[ab0-2]{1,2}(\\.[a-b])?)?")) {
            law::holds(compare, &triple)?;
        }
    }
}
