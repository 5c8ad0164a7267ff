//! Releases of the Linux kernel.
//!
//! Source: The Linux Kernel documentation, "How the development process works" (releases `5.6`, stable
//! updates `5.6.1`, candidates `5.6-rc1` before the release) and the top-level Makefile (`EXTRAVERSION`).
//! A version with anything else behind its numbers is a vendor's and has no place here.

use std::cmp::Ordering;

use super::digits::{is_number, numeric, padded_lists};

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let ((one, one_candidate), (other, other_candidate)) = (read(one)?, read(other)?);
    let order = padded_lists(one.split('.'), other.split('.'));
    Some(order.then_with(|| match (one_candidate, other_candidate) {
        (Some(one), Some(other)) => numeric(one, other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }))
}

/// The numbers and the number of the candidate.
fn read(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (numbers, candidate) = match text.split_once("-rc") {
        Some((numbers, candidate)) => (numbers, Some(candidate)),
        None => (text, None),
    };
    let is_version = numbers.split('.').all(is_number) && candidate.is_none_or(is_number);
    is_version.then_some((numbers, candidate))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn candidates_come_before_releases() {
        orders(
            compare,
            &[
                "0",
                "2.6.12-rc2",
                "2.6.12",
                "2.6.12.1",
                "5.6-rc1",
                "5.6-rc10",
                "5.6 v5.6 5.6.0",
                "5.6.1",
                "5.10",
            ],
        );
        law::refuses(
            compare,
            &["", "5.6-rc", "5.4.0-42-generic", "next-20200101"],
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("v?[0-9](\\.[0-9]){0,3}(-rc1?[0-9])?")) {
            law::holds(compare, &triple)?;
        }
    }
}
