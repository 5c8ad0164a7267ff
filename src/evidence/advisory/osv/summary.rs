//! One line on an advisory that has none, out of its text.

use crate::text::shortened;

/// The most characters of a summary that is taken from the text. Ours: a line of a report, not a paragraph.
const LONGEST: usize = 200;

/// How much of the text is looked at, in bytes.
const LOOKED_AT: usize = 4096;

/// The first sentence of the first line of a text, which is Markdown (OSV schema 1.7, `details`), without its
/// marks. Headings are passed over, where anything else follows.
pub(super) fn of_details(details: &str) -> String {
    let end = details.floor_char_boundary(LOOKED_AT);
    let mut lines = details
        .get(..end)
        .unwrap_or(details)
        .lines()
        .map(str::trim)
        .filter(|line| line.chars().any(char::is_alphanumeric));
    let first = lines.clone().next().unwrap_or_default();
    let line = lines.find(|line| !line.starts_with('#')).unwrap_or(first);
    let line = line.trim_start_matches(['#', '>', '*', '-', '+', ' ']);
    shortened(&sentence(&plain(line)), LONGEST)
}

/// A line without the marks of Markdown: code and emphasis keep their text, and so do links.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        if next == '['
            && let Some((text, tail)) = after.split_once("](")
            && !text.contains(['[', ']'])
            && let Some((_, tail)) = tail.split_once(')')
        {
            out.push_str(text);
            rest = tail;
            continue;
        }
        if next == '*' && after.starts_with('*') {
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        if next != '`' {
            out.push(next);
        }
        rest = after;
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A sentence ends with a mark before a space and anything but a small letter, which would follow an
/// abbreviation, or with the mark of Japanese.
fn sentence(text: &str) -> String {
    for (offset, mark) in text.char_indices() {
        let end = offset + mark.len_utf8();
        let rest = text.get(end..).unwrap_or_default();
        let mut following = rest.chars();
        let is_end = match mark {
            '。' => true,
            '.' | '!' | '?' => {
                following.next() == Some(' ')
                    && following.next().is_some_and(|one| !one.is_lowercase())
            }
            _ => false,
        };
        if is_end {
            return text.get(..end).unwrap_or(text).to_owned();
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_taken() {
        for (details, expected) in [
            ("", ""),
            ("\n \n", ""),
            ("Reads any file. Since 1.0.", "Reads any file."),
            (
                "Versions 1.0.2 and e.g. older ones fail. More.",
                "Versions 1.0.2 and e.g. older ones fail.",
            ),
            (
                "### Impact\n\nThe `open` call **runs** code.\nMore",
                "The open call runs code.",
            ),
            ("## Only a heading", "Only a heading"),
            (
                "> See [the page](https://a.example/x) for it",
                "See the page for it",
            ),
            ("An [open bracket", "An [open bracket"),
            ("目録が壊れる。更新する。", "目録が壊れる。"),
            ("one\ttwo   three\nfour", "one two three"),
        ] {
            assert_eq!(of_details(details), expected, "{details:?}");
        }
        let long = of_details(&"word ".repeat(10_000));
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with('…'));
    }
}
