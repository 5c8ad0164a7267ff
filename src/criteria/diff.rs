//! The difference between two editions of a catalog: what was added, removed and changed, and whether each change is
//! tighter or looser for a supplier.
//!
//! A direction is said only where it follows from the change alone, as in [`super::overlay`]: a conjoined rule is tighter,
//! a longer validity is looser. Whatever needs judgment is *other*. Between a parent and the overlay over it this is the
//! difference report of Article 14 of the Common Model.

mod criterion;
mod rule;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use self::criterion::changes;
use super::Catalog;
use super::overlay::Relief;
use crate::digest::{Digest, canonical_json};
use crate::fact::vocabulary::{FactDefinition, Vocabulary};
use crate::id::{CriterionId, FactKey};
use crate::questionnaire::Questionnaires;
use crate::text::Text;

/// What a change means for a supplier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More is asked, or the same evidence is worth less.
    Tighter,
    /// Less is asked, or the same evidence is worth more.
    Looser,
    /// Neither follows from the change alone.
    Other,
}

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field, as in the file.
    pub field: String,
    /// What it means.
    pub direction: Direction,
    /// The old value; `null` where there was none.
    pub old: Value,
    /// The new value; `null` where there is none.
    pub new: Value,
}

impl FieldChange {
    fn new(field: &str, direction: Direction, old: impl Serialize, new: impl Serialize) -> Self {
        Self {
            field: field.to_owned(),
            direction,
            old: serde_json::to_value(old).unwrap_or_default(),
            new: serde_json::to_value(new).unwrap_or_default(),
        }
    }
}

/// A criterion that one edition has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OneSided {
    /// The criterion.
    pub id: CriterionId,
    /// Its title.
    pub title: Text,
    /// Tighter where it was added, looser where it was removed.
    pub direction: Direction,
    /// The overlay that added or dropped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The exception under which it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<Relief>,
}

/// A criterion that both editions have and that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedCriterion {
    /// The criterion.
    pub id: CriterionId,
    /// Its title in the new edition.
    pub title: Text,
    /// The fields that changed.
    pub changes: Vec<FieldChange>,
    /// The exceptions on which its loosening rests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Relief>,
}

/// A fact or question that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedItem {
    /// Its key.
    pub id: String,
    /// The fields that changed.
    pub changes: Vec<FieldChange>,
}

/// Facts or questions: added, removed, changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Items {
    /// What only the new edition has.
    pub added: Vec<String>,
    /// What only the old edition has.
    pub removed: Vec<String>,
    /// What differs.
    pub changed: Vec<ChangedItem>,
}

/// An edition, as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// Identifier of the catalog.
    pub id: String,
    /// Version, with the overlays behind `+`.
    pub version: String,
    /// Digest.
    pub digest: Digest,
    /// Overlays from the base up.
    pub layers: Vec<String>,
}

impl Edition {
    /// Names a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        Self {
            id: catalog.id.clone(),
            version: catalog.version.to_string(),
            digest: catalog.digest,
            layers: catalog.layers.iter().map(|one| one.id.clone()).collect(),
        }
    }
}

/// The difference of two editions, schema `mekiki/criteria-diff/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogDiff {
    /// The schema.
    pub schema: &'static str,
    /// The old edition.
    pub old: Edition,
    /// The new edition.
    pub new: Edition,
    /// Changes of the catalog itself.
    pub catalog: Vec<FieldChange>,
    /// Criteria that were added.
    pub added: Vec<OneSided>,
    /// Criteria that were removed.
    pub removed: Vec<OneSided>,
    /// Criteria that changed.
    pub changed: Vec<ChangedCriterion>,
    /// Facts and parameters.
    pub facts: Items,
    /// Questions, as `questionnaire/question`.
    pub questions: Items,
}

impl CatalogDiff {
    /// Whether nothing that judges or asks differs; versions may.
    pub fn is_empty(&self) -> bool {
        let items = |items: &Items| {
            items.added.is_empty() && items.removed.is_empty() && items.changed.is_empty()
        };
        self.catalog.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && items(&self.facts)
            && items(&self.questions)
    }

    /// How many changes of criteria and catalog have a direction.
    pub fn count(&self, direction: Direction) -> usize {
        let sided = self.added.iter().chain(&self.removed);
        let sided = sided.filter(|one| one.direction == direction).count();
        let changed = self.changed.iter().flat_map(|one| &one.changes);
        let fields = changed.chain(&self.catalog);
        sided + fields.filter(|one| one.direction == direction).count()
    }

    /// The criteria that may decide otherwise: those that differ, those that use a fact that differs, and scored ones
    /// under the catalog's caps where these differ.
    pub fn touched(&self, old: &Catalog, new: &Catalog) -> BTreeSet<CriterionId> {
        let facts: BTreeSet<_> = (self.facts.changed.iter().map(|one| &one.id))
            .chain(&self.facts.added)
            .chain(&self.facts.removed)
            .map(|key| FactKey(key.clone()))
            .collect();
        let caps = self.catalog.iter().any(|one| one.field == "caps");
        let by_caps = |criterion: &super::Criterion| {
            caps && criterion.caps.is_none() && criterion.stage().is_none()
        };
        let by_fact = |criterion: &super::Criterion| {
            let mut keys = criterion
                .rules()
                .into_iter()
                .flat_map(super::rule::Rule::keys);
            keys.any(|key| facts.contains(key))
        };
        let both = [old, new].into_iter().flat_map(|one| one.criteria.values());
        let indirect = both
            .filter(|one| by_caps(one) || by_fact(one))
            .map(|one| one.id.clone());
        let sided = self
            .added
            .iter()
            .chain(&self.removed)
            .map(|one| one.id.clone());
        let changed = self.changed.iter().map(|one| one.id.clone());
        indirect.chain(sided).chain(changed).collect()
    }
}

/// Compares two editions with their questionnaires.
pub fn compare(old: (&Catalog, &Questionnaires), new: (&Catalog, &Questionnaires)) -> CatalogDiff {
    let ((old, old_questions), (new, new_questions)) = (old, new);
    let dropped: Vec<_> = new
        .layers
        .iter()
        .flat_map(|layer| layer.dropped.iter().map(move |relief| (layer, relief)))
        .collect();
    let loosened: Vec<_> = new.layers.iter().flat_map(|one| &one.loosened).collect();
    let known: BTreeSet<_> = old
        .layers
        .iter()
        .flat_map(|one| &one.loosened)
        .map(|relief| &relief.exception)
        .collect();
    let only_in = |one: &Catalog, other: &Catalog, direction| {
        one.criteria
            .values()
            .filter(|criterion| !other.criteria.contains_key(&criterion.id))
            .map(|criterion| {
                let drop = dropped
                    .iter()
                    .find(|(_, relief)| relief.criterion == criterion.id)
                    .filter(|_| direction == Direction::Looser);
                let added = criterion.changes.first().map(|one| one.layer.clone());
                OneSided {
                    id: criterion.id.clone(),
                    title: criterion.title.clone(),
                    direction,
                    layer: drop
                        .map(|(layer, _)| layer.id.clone())
                        .or(added.filter(|_| direction == Direction::Tighter)),
                    exception: drop.map(|(_, relief)| (*relief).clone()),
                }
            })
            .collect::<Vec<_>>()
    };
    let changed = old.criteria.values().filter_map(|before| {
        let after = new.criteria.get(&before.id)?;
        let changes = changes(before, after, (&old.caps, &new.caps));
        let exceptions = loosened
            .iter()
            .filter(|relief| relief.criterion == before.id);
        (!changes.is_empty()).then(|| ChangedCriterion {
            id: before.id.clone(),
            title: after.title.clone(),
            changes,
            exceptions: exceptions
                .filter(|relief| !known.contains(&relief.exception))
                .map(|relief| (*relief).clone())
                .collect(),
        })
    });
    let changed = changed.collect();
    let mut catalog = Vec::new();
    if old.caps != new.caps {
        let direction = criterion::caps_direction(&old.caps, &new.caps);
        catalog.push(FieldChange::new("caps", direction, old.caps, new.caps));
    }
    CatalogDiff {
        schema: "mekiki/criteria-diff/v1",
        old: Edition::of(old),
        new: Edition::of(new),
        catalog,
        added: only_in(new, old, Direction::Tighter),
        removed: only_in(old, new, Direction::Looser),
        changed,
        facts: items(&facts(&old.vocabulary), &facts(&new.vocabulary)),
        questions: items(&questions(old_questions), &questions(new_questions)),
    }
}

type Described = std::collections::BTreeMap<String, serde_json::Map<String, Value>>;

/// Each fact as its fields.
fn facts(vocabulary: &Vocabulary) -> Described {
    let describe = |one: &FactDefinition| {
        let producers: Vec<_> = one.producers.iter().map(|one| one.word()).collect();
        let value = serde_json::json!({
            "type": one.kind.word(),
            "adverse": format!("{:?}", one.adverse).to_lowercase(),
            "producers": producers,
            "title": one.title,
            "unit": one.unit,
            "values": one.values,
        });
        (one.key.to_string(), object(value))
    };
    vocabulary.list().map(describe).collect()
}

/// Each question as its fields.
fn questions(questionnaires: &Questionnaires) -> Described {
    let mut described = Described::new();
    for questionnaire in questionnaires.values() {
        for (section, question) in questionnaire.questions() {
            let mut fields = object(serde_json::to_value(question).unwrap_or_default());
            fields.insert("section".to_owned(), section.id.clone().into());
            described.insert(format!("{}/{}", questionnaire.id, question.id), fields);
        }
    }
    described
}

fn object(value: Value) -> serde_json::Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

fn items(old: &Described, new: &Described) -> Items {
    let missing = |one: &Described, other: &Described| {
        let keys = one.keys().filter(|key| !other.contains_key(*key));
        keys.cloned().collect()
    };
    let changed = old.iter().filter_map(|(id, before)| {
        let after = new.get(id)?;
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let value = |fields: &serde_json::Map<String, Value>, key: &str| {
            fields.get(key).cloned().unwrap_or_default()
        };
        let changes: Vec<_> = keys
            .into_iter()
            .filter(|key| {
                let canonical = |fields| canonical_json(&value(fields, key));
                canonical(before) != canonical(after)
            })
            .map(|key| {
                let (old, new) = (value(before, key), value(after, key));
                FieldChange::new(key, Direction::Other, old, new)
            })
            .collect();
        (!changes.is_empty()).then(|| ChangedItem {
            id: id.clone(),
            changes,
        })
    });
    Items {
        added: missing(new, old),
        removed: missing(old, new),
        changed: changed.collect(),
    }
}
