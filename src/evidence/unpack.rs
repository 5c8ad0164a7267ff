//! What stands between the bytes of a file and the text of a document: compression and encoding.

use std::borrow::Cow;
use std::io::{BufReader, Read};

use crate::diagnostic::{Diagnostic, Place};

use super::MAXIMUM_BYTES;

/// How deep compression inside of compression is followed.
const LAYERS: usize = 2;

/// From this size on a document that expands beyond [`RATIO`] is refused: 64 MiB.
const RATIO_FROM: u64 = 64 << 20;

/// The greatest expansion past [`RATIO_FROM`]. SBOMs shrink to a tenth or a thirtieth; zeros to a thousandth.
const RATIO: u64 = 200;

/// A compression by its first bytes (RFC 1952, RFC 8878, bzip2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstd,
    Bzip2,
}

fn compression(bytes: &[u8]) -> Option<Compression> {
    match bytes {
        [0x1f, 0x8b, ..] => Some(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Compression::Bzip2),
        _ => None,
    }
}

/// Whether the bytes are compressed by gzip, zstd or bzip2.
pub fn is_compressed(bytes: &[u8]) -> bool {
    compression(bytes).is_some()
}

/// Takes compression by gzip, zstd or bzip2 away; other bytes are given as they are.
///
/// # Errors
///
/// `compressed-malformed` when the stream is broken, `compressed-too-large` when it expands past
/// [`MAXIMUM_BYTES`], or to more than 200 times its size and 64 MiB.
pub fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Diagnostic> {
    let mut content = Cow::Borrowed(bytes);
    for _ in 0..LAYERS {
        let Some(kind) = compression(&content) else {
            break;
        };
        content = Cow::Owned(expand(&content, kind)?);
    }
    Ok(content)
}

fn expand(bytes: &[u8], kind: Compression) -> Result<Vec<u8>, Diagnostic> {
    let packed = bytes.len() as u64;
    let limit = MAXIMUM_BYTES.min((packed.saturating_mul(RATIO)).max(RATIO_FROM));
    let mut content = Vec::new();
    let read = match kind {
        Compression::Gzip => flate2::read::MultiGzDecoder::new(bytes)
            .take(limit + 1)
            .read_to_end(&mut content),
        Compression::Zstd => zstd::Decoder::new(BufReader::new(bytes))
            .and_then(|decoder| decoder.take(limit + 1).read_to_end(&mut content)),
        Compression::Bzip2 => bzip2::read::MultiBzDecoder::new(bytes)
            .take(limit + 1)
            .read_to_end(&mut content),
    };
    read.map_err(|error| {
        Diagnostic::error(
            "compressed-malformed",
            Place::whole(),
            format!("the compressed stream is broken: {error}"),
        )
        .help("the file was damaged or cut off; ask for it again and compare its digest")
    })?;
    if content.len() as u64 > limit {
        return Err(Diagnostic::error(
            "compressed-too-large",
            Place::whole(),
            format!("the {packed} bytes expand to more than {limit} bytes"),
        )
        .help("hand the document in uncompressed"));
    }
    Ok(content)
}

/// The text of a document in UTF-8 with or without byte order mark, or in UTF-16 with one.
///
/// # Errors
///
/// `text-encoding` with the place of the first byte that fits neither.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Diagnostic> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            return std::str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|error| {
                    let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                    let text = std::str::from_utf8(valid).unwrap_or_default();
                    not_a_text(Place::of_offset(text, usize::MAX), "the text is not UTF-8")
                });
        }
    };
    let (units, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(units.iter().skip(1).map(|one| unit(*one))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(not_a_text(Place::whole(), "the text is not sound UTF-16")),
    }
}

fn not_a_text(place: Place, message: &str) -> Diagnostic {
    Diagnostic::error("text-encoding", place, message).help("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn compression_is_taken_away() {
        let text = b"{\"bomFormat\":\"CycloneDX\"}".as_slice();
        let zstd = zstd::encode_all(text, 3).unwrap();
        for packed in [gzip(text), zstd.clone(), gzip(&zstd), text.to_vec()] {
            assert_eq!(unpack(&packed).unwrap().as_ref(), text);
        }
    }

    #[test]
    fn bombs_and_broken_streams_are_refused() {
        let zeros = vec![0; 70 << 20];
        let bomb = gzip(&zeros);
        assert_eq!(unpack(&bomb).unwrap_err().code, "compressed-too-large");
        let cut = &bomb[..bomb.len() / 2];
        assert_eq!(unpack(cut).unwrap_err().code, "compressed-malformed");
    }

    #[test]
    fn encodings_are_decoded() {
        for (bytes, text) in [
            (&b"\xef\xbb\xbfab"[..], Some("ab")),
            (b"ab", Some("ab")),
            (b"\xff\xfea\0\xee\x76", Some("a目")),
            (b"\xfe\xff\0a", Some("a")),
            (b"\xff\xfea", None),
            (b"a\xff", None),
        ] {
            assert_eq!(decode(bytes).ok().as_deref(), text, "{bytes:?}");
        }
        assert_eq!(decode(b"a\n\xff").unwrap_err().at, Place::line(2, 1));
    }
}
