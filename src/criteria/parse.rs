//! Reads a catalog from its files. Every fault of every file is named at once, with file, line and column.

pub(super) mod example;

use std::collections::BTreeMap;

use example::{complain_of_lacking, read_example};

use super::rule::Rule;
use super::{
    Catalog, Criterion, DecidedBy, Decision, Grade, Maps, Mark, OfferingType, Source,
    SourceDocument, Stage, StandardCitation, Weight,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::fact::ProofRank;
use crate::fact::vocabulary::Vocabulary;
use crate::id::{ClauseId, CriterionId};
use crate::time::Date;
use crate::tree::{Complaints, Document, Fields, Files, read_file};

pub(super) const MARKS: [(&str, Mark); 2] =
    [("verified", Mark::Verified), ("recalled", Mark::Recalled)];

/// Kinds of evidence that a criterion may expect.
const EVIDENCE: [&str; 12] = [
    "sbom",
    "signature",
    "provenance",
    "vex",
    "advisory",
    "questionnaire",
    "document",
    "audit-report",
    "contract",
    "registry",
    "agency-record",
    "inspection-record",
];

/// Events that may make a verdict due.
pub(super) const EVENTS: [&str; 11] = [
    "procurement",
    "contract",
    "delivery",
    "change",
    "incident",
    "advisory",
    "registry",
    "expiry",
    "ownership",
    "termination",
    "report",
];

/// Reads the catalog `id`.
///
/// # Errors
///
/// Every fault of every file.
pub fn read_catalog(id: &str, files: &Files<'_>) -> Result<Catalog, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let vocabulary = read_vocabulary(files, &mut faults);
    let folder = format!("{id}/");
    let head_path = format!("{folder}catalog.toml");
    let head = read_file(files, &head_path, &mut faults, Head::read);

    let mut criteria = BTreeMap::new();
    for (path, bytes) in files
        .range(folder.as_str()..)
        .take_while(|(path, _)| path.starts_with(&folder))
    {
        if *path == head_path {
            continue;
        }
        let documents = head.as_ref().map_or(&[][..], |head| &head.documents);
        let digest = Digest::of(bytes);
        let read = |document: &Document, complaints: &Complaints| {
            read_criterion(document, complaints, &vocabulary, documents, digest)
        };
        if let Some(Some(criterion)) = read_file(files, path, &mut faults, read) {
            faults.extend(misnamed(&criterion, &folder, path));
            criteria.insert(criterion.id.clone(), criterion);
        }
    }
    match head {
        Some(head) if faults.is_empty() => Ok(Catalog {
            id: head.id,
            version: head.version,
            valid_from: head.valid_from,
            title: head.title,
            caps: head.caps,
            documents: head.documents,
            criteria,
            vocabulary,
            digest: digest(files, &folder),
            layers: Vec::new(),
            remarks: Vec::new(),
        }),
        _ => Err(faults),
    }
}

/// Complains about a criterion whose file is not named after it.
pub(super) fn misnamed(criterion: &Criterion, folder: &str, path: &str) -> Option<Diagnostic> {
    let expected = format!("{folder}{}.toml", criterion.id);
    let message = format!("the file holds `{}`", criterion.id);
    (expected != path).then(|| {
        Diagnostic::error("criterion-misnamed", Place::whole(), message)
            .help(format!("name it {expected}"))
            .in_file(path)
    })
}

/// The folder of the vocabulary.
const FACTS: &str = "facts/";

/// Reads the vocabulary from all files of its folder.
fn read_vocabulary(files: &Files<'_>, faults: &mut Vec<Diagnostic>) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let paths = files.keys().filter(|path| path.starts_with(FACTS));
    for path in paths.copied().collect::<Vec<_>>() {
        read_file(files, path, faults, |document, complaints| {
            vocabulary.extend(document, complaints);
        });
    }
    if vocabulary.list().next().is_none() {
        faults.push(
            Diagnostic::error("file-missing", Place::whole(), "no fact is declared")
                .help("restore the folder `facts`")
                .in_file(FACTS),
        );
    }
    vocabulary
}

/// The digest of a catalog: over the sorted list of its paths with the digest of each file.
fn digest(files: &Files<'_>, folder: &str) -> Digest {
    let listing: String = files
        .iter()
        .filter(|(path, _)| path.starts_with(FACTS) || path.starts_with(folder))
        .map(|(path, bytes)| format!("{}  {path}\n", Digest::of(bytes)))
        .collect();
    Digest::of(listing.as_bytes())
}

struct Head {
    id: String,
    version: semver::Version,
    valid_from: Date,
    title: crate::text::Text,
    caps: [i64; 7],
    documents: Vec<SourceDocument>,
}

impl Head {
    fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let head = Self {
            id: fields.text("id"),
            version: version(&fields, "version"),
            valid_from: fields.day("valid_from"),
            title: fields.both("title"),
            caps: caps(&fields).unwrap_or_else(|| {
                fields.complain(
                    "missing-field",
                    "caps",
                    "the field `caps` is missing",
                    "give seven numbers",
                );
                [0; 7]
            }),
            documents: fields
                .tables("document")
                .iter()
                .map(read_document)
                .collect(),
        };
        fields.finish();
        head
    }
}

pub(super) fn version(fields: &Fields<'_>, key: &'static str) -> semver::Version {
    let text = fields.text(key);
    semver::Version::parse(&text).unwrap_or_else(|error| {
        fields.complain(
            "version-malformed",
            key,
            format!("`{text}` is no semantic version: {error}"),
            "write it like 1.0.0",
        );
        semver::Version::new(0, 0, 0)
    })
}

pub(super) fn read_document(one: &Fields<'_>) -> SourceDocument {
    let document = SourceDocument {
        id: one.text("id"),
        edition: one.text("edition"),
        mark: one.word("mark", &MARKS).unwrap_or(Mark::Recalled),
        title: one.both("title"),
        note: one.optional_text("note"),
    };
    one.finish();
    document
}

pub(super) fn caps(fields: &Fields<'_>) -> Option<[i64; 7]> {
    let node = fields.node("caps")?;
    let numbers: Vec<i64> = node
        .items()
        .iter()
        .filter_map(|item| match item.value {
            crate::tree::Value::Integer(number) => Some(number),
            _ => None,
        })
        .collect();
    let sorted = numbers.is_sorted() && numbers.iter().all(|number| (0..=1000).contains(number));
    let caps: Option<[i64; 7]> = numbers.try_into().ok().filter(|_| sorted);
    if caps.is_none() {
        fields.complain(
            "caps-malformed",
            "caps",
            "`caps` must be seven rising numbers from 0 to 1000",
            "one number a rank, 0 to 6, in per mille",
        );
    }
    caps
}

pub(super) fn read_criterion(
    document: &Document,
    complaints: &Complaints,
    vocabulary: &Vocabulary,
    documents: &[SourceDocument],
    digest: Digest,
) -> Option<Criterion> {
    let fields = Fields::root(document, complaints);
    let id = CriterionId(fields.text("id"));
    if !is_criterion_id(id.as_str()) {
        fields.complain(
            "criterion-id-malformed",
            "id",
            format!("`{id}` is no criterion identifier"),
            "write it like A19-2.integ.signature",
        );
    }
    let source = fields
        .table("source")
        .map(|source| read_source(&source, documents));
    let applies = fields.table("applies");
    let offerings = applies.as_ref().map_or_else(Vec::new, |applies| {
        applies.words("offerings", &OfferingType::WORDS)
    });
    let confidentiality = applies
        .as_ref()
        .map_or(1, |applies| applies.integer("confidentiality", 1..=3));
    let when = applies
        .as_ref()
        .and_then(|applies| optional_rule(applies, "when", vocabulary));
    if let Some(applies) = &applies {
        if offerings.is_empty() {
            applies.complain(
                "missing-field",
                "offerings",
                "the criterion applies to no offering",
                "name one of OUT, SaaS, PaaS, IaaS, DEV, SW",
            );
        }
        applies.finish();
    }
    let decision = read_decision(&fields, vocabulary);
    let evidence = fields.table("evidence");
    let expected = evidence
        .as_ref()
        .map_or_else(Vec::new, |one| known(one, "expected", &EVIDENCE));
    let ask = evidence
        .as_ref()
        .map(|one| one.both("ask"))
        .unwrap_or_default();
    let own_caps = evidence.as_ref().and_then(caps);
    if let Some(evidence) = &evidence {
        evidence.finish();
    }
    let reevaluation = fields.optional_table("reevaluation");
    let months = reevaluation
        .as_ref()
        .and_then(|one| one.node("months").map(|_| one.integer("months", 1..=120)));
    let events = reevaluation
        .as_ref()
        .map_or_else(Vec::new, |one| known(one, "on", &EVENTS));
    if let Some(reevaluation) = &reevaluation {
        reevaluation.finish();
    }
    let maps = fields
        .optional_table("maps")
        .map_or_else(Maps::default, |maps| {
            let read = Maps {
                ccm: maps.texts("ccm"),
                nist_800_53: maps.texts("nist_800_53"),
                nist_800_161: maps.texts("nist_800_161"),
                iso_27001: maps.texts("iso_27001"),
            };
            maps.finish();
            read
        });
    let examples: Vec<_> = fields
        .tables("example")
        .iter()
        .map(|example| read_example(example, vocabulary, &offerings, confidentiality))
        .collect();
    complain_of_lacking(&fields, &examples);
    let group = fields.text("group");
    let title = fields.both("title");
    let requirement = fields.both("requirement");
    let decided_by = fields.word(
        "decided_by",
        &[
            ("machine", DecidedBy::Machine),
            ("partly", DecidedBy::Partly),
            ("people", DecidedBy::People),
        ],
    );
    let clauses = fields.texts("clauses").into_iter().map(ClauseId).collect();
    fields.finish();
    // Only now, when every fault of the file is named, may a broken decision end the reading.
    Some(Criterion {
        group,
        title,
        requirement,
        source: source.unwrap_or_else(|| Source {
            paragraphs: Vec::new(),
            articles: Vec::new(),
            mark: Mark::Recalled,
            standards: Vec::new(),
        }),
        offerings,
        confidentiality,
        when,
        decided_by: decided_by.unwrap_or(DecidedBy::People),
        decision: decision?,
        evidence: expected,
        ask,
        caps: own_caps,
        reevaluation_months: months.and_then(|months| i32::try_from(months).ok()),
        reevaluation_events: events,
        clauses,
        maps,
        examples,
        changes: Vec::new(),
        id,
        digest,
    })
}

fn is_criterion_id(id: &str) -> bool {
    let steps: Vec<_> = id.split('.').collect();
    steps.len() == 3
        && steps.iter().all(|step| !step.is_empty())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

pub(super) fn known(fields: &Fields<'_>, key: &'static str, words: &[&'static str]) -> Vec<String> {
    let pairs: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
    fields
        .words(key, &pairs)
        .into_iter()
        .map(str::to_owned)
        .collect()
}

fn read_source(source: &Fields<'_>, documents: &[SourceDocument]) -> Source {
    let read = Source {
        paragraphs: source.texts("paragraphs"),
        articles: source.texts("articles"),
        mark: source.word("mark", &MARKS).unwrap_or(Mark::Recalled),
        standards: source
            .tables("standards")
            .iter()
            .map(|one| {
                let citation = StandardCitation {
                    item: one.text("item"),
                    document: one.text("document"),
                    edition: one.text("edition"),
                    mark: one.word("mark", &MARKS).unwrap_or(Mark::Recalled),
                    note: one.optional_text("note").filter(|note| !note.is_empty()),
                };
                if !documents
                    .iter()
                    .any(|document| document.id == citation.document)
                {
                    one.complain(
                        "document-unknown",
                        "document",
                        format!("the catalog has no document `{}`", citation.document),
                        "declare it in catalog.toml",
                    );
                }
                one.finish();
                citation
            })
            .collect(),
    };
    for paragraph in &read.paragraphs {
        if !matches!(paragraph.as_str(), "A19-1" | "A19-2" | "A19-3" | "A19-4") {
            source.complain(
                "paragraph-unknown",
                "paragraphs",
                format!("Article 19 has no paragraph `{paragraph}`"),
                "use A19-1 to A19-4",
            );
        }
    }
    source.finish();
    read
}

fn read_decision(fields: &Fields<'_>, vocabulary: &Vocabulary) -> Option<Decision> {
    let gate = fields.optional_table("gate");
    let score = fields.optional_table("score");
    let rule = fields.table("rule");
    match (gate, score) {
        (Some(gate), None) => {
            let stage = gate.word("stage", &Stage::WORDS);
            let settled_by =
                ProofRank::new(gate.integer("settled_by", 1..=6)).unwrap_or(ProofRank::MACHINE);
            gate.finish();
            let rule = rule?;
            if rule.node("pass").is_none() {
                rule.complain(
                    "missing-field",
                    "pass",
                    "the field `pass` is missing",
                    "a gate has one rule, `pass`",
                );
            }
            let pass = optional_rule(&rule, "pass", vocabulary);
            rule.finish();
            Some(Decision::Gate {
                stage: stage?,
                settled_by,
                pass: pass?,
            })
        }
        (None, Some(score)) => {
            let weight = score.word(
                "weight",
                &[("H", Weight::H), ("M", Weight::M), ("L", Weight::L)],
            );
            score.finish();
            let rule = rule?;
            let grades: Vec<_> = [("A", Grade::A), ("B", Grade::B), ("C", Grade::C)]
                .into_iter()
                .filter_map(|(word, grade)| {
                    optional_rule(&rule, word, vocabulary).map(|rule| (grade, rule))
                })
                .collect();
            if grades.first().is_none_or(|(grade, _)| *grade != Grade::A) {
                rule.complain(
                    "missing-field",
                    "A",
                    "the field `A` is missing",
                    "a scored criterion says at least when it is fully met",
                );
            }
            rule.finish();
            Some(Decision::Score {
                weight: weight?,
                grades,
            })
        }
        _ => {
            fields.complain(
                "decision-unclear",
                "rule",
                "the criterion must have either [gate] or [score]",
                "keep one of the two",
            );
            None
        }
    }
}

pub(super) fn optional_rule(
    fields: &Fields<'_>,
    key: &'static str,
    vocabulary: &Vocabulary,
) -> Option<Rule> {
    let source = fields.optional_text(key)?;
    match Rule::compile(&source, vocabulary) {
        Ok(rule) => Some(rule),
        Err(faults) => {
            for fault in faults {
                fields.complain(fault.code, key, fault.message, &fault.help);
            }
            None
        }
    }
}
