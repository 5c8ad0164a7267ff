//! Components of products whose dates of support are known, as a scan publishes them.

use serde::Serialize;

use super::view::ComponentView;
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::matching::{Ended, Support};

/// Whether the maker still supports a component.
#[derive(Debug, Serialize)]
pub struct SupportView {
    /// The component.
    pub component: ComponentView,
    /// The product as the list names it.
    pub product: String,
    /// The cycle that its version is of.
    pub cycle: String,
    /// Whether support has ended; `None` where the list does not tell.
    pub ended: Option<bool>,
    /// The last day, or the first one without support, where the list tells it.
    pub until: Option<String>,
    /// The latest release of the cycle.
    pub latest: Option<String>,
    /// The file of the list.
    pub file: String,
    /// Its digest.
    pub sha256: Digest,
    /// Where the cycle stands in it.
    pub at: Place,
    /// Whether it makes the result not acceptable.
    pub fails: bool,
}

impl SupportView {
    pub(super) fn new(component: ComponentView, support: &Support<'_>) -> Self {
        let (ended, until) = match support.ended {
            Ended::Yes(day) => (Some(true), day),
            Ended::No(day) => (Some(false), day),
            Ended::Untold => (None, None),
        };
        Self {
            component,
            product: support.product.clone(),
            cycle: support.cycle.clone(),
            ended,
            until: until.map(|day| day.to_string()),
            latest: support.latest.clone(),
            file: support.file.path.clone(),
            sha256: support.file.digest,
            at: support.at.clone(),
            fails: false,
        }
    }

    /// Whether support has ended.
    pub fn is_ended(&self) -> bool {
        self.ended == Some(true)
    }
}
