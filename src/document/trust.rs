//! The trust policy for people: who may sign what, and whether it admits a signature.

use serde_json::{Value, json};

use super::signature;
use super::table::{Look, Sheet};
use crate::digest::Digest;
use crate::text::Lang;
use crate::text::messages::{message, message_with};
use crate::trust::{Admission, GrantView, Standing};

/// The grants as a table.
pub fn table(grants: &[GrantView], lang: Lang, width: u16) -> String {
    let titles = [
        "trust-grant",
        "trust-standing",
        "trust-supplier",
        "trust-what",
        "trust-signer",
        "trust-period",
        "trust-agreed",
    ];
    let mut sheet = Sheet::new(width, titles.map(|key| message(lang, key)));
    for grant in grants {
        let look = match grant.standing {
            Standing::InForce => Look::Good,
            Standing::Compromised | Standing::Withdrawn => Look::Bad,
            Standing::NotYet => Look::Open,
            Standing::Ended | Standing::Replaced => Look::Faint,
        };
        let standing = message(lang, &format!("trust-{}", grant.standing.word()));
        let purposes: Vec<_> = grant
            .purposes
            .iter()
            .map(|purpose| message(lang, &format!("trust-for-{}", purpose.word())))
            .collect();
        let kinds: Vec<_> = grant.kinds.iter().map(|kind| kind.word()).collect();
        let until = grant.until.as_deref().unwrap_or_default();
        sheet.row([
            (grant.id.clone(), Look::Plain),
            (standing, look),
            (grant.supplier.clone(), Look::Plain),
            (purposes.join(", "), Look::Plain),
            (
                format!("{} [{}]", grant.signer, kinds.join(", ")),
                Look::Plain,
            ),
            (format!("{} – {until}", grant.from), Look::Plain),
            (
                format!("{}, {}", grant.clause, grant.approved_by),
                Look::Faint,
            ),
        ]);
    }
    sheet.render()
}

/// The answer of a policy as JSON, schema `mekiki/trust-check/v1`.
pub fn check_view(
    admission: &Admission,
    approved: &[GrantView],
    file: &str,
    digest: &Digest,
) -> Value {
    json!({
        "schema": "mekiki/trust-check/v1",
        "admitted": admission.verification.verified,
        "changed": admission.is_changed,
        "grant": admission.grant,
        "policy": {"file": file, "sha256": digest},
        "approved": approved,
        "verification": signature::view(&admission.verification),
    })
}

/// The answer of a policy as text.
pub fn check_text(admission: &Admission, approved: &[GrantView], lang: Lang, width: u16) -> String {
    let headline = match (&admission.grant, admission.is_changed) {
        (Some(grant), _) => message_with(lang, "trust-admitted", &[("grant", grant)]),
        (None, true) => message(lang, "trust-changed"),
        (None, false) => message(lang, "trust-not-admitted"),
    };
    let mut out = format!(
        "{headline}\n{}",
        signature::text(&admission.verification, lang)
    );
    if admission.grant.is_none() && !approved.is_empty() {
        out.push('\n');
        out.push_str(&table(approved, lang, width));
    }
    out
}
