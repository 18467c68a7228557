//! `/stories`: the archive by filter, newest first.

use std::collections::BTreeSet;
use std::time::Duration;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::Config;
use crate::store::{Facet, PAGE_ROWS, StorySummary};
use crate::web::failure::Failure;
use crate::web::query::StoryQuery;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

/// The filters offer what was told in this time.
const FACETS_OF: Duration = Duration::from_hours(7 * 24);

#[derive(Template)]
#[template(path = "stories.html")]
struct Page {
    section: Section,
    words: String,
    copies: bool,
    filters: Vec<Filter>,
    filtered: bool,
    stories: Vec<Item>,
    older: Option<String>,
    continued: bool,
}

/// One list to choose from.
struct Filter {
    key: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// A story in a list.
pub(super) struct Item {
    pub id: String,
    pub title: String,
    pub excerpt: String,
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
        Self {
            id: story.id.to_string(),
            topics: named(&story.topics),
            actors: named(&story.actors),
            language_name: names::language(&story.language),
            country: story.main_country.as_deref().map(names::country),
            published: story.published_at.map(|at| When::new(at, now)),
            seen: When::ago(story.first_seen_at, now),
            publishers: (story.publishers > 1).then(|| view::counted(story.publishers, "independent publisher", "independent publishers")),
            copies: (story.copies > 0).then(|| view::counted(story.copies, "copy folded", "copies folded")),
            is_copy: story.duplicate_of.is_some(),
            edited: story.revision > 0,
            title: story.title,
            excerpt: story.excerpt,
            language: story.language,
            source_id: story.source_id,
            source: story.source_name,
        }
    }
}

pub async fn list(State(state): State<WebState>, query: Result<Query<StoryQuery>, QueryRejection>) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::bad_request("The filter cannot be read", "Give each key once, or use the form of /stories."))?;
    let filter = query.filter()?;
    let config = state.config();
    let now = Timestamp::now();
    let since = now.saturating_sub(FACETS_OF).unwrap_or(Timestamp::UNIX_EPOCH);
    let (stories, facets) = tokio::try_join!(state.store.stories(&filter), state.store.facets(since))?;

    let older = stories.last().filter(|_| i64::try_from(stories.len()).unwrap_or(i64::MAX) >= PAGE_ROWS).map(|last| query.older(last.id));
    let label = |id: &str| names::label(&config, id);
    let counted = |facets: &[Facet], name: &dyn Fn(&str) -> String| {
        facets.iter().map(|facet| (facet.value.clone(), format!("{} · {}", name(&facet.value), facet.stories))).collect::<Vec<_>>()
    };
    let sources: Vec<_> = config.sources.iter().map(|source| (source.id.to_string(), source.name.clone())).collect();
    let lists: Vec<_> = config
        .watchlists
        .lists
        .iter()
        .map(|list| (list.id.to_string(), if list.restricted { list.id.to_string() } else { list.name.clone() }))
        .collect();
    let filters = vec![
        choices("country", "Country", counted(&facets.countries, &names::country), filter.country.as_deref(), &names::country),
        choices("topic", "Topic", counted(&facets.topics, &label), filter.topic.as_deref(), &label),
        choices("actor", "Actor", counted(&facets.actors, &label), filter.actor.as_deref(), &label),
        choices("language", "Language", counted(&facets.languages, &names::language), filter.language.as_deref(), &names::language),
        choices("source", "Source", sources, filter.source.as_deref(), &str::to_owned),
        choices("watchlist", "Watchlist", lists, filter.watchlist.as_deref(), &str::to_owned),
    ];
    let filtered = !query.words.trim().is_empty() || filters.iter().any(|filter| filter.choices.iter().any(|choice| choice.chosen));
    let page = Page {
        section: Section::Stories,
        words: query.words.trim().to_owned(),
        copies: filter.with_copies,
        filters,
        filtered,
        continued: filter.before.is_some(),
        stories: stories.into_iter().map(|story| Item::new(story, &config, now)).collect(),
        older,
    };
    Ok(view::html(&page))
}

/// By label; what is chosen is offered though nothing carries it now.
fn choices(key: &'static str, label: &'static str, offered: Vec<(String, String)>, chosen: Option<&str>, name: &dyn Fn(&str) -> String) -> Filter {
    let mut offered: BTreeSet<(String, String)> = offered.into_iter().map(|(value, label)| (label, value)).collect();
    if let Some(chosen) = chosen.filter(|chosen| !offered.iter().any(|(_, value)| value == chosen)) {
        offered.insert((name(chosen), chosen.to_owned()));
    }
    let choices = offered.into_iter().map(|(label, value)| Choice { chosen: chosen == Some(value.as_str()), value, label }).collect();
    Filter { key, label, choices }
}
