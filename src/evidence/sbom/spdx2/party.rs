//! Creators, suppliers and originators: `Person: name (address)`, `Organization: …`, `Tool: …`.
//!
//! Source: SPDX 2.3, 6.8 (creator), 7.5 (supplier), 7.6 (originator).

use compact_str::CompactString;

use crate::evidence::sbom::model::{Party, PartyKind};

/// Reads a party. A text without a known kind before it is kept whole, as a party of unstated kind.
pub(super) fn party(text: &str) -> Party {
    let text = text.trim();
    let (kind, rest) = split_kind(text).unwrap_or((PartyKind::Unstated, text));
    if kind == PartyKind::Tool {
        let (name, version) = tool(rest);
        return Party {
            kind,
            name: name.into(),
            version: version.map(CompactString::from),
            ..Party::default()
        };
    }
    let mut party = Party {
        kind,
        name: rest.into(),
        ..Party::default()
    };
    if let Some((name, address)) = rest
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
    {
        let address = address.trim();
        // NOTE: other words in parentheses, such as a country, are a part of the name.
        let list = if address.contains('@') {
            Some(&mut party.emails)
        } else if address.contains("://") {
            Some(&mut party.urls)
        } else {
            None
        };
        if list.is_some() || address.is_empty() {
            party.name = name.trim().into();
        }
        if let Some(list) = list {
            list.push(address.into());
        }
    }
    party
}

/// The kind before the colon and the text behind it.
fn split_kind(text: &str) -> Option<(PartyKind, &str)> {
    let (kind, rest) = text.split_once(':')?;
    let kind = match kind.trim() {
        "Person" => PartyKind::Person,
        "Organization" => PartyKind::Organization,
        "Tool" => PartyKind::Tool,
        _ => return None,
    };
    Some((kind, rest.trim()))
}

/// Splits `name-version` before the first hyphen that a digit follows, `v` between them or not, else before
/// a last part that is the short name of a commit.
pub(in super::super) fn tool(text: &str) -> (&str, Option<&str>) {
    let begins_version = |rest: &str| {
        let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
        rest.starts_with(|one: char| one.is_ascii_digit()) && !rest.contains(char::is_whitespace)
    };
    let is_commit = |rest: &str| {
        (7..=40).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
            && rest.bytes().any(|byte| byte.is_ascii_digit())
    };
    let versioned = || {
        text.match_indices('-').find_map(|(at, _)| {
            let (name, version) = (text.get(..at)?, text.get(at + 1..)?);
            (begins_version(version) && !name.is_empty()).then_some((name.trim_end(), version))
        })
    };
    let committed = || {
        let (name, commit) = text.rsplit_once('-')?;
        (is_commit(commit) && !name.is_empty()).then_some((name.trim_end(), commit))
    };
    versioned()
        .or_else(committed)
        .map_or((text, None), |(name, version)| (name, Some(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_taken_apart() {
        let told = |text| {
            let one = party(text);
            let list = |list: Vec<CompactString>| list.join(",");
            format!(
                "{:?} {} {:?} {} {}",
                one.kind,
                one.name,
                one.version.as_deref(),
                list(one.emails),
                list(one.urls)
            )
        };
        for (text, expected) in [
            ("Tool: LicenseFind-1.0", "Tool LicenseFind Some(\"1.0\")  "),
            (
                "Tool: k8s-bom-v0.1-rc2",
                "Tool k8s-bom Some(\"v0.1-rc2\")  ",
            ),
            ("Tool: SBOMer-e8d1d2ca", "Tool SBOMer Some(\"e8d1d2ca\")  "),
            ("Tool: protobom-devel", "Tool protobom-devel None  "),
            ("Person: Jane Doe ()", "Person Jane Doe None  "),
            ("Person: Jane (j@e.org)", "Person Jane None j@e.org "),
            (
                "Organization: A (http://a.jp)",
                "Organization A None  http://a.jp",
            ),
            (
                "Organization: Foo (Japan)",
                "Organization Foo (Japan) None  ",
            ),
            ("NOASSERTION", "Unstated NOASSERTION None  "),
            ("Company: x", "Unstated Company: x None  "),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
