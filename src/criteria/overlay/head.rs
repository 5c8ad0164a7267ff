//! `overlay.toml`: what an overlay is, and over what it lies.

use super::super::parse::{read_document, version};
use super::super::{Catalog, SourceDocument};
use super::{HEAD, top};
use crate::diagnostic::{Diagnostic, Place};
use crate::text::Text;
use crate::time::Date;
use crate::tree::{Complaints, Document, Fields};

/// The prefix of the base, which no agency may take.
const BASE_PREFIX: &str = "A19";

pub(super) struct Head {
    pub(super) id: String,
    pub(super) version: semver::Version,
    pub(super) agency: String,
    pub(super) agency_name: Text,
    pub(super) prefix: String,
    pub(super) title: Text,
    pub(super) valid_from: Date,
    pub(super) documents: Vec<SourceDocument>,
    base: Base,
}

/// Over what the overlay lies.
struct Base {
    id: String,
    version: String,
    digest: String,
}

impl Head {
    pub(super) fn read(document: &Document, complaints: &Complaints) -> Self {
        let fields = Fields::root(document, complaints);
        let agency = fields.table("agency");
        let base = fields.table("base");
        let text = |table: Option<&Fields<'_>>, key: &'static str| {
            table.map_or_else(String::new, |table| table.text(key))
        };
        let head = Self {
            id: fields.text("id"),
            version: version(&fields, "version"),
            agency: text(agency.as_ref(), "id"),
            agency_name: agency
                .as_ref()
                .map(|one| one.both("name"))
                .unwrap_or_default(),
            prefix: text(agency.as_ref(), "prefix"),
            title: fields.both("title"),
            valid_from: fields.day("valid_from"),
            documents: fields
                .tables("document")
                .iter()
                .map(read_document)
                .collect(),
            base: Base {
                id: text(base.as_ref(), "id"),
                version: text(base.as_ref(), "version"),
                digest: text(base.as_ref(), "digest"),
            },
        };
        let named = |id: &str| {
            (1..=32).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !head.id.is_empty() && !named(&head.id) {
            fields.complain(
                "id-malformed",
                "id",
                format!("`{}` cannot be the identifier of an overlay", head.id),
                "use up to 32 letters, digits and `-`",
            );
        }
        if !head.version.build.is_empty() {
            fields.complain(
                "version-malformed",
                "version",
                "the version of an overlay may not have a part after `+`",
                "write it like 1.0.0",
            );
        }
        if let Some(agency) = &agency {
            let taken = head.prefix == BASE_PREFIX;
            if !head.prefix.is_empty() && (taken || !named(&head.prefix)) {
                agency.complain(
                    "id-malformed",
                    "prefix",
                    format!("`{}` cannot be the prefix of an agency", head.prefix),
                    "use letters, digits and `-`; A19 is the prefix of the base",
                );
            }
            agency.finish();
        }
        if let Some(base) = &base {
            base.finish();
        }
        fields.finish();
        head
    }

    /// What of `base` is not what the overlay was written for.
    pub(super) fn faults_against(&self, base: &Catalog) -> Vec<Diagnostic> {
        let (id, version) = top(base);
        let digest = base.digest.to_string();
        let mut faults = Vec::new();
        let mut fault = |code: &'static str, field: &str, wanted: &str, found: &str, help: &str| {
            let written = wanted.strip_prefix("sha256:").unwrap_or(wanted);
            if written.is_empty() || written == found {
                return;
            }
            let message = format!(
                "the overlay lies over the {field} `{wanted}`; the catalog at hand has `{found}`"
            );
            let at = Place::pointer(format!("/base/{field}"));
            faults.push(
                Diagnostic::error(code, at, message)
                    .help(help)
                    .in_file(HEAD),
            );
        };
        fault(
            "overlay-base-unknown",
            "id",
            &self.base.id,
            &id,
            "give --criteria and the overlays in order, from the base up",
        );
        fault(
            "overlay-base-version",
            "version",
            &self.base.version,
            &version,
            "see what changed with `mekiki criteria diff`, then name the new version and digest",
        );
        fault(
            "overlay-base-digest",
            "digest",
            &self.base.digest,
            digest.strip_prefix("sha256:").unwrap_or(&digest),
            "see what changed with `mekiki criteria diff`, then name the new digest",
        );
        let clash = base
            .layers
            .iter()
            .any(|layer| layer.id == self.id || layer.prefix == self.prefix)
            || base.id == self.id;
        if clash {
            let message = format!(
                "a layer below is called `{}` or has the prefix `{}`",
                self.id, self.prefix
            );
            faults.push(
                Diagnostic::error("overlay-clash", Place::pointer("/id"), message)
                    .help("give each overlay an identifier and a prefix of its own")
                    .in_file(HEAD),
            );
        }
        let again = self
            .documents
            .iter()
            .filter(|one| base.documents.iter().any(|other| other.id == one.id));
        faults.extend(again.map(|one| {
            let message = format!("the base has a document `{}`", one.id);
            Diagnostic::error("overlay-clash", Place::pointer("/document"), message)
                .help("choose another identifier, or cite the base's document")
                .in_file(HEAD)
        }));
        faults
    }

    /// The version of a catalog with this overlay: that of the base, with the layers behind `+`.
    pub(super) fn version_over(&self, base: &semver::Version) -> semver::Version {
        let mut version = base.clone();
        let own = format!("{}-{}", self.id, self.version);
        let build = if base.build.is_empty() {
            own
        } else {
            format!("{}.{own}", base.build)
        };
        version.build = semver::BuildMetadata::new(&build).unwrap_or(semver::BuildMetadata::EMPTY);
        version
    }
}
