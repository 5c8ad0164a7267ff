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
    ///
    /// Losses that differ in what is quoted only are of one kind, which is told without the quotes' content.
    pub fn add(&mut self, what: &str, reason: &str, at: impl FnOnce() -> Place) {
        self.key.clear();
        let mut is_quoted = false;
        for part in what.split('`') {
            self.key.push_str(if is_quoted { "`…`" } else { part });
            is_quoted = !is_quoted;
        }
        let general = self.key.len();
        self.key.push('\n');
        self.key.push_str(reason);
        let new = || Lost {
            what: what.to_owned(),
            reason: reason.to_owned(),
            count: 0,
            at: Vec::new(),
        };
        let lost = match self.kinds.get_index_of(self.key.as_str()) {
            Some(index) => self.kinds.get_index_mut(index).map(|(_, lost)| lost),
            None => Some(self.kinds.entry(self.key.clone()).or_insert_with(new)),
        };
        let Some(lost) = lost else { return };
        if lost.count > 0 && lost.what != what {
            self.key.truncate(general);
            lost.what.clone_from(&self.key);
        }
        lost.count += 1;
        if lost.at.len() < Lost::LISTED {
            lost.at.push(at());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_of_one_kind_are_told_once() {
        let mut losses = Losses::default();
        for name in ["a", "b"] {
            let what = format!("the group `{name}` of `x`");
            losses.add(&what, "no place", Place::whole);
        }
        losses.add("the scope `optional`", "no place", Place::whole);
        let told: Vec<_> = losses
            .finish()
            .into_iter()
            .map(|lost| (lost.what, lost.count))
            .collect();
        assert_eq!(
            told,
            [
                ("the group `…` of `…`".to_owned(), 2),
                ("the scope `optional`".to_owned(), 1)
            ]
        );
    }
}
