//! Lines for places that only a JSON pointer tells, for forms that are shown at a line.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use crate::acceptance::report::Report;
use crate::diagnostic::Place;
use crate::document::scan::sarif::PER_RULE;
use crate::evidence::sbom;
use crate::folder::read_delivered;

/// Gives every place that a form shows its line, also where a JSON pointer tells the place; of a check no more than
/// [`PER_RULE`] findings are shown. Files are looked for below `root`; one that cannot be read again keeps its pointers.
pub fn find_lines(report: &mut Report, root: &Path) {
    let mut places: BTreeMap<String, Vec<&mut Place>> = BTreeMap::new();
    for group in &mut report.groups {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &mut group.findings {
            let count = counts.entry(&finding.check).or_default();
            *count += 1;
            if *count > PER_RULE {
                continue;
            }
            for citation in &mut finding.citations {
                let at = &mut citation.at;
                if at.line.is_none() && at.pointer.is_some() && at.sheet.is_none() {
                    places.entry(citation.file.clone()).or_default().push(at);
                }
            }
        }
    }
    for (file, places) in places {
        let mut steps = Path::new(&file).components();
        if steps.any(|step| !matches!(step, Component::Normal(_) | Component::CurDir)) {
            continue;
        }
        if let Ok(bytes) = read_delivered(&root.join(&file).display().to_string()) {
            sbom::find_lines_of(&bytes, places);
        }
    }
}
