//! Walking the archive for stories that hold some words, newest first, piece by piece, so that a reader waits for the newest only.
//!
//! A frequent word is found among the newest stories without the index; a rare one by the index, a month at a time: asking the index for all
//! months at once would fetch every story that holds a frequent word before the newest is known.

use std::collections::VecDeque;

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::model::Wanted;
use crate::store::browse::archive::ArchivedStory;
use crate::store::browse::filter::{Range, StoryFilter, push_from};
use crate::store::{Store, StoreError, fulltext};

/// Stories that are looked through without the index.
const NEWEST: i64 = 300;
/// Most ids that are read of one month at once.
const IDS: i64 = 3_000;
/// Stories that are handed out at once: a little more than a page.
const PIECE: usize = 60;

/// How far a walk is.
#[derive(Debug)]
pub struct Walk {
    filter: StoryFilter,
    words: Option<String>,
    range: Range,
    /// Where the next spans begin, latest last.
    spans: Option<Vec<Uuid>>,
    ids: VecDeque<Uuid>,
    finished: bool,
}

impl Walk {
    /// A walk through what meets a filter and may hold the words.
    pub fn new(filter: StoryFilter, wanted: &Wanted) -> Self {
        let range = filter.range();
        Self { filter, words: fulltext::wanted(wanted), range, spans: None, ids: VecDeque::new(), finished: false }
    }
}

impl Store {
    /// The next stories of a walk, newest first; none when it has come to its end.
    pub async fn walk(&self, walk: &mut Walk) -> Result<Vec<ArchivedStory>, StoreError> {
        while walk.ids.is_empty() && !walk.finished {
            self.fill(walk).await?;
        }
        let ids: Vec<Uuid> = walk.ids.drain(..walk.ids.len().min(PIECE)).collect();
        if ids.is_empty() { Ok(Vec::new()) } else { self.archived(&ids).await }
    }

    async fn fill(&self, walk: &mut Walk) -> Result<(), StoreError> {
        if walk.spans.is_none() {
            walk.spans = Some(self.spans_before(walk.range).await?);
        }
        let Some(from) = walk.spans.as_mut().and_then(Vec::pop) else {
            walk.finished = true;
            return Ok(());
        };
        let span = Range { from: Some(walk.range.from.map_or(from, |least| least.max(from))), before: walk.range.before };
        let mut query = QueryBuilder::<Postgres>::new("WITH found AS MATERIALIZED (SELECT s.id");
        if !push_from(&mut query, &walk.filter, span) {
            walk.finished = true;
            return Ok(());
        }
        if let Some(words) = &walk.words {
            query.push(" AND s.tokens @@ ").push_bind(words.clone()).push("::text::tsquery");
        } else {
            // Nothing but the order bounds it.
            query.push(" ORDER BY s.id DESC LIMIT ").push_bind(IDS);
        }
        query.push(") SELECT id FROM found ORDER BY id DESC LIMIT ").push_bind(IDS);
        let ids: Vec<Uuid> = query.build_query_scalar().persistent(false).fetch_all(self.pool()).await?;
        if let Some(last) = ids.last().filter(|_| i64::try_from(ids.len()).is_ok_and(|found| found >= IDS)) {
            // The rest of this span comes next.
            walk.range.before = Some(*last);
            walk.spans.get_or_insert_default().push(from);
        } else {
            walk.range.before = span.from;
        }
        if walk.range.from.is_some_and(|least| from <= least) && walk.range.before == span.from {
            walk.finished = true;
        }
        walk.ids = ids.into();
        Ok(())
    }

    /// Where spans of time begin, latest last: the newest stories, then the months.
    async fn spans_before(&self, range: Range) -> Result<Vec<Uuid>, StoreError> {
        let newest: Option<Uuid> = sqlx::query_scalar(
            "SELECT id FROM stories WHERE duplicate_of IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC OFFSET $2 LIMIT 1",
        )
        .bind(range.before)
        .bind(NEWEST)
        .persistent(false)
        .fetch_optional(self.pool())
        .await?;
        let mut spans = vec![Uuid::nil()];
        let Some(newest) = newest else { return Ok(spans) };
        spans.extend(self.months_of("stories").await?.into_iter().map(|(month, _)| month.first_id()).filter(|first| *first < newest));
        spans.push(newest);
        Ok(spans)
    }
}
