//! Names of products, makers and suppliers held against the checked list (機器等リスト).
//!
//! Two names are one where they are the same after folding; the folding is the table below and nothing else. What is only
//! alike is a hint for people and never a match.

use unicode_normalization::UnicodeNormalization as _;

use crate::diagnostic::nearest;
use crate::evidence::register::product_list::{ListedProduct, ListedSupplier};
use crate::purl::Purl;

/// Forms of companies in Japanese, left out at the beginning or the end of a name. Compatibility signs such as `㈱` and
/// full-width brackets are folded before.
///
/// Source: Companies Act, articles 6 and 7, for the kinds of companies; the abbreviations are those of everyday papers.
pub const JAPANESE_FORMS: [&str; 11] = [
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "(株)",
    "(有)",
    "(同)",
    "(資)",
    "(名)",
    "相互会社",
];

/// Forms of companies in Latin letters, left out at the end of a name, without points and commas.
pub const LATIN_FORMS: [&str; 23] = [
    "company limited",
    "co ltd",
    "co inc",
    "co llc",
    "corporation",
    "corp",
    "incorporated",
    "inc",
    "limited",
    "ltd",
    "llc",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "sa",
    "sas",
    "bv",
    "nv",
    "ab",
    "kk",
    "kabushiki kaisha",
    "godo kaisha",
];

/// Folds the name of a product: compatibility forms (NFKC), small letters, single spaces.
pub fn folded(name: &str) -> String {
    let name: String = name.nfkc().collect::<String>().to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Folds the name of a company: as [`folded`], then without its form. A name that is a form and nothing else stays.
pub fn folded_company(name: &str) -> String {
    let mut name = folded(name);
    loop {
        let shorter = without_form(&name);
        match shorter {
            Some(shorter) if !shorter.is_empty() => name = shorter,
            _ => return name,
        }
    }
}

/// The name without one form; `None` where it has none.
fn without_form(name: &str) -> Option<String> {
    for form in JAPANESE_FORMS {
        let rest = name.strip_prefix(form).or_else(|| name.strip_suffix(form));
        if let Some(rest) = rest {
            return Some(rest.trim().to_owned());
        }
    }
    // The words of the end without their points and commas, beside what is left of the name.
    let words: Vec<&str> = name.split(' ').collect();
    let plain = |word: &&str| word.replace(['.', ','], "");
    for form in LATIN_FORMS {
        let wanted: Vec<_> = form.split(' ').collect();
        for length in 1..=wanted.len() {
            let Some(split) = words.len().checked_sub(length) else {
                continue;
            };
            let (head, tail) = words.split_at(split);
            // `Co.,Ltd.` is one word.
            let tail: String = tail.iter().map(plain).collect();
            if tail == wanted.concat() {
                let head = head.join(" ");
                return Some(head.trim_end_matches([',', ' ']).to_owned());
            }
        }
    }
    None
}

/// How a product stands on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing<'a> {
    /// An entry names it, its version and its maker.
    Listed(&'a ListedProduct),
    /// An entry names it and its version, but nobody says who made it.
    MakerUnstated(&'a ListedProduct),
    /// An entry names it and its version, of another maker.
    OtherMaker(&'a ListedProduct),
    /// Entries name it, none of them this version.
    OtherVersion(Vec<&'a ListedProduct>),
    /// No entry names it; the name that is nearest.
    Unlisted(Option<&'a str>),
}

/// What is looked up.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The names under which it goes.
    pub names: Vec<String>,
    /// The version.
    pub version: Option<String>,
    /// Its makers and suppliers.
    pub makers: Vec<String>,
    /// The corporate number of who hands it in, which counts where no maker is stated.
    pub corporate_number: Option<String>,
    /// Its package URLs.
    pub purls: Vec<String>,
}

impl Wanted {
    /// Whether an entry names it: by name, by model or by the beginning of a package URL.
    pub fn is_named_by(&self, entry: &ListedProduct) -> bool {
        let listed = [Some(&entry.name), entry.model.as_ref()];
        let listed: Vec<_> = listed
            .into_iter()
            .flatten()
            .map(|one| folded(one))
            .collect();
        self.names.iter().any(|name| listed.contains(&folded(name))) || self.has_purl_of(entry)
    }

    /// Whether one of its package URLs begins with one of the entry's.
    pub fn has_purl_of(&self, entry: &ListedProduct) -> bool {
        let mut own = self.purls.iter().filter_map(|one| Purl::parse(one));
        own.any(|purl| entry.purls.iter().any(|prefix| begins_with(&purl, prefix)))
    }

    /// Whether the version is one of the entry's.
    pub fn version_is_of(&self, entry: &ListedProduct) -> bool {
        let version = self.version.as_deref().map(str::trim);
        entry.versions.is_empty()
            || entry.versions.iter().any(|one| match version {
                Some(version) => one.admits(version),
                None => one.admits(""),
            })
    }

    /// Whether a maker is stated and is the entry's; where none is, whether who hands it in has the entry's number.
    pub fn maker_is_of(&self, entry: &ListedProduct) -> bool {
        if self.makers.is_empty() {
            return self.corporate_number.is_some()
                && self.corporate_number == entry.corporate_number;
        }
        let listed = folded_company(&entry.maker);
        self.makers.iter().any(|one| folded_company(one) == listed)
    }

    /// Looks it up; of several entries the one that fits best, and of those that fit alike the one with the worst result.
    pub fn among<'a>(&self, list: &'a [ListedProduct]) -> Listing<'a> {
        let named: Vec<_> = list.iter().filter(|one| self.is_named_by(one)).collect();
        if named.is_empty() {
            let folded: Vec<_> = list.iter().map(|one| folded(&one.name)).collect();
            let near = self.names.iter().find_map(|name| {
                let name = self::folded(name);
                let near = nearest(&name, folded.iter().map(String::as_str))?;
                list.iter()
                    .zip(&folded)
                    .find(|(_, folded)| folded.as_str() == near)
                    .map(|(entry, _)| entry.name.as_str())
            });
            return Listing::Unlisted(near);
        }
        let of_version: Vec<_> = named
            .iter()
            .copied()
            .filter(|one| self.version_is_of(one))
            .collect();
        let worst = |list: &[&'a ListedProduct]| list.iter().copied().max_by_key(|one| one.result);
        let of_maker: Vec<_> = of_version
            .iter()
            .copied()
            .filter(|one| self.maker_is_of(one))
            .collect();
        if let Some(entry) = worst(&of_maker) {
            return Listing::Listed(entry);
        }
        match worst(&of_version) {
            Some(entry) if self.makers.is_empty() => Listing::MakerUnstated(entry),
            Some(entry) => Listing::OtherMaker(entry),
            None => Listing::OtherVersion(named),
        }
    }
}

/// The entry for a company's name; of several the one with the worst result.
pub fn supplier_among<'a>(name: &str, list: &'a [ListedSupplier]) -> Option<&'a ListedSupplier> {
    let name = folded_company(name);
    let named = list.iter().filter(|one| folded_company(&one.name) == name);
    named.max_by_key(|one| one.result)
}

/// Whether a package URL is of a package that a listed one names: of its type, at or below its namespace and name, and of
/// its version where it has one.
fn begins_with(purl: &Purl, prefix: &str) -> bool {
    let Some(prefix) = Purl::parse(prefix) else {
        return false;
    };
    let (own, listed) = (purl.full_name(), prefix.full_name());
    let is_below = own
        .strip_prefix(&listed)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    purl.kind == prefix.kind
        && is_below
        && (prefix.version.is_none() || prefix.version == purl.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;
    use crate::evidence::register::product_list::{CheckResult, VersionPattern};

    #[test]
    fn a_company_is_one_whatever_its_form_is_written_like() {
        for group in [
            &[
                "株式会社青葉システム",
                "青葉システム株式会社",
                "㈱青葉システム",
                "(株)青葉システム",
                "（株） 青葉システム",
                "青葉システム",
                "青葉システム㈱",
            ][..],
            &[
                "Acme Networks Co., Ltd.",
                "ACME NETWORKS CO.,LTD.",
                "Acme Networks Company Limited",
                "acme  networks Inc",
                "Acme Networks, Inc.",
                "Ａｃｍｅ Networks K.K.",
                "Acme Networks",
            ],
            &["Beispiel GmbH", "beispiel"],
        ] {
            let folded: Vec<_> = group.iter().map(|one| folded_company(one)).collect();
            assert!(folded.iter().all(|one| one == &folded[0]), "{folded:?}");
        }
    }

    #[test]
    fn different_names_stay_different() {
        for (one, other) in [
            ("青葉システム", "青葉システムズ"),
            ("青葉株式会社販売", "青葉販売"),
            ("Acme Networks", "Acme Network"),
            ("Income Corp", "Comein Corp"),
            ("Incorp", "p"),
            ("Aglow", "low"),
            ("株式会社", ""),
            ("Limited", ""),
        ] {
            assert_ne!(folded_company(one), folded_company(other), "{one} {other}");
        }
        assert_eq!(folded("ＡＢ　Ｃ"), "ab c");
        // The form belongs to a company, not to a product.
        assert_ne!(folded("Router AG"), folded("Router"));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for name in [
            "㈱ A Inc. Ltd.",
            "(株)(株)",
            "X, Co., Ltd",
            "株式会社 株式会社青葉",
            ",",
        ] {
            let once = folded_company(name);
            assert_eq!(folded_company(&once), once, "{name}");
        }
    }

    fn entry(name: &str, maker: &str, versions: &[&str], result: CheckResult) -> ListedProduct {
        ListedProduct {
            name: name.to_owned(),
            maker: maker.to_owned(),
            corporate_number: None,
            model: Some("RX-9".to_owned()),
            versions: versions
                .iter()
                .filter_map(|one| VersionPattern::parse(one))
                .collect(),
            country: None,
            purls: vec!["pkg:generic/aoba".to_owned()],
            result,
            at: Place::whole(),
        }
    }

    fn wanted(name: &str, version: &str, maker: &str) -> Wanted {
        let some = |text: &str| {
            if text.is_empty() {
                vec![]
            } else {
                vec![text.to_owned()]
            }
        };
        Wanted {
            names: some(name),
            version: some(version).pop(),
            makers: some(maker),
            ..Wanted::default()
        }
    }

    #[test]
    fn a_product_is_looked_up_by_name_version_and_maker() {
        let list = [
            entry("Router", "青葉システム", &["2.4.*"], CheckResult::Cleared),
            entry("Router", "青葉システム", &["2.5"], CheckResult::Concern),
        ];
        let word = |wanted: Wanted| match wanted.among(&list) {
            Listing::Listed(entry) => format!("{:?}", entry.result),
            Listing::MakerUnstated(_) => "maker unstated".to_owned(),
            Listing::OtherMaker(_) => "other maker".to_owned(),
            Listing::OtherVersion(entries) => format!("{} of other versions", entries.len()),
            Listing::Unlisted(near) => format!("unlisted, near {near:?}"),
        };
        for (name, version, maker, expected) in [
            ("router", "2.4.1", "㈱青葉システム", "Cleared"),
            ("rx-9", "2.4", "青葉システム", "Cleared"),
            ("router", "2.5", "青葉システム", "Concern"),
            ("router", "2.4.1", "", "maker unstated"),
            ("router", "2.4.1", "青葉システムズ", "other maker"),
            ("router", "3.0", "青葉システム", "2 of other versions"),
            ("router", "", "青葉システム", "2 of other versions"),
            (
                "routter",
                "2.4",
                "青葉システム",
                "unlisted, near Some(\"Router\")",
            ),
            ("switch", "2.4", "青葉システム", "unlisted, near None"),
        ] {
            assert_eq!(
                word(wanted(name, version, maker)),
                expected,
                "{name} {version} {maker}"
            );
        }
    }

    #[test]
    fn who_hands_it_in_counts_as_maker_where_no_maker_is_stated() {
        let mut listed = entry("Router", "青葉システム", &[], CheckResult::Cleared);
        listed.corporate_number = Some("1234567890123".to_owned());
        let list = [listed];
        for (number, maker, expected) in [
            (None, "", false),
            (Some("1234567890123"), "", true),
            (Some("3210987654321"), "", false),
            (Some("1234567890123"), "北斗", false),
        ] {
            let one = Wanted {
                corporate_number: number.map(str::to_owned),
                ..wanted("router", "1", maker)
            };
            let is_listed = matches!(one.among(&list), Listing::Listed(_));
            assert_eq!(is_listed, expected, "{number:?} {maker}");
        }
    }

    #[test]
    fn a_package_url_begins_with_the_listed_one_step_by_step() {
        for (purl, expected) in [
            ("pkg:generic/aoba@1", true),
            ("pkg:generic/aoba/router@1", true),
            ("pkg:generic/aoba2@1", false),
            ("pkg:npm/aoba@1", false),
        ] {
            let one = Wanted {
                purls: vec![purl.to_owned()],
                ..Wanted::default()
            };
            let listed = entry("Router", "x", &[], CheckResult::Cleared);
            assert_eq!(one.is_named_by(&listed), expected, "{purl}");
        }
    }
}
