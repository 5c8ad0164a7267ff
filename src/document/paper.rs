//! The papers of a tender: the list of evaluation items and the procedure for the notice, the consolidated table, the award
//! record, and the reasons to a bidder who did not win.
//!
//! A paper is built of a few kinds of parts ([`Part`]), which one template lays out; so every text in it is escaped in one
//! place. Nothing is computed here: numbers come from the evaluation as they are. To add a paper, add a file that returns
//! a [`Paper`].

mod award;
mod consolidated;
mod items;
mod losing;
mod page;
mod part;
mod procedure;
mod voice;

pub use award::{Digests, award};
pub use consolidated::consolidated;
pub use items::items;
pub use losing::losing;
pub use page::page;
pub use part::{Paper, Part, Row, Table};
pub use procedure::procedure;
