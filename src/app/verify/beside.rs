//! What the agency keeps beside a delivery, and how a fault of it is told.

use std::path::PathBuf;

use super::gather::Gathered;
use crate::diagnostic::Diagnostic;
use crate::text::{printable, shortened};

/// The longest name or message in a sentence, in characters.
const LONGEST: usize = 200;

/// Whether something that the agency is to keep lies among what was delivered: then whoever delivers could have
/// written it. What is not there lies nowhere.
pub(super) fn lies_in_delivery(gathered: &Gathered<'_>, path: &str) -> bool {
    let real = |path: PathBuf| path.canonicalize().ok();
    let delivered = real(gathered.request.delivered());
    let own = real(gathered.request.root.join(path));
    own.zip(delivered)
        .is_some_and(|(own, delivered)| own.starts_with(delivered))
}

/// A name or message in a sentence of the report.
pub(super) fn shown(text: &str) -> String {
    shortened(&printable(text), LONGEST)
}

/// The message of a fault, without the folders of this machine.
pub(super) fn told(gathered: &Gathered<'_>, fault: &Diagnostic) -> String {
    let mut message = fault.message.clone();
    for folder in [gathered.request.delivered(), gathered.request.root.clone()] {
        let folder = folder.display().to_string();
        if !matches!(folder.as_str(), "" | "." | "/") {
            message = message.replace(&format!("{folder}/"), "");
            message = message.replace(&format!("`{folder}`"), "the folder");
        }
    }
    shown(&message)
}

/// A path as it is told: as the manifest names it, and of a path that a flag gives from the root of the machine the
/// last step only.
pub(super) fn named(path: &str) -> String {
    if path.starts_with('/') {
        path.rsplit('/')
            .find(|step| !step.is_empty())
            .unwrap_or(path)
            .to_owned()
    } else {
        path.to_owned()
    }
}
