//! `/countries/{code}`: what is reported of a country, who tells us of it, and who no longer does.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::codes;
use crate::store::{IncidentFilter, StoryFilter};
use crate::web::chart::{Chart, Days};
use crate::web::coverage::{Counts, Coverage, Silent};
use crate::web::failure::Failure;
use crate::web::stories::Item;
use crate::web::view::{self, Section};
use crate::web::{WebState, incidents, names};

const DAYS: u32 = 30;
const STORIES: usize = 10;
const INCIDENTS: usize = 10;

#[derive(Template)]
#[template(path = "country.html")]
struct Page {
    section: Section,
    code: String,
    name: String,
    counts: Counts,
    sources: Vec<Named>,
    silent: Vec<Silent>,
    chart: Chart,
    incidents: Vec<incidents::Item>,
    stories: Vec<Item>,
}

struct Named {
    id: String,
    name: String,
}

pub async fn show(State(state): State<WebState>, Path(code): Path<String>) -> Result<Response, Failure> {
    let code = codes::country(&code)
        .map_err(|_| Failure::not_found("There is no such country", "Use two letters of ISO 3166-1, such as /countries/KZ."))?
        .to_string();
    let config = state.config();
    let store = &state.store;
    let now = Timestamp::now();
    let days = Days::last(DAYS, now);
    let about = StoryFilter { country: Some(code.clone()), ..StoryFilter::default() };
    let reported = IncidentFilter { country: Some(code.clone()), ..IncidentFilter::default() };
    let (standings, changes, daily, stories, reported) = tokio::try_join!(
        store.source_standings(),
        store.source_changes(days.begin()),
        store.stories_over_time(&about, &days.bounds),
        store.stories(&about),
        store.incidents(&reported),
    )?;
    let coverage = Coverage::of(&config, &standings, now);
    let may_tell = changes.iter().filter(|change| coverage.may_tell(&change.source_id, Some(&code)));
    let page = Page {
        section: Section::Coverage,
        name: names::country(&code),
        counts: coverage.countries.get(&code).copied().unwrap_or_default(),
        sources: config
            .sources
            .iter()
            .filter(|source| source.enabled && source.country.is_some_and(|of| of.as_str() == code))
            .map(|source| Named { id: source.id.to_string(), name: source.name.clone() })
            .collect(),
        chart: Chart::new("stories-over-time", format!("Stories about {} a day, copies folded", names::country(&code)), &days, &daily, may_tell),
        silent: coverage.silent.into_iter().filter(|silent| silent.country.as_deref() == Some(code.as_str())).collect(),
        incidents: reported.iter().take(INCIDENTS).map(|incident| incidents::Item::new(incident, &config, now)).collect(),
        stories: stories.into_iter().take(STORIES).map(|story| Item::new(story, &config, now)).collect(),
        code,
    };
    Ok(view::html(&page))
}
