//! The sensitivities of a tender as machines read them: a part of schema `mekiki/tender/v1`.

use serde::Serialize;

use super::model::of_fault;
use super::{Sensitivity, model_of, sensitivity};
use crate::tender::Tender;
use crate::tender::evaluate::Outcome;
use crate::text::Text;

/// The sensitivities of a tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SensitivityView {
    /// Of a tender that is not parted.
    #[serde(flatten)]
    pub whole: Option<LotSensitivity>,
    /// Of each lot, where the tender is parted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<LotSensitivity>,
}

/// The sensitivities of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotSensitivity {
    /// The lot, where the tender is parted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// What was found.
    #[serde(flatten)]
    pub found: Option<Sensitivity>,
    /// Why nothing was computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_computed: Option<Text>,
}

impl SensitivityView {
    /// Computes the sensitivities of every lot.
    pub fn new(tender: &Tender, outcome: &Outcome) -> Self {
        let lots = tender.lots.iter().enumerate();
        let mut lots: Vec<_> = lots
            .map(|(place, lot)| {
                let found = model_of(tender, outcome, place)
                    .and_then(|model| sensitivity(&model).map_err(|fault| of_fault(&fault)));
                let (found, not_computed) = match found {
                    Ok(found) => (Some(found), None),
                    Err(why) => (None, Some(why)),
                };
                LotSensitivity {
                    lot: lot.id.clone(),
                    found,
                    not_computed,
                }
            })
            .collect();
        let parted = lots.iter().any(|lot| lot.lot.is_some());
        let whole = if parted { None } else { lots.pop() };
        Self { whole, lots }
    }

    /// Every lot, or the whole.
    pub fn parts(&self) -> impl Iterator<Item = &LotSensitivity> {
        self.whole.iter().chain(&self.lots)
    }
}
