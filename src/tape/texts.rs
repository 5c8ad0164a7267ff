//! Texts that are parts of a source, or decoded from it.

use super::Full;

/// A stretch of text: in the source, or in the texts that had to be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    const DECODED: u32 = 1 << 31;

    /// No text at all, such as the key of an item of a list.
    pub(crate) const NONE: Self = Self {
        start: u32::MAX,
        length: u32::MAX,
    };

    pub(super) fn new(start: u32, length: u32) -> Self {
        Self { start, length }
    }

    pub(super) fn start(self) -> u32 {
        self.start
    }

    pub(super) fn pack(self) -> u64 {
        u64::from(self.start) << 32 | u64::from(self.length)
    }

    #[inline]
    pub(super) fn unpack(packed: u64) -> Self {
        let low = u32::try_from(packed & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        Self {
            start: u32::try_from(packed >> 32).unwrap_or(u32::MAX),
            length: low,
        }
    }

    /// The number of bytes; of no text at all, more than any text has.
    #[inline]
    pub(crate) fn length(self) -> usize {
        self.length as usize
    }

    /// The byte offset in the source; `None` for decoded text.
    pub(crate) fn offset(self) -> Option<usize> {
        (self.start & Self::DECODED == 0).then_some(self.start as usize)
    }
}

/// A source with the texts that were decoded from it.
#[derive(Debug, Clone)]
pub(crate) struct Texts<'a> {
    source: &'a str,
    decoded: String,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source,
            decoded: String::new(),
        }
    }

    pub(crate) fn source(&self) -> &'a str {
        self.source
    }

    #[inline]
    pub(crate) fn get(&self, span: Span) -> &str {
        if span == Span::NONE {
            return "";
        }
        let text = if span.start & Span::DECODED == 0 {
            self.source
        } else {
            &self.decoded
        };
        let start = (span.start & !Span::DECODED) as usize;
        text.get(start..start + span.length as usize)
            .unwrap_or_default()
    }

    /// Where `text` stands: in the source when it is a part of it, else behind the decoded texts.
    pub(crate) fn span(&mut self, text: &str) -> Result<Span, Full> {
        let length = u32::try_from(text.len()).map_err(|_| Full::Text)?;
        let at = (text.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        let inside = at
            .checked_add(text.len())
            .is_some_and(|end| end <= self.source.len());
        let start = if inside {
            u32::try_from(at)
                .ok()
                .filter(|start| start & Span::DECODED == 0)
        } else {
            let start = u32::try_from(self.decoded.len()).ok();
            self.decoded.push_str(text);
            start
                .filter(|start| start & Span::DECODED == 0)
                .map(|start| start | Span::DECODED)
        };
        Ok(Span {
            start: start.ok_or(Full::Text)?,
            length,
        })
    }
}
