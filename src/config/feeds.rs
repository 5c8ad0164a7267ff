//! From where advisories are fetched: `feeds.toml`.
//!
//! ```toml
//! allow_http = false             # whether http may be spoken at all
//!
//! [[source]]
//! name = "cisa-kev"              # how it is told, and named with --from
//! url = "https://mirror.example/known_exploited_vulnerabilities.json"
//! sha256 = "…"                   # the digest that the file must have; or
//! checksum_url = "https://…"     # a published SHA-256 of it
//! proxy = "http://proxy:3128"    # else what the environment says
//! maximum_bytes = 10000000       # else 2 GiB
//! covers = ["Red Hat"]           # ecosystems of which CSAF documents hold every advisory
//! only_when_named = true         # fetched with --from only
//! mark = "verified"              # whether somebody checked the address: verified or recalled
//! ```

use std::collections::BTreeSet;

use crate::digest::Digest;
use crate::tree::{Complaints, Document, Fields};

/// The most bytes of a file where its source says nothing: 2 GiB, the most that an import reads.
const MAXIMUM_BYTES: i64 = 2 * 1024 * 1024 * 1024;

/// The sources.
#[derive(Debug, Clone, Default)]
pub struct Feeds {
    /// Whether `http` may be spoken.
    pub allow_http: bool,
    /// From where, in the order of the file.
    pub sources: Vec<Source>,
}

/// A source.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// The address.
    pub url: String,
    /// The digest that the file must have.
    pub sha256: Option<Digest>,
    /// The address of a published digest.
    pub checksum_url: Option<String>,
    /// The proxy to go through.
    pub proxy: Option<String>,
    /// The most bytes.
    pub maximum_bytes: u64,
    /// Ecosystems of which its CSAF documents hold every advisory.
    pub covers: Vec<String>,
    /// Whether it is fetched only when it is named.
    pub only_when_named: bool,
    /// Whether somebody checked the address; else it was written from memory.
    pub is_verified: bool,
}

impl Feeds {
    /// Reads the file; what is wrong with it is complained about.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let mut names = BTreeSet::new();
        let allow_http = fields.optional_bool("allow_http").unwrap_or_default();
        let sources: Vec<_> = fields
            .tables("source")
            .into_iter()
            .map(|fields| {
                let source = Source::read(&fields);
                if !names.insert(source.name.clone()) {
                    fields.complain(
                        "source-duplicate",
                        "name",
                        format!("there are two sources named `{}`", source.name),
                        "give each a name of its own",
                    );
                }
                fields.finish();
                source
            })
            .collect();
        if sources.is_empty() {
            let help = "add a [[source]] with `name` and `url`, or remove the file";
            fields.complain("source-missing", "source", "there is no source", help);
        }
        fields.finish();
        Self {
            allow_http,
            sources,
        }
    }
}

impl Source {
    fn read(fields: &Fields<'_>) -> Self {
        let sha256 = fields.optional_text("sha256").and_then(|text| {
            let parsed = text.parse::<Digest>();
            if let Err(error) = &parsed {
                let help = "write the 64 hexadecimal digits of its SHA-256";
                fields.complain("digest-malformed", "sha256", error.to_string(), help);
            }
            parsed.ok()
        });
        let bytes = fields.optional_integer("maximum_bytes");
        let bytes = bytes.unwrap_or(MAXIMUM_BYTES);
        if !(1..=MAXIMUM_BYTES).contains(&bytes) {
            fields.complain(
                "out-of-range",
                "maximum_bytes",
                format!("`maximum_bytes` must lie between 1 and {MAXIMUM_BYTES}"),
                "",
            );
        }
        let marks = [("verified", true), ("recalled", false)];
        Self {
            name: fields.text("name"),
            url: fields.text("url"),
            sha256,
            checksum_url: fields.optional_text("checksum_url"),
            proxy: fields.optional_text("proxy"),
            maximum_bytes: u64::try_from(bytes).unwrap_or_default(),
            covers: fields.texts("covers"),
            only_when_named: fields.optional_bool("only_when_named").unwrap_or_default(),
            is_verified: fields.optional_word("mark", &marks).unwrap_or(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse_toml;

    fn read(text: &str) -> Result<Feeds, Vec<&'static str>> {
        let document = parse_toml(text.as_bytes()).unwrap();
        let complaints = Complaints::default();
        let feeds = Feeds::read(&document, &complaints);
        let faults = complaints.into_sorted();
        if faults.is_empty() {
            Ok(feeds)
        } else {
            Err(faults.iter().map(|fault| fault.code).collect())
        }
    }

    #[test]
    fn a_source_needs_a_name_and_an_address() {
        let feeds = read("[[source]]\nname = 'kev'\nurl = 'https://a.example/kev.json'").unwrap();
        let [source] = feeds.sources.as_slice() else {
            panic!("one source");
        };
        assert!(!feeds.allow_http && !source.only_when_named && source.is_verified);
        assert_eq!(source.maximum_bytes, 2 * 1024 * 1024 * 1024);
        assert_eq!((source.name.as_str(), source.sha256), ("kev", None));
    }

    #[test]
    fn every_fault_of_the_file_is_told() {
        let one = "[[source]]\nname = 'a'\nurl = 'https://a.example/'\n";
        for (text, expected) in [
            ("", vec!["source-missing"]),
            ("[[source]]\nname = 'a'", vec!["missing-field"]),
            (&format!("{one}{one}"), vec!["source-duplicate"]),
            (&format!("{one}sha256 = 'abc'"), vec!["digest-malformed"]),
            (&format!("{one}maximum_bytes = 0"), vec!["out-of-range"]),
            (&format!("{one}mirror = 'b'"), vec!["unknown-field"]),
            (&format!("{one}mark = 'guessed'"), vec!["unknown-word"]),
            (
                "allow_http = 'yes'\n[[source]]\nname = 'a'\nurl = 'b'",
                vec!["wrong-type"],
            ),
        ] {
            assert_eq!(read(text).err(), Some(expected), "{text}");
        }
    }
}
