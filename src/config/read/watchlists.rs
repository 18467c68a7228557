//! Reads one file of watchlists.d: defaults, groups of terms, channels, lists, persons.

use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::config::read::alerting::{self, PRIORITIES};
use crate::config::read::{Names, Placed, channels};
use crate::config::toml_field::Field;
use crate::config::toml_file::{Section, TomlFile};
use crate::config::{Channel, Person, QueryText, SurnameAlone, Variants, WatchFold, Watchlist, Watchlists, codes};
use crate::model::{AccountName, ChannelId, CountryCode, Language, Priority, Problem, SourceId, WatchlistId};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What one file, or all files together, say.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) terms: Vec<Placed<(String, QueryText)>>,
    pub(super) channels: Vec<Placed<Channel>>,
    pub(super) lists: Vec<Placed<Watchlist>>,
    pub(super) channel_names: Names,
    pub(super) list_names: Names,
    /// Names that stand for something in another file.
    pub(super) references: Vec<Placed<Reference>>,
}

/// A name that must be defined somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    Channel(ChannelId),
    Source(SourceId),
    Topic(String),
}

impl Read {
    pub(super) fn extend(&mut self, other: Read) {
        self.terms.extend(other.terms);
        self.channels.extend(other.channels);
        self.lists.extend(other.lists);
        self.channel_names.extend(other.channel_names);
        self.list_names.extend(other.list_names);
        self.references.extend(other.references);
    }

    pub(super) fn watchlists(&self) -> Watchlists {
        Watchlists {
            terms: self.terms.iter().map(|placed| placed.value.clone()).collect(),
            lists: self.lists.iter().map(|placed| placed.value.clone()).collect(),
        }
    }
}

/// What `[defaults]` of a file says.
#[derive(Debug, Clone)]
struct Defaults {
    fold: WatchFold,
    morphology: bool,
    max_age: Duration,
    zone: TimeZone,
}

/// Reads a text; relative paths of secrets begin at `directory`.
pub(super) fn read(text: &str, file: &Path, directory: &Path) -> (Read, Vec<Problem>) {
    TomlFile::read(file, text, |root| {
        root.optional("schema_version", |field| field.integer(1..=1));
        let defaults = defaults(root.optional("defaults", Field::section).as_ref());
        let mut read = Read::default();
        if let Some(table) = root.optional("terms", Field::section) {
            read.terms = table.entries().iter().filter_map(|(name, field)| group(name, field)).collect();
        }
        if let Some(table) = root.optional("channels", Field::section) {
            read.channels = channels::read(&table, directory, &mut read.channel_names);
        }
        let tables = root.get("watchlist").map(|field| field.sections()).unwrap_or_default();
        for table in &tables {
            let list = watchlist(table, &defaults, &mut read);
            read.lists.extend(list);
        }
        read
    })
}

fn defaults(table: Option<&Section<'_>>) -> Defaults {
    if let Some(table) = table {
        match_fields(table);
    }
    let base = Defaults { fold: WatchFold::Standard, morphology: true, max_age: 3 * DAY, zone: TimeZone::UTC };
    let Some(table) = table else { return base };
    Defaults {
        fold: table.or("fold", base.fold, fold),
        morphology: table.or("morphology", base.morphology, morphology),
        max_age: table.or("max_age", base.max_age, max_age),
        zone: table.or("timezone", base.zone, Field::time_zone),
    }
}

/// The fields that a bare term is looked for in are fixed: only the list that says so is accepted.
fn match_fields(table: &Section<'_>) {
    let Some(field) = table.get("match_fields") else { return };
    let mut names: Vec<&str> = field.items().iter().filter_map(Field::text).collect();
    names.sort_unstable();
    if names != ["body", "lead", "title"] {
        let hint =
            "remove it; a bare term looks in title, lead and body, and \"url:\", \"source:\", \"author:\", \"tag:\" before a term look elsewhere";
        field.report("other fields than title, lead and body are not supported yet", Some(hint.to_owned()));
    }
}

fn fold(field: &Field<'_>) -> Option<WatchFold> {
    field.choice(&[("none", WatchFold::None), ("case", WatchFold::Case), ("standard", WatchFold::Standard)])
}

fn morphology(field: &Field<'_>) -> Option<bool> {
    if field.is_list() {
        field.report("a list of languages is not supported yet", Some("write \"auto\" or \"off\"".to_owned()));
        return None;
    }
    field.choice(&[("auto", true), ("off", false)])
}

fn max_age(field: &Field<'_>) -> Option<Duration> {
    field.duration(HOUR..=365 * DAY)
}

fn group(name: &str, field: &Field<'_>) -> Option<Placed<(String, QueryText)>> {
    let well_formed = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') && !name.is_empty() && name.len() <= 64;
    if !well_formed {
        field.report("a group's name is 1 to 64 of a-z, 0-9 and '_'", None);
    } else if name == "persons" {
        field.report("\"persons\" is taken: $persons stands for the list's own persons", None);
    }
    let query = field.query()?;
    well_formed.then(|| Placed { value: (name.to_owned(), query), place: field.problem("") })
}

fn watchlist(table: &Section<'_>, defaults: &Defaults, read: &mut Read) -> Option<Placed<Watchlist>> {
    table.not_yet(&[("retention", "matches are kept as [retention] in presswatch.toml says")]);
    match_fields(table);
    let place = table.get("id").map_or_else(|| table.problem(""), |field| field.problem(""));
    let id = table.required("id", |field| field.parsed(WatchlistId::new));
    read.list_names.extend(id.iter().map(|id| Placed { value: id.to_string(), place: place.clone() }));
    let references = &mut read.references;
    let name = table.required("name", |field| field.text().map(str::to_owned));
    let enabled = table.or("enabled", true, Field::boolean);
    let priority = table.or("priority", Priority::Normal, |field| field.choice(&PRIORITIES));
    let restricted = table.or("visibility", false, |field| field.choice(&[("normal", false), ("restricted", true)]));
    let visible_to = visible_to(table, restricted);
    let languages = table.or("languages", Vec::new(), |field| field.list(language));
    let strict_language = table.or("strict_language", false, Field::boolean);
    let (countries_about, country_min_score) = countries(table.optional("countries", Field::section).as_ref());
    let topics = table.or("topics", Vec::new(), |field| {
        field.list(|topic| {
            let id = topic.text()?.to_owned();
            references.push(Placed { value: Reference::Topic(id.clone()), place: topic.problem(format!("there is no topic \"{id}\"")) });
            Some(id)
        })
    });
    let (sources_include, sources_exclude) = sources(table.optional("sources", Field::section).as_ref(), references);
    let fold = table.or("fold", defaults.fold, fold);
    let morphology = table.or("morphology", defaults.morphology, morphology);
    let person_tables = table.get("person").map(|field| field.sections()).unwrap_or_default();
    let persons: Vec<Person> = person_tables.iter().filter_map(person).collect();
    let query = if person_tables.is_empty() {
        table.required("query", Field::query)
    } else {
        // A list of persons without a query of its own watches for the persons.
        Some(table.or("query", persons_query(&place), Field::query))
    };
    let burst = table.optional("burst", Field::section).map(|section| alerting::burst(&section, references));
    let base = alerting::Base { max_age: defaults.max_age, zone: defaults.zone.clone(), priority };
    let alert = alerting::alert(table.optional("alert", Field::section).as_ref(), &base, burst.as_ref(), references);
    let value = Watchlist {
        id: id?,
        name: name?,
        enabled,
        priority,
        restricted,
        visible_to,
        languages,
        strict_language,
        countries_about,
        country_min_score,
        topics,
        sources_include,
        sources_exclude,
        fold,
        morphology,
        query: query?,
        persons,
        alert,
        burst,
    };
    Some(Placed { value, place })
}

/// The accounts that see a restricted list on the pages; whether they exist, the database knows.
fn visible_to(table: &Section<'_>, restricted: bool) -> Vec<String> {
    table.or("visible_to", Vec::new(), |field| {
        if !restricted {
            field.report(
                "a list that is not restricted is seen by every account",
                Some("write visibility = \"restricted\", or remove visible_to".to_owned()),
            );
            return None;
        }
        field.list(|name| name.parsed(|text| AccountName::new(text).map(|name| name.to_string())))
    })
}

fn persons_query(place: &Problem) -> QueryText {
    QueryText { text: "$persons".to_owned(), file: place.file.clone(), line: place.line, column: place.column }
}

fn language(field: &Field<'_>) -> Option<Language> {
    field.coded("a language code", codes::language)
}

fn countries(table: Option<&Section<'_>>) -> (Vec<CountryCode>, f32) {
    const MIN_SCORE: f32 = 0.5;
    let Some(table) = table else { return (Vec::new(), MIN_SCORE) };
    table.not_yet(&[
        ("published_in", "stories of other countries' outlets would pass"),
        ("mentioned", "only stories about a country are chosen so far"),
    ]);
    let about = table.or("about", Vec::new(), |field| field.list(|code| code.coded("a country code", codes::country)));
    (about, table.or("min_confidence", MIN_SCORE, |field| field.number(0.0..=1.0)))
}

fn sources(table: Option<&Section<'_>>, references: &mut Vec<Placed<Reference>>) -> (Vec<SourceId>, Vec<SourceId>) {
    let Some(table) = table else { return (Vec::new(), Vec::new()) };
    table.not_yet(&[("min_tier", "sources have no tiers yet")]);
    let mut ids = |key| {
        table.or(key, Vec::new(), |field| {
            field.list(|source| {
                let id = source.parsed(SourceId::new)?;
                references.push(Placed { value: Reference::Source(id.clone()), place: source.problem(format!("there is no source \"{id}\"")) });
                Some(id)
            })
        })
    };
    (ids("include"), ids("exclude"))
}

fn person(table: &Section<'_>) -> Option<Person> {
    let text = |field: &Field<'_>| field.text().map(str::to_owned);
    let reference = table.required("ref", text);
    let names = table.required("names", |field| field.list_of_some(text));
    let aliases = table.or("aliases", Vec::new(), |field| field.list(text));
    let variants = variants(table.optional("variants", Field::section).as_ref());
    let (context, context_required) = context(table.optional("context", Field::section).as_ref());
    let surname_alone = table.optional("surname_alone", |field| surname_alone(&field.section()?));
    Some(Person { reference: reference?, names: names?, aliases, variants, surname_alone, context, context_required })
}

fn variants(table: Option<&Section<'_>>) -> Variants {
    let usual = Variants::default();
    let Some(table) = table else { return usual };
    if let Some(edit) = table.get("max_edit").filter(|field| !field.is_zero()) {
        let hint = "write max_edit = 0; a name that is nearly right is another person's, list it under aliases if it is meant";
        edit.report("misspelled names are not supported", Some(hint.to_owned()));
    }
    Variants {
        transliterate: table.or("transliterate", usual.transliterate, Field::boolean),
        inflect: table.or("inflect", usual.inflect, Field::boolean),
        reorder: table.or("reorder", usual.reorder, Field::boolean),
        initials: table.or("initials", usual.initials, Field::boolean),
    }
}

fn context(table: Option<&Section<'_>>) -> (Option<(QueryText, usize)>, bool) {
    let Some(table) = table else { return (None, false) };
    table.not_yet(&[("boost", "the list's own priority is used; give such persons a list of their own")]);
    let near = table.or("near", 40, |field| field.integer(1..=200));
    let required = table.or("required", false, Field::boolean);
    (table.required("any", Field::query).map(|query| (query, near)), required)
}

fn surname_alone(table: &Section<'_>) -> Option<SurnameAlone> {
    let allow = table.or("allow", true, Field::boolean);
    let within = table.or("within", 60, |field| field.integer(1..=200));
    // The surname alone is never enough: without a query beside it, it would point at whoever bears it.
    let require_near = table.required("require_near", Field::query)?;
    allow.then_some(SurnameAlone { require_near, within })
}
