//! The signature object: JSF, section 5, read strictly.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::digest::Algorithm;
use crate::evidence::signature::CheckName;
use crate::evidence::signature::inside::{Hint, Method, Refusal};
use crate::evidence::signature::jwk;

/// The most signatures of one document.
const MAXIMUM_SIGNATURES: usize = 64;
/// The most certificates of one path.
const MAXIMUM_CERTIFICATES: usize = 16;

/// How the signatures stand in a document.
#[derive(Debug)]
pub(super) enum Form {
    /// One.
    One(Core),
    /// Several, each of its own (section 8).
    Signers(Vec<Core>),
    /// Several, each over those before it too (section 9).
    Chain(Vec<Core>),
}

/// One signature.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) method: Method,
    pub(super) key_id: Option<String>,
    pub(super) hint: Hint,
    pub(super) value: Vec<u8>,
    /// The object as it stands in the document.
    written: Map<String, Value>,
}

impl Form {
    /// Reads the member `signature`.
    ///
    /// # Errors
    ///
    /// A refusal by [`CheckName::Structure`], or by [`CheckName::Algorithm`] where that is not admitted.
    pub(super) fn read(member: &Value) -> Result<Self, Refusal> {
        let Value::Object(members) = member else {
            return Err(Refusal::structure("the member `signature` is no object"));
        };
        for name in ["excludes", "extensions"] {
            if members.contains_key(name) {
                return Err(unadmitted(name));
            }
        }
        for name in ["signers", "chain"] {
            let Some(list) = members.get(name) else {
                continue;
            };
            if members.len() > 1 {
                return Err(Refusal::structure(format!(
                    "something stands beside `{name}` in the signature"
                )));
            }
            let list = list.as_array().filter(|list| !list.is_empty());
            let list = list
                .ok_or_else(|| Refusal::structure(format!("`{name}` is no list of signatures")))?;
            if list.len() > MAXIMUM_SIGNATURES {
                return Err(Refusal::structure(format!(
                    "there are more than {MAXIMUM_SIGNATURES} signatures"
                )));
            }
            let cores = list.iter().map(Core::read).collect::<Result<_, _>>()?;
            return Ok(if name == "chain" {
                Self::Chain(cores)
            } else {
                Self::Signers(cores)
            });
        }
        Core::read(member).map(Self::One)
    }

    /// The signatures in their order.
    pub(super) fn cores(&self) -> &[Core] {
        match self {
            Self::One(core) => std::slice::from_ref(core),
            Self::Signers(cores) | Self::Chain(cores) => cores,
        }
    }

    /// The member `signature` as the signature at `index` covers it.
    pub(super) fn signed(&self, index: usize) -> Value {
        let without_value = |core: &Core| {
            let mut members = core.written.clone();
            members.remove("value");
            Value::Object(members)
        };
        let own = self
            .cores()
            .get(index)
            .map(without_value)
            .unwrap_or_default();
        match self {
            Self::One(_) => own,
            Self::Signers(_) => json!({ "signers": [own] }),
            Self::Chain(cores) => {
                let before = cores.iter().take(index);
                let before = before.map(|core| Value::Object(core.written.clone()));
                json!({ "chain": before.chain([own]).collect::<Vec<_>>() })
            }
        }
    }
}

impl Core {
    fn read(value: &Value) -> Result<Self, Refusal> {
        let Value::Object(members) = value else {
            return Err(Refusal::structure("a signature is no object"));
        };
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(Refusal::structure(format!("`{name}` is no text"))),
        };
        let mut hint = Hint::default();
        for (name, value) in members {
            match name.as_str() {
                "algorithm" | "keyId" | "value" => {}
                "publicKey" => match value.as_object().map(jwk::of_members) {
                    Some(Ok(key)) => hint.key = Some(key),
                    Some(Err(_)) => hint.is_unreadable = true,
                    None => return Err(Refusal::structure("`publicKey` is no object")),
                },
                "certificatePath" => {
                    hint.certificates = certificates(value)?;
                    hint.leaves = 1;
                }
                other => return Err(unadmitted(other)),
            }
        }
        let method = method(text("algorithm")?.unwrap_or_default())?;
        let value = text("value")?.unwrap_or_default();
        let value = BASE64_URL_SAFE_NO_PAD
            .decode(value)
            .ok()
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::structure("`value` is no signature in base64url"))?;
        Ok(Self {
            method,
            key_id: text("keyId")?.map(str::to_owned),
            hint,
            value,
            written: members.clone(),
        })
    }
}

fn unadmitted(name: &str) -> Refusal {
    Refusal::structure(match name {
        "excludes" => {
            "the signature excludes members of the document, so part of it is not signed".to_owned()
        }
        other => format!("the signature has a member `{other}`, which is not understood"),
    })
}

fn certificates(value: &Value) -> Result<Vec<Vec<u8>>, Refusal> {
    let malformed = || Refusal::structure("`certificatePath` is no list of certificates");
    let path = value
        .as_array()
        .filter(|path| (1..=MAXIMUM_CERTIFICATES).contains(&path.len()));
    path.ok_or_else(malformed)?
        .iter()
        .map(|one| {
            let text = one.as_str()?;
            let plain = BASE64_STANDARD.decode(text);
            plain.or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(text)).ok()
        })
        .collect::<Option<_>>()
        .ok_or_else(malformed)
}

/// The method that JWA names so (RFC 7518, section 3.1; Ed25519 as JSF names it).
fn method(name: &str) -> Result<Method, Refusal> {
    use Algorithm::{Sha256, Sha384, Sha512};
    Ok(match name {
        "ES256" => Method::EcdsaOfItsCurve(Sha256),
        "ES384" => Method::EcdsaOfItsCurve(Sha384),
        "ES512" => Method::EcdsaOfItsCurve(Sha512),
        "RS256" => Method::RsaPkcs1(Sha256),
        "RS384" => Method::RsaPkcs1(Sha384),
        "RS512" => Method::RsaPkcs1(Sha512),
        "PS256" => Method::RsaPss(Sha256),
        "PS384" => Method::RsaPss(Sha384),
        "PS512" => Method::RsaPss(Sha512),
        "Ed25519" => Method::Ed25519,
        "" => return Err(Refusal::structure("the signature names no algorithm")),
        "HS256" | "HS384" | "HS512" => {
            return Err(Refusal::new(
                CheckName::Algorithm,
                format!("`{name}` is made with a shared secret, so it proves no signer"),
            ));
        }
        other => {
            return Err(Refusal::new(
                CheckName::Algorithm,
                format!("the algorithm `{other}` is not admitted"),
            ));
        }
    })
}
