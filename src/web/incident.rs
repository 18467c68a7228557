//! `/incidents/{id}`: what is reported, by whom, and the words that say so.

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::config::Config;
use crate::model::{Fact, FactKind, Field as TextField, IncidentId, Role, StoryId};
use crate::store;
use crate::store::{Decision, DecisionRow, Incident, IncidentDetail, IncidentField, IncidentReport, ReviewState};
use crate::web::access::Viewer;
use crate::web::failure::Failure;
use crate::web::highlight::{self, Piece, Span, SpanKind};
use crate::web::incidents::{self, ExportQuery, Item};
use crate::web::record::Form;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, decision, names};

/// Lines of a story's text that are shown: those with evidence.
const LINES: usize = 4;

#[derive(Template)]
#[template(path = "incident.html")]
struct Page {
    section: Section,
    item: Item,
    first_seen: When,
    reports: Vec<Report>,
    related: Vec<Item>,
    corrections: Vec<Corrected>,
    decisions: Vec<Decided>,
    /// Name and address of every form of export.
    drafts: Vec<(&'static str, String)>,
    may_edit: bool,
    /// The state of its review, as forms name it.
    review: &'static str,
    fields: Vec<Field>,
}

/// A field that can be corrected, with what is shown.
struct Field {
    name: &'static str,
    value: String,
}

/// A correction in force.
struct Corrected {
    field: &'static str,
    value: String,
    reported: String,
    by: String,
    at: When,
}

/// A line of what was decided.
struct Decided {
    at: When,
    by: String,
    kind: String,
    field: String,
    value: String,
    other: Option<String>,
    note: String,
}

struct Report {
    story: String,
    kept: bool,
    source_id: String,
    source: String,
    language: String,
    copy: bool,
    withdrawn: bool,
    url: Option<String>,
    seen: When,
    title: Vec<Piece>,
    lines: Vec<Vec<Piece>>,
    says: Vec<Said>,
}

struct Said {
    kind: &'static str,
    class: &'static str,
    value: String,
    evidence: Vec<Place>,
}

struct Place {
    text: String,
    field: &'static str,
    rule: String,
}

fn unknown() -> Failure {
    Failure::not_found("There is no such incident", "It may be past its time (retention.stories), or the address is incomplete. See /incidents.")
}

/// The incident; `Err` of an address where another stands for it.
async fn find(state: &WebState, id: Result<Path<Uuid>, PathRejection>) -> Result<Result<IncidentDetail, String>, Failure> {
    let Path(id) = id.map_err(|_| unknown())?;
    let found = state.store.incident(IncidentId(id)).await?.ok_or_else(unknown)?;
    let into = found.incident.review.as_ref().filter(|review| review.state == ReviewState::Merged).and_then(|review| review.merged_into);
    Ok(match into {
        Some(other) => Err(format!("/incidents/{other}")),
        None => Ok(found),
    })
}

pub async fn show(viewer: Viewer, State(state): State<WebState>, id: Result<Path<Uuid>, PathRejection>) -> Result<Response, Failure> {
    let found = match find(&state, id).await? {
        Ok(found) => found,
        Err(other) => return Ok(Redirect::to(&other).into_response()),
    };
    let decisions = state.store.decisions(found.incident.id).await?;
    Ok(view::html(&page(found, decisions, viewer.may_edit(), &state.config(), Timestamp::now())))
}

/// `/incidents/{id}/draft`: one incident in a form for other programs.
pub async fn draft(
    State(state): State<WebState>,
    id: Result<Path<Uuid>, PathRejection>,
    form: Result<Query<ExportQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let form = form.map_err(|_| Failure::bad_request("The form cannot be read", "Give each key once."))?.form()?;
    match find(&state, id).await? {
        Ok(found) => {
            let lines: Vec<String> = form.header().into_iter().chain([form.line(&found.incident)]).collect();
            Ok(incidents::download(form, &found.incident.id.to_string(), &lines))
        }
        Err(other) => Ok(Redirect::to(&format!("{other}/draft?as={}", form.name())).into_response()),
    }
}

/// `POST /incidents/{id}/decide`: what an editor decides, with who and when.
pub async fn decide(
    viewer: Viewer,
    State(state): State<WebState>,
    id: Result<Path<Uuid>, PathRejection>,
    RawForm(form): RawForm,
) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    let Path(id) = id.map_err(|_| unknown())?;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let get = |key: &str| pairs.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.trim());
    let refused = |reason: &str| Failure::bad_request("That cannot be written down", reason);
    let note: String = get("note").chars().take(1_000).collect();
    let uuid = |text: &str| text.rsplit('/').next().unwrap_or_default().parse::<Uuid>();
    let decision = match get("do") {
        "confirm" => Decision::Confirm,
        "reject" => Decision::Reject,
        "reopen" => Decision::Reopen,
        "correct" => decision::correction(get("field"), get("value")).map_err(|reason| refused(&reason))?,
        "merge" => Decision::MergeInto(IncidentId(uuid(get("other")).map_err(|_| refused("Write the address or the id of the other incident."))?)),
        "split" => {
            let stories = pairs.iter().filter(|(name, _)| name == "story").filter_map(|(_, value)| value.parse().ok()).map(StoryId);
            Decision::SplitOff(stories.collect())
        }
        _ => return Err(refused("Use the forms of the incident's page.")),
    };
    match state.store.decide(IncidentId(id), &decision, &viewer.name, &note).await? {
        store::Decided::Done(shown) => Ok(Redirect::to(&format!("/incidents/{shown}")).into_response()),
        store::Decided::Unknown => Err(unknown()),
        store::Decided::Impossible => Err(refused("Merge into another incident that stands for itself; split off some reports, not all of them.")),
    }
}

fn page(found: IncidentDetail, decisions: Vec<DecisionRow>, may_edit: bool, config: &Config, now: Timestamp) -> Page {
    let incident = &found.incident;
    Page {
        section: Section::Incidents,
        item: Item::new(incident, config, now),
        first_seen: When::new(incident.first_seen_at, now),
        related: found.related.iter().map(|other| Item::new(other, config, now)).collect(),
        corrections: incident
            .corrections
            .iter()
            .map(|one| Corrected {
                field: one.field.as_str(),
                value: plain(&one.value),
                reported: plain(&one.reported),
                by: one.by.clone(),
                at: When::new(one.at, now),
            })
            .collect(),
        decisions: decisions
            .into_iter()
            .map(|row| Decided {
                at: When::new(row.at, now),
                by: row.by,
                kind: row.kind.replace('_', " "),
                field: row.field.unwrap_or_default(),
                value: row.value.as_ref().map(plain).unwrap_or_default(),
                other: row.other.map(|id| id.to_string()),
                note: row.note,
            })
            .collect(),
        drafts: Form::ALL.map(|(_, name)| (name, format!("/incidents/{}/draft?as={name}", incident.id))).into(),
        may_edit,
        review: incident.review.as_ref().map_or("open", |review| review.state.as_str()),
        fields: IncidentField::ALL.map(|field| Field { name: field.as_str(), value: shown_value(incident, field) }).into(),
        reports: found.incident.reports.into_iter().map(|report| shown(report, config, now)).collect(),
    }
}

/// A value as a person writes it: lists are parted by a bar.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => String::new(),
    }
}

fn shown_value(incident: &Incident, field: IncidentField) -> String {
    match field {
        IncidentField::Title => incident.title.clone(),
        IncidentField::Topic => incident.topic.clone(),
        IncidentField::Country => incident.country.clone().unwrap_or_default(),
        IncidentField::Place => incident.place.clone().unwrap_or_default(),
        IncidentField::Date => incident.date.to_string(),
        IncidentField::Status => incident.status.as_str().to_owned(),
        IncidentField::Actors => incident.actors.join(" | "),
        IncidentField::Persons => incident.persons.iter().map(|person| person.value.as_str()).collect::<Vec<_>>().join(" | "),
    }
}

fn shown(report: IncidentReport, config: &Config, now: Timestamp) -> Report {
    let body = report.body.as_deref().unwrap_or_default();
    let (mut in_title, mut in_text): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
    for (fact, place) in report.facts.iter().flat_map(|fact| fact.evidence.iter().map(move |place| (fact, place))) {
        match place.field {
            TextField::Title => in_title.extend(highlight::span(&report.title, place, class(fact.kind), fact.kind.as_str())),
            TextField::Text => in_text.extend(highlight::span(body, place, class(fact.kind), fact.kind.as_str())),
            TextField::Url | TextField::Source | TextField::Author | TextField::Tag => {}
        }
    }
    Report {
        title: highlight::lines(&report.title, &in_title).into_iter().flatten().collect(),
        lines: highlight::lines(body, &in_text).into_iter().filter(|line| line.iter().any(|piece| piece.mark.is_some())).take(LINES).collect(),
        says: report.facts.iter().map(|fact| said(fact, config)).collect(),
        story: report.story.to_string(),
        kept: report.body.is_some(),
        source_id: report.source_id,
        source: report.source_name,
        language: report.language,
        copy: report.copy,
        withdrawn: report.withdrawn,
        url: report.url.as_deref().and_then(view::link),
        seen: When::new(report.first_seen_at, now),
    }
}

fn class(kind: FactKind) -> SpanKind {
    match kind {
        FactKind::Country | FactKind::Place | FactKind::Date => SpanKind::Country,
        FactKind::Topic => SpanKind::Topic,
        FactKind::Actor | FactKind::Person | FactKind::People => SpanKind::Actor,
        FactKind::Denial => SpanKind::Watchlist,
    }
}

fn said(fact: &Fact, config: &Config) -> Said {
    Said {
        kind: fact.kind.as_str(),
        class: class(fact.kind).class(),
        value: match fact.kind {
            FactKind::Topic | FactKind::Actor => names::label(config, &fact.value),
            FactKind::Country => names::country(&fact.value),
            FactKind::Place | FactKind::Date | FactKind::Person | FactKind::People | FactKind::Denial => fact.value.clone(),
        },
        evidence: fact.evidence.iter().map(|one| Place { text: one.text.clone(), field: one.field.as_str(), rule: one.rule.clone() }).collect(),
    }
}
