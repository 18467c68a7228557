//! An incident as scripts read it, and as a row of a spreadsheet.

use serde_json::Value;

use crate::model::Named;
use crate::store::Incident;
use crate::text::csv;
use crate::web::api::records;

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
pub fn csv_header() -> String {
    csv::row(COLUMNS)
}

/// One incident as a line of CSV; lists in a cell are parted by ` | `.
pub fn csv_row(incident: &Incident) -> String {
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

/// One incident as JSON, as the API writes it; with the evidence of every report where it was read.
pub fn as_json(incident: &Incident) -> Value {
    serde_json::to_value(records::Incident::from(incident)).unwrap_or_default()
}
