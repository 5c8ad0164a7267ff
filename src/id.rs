//! Typed identifiers, so that a bid is never passed for a criterion.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Returns the identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

identifiers! {
    /// The procuring body, which is the tenant.
    AgencyId,
    /// One tender of an agency.
    TenderId,
    /// One bid in a tender.
    BidId,
    /// One criterion: `A19-<paragraph>.<topic>.<name>`, never reused.
    CriterionId,
    /// One clause of the library: `CL-<two digits>`.
    ClauseId,
    /// The dotted key of a fact.
    FactKey,
}

/// Whether `text` may stand in an address and in a file name: 1 to 64 letters, digits, `-`, `_`, `.`,
/// not beginning with a dot.
pub fn is_plain(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && !text.starts_with('.')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_hold_no_separator() {
        for (text, plain) in [
            ("aoba-2026", true),
            ("", false),
            ("../x", false),
            ("a/b", false),
            (".a", false),
        ] {
            assert_eq!(is_plain(text), plain, "{text}");
        }
    }
}
