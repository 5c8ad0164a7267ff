//! The organizations of a contracting process.

use serde_json::{Value, json};

use super::object;
use crate::fact::dossier::Offering;
use crate::tender::{Bid, Tender};
use crate::text::Text;

/// The scheme of Japanese corporate numbers (法人番号) in the list of organization identifiers of org-id.guide; recalled.
const CORPORATE_NUMBERS: &str = "JP-JCN";

/// One organization.
struct Party {
    id: String,
    name: Text,
    corporate_number: Option<String>,
    roles: Vec<&'static str>,
}

impl Party {
    fn json(&self) -> Value {
        let identifier = self.corporate_number.as_ref().map(
            |number| json!({"scheme": CORPORATE_NUMBERS, "id": number, "legalName": self.name.ja}),
        );
        object([
            ("id", json!(self.id)),
            ("name", json!(self.name.ja)),
            ("name_en", json!(self.name.en)),
            ("identifier", json!(identifier)),
            ("roles", json!(self.roles)),
        ])
    }
}

/// The agency.
fn agency(tender: &Tender) -> Party {
    Party {
        id: format!("agency-{}", tender.agency),
        name: tender.agency_name.clone(),
        corporate_number: None,
        roles: vec!["buyer", "procuringEntity"],
    }
}

/// The reference to the agency.
pub(super) fn agency_reference(tender: &Tender) -> Value {
    let agency = agency(tender);
    json!({"id": agency.id, "name": agency.name.ja})
}

/// The agency alone.
pub(super) fn agency_only(tender: &Tender) -> Vec<Value> {
    vec![agency(tender).json()]
}

/// The agency and all who bid, each once; `wins` says who is awarded.
pub(super) fn all(tender: &Tender, wins: impl Fn(&Bid) -> bool) -> Vec<Value> {
    let mut parties = vec![agency(tender)];
    for bid in &tender.bids {
        let id = bidder_id(tender, bid);
        let known = parties.iter().position(|party| party.id == id);
        let place = known.unwrap_or(parties.len());
        if known.is_none() {
            parties.push(Party {
                id,
                name: bid.offering.supplier.clone(),
                corporate_number: bid.offering.corporate_number.clone(),
                roles: vec!["tenderer"],
            });
        }
        if let Some(party) = parties.get_mut(place)
            && wins(bid)
            && !party.roles.contains(&"supplier")
        {
            party.roles.push("supplier");
        }
    }
    parties.iter().map(Party::json).collect()
}

/// The reference to who made a bid.
pub(super) fn bidder(tender: &Tender, bid: &Bid) -> Value {
    json!({"id": bidder_id(tender, bid), "name": bid.offering.supplier.ja})
}

/// Who bid, each once.
pub(super) fn bidders(tender: &Tender) -> Vec<Value> {
    let mut bidders = Vec::new();
    for bid in &tender.bids {
        let one = bidder(tender, bid);
        let known = bidders
            .iter()
            .any(|other: &Value| other.get("id") == one.get("id"));
        if !known {
            bidders.push(one);
        }
    }
    bidders
}

/// The identifier of who made a bid: the corporate number, or the first bid of the same name.
fn bidder_id(tender: &Tender, bid: &Bid) -> String {
    let offering = &bid.offering;
    if let Some(number) = &offering.corporate_number {
        return format!("{CORPORATE_NUMBERS}-{number}");
    }
    let same = |other: &&Bid| is_same(&other.offering, offering);
    let first = tender.bids.iter().find(same).unwrap_or(bid);
    format!("bidder-{}", first.id)
}

fn is_same(one: &Offering, other: &Offering) -> bool {
    one.corporate_number.is_none() && one.supplier == other.supplier
}
