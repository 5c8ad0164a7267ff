//! Lists of SHA-256 checksums, as `sha256sum` writes and checks them: which file has which digest.
//!
//! Source: GNU Coreutils manual, "md5sum invocation" and "sha2 utilities" (digits, a space, a space or `*`, the name; a
//! backslash at the beginning of a line where the name has escapes), and `--tag` (`SHA256 (NAME) = DIGITS`). A list is
//! read whole or not at all: a line that is none would leave a file out in silence.

use std::collections::BTreeMap;

use super::signature::openpgp;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;

/// The most bytes of a list: 16 MiB, which is more than 100,000 long paths take.
pub const MAXIMUM_BYTES: usize = 16 * 1024 * 1024;

/// A line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The digest.
    pub sha256: Digest,
    /// The line in the file, from 1.
    pub line: usize,
}

/// Whether a file may be a list, by its name alone: those that distributions and release tools give it.
pub fn is_named_so(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_signature = [".sig", ".minisig", ".p7s", ".json", ".bundle", ".intoto"]
        .iter()
        .any(|suffix| name.ends_with(suffix));
    let is_named = ["sha256sum", "sha256-sum", "checksum"]
        .iter()
        .any(|word| name.contains(word));
    !is_signature && (is_named || name.ends_with(".sha256"))
}

/// Reads a list: which path has which digest. Of a text that is signed in clear, only what is signed is read. Names of
/// files are as written, but for `./` at their beginning.
///
/// # Errors
///
/// `checksum-list-malformed` where it is none, has a line that is none, or gives one name two digests.
pub fn read(bytes: &[u8]) -> Result<BTreeMap<String, Listed>, Diagnostic> {
    let malformed = |line: usize, message: &str| {
        let at = if line == 0 {
            Place::whole()
        } else {
            Place::line(line, 1)
        };
        Diagnostic::error("checksum-list-malformed", at, message)
            .help("write the list with `sha256sum`, and sign it as it is")
    };
    if bytes.len() > MAXIMUM_BYTES {
        return Err(malformed(0, "the list has more than 16 MiB"));
    }
    let whole = std::str::from_utf8(bytes).map_err(|_| malformed(0, "the list is no text"))?;
    let signed = openpgp::signed_text(bytes);
    let signed = signed.as_deref().map(std::str::from_utf8);
    let text = match signed {
        Some(Ok(text)) => text,
        Some(Err(_)) => return Err(malformed(0, "the list is no text")),
        None => whole,
    };
    // A signed text begins behind its header: behind the first line that is empty.
    let above = if signed.is_some() {
        let is_empty = |line: &&str| line.trim().is_empty();
        let before = whole.lines().take_while(is_empty).count();
        let header = whole.lines().skip(before);
        before + header.take_while(|line| !is_empty(line)).count() + 1
    } else {
        0
    };
    let mut list: BTreeMap<String, Listed> = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let number = above + index + 1;
        if line.trim().is_empty() {
            continue;
        }
        let (path, sha256) =
            entry(line).ok_or_else(|| malformed(number, "the line is no checksum of a file"))?;
        let listed = Listed {
            sha256,
            line: number,
        };
        match list.get(&path) {
            Some(other) if other.sha256 != sha256 => {
                return Err(malformed(number, "the file has another checksum above"));
            }
            Some(_) => {}
            None => _ = list.insert(path, listed),
        }
    }
    if list.is_empty() {
        return Err(malformed(0, "the list is empty"));
    }
    Ok(list)
}

fn entry(line: &str) -> Option<(String, Digest)> {
    let (is_escaped, line) = match line.strip_prefix('\\') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (digits, name) = if let Some(rest) = line.strip_prefix("SHA256 (") {
        let (name, digits) = rest.rsplit_once(") = ")?;
        (digits, name)
    } else {
        let (digits, rest) = line.split_once(' ')?;
        (digits, rest.strip_prefix([' ', '*'])?)
    };
    let sha256 = digits.to_ascii_lowercase().parse().ok()?;
    let name = if is_escaped {
        unescaped(name)?
    } else {
        name.to_owned()
    };
    let name = name.strip_prefix("./").unwrap_or(&name);
    let leads_out = name.starts_with('/') || name.split('/').any(|step| step == "..");
    (!name.is_empty() && !leads_out).then(|| (name.to_owned(), sha256))
}

fn unescaped(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        out.push(match (letter, letter == '\\') {
            (_, true) => match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            (letter, false) => letter,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> String {
        Digest::of(text.as_bytes()).hex()
    }

    #[test]
    fn every_form_that_the_tool_writes_is_read() {
        let text = format!(
            "{}  a b\n\n{} *./bin/c\nSHA256 (d (1)) = {}\n\\{}  e\\nf\n",
            hex("1"),
            hex("2").to_uppercase(),
            hex("3"),
            hex("4"),
        );
        let list = read(text.as_bytes()).unwrap();
        let at = |path: &str| (list[path].sha256, list[path].line);
        assert_eq!(at("a b"), (Digest::of(b"1"), 1));
        assert_eq!(at("bin/c"), (Digest::of(b"2"), 3));
        assert_eq!(at("d (1)"), (Digest::of(b"3"), 4));
        assert_eq!(at("e\nf"), (Digest::of(b"4"), 5));
        assert_eq!(list.len(), 4);
    }

    #[test]
    fn what_is_no_list_is_refused_whole() {
        let digits = hex("1");
        for broken in [
            String::new(),
            "\n \n".to_owned(),
            format!("{digits} a"),
            format!("{digits}  "),
            format!("{digits}  /etc/passwd"),
            format!("{digits}  x/../../y"),
            format!("{digits}  a\n{}  a", hex("2")),
            format!("{digits}  a\nsome remark"),
            format!("{}  a", digits.strip_prefix(|_: char| true).unwrap()),
            format!("\\{digits}  a\\x"),
            "\u{fffd}".to_owned(),
        ] {
            let code = read(broken.as_bytes()).unwrap_err().code;
            assert_eq!(code, "checksum-list-malformed", "{broken:?}");
        }
        // The same line twice says nothing new.
        assert_eq!(
            read(format!("{digits}  a\n{digits} *a").as_bytes())
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn names_tell_lists_and_not_their_signatures() {
        for name in [
            "SHA256SUMS",
            "x/sha256sums.txt",
            "app_checksums.txt",
            "app.tgz.sha256",
            "A-CHECKSUM",
        ] {
            assert!(is_named_so(name), "{name}");
        }
        for name in [
            "SHA256SUMS.sig",
            "app.tgz",
            "checksums.txt.sigstore.json",
            "sums",
        ] {
            assert!(!is_named_so(name), "{name}");
        }
    }
}
