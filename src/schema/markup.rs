//! Conformance of an XML document to an XML schema, by a compact table of it.
//!
//! A table holds what XML Schema 1.0 calls the components of a schema: types with their attributes, the
//! content model of each as a deterministic automaton, and what simple types demand of a text. The
//! tables are made by `examples/markup_tables.rs`, which refuses what is not understood here.

use crate::diagnostic::Diagnostic;
use crate::markup::Element;

mod table;
mod uri;
mod value;
mod walk;
mod wording;

/// A schema, ready to check documents.
#[derive(Debug)]
pub struct MarkupSchema {
    table: table::Table,
}

/// A table of a schema that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is not JSON of the expected shape.
    #[error("the table is malformed")]
    Malformed(#[from] serde_json::Error),
    /// A part refers to one that does not exist.
    #[error("the table refers to {0}, which does not exist")]
    Dangling(String),
    /// A pattern is not a regular expression.
    #[error("a pattern of the table is not understood")]
    Pattern(#[from] Box<regex::Error>),
}

impl MarkupSchema {
    /// Reads a table, and the table with the types that it imports.
    ///
    /// # Errors
    ///
    /// A [`TableError`] if the tables were not made by the generator of this version.
    pub fn load(table: &[u8], imported: &[u8]) -> Result<Self, TableError> {
        Ok(Self {
            table: table::Table::load(table, imported)?,
        })
    }

    /// The namespace that the schema speaks about.
    pub fn namespace(&self) -> &str {
        &self.table.namespace
    }

    /// Every breach of the schema in document order, at most `limit`, then a note that
    /// there are more.
    pub fn check(&self, root: Element<'_>, limit: usize) -> Vec<Diagnostic> {
        walk::check(&self.table, root, limit)
    }
}
