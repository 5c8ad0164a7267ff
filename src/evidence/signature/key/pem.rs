//! Textual encodings (PEM, RFC 7468): the blocks of a file, with explanatory text around them left aside.

use base64::Engine as _;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block: what stands between its `BEGIN` and `END` lines, and what it says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// The label, such as `PUBLIC KEY`.
    pub(super) label: &'a str,
    body: &'a str,
}

impl Block<'_> {
    /// Whether it is encrypted in the old way of OpenSSL, which says so in header lines (RFC 1421).
    pub(super) fn is_encrypted(&self) -> bool {
        self.body.contains("ENCRYPTED")
    }

    /// The bytes. Lines may have any length.
    pub(super) fn der(&self) -> Result<Vec<u8>, String> {
        let text: Vec<u8> = self
            .body
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        base64::prelude::BASE64_STANDARD
            .decode(text)
            .map_err(|_| format!("the block `{}` is not base64", self.label))
    }
}

/// The blocks of a file; `None` when it is no PEM file at all.
pub(super) fn blocks(bytes: &[u8]) -> Option<Result<Vec<Block<'_>>, String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains(BEGIN).then(|| parse(text))
}

fn parse(mut rest: &str) -> Result<Vec<Block<'_>>, String> {
    let mut blocks = Vec::new();
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after
            .split_once(DASHES)
            .filter(|(label, _)| !label.contains(['\n', '\r']))
            .ok_or("a `BEGIN` line is not complete")?;
        let (body, after) = after
            .split_once(END)
            .ok_or_else(|| format!("the block `{label}` has no end"))?;
        rest = after
            .strip_prefix(label)
            .and_then(|after| after.strip_prefix(DASHES))
            .ok_or_else(|| format!("the block `{label}` ends as another"))?;
        blocks.push(Block { label, body });
    }
    Ok(blocks)
}
