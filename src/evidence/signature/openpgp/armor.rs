//! ASCII armor.
//!
//! Source: RFC 9580, section 6.2. The checksum carries no meaning and is not compared (section 6.1); armor
//! headers are not signed and are not read.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The first line of every block.
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// An armored block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// What the first line says, such as `PGP SIGNATURE`.
    pub(super) label: String,
    /// The packets.
    pub(super) packets: Vec<u8>,
}

/// Whether `bytes` begin as a block or as a clear-signed text, white space aside.
pub(super) fn is_armored(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(BEGIN.as_bytes())
}

/// The label in the first line of a block.
pub(super) fn label_of(line: &str) -> Option<&str> {
    trimmed(line)
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(DASHES))
}

/// A line without the white space that may stand around it.
pub(super) fn trimmed(line: &str) -> &str {
    line.trim_matches([' ', '\t', '\r'])
}

/// Reads blocks one after the other, with nothing but white space around them.
///
/// # Errors
///
/// What is wrong, where there is anything else.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if trimmed(line).is_empty() {
            continue;
        }
        let label = label_of(line).ok_or("there is text outside of the armor")?;
        blocks.push(block(label, &mut lines)?);
    }
    Ok(blocks)
}

/// Reads the blocks of a file in which a text may stand around them, as in those that people keep keys in.
///
/// # Errors
///
/// What is wrong with a block.
pub(super) fn blocks_in_text(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(label) = label_of(line) {
            blocks.push(block(label, &mut lines)?);
        }
    }
    Ok(blocks)
}

fn block<'a>(label: &str, lines: &mut impl Iterator<Item = &'a str>) -> Result<Block, String> {
    let cut_off = || "the armor is cut off".to_owned();
    loop {
        let header = trimmed(lines.next().ok_or_else(cut_off)?);
        if header.is_empty() {
            break;
        }
        if !header.contains(':') {
            return Err("no empty line stands behind the armor headers".to_owned());
        }
    }
    let mut digits = String::new();
    let mut checksum = false;
    loop {
        let line = trimmed(lines.next().ok_or_else(cut_off)?);
        if let Some(rest) = line.strip_prefix(END) {
            if rest.strip_suffix(DASHES) != Some(label) {
                return Err("the last line of the armor is for another block".to_owned());
            }
            break;
        }
        if line.is_empty() {
            continue;
        }
        if checksum {
            return Err("there is text behind the checksum of the armor".to_owned());
        }
        if line.starts_with('=') {
            checksum = true;
        } else {
            digits.push_str(line);
        }
    }
    let packets = BASE64_STANDARD
        .decode(digits)
        .map_err(|_| "the armor is not base64")?;
    Ok(Block {
        label: label.to_owned(),
        packets,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "-----BEGIN PGP SIGNATURE-----\nVersion: x\n\nAAEC\nAw==\n=twTO\n-----END PGP SIGNATURE-----\n";

    #[test]
    fn a_block_is_read_and_nothing_around_it() {
        let twice = format!("\n{GOOD}\n{GOOD}");
        for (text, count) in [(GOOD, 1), (&*GOOD.replace('\n', "\r\n"), 1), (&*twice, 2)] {
            let blocks = blocks(text).unwrap();
            assert_eq!(blocks.len(), count);
            assert_eq!(blocks[0].label, "PGP SIGNATURE");
            assert_eq!(blocks[0].packets, [0, 1, 2, 3]);
        }
        assert!(is_armored(twice.as_bytes()));
        for broken in [
            format!("x\n{GOOD}"),
            format!("{GOOD}x"),
            GOOD.replace("Version: x", "Version"),
            GOOD.replace("AAEC", "AA*C"),
            GOOD.replace("Aw==", "Ax=="),
            GOOD.replace("END PGP SIGNATURE", "END PGP MESSAGE"),
            GOOD.replace("-----END PGP SIGNATURE-----\n", ""),
            GOOD.replace("=twTO", "=twTO\nAAEC"),
        ] {
            assert!(blocks(&broken).is_err(), "{broken}");
        }
        assert_eq!(blocks_in_text(&format!("x\n{twice}x")).unwrap().len(), 2);
        // The checksum carries no meaning.
        assert!(blocks(&GOOD.replace("=twTO\n", "")).is_ok());
        assert!(blocks(&GOOD.replace("=twTO", "=AAAA")).is_ok());
    }
}
