//! The delivered products and suppliers held against the checked list (機器等リスト; CL-30, CL-31).
//!
//! On the list have to be the delivered product and the components of the kinds that the list asks for: devices and what
//! runs on them by itself. A supplier of a library need not be on it, or every free project would; but one under concern,
//! anywhere in an SBOM, keeps the delivery from being cleared.

mod party;

use super::gather::{Gathered, SbomFile};
use super::telling::{bounded, citing, find_lines, in_manifest, shown};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::acceptance::manifest::Evidence;
use crate::acceptance::product::{Listing, Register, Wanted, folded, folded_company};
use crate::acceptance::report::Input;
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::evidence::register::product_list::{
    CheckResult, ListedProduct, ProductList, VersionPattern, read_product_list,
};
use crate::evidence::sbom::model::ComponentKind;
use crate::evidence::sbom::{Component, Sbom};
use crate::text::Text;
use crate::text::messages::both;
use party::{makers, parties};

const LISTED: &str = "product.listed";
const CLEARED: &str = "product.cleared";

/// The most findings of a check that are told one by one.
const TOLD: usize = 500;

/// For how many products that are not listed the nearest name is looked for.
const HINTS: usize = 100;

/// A list that can be used.
struct Checked {
    list: ProductList,
    path: String,
    sha256: Digest,
}

impl Checked {
    fn cite(&self, at: &Place) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.path.clone(),
            at: at.clone(),
        }
    }
}

/// What keeps a list from being used.
struct Unusable {
    subject: String,
    message: Text,
    citation: Option<Citation>,
    code: Option<&'static str>,
}

pub(super) fn verify(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Vec<Outcome> {
    let manifest = gathered.request.manifest;
    if manifest.products.is_none()
        && let Some(left_out) = gathered.left_out(Evidence::ProductList)
    {
        let reason = &left_out.reason;
        let of = |id| Outcome::not_applicable(&gathered.check(id), reason.clone());
        return [LISTED, CLEARED].map(of).into();
    }
    match checked(gathered, inputs) {
        Ok(checked) => judge(gathered, &checked),
        Err(unusable) => {
            let of = |id: &str| {
                let finding = Finding::new(
                    id,
                    Effect::Unverifiable,
                    unusable.subject.clone(),
                    unusable.message.clone(),
                );
                let mut finding = citing(finding, unusable.citation.clone());
                finding.code = unusable.code.map(str::to_owned);
                Outcome::new(&gathered.check(id), unusable.message.clone()).with([finding])
            };
            [LISTED, CLEARED].map(of).into()
        }
    }
}

/// Reads the list; it has to be of this case, and checked by the day of judgment.
fn checked(gathered: &Gathered<'_>, inputs: &mut Vec<Input>) -> Result<Checked, Box<Unusable>> {
    let manifest = gathered.request.manifest;
    let Some(named) = &manifest.products else {
        return Err(Box::new(Unusable {
            subject: Evidence::ProductList.word().to_owned(),
            message: both("verify-product-list-missing", &[]),
            citation: in_manifest(gathered, Place::whole()),
            code: None,
        }));
    };
    let file = shown(&named.path);
    let unusable = |message, citation, code| {
        Box::new(Unusable {
            subject: named.path.clone(),
            message,
            citation,
            code,
        })
    };
    let bytes = gathered
        .read_named(named, "product-list", inputs)
        .map_err(|fault| {
            let why = shown(&fault.message);
            let message = both(
                "verify-product-list-unreadable",
                &[("file", &file), ("why", &why)],
            );
            unusable(
                message,
                in_manifest(gathered, named.at.clone()),
                Some(fault.code),
            )
        })?;
    let sha256 = Digest::of(&bytes);
    let cite = |at: &Place| Citation {
        sha256,
        file: named.path.clone(),
        at: at.clone(),
    };
    let list = read_product_list(&bytes).map_err(|mut faults| {
        let fault = faults.swap_remove(0);
        let why = shown(&fault.message);
        let message = both(
            "verify-product-list-unreadable",
            &[("file", &file), ("why", &why)],
        );
        unusable(message, Some(cite(&fault.at)), Some(fault.code))
    })?;
    if let Some(case) = manifest.case.as_deref().filter(|case| *case != list.case) {
        let (own, other) = (shown(case), shown(&list.case));
        let message = both(
            "verify-product-list-case",
            &[("file", &file), ("other", &other), ("own", &own)],
        );
        return Err(unusable(message, Some(cite(&list.at)), None));
    }
    let Some(day) = list.checked_on else {
        let message = both("verify-product-list-unchecked", &[("file", &file)]);
        return Err(unusable(message, Some(cite(&list.at)), None));
    };
    if day > gathered.request.as_of {
        let day = day.to_string();
        let message = both(
            "verify-product-list-later",
            &[("file", &file), ("day", &day)],
        );
        return Err(unusable(message, Some(cite(&list.checked_at)), None));
    }
    Ok(Checked {
        list,
        path: named.path.clone(),
        sha256,
    })
}

/// Something that has to be on the list.
struct Held<'g> {
    /// How it is called in sentences.
    name: String,
    wanted: Wanted,
    /// The SBOM and the place that names it; none for a product that only the manifest names.
    named_at: Option<(&'g SbomFile, Place)>,
}

fn judge(gathered: &Gathered<'_>, checked: &Checked) -> Vec<Outcome> {
    let readable: Vec<_> = gathered
        .sboms
        .iter()
        .filter_map(|file| Some((file, &file.read.as_ref().ok()?.sbom)))
        .collect();
    let (mut listed, mut cleared) = (Vec::new(), Vec::new());
    let mut held = products(gathered, &readable);
    if held.is_empty() {
        let message = both("verify-product-unnamed", &[]);
        let finding = Finding::new(LISTED, Effect::Unverifiable, "product", message);
        listed.push(citing(finding, in_manifest(gathered, Place::whole())));
    }
    held.extend(components(checked, &readable));
    let register = Register::new(&checked.list.products);
    let mut hints = HINTS;
    for one in &held {
        let near = |wanted: &Wanted| {
            hints = hints.checked_sub(1)?;
            register.near(wanted)
        };
        let listing = register.listing(&one.wanted);
        listed.extend(look_up(
            gathered,
            checked,
            (one, listing),
            near,
            &mut cleared,
        ));
    }
    // What no SBOM tells, nobody can hold against the list.
    if readable.len() < gathered.sboms.len() || gathered.sboms.is_empty() {
        for (id, findings) in [(LISTED, &mut listed), (CLEARED, &mut cleared)] {
            // An SBOM that is left out for a reason is told where it is left out.
            if gathered.sboms.is_empty() && gathered.left_out(Evidence::Sbom).is_some() {
                continue;
            }
            let message = both("verify-product-sbom", &[]);
            let finding = Finding::new(id, Effect::Unverifiable, "SBOM", message);
            findings.push(citing(finding, in_manifest(gathered, Place::whole())));
        }
    }
    cleared.extend(under_concern(checked, &readable));
    cleared.extend(party::under_concern(gathered, checked, &readable));
    let numbers = [held.len(), checked.list.products.len()].map(|one| one.to_string());
    let day = checked
        .list
        .checked_on
        .map_or_else(String::new, |day| day.to_string());
    let arguments = [
        shown(&checked.list.id),
        day,
        shown(checked.list.checked_by.as_deref().unwrap_or_default()),
    ];
    let [id, day, by] = arguments.each_ref().map(String::as_str);
    let [count, of] = numbers.each_ref().map(String::as_str);
    let said = [
        both(
            "verify-product-listed",
            &[
                ("list", id),
                ("day", day),
                ("by", by),
                ("count", count),
                ("of", of),
            ],
        ),
        both(
            "verify-product-cleared",
            &[("list", id), ("day", day), ("by", by)],
        ),
    ];
    let found = [(LISTED, listed), (CLEARED, cleared)];
    let outcomes = found.into_iter().zip(said).map(|((id, findings), said)| {
        let (mut findings, _) = bounded(id, findings, TOLD);
        let bytes = readable
            .iter()
            .map(|(file, _)| (file.sha256, file.bytes.as_slice()));
        find_lines(&mut findings, bytes);
        Outcome::new(&gathered.check(id), said)
            .resting_on([checked.cite(&Place::whole())])
            .with(findings)
    });
    outcomes.collect()
}

/// The delivered product: as the manifest names it with what the SBOM of it says, else what the SBOMs describe.
fn products<'g>(gathered: &Gathered<'_>, readable: &[(&'g SbomFile, &'g Sbom)]) -> Vec<Held<'g>> {
    let Some((name, version)) = &gathered.request.manifest.product else {
        let roots = readable.iter().filter_map(|(file, sbom)| {
            let root = sbom.root.as_ref()?;
            Some(held(file, root, makers(sbom, root)))
        });
        return roots.collect();
    };
    let mut product = Held {
        name: format!("{name} {version}"),
        wanted: Wanted {
            names: vec![name.clone()],
            version: Some(version.clone()),
            corporate_number: gathered.request.manifest.supplier.clone(),
            ..Wanted::default()
        },
        named_at: None,
    };
    for (file, sbom) in readable {
        let Some(root) = sbom.root.as_ref().filter(|root| root.is_called(name)) else {
            continue;
        };
        product.wanted.makers.extend(makers(sbom, root));
        product.wanted.purls.extend(root.purls().map(str::to_owned));
        product
            .named_at
            .get_or_insert_with(|| (file, root.at.place()));
    }
    vec![product]
}

fn held<'g>(file: &'g SbomFile, component: &Component, makers: Vec<String>) -> Held<'g> {
    let name = match component.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}/{}", component.name),
        None => component.name.to_string(),
    };
    let version = component.version.as_deref();
    Held {
        name: version.map_or_else(|| name.clone(), |version| format!("{name} {version}")),
        wanted: Wanted {
            names: vec![name, component.name.to_string()],
            version: version.map(str::to_owned),
            makers,
            corporate_number: None,
            purls: component.purls().map(str::to_owned).collect(),
        },
        named_at: Some((file, component.at.place())),
    }
}

/// The components of the kinds that have to be on the list.
///
/// An `application` without a version is how generators call a group of others, such as a lock file, and is no product.
fn components<'g>(checked: &Checked, readable: &[(&'g SbomFile, &'g Sbom)]) -> Vec<Held<'g>> {
    let mut all = Vec::new();
    for (file, sbom) in readable {
        for one in &sbom.components {
            let is_group = one.kind == ComponentKind::Application && one.version.is_none();
            if checked.list.kinds.contains(&one.kind) && !is_group {
                all.push(held(file, one, party::own_makers(one)));
            }
        }
    }
    all
}

/// Holds one thing against the list. What the list says of it goes to `cleared`, the rest is given back.
fn look_up<'a>(
    gathered: &Gathered<'_>,
    checked: &'a Checked,
    (one, listing): (&Held<'_>, Listing<'a>),
    near: impl FnOnce(&Wanted) -> Option<&'a str>,
    cleared: &mut Vec<Finding>,
) -> Vec<Finding> {
    let name = shown(&one.name);
    let cite = |finding: Finding| {
        let citation = match &one.named_at {
            Some((file, at)) => Some(file.cite(at.clone())),
            None => in_manifest(gathered, Place::whole()),
        };
        citing(finding, citation)
    };
    let listed = |effect, message: Text, entry: Option<&ListedProduct>| {
        let at = entry.map_or(&checked.list.at, |entry| &entry.at);
        let finding = cite(Finding::new(LISTED, effect, name.clone(), message));
        finding.cite(checked.cite(at))
    };
    let makers = shown(&one.wanted.makers.join(", "));
    let (finding, entry) = match listing {
        Listing::Listed(entry) => (spelled(checked, one, entry), Some(entry)),
        Listing::MakerUnstated(entry) => {
            let maker = shown(&entry.maker);
            let message = both(
                "verify-product-makerless",
                &[("name", &name), ("maker", &maker)],
            );
            // Where the SBOM is left out for a reason, nobody can expect it to name the maker.
            let is_left_out =
                gathered.sboms.is_empty() && gathered.left_out(Evidence::Sbom).is_some();
            let effect = if is_left_out {
                Effect::Warns
            } else {
                Effect::Unverifiable
            };
            let finding = listed(effect, message, Some(entry));
            (Some(finding), Some(entry))
        }
        Listing::OtherMaker(entry) => {
            let maker = shown(&entry.maker);
            let message = both(
                "verify-product-maker",
                &[("name", &name), ("found", &makers), ("maker", &maker)],
            );
            (Some(listed(Effect::Fails, message, Some(entry))), None)
        }
        Listing::OtherVersion(entries) => {
            let versions = entries.iter().flat_map(|entry| &entry.versions);
            let versions: Vec<_> = versions.map(VersionPattern::text).collect();
            let versions = shown(&versions.join(", "));
            let message = both(
                "verify-product-version",
                &[("name", &name), ("versions", &versions)],
            );
            let finding = listed(Effect::Fails, message, entries.first().copied());
            (Some(finding), None)
        }
        Listing::Unlisted => {
            let message = match near(&one.wanted) {
                Some(near) => both(
                    "verify-product-unlisted-near",
                    &[("name", &name), ("near", &shown(near))],
                ),
                None => both("verify-product-unlisted", &[("name", &name)]),
            };
            (Some(listed(Effect::Fails, message, None)), None)
        }
    };
    let result = entry.map(|entry| (entry.result, &entry.at));
    let (effect, message, at) = match result {
        Some((CheckResult::Cleared, _)) => return finding.into_iter().collect(),
        Some((CheckResult::Concern, at)) => (
            Effect::Fails,
            both("verify-product-concern", &[("name", &name)]),
            at,
        ),
        Some((CheckResult::Pending, at)) => (
            Effect::Unverifiable,
            both("verify-product-pending", &[("name", &name)]),
            at,
        ),
        None => {
            let message = both("verify-product-unexamined", &[("name", &name)]);
            (Effect::Unverifiable, message, &checked.list.at)
        }
    };
    let said = cite(Finding::new(CLEARED, effect, name.clone(), message));
    cleared.push(said.cite(checked.cite(at)));
    finding.into_iter().collect()
}

/// A remark where the maker is the listed one only after its form of company was left out.
fn spelled(checked: &Checked, one: &Held<'_>, entry: &ListedProduct) -> Option<Finding> {
    let makers = &one.wanted.makers;
    let is_same = |maker: &&String| folded(maker) == folded(&entry.maker);
    if makers.iter().any(|maker| is_same(&maker)) {
        return None;
    }
    let listed = folded_company(&entry.maker);
    let maker = makers
        .iter()
        .find(|maker| folded_company(maker) == listed)?;
    let arguments = [shown(&one.name), shown(maker), shown(&entry.maker)];
    let [name, found, maker] = arguments.each_ref().map(String::as_str);
    let message = both(
        "verify-product-spelled",
        &[("name", name), ("found", found), ("maker", maker)],
    );
    let finding = Finding::new(LISTED, Effect::Notes, name, message);
    let (file, at) = one.named_at.as_ref()?;
    Some(
        finding
            .cite(file.cite(at.clone()))
            .cite(checked.cite(&entry.at)),
    )
}

/// Components of any kind that the list names under concern: by package URL, or by name together with maker.
fn under_concern(checked: &Checked, readable: &[(&SbomFile, &Sbom)]) -> Vec<Finding> {
    let doubted = checked.list.products.iter();
    let doubted = doubted.filter(|one| one.result != CheckResult::Cleared);
    let doubted: Vec<_> = doubted.cloned().collect();
    let mut findings = Vec::new();
    if doubted.is_empty() {
        return findings;
    }
    let register = Register::new(&doubted);
    for (file, sbom) in readable {
        let components = sbom.components.iter();
        let others = components.filter(|one| !checked.list.kinds.contains(&one.kind));
        for one in others {
            let held = held(file, one, party::own_makers(one));
            let by_name = register.by_name(&held.wanted).into_iter();
            let by_name = by_name.filter(|entry| held.wanted.maker_is_of(entry));
            let named = register.by_purl(&held.wanted).into_iter().chain(by_name);
            let of_version = named.filter(|entry| held.wanted.version_is_of(entry));
            let Some(entry) = of_version.max_by_key(|entry| entry.result) else {
                continue;
            };
            let name = shown(&held.name);
            let (effect, message) = match entry.result {
                CheckResult::Concern => (
                    Effect::Fails,
                    both("verify-product-concern", &[("name", &name)]),
                ),
                _ => (
                    Effect::Unverifiable,
                    both("verify-product-pending", &[("name", &name)]),
                ),
            };
            let finding = Finding::new(CLEARED, effect, name, message)
                .cite(file.cite(one.at.place()))
                .cite(checked.cite(&entry.at));
            findings.push(finding);
        }
    }
    findings
}

/// Every party of every document, each once a document, with the place of the first that names it.
fn all_parties<'g>(readable: &[(&'g SbomFile, &'g Sbom)]) -> Vec<(&'g SbomFile, String, Place)> {
    readable
        .iter()
        .flat_map(|(file, sbom)| {
            let named = parties(sbom);
            named.into_iter().map(|(name, at)| (*file, name, at))
        })
        .collect()
}
