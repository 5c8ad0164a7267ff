//! What differs between an SBOM that was tendered or accepted and what was delivered, and which notice covers it.
//!
//! Source: clause CL-21 and the re-evaluation trigger "SBOM drift": a difference without change notice is a finding.

use crate::diagnostic::Place;
use crate::evidence::register::change_notice::{NoticedChange, NoticedKind};
use crate::purl::Purl;

/// What kind of drift it is, the most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriftKind {
    /// Another digest at the same version.
    Digest,
    /// A component that was not there.
    Added,
    /// An earlier version.
    Downgraded,
    /// Another version.
    Version,
    /// Another supplier.
    Supplier,
    /// A component that is not there any more.
    Removed,
    /// Another license.
    License,
    /// Another package URL.
    Purl,
    /// Another name.
    Name,
}

impl DriftKind {
    /// The word, as in keys of messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Added => "added",
            Self::Downgraded => "downgraded",
            Self::Version => "version",
            Self::Supplier => "supplier",
            Self::Removed => "removed",
            Self::License => "license",
            Self::Purl => "purl",
            Self::Name => "name",
        }
    }

    /// The kind under which a notice announces it.
    pub fn noticed_as(self) -> NoticedKind {
        match self {
            Self::Digest => NoticedKind::Digest,
            Self::Added => NoticedKind::Added,
            Self::Downgraded | Self::Version => NoticedKind::Version,
            Self::Supplier => NoticedKind::Supplier,
            Self::Removed => NoticedKind::Removed,
            Self::License => NoticedKind::License,
            Self::Purl => NoticedKind::Purl,
            Self::Name => NoticedKind::Name,
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    /// What kind.
    pub kind: DriftKind,
    /// Group and name, as delivered where it was.
    pub name: String,
    /// What it was; `None` where nothing was said.
    pub from: Option<String>,
    /// What it is; `None` where nothing is said any more.
    pub to: Option<String>,
    /// Every name under which a notice may speak of it, on either side.
    pub names: Vec<String>,
    /// Every package URL of it, on either side.
    pub purls: Vec<String>,
    /// Its place in the earlier SBOM.
    pub before: Option<Place>,
    /// Its place in the delivered SBOM.
    pub after: Option<Place>,
    /// Which of the delivered SBOMs.
    pub delivered: usize,
    /// For what was added: whether it comes without a license.
    pub lacks_license: bool,
    /// For what was added: whether it comes without an identifier.
    pub lacks_identifier: bool,
}

impl Drift {
    /// Whether a change of a notice announces exactly this.
    ///
    /// The kind must be the same, the component one of its names or package URLs, `to` what it became, and `from`, where
    /// the notice states it, what it was. Nothing else is covered: a change of version covers no other digest, and a
    /// package covers no other of its namespace.
    pub fn is_covered_by(&self, notice: &NoticedChange) -> bool {
        if self.kind.noticed_as() != notice.kind || !self.is_named_by(&notice.component) {
            return false;
        }
        let is = |stated: Option<&str>, found: Option<&str>| match (stated.map(str::trim), found) {
            (None, _) | (Some(""), None) => true,
            (Some(stated), Some(found)) => stated == found.trim(),
            (Some(_), None) => false,
        };
        let from = is(notice.from.as_deref(), self.from.as_deref());
        match self.kind {
            // The digests are told as `SHA-256:a,b`; the notice gives one of them in hex, with or without its name.
            DriftKind::Digest => notice.to.as_deref().is_some_and(|to| self.is_digest(to)),
            DriftKind::Removed => from,
            DriftKind::Added => is(notice.to.as_deref(), self.to.as_deref()),
            _ => from && notice.to.is_some() && is(notice.to.as_deref(), self.to.as_deref()),
        }
    }

    /// Whether a notice's text is one of the new digests.
    fn is_digest(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        let hex = text.rsplit_once(':').map_or(text.as_str(), |(_, hex)| hex);
        let found = self.to.as_deref().and_then(|one| one.split_once(':'));
        !hex.is_empty() && found.is_some_and(|(_, values)| values.split(',').any(|one| one == hex))
    }

    /// Whether a component of a notice is this one.
    pub fn is_named_by(&self, component: &str) -> bool {
        names(component, &self.names, &self.purls)
    }

    /// The keys under which a notice may speak of it.
    pub fn keys(&self) -> Vec<String> {
        keys(&self.names, &self.purls)
    }
}

/// The key of a component as a notice names it: the same for all package URLs of one package.
pub fn key(component: &str) -> String {
    let component = component.trim();
    match Purl::parse(component) {
        Some(purl) => format!("pkg:{}/{}", purl.kind, purl.full_name()),
        None => component.to_owned(),
    }
}

/// The keys of something that has these names and package URLs, each once.
pub fn keys(names: &[String], purls: &[String]) -> Vec<String> {
    let mut keys: Vec<_> = names.iter().map(|one| one.trim().to_owned()).collect();
    keys.extend(
        purls
            .iter()
            .filter(|one| Purl::parse(one).is_some())
            .map(|one| key(one)),
    );
    keys.sort();
    keys.dedup();
    keys
}

/// Whether a text, a package URL or a name, names something that has these names and package URLs.
///
/// A package URL names by type, namespace and name, and by its version, qualifiers and path where it has them; a name is
/// compared as it is.
pub fn names(component: &str, names: &[String], purls: &[String]) -> bool {
    let component = component.trim();
    if !component.starts_with("pkg:") {
        return names.iter().any(|name| name.trim() == component);
    }
    let Some(wanted) = Purl::parse(component) else {
        return false;
    };
    let mut purls = purls.iter().filter_map(|one| Purl::parse(one));
    purls.any(|purl| is_named(&wanted, &purl))
}

fn is_named(named: &Purl, purl: &Purl) -> bool {
    let package = |one: &Purl| (one.kind.clone(), one.namespace.clone(), one.name.clone());
    package(named) == package(purl)
        && (named.version.is_none() || named.version == purl.version)
        && (named.subpath.is_empty() || named.subpath == purl.subpath)
        && named
            .qualifiers
            .iter()
            .all(|one| purl.qualifiers.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn drift(kind: DriftKind) -> Drift {
        let version = |text: &str| Some(text.to_owned());
        let digest = |one: char| Some(format!("SHA-256:{}", one.to_string().repeat(64)));
        let (from, to) = match kind {
            DriftKind::Added => (None, version("2.0")),
            DriftKind::Removed => (version("1.0"), None),
            DriftKind::Digest => (digest('a'), digest('b')),
            _ => (version("1.0"), version("2.0")),
        };
        Drift {
            kind,
            name: "@scope/lib".to_owned(),
            from,
            to,
            names: vec!["@scope/lib".to_owned()],
            purls: vec![
                "pkg:npm/%40scope/lib@1.0".to_owned(),
                "pkg:npm/%40scope/lib@2.0".to_owned(),
            ],
            before: None,
            after: None,
            delivered: 0,
            lacks_license: false,
            lacks_identifier: false,
        }
    }

    /// The notice that says exactly what a drift is.
    fn notice(drift: &Drift, component: &str) -> NoticedChange {
        NoticedChange {
            kind: drift.kind.noticed_as(),
            component: component.to_owned(),
            from: drift.from.clone(),
            to: match drift.kind {
                DriftKind::Removed => None,
                DriftKind::Digest => Some("b".repeat(64)),
                _ => drift.to.clone(),
            },
            reason: Text::default(),
            at: Place::whole(),
        }
    }

    const KINDS: [DriftKind; 9] = [
        DriftKind::Digest,
        DriftKind::Added,
        DriftKind::Downgraded,
        DriftKind::Version,
        DriftKind::Supplier,
        DriftKind::Removed,
        DriftKind::License,
        DriftKind::Purl,
        DriftKind::Name,
    ];

    /// A notice never covers more than it names: whatever one thing differs, it does not cover.
    #[test]
    fn a_notice_covers_what_it_names_and_nothing_else() {
        for kind in KINDS {
            let drift = drift(kind);
            for component in ["@scope/lib", "pkg:npm/%40scope/lib", "pkg:npm/@scope/lib"] {
                let exact = notice(&drift, component);
                assert!(drift.is_covered_by(&exact), "{kind:?} {component}");
                assert!(drift.keys().contains(&key(component)), "{component}");
                let mut others: Vec<NoticedChange> = Vec::new();
                for (_, other) in NoticedKind::WORDS {
                    if other != exact.kind {
                        others.push(NoticedChange {
                            kind: other,
                            ..exact.clone()
                        });
                    }
                }
                for name in [
                    "lib",
                    "@scope",
                    "@scope/lib2",
                    "pkg:npm/lib",
                    "pkg:npm/%40scope/other",
                    "pkg:pypi/%40scope/lib",
                    "pkg:npm/%40scope/lib@3.0",
                    "pkg:npm/%40scope/lib?arch=arm64",
                    "pkg:npm/%40scope",
                    "",
                ] {
                    others.push(NoticedChange {
                        component: name.to_owned(),
                        ..exact.clone()
                    });
                }
                if kind != DriftKind::Removed {
                    for to in ["2.0.1", "2", "1.0", "", "b"] {
                        others.push(NoticedChange {
                            to: Some(to.to_owned()),
                            ..exact.clone()
                        });
                    }
                }
                if !matches!(kind, DriftKind::Added | DriftKind::Digest) {
                    others.push(NoticedChange {
                        from: Some("0.9".to_owned()),
                        ..exact.clone()
                    });
                }
                for other in others {
                    assert!(!drift.is_covered_by(&other), "{kind:?}: {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_notice_without_what_it_becomes_covers_no_change_of_a_value() {
        for kind in KINDS {
            let drift = drift(kind);
            let open = NoticedChange {
                to: None,
                ..notice(&drift, "@scope/lib")
            };
            let may_be_open = matches!(kind, DriftKind::Added | DriftKind::Removed);
            assert_eq!(drift.is_covered_by(&open), may_be_open, "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_longer_stated_is_announced_by_an_empty_text() {
        let gone = Drift {
            to: None,
            ..drift(DriftKind::Supplier)
        };
        let mut exact = notice(&gone, "@scope/lib");
        assert!(!gone.is_covered_by(&exact));
        exact.to = Some(String::new());
        assert!(gone.is_covered_by(&exact));
        assert!(!drift(DriftKind::Supplier).is_covered_by(&exact));
    }
}
