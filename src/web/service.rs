//! Answers for programs, and for requests that no page answers.

use std::any::Any;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::web::WebState;
use crate::web::failure::Failure;

/// A database that needs longer for `SELECT 1` is away, whatever it may say later.
const PING_WITHIN: Duration = Duration::from_secs(3);

/// 200 only if the database answers.
pub async fn healthz(State(state): State<WebState>) -> Response {
    match tokio::time::timeout(PING_WITHIN, state.store.ping()).await {
        Ok(Ok(())) => "ok\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// Prometheus reads it.
pub async fn metrics(State(state): State<WebState>) -> Response {
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &state.metrics) {
        Ok(()) => ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the metrics could not be written\n").into_response(),
    }
}

/// The one style sheet.
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}

pub async fn not_found() -> Failure {
    Failure::not_found("There is no such page", "The pages are those named above.")
}

pub async fn read_only() -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "These pages can be read only").with_advice("Change the configuration and reload it instead.")
}

/// The panic itself was written to the log by its hook.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "This page failed")
        .with_advice("This is a fault of presswatch: please report it with the address of the page and the log of the service.")
        .into_response()
}
