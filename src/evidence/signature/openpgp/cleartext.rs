//! The cleartext signature framework: a text that is signed and can be read.
//!
//! Source: RFC 9580, section 7. What is signed is the text with these three freedoms, and by them alone may the
//! artifact differ from it:
//!
//! 1. a line ends in LF or in CR LF;
//! 2. spaces and tabs at the end of a line do not count;
//! 3. the last line may or may not have a line ending.

use super::armor;

/// The first line.
const LABEL: &str = "PGP SIGNED MESSAGE";

/// A clear-signed text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleartext {
    /// The text in the form that is signed: without dash escapes and white space at the end of lines, with CR LF
    /// between lines and none behind the last.
    pub(super) text: Vec<u8>,
    /// The signatures, as packets.
    pub(super) packets: Vec<u8>,
}

/// Whether `text` begins as a clear-signed one.
pub(super) fn is_one(text: &str) -> bool {
    text.trim_start()
        .lines()
        .next()
        .and_then(armor::label_of)
        .is_some_and(|label| label == LABEL)
}

/// Reads a clear-signed text; nothing but white space may stand around it.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn read(text: &str) -> Result<Cleartext, String> {
    let cut_off = || "the signed text has no end".to_owned();
    let mut rest = text.trim_start();
    let mut line = next_line(&mut rest).ok_or_else(cut_off)?;
    if armor::label_of(line) != Some(LABEL) {
        return Err("it does not begin as a signed text".to_owned());
    }
    // Only `Hash` may stand here, and it says nothing that counts (section 7.1).
    loop {
        line = next_line(&mut rest).ok_or_else(cut_off)?;
        if armor::trimmed(line).is_empty() {
            break;
        }
        let names = line.strip_prefix("Hash: ").map(armor::trimmed);
        let is_hash = names.is_some_and(|names| {
            names
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | ',' | ' '))
        });
        if !is_hash {
            return Err("another header than `Hash` stands before the signed text".to_owned());
        }
    }
    let mut signed: Vec<&[u8]> = Vec::new();
    let signature = loop {
        let before = rest;
        line = next_line(&mut rest).ok_or_else(cut_off)?;
        if let Some(escaped) = line.strip_prefix("- ") {
            signed.push(without_end(escaped.as_bytes()));
        } else if !line.starts_with('-') {
            // Behind white space the mark is text like any other, which no signer escapes.
            signed.push(without_end(line.as_bytes()));
        } else if armor::label_of(line) == Some("PGP SIGNATURE") {
            break before;
        } else {
            return Err("a line of the signed text begins with a bare dash".to_owned());
        }
    };
    let blocks = armor::blocks(signature)?;
    let [block] = blocks.as_slice() else {
        return Err("one block of signatures belongs behind the signed text".to_owned());
    };
    Ok(Cleartext {
        text: signed.join(&b"\r\n"[..]),
        packets: block.packets.clone(),
    })
}

/// Whether `artifact` is the signed `text`, by the three freedoms above.
pub(super) fn is_text_of(artifact: &[u8], text: &[u8]) -> bool {
    let lines: Vec<&[u8]> = artifact
        .split(|octet| *octet == b'\n')
        .map(without_end)
        .collect();
    let is_text = |lines: &[&[u8]]| lines.join(&b"\r\n"[..]) == text;
    let but_last = match lines.split_last() {
        Some((last, lines)) if last.is_empty() && artifact.ends_with(b"\n") => Some(lines),
        _ => None,
    };
    is_text(&lines) || but_last.is_some_and(is_text)
}

/// A line without its ending: one CR, then spaces and tabs.
fn without_end(line: &[u8]) -> &[u8] {
    let mut line = line.strip_suffix(b"\r").unwrap_or(line);
    while let Some(shorter) = line.strip_suffix(b" ").or_else(|| line.strip_suffix(b"\t")) {
        line = shorter;
    }
    line
}

/// The next line, with a CR that ends it.
fn next_line<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let (line, behind) = rest.split_once('\n')?;
    *rest = behind;
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----\n\nAAEC\n-----END PGP SIGNATURE-----\n";

    fn message(head: &str, text: &str) -> String {
        format!("-----BEGIN PGP SIGNED MESSAGE-----\n{head}\n{text}\n{SIGNATURE}")
    }

    #[test]
    fn the_signed_text_is_what_stands_between() {
        for (text, signed) in [
            ("", ""),
            ("a", "a"),
            ("a\n", "a\r\n"),
            ("a \t\nb", "a\r\nb"),
            ("a\r\nb\r", "a\r\nb"),
            ("- -a\n- From", "-a\r\nFrom"),
            ("- - a", "- a"),
            ("a\r\rb", "a\r\rb"),
            (
                " -----BEGIN PGP SIGNATURE-----\n",
                " -----BEGIN PGP SIGNATURE-----\r\n",
            ),
        ] {
            let cleartext = read(&message("Hash: SHA512\n", text)).unwrap();
            assert_eq!(cleartext.text, signed.as_bytes(), "{text:?}");
            assert_eq!(cleartext.packets, [0, 1, 2]);
        }
        assert!(is_one(&message("", "a")));
    }

    #[test]
    fn what_is_no_signed_text_is_refused() {
        for broken in [
            message("Charset: UTF-8\n", "a"),
            message("Hash: SHA256\u{a0}x\n", "a"),
            message("", "-a"),
            format!("x\n{}", message("", "a")),
            format!("{}x", message("", "a")),
            format!("{}{SIGNATURE}", message("", "a")),
            "-----BEGIN PGP SIGNED MESSAGE-----\n\na\n".to_owned(),
        ] {
            assert!(read(&broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_artifact_differs_by_three_freedoms_and_no_more() {
        for (artifact, text, expected) in [
            ("a\nb", "a\r\nb", true),
            ("a\nb\n", "a\r\nb", true),
            ("a\r\nb\r\n", "a\r\nb", true),
            ("a \nb\t\n", "a\r\nb", true),
            ("a\nb\n", "a\r\nb\r\n", true),
            ("", "", true),
            ("\n", "", true),
            ("a\nb\n\n", "a\r\nb", false),
            (" a\nb", "a\r\nb", false),
            ("a\n\nb", "a\r\nb", false),
            ("a\rb", "a\r\nb", false),
            ("a\r\r\nb", "a\r\nb", false),
            ("a", "a\r\n", false),
            ("ab", "a", false),
        ] {
            let actual = is_text_of(artifact.as_bytes(), text.as_bytes());
            assert_eq!(actual, expected, "{artifact:?} {text:?}");
        }
    }
}
