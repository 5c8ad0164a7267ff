//! Reads a pack. Every fault of every file is told at once.

use std::collections::BTreeMap;

use super::{Condition, Example, Pack, PackRule, Ruling, Subject, Values, vocabulary};
use crate::acceptance::finding::Effect;
use crate::criteria::rule::Rule;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::{Digest, Digester};
use crate::fact::vocabulary::Vocabulary;
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields, Files, read_file};

/// The file that says what a pack is.
pub const PACK_FILE: &str = "pack.toml";

/// What a broken rule may do to its check.
const EFFECTS: [(&str, Effect); 2] = [("fails", Effect::Fails), ("warns", Effect::Warns)];

/// Reads a pack from its files in TOML by their path: [`PACK_FILE`], and one rule in each other.
///
/// # Errors
///
/// Every fault of every file, sorted by file.
pub fn read_pack(files: &Files<'_>) -> Result<Pack, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut digester = Digester::default();
    for (path, bytes) in files {
        digester.update(format!("{}  {path}\n", Digest::of(bytes).hex()).as_bytes());
    }
    let head = read_file(files, PACK_FILE, &mut faults, read_head);
    let mut vocabularies = BTreeMap::new();
    for (_, subject) in Subject::WORDS {
        match vocabulary(subject) {
            Ok(vocabulary) => _ = vocabularies.insert(subject, vocabulary),
            Err(broken) => faults.extend(broken),
        }
    }
    let mut rules: Vec<PackRule> = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| **path != PACK_FILE) {
        let read = read_file(files, path, &mut faults, |document, complaints| {
            let fields = Fields::root(document, complaints);
            let rule = read_rule(&fields, path, bytes, &vocabularies);
            fields.finish();
            rule
        });
        let Some(rule) = read.flatten() else { continue };
        if let Some(other) = rules.iter().find(|other| other.id == rule.id) {
            let message = format!("the rule `{}` stands in `{}` already", rule.id, other.file);
            let fault = Diagnostic::error("policy-repeated", rule.at.clone(), message);
            faults.push(
                fault
                    .help("give every rule an id of its own")
                    .in_file(*path),
            );
            continue;
        }
        rules.push(rule);
    }
    if files.keys().all(|path| *path == PACK_FILE) {
        let message = "the pack holds no rule";
        let fault = Diagnostic::error("policy-empty", Place::whole(), message);
        faults.push(
            fault
                .help("write one rule in each further file")
                .in_file(PACK_FILE),
        );
    }
    faults.sort_by(|one, other| one.file.cmp(&other.file));
    match head {
        Some((id, version, title)) if faults.iter().all(|one| one.severity != Severity::Error) => {
            Ok(Pack {
                id,
                version,
                title,
                digest: digester.finish(),
                rules,
            })
        }
        _ => Err(faults),
    }
}

fn read_head(document: &Document, complaints: &Complaints) -> (String, String, Text) {
    let fields = Fields::root(document, complaints);
    let head = (
        read_id(&fields),
        fields.text("version"),
        fields.both("title"),
    );
    fields.finish();
    head
}

/// An identifier that can stand in that of a check.
fn read_id(fields: &Fields<'_>) -> String {
    let id = fields.text("id");
    let is_plain = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_plain && !id.is_empty() {
        let message = format!("`{id}` cannot stand in the identifier of a check");
        let help = "write up to 64 lower-case letters, digits and `-`";
        fields.complain("policy-id", "id", message, help);
    }
    id
}

fn read_rule(
    fields: &Fields<'_>,
    path: &str,
    bytes: &[u8],
    vocabularies: &BTreeMap<Subject, Vocabulary>,
) -> Option<PackRule> {
    let id = read_id(fields);
    let title = fields.both("title");
    let help = fields.both("help");
    let subject = fields.word("subject", &Subject::WORDS);
    let effect = fields.word("effect", &EFFECTS);
    let sources = ["when", "deny", "require"].map(|key| (key, fields.optional_text(key)));
    let examples = fields.tables("example");
    // Without a subject no name can be looked up; that it is missing is told already.
    let (subject, names) = subject.and_then(|one| Some((one, vocabularies.get(&one)?)))?;
    let compiled =
        sources.map(|(key, source)| source.map(|source| compile(fields, key, &source, names)));
    let [when, deny, require] = compiled;
    let has_when = when.is_some();
    let condition = match (deny, require) {
        (Some(rule), None) => rule.map(Condition::Deny),
        (None, Some(rule)) => rule.map(Condition::Require),
        (given, _) => {
            let message = match given {
                Some(_) => "the rule has both `deny` and `require`",
                None => "the rule has neither `deny` nor `require`",
            };
            let help = "write what must not hold as `deny`, or what must hold as `require`";
            fields.complain("policy-condition", "deny", message, help);
            None
        }
    };
    let examples: Vec<_> = examples
        .iter()
        .filter_map(|one| read_example(one, subject, names))
        .collect();
    for (ruling, wanted) in [(Ruling::Broken, "is broken"), (Ruling::Holds, "holds")] {
        if !examples.iter().any(|one| one.expect == ruling) {
            let message = format!("no example shows where the rule {wanted}");
            let help = "add an [[example]] of each, so that the pack can be tested";
            fields.complain("policy-example-missing", "example", message, help);
        }
    }
    let at = fields.place_of(match &condition {
        Some(Condition::Require(_)) => "require",
        _ => "deny",
    });
    let when = when.flatten();
    Some(PackRule {
        id,
        title,
        help,
        subject,
        // A filter that is wrong is told; the rule is not used without it.
        when: if has_when { Some(when?) } else { None },
        condition: condition?,
        effect: effect?,
        file: path.to_owned(),
        sha256: Digest::of(bytes),
        at,
        examples,
    })
}

fn compile(
    fields: &Fields<'_>,
    key: &'static str,
    source: &str,
    names: &Vocabulary,
) -> Option<Rule> {
    match Rule::compile(source, names) {
        Ok(rule) => Some(rule),
        Err(faults) => {
            for fault in faults {
                let is_unknown =
                    fault.code == "rule-unknown-fact" && !fault.help.starts_with("did you");
                let help = if is_unknown { known(names) } else { fault.help };
                fields.complain(fault.code, key, fault.message, &help);
            }
            None
        }
    }
}

fn known(names: &Vocabulary) -> String {
    let names: Vec<_> = names.list().map(|one| one.key.as_str()).collect();
    format!("the names here are {}", names.join(", "))
}

fn read_example(fields: &Fields<'_>, subject: Subject, names: &Vocabulary) -> Option<Example> {
    let name = fields.text("name");
    let expect = fields.word("expect", &Ruling::WORDS);
    let mut given = Values::new();
    for (key, node, pointer) in fields.members("given") {
        let key = format!("{}.{key}", subject.word());
        let at = fields.place_at(node, &pointer);
        match names.typed(&key, &node.value, at) {
            Ok(value) => _ = given.insert(key.as_str().into(), value),
            Err(mut fault) => {
                if fault
                    .help
                    .as_deref()
                    .is_some_and(|help| !help.starts_with("did you"))
                    && fault.code == "fact-unknown"
                {
                    fault.help = Some(known(names));
                }
                fields.complain_at(fault);
            }
        }
    }
    fields.finish();
    Some(Example {
        name,
        given,
        expect: expect?,
        at: fields.place(),
    })
}
