//! The delivered files that hold signatures and statements, each read once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::judge::Holder;
use crate::acceptance::report::Input;
use crate::app::verify::gather::Gathered;
use crate::digest::Digest;
use crate::evidence::signature::Kind;

/// The largest file of signatures that is read: 64 MiB, as much as the readers of envelopes and of `OpenPGP` take.
const MAXIMUM_BYTES: u64 = 64 * 1024 * 1024;

/// A delivered file that was read.
pub(super) struct Read {
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: Digest,
    kind: Kind,
}

impl Read {
    /// The file as the holder of a signature; `path` is where it lies.
    pub(super) fn holder<'a>(&'a self, path: &'a str) -> Holder<'a> {
        Holder {
            path,
            sha256: self.sha256,
            bytes: &self.bytes,
            kind: self.kind,
        }
    }
}

/// The delivered files by path, and those of them that were read.
pub(super) struct Files<'a> {
    gathered: &'a Gathered<'a>,
    known: BTreeMap<&'a str, (Digest, u64)>,
    read: RefCell<BTreeMap<String, Option<Rc<Read>>>>,
    roles: RefCell<BTreeMap<String, &'static str>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(gathered: &'a Gathered<'a>) -> Self {
        let files = gathered.files.iter();
        Self {
            gathered,
            known: files
                .map(|file| (file.path.as_str(), (file.sha256, file.bytes)))
                .collect(),
            read: RefCell::default(),
            roles: RefCell::default(),
        }
    }

    /// Whether a file was delivered. Links and what could not be read are none.
    pub(super) fn has(&self, path: &str) -> bool {
        self.known.contains_key(path)
    }

    /// The digest of a delivered file.
    pub(super) fn digest(&self, path: &str) -> Option<Digest> {
        self.known.get(path).map(|(digest, _)| *digest)
    }

    /// The paths of all delivered files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'a str> {
        self.known.keys().copied()
    }

    /// A signature or signed statement; `None` where it was not delivered or changed since.
    pub(super) fn signature(&self, path: &str) -> Option<Rc<Read>> {
        self.as_role(path, "signature")
    }

    /// A delivered file that is read as a `role`.
    pub(super) fn as_role(&self, path: &str, role: &'static str) -> Option<Rc<Read>> {
        let mut read = self.read.borrow_mut();
        let held = if let Some(held) = read.get(path) {
            held.clone()
        } else {
            let held = self.load(path).map(Rc::new);
            read.insert(path.to_owned(), held.clone());
            held
        };
        if held.is_some() {
            self.roles
                .borrow_mut()
                .entry(path.to_owned())
                .or_insert(role);
        }
        held
    }

    fn load(&self, path: &str) -> Option<Read> {
        let (sha256, length) = *self.known.get(path)?;
        if length > MAXIMUM_BYTES {
            return None;
        }
        let bytes = self.gathered.read_delivered(path).ok()?;
        let is_same = Digest::of(&bytes) == sha256;
        is_same.then(|| Read {
            kind: Kind::of(&bytes, false).unwrap_or(Kind::Cosign),
            bytes,
            sha256,
        })
    }

    /// Every file that was read, with what it was read as.
    pub(super) fn inputs(&self) -> Vec<Input> {
        let roles = self.roles.borrow();
        let inputs = roles.iter().filter_map(|(path, role)| {
            Some(Input {
                role,
                path: path.clone(),
                sha256: self.digest(path)?,
            })
        });
        inputs.collect()
    }
}
