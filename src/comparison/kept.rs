//! What of a document a comparison looks at, so that the rest can be let go of.

use crate::evidence::sbom::model::{Component, IdentifierKind, Sbom};

/// Lets go of everything that no comparison looks at: of a large document that is half of the memory.
pub fn keep_compared(sbom: &mut Sbom) {
    sbom.root.iter_mut().for_each(keep);
    sbom.components.iter_mut().for_each(keep);
    sbom.files.iter_mut().for_each(keep);
    sbom.components.shrink_to_fit();
    sbom.files.shrink_to_fit();
    sbom.relationships.shrink_to_fit();
    sbom.services = Vec::new();
    sbom.compositions = Vec::new();
    sbom.vulnerabilities = Vec::new();
    sbom.metadata.external_references = Vec::new();
    sbom.metadata.properties = Vec::new();
}

fn keep(component: &mut Component) {
    component.manufacturer = None;
    component.originator = None;
    component.authors = Vec::new();
    component.publisher = None;
    component.copyright = None;
    component.description = None;
    component.file_name = None;
    component.download_location = None;
    component.valid_until = None;
    component.external_references = Vec::new();
    component.properties = Vec::new();
    component
        .identifiers
        .retain(|one| matches!(one.kind, IdentifierKind::Purl | IdentifierKind::Cpe));
    component.identifiers.shrink_to_fit();
    component.hashes.shrink_to_fit();
    for license in &mut component.licenses {
        license.url = None;
    }
    component.licenses.shrink_to_fit();
}
