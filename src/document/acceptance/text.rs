//! The verdict as one screen of text.

use crate::acceptance::report::Report;
use crate::text::Lang;

/// The first line says what is wrong and where; a line a group follows.
pub fn text(report: &Report, lang: Lang) -> String {
    format!("{}\n", report.headline.of(lang))
}
