//! The cited place in a piece of evidence.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::{Chrome, PageError, Web, render};
use crate::api::error::ApiError;
use crate::evidence::detect::detect;
use crate::id::{AgencyId, TenderId};
use crate::text::shortened;
use crate::tree::parse_json;

/// Lines shown on either side of a cited line.
const AROUND: usize = 8;
/// Lines shown of a document that is cited as a whole.
const WHOLE: usize = 200;
/// Characters shown of one line.
const LINE: usize = 400;

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    chrome: Chrome,
    back: String,
    download: String,
    path: String,
    sha256: String,
    bytes: String,
    format: String,
    place: String,
    lines: Vec<Line>,
}

struct Line {
    number: String,
    text: String,
    cited: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    at: String,
    #[serde(default)]
    line: usize,
}

pub(super) async fn page(
    State(web): State<Web>,
    chrome: Chrome,
    Path((agency, tender, sha256)): Path<(String, String, String)>,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let digest = sha256
        .parse()
        .map_err(|_| ApiError::Malformed("the digest must be 64 hexadecimal digits"))?;
    let address = format!("/agencies/{agency}/tenders/{tender}");
    let Some(found) = web
        .shelf
        .evidence(&AgencyId(agency), &TenderId(tender), &digest)
        .await?
    else {
        return Err(PageError::Missing(chrome));
    };
    let detection = detect(&found.bytes);
    let format = [
        detection.format,
        detection.spec_version.as_deref().unwrap_or_default(),
        detection.encoding,
    ]
    .join(" ");
    Ok(render(&EvidencePage {
        back: format!("{address}?lang={}", chrome.code()),
        download: format!("/api/v1{address}/evidence/{digest}"),
        path: found.file.path.clone(),
        sha256: digest.hex(),
        bytes: found.bytes.len().to_string(),
        format,
        place: if place.line > 0 {
            place.line.to_string()
        } else {
            place.at.clone()
        },
        lines: cited_lines(&found.bytes, &place),
        chrome,
    }))
}

/// The lines to show: around a line, the value at a pointer, or the beginning. None for binary bytes.
fn cited_lines(bytes: &[u8], place: &Place) -> Vec<Line> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    if !place.at.is_empty()
        && let Some(value) = value_at(bytes, &place.at)
    {
        let cited = |line| Line {
            number: String::new(),
            text: shown(line),
            cited: true,
        };
        return value.lines().take(WHOLE).map(cited).collect();
    }
    let first = place.line.saturating_sub(AROUND + 1);
    let count = if place.line > 0 {
        2 * AROUND + 1
    } else {
        WHOLE
    };
    text.lines()
        .enumerate()
        .skip(first)
        .take(count)
        .map(|(index, line)| Line {
            number: (index + 1).to_string(),
            text: shown(line),
            cited: index + 1 == place.line,
        })
        .collect()
}

fn value_at(bytes: &[u8], pointer: &str) -> Option<String> {
    parse_json(bytes).ok()?;
    let document: serde_json::Value =
        serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
    serde_json::to_string_pretty(document.pointer(pointer)?).ok()
}

fn shown(line: &str) -> String {
    let visible: String = line
        .chars()
        .map(|character| {
            if character.is_control() && character != '\t' {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect();
    shortened(&visible, LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cited_place_is_shown() {
        let text: String = (1..=40).map(|number| format!("line {number}\n")).collect();
        let lines = cited_lines(
            text.as_bytes(),
            &Place {
                at: String::new(),
                line: 20,
            },
        );
        assert_eq!(lines.len(), 17);
        assert_eq!(
            lines
                .iter()
                .find(|line| line.cited)
                .map(|line| line.text.as_str()),
            Some("line 20")
        );
        let lines = cited_lines(
            br#"{"a":[{"b":1}]}"#,
            &Place {
                at: "/a/0".into(),
                line: 0,
            },
        );
        assert_eq!(
            lines
                .iter()
                .map(|line| line.text.as_str())
                .collect::<String>(),
            "{  \"b\": 1}"
        );
        assert!(cited_lines(b"\xff\xfe", &Place::default()).is_empty());
    }
}
