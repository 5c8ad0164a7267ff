//! What a role may see of a case.

use super::{Case, Refused, refuse};
use crate::tender::proceeding::status::{Status, status as status_of};
use crate::tender::proceeding::{Actor, Role};
use crate::time::Timestamp;

/// How a case stands, for `viewer` at an instant; for the public where nobody is named.
pub fn status(case: &Case, viewer: Option<&Actor>, at: Timestamp) -> Status {
    status_of(&case.state, viewer, at)
}

/// Whether `viewer` may read the log, which names all bids.
///
/// # Errors
///
/// `case-role` for a bidder and for nobody in particular before the case has ended.
pub fn may_read_log(case: &Case, viewer: Option<&Actor>) -> Result<(), Refused> {
    let is_agency = viewer.is_some_and(|one| !matches!(one.role, Role::Vendor | Role::Ci));
    if is_agency || case.state.phase.is_final() {
        return Ok(());
    }
    Err(refuse(
        "case-role",
        "the log names all bids, and is not shown to bidders before the case has ended",
        "see `mekiki tender case status`; the agency's roles see the log with --as",
    )
    .into())
}
