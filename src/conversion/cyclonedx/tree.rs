//! What contains what, and what depends on what, found in one walk over the relationships.

use indexmap::{IndexMap, IndexSet};

use super::{Losses, Subjects};
use crate::evidence::sbom::model::{Relationship, Sbom, Target};

/// How deep components are nested; readers bear 127 levels of JSON, and each takes two.
const MAXIMUM_DEPTH: usize = 40;

type Set = IndexSet<usize, foldhash::fast::FixedState>;

/// What one subject depends on, and what it provides.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) depends: Set,
    pub(super) provides: Set,
}

/// The nesting and the dependencies.
#[derive(Debug)]
pub(super) struct Tree {
    /// What each subject is written inside of.
    parents: Vec<Option<usize>>,
    /// What is written inside of each subject.
    pub(super) children: Vec<Vec<usize>>,
    /// The dependencies of each subject that states any, in the order of the document.
    pub(super) needs: IndexMap<usize, Needs, foldhash::fast::FixedState>,
}

/// What a relationship says in the words of CycloneDX.
enum Said {
    /// The first contains the second, or the other way round.
    Contains(bool),
    /// The first depends on the second, or the other way round.
    Depends(bool),
    /// The first provides the second, or the other way round.
    Provides(bool),
    /// The document describes something.
    Describes(bool),
    Nothing,
}

impl Said {
    /// Source of the words: SPDX 2.3, 11.1, Table 68.
    fn by(kind: &str) -> Self {
        match kind {
            "CONTAINS" => Self::Contains(false),
            "CONTAINED_BY" | "PACKAGE_OF" | "OPTIONAL_COMPONENT_OF" => Self::Contains(true),
            "DEPENDS_ON" | "HAS_PREREQUISITE" | "STATIC_LINK" | "DYNAMIC_LINK" => {
                Self::Depends(false)
            }
            "PREREQUISITE_FOR" => Self::Depends(true),
            _ if kind.ends_with("DEPENDENCY_OF") => Self::Depends(true),
            "PROVIDES" => Self::Provides(false),
            "SPECIFICATION_FOR" => Self::Provides(true),
            "DESCRIBES" => Self::Describes(false),
            "DESCRIBED_BY" => Self::Describes(true),
            _ => Self::Nothing,
        }
    }
}

impl Tree {
    pub(super) fn of(sbom: &Sbom, subjects: &Subjects<'_>, losses: &mut Losses) -> Self {
        let count = subjects.count();
        let mut tree = Self {
            parents: vec![None; count],
            children: vec![Vec::new(); count],
            needs: IndexMap::default(),
        };
        for (index, component) in sbom.components.iter().enumerate() {
            if let (Some(parent), Some(slot)) = (component.parent, tree.parents.get_mut(index + 1))
            {
                *slot = Some(1 + parent as usize);
            }
        }
        for one in &sbom.relationships {
            tree.take(sbom, subjects, one, losses);
        }
        tree.nest();
        tree
    }

    fn take(
        &mut self,
        sbom: &Sbom,
        subjects: &Subjects<'_>,
        one: &Relationship,
        losses: &mut Losses,
    ) {
        let kind = one.kind.as_str();
        let place = || sbom.relationship_place(one);
        let said = Said::by(kind);
        let (from, to) = match said {
            Said::Contains(true)
            | Said::Depends(true)
            | Said::Provides(true)
            | Said::Describes(true) => (one.to, one.from),
            _ => (one.from, one.to),
        };
        let targets = (sbom.references.target(from), sbom.references.target(to));
        match (&said, targets) {
            (Said::Nothing, _) => {
                let what = format!("the relationship {kind}");
                losses.add(&what, "CycloneDX does not know it", place);
                return;
            }
            (Said::Describes(_), (_, Target::Root)) => return,
            (Said::Describes(_), _) => {
                let reason = "CycloneDX describes one component; this one is listed";
                losses.add("a further described element", reason, place);
                return;
            }
            // What it says of completeness stands in the compositions.
            (Said::Contains(_) | Said::Depends(_), (_, Target::Nothing | Target::NoAssertion)) => {
                if let Some(from) = subjects
                    .number(from)
                    .filter(|_| matches!(said, Said::Depends(_)))
                {
                    self.needs.entry(from).or_default();
                }
                return;
            }
            _ => {}
        }
        let named = |reference| {
            let number = subjects.number(reference)?;
            subjects.name(number).map(|_| number)
        };
        let (Some(outer), Some(inner)) = (named(from), named(to)) else {
            let reason = match targets {
                (Target::Missing, _) | (_, Target::Missing) => "it leads to nothing in the source",
                (Target::External, _) | (_, Target::External) => {
                    "it leads to another document that CycloneDX cannot name"
                }
                _ => "CycloneDX relates components only",
            };
            let what = format!("a relationship {kind}");
            losses.add(&what, reason, place);
            return;
        };
        match said {
            Said::Contains(_) => {
                if kind == "OPTIONAL_COMPONENT_OF" || kind == "PACKAGE_OF" {
                    let what = format!("the relationship {kind}");
                    losses.add(
                        &what,
                        "CycloneDX only knows that one contains the other",
                        place,
                    );
                }
                if !self.put_inside(outer, inner, subjects) {
                    let what = "that a component contains another one";
                    let reason = "CycloneDX nests a component in one other than the described one; it is written as a dependency";
                    losses.add(what, reason, place);
                    self.needs.entry(outer).or_default().depends.insert(inner);
                }
            }
            Said::Provides(_) => {
                self.needs.entry(outer).or_default().provides.insert(inner);
            }
            _ => {
                if kind != "DEPENDS_ON" && kind != "DEPENDENCY_OF" {
                    let what = format!("the kind of the dependency {kind}");
                    losses.add(
                        &what,
                        "CycloneDX only knows that one depends on the other",
                        place,
                    );
                }
                self.needs.entry(outer).or_default().depends.insert(inner);
            }
        }
    }

    /// Puts a subject inside of another one, if it can stand there.
    fn put_inside(&mut self, outer: usize, inner: usize, subjects: &Subjects<'_>) -> bool {
        if inner == 0 || outer == inner || (outer == 0 && !subjects.is_file(inner)) {
            return false;
        }
        if let Some(known) = self.parents.get(inner).copied().flatten() {
            return known == outer;
        }
        let (mut above, mut steps) = (Some(outer), 0);
        while let Some(number) = above {
            if number == inner || steps > MAXIMUM_DEPTH {
                return false;
            }
            above = self.parents.get(number).copied().flatten();
            steps += 1;
        }
        match self.parents.get_mut(inner) {
            Some(slot) => *slot = Some(outer),
            None => return false,
        }
        true
    }

    /// Turns parents into children. What would stand too deep stands at the top instead, and its
    /// containment becomes a dependency.
    fn nest(&mut self) {
        let count = self.parents.len();
        let mut depths: Vec<usize> = vec![usize::MAX; count];
        for number in 0..count {
            let mut chain = vec![number];
            while let Some(parent) = chain
                .last()
                .and_then(|last| self.parents.get(*last).copied().flatten())
                .filter(|parent| depths.get(*parent).copied() == Some(usize::MAX))
            {
                chain.push(parent);
            }
            while let Some(one) = chain.pop() {
                let parent = self.parents.get(one).copied().flatten();
                let above = parent.and_then(|parent| depths.get(parent).copied());
                let mut depth = above.map_or(0, |above| above + 1);
                if depth >= MAXIMUM_DEPTH {
                    depth = 0;
                    if let (Some(slot), Some(parent)) = (self.parents.get_mut(one), parent) {
                        *slot = None;
                        self.needs.entry(parent).or_default().depends.insert(one);
                    }
                }
                if let Some(slot) = depths.get_mut(one) {
                    *slot = depth;
                }
            }
        }
        for (number, parent) in self.parents.iter().enumerate() {
            if let Some(children) = parent.and_then(|parent| self.children.get_mut(parent)) {
                children.push(number);
            }
        }
    }

    /// Whether a subject stands at the top.
    pub(super) fn is_at_the_top(&self, number: usize) -> bool {
        self.parents.get(number).copied().flatten().is_none()
    }
}
