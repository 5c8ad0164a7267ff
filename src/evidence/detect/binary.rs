//! Documents that are no text, named by their first bytes.

use super::{Detection, Kind};

/// The first bytes of archives and compressed files, which are not looked into.
const ARCHIVES: [(&[u8], &str); 6] = [
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
];

/// The object identifier of CMS signed data in DER (RFC 5652, section 5.1).
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

pub(super) fn detect(bytes: &[u8]) -> Option<Detection> {
    let archive = ARCHIVES.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((_, encoding)) = archive {
        return Some(Detection::unknown(encoding));
    }
    if let Some(version) = cyclonedx_version(bytes) {
        let version = Some(version);
        return Some(Detection::new(Kind::Sbom, "cyclonedx", version, "protobuf"));
    }
    if let Some(found) = openpgp(bytes) {
        return Some(found);
    }
    // The outer sequence takes two to six bytes.
    let content = bytes.strip_prefix(b"\x30")?.get(..16)?;
    content
        .windows(SIGNED_DATA.len())
        .any(|window| window == SIGNED_DATA)
        .then(|| Detection::new(Kind::Signature, "cms", None, "der"))
}

/// A CycloneDX message begins with field 1, the version, as `1.` and one digit (`bom-1.3.proto`).
fn cyclonedx_version(bytes: &[u8]) -> Option<&str> {
    let version = bytes.strip_prefix(b"\x0a\x03")?.get(..3)?;
    std::str::from_utf8(version).ok().filter(|version| {
        version.starts_with("1.") && version.ends_with(|one: char| one.is_ascii_digit())
    })
}

/// The packet that a file begins with, where it is a signature or a public key of `OpenPGP`: its framing (RFC 9580,
/// section 4.2), its version and its algorithms (sections 5.2, 5.5, 9.1 and 9.5) must all fit.
fn openpgp(bytes: &[u8]) -> Option<Detection> {
    const SIGNATURE: u8 = 2;
    const PUBLIC_KEY: u8 = 6;
    let (&header, rest) = bytes.split_first()?;
    let (tag, body) = match header {
        0xc0.. => (header & 0x3f, behind_new_length(rest)?),
        0x80.. => ((header >> 2) & 0x0f, behind_old_length(header, rest)?),
        _ => return None,
    };
    let is_key_algorithm = |one: &u8| matches!(one, 1..=3 | 16..=20 | 22 | 25..=36 | 100..=110);
    let is_digest = |one: &u8| matches!(one, 1..=3 | 8..=12 | 14);
    match (tag, body) {
        (SIGNATURE, [3, 5, ..]) => {}
        (SIGNATURE, [4 | 6, _, algorithm, digest, ..])
            if is_key_algorithm(algorithm) && is_digest(digest) => {}
        (PUBLIC_KEY, [4 | 6, _, _, _, _, algorithm, ..]) if is_key_algorithm(algorithm) => {
            return Some(Detection::new(Kind::Key, "openpgp-key", None, "binary"));
        }
        _ => return None,
    }
    Some(Detection::new(Kind::Signature, "openpgp", None, "binary"))
}

fn behind_new_length(rest: &[u8]) -> Option<&[u8]> {
    let (length, body) = match *rest {
        [one @ 0..=191, ref body @ ..] => (u32::from(one), body),
        [one @ 192..=223, two, ref body @ ..] => {
            ((u32::from(one) - 192) * 256 + u32::from(two) + 192, body)
        }
        [255, a, b, c, d, ref body @ ..] => (u32::from_be_bytes([a, b, c, d]), body),
        _ => return None,
    };
    body.get(..usize::try_from(length).ok()?)
}

fn behind_old_length(header: u8, rest: &[u8]) -> Option<&[u8]> {
    let (length, body) = match (header & 3, rest) {
        (0, [a, body @ ..]) => (u32::from(*a), body),
        (1, [a, b, body @ ..]) => (u32::from_be_bytes([0, 0, *a, *b]), body),
        (2, [a, b, c, d, body @ ..]) => (u32::from_be_bytes([*a, *b, *c, *d]), body),
        _ => return None,
    };
    body.get(..usize::try_from(length).ok()?)
}
