//! Converting SBOMs, with word on what the target cannot carry.

use serde::Serialize;

use super::Refused;
use crate::conversion::{Lost, Target, convert};

/// A converted SBOM, schema `mekiki/sbom-convert/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct SbomConversion {
    /// The schema.
    pub schema: &'static str,
    /// The word of the target.
    pub target: &'static str,
    /// What the target cannot carry, or not as it was.
    pub losses: Vec<Lost>,
    /// The file that the document was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The document, where it was written to no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Converts an SBOM; the document is in [`SbomConversion::document`].
///
/// # Errors
///
/// When the source cannot be read.
pub fn convert_sbom(bytes: &[u8], target: Target) -> Result<SbomConversion, Refused> {
    let conversion = convert(bytes, target)?;
    Ok(SbomConversion {
        schema: "mekiki/sbom-convert/v1",
        target: target.word(),
        losses: conversion.losses,
        output: None,
        document: Some(conversion.text),
    })
}
