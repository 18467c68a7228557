//! config/topics.toml: the topics and actors with their definitions, and the words that speak for them.

use std::path::Path;

use crate::config::QueryText;
use crate::config::codes;
use crate::config::toml_field::Field;
use crate::config::toml_file::{Section, TomlFile, suggest};
use crate::model::Problem;

/// The topics that every configuration has: incidents first, then what they happen in. They can be added to, never renamed.
pub const TOPIC_IDS: [&str; 26] = [
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
    "release",
    "elections",
    "opposition",
    "protest",
    "legislation",
    "justice",
    "state_of_emergency",
    "armed_conflict",
    "civil_society",
    "corruption",
    "disinformation",
    "media_business",
];

/// The actors that every configuration has. They can be added to, never renamed.
pub const ACTOR_IDS: [&str; 9] = ["journalist", "media_outlet", "opposition", "activist", "protester", "lawyer", "academic", "artist", "minority"];

/// What topics.toml and the operator's additions say.
#[derive(Debug, Clone, Default)]
pub struct TopicsConfig {
    pub topics: Vec<TopicDefinition>,
    pub actors: Vec<TopicDefinition>,
    /// Beside the words that are compiled in.
    pub lexicon: Vec<LexiconEntry>,
}

/// One topic or actor.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicDefinition {
    pub id: String,
    /// English label for people.
    pub label: String,
    pub definition: String,
    /// `incident` or `context` for topics, `actor` for actors.
    pub group: String,
    /// IPTC Media Topics, `medtop:20000...`.
    pub iptc: Option<String>,
}

/// Words of one language for one topic or actor.
#[derive(Debug, Clone, PartialEq)]
pub struct LexiconEntry {
    /// The topic's or actor's id.
    pub id: String,
    /// BCP 47 primary subtag.
    pub language: String,
    /// `detain*`, `taken into custody`: a star stands for any ending. Each with its place in the file.
    pub terms: Vec<QueryText>,
    /// How strongly it speaks, 0..3.
    pub weight: f32,
}

/// Reads the text of topics.toml: `[[topic]]`, `[[actor]]` and `[[lexicon]]` tables.
///
/// # Errors
/// Every problem of the file.
pub fn read(text: &str, file: &Path) -> Result<TopicsConfig, Vec<Problem>> {
    let (config, problems) = TomlFile::read(file, text, |root| {
        let tables = |key| root.get(key).map(|field| field.sections()).unwrap_or_default();
        let mut topics = Vec::new();
        for table in tables("topic") {
            let topic = definition(&table, &[("incident", "incident"), ("context", "context")], None, &topics);
            topics.extend(topic);
        }
        let mut actors = Vec::new();
        for table in tables("actor") {
            let actor = definition(&table, &[("actor", "actor")], Some("actor"), &actors);
            actors.extend(actor);
        }
        let known = |own: &[TopicDefinition], built_in: &[&str]| {
            let own = own.iter().map(|definition| definition.id.clone());
            own.chain(built_in.iter().map(|id| (*id).to_owned())).collect::<Vec<String>>()
        };
        let mut ids = known(&topics, &TOPIC_IDS);
        ids.extend(known(&actors, &ACTOR_IDS));
        let lexicon = tables("lexicon").iter().filter_map(|table| lexicon_entry(table, &ids)).collect();
        TopicsConfig { topics, actors, lexicon }
    });
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn definition(
    table: &Section<'_>,
    groups: &[(&str, &'static str)],
    default_group: Option<&'static str>,
    earlier: &[TopicDefinition],
) -> Option<TopicDefinition> {
    let text = |field: &Field<'_>| field.text().map(str::to_owned);
    let id = table.required("id", |field| {
        let id = field.text()?;
        if !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            field.report(format!("the id \"{id}\" must be of a-z, 0-9 and '_'"), None);
            return None;
        }
        if earlier.iter().any(|definition| definition.id == id) {
            field.report(format!("the id \"{id}\" is defined twice"), None);
            return None;
        }
        Some(id.to_owned())
    });
    let label = table.required("label", text);
    let definition = table.required("definition", text);
    let group = match default_group {
        Some(default) => Some(table.or("group", default, |field| field.choice(groups))),
        None => table.required("group", |field| field.choice(groups)),
    };
    let iptc = table.optional("iptc", text);
    Some(TopicDefinition { id: id?, label: label?, definition: definition?, group: group?.to_owned(), iptc })
}

fn lexicon_entry(table: &Section<'_>, ids: &[String]) -> Option<LexiconEntry> {
    let id = table.required("id", |field| {
        let id = field.text()?;
        if !ids.iter().any(|known| known == id) {
            field.report(format!("there is no topic or actor \"{id}\""), suggest(id, ids.iter().map(String::as_str)));
            return None;
        }
        Some(id.to_owned())
    });
    let language = table.required("language", |field| field.coded("a language code", codes::language));
    let terms = table.required("terms", |field| field.list_of_some(Field::query));
    let weight = table.or("weight", 1.0, |field| field.number(0.0..=3.0));
    Some(LexiconEntry { id: id?, language: language?.as_str().to_owned(), terms: terms?, weight })
}
