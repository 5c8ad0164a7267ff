//! What container bytes are, and the decoders of those that are a compressed stream.

use std::io::{self, BufRead, Read};

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// zip, and what is one: jar, war, whl, nupkg, apk.
    Zip,
    /// tar.
    Tar,
    /// A Debian package.
    Debian,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

impl Container {
    /// Names a container by its bytes.
    ///
    /// Sources: APPNOTE 6.3.10, 4.3.7 and 4.3.16 (zip); POSIX.1-2017 `pax` (tar); deb(5); RFC 1952 (gzip);
    /// RFC 8878 (zstd); the .xz file format 1.2.1, 2.1.1.1; the bzip2 file format.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        const DEBIAN: &[u8] = b"!<arch>\ndebian-binary";
        match bytes {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [
                b'B',
                b'Z',
                b'h',
                b'1'..=b'9',
                0x31,
                0x41,
                0x59,
                0x26,
                0x53,
                0x59,
                ..,
            ] => Some(Self::Bzip2),
            _ if bytes.starts_with(DEBIAN) => Some(Self::Debian),
            _ if is_tar(bytes) => Some(Self::Tar),
            _ => None,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Debian => "deb",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }

    /// A reader of what is compressed; concatenated streams are one.
    pub(super) fn decoder<'r>(self, packed: impl BufRead + 'r) -> io::Result<Box<dyn Read + 'r>> {
        /// Memory for the dictionary of xz, in KiB; `xz -9` takes 64 MiB.
        const XZ_MEMORY: u32 = 256 * 1024;
        /// The largest window of zstd, as a power of two: that of `zstd --ultra -22`.
        const ZSTD_WINDOW: u32 = 27;
        Ok(match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
                decoder.window_log_max(ZSTD_WINDOW)?;
                Box::new(decoder)
            }
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, XZ_MEMORY)),
            Self::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
            Self::Zip | Self::Tar | Self::Debian => Box::new(packed),
        })
    }
}

/// Whether a block is the header of a tar: its mark, or for tars before POSIX its checksum.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(..512) else {
        return false;
    };
    if block.get(257..262) == Some(b"ustar") {
        return true;
    }
    let written = block
        .get(148..156)
        .and_then(|digits| std::str::from_utf8(digits).ok())
        .map(|digits| digits.trim_matches([' ', '\0']))
        .and_then(|digits| u32::from_str_radix(digits, 8).ok());
    // The field of the checksum counts as eight spaces.
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(index, byte)| {
            if (148..156).contains(&index) {
                u32::from(b' ')
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    block.first() != Some(&0) && written == Some(sum)
}
