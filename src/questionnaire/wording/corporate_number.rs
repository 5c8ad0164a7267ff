//! Corporate numbers (法人番号) of 13 digits.

use super::{Read, plain};
use crate::evidence::certification::corporate_number_is_valid;

/// The 13 digits of a corporate number that may be written with spaces, hyphens, full-width digits or the letter of
/// a qualified invoice issuer; `None` where it has not 13 digits or fails its check digit.
pub fn corporate_number(text: &str) -> Option<String> {
    match read(text) {
        Read::As(digits) | Read::Normalised(digits, _) => Some(digits),
        _ => None,
    }
}

pub(super) fn read(text: &str) -> Read<String> {
    let form = plain(text);
    // The number of a qualified invoice issuer (適格請求書発行事業者) is that of the corporation behind a T.
    let number = form.strip_prefix('T').unwrap_or(&form);
    let mut digits = String::new();
    for one in number.chars() {
        match one {
            '0'..='9' => digits.push(one),
            ' ' | '-' | '‐' | '−' | 'ー' => {}
            _ => return Read::Unknown,
        }
    }
    if digits.len() != 13 {
        return Read::fault(
            "answer-unreadable",
            format!(
                "a corporate number has 13 digits, and this one {}",
                digits.len()
            ),
        );
    }
    if !corporate_number_is_valid(&digits) {
        return Read::fault(
            "corporate-number-invalid",
            "its check digit is wrong".to_owned(),
        );
    }
    let changed = digits != text.trim();
    let form = format!("`{digits}`");
    Read::As(digits).noted(changed, |_| form)
}
