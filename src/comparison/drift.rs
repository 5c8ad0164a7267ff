//! Three documents of one product side by side: as tendered, as delivered, as measured.

use serde::Serialize;

use super::change::{ChangeKind, changes};
use super::pairing::Pair as Indices;
use super::subject::Secret;
use super::{Confidence, Item, Matched, Reason, Side, kinds};
use crate::evidence::sbom::model::Sbom;

/// How a component is not the same in all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drift {
    /// Measured, but neither tendered nor delivered by the documents.
    Undeclared,
    /// Delivered by the document and measured, but never tendered.
    Untendered,
    /// Tendered and measured, but missing in the document of the delivery.
    Unlisted,
    /// Tendered, but neither delivered nor measured.
    Undelivered,
    /// Delivered by the document, but not found by the measurement.
    Unmeasured,
    /// Changed between tender and delivery.
    ChangedInDelivery,
    /// What was measured is not what the document of the delivery says.
    ChangedInMeasurement,
}

impl Drift {
    /// Every drift, the most serious first.
    pub const ALL: [Self; 7] = [
        Self::Undeclared,
        Self::Untendered,
        Self::Unlisted,
        Self::Undelivered,
        Self::Unmeasured,
        Self::ChangedInDelivery,
        Self::ChangedInMeasurement,
    ];

    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Undeclared => "undeclared",
            Self::Untendered => "untendered",
            Self::Unlisted => "unlisted",
            Self::Undelivered => "undelivered",
            Self::Unmeasured => "unmeasured",
            Self::ChangedInDelivery => "changed-in-delivery",
            Self::ChangedInMeasurement => "changed-in-measurement",
        }
    }
}

/// What leads from one column to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Why the two are held to be the same.
    pub reason: Reason,
    /// How sure that is.
    pub confidence: Confidence,
    /// The kinds of change, the most serious first.
    pub change: Vec<ChangeKind>,
}

/// One component in three columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// As tendered.
    pub tendered: Option<Item>,
    /// As delivered.
    pub delivered: Option<Item>,
    /// As measured.
    pub measured: Option<Item>,
    /// How it is not the same in all three, the most serious first.
    pub drift: Vec<Drift>,
    /// From the tender to the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_delivery: Option<Step>,
    /// From the delivery to the measurement; from the tender where the delivery lacks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_measurement: Option<Step>,
}

/// Three documents side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drifts {
    /// Whether every component is the same in all three.
    pub same: bool,
    /// Rows that are the same in all three.
    pub unchanged: usize,
    /// Rows that are not, the most serious first, then by name.
    pub rows: Vec<Row>,
}

/// Holds a tendered, a delivered and a measured document against each other.
///
/// Dependencies and digests that only one of two documents gives are left aside: a measurement sees
/// other things than a supplier writes down.
pub fn drifts(tendered: &Sbom, delivered: &Sbom, measured: &Sbom) -> Drifts {
    let secret = Secret::new();
    let sides = [tendered, delivered, measured].map(|sbom| Side::new(sbom, &secret));
    let [tender, delivery, measurement] = &sides;
    let first = Matched::new(tender, delivery, &secret);
    let second = Matched::new(delivery, measurement, &secret);
    let open = (first.open_a.clone(), second.open_b.clone());
    let third = Matched::among(tender, measurement, &secret, Some(open));

    let mut rows = Vec::new();
    let mut unchanged = 0;
    let mut add = |row: Row| {
        if row.drift.is_empty() {
            unchanged += 1;
        } else {
            rows.push(row);
        }
    };
    let from_tender = by_second(&first.pairs, delivery.subjects.len());
    let to_measurement = by_first(&second.pairs, delivery.subjects.len());
    for (index, (before, after)) in (0_u32..).zip(from_tender.iter().zip(&to_measurement)) {
        let in_delivery = before.map(|(other, reason)| (other, index, reason));
        let in_measurement = after.map(|(other, reason)| (index, other, reason));
        let in_delivery_step = in_delivery.map(|pair| step(tender, delivery, pair));
        let in_measurement_step = in_measurement.map(|pair| step(delivery, measurement, pair));
        let mut drift = Vec::new();
        match (before, after) {
            (None, Some(_)) => drift.push(Drift::Untendered),
            (None, None) => drift.extend([Drift::Untendered, Drift::Unmeasured]),
            (Some(_), None) => drift.push(Drift::Unmeasured),
            (Some(_), Some(_)) => {}
        }
        let has_changes =
            |step: &Option<Step>| step.as_ref().is_some_and(|step| !step.change.is_empty());
        if has_changes(&in_delivery_step) {
            drift.push(Drift::ChangedInDelivery);
        }
        if has_changes(&in_measurement_step) {
            drift.push(Drift::ChangedInMeasurement);
        }
        add(Row {
            tendered: before.and_then(|(other, _)| tender.item(other)),
            delivered: delivery.item(index),
            measured: after.and_then(|(other, _)| measurement.item(other)),
            drift,
            in_delivery: in_delivery_step,
            in_measurement: in_measurement_step,
        });
    }
    for pair in &third.pairs {
        let step = step(tender, measurement, *pair);
        let mut drift = vec![Drift::Unlisted];
        if !step.change.is_empty() {
            drift.push(Drift::ChangedInMeasurement);
        }
        add(Row {
            tendered: tender.item(pair.0),
            delivered: None,
            measured: measurement.item(pair.1),
            drift,
            in_delivery: None,
            in_measurement: Some(step),
        });
    }
    for (open, side, drift) in [
        (&third.open_a, tender, Drift::Undelivered),
        (&third.open_b, measurement, Drift::Undeclared),
    ] {
        let is_tendered = drift == Drift::Undelivered;
        for (index, _) in (0_u32..).zip(open).filter(|(_, open)| **open) {
            add(Row {
                tendered: is_tendered.then(|| side.item(index)).flatten(),
                delivered: None,
                measured: (!is_tendered).then(|| side.item(index)).flatten(),
                drift: vec![drift],
                in_delivery: None,
                in_measurement: None,
            });
        }
    }
    rows.sort_by(|one, other| {
        let key = |row: &Row| {
            let item = row.delivered.as_ref().or(row.tendered.as_ref());
            item.or(row.measured.as_ref()).cloned()
        };
        one.drift
            .cmp(&other.drift)
            .then_with(|| key(one).cmp(&key(other)))
    });
    Drifts {
        same: rows.is_empty(),
        unchanged,
        rows,
    }
}

fn step(a: &Side<'_>, b: &Side<'_>, pair: Indices) -> Step {
    let changes = a
        .subject(pair.0)
        .zip(b.subject(pair.1))
        .map(|(one, other)| {
            let mut changes = changes(one, other, (a.sbom.format, b.sbom.format));
            changes.retain(|change| {
                !matches!(
                    change.kind,
                    ChangeKind::SpellingChanged | ChangeKind::HashAdded | ChangeKind::HashRemoved
                )
            });
            kinds(&changes)
        });
    Step {
        reason: pair.2,
        confidence: pair.2.confidence(),
        change: changes.unwrap_or_default(),
    }
}

fn by_first(pairs: &[Indices], length: usize) -> Vec<Option<(u32, Reason)>> {
    by(
        pairs
            .iter()
            .map(|(one, other, reason)| (*one, *other, *reason)),
        length,
    )
}

fn by_second(pairs: &[Indices], length: usize) -> Vec<Option<(u32, Reason)>> {
    by(
        pairs
            .iter()
            .map(|(one, other, reason)| (*other, *one, *reason)),
        length,
    )
}

fn by(pairs: impl Iterator<Item = Indices>, length: usize) -> Vec<Option<(u32, Reason)>> {
    let mut found = vec![None; length];
    for (one, other, reason) in pairs {
        if let Some(slot) = found.get_mut(one as usize) {
            *slot = Some((other, reason));
        }
    }
    found
}
