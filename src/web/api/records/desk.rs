//! Sources, watchlists, alerts and the names of labels.

use jiff::Timestamp;
use uuid::Uuid;

use crate::config::Watchlist as List;
use crate::model::{self, SourceKind};
use crate::store;
use crate::web::access::Viewer;
use crate::web::api::schema::record;
use crate::web::source_health::Verdict;

record! {
    /// A source and how it does.
    Source {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// What is read.
        url: String,
        /// `feed`, `listing` or `sitemap`.
        read_as: &'static str,
        /// ISO 639 code; null: any.
        language: Option<String>,
        /// ISO 3166-1 code; null: international.
        country: Option<String>,
        /// The house: its editions are not independent of each other.
        publisher_group: String,
        /// A sort of publisher.
        category: &'static str,
        /// False while the configuration switches it off.
        enabled: bool,
        /// `ok`, `quiet`, `failing`, `blocked`, `moved`, `gone`, `hijacked?`, `waiting` or `off`.
        state: &'static str,
        /// Why, in English.
        reason: String,
        /// What to do, in English.
        advice: String,
        /// Since when.
        since: Option<Timestamp>,
        /// When it last brought something new.
        last_item_at: Option<Timestamp>,
        /// When it last answered.
        last_success_at: Option<Timestamp>,
        /// When it was last asked.
        last_fetch_at: Option<Timestamp>,
        /// When it is asked next.
        next_due_at: Option<Timestamp>,
        /// Stories of the last seven days.
        stories_week: i64,
        /// Those of them that carry a text.
        with_text_week: i64,
    }
}

impl Source {
    pub fn new(source: &model::Source, row: Option<&store::SourceRow>, now: Timestamp) -> Self {
        let verdict = Verdict::of(row, source.enabled, now);
        let facts = row.map(|row| &row.facts);
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            url: source.url.to_string(),
            read_as: match source.kind {
                SourceKind::Feed => "feed",
                SourceKind::Listing(_) => "listing",
                SourceKind::Sitemap(_) => "sitemap",
            },
            language: source.language.as_ref().map(ToString::to_string),
            country: source.country.map(|code| code.to_string()),
            publisher_group: source.publisher_group.clone(),
            category: source.category.as_str(),
            enabled: source.enabled,
            state: verdict.word,
            reason: verdict.standing.reason,
            advice: verdict.standing.advice.to_owned(),
            since: verdict.standing.since,
            last_item_at: facts.and_then(|facts| facts.last_item_at),
            last_success_at: facts.and_then(|facts| facts.last_success_at),
            last_fetch_at: facts.and_then(|facts| facts.last_fetch_at),
            next_due_at: row.map(|row| row.next_due_at).filter(|_| source.enabled),
            stories_week: row.map_or(0, |row| row.stories_week),
            with_text_week: row.map_or(0, |row| row.with_text_week),
        }
    }
}

record! {
    /// A watchlist. Of a restricted one that you may not see, its id and counts.
    Watchlist {
        /// Its id.
        id: String,
        /// Its name; null where it is restricted.
        name: Option<String>,
        /// What it looks for; null where it is restricted.
        query: Option<String>,
        /// Whether its terms are shown to named accounts alone.
        restricted: bool,
        /// False while the configuration switches it off.
        enabled: bool,
        /// `low`, `normal`, `high` or `critical`; null where it is restricted.
        priority: Option<&'static str>,
        /// Matches of the last 30 days.
        matches: i64,
        /// The last of them.
        last_match_at: Option<Timestamp>,
    }
}

impl Watchlist {
    pub fn new(list: &List, count: Option<&store::WatchlistCount>, viewer: &Viewer) -> Self {
        let open = viewer.may_see(list);
        Self {
            id: list.id.to_string(),
            name: open.then(|| list.name.clone()),
            query: open.then(|| list.query.text.trim().to_owned()),
            restricted: list.restricted,
            enabled: list.enabled,
            priority: open.then(|| list.priority.as_str()),
            matches: count.map_or(0, |count| count.matches),
            last_match_at: count.and_then(|count| count.last_match_at),
        }
    }
}

record! {
    /// What became of an alert for one recipient.
    Delivery {
        /// Its id.
        id: Uuid,
        /// Empty for webhooks; null where the list is restricted.
        recipient: Option<String>,
        /// `pending`, `delivered` or `dead`.
        state: String,
        /// How often it was tried.
        attempts: i32,
        /// When it is tried next.
        due_at: Timestamp,
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// Why the last attempt failed; null where the list is restricted.
        last_error: Option<String>,
    }
}

record! {
    /// An alert.
    Alert {
        /// Ids ascend with time.
        id: Uuid,
        /// Id of the watchlist.
        watchlist: String,
        /// Id of the channel.
        channel: String,
        /// `low`, `normal`, `high` or `critical`.
        priority: String,
        /// Whether the list is restricted.
        restricted: bool,
        /// What it is: `alert.created`, `digest.ready` and so on, as webhooks name it.
        kind: String,
        /// The story that it tells of; null for digests, bursts and notices.
        story: Option<Uuid>,
        /// The story's title, or what the message is about.
        title: String,
        /// When it was written.
        created_at: Timestamp,
        /// One for each recipient.
        deliveries: Vec<Delivery>,
    }
}

impl Alert {
    pub fn new(alert: store::AlertRow) -> Self {
        let open = !alert.restricted;
        Self {
            id: alert.id.0,
            watchlist: alert.watchlist,
            channel: alert.channel,
            priority: alert.priority,
            restricted: alert.restricted,
            kind: alert.content.kind().to_owned(),
            story: alert.story.map(|story| story.0),
            title: alert.content.title(),
            created_at: alert.created_at,
            deliveries: alert
                .deliveries
                .into_iter()
                .map(|delivery| Delivery {
                    id: delivery.id.0,
                    recipient: open.then_some(delivery.recipient),
                    state: delivery.state,
                    attempts: delivery.attempts,
                    due_at: delivery.due_at,
                    ended_at: delivery.ended_at,
                    last_error: delivery.last_error.filter(|_| open),
                })
                .collect(),
        }
    }
}

record! {
    /// A topic or actor that stories are labeled with.
    Label {
        /// `topic` or `actor`.
        kind: &'static str,
        /// Its id.
        id: String,
        /// Its name, as topics.toml has it.
        label: String,
        /// `incident`, or another group of topics.toml.
        group: String,
    }
}
