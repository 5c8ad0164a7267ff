//! Several documents held against one delivery: each may speak of a part of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{CrateName, Match};

/// The files that no document speaks of: in each document's list they, or an archive around them, stand.
pub fn unlisted<'m>(outcomes: &[&'m Match]) -> BTreeSet<&'m str> {
    let lists: Vec<BTreeSet<&str>> = outcomes
        .iter()
        .map(|outcome| {
            let files = outcome.delivery_only.iter();
            files.map(|file| file.path.as_str()).collect()
        })
        .collect();
    let stands = |list: &BTreeSet<&str>, path: &str| {
        let around = path.match_indices("!/").map(|(end, _)| path.get(..end));
        list.contains(path) || around.flatten().any(|outer| list.contains(outer))
    };
    let all = lists.iter().flatten().copied();
    all.filter(|path| lists.iter().all(|list| stands(list, path)))
        .collect()
}

/// What each program lists and no document names, by the program's path; a program all of whose crates are named has none.
pub fn embedded<'m>(outcomes: &[&'m Match]) -> BTreeMap<&'m str, BTreeSet<&'m CrateName>> {
    let mut found: BTreeMap<&str, BTreeSet<&CrateName>> = BTreeMap::new();
    for (number, outcome) in outcomes.iter().enumerate() {
        for list in &outcome.embedded {
            let missing: BTreeSet<_> = list.not_in_sbom.iter().collect();
            let known = found.entry(list.path.as_str());
            if number == 0 {
                known.or_default().extend(missing);
            } else {
                known.or_default().retain(|one| missing.contains(one));
            }
        }
    }
    found
}
