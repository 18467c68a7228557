//! `/ack/TOKEN`: the link of an alert that waits for somebody's word. Reading the page changes nothing, for programs that look into mail follow
//! links; the button does.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::store::alerting::Acknowledged;
use crate::web::WebState;
use crate::web::failure::Failure;
use crate::web::view::{self, Section, When};

/// Ours have 27 characters.
const TOKEN_MOST: usize = 64;

#[derive(Template)]
#[template(path = "acknowledge.html")]
struct Page {
    section: Section,
    token: String,
    title: String,
    language: String,
    /// None for restricted lists: whoever looks over the reader's shoulder learns the headline alone.
    watchlist: Option<String>,
    acknowledged: Option<When>,
}

/// Asks.
pub async fn ask(State(state): State<WebState>, Path(token): Path<String>) -> Result<Response, Failure> {
    let Some(event) = find(&state, &token).await? else { return Ok(unknown()) };
    let now = Timestamp::now();
    let restricted = event.content.restricted();
    let page = Page {
        section: Section::Alerts,
        token,
        title: event.content.title(),
        language: event.content.story().map_or_else(|| "en".to_owned(), |story| story.language.to_string()),
        watchlist: event.content.watchlist().filter(|_| !restricted).map(|(_, name)| name.to_owned()),
        acknowledged: event.acknowledged_at.map(|at| When::ago(at, now)),
    };
    Ok(view::html(&page))
}

/// Takes the word.
pub async fn acknowledge(State(state): State<WebState>, Path(token): Path<String>) -> Result<Response, Failure> {
    if !is_token(&token) || state.store.acknowledge_token(&token, "link").await? == Acknowledged::Unknown {
        return Ok(unknown());
    }
    ask(State(state), Path(token)).await
}

async fn find(state: &WebState, token: &str) -> Result<Option<crate::store::alerting::OpenEvent>, Failure> {
    if is_token(token) { Ok(state.store.event_of_token(token).await?) } else { Ok(None) }
}

/// Whether it has the letters of one; anything else is not looked up.
fn is_token(text: &str) -> bool {
    text.len() <= TOKEN_MOST && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn unknown() -> Response {
    Failure::new(StatusCode::NOT_FOUND, "There is no such alert")
        .with_advice("The link is not whole, or the alert was forgotten because of its age.")
        .into_response()
}
