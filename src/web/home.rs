//! `/`: what happened, and what we do not hear.

use std::collections::HashMap;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use crate::config::Config;
use crate::store::outages::{OutageKind, OwnOutage};
use crate::store::{ClusterSummary, Facet, IncidentFilter};
use crate::web::coverage::{Counts, Coverage, Silent};
use crate::web::failure::Failure;
use crate::web::incidents;
use crate::web::map::{self, Shape, Shown};
use crate::web::query::address;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, care, names, visit};

const CLUSTERS: i64 = 12;
/// Incidents and silent sources that are shown; the others are a link away.
const INCIDENTS: usize = 10;
const SILENT: usize = 25;
const TODAY: Duration = Duration::from_hours(24);
/// The map counts the incidents of this time.
const MAP_OF: Duration = Duration::from_hours(30 * 24);
/// Our own outages are told for so long.
const OUTAGES_OF: Duration = Duration::from_hours(7 * 24);

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    section: Section,
    now: When,
    totals: Counts,
    countries: Vec<Country>,
    silent: Vec<Silent>,
    /// Silent ones that are not shown.
    more_silent: usize,
    outages: Vec<Outage>,
    /// One of them lasts.
    deaf: Option<Outage>,
    /// Stored stories that are still to be labeled anew.
    relabeling: Option<Relabeling>,
    by_coverage: bool,
    shapes: Vec<Shape>,
    incidents: Vec<incidents::Item>,
    more_incidents: bool,
    clusters: Vec<Event>,
    pending: i64,
    dead: i64,
}

/// What the map is colored by.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HomeQuery {
    map: String,
}

struct Relabeling {
    done: u64,
    todo: u64,
    since: When,
}

struct Country {
    /// Empty for international sources.
    code: String,
    name: String,
    counts: Counts,
    incidents: i64,
}

#[derive(Clone)]
pub(super) struct Outage {
    pub network: bool,
    pub began: When,
    pub ended: Option<When>,
    pub length: String,
}

pub(super) struct Event {
    pub story: String,
    pub title: String,
    pub language: String,
    pub source: String,
    pub country: Option<String>,
    pub topics: Vec<String>,
    pub grave: bool,
    pub publishers: String,
    /// Told by more than one.
    pub confirmed: bool,
    pub others: String,
    pub languages: usize,
    pub watchlists: Vec<String>,
    pub last: When,
    pub incident: Option<String>,
}

pub async fn show(
    State(state): State<WebState>,
    query: Result<Query<HomeQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    let by_coverage = match query.map(|Query(query)| query.map).unwrap_or_default().trim() {
        "" | "incidents" => false,
        "coverage" => true,
        _ => return Err(Failure::bad_request("The map cannot be colored by that", "Use map=incidents or map=coverage.")),
    };
    let config = state.config();
    let store = &state.store;
    let now = Timestamp::now();
    let back = |time: Duration| now.saturating_sub(time).unwrap_or(Timestamp::UNIX_EPOCH);
    let today = IncidentFilter { since: Some(back(TODAY)), ..IncidentFilter::default() };
    let (standings, clusters, counts, labeling, reported, outages, today) = tokio::try_join!(
        store.source_standings(),
        store.latest_clusters(CLUSTERS),
        store.alert_counts(),
        store.labeling(),
        store.incidents_by_country(back(MAP_OF)),
        store.own_outages(back(OUTAGES_OF)),
        store.incidents(&today),
    )?;
    let coverage = Coverage::of(&config, &standings, now);
    let countries = countries(&coverage, &reported);
    let outages: Vec<Outage> = outages.iter().map(|outage| shown_outage(outage, now)).collect();
    let page = Page {
        section: Section::Coverage,
        now: When::new(now, now),
        totals: coverage.totals,
        shapes: shapes(&countries, by_coverage),
        by_coverage,
        more_silent: coverage.silent.len().saturating_sub(SILENT),
        silent: coverage.silent.into_iter().take(SILENT).collect(),
        deaf: outages.iter().find(|outage| outage.ended.is_none()).cloned(),
        outages,
        relabeling: labeling.filter(|labeling| labeling.finished_at.is_none()).map(|labeling| Relabeling {
            done: labeling.relabeled,
            todo: labeling.todo,
            since: When::ago(labeling.begun_at, now),
        }),
        more_incidents: today.len() > INCIDENTS,
        incidents: today.iter().take(INCIDENTS).map(|incident| incidents::Item::new(incident, &config, now)).collect(),
        clusters: clusters.into_iter().map(|cluster| event(cluster, &config, now)).collect(),
        pending: counts.iter().map(|count| count.pending).sum(),
        dead: counts.iter().map(|count| count.dead).sum(),
        countries,
    };
    Ok(view::html(&page))
}

/// Countries that we listen to and countries of which something is reported; where we are blind first.
fn countries(coverage: &Coverage, reported: &[Facet]) -> Vec<Country> {
    let mut incidents: HashMap<&str, i64> = reported.iter().map(|facet| (facet.value.as_str(), facet.stories)).collect();
    let country = |code: &str, counts, incidents| Country {
        code: code.to_owned(),
        name: if code.is_empty() { "International".to_owned() } else { names::country(code) },
        counts,
        incidents,
    };
    let mut countries: Vec<Country> =
        coverage.countries.iter().map(|(code, counts)| country(code, *counts, incidents.remove(code.as_str()).unwrap_or_default())).collect();
    countries.extend(incidents.into_iter().map(|(code, number)| country(code, Counts::default(), number)));
    countries.sort_by(|a, b| {
        let key = |country: &Country| (!country.counts.is_blind(), country.counts.silent() == 0);
        (key(a), &a.name).cmp(&(key(b), &b.name))
    });
    countries
}

fn shapes(countries: &[Country], by_coverage: bool) -> Vec<Shape> {
    let by_code: HashMap<&str, &Country> = countries.iter().map(|country| (country.code.as_str(), country)).collect();
    map::shapes(|code| {
        let country = by_code.get(code)?;
        let counts = country.counts;
        let class = match (by_coverage, counts.is_blind()) {
            (false, _) => map::shade(country.incidents),
            (true, true) => "blind",
            (true, false) if counts.expected == 0 => "n",
            (true, false) if counts.silent() > 0 => "part",
            (true, false) if counts.waiting == counts.expected => "m0",
            (true, false) => "whole",
        };
        let heard = if counts.expected == 0 {
            "no source of its own".to_owned()
        } else {
            format!(
                "{} of {} heard",
                counts.heard + counts.usual,
                view::counted(i64::try_from(counts.expected).unwrap_or(i64::MAX), "source", "sources")
            )
        };
        Some(Shown {
            class,
            href: address(&format!("/countries/{code}"), &[]),
            label: format!("{}: {}, {heard}", country.name, view::counted(country.incidents, "incident", "incidents")),
        })
    })
}

pub(super) fn shown_outage(outage: &OwnOutage, now: Timestamp) -> Outage {
    let end = outage.ended_at.unwrap_or(now);
    let seconds = end.duration_since(outage.began_at).as_secs().max(0);
    Outage {
        network: outage.kind == OutageKind::Network,
        began: When::new(outage.began_at, now),
        ended: outage.ended_at.map(|at| When::new(at, now)),
        length: view::length(seconds),
    }
}

pub(super) fn event(cluster: ClusterSummary, config: &Config, now: Timestamp) -> Event {
    let texts = visit::texts();
    let counted = |key: &str, number: i64| (number > 0).then(|| texts.count(key, number).plain());
    let others = counted("stories.other_reports", cluster.stories - 1).into_iter().chain(counted("stories.copies", cluster.copies));
    let others = others.collect::<Vec<_>>().join(", ");
    Event {
        story: cluster.story.to_string(),
        title: cluster.title,
        language: cluster.language,
        source: cluster.source_name,
        country: cluster.main_country.as_deref().map(names::country),
        grave: care::is_grave(&cluster.topics),
        topics: cluster.topics.iter().map(|id| names::label(config, id)).collect(),
        confirmed: cluster.publishers > 1,
        publishers: texts.count("stories.publishers", cluster.publishers).plain(),
        others,
        languages: cluster.languages.len(),
        watchlists: cluster.watchlists,
        last: When::ago(cluster.last_story_at, now),
        incident: cluster.incident.map(|id| id.to_string()),
    }
}
