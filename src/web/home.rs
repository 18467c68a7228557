//! `/`: whom we hear, whom we do not, and what was told last.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use crate::config::Config;
use crate::model::Source;
use crate::store::{ClusterSummary, SourceRow};
use crate::web::failure::Failure;
use crate::web::source_health::{self, Condition};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

const CLUSTERS: i64 = 30;

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    section: Section,
    now: When,
    totals: Counts,
    countries: Vec<Country>,
    silent: Vec<Silent>,
    own_outage: bool,
    /// Stored stories that are still to be labeled anew.
    relabeling: Option<Relabeling>,
    clusters: Vec<Event>,
    pending: i64,
    dead: i64,
}

struct Relabeling {
    done: u64,
    todo: u64,
    since: When,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    heard: usize,
    quiet: usize,
    failing: usize,
    waiting: usize,
}

impl Counts {
    fn add(&mut self, condition: Condition) {
        match condition {
            Condition::Heard => self.heard += 1,
            Condition::Quiet => self.quiet += 1,
            Condition::Failing => self.failing += 1,
            Condition::Waiting => self.waiting += 1,
            Condition::Off => {}
        }
    }

    fn all(self) -> usize {
        self.heard + self.quiet + self.failing + self.waiting
    }
}

struct Country {
    name: String,
    counts: Counts,
}

/// A source that is not heard.
struct Silent {
    id: String,
    name: String,
    country: String,
    condition: Condition,
    reason: String,
    last_heard: Option<When>,
}

struct Event {
    story: String,
    title: String,
    language: String,
    source: String,
    country: Option<String>,
    topics: Vec<String>,
    publishers: String,
    /// Told by more than one.
    confirmed: bool,
    others: String,
    languages: usize,
    watchlists: Vec<String>,
    last: When,
    incident: Option<String>,
}

pub async fn show(State(state): State<WebState>) -> Result<Response, Failure> {
    let config = state.config();
    let store = &state.store;
    let (rows, clusters, counts, labeling) =
        tokio::try_join!(store.source_rows(), store.latest_clusters(CLUSTERS), store.alert_counts(), store.labeling())?;
    let now = Timestamp::now();
    let rows: HashMap<&str, &SourceRow> = rows.iter().map(|row| (row.source_id.as_str(), row)).collect();

    let mut totals = Counts::default();
    let mut by_country: BTreeMap<String, Counts> = BTreeMap::new();
    let mut silent = Vec::new();
    for source in &config.sources {
        let row = rows.get(source.id.as_str()).copied();
        let condition = Condition::of(row, source.enabled, now);
        if condition == Condition::Off {
            continue;
        }
        let country = country_of(source);
        totals.add(condition);
        by_country.entry(country.clone()).or_default().add(condition);
        if matches!(condition, Condition::Failing | Condition::Quiet) {
            silent.push(Silent {
                id: source.id.to_string(),
                name: source.name.clone(),
                country,
                condition,
                reason: source_health::reason(condition, row),
                last_heard: row.and_then(|row| row.facts.last_item_at).map(|at| When::ago(at, now)),
            });
        }
    }
    silent.sort_by(|a, b| (a.condition, &a.country, &a.name).cmp(&(b.condition, &b.country, &b.name)));
    let mut countries: Vec<Country> = by_country.into_iter().map(|(name, counts)| Country { name, counts }).collect();
    // Where we are blind comes first.
    countries.sort_by_key(|country| (country.counts.heard > 0, country.counts.failing + country.counts.quiet == 0));
    let page = Page {
        section: Section::Coverage,
        now: When::new(now, now),
        totals,
        countries,
        silent,
        // One dead site is its own trouble; all at once is ours.
        own_outage: totals.failing >= 3 && totals.heard + totals.quiet == 0,
        relabeling: labeling.filter(|labeling| labeling.finished_at.is_none()).map(|labeling| Relabeling {
            done: labeling.relabeled,
            todo: labeling.todo,
            since: When::ago(labeling.begun_at, now),
        }),
        clusters: clusters.into_iter().map(|cluster| event(cluster, &config, now)).collect(),
        pending: counts.iter().map(|count| count.pending).sum(),
        dead: counts.iter().map(|count| count.dead).sum(),
    };
    Ok(view::html(&page))
}

fn country_of(source: &Source) -> String {
    source.country.map_or_else(|| "International".to_owned(), |code| names::country(code.as_str()))
}

fn event(cluster: ClusterSummary, config: &Config, now: Timestamp) -> Event {
    let others = match (cluster.stories - 1, cluster.copies) {
        (0, 0) => String::new(),
        (0, copies) => view::counted(copies, "copy", "copies"),
        (others, 0) => view::counted(others, "other report", "other reports"),
        (others, copies) => format!("{}, {}", view::counted(others, "other report", "other reports"), view::counted(copies, "copy", "copies")),
    };
    Event {
        story: cluster.story.to_string(),
        title: cluster.title,
        language: cluster.language,
        source: cluster.source_name,
        country: cluster.main_country.as_deref().map(names::country),
        topics: cluster.topics.iter().map(|id| names::label(config, id)).collect(),
        confirmed: cluster.publishers > 1,
        publishers: view::counted(cluster.publishers, "independent publisher", "independent publishers"),
        others,
        languages: cluster.languages.len(),
        watchlists: cluster.watchlists,
        last: When::ago(cluster.last_story_at, now),
        incident: cluster.incident.map(|id| id.to_string()),
    }
}
