//! The register as it stands on a day, for papers.

use serde::Serialize;

use super::{Grant, Purpose, Standing, TrustPolicy};
use crate::evidence::signature::Kind;
use crate::time::Date;

/// One grant as it stands on a day.
#[derive(Debug, Clone, Serialize)]
pub struct GrantView {
    /// Its identifier.
    pub id: String,
    /// Whose signer it is.
    pub supplier: String,
    /// What may be signed.
    pub purposes: Vec<Purpose>,
    /// By which kinds of signatures.
    pub kinds: Vec<Kind>,
    /// The signer in one line.
    pub signer: String,
    /// How it stands.
    pub standing: Standing,
    /// The first day.
    pub from: String,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The clause of the contract.
    pub clause: String,
    /// Who approved it.
    pub approved_by: String,
    /// The day on which it was put into the register.
    pub added: String,
    /// The grant that it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Why it was withdrawn, with the day and who approved it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withdrawals: Vec<WithdrawalView>,
}

/// A withdrawal.
#[derive(Debug, Clone, Serialize)]
pub struct WithdrawalView {
    /// The first day without the grant.
    pub from: String,
    /// Whether the key is in strange hands.
    pub compromised: bool,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
}

impl GrantView {
    /// How `grant` stands on `day`.
    pub fn new(policy: &TrustPolicy, grant: &Grant, day: Date) -> Self {
        let withdrawals = policy.withdrawals.iter();
        let withdrawals = withdrawals.filter(|one| one.grant == grant.id);
        Self {
            id: grant.id.clone(),
            supplier: grant.supplier.clone(),
            purposes: grant.purposes.clone(),
            kinds: grant.kinds.clone(),
            signer: grant.signer(),
            standing: policy.standing(grant, day),
            from: grant.from.to_string(),
            until: grant.until.map(|until| until.to_string()),
            clause: grant.clause.clone(),
            approved_by: grant.approved_by.clone(),
            added: grant.added.to_string(),
            replaces: grant.replaces.clone(),
            withdrawals: withdrawals
                .map(|one| WithdrawalView {
                    from: one.from.to_string(),
                    compromised: one.compromised,
                    reason: one.reason.clone(),
                    approved_by: one.approved_by.clone(),
                })
                .collect(),
        }
    }
}

/// The grants of a policy as they stand on `day`, in the order of the register; those of one supplier where one
/// is named.
pub fn list(policy: &TrustPolicy, supplier: Option<&str>, day: Date) -> Vec<GrantView> {
    let grants = policy.grants.iter();
    let grants = grants.filter(|grant| supplier.is_none_or(|one| one == grant.supplier));
    grants
        .map(|grant| GrantView::new(policy, grant, day))
        .collect()
}
