//! Whether a record speaks about what is offered, and about the use that the agency plans.
//!
//! A record about another legal entity, product, version, service or region proves nothing here (rank 0). That is
//! always told: as a gap with the reason and the place.

use super::dossier::{Offering, Use};
use crate::evidence::scope::StatedScope;
use crate::text::Text;

/// Why a record with a stated scope is out of scope; `None` when it covers offering and use.
pub(super) fn misfit(scope: &StatedScope, offering: &Offering, usage: &Use) -> Option<Text> {
    let product = offering.product.as_ref();
    entity(scope.corporate_number.as_deref(), offering)
        .or_else(|| {
            let service = offering.service.as_deref();
            subject(scope.service.as_deref(), service)
        })
        .or_else(|| {
            let name = product.map(|(name, _)| name.as_str());
            subject(scope.product.as_deref(), name)
        })
        .or_else(|| {
            let version = product.map(|(_, version)| version.as_str());
            other_version(scope.version.as_deref(), version)
        })
        .or_else(|| regions(&scope.regions, usage))
        .or_else(|| carved_out(scope, offering, usage))
}

/// Whether a record names the legal entity, the product or the service of the offering at all.
pub(super) fn is_related(scope: &StatedScope, offering: &Offering) -> bool {
    let same = |stated: &Option<String>, offered: Option<&String>| {
        stated.is_some() && stated.as_ref() == offered
    };
    let product = offering.product.as_ref().map(|(name, _)| name);
    same(&scope.corporate_number, offering.corporate_number.as_ref())
        || same(&scope.service, offering.service.as_ref())
        || same(&scope.product, product)
}

/// Another legal entity, by its corporate number.
pub(super) fn entity(stated: Option<&str>, offering: &Offering) -> Option<Text> {
    let stated = stated?;
    (offering.corporate_number.as_deref() != Some(stated)).then(|| Text {
        ja: format!("別の法人(法人番号{stated})に関するものである"),
        en: format!("it is about another legal entity (corporate number {stated})"),
    })
}

/// Another product or service, by its name.
pub(super) fn subject(stated: Option<&str>, offered: Option<&str>) -> Option<Text> {
    let stated = stated?;
    (offered != Some(stated)).then(|| Text {
        ja: format!("提案の対象ではない「{stated}」に関するものである"),
        en: format!("it is about `{stated}`, which is not what is offered"),
    })
}

/// Another version of the product.
pub(super) fn other_version(stated: Option<&str>, offered: Option<&str>) -> Option<Text> {
    let stated = stated?;
    (offered != Some(stated)).then(|| Text {
        ja: format!("提案の対象ではない版({stated})に関するものである"),
        en: format!("it is about version {stated}, which is not the one offered"),
    })
}

/// A region that will be used and that the record does not cover.
fn regions(stated: &[String], usage: &Use) -> Option<Text> {
    if stated.is_empty() {
        return None;
    }
    let uncovered = usage.regions.iter().find(|one| !stated.contains(one))?;
    Some(Text {
        ja: format!("利用するリージョン「{uncovered}」を含まない"),
        en: format!("it does not cover the region `{uncovered}` that will be used"),
    })
}

/// Something that is offered or will be used and that the record expressly leaves out.
fn carved_out(scope: &StatedScope, offering: &Offering, usage: &Use) -> Option<Text> {
    let product = offering.product.as_ref().map(|(name, _)| name);
    let concerned = offering
        .service
        .iter()
        .chain(product)
        .chain(&usage.regions)
        .chain(&usage.functions)
        .find(|one| scope.carve_outs.contains(one))?;
    Some(Text {
        ja: format!("「{concerned}」を対象から除外している"),
        en: format!("it carves out `{concerned}`"),
    })
}
