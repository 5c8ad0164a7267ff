//! Bills of materials written in another format, with word on what the target cannot carry.
//!
//! Within a family the document itself is rewritten, so that what the model does not hold is kept:
//! CycloneDX to another version or encoding of CycloneDX in [`version`], SPDX 2 to SPDX 2.3. From one
//! family to the other, the one model is written in the words of the target, and whatever finds no place
//! there is a loss. Nothing is invented: where a target demands a value that the source does not have,
//! what stands there instead is a loss too.
//!
//! To add a target: a variant of [`Target`] and a writer of the model.

mod cyclonedx;
mod form;
mod json;
mod loss;
mod spdx2;
pub mod spdx3;
mod trail;
mod unheld;
mod version;

pub use loss::{Loss, Losses, Lost};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::evidence::sbom::cyclonedx::xml::to_xml;
use crate::evidence::sbom::model::{Component, Format, Party, Sbom};
use crate::evidence::sbom::with_tape;
use crate::tape::{Item, Tape, parse_json};

/// What a document is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// CycloneDX 1.6 in JSON.
    CycloneDx16Json,
    /// CycloneDX 1.7 in JSON.
    CycloneDx17Json,
    /// CycloneDX 1.6 in XML.
    CycloneDx16Xml,
    /// CycloneDX 1.7 in XML.
    CycloneDx17Xml,
    /// SPDX 2.3 in JSON.
    Spdx23Json,
    /// SPDX 3.0.1 in JSON-LD.
    Spdx301Json,
}

impl Target {
    /// Every target with its word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("cyclonedx-1.6-json", Self::CycloneDx16Json),
        ("cyclonedx-1.7-json", Self::CycloneDx17Json),
        ("cyclonedx-1.6-xml", Self::CycloneDx16Xml),
        ("cyclonedx-1.7-xml", Self::CycloneDx17Xml),
        ("spdx-2.3-json", Self::Spdx23Json),
        ("spdx-3.0.1-json", Self::Spdx301Json),
    ];

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, target)| *target)
    }

    /// Returns the word.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, target)| *target == self)
            .map_or("", |(word, _)| word)
    }

    fn family(self) -> Format {
        match self {
            Self::Spdx23Json | Self::Spdx301Json => Format::Spdx,
            _ => Format::CycloneDx,
        }
    }

    fn spec_version(self) -> &'static str {
        match self {
            Self::CycloneDx16Json | Self::CycloneDx16Xml => "1.6",
            Self::CycloneDx17Json | Self::CycloneDx17Xml => "1.7",
            Self::Spdx23Json => "2.3",
            Self::Spdx301Json => "3.0.1",
        }
    }

    fn is_xml(self) -> bool {
        matches!(self, Self::CycloneDx16Xml | Self::CycloneDx17Xml)
    }

    /// The name for people.
    fn name(self) -> String {
        let family = match self.family() {
            Format::CycloneDx => "CycloneDX",
            Format::Spdx => "SPDX",
        };
        format!("{family} {}", self.spec_version())
    }
}

/// A converted document.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// The document.
    pub text: String,
    /// What the target cannot carry, or not as it was.
    pub losses: Vec<Lost>,
}

/// Converts a bill of materials of any format that is read.
///
/// # Errors
///
/// The diagnostics that make the source unreadable; at least one.
pub fn convert(bytes: &[u8], target: Target) -> Result<Conversion, Vec<Diagnostic>> {
    let mut losses = Losses::default();
    let mut text = Ok(String::new());
    with_tape(bytes, &mut |tape, detection, sbom| {
        let source = Source {
            tape,
            sbom,
            digest: Digest::of(bytes),
            is_json: detection.encoding == "json",
        };
        text = source.write(target, &mut losses);
    })?;
    Ok(Conversion {
        text: text?,
        losses: losses.finish(),
    })
}

struct Source<'a> {
    tape: &'a Tape<'a>,
    sbom: &'a Sbom,
    digest: Digest,
    is_json: bool,
}

impl Source<'_> {
    fn write(&self, target: Target, losses: &mut Losses) -> Result<String, Vec<Diagnostic>> {
        if target.family() == Format::CycloneDx {
            let text = self.cyclonedx(target, losses);
            if target.is_xml() {
                return in_xml(&text, target.spec_version(), losses);
            }
            return Ok(text);
        }
        let sbom = self.sbom;
        let is_same = sbom.format == Format::Spdx
            && sbom.spec_version.get(..1) == target.spec_version().get(..1);
        if is_same {
            return Ok(self.spdx(target));
        }
        self.unheld(target, losses);
        let texts = self.license_texts();
        if target == Target::Spdx23Json {
            return Ok(spdx2::write(sbom, &self.digest, &texts, losses));
        }
        let (text, lost) = spdx3::write(sbom);
        losses.extend(lost);
        Ok(text)
    }

    fn cyclonedx(&self, target: Target, losses: &mut Losses) -> String {
        if self.sbom.format == Format::CycloneDx {
            let rewrite = version::Rewrite {
                from: &self.sbom.spec_version,
                to: target.spec_version(),
                of_json: self.is_json,
                is_xml: target.is_xml(),
            };
            return rewrite.of(self.tape, losses);
        }
        self.unheld(target, losses);
        let texts = self.license_texts();
        let (version, is_xml) = (target.spec_version(), target.is_xml());
        cyclonedx::write(self.sbom, version, is_xml, &self.digest, &texts, losses)
    }

    /// The document itself in JSON, with the version of the target.
    ///
    /// What SPDX 2.2 allows, 2.3 allows too (2.3, annex I); 3.0.1 corrects 3.0.0 without taking anything
    /// away.
    fn spdx(&self, target: Target) -> String {
        let mut json = json::Json::default();
        json.table(None);
        for member in self.tape.root().children() {
            match member.key().unwrap_or_default() {
                "spdxVersion" => json.member("spdxVersion", "SPDX-2.3"),
                "@context" if member.text().is_some() => {
                    let version = target.spec_version();
                    let context = format!("https://spdx.org/rdf/{version}/spdx-context.jsonld");
                    json.member("@context", &context);
                }
                _ => json.copy(member.key(), member),
            }
        }
        json.finish()
    }

    fn unheld(&self, target: Target, losses: &mut Losses) {
        let name = target.name();
        match self.sbom.format {
            Format::CycloneDx => unheld::of_cyclonedx(self.tape, &name, losses),
            Format::Spdx if self.sbom.spec_version.starts_with('2') => {
                unheld::of_spdx2(self.tape, &name, losses);
            }
            Format::Spdx => unheld::of_spdx3(self.tape, &name, losses),
        }
    }

    /// The texts of licenses that the source holds, by the name or identifier of the license.
    fn license_texts(&self) -> spdx2::Texts {
        let mut texts = spdx2::Texts::default();
        match self.sbom.format {
            Format::CycloneDx => {
                for license in self.tape.under("license") {
                    let name = license.get_text("name").or_else(|| license.get_text("id"));
                    let text = license.get("text");
                    let is_plain = text.is_some_and(|text| text.get("encoding").is_none());
                    let content = text.and_then(|text| text.get_text("content"));
                    if let (Some(name), Some(content), true) = (name, content, is_plain) {
                        texts.entry(name.to_owned()).or_insert(content.to_owned());
                    }
                }
            }
            Format::Spdx => {
                let list = self.tape.root().get("hasExtractedLicensingInfos");
                for one in list.into_iter().flat_map(Item::items) {
                    let pair = (one.get_text("licenseId"), one.get_text("extractedText"));
                    if let (Some(id), Some(text)) = pair {
                        texts.entry(id.to_owned()).or_insert(text.to_owned());
                    }
                }
                self.texts_of_spdx3(&mut texts);
            }
        }
        texts.retain(|_, text| text != "NOASSERTION");
        texts
    }
}

impl Source<'_> {
    /// Licenses of SPDX 3 are elements, which expressions name by the end of their identifier.
    fn texts_of_spdx3(&self, texts: &mut spdx2::Texts) {
        let graph = self.tape.root().get("@graph");
        for one in graph.into_iter().flat_map(Item::items) {
            let text = ["simplelicensing_licenseText", "licenseText"];
            let text = text.into_iter().find_map(|key| one.get_text(key));
            let id = one.get_text("spdxId").and_then(|id| {
                let start = id.rfind("LicenseRef-")?;
                id.get(start..)
            });
            if let (Some(id), Some(text)) = (id, text) {
                texts.entry(id.to_owned()).or_insert(text.to_owned());
            }
        }
    }
}

/// The supplier of a component. Of what is described the document's own supplier is one too, and stands
/// where the component names none, or the same one without an address.
///
/// Source: CycloneDX 1.6, `metadata.supplier`: the organization that supplied the component that the BOM
/// describes.
fn supplier_of<'a>(sbom: &'a Sbom, component: &'a Component, is_root: bool) -> Option<&'a Party> {
    let own = component.supplier.as_deref();
    let of_document = sbom.metadata.supplier.as_ref().filter(|_| is_root);
    let has_address = |party: &Party| !party.emails.is_empty() || !party.urls.is_empty();
    let says_more = |own: &Party, other: &Party| {
        !own.is_known() || own.name == other.name && !has_address(own) && has_address(other)
    };
    match (own, of_document) {
        (Some(own), Some(other)) if says_more(own, other) => Some(other),
        (own, other) => own.or(other),
    }
}

/// A name for a document in the form that both families take: a UUID made from a digest.
///
/// Source: RFC 9562, section 5.8: version 8 is free for such use.
fn uuid_urn(digest: &Digest) -> String {
    let mut hex: Vec<char> = digest.hex().chars().take(32).collect();
    if let Some(version) = hex.get_mut(12) {
        *version = '8';
    }
    if let Some(variant) = hex.get_mut(16) {
        let bits = variant.to_digit(16).unwrap_or_default();
        *variant = char::from_digit(8 | (bits & 3), 16).unwrap_or('8');
    }
    let mut urn = String::from("urn:uuid:");
    for (position, digit) in hex.into_iter().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            urn.push('-');
        }
        urn.push(digit);
    }
    urn
}

/// Writes a document in the shape of CycloneDX JSON as XML.
fn in_xml(json: &str, version: &str, losses: &mut Losses) -> Result<String, Vec<Diagnostic>> {
    let tape = parse_json(json).map_err(|fault| vec![fault])?;
    let (text, remarks) = to_xml(tape.root(), version).map_err(|fault| vec![fault])?;
    for remark in remarks {
        let reason = remark.help.as_deref().unwrap_or("XML has no place for it");
        losses.add(&remark.message, reason, || remark.at);
    }
    Ok(text)
}
