//! The service over real HTTP: pages, API and a graceful stop, on a store of its own.

use std::sync::Arc;

use mekiki::app::library::Library;
use mekiki::app::shelf::ShelfError;
use mekiki::app::wire::open_shelf;
use mekiki::digest::Digest;
use mekiki::folder::read_folder;
use mekiki::server::{routes, serve};
use reqwest::{Client, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::binary::Scratch;

const DEMO: &str = "fixtures/tenders/document-cloud";
const TENDER: &str = "/agencies/demo-agency/tenders/document-cloud-2026";

/// A running service with the demo tender on its shelf.
struct Service {
    base: String,
    client: Client,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<std::io::Result<()>>,
    data: Scratch,
}

impl Service {
    async fn start() -> Self {
        let data = Scratch::new();
        let library = Library::open(None).unwrap();
        let shelf = open_shelf(data.root().as_ref()).await.unwrap();
        shelf
            .add(&library, read_folder(DEMO).unwrap())
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let routes = routes(Arc::new(shelf), Arc::new(library));
        let ended = tokio::spawn(serve(listener, routes, async { drop(stopped.await) }));
        Self {
            base,
            client: Client::builder().no_proxy().build().unwrap(),
            stop,
            ended,
            data,
        }
    }

    async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.ended.await.unwrap().unwrap();
        drop(self.data);
    }
}

/// The first address in a page that holds `part`.
fn link<'a>(page: &'a str, part: &str) -> &'a str {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|address| address.contains(part))
        .unwrap_or_else(|| panic!("no link with {part}"))
}

#[tokio::test]
async fn a_reader_comes_from_the_list_down_to_the_cited_place() {
    let service = Service::start().await;
    for (lang, ranking, contradicted) in
        [("ja", "順位", "矛盾"), ("en", "Ranking", "Contradictions")]
    {
        let list = service.page(&format!("/?lang={lang}")).await;
        let tender = service.page(link(&list, TENDER)).await;
        assert!(
            tender.contains(ranking) && tender.contains(contradicted),
            "{lang}"
        );
        let verdict = service
            .page(link(&tender, "/bids/minami/criteria/A19-3.cloud.location"))
            .await;
        assert!(verdict.contains("cloud.data.countries") && verdict.contains("JP, SG"));
        let evidence = service
            .page(
                &link(&verdict, "line=")
                    .replace("&amp;", "&")
                    .replace("&#38;", "&"),
            )
            .await;
        assert!(
            evidence.contains("class=\"cited\""),
            "the cited line is marked"
        );
        assert!(evidence.contains("SG"), "and shows what was answered");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_api_serves_the_recorded_bytes() {
    let service = Service::start().await;
    assert_eq!(service.page("/healthz").await, "ok");
    let record = service
        .get(&format!("/api/v1{TENDER}/record"))
        .await
        .bytes()
        .await
        .unwrap();
    let library = Library::open(None).unwrap();
    let folder = read_folder(DEMO).unwrap();
    let replay = mekiki::app::tender::replay_record(&library, &record, &folder).unwrap();
    assert_eq!(replay, mekiki::app::tender::Replay::Equal);

    let tender: serde_json::Value = service
        .get(&format!("/api/v1{TENDER}"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(tender["schema"], "mekiki/tender/v1");
    assert_eq!(tender["winner"], serde_json::json!(["hokuto"]));

    let file = folder.iter().find(|one| one.path == "tender.toml").unwrap();
    let response = service
        .get(&format!("/api/v1{TENDER}/evidence/{}", file.digest))
        .await;
    assert!(
        response.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(*response.bytes().await.unwrap(), *file.bytes);

    let document: serde_json::Value = service
        .get("/api/v1/openapi.json")
        .await
        .json()
        .await
        .unwrap();
    let paths: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(paths.len(), 5, "{paths:?}");
    service.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_told_as_such() {
    let service = Service::start().await;
    let unknown = Digest::of(b"unknown");
    for (path, status) in [
        ("/nothing", StatusCode::NOT_FOUND),
        (
            "/agencies/other/tenders/document-cloud-2026",
            StatusCode::NOT_FOUND,
        ),
        (
            &format!("{TENDER}/bids/nobody/criteria/A19-3.cloud.location"),
            StatusCode::NOT_FOUND,
        ),
        (
            &format!("{TENDER}/evidence/{unknown}"),
            StatusCode::NOT_FOUND,
        ),
        (&format!("{TENDER}/evidence/xyz"), StatusCode::BAD_REQUEST),
        (
            "/api/v1/agencies/other/tenders/document-cloud-2026",
            StatusCode::NOT_FOUND,
        ),
        (
            &format!("/api/v1{TENDER}/evidence/xyz"),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/api/v1/agencies/demo-agency/tenders?page=x",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        assert_eq!(service.get(path).await.status(), status, "{path}");
    }
    let policy = service.get("/").await.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    service.stop().await;
}

#[tokio::test]
async fn a_tender_that_cannot_be_judged_leaves_the_shelf_as_it_was() {
    let data = Scratch::new();
    let library = Library::open(None).unwrap();
    let shelf = open_shelf(data.root().as_ref()).await.unwrap();
    let mut evidence = read_folder(DEMO).unwrap();
    evidence.retain(|one| !one.path.starts_with("bids/aoba/"));
    let error = shelf.add(&library, evidence).await.unwrap_err();
    assert!(
        matches!(error, ShelfError::Refused(refused) if refused.0[0].code == "bid-folder-missing")
    );
    assert_eq!(shelf.list(None, 0).await.unwrap(), []);
    assert!(
        !data.names().contains(&"blobs".to_owned()),
        "no bytes were kept"
    );
}
