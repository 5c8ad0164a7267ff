//! Whether several SBOMs of one product say the same: as tendered and as delivered, or in two formats.

use super::{CITED, Delivered, Establishment, FactValue, Sboms};
use crate::comparison::{Comparison, Extent, compare, describe_the_same};
use crate::evidence::Citation;
use crate::fact::dossier::Dossier;

/// The fact.
const KEY: &str = "sbom.agree";

pub(super) fn establish(dossier: &Dossier<'_>, sboms: &Sboms, found: &mut Establishment) {
    if sboms.readable.len() < 2 {
        return;
    }
    // The first of each product; every other one of it is held against that.
    let mut firsts: Vec<&Delivered> = Vec::new();
    let mut citations: Vec<Citation> = Vec::new();
    let mut agree = true;
    for one in &sboms.readable {
        let first = firsts
            .iter()
            .find(|first| describe_the_same(&first.sbom, &one.sbom));
        let Some(first) = first else {
            firsts.push(one);
            continue;
        };
        let comparison = compare(&first.sbom, &one.sbom, Extent::Changed);
        agree &= comparison.same;
        citations.extend([first.citation.clone(), one.citation.clone()]);
        citations.extend(differing(first, one, &comparison));
    }
    if !citations.is_empty() {
        found.machine_fact(dossier, KEY, FactValue::Bool(agree), citations);
        return;
    }
    let nameless: Vec<_> = firsts
        .iter()
        .filter(|one| one.sbom.root.is_none())
        .map(|one| one.citation.clone())
        .collect();
    if !nameless.is_empty() {
        found.gap(KEY, "an SBOM does not say what it describes", nameless);
    }
}

/// The first places where two documents differ.
fn differing(a: &Delivered, b: &Delivered, comparison: &Comparison) -> Vec<Citation> {
    let pairs = comparison.pairs.iter().take(CITED);
    let added = comparison.added.iter().take(CITED);
    let removed = comparison.removed.iter().take(CITED);
    pairs
        .flat_map(|pair| [a.cite(pair.a.at.clone()), b.cite(pair.b.at.clone())])
        .chain(added.map(|item| b.cite(item.at.clone())))
        .chain(removed.map(|item| a.cite(item.at.clone())))
        .collect()
}
