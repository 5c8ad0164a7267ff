//! Vulnerabilities, with what is said of each for the elements that it touches.

use compact_str::CompactString;

use super::class::{Class, local_name};
use super::graph::{entries, plain};
use super::{Reader, member, member_text};
use crate::evidence::sbom::model::{Ref, Site, Vulnerability};
use crate::tape::Item;

/// With how many earlier statements on a vulnerability a further one is compared.
const COMPARED: usize = 32;

impl<'t> Reader<'t> {
    /// Reads a vulnerability by itself.
    pub(super) fn read_vulnerability(&mut self, index: usize) {
        let Some(element) = self.graph.elements.get(index) else {
            return;
        };
        let item = element.item;
        let mut vulnerability = Vulnerability {
            at: Site::pointer(element.pointer()),
            ..Vulnerability::default()
        };
        let identifiers = member(item, "externalIdentifier")
            .into_iter()
            .flat_map(entries);
        let mut names: Vec<&str> = Vec::new();
        for identifier in identifiers {
            let word = member_text(identifier, "externalIdentifierType").map(local_name);
            let Some(value) = member_text(identifier, "identifier") else {
                continue;
            };
            // An identifier of the CVE program is what others look for, so it goes first.
            match word {
                Some("cve") => names.insert(0, value),
                _ => names.push(value),
            }
        }
        let title = member_text(item, "name").filter(|name| !name.contains(' '));
        names.extend(title);
        if names.is_empty() {
            names.extend(member_text(item, "name"));
        }
        if let Some(reference) = element.reference.filter(|_| names.is_empty()) {
            names.push(self.graph.references.name(reference));
        }
        let mut names = names.into_iter();
        vulnerability.id = names.next().unwrap_or_default().into();
        for name in names {
            let is_new =
                name != vulnerability.id && !vulnerability.aliases.iter().any(|one| one == name);
            if is_new {
                vulnerability.aliases.push(name.into());
            }
        }
        let description = member_text(item, "description").or_else(|| member_text(item, "summary"));
        vulnerability.detail = description.map(CompactString::from);
        for reference in member(item, "externalRef").into_iter().flat_map(entries) {
            if member_text(reference, "externalRefType").map(local_name) == Some("cwe") {
                let locators = member(reference, "locator").into_iter().flat_map(entries);
                vulnerability
                    .weaknesses
                    .extend(locators.filter_map(plain).filter_map(weakness));
            }
        }
        self.sbom.vulnerabilities.push(vulnerability);
    }

    /// Reads every assessment. A vulnerability of which several things are said for different elements
    /// stands in the model once for each.
    pub(super) fn read_assessments(&mut self) {
        let elements = self.graph.elements.iter().enumerate();
        let mut places = std::collections::HashMap::<usize, Vec<usize>>::new();
        let vulnerabilities = elements.filter(|(_, one)| one.class == Some(Class::Vulnerability));
        for (position, (index, _)) in vulnerabilities.enumerate() {
            places.insert(index, vec![position]);
        }
        if places.is_empty() {
            return;
        }
        for index in 0..self.graph.elements.len() {
            let Some(class) = self.class(index).filter(|class| class.is_relationship()) else {
                continue;
            };
            let Some(item) = self.item(index) else {
                continue;
            };
            let word = member_text(item, "relationshipType").map(local_name);
            let is_turned = word == Some("hasAssociatedVulnerability");
            if !class.is_vulnerability_assessment() && !is_turned {
                continue;
            }
            let from = member(item, "from");
            let to: Vec<_> = member(item, "to").into_iter().flat_map(entries).collect();
            let (subjects, affected): (Vec<_>, Vec<_>) = if is_turned {
                (to, from.into_iter().collect())
            } else {
                (from.into_iter().collect(), to)
            };
            let affected: Vec<Ref> = affected
                .into_iter()
                .chain(member(item, "assessedElement"))
                .filter_map(|value| self.graph.reference(value))
                .collect();
            for subject in subjects {
                let found = self.graph.find(subject);
                if let Some(places) = found.and_then(|found| places.get_mut(&found)) {
                    self.assess(places, class, item, &affected);
                }
            }
        }
        for vulnerability in &mut self.sbom.vulnerabilities {
            let mut seen = std::collections::HashSet::new();
            vulnerability.affects.retain(|one| seen.insert(*one));
        }
    }

    fn assess(&mut self, places: &mut Vec<usize>, class: Class, item: Item<'t>, affected: &[Ref]) {
        let state = match class {
            Class::VexAffected => Some("exploitable"),
            Class::VexNotAffected => Some("not_affected"),
            Class::VexFixed => Some("resolved"),
            Class::VexUnderInvestigation => Some("in_triage"),
            _ => None,
        };
        let Some(state) = state else {
            let rating = rating(item);
            for place in places {
                if let Some(vulnerability) = self.sbom.vulnerabilities.get_mut(*place) {
                    vulnerability.ratings.extend(rating.clone());
                    vulnerability.affects.extend(affected);
                }
            }
            return;
        };
        let justification = member_text(item, "justificationType").map(local_name);
        let detail = ["actionStatement", "impactStatement", "statusNotes"];
        let detail = detail.into_iter().find_map(|key| member_text(item, key));
        let says = |one: &Vulnerability| {
            one.state.as_deref() == Some(state)
                && one.justification.as_deref() == justification
                && (detail.is_none() || one.detail.as_deref() == detail)
        };
        let vulnerabilities = &mut self.sbom.vulnerabilities;
        let known = places.iter().rev().take(COMPARED).copied().find(|place| {
            let one = vulnerabilities.get(*place);
            one.is_some_and(|one| one.state.is_none() || says(one))
        });
        let place = known.unwrap_or_else(|| {
            let first = places.first().and_then(|first| vulnerabilities.get(*first));
            let mut another = first.cloned().unwrap_or_default();
            another.affects.clear();
            another.detail = None;
            vulnerabilities.push(another);
            places.push(vulnerabilities.len() - 1);
            vulnerabilities.len() - 1
        });
        if let Some(vulnerability) = vulnerabilities.get_mut(place) {
            vulnerability.state = Some(state.into());
            vulnerability.justification = justification.map(CompactString::from);
            if let Some(detail) = detail {
                vulnerability.detail = Some(detail.into());
            }
            vulnerability.affects.extend(affected);
        }
    }
}

/// A rating as (method, vector, severity); `None` for what rates nothing.
fn rating(item: Item<'_>) -> Option<[CompactString; 3]> {
    let class = item
        .get("type")
        .or_else(|| item.get("@type"))
        .and_then(plain);
    let vector = member_text(item, "vectorString").unwrap_or_default();
    let severity = member_text(item, "severity")
        .map(local_name)
        .unwrap_or_default();
    let (method, vector) = match class.map(local_name)? {
        "CvssV2VulnAssessmentRelationship" => ("CVSSv2", vector.into()),
        "CvssV3VulnAssessmentRelationship" if vector.starts_with("CVSS:3.1") => {
            ("CVSSv31", vector.into())
        }
        "CvssV3VulnAssessmentRelationship" => ("CVSSv3", vector.into()),
        "CvssV4VulnAssessmentRelationship" => ("CVSSv4", vector.into()),
        "EpssVulnAssessmentRelationship" => {
            let probability = member(item, "probability")?;
            let text = probability
                .number()
                .or_else(|| plain(probability).map(str::to_owned));
            ("EPSS", CompactString::from(text?))
        }
        "SsvcVulnAssessmentRelationship" => (
            "SSVC",
            member_text(item, "decisionType").map(local_name)?.into(),
        ),
        _ => return None,
    };
    Some([method.into(), vector, severity.into()])
}

/// The number of a weakness in an address or name such as `CWE-79`.
fn weakness(locator: &str) -> Option<u32> {
    let end = locator
        .trim_end_matches(".html")
        .rsplit(['/', '-', ':'])
        .next()?;
    end.parse().ok()
}
