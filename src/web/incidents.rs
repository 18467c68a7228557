//! `/incidents`: what is reported to have been done to people and media, newest first.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;

use crate::config::Config;
use crate::model::IncidentStatus;
use crate::store::{INCIDENT_ROWS, Incident};
use crate::web::failure::Failure;
use crate::web::query::IncidentQuery;
use crate::web::record::Form;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, care, names, visit};

#[derive(Template)]
#[template(path = "incidents.html")]
struct Page {
    section: Section,
    country: String,
    since: String,
    topics: Vec<Choice>,
    actors: Vec<Choice>,
    statuses: Vec<Choice>,
    reviews: Vec<Choice>,
    /// Name and address of every form of export.
    exports: Vec<(&'static str, String)>,
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
    /// `confirmed` or `rejected`, where the desk decided.
    pub review: Option<&'static str>,
    /// A person changed what is shown.
    pub corrected: bool,
    pub grave: bool,
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
            review: incident.review.as_ref().map(|review| review.state.as_str()),
            corrected: !incident.corrections.is_empty(),
            grave: care::is_grave(std::slice::from_ref(&incident.topic)) || care::is_grave(&incident.other_topics),
            topics: std::iter::once(&incident.topic).chain(&incident.other_topics).map(|id| names::label(config, id)).collect(),
            actors: incident.actors.iter().map(|id| names::label(config, id)).collect(),
            country: incident.country.as_deref().map(names::country),
            place: incident.place.clone(),
            date: incident.date.to_string(),
            undated: incident.date_basis == "published",
            persons: incident.persons.iter().map(|person| person.value.clone()).collect(),
            people: incident.people.iter().map(|people| people.value.clone()).collect(),
            publishers: visit::texts().count("stories.publishers", i64::from(incident.publishers)).plain(),
            sources: sources.into_iter().collect::<Vec<_>>().join(", "),
            seen: When::ago(incident.last_seen_at, now),
        }
    }
}

/// Most incidents of one export over HTTP; the command has no bound.
const EXPORT_ROWS: usize = 5_000;

/// The keys of an export, beside those of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ExportQuery {
    /// A form of [`Form::ALL`].
    #[serde(rename = "as")]
    form: String,
}

impl ExportQuery {
    pub(super) fn form(&self) -> Result<Form, Failure> {
        Form::parse(self.form.trim()).ok_or_else(|| {
            Failure::bad_request("There is no such form of export", &format!("Use as={}.", Form::ALL.map(|(_, name)| name).join(", as=")))
        })
    }
}

/// `/incidents/export`: all that meet the filter, newest first, in one of the forms.
pub async fn export(
    State(state): State<WebState>,
    query: Result<Query<IncidentQuery>, QueryRejection>,
    form: Result<Query<ExportQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let unreadable = |_| Failure::bad_request("The filter cannot be read", "Give each key once.");
    let (Query(query), form) = (query.map_err(unreadable)?, form.map_err(unreadable)?.form()?);
    let mut filter = query.filter()?;
    let mut lines: Vec<String> = form.header().into_iter().collect();
    let mut number = 0;
    loop {
        let incidents = state.store.incidents(&filter).await?;
        lines.extend(incidents.iter().map(|incident| form.line(incident)));
        number += incidents.len();
        filter.before = incidents.last().map(|last| last.id);
        if i64::try_from(incidents.len()).unwrap_or(i64::MAX) < INCIDENT_ROWS || number >= EXPORT_ROWS {
            return Ok(download(form, "incidents", &lines));
        }
    }
}

/// A file for other programs.
pub(super) fn download(form: Form, name: &str, lines: &[String]) -> Response {
    let (kind, ending) = if form.is_csv() { ("text/csv; charset=utf-8", "csv") } else { ("application/x-ndjson; charset=utf-8", "jsonl") };
    let mut body = lines.join("\r\n");
    body.push_str("\r\n");
    let disposition = format!("attachment; filename=\"presswatch-{name}-{}.{ending}\"", form.name());
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response()
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
        reviews: ["open", "confirmed", "rejected"]
            .map(|name| Choice { value: name.to_owned(), label: name.to_owned(), chosen: query.review.trim() == name })
            .into(),
        exports: Form::ALL.map(|(_, name)| (name, query.export(name))).into(),
        older: incidents.last().filter(|_| full).map(|last| query.older(last.id)),
        incidents: incidents.iter().map(|incident| Item::new(incident, &config, now)).collect(),
    };
    Ok(view::html(&page))
}
