//! The catalog of known exploited vulnerabilities of the United States' cybersecurity agency (CISA), JSON
//! (schema `known_exploited_vulnerabilities_schema.json`).

use jiff::Timestamp;

use super::field::{Fields, Loss, below, member};
use crate::diagnostic::{Diagnostic, Place};
use crate::tape::{Item, Shape, Step};
use crate::time::{Date, parse_day};

/// The catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kev {
    /// Its version, such as `2026.11.20`.
    pub version: String,
    /// When it was released.
    pub released: Option<Timestamp>,
    /// Its entries, in the order of the document.
    pub entries: Vec<Exploited>,
}

/// A vulnerability that somebody has exploited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploited {
    /// Its identifier.
    pub cve: String,
    /// Who makes the product.
    pub vendor: String,
    /// The product.
    pub product: String,
    /// What to do, for agencies of the United States.
    pub action: String,
    /// When it was added.
    pub added: Option<Date>,
    /// By when agencies of the United States must act.
    pub due: Option<Date>,
    /// Whether ransomware is known to use it. The catalog's `Unknown` is `false`: not known.
    pub is_in_ransomware: bool,
    /// Where it stands.
    pub at: Place,
}

/// Reads the catalog. An entry that cannot be used is named, and the rest is kept.
///
/// # Errors
///
/// `advisory-malformed` where it has no list of vulnerabilities.
pub fn read(root: Item<'_>) -> Result<(Kev, Vec<Diagnostic>), Diagnostic> {
    let mut fields = Fields::new();
    let list = root.get("vulnerabilities");
    let Some(list) = list.filter(|one| one.shape() == Shape::List) else {
        let message = "the catalog has no list `vulnerabilities`";
        let fault = Diagnostic::error("advisory-malformed", root.place(), message);
        return Err(fault.help("fetch the catalog again"));
    };
    let mut entries = Vec::new();
    for (position, item) in fields.tables(root, "vulnerabilities", Loss::Match) {
        let steps = [Step::Key("vulnerabilities"), Step::Position(position)];
        entries.extend(entry(item, Place::pointer(below("", &steps)), &mut fields));
    }
    check_count(root, list.items().count(), &mut fields);
    let kev = Kev {
        version: fields
            .filled(root, "catalogVersion", Loss::Detail)
            .unwrap_or_default()
            .to_owned(),
        released: fields.instant(root, "dateReleased", Loss::Detail),
        entries,
    };
    Ok((kev, fields.finish()))
}

fn entry(item: Item<'_>, at: Place, fields: &mut Fields) -> Option<Exploited> {
    let Some(cve) = fields.filled(item, "cveID", Loss::Match) else {
        let help = "fetch the catalog again";
        fields.fault("kev-entry", Loss::Match, help, || {
            (at, "the entry has no `cveID`, so it is left out".to_owned())
        });
        return None;
    };
    let mut text = |key| {
        let text = fields.filled(item, key, Loss::Detail);
        text.unwrap_or_default().to_owned()
    };
    let (vendor, product) = (text("vendorProject"), text("product"));
    let action = text("requiredAction");
    let ransomware = text("knownRansomwareCampaignUse");
    Some(Exploited {
        cve: cve.to_owned(),
        vendor,
        product,
        action,
        added: day(item, "dateAdded", fields),
        due: day(item, "dueDate", fields),
        is_in_ransomware: ransomware.eq_ignore_ascii_case("known"),
        at,
    })
}

fn day(item: Item<'_>, key: &str, fields: &mut Fields) -> Option<Date> {
    let text = fields.filled(item, key, Loss::Detail)?;
    let day = parse_day(text);
    if day.is_none() {
        let help = "a day is written `2026-11-20`";
        fields.fault("advisory-instant", Loss::Detail, help, || {
            let place = item.get(key).map_or_else(Place::whole, Item::place);
            (place, format!("`{key}` is no day, so it is not known"))
        });
    }
    day
}

/// A list that was cut off has fewer entries than the catalog says.
fn check_count(root: Item<'_>, list: usize, fields: &mut Fields) {
    let Some(count) = member(root, "count") else {
        return;
    };
    let stated = count
        .integer()
        .and_then(|count| usize::try_from(count).ok());
    if stated != Some(list) {
        let help = "fetch the catalog again; perhaps it was cut off";
        fields.fault("kev-count", Loss::Match, help, || {
            let stated = count.number().unwrap_or_else(|| "no number".to_owned());
            let message = format!("the catalog states {stated} as its count, but lists {list}");
            (count.place(), message)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::parse_json;

    fn of_json(text: &str) -> Result<(Kev, Vec<Diagnostic>), Diagnostic> {
        read(parse_json(text).unwrap().root())
    }

    #[test]
    fn a_catalog_is_read() {
        let (kev, remarks) = of_json(
            r#"{"title":"x","catalogVersion":"2026.11.20","dateReleased":"2026-11-20T17:04:19.9796Z","count":1,
            "vulnerabilities":[{"cveID":"CVE-2026-1","vendorProject":"V","product":"P","vulnerabilityName":"N",
            "dateAdded":"2026-11-19","shortDescription":"D","requiredAction":"A","dueDate":"2026-12-10",
            "knownRansomwareCampaignUse":"Known","notes":"","cwes":[]}]}"#,
        )
        .unwrap();
        assert_eq!(remarks, []);
        assert_eq!(kev.version, "2026.11.20");
        let [entry] = kev.entries.as_slice() else {
            panic!("{kev:?}")
        };
        assert_eq!(
            (entry.cve.as_str(), entry.is_in_ransomware),
            ("CVE-2026-1", true)
        );
        assert_eq!(entry.due, parse_day("2026-12-10"));
        assert_eq!(entry.at, Place::pointer("/vulnerabilities/0"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, expected) in [
            (r#"{"vulnerabilities":[]}"#, &[][..]),
            (
                r#"{"count":2,"vulnerabilities":[{"cveID":"C"}]}"#,
                &[("kev-count", "/count")],
            ),
            (
                r#"{"count":"1","vulnerabilities":[{"cveID":"C"}]}"#,
                &[("kev-count", "/count")],
            ),
            (
                r#"{"count":1,"vulnerabilities":[{}]}"#,
                &[("kev-entry", "/vulnerabilities/0")],
            ),
            (
                r#"{"vulnerabilities":[7,{"cveID":7}]}"#,
                &[
                    ("advisory-field", "/vulnerabilities/0"),
                    ("advisory-field", "/vulnerabilities/1/cveID"),
                    ("kev-entry", "/vulnerabilities/1"),
                ],
            ),
            (
                r#"{"vulnerabilities":[{"cveID":"C","dueDate":"soon"}]}"#,
                &[("advisory-instant", "/vulnerabilities/0/dueDate")],
            ),
        ] {
            let (_, remarks) = of_json(text).unwrap();
            let told: Vec<_> = remarks
                .iter()
                .map(|one| (one.code, one.at.pointer.as_deref().unwrap_or_default()))
                .collect();
            assert_eq!(told, expected, "{text}");
        }
        for text in ["{}", r#"{"vulnerabilities":{}}"#, "[]"] {
            assert_eq!(
                of_json(text).unwrap_err().code,
                "advisory-malformed",
                "{text}"
            );
        }
    }
}
