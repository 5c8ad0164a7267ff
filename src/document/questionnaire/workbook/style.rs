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
pub(super) struct Styles {
    pub(super) plain: Format,
    pub(super) hidden: Format,
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) marking: Format,
    pub(super) hint: Format,
    pub(super) header: Format,
    pub(super) header_entry: Format,
    pub(super) label: Format,
    pub(super) value: Format,
    pub(super) cell: Format,
    pub(super) centered: Format,
    pub(super) faint: Format,
    pub(super) link: Format,
    pub(super) indented: Format,
    pub(super) entry: Format,
    pub(super) entry_text: Format,
    pub(super) entry_date: Format,
    pub(super) entry_number: Format,
    pub(super) percent: Format,
    pub(super) total: Format,
    pub(super) not_asked: Format,
    pub(super) open: Format,
}

impl Styles {
    pub(super) fn new(languages: Languages) -> Self {
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
