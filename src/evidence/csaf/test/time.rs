//! Dates, and what cannot have happened after the document was written (6.1.37, 6.1.45, 6.1.49, 6.1.51 to
//! 6.1.53).

use jiff::Timestamp;

use super::Report;
use crate::evidence::csaf::document::{Document, items, timestamp};
use crate::tape::Item;

/// Calls `each` for every date of the document.
fn dates<'t>(document: &Document<'t>, mut each: impl FnMut(Item<'t>)) {
    for path in [
        &["tracking", "current_release_date"] as &[&str],
        &["tracking", "initial_release_date"],
        &["tracking", "generator", "date"],
    ] {
        document.head(path).into_iter().for_each(&mut each);
    }
    for revision in &document.revisions {
        revision.item.get("date").into_iter().for_each(&mut each);
    }
    for vulnerability in &document.vulnerabilities {
        for key in ["disclosure_date", "discovery_date", "release_date"] {
            vulnerability.get(key).into_iter().for_each(&mut each);
        }
        for key in [
            "first_known_exploitation_dates",
            "flags",
            "involvements",
            "remediations",
            "threats",
        ] {
            for item in items(*vulnerability, key) {
                for key in ["date", "exploitation_date"] {
                    item.get(key).into_iter().for_each(&mut each);
                }
            }
        }
        for metric in document.metrics(*vulnerability) {
            for key in ["epss", "ssvc_v2"] {
                let date = metric.content.get(key).and_then(|one| one.get("timestamp"));
                date.into_iter().for_each(&mut each);
            }
        }
    }
}

/// 6.1.37: a date has the form of RFC 3339 with capital letters, exists and is no leap second (2.1).
pub(super) fn malformed(document: &Document<'_>, report: &mut Report<'_>) {
    dates(document, |item| {
        if let Some(text) = item.text()
            && !is_date(text)
        {
            report.at(item, || {
                format!("`{text}` is no date and time that may stand here")
            });
        }
    });
}

/// Whether a text is `YYYY-MM-DDThh:mm:ss`, perhaps with a fraction, and then `Z` or `+hh:mm` or `-hh:mm`.
fn is_date(text: &str) -> bool {
    let fits = |bytes: &[u8], model: &[u8]| {
        bytes.len() == model.len()
            && bytes.iter().zip(model).all(|(byte, model)| match model {
                b'0' => byte.is_ascii_digit(),
                b'+' => matches!(byte, b'+' | b'-'),
                _ => byte == model,
            })
    };
    let Some((instant, rest)) = text.as_bytes().split_at_checked(19) else {
        return false;
    };
    let zone = match rest.split_first() {
        Some((b'.', rest)) => {
            let count = rest.iter().take_while(|one| one.is_ascii_digit()).count();
            if count == 0 {
                return false;
            }
            rest.get(count..).unwrap_or_default()
        }
        _ => rest,
    };
    let pair = |bytes: &[u8], at: usize| match bytes.get(at..at + 2) {
        Some([tens, ones]) => (tens - b'0') * 10 + (ones - b'0'),
        _ => u8::MAX,
    };
    fits(instant, b"0000-00-00T00:00:00")
        && (zone == b"Z" || fits(zone, b"+00:00"))
        && (zone == b"Z" || (pair(zone, 1) < 24 && pair(zone, 4) < 60))
        && pair(instant, 11) < 24
        && pair(instant, 14) < 60
        && pair(instant, 17) < 60
        && text
            .get(..10)
            .is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}

/// The date of the newest revision of a released document.
fn released(document: &Document<'_>) -> Option<Timestamp> {
    document.newest_date().filter(|_| document.is_released())
}

fn later_than(item: Option<Item<'_>>, newest: Timestamp) -> Option<Item<'_>> {
    item.filter(|item| {
        item.text()
            .and_then(timestamp)
            .is_some_and(|date| date > newest)
    })
}

fn say(report: &mut Report<'_>, item: Item<'_>) {
    report.at(item, || {
        let text = item.text().unwrap_or_default();
        format!("`{text}` is later than the newest revision")
    });
}

/// 6.1.45: what a released document that is `TLP:CLEAR` tells was disclosed before (2.1).
pub(super) fn disclosure(document: &Document<'_>, report: &mut Report<'_>) {
    if document.head_text(&["distribution", "tlp", "label"]) != "CLEAR" {
        return;
    }
    let Some(newest) = released(document) else {
        return;
    };
    for vulnerability in &document.vulnerabilities {
        if let Some(item) = later_than(vulnerability.get("disclosure_date"), newest) {
            say(report, item);
        }
    }
}

/// 6.1.49: an SSVC decision in a released document was made before (2.1).
pub(super) fn ssvc(document: &Document<'_>, report: &mut Report<'_>) {
    of_metric(document, "ssvc_v2", report);
}

/// 6.1.51: an EPSS score in a released document was computed before (2.1).
pub(super) fn epss(document: &Document<'_>, report: &mut Report<'_>) {
    of_metric(document, "epss", report);
}

fn of_metric(document: &Document<'_>, key: &str, report: &mut Report<'_>) {
    let Some(newest) = released(document) else {
        return;
    };
    let metrics = document
        .vulnerabilities
        .iter()
        .flat_map(|one| document.metrics(*one));
    for metric in metrics {
        let date = metric.content.get(key).and_then(|one| one.get("timestamp"));
        if let Some(item) = later_than(date, newest) {
            say(report, item);
        }
    }
}

fn exploitations<'t>(document: &Document<'t>) -> impl Iterator<Item = Item<'t>> {
    document
        .vulnerabilities
        .iter()
        .flat_map(|one| items(*one, "first_known_exploitation_dates"))
}

/// 6.1.52: an exploitation that a released document tells was known before (2.1).
pub(super) fn exploitation_known(document: &Document<'_>, report: &mut Report<'_>) {
    let Some(newest) = released(document) else {
        return;
    };
    for item in exploitations(document) {
        for key in ["date", "exploitation_date"] {
            if let Some(item) = later_than(item.get(key), newest) {
                say(report, item);
            }
        }
    }
}

/// 6.1.53: an exploitation came before it was known (2.1).
pub(super) fn exploitation_order(document: &Document<'_>, report: &mut Report<'_>) {
    for item in exploitations(document) {
        if let Some(known) = item.get_text("date").and_then(timestamp)
            && let Some(item) = later_than(item.get("exploitation_date"), known)
        {
            report.at(item, || {
                "the exploitation is later than the date when it was known".to_owned()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    #[test]
    fn dates_are_formed_well() {
        for (date, expected) in [
            ("2024-02-29T23:59:59Z", true),
            ("2024-02-29T23:59:59.123456+23:59", true),
            ("2024-02-29T00:00:00-00:00", true),
            ("2023-02-29T00:00:00Z", false),
            ("2016-12-31T23:59:60Z", false),
            ("2024-02-29t00:00:00Z", false),
            ("2024-02-29T00:00:00z", false),
            ("2024-02-29 00:00:00Z", false),
            ("2024-02-29T00:00:00", false),
            ("2024-02-29T00:00:00.Z", false),
            ("2024-02-29T24:00:00Z", false),
            ("2024-02-29T00:00:00+24:00", false),
            ("2024-02-29T00:00:00+0100", false),
            ("", false),
            ("目", false),
        ] {
            let finding = format!(
                "/document/tracking/current_release_date: `{date}` is no date and time that may stand here"
            );
            check(
                "6.1.37",
                "2.1",
                &[
                    ("", "", None),
                    (
                        &format!(r#""tracking":{{"current_release_date":"{date}"}}"#),
                        "",
                        (!expected).then_some(&finding),
                    ),
                ],
            );
        }
    }

    #[test]
    fn nothing_comes_from_the_future() {
        const BEFORE: &str = "2024-01-01T11:00:00+01:00";
        const AFTER: &str = "2024-01-01T10:00:00.000001Z";
        let head = |status: &str| {
            format!(
                r#""distribution":{{"tlp":{{"label":"CLEAR"}}}},"tracking":{{"status":"{status}","revision_history":[{{"date":"2024-01-01T10:00:00Z"}},{{"date":"2023-01-01T10:00:00Z"}}]}}"#
            )
        };
        for (number, member, place) in [
            ("6.1.45", r#""disclosure_date":"@""#, "disclosure_date"),
            (
                "6.1.49",
                r#""metrics":[{"content":{"ssvc_v2":{"timestamp":"@"}}}]"#,
                "metrics/0/content/ssvc_v2/timestamp",
            ),
            (
                "6.1.51",
                r#""metrics":[{"content":{"epss":{"timestamp":"@"}}}]"#,
                "metrics/0/content/epss/timestamp",
            ),
            (
                "6.1.52",
                r#""first_known_exploitation_dates":[{"date":"@"}]"#,
                "first_known_exploitation_dates/0/date",
            ),
        ] {
            let rest =
                |date: &str| format!(r#""vulnerabilities":[{{{}}}]"#, member.replace('@', date));
            let finding =
                format!("/vulnerabilities/0/{place}: `{AFTER}` is later than the newest revision");
            check(
                number,
                "2.1",
                &[
                    ("", "", None),
                    (&head("final"), &rest(BEFORE), None),
                    (&head("draft"), &rest(AFTER), None),
                    (&head("interim"), &rest(AFTER), Some(&finding)),
                ],
            );
        }
        check(
            "6.1.45",
            "2.1",
            &[(
                &head("final").replace("CLEAR", "RED"),
                &format!(r#""vulnerabilities":[{{"disclosure_date":"{AFTER}"}}]"#),
                None,
            )],
        );
        let of = |known: &str, exploited: &str| {
            format!(
                r#""vulnerabilities":[{{"first_known_exploitation_dates":[{{"date":"{known}","exploitation_date":"{exploited}"}}]}}]"#
            )
        };
        check(
            "6.1.53",
            "2.1",
            &[
                ("", "", None),
                ("", &of(AFTER, BEFORE), None),
                (
                    "",
                    &of(BEFORE, AFTER),
                    Some(
                        "/vulnerabilities/0/first_known_exploitation_dates/0/exploitation_date: the exploitation is later than the date when it was known",
                    ),
                ),
            ],
        );
    }
}
