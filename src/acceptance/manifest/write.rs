//! Writes a manifest as TOML: what a guess comes to, for people to look at and to keep.

use super::{Delivered, Manifest, Named, SCHEMA, Stage};
use crate::acceptance::terms::{Agreed, Terms};

/// The manifest as a document that [`read_manifest`](super::read_manifest) reads as the same, but for the places.
pub fn manifest_text(manifest: &Manifest) -> String {
    let mut page = Page::default();
    page.text("schema", Some(SCHEMA));
    page.text("case", manifest.case.as_deref());
    page.text("contract", manifest.contract.as_deref());
    page.text("supplier", manifest.supplier.as_deref());
    let stage = Some(manifest.stage).filter(|stage| *stage != Stage::default());
    page.text("stage", stage.map(Stage::word));
    let delivered = manifest.delivered.as_str();
    page.text("delivered", Some(delivered).filter(|one| !one.is_empty()));
    let as_of = manifest.as_of.map(|day| day.to_string());
    page.text("as_of", as_of.as_deref());
    page.path("products", manifest.products.as_ref());
    page.path("requirements", manifest.requirements.as_ref());
    page.paths("exceptions", &manifest.exceptions);
    page.paths("policies", &manifest.policies);
    page.path("baseline", manifest.baseline.as_ref());
    page.path("allowance", manifest.allowance.as_ref());
    if let Some((name, version)) = &manifest.product {
        page.begin("[product]");
        page.text("name", Some(name));
        page.text("version", Some(version));
    }
    page.delivered("artifact", &manifest.artifacts);
    page.delivered("sbom", &manifest.sboms);
    for one in &manifest.vex {
        page.begin("[[vex]]");
        page.text("path", Some(&one.named.path));
        page.text("level", one.level.as_deref());
    }
    signer(&mut page, manifest);
    let build = &manifest.build;
    page.begin("[build]");
    page.text("builder", build.builder.as_deref());
    page.text("source", build.source.as_deref());
    page.text("source_tag", build.source_tag.as_deref());
    page.text("source_branch", build.source_branch.as_deref());
    page.begin("[advisories]");
    page.path("feed", manifest.feed.as_ref());
    page.text("snapshot", manifest.feed_digest.as_deref());
    page.number("maximum_age_days", manifest.feed_maximum_age_days);
    page.begin("[comparison]");
    page.path("tendered", manifest.tendered.as_ref());
    page.path("accepted", manifest.accepted.as_ref());
    page.paths("notices", &manifest.notices);
    terms(&mut page, &manifest.terms);
    for one in &manifest.left_out {
        page.begin("[[left_out]]");
        page.text("what", Some(one.what.word()));
        let reason = format!(
            "{{ ja = {}, en = {} }}",
            quoted(&one.reason.ja),
            quoted(&one.reason.en)
        );
        page.put("reason", &reason);
    }
    page.written
}

fn signer(page: &mut Page, manifest: &Manifest) {
    let signer = &manifest.signer;
    page.begin("[signer]");
    page.path("register", signer.register.as_ref());
    page.path("trusted_root", signer.trusted_root.as_ref());
    page.text("identity", signer.identity.as_deref());
    page.text("issuer", signer.issuer.as_deref());
    page.paths("keys", &signer.keys);
    page.paths("certificates", &signer.certificates);
    page.paths("anchors", &signer.anchors);
    page.paths("revocations", &signer.revocations);
    // One is what is asked where nothing is said.
    let threshold = Some(signer.threshold).filter(|one| *one > 1);
    page.number(
        "threshold",
        threshold.and_then(|one| i64::try_from(one).ok()),
    );
    page.text("namespace", signer.namespace.as_deref());
}

fn terms(page: &mut Page, terms: &Terms) {
    fn value<T: Copy>(agreed: Option<&Agreed<T>>) -> Option<T> {
        agreed.map(|one| one.value)
    }
    page.begin("[terms]");
    if let Some(formats) = &terms.sbom_formats {
        page.texts("sbom_formats", formats.value.iter().map(String::as_str));
    }
    let profile = terms.sbom_profile.as_ref();
    page.text("sbom_profile", profile.map(|one| one.value.as_str()));
    page.number(
        "sbom_coverage_per_mille",
        value(terms.sbom_coverage_per_mille.as_ref()),
    );
    if let Some(identities) = &terms.signer_identities {
        let identities = identities.value.iter();
        page.texts("signer_identities", identities.map(String::as_str));
    }
    page.number("provenance_level", value(terms.provenance_level.as_ref()));
    let threshold = value(terms.severity_threshold_tenths.as_ref());
    let threshold = threshold.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
    page.text("severity_threshold", threshold.as_deref());
    page.number("fix_days", value(terms.fix_days.as_ref()));
    page.number(
        "exploited_fix_days",
        value(terms.exploited_fix_days.as_ref()),
    );
    page.number("notice_days", value(terms.notice_days.as_ref()));
}

/// The document as far as it is written.
#[derive(Default)]
struct Page {
    written: String,
    /// The header of a table that nothing stands in yet.
    header: Option<String>,
}

impl Page {
    /// Begins a table, which is written when something stands in it.
    fn begin(&mut self, header: &str) {
        self.header = Some(header.to_owned());
    }

    fn put(&mut self, key: &str, value: &str) {
        if let Some(header) = self.header.take() {
            self.written += &format!("\n{header}\n");
        }
        self.written += &format!("{key} = {value}\n");
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(key, &quoted(value));
        }
    }

    fn number(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.put(key, &value.to_string());
        }
    }

    fn path(&mut self, key: &str, named: Option<&Named>) {
        self.text(key, named.map(|one| one.path.as_str()));
    }

    fn paths(&mut self, key: &str, list: &[Named]) {
        if !list.is_empty() {
            self.texts(key, list.iter().map(|one| one.path.as_str()));
        }
    }

    fn texts<'t>(&mut self, key: &str, list: impl Iterator<Item = &'t str>) {
        let list: Vec<_> = list.map(quoted).collect();
        let line = format!("[{}]", list.join(", "));
        let list = if line.chars().count() > 100 {
            format!("[\n    {},\n]", list.join(",\n    "))
        } else {
            line
        };
        self.put(key, &list);
    }

    fn delivered(&mut self, key: &str, list: &[Delivered]) {
        for one in list {
            self.begin(&format!("[[{key}]]"));
            self.text("path", Some(&one.named.path));
            self.paths("signatures", &one.signatures);
            self.paths("provenance", &one.provenance);
        }
    }
}

/// A TOML basic string, whose escapes are those of JSON; of the controls JSON lets one stand that TOML does not.
fn quoted(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.replace('\u{7f}', "\\u007F")
}
