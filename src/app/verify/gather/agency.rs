//! What the manifest names beside what was delivered: the agency's own files.

use std::collections::BTreeSet;

use crate::acceptance::manifest::{Manifest, Named};
use crate::app::verify::Request;
use crate::diagnostic::Diagnostic;
use crate::folder::delivered::place_inside;
use crate::folder::{FolderError, read_delivered};

/// Something that the agency keeps, and that a delivery is held to.
#[derive(Debug, Clone, Copy)]
pub(in crate::app::verify) struct Held<'m> {
    /// What it is, as in the keys of messages.
    pub(in crate::app::verify) what: &'static str,
    /// Where.
    pub(in crate::app::verify) named: &'m Named,
}

/// Everything that the manifest names and that whoever delivers must not write.
pub(in crate::app::verify) fn held_by_agency(manifest: &Manifest) -> Vec<Held<'_>> {
    let signer = &manifest.signer;
    let single = [
        ("register", &signer.register),
        ("trusted-root", &signer.trusted_root),
        ("feed", &manifest.feed),
        ("tendered", &manifest.tendered),
        ("accepted", &manifest.accepted),
        ("products", &manifest.products),
        ("requirements", &manifest.requirements),
        ("baseline", &manifest.baseline),
        ("allowance", &manifest.allowance),
    ];
    let several = [
        ("keys", &signer.keys),
        ("certificates", &signer.certificates),
        ("anchors", &signer.anchors),
        ("revocations", &signer.revocations),
        ("exceptions", &manifest.exceptions),
        ("policies", &manifest.policies),
    ];
    let single = single
        .into_iter()
        .filter_map(|(what, named)| Some((what, named.as_ref()?)));
    let several = several
        .into_iter()
        .flat_map(|(what, list)| list.iter().map(move |named| (what, named)));
    let vex = manifest.vex.iter().filter(|one| one.level.is_some());
    let vex = vex.map(|one| ("vex", &one.named));
    single
        .chain(several)
        .chain(vex)
        .map(|(what, named)| Held { what, named })
        .collect()
}

/// Where something of the agency lies among what was delivered; `None` where it lies elsewhere.
pub(in crate::app::verify) fn inside(request: &Request<'_>, path: &str) -> Option<String> {
    place_inside(&request.delivered(), &request.root.join(path))
}

/// Where the manifest lies among what was delivered; `None` where it lies elsewhere, or there is none.
pub(in crate::app::verify) fn manifest_inside(request: &Request<'_>) -> Option<String> {
    let (name, _) = request.manifest_file?;
    let name = name.rsplit(['/', std::path::MAIN_SEPARATOR]).next();
    inside(request, name.unwrap_or_default())
}

/// The delivered files that are the agency's, by the manifest.
pub(super) fn paths(request: &Request<'_>, files: &[String]) -> BTreeSet<String> {
    let manifest = request.manifest;
    let notices = manifest.notices.iter();
    let held = held_by_agency(manifest).into_iter().map(|one| one.named);
    let held = held
        .chain(notices)
        .filter_map(|named| inside(request, &named.path));
    let held: Vec<String> = held
        .filter(|path| !path.is_empty())
        .chain(manifest_inside(request))
        .collect();
    let is_held = |file: &&String| {
        held.iter().any(|path| {
            let rest = file.strip_prefix(path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    files.iter().filter(is_held).cloned().collect()
}

/// Reads a file of the agency.
pub(super) fn read(request: &Request<'_>, path: &str) -> Result<Vec<u8>, Diagnostic> {
    let on_disk = request.root.join(path);
    let leads_out = path.starts_with('/') || path.split('/').any(|step| step == "..");
    if !leads_out && on_disk.exists() && place_inside(&request.root, &on_disk).is_none() {
        let path = path.to_owned();
        let link = FolderError::Link { path: path.clone() };
        return Err(link.diagnostic().in_file(path));
    }
    read_delivered(&on_disk.display().to_string()).map_err(|fault| {
        let fault = fault.told_as(path);
        fault.diagnostic().in_file(path)
    })
}
