//! Security patch levels of Android.
//!
//! Source: Android Security Bulletins and Android Open Source Project, "Security patch level": a level is a
//! day (`2023-08-05`), and a device has what its day and all earlier ones brought. Records of OSV give the
//! release before it (`13:2023-08-05`, or `13:0` for all levels of that release). Only levels of one release
//! are ordered: the next release is another branch.

use std::cmp::Ordering;

use super::digits::is_number;

/// Orders two levels of one release.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    let ((one_release, one), (other_release, other)) = (read(one)?, read(other)?);
    one_release
        .eq_ignore_ascii_case(other_release)
        .then(|| one.cmp(other))
}

/// The release, and the level, which as text is in the order of its days; `0` comes before them all.
fn read(text: &str) -> Option<(&str, &str)> {
    let (release, level) = text.split_once(':')?;
    let mut parts = level.split('-');
    let mut has = |length| {
        parts
            .next()
            .is_some_and(|part| part.len() == length && is_number(part))
    };
    let is_level = level == "0" || has(4) && has(2) && has(2) && parts.next().is_none();
    (!release.is_empty() && is_level).then_some((release, level))
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;

    #[test]
    fn levels_of_one_release_are_days() {
        orders(
            compare,
            &["13:0", "13:2022-09-01", "13:2022-09-05", "13:2023-01-01"],
        );
        orders(compare, &["12L:0 12l:0", "12L:2022-09-01"]);
        law::refuses(
            compare,
            &["", "13", "13:", ":0", "13:2022-09", "13:2022-9-01", "13:x"],
        );
        assert_eq!(compare("12:0", "13:0"), None);
    }
}
