//! Reading the register, with all faults at once.

use std::collections::BTreeSet;

use super::{Grant, Purpose, TrustPolicy, Withdrawal};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::signature::{Expected, Kind};
use crate::tree::{Complaints, Fields, parse_toml};

/// The schema that a register states.
pub const SCHEMA: &str = "mekiki/trust-policy/v1";

/// Reads a register.
///
/// # Errors
///
/// Every fault of the file: what is missing, of the wrong type or unknown, identifiers that stand twice, and
/// what refers to a grant that is not there.
pub fn parse(bytes: &[u8]) -> Result<TrustPolicy, Vec<Diagnostic>> {
    let document = parse_toml(bytes)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    if fields.text("schema") != SCHEMA {
        fields.complain(
            "schema-unknown",
            "schema",
            "the document is no trust policy",
            "write schema = \"mekiki/trust-policy/v1\"",
        );
    }
    let mut ids = BTreeSet::new();
    let grants: Vec<_> = fields
        .tables("grant")
        .iter()
        .map(|fields| {
            let grant = grant(fields, &ids);
            ids.insert(grant.id.clone());
            grant
        })
        .collect();
    let withdrawals: Vec<_> = fields
        .tables("withdrawal")
        .iter()
        .map(|fields| withdrawal(fields, &ids))
        .collect();
    fields.finish();
    if complaints.has_errors() {
        return Err(complaints.into_sorted());
    }
    Ok(TrustPolicy {
        digest: Digest::of(bytes),
        grants,
        withdrawals,
    })
}

fn grant(fields: &Fields<'_>, earlier: &BTreeSet<String>) -> Grant {
    let id = fields.text("id");
    if earlier.contains(&id) {
        let message = format!("there are two grants `{id}`");
        fields.complain(
            "trust-grant-repeated",
            "id",
            message,
            "number each grant anew; an old one stays as it is",
        );
    }
    let replaces = fields.optional_text("replaces");
    if let Some(replaced) = replaces.as_ref().filter(|one| !earlier.contains(*one)) {
        unknown_grant(fields, "replaces", replaced);
    }
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind));
    let grant = Grant {
        id,
        supplier: fields.text("supplier"),
        purposes: fields.words("for", &Purpose::WORDS),
        kinds: fields.words("kinds", &kinds),
        identity: expected(fields, "identity", "identity_pattern"),
        issuer: expected(fields, "issuer", "issuer_pattern"),
        keys: optional_texts(fields, "keys"),
        certificates: optional_texts(fields, "certificates"),
        anchors: optional_texts(fields, "anchors"),
        threshold: usize::try_from(fields.optional_integer("threshold").unwrap_or(1))
            .unwrap_or_default(),
        namespace: fields.optional_text("namespace"),
        from: fields.day("from"),
        until: fields.optional_day("until"),
        clause: fields.text("clause"),
        contract: fields.optional_text("contract"),
        approved_by: fields.text("approved_by"),
        added: fields.day("added"),
        replaces,
        at: fields.place(),
    };
    fields.optional_text("note");
    if grant.purposes.is_empty() || grant.kinds.is_empty() {
        fields.complain(
            "trust-grant-empty",
            "id",
            "the grant admits nothing: `for` or `kinds` is empty",
            "name what may be signed, and by which kinds of signatures",
        );
    }
    if grant.identity.is_none() && grant.keys.is_empty() && grant.certificates.is_empty() {
        fields.complain(
            "trust-signer-missing",
            "id",
            "the grant names no signer",
            "give `identity` with `issuer`, `keys` or `certificates`",
        );
    }
    if grant.threshold == 0 || grant.threshold > grant.keys.len().max(1) {
        fields.complain(
            "trust-threshold",
            "threshold",
            format!(
                "{} of {} keys cannot be asked for",
                grant.threshold,
                grant.keys.len()
            ),
            "ask for at least one and at most as many as there are keys",
        );
    }
    if grant.until.is_some_and(|until| until < grant.from) {
        fields.complain(
            "period-reversed",
            "until",
            "the last day is before the first",
            "",
        );
    }
    fields.finish();
    grant
}

fn withdrawal(fields: &Fields<'_>, grants: &BTreeSet<String>) -> Withdrawal {
    let withdrawal = Withdrawal {
        grant: fields.text("grant"),
        from: fields.day("from"),
        compromised: fields.optional_bool("compromised").unwrap_or_default(),
        reason: fields.text("reason"),
        approved_by: fields.text("approved_by"),
        added: fields.day("added"),
        at: fields.place(),
    };
    if !grants.contains(&withdrawal.grant) {
        unknown_grant(fields, "grant", &withdrawal.grant);
    }
    fields.finish();
    withdrawal
}

fn unknown_grant(fields: &Fields<'_>, key: &str, grant: &str) {
    fields.complain(
        "trust-grant-unknown",
        key,
        format!("there is no grant `{grant}` before this line"),
        "name a grant of this file by its id",
    );
}

fn expected(fields: &Fields<'_>, exact: &'static str, pattern: &'static str) -> Option<Expected> {
    match (fields.optional_text(exact), fields.optional_text(pattern)) {
        (Some(_), Some(_)) => {
            fields.complain(
                "trust-signer-twice",
                pattern,
                format!("`{exact}` and `{pattern}` are both given"),
                "keep one of them",
            );
            None
        }
        (Some(text), None) => Some(Expected::Exact(text)),
        (None, Some(text)) => Expected::pattern(&text)
            .map_err(|fault| fields.complain(fault.code, pattern, fault.message, ""))
            .ok(),
        (None, None) => None,
    }
}

fn optional_texts(fields: &Fields<'_>, key: &'static str) -> Vec<String> {
    if fields.node(key).is_some() {
        fields.texts(key)
    } else {
        Vec::new()
    }
}
