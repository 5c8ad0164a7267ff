//! Signed lists of checksums: what they list counts as signed by whoever signed the list.

use std::collections::BTreeMap;

use super::files::Files;
use super::judge::{Answer, Holder, Judge, Target};
use crate::acceptance::finding::{Effect, Finding};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::shown;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::checksum_list::{self, Listed};
use crate::evidence::signature::{Kind, openpgp};
use crate::text::Text;
use crate::text::messages::both;

/// What stands behind the name of a file that holds its signature.
const BESIDE: [&str; 12] = [
    ".sig",
    ".asc",
    ".gpg",
    ".sign",
    ".minisig",
    ".sigstore.json",
    ".sigstore",
    ".bundle",
    ".p7s",
    ".p7m",
    ".ssh",
    ".intoto.jsonl",
];

/// A delivered list.
struct List {
    path: String,
    sha256: Digest,
    /// What is listed, by the path of the delivered file.
    listed: BTreeMap<String, Listed>,
    /// Listed files that were not delivered.
    missing: Vec<String>,
    signatures: Vec<String>,
    is_clear_signed: bool,
}

/// The lists that were delivered, signed or not.
#[derive(Default)]
pub(super) struct Lists {
    lists: Vec<List>,
    /// Files that are named like lists, bear a signature and cannot be read.
    broken: Vec<(Citation, Diagnostic)>,
}

/// What lists that are signed by the contracted signer say.
#[derive(Default)]
pub(super) struct Judged {
    /// By path of the file: each list that names it, with its digest, its line and who signed.
    entries: BTreeMap<String, Vec<Said>>,
}

struct Said {
    list: String,
    list_sha256: Digest,
    listed: Listed,
    signer: String,
}

/// What a signed list says about a file.
pub(super) enum Entry {
    /// It is this file.
    Same {
        /// Who signed the list.
        signer: String,
        /// The line.
        cited: Citation,
    },
    /// It is another file.
    Other {
        /// What is wrong.
        message: Text,
        /// The line.
        cited: Citation,
    },
}

impl Lists {
    /// Finds the lists among what was delivered, by name; only those that read as one count.
    pub(super) fn find(gathered: &Gathered<'_>, files: &Files<'_>) -> Self {
        let mut found = Self::default();
        for path in files.paths() {
            if !checksum_list::is_named_so(path) {
                continue;
            }
            let (Some(sha256), Some(bytes)) = (files.digest(path), small(gathered, path)) else {
                continue;
            };
            if Digest::of(&bytes) != sha256 {
                continue;
            }
            let artifacts = gathered.artifacts.iter();
            let own = artifacts.filter(|one| one.path == path);
            let own = own.flat_map(|one| one.signatures.iter().cloned());
            let beside = BESIDE.iter().map(|suffix| format!("{path}{suffix}"));
            let mut signatures: Vec<_> = own.chain(beside.filter(|one| files.has(one))).collect();
            signatures.sort();
            signatures.dedup();
            let is_clear_signed = openpgp::signed_text(&bytes).is_some();
            let named = match checksum_list::read(&bytes) {
                Ok(named) => named,
                Err(_) if signatures.is_empty() && !is_clear_signed => continue,
                Err(fault) => {
                    let cited = Citation {
                        sha256,
                        file: path.to_owned(),
                        at: fault.at.clone(),
                    };
                    found.broken.push((cited, fault));
                    continue;
                }
            };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut list = List {
                path: path.to_owned(),
                sha256,
                listed: BTreeMap::new(),
                missing: Vec::new(),
                signatures,
                is_clear_signed,
            };
            for (name, listed) in named {
                // As the tool takes them: from the list's own folder, or from that of the whole delivery.
                let beside = format!("{folder}/{name}");
                let beside = beside.trim_start_matches('/');
                let path = [beside, name.as_str()]
                    .into_iter()
                    .find(|one| files.has(one));
                match path.map(str::to_owned) {
                    Some(path) => _ = list.listed.insert(path, listed),
                    None => list.missing.push(name),
                }
            }
            found.lists.push(list);
        }
        found
    }

    /// Whether a list names the file and bears a signature, whoever made it.
    pub(super) fn names(&self, path: &str) -> bool {
        let mut lists = self.lists.iter();
        lists.any(|one| {
            one.listed.contains_key(path) && (one.is_clear_signed || !one.signatures.is_empty())
        })
    }

    /// Verifies the signatures of the lists. One that the contracted signer did not sign says nothing, and is told.
    pub(super) fn judged(&self, judge: &Judge<'_>, files: &Files<'_>) -> (Judged, Vec<Finding>) {
        let mut judged = Judged::default();
        let broken = self.broken.iter().map(|(cited, fault)| {
            let names = [
                ("list", shown(&cited.file)),
                ("reason", shown(&fault.message)),
            ];
            let names = names
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            let message = both("verify-signature-list-broken", &names);
            let finding = Finding::new(judge.check, Effect::Warns, cited.file.as_str(), message);
            let mut finding = finding.distinguished_by(&[fault.code]).cite(cited.clone());
            finding.code = Some(fault.code.to_owned());
            finding
        });
        let mut findings: Vec<_> = broken.collect();
        for list in &self.lists {
            let target = Target::new(&list.path, list.sha256, None);
            let (signer, against) = list.signer(judge, files, &target);
            let Some(signer) = signer else {
                findings.extend(against);
                continue;
            };
            if let Some(first) = list.missing.first() {
                let count = list.missing.len().to_string();
                let message = both(
                    "verify-signature-listed-missing",
                    &[
                        ("list", &shown(&list.path)),
                        ("count", &count),
                        ("file", &shown(first)),
                    ],
                );
                let finding = judge.finding(&target, Effect::Notes, message);
                let missing: Vec<_> = list.missing.iter().map(String::as_str).collect();
                findings.push(finding.distinguished_by(&missing).cite(target.cite()));
            }
            for (path, listed) in &list.listed {
                judged.entries.entry(path.clone()).or_default().push(Said {
                    list: list.path.clone(),
                    list_sha256: list.sha256,
                    listed: *listed,
                    signer: signer.clone(),
                });
            }
        }
        (judged, findings)
    }
}

impl List {
    /// Who signed, where it is the contracted signer; else why its signatures do not count.
    fn signer(
        &self,
        judge: &Judge<'_>,
        files: &Files<'_>,
        target: &Target<'_>,
    ) -> (Option<String>, Vec<Finding>) {
        let mut against = Vec::new();
        let mut admit = |holder: Holder<'_>| match judge.judge(target, holder) {
            Answer::Verified(verification) => {
                Some(shown(&verification.signer.name().unwrap_or_default()))
            }
            Answer::Not(mut finding) => {
                // What such a list would have proven is missing where it was to prove it.
                finding.effect = Effect::Warns;
                against.push(*finding);
                None
            }
        };
        for path in &self.signatures {
            let held = files.signature(path);
            let signer = held.as_ref().and_then(|held| admit(held.holder(path)));
            if signer.is_some() {
                return (signer, Vec::new());
            }
        }
        if self.is_clear_signed
            && let Some(held) = files.as_role(&self.path, "checksums")
        {
            let holder = Holder {
                kind: Kind::Openpgp,
                ..held.holder(&self.path)
            };
            let signer = admit(holder);
            if signer.is_some() {
                return (signer, Vec::new());
            }
        }
        (None, against)
    }
}

impl Judged {
    /// What signed lists say about a file: that it is another where one of them does.
    pub(super) fn entry(&self, target: &Target<'_>) -> Option<Entry> {
        let said = self.entries.get(target.path)?;
        let other = said.iter().find(|one| one.listed.sha256 != target.sha256);
        if let Some(other) = other {
            let line = other.listed.line.to_string();
            let message = both(
                "verify-signature-listed-other",
                &[
                    ("file", &shown(target.path)),
                    ("list", &shown(&other.list)),
                    ("line", &line),
                ],
            );
            let cited = other.cite();
            return Some(Entry::Other { message, cited });
        }
        said.first().map(|one| Entry::Same {
            signer: one.signer.clone(),
            cited: one.cite(),
        })
    }
}

impl Said {
    fn cite(&self) -> Citation {
        Citation {
            sha256: self.list_sha256,
            file: self.list.clone(),
            at: Place::line(self.listed.line, 1),
        }
    }
}

/// The bytes of a file that is small enough for a list.
fn small(gathered: &Gathered<'_>, path: &str) -> Option<Vec<u8>> {
    let mut files = gathered.files.iter();
    let file = files.find(|file| file.path == path)?;
    let limit = u64::try_from(checksum_list::MAXIMUM_BYTES).unwrap_or(u64::MAX);
    if file.bytes > limit {
        return None;
    }
    gathered.read_delivered(path).ok()
}
