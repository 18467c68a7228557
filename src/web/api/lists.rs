//! The lists and records of the API: the queries of the pages, written as JSON.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::model::{ClusterId, IncidentId, SourceId, StoryId};
use crate::store::{PAGE_ROWS, StorySummary};
use crate::web::access::Viewer;
use crate::web::api::answer::{Page, json};
use crate::web::api::records;
use crate::web::failure::Failure;
use crate::web::query::{AlertQuery, IncidentQuery, StoryQuery, address};
use crate::web::{WebState, search, visit};

const MATCHES_OF: Duration = Duration::from_hours(30 * 24);

/// How many rows, and where a list goes on that has no id of time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Extent {
    limit: String,
    before: String,
    after: String,
}

impl Extent {
    fn limit(&self) -> Result<usize, Failure> {
        match self.limit.as_str() {
            "" => Ok(usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX)),
            text => match text.parse::<usize>() {
                Ok(number) if (1..=50).contains(&number) => Ok(number),
                _ => Err(Failure::bad_request("The limit cannot be read", "Use a whole number from 1 to 50.")),
            },
        }
    }
}

type Keys<T> = Result<Query<T>, QueryRejection>;

fn read<T>(keys: Keys<T>) -> Result<T, Failure> {
    keys.map(|Query(keys)| keys).map_err(|_| Failure::bad_request("The filter cannot be read", "Give each key once."))
}

fn unknown(what: &str) -> Failure {
    Failure::not_found(&format!("There is no such {what}"), "It may be past its time, or the address is incomplete.")
}

/// The address that was asked for, going on at another place.
fn onward(key: &str, place: &str) -> String {
    let here = visit::current().here.clone();
    let (path, query) = here.split_once('?').unwrap_or((&here, ""));
    let kept: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().filter(|(name, _)| name != key && name != "lang").collect();
    let pairs: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([(key, place)]).collect();
    address(path, &pairs)
}

/// Cuts a list to its limit; the last that is shown, where more may follow.
fn cut<T>(mut items: Vec<T>, limit: usize) -> (Vec<T>, bool) {
    let more = items.len() >= limit;
    items.truncate(limit);
    (items, more)
}

/// Stories of a filter, as the page finds them, and where the list goes on.
pub async fn find_stories(state: &WebState, query: &StoryQuery, limit: usize) -> Result<(Vec<StorySummary>, Option<StoryId>), Failure> {
    let config = state.config();
    let filter = query.filter(&config.sources)?;
    if let Some(words) = query.compiled_words(&config.watchlists.terms)? {
        let found = search::find(&state.store, &filter, Arc::new(words), limit).await?;
        let stories = state.store.stories_by_id(&found.ids).await?;
        return Ok((stories, found.last.filter(|_| !found.whole).map(|(last, _)| last)));
    }
    let (stories, more) = cut(state.store.stories(&filter).await?, limit);
    let next = stories.last().filter(|_| more).map(|last| last.id);
    Ok((stories, next))
}

pub async fn stories(State(state): State<WebState>, headers: HeaderMap, keys: Keys<StoryQuery>, extent: Keys<Extent>) -> Result<Response, Failure> {
    let (stories, next) = find_stories(&state, &read(keys)?, read(extent)?.limit()?).await?;
    let items = stories.into_iter().map(records::Story::from).collect();
    json(&headers, &Page { items, next: next.map(|last| onward("before", &last.to_string())) })
}

pub async fn story(
    State(state): State<WebState>,
    viewer: Viewer,
    headers: HeaderMap,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| unknown("story"))?;
    let found = state.store.story(StoryId(id)).await?.ok_or_else(|| unknown("story"))?;
    json(&headers, &records::StoryDetails::new(found, &state.config(), &viewer))
}

pub async fn clusters(State(state): State<WebState>, headers: HeaderMap, extent: Keys<Extent>) -> Result<Response, Failure> {
    let extent = read(extent)?;
    let place = || Failure::bad_request("The place cannot be read", "Follow `next` rather than writing it by hand.");
    let before = match extent.before.as_str() {
        "" => None,
        text => {
            let (at, id) = text.split_once('_').ok_or_else(place)?;
            let at: Timestamp = at.parse().map_err(|_| place())?;
            Some((at, ClusterId(id.parse().map_err(|_| place())?)))
        }
    };
    let limit = extent.limit()?;
    let clusters = state.store.clusters(before, i64::try_from(limit).unwrap_or(PAGE_ROWS)).await?;
    let (clusters, more) = cut(clusters, limit);
    let next = clusters.last().filter(|_| more).map(|last| onward("before", &format!("{}_{}", last.last_story_at, last.id)));
    json(&headers, &Page { items: clusters.into_iter().map(records::Cluster::from).collect(), next })
}

pub async fn incidents(
    State(state): State<WebState>,
    headers: HeaderMap,
    keys: Keys<IncidentQuery>,
    extent: Keys<Extent>,
) -> Result<Response, Failure> {
    let filter = read(keys)?.filter()?;
    let (incidents, more) = cut(state.store.incidents(&filter).await?, read(extent)?.limit()?);
    let next = incidents.last().filter(|_| more).map(|last| onward("before", &last.id.to_string()));
    json(&headers, &Page { items: incidents.iter().map(records::Incident::from).collect(), next })
}

pub async fn incident(State(state): State<WebState>, headers: HeaderMap, id: Result<Path<Uuid>, PathRejection>) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| unknown("incident"))?;
    let found = state.store.incident(IncidentId(id)).await?.ok_or_else(|| unknown("incident"))?;
    json(&headers, &records::Incident::from(&found.incident))
}

pub async fn sources(State(state): State<WebState>, headers: HeaderMap, extent: Keys<Extent>) -> Result<Response, Failure> {
    let (extent, config) = (read(extent)?, state.config());
    let limit = extent.limit()?;
    if !extent.after.is_empty() && SourceId::new(&extent.after).is_err() {
        return Err(Failure::bad_request("The place cannot be read", "Follow `next` rather than writing it by hand."));
    }
    let rows = state.store.source_rows().await?;
    let by_id: HashMap<&str, _> = rows.iter().map(|row| (row.source_id.as_str(), row)).collect();
    let mut sources: Vec<_> = config.sources.iter().filter(|source| source.id.as_str() > extent.after.as_str()).collect();
    sources.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    let more = sources.len() > limit;
    sources.truncate(limit);
    let next = sources.last().filter(|_| more).map(|last| onward("after", last.id.as_str()));
    let now = Timestamp::now();
    let items = sources.into_iter().map(|source| records::Source::new(source, by_id.get(source.id.as_str()).copied(), now)).collect();
    json(&headers, &Page { items, next })
}

pub async fn source(State(state): State<WebState>, headers: HeaderMap, id: Result<Path<String>, PathRejection>) -> Result<Response, Failure> {
    let Path(id) = id.map_err(|_| unknown("source"))?;
    let config = state.config();
    let source = config.sources.iter().find(|source| source.id.as_str() == id).ok_or_else(|| unknown("source"))?;
    let rows = state.store.source_rows().await?;
    json(&headers, &records::Source::new(source, rows.iter().find(|row| row.source_id == id), Timestamp::now()))
}

pub async fn watchlists(State(state): State<WebState>, viewer: Viewer, headers: HeaderMap) -> Result<Response, Failure> {
    let since = Timestamp::now().saturating_sub(MATCHES_OF).unwrap_or(Timestamp::UNIX_EPOCH);
    let counts = state.store.watchlist_counts(since).await?;
    let config = state.config();
    let count = |id: &str| counts.iter().find(|count| count.watchlist == id);
    let items = config.watchlists.lists.iter().map(|list| records::Watchlist::new(list, count(list.id.as_str()), &viewer)).collect();
    json(&headers, &Page { items, next: None })
}

pub async fn labels(State(state): State<WebState>, headers: HeaderMap) -> Result<Response, Failure> {
    let config = state.config();
    let known = config.topics.topics.iter().map(|one| ("topic", one)).chain(config.topics.actors.iter().map(|one| ("actor", one)));
    let items = known.map(|(kind, one)| records::Label { kind, id: one.id.clone(), label: one.label.clone(), group: one.group.clone() }).collect();
    json(&headers, &Page { items, next: None })
}

pub async fn alerts(State(state): State<WebState>, headers: HeaderMap, keys: Keys<AlertQuery>, extent: Keys<Extent>) -> Result<Response, Failure> {
    let filter = read(keys)?.filter()?;
    let (alerts, more) = cut(state.store.alerts(&filter).await?, read(extent)?.limit()?);
    let next = alerts.last().filter(|_| more).map(|last| onward("before", &last.id.to_string()));
    json(&headers, &Page { items: alerts.into_iter().map(records::Alert::new).collect(), next })
}
