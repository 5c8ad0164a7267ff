//! How findings are told: texts of documents made safe and short, lines for pointers, and a bound on their number.

use super::gather::Gathered;
use crate::acceptance::finding::{Effect, Finding};
use crate::diagnostic::Place;
use crate::digest::{Digest, Digester};
use crate::evidence::Citation;
use crate::text::messages::both;
use crate::text::{printable, shortened};

/// The most characters of a text of a document in one sentence.
const SHOWN: usize = 200;

/// How many places are cited of what one finding says of many.
pub(super) const CITED: usize = 8;

/// A text of a document as it may stand in a sentence.
pub(super) fn shown(text: &str) -> String {
    shortened(&printable(text.trim()), SHOWN)
}

/// Cites a place of the manifest, where there is one.
pub(super) fn in_manifest(gathered: &Gathered<'_>, at: Place) -> Option<Citation> {
    let (name, bytes) = gathered.request.manifest_file?;
    Some(Citation {
        sha256: Digest::of(bytes),
        file: name.to_owned(),
        at,
    })
}

/// Cites a place where there is one.
pub(super) fn citing(finding: Finding, citation: Option<Citation>) -> Finding {
    match citation {
        Some(citation) => finding.cite(citation),
        None => finding,
    }
}

/// Keeps the first `limit` findings, those that fail first, and puts one in the place of all others.
///
/// That one has the worst effect of the rest, so that the verdict stays right whatever keeps the others from counting, and
/// another fingerprint for another rest.
pub(super) fn bounded(check: &str, findings: Vec<Finding>, limit: usize) -> (Vec<Finding>, usize) {
    let mut findings = findings;
    findings.sort();
    findings.dedup();
    if findings.len() <= limit {
        return (findings, 0);
    }
    let rest = findings.split_off(limit);
    let effect = rest.iter().map(|one| one.effect).min();
    let mut prints: Vec<Digest> = rest.iter().map(|one| one.fingerprint).collect();
    prints.sort();
    let mut digester = Digester::default();
    for print in prints {
        digester.update(print.hex().as_bytes());
    }
    let count = rest.len().to_string();
    let message = both("verify-more", &[("count", &count)]);
    let subject = format!("{check}: +{count}");
    let more = Finding::new(check, effect.unwrap_or(Effect::Notes), subject, message)
        .distinguished_by(&[&digester.finish().hex()]);
    findings.push(more);
    (findings, rest.len())
}

/// Gives the places of findings in JSON documents, which have a pointer, their lines too.
pub(super) fn find_lines<'d>(
    findings: &mut [Finding],
    documents: impl IntoIterator<Item = (Digest, &'d [u8])>,
) {
    let mut seen: Vec<Digest> = Vec::new();
    for (sha256, bytes) in documents {
        if seen.contains(&sha256) {
            continue;
        }
        seen.push(sha256);
        let citations = findings.iter_mut().flat_map(|one| &mut one.citations);
        let own = citations.filter(|one| one.sha256 == sha256);
        let places: Vec<_> = own
            .map(|one| &mut one.at)
            .filter(|at| at.line.is_none() && at.pointer.is_some())
            .collect();
        if !places.is_empty() {
            crate::evidence::sbom::find_lines_of(bytes, places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn finding(effect: Effect, subject: &str) -> Finding {
        Finding::new("x", effect, subject, Text::default())
    }

    #[test]
    fn the_rest_keeps_its_worst_effect_and_its_identity() {
        let many = |last: &str| {
            let mut all: Vec<_> = (0..9)
                .map(|index| finding(Effect::Fails, &format!("{index}")))
                .collect();
            all.push(finding(Effect::Warns, last));
            all
        };
        let (kept, rest) = bounded("x", many("w"), 4);
        assert_eq!((kept.len(), rest), (5, 6));
        assert_eq!(kept[4].effect, Effect::Fails);
        let (other, _) = bounded("x", many("v"), 4);
        assert_ne!(kept[4].fingerprint, other[4].fingerprint);
        let mut turned = many("w");
        turned.reverse();
        assert_eq!(bounded("x", turned, 4).0, kept);
        assert_eq!(bounded("x", many("w"), 10), bounded("x", many("w"), 99));
    }
}
