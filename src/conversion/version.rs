//! One version of CycloneDX rewritten as another, on the document itself, so that all of it is kept.
//!
//! Versions grow: what an older one says stays legal in 1.6 and 1.7, though some of it is deprecated. Two
//! things need a hand on the way up: lists that mix licenses with expressions, which 1.5 and 1.6 do not
//! allow, and the signature over the document, which ends with its bytes. On the way down to 1.6 goes
//! what 1.7 added. Source: the JSON schemas of CycloneDX 1.2 to 1.7, compared with each other.

use super::form::is_cpe_of_xml;
use super::json::Json;
use super::loss::Losses;
use super::trail::Trail;
use crate::tape::{Item, Shape, Step, Tape};

/// Members that 1.7 added, by the key under which their object or the list of it stands; no key for
/// those whose name is enough.
const ADDED_IN_1_7: [(Option<&str>, &str); 26] = [
    (Some(""), "citations"),
    (Some("definitions"), "patents"),
    (Some("metadata"), "distributionConstraints"),
    (None, "isExternal"),
    (None, "versionRange"),
    (None, "patentAssertions"),
    (None, "tlsGroups"),
    (None, "tlsSignatureSchemes"),
    (None, "algorithmFamily"),
    (None, "ellipticCurve"),
    (None, "relatedCryptographicAssets"),
    (None, "expressionDetails"),
    (Some("certificateProperties"), "serialNumber"),
    (Some("certificateProperties"), "certificateFileExtension"),
    (Some("certificateProperties"), "fingerprint"),
    (Some("certificateProperties"), "certificateState"),
    (Some("certificateProperties"), "creationDate"),
    (Some("certificateProperties"), "activationDate"),
    (Some("certificateProperties"), "deactivationDate"),
    (Some("certificateProperties"), "revocationDate"),
    (Some("certificateProperties"), "destructionDate"),
    (Some("certificateProperties"), "certificateExtensions"),
    (Some("relatedCryptoMaterialProperties"), "fingerprint"),
    (Some("externalReferences"), "properties"),
    // Beside an expression; a license object has had both since 1.5.
    (Some("licenses"), "licensing"),
    (Some("licenses"), "properties"),
];

/// Words that 1.7 added to a list of words which has `other` in 1.6: the key of the object or list, the
/// member, the word.
const WORDS_OF_1_7: [(&str, &str, &str); 11] = [
    ("externalReferences", "type", "citation"),
    ("externalReferences", "type", "patent"),
    ("externalReferences", "type", "patent-assertion"),
    ("externalReferences", "type", "patent-family"),
    ("algorithmProperties", "primitive", "key-wrap"),
    ("protocolProperties", "type", "5g-aka"),
    ("protocolProperties", "type", "dtls"),
    ("protocolProperties", "type", "eap-aka"),
    ("protocolProperties", "type", "eap-aka-prime"),
    ("protocolProperties", "type", "prins"),
    ("protocolProperties", "type", "quic"),
];

/// Hash algorithms that 1.7 added.
const HASHES_OF_1_7: [&str; 2] = ["Streebog-256", "Streebog-512"];

/// The transforms of `IKEv2`: names of algorithms until 1.6, objects with an algorithm in 1.7.
const IKE_TRANSFORMS: [&str; 5] = ["encr", "prf", "integ", "ke", "auth"];

/// What a document is rewritten to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rewrite<'a> {
    /// The version of the source.
    pub(super) from: &'a str,
    /// The version of the target.
    pub(super) to: &'static str,
    /// Whether the source is JSON.
    pub(super) of_json: bool,
    /// Whether what is written becomes XML.
    pub(super) is_xml: bool,
}

impl Rewrite<'_> {
    /// Writes the document as JSON of the target's version.
    pub(super) fn of(self, tape: &Tape<'_>, losses: &mut Losses) -> String {
        let mut walk = Walk {
            rewrite: self,
            json: Json::default(),
            losses,
            trail: Trail::new(tape),
        };
        walk.document(tape.root());
        walk.json.finish()
    }

    fn stays_json(self) -> bool {
        self.of_json && !self.is_xml
    }

    /// Whether the target is older than the source may be.
    fn goes_down(self) -> bool {
        self.from == "1.7" && self.to == "1.6"
    }
}

struct Walk<'l, 't> {
    rewrite: Rewrite<'l>,
    json: Json,
    losses: &'l mut Losses,
    trail: Trail<'t>,
}

impl<'t> Walk<'_, 't> {
    fn document(&mut self, root: Item<'t>) {
        let version = self.rewrite.to;
        self.json.table(None);
        let schema = format!("http://cyclonedx.org/schema/bom-{version}.schema.json");
        self.json.member("$schema", &schema);
        self.json.member("bomFormat", "CycloneDX");
        self.json.member("specVersion", version);
        for member in root.children() {
            match member.key().unwrap_or_default() {
                "$schema" | "bomFormat" | "specVersion" => {}
                "signature" if self.rewrite.from != version || !self.rewrite.stays_json() => {
                    let start = self.trail.step(Step::Key("signature"));
                    self.lose(
                        "signature of the document",
                        "it holds for the source as it was; sign the target anew",
                        member,
                    );
                    self.trail.back(start);
                }
                key => self.member("", key, member),
            }
        }
        self.json.end();
    }

    /// Writes a member of an object that stands, itself or in a list, under the key `owner`.
    fn member(&mut self, owner: &str, key: &'t str, member: Item<'t>) {
        let start = self.trail.step(Step::Key(key));
        if key == "signature" && member.shape() == Shape::Table && !self.keeps_signatures() {
            self.lose(
                "signature of an element",
                "it is made over the JSON of the source; sign the target anew",
                member,
            );
        } else if self.rewrite.goes_down() && is_added(owner, key) {
            let name = key;
            self.lose(name, "CycloneDX 1.6 does not know it", member);
        } else if key == "cpe"
            && self.rewrite.is_xml
            && member.text().is_some_and(|cpe| !is_cpe_of_xml(cpe))
        {
            let reason = "XML of CycloneDX demands the form of a CPE name";
            self.lose("a CPE that is none", reason, member);
        } else if key == "licenses" && member.shape() == Shape::List {
            self.licenses(member);
        } else if key == "license" && is_nameless(member) {
            self.nameless(member);
        } else if self.rewrite.goes_down() {
            self.older(owner, key, member);
        } else {
            self.value(Some(key), key, member);
        }
        self.trail.back(start);
    }

    /// Writes a value; `owner` is the key under which it stands, itself or in a list.
    fn value(&mut self, key: Option<&str>, owner: &'t str, item: Item<'t>) {
        match item.shape() {
            Shape::Table => {
                self.json.table(key);
                for member in item.children() {
                    self.member(owner, member.key().unwrap_or_default(), member);
                }
                self.json.end();
            }
            Shape::List => {
                self.json.list(key);
                self.items(item, |walk, one| walk.value(None, owner, one));
                self.json.end();
            }
            _ => self.json.scalar(key, item),
        }
    }

    fn items(&mut self, list: Item<'t>, mut write: impl FnMut(&mut Self, Item<'t>)) {
        for (position, item) in list.items().enumerate() {
            let start = self.trail.step(Step::Position(position));
            write(self, item);
            self.trail.back(start);
        }
    }

    /// Writes what 1.6 knows, but not with every value of 1.7.
    fn older(&mut self, owner: &str, key: &'t str, member: Item<'t>) {
        let is_new = |word: &str| {
            WORDS_OF_1_7
                .iter()
                .any(|(of, name, new)| *of == owner && *name == key && *new == word)
        };
        if let Some(word) = member.text().filter(|word| is_new(word)) {
            let what = format!("the {key} {word}");
            self.lose(
                &what,
                "CycloneDX 1.6 does not know it; `other` is written",
                member,
            );
            self.json.member(key, "other");
        } else if key == "hashes" && member.shape() == Shape::List {
            self.json.list(Some(key));
            self.items(member, |walk, hash| {
                let algorithm = hash.get_text("alg").unwrap_or_default();
                if HASHES_OF_1_7.contains(&algorithm) {
                    let what = format!("{algorithm} hash");
                    walk.lose(&what, "CycloneDX 1.6 does not know the algorithm", hash);
                } else {
                    walk.value(None, "hashes", hash);
                }
            });
            self.json.end();
        } else if owner == "ikev2TransformTypes" && IKE_TRANSFORMS.contains(&key) {
            self.json.list(Some(key));
            self.items(member, |walk, one| {
                if let Some(algorithm) = one.text().or_else(|| one.get_text("algorithm")) {
                    walk.json.text(None, algorithm);
                }
                if one.children().any(|part| part.key() != Some("algorithm")) {
                    let reason = "CycloneDX 1.6 only knows the reference to its algorithm";
                    walk.lose("details of an IKEv2 transform", reason, one);
                }
            });
            self.json.end();
        } else {
            self.value(Some(key), key, member);
        }
    }

    /// Writes a list of licenses and expressions.
    ///
    /// Until 1.4 and from 1.7 on both may stand in one list; in 1.5 and 1.6 an expression stands alone.
    fn licenses(&mut self, list: Item<'t>) {
        let is_expression = |one: &Item<'t>| one.get("expression").is_some();
        let mixes = list.items().count() > 1 && list.items().any(|one| is_expression(&one));
        if self.rewrite.to != "1.6" || !mixes {
            self.value(Some("licenses"), "licenses", list);
            return;
        }
        self.json.list(Some("licenses"));
        self.items(list, |walk, one| {
            let Some(expression) = one.get_text("expression") else {
                walk.value(None, "licenses", one);
                return;
            };
            walk.lose(
                "license expression beside other licenses",
                "in CycloneDX 1.6 an expression stands alone; it is written as the name of a license",
                one,
            );
            walk.json.table(None);
            walk.json.table(Some("license"));
            walk.json.member("name", expression);
            let acknowledgement = one.get_text("acknowledgement");
            walk.json.option("acknowledgement", acknowledgement);
            walk.json.option("bom-ref", one.get_text("bom-ref"));
            walk.json.end();
            walk.json.end();
        });
        self.json.end();
    }

    /// Writes a license that has neither identifier nor name, which 1.2 in XML allows.
    fn nameless(&mut self, license: Item<'t>) {
        let reason = "CycloneDX 1.6 demands an identifier or a name; its address stands for it";
        self.lose("a license without a name", reason, license);
        self.json.table(Some("license"));
        let name = license.get_text("url").unwrap_or("NOASSERTION");
        self.json.member("name", name);
        for member in license.children() {
            self.member("license", member.key().unwrap_or_default(), member);
        }
        self.json.end();
    }

    fn keeps_signatures(&self) -> bool {
        self.rewrite.stays_json() && !self.rewrite.goes_down()
    }

    fn lose(&mut self, what: &str, reason: &str, item: Item<'t>) {
        let trail = &mut self.trail;
        self.losses.add(what, reason, || trail.place(item));
    }
}

fn is_added(owner: &str, key: &str) -> bool {
    ADDED_IN_1_7
        .iter()
        .any(|(of, name)| *name == key && of.is_none_or(|of| of == owner))
}

fn is_nameless(license: Item<'_>) -> bool {
    license.shape() == Shape::Table && license.get("id").is_none() && license.get("name").is_none()
}
