//! Guesses a manifest from what lies in a folder.

use std::collections::BTreeSet;
use std::path::Path;

use super::gather::{Documents, told_documents};
use crate::acceptance::manifest::{Delivered, Manifest, Named, Vex, manifest_text};
use crate::app::Refused;
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::sbom;
use crate::folder::delivered::DeliveredFolder;
use crate::text::printable;

/// Guesses what is what from the bytes of the files below `root`. Nothing that is found there is trusted: no key, root,
/// register or term is taken from a folder that somebody delivered.
///
/// # Errors
///
/// When the folder cannot be listed.
pub fn guess(root: &Path) -> Result<Manifest, Refused> {
    Ok(guess_with_remarks(root)?.0)
}

/// Guesses as [`guess`] does, and says what was found and is not trusted, and what could not be read.
///
/// # Errors
///
/// As [`guess`].
pub fn guess_with_remarks(root: &Path) -> Result<(Manifest, Vec<Diagnostic>), Refused> {
    let folder = DeliveredFolder::new(root);
    let found = folder.list()?;
    let told = told_documents(&folder, &found.files);
    let mut remarks = found.remarks;
    let mut manifest = Manifest {
        artifacts: artifacts(&told),
        sboms: told
            .sboms
            .iter()
            .map(|(path, signatures)| Delivered {
                named: named(path),
                signatures: signatures.iter().map(|one| named(one)).collect(),
                provenance: Vec::new(),
            })
            .collect(),
        vex: told
            .vex
            .iter()
            .map(|path| Vex {
                named: named(path),
                level: None,
            })
            .collect(),
        ..Manifest::default()
    };
    for path in told.sboms.keys() {
        let bytes = folder.open(path).and_then(|file| file.whole(path));
        let reading = bytes
            .ok()
            .and_then(|bytes| Some(sbom::read(&bytes).ok()?.1));
        let root = reading.as_ref().and_then(|one| one.sbom.root.as_ref());
        let version = root.and_then(|root| root.version.as_deref());
        if let (Some(root), Some(version)) = (root, version)
            && manifest.product.is_none()
        {
            manifest.product = Some((root.name.to_string(), version.to_owned()));
        }
    }
    remarks.extend(told.untrusted.iter().map(|path| {
        Diagnostic::note(
            "delivery-key",
            Place::whole(),
            "a key or certificate that lies among what was delivered is not trusted",
        )
        .help("name the keys that you know of yourself under [signer]")
        .in_file(&**path)
    }));
    remarks.extend(told.remarks);
    remarks.sort();
    Ok((manifest, remarks))
}

/// A guess as people read it: the manifest, with the remarks before it.
pub fn guess_text(manifest: &Manifest, remarks: &[Diagnostic]) -> String {
    let mut text = String::from(
        "# Guessed from the bytes of the files. Nothing that was delivered is trusted: add [signer], [advisories], [terms]\n\
         # and requirements from what the agency knows itself, and keep the file outside of what was delivered.\n",
    );
    for remark in remarks {
        let file = remark.file.as_deref().unwrap_or(".");
        text += &format!("# {}: {}\n", printable(file), printable(&remark.message));
    }
    text + &manifest_text(manifest)
}

/// Artifacts with evidence of their own each, and all others by the first step of their paths.
fn artifacts(told: &Documents) -> Vec<Delivered> {
    let mut own = Vec::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for one in &told.artifacts {
        let step = one.path.split('/').next().unwrap_or(&one.path);
        if one.signatures.is_empty() && one.provenance.is_empty() {
            others.insert(step);
            continue;
        }
        let list = |paths: &[String]| paths.iter().map(|path| named(path)).collect();
        own.push(Delivered {
            named: named(&one.path),
            signatures: list(&one.signatures),
            provenance: list(&one.provenance),
        });
    }
    let others = others.into_iter().map(|step| Delivered {
        named: named(step),
        signatures: Vec::new(),
        provenance: Vec::new(),
    });
    let mut artifacts: Vec<_> = others.chain(own).collect();
    artifacts.sort_by(|left, right| left.named.cmp(&right.named));
    artifacts
}

fn named(path: &str) -> Named {
    Named {
        path: path.to_owned(),
        at: Place::whole(),
    }
}
