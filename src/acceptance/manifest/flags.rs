//! What a command line says beside the manifest: a manifest of its own, laid over the other.

use super::{Manifest, Signer, Stage, manifest_text, read_manifest};
use crate::diagnostic::Diagnostic;

/// The name under which what a command line says is cited.
pub const COMMAND_LINE: &str = "(command line)";

/// What the flags say as a document, which a record keeps; `None` where they say nothing.
pub fn flags_text(flags: &Manifest) -> Option<String> {
    let text = manifest_text(flags);
    (text != manifest_text(&Manifest::default())).then_some(text)
}

/// Lays flags over a manifest: what they name goes before it, lists of exceptions, rules and VEX documents are added to,
/// and a signer that they name stands alone.
///
/// # Errors
///
/// What [`read_manifest`] says of the flags.
pub fn lay_flags_over(manifest: &mut Manifest, flags: &str) -> Result<(), Vec<Diagnostic>> {
    let flags = read_manifest(flags.as_bytes(), COMMAND_LINE, true)?;
    lay(&mut manifest.case, flags.case);
    lay(&mut manifest.supplier, flags.supplier);
    lay(&mut manifest.product, flags.product);
    if flags.stage != Stage::default() {
        manifest.stage = flags.stage;
    }
    replace(&mut manifest.artifacts, flags.artifacts);
    replace(&mut manifest.sboms, flags.sboms);
    manifest.vex.extend(flags.vex);
    manifest.signer = signer(std::mem::take(&mut manifest.signer), flags.signer);
    lay(&mut manifest.build.source, flags.build.source);
    lay(&mut manifest.build.source_tag, flags.build.source_tag);
    lay(&mut manifest.build.builder, flags.build.builder);
    lay(&mut manifest.feed, flags.feed);
    lay(&mut manifest.feed_digest, flags.feed_digest);
    let age = flags.feed_maximum_age_days;
    lay(&mut manifest.feed_maximum_age_days, age);
    lay(&mut manifest.terms.sbom_profile, flags.terms.sbom_profile);
    let threshold = flags.terms.severity_threshold_tenths;
    lay(&mut manifest.terms.severity_threshold_tenths, threshold);
    lay(&mut manifest.tendered, flags.tendered);
    lay(&mut manifest.accepted, flags.accepted);
    replace(&mut manifest.notices, flags.notices);
    lay(&mut manifest.products, flags.products);
    lay(&mut manifest.requirements, flags.requirements);
    manifest.exceptions.extend(flags.exceptions);
    manifest.policies.extend(flags.policies);
    lay(&mut manifest.baseline, flags.baseline);
    lay(&mut manifest.allowance, flags.allowance);
    for left_out in flags.left_out {
        manifest.left_out.retain(|one| one.what != left_out.what);
        manifest.left_out.push(left_out);
    }
    manifest.left_out.sort_by_key(|one| one.what);
    Ok(())
}

/// A signer that the flags name stands alone; the trusted root and the lists of revoked certificates stay.
fn signer(own: Signer, flags: Signer) -> Signer {
    let names_somebody = flags.register.is_some()
        || flags.identity.is_some()
        || [&flags.keys, &flags.certificates, &flags.anchors]
            .iter()
            .any(|list| !list.is_empty());
    let trusted_root = flags.trusted_root.clone().or(own.trusted_root.clone());
    let signer = if names_somebody {
        Signer {
            revocations: own.revocations,
            ..flags
        }
    } else {
        own
    };
    Signer {
        trusted_root,
        ..signer
    }
}

fn lay<T>(slot: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *slot = value;
    }
}

fn replace<T>(list: &mut Vec<T>, values: Vec<T>) {
    if !values.is_empty() {
        *list = values;
    }
}
