//! Certificates and registry entries as dated, scoped records of ours, in TOML or JSON.

mod standing;

pub use standing::{Renewal, Standing};

use crate::diagnostic::Diagnostic;
use crate::evidence::questionnaire::parse_either;
use crate::time::Date;
use crate::tree::{Complaints, Fields};

/// The scheme a record belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ISMAP cloud service list.
    Ismap,
    /// ISMAP-LIU cloud service list.
    IsmapLiu,
    /// ISO/IEC 27001 (JIS Q 27001) certificate.
    Iso27001,
    /// JC-STAR label of a connected product.
    JcStar,
    /// Entry in the public register of corporate numbers.
    CorporateRegister,
    /// List of suppliers under suspension of nomination.
    SuspensionList,
    /// Rating under the scheme that evaluates measures for stronger supply chains (SCS), in stars.
    Scs,
    /// Entry in the CSA STAR registry.
    CsaStar,
    /// A maker's published lifecycle of a product.
    Lifecycle,
}

impl Scheme {
    /// Every scheme with the word used in records.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("ismap", Self::Ismap),
        ("ismap-liu", Self::IsmapLiu),
        ("iso-27001", Self::Iso27001),
        ("jc-star", Self::JcStar),
        ("corporate-register", Self::CorporateRegister),
        ("suspension-list", Self::SuspensionList),
        ("scs", Self::Scs),
        ("csa-star", Self::CsaStar),
        ("lifecycle", Self::Lifecycle),
    ];

    /// Returns the word used in records.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, scheme)| *scheme == self)
            .map_or("", |(word, _)| word)
    }
}

/// One record.
#[derive(Debug, Clone)]
pub struct CertificationRecord {
    /// The scheme.
    pub scheme: Scheme,
    /// The number in that scheme.
    pub number: Option<String>,
    /// The legal name of the holder.
    pub holder: Option<String>,
    /// The holder's 13-digit corporate number.
    pub holder_corporate_number: Option<String>,
    /// The service, product or model it is about.
    pub subject: Option<String>,
    /// The version of the product, where the record is about one version only.
    pub subject_version: Option<String>,
    /// The first day.
    pub issued: Option<Date>,
    /// The last day, as the record states it.
    pub valid_until: Option<Date>,
    /// The last day of the audited period (ISMAP).
    pub audit_period_end: Option<Date>,
    /// The day on which renewal was applied for (ISMAP).
    pub renewal_applied: Option<Date>,
    /// The day on which the renewal was decided (ISMAP); a renewed registration has a record of its own.
    pub renewal_decided: Option<Date>,
    /// The day from which the record is suspended.
    pub suspended_on: Option<Date>,
    /// The day on which a suspension ended.
    pub resumed_on: Option<Date>,
    /// The day on which it was withdrawn or taken off the list.
    pub withdrawn_on: Option<Date>,
    /// The countries where information is handled, as the register shows them; absent where it shows none.
    pub countries: Option<Vec<String>>,
    /// The last day of security support (lifecycle).
    pub support_ends_on: Option<Date>,
    /// The level or stars held (JC-STAR, SCS, CSA STAR).
    pub level: Option<i64>,
    /// Whether the reader of the certificate found its scope to cover the task (ISO/IEC 27001).
    pub covers_task: Option<bool>,
    /// Regions inside the statement scope (ISMAP).
    pub regions: Vec<String>,
    /// Functions inside the statement scope (ISMAP).
    pub functions: Vec<String>,
    /// Corporate numbers under suspension (suspension list).
    pub suspended: Vec<String>,
    /// The day on which the agency fetched the entry from the public register; absent for what a
    /// supplier handed in.
    pub fetched_at: Option<Date>,
}

/// Reads a record.
///
/// # Errors
///
/// All complaints about a record that cannot be used.
pub fn read_certification(bytes: &[u8]) -> Result<CertificationRecord, Vec<Diagnostic>> {
    let document = parse_either(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != "mekiki/certification/v1" {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no certification record",
            "write schema = \"mekiki/certification/v1\"",
        );
    }
    let fetched = fields.optional_table("fetched");
    let fetched_at = fetched.as_ref().map(|fetched| {
        fetched.text("from");
        let day = fetched.day("at");
        fetched.finish();
        day
    });
    let scheme = fields.word("scheme", &Scheme::WORDS);
    let record = CertificationRecord {
        scheme: scheme.unwrap_or(Scheme::Iso27001),
        number: fields.optional_text("number"),
        holder: fields.optional_text("holder"),
        holder_corporate_number: fields.optional_text("holder_corporate_number"),
        subject: fields.optional_text("subject"),
        subject_version: fields.optional_text("subject_version"),
        issued: fields.optional_day("issued"),
        valid_until: fields.optional_day("valid_until"),
        audit_period_end: fields.optional_day("audit_period_end"),
        renewal_applied: fields.optional_day("renewal_applied"),
        renewal_decided: fields.optional_day("renewal_decided"),
        suspended_on: fields.optional_day("suspended_on"),
        resumed_on: fields.optional_day("resumed_on"),
        withdrawn_on: fields.optional_day("withdrawn_on"),
        countries: fields
            .node("countries")
            .is_some()
            .then(|| fields.texts("countries")),
        support_ends_on: fields.optional_day("support_ends_on"),
        level: fields.optional_integer("level"),
        covers_task: fields.optional_bool("covers_task"),
        regions: fields.texts("regions"),
        functions: fields.texts("functions"),
        suspended: fields.texts("suspended"),
        fetched_at,
    };
    // Free text for people; kept in the bytes.
    fields.optional_text("statement");
    fields.optional_text("standard");
    let named = !matches!(
        scheme,
        None | Some(Scheme::SuspensionList | Scheme::Lifecycle)
    );
    if named && record.holder_corporate_number.is_none() {
        fields.complain(
            "missing-field",
            "holder",
            "the record names no `holder_corporate_number`",
            "add the 13 digits, so that the record is tied to one legal entity",
        );
    }
    if matches!(scheme, Some(Scheme::Ismap | Scheme::IsmapLiu)) && record.audit_period_end.is_none()
    {
        fields.complain(
            "missing-field",
            "scheme",
            "an ISMAP entry needs `audit_period_end`",
            "copy it from the list; the registration's end is computed from it",
        );
    }
    let needed: &[(&'static str, bool)] = match scheme {
        Some(Scheme::Lifecycle) => &[
            ("subject", record.subject.is_some()),
            ("support_ends_on", record.support_ends_on.is_some()),
        ],
        Some(Scheme::Scs | Scheme::CsaStar) => &[("level", record.level.is_some())],
        _ => &[],
    };
    for (key, _) in needed.iter().filter(|(_, is_there)| !is_there) {
        let message = format!("a record of this scheme needs `{key}`");
        fields.complain("missing-field", "scheme", message, "copy it from the list");
    }
    fields.finish();
    if complaints.has_errors() {
        Err(complaints.into_sorted())
    } else {
        Ok(record)
    }
}

/// Whether a 13-digit corporate number passes its check digit.
///
/// The first digit is the check digit: 9 minus the remainder by 9 of the sum of the other twelve, each
/// times 1 or 2 alternately from the right. Source: Ordinance of the Ministry of Finance on the
/// designation of corporate numbers, article 2 (recalled, to be checked against the current text).
pub fn corporate_number_is_valid(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 13) else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .skip(1)
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    digits.first() == Some(&(9 - sum % 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_of_public_bodies_holds() {
        // The National Tax Agency's own number, and the same with one digit changed.
        assert!(corporate_number_is_valid("7000012050002"));
        assert!(!corporate_number_is_valid("7000012050003"));
        assert!(!corporate_number_is_valid("700001205000"));
        assert!(!corporate_number_is_valid("700001205000x"));
    }

    #[test]
    fn an_ismap_entry_holds_sixteen_months_from_the_day_after_the_audit_period() {
        let record = |extra: &str| {
            let toml = format!(
                "schema = \"mekiki/certification/v1\"\nscheme = \"ismap\"\nholder_corporate_number = \"7000012050002\"\naudit_period_end = \"2026-03-31\"\n{extra}"
            );
            read_certification(toml.as_bytes())
                .unwrap()
                .last_valid_day()
                .map(|day| day.to_string())
        };
        assert_eq!(record("").as_deref(), Some("2027-07-31"));
        assert_eq!(record("renewal_applied = \"2027-07-31\""), None);
        assert_eq!(
            record("renewal_applied = \"2027-08-01\"").as_deref(),
            Some("2027-07-31")
        );
    }

    fn record(text: &str) -> CertificationRecord {
        let head =
            "schema = \"mekiki/certification/v1\"\nholder_corporate_number = \"7000012050002\"\n";
        read_certification(format!("{head}{text}").as_bytes()).unwrap()
    }

    #[test]
    fn each_scheme_has_its_own_time() {
        let day = |text: &str| crate::time::parse_day(text).unwrap();
        let ismap =
            "scheme = \"ismap\"\nissued = \"2026-05-01\"\naudit_period_end = \"2026-03-31\"\n";
        let isms = "scheme = \"iso-27001\"\nissued = \"2024-02-10\"\n";
        let star = "scheme = \"jc-star\"\nlevel = 1\nissued = \"2024-11-20\"\n";
        let last = |text: &str| Standing::Lapsed { last: day(text) };
        for (text, as_of, expected) in [
            (
                ismap,
                "2026-04-30",
                Standing::NotYet {
                    from: day("2026-05-01"),
                },
            ),
            (ismap, "2027-07-31", Standing::InForce),
            (ismap, "2027-08-01", last("2027-07-31")),
            (
                &format!("{ismap}renewal_applied = \"2027-07-31\""),
                "2028-01-01",
                Standing::UnderRenewal,
            ),
            (
                &format!("{ismap}renewal_applied = \"2027-08-01\""),
                "2028-01-01",
                last("2027-07-31"),
            ),
            (
                &format!(
                    "{ismap}renewal_applied = \"2027-07-01\"\nrenewal_decided = \"2027-09-30\""
                ),
                "2027-09-30",
                Standing::UnderRenewal,
            ),
            (
                &format!(
                    "{ismap}renewal_applied = \"2027-07-01\"\nrenewal_decided = \"2027-09-30\""
                ),
                "2027-10-01",
                last("2027-09-30"),
            ),
            (
                &format!("{ismap}withdrawn_on = \"2026-10-01\""),
                "2026-10-01",
                Standing::Withdrawn {
                    since: day("2026-10-01"),
                },
            ),
            (
                &format!("{ismap}withdrawn_on = \"2026-10-01\""),
                "2026-09-30",
                Standing::InForce,
            ),
            (isms, "2027-02-09", Standing::InForce),
            (isms, "2027-02-10", last("2027-02-09")),
            (
                &format!("{isms}suspended_on = \"2026-01-01\""),
                "2026-06-01",
                Standing::Suspended {
                    since: day("2026-01-01"),
                },
            ),
            (
                &format!("{isms}suspended_on = \"2026-01-01\"\nresumed_on = \"2026-05-01\""),
                "2026-06-01",
                Standing::InForce,
            ),
            (star, "2026-11-19", Standing::InForce),
            (star, "2026-11-20", last("2026-11-19")),
            (
                &format!("{star}valid_until = \"2027-11-19\""),
                "2026-11-21",
                last("2026-11-20"),
            ),
        ] {
            assert_eq!(
                record(text).standing(day(as_of)),
                expected,
                "{text} {as_of}"
            );
        }
        let leap = "scheme = \"ismap\"\naudit_period_end = \"2025-10-30\"\n";
        assert_eq!(record(leap).last_day(), Some(day("2027-02-28")));
        assert!(record(&format!("{star}valid_until = \"2027-11-19\"")).overstates_validity());
        assert!(!record(&format!("{star}valid_until = \"2026-11-20\"")).overstates_validity());
    }

    #[test]
    fn a_faulty_record_names_all_its_faults() {
        let toml =
            b"schema = \"mekiki/certification/v1\"\nscheme = \"ismapp\"\nissued = 2026\nlevl = 1\n";
        let codes: Vec<_> = read_certification(toml)
            .unwrap_err()
            .iter()
            .map(|one| one.code)
            .collect();
        assert_eq!(codes, ["unknown-word", "wrong-type", "unknown-field"]);
    }
}
