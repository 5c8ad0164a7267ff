//! What a record says that it is about.

use crate::tree::Fields;

/// The scope that a record states; what it leaves out it does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatedScope {
    /// The legal entity's name, for people.
    pub legal_entity: Option<String>,
    /// The legal entity's 13-digit corporate number.
    pub corporate_number: Option<String>,
    /// The product's name.
    pub product: Option<String>,
    /// The product's version.
    pub version: Option<String>,
    /// The service's name.
    pub service: Option<String>,
    /// The only regions that it is about.
    pub regions: Vec<String>,
    /// What is expressly left out: services, products, regions or functions.
    pub carve_outs: Vec<String>,
}

impl StatedScope {
    /// Reads the table `scope`; `None` where there is none.
    pub(super) fn read(fields: &Fields<'_>) -> Option<Self> {
        let scope = fields.optional_table("scope")?;
        let read = Self {
            legal_entity: scope.optional_text("legal_entity"),
            corporate_number: scope.optional_text("corporate_number"),
            product: scope.optional_text("product"),
            version: scope.optional_text("version"),
            service: scope.optional_text("service"),
            regions: scope.texts("regions"),
            carve_outs: scope.texts("carve_outs"),
        };
        if read.corporate_number.is_none() && read.product.is_none() && read.service.is_none() {
            scope.complain(
                "scope-missing",
                "corporate_number",
                "the scope names no legal entity, product or service",
                "add `corporate_number`, `product` or `service`, so that the record is tied to what is offered",
            );
        }
        scope.finish();
        Some(read)
    }
}
