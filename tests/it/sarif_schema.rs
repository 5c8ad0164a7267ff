//! The schema of SARIF 2.1.0 as OASIS publishes it, out of the sources of a package that makes its types from it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The published schema.
fn published() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    // Packages for other platforms need not be at hand.
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("-vV").output();
    let version = String::from_utf8(version.expect("rustc is there").stdout);
    let version = version.expect("rustc speaks UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--all-features", "--filter-platform"])
        .arg(host.expect("rustc names its host"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs the tests");
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let mut packages = packages.iter();
    let package = packages.find(|one| one["name"] == "serde-sarif");
    let manifest = package.expect("the package is a dependency")["manifest_path"]
        .as_str()
        .expect("a package has a manifest");
    let path = Path::new(manifest).with_file_name("src/schema.json");
    let bytes = std::fs::read(path).expect("the package carries the schema");
    serde_json::from_slice(&bytes).expect("the schema is JSON")
}

/// What the published schema says against each log.
pub(crate) fn breaches<'l>(logs: impl IntoIterator<Item = &'l Value>) -> Vec<String> {
    let mut schema = published();
    // The published pattern of a language has a bracket that nothing opens, which a strict reader of patterns refuses.
    for kind in ["run", "toolComponent"] {
        let pattern = &mut schema["definitions"][kind]["properties"]["language"]["pattern"];
        let text = pattern.as_str().expect("a language has a pattern");
        *pattern = text.replace("]?$", "$").into();
    }
    assert!(
        schema["properties"]["runs"].is_object(),
        "the schema is of SARIF"
    );
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is one");
    let logs = logs.into_iter();
    logs.flat_map(|log| {
        // The types of the package, made from the same schema, must hold the log too.
        let typed = serde_json::from_value::<serde_sarif::sarif::Sarif>(log.clone());
        let typed = typed.err().map(|fault| fault.to_string());
        let faults = validator.iter_errors(log);
        let faults = faults.map(|fault| format!("{}: {fault}", fault.instance_path()));
        faults.take(5).chain(typed).collect::<Vec<_>>()
    })
    .collect()
}
