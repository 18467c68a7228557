//! An incident as programs read it: our own form, and drafts for the trackers of the field.
//!
//! Enters: an incident as it is shown, corrections laid over. Leaves: a line of CSV, a value of JSON. Deliberately absent: which incidents.

mod tracker;
mod uwazi;

use serde_json::Value;

use crate::model::Named;
use crate::store::Incident;
use crate::text::csv;
use crate::web::api::records;

/// The form of the records; a later one may add keys.
pub const SCHEMA: u32 = 1;

/// The columns of the CSV.
const COLUMNS: [&str; 27] = [
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
    "review",
    "reviewed_by",
    "corrected",
];

/// A form of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Ours: a header and a row for each incident.
    Csv,
    /// Ours: an object on each line, with evidence where it was read.
    Json,
    /// The columns of the U.S. Press Freedom Tracker's public export.
    TrackerCsv,
    TrackerJson,
    /// A file that Uwazi imports.
    UwaziCsv,
    UwaziJson,
}

impl Form {
    /// Every form with its name in addresses and commands.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Csv, "csv"),
        (Self::Json, "json"),
        (Self::TrackerCsv, "tracker-csv"),
        (Self::TrackerJson, "tracker-json"),
        (Self::UwaziCsv, "uwazi-csv"),
        (Self::UwaziJson, "uwazi-json"),
    ];

    /// The inverse of the names.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(form, _)| form)
    }

    /// The name in addresses and commands.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(form, _)| *form == self).map_or("", |(_, name)| name)
    }

    /// Whether it is made of lines of CSV; else of JSON, an object on each line.
    pub fn is_csv(self) -> bool {
        matches!(self, Self::Csv | Self::TrackerCsv | Self::UwaziCsv)
    }

    /// The line before all incidents, where there is one.
    pub fn header(self) -> Option<String> {
        match self {
            Self::Csv => Some(csv_header()),
            Self::TrackerCsv => Some(tracker::csv_header()),
            Self::UwaziCsv => Some(uwazi::csv_header()),
            Self::Json | Self::TrackerJson | Self::UwaziJson => None,
        }
    }

    /// One incident as a value of JSON; `None` for forms of CSV.
    pub fn value(self, incident: &Incident) -> Option<Value> {
        match self {
            Self::Json => Some(as_json(incident)),
            Self::TrackerJson => Some(tracker::as_json(incident)),
            Self::UwaziJson => Some(uwazi::as_json(incident)),
            Self::Csv | Self::TrackerCsv | Self::UwaziCsv => None,
        }
    }

    /// One incident as a line without its end.
    pub fn line(self, incident: &Incident) -> String {
        match self {
            Self::Csv => csv_row(incident),
            Self::TrackerCsv => tracker::csv_row(incident),
            Self::UwaziCsv => uwazi::csv_row(incident),
            Self::Json | Self::TrackerJson | Self::UwaziJson => self.value(incident).unwrap_or_default().to_string(),
        }
    }
}

/// The day in sentences of drafts, and whom it is reported by.
fn teller(incident: &Incident) -> String {
    let mut names: Vec<&str> =
        incident.reports.iter().filter(|report| !report.copy && !report.withdrawn).map(|report| report.source_name.as_str()).collect();
    names.dedup();
    names.join(", ")
}

/// What stands in the text of every draft: nobody takes it for a finding.
fn draft_note(incident: &Incident) -> String {
    format!(
        "Draft made by presswatch from what sources report, not verified. Reported by {} independent publisher(s): {}. Day: {}. Record: {}",
        incident.publishers,
        teller(incident),
        match incident.date_basis.as_str() {
            "reported" => "as reported",
            "corrected" => "as corrected by the desk",
            _ => "of the first report, for no report says it",
        },
        incident.id,
    )
}

/// The first line of the CSV.
fn csv_header() -> String {
    csv::row(COLUMNS)
}

/// One incident as a line of CSV; lists in a cell are parted by ` | `.
fn csv_row(incident: &Incident) -> String {
    let joined = |values: Vec<&str>| values.join(" | ");
    let names = |names: &[Named]| joined(names.iter().map(|name| name.value.as_str()).collect());
    let tellers = || incident.reports.iter().filter(|report| !report.withdrawn);
    let mut sources: Vec<&str> = tellers().map(|report| report.source_id.as_str()).collect();
    sources.dedup();
    let mut by: Vec<&str> = tellers().map(|report| report.source_name.as_str()).collect();
    by.dedup();
    let counts: Vec<String> = incident.people.iter().filter_map(|people| people.count).map(|count| count.to_string()).collect();
    let cells: [String; 27] = [
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
        incident.review.as_ref().map_or("open", |review| review.state.as_str()).to_owned(),
        incident.review.as_ref().map(|review| review.by.clone()).unwrap_or_default(),
        joined(incident.corrections.iter().map(|correction| correction.field.as_str()).collect()),
    ];
    csv::row(cells.iter().map(String::as_str))
}

/// One incident as JSON, as the API writes it; with the evidence of every report where it was read.
pub fn as_json(incident: &Incident) -> Value {
    serde_json::to_value(records::Incident::from(incident)).unwrap_or_default()
}
