//! What is reported to have been done, with every fact's evidence and what people decided.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

use crate::model;
use crate::store;
use crate::web::api::records::Evidence;
use crate::web::api::schema::record;
use crate::web::record::SCHEMA;

record! {
    /// Who is named in an incident.
    IncidentName {
        /// As written.
        value: String,
        /// How many people it stands for, where that is said.
        count: Option<u32>,
        /// Independent publishers that say so.
        publishers: u32,
    }
}

impl From<&model::Named> for IncidentName {
    fn from(name: &model::Named) -> Self {
        Self { value: name.value.clone(), count: name.count, publishers: name.publishers }
    }
}

record! {
    /// Something that a story says of an incident.
    IncidentFact {
        /// `country`, `place`, `date`, `topic`, `actor`, `person`, `people` or `denial`.
        field: &'static str,
        /// What it says.
        value: String,
        /// Of how many people.
        count: Option<u32>,
        /// How sure it is, 0 to 1.
        score: f32,
        /// Where it says so.
        evidence: Vec<Evidence>,
    }
}

record! {
    /// A story that reports an incident.
    IncidentReport {
        /// Its id.
        story: Uuid,
        /// Id of the source.
        source: String,
        /// The source's name.
        source_name: String,
        /// The house: its editions are not independent of each other.
        publisher_group: String,
        /// A copy confirms nothing.
        copy: bool,
        /// It says nothing of the incident any more.
        withdrawn: bool,
        /// Where it was published.
        url: Option<String>,
        /// As published.
        title: String,
        /// ISO 639 code.
        language: String,
        /// When the publisher says it was published.
        published_at: Option<Timestamp>,
        /// When it was first seen here.
        first_seen_at: Timestamp,
        /// What it says; empty in lists.
        says: Vec<IncidentFact>,
    }
}

record! {
    /// What the desk decided of an incident.
    IncidentReview {
        /// `confirmed`, `rejected` or `merged`.
        state: &'static str,
        /// The incident that it became part of.
        merged_into: Option<Uuid>,
        /// Who decided.
        by: String,
        /// When.
        at: Timestamp,
    }
}

record! {
    /// What the desk corrected in an incident.
    IncidentCorrection {
        /// The field.
        field: &'static str,
        /// What it says now.
        value: Value,
        /// What reports said.
        reported: Value,
        /// Who corrected it.
        by: String,
        /// When.
        at: Timestamp,
    }
}

record! {
    /// An incident as it is reported, with the corrections of the desk laid over.
    Incident {
        /// The form of the record; a later one may add keys.
        schema: u32,
        /// Ids ascend with the time at which incidents became known.
        id: Uuid,
        /// `open`, `released` or `contradicted`.
        status: &'static str,
        /// Id of the topic.
        topic: String,
        /// Further topics.
        other_topics: Vec<String>,
        /// ISO 3166-1 code.
        country: Option<String>,
        /// As written.
        place: Option<String>,
        /// The day on which it happened.
        date: Date,
        /// `reported`, `corrected`, or `published` where the day of publication stands for it.
        date_basis: String,
        /// Ids of actors.
        actors: Vec<String>,
        /// Persons by name.
        persons: Vec<IncidentName>,
        /// People who are not named.
        people: Vec<IncidentName>,
        /// The headline of one of its stories.
        title: String,
        /// The headline's language.
        title_language: String,
        /// The story whose headline it is.
        story: Uuid,
        /// Independent publishers.
        publishers: i32,
        /// When it was first seen here.
        first_seen_at: Timestamp,
        /// When it was last reported.
        last_seen_at: Timestamp,
        /// What the desk decided.
        review: Option<IncidentReview>,
        /// What the desk corrected; the fields above show it.
        corrections: Vec<IncidentCorrection>,
        /// Who reports it, oldest first.
        reported_by: Vec<IncidentReport>,
    }
}

impl From<&store::Incident> for Incident {
    fn from(found: &store::Incident) -> Self {
        let names = |names: &[model::Named]| names.iter().map(IncidentName::from).collect();
        Self {
            schema: SCHEMA,
            id: found.id.0,
            status: found.status.as_str(),
            topic: found.topic.clone(),
            other_topics: found.other_topics.clone(),
            country: found.country.clone(),
            place: found.place.clone(),
            date: found.date,
            date_basis: found.date_basis.clone(),
            actors: found.actors.clone(),
            persons: names(&found.persons),
            people: names(&found.people),
            title: found.title.clone(),
            title_language: found.language.clone(),
            story: found.story.0,
            publishers: found.publishers,
            first_seen_at: found.first_seen_at,
            last_seen_at: found.last_seen_at,
            review: found.review.as_ref().map(|review| IncidentReview {
                state: review.state.as_str(),
                merged_into: review.merged_into.map(|id| id.0),
                by: review.by.clone(),
                at: review.at,
            }),
            corrections: found
                .corrections
                .iter()
                .map(|one| IncidentCorrection {
                    field: one.field.as_str(),
                    value: one.value.clone(),
                    reported: one.reported.clone(),
                    by: one.by.clone(),
                    at: one.at,
                })
                .collect(),
            reported_by: found.reports.iter().map(IncidentReport::from).collect(),
        }
    }
}

impl From<&store::IncidentReport> for IncidentReport {
    fn from(report: &store::IncidentReport) -> Self {
        let says = report.facts.iter().map(|fact| IncidentFact {
            field: fact.kind.as_str(),
            value: fact.value.clone(),
            count: fact.count,
            score: fact.score,
            evidence: fact.evidence.iter().map(Evidence::from).collect(),
        });
        Self {
            story: report.story.0,
            source: report.source_id.clone(),
            source_name: report.source_name.clone(),
            publisher_group: report.publisher_group.clone(),
            copy: report.copy,
            withdrawn: report.withdrawn,
            url: report.url.clone(),
            title: report.title.clone(),
            language: report.language.clone(),
            published_at: report.published_at,
            first_seen_at: report.first_seen_at,
            says: says.collect(),
        }
    }
}
