//! What total technical points and a price would have, and which technical points a total needs at a price.
//!
//! Before any rounding, with the names that are made of other bids, such as `lowest`, held at their values.

use std::collections::BTreeMap;

use super::evaluate::names_of_all;
use super::formula::FormulaFault;
use super::procedure::Method;
use super::{Lot, Tender};
use crate::exact::Exact;

/// The total as a function of technical points and price.
#[derive(Debug, Clone)]
pub struct Surface<'a> {
    tender: &'a Tender,
    names: BTreeMap<&'static str, Exact>,
}

impl<'a> Surface<'a> {
    /// The surface of a lot; `prices` are those of the bids that are in. None for the lowest-price method, in which no
    /// technical points outweigh a price.
    pub fn new(tender: &'a Tender, lot: &Lot, prices: &[Exact]) -> Option<Self> {
        (tender.procedure.method != Method::LowestPrice).then(|| Self {
            tender,
            names: names_of_all(tender, lot, prices),
        })
    }

    /// The total before rounding; none where a formula has no value.
    pub fn total(&self, price: &Exact, technical: &Exact) -> Option<Exact> {
        let points = self.price_points(price).ok()?;
        let lookup = |name: &str| match name {
            "technical" => Some(technical.clone()),
            _ => self.lookup(name, price, points.as_ref()),
        };
        self.tender.procedure.total.evaluate(&lookup).ok()
    }

    /// The technical points that a total needs at a price; none where no single number does.
    pub fn technical_for(&self, total: &Exact, price: &Exact) -> Option<Exact> {
        let points = self.price_points(price).ok()?;
        let lookup = |name: &str| self.lookup(name, price, points.as_ref());
        let (factor, constant) = self
            .tender
            .procedure
            .total
            .affine_in("technical", &lookup)?;
        total.minus(&constant).over(&factor)
    }

    /// The price points before rounding; none where the method has none.
    fn price_points(&self, price: &Exact) -> Result<Option<Exact>, FormulaFault> {
        match &self.tender.procedure.price {
            None => Ok(None),
            Some(formula) => {
                let lookup = |name: &str| self.lookup(name, price, None);
                formula.evaluate(&lookup).map(Some)
            }
        }
    }

    fn lookup(&self, name: &str, price: &Exact, points: Option<&Exact>) -> Option<Exact> {
        match name {
            "bid" => Some(price.clone()),
            "price" => points.cloned(),
            _ => self
                .names
                .get(name)
                .or_else(|| self.tender.parameters.get(name))
                .cloned(),
        }
    }
}
