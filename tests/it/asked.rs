//! A question about one signature, in few words: what tests ask most often.

use mekiki::app::Refused;
use mekiki::app::signature::{SignatureRequest, verify_signature};
use mekiki::digest::Digest;
use mekiki::evidence::signature::{Artifact, Expected, Material, Verification};
use mekiki::time::Timestamp;

/// The time of judgment of every test that does not name one: 2026-11-01T00:00:00Z.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_793_491_200).expect("the calendar holds it")
}

/// Trust material under the name `name`.
pub(crate) fn material<'a>(name: &'a str, bytes: &'a [u8]) -> Material<'a> {
    Material { name, bytes }
}

/// What is asked about one signature.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) artifact: Option<&'a [u8]>,
    pub(crate) digest: Option<Digest>,
    pub(crate) bundle: Option<&'a [u8]>,
    pub(crate) signature: Option<&'a [u8]>,
    pub(crate) trusted_root: Option<&'a [u8]>,
    pub(crate) identity: Option<(&'a str, &'a str)>,
    pub(crate) key: Option<&'a [u8]>,
}

impl<'a> Asked<'a> {
    /// The request that it stands for.
    pub(crate) fn request(&self) -> SignatureRequest<'a> {
        let artifact = match (self.artifact, self.digest) {
            (Some(bytes), _) => Artifact::of_bytes(bytes),
            (None, Some(digest)) => {
                Artifact::parse_digest(&format!("sha256:{digest}")).expect("a digest is one")
            }
            (None, None) => Artifact::default(),
        };
        let exact = |text: &str| Expected::Exact(text.to_owned());
        SignatureRequest {
            signature: self
                .bundle
                .or(self.signature)
                .map(|bytes| material("signature", bytes)),
            kind: self
                .bundle
                .map(|_| mekiki::evidence::signature::Kind::Sigstore),
            trusted_root: self.trusted_root.map(|bytes| material("root", bytes)),
            keys: self
                .key
                .map(|bytes| material("key", bytes))
                .into_iter()
                .collect(),
            identity: self.identity.map(|(identity, _)| exact(identity)),
            issuer: self.identity.map(|(_, issuer)| exact(issuer)),
            ..SignatureRequest::new(artifact, now())
        }
    }

    /// The answer.
    pub(crate) fn verify(&self) -> Result<Verification, Refused> {
        verify_signature(&self.request())
    }
}
