//! The components of the document, each under a reference of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::property;
use crate::digest::Algorithm;
use crate::document::scan::stated::bom_link;
use crate::document::scan::{ComponentView, ScanView, SupportView};
use crate::evidence::sbom::model::ComponentKind;
use crate::evidence::sbom::semantics::{CpeForm, check_cpe};

/// Where a component stands: the position of its file, and the place in it.
type Position = (usize, Option<u32>, String);

/// The components that the document speaks of.
pub(super) struct Inventory<'s> {
    scan: &'s ScanView,
    /// Positions of the files by path.
    files: BTreeMap<&'s str, usize>,
    taken: BTreeSet<String>,
    /// How many components each name was asked for by.
    counts: BTreeMap<String, usize>,
    components: BTreeMap<Position, (String, ComponentView)>,
    /// The product, where the scan is of one.
    main: Option<Position>,
}

impl<'s> Inventory<'s> {
    /// Begins with the products that were scanned.
    pub(super) fn of(scan: &'s ScanView) -> Self {
        let files = scan.files.iter().enumerate();
        let mut inventory = Self {
            scan,
            files: files
                .map(|(position, file)| (file.path.as_str(), position))
                .collect(),
            taken: BTreeSet::new(),
            counts: BTreeMap::new(),
            components: BTreeMap::new(),
            main: None,
        };
        for product in scan.files.iter().filter_map(|file| file.product.as_ref()) {
            inventory.reference(product);
            if scan.files.len() == 1 {
                inventory.main = Some(inventory.position(product));
            }
        }
        inventory
    }

    fn position(&self, component: &ComponentView) -> Position {
        let file = self.files.get(component.file.as_str()).copied();
        let at = &component.at;
        let pointer = at.pointer.clone().unwrap_or_default();
        let column = at.column.unwrap_or_default();
        (file.unwrap_or(0), at.line, format!("{pointer}:{column}"))
    }

    /// The reference of a component, which is its own where no other has it.
    pub(super) fn reference(&mut self, component: &ComponentView) -> String {
        let position = self.position(component);
        if let Some((reference, _)) = self.components.get(&position) {
            return reference.clone();
        }
        let version = component.version.as_deref().unwrap_or_default();
        let own = match (component.reference.as_str(), &component.purl) {
            ("", Some(purl)) => purl.clone(),
            ("", None) => format!("{}@{version}", component.name),
            (own, _) => own.to_owned(),
        };
        let own = if self.scan.files.len() > 1 {
            format!("{}/{own}", position.0 + 1)
        } else {
            own
        };
        let mut reference = own.clone();
        let count = self.counts.entry(own.clone()).or_insert(1);
        while !self.taken.insert(reference.clone()) {
            *count += 1;
            reference = format!("{own}#{count}");
        }
        let entry = (reference.clone(), component.clone());
        self.components.insert(position, entry);
        reference
    }

    /// The product, and the other components in the order in which they were found.
    pub(super) fn write(mut self, scan: &ScanView) -> (Option<Value>, Vec<Value>) {
        let mut ended: BTreeMap<&ComponentView, Vec<&SupportView>> = BTreeMap::new();
        for support in scan.supports.iter().filter(|one| one.is_ended()) {
            ended.entry(&support.component).or_default().push(support);
        }
        let main = self.main.take();
        let main = main.and_then(|position| self.components.remove(&position));
        let write = |(reference, component): &(String, ComponentView)| {
            let supports = ended.get(component).map_or(&[][..], Vec::as_slice);
            written(scan, reference, component, supports)
        };
        let others = self.components.values().map(write).collect();
        (main.as_ref().map(write), others)
    }
}

fn written(
    scan: &ScanView,
    reference: &str,
    component: &ComponentView,
    supports: &[&SupportView],
) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| {
        fields.insert(key.to_owned(), value);
    };
    put("type", kind(component.kind).into());
    put("bom-ref", reference.into());
    put("name", component.name.as_str().into());
    let texts = [
        ("group", &component.group),
        ("version", &component.version),
        ("purl", &component.purl),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            put(key, text.as_str().into());
        }
    }
    let mut cpes = component.cpes.iter();
    if let Some(cpe) = cpes.find(|cpe| check_cpe(cpe, CpeForm::Any).is_none()) {
        put("cpe", cpe.as_str().into());
    }
    let hashes: Vec<Value> = component.hashes.iter().filter_map(hash).collect();
    if !hashes.is_empty() {
        put("hashes", hashes.into());
    }
    let file = scan.files.iter().find(|file| file.path == component.file);
    let link = file.and_then(|file| {
        (!component.reference.is_empty())
            .then(|| bom_link(file, &component.reference))
            .flatten()
    });
    if let Some(link) = link {
        put("externalReferences", json!([{"type": "bom", "url": link}]));
    }
    if !supports.is_empty() {
        let properties = supports.iter().map(|one| {
            let until = one.until.as_deref().unwrap_or("a day that is not told");
            let text = format!("{} {} until {until}", one.product, one.cycle);
            property("support-ended", &text)
        });
        put("properties", properties.collect());
    }
    fields.into()
}

/// The word of CycloneDX 1.6, `component.type`; what it does not have, and what nobody states, is a library.
fn kind(kind: ComponentKind) -> &'static str {
    let word = ComponentKind::WORDS.iter().find(|(one, _)| *one == kind);
    match kind {
        ComponentKind::Specification
        | ComponentKind::Source
        | ComponentKind::Archive
        | ComponentKind::Install
        | ComponentKind::Other
        | ComponentKind::Unstated => "library",
        _ => word.map_or("library", |(_, word)| word),
    }
}

/// A digest, where CycloneDX 1.6 has the algorithm (`hash-alg`) and the value has its length.
fn hash((algorithm, value): &(String, String)) -> Option<Value> {
    let algorithm = Algorithm::from_name(algorithm)?;
    let is_value = value.len() == algorithm.length() * 2
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && algorithm != Algorithm::Sha224;
    is_value.then(|| json!({"alg": algorithm.name(), "content": value}))
}
