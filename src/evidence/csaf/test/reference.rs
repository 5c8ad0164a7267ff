//! Every place of a document that refers to a product or to a group of products.

use crate::evidence::csaf::document::{Document, PRODUCT_LISTS, items, texts};
use crate::tape::Item;

/// Calls `each` for every product id that is used, with its place.
pub(super) fn product_references<'t>(
    document: &Document<'t>,
    mut each: impl FnMut(&'t str, Item<'t>),
) {
    for definition in &document.tree.definitions {
        for step in &definition.path {
            each(step.id, step.item);
        }
    }
    for group in &document.tree.groups {
        texts(group.item, "product_ids").for_each(|(id, item)| each(id, item));
    }
    for item in naming_items(document) {
        texts(item, "product_ids").for_each(|(id, item)| each(id, item));
    }
    for vulnerability in &document.vulnerabilities {
        for (id, item) in statuses(*vulnerability).flat_map(|(_, list)| list_texts(list)) {
            each(id, item);
        }
        for metric in document.metrics(*vulnerability) {
            for (id, item) in metric.products.into_iter().flat_map(list_texts) {
                each(id, item);
            }
        }
    }
}

/// Calls `each` for every group id that is used, with its place.
pub(super) fn group_references<'t>(
    document: &Document<'t>,
    mut each: impl FnMut(&'t str, Item<'t>),
) {
    for item in naming_items(document) {
        texts(item, "group_ids").for_each(|(id, item)| each(id, item));
    }
}

/// The lists of a vulnerability's product status, each with its name.
pub(super) fn statuses(vulnerability: Item<'_>) -> impl Iterator<Item = (&str, Item<'_>)> {
    vulnerability
        .get("product_status")
        .into_iter()
        .flat_map(Item::children)
        .filter_map(|list| Some((list.key()?, list)))
}

/// The texts of a list, each with its place.
pub(super) fn list_texts(list: Item<'_>) -> impl Iterator<Item = (&str, Item<'_>)> {
    list.items().filter_map(|item| Some((item.text()?, item)))
}

/// The items that name products by `product_ids` and `group_ids`.
fn naming_items<'t>(document: &Document<'t>) -> impl Iterator<Item = Item<'t>> {
    let notes = document.head(&["notes"]).into_iter().flat_map(Item::items);
    let vulnerabilities = document.vulnerabilities.iter().copied();
    notes.chain(vulnerabilities.flat_map(|one| {
        PRODUCT_LISTS
            .into_iter()
            .flat_map(move |key| items(one, key))
    }))
}
