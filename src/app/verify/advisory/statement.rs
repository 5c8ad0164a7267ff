//! VEX statements: about the delivered product, complete, signed, and accepted by the agency or not.

use super::signed::{Signed, is_signed_by_agreement};
use super::{VEX, say, say_texts};
use crate::acceptance::finding::{Effect, Finding};
use crate::acceptance::manifest::Vex;
use crate::acceptance::remedy::Claim;
use crate::acceptance::report::Input;
use crate::app::sbom_diff::NamedBytes;
use crate::app::verify::beside::{lies_in_delivery, named, told};
use crate::app::verify::gather::Gathered;
use crate::app::verify::telling::shown;
use crate::app::vex_apply::VexFile;
use crate::app::vex_validate::validate_vex;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::document::scan::StatementView;
use crate::evidence::Citation;
use crate::evidence::vex::{Identifier, Product, Statement, Status, VexDocument, read};
use crate::folder::read_delivered;
use crate::text::Text;
use crate::text::messages::both;
use crate::triage::{Given, Inventory, Triage};

/// The level of trust of the agency's own word (`criteria/vex-precedence.toml`).
const AGENCY: &str = "agency";
/// The level of the supplier.
const SUPPLIER: &str = "supplier";

/// A document of the manifest.
struct Spoken<'m> {
    vex: &'m Vex,
    /// Its path as it is told.
    name: String,
    /// The folder that its path is told from.
    folder: std::path::PathBuf,
    bytes: Vec<u8>,
    sha256: Digest,
    level: String,
    /// What it says; `None` where it cannot be read.
    document: Option<VexDocument>,
    /// How it is signed, once asked.
    signed: Option<Signed>,
    /// Whether a vulnerability that was found is said to be settled by it.
    is_relied_on: bool,
}

impl Spoken<'_> {
    fn is_accepted(&self) -> bool {
        self.level == AGENCY
    }

    /// The supplier owes what is said for it; what is missing of anybody else's word is missing to the judge.
    fn lacking(&self) -> Effect {
        if self.level == SUPPLIER {
            Effect::Fails
        } else {
            Effect::Unverifiable
        }
    }

    fn cite(&self, at: Place) -> Citation {
        Citation {
            sha256: self.sha256,
            file: self.name.clone(),
            at,
        }
    }
}

/// The documents of the manifest.
pub(super) struct Statements<'g, 'm> {
    gathered: &'g Gathered<'m>,
    spoken: Vec<Spoken<'m>>,
    findings: Vec<Finding>,
}

impl<'g, 'm> Statements<'g, 'm> {
    /// Reads the documents; what is wrong with them becomes findings.
    pub(super) fn read(gathered: &'g Gathered<'m>, inputs: &mut Vec<Input>) -> Self {
        let mut statements = Self {
            gathered,
            spoken: Vec::new(),
            findings: Vec::new(),
        };
        for vex in &gathered.request.manifest.vex {
            statements.open(vex, inputs);
        }
        statements
    }

    fn open(&mut self, vex: &'m Vex, inputs: &mut Vec<Input>) {
        let gathered = self.gathered;
        let request = gathered.request;
        let name = named(&vex.named.path);
        let levels = &request.library.precedence.levels;
        let is_level = |wanted: &str| levels.iter().any(|level| level.id == wanted);
        let level = vex.level.as_deref().unwrap_or(SUPPLIER);
        if vex.level.is_some() && !is_level(level) {
            let message = both("verify-vex-level", &[("path", &name), ("level", level)]);
            self.fault(Effect::Unverifiable, &name, message, "vex-trust-unknown");
            return;
        }
        let folder = match &vex.level {
            Some(_) => request.root.clone(),
            None => request.delivered(),
        };
        let on_disk = folder.join(&vex.named.path).display().to_string();
        let bytes = match read_delivered(&on_disk) {
            Ok(bytes) => bytes,
            Err(fault) => {
                let fault = fault.diagnostic();
                let why = told(gathered, &fault);
                let message = both("verify-vex-unreadable", &[("path", &name), ("why", &why)]);
                self.fault(Effect::Unverifiable, &name, message, fault.code);
                return;
            }
        };
        let sha256 = Digest::of(&bytes);
        inputs.push(Input {
            role: "vex",
            path: name.clone(),
            sha256,
        });
        let is_planted = level == AGENCY && lies_in_delivery(gathered, &vex.named.path);
        if is_planted {
            let message = both("verify-vex-agency-delivered", &[("path", &name)]);
            self.fault(Effect::Unverifiable, &name, message, "");
        }
        let level = if is_planted { SUPPLIER } else { level }.to_owned();
        let mut spoken = Spoken {
            vex,
            name,
            folder,
            bytes,
            sha256,
            level,
            document: None,
            signed: None,
            is_relied_on: false,
        };
        match read(&spoken.bytes) {
            Ok((document, _)) => spoken.document = Some(document),
            Err(faults) => {
                let fault = faults.first();
                let why = fault.map(|fault| told(gathered, fault)).unwrap_or_default();
                let arguments = [("path", spoken.name.as_str()), ("why", &why)];
                let message = both("verify-vex-unreadable", &arguments);
                let code = fault.map_or("", |fault| fault.code);
                self.fault(Effect::Unverifiable, &spoken.name, message, code);
            }
        }
        self.spoken.push(spoken);
    }

    fn fault(&mut self, effect: Effect, name: &str, message: Text, code: &str) {
        let mut finding =
            Finding::new(VEX, effect, name, message).distinguished_by(&["document", code]);
        finding.code = (!code.is_empty()).then(|| code.to_owned());
        self.findings.push(finding);
    }

    /// Whether the manifest names no document.
    pub(super) fn is_empty(&self) -> bool {
        self.gathered.request.manifest.vex.is_empty()
    }

    /// How many documents the manifest names.
    pub(super) fn len(&self) -> usize {
        self.gathered.request.manifest.vex.len()
    }

    /// The readable documents for a scan.
    pub(super) fn files(&self) -> Vec<VexFile<'_>> {
        let levels = &self.gathered.request.library.precedence.levels;
        let readable = self.spoken.iter().filter(|one| one.document.is_some());
        let files = readable.map(|one| VexFile {
            file: NamedBytes {
                path: &one.name,
                bytes: &one.bytes,
            },
            trust: levels
                .iter()
                .any(|level| level.id == one.level)
                .then_some(one.level.as_str()),
        });
        files.collect()
    }

    /// What the statement that decides comes to, and why it does not count where it does not.
    pub(super) fn claim(&mut self, vex: Option<&StatementView>) -> (Claim, Text) {
        let none = (Claim::None, Text::default());
        let Some(vex) = vex else { return none };
        let settles = matches!(vex.status, Some(Status::NotAffected | Status::Fixed));
        if !settles || vex.conflict {
            return none;
        }
        let said = |one: &Spoken<'_>| Some(one.sha256) == vex.sha256;
        let accepted = self
            .spoken
            .iter()
            .position(|one| said(one) && one.is_accepted());
        let index = accepted.or_else(|| self.spoken.iter().position(said));
        let Some(spoken) = index.and_then(|index| self.spoken.get_mut(index)) else {
            return none;
        };
        spoken.is_relied_on = true;
        if spoken.is_accepted() {
            return (Claim::Accepted, Text::default());
        }
        if spoken.level != SUPPLIER {
            return (Claim::Unproven, both("verify-vex-stranger", &[]));
        }
        let is_reasoned = vex.justification.is_some() || vex.impact.is_some();
        let is_dated = vex.issued.is_some() || vex.updated.is_some();
        if vex.author.is_none() {
            return (Claim::Unproven, both("verify-vex-no-author", &[]));
        }
        if !is_dated {
            return (Claim::Unproven, both("verify-vex-no-date", &[]));
        }
        if vex.status == Some(Status::NotAffected) && !is_reasoned {
            return (Claim::Unproven, both("verify-vex-no-reason", &[]));
        }
        match signed(self.gathered, spoken) {
            Signed::ByAgreement => (Claim::Unaccepted, Text::default()),
            Signed::No => (Claim::Unproven, both("verify-vex-unsigned", &[])),
            Signed::Refused(why) => {
                let why = say_texts("verify-vex-signature-refused", &[("why", &why)]);
                (Claim::Unproven, why)
            }
            Signed::Open(why) => (Claim::SignatureOpen, why),
        }
    }

    /// What is wrong with the documents, after every claim was asked.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let gathered = self.gathered;
        let inventories: Vec<_> = gathered
            .sboms
            .iter()
            .filter_map(|one| {
                let read = one.read.as_ref().ok()?;
                Some(Inventory::of(&read.sbom, Some(one.sha256)))
            })
            .collect();
        let mut findings = std::mem::take(&mut self.findings);
        for spoken in &mut self.spoken {
            let Some(document) = spoken.document.take() else {
                continue;
            };
            findings.extend(breaches(gathered, spoken));
            findings.extend(binding(gathered, spoken, &document, &inventories));
            findings.extend(lacks(spoken, &document));
            if spoken.level == SUPPLIER {
                findings.extend(unsigned(gathered, spoken));
            }
        }
        findings
    }
}

fn signed(gathered: &Gathered<'_>, spoken: &mut Spoken<'_>) -> Signed {
    if let Some(known) = &spoken.signed {
        return known.clone();
    }
    let path = &spoken.vex.named.path;
    let signed = is_signed_by_agreement(gathered, &spoken.folder, path, &spoken.bytes);
    spoken.signed = Some(signed.clone());
    signed
}

/// A finding on a document, told apart from its others by `what`.
fn about(spoken: &Spoken<'_>, effect: Effect, what: &str, message: Text, at: Place) -> Finding {
    Finding::new(VEX, effect, spoken.name.clone(), message)
        .distinguished_by(&[what])
        .cite(spoken.cite(at))
}

/// That the document breaches its standard.
fn breaches(gathered: &Gathered<'_>, spoken: &Spoken<'_>) -> Option<Finding> {
    let validation = validate_vex(&spoken.name, &spoken.bytes, true).ok()?;
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    let errors: Vec<_> = validation
        .findings
        .iter()
        .map(|one| &one.diagnostic)
        .filter(is_error)
        .collect();
    let first = errors.first()?;
    let why = told(gathered, first);
    let arguments = [
        ("path", spoken.name.clone()),
        ("why", why),
        ("count", errors.len().to_string()),
    ];
    let message = say("verify-vex-invalid", &arguments);
    let mut finding = about(
        spoken,
        spoken.lacking(),
        "invalid",
        message,
        first.at.clone(),
    );
    finding.code = Some(first.code.to_owned());
    Some(finding)
}

/// Whether the document is about what was delivered.
fn binding(
    gathered: &Gathered<'_>,
    spoken: &Spoken<'_>,
    document: &VexDocument,
    inventories: &[Inventory],
) -> Option<Finding> {
    let path = spoken.name.as_str();
    if document.statements.is_empty() {
        let message = both("verify-vex-empty", &[("path", path)]);
        return Some(about(
            spoken,
            Effect::Warns,
            "empty",
            message,
            Place::whole(),
        ));
    }
    if inventories.is_empty() {
        let message = both("verify-vex-without-sbom", &[("path", path)]);
        return Some(about(
            spoken,
            Effect::Unverifiable,
            "unbound",
            message,
            Place::whole(),
        ));
    }
    let given = Given {
        path: spoken.name.clone(),
        digest: spoken.sha256,
        trust: None,
        document: document.clone(),
    };
    let request = gathered.request;
    let precedence = request.library.precedence.clone();
    let triage = Triage::new(vec![given], precedence, Some(request.as_of));
    let mut bound = vec![false; document.statements.len()];
    for inventory in inventories {
        for binding in triage.bind(inventory).bindings() {
            if let Some(slot) = bound.get_mut(binding.statement) {
                *slot = true;
            }
        }
    }
    let unbound = bound.iter().filter(|one| !**one).count();
    if unbound == 0 {
        return None;
    }
    let first = bound.iter().position(|one| !*one);
    let first = first.and_then(|index| document.statements.get(index))?;
    let product = first.products.first();
    let about_what = shown(&product.map_or_else(|| "?".to_owned(), product_name));
    let at = product.map_or_else(|| first.at.clone(), |product| product.at.clone());
    let all = unbound == bound.len();
    let (effect, message) = if all {
        let arguments = [("path", path), ("product", about_what.as_str())];
        (
            spoken.lacking(),
            both("verify-vex-other-product", &arguments),
        )
    } else {
        let arguments = [
            ("path", path.to_owned()),
            ("count", unbound.to_string()),
            ("product", about_what),
        ];
        (Effect::Notes, say("verify-vex-unbound", &arguments))
    };
    Some(about(spoken, effect, "unbound", message, at))
}

/// A product in one word, by what identifies it best.
fn product_name(product: &Product) -> String {
    let name = |one: &Identifier| match one {
        Identifier::Purl(text) | Identifier::Cpe(text) => Some((0, text.clone())),
        Identifier::Named { name, version, .. } => {
            let version = version.as_deref().unwrap_or_default();
            Some((1, format!("{name} {version}").trim().to_owned()))
        }
        Identifier::BomLink { serial, .. } => Some((2, format!("urn:cdx:{serial}"))),
        Identifier::Reference(text) | Identifier::Other(text) => Some((3, text.clone())),
        Identifier::Hash(algorithm, value) => Some((4, format!("{algorithm}:{value}"))),
        Identifier::Vers(_) | Identifier::Version(_) => None,
    };
    let names = product.identifiers.iter().filter_map(name);
    names.min().map_or_else(|| "?".to_owned(), |(_, name)| name)
}

/// What statements of no effect lack (CL-18: author, justification and date).
fn lacks(spoken: &Spoken<'_>, document: &VexDocument) -> Vec<Finding> {
    let path = spoken.name.as_str();
    let mut findings = Vec::new();
    let denied = |one: &&Statement| one.status == Status::NotAffected;
    if document.author.is_none() {
        let message = both("verify-vex-lacks-author", &[("path", path)]);
        findings.push(about(
            spoken,
            spoken.lacking(),
            "author",
            message,
            Place::whole(),
        ));
    }
    let mut add = |what, key: fn(&[(&str, String)]) -> Text, lacking: Vec<&Statement>| {
        let Some(first) = lacking.first() else { return };
        let id = first.vulnerability.first().map(String::as_str);
        let arguments = [
            ("path", path.to_owned()),
            ("count", lacking.len().to_string()),
            ("id", shown(id.unwrap_or("?"))),
        ];
        findings.push(about(
            spoken,
            spoken.lacking(),
            what,
            key(&arguments),
            first.at.clone(),
        ));
    };
    let statements = || document.statements.iter();
    let undated = statements().filter(|one| one.issued.is_none() && one.updated.is_none());
    add(
        "date",
        |arguments| say("verify-vex-lacks-date", arguments),
        undated.collect(),
    );
    let unreasoned = statements()
        .filter(denied)
        .filter(|one| one.justification.is_none() && one.impact.is_none());
    add(
        "reason",
        |arguments| say("verify-vex-lacks-reason", arguments),
        unreasoned.collect(),
    );
    findings
}

/// That a statement of the supplier is not signed by agreement. It fails where somebody relies on it.
fn unsigned(gathered: &Gathered<'_>, spoken: &mut Spoken<'_>) -> Option<Finding> {
    let (message, effect) = match signed(gathered, spoken) {
        Signed::ByAgreement => return None,
        Signed::No => {
            let message = both("verify-vex-not-signed", &[("path", &spoken.name)]);
            (message, Effect::Fails)
        }
        Signed::Refused(why) => (
            with_why("verify-vex-badly-signed", spoken, &why),
            Effect::Fails,
        ),
        Signed::Open(why) => (
            with_why("verify-vex-signature-open", spoken, &why),
            Effect::Unverifiable,
        ),
    };
    let effect = if spoken.is_relied_on {
        effect
    } else {
        Effect::Warns
    };
    Some(about(spoken, effect, "signature", message, Place::whole()))
}

fn with_why(key: &str, spoken: &Spoken<'_>, why: &Text) -> Text {
    let name = Text {
        ja: spoken.name.clone(),
        en: spoken.name.clone(),
    };
    say_texts(key, &[("path", &name), ("why", why)])
}
