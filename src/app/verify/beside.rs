//! What the agency keeps beside a delivery, and how a fault of it is told.

use super::gather::{Gathered, inside};
use super::telling::shown;
use crate::diagnostic::Diagnostic;

/// Whether something that the agency is to keep lies among what was delivered: then whoever delivers could have
/// written it. What is not there lies nowhere.
pub(super) fn lies_in_delivery(gathered: &Gathered<'_>, path: &str) -> bool {
    inside(gathered.request, path).is_some()
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
