//! Incidents: what a story says was done to whom, where, when; and what the stories of one event say together.
//!
//! Enters: a labeled story, or the reports of a cluster. Leaves: [`Fact`]s with the places that say so; one [`IncidentDraft`].
//! Deliberately absent: truth. A fact is what a report says; names and numbers stand as they are written.
//!
//! *Invariant:* precision goes first for persons: a name that is not surely named beside the incident is left out.

mod date;
mod denial;
mod merge;
mod passage;
mod people;
mod persons;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use jiff::Timestamp;

pub use crate::understand::incident::merge::merge;

use crate::config::TopicsConfig;
use crate::model::{Classification, CountryLabel, CountryRole, Evidence, Fact, FactKind, Field, Language};
use crate::understand::incident::passage::Passage;

/// The topic that ends an incident instead of being one.
pub const RELEASE: &str = "release";
/// Topics of the group `incident` that every configuration has.
const BUILT_IN: [&str; 15] = [
    "killing",
    "physical_attack",
    "arrest_detention",
    "abduction_disappearance",
    "torture_ill_treatment",
    "prosecution",
    "threat_harassment",
    "surveillance",
    "raid_seizure",
    "censorship",
    "internet_shutdown",
    "outlet_closure",
    "access_denial",
    "cyberattack",
    RELEASE,
];
/// Places kept of one fact.
const EVIDENCE_LIMIT: usize = 6;

/// Which topics are incidents.
#[derive(Debug, Clone)]
pub struct IncidentTopics {
    ids: HashSet<String>,
}

impl IncidentTopics {
    /// Those that are built in, and the operator's own of the group `incident`.
    pub fn new(config: &TopicsConfig) -> Self {
        let own = config.topics.iter().filter(|topic| topic.group == "incident").map(|topic| topic.id.clone());
        Self { ids: own.chain(BUILT_IN.map(str::to_owned)).collect() }
    }

    /// What a story says of an incident; nothing where it reports none and denies none. `moment`: when it was published, else first seen.
    pub fn report(&self, title: &str, text: &str, language: &Language, labels: &Classification, moment: Timestamp) -> Vec<Fact> {
        let mut facts: Vec<Fact> = labels
            .topics
            .iter()
            .filter(|topic| self.ids.contains(&topic.id))
            .map(|topic| fact(FactKind::Topic, &topic.id, topic.score, &topic.evidence))
            .collect();
        let told: Vec<&Evidence> = facts.iter().flat_map(|fact| &fact.evidence).collect();
        let actors: Vec<&Evidence> = labels.actors.iter().flat_map(|actor| &actor.evidence).collect();
        let places: Vec<&Evidence> = labels.countries.iter().flat_map(|country| &country.evidence).collect();
        let words = words::of(language);
        let passages = [(Field::Title, title), (Field::Text, text)].map(|(field, text)| Passage::new(field, text, &told, &actors, &places));
        let denial = denial::find(&passages, words);
        if facts.is_empty() {
            return denial.into_iter().collect();
        }
        let main = labels.countries.iter().find(|country| Some(country.code) == labels.main_country);
        if let Some(country) = main.or_else(|| labels.countries.iter().find(|country| country.role == CountryRole::About)) {
            facts.push(fact(FactKind::Country, country.code.as_str(), country.score, &country.evidence));
            facts.extend(place(country, &passages));
        }
        facts.extend(date::find(&passages, words, moment));
        facts.extend(labels.actors.iter().map(|actor| fact(FactKind::Actor, &actor.id, actor.score, &actor.evidence)));
        facts.extend(persons::find(&passages, words));
        facts.extend(people::find(&passages, words));
        facts.extend(denial);
        facts
    }
}

fn fact(kind: FactKind, value: &str, score: f32, evidence: &[Evidence]) -> Fact {
    let evidence = evidence.iter().take(EVIDENCE_LIMIT).cloned().collect();
    Fact { kind, value: value.to_owned(), key: value.to_owned(), count: None, score, evidence }
}

/// The town that stands beside the incident, else the first one; a region where there is no town.
fn place(country: &CountryLabel, passages: &[Passage<'_>]) -> Option<Fact> {
    let rank = |place: &Evidence| {
        let town = match place.rule.as_str() {
            "city" | "town" => 0,
            "capital" => 1,
            "region" => 2,
            _ => return None,
        };
        let beside = passages.iter().any(|passage| passage.field == place.field && passage.tells_at(place.start));
        Some((!beside, town, place.field == Field::Title, place.start))
    };
    let found = country.evidence.iter().filter_map(|place| Some((rank(place)?, place))).min_by_key(|(rank, _)| *rank)?.1;
    let key = passage::name_key(&found.text);
    Some(Fact { key, ..fact(FactKind::Place, &found.text, country.score, std::slice::from_ref(found)) })
}
