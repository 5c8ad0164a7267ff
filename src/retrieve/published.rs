//! Published checksums.

use crate::digest::Digest;

/// The SHA-256 of a file in a published text: the only one in it, or the one on the line that ends in the
/// name of the file. The forms are those of `sha256sum` and of a bare digest; `SHA256 (name) = digest` is
/// read too.
pub(super) fn digest_of(text: &str, url: &str) -> Option<Digest> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut found: Vec<(Digest, bool)> = Vec::new();
    for line in text.lines() {
        let mut words = line.split([' ', '\t', '*', '(', ')', '=']);
        let digest = words.clone().find_map(|word| {
            let is_digest = word.len() == 64;
            is_digest.then(|| word.parse().ok()).flatten()
        });
        if let Some(digest) = digest {
            let is_named = words.any(|word| word.rsplit('/').next() == Some(name));
            found.push((digest, is_named));
        }
    }
    match found.as_slice() {
        [(only, _)] => Some(*only),
        several => {
            let mut named = several.iter().filter(|(_, is_named)| *is_named);
            match (named.next(), named.next()) {
                (Some((digest, _)), None) => Some(*digest),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_digest_is_found_by_the_name_of_the_file() {
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        for (text, expected) in [
            (format!("{one}\n"), Some(one)),
            (format!("{one}  all.zip\n"), Some(one)),
            (format!("{one} *whatever.zip\n"), Some(one)),
            (format!("SHA256 (all.zip) = {one}\n"), Some(one)),
            (format!("{other}  a.zip\n{one}  ./all.zip\n"), Some(one)),
            (format!("{other}  a.zip\n{one}  b.zip\n"), None),
            (format!("{other}  all.zip\n{one}  all.zip\n"), None),
            ("no digest".to_owned(), None),
            (String::new(), None),
        ] {
            let found = digest_of(&text, "https://mirror.example/x/all.zip?raw=1");
            assert_eq!(found, expected, "{text}");
        }
    }
}
