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

/// The outcome as text: the officer's part, and below it the checks for the specialist.
pub fn text(verification: &Verification, lang: Lang) -> String {
    let key = if verification.verified {
        "signature-verified"
    } else {
        "signature-refused"
    };
    let kind = message(lang, &format!("kind-{}", verification.kind.word()));
    let headline = message_with(lang, key, &[("kind", &kind)]);
    let mut out = format!("{} {headline}\n", mark(verification.verified));
    if let Some(check) = verification.refusal() {
        _ = writeln!(out, "  {}", plainly(lang, check.name));
    }
    let signers = || std::iter::once(&verification.signer).chain(&verification.cosigners);
    let mut rows: Vec<(&str, String)> = Vec::new();
    for signer in signers() {
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
        let is_told = |at: &&String| !signers().any(|signer| signer.times == [(*at).clone()]);
        let at = witness.at.as_ref().filter(is_told);
        let at = at.map(|at| format!(", {at}"));
        rows.push(("signature-witness", name + &at.unwrap_or_default()));
    }
    for artifact in &verification.artifact {
        rows.push(("signature-over", artifact.clone()));
    }
    if let Some(policy) = &verification.policy {
        rows.push(("signature-policy", printable(policy)));
    }
    out.push_str(&aligned(&rows, lang));
    for warning in &verification.warnings {
        _ = writeln!(out, "  ! {}", printable(warning));
    }
    if !verification.checks.is_empty() {
        _ = writeln!(out, "  {}", message(lang, "signature-for-specialists"));
    }
    for check in &verification.checks {
        let title = message(lang, &format!("check-{}", check.name.word()));
        // The word by which a specialist and the JSON call the check that refused.
        let word = if check.passed {
            String::new()
        } else {
            format!(" [{}]", check.name.word())
        };
        let detail = printable(&check.detail);
        _ = writeln!(out, "    {} {title}{word}: {detail}", mark(check.passed));
    }
    out
}

fn mark(holds: bool) -> &'static str {
    if holds {
        "\u{1b}[32m✓\u{1b}[0m"
    } else {
        "\u{1b}[31m✗\u{1b}[0m"
    }
}

/// Labels and values below each other; the values begin in one column.
fn aligned(rows: &[(&str, String)], lang: Lang) -> String {
    // Labels are sentences of the product: what is not ASCII in them is as wide as two letters.
    let width_of = |label: &str| {
        let wide = label.chars().filter(|letter| !letter.is_ascii()).count();
        label.chars().count().saturating_add(wide)
    };
    let labels: Vec<_> = rows.iter().map(|(label, _)| message(lang, label)).collect();
    let widest = labels.iter().map(|label| width_of(label)).max();
    let widest = widest.unwrap_or_default();
    let mut out = String::new();
    for (label, (_, value)) in labels.iter().zip(rows) {
        let gap = " ".repeat(widest.saturating_sub(width_of(label)));
        _ = writeln!(out, "  {label}:{gap} {value}");
    }
    out
}

fn signer_rows(signer: &ProvenSigner, lang: Lang) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let has_name = signer.identity.is_some() || signer.subject.is_some();
    if let Some(by) = signer.name().map(|name| printable(&name)) {
        let issuer = signer.issuer.as_ref().map(|one| printable(one));
        let by = match (issuer, has_name) {
            (Some(issuer), true) => {
                let names = [("name", by.as_str()), ("issuer", issuer.as_str())];
                message_with(lang, "signature-by-issuer", &names)
            }
            (None, true) => by,
            (_, false) => message_with(lang, "signature-by-key", &[("key", &by)]),
        };
        rows.push(("signature-by", by));
    }
    let claimed =
        |what: &str| message_with(lang, "signature-claimed", &[("what", &printable(what))]);
    for name in &signer.claimed_names {
        rows.push(("signature-calls-itself", claimed(name)));
    }
    for time in &signer.times {
        rows.push(("signature-when", time.clone()));
    }
    if let Some(time) = &signer.claimed_time {
        rows.push(("signature-when", claimed(time)));
    }
    if let Some(strength) = &signer.strength {
        let bits = strength.bits.to_string();
        let words = [("algorithm", strength.algorithm.as_str()), ("bits", &bits)];
        rows.push((
            "signature-strength",
            message_with(lang, "signature-strong", &words),
        ));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::signature::Kind;

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

    #[test]
    fn every_kind_has_a_name_in_both_languages() {
        for kind in Kind::ALL {
            for lang in Lang::BOTH {
                let name = message(lang, &format!("kind-{}", kind.word()));
                assert!(!name.starts_with("kind-"), "{kind:?}");
            }
        }
    }
}
