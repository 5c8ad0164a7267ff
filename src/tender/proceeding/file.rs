//! The files that go into a case and come out of it: tender file, bid, sheets, decisions; all TOML.
//!
//! A bid is split into its price and the rest; sheets into one a bid. What comes out is an ordinary tender file:
//! the published text as it is, with the tables of the case behind it. The same parts give the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml::{Table, Value};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, canonical_json};
use crate::text::Text;
use crate::time::{Date, Timestamp, parse_day};
use crate::tree::parse_toml;

/// What of a tender file does not decide on points: it may change without more time for the bidders.
const BESIDE_THE_RULES: [&str; 9] = [
    "title",
    "agency",
    "as_of",
    "bid_deadline",
    "clocks",
    "timetable",
    "amendment",
    "clause",
    "schema",
];

/// What a bidder may not say of their own bid.
const NOT_FOR_BIDDERS: [&str; 4] = [
    "marks",
    "mandatory_unmet",
    "excluded",
    "excluded_after_ranking",
];

/// What a case needs to know of a tender file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFile {
    /// The tender.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// The last day on which bids are taken.
    pub bid_deadline: Date,
    /// The instant until which bids are taken, where the timetable names one.
    pub bids_until: Option<Timestamp>,
    /// Digest of what decides on points.
    pub rules: Digest,
}

/// A bid, split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidFile {
    /// The bid.
    pub id: String,
    /// The price in yen.
    pub price_yen: i64,
    /// Everything else, as TOML.
    pub rest: String,
}

/// One table of a file of sheets or decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who marked or decided.
    pub by: String,
    /// The bid.
    pub bid: String,
    /// The item or criterion; empty for a sheet.
    pub on: String,
    /// The table with its heading, as TOML.
    pub text: String,
}

fn fault(code: &'static str, key: &str, message: impl Into<String>, help: &str) -> Diagnostic {
    let place = if key.is_empty() {
        Place::whole()
    } else {
        Place::pointer(format!("/{key}"))
    };
    Diagnostic::error(code, place, message).help(help)
}

/// Parses TOML. No message repeats what stands in the file.
fn table(bytes: &[u8]) -> Result<Table, Vec<Diagnostic>> {
    let document = parse_toml(bytes)?;
    document.source.parse().map_err(|_| {
        vec![fault(
            "toml-syntax",
            "",
            "the file cannot be read as TOML",
            "mend the file",
        )]
    })
}

fn text_of(table: &Table, key: &str) -> Result<String, Vec<Diagnostic>> {
    let found = table.get(key).and_then(Value::as_str).map(str::to_owned);
    found.filter(|text| !text.is_empty()).ok_or_else(|| {
        vec![fault(
            "missing-field",
            key,
            format!("`{key}` is missing or no text"),
            "",
        )]
    })
}

/// Reads what a case needs of a tender file.
///
/// # Errors
///
/// Syntax faults and missing fields.
pub fn read_published(bytes: &[u8]) -> Result<PublishedFile, Vec<Diagnostic>> {
    let mut table = table(bytes)?;
    let id = text_of(&table, "id")?;
    let day = text_of(&table, "bid_deadline")?;
    let bid_deadline = parse_day(&day).ok_or_else(|| {
        vec![fault(
            "wrong-type",
            "bid_deadline",
            "`bid_deadline` is no day",
            "write it as YYYY-MM-DD",
        )]
    })?;
    let empty = Table::new();
    let title = table
        .get("title")
        .and_then(Value::as_table)
        .unwrap_or(&empty);
    let title = Text {
        ja: text_of(title, "ja")?,
        en: text_of(title, "en")?,
    };
    let until = table.get("timetable").and_then(|one| one.get("bids_until"));
    let bids_until = until
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    for key in BESIDE_THE_RULES {
        table.remove(key);
    }
    let rules = serde_json::to_value(&table).unwrap_or_default();
    Ok(PublishedFile {
        id,
        title,
        bid_deadline,
        bids_until,
        rules: Digest::of(canonical_json(&rules).as_bytes()),
    })
}

/// Splits a bid's file into the price and the rest. `has_files` says whether files come with it.
///
/// # Errors
///
/// Syntax faults, a missing or malformed price, and what a bidder may not say. No message repeats the price.
pub fn split_bid(bytes: &[u8], has_files: bool) -> Result<BidFile, Vec<Diagnostic>> {
    let mut table = table(bytes)?;
    if let Some(key) = NOT_FOR_BIDDERS.iter().find(|key| table.contains_key(**key)) {
        let unfit = fault(
            "bid-oversteps",
            key,
            format!("a bid cannot say `{key}` of itself"),
            "leave it out; it is the committee's or the contracting officer's",
        );
        return Err(vec![unfit]);
    }
    let id = text_of(&table, "id")?;
    if !crate::id::is_plain(&id) {
        return Err(vec![fault(
            "id-malformed",
            "id",
            "the bid's `id` cannot be an identifier",
            "use up to 64 letters, digits, `-`, `_` and `.`",
        )]);
    }
    let price = table
        .remove("price_yen")
        .as_ref()
        .and_then(Value::as_integer);
    let Some(price_yen) = price.filter(|price| *price > 0) else {
        let unfit = fault(
            "bid-price",
            "price_yen",
            "`price_yen` is missing, or no whole number above zero",
            "write the price in yen without separators or quotes",
        );
        return Err(vec![unfit]);
    };
    table.remove("directory");
    if has_files {
        table.insert("directory".to_owned(), Value::String(format!("bids/{id}")));
    }
    Ok(BidFile {
        id,
        price_yen,
        rest: written(&table),
    })
}

/// Whether one of the files that are sealed with the technical part says the price, in digits with or without
/// separators; which one. Prices of fewer than five digits are not looked for: they stand in any text.
pub fn tells_price<'a>(files: &[(&'a str, &[u8])], price_yen: i64) -> Option<&'a str> {
    let digits = price_yen.to_string();
    if digits.len() < 5 {
        return None;
    }
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let wide = |text: &str| -> String {
        let shift = |one: char| char::from_u32(u32::from(one) + 0xfee0).unwrap_or(one);
        text.chars().map(shift).collect()
    };
    let writings = [wide(&digits), wide(&grouped), digits, grouped];
    let holds = |bytes: &[u8]| {
        writings.iter().any(|writing| {
            let length = writing.len();
            bytes.windows(length).enumerate().any(|(start, window)| {
                // The digits must not be part of a longer number.
                let before = start.checked_sub(1).and_then(|place| bytes.get(place));
                let after = bytes.get(start + length);
                let bounded = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_digit());
                window == writing.as_bytes() && bounded(before) && bounded(after)
            })
        })
    };
    files
        .iter()
        .find(|(_, bytes)| holds(bytes))
        .map(|(path, _)| *path)
}

/// The price's file that is sealed. It names its bid, so that nobody hands in another's envelope as their own.
pub fn price_text(bid: &str, price_yen: i64) -> String {
    format!("bid = \"{bid}\"\nprice_yen = {price_yen}\n")
}

/// Reads the price's file of a bid; `None` where it is another's or holds no price.
pub fn read_price(content: &[u8], bid: &str) -> Option<i64> {
    let table = table(content).ok()?;
    let price = table.get("price_yen")?.as_integer()?;
    (table.get("bid")?.as_str()? == bid && price > 0).then_some(price)
}

/// The rest of a bid as it comes out of its envelope; `None` where it is another bid's, or says what a bidder may not
/// say: whoever seals a bid without this tool can put anything into it.
pub fn read_rest(content: &[u8], bid: &str, has_files: bool) -> Option<String> {
    let mut table = table(content).ok()?;
    let oversteps = NOT_FOR_BIDDERS.iter().chain(&["price_yen"]);
    let is_own = table.get("id")?.as_str()? == bid;
    if !is_own || oversteps.into_iter().any(|key| table.contains_key(*key)) {
        return None;
    }
    table.remove("directory");
    if has_files {
        table.insert("directory".to_owned(), Value::String(format!("bids/{bid}")));
    }
    Some(written(&table))
}

/// Splits a file of `[[sheet]]` tables into one text a bid.
///
/// # Errors
///
/// Syntax faults, fields that do not belong there, two sheets on one bid.
pub fn split_sheets(bytes: &[u8]) -> Result<Vec<Named>, Vec<Diagnostic>> {
    split_tables(bytes, "sheet", "evaluator", None)
}

/// Splits a file of `[[confirmation]]` tables into one text a decision.
///
/// # Errors
///
/// As [`split_sheets`].
pub fn split_confirmations(bytes: &[u8]) -> Result<Vec<Named>, Vec<Diagnostic>> {
    split_tables(bytes, "confirmation", "by", Some("criterion"))
}

fn split_tables(
    bytes: &[u8],
    key: &'static str,
    by: &str,
    on: Option<&str>,
) -> Result<Vec<Named>, Vec<Diagnostic>> {
    let file = table(bytes)?;
    if let Some(other) = file.keys().find(|other| *other != key) {
        return Err(vec![fault(
            "unknown-field",
            other,
            format!("`{other}` does not belong into this file"),
            &format!("hand in nothing but [[{key}]] tables"),
        )]);
    }
    let list = file.get(key).and_then(Value::as_array);
    let tables: Vec<_> = list
        .into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .collect();
    if tables.is_empty() {
        return Err(vec![fault(
            "missing-field",
            key,
            format!("the file holds no [[{key}]]"),
            "",
        )]);
    }
    let mut named: Vec<Named> = Vec::new();
    for one in tables {
        let read = Named {
            by: text_of(one, by)?,
            bid: text_of(one, "bid")?,
            on: on.map_or_else(|| Ok(String::new()), |on| text_of(one, on))?,
            text: list_item(key, one),
        };
        if named
            .iter()
            .any(|other| (&other.bid, &other.on) == (&read.bid, &read.on))
        {
            return Err(vec![fault(
                "case-repeated",
                key,
                format!("two [[{key}]] tables are about the same"),
                "keep one",
            )]);
        }
        named.push(read);
    }
    Ok(named)
}

/// Marks without a comment, by item.
pub fn uncommented(sheet: &Named) -> Vec<String> {
    let table: Table = sheet.text.parse().unwrap_or_default();
    let sheet = table
        .get("sheet")
        .and_then(Value::as_array)
        .and_then(|list| list.first())
        .and_then(Value::as_table);
    let part = |key| {
        sheet
            .and_then(|sheet| sheet.get(key))
            .and_then(Value::as_table)
            .cloned()
            .unwrap_or_default()
    };
    let (marks, comments) = (part("marks"), part("comments"));
    let has_comment = |item: &str| {
        let comment = comments.get(item).and_then(Value::as_str);
        comment.is_some_and(|text| !text.trim().is_empty())
    };
    marks
        .keys()
        .filter(|item| !has_comment(item))
        .cloned()
        .collect()
}

/// What is put behind a published tender file.
#[derive(Debug, Clone, Default)]
pub struct Additions {
    /// The content of `[opening]`, where the planned price was sealed.
    pub opening: Option<String>,
    /// Evaluators: name and conflicts by identifier.
    pub evaluators: BTreeMap<String, (String, Vec<String>)>,
    /// Bids by identifier: the rest of the bid, the price, the exclusion.
    pub bids: BTreeMap<String, AddedBid>,
    /// Sheets, by bid and evaluator, as they were sealed.
    pub sheets: BTreeMap<(String, String), String>,
    /// Decisions on verdicts, by bid and criterion.
    pub confirmations: BTreeMap<(String, String), String>,
    /// Reasons for marks far from the others, by bid, item and evaluator.
    pub reasons: BTreeMap<(String, String, String), String>,
    /// The order of the lots.
    pub lots: Vec<String>,
}

/// A bid as it is put behind a published tender file.
#[derive(Debug, Clone)]
pub struct AddedBid {
    /// The rest of the bid.
    pub rest: String,
    /// The price.
    pub price_yen: i64,
    /// Why it is excluded, and whether the bids had been ranked before.
    pub excluded: Option<(Text, bool)>,
}

/// Puts a tender file together.
///
/// # Errors
///
/// `case-part` for a part that is no TOML.
pub fn assemble(published: &str, additions: &Additions) -> Result<String, Diagnostic> {
    let mut out = published.trim_end().to_owned();
    out.push_str("\n\n# Put together from the log of the case.\n");
    let unreadable = |what: &str| {
        fault(
            "case-part",
            "",
            format!("{what} cannot be read"),
            "verify the case with `mekiki tender case verify`",
        )
    };
    if let Some(opening) = &additions.opening {
        let table: Table = opening
            .parse()
            .map_err(|_| unreadable("the planned price"))?;
        push(&mut out, "opening", Value::Table(table));
    }
    if !additions.lots.is_empty() {
        let order = additions.lots.iter().cloned().map(Value::String).collect();
        let draw = Table::from_iter([("order".to_owned(), Value::Array(order))]);
        push(&mut out, "draw", Value::Table(draw));
    }
    for (id, (name, conflicts)) in &additions.evaluators {
        let mut table = Table::new();
        table.insert("id".to_owned(), Value::String(id.clone()));
        table.insert(
            "name".to_owned(),
            both(&Text {
                ja: name.clone(),
                en: name.clone(),
            }),
        );
        if !conflicts.is_empty() {
            let conflicts = conflicts.iter().cloned().map(Value::String).collect();
            table.insert("conflicts".to_owned(), Value::Array(conflicts));
        }
        out.push('\n');
        out.push_str(&list_item("evaluator", &table));
    }
    for (id, bid) in &additions.bids {
        let mut table: Table = bid
            .rest
            .parse()
            .map_err(|_| unreadable(&format!("the bid `{id}`")))?;
        table.insert("price_yen".to_owned(), Value::Integer(bid.price_yen));
        if let Some((reason, after_ranking)) = &bid.excluded {
            table.insert("excluded".to_owned(), both(reason));
            if *after_ranking {
                table.insert("excluded_after_ranking".to_owned(), Value::Boolean(true));
            }
        }
        out.push('\n');
        out.push_str(&list_item("bid", &table));
    }
    for text in additions
        .sheets
        .values()
        .chain(additions.confirmations.values())
    {
        out.push('\n');
        out.push_str(text.trim());
        out.push('\n');
    }
    for ((bid, item, evaluator), reason) in &additions.reasons {
        let texts = [
            ("evaluator", evaluator),
            ("bid", bid),
            ("item", item),
            ("reason", reason),
        ];
        let texts = texts.map(|(key, text)| (key.to_owned(), Value::String(text.clone())));
        out.push('\n');
        out.push_str(&list_item("outlier", &Table::from_iter(texts)));
    }
    Ok(out)
}

fn both(text: &Text) -> Value {
    let of = |text: &str| Value::String(text.to_owned());
    let texts = [("ja", of(&text.ja)), ("en", of(&text.en))];
    Value::Table(
        texts
            .map(|(key, text)| (key.to_owned(), text))
            .into_iter()
            .collect(),
    )
}

fn push(out: &mut String, key: &str, value: Value) {
    let table = Table::from_iter([(key.to_owned(), value)]);
    let _ = write!(out, "\n{}", written(&table));
}

fn list_item(key: &str, table: &Table) -> String {
    let list = Value::Array(vec![Value::Table(table.clone())]);
    written(&Table::from_iter([(key.to_owned(), list)]))
}

fn written(table: &Table) -> String {
    toml::to_string(table).unwrap_or_default()
}

#[cfg(test)]
mod tests;
