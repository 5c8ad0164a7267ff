//! What the package that splits markup lets pass and XML does not: names, characters, and the XML declaration,
//! which no canonical form keeps and so no signature covers.
//!
//! Sources: XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition), by the numbers of their productions.

/// Whether XML 1.0 admits a character (production 2).
pub(super) fn is_character(one: char) -> bool {
    matches!(one, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Splits a qualified name (Namespaces, productions 7 to 11); `None` where it is none.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = match name.split_once(':') {
        Some((prefix, local)) if is_name(prefix) => (prefix, local),
        Some(_) => return None,
        None => ("", name),
    };
    is_name(local).then_some((prefix, local))
}

/// Whether a text is a name without a colon (Namespaces, production 4).
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(is_name_start) && name.chars().all(is_name_part)
}

/// Production 4, without the colon.
fn is_name_start(one: char) -> bool {
    matches!(
        one,
        'A'..='Z'
            | '_'
            | 'a'..='z'
            | '\u{c0}'..='\u{d6}'
            | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{2ff}'
            | '\u{370}'..='\u{37d}'
            | '\u{37f}'..='\u{1fff}'
            | '\u{200c}'..='\u{200d}'
            | '\u{2070}'..='\u{218f}'
            | '\u{2c00}'..='\u{2fef}'
            | '\u{3001}'..='\u{d7ff}'
            | '\u{f900}'..='\u{fdcf}'
            | '\u{fdf0}'..='\u{fffd}'
            | '\u{10000}'..='\u{effff}'
    )
}

/// Production 4a, without the colon.
fn is_name_part(one: char) -> bool {
    is_name_start(one)
        || matches!(
            one,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}'
        )
}

/// Whether white space stands before every attribute of a start tag (production 40); `tag` is what stands between
/// its marks.
pub(super) fn is_parted(tag: &str) -> bool {
    let mut quote = None;
    let mut is_behind = false;
    for one in tag.chars() {
        match quote {
            Some(open) => {
                is_behind = one == open;
                if is_behind {
                    quote = None;
                }
            }
            None if is_behind && !is_blank(one) => return false,
            None => {
                is_behind = false;
                if matches!(one, '"' | '\'') {
                    quote = Some(one);
                }
            }
        }
    }
    true
}

/// An XML declaration of version 1.0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// The encoding, where it names one.
    pub(super) encoding: Option<String>,
}

/// Reads an XML declaration (productions 23 to 26, 32, 80 and 81); `content` is what stands between its marks. `None`
/// where it is none of version 1.0.
pub(super) fn declaration(content: &str) -> Option<Declaration> {
    let mut rest = content.strip_prefix("xml")?;
    if pseudo_attribute(&mut rest, "version")? != "1.0" {
        return None;
    }
    let mut encoding = None;
    if rest.trim_start_matches(is_blank).starts_with("encoding") {
        let name = pseudo_attribute(&mut rest, "encoding")?;
        let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '_' | '-');
        if !name.starts_with(|one: char| one.is_ascii_alphabetic()) || !name.chars().all(is_part) {
            return None;
        }
        encoding = Some(name.to_owned());
    }
    if rest.trim_start_matches(is_blank).starts_with("standalone")
        && !matches!(pseudo_attribute(&mut rest, "standalone")?, "yes" | "no")
    {
        return None;
    }
    rest.trim_start_matches(is_blank)
        .is_empty()
        .then_some(Declaration { encoding })
}

/// Takes white space, `name`, an equals sign and a value in quotes.
fn pseudo_attribute<'a>(rest: &mut &'a str, name: &str) -> Option<&'a str> {
    let value = rest
        .strip_prefix(is_blank)?
        .trim_start_matches(is_blank)
        .strip_prefix(name)?
        .trim_start_matches(is_blank)
        .strip_prefix('=')?
        .trim_start_matches(is_blank);
    let quote = value
        .chars()
        .next()
        .filter(|one| matches!(one, '"' | '\''))?;
    let (value, behind) = value.strip_prefix(quote)?.split_once(quote)?;
    *rest = behind;
    Some(value)
}

/// Production 3.
fn is_blank(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_read_by_the_letter() {
        let named = |name: &str| {
            let encoding = Some(name.to_owned());
            Some(Declaration { encoding })
        };
        let unnamed = || Some(Declaration { encoding: None });
        for (content, expected) in [
            ("xml version=\"1.0\"", unnamed()),
            ("xml version='1.0' ", unnamed()),
            ("xml\tversion = \"1.0\"\nencoding='UTF-8'", named("UTF-8")),
            (
                "xml version=\"1.0\" encoding=\"x-1_2.3\" standalone=\"yes\" ",
                named("x-1_2.3"),
            ),
            ("xml version=\"1.0\" standalone='no'", unnamed()),
            ("xml", None),
            ("xml version=\"1.1\"", None),
            ("xml encoding=\"UTF-8\"", None),
            ("xml version=\"1.0\"encoding=\"UTF-8\"", None),
            ("xml version=\"1.0\" encoding=\"\"", None),
            ("xml version=\"1.0\" encoding=\"8\"", None),
            ("xml version=\"1.0\" encoding=\"UTF-8", None),
            ("xml version=\"1.0\" encoding=UTF-8", None),
            ("xml version=\"1.0\" encoding=\"a\" encoding=\"b\"", None),
            (
                "xml version=\"1.0\" standalone=\"yes\" encoding=\"a\"",
                None,
            ),
            ("xml version=\"1.0\" standalone=\"maybe\"", None),
            ("xml version=\"1.0\" encodi:ng=\"UTF-8\"", None),
            ("xml version=\"1.0\" x", None),
        ] {
            assert_eq!(declaration(content), expected, "{content}");
        }
    }

    #[test]
    fn names_and_tags_are_those_of_xml() {
        for (name, expected) in [
            ("a", true),
            ("_a-1.\u{b7}", true),
            ("部品", true),
            ("", false),
            ("1", false),
            ("-a", false),
            ("a:b", false),
            ("\u{d7}", false),
            ("a\u{a0}b", false),
            ("\u{300}a", false),
            ("a\u{37e}", false),
            ("a\u{feff}", true),
        ] {
            assert_eq!(is_name(name), expected, "{name:?}");
        }
        for (tag, expected) in [
            ("a", true),
            ("a b='1' c=\"'\" ", true),
            ("a b='1'\nc='2'", true),
            ("a b='1'c='2'", false),
            ("a b='1'x", false),
        ] {
            assert_eq!(is_parted(tag), expected, "{tag}");
        }
    }
}
