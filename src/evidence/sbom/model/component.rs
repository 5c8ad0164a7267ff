//! Components, packages and files, with what identifies and licenses them.

use std::sync::Arc;

use compact_str::CompactString;
use serde::Serialize;

use super::{Party, Ref, Site};

/// The kind of a component, by the words of CycloneDX `type`; SPDX `primaryPackagePurpose` and
/// `software_primaryPurpose` are mapped onto them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentKind {
    /// A program that is run.
    Application,
    /// A frame that programs are built in.
    Framework,
    /// A library.
    Library,
    /// An image to be run in a container.
    Container,
    /// A runtime platform.
    Platform,
    /// An operating system.
    OperatingSystem,
    /// A device.
    Device,
    /// A driver of a device.
    DeviceDriver,
    /// Firmware.
    Firmware,
    /// A single file.
    File,
    /// A machine-learning model.
    MachineLearningModel,
    /// Data.
    Data,
    /// A cryptographic algorithm, certificate, protocol or key.
    CryptographicAsset,
    /// A specification.
    Specification,
    /// Source code (SPDX only).
    Source,
    /// An archive (SPDX only).
    Archive,
    /// An installer (SPDX only).
    Install,
    /// Something else, as the document says.
    Other,
    /// The document does not say.
    #[default]
    Unstated,
}

impl ComponentKind {
    /// Every kind with its word.
    pub const WORDS: [(Self, &'static str); 19] = [
        (Self::Application, "application"),
        (Self::Framework, "framework"),
        (Self::Library, "library"),
        (Self::Container, "container"),
        (Self::Platform, "platform"),
        (Self::OperatingSystem, "operating-system"),
        (Self::Device, "device"),
        (Self::DeviceDriver, "device-driver"),
        (Self::Firmware, "firmware"),
        (Self::File, "file"),
        (Self::MachineLearningModel, "machine-learning-model"),
        (Self::Data, "data"),
        (Self::CryptographicAsset, "cryptographic-asset"),
        (Self::Specification, "specification"),
        (Self::Source, "source"),
        (Self::Archive, "archive"),
        (Self::Install, "install"),
        (Self::Other, "other"),
        (Self::Unstated, "unstated"),
    ];

    /// Reads the word of CycloneDX.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(kind, _)| *kind)
    }

    /// Returns the word.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("unstated", |(_, word)| word)
    }
}

/// A digest of what a component is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hash {
    /// The algorithm in the spelling of CycloneDX (`SHA-256`); an unknown one as written.
    pub algorithm: CompactString,
    /// The value as written, usually hexadecimal.
    pub value: CompactString,
}

/// Whose view a license is (CycloneDX 1.6 `acknowledgement`; SPDX `licenseDeclared` and
/// `licenseConcluded`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Acknowledgement {
    /// What the authors say.
    Declared,
    /// What the author of the document found.
    Concluded,
    /// The document does not say.
    #[default]
    Unstated,
}

/// How a license is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LicenseForm {
    /// An identifier of the SPDX list.
    Id,
    /// A name of its own.
    Name,
    /// An SPDX expression. `NOASSERTION` and `NONE` of SPDX are kept as expressions.
    Expression,
}

/// A license of a component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct License {
    /// How it is written.
    pub form: LicenseForm,
    /// The identifier, name or expression as written.
    pub text: CompactString,
    /// Whose view it is.
    pub acknowledgement: Acknowledgement,
    /// Where its text is found.
    pub url: Option<CompactString>,
}

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentifierKind {
    /// Package URL.
    Purl,
    /// Common Platform Enumeration, 2.2 or 2.3.
    Cpe,
    /// Software identification tag (ISO/IEC 19770-2), by its tag id.
    Swid,
    /// Software Hash Identifier.
    Swhid,
    /// Git object identifier, `OmniBOR`.
    Gitoid,
    /// Any other.
    Other,
}

/// A unique identifier of a component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// The identifier as written.
    pub value: CompactString,
}

/// A link to something outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExternalReference {
    /// The kind in the document's own word, such as `vcs` or `advisory`.
    pub kind: CompactString,
    /// The address or locator.
    pub url: CompactString,
    /// Digests of what is found there.
    pub hashes: Vec<Hash>,
}

/// A name and a value that a document adds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Property {
    /// The name.
    pub name: CompactString,
    /// The value; empty where there is none.
    pub value: CompactString,
}

/// A component, package or file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// The document's own name for it, in [`Sbom::references`]; `None` where it has none.
    pub reference: Option<Ref>,
    /// What it is.
    pub kind: ComponentKind,
    /// The name; empty where it has none.
    pub name: CompactString,
    /// The group or namespace before the name.
    pub group: Option<CompactString>,
    /// The version as written.
    pub version: Option<CompactString>,
    /// The supplier.
    pub supplier: Option<Arc<Party>>,
    /// The manufacturer (CycloneDX 1.6).
    pub manufacturer: Option<Arc<Party>>,
    /// The originator (SPDX): who made it, where the supplier only passes it on.
    pub originator: Option<Arc<Party>>,
    /// Its authors.
    pub authors: Vec<Party>,
    /// The publisher (CycloneDX).
    pub publisher: Option<CompactString>,
    /// The first package URL as written.
    pub purl: Option<CompactString>,
    /// Further identifiers.
    pub identifiers: Vec<Identifier>,
    /// Digests.
    pub hashes: Vec<Hash>,
    /// Licenses.
    pub licenses: Vec<License>,
    /// The copyright text.
    pub copyright: Option<CompactString>,
    /// The description.
    pub description: Option<CompactString>,
    /// The file name of the package (SPDX `packageFileName`, BSI property `filename`).
    pub file_name: Option<CompactString>,
    /// Where it can be had (SPDX `downloadLocation`; CycloneDX `distribution`).
    pub download_location: Option<CompactString>,
    /// The scope (CycloneDX): `required`, `optional` or `excluded`.
    pub scope: Option<CompactString>,
    /// Until when it is supported (SPDX `validUntilDate`), as written.
    pub valid_until: Option<CompactString>,
    /// Links.
    pub external_references: Vec<ExternalReference>,
    /// Properties.
    pub properties: Vec<Property>,
    /// The component that it stands inside of, by index in [`Sbom::components`]; `None` at the top.
    pub parent: Option<u32>,
    /// Whether the document describes more of it than this model holds: a model card, cryptographic
    /// properties, data, evidence, pedigree.
    pub has_more: bool,
    /// Its place.
    pub at: Site,
}

impl Component {
    /// Whether it goes by `name`, as its name alone or with its group before it.
    pub fn is_called(&self, name: &str) -> bool {
        let full = self
            .group
            .as_ref()
            .map(|group| format!("{group}/{}", self.name));
        self.name == name || full.as_deref() == Some(name)
    }

    /// Every package URL, the first one first.
    pub fn purls(&self) -> impl Iterator<Item = &str> {
        let further = self
            .identifiers
            .iter()
            .filter(|one| one.kind == IdentifierKind::Purl);
        self.purl
            .as_deref()
            .into_iter()
            .chain(further.map(|one| one.value.as_str()))
    }

    /// Every CPE.
    pub fn cpes(&self) -> impl Iterator<Item = &str> {
        self.identifiers
            .iter()
            .filter(|one| one.kind == IdentifierKind::Cpe)
            .map(|one| one.value.as_str())
    }
}
