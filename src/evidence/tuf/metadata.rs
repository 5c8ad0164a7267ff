//! The signed files of a repository.
//!
//! Source: TUF specification 1.0.33, section 4. Members that are not known inside of what is signed are
//! passed over, as the specification asks (section 4.1); a repeated member is refused, since two readers may
//! see two files.

use std::collections::{BTreeMap, BTreeSet};

use super::key::Key;
use super::{DIGESTS, MAXIMUM_METADATA_BYTES, Wanted, canonical, malformed, mismatch};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::time::Timestamp;
use crate::tree::{Node, Value, parse_json, pointer_step};

/// The top-level roles that sign files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RoleName {
    Root,
    Timestamp,
    Snapshot,
    Targets,
}

impl RoleName {
    const ALL: [Self; 4] = [Self::Root, Self::Timestamp, Self::Snapshot, Self::Targets];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
        }
    }
}

/// What a role's file holds beside its version and expiry.
pub(super) trait Role: Sized {
    fn read(signed: &Node) -> Result<Self, Diagnostic>;
}

/// A file that is read but not verified, unless [`Metadata::signed_by`] says so.
#[derive(Debug, Clone)]
pub(super) struct Metadata<R> {
    pub(super) version: u64,
    pub(super) expires: Timestamp,
    pub(super) role: R,
    /// What the signatures are over.
    canonical: Vec<u8>,
    /// By the identifier of the key.
    signatures: BTreeMap<String, Vec<u8>>,
}

impl<R: Role> Metadata<R> {
    /// Reads a file of a role.
    pub(super) fn read(bytes: &[u8], name: RoleName) -> Result<Self, Diagnostic> {
        let (document, repeated) = parse_json(bytes)?;
        if let Some(repeated) = repeated.into_iter().next() {
            return Err(Diagnostic {
                severity: Severity::Error,
                ..repeated
            });
        }
        let root = &document.root;
        let known = |key: &str| matches!(key, "signed" | "signatures");
        if root.entries().iter().any(|(key, _)| !known(key)) {
            return Err(malformed(
                "",
                "the file holds more than what is signed and its signatures",
            ));
        }
        let signed = root
            .get("signed")
            .filter(|signed| matches!(signed.value, Value::Table(_)))
            .ok_or_else(|| malformed("/signed", "nothing is signed"))?;
        let kind = signed.get("_type").and_then(Node::text);
        if kind != Some(name.word()) {
            let message = format!("the file is not of the role `{}`", name.word());
            return Err(malformed("/signed/_type", &message));
        }
        let edition = signed.get("spec_version").and_then(Node::text);
        if edition.and_then(|edition| edition.split('.').next()) != Some("1") {
            let message = "the file follows an edition of the specification that is not known";
            return Err(malformed("/signed/spec_version", message));
        }
        let expires = signed.get("expires").and_then(Node::text);
        let expires = expires
            .and_then(|expires| expires.parse().ok())
            .ok_or_else(|| malformed("/signed/expires", "the file does not say when it expires"))?;
        Ok(Self {
            version: version_of(signed, "/signed")?,
            expires,
            role: R::read(signed)?,
            canonical: canonical::canonical(signed)
                .ok_or_else(|| malformed("/signed", "a number is no integer"))?,
            signatures: signatures(root)?,
        })
    }

    /// Whether enough different keys of the role have signed the file.
    pub(super) fn signed_by(&self, root: &Root, name: RoleName) -> Result<(), Diagnostic> {
        self.signed_by_enough(root.signers(name), name)
    }

    /// Whether enough different keys of `signers` have signed the file, which is of the role `name`.
    pub(super) fn signed_by_enough(
        &self,
        signers: &Signers,
        name: RoleName,
    ) -> Result<(), Diagnostic> {
        let mut found = BTreeSet::new();
        for (id, key) in &signers.keys {
            if let Some(signature) = self.signatures.get(id)
                && let Some(digest) = key.digest()
                && key.verifies(&self.canonical, signature)
            {
                found.insert(digest);
            }
        }
        let found = u64::try_from(found.len()).unwrap_or_default();
        if found >= signers.threshold {
            return Ok(());
        }
        let message = format!(
            "the {} file is signed by {found} of its keepers, and {} are needed",
            name.word(),
            signers.threshold
        );
        Err(Diagnostic::error("tuf-signature", Place::pointer("/signatures"), message)
            .help("do not use it; ask the keepers of the repository, and check that the root you gave is theirs"))
    }

    /// Whether the file may be trusted at `at`: it expires later.
    pub(super) fn in_force(&self, name: RoleName, at: Timestamp) -> Result<(), Diagnostic> {
        if self.expires > at {
            return Ok(());
        }
        let message = format!("the {} file expired at {}", name.word(), self.expires);
        Err(Diagnostic::error("tuf-expired", Place::pointer("/signed/expires"), message)
            .help("the repository is no longer kept, or somebody is handing out an old state; try again later"))
    }
}

fn version_of(node: &Node, pointer: &str) -> Result<u64, Diagnostic> {
    positive(node, "version")
        .ok_or_else(|| malformed(&format!("{pointer}/version"), "there is no version above 0"))
}

fn positive(node: &Node, key: &str) -> Option<u64> {
    match node.get(key)?.value {
        Value::Integer(integer) => u64::try_from(integer).ok().filter(|integer| *integer > 0),
        _ => None,
    }
}

/// The signatures by key; empty ones are places that are still open (tuf-on-ci writes them).
fn signatures(root: &Node) -> Result<BTreeMap<String, Vec<u8>>, Diagnostic> {
    let list = root
        .get("signatures")
        .filter(|list| matches!(list.value, Value::List(_)))
        .ok_or_else(|| malformed("/signatures", "there is no list of signatures"))?;
    let mut signatures = BTreeMap::new();
    for (index, one) in list.items().iter().enumerate() {
        let pointer = format!("/signatures/{index}");
        let text = |key: &str| one.get(key).and_then(Node::text);
        let (Some(id), Some(digits)) = (text("keyid"), text("sig")) else {
            return Err(malformed(
                &pointer,
                "a signature lacks its key or its value",
            ));
        };
        let signature = hex::decode(digits)
            .map_err(|_| malformed(&pointer, "a signature is not in hexadecimal digits"))?;
        if signatures.insert(id.to_owned(), signature).is_some() {
            return Err(malformed(&pointer, "one key signs twice"));
        }
    }
    Ok(signatures)
}

/// Who signs for a role, and how many must.
#[derive(Debug, Clone)]
pub(super) struct Signers {
    keys: BTreeMap<String, Key>,
    threshold: u64,
}

impl Signers {
    pub(super) fn new(keys: BTreeMap<String, Key>, threshold: u64) -> Self {
        Self { keys, threshold }
    }

    /// The keys themselves and their number, by which two roots are compared.
    pub(super) fn admitted(&self) -> (BTreeSet<Digest>, u64) {
        let keys = self.keys.values().filter_map(Key::digest).collect();
        (keys, self.threshold)
    }
}

/// A root: who signs for each role (section 4.3).
#[derive(Debug, Clone)]
pub(super) struct Root {
    pub(super) consistent_snapshot: bool,
    signers: RoleSigners,
}

#[derive(Debug, Clone)]
struct RoleSigners {
    root: Signers,
    timestamp: Signers,
    snapshot: Signers,
    targets: Signers,
}

impl Root {
    pub(super) fn signers(&self, name: RoleName) -> &Signers {
        match name {
            RoleName::Root => &self.signers.root,
            RoleName::Timestamp => &self.signers.timestamp,
            RoleName::Snapshot => &self.signers.snapshot,
            RoleName::Targets => &self.signers.targets,
        }
    }

    /// Where a metadata file is fetched (section 6.2: with its version in front in consistent snapshots).
    pub(super) fn metadata_file(&self, name: &str, listed: &Listed) -> Wanted {
        Wanted {
            path: if self.consistent_snapshot {
                format!("{}.{name}", listed.version)
            } else {
                name.to_owned()
            },
            maximum_bytes: listed.length.unwrap_or(MAXIMUM_METADATA_BYTES),
        }
    }
}

impl Role for Root {
    fn read(signed: &Node) -> Result<Self, Diagnostic> {
        let keys = signed
            .get("keys")
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|(id, node)| Ok((id.clone(), Key::read(id, node)?)))
            .collect::<Result<BTreeMap<_, _>, Diagnostic>>()?;
        let roles = signed.get("roles").map_or(&[][..], Node::entries);
        // Section 4.3 names these four, and `mirrors`, whose file is not used here.
        let is_known =
            |role: &str| role == "mirrors" || RoleName::ALL.iter().any(|name| name.word() == role);
        if let Some((role, _)) = roles.iter().find(|(role, _)| !is_known(role)) {
            let pointer = format!("/signed/roles/{}", pointer_step(role));
            return Err(malformed(
                &pointer,
                "the root names a role that is not known",
            ));
        }
        let signers = |name: RoleName| signers_of(name, roles, &keys);
        Ok(Self {
            consistent_snapshot: match signed.get("consistent_snapshot").map(|node| &node.value) {
                None => false,
                Some(Value::Bool(consistent)) => *consistent,
                Some(_) => {
                    let pointer = "/signed/consistent_snapshot";
                    return Err(malformed(pointer, "it is neither true nor false"));
                }
            },
            signers: RoleSigners {
                root: signers(RoleName::Root)?,
                timestamp: signers(RoleName::Timestamp)?,
                snapshot: signers(RoleName::Snapshot)?,
                targets: signers(RoleName::Targets)?,
            },
        })
    }
}

fn signers_of(
    name: RoleName,
    roles: &[(String, Node)],
    keys: &BTreeMap<String, Key>,
) -> Result<Signers, Diagnostic> {
    let pointer = format!("/signed/roles/{}", name.word());
    let role = roles.iter().find(|(role, _)| role == name.word());
    let (_, role) = role.ok_or_else(|| malformed(&pointer, "the root lacks a role"))?;
    let threshold = positive(role, "threshold").ok_or_else(|| {
        malformed(
            &format!("{pointer}/threshold"),
            "no signature would be needed",
        )
    })?;
    let mut admitted = BTreeMap::new();
    for (index, id) in role
        .get("keyids")
        .map_or(&[][..], Node::items)
        .iter()
        .enumerate()
    {
        let pointer = format!("{pointer}/keyids/{index}");
        let id = id.text().unwrap_or_default();
        let key = keys
            .get(id)
            .ok_or_else(|| malformed(&pointer, "a role names a key that is not there"))?;
        if admitted.insert(id.to_owned(), key.clone()).is_some() {
            return Err(malformed(&pointer, "a role names a key twice"));
        }
    }
    Ok(Signers {
        keys: admitted,
        threshold,
    })
}

/// What a file says about another: version, length and digests.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    /// 0 for a target, which has none.
    pub(super) version: u64,
    pub(super) length: Option<u64>,
    /// In lower-case hexadecimal digits, by the name of the algorithm.
    hashes: BTreeMap<String, String>,
    must_hash: bool,
}

impl Listed {
    fn read(node: &Node, pointer: &str) -> Result<Self, Diagnostic> {
        let length = match node.get("length").map(|node| &node.value) {
            None => None,
            Some(Value::Integer(length)) => Some(
                u64::try_from(*length)
                    .map_err(|_| malformed(&format!("{pointer}/length"), "a length is below 0"))?,
            ),
            Some(_) => {
                return Err(malformed(
                    &format!("{pointer}/length"),
                    "a length is no integer",
                ));
            }
        };
        let mut hashes = BTreeMap::new();
        for (name, digits) in node.get("hashes").map_or(&[][..], Node::entries) {
            let known = DIGESTS.iter().find(|(known, _)| known == name);
            let length = known.map(|(_, algorithm)| algorithm.length());
            // It becomes part of an address: nothing but digits may stand in it.
            let is_digest = |digits: &&str| {
                let bytes = hex::decode(digits);
                bytes.is_ok_and(|bytes| length.is_none_or(|length| bytes.len() == length))
            };
            let digits = digits.text().filter(is_digest).ok_or_else(|| {
                malformed(
                    &format!("{pointer}/hashes"),
                    "a digest is not one of its kind",
                )
            })?;
            hashes.insert(name.clone(), digits.to_ascii_lowercase());
        }
        Ok(Self {
            version: 0,
            length,
            must_hash: node.get("hashes").is_some(),
            hashes,
        })
    }

    /// Whether bytes have the length and the digests that are listed.
    pub(super) fn admits(&self, bytes: &[u8], what: &str) -> Result<(), Diagnostic> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.length.is_some_and(|listed| listed != length) {
            return Err(mismatch(&format!(
                "{what} has {length} bytes, and another length is signed"
            )));
        }
        let mut was_checked = false;
        for (name, algorithm) in DIGESTS {
            if let Some(listed) = self.hashes.get(name) {
                if *listed != algorithm.hex_of(bytes) {
                    return Err(mismatch(&format!(
                        "{what} has another {name} than is signed"
                    )));
                }
                was_checked = true;
            }
        }
        if self.must_hash && !was_checked {
            return Err(mismatch(&format!(
                "{what} is listed by no digest that is known"
            )));
        }
        Ok(())
    }

    /// Whether a file has the version that is listed.
    pub(super) fn is_of(&self, version: u64, what: &str) -> Result<(), Diagnostic> {
        if version == self.version {
            return Ok(());
        }
        Err(mismatch(&format!(
            "the {what} has version {version}, and version {} is signed",
            self.version
        )))
    }

    /// A digest by which the file is named in consistent snapshots.
    pub(super) fn file_digest(&self) -> Option<&str> {
        DIGESTS
            .iter()
            .find_map(|(name, _)| self.hashes.get(*name).map(String::as_str))
    }
}

/// A timestamp or snapshot: the versions of other files (sections 4.4 and 4.6).
#[derive(Debug, Clone)]
pub(super) struct Versions(BTreeMap<String, Listed>);

impl Versions {
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &Listed)> {
        self.0.iter().map(|(file, listed)| (file.as_str(), listed))
    }

    pub(super) fn file(&self, name: &str) -> Option<&Listed> {
        self.0.get(name)
    }

    pub(super) fn snapshot(&self) -> Result<&Listed, Diagnostic> {
        self.file("snapshot.json")
            .ok_or_else(|| malformed("/signed/meta", "the timestamp names no snapshot"))
    }

    pub(super) fn targets(&self) -> Result<&Listed, Diagnostic> {
        self.file("targets.json")
            .ok_or_else(|| malformed("/signed/meta", "the snapshot lists no targets"))
    }
}

impl Role for Versions {
    fn read(signed: &Node) -> Result<Self, Diagnostic> {
        let files = signed.get("meta").map_or(&[][..], Node::entries).iter();
        let files = files.map(|(file, node)| {
            let pointer = format!("/signed/meta/{}", pointer_step(file));
            let version = version_of(node, &pointer)?;
            let listed = Listed::read(node, &pointer)?;
            Ok((file.clone(), Listed { version, ..listed }))
        });
        files.collect::<Result<_, Diagnostic>>().map(Self)
    }
}

/// The top-level targets (section 4.5).
#[derive(Debug, Clone)]
pub(super) struct Targets(BTreeMap<String, Listed>);

impl Targets {
    pub(super) fn target(&self, path: &str) -> Option<&Listed> {
        self.0.get(path)
    }
}

impl Role for Targets {
    fn read(signed: &Node) -> Result<Self, Diagnostic> {
        let targets = signed.get("targets").map_or(&[][..], Node::entries).iter();
        let targets = targets.map(|(path, node)| {
            let pointer = format!("/signed/targets/{}", pointer_step(path));
            let listed = Listed::read(node, &pointer)?;
            if listed.length.is_none() || listed.file_digest().is_none() {
                return Err(malformed(
                    &pointer,
                    "a target lacks its length or a known digest",
                ));
            }
            Ok((path.clone(), listed))
        });
        targets.collect::<Result<_, Diagnostic>>().map(Self)
    }
}
