//! Versions of Go modules and of the Go toolchain.
//!
//! Source: The Go Modules Reference, "Versions" and "Pseudo-versions": Semantic Versioning with a leading
//! `v`; a pseudo-version is a pre-release whose time orders it; `+incompatible` is build metadata, which
//! does not count. Go documentation, "Go Toolchains", name and version: `go1.21rc2` comes before `go1.21.0`.
//! The Go vulnerability database writes the same as `1.21.0-rc.2`, and `go1.21` as `1.21.0`.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::digits::{is_number, split_while};
use super::semver;

/// Orders two versions.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    semver::compare(&plain(one), &plain(other))
}

/// A toolchain's name in the form of a module's version; any other text as it is.
fn plain(text: &str) -> Cow<'_, str> {
    let is_numbered = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_digit());
    let Some(version) = text.strip_prefix("go").filter(is_numbered) else {
        return text.into();
    };
    // A vendor's suffix, as in `go1.23.4-bigcorp`, does not count.
    let version = version.split('-').next().unwrap_or(version);
    let (numbers, rest) = split_while(version, |byte| byte.is_ascii_digit() || byte == b'.');
    for word in ["alpha", "beta", "rc"] {
        if let Some(count) = rest.strip_prefix(word).filter(|count| is_number(count)) {
            return format!("{numbers}-{word}.{count}").into();
        }
    }
    version.into()
}

#[cfg(test)]
mod tests {
    use super::super::law::{self, orders};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn modules_and_toolchains_are_ordered() {
        orders(
            compare,
            &[
                "v0.0.0-20180101000000-abcdefabcdef",
                "v0.0.0-20190101000000-00000000000a",
                "v0.0.0",
                "v1.20.0-beta.1 go1.20beta1",
                "1.20.0-rc.2 go1.20rc2",
                "1.20.0-rc.10 go1.20rc10",
                "v1.20.0 go1.20 1.20.0+incompatible v1.20",
                "v1.20.1-0.20200101000000-abcdefabcdef",
                "go1.20.1 go1.20.1-bigcorp",
                "v2.0.0+incompatible",
            ],
        );
        law::refuses(
            compare,
            &["", "(devel)", "go", "go1.20rc", "master", "gov1"],
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(triple in law::triple("(go|v)?1\\.[0-9](\\.[0-9])?(rc[0-9]|beta1|-0\\.2020[0-9]-[a-f]{2})?")) {
            law::holds(compare, &triple)?;
        }
    }
}
