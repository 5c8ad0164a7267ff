//! What the file of a document must be called.

use crate::diagnostic::{Diagnostic, Place};

/// The name that follows from the identifier of a document: in lower case, each run of what is neither a
/// lower-case letter, a digit, `+` nor `-` replaced by one `_`, with `.json` behind it.
///
/// Source: CSAF 2.0 and 2.1, section 5.1.
pub fn expected(id: &str) -> String {
    plain(id) + ".json"
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.to_lowercase().chars() {
        let stays = character.is_ascii_lowercase()
            || character.is_ascii_digit()
            || matches!(character, '+' | '-');
        if stays {
            out.push(character);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out
}

/// Holds the name of a file against the identifier of the document in it.
///
/// A name that means the identifier and spells it otherwise breaks the rule. Any other name is one that
/// somebody gave a copy, which is only worth knowing. The ending of a compression is left aside.
pub fn check(path: &str, id: &str) -> Option<Diagnostic> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = [".zst", ".gz", ".bz2"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    let expected = expected(id);
    if name == expected || path == "-" {
        return None;
    }
    let at = Place::pointer("/document/tracking/id");
    let message = format!("the file is called `{name}`, and by its identifier `{expected}`");
    let help = "rename the file by the rule of section 5.1";
    let ending = name.len().saturating_sub(".json".len());
    let is_json = name
        .get(ending..)
        .is_some_and(|ending| ending.eq_ignore_ascii_case(".json"));
    let stem = if is_json { name.get(..ending) } else { None };
    let means_it = stem.is_some_and(|stem| plain(stem) + ".json" == expected);
    let diagnostic = if means_it {
        Diagnostic::error("csaf-file-name", at, message)
    } else {
        Diagnostic::note("csaf-file-name", at, message)
    };
    Some(diagnostic.help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn a_file_is_called_by_its_identifier() {
        const ID: &str = "Example_Company_-_2019-YH3234";
        assert_eq!(expected(ID), "example_company_-_2019-yh3234.json");
        assert_eq!(expected("RHBA-2019:0024"), "rhba-2019_0024.json");
        assert_eq!(
            expected("cisco-sa-20190513-secureboot"),
            "cisco-sa-20190513-secureboot.json"
        );
        for (path, severity) in [
            ("a/example_company_-_2019-yh3234.json", None),
            ("example_company_-_2019-yh3234.json.zst", None),
            ("Example_Company_-_2019-YH3234.json", Some(Severity::Error)),
            (
                "example____company_-_2019-yh3234.json",
                Some(Severity::Error),
            ),
            ("example_company_-_2019-yh3234.JSON", Some(Severity::Error)),
            ("copy.json", Some(Severity::Note)),
            ("目", Some(Severity::Note)),
            ("-", None),
        ] {
            assert_eq!(check(path, ID).map(|one| one.severity), severity, "{path}");
        }
    }
}
