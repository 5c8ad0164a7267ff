//! Small files below one address, read into memory.

use reqwest::Url;

use super::client::Client;
use super::{Manner, Wanted, patiently};
use crate::diagnostic::{Diagnostic, Place};

/// Files below one address.
pub struct Repository<'a> {
    client: Client,
    base: String,
    /// Whether `http` is spoken: with this machine only.
    is_local: bool,
    manner: &'a Manner<'a>,
}

impl<'a> Repository<'a> {
    /// Takes the address; nothing is asked yet. Only `https` is spoken, and `http` with this machine.
    ///
    /// # Errors
    ///
    /// `fetch-address` for an address that is no URL, `fetch-insecure` for another scheme.
    pub fn open(base: &str, manner: &'a Manner<'a>) -> Result<Self, Diagnostic> {
        let url = Url::parse(base).map_err(|error| {
            let message = format!("`{base}` is no address: {error}");
            Diagnostic::error("fetch-address", Place::whole(), message)
                .help("write it out, with https:// in front")
        })?;
        let is_local = url.scheme() == "http"
            && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() != "https" && !is_local {
            let message = format!("`{base}` is no https address");
            return Err(
                Diagnostic::error("fetch-insecure", Place::whole(), message).help("use https")
            );
        }
        let wanted = Wanted {
            url: base,
            sha256: None,
            checksum_url: None,
            proxy: None,
            allow_http: is_local,
            maximum_bytes: 0,
        };
        Ok(Self {
            client: Client::new(&wanted, manner)?,
            base: base.trim_end_matches('/').to_owned(),
            is_local,
            manner,
        })
    }

    /// Fetches one file; `None` where there is none. What may pass is tried again, as [`super::retrieve`]
    /// does.
    ///
    /// # Errors
    ///
    /// `fetch-redirect`, `fetch-status`, `fetch-failed`, `fetch-cut` and `fetch-too-large`.
    pub fn file(&self, path: &str, maximum_bytes: u64) -> Result<Option<Vec<u8>>, Diagnostic> {
        let url = format!("{}/{path}", self.base);
        patiently(self.manner, || {
            self.client.bytes(&url, self.is_local, maximum_bytes)
        })
        .map_err(|fault| fault.in_file(url.clone()))
    }
}
