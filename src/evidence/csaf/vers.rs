//! Ranges of versions: `vers` (ECMA-428, version range specifier) and what CSAF allows beside it, the same
//! constraints without a scheme (CSAF 2.0, section 3.1.2.3.2; CSAF 2.1, section 3.1.2.3.2).

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vers<'a> {
    /// The scheme of the versions, such as `semver`; none where only constraints are given.
    pub scheme: Option<&'a str>,
    /// The constraints in the order of the text; empty for every version (`*`).
    pub constraints: Vec<Constraint<'a>>,
}

/// One constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constraint<'a> {
    /// How a version compares to [`Self::version`].
    pub comparator: Comparator,
    /// The version as written, which may be percent-encoded.
    pub version: &'a str,
}

/// How versions compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `=`, or nothing.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

impl Comparator {
    /// The comparators, of which a longer one stands before its beginning.
    const ALL: [(&'static str, Self); 6] = [
        (">=", Self::GreaterOrEqual),
        ("<=", Self::LessOrEqual),
        ("!=", Self::NotEqual),
        (">", Self::Greater),
        ("<", Self::Less),
        ("=", Self::Equal),
    ];

    fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }

    fn is_bound(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl<'a> Vers<'a> {
    /// Reads `vers:scheme/constraints`.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, in words.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
        let rest = text.strip_prefix("vers:").ok_or("it has no `vers:`")?;
        let (scheme, constraints) = rest.split_once('/').ok_or("it has no constraints")?;
        let good = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')
        };
        if !scheme.starts_with(|one: char| one.is_ascii_lowercase()) || !scheme.bytes().all(good) {
            return Err("the scheme is no lower-case word");
        }
        let range = Self {
            scheme: Some(scheme),
            ..Self::like(constraints)?
        };
        if matches!(scheme, "all" | "none") && !range.constraints.is_empty() {
            return Err("the schemes `all` and `none` go with `*` only");
        }
        // Bounds of one kind do not follow each other: the versions stand in ascending order.
        let mut bounds = range
            .constraints
            .iter()
            .filter(|one| one.comparator.is_bound());
        let mut last: Option<&Constraint<'_>> = None;
        if bounds.any(|one| {
            last.replace(one)
                .is_some_and(|last| last.comparator.is_upper() == one.comparator.is_upper())
        }) {
            return Err("two bounds in the same direction follow each other");
        }
        Ok(range)
    }

    /// Reads constraints alone.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, in words.
    pub fn like(text: &'a str) -> Result<Self, &'static str> {
        let mut range = Self {
            scheme: None,
            constraints: Vec::new(),
        };
        if text == "*" {
            return Ok(range);
        }
        for part in text.split('|') {
            let found = Comparator::ALL
                .iter()
                .find_map(|(sign, one)| Some((*one, part.strip_prefix(sign)?)));
            let (comparator, version) = found.unwrap_or((Comparator::Equal, part));
            if version.is_empty() {
                return Err("a constraint has no version");
            }
            if version.contains(|one: char| one.is_whitespace() || "<>=!*|".contains(one)) {
                return Err("a version has blanks or signs of a comparison");
            }
            range.constraints.push(Constraint {
                comparator,
                version,
            });
        }
        let mut versions: Vec<&str> = range.constraints.iter().map(|one| one.version).collect();
        versions.sort_unstable();
        if versions.array_windows().any(|[one, other]| one == other) {
            return Err("a version is listed twice");
        }
        Ok(range)
    }

    /// The only version that it means, if it is one by a single constraint.
    pub fn single(&self) -> Option<&'a str> {
        match self.constraints.as_slice() {
            [only] if only.comparator == Comparator::Equal => Some(only.version),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (text, expected) in [
            ("vers:semver/>=1.0|<2.0", None),
            ("vers:all/*", None),
            ("vers:npm/1.2.3|>=2.0.0|<3.0.0|>5", None),
            ("vers:deb/!=1", None),
            ("vers:semver", Some("it has no constraints")),
            ("vers:Semver/1", Some("the scheme is no lower-case word")),
            (
                "vers:all/<1",
                Some("the schemes `all` and `none` go with `*` only"),
            ),
            (
                "vers:semver/<1|<2",
                Some("two bounds in the same direction follow each other"),
            ),
            ("vers:semver/<1|1", Some("a version is listed twice")),
            ("vers:semver/", Some("a constraint has no version")),
            ("vers:semver/>=1|", Some("a constraint has no version")),
            (
                "vers:semver/1|*",
                Some("a version has blanks or signs of a comparison"),
            ),
            ("<1", Some("it has no `vers:`")),
        ] {
            assert_eq!(Vers::parse(text).err(), expected, "{text}");
        }
        for (text, expected) in [
            ("<4.2", true),
            (">abc|<=def", true),
            ("*", true),
            ("< 4.2", false),
            ("all versions", false),
            ("", false),
        ] {
            assert_eq!(Vers::like(text).is_ok(), expected, "{text}");
        }
        assert_eq!(
            Vers::parse("vers:intdot/=4.2").unwrap().single(),
            Some("4.2")
        );
        assert_eq!(Vers::like("<4.2").unwrap().single(), None);
    }
}
