//! `/watchlists`: what is watched for, and what it found. Of a restricted list the id and counts alone, but for those that it names.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use crate::config::{GroupBy, Watchlist};
use crate::store::{AlertCount, WatchlistCount};
use crate::web::failure::Failure;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names, visit};

const MATCHES_OF: Duration = Duration::from_hours(30 * 24);

#[derive(Template)]
#[template(path = "watchlists.html")]
struct Page {
    section: Section,
    lists: Vec<List>,
    /// Lists that matched or alerted and are no longer configured.
    former: Vec<List>,
}

struct List {
    id: String,
    /// `None` for restricted and former lists.
    open: Option<Open>,
    enabled: bool,
    matches: i64,
    last_match: Option<When>,
    alerts: i64,
    pending: i64,
    dead: i64,
}

/// What only an unrestricted list shows.
struct Open {
    name: String,
    priority: &'static str,
    query: String,
    conditions: Vec<(&'static str, String)>,
    /// Reference and names.
    persons: Vec<(String, String)>,
}

pub async fn list(State(state): State<WebState>) -> Result<Response, Failure> {
    let config = state.config();
    let now = Timestamp::now();
    let since = now.saturating_sub(MATCHES_OF).unwrap_or(Timestamp::UNIX_EPOCH);
    let (matches, alerts) = tokio::try_join!(state.store.watchlist_counts(since), state.store.alert_counts())?;
    let counts: HashMap<&str, &WatchlistCount> = matches.iter().map(|count| (count.watchlist.as_str(), count)).collect();
    let list = |id: &str, enabled, open| {
        let count = counts.get(id);
        let sum = |number: &dyn Fn(&AlertCount) -> i64| alerts.iter().filter(|count| count.watchlist == id).map(number).sum();
        List {
            id: id.to_owned(),
            open,
            enabled,
            matches: count.map_or(0, |count| count.matches),
            last_match: count.and_then(|count| count.last_match_at).map(|at| When::ago(at, now)),
            alerts: sum(&|count| count.alerts),
            pending: sum(&|count| count.pending),
            dead: sum(&|count| count.dead),
        }
    };
    let configured: BTreeSet<&str> = config.watchlists.lists.iter().map(|list| list.id.as_str()).collect();
    let known: BTreeSet<&str> =
        matches.iter().map(|count| count.watchlist.as_str()).chain(alerts.iter().map(|count| count.watchlist.as_str())).collect();
    let page = Page {
        section: Section::Watchlists,
        lists: config.watchlists.lists.iter().map(|one| list(one.id.as_str(), one.enabled, visit::may_see(one).then(|| open(one)))).collect(),
        former: known.difference(&configured).map(|id| list(id, false, None)).collect(),
    };
    Ok(view::html(&page))
}

fn open(list: &Watchlist) -> Open {
    let group = match list.alert.group_by {
        GroupBy::Cluster => "event",
        GroupBy::Language => "event and language",
        GroupBy::Story => "story",
    };
    let joined = |parts: Vec<String>| if parts.is_empty() { "any".to_owned() } else { parts.join(", ") };
    let channels: Vec<String> = list.alert.channels.iter().map(ToString::to_string).collect();
    Open {
        name: list.name.clone(),
        priority: list.priority.as_str(),
        query: list.query.text.trim().to_owned(),
        conditions: vec![
            ("Countries", joined(list.countries_about.iter().map(|code| names::country(code.as_str())).collect())),
            ("Languages", joined(list.languages.iter().map(|language| names::language(language.as_str())).collect())),
            ("Topics", joined(list.topics.iter().map(|topic| topic.replace('_', " ")).collect())),
            ("Channels", if channels.is_empty() { "none: it alerts nobody".to_owned() } else { channels.join(", ") }),
            ("One alert per", group.to_owned()),
        ],
        persons: list.persons.iter().map(|person| (person.reference.clone(), person.names.join(", "))).collect(),
    }
}
