//! Keeps the plan of the house: imports run downhill, and every framework stays in its room.
//!
//! The two tables are the plan. The checks are functions over sources, so that planted breaches prove
//! that they find what they look for.

use crate::source::{Token, closing, files, tokens, without_tests};

/// Every module of `lib.rs`, ground floor first, with all that it may import. A module that is planned
/// but not there yet may stand here already.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // Ground.
    ("diagnostic", &[]),
    ("digest", &[]),
    ("exact", &[]),
    ("id", &[]),
    ("text", &[]),
    ("time", &[]),
    ("cpe", &[]),
    ("purl", &[]),
    ("version", &[]),
    ("cvss", &["exact"]),
    ("tree", &["diagnostic", "exact", "text", "time"]),
    ("tape", &["diagnostic"]),
    ("markup", &["diagnostic", "tape"]),
    ("schema", &["diagnostic", "tape", "markup"]),
    ("pages", &["diagnostic", "digest"]),
    ("classification", &[]),
    // Evidence.
    (
        "evidence",
        &[
            "classification",
            "tape",
            "markup",
            "schema",
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "purl",
            "version",
            "cvss",
            "tree",
        ],
    ),
    // Examination: what is asked of evidence without a criterion.
    (
        "profile",
        &["diagnostic", "digest", "text", "time", "tree", "evidence"],
    ),
    (
        "comparison",
        &["diagnostic", "text", "purl", "version", "evidence"],
    ),
    (
        "delivery",
        &["diagnostic", "digest", "text", "tree", "evidence"],
    ),
    (
        "snapshot",
        &[
            "diagnostic",
            "digest",
            "time",
            "cpe",
            "purl",
            "pages",
            "evidence",
        ],
    ),
    (
        "matching",
        &[
            "diagnostic",
            "digest",
            "time",
            "cpe",
            "purl",
            "version",
            "cvss",
            "evidence",
            "snapshot",
        ],
    ),
    (
        "inventory",
        &[
            "diagnostic",
            "digest",
            "time",
            "pages",
            "evidence",
            "snapshot",
            "matching",
        ],
    ),
    (
        "conversion",
        &[
            "diagnostic",
            "digest",
            "text",
            "time",
            "tape",
            "markup",
            "schema",
            "evidence",
        ],
    ),
    (
        "triage",
        &[
            "diagnostic",
            "digest",
            "text",
            "time",
            "purl",
            "cpe",
            "version",
            "tree",
            "evidence",
            "profile",
        ],
    ),
    (
        "provenance",
        &[
            "diagnostic",
            "digest",
            "text",
            "time",
            "tree",
            "purl",
            "evidence",
            "profile",
        ],
    ),
    (
        "trust",
        &[
            "diagnostic",
            "digest",
            "id",
            "text",
            "time",
            "tree",
            "evidence",
            "profile",
        ],
    ),
    (
        "questionnaire",
        &[
            "classification",
            "diagnostic",
            "digest",
            "id",
            "text",
            "time",
            "tree",
            "tape",
            "evidence",
        ],
    ),
    // Judgment.
    (
        "fact",
        &[
            "questionnaire",
            "profile",
            "comparison",
            "delivery",
            "snapshot",
            "matching",
            "triage",
            "provenance",
            "trust",
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "cvss",
            "tree",
            "evidence",
        ],
    ),
    (
        "criteria",
        &[
            "questionnaire",
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "tree",
            "evidence",
            "fact",
        ],
    ),
    (
        "assessment",
        &[
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "tree",
            "evidence",
            "fact",
            "criteria",
        ],
    ),
    // Trade.
    (
        "tender",
        &[
            "classification",
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "tree",
            "evidence",
            "provenance",
            "fact",
            "criteria",
            "assessment",
        ],
    ),
    (
        "clause",
        &["diagnostic", "id", "text", "tree", "criteria", "tender"],
    ),
    (
        "contract",
        &[
            "diagnostic",
            "digest",
            "id",
            "text",
            "time",
            "tree",
            "criteria",
            "tender",
            "clause",
        ],
    ),
    (
        "reevaluation",
        &[
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "criteria",
            "assessment",
            "tender",
        ],
    ),
    (
        "governance",
        &[
            "diagnostic",
            "digest",
            "id",
            "text",
            "time",
            "classification",
            "evidence",
            "fact",
            "criteria",
            "assessment",
            "tender",
        ],
    ),
    (
        "acceptance",
        &[
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "purl",
            "tree",
            "evidence",
            "fact",
            "criteria",
            "tender",
            "contract",
            "governance",
        ],
    ),
    // Paper: it shows what was judged, and reads nothing.
    (
        "document",
        &[
            "classification",
            "diagnostic",
            "digest",
            "exact",
            "id",
            "text",
            "time",
            "purl",
            "cvss",
            "evidence",
            "profile",
            "comparison",
            "delivery",
            "conversion",
            "triage",
            "provenance",
            "trust",
            "questionnaire",
            "fact",
            "criteria",
            "assessment",
            "tender",
            "clause",
            "contract",
            "reevaluation",
            "governance",
            "acceptance",
        ],
    ),
    // Edge: the only input and output, and no judgment.
    ("clock", &["time"]),
    ("file", &["pages"]),
    (
        "feed",
        &["diagnostic", "digest", "time", "snapshot", "file"],
    ),
    (
        "folder",
        &[
            "diagnostic",
            "digest",
            "pages",
            "evidence",
            "inventory",
            "file",
        ],
    ),
    ("seal", &["diagnostic"]),
    ("blob", &["digest"]),
    ("storage", &["digest", "id", "text", "time"]),
    ("retrieve", &["diagnostic", "digest", "evidence", "time"]),
    (
        "config",
        &["diagnostic", "digest", "exact", "id", "time", "tree"],
    ),
    // Joint.
    ("app", &[ALL_ABOVE]),
    // Doors.
    ("api", &[ALL_ABOVE]),
    ("web", &[ALL_ABOVE]),
    ("jobs", &[ALL_ABOVE]),
    ("server", &[ALL_ABOVE]),
    ("cli", &[ALL_ABOVE]),
];

/// Stands for every module that `MAY_IMPORT` lists above.
const ALL_ABOVE: &str = "(all above)";

/// Names that only the files under these paths may utter. A name that ends in `::` is a package, any
/// other a run of steps anywhere in a path. Test modules are left aside.
const ONLY_IN: &[(&str, &[&str])] = &[
    // The wires meet in one place.
    ("storage::sqlite", &["app/wire.rs", "storage"]),
    ("storage::postgres", &["app/wire.rs", "storage"]),
    // Input and output.
    (
        "std::fs",
        &["file.rs", "folder", "blob.rs", "feed", "retrieve"],
    ),
    ("tokio::fs", &[]),
    (
        "std::env",
        &[
            "cli",
            "app/feed_open.rs",
            "app/self_check.rs",
            "feed/tests.rs",
        ],
    ),
    ("std::net", &["cli", "retrieve", "schema"]),
    ("tokio::net", &["cli", "server"]),
    (
        "std::process",
        &[
            "cli",
            "main.rs",
            "blob.rs",
            "feed.rs",
            "folder/inventory.rs",
            "feed/tests.rs",
        ],
    ),
    ("sqlx::", &["storage"]),
    ("reqwest::", &["retrieve"]),
    ("tokio::", &["cli", "server", "storage", "jobs"]),
    // Time is an argument.
    ("Timestamp::now", &["clock.rs"]),
    ("Zoned::now", &["clock.rs"]),
    ("SystemTime::now", &["clock.rs"]),
    ("Instant::now", &["cli"]),
    ("jiff::", &["time.rs", "evidence"]),
    // Doors.
    ("axum::", &["api", "web", "server"]),
    ("tower_http::", &["server"]),
    ("utoipa::", &["api"]),
    ("askama::", &["web", "document"]),
    ("clap::", &["cli", "main.rs"]),
    ("clap_complete::", &["cli"]),
    ("clap_mangen::", &["cli"]),
    ("roff::", &["cli"]),
    ("anstream::", &["cli"]),
    ("anyhow::", &["cli", "jobs", "main.rs"]),
    ("tracing::", &["api", "web", "jobs", "server", "cli"]),
    // Paper.
    ("comfy_table::", &["document", "cli"]),
    (
        "rust_xlsxwriter::",
        &["document", "evidence/spreadsheet/tests.rs"],
    ),
    ("quick_junit::", &["document/acceptance/junit.rs"]),
    ("anstyle::", &["document", "cli"]),
    ("unicode_width::", &["document"]),
    ("fluent_bundle::", &["text/messages.rs"]),
    // Readers and reckoners behind one door each.
    ("sigstore::", &["evidence/signature"]),
    ("sigstore_verify::", &["evidence/signature"]),
    ("sigstore_trust_root::", &["evidence/signature"]),
    ("sigstore_types::", &["evidence/signature"]),
    ("aws_lc_rs::", &["evidence/signature"]),
    ("rustls_pki_types::", &["evidence/signature"]),
    ("webpki::", &["evidence/signature"]),
    ("cms::", &["evidence/signature"]),
    ("pgp::", &["evidence/signature"]),
    ("serde_json_canonicalizer::", &["evidence/signature"]),
    ("rustsec::", &["evidence/advisory"]),
    ("cel::", &["criteria/rule", "tender/formula"]),
    ("num_rational::", &["exact", "cvss/tests.rs"]),
    ("num_bigint::", &["exact", "cvss/tests.rs"]),
    ("sha2::", &["digest"]),
    (
        "toml::",
        &["tree", "trust/write.rs", "tender/proceeding/file.rs"],
    ),
    ("strsim::", &["diagnostic.rs"]),
    ("quick_xml::", &["markup"]),
    ("serde_saphyr::", &["tape"]),
    ("fst::", &["pages.rs", "snapshot", "inventory"]),
    ("postcard::", &["snapshot", "inventory"]),
    ("zip::", &["evidence/archive", "evidence/spreadsheet"]),
    (
        "unicode_normalization::",
        &[
            "acceptance/product.rs",
            "questionnaire",
            "tender/score_sheet",
        ],
    ),
    ("csv_core::", &["evidence/spreadsheet"]),
    (
        "encoding_rs::",
        &["evidence/spreadsheet", "questionnaire/foreign/tests.rs"],
    ),
    ("calamine::", &["evidence/spreadsheet/tests.rs"]),
    ("tar::", &["evidence/archive", "feed/export.rs", "seal"]),
    ("age::", &["seal"]),
    ("blahaj::", &["seal"]),
    (
        "rand::",
        &[
            "seal",
            "criteria/rule/oracle.rs",
            "evidence/signature/key",
            "exact/tests.rs",
            "tender/formula/tests",
            "tender/proceeding/tests",
        ],
    ),
    ("ar::", &["evidence/archive"]),
    ("auditable_info::", &["evidence"]),
];

/// A path that a source utters, with what it is relative to resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Uttered {
    /// Whether it begins at the root of our own package.
    ours: bool,
    steps: Vec<String>,
}

impl Uttered {
    fn spelled(&self) -> String {
        let root = if self.ours { "crate::" } else { "" };
        root.to_owned() + &self.steps.join("::")
    }
}

/// The module that a file holds: `["tender", "parse"]` for `tender/parse.rs`.
fn module_of(path: &str) -> Vec<String> {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    if matches!(stem, "lib" | "main") {
        return Vec::new();
    }
    stem.split('/').map(str::to_owned).collect()
}

/// Every path of two steps or more, and every import, in the order of the source.
fn uttered(path: &str, tokens: &[Token]) -> Vec<Uttered> {
    let mut walk = Walk {
        tokens,
        module: module_of(path),
        inner: Vec::new(),
        found: Vec::new(),
    };
    walk.source();
    walk.found
}

struct Walk<'a> {
    tokens: &'a [Token],
    /// The module that the walk is in.
    module: Vec<String>,
    /// Where the modules written out inside the file end.
    inner: Vec<usize>,
    found: Vec<Uttered>,
}

impl Walk<'_> {
    fn mark(&self, index: usize, mark: char) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(mark))
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.tokens.get(index).and_then(Token::name)
    }

    fn colons(&self, index: usize) -> bool {
        self.mark(index, ':') && self.mark(index + 1, ':')
    }

    fn source(&mut self) {
        let mut index = 0;
        while index < self.tokens.len() {
            if self.inner.last() == Some(&index) {
                self.inner.pop();
                self.module.pop();
            }
            index = match self.name(index) {
                Some("use") => {
                    let start = index + 1 + if self.colons(index + 1) { 2 } else { 0 };
                    self.tree(start, &[], true)
                }
                Some("extern") if self.name(index + 1) == Some("crate") => {
                    self.tree(index + 2, &[], true)
                }
                Some("mod") if self.mark(index + 2, '{') => {
                    let name = self.name(index + 1).unwrap_or_default().to_owned();
                    self.module.push(name);
                    self.inner.extend(closing(self.tokens, index + 2));
                    index + 3
                }
                // A step after a dot or after `>::` belongs to a value or type, not to a module.
                Some(_) if index > 0 && self.mark(index - 1, '.') => index + 1,
                Some(_) => self.tree(index, &[], false),
                None => index + 1,
            };
        }
    }

    /// Walks a path or a tree of imports and returns the index behind it.
    fn tree(&mut self, mut index: usize, before: &[String], import: bool) -> usize {
        let mut steps = before.to_vec();
        loop {
            if let Some(name) = self.name(index) {
                steps.push(name.to_owned());
                index += 1;
            } else if import && self.mark(index, '*') {
                steps.push("*".to_owned());
                index += 1;
            } else if import && self.mark(index, '{') {
                let end = closing(self.tokens, index).unwrap_or(self.tokens.len());
                index += 1;
                while index < end {
                    index = if self.mark(index, ',') {
                        index + 1
                    } else {
                        self.tree(index, &steps, true).max(index + 1)
                    };
                }
                return end + 1;
            }
            if !self.colons(index) {
                break;
            }
            let goes_on = self.name(index + 2).is_some()
                || (import && (self.mark(index + 2, '*') || self.mark(index + 2, '{')));
            if !goes_on {
                break;
            }
            index += 2;
        }
        if import && self.name(index) == Some("as") {
            index += 2;
        }
        if import || steps.len() > 1 {
            let uttered = self.resolve(steps);
            self.found.push(uttered);
        }
        index.max(1)
    }

    fn resolve(&self, mut steps: Vec<String>) -> Uttered {
        if steps.len() > 1 && steps.last().is_some_and(|last| last == "self") {
            steps.pop();
        }
        let mut module = self.module.clone();
        match steps.first().map(String::as_str) {
            Some("crate" | "mekiki") => {
                steps.remove(0);
                module.clear();
            }
            Some("self" | "super") => {
                while let Some("self" | "super") = steps.first().map(String::as_str) {
                    if steps.remove(0) == "super" {
                        module.pop();
                    }
                }
            }
            _ => return Uttered { ours: false, steps },
        }
        module.append(&mut steps);
        Uttered {
            ours: true,
            steps: module,
        }
    }
}

/// What each module may import, `ALL_ABOVE` written out.
fn may_import() -> Vec<(&'static str, Vec<&'static str>)> {
    MAY_IMPORT
        .iter()
        .enumerate()
        .map(|(index, (module, allowed))| {
            let allowed = if *allowed == [ALL_ABOVE] {
                MAY_IMPORT[..index]
                    .iter()
                    .map(|(above, _)| *above)
                    .collect()
            } else {
                allowed.to_vec()
            };
            (*module, allowed)
        })
        .collect()
}

/// Names every import that runs uphill, or sideways without leave.
fn uphill(sources: &[(String, String)]) -> Vec<String> {
    let table = may_import();
    let mut breaches = Vec::new();
    for (path, source) in sources {
        let own = module_of(path).into_iter().next();
        let allowed = match (own.as_deref(), path.as_str()) {
            (_, "main.rs") => vec!["cli"],
            (Some(own), _) => match table.iter().find(|(module, _)| *module == own) {
                Some((_, allowed)) => allowed.clone(),
                None => continue,
            },
            (None, _) => Vec::new(),
        };
        for uttered in uttered(path, &tokens(source)) {
            let target = uttered.steps.first();
            let at_home = target == own.as_ref()
                || target.is_some_and(|target| allowed.contains(&target.as_str()));
            if uttered.ours && !at_home {
                breaches.push(format!("{path}: {}", uttered.spelled()));
            }
        }
    }
    breaches
}

/// Names every framework outside of its room.
fn outside(sources: &[(String, String)]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, source) in sources {
        for uttered in uttered(path, &without_tests(&tokens(source))) {
            for (name, rooms) in ONLY_IN {
                if utters(&uttered, name) && !rooms.iter().any(|room| lies_in(path, room)) {
                    breaches.push(format!("{path}: {} (room of {name})", uttered.spelled()));
                }
            }
        }
    }
    breaches
}

fn utters(uttered: &Uttered, name: &str) -> bool {
    if let Some(package) = name.strip_suffix("::") {
        return !uttered.ours && uttered.steps.first().is_some_and(|one| one == package);
    }
    let run: Vec<_> = name.split("::").collect();
    uttered.steps.windows(run.len()).any(|steps| steps == run)
}

fn lies_in(path: &str, room: &str) -> bool {
    path == room || path == format!("{room}.rs") || path.starts_with(&format!("{room}/"))
}

fn planted(path: &str, source: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), source.to_owned())]
}

#[test]
fn imports_run_downhill() {
    assert_eq!(uphill(&files("src", ".rs")), [] as [&str; 0]);
}

#[test]
fn frameworks_stay_in_their_rooms() {
    assert_eq!(outside(&files("src", ".rs")), [] as [&str; 0]);
}

#[test]
fn the_table_lists_every_module_of_the_library_in_its_order() {
    let source = files("src", "lib.rs")
        .into_iter()
        .find(|(path, _)| path == "lib.rs")
        .unwrap()
        .1;
    let tokens = tokens(&source);
    let modules: Vec<_> = tokens
        .windows(2)
        .filter(|pair| pair[0].name() == Some("mod"))
        .filter_map(|pair| pair[1].name())
        .collect();
    assert!(modules.len() > 10);
    let listed: Vec<_> = MAY_IMPORT
        .iter()
        .map(|(module, _)| *module)
        .filter(|module| modules.contains(module))
        .collect();
    assert_eq!(listed, modules, "MAY_IMPORT against src/lib.rs");
}

#[test]
fn the_table_itself_runs_downhill() {
    for (index, (module, allowed)) in may_import().iter().enumerate() {
        for target in allowed {
            let above = MAY_IMPORT[..index].iter().any(|(one, _)| one == target);
            assert!(above, "{module} may import {target}, which is not above it");
        }
    }
}

#[test]
fn every_planted_uphill_import_is_found() {
    let table = may_import();
    for (module, allowed) in &table {
        for (target, _) in &table {
            let downhill = target == module || allowed.contains(target);
            for path in [format!("{module}.rs"), format!("{module}/planted/deep.rs")] {
                let source = format!("use crate::{target}::Planted;");
                let breaches = uphill(&planted(&path, &source));
                let expected = if downhill {
                    Vec::new()
                } else {
                    vec![format!("{path}: crate::{target}::Planted")]
                };
                assert_eq!(breaches, expected);
            }
        }
    }
}

#[test]
fn an_uphill_import_is_found_however_it_is_written() {
    let import = "tender/planted.rs: crate::document::table::Sheet";
    let module = "tender/planted.rs: crate::document";
    for (source, expected) in [
        ("use crate::document::table::Sheet;", import),
        (
            "use crate::{exact::Exact, document::table::{self as t, Sheet}};",
            "tender/planted.rs: crate::document::table",
        ),
        (
            "pub(crate) use crate::{\n    // a comment\n    exact::Exact,\n    document::{\n        \
             table::{\n            Sheet,\n        },\n    },\n};",
            import,
        ),
        ("use crate::{self, document};", "tender/planted.rs: crate::"),
        ("use crate::document as paper;", module),
        (
            "use crate::document::*;",
            "tender/planted.rs: crate::document::*",
        ),
        ("use crate::*;", "tender/planted.rs: crate::*"),
        ("use super::super::document::table::Sheet;", import),
        ("fn f() -> crate::document::table::Sheet { todo() }", import),
        (
            "fn f() { let x: Vec<crate::document::table::Sheet> = vec![]; }",
            import,
        ),
        (
            "mod inner { fn f() { super::super::super::document::table::Sheet::new(); } }",
            "tender/planted.rs: crate::document::table::Sheet::new",
        ),
        (
            "#[cfg(test)]\nmod tests { use crate::document::table::Sheet; }",
            import,
        ),
        ("use mekiki::document::table::Sheet;", import),
    ] {
        let breaches = uphill(&planted("tender/planted.rs", source));
        assert_eq!(
            breaches.first().map(String::as_str),
            Some(expected),
            "{source}"
        );
    }
}

#[test]
fn what_is_no_uphill_import_is_left_alone() {
    for source in [
        "use crate::{exact::Exact, tree::{Fields, Node}};\nuse super::Tender;",
        "// use crate::document::table::Sheet;\n/* crate::document */",
        "const NOTE: &str = \"use crate::document::table::Sheet;\";",
        "mod inner { use super::super::Tender; }\nfn f() { x.document(); document::thing(); }",
        "use std::collections::BTreeMap;\nfn f() { Vec::<u8>::new(); <u8 as Into<u16>>::into(1); }",
    ] {
        let breaches = uphill(&planted("tender/planted.rs", source));
        assert_eq!(breaches, [] as [&str; 0], "{source}");
    }
}

#[test]
fn every_planted_framework_is_found_outside_of_its_room() {
    for (name, rooms) in ONLY_IN {
        let path = match name.strip_suffix("::") {
            Some(package) => format!("{package}::Planted"),
            None if name.starts_with("storage") => format!("crate::{name}"),
            None => (*name).to_owned(),
        };
        let (first, last) = path.rsplit_once("::").unwrap();
        for source in [
            format!("use {path};"),
            format!("use {first}::{{Other, {last}::Deep}};"),
            format!("fn f() {{ {path}::new(); }}"),
        ] {
            let breaches = outside(&planted("tender/planted.rs", &source));
            assert!(!breaches.is_empty(), "{source}");
            for room in *rooms {
                let is_file = std::path::Path::new(room)
                    .extension()
                    .is_some_and(|one| one == "rs");
                let file = if is_file {
                    (*room).to_owned()
                } else {
                    format!("{room}/planted.rs")
                };
                let breaches: Vec<_> = outside(&planted(&file, &source))
                    .into_iter()
                    .filter(|breach| breach.ends_with(&format!("(room of {name})")))
                    .collect();
                assert_eq!(breaches, [] as [&str; 0], "{source}");
            }
        }
    }
    let derived = planted(
        "tender/planted.rs",
        "#[derive(clap::ValueEnum)] enum Kind {}",
    );
    assert_eq!(
        outside(&derived),
        ["tender/planted.rs: clap::ValueEnum (room of clap::)"]
    );
    let tested = "#[cfg(test)]\nmod tests { use std::fs; }";
    assert_eq!(
        outside(&planted("tender/planted.rs", tested)),
        [] as [&str; 0]
    );
}

#[test]
fn every_room_that_stands_is_used() {
    let sources = files("src", ".rs");
    let uttered: Vec<_> = sources
        .iter()
        .flat_map(|(path, source)| uttered(path, &tokens(source)))
        .collect();
    let named: Vec<_> = ONLY_IN
        .iter()
        .filter(|(name, rooms)| {
            !rooms.is_empty() && uttered.iter().any(|uttered| utters(uttered, name))
        })
        .collect();
    assert!(named.len() > 15, "the table has come loose: {named:?}");
}
