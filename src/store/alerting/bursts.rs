//! Counts for bursts: distinct sources with stories of their own that met a list, in a window and in the same windows of former weeks.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use uuid::Uuid;

use crate::model::{AlertStory, ClusterId, CountryCode, DigestEntry, DigestReason, Language, StoryId, WatchlistId};
use crate::store::alerting::AlertTx;
use crate::store::partitions::first_id_of;
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

const WEEK: i64 = 7 * 24 * 3600;
/// Events that a burst names.
const ENTRIES: i64 = 10;

/// What is asked of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurstQuestion<'a> {
    pub list: &'a WatchlistId,
    pub per_country: bool,
    pub window: Duration,
    pub min_sources: u32,
    pub min_stories: u32,
    pub now: Timestamp,
}

/// A window that holds enough to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurstCount {
    /// `None`: all together.
    pub country: Option<CountryCode>,
    pub sources: u32,
    pub stories: u32,
}

impl Store {
    /// Windows that end now and hold at least so much.
    pub async fn burst_counts(&self, question: &BurstQuestion<'_>) -> Result<Vec<BurstCount>, StoreError> {
        let rows = sqlx::query(
            "SELECT CASE WHEN $4 THEN s.main_country END AS country, count(DISTINCT s.source_id) AS sources, count(*) AS stories
             FROM matches m JOIN stories s ON s.id = m.story_id
             WHERE m.watchlist_id = $1 AND m.story_id >= $2 AND m.story_id < $3 AND s.id >= $2 AND s.id < $3 AND s.duplicate_of IS NULL
               AND m.decision IS DISTINCT FROM 'too_old'
             GROUP BY 1 HAVING count(DISTINCT s.source_id) >= $5 AND count(*) >= $6",
        )
        .bind(question.list.as_str())
        .bind(first_id_of(question.now.saturating_sub(question.window).unwrap_or(Timestamp::UNIX_EPOCH)))
        .bind(first_id_of(question.now))
        .bind(question.per_country)
        .bind(i64::from(question.min_sources))
        .bind(i64::from(question.min_stories))
        .fetch_all(self.pool())
        .await?;
        let number = |row: &sqlx::postgres::PgRow, name: &str| row.try_get::<i64, _>(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        rows.iter()
            .map(|row| {
                let country: Option<String> = row.try_get("country")?;
                Ok(BurstCount {
                    country: country.as_deref().and_then(CountryCode::parse),
                    sources: number(row, "sources")?,
                    stories: number(row, "stories")?,
                })
            })
            // What is about no country is no burst of one.
            .filter(|count| !question.per_country || !matches!(count, Ok(BurstCount { country: None, .. })))
            .collect()
    }

    /// Distinct sources in the windows of the same hour of the week, and of the hour before and after it, as far back as `baseline` and the
    /// list's matches reach. Empty when they do not reach back for `min_history`.
    pub async fn burst_baseline(
        &self,
        question: &BurstQuestion<'_>,
        country: Option<CountryCode>,
        baseline: Duration,
        min_history: Duration,
    ) -> Result<Vec<u32>, StoreError> {
        let first: Option<Uuid> = sqlx::query_scalar("SELECT story_id FROM matches WHERE watchlist_id = $1 ORDER BY story_id LIMIT 1")
            .bind(question.list.as_str())
            .fetch_optional(self.pool())
            .await?;
        let Some(first) = first.and_then(moment_of) else { return Ok(Vec::new()) };
        if question.now.duration_since(first) < SignedDuration::try_from(min_history).unwrap_or(SignedDuration::MAX) {
            return Ok(Vec::new());
        }
        let window = i64::try_from(question.window.as_secs()).unwrap_or(WEEK);
        let weeks = i64::try_from(baseline.as_secs()).unwrap_or(WEEK) / WEEK;
        let (mut from, mut until) = (Vec::new(), Vec::new());
        for week in 1..=weeks {
            for hour in [-3600, 0, 3600] {
                let end = question.now.as_second() - week * WEEK + hour;
                if end - window >= first.as_second() {
                    let id = |second| first_id_of(Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH));
                    from.push(id(end - window));
                    until.push(id(end));
                }
            }
        }
        let counts: Vec<i64> = sqlx::query_scalar(
            "SELECT (SELECT count(DISTINCT s.source_id) FROM matches m JOIN stories s ON s.id = m.story_id
                     WHERE m.watchlist_id = $1 AND m.story_id >= w.from_id AND m.story_id < w.until_id AND s.duplicate_of IS NULL
                       AND m.decision IS DISTINCT FROM 'too_old' AND ($4::text IS NULL OR s.main_country = $4))
             FROM unnest($2::uuid[], $3::uuid[]) AS w (from_id, until_id)",
        )
        .bind(question.list.as_str())
        .bind(&from)
        .bind(&until)
        .bind(country.map(|country| country.to_string()))
        .fetch_all(self.pool())
        .await?;
        Ok(counts.into_iter().map(|count| u32::try_from(count).unwrap_or(u32::MAX)).collect())
    }

    /// The latest events of a window, each with its newest story of its own.
    pub async fn burst_entries(&self, question: &BurstQuestion<'_>, country: Option<CountryCode>) -> Result<Vec<DigestEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM (
                 SELECT DISTINCT ON (s.cluster_id) s.id, s.cluster_id, s.title, left(s.body, 2000) AS body, s.url, s.source_name, s.language,
                        s.published_at, s.main_country, m.score,
                        (SELECT count(DISTINCT o.publisher_group) FROM stories o WHERE o.cluster_id = s.cluster_id AND o.duplicate_of IS NULL) AS publishers,
                        (SELECT count(*) FROM stories o WHERE o.cluster_id = s.cluster_id) AS reports
                 FROM matches m JOIN stories s ON s.id = m.story_id
                 WHERE m.watchlist_id = $1 AND m.story_id >= $2 AND m.story_id < $3 AND s.duplicate_of IS NULL
                   AND m.decision IS DISTINCT FROM 'too_old' AND ($4::text IS NULL OR s.main_country = $4)
                 ORDER BY s.cluster_id, s.id DESC
             ) latest ORDER BY id DESC LIMIT $5",
        )
        .bind(question.list.as_str())
        .bind(first_id_of(question.now.saturating_sub(question.window).unwrap_or(Timestamp::UNIX_EPOCH)))
        .bind(first_id_of(question.now))
        .bind(country.map(|country| country.to_string()))
        .bind(ENTRIES)
        .fetch_all(self.pool())
        .await?;
        let number = |row: &sqlx::postgres::PgRow, name: &str| row.try_get::<i64, _>(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        rows.iter()
            .map(|row| {
                let (language, main_country): (String, Option<String>) = (row.try_get("language")?, row.try_get("main_country")?);
                Ok(DigestEntry {
                    cluster: ClusterId(row.try_get("cluster_id")?),
                    story: AlertStory {
                        id: StoryId(row.try_get("id")?),
                        title: row.try_get("title")?,
                        excerpt: row.try_get("body")?,
                        url: row.try_get("url")?,
                        source_name: row.try_get("source_name")?,
                        language: Language::parse(&language).unwrap_or_else(Language::undetermined),
                        published_at: row.try_get::<Option<Instant>, _>("published_at")?.map(|at| at.0),
                        main_country: main_country.as_deref().and_then(CountryCode::parse),
                        topics: Vec::new(),
                        actors: Vec::new(),
                        matched: Vec::new(),
                    },
                    publishers: number(row, "publishers")?,
                    reports: number(row, "reports")?,
                    score: row.try_get("score")?,
                    reason: DigestReason::Listed,
                })
            })
            .collect()
    }
}

impl AlertTx {
    /// Notes a burst; `None` when one was noted within the cooldown, else its number.
    pub async fn note_burst(
        &mut self,
        list: &WatchlistId,
        count: &BurstCount,
        usual: f32,
        z: f32,
        cooldown: Duration,
    ) -> Result<Option<i64>, StoreError> {
        // Daemons that find the same burst at one moment find it one after another.
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('presswatch burst ' || $1, 0))")
            .bind(list.as_str())
            .execute(&mut *self.tx)
            .await?;
        Ok(sqlx::query_scalar(
            "INSERT INTO bursts (watchlist_id, country, sources, stories, usual, z)
             SELECT $1, $2, $3, $4, $5, $6
             WHERE NOT EXISTS (SELECT FROM bursts WHERE watchlist_id = $1 AND country = $2 AND at > now() - make_interval(secs => $7))
             RETURNING id",
        )
        .bind(list.as_str())
        .bind(count.country.map(|country| country.to_string()).unwrap_or_default())
        .bind(value::count(usize::try_from(count.sources).unwrap_or(usize::MAX)))
        .bind(value::count(usize::try_from(count.stories).unwrap_or(usize::MAX)))
        .bind(usual)
        .bind(z)
        .bind(cooldown.as_secs_f64())
        .fetch_optional(&mut *self.tx)
        .await?)
    }
}

/// The moment that a UUIDv7 was made.
fn moment_of(id: Uuid) -> Option<Timestamp> {
    let milliseconds = i64::try_from(id.as_u128() >> 80).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}
