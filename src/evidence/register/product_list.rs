//! The checked list of products and suppliers (機器等リスト): what was examined for supply-chain risk, and the result.
//!
//! Source: clauses CL-30 and CL-31, criteria `A19-4.proc.product-list` and `A19-4.proc.concern-cleared`, article 19 (4) of
//! the Common Model; the inter-ministry agreement on IT procurement of 2018-12-10 (verified at second hand, see the
//! sources of the criteria). How the check itself is carried out is recalled from general knowledge, so nothing here
//! rests on it: the list holds the agency's result.

use super::read;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::certification::corporate_number_is_valid;
use crate::evidence::sbom::model::ComponentKind;
use crate::purl::Purl;
use crate::time::Date;
use crate::tree::Fields;

/// The schema of a list.
pub const SCHEMA: &str = "mekiki/product-list/v1";

/// The kinds of components that have to be on the list where the list names none: devices and what runs on them by
/// itself. Libraries are judged through the SBOM and its advisories.
///
/// Source: CL-30 `categories` is a parameter of the contract; this choice is a design recommendation.
pub const LISTED_KINDS: [ComponentKind; 5] = [
    ComponentKind::Application,
    ComponentKind::OperatingSystem,
    ComponentKind::Device,
    ComponentKind::DeviceDriver,
    ComponentKind::Firmware,
];

/// A checked list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductList {
    /// Identifier.
    pub id: String,
    /// The tender or offering.
    pub case: String,
    /// The day on which the list was handed in.
    pub submitted_on: Date,
    /// The day of the check; `None` while it is not checked.
    pub checked_on: Option<Date>,
    /// Who checked it.
    pub checked_by: Option<String>,
    /// The kinds of components that have to be on it.
    pub kinds: Vec<ComponentKind>,
    /// The products.
    pub products: Vec<ListedProduct>,
    /// The suppliers and makers that were examined by themselves.
    pub suppliers: Vec<ListedSupplier>,
    /// Where it stands.
    pub at: Place,
    /// Where the day of the check stands.
    pub checked_at: Place,
}

/// A product of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedProduct {
    /// The name.
    pub name: String,
    /// The maker.
    pub maker: String,
    /// The maker's 13-digit corporate number.
    pub corporate_number: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The versions that were checked; empty where the check does not depend on the version.
    pub versions: Vec<VersionPattern>,
    /// The country of origin.
    pub country: Option<String>,
    /// Beginnings of package URLs of it.
    pub purls: Vec<String>,
    /// The result of the check.
    pub result: CheckResult,
    /// Where it stands.
    pub at: Place,
}

/// A supplier or maker of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSupplier {
    /// The name.
    pub name: String,
    /// The 13-digit corporate number.
    pub corporate_number: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// The result of the check.
    pub result: CheckResult,
    /// Where it stands.
    pub at: Place,
}

/// What the check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckResult {
    /// No concern is left.
    Cleared,
    /// It is not decided yet.
    Pending,
    /// A concern is left.
    Concern,
}

impl CheckResult {
    /// Every result with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("cleared", Self::Cleared),
        ("pending", Self::Pending),
        ("concern", Self::Concern),
    ];
}

/// Versions that were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionPattern {
    /// `*`: every version.
    Any,
    /// `2.4`: this version, by its text.
    Exact(String),
    /// `2.4.*`: 2.4 and every version whose text goes on with a point behind it.
    Below(String),
}

impl VersionPattern {
    /// Reads a pattern; `None` where a `*` stands anywhere but alone or behind the last point.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" {
            return Some(Self::Any);
        }
        let (below, rest) = match text.strip_suffix(".*") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.is_empty() || rest.contains('*') {
            return None;
        }
        let rest = rest.to_owned();
        Some(if below {
            Self::Below(rest)
        } else {
            Self::Exact(rest)
        })
    }

    /// Whether a version is one of them. A `v` before a digit plays no part.
    pub fn admits(&self, version: &str) -> bool {
        let bare = |text: &str| {
            let text = text.trim();
            let digits = text.strip_prefix(['v', 'V']);
            let digits = digits.filter(|rest| rest.starts_with(|one: char| one.is_ascii_digit()));
            digits.unwrap_or(text).to_owned()
        };
        match self {
            Self::Any => true,
            Self::Exact(exact) => bare(exact) == bare(version),
            Self::Below(prefix) => {
                let (prefix, version) = (bare(prefix), bare(version));
                version
                    .strip_prefix(&prefix)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
        }
    }

    /// The pattern as written.
    pub fn text(&self) -> String {
        match self {
            Self::Any => "*".to_owned(),
            Self::Exact(exact) => exact.clone(),
            Self::Below(prefix) => format!("{prefix}.*"),
        }
    }
}

/// Reads a list.
///
/// # Errors
///
/// All complaints about a list that cannot be used: `product-list-empty`, `product-list-version`, `product-list-purl`,
/// `product-list-checked`, `corporate-number-invalid` and others.
pub fn read_product_list(bytes: &[u8]) -> Result<ProductList, Vec<Diagnostic>> {
    read(bytes, SCHEMA, |fields| {
        let words = ComponentKind::WORDS.map(|(kind, word)| (word, kind));
        let kinds = fields.node("kinds").map(|_| fields.words("kinds", &words));
        let list = ProductList {
            id: fields.text("id"),
            case: fields.text("case"),
            submitted_on: fields.day("submitted_on"),
            checked_on: fields.optional_day("checked_on"),
            checked_by: fields.optional_text("checked_by"),
            kinds: kinds.unwrap_or_else(|| LISTED_KINDS.to_vec()),
            products: fields.tables("product").iter().map(product).collect(),
            suppliers: fields.tables("supplier").iter().map(supplier).collect(),
            at: fields.place(),
            checked_at: fields.place_of("checked_on"),
        };
        if list.products.is_empty() {
            let help = "add a [[product]] for each product that was checked";
            fields.complain(
                "product-list-empty",
                "product",
                "the list holds no product",
                help,
            );
        }
        let is_signed = list
            .checked_by
            .as_deref()
            .is_some_and(|one| !one.trim().is_empty());
        if list.checked_on.is_some() != is_signed {
            let message = "`checked_on` and `checked_by` belong together";
            let help = "name who checked the list and when, or neither while it is not checked";
            fields.complain("product-list-checked", "checked_on", message, help);
        }
        if list.checked_on.is_some_and(|day| day < list.submitted_on) {
            let message = "the list was checked before it was handed in";
            fields.complain(
                "product-list-checked",
                "checked_on",
                message,
                "mend the days",
            );
        }
        list
    })
}

fn product(fields: &Fields<'_>) -> ListedProduct {
    let texts = fields.texts("versions");
    let patterns: Vec<_> = texts
        .iter()
        .map(|one| (one, VersionPattern::parse(one)))
        .collect();
    for (text, _) in patterns.iter().filter(|(_, pattern)| pattern.is_none()) {
        let message = format!("`{text}` is no version and no pattern of versions");
        let help = "write a version, `2.4.*` for 2.4 and all below it, or `*` for every version";
        fields.complain("product-list-version", "versions", message, help);
    }
    let purls = fields.texts("purls");
    for purl in purls.iter().filter(|one| Purl::parse(one).is_none()) {
        let message = format!("`{purl}` is no package URL");
        let help = "write type, namespace and name, such as `pkg:npm/%40example/agent`";
        fields.complain("product-list-purl", "purls", message, help);
    }
    let read = ListedProduct {
        name: fields.text("name"),
        maker: fields.text("maker"),
        corporate_number: corporate_number(fields),
        model: fields.optional_text("model"),
        versions: patterns.into_iter().filter_map(|(_, one)| one).collect(),
        country: fields.optional_text("country"),
        purls,
        result: result(fields),
        at: fields.place(),
    };
    fields.finish();
    read
}

fn supplier(fields: &Fields<'_>) -> ListedSupplier {
    let read = ListedSupplier {
        name: fields.text("name"),
        corporate_number: corporate_number(fields),
        country: fields.optional_text("country"),
        result: result(fields),
        at: fields.place(),
    };
    fields.finish();
    read
}

fn result(fields: &Fields<'_>) -> CheckResult {
    let word = fields.word("result", &CheckResult::WORDS);
    word.unwrap_or(CheckResult::Pending)
}

fn corporate_number(fields: &Fields<'_>) -> Option<String> {
    let number = fields.optional_text("corporate_number")?;
    if !corporate_number_is_valid(&number) {
        let message = format!("`{number}` is no corporate number");
        let help = "write its 13 digits; the first is the check digit";
        fields.complain(
            "corporate-number-invalid",
            "corporate_number",
            message,
            help,
        );
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_admits_what_it_says() {
        for (pattern, version, expected) in [
            ("*", "anything", true),
            ("2.4", "2.4", true),
            ("2.4", "v2.4", true),
            ("2.4", "2.4.1", false),
            ("2.4", "2.40", false),
            ("2.4.*", "2.4", true),
            ("2.4.*", "2.4.9", true),
            ("2.4.*", "2.40", false),
            ("2.4.*", "2.4-rc1", false),
            ("v2.*", "2.9", true),
        ] {
            let pattern = VersionPattern::parse(pattern).unwrap();
            assert_eq!(pattern.admits(version), expected, "{pattern:?} {version}");
        }
        for text in ["", " ", ".*", "2*", "2.*.1", "**"] {
            assert_eq!(VersionPattern::parse(text), None, "{text}");
        }
    }

    #[test]
    fn all_faults_come_at_once() {
        let text = r#"schema = "mekiki/product-list/v1"
id = "PL-1"
case = "case"
submitted_on = "2026-05-01"
checked_on = "2026-04-01"
kinds = ["firmwear"]
[[product]]
name = "a"
maker = ""
versions = ["1*"]
purls = ["npm/a"]
corporate_number = "1"
result = "cleared"
[[supplier]]
name = "b"
result = "ok"
"#;
        let faults = read_product_list(text.as_bytes()).unwrap_err();
        let mut codes: Vec<_> = faults.iter().map(|one| one.code).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [
                "corporate-number-invalid",
                "empty-field",
                "product-list-checked",
                "product-list-checked",
                "product-list-purl",
                "product-list-version",
                "unknown-word",
                "unknown-word",
            ]
        );
    }
}
