//! Numbers of which two readers may see two values.
//!
//! The canonical form writes a number as ECMAScript does, from a double (RFC 8785, section 3.2.2.3). A number
//! with more digits than that keeps could be changed behind the signature, so I-JSON rules it out (RFC 7493,
//! section 2.2). Admitted is what says the same decimal number as the canonical form: `1.0` and `1e0` beside
//! `1`, but neither `9007199254740993` nor `1e400`.

/// The first number of a JSON text that its canonical form does not keep.
pub(super) fn beyond_double(text: &str) -> Option<&str> {
    Literals { rest: text }.find(|literal| !is_kept(literal))
}

/// Whether the canonical form of a number says the same decimal number.
fn is_kept(literal: &str) -> bool {
    // What serde_json gives for a literal is what the canonical form is made from.
    let Ok(number) = serde_json::from_str::<serde_json::Value>(literal) else {
        return false;
    };
    let Ok(canonical) = serde_json_canonicalizer::to_vec(&number) else {
        return false;
    };
    let canonical = std::str::from_utf8(&canonical).ok().and_then(Decimal::read);
    canonical.is_some() && canonical == Decimal::read(literal)
}

/// The numbers of a text that is JSON.
struct Literals<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Literals<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let bytes = self.rest.as_bytes();
        let mut in_text = false;
        let mut is_escaped = false;
        for (index, byte) in bytes.iter().enumerate() {
            if in_text {
                in_text = is_escaped || *byte != b'"';
                is_escaped = !is_escaped && *byte == b'\\';
            } else if *byte == b'"' {
                in_text = true;
            } else if matches!(byte, b'-' | b'0'..=b'9') {
                let length = bytes
                    .iter()
                    .skip(index)
                    .take_while(|one| is_part(one))
                    .count();
                let literal = self.rest.get(index..index + length)?;
                self.rest = self.rest.get(index + length..)?;
                return Some(literal);
            }
        }
        None
    }
}

/// A decimal number: its digits without zeros at either end, and the power of ten of the last one.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a JSON number; `None` where the exponent is out of all proportion.
    fn read(literal: &str) -> Option<Self> {
        let (is_negative, literal) = match literal.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, literal),
        };
        let (mantissa, exponent) = match literal.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (literal, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_start_matches('0');
        let shorter = digits.trim_end_matches('0');
        if shorter.is_empty() {
            return Some(Self {
                is_negative: false,
                digits: String::new(),
                exponent: 0,
            });
        }
        let length = |text: &str| i64::try_from(text.len()).ok();
        let zeros = length(digits)? - length(shorter)?;
        Some(Self {
            is_negative,
            digits: shorter.to_owned(),
            exponent: i64::from(exponent) - length(fraction)? + zeros,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_far_as_a_double_keeps_it() {
        for kept in [
            "0",
            "-0",
            "0.0",
            "1",
            "1.0",
            "1e0",
            "10E-1",
            "0.1",
            "0.10",
            "7.5",
            "1e21",
            "1E+2",
            "5e-324",
            "9007199254740991",
            "9007199254740992",
            "-123.456",
            "1.7976931348623157e308",
            "0.30000000000000004",
            "100000000000000000000",
            "333333333.3333333",
        ] {
            assert!(is_kept(kept), "{kept}");
        }
        for lost in [
            "9007199254740993",
            "1e400",
            "-1e400",
            "1e-400",
            "0.1000000000000000055",
            "18446744073709551617",
            "333333333.33333329",
            "1e99999999999",
            "0.300000000000000041",
        ] {
            assert!(!is_kept(lost), "{lost}");
        }
    }

    #[test]
    fn numbers_are_found_between_texts() {
        let text = r#"{"1":-2.5e3,"\"3":[4,"5\\",6],"\\\"7":"\\","8":9}"#;
        let found: Vec<_> = Literals { rest: text }.collect();
        assert_eq!(found, ["-2.5e3", "4", "6", "9"]);
        assert_eq!(
            beyond_double(r#"{"a":"1e400","b":1e300,"c":12345678901234567890}"#),
            Some("12345678901234567890")
        );
    }
}
