//! Drafts that Uwazi imports: a template with properties of these names takes every column (docs/incidents.md tells their types).
//!
//! Its importer parts several values at `|`, reads dates as year-month-day, and takes `label|address` for a link.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::store::Incident;
use crate::text::csv;
use crate::web::record::{draft_note, teller};

const COLUMNS: [&str; 15] = [
    "title",
    "date",
    "date_basis",
    "country",
    "place",
    "violation",
    "affected",
    "persons",
    "people",
    "status",
    "review",
    "independent_publishers",
    "reported_by",
    "source",
    "summary",
];
/// The columns that hold several values.
const LISTS: [&str; 4] = ["violation", "affected", "persons", "people"];

pub(super) fn csv_header() -> String {
    csv::row(COLUMNS.into_iter().chain(["presswatch_id"]))
}

pub(super) fn csv_row(incident: &Incident) -> String {
    let cells = COLUMNS.iter().map(|column| match link(incident).filter(|_| *column == "source") {
        Some((label, url)) => format!("{label}|{url}"),
        None => values(incident, column).join("|"),
    });
    let cells: Vec<String> = cells.chain([incident.id.to_string()]).collect();
    csv::row(cells.iter().map(String::as_str))
}

/// As its programming interface takes entities: every property an array of values.
pub(super) fn as_json(incident: &Incident) -> Value {
    let mut metadata = serde_json::Map::new();
    for column in COLUMNS {
        let value = match column {
            "title" => continue,
            "date" => {
                let day = TimeZone::UTC.to_timestamp(incident.date.at(0, 0, 0, 0)).map_or(0, jiff::Timestamp::as_second);
                json!([{ "value": day }])
            }
            "independent_publishers" => json!([{ "value": incident.publishers }]),
            "source" => link(incident).map_or_else(|| json!([]), |(label, url)| json!([{ "value": { "label": label, "url": url } }])),
            column => values(incident, column).into_iter().filter(|value| !value.is_empty()).map(|value| json!({ "value": value })).collect(),
        };
        metadata.insert(column.to_owned(), value);
    }
    metadata.insert("presswatch_id".to_owned(), json!([{ "value": incident.id.to_string() }]));
    json!({ "title": incident.title, "language": incident.language, "metadata": metadata })
}

fn values(incident: &Incident, column: &str) -> Vec<String> {
    let texts: Vec<String> = match column {
        "title" => vec![incident.title.clone()],
        "date" => vec![incident.date.to_string()],
        "date_basis" => vec![incident.date_basis.clone()],
        "country" => vec![incident.country.clone().unwrap_or_default()],
        "place" => vec![incident.place.clone().unwrap_or_default()],
        "violation" => std::iter::once(&incident.topic).chain(&incident.other_topics).cloned().collect(),
        "affected" => incident.actors.clone(),
        "persons" => incident.persons.iter().map(|person| person.value.clone()).collect(),
        "people" => incident.people.iter().map(|people| people.value.clone()).collect(),
        "status" => vec![incident.status.as_str().to_owned()],
        "review" => vec![incident.review.as_ref().map_or("open", |review| review.state.as_str()).to_owned()],
        "independent_publishers" => vec![incident.publishers.to_string()],
        "reported_by" => vec![teller(incident)],
        "summary" => vec![draft_note(incident)],
        _ => Vec::new(),
    };
    // A bar inside a value would part it.
    if LISTS.contains(&column) { texts.into_iter().map(|text| text.replace('|', "/")).collect() } else { texts }
}

fn link(incident: &Incident) -> Option<(String, String)> {
    let mut tellers = incident.reports.iter().filter(|report| !report.copy && !report.withdrawn);
    tellers.find_map(|report| Some((report.source_name.replace('|', "/"), report.url.clone()?)))
}
