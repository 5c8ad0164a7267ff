//! Relationships: what is described, what is contained, what depends on what, and how complete that is.
//!
//! Source: SPDX 2.3, clause 11.

use std::collections::HashSet;

use super::Writer;
use crate::evidence::sbom::model::{Ref, Target};

/// Every relationship type of SPDX 2.3 (11.1, Table 68).
const TYPES: [&str; 45] = [
    "AMENDS",
    "ANCESTOR_OF",
    "BUILD_DEPENDENCY_OF",
    "BUILD_TOOL_OF",
    "CONTAINED_BY",
    "CONTAINS",
    "COPY_OF",
    "DATA_FILE_OF",
    "DEPENDENCY_MANIFEST_OF",
    "DEPENDENCY_OF",
    "DEPENDS_ON",
    "DESCENDANT_OF",
    "DESCRIBED_BY",
    "DESCRIBES",
    "DEV_DEPENDENCY_OF",
    "DEV_TOOL_OF",
    "DISTRIBUTION_ARTIFACT",
    "DOCUMENTATION_OF",
    "DYNAMIC_LINK",
    "EXAMPLE_OF",
    "EXPANDED_FROM_ARCHIVE",
    "FILE_ADDED",
    "FILE_DELETED",
    "FILE_MODIFIED",
    "GENERATED_FROM",
    "GENERATES",
    "HAS_PREREQUISITE",
    "METAFILE_OF",
    "OPTIONAL_COMPONENT_OF",
    "OPTIONAL_DEPENDENCY_OF",
    "OTHER",
    "PACKAGE_OF",
    "PATCH_APPLIED",
    "PATCH_FOR",
    "PREREQUISITE_FOR",
    "PROVIDED_DEPENDENCY_OF",
    "REQUIREMENT_DESCRIPTION_FOR",
    "RUNTIME_DEPENDENCY_OF",
    "SPECIFICATION_FOR",
    "STATIC_LINK",
    "TEST_CASE_OF",
    "TEST_DEPENDENCY_OF",
    "TEST_OF",
    "TEST_TOOL_OF",
    "VARIANT_OF",
];

type Seen = HashSet<(Target, &'static str, Target), foldhash::fast::FixedState>;

impl Writer<'_, '_> {
    pub(super) fn relationships(&mut self) {
        let sbom = self.sbom;
        let mut seen = Seen::default();
        self.json.list(Some("relationships"));
        if sbom.root.is_some() {
            _ = self.relate(&mut seen, Target::Document, "DESCRIBES", Target::Root);
        } else {
            self.losses.add(
                "no described element in the source",
                "SPDX 2.3 wants the document to describe one (11.1); none is written",
                crate::diagnostic::Place::whole,
            );
        }
        for (index, component) in sbom.components.iter().enumerate() {
            if let Some(parent) = component.parent {
                let child = Target::Component(u32::try_from(index).unwrap_or(u32::MAX));
                _ = self.relate(&mut seen, Target::Component(parent), "CONTAINS", child);
            }
        }
        for one in &sbom.relationships {
            let (from, to) = (
                sbom.references.target(one.from),
                sbom.references.target(one.to),
            );
            let known = TYPES.iter().find(|known| **known == one.kind);
            let (from, kind, to) = match (known, one.kind.as_str()) {
                (Some(kind), _) => (from, *kind, to),
                (None, "PROVIDES") => {
                    self.losses.add(
                        "what a component provides",
                        "SPDX 2.3 says that the one is a specification for the other",
                        || sbom.relationship_place(one),
                    );
                    (to, "SPECIFICATION_FOR", from)
                }
                (None, word) => {
                    let what = format!("the relationship {word}");
                    let reason = "SPDX 2.3 does not know it; `OTHER` is written";
                    self.losses
                        .add(&what, reason, || sbom.relationship_place(one));
                    (from, "OTHER", to)
                }
            };
            if let Err(reason) = self.relate(&mut seen, from, kind, to) {
                let place = || sbom.relationship_place(one);
                self.losses.add("a relationship", reason, place);
            }
        }
        self.completeness(&mut seen);
        self.json.end();
    }

    /// Writes a relationship once.
    fn relate(
        &mut self,
        seen: &mut Seen,
        from: Target,
        kind: &'static str,
        to: Target,
    ) -> Result<(), &'static str> {
        for end in [from, to] {
            match end {
                Target::Service(_) => return Err("SPDX 2.3 knows no services"),
                Target::External => {
                    return Err("SPDX 2.3 names another document only with its checksum");
                }
                Target::Missing => return Err("it leads to nothing in the source"),
                Target::Element => return Err("SPDX 2.3 has no place for the element it leads to"),
                _ => {}
            }
        }
        let (Some(first), Some(second)) = (self.names.get(from), self.names.get(to)) else {
            return Err("it leads to nothing in the source");
        };
        if seen.insert((from, kind, to)) {
            self.json.table(None);
            self.json.member("spdxElementId", first);
            self.json.member("relationshipType", kind);
            self.json.member("relatedSpdxElement", second);
            self.json.end();
        }
        Ok(())
    }

    /// Says how complete the lists are: `NONE` where there is no more than what is listed, `NOASSERTION`
    /// where that is not known (SPDX 2.3, 11.1).
    fn completeness(&mut self, seen: &mut Seen) {
        let sbom = self.sbom;
        for one in &sbom.compositions {
            let end = match one.aggregate.as_str() {
                "complete" => Target::Nothing,
                "not_specified" => continue,
                word => {
                    if !matches!(word, "incomplete" | "unknown") {
                        let what = format!("the completeness {word}");
                        let reason = "SPDX 2.3 only knows that more is not known";
                        self.losses.member(&what, reason, &one.at, "");
                    }
                    Target::NoAssertion
                }
            };
            let lists: [(&[Ref], &'static str); 2] = [
                (&one.assemblies, "CONTAINS"),
                (&one.dependencies, "DEPENDS_ON"),
            ];
            let mut is_said = false;
            for (references, kind) in lists {
                for reference in references {
                    let from = sbom.references.target(*reference);
                    is_said = true;
                    if let Err(reason) = self.relate(seen, from, kind, end) {
                        let what = "a statement of completeness";
                        self.losses.member(what, reason, &one.at, "");
                    }
                }
            }
            if !is_said {
                let what = "the completeness of the whole document";
                let reason = "SPDX 2.3 says it of single elements only";
                self.losses.member(what, reason, &one.at, "");
            }
        }
    }
}
