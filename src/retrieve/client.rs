//! One question and its answer.

use std::error::Error as _;
use std::io::{Read as _, Write as _};
use std::time::Duration;

use reqwest::blocking::{self, Response};
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url, Version};

use super::slot::{OnItsWay, Slot, refused};
use super::{Known, Manner, Wanted};
use crate::diagnostic::{Diagnostic, Place};
use crate::time::{Timestamp, parse_http_date};

/// The most redirects that are followed.
const MAXIMUM_REDIRECTS: usize = 5;
/// The most bytes of a published checksum.
const MAXIMUM_TEXT_BYTES: u64 = 64 * 1024;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// Why an attempt failed.
pub(super) enum Fault {
    /// Another attempt would end the same way.
    Final(Box<Diagnostic>),
    /// Another attempt may do.
    Passing {
        fault: Box<Diagnostic>,
        /// When the server wants to be asked again.
        after: Option<After>,
    },
}

impl From<Diagnostic> for Fault {
    fn from(fault: Diagnostic) -> Self {
        Self::Final(Box::new(fault))
    }
}

/// When a server wants to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Seconds(u64),
    At(Timestamp),
}

impl After {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = text_of(headers, &header::RETRY_AFTER)?;
        let seconds = text.parse().ok().map(Self::Seconds);
        seconds.or_else(|| parse_http_date(&text).map(Self::At))
    }

    pub(super) fn wait(self, now: Timestamp) -> Duration {
        match self {
            Self::Seconds(seconds) => Duration::from_secs(seconds),
            Self::At(instant) => {
                let seconds = instant.as_second().saturating_sub(now.as_second());
                Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
            }
        }
    }
}

/// What a server gave.
pub(super) enum Given {
    Unchanged,
    Whole {
        etag: Option<String>,
        last_modified: Option<String>,
    },
}

/// A client for one source.
pub(super) struct Client(blocking::Client);

impl Client {
    pub(super) fn new(wanted: &Wanted<'_>, manner: &Manner<'_>) -> Result<Self, Diagnostic> {
        let allow_http = wanted.allow_http;
        let policy = Policy::custom(move |attempt| {
            match may_follow(attempt.previous(), attempt.url(), allow_http) {
                Ok(()) => attempt.follow(),
                Err(why) => attempt.error(why),
            }
        });
        let mut builder = blocking::Client::builder()
            .user_agent(concat!("mekiki/", env!("CARGO_PKG_VERSION")))
            .redirect(policy)
            .referer(false)
            .timeout(manner.timeout)
            .connect_timeout(manner.timeout);
        if let Some(proxy) = wanted.proxy {
            let proxy = reqwest::Proxy::all(proxy).map_err(|error| address(proxy, &error))?;
            builder = builder.proxy(proxy.no_proxy(reqwest::NoProxy::from_env()));
        }
        builder
            .build()
            .map(Self)
            .map_err(|error| failed(&chain(&error)))
    }

    /// Asks for the file, and takes what comes into the slot.
    pub(super) fn get(
        &self,
        wanted: &Wanted<'_>,
        slot: &Slot,
        known: Option<&Known>,
        progress: &dyn Fn(u64),
    ) -> Result<Given, Fault> {
        let mut request = self
            .0
            .get(checked(wanted.url, wanted.allow_http)?)
            .header(header::ACCEPT_ENCODING, "identity");
        let on_its_way = slot.on_its_way();
        // A tag that is only weak does not vouch for bytes (RFC 9110, section 13.1.5).
        let strong = on_its_way.as_ref().and_then(|(note, length)| {
            let etag = note.etag.as_deref()?;
            let is_part = !note.whole && !etag.starts_with("W/");
            is_part.then_some((etag, *length))
        });
        let waiting = on_its_way
            .as_ref()
            .map(|(note, _)| note)
            .filter(|note| note.whole);
        if let Some((etag, length)) = strong {
            request = request
                .header(header::RANGE, format!("bytes={length}-"))
                .header(header::IF_RANGE, etag);
        } else {
            let (etag, last_modified) = match (waiting, known) {
                (Some(note), _) => (note.etag.as_ref(), note.last_modified.as_ref()),
                (None, Some(known)) => (known.etag.as_ref(), known.last_modified.as_ref()),
                (None, None) => (None, None),
            };
            for (name, value) in [
                (header::IF_NONE_MATCH, etag),
                (header::IF_MODIFIED_SINCE, last_modified),
            ] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
        }
        let response = request.send().map_err(|error| sending(&error))?;
        let from = match response.status() {
            StatusCode::OK => 0,
            StatusCode::NOT_MODIFIED if strong.is_none() => {
                return match waiting {
                    Some(note) => Ok(Given::Whole {
                        etag: note.etag.clone(),
                        last_modified: note.last_modified.clone(),
                    }),
                    None if known.is_some() => Ok(Given::Unchanged),
                    None => Err(status(&response).into()),
                };
            }
            StatusCode::PARTIAL_CONTENT => {
                let begins = begins_at(response.headers());
                match strong {
                    Some((_, length)) if begins == Some(length) => length,
                    _ => return again(slot, "the server sent another part than was asked for"),
                }
            }
            StatusCode::RANGE_NOT_SATISFIABLE if strong.is_some() => {
                return again(slot, "the server has no more of the file than is here");
            }
            other if is_passing(other) => {
                return Err(Fault::Passing {
                    after: After::of(response.headers()),
                    fault: Box::new(status(&response)),
                });
            }
            _ => return Err(status(&response).into()),
        };
        take(wanted, slot, response, from, progress)
    }

    /// Asks for a short text.
    pub(super) fn text(&self, url: &str, allow_http: bool) -> Result<String, Fault> {
        let request = self.0.get(checked(url, allow_http)?);
        let response = request.send().map_err(|error| sending(&error))?;
        if is_passing(response.status()) {
            return Err(Fault::Passing {
                after: After::of(response.headers()),
                fault: Box::new(status(&response)),
            });
        }
        if response.status() != StatusCode::OK {
            return Err(status(&response).into());
        }
        let mut bytes = Vec::new();
        let read = response.take(MAXIMUM_TEXT_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| passing(cut(&error.to_string())))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Client {
    /// Asks for a small file, into memory; `None` where the server says that there is none. Stores that do
    /// not let their content be listed answer 403 for what is not there.
    pub(super) fn bytes(
        &self,
        url: &str,
        allow_http: bool,
        maximum_bytes: u64,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let request = self
            .0
            .get(checked(url, allow_http)?)
            .header(header::ACCEPT_ENCODING, "identity");
        let response = request.send().map_err(|error| sending(&error))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Ok(None),
            other if is_passing(other) => {
                return Err(Fault::Passing {
                    after: After::of(response.headers()),
                    fault: Box::new(status(&response)),
                });
            }
            _ => return Err(status(&response).into()),
        }
        let too_large = || {
            let message = format!("`{url}` is larger than {maximum_bytes} bytes");
            Fault::from(
                Diagnostic::error("fetch-too-large", Place::whole(), message)
                    .help("it is not what it should be; ask the keepers of the repository"),
            )
        };
        let declared = response.content_length();
        if declared.is_some_and(|length| length > maximum_bytes) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let limit = maximum_bytes.saturating_add(1);
        let read = response.take(limit).read_to_end(&mut bytes);
        read.map_err(|error| passing(cut(&error.to_string())))?;
        let length = bytes.len() as u64;
        if length > maximum_bytes {
            return Err(too_large());
        }
        if declared.is_some_and(|declared| declared != length) {
            return Err(passing(cut(&format!("{length} bytes came"))));
        }
        Ok(Some(bytes))
    }
}

/// Takes the body into the slot.
fn take(
    wanted: &Wanted<'_>,
    slot: &Slot,
    mut response: Response,
    from: u64,
    progress: &dyn Fn(u64),
) -> Result<Given, Fault> {
    let headers = response.headers();
    let mut note = OnItsWay {
        url: wanted.url.to_owned(),
        etag: text_of(headers, &header::ETAG),
        last_modified: text_of(headers, &header::LAST_MODIFIED),
        whole: false,
    };
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let declared = response.content_length();
    let has_end = declared.is_some() || is_chunked || response.version() >= Version::HTTP_2;
    if !has_end && wanted.sha256.is_none() && wanted.checksum_url.is_none() {
        return Err(cut("the server does not say where it ends").into());
    }
    let expected = declared.map(|length| length.saturating_add(from));
    if expected.unwrap_or(from) > wanted.maximum_bytes {
        return Err(too_large(wanted).into());
    }
    let mut file = slot.open(from)?;
    slot.note_down(&note)?;
    let mut length = from;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = response.read(&mut chunk);
        let read = read.map_err(|error| passing(cut(&error.to_string())))?;
        if read == 0 {
            break;
        }
        length = length.saturating_add(read as u64);
        if length > wanted.maximum_bytes {
            slot.clear()?;
            return Err(too_large(wanted).into());
        }
        let written = file.write_all(chunk.get(..read).unwrap_or_default());
        written.map_err(|error| refused(&slot.path(), &error))?;
        progress(length);
    }
    if expected.is_some_and(|expected| expected != length) {
        return Err(passing(cut(&format!("{length} bytes came"))));
    }
    let synced = file.sync_all();
    synced.map_err(|error| refused(&slot.path(), &error))?;
    note.whole = true;
    slot.note_down(&note)?;
    Ok(Given::Whole {
        etag: note.etag,
        last_modified: note.last_modified,
    })
}

/// Begins anew, with nothing in the slot.
fn again(slot: &Slot, why: &str) -> Result<Given, Fault> {
    slot.clear()?;
    Err(passing(cut(why)))
}

/// Whether a redirect is followed: a few times, and never from https to anything else.
fn may_follow(previous: &[Url], next: &Url, allow_http: bool) -> Result<(), String> {
    let was_secure = previous.iter().any(|url| url.scheme() == "https");
    let is_allowed = match next.scheme() {
        "https" => true,
        "http" => allow_http && !was_secure,
        _ => false,
    };
    if previous.len() > MAXIMUM_REDIRECTS {
        Err(format!("there are more than {MAXIMUM_REDIRECTS} redirects"))
    } else if is_allowed {
        Ok(())
    } else {
        Err(format!("it leads away from https to `{next}`"))
    }
}

fn checked(url: &str, allow_http: bool) -> Result<Url, Diagnostic> {
    let parsed = Url::parse(url).map_err(|error| address(url, &error))?;
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if allow_http => Ok(parsed),
        _ => Err(Diagnostic::error(
            "fetch-insecure",
            Place::whole(),
            format!("`{url}` is no https address"),
        )
        .help("use https, or set `allow_http = true` for a mirror inside of the house")),
    }
}

fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.trim().to_owned())
}

/// Where a part begins: `Content-Range: bytes 100-199/200` (RFC 9110, section 14.4).
fn begins_at(headers: &HeaderMap) -> Option<u64> {
    let range = text_of(headers, &header::CONTENT_RANGE)?;
    let (first, _) = range.strip_prefix("bytes ")?.split_once('-')?;
    first.trim().parse().ok()
}

fn sending(error: &reqwest::Error) -> Fault {
    // The address itself was read before: what cannot be asked here is where it leads to.
    if error.is_redirect() || error.is_builder() {
        return Diagnostic::error("fetch-redirect", Place::whole(), chain(error))
            .help(
                "write the address that it leads to into the configuration, if it is the right one",
            )
            .into();
    }
    passing(failed(&chain(error)))
}

fn passing(fault: Diagnostic) -> Fault {
    Fault::Passing {
        fault: Box::new(fault),
        after: None,
    }
}

/// What is wrong, from the outside to the cause, without the address, which the caller tells.
fn chain(error: &reqwest::Error) -> String {
    let mut parts = Vec::new();
    let mut cause = error.source();
    while let Some(one) = cause {
        parts.push(one.to_string());
        cause = one.source();
    }
    if parts.is_empty() {
        parts.push(error.to_string());
    }
    parts.dedup();
    parts.join(": ")
}

pub(super) fn failed(why: &str) -> Diagnostic {
    Diagnostic::error(
        "fetch-failed",
        Place::whole(),
        format!("the server cannot be asked: {why}"),
    )
    .help("check the address, the network and the proxy")
}

fn address(url: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(
        "fetch-address",
        Place::whole(),
        format!("`{url}` is no address: {error}"),
    )
    .help("write it out, with https:// in front")
}

fn status(response: &Response) -> Diagnostic {
    Diagnostic::error(
        "fetch-status",
        Place::whole(),
        format!("the server answered {}", response.status()),
    )
    .help("check the address; where the server is busy, try again later")
}

fn cut(why: &str) -> Diagnostic {
    Diagnostic::error(
        "fetch-cut",
        Place::whole(),
        format!("the file did not come whole: {why}"),
    )
    .help("update again; what came is kept and gone on with where the server allows it")
}

fn too_large(wanted: &Wanted<'_>) -> Diagnostic {
    Diagnostic::error(
        "fetch-too-large",
        Place::whole(),
        format!("the file is larger than {} bytes", wanted.maximum_bytes),
    )
    .help("raise `maximum_bytes` of the source if it is right")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_names_seconds_or_an_instant_to_come_back_at() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        for (text, expected) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            let wait = After::of(&headers).map(|after| after.wait(now).as_secs());
            assert_eq!(wait, expected, "{text}");
        }
    }

    #[test]
    fn no_redirect_leads_away_from_https() {
        for (previous, next, allow_http, expected) in [
            ("https://a.example/", "https://b.example/", false, true),
            ("https://a.example/", "http://a.example/", false, false),
            ("https://a.example/", "http://a.example/", true, false),
            ("http://a.example/", "http://b.example/", true, true),
            ("http://a.example/", "https://b.example/", true, true),
            (
                "http://a.example/ https://a.example/",
                "http://a.example/",
                true,
                false,
            ),
            ("http://a.example/", "ftp://b.example/", true, false),
            ("https://a.example/", "file:///etc/passwd", true, false),
        ] {
            let previous: Vec<Url> = previous
                .split(' ')
                .map(|url| url.parse().unwrap())
                .collect();
            let found = may_follow(&previous, &next.parse().unwrap(), allow_http);
            assert_eq!(found.is_ok(), expected, "{previous:?} -> {next}");
        }
        let many = vec!["https://a.example/".parse().unwrap(); MAXIMUM_REDIRECTS + 1];
        assert!(may_follow(&many, &many[0], false).is_err());
    }

    #[test]
    fn a_part_says_where_it_begins() {
        for (text, expected) in [
            ("bytes 100-199/200", Some(100)),
            ("bytes 100-199/*", Some(100)),
            ("bytes */200", None),
            ("lines 1-2/3", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_RANGE, text.parse().unwrap());
            assert_eq!(begins_at(&headers), expected, "{text}");
        }
    }
}
