//! The result of a scan, schema `mekiki/scan/v1`, and the forms in which other tools read it.
//!
//! Whatever a form cannot say, it must not keep quiet: a component that was not judged stands in every one
//! of them.

mod component;
mod feed;
mod finding;
pub mod openvex;
pub mod sarif;
mod statement;
mod stated;
pub mod vdr;

use std::collections::BTreeMap;

use serde::Serialize;

pub use component::{ComponentView, SupportView, UnjudgedView};
pub use feed::{EcosystemView, FeedView};
pub use finding::{EpssView, FindingView, KevView, RecordView, SeverityView};
pub use stated::unjudged_id;
pub use statement::{OtherView, StatementView, UnboundView};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// The result of a scan.
#[derive(Debug, Serialize)]
pub struct ScanView {
    /// The schema.
    pub schema: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// The day of the judgment.
    pub as_of: String,
    /// The files, in the order in which they were named.
    pub files: Vec<FileView>,
    /// How many components were to be judged.
    pub components: usize,
    /// What could not be judged.
    pub unjudged: Vec<UnjudgedView>,
    /// How many components could not be judged, by reason.
    pub unjudged_by_reason: BTreeMap<&'static str, usize>,
    /// What was found.
    pub findings: Vec<FindingView>,
    /// Components of products whose dates of support are known.
    pub supports: Vec<SupportView>,
    /// How many advisories on these components were published after the day and left aside.
    pub later: usize,
    /// VEX statements that bind to nothing here.
    pub unbound: Vec<UnboundView>,
    /// What they were judged by.
    pub feed: FeedView,
    /// Remarks on the feed and on the VEX documents.
    pub remarks: Vec<Diagnostic>,
}

impl ScanView {
    /// Whether there was nothing to judge at all: an empty list says nothing of the product.
    pub fn is_empty(&self) -> bool {
        self.files.iter().any(FileView::is_empty)
    }
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every component was judged, and nothing that was found meets a condition.
    Acceptable,
    /// Something that was found meets a condition.
    NotAcceptable,
    /// Nothing that was found meets a condition, but components are left that could not be judged.
    Unverifiable,
}

/// A scanned file.
#[derive(Debug, Serialize)]
pub struct FileView {
    /// The path as given.
    pub path: String,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// How many of its components were to be judged.
    pub components: usize,
    /// Files in it without an identity of their own.
    pub passed_over: usize,
    /// Packages of the product itself, in a lock file.
    pub own: usize,
    /// How many of its components something touches.
    pub touched: usize,
    /// What it is a list of.
    #[serde(skip)]
    pub product: Option<ComponentView>,
    /// Its own identifier: the serial number of a CycloneDX document, the namespace of an SPDX one.
    #[serde(skip)]
    pub identifier: Option<String>,
    /// The version of the document, from 1.
    #[serde(skip)]
    pub version: u64,
}

impl FileView {
    /// Whether it lists nothing, neither parts nor packages of the product.
    pub fn is_empty(&self) -> bool {
        self.components + self.own == 0
    }
}
