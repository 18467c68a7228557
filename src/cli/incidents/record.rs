//! An incident as scripts read it, and as a row of a spreadsheet.

use serde_json::{Value, json};

use crate::model::{Fact, Named};
use crate::store::{Incident, IncidentReport};
use crate::text::csv;

/// The form of the records; a later one may add keys.
const SCHEMA: u32 = 1;

/// The columns of the CSV.
const COLUMNS: [&str; 24] = [
    "id",
    "status",
    "topic",
    "other_topics",
    "country",
    "place",
    "date",
    "date_basis",
    "actors",
    "persons",
    "people",
    "people_counts",
    "reported_by",
    "publishers",
    "reports",
    "copies",
    "sources",
    "urls",
    "title",
    "title_language",
    "story",
    "first_seen_at",
    "last_seen_at",
    "schema",
];

/// The first line of the CSV.
pub(super) fn csv_header() -> String {
    csv::row(COLUMNS)
}

/// One incident as a line of CSV; lists in a cell are parted by ` | `.
pub(super) fn csv_row(incident: &Incident) -> String {
    let joined = |values: Vec<&str>| values.join(" | ");
    let names = |names: &[Named]| joined(names.iter().map(|name| name.value.as_str()).collect());
    let tellers = || incident.reports.iter().filter(|report| !report.withdrawn);
    let mut sources: Vec<&str> = tellers().map(|report| report.source_id.as_str()).collect();
    sources.dedup();
    let mut by: Vec<&str> = tellers().map(|report| report.source_name.as_str()).collect();
    by.dedup();
    let counts: Vec<String> = incident.people.iter().filter_map(|people| people.count).map(|count| count.to_string()).collect();
    let cells: [String; 24] = [
        incident.id.to_string(),
        incident.status.as_str().to_owned(),
        incident.topic.clone(),
        incident.other_topics.join(" | "),
        incident.country.clone().unwrap_or_default(),
        incident.place.clone().unwrap_or_default(),
        incident.date.to_string(),
        incident.date_basis.clone(),
        incident.actors.join(" | "),
        names(&incident.persons),
        names(&incident.people),
        counts.join(" | "),
        joined(by),
        incident.publishers.to_string(),
        tellers().filter(|report| !report.copy).count().to_string(),
        tellers().filter(|report| report.copy).count().to_string(),
        joined(sources),
        joined(tellers().filter_map(|report| report.url.as_deref()).collect()),
        incident.title.clone(),
        incident.language.clone(),
        incident.story.to_string(),
        incident.first_seen_at.to_string(),
        incident.last_seen_at.to_string(),
        SCHEMA.to_string(),
    ];
    csv::row(cells.iter().map(String::as_str))
}

/// One incident as JSON; with the evidence of every report where it was read.
pub(super) fn as_json(incident: &Incident) -> Value {
    let names = |names: &[Named]| -> Vec<Value> {
        names.iter().map(|name| json!({ "value": name.value, "count": name.count, "publishers": name.publishers })).collect()
    };
    json!({
        "schema": SCHEMA,
        "id": incident.id.to_string(),
        "status": incident.status.as_str(),
        "topic": incident.topic,
        "other_topics": incident.other_topics,
        "country": incident.country,
        "place": incident.place,
        "date": incident.date.to_string(),
        "date_basis": incident.date_basis,
        "actors": incident.actors,
        "persons": names(&incident.persons),
        "people": names(&incident.people),
        "title": incident.title,
        "title_language": incident.language,
        "story": incident.story.to_string(),
        "publishers": incident.publishers,
        "first_seen_at": incident.first_seen_at.to_string(),
        "last_seen_at": incident.last_seen_at.to_string(),
        "reported_by": incident.reports.iter().map(report).collect::<Vec<_>>(),
    })
}

fn report(report: &IncidentReport) -> Value {
    json!({
        "story": report.story.to_string(),
        "source": report.source_id,
        "source_name": report.source_name,
        "publisher_group": report.publisher_group,
        "copy": report.copy,
        "withdrawn": report.withdrawn,
        "url": report.url,
        "title": report.title,
        "language": report.language,
        "published_at": report.published_at.map(|at| at.to_string()),
        "first_seen_at": report.first_seen_at.to_string(),
        "says": report.facts.iter().map(fact).collect::<Vec<_>>(),
    })
}

fn fact(fact: &Fact) -> Value {
    let evidence = fact
        .evidence
        .iter()
        .map(|one| json!({ "field": one.field.as_str(), "start": one.start, "end": one.end, "text": one.text, "rule": one.rule }));
    json!({ "field": fact.kind.as_str(), "value": fact.value, "count": fact.count, "score": fact.score, "evidence": evidence.collect::<Vec<_>>() })
}
