//! The blocks of a PEM file (RFC 7468), whatever text stands around them.

use base64::Engine as _;

use super::super::asn1::Read;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// A block: its label and its content.
type Block = (String, Vec<u8>);

/// The label and content of every block in `bytes`; `None` where `bytes` is no PEM file at all.
///
/// Lines may have any length (RFC 7468, section 3, lax parsing); headers inside a block are refused.
pub(in super::super) fn blocks(bytes: &[u8]) -> Option<Read<Vec<Block>>> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains(BEGIN).then(|| split(text))
}

/// Everything in `bytes`: the blocks of a PEM file, each of which must have `label`, or one in DER.
pub(super) fn read_all<T>(
    bytes: &[u8],
    label: &str,
    from_der: impl Fn(&[u8]) -> Read<T>,
) -> Read<Vec<T>> {
    let Some(blocks) = blocks(bytes) else {
        return Ok(vec![from_der(bytes)?]);
    };
    let blocks = blocks?;
    if blocks.is_empty() {
        return Err("there is none".to_owned());
    }
    let read = blocks.into_iter().map(|(found, der)| {
        if found == label {
            from_der(&der)
        } else {
            Err(format!("a `{found}` stands among them"))
        }
    });
    read.collect()
}

fn split(text: &str) -> Read<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once(BEGIN) {
        let (label, body) = begun
            .split_once(DASHES)
            .ok_or("a block of PEM has no label")?;
        let (body, behind) = body
            .split_once(END)
            .ok_or_else(|| format!("the block `{label}` does not end"))?;
        let (end, behind) = behind
            .split_once(DASHES)
            .ok_or_else(|| format!("the block `{label}` does not end"))?;
        if end != label {
            return Err(format!("the block `{label}` ends as `{end}`"));
        }
        let digits: String = body.split_ascii_whitespace().collect();
        let content = base64::prelude::BASE64_STANDARD
            .decode(digits)
            .map_err(|_| format!("the block `{label}` is not base64"))?;
        blocks.push((label.to_owned(), content));
        rest = behind;
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_whatever_stands_between() {
        let text = "subject=x\n-----BEGIN A-----\nAAEC\n-----END A-----\nb\n-----BEGIN B-----\r\nAw==\r\n-----END B-----";
        let read = blocks(text.as_bytes()).unwrap().unwrap();
        assert_eq!(
            read,
            [("A".to_owned(), vec![0, 1, 2]), ("B".to_owned(), vec![3])]
        );
        assert!(blocks(b"no PEM").is_none());
        for broken in [
            "-----BEGIN A-----\nAAEC\n",
            "-----BEGIN A-----\nAAEC\n-----END B-----",
            "-----BEGIN A-----\nProc-Type: 4\n-----END A-----",
            "-----BEGIN A\nAAEC\n",
        ] {
            assert!(blocks(broken.as_bytes()).unwrap().is_err(), "{broken}");
        }
    }
}
