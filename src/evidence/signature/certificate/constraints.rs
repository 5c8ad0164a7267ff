//! Name constraints: which names the authorities of a chain may certify.
//!
//! Source: RFC 5280, sections 4.2.1.10 and 6.1.3 (b) and (c). Judged are directory names, e-mail addresses
//! (those in the subject too), DNS names, the hosts of URIs and IP addresses. A constraint on another kind of
//! name refuses a certificate that has such a name.

use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;

use super::Certificate;
use super::name::{Canonical, text};

/// `emailAddress` in a subject (RFC 5280, section 4.1.2.6).
const EMAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
/// How often a name is held against a constraint, at most, for one certificate.
const MOST_COMPARISONS: usize = 1_000_000;

/// What names may stand below.
#[derive(Default)]
pub(super) struct NameSpace {
    /// Of each authority, the subtrees that it allows for; a name must be in one of every list that speaks of
    /// its kind.
    permitted: Vec<Vec<Tree>>,
    excluded: Vec<Tree>,
}

/// A name or a subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tree {
    Directory(Canonical),
    Email(String),
    Dns(String),
    Uri(String),
    Ip(Vec<u8>),
    /// A kind that is not judged, by the number of its tag.
    Other(u8),
}

impl NameSpace {
    /// Takes the constraints of an authority.
    pub(super) fn narrow(&mut self, authority: &Certificate) -> Result<(), String> {
        let Some(constraints) = &authority.extensions.name_constraints else {
            return Ok(());
        };
        if let Some(permitted) = &constraints.permitted_subtrees {
            self.permitted.push(trees(permitted)?);
        }
        if let Some(excluded) = &constraints.excluded_subtrees {
            self.excluded.extend(trees(excluded)?);
        }
        Ok(())
    }

    /// Whether `certificate` has no name outside.
    pub(super) fn admit(&self, certificate: &Certificate) -> Result<(), String> {
        let trees = self.excluded.len() + self.permitted.iter().map(Vec::len).sum::<usize>();
        if trees == 0 {
            return Ok(());
        }
        let names = names(certificate);
        if names.len().saturating_mul(trees) > MOST_COMPARISONS {
            return Err("it has too many names to hold them against the constraints".to_owned());
        }
        for name in &names {
            for tree in &self.excluded {
                if name.is_in(tree)? {
                    return Err("an authority above excludes its name".to_owned());
                }
            }
            for trees in &self.permitted {
                let mut of_kind = trees.iter().filter(|tree| name.is_of_kind(tree)).peekable();
                if of_kind.peek().is_none() {
                    continue;
                }
                let mut is_in = false;
                for tree in of_kind {
                    is_in |= name.is_in(tree)?;
                }
                if !is_in {
                    return Err("an authority above does not allow for its name".to_owned());
                }
            }
        }
        Ok(())
    }
}

fn trees(subtrees: &[GeneralSubtree]) -> Result<Vec<Tree>, String> {
    let trees = subtrees.iter().map(|subtree| {
        // "minimum MUST be zero, and maximum MUST be absent".
        if subtree.minimum != 0 || subtree.maximum.is_some() {
            return Err("a name constraint has a depth".to_owned());
        }
        Ok(Tree::of(&subtree.base))
    });
    trees.collect()
}

fn names(certificate: &Certificate) -> Vec<Tree> {
    let mut names: Vec<_> = certificate
        .extensions
        .alternative_names
        .iter()
        .map(Tree::of)
        .collect();
    if !certificate.subject.is_empty() {
        names.push(Tree::Directory(certificate.subject.clone()));
    }
    let subject = &certificate.parsed.tbs_certificate.subject;
    let pairs = subject.0.iter().flat_map(|step| step.0.iter());
    let addresses = pairs
        .filter(|pair| pair.oid == EMAIL_ADDRESS)
        .map(|pair| Tree::Email(text(&pair.value).unwrap_or_default()));
    names.extend(addresses);
    names
}

impl Tree {
    fn of(name: &GeneralName) -> Self {
        match name {
            GeneralName::DirectoryName(name) => Self::Directory(Canonical::of(name)),
            GeneralName::Rfc822Name(text) => Self::Email(text.as_str().to_owned()),
            GeneralName::DnsName(text) => Self::Dns(host_of(text.as_str())),
            GeneralName::UniformResourceIdentifier(text) => Self::Uri(text.as_str().to_owned()),
            GeneralName::IpAddress(bytes) => Self::Ip(bytes.as_bytes().to_vec()),
            GeneralName::OtherName(_) => Self::Other(0),
            GeneralName::EdiPartyName(_) => Self::Other(5),
            GeneralName::RegisteredId(_) => Self::Other(8),
        }
    }

    fn is_of_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(one), Self::Other(other)) => one == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Whether this name is in the subtree `tree`; an error where that cannot be judged.
    fn is_in(&self, tree: &Self) -> Result<bool, String> {
        Ok(match (self, tree) {
            (Self::Directory(name), Self::Directory(base)) => name.is_under(base),
            (Self::Email(name), Self::Email(base)) => email_is_in(name, base)?,
            (Self::Dns(name), Self::Dns(base)) => dns_is_in(name, base),
            (Self::Uri(name), Self::Uri(base)) => host_is_in(&host(name)?, base),
            (Self::Ip(name), Self::Ip(base)) => ip_is_in(name, base)?,
            (Self::Other(name), Self::Other(base)) if name == base => {
                return Err("a name is constrained that is of no kind known here".to_owned());
            }
            _ => false,
        })
    }
}

/// A host in lower case and without the point of the root at its end, by which it would be another text and the
/// same host (RFC 1034, section 3.1).
fn host_of(text: &str) -> String {
    text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase()
}

/// An address of a mailbox is in the mailbox itself, in its host, or in a domain that begins with a point.
fn email_is_in(name: &str, base: &str) -> Result<bool, String> {
    let (mailbox, host) = name
        .rsplit_once('@')
        .ok_or("an e-mail address has no host to hold against the constraints")?;
    Ok(match base.rsplit_once('@') {
        Some((base_mailbox, base_host)) => {
            mailbox == base_mailbox && host_of(host) == host_of(base_host)
        }
        None => host_is_in(&host_of(host), base),
    })
}

/// A host is in the host itself, or in a domain that begins with a point.
fn host_is_in(host: &str, base: &str) -> bool {
    let base = host_of(base);
    base.is_empty()
        || if base.starts_with('.') {
            host.ends_with(&base)
        } else {
            host == base
        }
}

/// A DNS name is in every name that it adds labels to.
fn dns_is_in(name: &str, base: &str) -> bool {
    let base = base.trim_start_matches('.');
    base.is_empty()
        || name
            .strip_suffix(base)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The host of a URI. One without a host that is a name cannot be held against a constraint and is refused
/// (RFC 5280, section 4.2.1.10).
fn host(uri: &str) -> Result<String, String> {
    let host = uri
        .split_once("://")
        .map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default())
        .map(|authority| {
            authority
                .rsplit_once('@')
                .map_or(authority, |(_, host)| host)
        })
        .map(|host| host.split_once(':').map_or(host, |(host, _)| host))
        .filter(|host| host.contains(|letter: char| letter.is_ascii_alphabetic()))
        // Some readers take a reversed slash for the end of the host.
        .filter(|_| !uri.contains('\\'));
    host.map(host_of)
        .ok_or_else(|| "a URI has no host to hold against the constraints".to_owned())
}

/// An address is in a network that is written as address and mask.
fn ip_is_in(name: &[u8], base: &[u8]) -> Result<bool, String> {
    let (network, mask) = base.split_at(base.len() / 2);
    if !matches!(base.len(), 8 | 32) {
        return Err("a constraint on IP addresses is no network".to_owned());
    }
    Ok(name.len() == network.len()
        && name
            .iter()
            .zip(network)
            .zip(mask)
            .all(|((byte, network), mask)| byte & mask == network & mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_its_subtree_and_in_no_other() {
        for (name, base, expected) in [
            (
                Tree::Email("a@x.test".into()),
                Tree::Email("x.test".into()),
                true,
            ),
            (
                Tree::Email("a@X.test".into()),
                Tree::Email("a@x.test".into()),
                true,
            ),
            (
                Tree::Email("b@x.test".into()),
                Tree::Email("a@x.test".into()),
                false,
            ),
            (
                Tree::Email("a@y.x.test".into()),
                Tree::Email("x.test".into()),
                false,
            ),
            (
                Tree::Email("a@y.x.test".into()),
                Tree::Email(".x.test".into()),
                true,
            ),
            (
                Tree::Email("a@x.test".into()),
                Tree::Email(".x.test".into()),
                false,
            ),
            (
                Tree::Dns("a.x.test".into()),
                Tree::Dns("x.test".into()),
                true,
            ),
            (
                Tree::Dns("ax.test".into()),
                Tree::Dns("x.test".into()),
                false,
            ),
            (
                Tree::Uri("https://a@x.test:1/b".into()),
                Tree::Uri("x.test".into()),
                true,
            ),
            (
                Tree::Uri("https://x.test.evil/".into()),
                Tree::Uri("x.test".into()),
                false,
            ),
            (
                Tree::Uri("https://y.x.test/".into()),
                Tree::Uri(".x.test".into()),
                true,
            ),
            (
                Tree::Ip(vec![10, 1, 2, 3]),
                Tree::Ip(vec![10, 1, 0, 0, 255, 255, 0, 0]),
                true,
            ),
            (
                Tree::Ip(vec![10, 2, 2, 3]),
                Tree::Ip(vec![10, 1, 0, 0, 255, 255, 0, 0]),
                false,
            ),
            (Tree::Ip(vec![0; 16]), Tree::Ip(vec![0; 8]), false),
            (
                Tree::Dns("x.test".into()),
                Tree::Uri("x.test".into()),
                false,
            ),
        ] {
            assert_eq!(name.is_in(&base), Ok(expected), "{name:?} in {base:?}");
        }
        // The point of the root makes no other host of one.
        let dns = |text: &str| {
            Tree::of(&GeneralName::DnsName(
                x509_cert::der::asn1::Ia5String::new(text).unwrap(),
            ))
        };
        assert_eq!(dns("a.x.test.").is_in(&dns("x.test")), Ok(true));
        assert_eq!(dns("a.x.test").is_in(&dns("X.test.")), Ok(true));
        for (name, base) in [
            (
                Tree::Email("a@x.test.".into()),
                Tree::Email("x.test".into()),
            ),
            (
                Tree::Email("a@y.x.test.".into()),
                Tree::Email(".x.test".into()),
            ),
            (
                Tree::Email("a@x.test.".into()),
                Tree::Email("a@x.test".into()),
            ),
            (
                Tree::Uri("https://x.test./".into()),
                Tree::Uri("x.test".into()),
            ),
        ] {
            assert_eq!(name.is_in(&base), Ok(true), "{name:?} in {base:?}");
        }
        for (name, base) in [
            (Tree::Other(0), Tree::Other(0)),
            (Tree::Email("a".into()), Tree::Email("x.test".into())),
            (Tree::Uri("urn:x".into()), Tree::Uri("x.test".into())),
            (
                Tree::Uri("https://y.test\\@x.test/".into()),
                Tree::Uri("x.test".into()),
            ),
            (
                Tree::Uri("https://10.0.0.1/".into()),
                Tree::Uri("x.test".into()),
            ),
            (Tree::Ip(vec![1; 4]), Tree::Ip(vec![1; 5])),
        ] {
            assert!(name.is_in(&base).is_err(), "{name:?} in {base:?}");
        }
    }
}
