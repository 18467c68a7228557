//! The pages: what was heard, what it means, what was sent. Complete without JavaScript, nothing from elsewhere.
//!
//! Enters: requests, the store, the current configuration. Leaves: HTML, metrics, a sign of life. Deliberately absent: scripts, images.
//!
//! *Invariant:* every answer carries the headers of [`guard`], and is given only to a request that names this host.
//! *Invariant:* news text reaches a page through escaping alone; an address becomes a link only if it is `http` or `https`.
//! *Invariant:* of a restricted watchlist no page shows more than its id and counts, but to an account that the list names.
//! *Invariant:* a request that changes something carries a token of the session: see [`access::csrf`].

pub mod access;
mod acknowledge;
mod alert_actions;
mod alerts;
pub mod api;
mod care;
mod chart;
mod country;
mod coverage;
pub mod decision;
mod diff;
pub mod explore;
mod failure;
mod feeds;
mod guard;
mod highlight;
mod home;
mod incident;
mod incidents;
mod map;
pub mod messages;
mod names;
mod new_source;
mod preferences;
mod query;
pub mod record;
mod search;
mod service;
mod source;
pub mod source_health;
mod sources;
mod stories;
mod story;
mod trial;
mod view;
pub mod visit;
mod watchlist;
mod watchlists;
mod websub;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::Config;
use crate::store::Store;

/// A draft of a query in a form: its letters may take three characters a byte.
const FORM_LIMIT_BYTES: usize = 32 * 1024;

/// Answers in flight get this long once the server is asked to stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// What the pages are made from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WebState {
    pub store: Store,
    /// The current configuration; a reload is seen by the next request.
    pub config: watch::Receiver<Arc<Config>>,
    pub metrics: Arc<Registry>,
    /// Looks at sites that editors add.
    pub explorer: explore::Explorer,
}

impl WebState {
    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.borrow())
    }
}

/// All pages, with the guard around them.
pub fn router(state: WebState) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/countries/{code}", get(country::show))
        .route("/stories", get(stories::list))
        .route("/stories/{id}", get(story::show))
        .route("/incidents", get(incidents::list))
        .route("/incidents/export", get(incidents::export))
        .route("/incidents/{id}", get(incident::show))
        .route("/incidents/{id}/draft", get(incident::draft))
        .route("/incidents/{id}/decide", post(incident::decide).layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES)))
        .route("/alerts", get(alerts::list))
        .route("/alerts/replay", post(alert_actions::replay))
        .route("/alerts/{id}/acknowledge", post(alert_actions::acknowledge))
        .route("/ack/{token}", get(acknowledge::ask).post(acknowledge::acknowledge))
        .route("/sources", get(sources::list))
        .route("/sources/{id}", get(source::show))
        .route("/watchlists", get(watchlists::list))
        .route("/websub/{token}", get(websub::verify).post(websub::hear))
        .route("/watchlists/{id}", get(watchlist::show).post(watchlist::try_draft).layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES)))
        .route("/sources.opml", get(new_source::export))
        .route("/new-source", get(new_source::show).post(new_source::find))
        .route("/new-source/pick", post(new_source::pick))
        .route("/new-source/import", post(new_source::import))
        .route("/preferences", get(preferences::show).post(preferences::save))
        .route("/healthz", get(service::healthz))
        .route("/metrics", get(service::metrics))
        .route("/static/style.css", get(service::style))
        .merge(access::routes())
        .merge(api::routes())
        .merge(feeds::routes())
        .fallback(service::not_found)
        .method_not_allowed_fallback(service::read_only)
        .layer(CatchPanicLayer::custom(service::panicked))
        .layer(from_fn_with_state(state.clone(), guard::guard))
        .with_state(state)
}

/// Serves the pages until `stop`, then lets what is in flight end within five seconds.
pub async fn serve(listener: TcpListener, state: WebState, stop: CancellationToken) {
    let out_of_time = {
        let stop = stop.clone();
        async move {
            stop.cancelled().await;
            tokio::time::sleep(STOP_WITHIN).await;
        }
    };
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        result = server.into_future() => {
            if let Err(error) = result {
                tracing::error!("the pages are no longer served: {error}");
            }
        }
        () = out_of_time => tracing::debug!("answers in flight were cut off"),
    }
}
