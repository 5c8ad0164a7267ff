//! Errors of the API as problem documents (RFC 9457).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::shelf::ShelfError;

/// Why a request failed.
#[derive(Debug)]
pub enum ApiError {
    /// There is no such thing.
    NotFound,
    /// A part of the address is malformed.
    Malformed(&'static str),
    /// The shelf failed; the cause is logged, not sent.
    Internal(ShelfError),
}

impl From<ShelfError> for ApiError {
    fn from(error: ShelfError) -> Self {
        Self::Internal(error)
    }
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (code, detail) = match &self {
            Self::NotFound => ("not-found", "there is no such resource".to_owned()),
            Self::Malformed(what) => ("malformed", (*what).to_owned()),
            Self::Internal(error) => {
                tracing::error!(%error, "the shelf failed");
                (
                    "internal",
                    "the service failed; its log says why".to_owned(),
                )
            }
        };
        let status = self.status();
        let problem = json!({"type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "code": code, "detail": detail});
        (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            Json(problem),
        )
            .into_response()
    }
}
