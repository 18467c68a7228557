//! Drafts in the columns of the U.S. Press Freedom Tracker's public export (docs/incidents.md names where they are described).
//!
//! What sources do not say stays empty: a person fills it in. Their categories are fewer than our topics; what fits none is "Other Incident".

use serde_json::{Value, json};

use crate::store::Incident;
use crate::text::csv;
use crate::web::record::draft_note;

/// In the order of the export.
const COLUMNS: [&str; 67] = [
    "title",
    "url",
    "first_published_at",
    "last_published_at",
    "latest_revision_created_at",
    "date",
    "exact_date_unknown",
    "city",
    "longitude",
    "latitude",
    "body",
    "introduction",
    "teaser",
    "teaser_image",
    "primary_video",
    "image_caption",
    "arresting_authority",
    "arrest_status",
    "status_of_charges",
    "release_date",
    "detention_date",
    "unnecessary_use_of_force",
    "case_number",
    "case_type",
    "status_of_seized_equipment",
    "is_search_warrant_obtained",
    "actor",
    "border_point",
    "stopped_at_border",
    "target_us_citizenship_status",
    "denial_of_entry",
    "stopped_previously",
    "did_authorities_ask_for_device_access",
    "did_authorities_ask_for_social_media_user",
    "did_authorities_ask_for_social_media_pass",
    "did_authorities_ask_about_work",
    "were_devices_searched_or_seized",
    "assailant",
    "was_journalist_targeted",
    "charged_under_espionage_act",
    "subpoena_type",
    "held_in_contempt",
    "detention_status",
    "third_party_in_possession_of_communications",
    "third_party_business",
    "legal_order_type",
    "status_of_prior_restraint",
    "links",
    "equipment_seized",
    "equipment_broken",
    "state",
    "updates",
    "case_statuses",
    "workers_whose_communications_were_obtained",
    "target_nationality",
    "targeted_institutions",
    "tags",
    "current_charges",
    "dropped_charges",
    "politicians_or_public_figures_involved",
    "authors",
    "categories",
    "targeted_journalists",
    "subpoena_statuses",
    "country",
    "presswatch_id",
    "presswatch_review",
];

pub(super) fn csv_header() -> String {
    csv::row(COLUMNS)
}

pub(super) fn csv_row(incident: &Incident) -> String {
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(|column| match *column {
            "links" => links(incident).map(|(title, url, publication)| format!("{title} ({url}) via {publication}")).collect::<Vec<_>>().join(", "),
            "categories" => categories(incident).join(", "),
            "targeted_journalists" => targeted(incident).join(", "),
            "tags" => tags(incident).join(", "),
            column => plain(incident, column),
        })
        .collect();
    csv::row(cells.iter().map(String::as_str))
}

pub(super) fn as_json(incident: &Incident) -> Value {
    let mut object = serde_json::Map::new();
    for column in COLUMNS {
        let value = match column {
            "links" => links(incident).map(|(title, url, publication)| json!({ "title": title, "url": url, "publication": publication })).collect(),
            "categories" => json!(categories(incident)),
            "targeted_journalists" => json!(targeted(incident)),
            "tags" => json!(tags(incident)),
            "exact_date_unknown" => json!(incident.date_basis == "published"),
            "equipment_seized"
            | "equipment_broken"
            | "updates"
            | "case_statuses"
            | "workers_whose_communications_were_obtained"
            | "target_nationality"
            | "targeted_institutions"
            | "current_charges"
            | "dropped_charges"
            | "politicians_or_public_figures_involved"
            | "authors"
            | "subpoena_statuses" => json!([]),
            column => Some(plain(incident, column)).filter(|text| !text.is_empty()).map_or(Value::Null, Value::String),
        };
        object.insert(column.to_owned(), value);
    }
    Value::Object(object)
}

fn plain(incident: &Incident, column: &str) -> String {
    let held = has(incident, &["arrest_detention", "prosecution"]);
    match column {
        "title" => incident.title.clone(),
        "url" => links(incident).next().map(|(_, url, _)| url).unwrap_or_default(),
        "date" => incident.date.to_string(),
        "exact_date_unknown" => (if incident.date_basis == "published" { "True" } else { "False" }).to_owned(),
        "city" => incident.place.clone().unwrap_or_default(),
        "body" => draft_note(incident),
        "detention_date" if held => incident.date.to_string(),
        "country" => incident.country.clone().unwrap_or_default(),
        "presswatch_id" => incident.id.to_string(),
        "presswatch_review" => incident.review.as_ref().map_or("open", |review| review.state.as_str()).to_owned(),
        _ => String::new(),
    }
}

fn has(incident: &Incident, topics: &[&str]) -> bool {
    std::iter::once(&incident.topic).chain(&incident.other_topics).any(|topic| topics.contains(&topic.as_str()))
}

/// Title, address and publisher of every report that is no copy.
fn links(incident: &Incident) -> impl Iterator<Item = (String, String, String)> {
    incident
        .reports
        .iter()
        .filter(|report| !report.copy && !report.withdrawn)
        .filter_map(|report| Some((report.title.clone(), report.url.clone()?, report.source_name.clone())))
}

fn categories(incident: &Incident) -> Vec<&'static str> {
    let mut found: Vec<&str> = std::iter::once(&incident.topic)
        .chain(&incident.other_topics)
        .filter_map(|topic| match topic.as_str() {
            "arrest_detention" | "prosecution" => Some("Arrest/Criminal Charge"),
            "killing" | "physical_attack" | "torture_ill_treatment" => Some("Assault"),
            "raid_seizure" => Some("Equipment Search or Seizure"),
            "access_denial" => Some("Denial of Access"),
            // How something ended is no category.
            "release" => None,
            _ => Some("Other Incident"),
        })
        .collect();
    let mut seen = std::collections::HashSet::new();
    found.retain(|category| seen.insert(*category));
    found
}

/// Persons where the press is among those to whom it happened: a name beside an arrest may be a politician's.
fn targeted(incident: &Incident) -> Vec<&str> {
    let press = incident.actors.iter().any(|actor| actor.starts_with("journalist") || actor.starts_with("media"));
    incident.persons.iter().filter(|_| press).map(|person| person.value.as_str()).collect()
}

fn tags(incident: &Incident) -> Vec<&str> {
    std::iter::once(&incident.topic).chain(&incident.other_topics).chain(&incident.actors).map(String::as_str).collect()
}
