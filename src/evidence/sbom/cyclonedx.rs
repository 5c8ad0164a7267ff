//! CycloneDX 1.2 to 1.7 in the shape of its JSON, whatever it was written in, into the model.
//!
//! Whether the shape is right is asked of the tables ([`super::validity`]); here stands what a table
//! cannot say: references, and values that mean something. Source: the reference of each version
//! (ECMA-424 for 1.6 and 1.7).

mod component;
pub mod left_out;
mod metadata;
pub mod protobuf;
mod statement;
pub mod xml;

use crate::diagnostic::{Diagnostic, Findings, Place, Severity};
use crate::tape::{Addressing, Item, Lines, Shape, Step, Tape, push_step};

use super::model::{
    Composition, Format, Parties, Position, Ref, Relationship, Sbom, Service, Site, Target,
};
use super::semantics::Licenses;

/// The versions that are read. 1.0 and 1.1 exist in XML only.
pub const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The version that a document names.
///
/// # Errors
///
/// `cyclonedx-version` when it names none or one that is not read.
pub fn version_of(root: Item<'_>) -> Result<&str, Diagnostic> {
    let member = root.get("specVersion");
    match member.and_then(Item::text) {
        Some(version) if VERSIONS.contains(&version) => Ok(version),
        Some(version) => Err(Diagnostic::error(
            "cyclonedx-version",
            Place::pointer("/specVersion"),
            format!("CycloneDX `{version}` is not a version that is read"),
        )
        .help(format!("the versions read are {}", VERSIONS.join(", ")))),
        None => {
            let found = member.map_or("nothing", |member| member.shape().name());
            Err(Diagnostic::error(
                "cyclonedx-version",
                Place::pointer("/specVersion"),
                format!("`specVersion` must be a text, found {found}"),
            )
            .help("state the version of the specification, such as `1.6`"))
        }
    }
}

/// Reads what a document says into the model.
///
/// # Errors
///
/// `cyclonedx-version`, see [`version_of`].
pub fn build(tape: &Tape<'_>) -> Result<(Sbom, Vec<Diagnostic>), Diagnostic> {
    let root = tape.root();
    let version = version_of(root)?;
    let mut reader = Reader {
        sbom: Sbom::new(Format::CycloneDx, version),
        expressions: Licenses::default(),
        findings: Findings::new(),
        path: String::new(),
        lines: (tape.addressing() == Addressing::Line).then(|| Lines::new(tape.source())),
        entries: Vec::new(),
        parties: Parties::default(),
    };
    reader.names(tape);
    reader.document(root);
    reader.resolve();
    reader.childless();
    Ok((reader.sbom, reader.findings.finish()))
}

/// Fills the model; `path` is the JSON pointer of what is being read.
struct Reader<'t> {
    sbom: Sbom,
    expressions: Licenses<'t>,
    findings: Findings,
    path: String,
    lines: Option<Lines<'t>>,
    /// The depending element of each entry of `dependencies`, with the entry's place.
    entries: Vec<(Ref, Position)>,
    parties: Parties,
}

impl<'t> Reader<'t> {
    /// Runs `read` with a step more in the path.
    fn below<T>(&mut self, step: Step<'_>, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        push_step(&mut self.path, step);
        let value = read(self);
        self.path.truncate(length);
        value
    }

    /// Reads each item of a list, with its position in the path.
    fn each(&mut self, list: Item<'t>, mut read: impl FnMut(&mut Self, Item<'t>)) {
        let key = list.key().unwrap_or_default();
        self.below(Step::Key(key), |reader| {
            for (position, item) in list.items().enumerate() {
                reader.below(Step::Position(position), |reader| read(reader, item));
            }
        });
    }

    fn site(&mut self, item: Item<'t>) -> Site {
        let Some(lines) = &mut self.lines else {
            return Site::pointer(self.path.as_str());
        };
        let (line, column) = lines.at(item.offset().unwrap_or_default());
        Site {
            line,
            column,
            ..Site::default()
        }
    }

    /// Takes in every `bom-ref` of the document, and names those that are given twice.
    ///
    /// NOTE: in a formulation the published examples use the name of a workspace again where it is meant
    /// again, so there a repetition is only doubtful.
    fn names(&mut self, tape: &Tape<'_>) {
        let formulation = tape.root().get("formulation");
        for item in tape.under("bom-ref") {
            let Some(name) = item.text() else { continue };
            let reference = self.sbom.references.intern(name);
            if self.sbom.references.define(reference, Target::Element) {
                continue;
            }
            let code = "cyclonedx-duplicate-reference";
            let severity = if formulation.is_some_and(|one| one.encloses(item)) {
                Severity::Warning
            } else {
                Severity::Error
            };
            self.findings.push_with(code, severity, || Diagnostic {
                severity,
                ..Diagnostic::error(
                    code,
                    item.place(),
                    format!("`{name}` is already the reference of another element"),
                )
                .help("give every element its own bom-ref")
            });
        }
    }

    /// The reference that an element gives itself, which from now on leads to `target`.
    fn own_reference(&mut self, name: &str, target: Target) -> Ref {
        let reference = self.sbom.references.intern(name);
        // What is described may be listed among the components once more: in whatever order they come, the
        // name leads to what is described.
        if target == Target::Root || self.sbom.references.target(reference) == Target::Element {
            self.sbom.references.redefine(reference, target);
        }
        reference
    }

    /// A reference to another element, perhaps of another document.
    fn other_reference(&mut self, name: &str) -> Ref {
        let reference = self.sbom.references.intern(name);
        if name.starts_with("urn:cdx:") {
            self.sbom.references.define(reference, Target::External);
        }
        reference
    }

    fn document(&mut self, root: Item<'t>) {
        for member in root.children() {
            match member.key().unwrap_or_default() {
                "serialNumber" => self.sbom.metadata.identifier = member.text().map(Into::into),
                "version" => self.sbom.metadata.version = member.number().map(Into::into),
                "metadata" => self.below(Step::Key("metadata"), |reader| reader.metadata(member)),
                "components" => self.components(member, None),
                "services" => self.services(member),
                "dependencies" => self.dependencies(member),
                "compositions" => self.compositions(member),
                "vulnerabilities" => self.vulnerabilities(member),
                "externalReferences" => {
                    let links = self.external_references(member);
                    self.sbom.metadata.external_references.extend(links);
                }
                "properties" => {
                    let properties = metadata::properties(member);
                    self.sbom.metadata.properties.extend(properties);
                }
                _ => {}
            }
        }
    }

    fn services(&mut self, list: Item<'t>) {
        self.each(list, |reader, item| {
            let mut service = Service {
                at: reader.site(item),
                ..Service::default()
            };
            let target = u32::try_from(reader.sbom.services.len()).unwrap_or(u32::MAX);
            let mut nested = None;
            for member in item.children() {
                match member.key().unwrap_or_default() {
                    "bom-ref" => {
                        service.reference = member
                            .text()
                            .map(|name| reader.own_reference(name, Target::Service(target)));
                    }
                    "name" => service.name = member.text().unwrap_or_default().into(),
                    "group" => service.group = member.text().map(Into::into),
                    "version" => service.version = member.text().map(Into::into),
                    "provider" => {
                        service.provider =
                            metadata::organization(member).map(|party| reader.parties.share(party));
                    }
                    "endpoints" => {
                        let endpoints = member.items().filter_map(Item::text);
                        service.endpoints = endpoints.map(Into::into).collect();
                    }
                    "authenticated" => service.authenticated = member.bool(),
                    "x-trust-boundary" => service.crosses_trust_boundary = member.bool(),
                    "services" => nested = Some(member),
                    _ => {}
                }
            }
            reader.sbom.services.push(service);
            if let Some(nested) = nested {
                reader.services(nested);
            }
        });
    }

    fn dependencies(&mut self, list: Item<'t>) {
        let edges = |key: &'static str| {
            let lists = list.items().filter_map(move |item| item.get(key));
            lists.map(|targets| targets.items().count()).sum::<usize>()
        };
        let relationships = edges("dependsOn") + edges("provides");
        self.sbom.relationships.reserve_exact(relationships);
        self.entries.reserve_exact(list.items().count());
        for (entry, item) in list.items().enumerate() {
            let mut position = Position {
                entry: u32::try_from(entry).unwrap_or(u32::MAX),
                item: u32::MAX,
                ..Position::default()
            };
            if let Some(lines) = &mut self.lines {
                (position.line, position.column) = lines.at(item.offset().unwrap_or_default());
            }
            let Some(from) = item.get_text("ref") else {
                continue;
            };
            let from = self.other_reference(from);
            self.entries.push((from, position));
            for (key, kind) in [("dependsOn", "DEPENDS_ON"), ("provides", "PROVIDES")] {
                let Some(targets) = item.get(key) else {
                    continue;
                };
                for (place, target) in targets.items().enumerate() {
                    let Some(to) = target.text() else { continue };
                    let mut position = Position {
                        item: u32::try_from(place).unwrap_or(u32::MAX),
                        ..position
                    };
                    if let (Some(lines), Some(offset)) = (&mut self.lines, target.offset()) {
                        (position.line, position.column) = lines.at(offset);
                    }
                    let to = self.other_reference(to);
                    self.sbom.relationships.push(Relationship {
                        from,
                        to,
                        kind: kind.into(),
                        position,
                    });
                }
            }
        }
    }

    fn compositions(&mut self, list: Item<'t>) {
        self.each(list, |reader, item| {
            let at = reader.site(item);
            let mut refs = |key: &str| {
                let items = item.get(key).into_iter().flat_map(Item::items);
                let names = items.filter_map(|one| one.text().or_else(|| one.get_text("ref")));
                names.map(|name| reader.other_reference(name)).collect()
            };
            let (assemblies, dependencies) = (refs("assemblies"), refs("dependencies"));
            reader.sbom.compositions.push(Composition {
                aggregate: item.get_text("aggregate").unwrap_or_default().into(),
                assemblies,
                dependencies,
                at,
            });
        });
    }

    /// Says of every element whose entry in `dependencies` is empty that its dependencies are complete,
    /// unless a composition speaks of them.
    ///
    /// Source: CycloneDX 1.6, `dependencies`: components without dependencies of their own must be declared
    /// as empty elements within the graph.
    fn childless(&mut self) {
        let sbom = &mut self.sbom;
        let mut spoken_of = vec![false; sbom.references.len()];
        let composed = sbom.compositions.iter().flat_map(|one| &one.dependencies);
        let related = sbom.relationships.iter().map(|one| &one.from);
        for reference in composed.chain(related) {
            if let Some(slot) = spoken_of.get_mut(reference.0 as usize) {
                *slot = true;
            }
        }
        let mut childless = Vec::new();
        for (reference, _) in &self.entries {
            let is_missing = sbom.references.target(*reference) == Target::Missing;
            match spoken_of.get_mut(reference.0 as usize) {
                Some(slot) if !*slot && !is_missing => {
                    *slot = true;
                    childless.push(*reference);
                }
                _ => {}
            }
        }
        if !childless.is_empty() {
            sbom.compositions.push(Composition {
                aggregate: "complete".into(),
                assemblies: Vec::new(),
                dependencies: childless,
                at: Site::pointer("/dependencies"),
            });
        }
    }

    /// Names every reference that leads nowhere.
    fn resolve(&mut self) {
        let code = "cyclonedx-dangling-reference";
        let sbom = &self.sbom;
        let mut dangling: Vec<(Ref, Place)> = Vec::new();
        let is_missing = |reference: Ref| sbom.references.target(reference) == Target::Missing;
        for (from, position) in &self.entries {
            if is_missing(*from) {
                let place = if position.line > 0 {
                    Place::line(position.line as usize, position.column as usize)
                } else {
                    Place::pointer(format!("/dependencies/{}/ref", position.entry))
                };
                dangling.push((*from, place));
            }
        }
        for one in &sbom.relationships {
            if is_missing(one.to) {
                dangling.push((one.to, sbom.relationship_place(one)));
            }
        }
        for one in &sbom.compositions {
            let all = one.assemblies.iter().chain(&one.dependencies);
            dangling.extend(
                all.filter(|one| is_missing(**one))
                    .map(|reference| (*reference, one.at.place())),
            );
        }
        for one in &sbom.vulnerabilities {
            let all = one.affects.iter();
            dangling.extend(
                all.filter(|one| is_missing(**one))
                    .map(|reference| (*reference, one.at.place())),
            );
        }
        for (reference, place) in dangling {
            let name = self.sbom.references.name(reference);
            self.findings.push_with(code, Severity::Warning, || {
                Diagnostic::warning(
                    code,
                    place,
                    format!("no element has the reference `{name}`"),
                )
                .help("list the component or drop the reference")
            });
        }
    }
}

/// Whether a member is there and holds anything.
fn is_filled(item: Item<'_>) -> bool {
    match item.shape() {
        Shape::Null => false,
        Shape::List | Shape::Table => item.children().next().is_some(),
        _ => true,
    }
}
