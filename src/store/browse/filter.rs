//! Which stories are asked for, as SQL: one condition for lists, counts, facets and curves.

use jiff::Timestamp;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::model::{ClusterId, StoryId};
use crate::store::fulltext;
use crate::store::partitions::first_id_of;

/// Which stories are asked for; empty means all, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoryFilter {
    /// A country that the story is about, or mentions: see `role`.
    pub country: Option<String>,
    pub role: CountryPart,
    pub topic: Option<String>,
    pub actor: Option<String>,
    pub source: Option<String>,
    /// One of these sources, where that is asked.
    pub sources: Option<Vec<String>>,
    pub language: Option<String>,
    pub watchlist: Option<String>,
    /// Phrases of folded tokens, all of which must occur.
    pub words: Vec<Vec<String>>,
    pub cluster: Option<ClusterId>,
    /// Copies of one text are folded into their original unless asked for.
    pub with_copies: bool,
    /// First seen from then on.
    pub since: Option<Timestamp>,
    /// First seen before.
    pub until: Option<Timestamp>,
    /// Continues a list: only stories first seen before this one.
    pub before: Option<StoryId>,
}

/// What part a country has in a story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CountryPart {
    /// The story is about it.
    #[default]
    About,
    Mentioned,
    Either,
}

/// The ids between which stories are looked for, the lower one among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::store) struct Range {
    pub from: Option<Uuid>,
    pub before: Option<Uuid>,
}

impl StoryFilter {
    pub(in crate::store) fn range(&self) -> Range {
        let until = self.until.map(first_id_of);
        let before = self.before.map(|id| id.0);
        let before = match (until, before) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Range { from: self.since.map(first_id_of), before }
    }
}

/// Writes `FROM … WHERE …` for a filter within a range; the story is `s`. False, and nothing written, where no story can meet it.
///
/// Labels and matches are joined, not asked for story by story: whichever is rarest leads. Each join has one row a story at most.
pub(in crate::store) fn push_from(query: &mut QueryBuilder<Postgres>, filter: &StoryFilter, range: Range) -> bool {
    let words = if filter.words.is_empty() {
        None
    } else {
        // Words that no story can hold find nothing, rather than everything.
        match fulltext::query(&filter.words) {
            Some(words) => Some(words),
            None => return false,
        }
    };
    query.push(" FROM stories s");
    let labels = [("country", &filter.country), ("topic", &filter.topic), ("actor", &filter.actor)];
    for (kind, value) in labels {
        if let Some(value) = value {
            query.push(format!(" JOIN story_labels l_{kind} ON l_{kind}.story_id = s.id AND l_{kind}.kind = "));
            query.push_bind(kind);
            query.push(format!(" AND l_{kind}.value = ")).push_bind(value.clone());
            match (kind, filter.role) {
                ("country", CountryPart::Either) => {}
                ("country", CountryPart::Mentioned) => {
                    query.push(format!(" AND l_{kind}.role = 'mentioned'"));
                }
                _ => {
                    query.push(format!(" AND l_{kind}.role <> 'mentioned'"));
                }
            }
            // A range on the story says nothing to the planner about the label.
            push_range(query, &format!("l_{kind}.story_id"), range);
        }
    }
    if let Some(watchlist) = &filter.watchlist {
        query.push(" JOIN matches m ON m.story_id = s.id AND m.watchlist_id = ").push_bind(watchlist.clone());
        push_range(query, "m.story_id", range);
    }
    query.push(" WHERE true");
    push_range(query, "s.id", range);
    if let Some(source) = &filter.source {
        query.push(" AND s.source_id = ").push_bind(source.clone());
    }
    if let Some(sources) = &filter.sources {
        query.push(" AND s.source_id = ANY (").push_bind(sources.clone()).push(")");
    }
    if let Some(language) = &filter.language {
        query.push(" AND s.language = ").push_bind(language.clone());
    }
    if let Some(words) = words {
        query.push(" AND s.tokens @@ ").push_bind(words).push("::text::tsquery");
    }
    if let Some(cluster) = filter.cluster {
        query.push(" AND s.cluster_id = ").push_bind(cluster.0);
    }
    if !filter.with_copies {
        query.push(" AND s.duplicate_of IS NULL");
    }
    true
}

fn push_range(query: &mut QueryBuilder<Postgres>, column: &str, range: Range) {
    if let Some(from) = range.from {
        query.push(format!(" AND {column} >= ")).push_bind(from);
    }
    if let Some(before) = range.before {
        query.push(format!(" AND {column} < ")).push_bind(before);
    }
}
