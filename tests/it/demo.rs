//! The demo tender, changed for a test and judged.

use mekiki::app::library::Library;
use mekiki::app::tender::{judge_tender, open_tender, write_record};
use mekiki::evidence::Evidence;
use mekiki::fact::advisory::{Feed, Knowledge};
use mekiki::fact::dossier::Dossier;
use mekiki::fact::{Establishment, establish};
use mekiki::folder::read_folder;
use serde_json::Value;

use crate::binary::DEMO;

/// A demo tender that was changed, and how a bid of it came out.
pub(crate) struct Demo {
    pub(crate) library: Library,
    pub(crate) evidence: Vec<Evidence>,
}

impl Demo {
    pub(crate) fn new() -> Self {
        Self {
            library: Library::open(None).unwrap(),
            evidence: read_folder(DEMO).unwrap(),
        }
    }

    pub(crate) fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.evidence.push(Evidence::new(path, bytes.into()));
        self
    }

    pub(crate) fn without(mut self, is_left_out: impl Fn(&str) -> bool) -> Self {
        self.evidence.retain(|one| !is_left_out(&one.path));
        self
    }

    /// Adds to the tender file, in front of its first table.
    pub(crate) fn asking(self, line: &str) -> Self {
        self.with_tender("id = ", &format!("{line}\nid = "))
    }

    pub(crate) fn with_tender(mut self, from: &str, to: &str) -> Self {
        for one in &mut self.evidence {
            if one.path == "tender.toml" {
                let text = String::from_utf8(one.bytes.to_vec()).unwrap();
                assert!(text.contains(from), "{from}");
                let changed = text.replacen(from, to, 1);
                *one = Evidence::new("tender.toml", changed.into_bytes());
            }
        }
        self
    }

    /// What the producers find for a bid.
    pub(crate) fn establishment(&self, bid: &str) -> Establishment {
        let open = open_tender(&self.library, self.evidence.clone()).unwrap();
        let mut bids = open.tender.bids.iter();
        let bid = bids.find(|one| one.id.as_str() == bid).unwrap();
        let own = format!("bids/{}/", bid.id);
        let (handed_in, agency): (Vec<_>, Vec<_>) = self
            .evidence
            .iter()
            .filter(|one| !one.path.starts_with("bids/") || one.path.starts_with(&own))
            .partition(|one| one.path.starts_with(&own));
        let as_of = open.tender.as_of;
        let feed = Feed::gather(agency.iter().copied(), as_of);
        let library = &self.library;
        let knowledge = Knowledge {
            feed: &feed,
            precedence: &library.precedence,
            maximum_age_days: 30,
        };
        let dossier = Dossier::new(&bid.offering, handed_in, agency, as_of);
        establish(
            &dossier,
            &library.catalog.vocabulary,
            &library.questionnaires,
            &library.profiles,
            &library.builders,
            knowledge,
        )
    }

    pub(crate) fn record(&self) -> String {
        let open = open_tender(&self.library, self.evidence.clone()).unwrap();
        let judged = judge_tender(&self.library, &open, None).unwrap();
        write_record(&self.library, &open, &judged)
    }

    /// The judgment of every bid by a criterion.
    pub(crate) fn judgments(&self, criterion: &str) -> Vec<(String, Value)> {
        let record: Value = serde_json::from_str(&self.record()).unwrap();
        let bids = record["tender"]["bids"].as_array().unwrap().iter();
        bids.map(|bid| {
            let verdicts = bid["assessment"]["verdicts"].as_array().unwrap();
            let verdict = verdicts.iter().find(|one| one["criterion"] == criterion);
            (
                bid["id"].as_str().unwrap().to_owned(),
                verdict.unwrap().clone(),
            )
        })
        .collect()
    }

    /// The verdicts of the three bids, in the order of the tender file.
    pub(crate) fn verdicts(&self, criterion: &str) -> Vec<String> {
        let words = self.judgments(criterion).into_iter();
        words
            .map(|(_, verdict)| verdict["verdict"].as_str().unwrap().to_owned())
            .collect()
    }
}
