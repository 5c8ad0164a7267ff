//! Ties every statement to the parts that it speaks of, once for an inventory.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::inventory::Inventory;
use super::matching::{Budget, Found, Miss, Specificity, find};
use super::{Given, Triage};
use crate::diagnostic::Place;
use crate::evidence::vex::{Product, Statement};

/// In what way a statement speaks of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It names the part as its product.
    Product,
    /// It names the part as part of its product.
    Subcomponent,
    /// It names what the part is reached through only, or what the whole list is of.
    Enclosing,
}

/// A statement and a part that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The document, as [`Triage::documents`] lists them.
    pub document: usize,
    /// The statement in it.
    pub statement: usize,
    /// The product, or the part of it, in the document.
    pub at: Place,
    /// The position in the inventory.
    pub position: u32,
    /// In what way.
    pub how: How,
    /// How closely.
    pub specificity: Specificity,
    /// Whether nothing but vendor, name and version agree.
    pub is_weak: bool,
}

/// Why a statement binds to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The statement names no vulnerability.
    NoVulnerability,
    /// The statement names no product, or by nothing that can be looked up.
    NoIdentifier,
    /// Nothing in the SBOM is the product.
    NoProduct,
    /// The product is there, and nothing in it is the part.
    NoComponent,
    /// The product is there in another version or build.
    OtherVersion,
    /// The statement names a range whose versions have no order that is known.
    VersionUnordered,
    /// The statement links to another SBOM, or another version of this one.
    OtherSbom,
    /// The part is also reached past the product, where the statement says nothing of it, or no way from
    /// the product to the part is listed.
    ReachedOtherwise,
    /// The documents ask for more bindings than are made.
    TooMany,
    /// The product is there, and the vulnerability is not among the findings.
    NoFinding,
}

impl Reason {
    /// The word, as in machine output.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoVulnerability => "no-vulnerability",
            Self::NoIdentifier => "no-identifier",
            Self::NoProduct => "no-product",
            Self::NoComponent => "no-component",
            Self::OtherVersion => "other-version",
            Self::VersionUnordered => "version-unordered",
            Self::OtherSbom => "other-sbom",
            Self::ReachedOtherwise => "reached-otherwise",
            Self::TooMany => "too-many",
            Self::NoFinding => "no-finding",
        }
    }

    /// The reason in words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoVulnerability => "it names no vulnerability",
            Self::NoIdentifier => "it names no product that can be looked up",
            Self::NoProduct => "nothing in the SBOM is the product",
            Self::NoComponent => "the product is there, and nothing in it is the part",
            Self::OtherVersion => "the product is there in another version or build",
            Self::VersionUnordered => "the versions of the range have no order that is known",
            Self::OtherSbom => "it links to another SBOM, or to another version of this one",
            Self::ReachedOtherwise => {
                "the part is also reached past the product, or no way from the product to it is listed"
            }
            Self::TooMany => "the documents ask for more bindings than are made",
            Self::NoFinding => "the vulnerability is not among the findings",
        }
    }

    fn of(miss: Miss) -> Self {
        match miss {
            Miss::NoIdentifier => Self::NoIdentifier,
            Miss::NoProduct => Self::NoProduct,
            Miss::OtherSbom => Self::OtherSbom,
            Miss::OtherVersion => Self::OtherVersion,
            Miss::Unordered => Self::VersionUnordered,
            Miss::TooMany => Self::TooMany,
        }
    }
}

/// A statement, or one product of it, that binds to nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unbound {
    /// The document, as [`Triage::documents`] lists them.
    pub document: usize,
    /// The statement in it.
    pub statement: usize,
    /// The product, its part, or the statement as a whole.
    pub at: Place,
    /// Why.
    pub reason: Reason,
}

/// The bindings of a vulnerability, by index.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// By the position of the part that is named.
    pub(super) named: HashMap<u32, Vec<u32>, foldhash::fast::FixedState>,
    /// Those that speak of what is below a part as well.
    pub(super) enclosing: Vec<u32>,
}

/// Statements bound to an inventory.
#[derive(Debug)]
pub struct Bound<'t> {
    pub(super) triage: &'t Triage,
    pub(super) inventory: &'t Inventory,
    pub(super) bindings: Vec<Binding>,
    /// By vulnerability in lower case.
    pub(super) by_id: HashMap<String, Entry, foldhash::fast::FixedState>,
    unbound: Vec<Unbound>,
}

impl Triage {
    /// Ties the statements to an inventory.
    pub fn bind<'t>(&'t self, inventory: &'t Inventory) -> Bound<'t> {
        let mut bound = Bound {
            triage: self,
            inventory,
            bindings: Vec::new(),
            by_id: HashMap::default(),
            unbound: Vec::new(),
        };
        let mut budget = Budget::new();
        for (document, given) in self.documents().iter().enumerate() {
            for (index, statement) in given.document.statements.iter().enumerate() {
                bound.statement((document, given), (index, statement), &mut budget);
            }
        }
        bound
    }
}

impl Bound<'_> {
    fn statement(
        &mut self,
        (document, given): (usize, &Given),
        (index, statement): (usize, &Statement),
        budget: &mut Budget,
    ) {
        let first = self.bindings.len();
        let mut context = Context {
            document,
            statement: index,
            given,
            inventory: self.inventory,
            bindings: &mut self.bindings,
            unbound: &mut self.unbound,
            budget,
        };
        let ids: BTreeSet<String> = statement
            .vulnerability
            .iter()
            .map(|id| id.trim().to_lowercase())
            .collect();
        if ids.is_empty() {
            return context.miss(&statement.at, Reason::NoVulnerability);
        }
        if statement.products.is_empty() {
            context.miss(&statement.at, Reason::NoIdentifier);
        }
        for product in &statement.products {
            context.product(product);
        }
        for id in ids {
            let entry = self.by_id.entry(id).or_default();
            for (index, binding) in self.bindings.iter().enumerate().skip(first) {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                if binding.how != How::Enclosing {
                    entry.named.entry(binding.position).or_default().push(index);
                }
                if binding.how != How::Subcomponent {
                    entry.enclosing.push(index);
                }
            }
        }
    }

    /// What is bound, in the order of the documents and statements.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The statements and products that bind to nothing. Where the vulnerabilities that were found are
    /// given, statements on others are among them.
    pub fn unbound(&self, found: Option<&BTreeSet<String>>) -> Vec<Unbound> {
        let mut unbound = self.unbound.clone();
        if let Some(found) = found {
            let found: BTreeSet<String> = found.iter().map(|id| id.trim().to_lowercase()).collect();
            let bound: BTreeSet<_> = self
                .bindings
                .iter()
                .map(|one| (one.document, one.statement))
                .collect();
            for (document, index) in bound {
                let given = self.triage.documents().get(document);
                let statement = given.and_then(|one| one.document.statements.get(index));
                let Some(statement) = statement else { continue };
                let mut ids = statement.vulnerability.iter();
                if !ids.any(|id| found.contains(&id.trim().to_lowercase())) {
                    unbound.push(Unbound {
                        document,
                        statement: index,
                        at: statement.at.clone(),
                        reason: Reason::NoFinding,
                    });
                }
            }
            unbound.sort();
        }
        unbound
    }
}

/// What is being bound, and where the outcome goes.
struct Context<'c> {
    document: usize,
    statement: usize,
    given: &'c Given,
    inventory: &'c Inventory,
    bindings: &'c mut Vec<Binding>,
    unbound: &'c mut Vec<Unbound>,
    budget: &'c mut Budget,
}

impl Context<'_> {
    fn miss(&mut self, at: &Place, reason: Reason) {
        self.unbound.push(Unbound {
            document: self.document,
            statement: self.statement,
            at: at.clone(),
            reason,
        });
    }

    fn hit(&mut self, at: &Place, found: Found, how: How) {
        self.bindings.push(Binding {
            document: self.document,
            statement: self.statement,
            at: at.clone(),
            position: found.position,
            how,
            specificity: Specificity {
                component: true,
                version: found.version,
                by: found.by,
            },
            is_weak: found.is_weak,
        });
    }

    fn product(&mut self, product: &Product) {
        let found = match find(product, self.given, self.inventory, self.budget) {
            Ok(found) => found,
            Err(miss) => return self.miss(&product.at, Reason::of(miss)),
        };
        if product.subcomponents.is_empty() {
            for one in found {
                self.hit(&product.at, one, How::Product);
            }
            return;
        }
        for part in &product.subcomponents {
            self.part(part, &found);
        }
    }

    /// Binds a part of products that are there.
    fn part(&mut self, part: &Product, products: &[Found]) {
        let found = match find(part, self.given, self.inventory, self.budget) {
            Ok(found) => found,
            Err(Miss::NoProduct) => return self.miss(&part.at, Reason::NoComponent),
            Err(miss) => return self.miss(&part.at, Reason::of(miss)),
        };
        if !self.budget.take(found.len().saturating_mul(products.len())) {
            return self.miss(&part.at, Reason::TooMany);
        }
        let mut inside = Vec::new();
        for one in found {
            let product = products
                .iter()
                .filter(|product| self.inventory.is_through(product.position, one.position))
                .max_by_key(|product| product.by);
            // What is held by something known by name only is no better known.
            inside.extend(product.map(|product| Found {
                is_weak: one.is_weak || product.is_weak,
                ..one
            }));
        }
        if inside.is_empty() {
            return self.miss(&part.at, Reason::ReachedOtherwise);
        }
        if part.subcomponents.is_empty() {
            for one in inside {
                self.hit(&part.at, one, How::Subcomponent);
            }
            return;
        }
        // A part of a part (CSAF: a product in relation to one that is in relation to another).
        for one in &part.subcomponents {
            self.part(one, &inside);
        }
    }
}
