//! The outcome of checking a provenance, for people: whether it holds, what was expected and found, and how much
//! it proves; one sentence for the officer and one for the specialist.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::evidence::provenance::Provenance;
use crate::provenance::{Check, Outcome, Signature};
use crate::text::messages::{message, message_with};
use crate::text::{Lang, printable};

const SCHEMA: &str = "mekiki/provenance-check/v1";

/// The outcome as JSON, schema `mekiki/provenance-check/v1`.
pub fn view(outcome: &Outcome) -> Value {
    let provenance = outcome.attestation.provenance();
    let both = |key: &str| json!({ "en": message(Lang::En, key), "ja": message(Lang::Ja, key) });
    let said = |word: &str, name: &str, key: &str| {
        let mut said = both(key);
        if let Some(fields) = said.as_object_mut() {
            fields.insert(name.to_owned(), json!(word));
        }
        said
    };
    let reasons: Vec<_> = outcome
        .level
        .reasons
        .iter()
        .map(|reason| {
            let word = reason.word();
            said(word, "reason", &format!("provenance-level-{word}"))
        })
        .collect();
    let missing: Vec<_> = outcome
        .missing
        .iter()
        .map(|missing| {
            let word = missing.word();
            said(word, "what", &format!("provenance-missing-{word}"))
        })
        .collect();
    json!({
        "schema": SCHEMA,
        "passed": outcome.passed,
        "policy_only": outcome.policy_only,
        "signature": outcome.signature,
        "checks": outcome.judgment.checks,
        "refusals": outcome.judgment.checks.iter().filter(|check| !check.passed).map(|check| {
            let word = check.name.word();
            said(word, "check", &format!("provenance-{word}-refused"))
        }).collect::<Vec<_>>(),
        "level": {
            "claimed": outcome.level.claimed,
            "supported": outcome.level.supported,
            "reasons": reasons,
        },
        "builder": outcome.judgment.builder().map(ToString::to_string),
        "source": provenance.map(source),
        "provenance": provenance,
        "subjects": outcome.attestation.statement.subjects,
        "signer": outcome.attestation.signer,
        "missing": missing,
        "signatures": outcome.verifications,
        "at": outcome.attestation.at,
        "remarks": outcome.remarks,
    })
}

/// What was built: repository, git reference and commit, as the provenance names them first.
fn source(provenance: &Provenance) -> Value {
    let uri = provenance.sources.first();
    json!({
        "uri": uri.map(|source| &source.uri.value),
        "repository": uri.map(|source| source.parsed.repository()),
        "reference": provenance.references.first().map(|one| &one.value),
        "commit": provenance.commits.first().map(|one| &one.value),
    })
}

/// The outcome as text.
pub fn text(outcome: &Outcome, lang: Lang) -> String {
    let mut out = String::new();
    let (mark, key) = if outcome.passed {
        (GOOD, "provenance-passed")
    } else if outcome.is_unverifiable() {
        (OPEN, "provenance-open")
    } else {
        (BAD, "provenance-failed")
    };
    _ = writeln!(out, "{mark} {}", message(lang, key));
    for check in outcome.judgment.checks.iter().filter(|check| !check.passed) {
        let plainly = message(lang, &format!("provenance-{}-refused", check.name.word()));
        _ = writeln!(out, "  {plainly}");
    }
    for refusal in outcome.verifications.iter().filter_map(|one| one.refusal()) {
        let plainly = super::signature::plainly(lang, refusal.name);
        _ = writeln!(out, "  {plainly}");
    }
    let state = match outcome.signature {
        Signature::Verified => "provenance-signature-verified",
        Signature::NotChecked => "provenance-signature-not-checked",
        Signature::Failed => "provenance-signature-failed",
    };
    let mut rows = vec![("provenance-signatures", message(lang, state))];
    for missing in &outcome.missing {
        let sentence = message(lang, &format!("provenance-missing-{}", missing.word()));
        rows.push(("provenance-lacks", sentence));
    }
    rows.extend(provenance_rows(outcome));
    for (label, value) in rows {
        _ = writeln!(out, "  {}: {value}", message(lang, label));
    }
    _ = writeln!(out, "  {}", level(outcome, lang));
    for reason in &outcome.level.reasons {
        let sentence = message(lang, &format!("provenance-level-{}", reason.word()));
        _ = writeln!(out, "    - {sentence}");
    }
    for check in &outcome.judgment.checks {
        _ = writeln!(out, "  {}", line(check, lang));
    }
    for remark in &outcome.remarks {
        _ = writeln!(out, "  ! {}", printable(&remark.to_string()));
    }
    out
}

const GOOD: &str = "\u{1b}[32m✓\u{1b}[0m";
const BAD: &str = "\u{1b}[31m✗\u{1b}[0m";
const OPEN: &str = "\u{1b}[33m?\u{1b}[0m";

fn provenance_rows(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let Some(provenance) = outcome.attestation.provenance() else {
        return Vec::new();
    };
    let identity = outcome
        .attestation
        .signer
        .as_ref()
        .and_then(|signer| signer.identity.as_ref());
    [
        (
            "provenance-builder",
            outcome.judgment.builder().map(ToString::to_string),
        ),
        ("provenance-signer", identity.cloned()),
        (
            "provenance-source",
            provenance
                .sources
                .first()
                .map(|source| source.uri.value.clone()),
        ),
        (
            "provenance-commit",
            provenance.commits.first().map(|one| one.value.clone()),
        ),
        (
            "provenance-finished",
            provenance.finished.as_ref().map(|one| one.value.clone()),
        ),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, printable(&value?))))
    .collect()
}

fn level(outcome: &Outcome, lang: Lang) -> String {
    let supported = outcome.level.supported.to_string();
    match outcome.level.claimed {
        Some(claimed) => message_with(
            lang,
            "provenance-level",
            &[("supported", &supported), ("claimed", &claimed.to_string())],
        ),
        None => message_with(
            lang,
            "provenance-level-unclaimed",
            &[("supported", &supported)],
        ),
    }
}

fn line(check: &Check, lang: Lang) -> String {
    let mark = if check.passed { GOOD } else { BAD };
    let title = message(lang, &format!("provenance-{}", check.name.word()));
    format!("{mark} {title}: {}", check.detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{CheckName, Missing, Reason};

    #[test]
    fn every_word_has_a_sentence_in_both_languages() {
        let checks = CheckName::ALL
            .iter()
            .map(|name| format!("{}-refused", name.word()));
        let reasons = Reason::ALL
            .iter()
            .map(|reason| format!("level-{}", reason.word()));
        let missing = Missing::ALL
            .iter()
            .map(|missing| format!("missing-{}", missing.word()));
        for word in checks.chain(reasons).chain(missing) {
            for lang in Lang::BOTH {
                let sentence = message(lang, &format!("provenance-{word}"));
                assert!(sentence.ends_with(['.', '。']), "{word}: {sentence}");
            }
        }
        for name in CheckName::ALL {
            assert_eq!(json!(name), name.word());
            for lang in Lang::BOTH {
                let title = message(lang, &format!("provenance-{}", name.word()));
                assert!(!title.starts_with("provenance-"), "{name:?}");
            }
        }
        for reason in Reason::ALL {
            assert_eq!(json!(reason), reason.word());
        }
        for missing in Missing::ALL {
            assert_eq!(json!(missing), missing.word());
        }
    }
}
