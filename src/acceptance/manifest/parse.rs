//! Reads a delivery manifest. Every fault is named at once, with line and column.

use std::ops::RangeInclusive;

use super::{Build, Delivered, Evidence, LeftOut, Manifest, Named, SCHEMA, Signer, Stage, Vex};
use crate::acceptance::terms::{Agreed, Terms, cvss_tenths};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::questionnaire::parse_either;
use crate::tree::{Complaints, Fields};

/// Reads a manifest. `file` is its name in citations. Unless `may_leave`, no path of it leads out of its folder: whoever
/// delivers a manifest must not make the judge read other files.
///
/// # Errors
///
/// Every fault of the file; `path-escapes` for a path that leads out.
pub fn read_manifest(
    bytes: &[u8],
    file: &str,
    may_leave: bool,
) -> Result<Manifest, Vec<Diagnostic>> {
    let in_file = |faults: Vec<Diagnostic>| -> Vec<Diagnostic> {
        faults.into_iter().map(|one| one.in_file(file)).collect()
    };
    let document = parse_either(bytes).map_err(in_file)?;
    let complaints = Complaints::default();
    let fields = Fields::root(&document, &complaints);
    let reader = Reader {
        file,
        digest: Digest::of(bytes),
        may_leave,
    };
    let manifest = reader.manifest(&fields);
    fields.finish();
    if complaints.has_errors() {
        Err(in_file(complaints.into_sorted()))
    } else {
        Ok(manifest)
    }
}

struct Reader<'a> {
    file: &'a str,
    digest: Digest,
    may_leave: bool,
}

impl Reader<'_> {
    fn manifest(&self, fields: &Fields<'_>) -> Manifest {
        if fields.text("schema") != SCHEMA {
            let message = format!("the document is not of the schema {SCHEMA}");
            let help = "name the schema that it follows";
            fields.complain("schema-unknown", "schema", message, help);
        }
        let mut manifest = Manifest {
            case: filled(fields, "case"),
            contract: filled(fields, "contract"),
            supplier: filled(fields, "supplier"),
            stage: fields
                .optional_word("stage", &Stage::WORDS)
                .unwrap_or_default(),
            delivered: self.folder(fields),
            artifacts: delivered(fields, "artifact"),
            sboms: delivered(fields, "sbom"),
            vex: self.vex(fields),
            signer: self.signer(fields),
            build: build(fields),
            products: self.path(fields, "products"),
            requirements: self.path(fields, "requirements"),
            exceptions: paths(fields, "exceptions", self.may_leave),
            policies: paths(fields, "policies", self.may_leave),
            baseline: self.path(fields, "baseline"),
            terms: self.terms(fields),
            allowance: self.path(fields, "allowance"),
            left_out: left_out(fields),
            notified_on: fields.optional_day("notified_on"),
            as_of: fields.optional_day("as_of"),
            ..Manifest::default()
        };
        if let Some(product) = fields.optional_table("product") {
            manifest.product = Some((product.text("name"), product.text("version")));
            product.finish();
        }
        if let Some(table) = fields.optional_table("advisories") {
            manifest.feed = self.path(&table, "feed");
            manifest.feed_digest = filled(&table, "snapshot");
            manifest.feed_maximum_age_days = number(&table, "maximum_age_days", 0..=3650);
            table.finish();
        }
        if let Some(table) = fields.optional_table("comparison") {
            manifest.tendered = self.path(&table, "tendered");
            manifest.accepted = self.path(&table, "accepted");
            manifest.notices = paths(&table, "notices", self.may_leave);
            table.finish();
        }
        manifest
    }

    /// The folder of what was delivered, without `.` and without a stroke at its end.
    fn folder(&self, fields: &Fields<'_>) -> String {
        let folder = fields.optional_text("delivered").unwrap_or_default();
        check(fields, "delivered", &folder, self.may_leave);
        let steps = folder.split('/').filter(|step| !matches!(*step, "" | "."));
        let joined = steps.collect::<Vec<_>>().join("/");
        if folder.starts_with('/') {
            format!("/{joined}")
        } else {
            joined
        }
    }

    /// A path from the manifest's folder.
    fn path(&self, fields: &Fields<'_>, key: &'static str) -> Option<Named> {
        let at = fields.place_of(key);
        let path = filled(fields, key)?;
        check(fields, key, &path, self.may_leave);
        Some(Named { path, at })
    }

    fn vex(&self, fields: &Fields<'_>) -> Vec<Vex> {
        let tables = fields.tables("vex").into_iter();
        let read = tables.map(|one| {
            let at = one.place_of("path");
            let path = one.text("path");
            let level = filled(&one, "level");
            check(&one, "path", &path, self.may_leave && level.is_some());
            one.finish();
            Vex {
                named: Named { path, at },
                level,
            }
        });
        read.collect()
    }

    fn signer(&self, fields: &Fields<'_>) -> Signer {
        let Some(table) = fields.optional_table("signer") else {
            return Signer {
                threshold: 1,
                ..Signer::default()
            };
        };
        let paths = |key| paths(&table, key, self.may_leave);
        let threshold = number(&table, "threshold", 1..=64);
        let signer = Signer {
            register: self.path(&table, "register"),
            trusted_root: self.path(&table, "trusted_root"),
            identity: filled(&table, "identity"),
            issuer: filled(&table, "issuer"),
            keys: paths("keys"),
            certificates: paths("certificates"),
            anchors: paths("anchors"),
            revocations: paths("revocations"),
            threshold: threshold
                .and_then(|one| usize::try_from(one).ok())
                .unwrap_or(1),
            namespace: filled(&table, "namespace"),
        };
        if signer.identity.is_some() != signer.issuer.is_some() {
            let message = "`identity` and `issuer` belong together";
            let help = "an identity counts only with the issuer that vouches for it";
            table.complain("delivery-signer", "identity", message, help);
        }
        table.finish();
        signer
    }

    fn terms(&self, fields: &Fields<'_>) -> Terms {
        let Some(table) = fields.optional_table("terms") else {
            return Terms::default();
        };
        let whole = |key, range| number(&table, key, range).map(|n| self.agreed(&table, key, n));
        let list = |key| {
            let words = table.texts(key);
            (!words.is_empty()).then(|| self.agreed(&table, key, words))
        };
        let profile = filled(&table, "sbom_profile");
        let threshold = table.node("severity_threshold").map(|_| tenths(&table));
        let terms = Terms {
            sbom_formats: list("sbom_formats"),
            sbom_profile: profile.map(|one| self.agreed(&table, "sbom_profile", one)),
            sbom_coverage_per_mille: whole("sbom_coverage_per_mille", 1..=1000),
            signer_identities: list("signer_identities"),
            provenance_level: whole("provenance_level", 0..=3),
            severity_threshold_tenths: threshold
                .map(|one| self.agreed(&table, "severity_threshold", one)),
            fix_days: whole("fix_days", 0..=3650),
            exploited_fix_days: whole("exploited_fix_days", 0..=3650),
            notice_days: whole("notice_days", 0..=3650),
            emergency_hours: whole("emergency_hours", 0..=168),
        };
        table.finish();
        terms
    }

    fn agreed<T>(&self, fields: &Fields<'_>, key: &str, value: T) -> Agreed<T> {
        let cited = Citation {
            sha256: self.digest,
            file: self.file.to_owned(),
            at: fields.place_of(key),
        };
        Agreed { value, cited }
    }
}

/// Complains about a path that leads out of its folder.
fn check(fields: &Fields<'_>, key: &str, path: &str, may_leave: bool) {
    let leads_out = path.starts_with('/')
        || path.contains('\\')
        || path.chars().nth(1) == Some(':')
        || path.split('/').any(|step| step == "..");
    if leads_out && !may_leave {
        let message = format!("`{path}` leads out of the folder");
        let help = "name a path inside; only a manifest that --manifest names may lead to other folders, and only to \
                    what is not delivered";
        fields.complain("path-escapes", key, message, help);
    }
}

/// Paths, each with the place of its list.
fn paths(fields: &Fields<'_>, key: &'static str, may_leave: bool) -> Vec<Named> {
    let at = fields.place_of(key);
    let paths = fields.texts(key).into_iter();
    let named = paths.map(|path| {
        check(fields, key, &path, may_leave);
        Named {
            path,
            at: at.clone(),
        }
    });
    named.collect()
}

/// What was delivered under a key, with what was delivered about it.
fn delivered(fields: &Fields<'_>, key: &'static str) -> Vec<Delivered> {
    let tables = fields.tables(key).into_iter();
    let read = tables.map(|one| {
        let at = one.place_of("path");
        let path = one.text("path");
        check(&one, "path", &path, false);
        let delivered = Delivered {
            named: Named { path, at },
            signatures: paths(&one, "signatures", false),
            provenance: paths(&one, "provenance", false),
        };
        one.finish();
        delivered
    });
    read.collect()
}

/// A text, where it is there; an empty one says nothing and is complained about.
fn filled(fields: &Fields<'_>, key: &'static str) -> Option<String> {
    let text = fields.optional_text(key)?;
    if text.trim().is_empty() {
        let message = format!("`{key}` is empty");
        fields.complain(
            "empty-field",
            key,
            message,
            "fill it in, or leave the field out",
        );
    }
    Some(text)
}

/// A whole number, where it is there.
fn number(fields: &Fields<'_>, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
    fields.node(key).map(|_| fields.integer(key, range))
}

/// A CVSS base score in tenths, written as a number or a text: `7`, `"7.5"`.
fn tenths(fields: &Fields<'_>) -> u32 {
    let score = fields.exact("severity_threshold");
    cvss_tenths(&score).unwrap_or_else(|| {
        let message = "the score is none of CVSS";
        let help = "a base score from 0.0 to 10.0 has one decimal";
        fields.complain("out-of-range", "severity_threshold", message, help);
        0
    })
}

fn build(fields: &Fields<'_>) -> Build {
    let Some(table) = fields.optional_table("build") else {
        return Build::default();
    };
    let build = Build {
        builder: filled(&table, "builder"),
        source: filled(&table, "source"),
        source_tag: filled(&table, "source_tag"),
        source_branch: filled(&table, "source_branch"),
    };
    table.finish();
    build
}

fn left_out(fields: &Fields<'_>) -> Vec<LeftOut> {
    let mut list: Vec<LeftOut> = Vec::new();
    for one in fields.tables("left_out") {
        let at = one.place();
        let what = one.word("what", &Evidence::WORDS);
        let reason = one.both("reason");
        one.finish();
        let Some(what) = what else { continue };
        if list.iter().any(|other| other.what == what) {
            let message = format!("`{}` is left out twice", what.word());
            let help = "say once why it is left out";
            one.complain("delivery-left-out", "what", message, help);
            continue;
        }
        list.push(LeftOut { what, reason, at });
    }
    // One order whatever the document's: a report lists it.
    list.sort_by_key(|one| one.what);
    list
}
