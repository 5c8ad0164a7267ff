//! Documents in plain text: PEM, tag-value, YAML, TOML.

use super::{Detection, Kind, ours};

/// What the label of a PEM block or an armor says.
const LABELS: [(&str, Kind, &str, &str); 11] = [
    ("PUBLIC KEY", Kind::Key, "public-key", "pem"),
    ("RSA PUBLIC KEY", Kind::Key, "public-key", "pem"),
    ("EC PUBLIC KEY", Kind::Key, "public-key", "pem"),
    ("CERTIFICATE", Kind::TrustRoot, "certificate", "pem"),
    ("PGP PUBLIC KEY BLOCK", Kind::Key, "openpgp-key", "armor"),
    ("PGP SIGNATURE", Kind::Signature, "openpgp", "armor"),
    ("PGP SIGNED MESSAGE", Kind::Signature, "openpgp", "armor"),
    ("PGP MESSAGE", Kind::Signature, "openpgp", "armor"),
    ("SSH SIGNATURE", Kind::Signature, "sshsig", "pem"),
    ("CMS", Kind::Signature, "cms", "pem"),
    ("PKCS7", Kind::Signature, "cms", "pem"),
];

/// A minisign public key is 42 bytes in base64; a signature has 74.
const MINISIGN_KEY_DIGITS: usize = 56;

/// No record has more members.
const MAXIMUM_MEMBERS: usize = 256;

pub(super) fn detect(text: &str) -> Detection {
    let text = text.trim_start();
    if let Some((label, _)) = text
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
    {
        return LABELS.iter().find(|(name, ..)| *name == label).map_or_else(
            || Detection::unknown("pem"),
            |(_, kind, format, encoding)| Detection::new(*kind, format, None, encoding),
        );
    }
    if text.starts_with("untrusted comment:") {
        let digits = text.lines().nth(1).map_or(0, |line| line.trim().len());
        return if digits == MINISIGN_KEY_DIGITS {
            Detection::new(Kind::Key, "minisign-key", None, "text")
        } else {
            Detection::new(Kind::Signature, "minisign", None, "text")
        };
    }
    // A license may stand before it in comments.
    if let Some(version) = spdx_version(text.lines().take(4096), "SPDXVersion:") {
        return Detection::new(Kind::Sbom, "spdx", Some(version), "tag-value");
    }
    if let Some(version) = yaml_version(text) {
        return Detection::new(Kind::Sbom, "spdx", Some(version), "yaml");
    }
    if text.starts_with("```toml") && text.contains("[advisory]") {
        return Detection::new(Kind::Advisory, "rustsec", None, "markdown");
    }
    if let Some(found) = epss(text) {
        return found;
    }
    yaml_advisory(text)
        .or_else(|| toml(text))
        .unwrap_or_else(|| Detection::unknown("text"))
}

/// The table of EPSS: a remark with the model, then the header.
fn epss(text: &str) -> Option<Detection> {
    let first = text.lines().next()?;
    let model = first.strip_prefix("#model_version:");
    let model = model.and_then(|rest| rest.split(',').next());
    let is_one = model.is_some() || first.starts_with("cve,epss");
    is_one.then(|| Detection::new(Kind::Advisory, "epss", model, "csv"))
}

/// An advisory in YAML, by the members of its root: what stands at the beginning of a line.
fn yaml_advisory(text: &str) -> Option<Detection> {
    let keys: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with(|one: char| one.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(':'))
        .filter(|(_, value)| value.is_empty() || value.starts_with(char::is_whitespace))
        .map(|(key, _)| key)
        .take(MAXIMUM_MEMBERS)
        .collect();
    let has = |key: &str| keys.contains(&key);
    if has("id") && (has("affected") || (has("modified") && (has("summary") || has("withdrawn")))) {
        return Some(Detection::new(Kind::Advisory, "osv", None, "yaml"));
    }
    let names = |keys: &[&str]| keys.iter().any(|key| has(key));
    let is_rubysec = names(&["gem", "engine", "library"])
        && names(&[
            "cve",
            "ghsa",
            "osvdb",
            "patched_versions",
            "unaffected_versions",
        ])
        && names(&["title", "url", "date"]);
    is_rubysec.then(|| Detection::new(Kind::Advisory, "rubysec", None, "yaml"))
}

fn spdx_version<'a>(mut lines: impl Iterator<Item = &'a str>, key: &str) -> Option<&'a str> {
    let value = lines.find_map(|line| line.trim_start().strip_prefix(key))?;
    let value = value.trim().trim_matches(['"', '\'']);
    Some(value.trim_start_matches("SPDX-"))
}

/// The version in a YAML document. Tools that sort the members write it behind all packages.
fn yaml_version(text: &str) -> Option<&str> {
    const KEY: &str = "spdxVersion";
    text.match_indices(KEY).find_map(|(at, _)| {
        let before = text.get(..at)?.rsplit('\n').next()?;
        let behind = text.get(at + KEY.len()..)?.lines().next()?;
        let behind = behind.trim_start_matches(['"', '\'']).trim_start();
        let value = behind.strip_prefix(':')?;
        let value = value.split(" #").next().unwrap_or(value);
        let value = value.trim().trim_matches(['"', '\'']);
        before
            .trim_matches(['"', '\'', ' '])
            .is_empty()
            .then(|| value.trim_start_matches("SPDX-"))
    })
}

/// Names a TOML document by its first lines alone: a large text that is none is slow to parse, and a
/// document of ours with a fault further down is still ours.
pub(super) fn toml(text: &str) -> Option<Detection> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.clone().next()?;
    if !is_header(first) && entry(first).is_none() {
        return None;
    }
    let head = lines.clone().take_while(|line| !is_header(line));
    let value = |name| {
        let mut entries = head.clone().filter_map(entry);
        entries
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    if lines.take(64).any(|line| line == "[[package]]") {
        return Some(Detection::new(
            Kind::Lockfile,
            "cargo-lock",
            value("version"),
            "toml",
        ));
    }
    value("schema")
        .and_then(|schema| ours(schema, "toml"))
        .or_else(|| Some(Detection::unknown("toml")))
}

fn is_header(line: &str) -> bool {
    let name = line.trim_start_matches('[');
    line.starts_with('[')
        && line.contains(']')
        && name.starts_with(|one: char| one.is_ascii_alphabetic())
}

/// A bare key and its value, the value without quotes and remark.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if key.is_empty() || !key.bytes().all(is_bare) {
        return None;
    }
    let value = value.trim();
    let value = match value.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(['"', '\'']).next(),
        None => value.split('#').next().map(str::trim),
    };
    value.map(|value| (key, value))
}
