//! `/api/v1`: what the pages show, for programs.
//!
//! Enters: a token of its scope, or a session; strictly read keys. Leaves: JSON with an `ETag`, problems as RFC 9457 has them, a stream of events.
//! Lists are found by the same queries as the pages, and continue by id. [`operations`] is what the router answers and what the document describes;
//! a test holds both against each other.

mod answer;
mod events;
pub(super) mod lists;
pub mod openapi;
pub mod records;
pub mod schema;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::web::WebState;
use crate::web::api::openapi::{Kind, Operation, Parameter, page};
use crate::web::api::schema::Schema;
use crate::web::failure::Failure;

pub use answer::with_etag;

/// Reads stories, events, incidents, sources, open watchlists and labels; feeds too.
pub const READ: &str = "read";
/// Reads alerts, which name recipients.
pub const ALERTS: &str = "alerts";
/// Reads /metrics.
pub const METRICS: &str = "metrics";
/// Every scope of a token.
pub const SCOPES: [&str; 3] = [READ, ALERTS, METRICS];

const fn key(name: &'static str, kind: Kind, about: &'static str) -> Parameter {
    Parameter { name, about, kind }
}

/// The categories of sources; a test holds them against the model's.
const CATEGORIES: &[&str] = &[
    "press_freedom_ngo",
    "human_rights_ngo",
    "exile_media",
    "independent",
    "public",
    "commercial",
    "state_media",
    "wire",
    "gazette",
    "measurement",
    "other",
];

const LIMIT: Parameter = key("limit", Kind::Limit, "Rows of one answer.");
const BEFORE: Parameter = key("before", Kind::Uuid, "Goes on after this record; `next` has it.");
const STORY_KEYS: &[Parameter] = &[
    key("words", Kind::Text, "A query in the language of watchlists, held against title and text."),
    key("country", Kind::Country, "ISO 3166-1."),
    key("role", Kind::Choice(&["about", "mentioned", "either"]), "What part the country has; `about` unless given."),
    key("topic", Kind::LabelId, "Id of a topic."),
    key("actor", Kind::LabelId, "Id of an actor."),
    key("source", Kind::Slug, "Id of a source."),
    key("kind", Kind::Choice(CATEGORIES), "A category of sources."),
    key("language", Kind::Language, "ISO 639."),
    key("watchlist", Kind::Slug, "Id of a watchlist that stories met."),
    key("cluster", Kind::Uuid, "The event that stories tell of."),
    key("from", Kind::Day, "First seen on this day (UTC) or later."),
    key("to", Kind::Day, "First seen on this day (UTC) or earlier."),
    key("copies", Kind::Choice(&["1"]), "Copies are listed too."),
    BEFORE,
    LIMIT,
];
const INCIDENT_KEYS: &[Parameter] = &[
    key("country", Kind::Country, "ISO 3166-1."),
    key("topic", Kind::LabelId, "Id of a topic."),
    key("actor", Kind::LabelId, "Id of an actor."),
    key("status", Kind::Choice(&["open", "released", "contradicted"]), "What became of it."),
    key("review", Kind::Choice(&["standing", "open", "confirmed", "rejected"]), "What the desk decided; all but rejected ones unless given."),
    key("since", Kind::Day, "Reported on this day (UTC) or later."),
    BEFORE,
    LIMIT,
];
const CLUSTER_KEYS: &[Parameter] = &[key("before", Kind::Place, "Goes on after this event; `next` has it."), LIMIT];
const SOURCE_KEYS: &[Parameter] = &[key("after", Kind::Slug, "Goes on after this source; `next` has it."), LIMIT];
const ALERT_KEYS: &[Parameter] = &[
    key("state", Kind::Choice(&["pending", "delivered", "dead"]), "With a delivery in this state."),
    key("watchlist", Kind::Slug, "Id of a watchlist."),
    BEFORE,
    LIMIT,
];
const ID: Parameter = key("id", Kind::Uuid, "Its id.");
const SLUG: Parameter = key("id", Kind::Slug, "Its id.");

fn operation<T: Schema>(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    of: Option<Parameter>,
    query: &'static [Parameter],
) -> Operation {
    let answer: fn() -> Value = if of.is_some() { T::schema } else { page::<T> };
    Operation { path, id, summary, scope: READ, of, query, answer, collect: T::collect, media: "application/json" }
}

/// Everything that can be asked.
pub fn operations() -> Vec<Operation> {
    vec![
        operation::<records::Story>("/api/v1/stories", "listStories", "Stories, newest first", None, STORY_KEYS),
        operation::<records::StoryDetails>("/api/v1/stories/{id}", "getStory", "One story with its evidence", Some(ID), &[]),
        operation::<records::Cluster>("/api/v1/clusters", "listClusters", "Events, those first that grew last", None, CLUSTER_KEYS),
        operation::<records::Incident>("/api/v1/incidents", "listIncidents", "Incidents, newest first", None, INCIDENT_KEYS),
        operation::<records::Incident>("/api/v1/incidents/{id}", "getIncident", "One incident with what each report says", Some(ID), &[]),
        operation::<records::Source>("/api/v1/sources", "listSources", "Sources and how they do, by id", None, SOURCE_KEYS),
        operation::<records::Source>("/api/v1/sources/{id}", "getSource", "One source", Some(SLUG), &[]),
        operation::<records::Watchlist>("/api/v1/watchlists", "listWatchlists", "Watchlists", None, &[]),
        operation::<records::Label>("/api/v1/labels", "listLabels", "Topics and actors", None, &[]),
        Operation {
            scope: ALERTS,
            ..operation::<records::Alert>("/api/v1/alerts", "listAlerts", "Alerts and what became of them, newest first", None, ALERT_KEYS)
        },
        Operation {
            answer: || json!({ "type": "string", "description": "Events `story` and `incident` with a Story and an Incident as data, `id` for Last-Event-ID." }),
            media: "text/event-stream",
            ..operation::<records::Story>("/api/v1/events", "listen", "What happens, as it happens (server-sent events)", None, &[])
        },
    ]
}

/// The scope that a token needs for an address; `None` where no token opens it.
pub fn scope_of(path: &str) -> Option<&'static str> {
    match path {
        "/metrics" => Some(METRICS),
        "/api/v1/alerts" => Some(ALERTS),
        _ if path.starts_with("/api/") || crate::web::feeds::is_feed(path) => Some(READ),
        _ => None,
    }
}

/// The addresses of the API.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/api/v1/stories", get(lists::stories))
        .route("/api/v1/stories/{id}", get(lists::story))
        .route("/api/v1/clusters", get(lists::clusters))
        .route("/api/v1/incidents", get(lists::incidents))
        .route("/api/v1/incidents/{id}", get(lists::incident))
        .route("/api/v1/sources", get(lists::sources))
        .route("/api/v1/sources/{id}", get(lists::source))
        .route("/api/v1/watchlists", get(lists::watchlists))
        .route("/api/v1/labels", get(lists::labels))
        .route("/api/v1/alerts", get(lists::alerts))
        .route("/api/v1/events", get(events::listen))
        .route_layer(from_fn(known_keys))
        .route("/api/v1/openapi.json", get(describe))
}

async fn describe() -> Response {
    with_etag(None, "application/json", serde_json::to_vec(&openapi::document(&operations())).unwrap_or_default())
}

/// A key that no operation knows is refused: a mistyped filter must not look like an empty one.
async fn known_keys(path: MatchedPath, request: Request, next: Next) -> Response {
    let all = operations();
    let known: BTreeSet<&str> =
        all.iter().find(|one| one.path == path.as_str()).map(|one| one.query.iter().map(|key| key.name).collect()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for (name, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        // The language of messages is chosen on every address.
        if name != "lang" && !known.contains(name.as_ref()) {
            let known: Vec<&str> = known.into_iter().collect();
            let shown: String = name.chars().take(80).collect();
            let advice = if known.is_empty() { "This address takes no keys.".to_owned() } else { format!("Known are: {}.", known.join(", ")) };
            return Failure::bad_request(&format!("There is no key \"{shown}\""), &advice).into_response();
        }
        if value.is_empty() {
            return Failure::bad_request(&format!("The key \"{name}\" is empty"), "Leave it out, or give it a value.").into_response();
        }
        if !seen.insert(name.clone().into_owned()) {
            return Failure::bad_request(&format!("The key \"{name}\" is given twice"), "Give each key once.").into_response();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use crate::model::SourceCategory;

    #[test]
    fn the_document_names_every_category() {
        assert_eq!(super::CATEGORIES, SourceCategory::ALL.map(|(_, name)| name));
    }
}
