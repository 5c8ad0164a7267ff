//! What VEX statements say, as it is published.

use crate::document::scan::{OtherView, StatementView, UnboundView};
use crate::triage::{Decision, Triage, Unbound, Voice};

pub(super) fn statement_view(decision: &Decision<'_>) -> StatementView {
    let by = decision.by.as_ref();
    let text = |pick: fn(&Voice<'_>) -> Option<String>| by.and_then(pick);
    let mut others = Vec::new();
    for (why, voices) in [
        ("conflicting", &decision.conflicting),
        ("overruled", &decision.overruled),
        ("expired", &decision.expired),
        ("not-yet", &decision.not_yet),
    ] {
        others.extend(voices.iter().map(|voice| OtherView {
            why,
            status: voice.statement.status,
            source: voice.given.path.clone(),
            at: voice.statement.at.clone(),
        }));
    }
    StatementView {
        status: decision.status,
        source: by.map(|voice| voice.given.path.clone()),
        sha256: by.map(|voice| voice.given.digest),
        at: by.map(|voice| voice.statement.at.clone()),
        author: text(|voice| voice.given.document.author.clone()),
        trust: by.map(|voice| voice.trust.to_owned()),
        justification: text(|voice| voice.statement.justification.clone()),
        impact: text(|voice| voice.statement.impact.clone()),
        action: text(|voice| voice.statement.action.clone()),
        issued: text(|voice| voice.statement.issued.map(|at| at.to_string())),
        updated: text(|voice| voice.statement.updated.map(|at| at.to_string())),
        conflict: decision.is_conflict(),
        undated: decision.is_undated,
        others,
    }
}

pub(super) fn unbound_view(triage: &Triage, unbound: &Unbound) -> UnboundView {
    let given = triage.documents().get(unbound.document);
    let statement = given.and_then(|given| given.document.statements.get(unbound.statement));
    UnboundView {
        source: given.map(|given| given.path.clone()).unwrap_or_default(),
        at: unbound.at.clone(),
        vulnerability: statement
            .map(|statement| statement.vulnerability.clone())
            .unwrap_or_default(),
        reason: unbound.reason.word(),
    }
}
