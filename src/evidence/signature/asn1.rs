//! The elements of DER one after another, each with the very bytes it was read from: what is signed is never
//! re-encoded.
//!
//! Source: ITU-T X.690 (02/2021), sections 8.1 and 10.1. Tags of more than one byte do not occur in X.509
//! and CMS and are refused.

/// The result of reading: the reason stands for a specialist.
pub(super) type Read<T> = Result<T, String>;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag `[number]` of a constructed element.
pub(super) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// The tag `[number]` of a primitive element.
pub(super) const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its tag.
    pub(super) tag: u8,
    /// Its content.
    pub(super) value: &'a [u8],
    /// Tag, length and content.
    pub(super) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads one element with nothing behind it.
    pub(super) fn of(der: &'a [u8], tag: u8) -> Read<Self> {
        let mut elements = Elements::new(der);
        let element = elements.take(tag)?;
        elements.finish()?;
        Ok(element)
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> Elements<'a> {
        Elements::new(self.value)
    }
}

/// What is left to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub(super) fn tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Read<Element<'a>> {
        let whole = self.rest;
        let (&tag, rest) = whole.split_first().ok_or("it ends too early")?;
        if tag & 0x1f == 0x1f {
            return Err("a tag has more than one byte".to_owned());
        }
        let (length, rest) = length(rest)?;
        let (value, rest) = rest
            .split_at_checked(length)
            .ok_or("an element is longer than what holds it")?;
        let whole = whole
            .get(..whole.len() - rest.len())
            .ok_or("it ends too early")?;
        self.rest = rest;
        Ok(Element { tag, value, whole })
    }

    /// The next element, which must have the tag `tag`.
    pub(super) fn take(&mut self, tag: u8) -> Read<Element<'a>> {
        match self.tag() {
            Some(found) if found == tag => self.any(),
            Some(found) => Err(format!("tag {found:#04x} stands where {tag:#04x} belongs")),
            None => Err("it ends too early".to_owned()),
        }
    }

    /// The next element if it has the tag `tag`.
    pub(super) fn take_if(&mut self, tag: u8) -> Read<Option<Element<'a>>> {
        if self.tag() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Nothing may be left.
    pub(super) fn finish(&self) -> Read<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(format!("{} bytes follow its end", self.rest.len()))
        }
    }
}

/// The length at the beginning of `bytes`, in its shortest form as DER has it.
fn length(bytes: &[u8]) -> Read<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first().ok_or("it ends too early")?;
    if first < 0x80 {
        return Ok((usize::from(first), rest));
    }
    let digits = usize::from(first & 0x7f);
    if digits == 0 {
        return Err("an indefinite length is no DER".to_owned());
    }
    if digits > 4 {
        return Err("a length is beyond 4 GiB".to_owned());
    }
    let (digits, rest) = rest.split_at_checked(digits).ok_or("it ends too early")?;
    let length = digits
        .iter()
        .fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
    if length < 0x80 || digits.first() == Some(&0) {
        return Err("a length is not in its shortest form".to_owned());
    }
    Ok((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_form_is_read() {
        for (der, expected) in [
            (&[4, 1, 7][..], Ok(&[7][..])),
            (&[4, 0], Ok(&[])),
            (
                &[4, 0x81, 1, 7],
                Err("a length is not in its shortest form"),
            ),
            (&[4, 0x80, 0, 0], Err("an indefinite length is no DER")),
            (&[4, 2, 7], Err("an element is longer than what holds it")),
            (&[4, 1, 7, 0], Err("1 bytes follow its end")),
            (&[5, 0], Err("tag 0x05 stands where 0x04 belongs")),
            (&[], Err("it ends too early")),
            (&[4], Err("it ends too early")),
            (&[4, 0x85, 1, 0, 0, 0, 0], Err("a length is beyond 4 GiB")),
        ] {
            let read = Element::of(der, OCTET_STRING).map(|element| element.value);
            assert_eq!(read, expected.map_err(str::to_owned), "{der:?}");
        }
        let long = [&[4, 0x82, 1, 0][..], &[9; 256]].concat();
        let element = Element::of(&long, OCTET_STRING).unwrap();
        assert_eq!((element.value.len(), element.whole), (256, &long[..]));
        assert!(Elements::new(&[0x1f, 1, 0]).any().is_err());
    }
}
