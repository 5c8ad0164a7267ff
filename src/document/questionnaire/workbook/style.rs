//! How the cells look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::questionnaire::sending::Languages;

const INK: Color = Color::RGB(0x001F_2933);
const DEEP: Color = Color::RGB(0x0024_3B53);
const LINE: Color = Color::RGB(0x00BC_CCDC);
const PAPER: Color = Color::RGB(0x00F0_F4F8);
const ENTRY: Color = Color::RGB(0x00FF_F8E1);
const ENTRY_HEAD: Color = Color::RGB(0x00B4_5309);
const ALARM: Color = Color::RGB(0x009B_1C1C);
const PALE: Color = Color::RGB(0x009A_A5B1);

/// The formats of a workbook.
pub(in crate::document) struct Styles {
    pub(in crate::document) plain: Format,
    pub(in crate::document) hidden: Format,
    pub(in crate::document) title: Format,
    pub(in crate::document) subtitle: Format,
    pub(in crate::document) marking: Format,
    pub(in crate::document) hint: Format,
    pub(in crate::document) header: Format,
    pub(in crate::document) header_entry: Format,
    pub(in crate::document) label: Format,
    pub(in crate::document) value: Format,
    pub(in crate::document) cell: Format,
    pub(in crate::document) centered: Format,
    pub(in crate::document) faint: Format,
    pub(in crate::document) link: Format,
    pub(in crate::document) indented: Format,
    pub(in crate::document) entry: Format,
    pub(in crate::document) entry_text: Format,
    pub(in crate::document) entry_date: Format,
    pub(in crate::document) entry_number: Format,
    pub(in crate::document) percent: Format,
    pub(in crate::document) total: Format,
    pub(in crate::document) not_asked: Format,
    pub(in crate::document) open: Format,
}

impl Styles {
    pub(in crate::document) fn new(languages: Languages) -> Self {
        // A name that Excel in Japan lists; the family and the character set lead to a fallback elsewhere.
        let font = match languages {
            Languages::En => "Yu Gothic",
            Languages::Ja | Languages::Both => "游ゴシック",
        };
        let plain = Format::new()
            .set_font_name(font)
            .set_font_family(2)
            .set_font_charset(128)
            .set_font_size(10)
            .set_font_color(INK)
            .set_align(FormatAlign::VerticalCenter);
        let wrapped = plain.clone().set_text_wrap();
        let top = wrapped.clone().set_align(FormatAlign::Top);
        let boxed = |format: &Format| {
            format
                .clone()
                .set_border(FormatBorder::Thin)
                .set_border_color(LINE)
        };
        let entry = boxed(&top).set_background_color(ENTRY).set_unlocked();
        let header = boxed(&wrapped)
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(DEEP)
            .set_align(FormatAlign::Center);
        Self {
            hidden: plain.clone().set_font_color(PALE),
            title: plain
                .clone()
                .set_bold()
                .set_font_size(15)
                .set_font_color(DEEP),
            subtitle: wrapped
                .clone()
                .set_bold()
                .set_font_size(11)
                .set_font_color(DEEP),
            marking: wrapped.clone().set_bold().set_font_color(ALARM),
            hint: top.clone().set_font_color(Color::RGB(0x0052_6475)),
            header_entry: header.clone().set_background_color(ENTRY_HEAD),
            header,
            label: boxed(&wrapped).set_bold().set_background_color(PAPER),
            value: boxed(&wrapped),
            cell: boxed(&top),
            centered: boxed(&top).set_align(FormatAlign::Center),
            faint: boxed(&top)
                .set_font_color(Color::RGB(0x0052_6475))
                .set_font_size(9),
            link: boxed(&top)
                .set_font_color(Color::RGB(0x001D_4ED8))
                .set_font_size(9),
            indented: boxed(&top).set_indent(2),
            entry_text: entry.clone().set_num_format("@"),
            entry_date: entry
                .clone()
                .set_num_format("yyyy\\-mm\\-dd")
                .set_align(FormatAlign::Left),
            entry_number: entry
                .clone()
                .set_num_format("#,##0")
                .set_align(FormatAlign::Left),
            entry,
            percent: boxed(&wrapped).set_num_format("0%"),
            total: boxed(&wrapped).set_bold().set_background_color(PAPER),
            not_asked: Format::new()
                .set_font_color(PALE)
                .set_background_color(Color::RGB(0x00E4_E7EB)),
            open: Format::new().set_font_color(Color::RGB(0x0062_7D98)),
            plain,
        }
    }
}
