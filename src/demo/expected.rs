//! config/demo/expected.toml against what the database holds.

use anyhow::Context;
use serde::Deserialize;

use crate::demo::newsroom;
use crate::store::{Store, StoryDetail};

/// What must be found; no fewer alerts, no more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    #[serde(skip)]
    base: String,
    story: Vec<ExpectedStory>,
    alert: Vec<ExpectedAlert>,
    unreadable: Vec<Unreadable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedStory {
    path: String,
    language: String,
    country: Option<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    actors: Vec<String>,
    #[serde(default)]
    no_topics: Vec<String>,
    /// One of the two is folded into the other.
    one_text_with: Option<String>,
    one_event_with: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedAlert {
    watchlist: String,
    channel: String,
    count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unreadable {
    source: String,
    outcome: String,
}

impl Expected {
    /// Reads the embedded file.
    pub fn load(base: &str) -> anyhow::Result<Self> {
        let text = newsroom::embedded_text("expected.toml").context("the program was built without its sample newsroom")?;
        let mut expected: Self = toml::from_str(text).context("expected.toml is faulty")?;
        base.clone_into(&mut expected.base);
        Ok(expected)
    }

    /// Names each difference.
    pub async fn missing(&self, store: &Store) -> anyhow::Result<Vec<String>> {
        let mut missing = Vec::new();
        for wanted in &self.story {
            match self.story_at(store, &wanted.path).await? {
                None => missing.push(format!("story {}: not stored", wanted.path)),
                Some(story) => {
                    let differences = [Self::labels(wanted, &story), self.relations(store, wanted, &story).await?].concat();
                    missing.extend(differences.into_iter().map(|difference| format!("story {}: {difference}", wanted.path)));
                }
            }
        }
        let counts = store.alert_counts().await?;
        for wanted in &self.alert {
            let count = counts.iter().find(|count| count.watchlist == wanted.watchlist && count.channel == wanted.channel);
            let (alerts, delivered) = count.map_or((0, 0), |count| (count.alerts, count.delivered));
            if alerts != wanted.count || delivered != wanted.count {
                let (watchlist, channel, count) = (&wanted.watchlist, &wanted.channel, wanted.count);
                missing.push(format!("watchlist {watchlist}, channel {channel}: {count} alert(s) expected, {alerts} written, {delivered} delivered"));
            }
        }
        let sources = store.source_rows().await?;
        for wanted in &self.unreadable {
            let id = crate::model::SourceId::new(&wanted.source)?;
            let last = store.fetches(&id, 1).await?.into_iter().next();
            if last.as_ref().is_none_or(|fetch| fetch.outcome != wanted.outcome) {
                missing.push(format!(
                    "source {id}: expected to be {}, but is {}",
                    wanted.outcome,
                    last.map_or("not fetched".to_owned(), |fetch| fetch.outcome)
                ));
            }
        }
        for source in sources.iter().filter(|source| !self.unreadable.iter().any(|wanted| wanted.source == source.source_id)) {
            if source.facts.failures > 0.0 || source.facts.last_success_at.is_none() {
                let error = source.facts.last_error.as_deref().unwrap_or_default();
                missing.push(format!("source {}: {} {error}", source.source_id, source.state.as_str()));
            }
        }
        Ok(missing)
    }

    async fn story_at(&self, store: &Store, path: &str) -> anyhow::Result<Option<StoryDetail>> {
        Ok(store.story_by_url(&format!("{}{path}", self.base)).await?)
    }

    fn labels(wanted: &ExpectedStory, story: &StoryDetail) -> Vec<String> {
        let mut differences = Vec::new();
        if story.summary.language != wanted.language {
            differences.push(format!("language {} expected, {} found", wanted.language, story.summary.language));
        }
        if wanted.country.is_some() && story.summary.main_country != wanted.country {
            differences.push(format!(
                "country {} expected, {} found",
                wanted.country.as_deref().unwrap_or("none"),
                story.summary.main_country.as_deref().unwrap_or("none")
            ));
        }
        let has =
            |kind: &str, value: &String| story.labels.iter().any(|label| label.kind == kind && label.value == *value && !label.evidence.is_empty());
        differences.extend(wanted.topics.iter().filter(|id| !has("topic", id)).map(|id| format!("topic {id} with evidence expected")));
        differences.extend(wanted.actors.iter().filter(|id| !has("actor", id)).map(|id| format!("actor {id} with evidence expected")));
        differences.extend(wanted.no_topics.iter().filter(|id| has("topic", id)).map(|id| format!("topic {id} found, which it does not report")));
        differences
    }

    async fn relations(&self, store: &Store, wanted: &ExpectedStory, story: &StoryDetail) -> anyhow::Result<Vec<String>> {
        let mut differences = Vec::new();
        if let Some(path) = &wanted.one_text_with {
            let other = self.story_at(store, path).await?;
            let folded = other
                .is_some_and(|other| story.summary.duplicate_of == Some(other.summary.id) || other.summary.duplicate_of == Some(story.summary.id));
            if !folded {
                differences.push(format!("not folded with {path}"));
            }
        }
        if let Some(path) = &wanted.one_event_with {
            let other = self.story_at(store, path).await?;
            if other.is_none_or(|other| other.summary.cluster != story.summary.cluster) {
                differences.push(format!("not in one cluster with {path}"));
            }
        }
        Ok(differences)
    }
}
