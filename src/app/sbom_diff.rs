//! Holding SBOMs against each other.

use serde::Serialize;

use super::Refused;
use crate::comparison::drift::{Drifts, drifts};
use crate::comparison::{Comparison, Extent, compare};
use crate::evidence::sbom::{self, Sbom};

/// Two or three compared SBOMs, schema `mekiki/sbom-diff/v1`.
#[derive(Debug, Clone, Serialize)]
pub struct SbomDiff {
    /// The schema.
    pub schema: &'static str,
    /// The second document against the first.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// All three side by side, where there is a third.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_way: Option<Drifts>,
}

/// An SBOM with the path that it is named by.
#[derive(Debug, Clone, Copy)]
pub struct NamedBytes<'a> {
    /// The path.
    pub path: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl NamedBytes<'_> {
    /// Reads the SBOM.
    ///
    /// # Errors
    ///
    /// When it cannot be read at all.
    pub fn read(self) -> Result<Sbom, Refused> {
        match sbom::read(self.bytes) {
            Ok((_, reading)) => Ok(reading.sbom),
            Err(faults) => Err(Refused(
                faults
                    .into_iter()
                    .map(|fault| fault.in_file(self.path))
                    .collect(),
            )),
        }
    }
}

/// Compares two SBOMs, and with a third one all three as tendered, as delivered and as measured.
///
/// # Errors
///
/// When one cannot be read at all.
pub fn diff_sboms(
    a: NamedBytes<'_>,
    b: NamedBytes<'_>,
    measured: Option<NamedBytes<'_>>,
    extent: Extent,
) -> Result<SbomDiff, Refused> {
    let (a, b) = rayon::join(|| a.read(), || b.read());
    let (a, b) = (a?, b?);
    let measured = measured.map(NamedBytes::read).transpose()?;
    let mut comparison = compare(&a, &b, extent);
    let three_way = measured.map(|measured| drifts(&a, &b, &measured));
    comparison.same &= three_way.as_ref().is_none_or(|drifts| drifts.same);
    Ok(SbomDiff {
        schema: "mekiki/sbom-diff/v1",
        comparison,
        three_way,
    })
}
