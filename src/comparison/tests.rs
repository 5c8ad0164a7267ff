//! Examples and laws of comparison.

use std::sync::Arc;

use proptest::prelude::*;

use super::drift::{Drift, drifts};
use super::*;
use crate::evidence::sbom::model::{
    Acknowledgement, ComponentKind, Format, Hash, Identifier, IdentifierKind, License, LicenseForm,
    Position, Relationship, Target,
};

/// A component from `purl` or `group/name@version`.
fn component(text: &str) -> Component {
    let mut component = Component {
        kind: ComponentKind::Library,
        ..Component::default()
    };
    let plain = match crate::purl::Purl::parse(text) {
        Some(purl) => {
            component.purl = Some(text.into());
            component.version = purl.version.clone();
            component.name = purl.name.as_str().into();
            component.group = (!purl.namespace.is_empty() && purl.is_namespace_of_name())
                .then(|| purl.namespace.as_str().into());
            return component;
        }
        None => text,
    };
    let (name, version) = match plain.rsplit_once('@').filter(|(name, _)| !name.is_empty()) {
        Some((name, version)) => (name, Some(version)),
        None => (plain, None),
    };
    component.name = name.into();
    component.version = version.map(Into::into);
    component
}

fn sbom(format: Format, components: Vec<Component>, edges: &[(usize, usize)]) -> Sbom {
    let mut sbom = Sbom::new(format, "1.6");
    for (index, mut component) in components.into_iter().enumerate() {
        let reference = sbom.references.intern(&format!("r{index}"));
        let index = u32::try_from(index).unwrap();
        sbom.references.define(reference, Target::Component(index));
        component.reference = Some(reference);
        component.at = crate::evidence::sbom::model::Site::pointer(format!("/components/{index}"));
        sbom.components.push(component);
    }
    for (from, to) in edges {
        let from = sbom.references.intern(&format!("r{from}"));
        let to = sbom.references.intern(&format!("r{to}"));
        sbom.relationships.push(Relationship {
            from,
            to,
            kind: "DEPENDS_ON".into(),
            position: Position::default(),
        });
    }
    sbom
}

fn listed(texts: &[&str]) -> Sbom {
    sbom(
        Format::CycloneDx,
        texts.iter().map(|text| component(text)).collect(),
        &[],
    )
}

/// A comparison in one line a finding.
fn told(comparison: &Comparison) -> Vec<String> {
    let item = |item: &Item| {
        let version = item.version.as_deref().unwrap_or("-");
        format!("{} {version}", item.full_name())
    };
    let pairs = comparison.pairs.iter().map(|pair| {
        let words: Vec<_> = pair.change.iter().map(|kind| kind.word()).collect();
        format!(
            "{} = {} ({}): {}",
            item(&pair.a),
            item(&pair.b),
            pair.reason.word(),
            words.join(" ")
        )
    });
    let added = comparison
        .added
        .iter()
        .map(|one| format!("+ {}", item(one)));
    let removed = comparison
        .removed
        .iter()
        .map(|one| format!("- {}", item(one)));
    pairs.chain(added).chain(removed).collect()
}

#[test]
fn counterparts_are_found_across_spellings() {
    let all = Extent::All;
    for (one, other, reason) in [
        (
            "pkg:npm/%40babel/core@7.1.0",
            "pkg:npm/@babel/core@7.1.0",
            "purl",
        ),
        (
            "pkg:npm/%40babel/core@7.1.0",
            "@babel/core@7.1.0",
            "name-version-only",
        ),
        (
            "pkg:maven/org.apache/commons@1",
            "org.apache:commons@1",
            "name-version-only",
        ),
        (
            "pkg:golang/github.com/a/b@v1.0.0",
            "github.com/a/b@1.0.0",
            "name-version-only",
        ),
        (
            "pkg:golang/github.com/a/b@v1.0.0",
            "pkg:golang/github.com/a/b@1.0.0",
            "purl",
        ),
        (
            "pkg:deb/debian/curl@7?arch=amd64",
            "pkg:deb/debian/curl@7?distro=x",
            "purl-without-qualifiers",
        ),
        ("pkg:deb/debian/curl@7", "curl@7", "name-version-only"),
        (
            "pkg:pypi/zope.interface@5",
            "pkg:pypi/Zope_Interface@6",
            "purl-without-version",
        ),
        ("Left Pad@1", "left pad@1", "name-version"),
        ("left-pad@1", "left_pad@2", "name"),
        (
            "pkg:maven/org.apache/commons@1",
            "commons@1",
            "name-without-group",
        ),
    ] {
        for (one, other) in [(one, other), (other, one)] {
            let comparison = compare(&listed(&[one]), &listed(&[other]), all);
            assert_eq!(comparison.pairs.len(), 1, "{one} {other}");
            assert_eq!(comparison.pairs[0].reason.word(), reason, "{one} {other}");
            assert!(comparison.added.is_empty() && comparison.removed.is_empty());
        }
    }
    for (one, other) in [
        ("pkg:npm/foo.bar@1", "pkg:npm/foo-bar@1"),
        ("pkg:npm/six@1", "pkg:pypi/six@1"),
        ("@types/node@1", "@other/node@1"),
        ("left@1", "right@1"),
    ] {
        let comparison = compare(&listed(&[one]), &listed(&[other]), all);
        assert!(comparison.pairs.is_empty(), "{one} {other}");
        assert_eq!((comparison.counts.added, comparison.counts.removed), (1, 1));
    }
}

#[test]
fn versions_of_one_package_are_paired_best_first() {
    for (a, b, expected) in [
        (
            &["pkg:npm/a@1.0.0"][..],
            &["pkg:npm/a@1.2.0"][..],
            &["a 1.0.0 = a 1.2.0 (purl-without-version): upgraded"][..],
        ),
        (
            &["pkg:npm/a@1.0.0", "pkg:npm/a@2.0.0"],
            &["pkg:npm/a@2.0.0", "pkg:npm/a@1.5.0"],
            &["a 1.0.0 = a 1.5.0 (purl-without-version): upgraded"],
        ),
        (
            &["pkg:npm/a@1.0.0", "pkg:npm/a@2.0.0"],
            &["pkg:npm/a@2.1.0"],
            &[
                "a 2.0.0 = a 2.1.0 (purl-without-version): upgraded",
                "- a 1.0.0",
            ],
        ),
        (
            &["pkg:npm/a@1.0.0", "pkg:npm/a@2.0.0"],
            &["pkg:npm/a@1.1.0"],
            &[
                "a 1.0.0 = a 1.1.0 (purl-without-version): upgraded",
                "- a 2.0.0",
            ],
        ),
        (
            &[
                "pkg:deb/debian/c@1?arch=amd64",
                "pkg:deb/debian/c@1?arch=i386",
            ],
            &["pkg:deb/debian/c@2?arch=i386"],
            &["c 1 = c 2 (purl-without-version): upgraded", "- c 1"],
        ),
        (
            &["pkg:github/a/b@4f2ab91"],
            &["pkg:github/a/b@9c1e5d0"],
            &["a/b 4f2ab91 = a/b 9c1e5d0 (purl-without-version): version-changed"],
        ),
        (
            &["pkg:npm/a@2.0.0"],
            &["pkg:npm/a@2.0.0-rc.1"],
            &["a 2.0.0 = a 2.0.0-rc.1 (purl-without-version): downgraded"],
        ),
        (
            &["pkg:pypi/a@1.0.post1"],
            &["pkg:pypi/a@1.0.1.dev1"],
            &["a 1.0.post1 = a 1.0.1.dev1 (purl-without-version): upgraded"],
        ),
        (
            &["pkg:cargo/a@main"],
            &["pkg:cargo/a@1.0.0"],
            &["a main = a 1.0.0 (purl-without-version): version-changed"],
        ),
        (
            &["pkg:rpm/fedora/a@2.0-1?epoch=1"],
            &["pkg:rpm/fedora/a@3.0-1?epoch=0"],
            &["a 2.0-1 = a 3.0-1 (purl-without-version): downgraded purl-changed"],
        ),
    ] {
        assert_eq!(
            told(&compare(&listed(a), &listed(b), Extent::Changed)),
            expected,
            "{a:?} {b:?}"
        );
    }
}

#[test]
fn an_upgrade_is_told_although_another_component_has_the_old_digest() {
    let hash = |value: &str| Hash {
        algorithm: "SHA-256".into(),
        value: value.into(),
    };
    let mut old = component("pkg:npm/foo@1.0.0");
    old.hashes = vec![hash("AA")];
    let mut renamed = component("pkg:npm/bar@1.0.0");
    renamed.hashes = vec![hash("aa")];
    let a = sbom(Format::CycloneDx, vec![old.clone()], &[]);
    let b = sbom(
        Format::CycloneDx,
        vec![renamed.clone(), component("pkg:npm/foo@2.0.0")],
        &[],
    );
    assert_eq!(
        told(&compare(&a, &b, Extent::Changed)),
        [
            "foo 1.0.0 = foo 2.0.0 (purl-without-version): upgraded hash-removed",
            "+ bar 1.0.0"
        ]
        .map(|line| line.replace("upgraded hash-removed", "hash-removed upgraded"))
    );
    // Alone, the digest tells that it was renamed.
    let b = sbom(Format::CycloneDx, vec![renamed], &[]);
    assert_eq!(
        told(&compare(&a, &b, Extent::Changed)),
        ["foo 1.0.0 = bar 1.0.0 (hash): name-changed purl-changed"]
    );
}

type Edit<'a> = &'a dyn Fn(&mut Component, bool);

#[test]
fn changes_are_named() {
    let license = |text: &str, acknowledgement| License {
        form: LicenseForm::Expression,
        text: text.into(),
        acknowledgement,
        url: None,
    };
    let supplier = |name: &str| {
        Some(Arc::new(Party {
            name: name.into(),
            ..Party::default()
        }))
    };
    let hash = |value: &str| Hash {
        algorithm: "SHA-256".into(),
        value: value.into(),
    };
    let edits: [(&str, Edit<'_>, &[&str]); 14] = [
        (
            "digest",
            &|one, is_a| one.hashes = vec![hash(if is_a { "aa" } else { "bb" })],
            &["hash-changed"],
        ),
        (
            "digest in capitals",
            &|one, is_a| one.hashes = vec![hash(if is_a { "aa" } else { "AA" })],
            &[],
        ),
        (
            "digest of another version",
            &|one, is_a| {
                one.version = Some(if is_a { "1" } else { "2" }.into());
                one.purl = None;
                one.hashes = vec![hash(if is_a { "aa" } else { "bb" })];
            },
            &["upgraded"],
        ),
        (
            "license",
            &|one, is_a| {
                one.licenses = vec![license(
                    if is_a { "MIT" } else { "Zlib" },
                    Acknowledgement::Unstated,
                )];
            },
            &["license-changed"],
        ),
        (
            "license in other words",
            &|one, is_a| {
                one.licenses = vec![license(
                    if is_a { "MIT OR Zlib" } else { "(Zlib OR MIT)" },
                    Acknowledgement::Declared,
                )];
            },
            &[],
        ),
        (
            "license concluded",
            &|one, is_a| {
                one.licenses = vec![license("MIT", Acknowledgement::Declared)];
                if !is_a {
                    one.licenses
                        .push(license("GPL-3.0-only", Acknowledgement::Concluded));
                }
            },
            &["license-changed"],
        ),
        (
            "license gone",
            &|one, is_a| {
                one.licenses = vec![license(
                    if is_a { "MIT" } else { "NOASSERTION" },
                    Acknowledgement::Unstated,
                )];
            },
            &["license-changed"],
        ),
        (
            "supplier",
            &|one, is_a| one.supplier = supplier(if is_a { "Acme" } else { "Emca" }),
            &["supplier-changed"],
        ),
        (
            "supplier in other words",
            &|one, is_a| one.supplier = supplier(if is_a { "Acme, Inc." } else { "ACME Inc" }),
            &[],
        ),
        (
            "supplier unknown",
            &|one, is_a| one.supplier = supplier("NOASSERTION").filter(|_| is_a),
            &[],
        ),
        (
            "scope",
            &|one, is_a| one.scope = Some("optional".into()).filter(|_| is_a),
            &["scope-changed"],
        ),
        (
            "scope by default",
            &|one, is_a| one.scope = Some("required".into()).filter(|_| is_a),
            &[],
        ),
        (
            "purl gone",
            &|one, is_a| one.purl = one.purl.take().filter(|_| is_a),
            &["purl-changed"],
        ),
        (
            "kind",
            &|one, is_a| {
                one.kind = if is_a {
                    ComponentKind::Library
                } else {
                    ComponentKind::Framework
                }
            },
            &["kind-changed"],
        ),
    ];
    for (case, edit, expected) in edits {
        let [a, b] = [true, false].map(|is_a| {
            let mut component = component("pkg:npm/foo@1.0.0");
            edit(&mut component, is_a);
            sbom(Format::CycloneDx, vec![component], &[])
        });
        let comparison = compare(&a, &b, Extent::Changed);
        let words: Vec<_> = comparison
            .pairs
            .iter()
            .flat_map(|pair| &pair.change)
            .map(|kind| kind.word())
            .collect();
        assert_eq!(words, expected, "{case}");
        assert_eq!(comparison.same, expected.is_empty(), "{case}");
    }
}

#[test]
fn another_spelling_is_told_apart_from_a_difference() {
    let comparison = compare(
        &listed(&["pkg:npm/%40a/b@1.0.0"]),
        &listed(&["pkg:npm/@a/b@1.0.0"]),
        Extent::Changed,
    );
    assert!(comparison.same && comparison.pairs.is_empty());
    assert_eq!(comparison.spelling.len(), 1);
    assert_eq!(comparison.spelling[0].change, [ChangeKind::SpellingChanged]);
}

#[test]
fn dependencies_are_compared_between_counterparts() {
    let texts = ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0", "pkg:npm/c@1.0.0"];
    let build = |texts: &[&str], edges: &[(usize, usize)]| {
        let components = texts.iter().map(|text| component(text)).collect();
        sbom(Format::CycloneDx, components, edges)
    };
    let a = build(&texts, &[(0, 1), (1, 2)]);
    // The same edges under other references and another version of the target.
    let b = build(
        &["pkg:npm/c@2.0.0", "pkg:npm/b@1.0.0", "pkg:npm/a@1.0.0"],
        &[(1, 0), (2, 1)],
    );
    assert_eq!(
        told(&compare(&a, &b, Extent::Changed)),
        ["c 1.0.0 = c 2.0.0 (purl-without-version): upgraded"]
    );
    let b = build(&texts, &[(0, 2), (1, 2)]);
    let comparison = compare(&a, &b, Extent::Changed);
    assert_eq!(
        told(&comparison),
        ["a 1.0.0 = a 1.0.0 (purl): dependencies-changed"]
    );
    let change = &comparison.pairs[0].details[0];
    assert_eq!(
        (&change.removed[..], &change.added[..]),
        (&["b 1.0.0".to_owned()][..], &["c 1.0.0".to_owned()][..])
    );
    // A document without any dependency is one remark.
    let comparison = compare(&a, &build(&texts, &[]), Extent::Changed);
    assert!(comparison.pairs.is_empty() && !comparison.same);
    assert_eq!(comparison.document[0].what, "dependencies");
}

#[test]
fn the_same_content_in_two_formats_is_the_same() {
    let mut a = component("pkg:maven/org.apache/commons@1.0");
    a.kind = ComponentKind::Framework;
    a.scope = Some("optional".into());
    let mut b = component("org.apache:commons@1.0");
    b.purl = a.purl.clone();
    b.kind = ComponentKind::Library;
    let comparison = compare(
        &sbom(Format::CycloneDx, vec![a], &[]),
        &sbom(Format::Spdx, vec![b], &[]),
        Extent::Changed,
    );
    assert!(comparison.same, "{comparison:?}");
    assert_eq!(comparison.spelling, []);
    let whats: Vec<_> = comparison.document.iter().map(|one| one.what).collect();
    assert_eq!(whats, ["format"]);
}

#[test]
fn a_cpe_leads_to_a_counterpart() {
    let with_cpe = |name: &str, cpe: &str| {
        let mut one = component(name);
        one.identifiers.push(Identifier {
            kind: IdentifierKind::Cpe,
            value: cpe.into(),
        });
        sbom(Format::Spdx, vec![one], &[])
    };
    let a = with_cpe(
        "OpenSSL Toolkit@3.0.1",
        "cpe:2.3:a:openssl:openssl:3.0.1:*:*:*:*:*:*:*",
    );
    let b = with_cpe("libssl@3.0.2", "cpe:/a:openssl:openssl:3.0.2");
    assert_eq!(
        told(&compare(&a, &b, Extent::Changed)),
        ["OpenSSL Toolkit 3.0.1 = libssl 3.0.2 (cpe): name-changed upgraded"]
    );
}

#[test]
fn roots_are_counterparts_even_when_renamed() {
    let with_root = |name: &str| {
        let mut sbom = listed(&["pkg:npm/a@1.0.0"]);
        sbom.root = Some(component(name));
        sbom
    };
    let comparison = compare(&with_root("shop@1"), &with_root("store@2"), Extent::Changed);
    assert_eq!(
        told(&comparison),
        ["shop 1 = store 2 (root): name-changed upgraded"]
    );
    assert_eq!(comparison.document[0].what, "root");
}

#[test]
fn a_file_is_altered_or_moved() {
    let file = |path: &str, value: &str| Component {
        kind: ComponentKind::File,
        name: path.into(),
        hashes: vec![Hash {
            algorithm: "SHA1".into(),
            value: value.into(),
        }],
        ..Component::default()
    };
    let build = |files: Vec<Component>| {
        let mut sbom = Sbom::new(Format::Spdx, "2.3");
        sbom.files = files;
        sbom
    };
    let a = build(vec![
        file("./src/a.c", "01"),
        file("./b.c", "02"),
        file("./c-d.c", "03"),
    ]);
    let b = build(vec![
        file("src/a.c", "09"),
        file("lib/b.c", "02"),
        file("./c_d.c", "04"),
    ]);
    assert_eq!(
        told(&compare(&a, &b, Extent::Changed)),
        [
            "./b.c - = lib/b.c - (hash): name-changed",
            "./src/a.c - = src/a.c - (name-version): hash-changed",
            "+ ./c_d.c -",
            "- ./c-d.c -",
        ]
    );
}

#[test]
fn three_columns_name_every_drift() {
    let tendered = listed(&[
        "pkg:npm/a@1.0.0",
        "pkg:npm/b@1.0.0",
        "pkg:npm/c@1.0.0",
        "pkg:npm/g@1.0.0",
        "pkg:npm/s@1.0.0",
    ]);
    let delivered = listed(&[
        "pkg:npm/a@1.0.0",
        "pkg:npm/b@1.1.0",
        "pkg:npm/d@1.0.0",
        "pkg:npm/f@1.0.0",
        "pkg:npm/s@1.0.0",
    ]);
    let measured = listed(&[
        "pkg:npm/a@1.2.0",
        "pkg:npm/b@1.1.0",
        "pkg:npm/d@1.0.0",
        "pkg:npm/e@1.0.0",
        "pkg:npm/g@1.0.0",
        "pkg:npm/s@1.0.0",
    ]);
    let drifts = drifts(&tendered, &delivered, &measured);
    let told: Vec<_> = drifts
        .rows
        .iter()
        .map(|row| {
            let version = |item: &Option<Item>| match item {
                Some(item) => format!("{}{}", item.name, item.version.as_deref().unwrap_or("")),
                None => "-".to_owned(),
            };
            let drift: Vec<_> = row.drift.iter().map(|one| one.word()).collect();
            format!(
                "{} {} {}: {}",
                version(&row.tendered),
                version(&row.delivered),
                version(&row.measured),
                drift.join(" ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "- - e1.0.0: undeclared",
            "- d1.0.0 d1.0.0: untendered",
            "- f1.0.0 -: untendered unmeasured",
            "g1.0.0 - g1.0.0: unlisted",
            "c1.0.0 - -: undelivered",
            "b1.0.0 b1.1.0 b1.1.0: changed-in-delivery",
            "a1.0.0 a1.0.0 a1.2.0: changed-in-measurement",
        ]
    );
    assert_eq!(drifts.unchanged, 1);
    assert_eq!(drifts.rows[0].drift, [Drift::Undeclared]);
}

/// Documents of a few packages in many variants, so that duplicates and near misses are common.
fn any_components() -> impl Strategy<Value = (Vec<Component>, Vec<(usize, usize)>)> {
    let one = (
        prop::sample::select(vec![
            "pkg:npm/%40a/b",
            "pkg:npm/a",
            "pkg:npm/b",
            "pkg:pypi/a",
            "pkg:deb/debian/a",
            "a",
            "b",
            "@a/b",
            "g:a",
        ]),
        prop::sample::select(vec![
            "1.0.0",
            "1.0.1",
            "2.0.0-rc.1",
            "2.0.0",
            "v2.0.0",
            "main",
            "4f2ab91",
        ]),
        prop::option::of(prop::sample::select(vec!["aa", "bb"])),
        prop::option::of(prop::sample::select(vec!["MIT", "MIT OR Zlib", "GPL-2.0"])),
        prop::option::of(prop::sample::select(vec!["Acme", "Emca"])),
    )
        .prop_map(|(name, version, hash, license, supplier)| {
            let mut one = component(&format!("{name}@{version}"));
            one.hashes = hash
                .map(|value| Hash {
                    algorithm: "SHA-256".into(),
                    value: value.into(),
                })
                .into_iter()
                .collect();
            one.licenses = license
                .map(|text| License {
                    form: LicenseForm::Expression,
                    text: text.into(),
                    acknowledgement: Acknowledgement::Unstated,
                    url: None,
                })
                .into_iter()
                .collect();
            one.supplier = supplier.map(|name| {
                Arc::new(Party {
                    name: name.into(),
                    ..Party::default()
                })
            });
            one
        });
    prop::collection::vec(one, 0..12).prop_flat_map(|components| {
        let count = components.len().max(1);
        let edges = prop::collection::vec((0..count, 0..count), 0..12);
        (Just(components), edges)
    })
}

/// A result without places and references, which stand for nothing.
fn plain(mut comparison: Comparison) -> Comparison {
    let strip = |item: &mut Item| {
        item.reference = None;
        item.at = Place::whole();
    };
    for pair in comparison.pairs.iter_mut().chain(&mut comparison.spelling) {
        strip(&mut pair.a);
        strip(&mut pair.b);
    }
    comparison
        .added
        .iter_mut()
        .chain(&mut comparison.removed)
        .for_each(strip);
    for list in [&mut comparison.pairs, &mut comparison.spelling] {
        list.sort_by(|one, other| {
            (&one.a, &one.b)
                .cmp(&(&other.a, &other.b))
                .then_with(|| one.change.cmp(&other.change))
                .then_with(|| one.reason.cmp(&other.reason))
        });
    }
    comparison
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_document_is_the_same_as_itself((components, edges) in any_components()) {
        let a = sbom(Format::CycloneDx, components, &edges);
        let comparison = compare(&a, &a, Extent::Changed);
        prop_assert!(comparison.same, "{:?}", told(&comparison));
        prop_assert!(comparison.pairs.is_empty() && comparison.spelling.is_empty());
        prop_assert_eq!(comparison.counts.paired, a.components.len());
    }

    #[test]
    fn the_other_way_round_is_mirrored((one, edges_a) in any_components(), (other, edges_b) in any_components()) {
        let a = sbom(Format::CycloneDx, one, &edges_a);
        let b = sbom(Format::CycloneDx, other, &edges_b);
        let there = compare(&a, &b, Extent::Changed);
        let back = compare(&b, &a, Extent::Changed);
        prop_assert_eq!(&there.added, &back.removed);
        prop_assert_eq!(&there.removed, &back.added);
        let pairs = |comparison: &Comparison, is_back: bool| {
            let mut pairs: Vec<_> = comparison.pairs.iter().map(|pair| {
                let mut change = pair.change.clone();
                if is_back {
                    for kind in &mut change {
                        *kind = kind.mirrored();
                    }
                    change.sort();
                }
                let (a, b) = if is_back { (&pair.b, &pair.a) } else { (&pair.a, &pair.b) };
                (a.clone(), b.clone(), pair.reason, change)
            }).collect();
            pairs.sort();
            pairs
        };
        prop_assert_eq!(pairs(&there, false), pairs(&back, true));
    }

    #[test]
    fn order_and_references_play_no_part(
        (one, edges_a) in any_components(),
        (other, edges_b) in any_components(),
        turn in 0_usize..12,
    ) {
        let a = sbom(Format::CycloneDx, one.clone(), &edges_a);
        let b = sbom(Format::CycloneDx, other, &edges_b);
        // The same document, its components turned round and so given other references.
        let count = one.len().max(1);
        let place = |index: usize| (index + turn) % count;
        let mut turned = one.clone();
        for (index, component) in one.into_iter().enumerate() {
            turned[place(index)] = component;
        }
        let edges: Vec<_> = edges_a.iter().rev().map(|(from, to)| (place(*from), place(*to))).collect();
        let turned = sbom(Format::CycloneDx, turned, &edges);
        let itself = compare(&a, &turned, Extent::Changed);
        prop_assert!(itself.same, "{:?}", told(&itself));
        prop_assert_eq!(
            told(&plain(compare(&a, &b, Extent::Changed))),
            told(&plain(compare(&turned, &b, Extent::Changed)))
        );
    }

    #[test]
    fn one_new_version_is_one_upgrade(names in prop::collection::btree_set("[a-z]{3,8}", 1..20), chosen in any::<prop::sample::Index>()) {
        let names: Vec<_> = names.into_iter().collect();
        let chosen = chosen.index(names.len());
        let texts = |version: &str| {
            names.iter().enumerate().map(|(index, name)| {
                let version = if index == chosen { version } else { "1.0.0" };
                component(&format!("pkg:npm/{name}@{version}"))
            }).collect::<Vec<_>>()
        };
        let edges: Vec<_> = (1..names.len()).map(|index| (index - 1, index)).collect();
        let a = sbom(Format::CycloneDx, texts("1.0.0"), &edges);
        let b = sbom(Format::CycloneDx, texts("1.4.0"), &edges);
        let comparison = compare(&a, &b, Extent::Changed);
        prop_assert_eq!(comparison.pairs.len(), 1);
        prop_assert_eq!(&comparison.pairs[0].change, &[ChangeKind::Upgraded]);
        prop_assert!(comparison.added.is_empty() && comparison.removed.is_empty());
    }
}

#[test]
fn many_components_find_their_counterparts() {
    let build = |count: usize, step: usize| {
        let components = (0..count)
            .map(|index| {
                let version = if index % step == 0 { 2 } else { 1 };
                component(&format!(
                    "pkg:npm/%40scope{}/package-{index}@{version}.0.0",
                    index % 97
                ))
            })
            .collect();
        let edges: Vec<_> = (1..count).map(|index| (index / 3, index)).collect();
        sbom(Format::CycloneDx, components, &edges)
    };
    let count = 20_000;
    let (a, b) = (build(count, 7), build(count, 11));
    let comparison = compare(&a, &b, Extent::Changed);
    assert_eq!(comparison.counts.paired, count);
    assert!(comparison.added.is_empty() && comparison.removed.is_empty());
}

#[test]
fn one_name_for_everything_costs_no_square() {
    let build = |version: usize| {
        let components = (0..20_000)
            .map(|index| component(&format!("same@{}.{version}", index * 2 + version)))
            .collect();
        sbom(Format::CycloneDx, components, &[])
    };
    let comparison = compare(&build(0), &build(1), Extent::Changed);
    assert_eq!(comparison.counts.paired, 20_000);
}
