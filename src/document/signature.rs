//! The outcome of a verification, for people: who, when, vouched for by whom, over what, and where it fails,
//! one sentence for the officer and one for the specialist.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::evidence::signature::{Check, CheckName, ProvenSigner, Verification};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

const SCHEMA: &str = "mekiki/signature-verify/v1";

/// The outcome as JSON, schema `mekiki/signature-verify/v1`: the fields of [`Verification`], and for a refusal
/// the sentences in both languages.
pub fn view(verification: &Verification) -> Value {
    let mut view = json!(verification);
    if let Some(fields) = view.as_object_mut() {
        fields.insert("schema".to_owned(), json!(SCHEMA));
        if let Some(check) = verification.refusal() {
            fields.insert("refusal".to_owned(), refusal(check));
        }
    }
    view
}

/// A failed check as JSON: its name, the officer's sentence in both languages and the specialist's.
pub fn refusal(check: &Check) -> Value {
    json!({
        "check": check.name,
        "en": plainly(Lang::En, check.name),
        "ja": plainly(Lang::Ja, check.name),
        "detail": check.detail,
    })
}

/// What a failed check means, in a sentence for people who are not specialists.
pub fn plainly(lang: Lang, check: CheckName) -> String {
    message(lang, &format!("check-{}-refused", check.word()))
}

/// The outcome as text.
pub fn text(verification: &Verification, lang: Lang) -> String {
    let mut out = String::new();
    let mark = if verification.verified {
        "\u{1b}[32m✓\u{1b}[0m"
    } else {
        "\u{1b}[31m✗\u{1b}[0m"
    };
    let key = if verification.verified {
        "signature-verified"
    } else {
        "signature-refused"
    };
    let kind = json!(verification.kind);
    _ = writeln!(
        out,
        "{mark} {} ({})",
        message(lang, key),
        kind.as_str().unwrap_or_default()
    );
    if let Some(check) = verification.refusal() {
        _ = writeln!(out, "  {}", plainly(lang, check.name));
        _ = writeln!(
            out,
            "  {}: {}: {}",
            message(lang, "signature-for-specialists"),
            check.name.word(),
            check.detail
        );
    }
    let mut rows: Vec<(&str, String)> = Vec::new();
    for signer in std::iter::once(&verification.signer).chain(&verification.cosigners) {
        rows.extend(signer_rows(signer, lang));
    }
    for witness in &verification.witnesses {
        let name = printable(&witness.name);
        let name = match witness.entry {
            Some(entry) => message_with(
                lang,
                "signature-entry",
                &[("name", &name), ("entry", &entry.to_string())],
            ),
            None => name,
        };
        let at = witness.at.as_ref().map(|at| format!(", {at}"));
        rows.push(("signature-witness", name + &at.unwrap_or_default()));
    }
    for artifact in &verification.artifact {
        rows.push(("signature-over", artifact.clone()));
    }
    if let Some(policy) = &verification.policy {
        rows.push(("signature-policy", printable(policy)));
    }
    for (label, value) in rows {
        _ = writeln!(out, "  {}: {value}", message(lang, label));
    }
    for check in &verification.checks {
        let mark = if check.passed {
            "\u{1b}[32m✓\u{1b}[0m"
        } else {
            "\u{1b}[31m✗\u{1b}[0m"
        };
        let title = message(lang, &format!("check-{}", check.name.word()));
        _ = writeln!(out, "  {mark} {title}: {}", check.detail);
    }
    for warning in &verification.warnings {
        _ = writeln!(out, "  ! {}", printable(warning));
    }
    out
}

fn signer_rows(signer: &ProvenSigner, lang: Lang) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let by = signer.name().map(|name| printable(&name));
    if let Some(by) = by {
        let issuer = signer.issuer.as_ref().map(|one| printable(one));
        let issuer = issuer.map(|issuer| format!(" ({issuer})"));
        rows.push(("signature-by", by + &issuer.unwrap_or_default()));
    }
    let claimed =
        |what: &str| message_with(lang, "signature-claimed", &[("what", &printable(what))]);
    for name in &signer.claimed_names {
        rows.push(("signature-by", claimed(name)));
    }
    for time in &signer.times {
        rows.push(("signature-when", time.clone()));
    }
    if let Some(time) = &signer.claimed_time {
        rows.push(("signature-when", claimed(time)));
    }
    if let Some(strength) = &signer.strength {
        let strength = format!("{}, {} bit", strength.algorithm, strength.bits);
        rows.push(("signature-strength", strength));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_sentence_in_both_languages() {
        for name in CheckName::ALL {
            for lang in Lang::BOTH {
                let sentence = plainly(lang, name);
                assert!(sentence.ends_with(['.', '。']), "{name:?}: {sentence}");
                let title = message(lang, &format!("check-{}", name.word()));
                assert!(!title.starts_with("check-"), "{name:?}");
            }
        }
    }
}
