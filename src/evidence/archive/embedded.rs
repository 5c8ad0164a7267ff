//! Lists of dependencies that a program carries inside itself (cargo-auditable).

use serde::Deserialize;

/// The largest list that is read: 8 MiB of JSON.
const MAXIMUM_LIST: usize = 8 * 1024 * 1024;

/// A crate that a program was built from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crate {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// Whether it is the program itself.
    pub is_root: bool,
    /// Whether it is part of the program, and not only of its build.
    pub is_runtime: bool,
}

/// The crates that a program lists; `None` where it is no program or lists none.
pub fn crates(bytes: &[u8]) -> Option<Vec<Crate>> {
    if !is_program(bytes) {
        return None;
    }
    let list = auditable_info::json_from_slice(bytes, MAXIMUM_LIST).ok()?;
    let list: List = serde_json::from_str(&list).ok()?;
    let mut crates: Vec<_> = list
        .packages
        .into_iter()
        .map(|package| Crate {
            name: package.name,
            version: package.version,
            is_root: package.root,
            is_runtime: package.kind.as_deref() != Some("build"),
        })
        .collect();
    crates.sort();
    Some(crates)
}

/// Whether bytes begin as a program does: ELF, PE, Mach-O (both orders, both widths) or WebAssembly. Nothing else is worth
/// a look for a list.
pub fn is_program(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0x7f, b'E', b'L', b'F', ..]
            | [b'M', b'Z', ..]
            | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
            | [0, b'a', b's', b'm', ..]
    )
}

/// The list as it is embedded (schema `cargo-auditable.schema.json`), without what is not asked for.
#[derive(Deserialize)]
struct List {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// `build` or `runtime`; without one, `runtime`.
    kind: Option<String>,
    #[serde(default)]
    root: bool,
}
