//! BER with indefinite lengths, as signers that stream write it, turned into DER.
//!
//! Source: ITU-T X.690 (02/2021), sections 8.1.3 and 8.7.3. Only the form changes: lengths become definite and
//! shortest, octet strings in pieces become whole. What is signed inside is DER by its own rules (RFC 5652,
//! section 5.4) and comes out as it went in.

use std::borrow::Cow;

use super::super::asn1::{OCTET_STRING, Read};

/// How deep elements may lie in each other.
const DEEPEST: usize = 32;
/// The bit of a tag that says that elements lie in the element.
const CONSTRUCTED: u8 = 0x20;

/// `bytes` as DER, where the outermost element has an indefinite length; anything else as it is.
pub(super) fn as_der(bytes: &[u8]) -> Read<Cow<'_, [u8]>> {
    if bytes.get(1) != Some(&0x80) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut out = Vec::with_capacity(bytes.len());
    let rest = element(bytes, DEEPEST, &mut out)?;
    if !rest.is_empty() {
        return Err(format!("{} bytes follow its end", rest.len()));
    }
    Ok(Cow::Owned(out))
}

/// Writes the first element of `bytes` to `out` and gives back what follows it.
fn element<'a>(bytes: &'a [u8], depth: usize, out: &mut Vec<u8>) -> Read<&'a [u8]> {
    const EARLY: &str = "it ends too early";
    if depth == 0 {
        return Err("elements lie too deep in each other".to_owned());
    }
    let (&tag, rest) = bytes.split_first().ok_or(EARLY)?;
    if tag & 0x1f == 0x1f {
        return Err("a tag has more than one byte".to_owned());
    }
    let (&first, rest) = rest.split_first().ok_or(EARLY)?;
    let is_constructed = tag & CONSTRUCTED != 0;
    let (mut content, mut rest) = match first {
        0..=0x7f => rest.split_at_checked(usize::from(first)).ok_or(EARLY)?,
        0x80 if !is_constructed => {
            return Err("a primitive element has no length".to_owned());
        }
        0x80 => (rest, rest),
        _ => {
            let (digits, rest) = rest
                .split_at_checked(usize::from(first & 0x7f))
                .ok_or(EARLY)?;
            if digits.len() > 4 {
                return Err("a length is beyond 4 GiB".to_owned());
            }
            let length = digits
                .iter()
                .fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
            rest.split_at_checked(length).ok_or(EARLY)?
        }
    };
    if !is_constructed {
        write(tag, content, out);
        return Ok(rest);
    }
    let mut inner = Vec::new();
    let is_open = first == 0x80;
    loop {
        if is_open {
            if let Some(behind) = content.strip_prefix(&[0, 0]) {
                rest = behind;
                break;
            }
        } else if content.is_empty() {
            break;
        }
        content = element(content, depth - 1, &mut inner)?;
    }
    if tag == OCTET_STRING | CONSTRUCTED {
        write(OCTET_STRING, &whole(&inner)?, out);
    } else {
        write(tag, &inner, out);
    }
    Ok(rest)
}

/// The octet strings in `pieces`, which are DER by now, as one.
fn whole(pieces: &[u8]) -> Read<Vec<u8>> {
    let mut pieces = super::super::asn1::Elements::new(pieces);
    let mut whole = Vec::new();
    while !pieces.is_empty() {
        whole.extend_from_slice(pieces.take(OCTET_STRING)?.value);
    }
    Ok(whole)
}

/// Writes one element in DER.
fn write(tag: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    let digits = content.len().to_be_bytes();
    let start = digits.iter().position(|digit| *digit != 0);
    let digits = start.and_then(|start| digits.get(start..)).unwrap_or(&[0]);
    match (digits, u8::try_from(digits.len())) {
        ([one], _) if *one < 0x80 => out.push(*one),
        (digits, Ok(count)) => {
            out.push(0x80 | count);
            out.extend_from_slice(digits);
        }
        (_, Err(_)) => {}
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_definite_and_strings_whole() {
        let ber = [
            0x30, 0x80, // sequence
            0x24, 0x80, 0x04, 1, 7, 0x04, 0x81, 1, 8, 0, 0, // octet string in pieces
            0xa0, 0x80, 0x02, 1, 9, 0, 0, 0, 0,
        ];
        let der = [0x30, 9, 0x04, 2, 7, 8, 0xa0, 3, 0x02, 1, 9];
        assert_eq!(*as_der(&ber).unwrap(), der);
        assert_eq!(*as_der(&der).unwrap(), der);
        for cut in 2..ber.len() {
            assert!(as_der(&ber[..cut]).is_err(), "{cut}");
        }
        assert!(as_der(&[&ber[..], &[0]].concat()).is_err());
        assert!(as_der(&[0x04, 0x80, 0, 0]).is_err());
        assert!(as_der(&[&[0x30, 0x80].repeat(40)[..], &[0, 0].repeat(40)].concat()).is_err());
        let long = [&[0x30, 0x80, 0x04, 0x82, 1, 0][..], &[5; 256], &[0, 0]].concat();
        let der = as_der(&long).unwrap();
        assert_eq!(der[..8], [0x30, 0x82, 1, 4, 0x04, 0x82, 1, 0]);
    }
}
