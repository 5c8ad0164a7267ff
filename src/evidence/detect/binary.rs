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
