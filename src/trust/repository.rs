//! The repositories of trusted roots that are known beforehand, with the keepers of a root of each: data.

use std::collections::BTreeSet;

use crate::digest::Digest;
use crate::evidence::tuf::{Anchor, AnchorKey};
use crate::profile::Source;
use crate::text::Text;
use crate::tree::{Complaints, Document, Fields};

/// A repository that is known.
#[derive(Debug, Clone)]
pub struct KnownRepository {
    /// Its name here.
    pub id: String,
    /// Its name for people.
    pub title: Text,
    /// Its address, without a slash at the end.
    pub address: String,
    /// The root from which an update may begin.
    pub anchor: Anchor,
    /// Where that root stands.
    pub source: Source,
}

/// The table of known repositories.
#[derive(Debug, Clone)]
pub struct KnownRepositories {
    /// Its version.
    pub version: String,
    /// SHA-256 of the file.
    pub digest: Digest,
    known: Vec<KnownRepository>,
}

impl KnownRepositories {
    /// Reads the data; what is wrong with them is complained about.
    pub fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let table = Self {
            version: fields.text("version"),
            digest: Digest::of(document.source.as_bytes()),
            known: fields
                .tables("repository")
                .iter()
                .filter_map(read_one)
                .collect(),
        };
        let mut seen = BTreeSet::new();
        for one in &table.known {
            if !seen.insert(&one.address) || !seen.insert(&one.id) {
                fields.complain(
                    "trust-repository-repeated",
                    "repository",
                    format!("the repository `{}` stands there again", one.id),
                    "name each repository and each address once",
                );
            }
        }
        fields.finish();
        table
    }

    /// The one that is meant where none is named: the first.
    pub fn first(&self) -> Option<&KnownRepository> {
        self.known.first()
    }

    /// The one of an address.
    pub fn at(&self, address: &str) -> Option<&KnownRepository> {
        self.known.iter().find(|one| one.address == address)
    }
}

fn read_one(fields: &Fields<'_>) -> Option<KnownRepository> {
    let version = fields.integer("root_version", 1..=i64::MAX);
    let threshold = fields.integer("threshold", 1..=i64::MAX);
    let keys: Vec<_> = fields.tables("key").iter().map(read_key).collect();
    let anchor = Anchor::new(
        u64::try_from(version).unwrap_or_default(),
        u64::try_from(threshold).unwrap_or_default(),
        &keys,
    );
    let anchor = anchor.map_err(|why| {
        let help = "copy the keys of the role `root` from a root file that you trust";
        fields.complain("trust-repository-keys", "key", why, help);
    });
    let id = fields.text("id");
    let title = fields.both("title");
    let address = fields.text("address").trim_end_matches('/').to_owned();
    let source = Source::read(fields.table("source"));
    fields.finish();
    Some(KnownRepository {
        id,
        title,
        address,
        anchor: anchor.ok()?,
        source,
    })
}

fn read_key(fields: &Fields<'_>) -> AnchorKey {
    let key = AnchorKey {
        id: fields.text("id"),
        kind: fields.text("type"),
        scheme: fields.text("scheme"),
        public: fields.text("public"),
    };
    fields.finish();
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse_toml;

    const BUILT_IN: &str = include_str!("../../criteria/trust-repositories.toml");

    fn codes(text: &str) -> Vec<&'static str> {
        let document = parse_toml(text.as_bytes()).unwrap();
        let complaints = Complaints::default();
        KnownRepositories::read(&document, &complaints);
        let faults = complaints.into_sorted();
        faults.into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn the_table_as_it_is_has_no_fault_and_every_fault_is_named() {
        assert_eq!(codes(BUILT_IN), [""; 0]);
        let (before, repository) = BUILT_IN.split_once("[[repository]]").unwrap();
        let twice = format!("{before}[[repository]]{repository}[[repository]]{repository}");
        assert_eq!(codes(&twice), ["trust-repository-repeated"]);
        for (from, to) in [
            ("threshold = 3", "threshold = 6"),
            ("ecdsa-sha2-nistp256\"", "rsassa-pss-sha256\""),
            ("ecdsa-sha2-nistp256\"", "unknown\""),
            ("BEGIN PUBLIC KEY", "BEGIN CERTIFICATE"),
            (
                "22f4caec6d8e6f9555af66b3d4c3cb06a3bb23fdc7e39c916c61f462e6f52b06",
                "e71a54d543835ba86adad9460379c7641fb8726d164ea766801a1c522aba7ea2",
            ),
        ] {
            let text = BUILT_IN.replacen(from, to, 1);
            assert_ne!(text, BUILT_IN, "{from}");
            assert_eq!(codes(&text), ["trust-repository-keys"], "{from}");
        }
    }
}
