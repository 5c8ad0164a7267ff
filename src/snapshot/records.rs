//! The imported records as they came, packed: what a finding cites, and what a later import starts from.
//!
//! A run of frames, each with its length in front; in a frame, records one after another, compressed
//! together. The order is that of the import, so that the same import gives the same bytes.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use super::damaged;
use crate::diagnostic::Diagnostic;
use crate::digest::Digester;
use crate::pages::Part;

/// From this many bytes on a frame is closed.
const FRAME_BYTES: usize = 4 * 1024 * 1024;

/// The largest frame that is read: one record may be as large as a file of evidence.
const MAXIMUM_FRAME_BYTES: u64 = crate::evidence::MAXIMUM_BYTES + 64 * 1024 * 1024;

/// The effort of compression: the library's default.
const LEVEL: i32 = 3;

/// A record in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// The number of the source that it came with.
    pub source: u32,
    /// The path inside of the source.
    pub path: String,
    /// The bytes as they came.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Writes records into frames.
pub(super) struct Packer<W> {
    sink: W,
    open: Vec<Packed>,
    open_bytes: usize,
    written: u64,
    digest: Digester,
}

impl<W: Write> Packer<W> {
    pub(super) fn new(sink: W) -> Self {
        Self {
            sink,
            open: Vec::new(),
            open_bytes: 0,
            written: 0,
            digest: Digester::default(),
        }
    }

    pub(super) fn push(&mut self, record: Packed) -> io::Result<()> {
        self.open_bytes += record.bytes.len();
        self.open.push(record);
        if self.open_bytes >= FRAME_BYTES {
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let plain = super::stored::encode(&self.open);
        self.open.clear();
        self.open_bytes = 0;
        let packed = zstd::bulk::compress(&plain, LEVEL)?;
        for bytes in [
            (packed.len() as u64).to_le_bytes().as_slice(),
            (plain.len() as u64).to_le_bytes().as_slice(),
            &packed,
        ] {
            self.sink.write_all(bytes)?;
            self.digest.update(bytes);
            self.written += bytes.len() as u64;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<(Part, W)> {
        self.close()?;
        self.sink.flush()?;
        let part = Part {
            offset: 0,
            bytes: self.written,
            sha256: Some(self.digest.finish()),
        };
        Ok((part, self.sink))
    }
}

/// Reads frames back, one at a time, and holds the whole to the digest that the manifest names.
pub struct Records<R> {
    source: R,
    part: Part,
    left: u64,
    digest: Digester,
}

impl<R: Read> Records<R> {
    /// Reads what a manifest calls its records.
    pub fn new(source: R, part: Part) -> Self {
        Self {
            source,
            part,
            left: part.bytes,
            digest: Digester::default(),
        }
    }

    /// The records of the next frame; `None` behind the last, when all of them are what was imported.
    ///
    /// What came before is vouched for only then: nothing may be kept of it earlier.
    ///
    /// # Errors
    ///
    /// `feed-damaged` where a frame cannot be read, or the whole is not what the manifest says.
    pub fn next_frame(&mut self) -> Result<Option<Vec<Packed>>, Diagnostic> {
        if self.left == 0 {
            return if self.part.sha256 == Some(self.digest.clone().finish()) {
                Ok(None)
            } else {
                Err(damaged("its records were altered"))
            };
        }
        let broken = |_| damaged("its records are cut short");
        let (mut packed, mut plain) = ([0; 8], [0; 8]);
        self.source.read_exact(&mut packed).map_err(broken)?;
        self.source.read_exact(&mut plain).map_err(broken)?;
        self.digest.update(&packed);
        self.digest.update(&plain);
        let (packed, plain) = (u64::from_le_bytes(packed), u64::from_le_bytes(plain));
        let left = self
            .left
            .checked_sub(16)
            .and_then(|left| left.checked_sub(packed));
        let (Some(left), true) = (left, plain <= MAXIMUM_FRAME_BYTES) else {
            return Err(damaged("a frame of its records has an impossible length"));
        };
        self.left = left;
        let mut bytes = Vec::new();
        self.source
            .by_ref()
            .take(packed)
            .read_to_end(&mut bytes)
            .map_err(broken)?;
        self.digest.update(&bytes);
        let capacity = usize::try_from(plain).unwrap_or(usize::MAX);
        let unpacked = zstd::bulk::decompress(&bytes, capacity)
            .map_err(|_| damaged("a frame of its records cannot be unpacked"))?;
        super::stored::decode(&unpacked).map(Some)
    }
}

/// Copies records to `sink` while it holds them to their length and digest.
///
/// # Errors
///
/// `feed-damaged` in the inner result where they are not what the manifest says; an error of the sink or
/// of the system in the outer one.
pub fn check_records(
    source: &mut dyn Read,
    part: Part,
    sink: &mut dyn Write,
) -> io::Result<Result<(), Diagnostic>> {
    let mut digest = Digester::default();
    let mut left = part.bytes;
    let mut chunk = vec![0; 1 << 20];
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        let Some(into) = chunk.get_mut(..most) else {
            break;
        };
        let read = match source.read(into) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Ok(Err(damaged("its records cannot be read"))),
        };
        if read == 0 {
            return Ok(Err(damaged("its records are cut short")));
        }
        let bytes = into.get(..read).unwrap_or_default();
        digest.update(bytes);
        sink.write_all(bytes)?;
        left = left.saturating_sub(read as u64);
    }
    Ok(if part.sha256 == Some(digest.finish()) {
        Ok(())
    } else {
        Err(damaged("its records were altered"))
    })
}
