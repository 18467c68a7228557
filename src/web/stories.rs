//! `/stories`: the archive by filters that compose into an address, newest first.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::Config;
use crate::model::{Evidence, Field, SourceCategory};
use crate::store::{COUNTED, Facet, Facets, PAGE_ROWS, StorySummary};
use crate::web::chart::{Chart, Days};
use crate::web::coverage::Coverage;
use crate::web::failure::Failure;
use crate::web::highlight::{self, Piece, Span, SpanKind};
use crate::web::query::{ROLES, StoryQuery};
use crate::web::search::{self, Found, Told};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, care, names, visit};

const CHART_DAYS: u32 = 30;
/// Values that are named of each sort.
const VALUES: usize = 10;
/// A list shows so much of a text, in bytes of the page: letters of most scripts take two or three.
const EXCERPT_BYTES: usize = 260;

#[derive(Template)]
#[template(path = "stories.html")]
struct Page {
    section: Section,
    query: StoryQuery,
    filters: Vec<Filter>,
    /// What the list is narrowed by, each with the address without it.
    narrowed: Vec<Narrowed>,
    total: String,
    facets: Vec<FacetList>,
    among: i64,
    chart: Option<Chart>,
    stories: Vec<Item>,
    older: Option<String>,
    continued: bool,
    /// The search stopped before the end of the archive: how far it came.
    searched_to: Option<When>,
}

/// One list to choose from.
struct Filter {
    key: &'static str,
    /// A message.
    label: &'static str,
    choices: Vec<Choice>,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct Narrowed {
    label: String,
    without: String,
}

struct FacetList {
    /// A message.
    label: &'static str,
    values: Vec<FacetValue>,
}

struct FacetValue {
    label: String,
    stories: i64,
    href: String,
}

/// A story in a list.
pub(super) struct Item {
    pub id: String,
    pub title: String,
    /// The title, with what was searched for marked.
    pub headline: Vec<Piece>,
    /// The beginning of the text, or what stands around what was searched for.
    pub excerpt: Vec<Piece>,
    /// Tells of killing or torture: marked, and without an excerpt.
    pub grave: bool,
    pub language: String,
    pub language_name: String,
    pub source_id: String,
    pub source: String,
    pub country: Option<String>,
    pub topics: Vec<String>,
    pub actors: Vec<String>,
    pub published: Option<When>,
    pub seen: When,
    /// `3 independent publishers`, where there is more than one.
    pub publishers: Option<String>,
    pub copies: Option<String>,
    pub is_copy: bool,
    pub edited: bool,
}

impl Item {
    /// A list without entries would be read out as one.
    pub fn has_labels(&self) -> bool {
        let labels = self.country.is_some() || !self.topics.is_empty() || !self.actors.is_empty();
        labels || self.publishers.is_some() || self.copies.is_some()
    }

    pub fn new(story: StorySummary, config: &Config, now: Timestamp) -> Self {
        let named = |ids: &[String]| ids.iter().map(|id| names::label(config, id)).collect();
        let grave = care::is_grave(&story.topics);
        Self {
            id: story.id.to_string(),
            topics: named(&story.topics),
            actors: named(&story.actors),
            language_name: names::language(&story.language),
            country: story.main_country.as_deref().map(names::country),
            published: story.published_at.map(|at| When::new(at, now)),
            seen: When::ago(story.first_seen_at, now),
            publishers: (story.publishers > 1).then(|| visit::texts().count("stories.publishers", story.publishers).plain()),
            copies: (story.copies > 0).then(|| visit::texts().count("stories.copies_folded", story.copies).plain()),
            is_copy: story.duplicate_of.is_some(),
            edited: story.revision > 0,
            headline: highlight::plain(&story.title),
            title: story.title,
            excerpt: if grave { Vec::new() } else { highlight::excerpt(&story.excerpt, &[], EXCERPT_BYTES) },
            grave,
            language: story.language,
            source_id: story.source_id,
            source: story.source_name,
        }
    }

    /// Marks what was searched for.
    fn tell(&mut self, told: &Told) {
        let spans = |field: Field, text: &str| -> Vec<Span> {
            let of = |one: &&Evidence| one.field == field;
            told.evidence.iter().filter(of).filter_map(|one| highlight::span(text, one, SpanKind::Watchlist, "search")).collect()
        };
        self.headline = highlight::lines(&told.title, &spans(Field::Title, &told.title)).into_iter().flatten().collect();
        let in_text = spans(Field::Text, &told.body);
        if !self.grave && !in_text.is_empty() {
            self.excerpt = highlight::excerpt(&told.body, &in_text, EXCERPT_BYTES);
        }
    }
}

pub async fn list(State(state): State<WebState>, query: Result<Query<StoryQuery>, QueryRejection>) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::bad_request("The filter cannot be read", "Give each key once, or use the form of /stories."))?;
    let config = state.config();
    let filter = query.filter(&config.sources)?;
    let words = query.compiled_words(&config.watchlists.terms)?;
    let now = Timestamp::now();
    let page_rows = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);

    let (items, facets, total, chart, older, searched_to) = if let Some(words) = words {
        let found = search::find(&state.store, &filter, Arc::new(words), page_rows).await?;
        let stories = state.store.stories_by_id(&found.ids).await?;
        let facets = facets_of(&stories);
        let total = searched(&found, filter.before.is_some());
        let older = found.last.filter(|_| !found.whole).map(|(last, _)| query.older(last));
        let searched_to = found.last.filter(|_| !found.whole && found.ids.len() < page_rows).map(|(_, at)| When::new(at, now));
        let items: Vec<Item> = stories
            .into_iter()
            .map(|story| {
                let told = found.told.get(&story.id);
                let mut item = Item::new(story, &config, now);
                if let Some(told) = told {
                    item.tell(told);
                }
                item
            })
            .collect();
        (items, facets, total, None, older, searched_to)
    } else {
        let days = Days::last(CHART_DAYS, now);
        let store = &state.store;
        let (stories, total, facets, daily, changes, standings) = tokio::try_join!(
            store.stories(&filter),
            store.count_stories(&filter),
            store.facets(&filter),
            store.stories_over_time(&filter, &days.bounds),
            store.source_changes(days.begin()),
            store.source_standings(),
        )?;
        let coverage = Coverage::of(&config, &standings, now);
        let may_tell = changes.iter().filter(|change| {
            let asked = filter.source.as_deref().is_none_or(|source| source == change.source_id)
                && filter.sources.as_ref().is_none_or(|sources| sources.contains(&change.source_id));
            asked && coverage.may_tell(&change.source_id, filter.country.as_deref())
        });
        let chart = Chart::new("over-time", visit::texts().count("stories.over_time", i64::from(CHART_DAYS)).plain(), &days, &daily, may_tell);
        let older = stories.last().filter(|_| stories.len() >= page_rows).map(|last| query.older(last.id));
        let items = stories.into_iter().map(|story| Item::new(story, &config, now)).collect();
        (items, facets, counted(total), Some(chart).filter(|chart| !chart.is_empty()), older, None)
    };
    let page = Page {
        section: Section::Stories,
        filters: filters(&query, &facets, &config),
        narrowed: narrowed(&query, &config),
        facets: facet_lists(&query, &facets, &config),
        among: facets.among,
        total,
        chart,
        continued: filter.before.is_some(),
        stories: items,
        older,
        searched_to,
        query,
    };
    Ok(view::html(&page))
}

fn counted(total: i64) -> String {
    let texts = visit::texts();
    if total > COUNTED {
        texts.say("stories.more_than").with("n", view::grouped(COUNTED)).plain()
    } else {
        texts.count("stories.number", total).plain()
    }
}

fn searched(found: &Found, continued: bool) -> String {
    let number = i64::try_from(found.ids.len()).unwrap_or(i64::MAX);
    let texts = visit::texts();
    let stories = texts.count("stories.number", number).plain();
    // Of a list that is continued, what was shown before is not counted.
    if found.whole && !continued { stories } else { texts.say("stories.perhaps_more").with("stories", stories).plain() }
}

/// Counted by hand where the page's own stories are all that is known.
fn facets_of(stories: &[StorySummary]) -> Facets {
    let count = |values: Vec<&str>| -> Vec<Facet> {
        let mut counted: Vec<Facet> = Vec::new();
        for value in values {
            match counted.iter_mut().find(|facet| facet.value == value) {
                Some(facet) => facet.stories += 1,
                None => counted.push(Facet { value: value.to_owned(), stories: 1 }),
            }
        }
        counted.sort_by(|a, b| (b.stories, &a.value).cmp(&(a.stories, &b.value)));
        counted
    };
    Facets {
        among: i64::try_from(stories.len()).unwrap_or(i64::MAX),
        countries: count(stories.iter().filter_map(|story| story.main_country.as_deref()).collect()),
        topics: count(stories.iter().flat_map(|story| story.topics.iter().map(String::as_str)).collect()),
        actors: count(stories.iter().flat_map(|story| story.actors.iter().map(String::as_str)).collect()),
        languages: count(stories.iter().map(|story| story.language.as_str()).collect()),
        sources: count(stories.iter().map(|story| story.source_id.as_str()).collect()),
    }
}

fn filters(query: &StoryQuery, facets: &Facets, config: &Config) -> Vec<Filter> {
    let label = |id: &str| names::label(config, id);
    let codes = |facets: &[Facet]| facets.iter().map(|facet| facet.value.clone()).collect::<Vec<_>>();
    let ids = |known: &[crate::config::TopicDefinition]| known.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let roles = ROLES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let role_name = |name: &str| ROLES.iter().find(|(known, ..)| *known == name).map_or(name, |(_, _, label)| label).to_owned();
    let kinds = SourceCategory::ALL.iter().map(|(_, name)| (*name).to_owned()).collect();
    let lists = config.watchlists.lists.iter().map(|list| list.id.to_string()).collect();
    let list_name = |id: &str| {
        let open = config.watchlists.lists.iter().find(|list| list.id.as_str() == id && visit::may_see(list));
        open.map_or_else(|| id.to_owned(), |list| list.name.clone())
    };
    vec![
        choices("country", "stories.country", codes(&facets.countries), &query.country.trim().to_uppercase(), &names::country),
        choices("role", "stories.role", roles, query.role.trim(), &role_name),
        choices("topic", "stories.topic", ids(&config.topics.topics), query.topic.trim(), &label),
        choices("actor", "stories.actor", ids(&config.topics.actors), query.actor.trim(), &label),
        choices("language", "stories.language", codes(&facets.languages), query.language.trim(), &names::language),
        choices("kind", "stories.kind", kinds, query.kind.trim(), &|name: &str| name.replace('_', " ")),
        choices("watchlist", "stories.watchlists", lists, query.watchlist.trim(), &list_name),
    ]
}

/// By label; what is chosen is offered though nothing carries it now.
fn choices(key: &'static str, label: &'static str, mut offered: Vec<String>, chosen: &str, name: &dyn Fn(&str) -> String) -> Filter {
    if !chosen.is_empty() && !offered.iter().any(|value| value == chosen) {
        offered.push(chosen.to_owned());
    }
    let mut choices: Vec<Choice> = offered.into_iter().map(|value| Choice { label: name(&value), chosen: value == chosen, value }).collect();
    if key != "role" {
        choices.sort_by(|a, b| a.label.cmp(&b.label));
    }
    Filter { key, label, choices }
}

fn narrowed(query: &StoryQuery, config: &Config) -> Vec<Narrowed> {
    let shown = |key: &str, value: &str| match key {
        "words" => format!("words: {value}"),
        "country" => names::country(&value.to_uppercase()),
        "topic" | "actor" => names::label(config, value),
        "language" => names::language(value),
        "cluster" => "one event".to_owned(),
        "copies" => "with copies".to_owned(),
        _ => format!("{key}: {}", value.replace('_', " ")),
    };
    let given = query.keys().into_iter().filter(|(key, value)| *key != "before" && !value.trim().is_empty());
    given.map(|(key, value)| Narrowed { label: shown(key, value.trim()), without: query.with(key, "") }).collect()
}

fn facet_lists(query: &StoryQuery, facets: &Facets, config: &Config) -> Vec<FacetList> {
    let list = |label: &'static str, key: &str, chosen: &str, facets: &[Facet], name: &dyn Fn(&str) -> String| FacetList {
        label,
        values: facets
            .iter()
            .filter(|facet| !facet.value.eq_ignore_ascii_case(chosen.trim()))
            .take(VALUES)
            .map(|facet| FacetValue { label: name(&facet.value), stories: facet.stories, href: query.with(key, &facet.value) })
            .collect(),
    };
    let label = |id: &str| names::label(config, id);
    let source = |id: &str| config.sources.iter().find(|source| source.id.as_str() == id).map_or_else(|| id.to_owned(), |source| source.name.clone());
    let lists = vec![
        list("stories.country", "country", &query.country, &facets.countries, &names::country),
        list("stories.topic", "topic", &query.topic, &facets.topics, &label),
        list("stories.actor", "actor", &query.actor, &facets.actors, &label),
        list("stories.language", "language", &query.language, &facets.languages, &names::language),
        list("stories.source", "source", &query.source, &facets.sources, &source),
    ];
    lists.into_iter().filter(|list| !list.values.is_empty()).collect()
}
