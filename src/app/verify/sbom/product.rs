//! Whether the SBOMs are about the delivered product and version.

use super::{Readable, bytes_of, documents};
use crate::acceptance::finding::{Effect, Finding, Outcome};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::{find_lines, shown};
use crate::diagnostic::Place;
use crate::evidence::sbom::{Component, Sbom};
use crate::text::Text;
use crate::text::messages::both;

const ID: &str = "sbom.product";

pub(super) fn verify(gathered: &Gathered<'_>, readable: &[Readable<'_>]) -> Outcome {
    let check = gathered.check(ID);
    let cited = documents(readable.iter().map(|one| one.file));
    let Some((name, version)) = &gathered.request.manifest.product else {
        let said = both("verify-sbom-product-unnamed", &[]);
        let finding = Finding::new(ID, Effect::Unverifiable, "product", said.clone());
        let finding = cited.iter().cloned().fold(finding, Finding::cite);
        return Outcome::new(&check, said).resting_on(cited).with([finding]);
    };
    let of_product: Vec<_> = readable
        .iter()
        .filter(|one| one.read.sbom.describes(name, version))
        .collect();
    // An SBOM that cannot be read may be the one of the product.
    let may_be_another = readable.len() < gathered.sboms.len();
    let mut findings = Vec::new();
    for one in readable {
        let Some((effect, message)) = judge(one, (name, version), &of_product, may_be_another)
        else {
            continue;
        };
        let root = one.read.sbom.root.as_ref();
        let at = root.map_or_else(Place::whole, |root| root.at.place());
        let subject = root.map_or_else(|| one.file.path.clone(), named);
        let finding = Finding::new(ID, effect, subject, message)
            .distinguished_by(&[&one.file.path, name, version])
            .cite(one.file.cite(at));
        findings.push(finding);
    }
    find_lines(&mut findings, bytes_of(readable));
    let arguments = [shown(name), shown(version), of_product.len().to_string()];
    let [name, version, count] = arguments.each_ref().map(String::as_str);
    let said = both(
        "verify-sbom-product",
        &[("name", name), ("version", version), ("count", count)],
    );
    Outcome::new(&check, said).resting_on(cited).with(findings)
}

/// What is to be said of one SBOM; `None` where it is the product's.
fn judge(
    one: &Readable<'_>,
    (name, version): (&str, &str),
    of_product: &[&Readable<'_>],
    may_be_another: bool,
) -> Option<(Effect, Text)> {
    let sbom = &one.read.sbom;
    let file = shown(&one.file.path);
    let wanted = shown(&format!("{name} {version}"));
    let Some(root) = &sbom.root else {
        let message = both("verify-sbom-product-rootless", &[("file", &file)]);
        return Some((Effect::Fails, message));
    };
    let found = shown(&named(root));
    let (file, found, wanted) = (file.as_str(), found.as_str(), wanted.as_str());
    if root.is_called(name) {
        if root.version.as_deref() == Some(version) {
            return None;
        }
        let message = if root.version.is_none() {
            both(
                "verify-sbom-product-versionless",
                &[("file", file), ("found", found), ("wanted", wanted)],
            )
        } else {
            both(
                "verify-sbom-product-version",
                &[("file", file), ("found", found), ("wanted", wanted)],
            )
        };
        return Some((Effect::Fails, message));
    }
    if of_product.is_empty() {
        let effect = if may_be_another {
            Effect::Unverifiable
        } else {
            Effect::Fails
        };
        let message = both(
            "verify-sbom-product-other",
            &[("file", file), ("found", found), ("wanted", wanted)],
        );
        return Some((effect, message));
    }
    // Beside the SBOM of the product there may be one of a part.
    if of_product
        .iter()
        .any(|whole| has_part(&whole.read.sbom, root))
    {
        let message = both(
            "verify-sbom-product-part",
            &[("file", file), ("found", found)],
        );
        return Some((Effect::Notes, message));
    }
    let message = both(
        "verify-sbom-product-beside",
        &[("file", file), ("found", found), ("wanted", wanted)],
    );
    Some((Effect::Warns, message))
}

/// Name and version as people say them.
fn named(component: &Component) -> String {
    let name = match component.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}/{}", component.name),
        None => component.name.to_string(),
    };
    match component.version.as_deref() {
        Some(version) => format!("{name} {version}"),
        None => name,
    }
}

/// Whether the SBOM of the product lists what another describes.
fn has_part(whole: &Sbom, root: &Component) -> bool {
    whole
        .components
        .iter()
        .any(|one| one.name == root.name && one.group == root.group && one.version == root.version)
}
