//! Versions of OCaml packages.
//!
//! Source: opam manual, "Version ordering": that of Debian, but without epochs, so that `:` is a sign like
//! any other.

use std::cmp::Ordering;

use super::debian::without_epoch;

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let is_version = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".+-~_:".contains(&byte))
            && !text.is_empty()
    };
    (is_version(one) && is_version(other)).then(|| without_epoch(one, other))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_manual_is_kept() {
        orders(
            compare,
            &[
                "~~", "~", "~beta2", "~beta10", "0.1", "1.0~beta", "1.0", "1.0-test", "1.0.1",
                "1.0.10", "dev", "v0.9", "v0.16",
            ],
        );
        law::refuses(compare, &["", "1 2", "é"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("[0-9a-bZ.+~:_]{1,5}(-[0-9a-b+~]{1,3})?")) {
            law::holds(compare, &triple)?;
        }
    }
}
