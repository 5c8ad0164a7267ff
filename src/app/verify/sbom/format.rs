//! Whether format and version of each SBOM are among those of the contract (CL-15 `format_list`).

use super::{Readable, documents};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::shown;
use crate::diagnostic::Place;
use crate::evidence::sbom::Format;
use crate::text::messages::both;

const ID: &str = "sbom.format";

/// Every encoding that a reader names, as an entry may ask for it.
const ENCODINGS: [&str; 7] = [
    "json",
    "xml",
    "protobuf",
    "tag-value",
    "yaml",
    "rdf-xml",
    "json-ld",
];

pub(super) fn verify(gathered: &Gathered<'_>, readable: &[Readable<'_>]) -> Outcome {
    let check = gathered.check(ID);
    let Some(agreed) = &gathered.terms.sbom_formats else {
        return Outcome::not_applicable(&check, both("verify-sbom-format-open", &[]));
    };
    let list = agreed.value.join(", ");
    let entries: Vec<_> = agreed.value.iter().map(|one| Entry::read(one)).collect();
    let mut findings = Vec::new();
    for one in readable {
        let sbom = &one.read.sbom;
        let admits =
            |entry: &Entry| entry.admits(sbom.format, &sbom.spec_version, one.read.encoding);
        if entries.iter().flatten().any(admits) {
            continue;
        }
        let found = format!(
            "{} {} ({})",
            name_of(sbom.format),
            sbom.spec_version,
            one.read.encoding
        );
        let arguments = [shown(&one.file.path), shown(&found), shown(&list)];
        let [file, found, list] = arguments.each_ref().map(String::as_str);
        let (effect, message) = if entries.iter().all(Option::is_some) {
            let message = both(
                "verify-sbom-format-other",
                &[("file", file), ("found", found), ("agreed", list)],
            );
            (Effect::Fails, message)
        } else {
            // An entry that cannot be read might be the one that admits it.
            let message = both(
                "verify-sbom-format-unclear",
                &[("file", file), ("found", found), ("agreed", list)],
            );
            (Effect::Unverifiable, message)
        };
        let finding = Finding::new(ID, effect, &one.file.path, message)
            .distinguished_by(&[found])
            .cite(one.file.cite(Place::whole()))
            .cite(agreed.cited.clone());
        findings.push(finding);
    }
    let said = both("verify-sbom-format", &[("agreed", &shown(&list))]);
    Outcome::new(&check, said)
        .resting_on([agreed.cited.clone()])
        .resting_on(documents(readable.iter().map(|one| one.file)))
        .with(findings)
}

/// The name as its publisher writes it.
fn name_of(format: Format) -> &'static str {
    match format {
        Format::CycloneDx => "CycloneDX",
        Format::Spdx => "SPDX",
    }
}

/// One entry of the list: `CycloneDX 1.6`, `SPDX 2.3 (JSON)`, `SPDX`.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    format: Format,
    version: Option<String>,
    encodings: Vec<&'static str>,
}

impl Entry {
    /// Reads an entry; `None` where a word of it is not understood.
    fn read(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let (format, rest) = match (
            text.trim().strip_prefix("cyclonedx"),
            text.trim().strip_prefix("spdx"),
        ) {
            (Some(rest), _) => (Format::CycloneDx, rest),
            (_, Some(rest)) => (Format::Spdx, rest),
            _ => return None,
        };
        let mut entry = Self {
            format,
            version: None,
            encodings: Vec::new(),
        };
        let words = rest.split([' ', '\u{3000}', '(', ')', ',', '/']);
        for word in words
            .map(|word| word.trim_matches(['-', ':']))
            .filter(|word| !word.is_empty())
        {
            if let Some(encoding) = ENCODINGS.iter().find(|one| **one == word) {
                entry.encodings.push(encoding);
                continue;
            }
            let version = word.strip_prefix('v').unwrap_or(word);
            let is_version = version
                .split('.')
                .all(|step| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()));
            if !is_version || entry.version.is_some() {
                return None;
            }
            entry.version = Some(version.to_owned());
        }
        Some(entry)
    }

    /// Whether a document is one of them. A version with fewer numbers admits all that begin with it.
    fn admits(&self, format: Format, version: &str, encoding: &str) -> bool {
        let is_version = self.version.as_deref().is_none_or(|agreed| {
            version
                .strip_prefix(agreed)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        self.format == format
            && is_version
            && (self.encodings.is_empty() || self.encodings.contains(&encoding))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_admits_what_it_says() {
        for (entry, format, version, encoding, expected) in [
            ("CycloneDX 1.6", Format::CycloneDx, "1.6", "xml", true),
            ("cyclonedx-1.6", Format::CycloneDx, "1.6", "json", true),
            ("CycloneDX v1.6", Format::CycloneDx, "1.6", "json", true),
            ("CycloneDX 1.6", Format::CycloneDx, "1.5", "json", false),
            ("CycloneDX 1.6", Format::Spdx, "1.6", "json", false),
            ("CycloneDX", Format::CycloneDx, "1.2", "json", true),
            ("SPDX 2.3 (JSON)", Format::Spdx, "2.3", "json", true),
            ("SPDX 2.3 (JSON)", Format::Spdx, "2.3", "tag-value", false),
            ("SPDX 3.0", Format::Spdx, "3.0.1", "json-ld", true),
            ("SPDX 2", Format::Spdx, "2.3", "json", true),
            ("SPDX 2.3", Format::Spdx, "2.30", "json", false),
        ] {
            let read = Entry::read(entry).unwrap();
            assert_eq!(read.admits(format, version, encoding), expected, "{entry}");
        }
        for text in [
            "",
            "SWID",
            "CycloneDX 1.6 or later",
            "SPDX 2.2 2.3",
            "CycloneDX 1.",
            "SPDX 以上",
        ] {
            assert_eq!(Entry::read(text), None, "{text}");
        }
    }
}
