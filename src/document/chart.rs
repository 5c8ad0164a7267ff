//! Pictures as SVG, complete in themselves: the ranking with its intervals, the plane of price and quality, and the
//! tornado of sensitivities.
//!
//! A picture is a function of its data: same data, same bytes. Coordinates are whole tenths of a unit, computed exactly, in
//! a drawing 720 units wide. Nothing is told by colour alone: solid, hatched and hollow differ without it. A picture holds
//! no script, loads nothing, and what strangers wrote is escaped text. To add a picture, add a file that fills a `Pen`.

mod labels;
mod pen;
mod plane;
mod ranking;
mod scale;
mod tornado;

pub use plane::plane;
pub use ranking::ranking;
pub use tornado::{Swing, tornado};

use pen::escaped;

use crate::text::Lang;

/// The style of the pictures, by classes; the variables come from the page, or from [`VARIABLES`] in a file of its own.
pub(super) const STYLE: &str = include_str!("templates/chart.css");

/// The colours of a picture in a file of its own: light, dark where the reader asks for it, and light in print.
const VARIABLES: &str = "\
svg{--ink:#1b222d;--soft:#535d6b;--line:#d5dae0;--paper:#fff;--accent:#1f4f6b;--bad:#9b1c1c}\n\
@media (prefers-color-scheme:dark){svg{--ink:#e8ebef;--soft:#a6b0bd;--line:#3b4450;--paper:#14181e;--accent:#7fb6d6;--bad:#f09a9a}}\n\
@media print{svg{--ink:#1b222d;--soft:#535d6b;--line:#d5dae0;--paper:#fff;--accent:#1f4f6b;--bad:#9b1c1c}}\n";

/// The pattern of what is possible but not proven.
const HATCH: &str = "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><rect class=\"hatched\" width=\"6\" height=\"6\"/><line class=\"hatch\" x1=\"0\" y1=\"0\" \
x2=\"0\" y2=\"6\"/></pattern></defs>";

/// The width of every picture, in units.
pub(super) const WIDTH: i64 = 720;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its title.
    pub title: String,
    /// What it shows, in words, for those who cannot see it.
    pub description: String,
    lang: Lang,
    height: i64,
    body: String,
}

impl Picture {
    /// Writes the picture for a page that has the style and the pattern `hatch`; `name` keeps its anchors apart.
    pub fn inline(&self, name: &str) -> String {
        format!(
            "<svg class=\"k\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{name}-t {name}-d\" \
             lang=\"{lang}\"><title id=\"{name}-t\">{title}</title><desc id=\"{name}-d\">{description}</desc>{body}</svg>",
            height = self.height,
            lang = self.lang.code(),
            title = escaped(&self.title),
            description = escaped(&self.description),
            body = self.body,
        )
    }

    /// Writes the picture as a file of its own.
    pub fn file(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"k\" \
             viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"t d\" \
             lang=\"{lang}\">\n<title id=\"t\">{title}</title>\n<desc id=\"d\">{description}</desc>\n\
             <style>{VARIABLES}{STYLE}</style>\n{HATCH}\n<rect class=\"k-paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n\
             {body}\n</svg>\n",
            height = self.height,
            lang = self.lang.code(),
            title = escaped(&self.title),
            description = escaped(&self.description),
            body = self.body,
        )
    }
}
