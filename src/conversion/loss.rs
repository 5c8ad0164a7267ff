//! What a target cannot carry.

use indexmap::IndexMap;
use serde::Serialize;

use crate::diagnostic::Place;
use crate::evidence::sbom::model::Site;

/// Something that the target cannot carry, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What it is.
    pub what: String,
    /// Its place in the source.
    pub at: Place,
    /// Why it is lost, or what becomes of it.
    pub reason: String,
}

/// The same loss at one place or at many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// What it is.
    pub what: String,
    /// Why it is lost, or what becomes of it.
    pub reason: String,
    /// At how many places.
    pub count: usize,
    /// The first places, at most [`Lost::LISTED`].
    pub at: Vec<Place>,
}

impl Lost {
    /// How many places are listed.
    pub const LISTED: usize = 100;
}

/// Collects losses, each kind once with its places.
#[derive(Debug, Clone, Default)]
pub struct Losses {
    kinds: IndexMap<String, Lost, foldhash::fast::FixedState>,
    key: String,
}

impl Losses {
    /// Adds a loss; `at` is only asked where the place is listed.
    pub fn add(&mut self, what: &str, reason: &str, at: impl FnOnce() -> Place) {
        self.key.clear();
        self.key.push_str(what);
        self.key.push('\n');
        self.key.push_str(reason);
        let lost = match self.kinds.get_index_of(self.key.as_str()) {
            Some(index) => self.kinds.get_index_mut(index).map(|(_, lost)| lost),
            None => Some(self.kinds.entry(self.key.clone()).or_insert(Lost {
                what: what.to_owned(),
                reason: reason.to_owned(),
                count: 0,
                at: Vec::new(),
            })),
        };
        if let Some(lost) = lost {
            lost.count += 1;
            if lost.at.len() < Lost::LISTED {
                lost.at.push(at());
            }
        }
    }

    /// Adds a loss at a member of an element.
    pub(super) fn member(&mut self, what: &str, reason: &str, site: &Site, path: &str) {
        self.add(what, reason, || {
            if site.line > 0 || path.is_empty() {
                return site.place();
            }
            Place::pointer(format!("{}{path}", site.pointer))
        });
    }

    /// The losses, in the order in which each kind was first met.
    pub fn finish(self) -> Vec<Lost> {
        self.kinds.into_values().collect()
    }
}

impl Extend<Loss> for Losses {
    fn extend<T: IntoIterator<Item = Loss>>(&mut self, losses: T) {
        for loss in losses {
            self.add(&loss.what, &loss.reason, || loss.at);
        }
    }
}
