//! Classes of information and handling restrictions (格付、取扱制限), and the marking that carries them.
//!
//! Source: Common Model, articles 15 (classes, marking when provided) and 16 (handling restrictions). The number of classes
//! on each axis follows the Common Standards (FY2023, chapter 3.1; recalled, to be checked against the current text):
//! confidentiality 1 to 3, integrity 1 to 2, availability 1 to 2. Each axis is ordered by itself, and a whole takes the
//! highest class of its parts on each axis (high-water mark).

use serde::Serialize;

/// The classes of an item of information, or of what is made of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Classes {
    /// Confidentiality (機密性), 1 to 3.
    pub confidentiality: u8,
    /// Integrity (完全性), 1 or 2.
    pub integrity: u8,
    /// Availability (可用性), 1 or 2.
    pub availability: u8,
}

impl Classes {
    /// The lowest classes.
    pub const LOWEST: Self = Self {
        confidentiality: 1,
        integrity: 1,
        availability: 1,
    };

    /// Takes classes that lie in their ranges.
    pub fn new(confidentiality: i64, integrity: i64, availability: i64) -> Option<Self> {
        let class = |value: i64, highest: u8| {
            u8::try_from(value)
                .ok()
                .filter(|class| (1..=highest).contains(class))
        };
        Some(Self {
            confidentiality: class(confidentiality, 3)?,
            integrity: class(integrity, 2)?,
            availability: class(availability, 2)?,
        })
    }

    /// The highest class on each axis.
    #[must_use]
    pub fn high_water(self, other: Self) -> Self {
        Self {
            confidentiality: self.confidentiality.max(other.confidentiality),
            integrity: self.integrity.max(other.integrity),
            availability: self.availability.max(other.availability),
        }
    }

    /// Whether the information needs protection of its confidentiality (要機密情報): class 2 or 3.
    pub fn is_confidential(self) -> bool {
        self.confidentiality >= 2
    }
}

/// What a document that holds classified information must show, and what must go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Marking {
    /// The highest class on each axis.
    #[serde(flatten)]
    pub classes: Classes,
    /// Handling restrictions, sorted, each once: such as `no-copy`, `no-redisclosure`.
    pub restrictions: Vec<String>,
}

impl Marking {
    /// What holds nothing classified yet.
    pub fn lowest() -> Self {
        Self {
            classes: Classes::LOWEST,
            restrictions: Vec::new(),
        }
    }

    /// The marking of a whole that takes in one more part: the highest classes and every restriction.
    #[must_use]
    pub fn with(&self, part: &Self) -> Self {
        let mut restrictions = [self.restrictions.as_slice(), &part.restrictions].concat();
        restrictions.sort();
        restrictions.dedup();
        Self {
            classes: self.classes.high_water(part.classes),
            restrictions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_takes_the_highest_class_of_each_axis_and_every_restriction() {
        let part = |classes: (i64, i64, i64), restrictions: &[&str]| Marking {
            classes: Classes::new(classes.0, classes.1, classes.2).unwrap(),
            restrictions: restrictions.iter().map(|one| (*one).to_owned()).collect(),
        };
        let whole = Marking::lowest()
            .with(&part((3, 1, 1), &["no-redisclosure"]))
            .with(&part((1, 2, 1), &["no-copy", "no-redisclosure"]));
        assert_eq!(whole, part((3, 2, 1), &["no-copy", "no-redisclosure"]));
        assert!(whole.classes.is_confidential());
        for (confidentiality, integrity, availability) in
            [(0, 1, 1), (4, 1, 1), (1, 3, 1), (1, 1, 300)]
        {
            assert_eq!(Classes::new(confidentiality, integrity, availability), None);
        }
    }
}
