//! Writes a manifest as TOML: what a guess comes to, for people to look at and to keep.

use super::{Delivered, Manifest, Named, SCHEMA};

/// The manifest as a document that [`read_manifest`](super::read_manifest) reads.
pub fn manifest_text(manifest: &Manifest) -> String {
    let mut text = format!("schema = {}\n", quoted(SCHEMA));
    let mut line = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|one| !one.is_empty()) {
            text += &format!("{key} = {}\n", quoted(value));
        }
    };
    line("case", manifest.case.as_deref());
    line("contract", manifest.contract.as_deref());
    line("supplier", manifest.supplier.as_deref());
    line("stage", Some(manifest.stage.word()));
    line("delivered", Some(&manifest.delivered));
    let path = |named: &Option<Named>| named.as_ref().map(|one| one.path.clone());
    line("products", path(&manifest.products).as_deref());
    line("requirements", path(&manifest.requirements).as_deref());
    if let Some((name, version)) = &manifest.product {
        text += &format!(
            "\n[product]\nname = {}\nversion = {}\n",
            quoted(name),
            quoted(version)
        );
    }
    for (key, list) in [("artifact", &manifest.artifacts), ("sbom", &manifest.sboms)] {
        for one in list {
            text += &format!("\n[[{key}]]\n");
            text += &delivered_text(one);
        }
    }
    for one in &manifest.vex {
        text += &format!("\n[[vex]]\npath = {}\n", quoted(&one.named.path));
        if let Some(level) = &one.level {
            text += &format!("level = {}\n", quoted(level));
        }
    }
    text
}

fn delivered_text(one: &Delivered) -> String {
    let mut text = format!("path = {}\n", quoted(&one.named.path));
    for (key, list) in [
        ("signatures", &one.signatures),
        ("provenance", &one.provenance),
    ] {
        if !list.is_empty() {
            let paths: Vec<_> = list.iter().map(|one| quoted(&one.path)).collect();
            text += &format!("{key} = [{}]\n", paths.join(", "));
        }
    }
    text
}

/// A TOML basic string, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
