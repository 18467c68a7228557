//! `/incidents/{id}`: what is reported, by whom, and the words that say so.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;
use uuid::Uuid;

use crate::config::Config;
use crate::model::{Fact, FactKind, Field, IncidentId};
use crate::store::{IncidentDetail, IncidentReport};
use crate::web::failure::Failure;
use crate::web::highlight::{self, Piece, Span, SpanKind};
use crate::web::incidents::Item;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

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

pub async fn show(State(state): State<WebState>, id: Result<Path<Uuid>, PathRejection>) -> Result<Response, Failure> {
    let unknown = || {
        Failure::not_found("There is no such incident", "It may be past its time (retention.stories), or the address is incomplete. See /incidents.")
    };
    let Path(id) = id.map_err(|_| unknown())?;
    let found = state.store.incident(IncidentId(id)).await?.ok_or_else(unknown)?;
    Ok(view::html(&page(found, &state.config(), Timestamp::now())))
}

fn page(found: IncidentDetail, config: &Config, now: Timestamp) -> Page {
    Page {
        section: Section::Incidents,
        item: Item::new(&found.incident, config, now),
        first_seen: When::new(found.incident.first_seen_at, now),
        related: found.related.iter().map(|other| Item::new(other, config, now)).collect(),
        reports: found.incident.reports.into_iter().map(|report| shown(report, config, now)).collect(),
    }
}

fn shown(report: IncidentReport, config: &Config, now: Timestamp) -> Report {
    let body = report.body.as_deref().unwrap_or_default();
    let (mut in_title, mut in_text): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
    for (fact, place) in report.facts.iter().flat_map(|fact| fact.evidence.iter().map(move |place| (fact, place))) {
        match place.field {
            Field::Title => in_title.extend(highlight::span(&report.title, place, class(fact.kind), fact.kind.as_str())),
            Field::Text => in_text.extend(highlight::span(body, place, class(fact.kind), fact.kind.as_str())),
            Field::Url | Field::Source | Field::Author | Field::Tag => {}
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
