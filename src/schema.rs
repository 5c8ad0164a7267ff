//! What a published schema demands of a document, as tables, and the checks that walk a document by them.

pub mod markup;
