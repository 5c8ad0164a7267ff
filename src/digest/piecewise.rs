//! Digests by several algorithms, computed piece by piece in one reading.

use std::fmt;

use blake2::digest::consts::{U32, U48};
use sha1::Digest as Newer;

use super::{Algorithm, Digest, Digester};

/// The digests of bytes that are taken piece by piece: SHA-256, and those that are asked for.
pub struct Digesters {
    sha256: Digester,
    /// In the order in which they are asked for; `None` for SHA-256, which is there already.
    others: Vec<Option<Box<dyn Piecewise>>>,
    bytes: u64,
}

impl Digesters {
    /// Begins with no bytes.
    pub fn new(algorithms: &[Algorithm]) -> Self {
        let others = algorithms.iter().map(|one| match one {
            Algorithm::Sha256 => None,
            other => Some(begin(*other)),
        });
        Self {
            sha256: Digester::default(),
            others: others.collect(),
            bytes: 0,
        }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        for one in self.others.iter_mut().flatten() {
            one.update(bytes);
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(length);
    }

    /// What all the bytes have.
    pub fn finish(self) -> Digested {
        let sha256 = self.sha256.finish();
        let others = self.others.into_iter();
        let digests = others.map(|one| one.map_or_else(|| sha256.hex(), Piecewise::finish));
        Digested {
            sha256,
            digests: digests.collect(),
            bytes: self.bytes,
        }
    }
}

impl fmt::Debug for Digesters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digesters({} bytes)", self.bytes)
    }
}

/// How many bytes were taken, and their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digested {
    /// SHA-256.
    pub sha256: Digest,
    /// The digests in the order in which they were asked for, in lower-case hexadecimal digits.
    pub digests: Vec<String>,
    /// How many bytes there were.
    pub bytes: u64,
}

impl Digested {
    /// The digests of bytes that are at hand.
    pub fn of(bytes: &[u8], algorithms: &[Algorithm]) -> Self {
        let mut digesters = Digesters::new(algorithms);
        digesters.update(bytes);
        digesters.finish()
    }
}

trait Piecewise: Send {
    fn update(&mut self, bytes: &[u8]);
    fn finish(self: Box<Self>) -> String;
}

/// An algorithm of the generation of packages that `sha2` belongs to.
struct Older<D>(D);
/// An algorithm of the generation after it.
struct Later<D>(D);
struct Blake3(blake3::Hasher);

impl<D: sha2::Digest + Send> Piecewise for Older<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> String {
        hex::encode(self.0.finalize())
    }
}

impl<D: Newer + Send> Piecewise for Later<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> String {
        hex::encode(self.0.finalize())
    }
}

impl Piecewise for Blake3 {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

fn begin(algorithm: Algorithm) -> Box<dyn Piecewise> {
    fn older<D: sha2::Digest + Send + 'static>() -> Box<dyn Piecewise> {
        Box::new(Older(D::new()))
    }
    fn later<D: Newer + Send + 'static>() -> Box<dyn Piecewise> {
        Box::new(Later(D::new()))
    }
    match algorithm {
        Algorithm::Md5 => later::<md5::Md5>(),
        Algorithm::Sha1 => later::<sha1::Sha1>(),
        Algorithm::Sha224 => older::<sha2::Sha224>(),
        Algorithm::Sha256 => older::<sha2::Sha256>(),
        Algorithm::Sha384 => older::<sha2::Sha384>(),
        Algorithm::Sha512 => older::<sha2::Sha512>(),
        Algorithm::Sha3x256 => later::<sha3::Sha3_256>(),
        Algorithm::Sha3x384 => later::<sha3::Sha3_384>(),
        Algorithm::Sha3x512 => later::<sha3::Sha3_512>(),
        Algorithm::Blake2bx256 => later::<blake2::Blake2b<U32>>(),
        Algorithm::Blake2bx384 => later::<blake2::Blake2b<U48>>(),
        Algorithm::Blake2bx512 => later::<blake2::Blake2b512>(),
        Algorithm::Blake3 => Box::new(Blake3(blake3::Hasher::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_the_digests_of_the_whole() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let algorithms = Algorithm::NAMES.map(|(algorithm, _)| algorithm);
        let mut digesters = Digesters::new(&algorithms);
        for piece in bytes.chunks(7) {
            digesters.update(piece);
        }
        let found = digesters.finish();
        assert_eq!(found.sha256, Digest::of(&bytes));
        assert_eq!(found.bytes, 1000);
        let whole = algorithms.map(|one| one.hex_of(&bytes));
        assert_eq!(found.digests, whole);
    }
}
