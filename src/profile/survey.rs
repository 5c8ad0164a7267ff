//! What the relationships of a document say of each component, found in one walk.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::evidence::sbom::model::{Component, Format, Ref, Sbom, Target};

/// A component is the other's part, or the other depends on it.
const INCLUDED: u8 = 1;
/// A chain of inclusions leads from what the document describes to it.
const REACHED: u8 = 1 << 1;
/// A dependency of it, or on it, leads nowhere at its other end.
const DANGLING: u8 = 1 << 2;
/// The document says how complete its dependencies are.
const COMPLETENESS: u8 = 1 << 3;
/// It includes something, or the document says that it includes nothing.
const INCLUDES: u8 = 1 << 4;
/// It is the file that a component is distributed as.
const CARRIER: u8 = 1 << 5;

/// What speaks to whom: the walk over a document that every profile's judgment shares.
///
/// A subject is a number: 0 is the root, then come the components, then the files.
#[derive(Debug)]
pub struct Survey<'a> {
    /// The document.
    pub sbom: &'a Sbom,
    flags: Vec<u8>,
    /// The files that a component consists of when distributed, by subject.
    carriers: HashMap<usize, Vec<u32>, FixedState>,
    /// Whether the document says of itself as a whole how complete it is, and whether it is complete.
    whole: Option<bool>,
}

impl<'a> Survey<'a> {
    /// Walks the relationships and compositions of a document, in time linear to their number.
    pub fn of(sbom: &'a Sbom) -> Self {
        let subjects = 1 + sbom.components.len() + sbom.files.len();
        let mut survey = Self {
            sbom,
            flags: vec![0; subjects],
            carriers: HashMap::default(),
            whole: None,
        };
        let edges = survey.relationships();
        survey.compositions();
        survey.reach(&edges);
        survey
    }

    /// The subject that a reference leads to.
    fn subject(&self, target: Target) -> Option<usize> {
        match target {
            Target::Root => Some(0),
            Target::Component(index) => Some(1 + index as usize),
            Target::File(index) => Some(1 + self.sbom.components.len() + index as usize),
            _ => None,
        }
    }

    fn mark(&mut self, subject: usize, flag: u8) {
        if let Some(flags) = self.flags.get_mut(subject) {
            *flags |= flag;
        }
    }

    fn has(&self, subject: usize, flag: u8) -> bool {
        self.flags
            .get(subject)
            .is_some_and(|flags| flags & flag != 0)
    }

    /// Notes what every relationship says; returns the inclusions between subjects.
    fn relationships(&mut self) -> Vec<(u32, u32)> {
        let sbom = self.sbom;
        let mut edges = Vec::with_capacity(sbom.relationships.len());
        for one in &sbom.relationships {
            let Some(relation) = Relation::of(&one.kind) else {
                continue;
            };
            let (outer, inner) = match relation {
                Relation::Dependency { turned: true } | Relation::Part { turned: true } => {
                    (one.to, one.from)
                }
                _ => (one.from, one.to),
            };
            let (outer, inner) = (sbom.references.target(outer), sbom.references.target(inner));
            if matches!(relation, Relation::Carrier) {
                if let (Some(component), Target::File(file)) = (self.subject(outer), inner) {
                    self.carriers.entry(component).or_default().push(file);
                    let file = 1 + sbom.components.len() + file as usize;
                    self.mark(file, INCLUDED | CARRIER);
                }
                continue;
            }
            self.note(outer, inner, &mut edges);
        }
        for (index, component) in sbom.components.iter().enumerate() {
            if let Some(parent) = component.parent {
                self.note(
                    Target::Component(parent),
                    Target::Component(narrow(index)),
                    &mut edges,
                );
            }
        }
        edges
    }

    fn note(&mut self, outer: Target, inner: Target, edges: &mut Vec<(u32, u32)>) {
        let outer_subject = self.subject(outer);
        match inner {
            // SPDX 2.3, 11.1: NONE says that there is no related element, NOASSERTION that it is not said.
            Target::Nothing | Target::NoAssertion => {
                if let Some(outer) = outer_subject {
                    self.mark(outer, COMPLETENESS);
                    if inner == Target::Nothing {
                        self.mark(outer, INCLUDES);
                    }
                }
            }
            Target::Missing => {
                if let Some(outer) = outer_subject {
                    self.mark(outer, DANGLING);
                }
            }
            _ => {
                let inner_subject = self.subject(inner);
                if let Some(outer) = outer_subject
                    && inner_subject != Some(outer)
                {
                    self.mark(outer, INCLUDES);
                }
                let Some(inner) = inner_subject else { return };
                match (outer_subject, outer) {
                    (Some(outer), _) if outer != inner => {
                        self.mark(inner, INCLUDED);
                        edges.push((narrow(outer), narrow(inner)));
                    }
                    // What the document itself contains or describes has its place, as has what another
                    // document's element includes or a service uses; but that the document describes its
                    // root relates the root to no other component.
                    (None, Target::Document) if inner != 0 => self.mark(inner, INCLUDED | REACHED),
                    (None, Target::External | Target::Service(_)) => self.mark(inner, INCLUDED),
                    // A dependency of something that is not there: nobody knows of what.
                    (None, Target::Missing) => self.mark(inner, DANGLING),
                    _ => {}
                }
            }
        }
    }

    fn compositions(&mut self) {
        let sbom = self.sbom;
        for one in &sbom.compositions {
            // CycloneDX: `not_specified` says nothing of completeness.
            if one.aggregate == "not_specified" {
                continue;
            }
            if one.assemblies.is_empty() && one.dependencies.is_empty() {
                let complete = one.aggregate == "complete";
                self.whole = Some(self.whole.unwrap_or(false) || complete);
            }
            for reference in one.assemblies.iter().chain(&one.dependencies) {
                if let Some(subject) = self.subject_of(*reference) {
                    self.mark(subject, COMPLETENESS);
                    if one.aggregate == "complete" {
                        self.mark(subject, INCLUDES);
                    }
                }
            }
        }
    }

    fn subject_of(&self, reference: Ref) -> Option<usize> {
        self.subject(self.sbom.references.target(reference))
    }

    /// Marks what can be reached from the root and from what the document describes.
    fn reach(&mut self, edges: &[(u32, u32)]) {
        if self.sbom.root.is_some() {
            self.mark(0, REACHED);
        }
        let count = self.flags.len();
        let mut first = vec![0_u32; count + 1];
        for (outer, _) in edges {
            if let Some(slot) = first.get_mut(*outer as usize + 1) {
                *slot += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut first {
            sum += *slot;
            *slot = sum;
        }
        let mut next = first.clone();
        let mut inner_of = vec![0_u32; edges.len()];
        for (outer, inner) in edges {
            if let Some(slot) = next.get_mut(*outer as usize) {
                if let Some(place) = inner_of.get_mut(*slot as usize) {
                    *place = *inner;
                }
                *slot += 1;
            }
        }
        let mut open: Vec<u32> = (0..count)
            .filter(|subject| self.has(*subject, REACHED))
            .map(narrow)
            .collect();
        while let Some(subject) = open.pop() {
            let subject = subject as usize;
            let (Some(from), Some(to)) = (first.get(subject), first.get(subject + 1)) else {
                continue;
            };
            for inner in inner_of.get(*from as usize..*to as usize).unwrap_or(&[]) {
                if !self.has(*inner as usize, REACHED) {
                    self.mark(*inner as usize, REACHED);
                    open.push(*inner);
                }
            }
        }
    }

    /// The component or file behind a subject.
    pub fn component(&self, subject: usize) -> Option<&'a Component> {
        let Some(index) = subject.checked_sub(1) else {
            return self.sbom.root.as_ref();
        };
        match index.checked_sub(self.sbom.components.len()) {
            None => self.sbom.components.get(index),
            Some(file) => self.sbom.files.get(file),
        }
    }

    /// Whether something includes a subject; the root needs nothing that does.
    pub fn is_included(&self, subject: usize) -> bool {
        subject == 0 || self.has(subject, INCLUDED)
    }

    /// Whether a chain of inclusions leads from what the document describes to a subject.
    pub fn is_reached(&self, subject: usize) -> bool {
        self.has(subject, REACHED)
    }

    /// Whether a dependency of a subject, or on it, leads nowhere at its other end.
    pub fn is_dangling(&self, subject: usize) -> bool {
        self.has(subject, DANGLING)
    }

    /// Whether the document says how complete a subject's dependencies are.
    pub fn states_completeness(&self, subject: usize) -> bool {
        self.whole.is_some() || self.has(subject, COMPLETENESS)
    }

    /// Whether a subject has a relationship of inclusion in either direction, or the document says that
    /// it includes nothing.
    pub fn is_related(&self, subject: usize) -> bool {
        self.whole == Some(true) || self.has(subject, INCLUDES | INCLUDED)
    }

    /// Whether the document says that it lists everything there is.
    pub fn claims_completeness(&self) -> bool {
        self.whole == Some(true) || self.has(0, COMPLETENESS) && self.has(0, INCLUDES)
    }

    /// Whether the document names what it describes and nothing else, and says not that this is all.
    pub fn says_nothing(&self) -> bool {
        let sbom = self.sbom;
        sbom.components.is_empty()
            && (1..=sbom.files.len()).all(|file| self.is_carrier(file))
            && !self.is_related(0)
            && !self.is_dangling(0)
    }

    /// The files that a component consists of when it is distributed.
    ///
    /// Source: SPDX 2.3, 11.1 `DISTRIBUTION_ARTIFACT`; SPDX 3.0.1 `hasDistributionArtifact`.
    pub fn carriers(&self, subject: usize) -> impl Iterator<Item = &'a Component> + use<'a, '_> {
        self.carriers
            .get(&subject)
            .into_iter()
            .flatten()
            .filter_map(|file| self.sbom.files.get(*file as usize))
    }

    /// Whether a subject is no element of its own, but the file that a component is distributed as.
    pub fn is_carrier(&self, subject: usize) -> bool {
        self.has(subject, CARRIER)
    }

    /// Whether the document is SPDX.
    pub fn is_spdx(&self) -> bool {
        self.sbom.format == Format::Spdx
    }
}

/// Texts about which a question was asked, with the answer: a document repeats few licenses many times.
#[derive(Debug, Default)]
pub struct Answers<'a>(RefCell<HashMap<&'a str, bool, FixedState>>);

impl<'a> Answers<'a> {
    /// The answer, asked for once for each text.
    pub fn once(&self, text: &'a str, ask: impl FnOnce(&str) -> bool) -> bool {
        if let Some(known) = self.0.borrow().get(text) {
            return *known;
        }
        let answer = ask(text);
        self.0.borrow_mut().insert(text, answer);
        answer
    }
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// What a relationship says of inclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// One needs the other; `turned` where the needed one comes first.
    Dependency {
        /// Whether the needed one comes first.
        turned: bool,
    },
    /// One is a part of the other; `turned` where the part comes first.
    Part {
        /// Whether the part comes first.
        turned: bool,
    },
    /// The second is the file in which the first is distributed.
    Carrier,
}

impl Relation {
    /// Source of the words: SPDX 2.3, 11.1, Table 68.
    fn of(kind: &str) -> Option<Self> {
        let turned = |turned| Some(Self::Part { turned });
        match kind {
            "DEPENDS_ON" | "HAS_PREREQUISITE" | "STATIC_LINK" | "DYNAMIC_LINK" | "PROVIDES" => {
                Some(Self::Dependency { turned: false })
            }
            // A provider depends on the specification that it implements: the way in which SPDX says what
            // CycloneDX calls `provides`.
            "PREREQUISITE_FOR" | "SPECIFICATION_FOR" => Some(Self::Dependency { turned: true }),
            "CONTAINS" | "DESCRIBES" => turned(false),
            "CONTAINED_BY"
            | "DESCRIBED_BY"
            | "OPTIONAL_COMPONENT_OF"
            | "PACKAGE_OF"
            | "BUILD_TOOL_OF"
            | "DEV_TOOL_OF"
            | "TEST_TOOL_OF" => turned(true),
            "DISTRIBUTION_ARTIFACT" => Some(Self::Carrier),
            _ if kind.ends_with("DEPENDENCY_OF") => Some(Self::Dependency { turned: true }),
            _ => None,
        }
    }
}
