//! What a reader sees when there is no page: what is wrong, and what to do.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::store::StoreError;
use crate::web::view::{self, Section};
use crate::web::visit;

/// A page that could not be made.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    message: String,
    advice: String,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page {
    section: Section,
    status: u16,
    message: String,
    advice: String,
}

impl Failure {
    pub fn new(status: StatusCode, message: &str) -> Self {
        Self { status, message: message.to_owned(), advice: String::new() }
    }

    /// With the message of a key, in the reader's language.
    pub fn said(key: &str, status: StatusCode) -> Self {
        Self::new(status, &visit::say(key).plain())
    }

    /// What to do, by the message of a key.
    pub fn advised(self, key: &str) -> Self {
        let advice = visit::say(key).plain();
        self.with_advice(&advice)
    }

    pub fn with_advice(mut self, advice: &str) -> Self {
        advice.clone_into(&mut self.advice);
        self
    }

    /// A filter or id that cannot be read.
    pub fn bad_request(message: &str, advice: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message).with_advice(advice)
    }

    pub fn not_found(message: &str, advice: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, message).with_advice(advice)
    }

    pub fn database_silent() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer").with_advice(
            "Presswatch keeps trying by itself, and loses nothing meanwhile. Load this page again in a minute. If it stays so, run \
             `presswatch db status` on the machine and read the log of the service.",
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error.kind = error.kind(), "a page could not be read from the database");
        if error.is_transient() {
            return Self::database_silent();
        }
        let advice = match &error {
            StoreError::NotMigrated => "Run `presswatch db migrate`, or restart the daemon: it does so when it starts.",
            StoreError::Login { .. } => "The database refuses us: look at database.url, then run `presswatch db status`.",
            _ => "Run `presswatch db status` on the machine and read the log of the service; it names the cause.",
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The database cannot be read").with_advice(advice)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if visit::current().here.starts_with("/api/") {
            // RFC 9457.
            let problem = json!({ "type": "about:blank", "title": self.message, "status": self.status.as_u16(), "detail": self.advice });
            return (self.status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response();
        }
        let page = Page { section: Section::None, status: self.status.as_u16(), message: self.message, advice: self.advice };
        (self.status, view::html(&page)).into_response()
    }
}
