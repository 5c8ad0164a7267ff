//! Packets, their framing and the two that are read here: signatures and public keys.
//!
//! Source: RFC 9580, sections 4.2 and 5.2. The content of a packet is read by the package `pgp`; what it
//! does not write back byte by byte is not read at all, so that no two encodings say the same and nothing of
//! what is hashed was lost.

use pgp::packet::{PacketHeader, PublicKey, PublicSubkey, Signature};
use pgp::ser::Serialize;
use pgp::types::Tag;

/// The types of packets (RFC 9580, section 5).
pub(super) mod tag {
    pub(crate) const SIGNATURE: u8 = 2;
    pub(crate) const SECRET_KEY: u8 = 5;
    pub(crate) const PUBLIC_KEY: u8 = 6;
    pub(crate) const SECRET_SUBKEY: u8 = 7;
    pub(crate) const MARKER: u8 = 10;
    pub(crate) const TRUST: u8 = 12;
    pub(crate) const USER_ID: u8 = 13;
    pub(crate) const PUBLIC_SUBKEY: u8 = 14;
    pub(crate) const USER_ATTRIBUTE: u8 = 17;
    pub(crate) const PADDING: u8 = 21;
}

/// No file has more packets; a certificate with ten thousand signatures of others is one of spam.
const MAXIMUM_PACKETS: usize = 10_000;

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    /// Its type.
    pub(super) tag: u8,
    /// What stands behind its header.
    pub(super) body: &'a [u8],
}

/// Splits `bytes` into packets. Lengths that are partial or left open are for streamed data only.
///
/// # Errors
///
/// What is wrong with the first packet that cannot be told from the next.
pub(super) fn split(mut bytes: &[u8]) -> Result<Vec<Packet<'_>>, String> {
    let mut packets = Vec::new();
    while !bytes.is_empty() {
        if packets.len() >= MAXIMUM_PACKETS {
            return Err(format!("it has more than {MAXIMUM_PACKETS} packets"));
        }
        let (packet, rest) = first(bytes)?;
        packets.push(packet);
        bytes = rest;
    }
    Ok(packets)
}

/// The first packet of `bytes` and what follows.
pub(super) fn first(bytes: &[u8]) -> Result<(Packet<'_>, &[u8]), String> {
    let cut_off = || "a packet is cut off".to_owned();
    let (&header, rest) = bytes.split_first().ok_or_else(cut_off)?;
    if header & 0x80 == 0 {
        return Err("there is something that is no packet".to_owned());
    }
    let is_new = header & 0x40 != 0;
    let (tag, octets, rest) = if is_new {
        let (&one, behind) = rest.split_first().ok_or_else(cut_off)?;
        match one {
            0..=191 => (header & 0x3f, 1, rest),
            192..=223 => (header & 0x3f, 2, rest),
            224..=254 => return Err("the length of a packet is partial".to_owned()),
            255 => (header & 0x3f, 4, behind),
        }
    } else {
        let octets = match header & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return Err("the length of a packet is left open".to_owned()),
        };
        ((header >> 2) & 0x0f, octets, rest)
    };
    let (length, rest) = rest.split_at_checked(octets).ok_or_else(cut_off)?;
    let mut length = length
        .iter()
        .fold(0_u64, |length, octet| (length << 8) | u64::from(*octet));
    if is_new && octets == 2 {
        length = length - (192 << 8) + 192;
    }
    let length = usize::try_from(length).map_err(|_| cut_off())?;
    let (body, rest) = rest.split_at_checked(length).ok_or_else(cut_off)?;
    Ok((Packet { tag, body }, rest))
}

/// Reads a signature packet.
pub(super) fn signature(body: &[u8]) -> Result<Signature, String> {
    read(Tag::Signature, body, |header, body| {
        Signature::try_from_reader(header, body)
    })
}

/// Reads a public key packet.
pub(super) fn public_key(body: &[u8]) -> Result<PublicKey, String> {
    read(Tag::PublicKey, body, |header, body| {
        PublicKey::try_from_reader(header, body)
    })
}

/// Reads a public subkey packet.
pub(super) fn public_subkey(body: &[u8]) -> Result<PublicSubkey, String> {
    read(Tag::PublicSubkey, body, |header, body| {
        PublicSubkey::try_from_reader(header, body)
    })
}

/// The type of a signature from the bytes of its packet, even where the rest cannot be read.
pub(super) fn signature_type(body: &[u8]) -> Option<u8> {
    match body.first()? {
        2 | 3 => body.get(2).copied(),
        _ => body.get(1).copied(),
    }
}

fn read<'a, T: Serialize>(
    tag: Tag,
    body: &'a [u8],
    read: impl Fn(PacketHeader, &'a [u8]) -> pgp::errors::Result<T>,
) -> Result<T, String> {
    let length = u32::try_from(body.len()).map_err(|_| "it is too large")?;
    let header = PacketHeader::new_fixed(tag, length);
    let one = read(header, body).map_err(|error| one_line(&error))?;
    let mut again = Vec::with_capacity(body.len());
    one.to_writer(&mut again)
        .map_err(|error| one_line(&error))?;
    if again == body {
        Ok(one)
    } else {
        Err("it is not written in the one way that the format has".to_owned())
    }
}

/// The first line of an error's text.
pub(super) fn one_line(error: &impl ToString) -> String {
    let text = error.to_string();
    crate::text::printable(text.lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_split_in_both_framings() {
        let mut long = vec![0xc2, 192, 8];
        long.extend([7; 200]);
        let mut wide = vec![0xc2, 255, 0, 0, 0, 1];
        wide.push(7);
        for (bytes, tag, length) in [
            (&[0xc2, 1, 7][..], 2, 1),
            (&[0x88, 1, 7], 2, 1),
            (&[0x89, 0, 1, 7], 2, 1),
            (&[0x9a, 0, 0, 0, 1, 7], 6, 1),
            (&long, 2, 200),
            (&wide, 2, 1),
        ] {
            let packets = split(bytes).unwrap();
            assert_eq!((packets[0].tag, packets[0].body.len()), (tag, length));
            assert!(packets[0].body.iter().all(|octet| *octet == 7));
            assert!(split(&bytes[..bytes.len() - 1]).is_err());
            assert_eq!(split(&[bytes, bytes].concat()).unwrap().len(), 2);
        }
        for broken in [
            &[0x42, 1, 7][..],
            &[0xc2],
            &[0xc2, 224, 7],
            &[0x8b, 7],
            &[0xc2, 255, 0, 0, 0],
        ] {
            assert!(split(broken).is_err(), "{broken:?}");
        }
        let many = [0xca, 0].repeat(MAXIMUM_PACKETS + 1);
        assert!(split(&many).is_err());
    }
}
