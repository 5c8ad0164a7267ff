//! The product's knowledge: catalog, questionnaires, clauses and procedures, embedded in the binary and
//! overridable from a folder of the same layout.

pub mod parity;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_embed::RustEmbed;

use super::Refused;
use super::criteria_origin::{Origin, PackageTrust, SourceFiles};
use crate::acceptance::check::Checks;
use crate::clause::{Clause, Clauses};
use crate::criteria::Catalog;
use crate::criteria::framework::{Framework, Frameworks, unknown_controls};
use crate::criteria::overlay::{LIBRARY_FOLDERS, lay_over, own_prefix};
use crate::criteria::parse::read_catalog;
use crate::diagnostic::{Diagnostic, Place};
use crate::fact::vocabulary::{FactType, Producer, Vocabulary};
use crate::profile::{Profile, Profiles};
use crate::provenance::Builders;
use crate::questionnaire::foreign::{Maps, read_map};
use crate::questionnaire::parse::read_questionnaire;
use crate::questionnaire::{Question, QuestionType, Questionnaires, Take};
use crate::tender::procedure::Procedure;
use crate::tree::{Files, read_file};
use crate::triage::Precedence;
#[cfg(feature = "retrieve")]
use crate::trust::KnownRepositories;

/// The only catalog so far.
pub const CATALOG: &str = "article-19";
/// The folder of the quality profiles of SBOMs.
const PROFILES: &str = "sbom-profiles/";
/// The precedence of VEX statements.
const PRECEDENCE: &str = "vex-precedence.toml";
/// The repositories of trusted roots.
#[cfg(feature = "retrieve")]
const REPOSITORIES: &str = "trust-repositories.toml";
/// The checks of a delivery.
const ACCEPTANCE_CHECKS: &str = "acceptance-checks.toml";
/// The builders of SLSA provenance.
const BUILDERS: &str = "slsa-builders.toml";

#[derive(RustEmbed)]
#[folder = "criteria"]
struct Embedded;

/// A file that the binary carries; empty where it carries none of that name.
#[cfg(feature = "retrieve")]
pub(super) fn built_in(path: &str) -> Vec<u8> {
    Embedded::get(path).map_or_else(Vec::new, |file| file.data.into_owned())
}

/// Everything that judging needs beside the evidence.
#[derive(Debug)]
pub struct Library {
    /// The catalog.
    pub catalog: Catalog,
    /// Questionnaires by identifier.
    pub questionnaires: Questionnaires,
    /// How questionnaires of others are read, by identifier.
    pub maps: Arc<Maps>,
    /// Clauses by identifier.
    pub clauses: Clauses,
    /// Procedures by identifier.
    pub procedures: BTreeMap<String, Procedure>,
    /// Quality profiles of SBOMs by identifier.
    pub profiles: Profiles,
    /// By what VEX statements are weighed.
    pub precedence: Precedence,
    /// The known builders.
    pub builders: Builders,
    /// The checks of a delivery.
    pub acceptance_checks: Checks,
    /// Titles of the controls that criteria map to.
    pub frameworks: Frameworks,
}

impl Library {
    /// Reads the library that the binary carries, or the one in a folder.
    ///
    /// # Errors
    ///
    /// Every fault of every file.
    pub fn open(folder: Option<&str>) -> Result<Self, Refused> {
        Self::of(&Origin::read(folder, &[], &PackageTrust::default())?)
    }

    /// Reads the library of an origin: the base with every overlay in its order.
    ///
    /// # Errors
    ///
    /// Every fault of every file of the first layer that has one.
    pub fn of(origin: &Origin) -> Result<Self, Refused> {
        let embedded = match origin.base {
            None => embedded(),
            Some(_) => Vec::new(),
        };
        let mut files: Files<'_> = match &origin.base {
            None => embedded
                .iter()
                .map(|(path, data)| (path.as_str(), data.as_slice()))
                .collect(),
            Some(base) => base.files(),
        };
        let remarks: Vec<_> = origin.remarks().into_iter().map(anywhere).collect();
        if origin.overlays.is_empty() {
            let mut library = Self::read(&files)?;
            library.catalog.remarks = remarks;
            return Ok(library);
        }
        let mut catalog = read_catalog(CATALOG, &files)?;
        for overlay in &origin.overlays {
            let own = overlay.files();
            let mut faults = Vec::new();
            match lay_over(catalog, &own) {
                Ok(merged) => {
                    let prefix = merged.layers.last().map(|layer| layer.prefix.clone());
                    faults.extend(added_files(&own, &files, &prefix.unwrap_or_default()));
                    catalog = merged;
                }
                Err(broken) => return Err(in_layer(overlay, broken)),
            }
            if !faults.is_empty() {
                return Err(in_layer(overlay, faults));
            }
            files.extend(own.into_iter().filter(|(path, _)| in_library(path)));
        }
        catalog.remarks = remarks;
        Self::with_catalog(Ok(catalog), &files)
    }

    /// Reads a library from its files.
    ///
    /// # Errors
    ///
    /// Every fault of every file.
    pub fn read(files: &Files<'_>) -> Result<Self, Refused> {
        Self::with_catalog(read_catalog(CATALOG, files), files)
    }

    /// Reads everything beside the catalog.
    fn with_catalog(
        catalog: Result<Catalog, Vec<Diagnostic>>,
        files: &Files<'_>,
    ) -> Result<Self, Refused> {
        let (catalog, mut faults) = match catalog {
            Ok(catalog) => (Some(catalog), Vec::new()),
            Err(faults) => (None, faults),
        };
        let mut questionnaires = read_questionnaires(files, &mut faults);
        let maps = Arc::new(read_maps(files, &questionnaires, &mut faults));
        for questionnaire in questionnaires.values_mut() {
            questionnaire.maps = Arc::clone(&maps);
        }
        if let Some(catalog) = &catalog {
            faults.extend(unfed(&questionnaires, &catalog.vocabulary));
        }
        let clauses: Clauses = in_folder(files, "clauses/", &mut faults, Clause::read)
            .into_iter()
            .map(|clause| (clause.id.clone(), clause))
            .collect();
        let procedures = in_folder(
            files,
            "evaluation-procedures/",
            &mut faults,
            Procedure::read,
        )
        .into_iter()
        .flatten()
        .map(|procedure| (procedure.id.clone(), procedure))
        .collect();
        let profiles = in_folder(files, PROFILES, &mut faults, Profile::read)
            .into_iter()
            .map(|profile| (profile.id.clone(), profile))
            .collect();
        faults.extend(misnamed_profiles(files, &profiles));
        let precedence = own_or_built_in(files, PRECEDENCE, &mut faults, Precedence::read);
        let builders = own_or_built_in(files, BUILDERS, &mut faults, Builders::read);
        let checks = own_or_built_in(files, ACCEPTANCE_CHECKS, &mut faults, Checks::read);
        let frameworks = read_frameworks(files, &mut faults);
        if let Some(catalog) = &catalog {
            faults.extend(broken_links(catalog, &clauses));
            for criterion in catalog.criteria.values() {
                let unknown = unknown_controls(criterion, &frameworks).into_iter();
                let file = format!("{}/{}.toml", catalog.id, criterion.id);
                faults.extend(unknown.map(|fault| fault.in_file(&file)));
            }
        }
        match (catalog, precedence, builders, checks) {
            (Some(catalog), Some(precedence), Some(builders), Some(acceptance_checks))
                if faults.is_empty() =>
            {
                Ok(Self {
                    catalog,
                    questionnaires,
                    maps,
                    clauses,
                    procedures,
                    profiles,
                    precedence,
                    builders,
                    acceptance_checks,
                    frameworks,
                })
            }
            _ => Err(Refused(faults)),
        }
    }
}

/// Every file that the binary carries.
pub(super) fn embedded() -> Vec<(String, Vec<u8>)> {
    let files = Embedded::iter()
        .filter_map(|path| Some((path.to_string(), Embedded::get(&path)?.data.into_owned())));
    files.collect()
}

/// Whether a file of an overlay goes to the library as it is.
fn in_library(path: &str) -> bool {
    LIBRARY_FOLDERS
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// A remark on a package, wherever it lies: a record of it is the same on every machine.
fn anywhere(mut remark: Diagnostic) -> Diagnostic {
    remark.file = remark
        .file
        .and_then(|file| file.split_once("!/").map(|(_, inside)| inside.to_owned()));
    remark
}

/// Names the overlay in faults of its files.
fn in_layer(overlay: &SourceFiles, mut faults: Vec<Diagnostic>) -> Refused {
    for fault in &mut faults {
        let file = fault.file.take().unwrap_or_default();
        fault.file = Some(format!("{}/{file}", overlay.name.trim_end_matches('/')));
    }
    Refused(faults)
}

/// What is wrong with the clauses and questionnaires that an overlay adds: each stands beside what is there, under the
/// agency's own prefix.
fn added_files(own: &Files<'_>, base: &Files<'_>, prefix: &str) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for path in own.keys().filter(|path| in_library(path)) {
        let inside = path.split_once('/').map_or("", |(_, rest)| rest);
        let name = inside.split('/').next().unwrap_or(inside);
        faults.extend(own_prefix(name, prefix).map(|fault| fault.in_file(*path)));
        if base.contains_key(path) {
            let message = "the base has such a file";
            faults.push(
                Diagnostic::error("overlay-clash", Place::whole(), message)
                    .help("an overlay adds; give it a name of its own")
                    .in_file(*path),
            );
        }
    }
    faults
}

/// The folder of the frameworks whose controls criteria map to.
const FRAMEWORKS: &str = "frameworks/";

/// Reads the frameworks; a library without any has the built-in ones.
fn read_frameworks(files: &Files<'_>, faults: &mut Vec<Diagnostic>) -> Frameworks {
    let own = files.keys().any(|path| path.starts_with(FRAMEWORKS));
    let built_in = if own { Vec::new() } else { embedded() };
    let built_in = built_in
        .iter()
        .map(|(path, data)| (path.as_str(), data.as_slice()))
        .collect();
    let files = if own { files } else { &built_in };
    in_folder(files, FRAMEWORKS, faults, Framework::read)
        .into_iter()
        .map(|framework| (framework.id.clone(), framework))
        .collect()
}

/// The folder of the questionnaires, one folder each.
const QUESTIONNAIRES: &str = "questionnaires/";

fn read_questionnaires(files: &Files<'_>, faults: &mut Vec<Diagnostic>) -> Questionnaires {
    let folders: BTreeSet<String> = files
        .keys()
        .filter_map(|path| path.strip_prefix(QUESTIONNAIRES)?.split_once('/'))
        .map(|(name, _)| format!("{QUESTIONNAIRES}{name}/"))
        .collect();
    folders
        .iter()
        .filter_map(|folder| read_questionnaire(folder, files, faults))
        .map(|questionnaire| (questionnaire.id.clone(), questionnaire))
        .collect()
}

/// The folder of the maps of questionnaires of others, one file each.
const MAPS: &str = "questionnaire-maps/";

fn read_maps(
    files: &Files<'_>,
    questionnaires: &Questionnaires,
    faults: &mut Vec<Diagnostic>,
) -> Maps {
    let maps: Maps = in_folder(files, MAPS, faults, read_map)
        .into_iter()
        .map(|map| (map.id.clone(), map))
        .collect();
    for map in maps.values() {
        let file = format!("{MAPS}{}.toml", map.id);
        if !files.contains_key(file.as_str()) {
            let message = format!("the map `{}` stands in a file of another name", map.id);
            faults.push(
                Diagnostic::error("map-misnamed", Place::pointer("/id"), message)
                    .help("name the file after the map")
                    .in_file(file.clone()),
            );
        }
        for (link, index) in map.links.iter().zip(0..) {
            let questionnaire = questionnaires.get(&link.questionnaire);
            if questionnaire.is_none_or(|one| one.lookup(&link.question).is_none()) {
                let message = format!(
                    "the questionnaire `{}` has no question `{}`",
                    link.questionnaire, link.question
                );
                faults.push(
                    Diagnostic::error(
                        "map-unknown-question",
                        Place::pointer(format!("/link/{index}/question")),
                        message,
                    )
                    .help("lead the link to a question of ours, or take it out")
                    .in_file(file.clone()),
                );
            }
        }
    }
    maps
}

/// Questions that feed a fact which does not exist, which an answer may not establish, or which takes another type.
fn unfed(questionnaires: &Questionnaires, vocabulary: &Vocabulary) -> Vec<Diagnostic> {
    let feeds = questionnaires.values().flat_map(|questionnaire| {
        questionnaire
            .questions()
            .flat_map(move |(section, question)| {
                let feeds = question.feeds.iter();
                feeds.map(move |feed| (questionnaire, section, question, feed))
            })
    });
    let mut faults = Vec::new();
    for (questionnaire, section, question, feed) in feeds {
        let definition = vocabulary.lookup(&feed.fact);
        let answerable = definition.is_some_and(|one| one.producers.contains(&Producer::Answer));
        let message = if !answerable {
            format!("`{}` is no fact that an answer may establish", feed.fact)
        } else if definition.is_some_and(|one| !feeds_type(question, &feed.take, one.kind)) {
            format!(
                "the answer to `{}` cannot become the value of `{}`",
                question.id, feed.fact
            )
        } else {
            continue;
        };
        let help = vocabulary.suggest(&feed.fact).map_or_else(
            || "`mekiki facts` lists them all".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let at = Place::pointer(format!("/question/{}", question.id));
        faults.push(
            Diagnostic::error("question-feeds-nothing", at, message)
                .help(help)
                .in_file(format!(
                    "{QUESTIONNAIRES}{}/{}.toml",
                    questionnaire.id, section.id
                )),
        );
    }
    faults
}

/// Whether what is taken of an answer has the type of a fact.
fn feeds_type(question: &Question, take: &Take, kind: FactType) -> bool {
    match (take, &question.kind) {
        (Take::Value, QuestionType::YesNo) | (Take::Complete | Take::All(_) | Take::Any(_), _) => {
            kind == FactType::Bool
        }
        (Take::Value, QuestionType::Number { .. }) | (Take::Count, _) => kind == FactType::Integer,
        (Take::Value, QuestionType::Date) => kind == FactType::Date,
        (Take::Value, QuestionType::Choice { many: false, .. } | QuestionType::Text) => {
            matches!(kind, FactType::Text | FactType::List)
        }
        (Take::Value, QuestionType::Choice { .. } | QuestionType::Place | QuestionType::File)
        | (Take::Values(_), _) => kind == FactType::List,
        (Take::Value, QuestionType::Table { .. }) => false,
    }
}

fn in_folder<T>(
    files: &Files<'_>,
    folder: &str,
    faults: &mut Vec<Diagnostic>,
    read: impl Fn(&crate::tree::Document, &crate::tree::Complaints) -> T,
) -> Vec<T> {
    let paths: Vec<_> = files
        .keys()
        .filter(|path| path.starts_with(folder))
        .copied()
        .collect();
    paths
        .into_iter()
        .filter_map(|path| read_file(files, path, faults, &read))
        .collect()
}

/// Reads the precedence of VEX statements alone, for commands that judge by nothing else of the library.
///
/// # Errors
///
/// Every fault of its file.
pub fn precedence(origin: &Origin) -> Result<Precedence, Refused> {
    table(origin, PRECEDENCE, Precedence::read)
}

/// Reads the table of builders alone; a folder without one has the built-in one.
///
/// # Errors
///
/// Every fault of its file.
pub fn builders(origin: &Origin) -> Result<Builders, Refused> {
    table(origin, BUILDERS, Builders::read)
}

/// Reads the table of repositories alone; a folder without one has the built-in one.
///
/// # Errors
///
/// Every fault of its file.
#[cfg(feature = "retrieve")]
pub fn repositories(origin: &Origin) -> Result<KnownRepositories, Refused> {
    table(origin, REPOSITORIES, KnownRepositories::read)
}

/// Reads one file of a folder, or the built-in one where the folder has none.
fn table<T>(
    origin: &Origin,
    name: &'static str,
    read: impl Fn(&crate::tree::Document, &crate::tree::Complaints) -> T,
) -> Result<T, Refused> {
    let own = origin
        .base
        .as_ref()
        .map(SourceFiles::files)
        .unwrap_or_default();
    let mut faults = Vec::new();
    own_or_built_in(&own, name, &mut faults, read)
        .filter(|_| faults.is_empty())
        .ok_or(Refused(faults))
}

/// Reads one of `files`, or the built-in file of that name where it is not among them.
fn own_or_built_in<T>(
    files: &Files<'_>,
    name: &'static str,
    faults: &mut Vec<Diagnostic>,
    read: impl Fn(&crate::tree::Document, &crate::tree::Complaints) -> T,
) -> Option<T> {
    if files.contains_key(name) {
        return read_file(files, name, faults, read);
    }
    let built_in = Embedded::get(name)?;
    let files = Files::from([(name, built_in.data.as_ref())]);
    read_file(&files, name, faults, read)
}

/// Profiles whose file is not named after them; two that share a name are among them.
fn misnamed_profiles(files: &Files<'_>, profiles: &Profiles) -> Vec<Diagnostic> {
    files
        .keys()
        .filter_map(|path| Some((path, path.strip_prefix(PROFILES)?.strip_suffix(".toml")?)))
        .filter(|(_, name)| !profiles.contains_key(*name))
        .map(|(path, name)| {
            Diagnostic::error(
                "profile-misnamed",
                Place::pointer("/id"),
                format!("the file holds no profile `{name}`"),
            )
            .help("name the file after the `id` in it")
            .in_file(*path)
        })
        .collect()
}

/// Criteria that name a clause which does not exist, or which does not name them back.
fn broken_links(catalog: &Catalog, clauses: &Clauses) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for criterion in catalog.criteria.values() {
        for id in &criterion.clauses {
            let message = match clauses.get(id) {
                None => format!("the criterion names the clause `{id}`, which does not exist"),
                Some(clause) if !clause.serves.contains(&criterion.id) => {
                    format!("the clause `{id}` does not name the criterion back")
                }
                Some(_) => continue,
            };
            faults.push(
                Diagnostic::error("clause-link", Place::pointer("/clauses"), message)
                    .help("trace both ways: criterion to clause and clause to criterion")
                    .in_file(format!("{}/{}.toml", catalog.id, criterion.id)),
            );
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::example::run_examples;

    #[test]
    fn the_embedded_library_is_whole_and_its_examples_hold() {
        let library = Library::open(None).unwrap();
        let failed: Vec<_> = run_examples(&library.catalog)
            .into_iter()
            .filter(|one| one.failure.is_some())
            .collect();
        assert_eq!(failed, []);
    }
}
