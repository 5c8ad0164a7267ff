//! The steps of the arithmetic in words.

use crate::text::Lang;
use crate::text::messages::{message, message_with};

/// A rounding rule of a step, such as `down to 0 digits`, in words; one of another form stays as it is.
pub fn rounding(lang: Lang, rule: &str) -> String {
    let mut parts = rule.split(' ');
    let (mode, digits) = (parts.next().unwrap_or_default(), parts.nth(1));
    let digits: Option<u32> = digits.and_then(|digits| digits.parse().ok());
    let known = crate::exact::RoundingMode::WORDS
        .iter()
        .any(|(word, _)| *word == mode);
    match digits {
        Some(0) if known => message(lang, &format!("rounding-whole-{mode}")),
        Some(digits) if known => message_with(
            lang,
            &format!("rounding-{mode}"),
            &[
                ("place", (digits + 1).to_string()),
                ("digits", digits.to_string()),
            ],
        ),
        _ => rule.to_owned(),
    }
}

/// What the evaluation writes in place of a formula, or before its numbers, with the message that says it.
const SAID: [(&str, &str); 3] = [
    ("every mandatory item is met", "step-mandatory-met"),
    ("mark of the committee", "step-committee"),
    ("the item is met", "step-item-met"),
];

/// The formula of a step with its words in the language; numbers and signs stay as they are.
pub fn formula(lang: Lang, formula: &str) -> String {
    if let Some((_, key)) = SAID.iter().find(|(said, _)| *said == formula) {
        return message(lang, key);
    }
    let combination = crate::tender::procedure::Combination::WORDS
        .iter()
        .find(|(word, _)| formula.starts_with(&format!("{word}(")));
    let Some((word, _)) = combination else {
        return formula.to_owned();
    };
    let numbers = formula.trim_start_matches(word);
    let (numbers, dropped) = numbers.split_once("; without ").unwrap_or((numbers, ""));
    let dropped = dropped.split(' ').next().unwrap_or_default();
    let numbers = numbers.trim_start_matches('(').trim_end_matches(')');
    if dropped.is_empty() {
        message_with(lang, &format!("step-{word}"), &[("numbers", numbers)])
    } else {
        let arguments = [("numbers", numbers), ("drop", dropped)];
        message_with(lang, "step-trimmed", &arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::RoundingMode;
    use crate::tender::procedure::Rounding;

    #[test]
    fn rounding_rules_are_said() {
        for (mode, digits, ja) in [
            (RoundingMode::Down, 0, "整数未満を切捨て"),
            (
                RoundingMode::Down,
                2,
                "小数点以下第3位を切捨て(小数点以下2桁)",
            ),
            (
                RoundingMode::HalfUp,
                4,
                "小数点以下第5位を四捨五入(小数点以下4桁)",
            ),
        ] {
            assert_eq!(rounding(Lang::Ja, &Rounding { mode, digits }.rule()), ja);
        }
        for (mode, _) in RoundingMode::WORDS {
            for digits in [0, 3] {
                for lang in Lang::BOTH {
                    let rule = mode_rule(mode, digits);
                    assert_ne!(rounding(lang, &rule), rule);
                }
            }
        }
        assert_eq!(rounding(Lang::Ja, "by hand"), "by hand");
    }

    fn mode_rule(word: &str, digits: u32) -> String {
        format!("{word} to {digits} digits")
    }

    #[test]
    fn formulas_are_said() {
        for (given, ja) in [
            ("mean(14, 14, 8)", "平均(14, 14, 8)"),
            ("100 × (1 − 92 / 100)", "100 × (1 − 92 / 100)"),
            (
                "every mandatory item is met",
                "全ての必須項目を満たすため満点",
            ),
            (
                "trimmed-mean(1, 2, 3; without 1 at each end)",
                "最高及び最低の各1個を除く平均(1, 2, 3)",
            ),
        ] {
            assert_eq!(formula(Lang::Ja, given), ja);
        }
        for (word, _) in crate::tender::procedure::Combination::WORDS {
            for lang in Lang::BOTH {
                assert!(!formula(lang, &format!("{word}(1, 2)")).starts_with("step-"));
            }
        }
    }
}
