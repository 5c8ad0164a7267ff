//! Version 1 of the API. Read only so far; tenders come in through `mekiki tender add`.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::error::ApiError;
use crate::app::wire::LocalShelf;
use crate::id::{AgencyId, TenderId};

/// The API as an OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mekiki",
        description = "Tenders judged from evidence; every point leads to a digest and a place.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(healthz, list_tenders, tender, record, evidence)
)]
pub struct Document;

/// Builds the routes.
pub fn routes(shelf: Arc<LocalShelf>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route(
            "/api/v1/openapi.json",
            get(|| async { Json(Document::openapi()) }),
        )
        .route("/api/v1/agencies/{agency}/tenders", get(list_tenders))
        .route("/api/v1/agencies/{agency}/tenders/{tender}", get(tender))
        .route(
            "/api/v1/agencies/{agency}/tenders/{tender}/record",
            get(record),
        )
        .route(
            "/api/v1/agencies/{agency}/tenders/{tender}/evidence/{sha256}",
            get(evidence),
        )
        .with_state(shelf)
}

/// Says that the service answers.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "The service answers and its store is open")))]
async fn healthz(State(shelf): State<Arc<LocalShelf>>) -> Result<&'static str, ApiError> {
    shelf.list(None, 0).await?;
    Ok("ok")
}

#[derive(Debug, Default, Deserialize)]
struct Page {
    #[serde(default)]
    page: i64,
}

/// Lists the tenders of an agency, 100 a page.
#[utoipa::path(get, path = "/api/v1/agencies/{agency}/tenders",
    params(("agency" = String, Path, description = "The agency"), ("page" = Option<i64>, Query, description = "The page, from 0")),
    responses((status = 200, description = "One page of tenders", body = Object)))]
async fn list_tenders(
    State(shelf): State<Arc<LocalShelf>>,
    Path(agency): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, ApiError> {
    let tenders = shelf.list(Some(&AgencyId(agency)), page.page).await?;
    Ok(Json(
        json!({"schema": "mekiki/tenders/v1", "tenders": tenders}),
    ))
}

/// Returns a judged tender, schema `mekiki/tender/v1`.
#[utoipa::path(get, path = "/api/v1/agencies/{agency}/tenders/{tender}",
    params(("agency" = String, Path, description = "The agency"), ("tender" = String, Path, description = "The tender")),
    responses((status = 200, description = "The judged tender", body = Object), (status = 404, description = "There is no such tender")))]
async fn tender(
    State(shelf): State<Arc<LocalShelf>>,
    Path((agency, tender)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let view = shelf.view(&AgencyId(agency), &TenderId(tender)).await?;
    view.map(Json).ok_or(ApiError::NotFound)
}

/// Returns the canonical record of a tender, byte for byte.
#[utoipa::path(get, path = "/api/v1/agencies/{agency}/tenders/{tender}/record",
    params(("agency" = String, Path, description = "The agency"), ("tender" = String, Path, description = "The tender")),
    responses((status = 200, description = "The record", body = Object), (status = 404, description = "There is no such tender")))]
async fn record(
    State(shelf): State<Arc<LocalShelf>>,
    Path((agency, tender)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let (_, bytes) = shelf
        .record(&AgencyId(agency), &TenderId(tender))
        .await?
        .ok_or(ApiError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes))
}

/// Returns the bytes of a piece of evidence as they were handed in.
#[utoipa::path(get, path = "/api/v1/agencies/{agency}/tenders/{tender}/evidence/{sha256}",
    params(("agency" = String, Path, description = "The agency"), ("tender" = String, Path, description = "The tender"), ("sha256" = String, Path, description = "The digest, 64 hexadecimal digits")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 400, description = "The digest is malformed"), (status = 404, description = "The tender has no such evidence")))]
async fn evidence(
    State(shelf): State<Arc<LocalShelf>>,
    Path((agency, tender, sha256)): Path<(String, String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let digest = sha256
        .parse()
        .map_err(|_| ApiError::Malformed("the digest must be 64 hexadecimal digits"))?;
    let found = shelf
        .evidence(&AgencyId(agency), &TenderId(tender), &digest)
        .await?
        .ok_or(ApiError::NotFound)?;
    // NOTE: evidence is a stranger's file; a browser must never open it as a page of ours.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{digest}\""),
        ),
    ];
    Ok((headers, found.bytes))
}
