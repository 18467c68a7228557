//! `/incidents`: what is reported to have been done to people and media, newest first.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::Config;
use crate::model::IncidentStatus;
use crate::store::{INCIDENT_ROWS, Incident};
use crate::web::failure::Failure;
use crate::web::query::IncidentQuery;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

#[derive(Template)]
#[template(path = "incidents.html")]
struct Page {
    section: Section,
    country: String,
    since: String,
    topics: Vec<Choice>,
    actors: Vec<Choice>,
    statuses: Vec<Choice>,
    incidents: Vec<Item>,
    older: Option<String>,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// An incident in a list.
pub(super) struct Item {
    pub id: String,
    pub title: String,
    pub language: String,
    pub status: &'static str,
    pub topics: Vec<String>,
    pub actors: Vec<String>,
    pub country: Option<String>,
    pub place: Option<String>,
    pub date: String,
    /// The day of publication stands for it.
    pub undated: bool,
    pub persons: Vec<String>,
    pub people: Vec<String>,
    pub publishers: String,
    /// Names of the sources, each once.
    pub sources: String,
    pub seen: When,
}

impl Item {
    pub fn new(incident: &Incident, config: &Config, now: Timestamp) -> Self {
        let tellers = incident.reports.iter().filter(|report| !report.copy && !report.withdrawn);
        let sources: BTreeSet<&str> = tellers.map(|report| report.source_name.as_str()).collect();
        Self {
            id: incident.id.to_string(),
            title: incident.title.clone(),
            language: incident.language.clone(),
            status: incident.status.as_str(),
            topics: std::iter::once(&incident.topic).chain(&incident.other_topics).map(|id| names::label(config, id)).collect(),
            actors: incident.actors.iter().map(|id| names::label(config, id)).collect(),
            country: incident.country.as_deref().map(names::country),
            place: incident.place.clone(),
            date: incident.date.to_string(),
            undated: incident.date_basis != "reported",
            persons: incident.persons.iter().map(|person| person.value.clone()).collect(),
            people: incident.people.iter().map(|people| people.value.clone()).collect(),
            publishers: view::counted(i64::from(incident.publishers), "independent publisher", "independent publishers"),
            sources: sources.into_iter().collect::<Vec<_>>().join(", "),
            seen: When::ago(incident.last_seen_at, now),
        }
    }
}

pub async fn list(State(state): State<WebState>, query: Result<Query<IncidentQuery>, QueryRejection>) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::bad_request("The filter cannot be read", "Give each key once, or use the form of /incidents."))?;
    let filter = query.filter()?;
    let (config, now) = (state.config(), Timestamp::now());
    let incidents = state.store.incidents(&filter).await?;
    let full = i64::try_from(incidents.len()).unwrap_or(i64::MAX) >= INCIDENT_ROWS;
    let choices = |ids: Vec<&str>, chosen: Option<&str>| -> Vec<Choice> {
        let ids: BTreeSet<&str> = ids.into_iter().chain(chosen).collect();
        ids.into_iter().map(|id| Choice { value: id.to_owned(), label: names::label(&config, id), chosen: chosen == Some(id) }).collect()
    };
    let topics = config.topics.topics.iter().filter(|topic| topic.group == "incident").map(|topic| topic.id.as_str()).collect();
    let actors = config.topics.actors.iter().map(|actor| actor.id.as_str()).collect();
    let page = Page {
        section: Section::Incidents,
        country: query.country.trim().to_owned(),
        since: query.since.trim().to_owned(),
        topics: choices(topics, filter.topic.as_deref()),
        actors: choices(actors, filter.actor.as_deref()),
        statuses: choices(IncidentStatus::ALL.iter().map(|status| status.as_str()).collect(), filter.status.map(IncidentStatus::as_str)),
        older: incidents.last().filter(|_| full).map(|last| query.older(last.id)),
        incidents: incidents.iter().map(|incident| Item::new(incident, &config, now)).collect(),
    };
    Ok(view::html(&page))
}
