//! As tendered, as delivered, as accepted earlier: what changed without a notice.

use super::gather::Gathered;
use crate::acceptance::finding::Outcome;
use crate::acceptance::report::Input;

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let _ = (gathered, inputs);
    Vec::new()
}
