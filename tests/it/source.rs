//! Reads our own sources as tokens, for the tests that keep the rules of the house.

use std::fs;
use std::path::Path;

/// One token; comments, white space, lifetimes and numbers' punctuation are of no interest here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Name(String),
    Text(String),
    Mark(char),
}

impl Token {
    pub(crate) fn is(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Every file below a folder of the repository whose name ends so: path inside the folder, and text.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
                found.push((inside.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {folder}");
    found
}

/// Splits Rust source into tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let characters: Vec<char> = source.chars().collect();
    let at = |index: usize| characters.get(index).copied().unwrap_or('\0');
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    let mut tokens = Vec::new();
    let mut index = 0;
    while index < characters.len() {
        let start = index;
        match at(index) {
            '/' if at(index + 1) == '/' => {
                while index < characters.len() && at(index) != '\n' {
                    index += 1;
                }
            }
            '/' if at(index + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(index), at(index + 1)) {
                        ('/', '*') => (depth, index) = (depth + 1, index + 2),
                        ('*', '/') => (depth, index) = (depth - 1, index + 2),
                        _ => index += 1,
                    }
                    if depth == 0 || index >= characters.len() {
                        break;
                    }
                }
            }
            '"' => {
                let mut text = String::new();
                index += 1;
                while index < characters.len() && at(index) != '"' {
                    if at(index) == '\\' {
                        index += 1;
                        if at(index) == '\n' {
                            while at(index).is_whitespace() {
                                index += 1;
                            }
                            continue;
                        }
                    }
                    text.push(at(index));
                    index += 1;
                }
                index += 1;
                tokens.push(Token::Text(text));
            }
            '\'' if at(index + 1) == '\\' => {
                index += 3;
                while index < characters.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            }
            '\'' if at(index + 2) == '\'' => index += 3,
            '\'' => {
                index += 1;
                while is_name(at(index)) {
                    index += 1;
                }
            }
            first if is_name(first) => {
                while is_name(at(index)) {
                    index += 1;
                }
                let name: String = characters[start..index].iter().collect();
                let mut fences = 0;
                while at(index + fences) == '#' {
                    fences += 1;
                }
                if matches!(name.as_str(), "r" | "br" | "cr") && at(index + fences) == '"' {
                    index += fences + 1;
                    let begin = index;
                    let closes = |index: usize| {
                        at(index) == '"' && (1..=fences).all(|step| at(index + step) == '#')
                    };
                    while index < characters.len() && !closes(index) {
                        index += 1;
                    }
                    tokens.push(Token::Text(characters[begin..index].iter().collect()));
                    index += fences + 1;
                } else if !(matches!(name.as_str(), "b" | "c") && at(index) == '"') {
                    tokens.push(Token::Name(name));
                }
            }
            space if space.is_whitespace() => index += 1,
            mark => {
                tokens.push(Token::Mark(mark));
                index += 1;
            }
        }
    }
    tokens
}

/// Leaves out every `#[cfg(test)] mod … { … }`.
pub(crate) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let opening = self::tokens("#[cfg(test)] mod");
    let mut kept = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        if !tokens[index..].starts_with(&opening) {
            kept.push(tokens[index].clone());
            index += 1;
            continue;
        }
        let end = closing(tokens, index + opening.len() + 1);
        index = end.expect("the test module is closed") + 1;
    }
    kept
}

/// The index of the bracket that closes the one at `open`.
pub(crate) fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

/// The arguments of the call whose opening bracket stands at `open`, each as its tokens.
pub(crate) fn arguments(tokens: &[Token], open: usize) -> Vec<&[Token]> {
    let Some(end) = closing(tokens, open) else {
        return Vec::new();
    };
    let mut arguments = Vec::new();
    let mut begin = open + 1;
    let mut depth = 0;
    for index in open + 1..=end {
        match tokens[index] {
            Token::Mark(',') if depth == 0 => {
                arguments.push(&tokens[begin..index]);
                begin = index + 1;
            }
            _ if index == end => arguments.push(&tokens[begin..index]),
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

#[test]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "the text holds a quote with one hash behind"
)]
fn comments_texts_and_lifetimes_are_told_apart() {
    let source = r##"
        // use crate::hidden;
        /* use /* crate::hidden */ ; */
        fn f<'a>(c: char) -> &'a str { match c { '"' | '\'' => r#"a "b""#, _ => b"c" } }
        #[cfg(test)]
        mod tests { fn g() { "hidden" } }
        let x = "d\
                 e";
    "##;
    let kept = without_tests(&tokens(source));
    let names: Vec<_> = kept.iter().filter_map(Token::name).collect();
    let texts: Vec<_> = kept.iter().filter_map(Token::text).collect();
    assert_eq!(
        names,
        ["fn", "f", "c", "char", "str", "match", "c", "_", "let", "x"]
    );
    assert_eq!(texts, ["a \"b\"", "c", "de"]);
}

#[test]
fn arguments_end_at_their_own_comma() {
    let call = tokens("f(a.b(c, d), &[e, f], \"g\",)");
    let texts: Vec<_> = arguments(&call, 1).iter().map(|one| one.len()).collect();
    assert_eq!(texts, [8, 6, 1]);
}
