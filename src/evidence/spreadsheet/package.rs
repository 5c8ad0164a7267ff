//! The package of a workbook (ECMA-376 part 2): looked through before a part of it is read.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use super::{
    MAXIMUM_BYTES, MAXIMUM_MEMBERS, MAXIMUM_PART_BYTES, MAXIMUM_RATIO, malformed, too_large,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::unpack::decode;
use crate::markup::{Element, Markup, parse_xml};

/// The first bytes of a compound file (MS-CFB, 2.2): an older workbook, or an encrypted one.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The signature of an entry of a ZIP directory (APPNOTE 6.3.10, 4.3.12).
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// Unpacked bytes up to which the ratio is not asked for.
const RATIO_FREE_BYTES: u64 = 16 << 20;

/// The most tags of a part. With it, the elements of a part take at most some 200 MiB.
const MAXIMUM_TAGS: usize = 4_000_000;

/// A kind of member that is left unread.
struct Unread {
    /// What its path contains, in lower case.
    part: &'static str,
    code: &'static str,
    message: &'static str,
}

/// What is left unread; the surer path first.
const UNREAD: [Unread; 11] = [
    Unread {
        part: "vbaproject",
        code: "sheet-macros",
        message: "the workbook has macros",
    },
    Unread {
        part: "xl/macrosheets/",
        code: "sheet-macros",
        message: "the workbook has sheets of macros",
    },
    Unread {
        part: "xl/dialogsheets/",
        code: "sheet-macros",
        message: "the workbook has dialogs of macros",
    },
    Unread {
        part: "xl/externallinks/",
        code: "sheet-external-link",
        message: "the workbook takes values from other files",
    },
    Unread {
        part: "xl/embeddings/",
        code: "sheet-embedded",
        message: "other files are embedded in the workbook",
    },
    Unread {
        part: "xl/activex/",
        code: "sheet-embedded",
        message: "the workbook has active controls",
    },
    Unread {
        part: "xl/connections.xml",
        code: "sheet-connection",
        message: "the workbook connects to sources of data",
    },
    Unread {
        part: "xl/querytables/",
        code: "sheet-connection",
        message: "the workbook queries sources of data",
    },
    Unread {
        part: "xl/model/",
        code: "sheet-connection",
        message: "the workbook has a data model",
    },
    Unread {
        part: "xl/pivotcache/",
        code: "sheet-pivot-cache",
        message: "the workbook keeps copies of data for pivot tables",
    },
    Unread {
        part: "customui/",
        code: "sheet-macros",
        message: "the workbook changes the commands of the program",
    },
];

/// Whether bytes are a package or a compound file.
pub(super) fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"PK\x05\x06")
        || bytes.starts_with(COMPOUND)
}

/// A package that has been looked through.
pub(super) struct Package<'a> {
    archive: zip::ZipArchive<Cursor<&'a [u8]>>,
    /// The members by path in lower case: the paths of a package are compared without regard to case.
    members: BTreeMap<String, usize>,
    /// The unpacked bytes of the parts that were read.
    read: u64,
    /// What was found on the way.
    pub(super) remarks: Vec<Diagnostic>,
}

/// A relationship to another part.
#[derive(Debug, Clone)]
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last step of its type, such as `worksheet`.
    pub(super) kind: String,
    /// The path of the part; for what lies outside of the package, the target as written.
    pub(super) target: String,
}

impl<'a> Package<'a> {
    /// Looks a package through.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Diagnostic> {
        if bytes.starts_with(COMPOUND) {
            return Err(compound(bytes));
        }
        let entries = bytes
            .windows(DIRECTORY_ENTRY.len())
            .filter(|window| *window == DIRECTORY_ENTRY);
        if entries.take(MAXIMUM_MEMBERS + 1).count() > MAXIMUM_MEMBERS {
            return Err(too_large(format!(
                "the package has more than {MAXIMUM_MEMBERS} members"
            )));
        }
        let archive = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| malformed(format!("the package is broken: {error}")))?;
        let mut package = Self {
            archive,
            members: BTreeMap::new(),
            read: 0,
            remarks: Vec::new(),
        };
        package.look_through(bytes.len())?;
        Ok(package)
    }

    fn look_through(&mut self, packed: usize) -> Result<(), Diagnostic> {
        let packed = u64::try_from(packed).unwrap_or(u64::MAX);
        let mut declared: u64 = 0;
        for index in 0..self.archive.len() {
            let member = self
                .archive
                .by_index_raw(index)
                .map_err(|error| malformed(format!("a member cannot be read: {error}")))?;
            let raw = String::from_utf8_lossy(member.name_raw()).into_owned();
            if member.encrypted() {
                return Err(encrypted());
            }
            if leaves_folder(&raw) || member.is_symlink() {
                return Err(Diagnostic::error(
                    "sheet-path-escape",
                    Place::whole(),
                    format!("the member `{raw}` leads out of the package"),
                )
                .help("no program writes such a workbook; ask the supplier where it comes from"));
            }
            declared = declared.saturating_add(member.size());
            if member.size() > MAXIMUM_PART_BYTES || declared > MAXIMUM_BYTES {
                return Err(too_large(format!(
                    "the member `{raw}` unfolds to more than {MAXIMUM_PART_BYTES} bytes, or all to more than {MAXIMUM_BYTES}"
                )));
            }
            if declared > RATIO_FREE_BYTES && declared > packed.saturating_mul(MAXIMUM_RATIO) {
                return Err(too_large(format!(
                    "the package unfolds to more than {MAXIMUM_RATIO} times its size"
                )));
            }
            if member.is_dir() {
                continue;
            }
            if self.members.insert(raw.to_lowercase(), index).is_some() {
                return Err(malformed(format!("the member `{raw}` stands twice")));
            }
        }
        self.name_warn();
        Ok(())
    }

    /// Names what is in the package and is left unread.
    fn name_warn(&mut self) {
        let mut named: Vec<&str> = Vec::new();
        for Unread {
            part,
            code,
            message,
        } in UNREAD
        {
            if self.members.keys().any(|path| path.contains(part)) && !named.contains(&message) {
                named.push(message);
                self.remarks.push(warn(code, message));
            }
        }
        let nested = |path: &&String| {
            [".zip", ".xlsx", ".xlsm", ".7z", ".rar", ".exe", ".docx"]
                .iter()
                .any(|ending| path.ends_with(ending))
        };
        if let Some(path) = self.members.keys().find(nested)
            && !named.contains(&"other files are embedded in the workbook")
        {
            let message = format!("the workbook holds another file, `{path}`");
            self.remarks.push(warn("sheet-embedded", &message));
        }
    }

    /// Whether there is a part.
    pub(super) fn has(&self, path: &str) -> bool {
        self.members.contains_key(&path.to_lowercase())
    }

    /// Every path that begins with `prefix`, in lower case.
    pub(super) fn under(&self, prefix: &str) -> Vec<String> {
        let found = self.members.keys().filter(|path| path.starts_with(prefix));
        found.cloned().collect()
    }

    /// The text of a part, unpacked within the limits.
    pub(super) fn text(&mut self, path: &str) -> Result<Option<String>, Diagnostic> {
        let Some(index) = self.members.get(&path.to_lowercase()) else {
            return Ok(None);
        };
        let member = self
            .archive
            .by_index(*index)
            .map_err(|error| malformed(format!("the part `{path}` cannot be read: {error}")))?;
        let mut bytes = Vec::new();
        let limit = MAXIMUM_PART_BYTES.min(MAXIMUM_BYTES.saturating_sub(self.read));
        member
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| malformed(format!("the part `{path}` is broken: {error}")))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > limit {
            return Err(too_large(format!(
                "the part `{path}` unfolds to more than it says, and to more than {limit} bytes"
            )));
        }
        self.read = self.read.saturating_add(length);
        let text = decode(&bytes).map_err(|fault| in_part(fault, path))?;
        if text.contains("<!DOCTYPE") {
            return Err(Diagnostic::error(
                "sheet-entities",
                Place::whole(),
                format!("the part `{path}` declares a document type, which no workbook has"),
            )
            .help("such a file is made to harm whoever opens it; ask the supplier where it comes from"));
        }
        let tags = text.bytes().filter(|byte| *byte == b'<').count();
        if tags > MAXIMUM_TAGS {
            return Err(too_large(format!(
                "the part `{path}` has more than {MAXIMUM_TAGS} tags"
            )));
        }
        Ok(Some(text.into_owned()))
    }

    /// The relationships of a part; of the package itself where `part` is empty.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, Diagnostic> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let separator = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{separator}_rels/{name}.rels");
        let Some(text) = self.text(&path)? else {
            return Ok(Vec::new());
        };
        let markup = parse_part(&text, &path)?;
        let mut found = Vec::new();
        for element in markup.root().children() {
            let get = |name| element.attribute(name).unwrap_or_default();
            let kind = get("Type").rsplit('/').next().unwrap_or_default();
            let target = get("Target");
            if get("TargetMode").eq_ignore_ascii_case("external") {
                if kind != "hyperlink" {
                    let message =
                        format!("the part `{part}` points to `{target}` outside of the workbook");
                    let one = warn("sheet-external-link", &message);
                    if !self.remarks.contains(&one) {
                        self.remarks.push(one);
                    }
                }
                continue;
            }
            found.push(Relationship {
                id: get("Id").to_owned(),
                kind: kind.to_owned(),
                target: resolve(folder, target).ok_or_else(|| {
                    Diagnostic::error(
                        "sheet-path-escape",
                        Place::whole(),
                        format!("the part `{part}` points out of the package, to `{target}`"),
                    )
                    .help("no program writes such a workbook; ask the supplier where it comes from")
                })?,
            });
        }
        Ok(found)
    }
}

/// Parses a part, and names it in the fault.
pub(super) fn parse_part<'t>(text: &'t str, path: &str) -> Result<Markup<'t>, Diagnostic> {
    parse_xml(text).map_err(|fault| in_part(fault, path))
}

/// The texts of a rich text without the readings above the characters (`rPh`).
pub(super) fn rich_text(element: Element<'_>) -> String {
    let mut text = String::new();
    for child in element.children() {
        match child.name() {
            "t" => text.push_str(child.text()),
            "r" => text.extend(
                child
                    .children()
                    .filter(|one| one.name() == "t")
                    .map(Element::text),
            ),
            _ => {}
        }
    }
    super::cell::unescape(&text)
}

/// What is left unread, named.
pub(super) fn warn(code: &'static str, message: &str) -> Diagnostic {
    Diagnostic::warning(code, Place::whole(), format!("{message}; it is not read")).help(
        "ask for the workbook without it, and do not open this one outside of a protected view",
    )
}

fn in_part(fault: Diagnostic, path: &str) -> Diagnostic {
    Diagnostic {
        message: format!("the part `{path}`, {}: {}", fault.at, fault.message),
        at: Place::whole(),
        ..fault
    }
}

fn compound(bytes: &[u8]) -> Diagnostic {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    if bytes.windows(name.len()).any(|window| window == name) {
        return encrypted();
    }
    Diagnostic::error(
        "sheet-unsupported",
        Place::whole(),
        "the file is a workbook of the older binary format (.xls)",
    )
    .help("save it as .xlsx or as CSV in UTF-8")
}

fn encrypted() -> Diagnostic {
    Diagnostic::error(
        "sheet-encrypted",
        Place::whole(),
        "the workbook is protected by a password and cannot be read",
    )
    .help("ask for it without a password, or remove the password in the program that it was made with")
}

/// Whether a path leads out of the folder that it is unpacked in.
fn leaves_folder(path: &str) -> bool {
    path.starts_with(['/', '\\'])
        || path.contains('\0')
        || path.as_bytes().get(1) == Some(&b':')
        || path.split(['/', '\\']).any(|step| step == "..")
}

/// The path of a target, seen from a folder; `None` where it leads out of the package.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let mut steps: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').filter(|step| !step.is_empty()).collect(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}
