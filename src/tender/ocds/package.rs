//! Releases, and the packages around them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{EXTENSIONS, LANGUAGE, Publication, Stage, award, notice, object, party};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::tender::Tender;
use crate::tender::evaluate::Outcome;
use crate::tender::timetable::{Event, Moment};

/// Writes a release package with one release: of the notice where no outcome is given, else of the award.
///
/// # Errors
///
/// `ocds-date-missing` when the tender does not say on which day its notice was published, `ocds-date-order` when the award is
/// dated before it or before the opening, and `ocds-not-decided` when a tie or unconfirmed verdicts leave the award open.
pub fn release_package(
    tender: &Tender,
    outcome: Option<&Outcome>,
    publication: &Publication<'_>,
) -> Result<Value, Vec<Diagnostic>> {
    let release = match outcome {
        None => notice_release(tender, publication)?,
        Some(outcome) => award_release(tender, outcome, publication)?,
    };
    let members = [("releases", json!([release]))];
    Ok(packaged(tender, &release, object(members)))
}

/// Writes a record package: the release of the notice, that of the award where there is an outcome, and both compiled.
///
/// # Errors
///
/// As [`release_package`].
pub fn record_package(
    tender: &Tender,
    outcome: Option<&Outcome>,
    publication: &Publication<'_>,
) -> Result<Value, Vec<Diagnostic>> {
    let mut releases = vec![notice_release(tender, publication)?];
    if let Some(outcome) = outcome {
        releases.push(award_release(tender, outcome, publication)?);
    }
    let latest = releases.last().cloned().unwrap_or_default();
    let record = json!({
        "ocid": latest.get("ocid"),
        "releases": releases,
        "compiledRelease": compiled(&latest),
    });
    let members = [("records", json!([record]))];
    Ok(packaged(tender, &latest, object(members)))
}

/// The latest state: the release of the award repeats all that was announced, so that merging the releases gives it.
fn compiled(latest: &Value) -> Value {
    let mut compiled = latest.clone();
    let text = |key: &str| {
        let text = latest.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let id = format!("{}-{}", text("ocid"), text("date"));
    super::extend(
        &mut compiled,
        [("id", json!(id)), ("tag", json!(["compiled"]))],
    );
    compiled
}

fn ocid(tender: &Tender, publication: &Publication<'_>) -> String {
    format!("{}-{}", publication.prefix.as_str(), tender.id)
}

fn notice_release(
    tender: &Tender,
    publication: &Publication<'_>,
) -> Result<Value, Vec<Diagnostic>> {
    let timetable = &tender.timetable;
    let Some(published) = timetable.when(Event::Published) else {
        return Err(vec![
            Diagnostic::error(
                "ocds-date-missing",
                Place::pointer("/timetable/published_on"),
                "the tender file does not say when the notice was published",
            )
            .help("add `published_on` to [timetable]; a release is dated by it"),
        ]);
    };
    let amended = timetable.amendments.last();
    let date = amended.map_or(published, |last| Moment::Day(last.on));
    let (number, tag) = match timetable.amendments.len() {
        0 => (String::new(), "tender"),
        count => (format!("-{count}"), "tenderAmendment"),
    };
    let id = format!("{}{number}", Stage::Notice.word());
    let section = notice::tender_section(tender, publication);
    let parties = party::agency_only(tender);
    Ok(release(
        tender,
        publication,
        (&id, tag, date),
        &parties,
        &section,
    ))
}

fn award_release(
    tender: &Tender,
    outcome: &Outcome,
    publication: &Publication<'_>,
) -> Result<Value, Vec<Diagnostic>> {
    let mut faults = award::undecided(outcome);
    let amended = tender.timetable.amendments.last();
    let announced = amended
        .map(|last| last.on)
        .max(tender.timetable.when(Event::Published).map(Moment::day));
    if let Some(day) = announced.filter(|day| *day >= tender.as_of) {
        faults.push(
            Diagnostic::error(
                "ocds-date-order",
                Place::pointer("/as_of"),
                format!(
                    "the award of {} is not dated after the notice or amendment of {day}",
                    tender.as_of
                ),
            )
            .help("mend `as_of` or [timetable]"),
        );
    }
    let opening = tender.timetable.when(Event::Opening).map(Moment::day);
    if let Some(day) = opening.filter(|day| *day > tender.as_of) {
        faults.push(
            Diagnostic::error(
                "ocds-date-order",
                Place::pointer("/as_of"),
                format!(
                    "the award of {} is dated before the opening of the prices on {day}",
                    tender.as_of
                ),
            )
            .help("mend `as_of` or [timetable]"),
        );
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut section = notice::tender_section(tender, publication);
    award::close(&mut section, tender, outcome, publication);
    let parties = party::all(tender, |bid| award::wins(outcome, bid));
    let head = (Stage::Award.word(), "award", Moment::Day(tender.as_of));
    let mut release = release(tender, publication, head, &parties, &section);
    super::extend(
        &mut release,
        [
            ("bids", award::bids(tender, outcome, publication)),
            ("awards", json!(award::awards(tender, outcome, publication))),
        ],
    );
    Ok(release)
}

fn release(
    tender: &Tender,
    publication: &Publication<'_>,
    (id, tag, date): (&str, &str, Moment),
    parties: &[Value],
    section: &Value,
) -> Value {
    let ocid = ocid(tender, publication);
    object([
        ("ocid", json!(ocid)),
        ("id", json!(format!("{ocid}-{id}"))),
        ("date", json!(date.instant(false))),
        ("tag", json!([tag])),
        ("initiationType", json!("tender")),
        ("language", json!(LANGUAGE)),
        ("parties", json!(parties)),
        ("buyer", party::agency_reference(tender)),
        ("tender", section.clone()),
    ])
}

/// Puts the metadata of a package around its content; it is named by its content, so that it needs no address.
fn packaged(tender: &Tender, latest: &Value, mut package: Value) -> Value {
    super::extend(
        &mut package,
        [
            ("version", json!("1.1")),
            ("extensions", json!(EXTENSIONS)),
            ("publisher", json!({"name": tender.agency_name.ja})),
            ("publishedDate", json!(latest.get("date"))),
        ],
    );
    let digest = Digest::of(canonical_json(&package).as_bytes());
    super::extend(&mut package, [("uri", json!(uuid_uri(&digest)))]);
    package
}

/// A UUID of a digest: version 8, for data of one's own (RFC 9562, section 5.8).
fn uuid_uri(digest: &Digest) -> String {
    let mut uuid = [0_u8; 16];
    for (to, from) in uuid.iter_mut().zip(digest.bytes()) {
        *to = *from;
    }
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut uuid;
    *version = (*version & 0x0f) | 0x80;
    *variant = (*variant & 0x3f) | 0x80;
    let mut text = String::from("urn:uuid:");
    for (place, byte) in uuid.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        _ = write!(text, "{byte:02x}");
    }
    text
}
