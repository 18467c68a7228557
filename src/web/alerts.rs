//! `/alerts`: what was sent to whom, and what became of it.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::Config;
use crate::model::Content;
use crate::store::{AlertRow, PAGE_ROWS};
use crate::web::access::Viewer;
use crate::web::failure::Failure;
use crate::web::query::{self, AlertQuery, STATES};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, visit};

#[derive(Template)]
#[template(path = "alerts.html")]
struct Page {
    section: Section,
    states: Vec<StateChoice>,
    watchlist: String,
    lists: Vec<Count>,
    alerts: Vec<Alert>,
    older: Option<String>,
    continued: bool,
    dead: i64,
    may_edit: bool,
}

/// A state to filter by.
struct StateChoice {
    name: &'static str,
    href: String,
    chosen: bool,
}

struct Count {
    watchlist: String,
    channel: String,
    alerts: i64,
    pending: i64,
    delivered: i64,
    dead: i64,
}

struct Alert {
    id: String,
    watchlist: String,
    name: String,
    restricted: bool,
    channel: String,
    priority: String,
    /// None for what is about no single story.
    story: Option<String>,
    title: String,
    language: String,
    source: String,
    matched: Vec<String>,
    created: When,
    awaits_word: bool,
    acknowledged: Option<When>,
    deliveries: Vec<Delivery>,
}

struct Delivery {
    id: String,
    recipient: String,
    state: String,
    attempts: i32,
    error: Option<String>,
    due: Option<When>,
    ended: Option<When>,
    history: Vec<Attempt>,
}

struct Attempt {
    number: i32,
    at: When,
    duration_ms: i32,
    outcome: String,
    detail: String,
}

pub async fn list(viewer: Viewer, State(state): State<WebState>, query: Result<Query<AlertQuery>, QueryRejection>) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::bad_request("The filter cannot be read", "Give each key once."))?;
    let filter = query.filter()?;
    let (alerts, counts) = tokio::try_join!(state.store.alerts(&filter), state.store.alert_counts())?;
    let (config, now) = (state.config(), Timestamp::now());
    let watchlist = query.watchlist.trim();
    let older = alerts.last().filter(|_| i64::try_from(alerts.len()).unwrap_or(i64::MAX) >= PAGE_ROWS).map(|last| query.older(last.id));
    let choice = |name: &'static str, value: &str| StateChoice {
        name,
        href: query::address("/alerts", &[("state", value), ("watchlist", watchlist)]),
        chosen: query.state.trim() == value,
    };
    let page = Page {
        section: Section::Alerts,
        may_edit: viewer.may_edit(),
        states: std::iter::once(choice("all", "")).chain(STATES.iter().map(|state| choice(state, state))).collect(),
        watchlist: watchlist.to_owned(),
        dead: counts.iter().map(|count| count.dead).sum(),
        lists: counts
            .into_iter()
            .map(|count| Count {
                watchlist: count.watchlist,
                channel: count.channel,
                alerts: count.alerts,
                pending: count.pending,
                delivered: count.delivered,
                dead: count.dead,
            })
            .collect(),
        alerts: alerts.into_iter().map(|alert| shown(alert, &config, now)).collect(),
        older,
        continued: filter.before.is_some(),
    };
    Ok(view::html(&page))
}

fn shown(alert: AlertRow, config: &Config, now: Timestamp) -> Alert {
    let restricted = alert.restricted;
    let open = config.watchlists.lists.iter().any(|list| list.id.as_str() == alert.watchlist && visit::may_see(list));
    let hidden = restricted && !open;
    let (title, kind) = (alert.content.title(), alert.content.kind());
    let (list_name, story) = match alert.content {
        Content::Alert(content) => (content.watchlist_name, Some(content.story)),
        other => (other.watchlist().map_or_else(|| "Presswatch".to_owned(), |(_, name)| name.to_owned()), None),
    };
    let (language, source, matched) =
        story.map_or_else(|| ("en".to_owned(), kind.to_owned(), Vec::new()), |story| (story.language.to_string(), story.source_name, story.matched));
    Alert {
        id: alert.id.to_string(),
        name: if hidden { alert.watchlist.clone() } else { list_name },
        watchlist: alert.watchlist,
        restricted,
        channel: alert.channel,
        priority: alert.priority,
        story: alert.story.map(|story| story.to_string()),
        title,
        language,
        source,
        matched: if hidden { Vec::new() } else { matched },
        created: When::new(alert.created_at, now),
        awaits_word: alert.awaits_word,
        acknowledged: alert.acknowledged_at.map(|at| When::ago(at, now)),
        deliveries: alert
            .deliveries
            .into_iter()
            .map(|delivery| Delivery {
                id: delivery.id.to_string(),
                recipient: match delivery.recipient.as_str() {
                    "" => "the channel's address".to_owned(),
                    _ if hidden => "a recipient of a restricted list".to_owned(),
                    recipient => recipient.to_owned(),
                },
                due: (delivery.state == "pending").then(|| When::ago(delivery.due_at, now)),
                ended: delivery.ended_at.map(|at| When::ago(at, now)),
                attempts: delivery.attempts,
                error: delivery.last_error.filter(|_| !hidden),
                history: delivery
                    .history
                    .into_iter()
                    .map(|attempt| Attempt {
                        number: attempt.attempt,
                        at: When::new(attempt.at, now),
                        duration_ms: attempt.duration_ms,
                        outcome: attempt.outcome.replace('_', " "),
                        detail: if hidden { String::new() } else { attempt.detail },
                    })
                    .collect(),
                state: delivery.state,
            })
            .collect(),
    }
}
