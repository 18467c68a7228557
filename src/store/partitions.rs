//! Months of stories: ranges of UUIDv7 ids, so that retention is the drop of a table.
//!
//! The default partitions take what has no month yet, never for good: making the month moves its rows.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::{AssertSqlSafe, Executor, Postgres, Transaction};
use uuid::Uuid;

use crate::store::ingest::INGEST_LOCK;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// The tables that are partitioned, each with the column that holds the story's id.
pub(in crate::store) const PARTITIONED: [(&str, &str); 5] =
    [("stories", "id"), ("story_revisions", "story_id"), ("story_labels", "story_id"), ("story_labelings", "story_id"), ("matches", "story_id")];

/// A reader of pages may hold a table for a moment; longer, and we come back later.
const LOCK_LIMIT: &str = "SET LOCAL lock_timeout = '5s'";

/// The smallest id that a story of this moment can have.
pub(in crate::store) fn first_id_of(moment: Timestamp) -> Uuid {
    let milliseconds = u128::try_from(moment.as_millisecond()).unwrap_or(0);
    Uuid::from_u128(milliseconds << 80)
}

/// A calendar month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Months that are worth a table; an id beyond was not made by a sane clock.
    const YEARS: std::ops::RangeInclusive<i16> = 2000..=2200;

    pub fn new(year: i16, month: i8) -> Option<Self> {
        (Self::YEARS.contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    pub fn of(moment: Timestamp) -> Option<Self> {
        let date = TimeZone::UTC.to_datetime(moment).date();
        Self::new(date.year(), date.month())
    }

    /// Reads the month at the end of a partition's name.
    pub fn of_partition(name: &str) -> Option<Self> {
        let mut parts = name.rsplitn(3, '_');
        let (month, year) = (parts.next()?, parts.next()?);
        (month.len() == 2 && year.len() == 4 && parts.next().is_some()).then_some(())?;
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    pub fn next(self) -> Self {
        if self.month == 12 { Self { year: self.year + 1, month: 1 } } else { Self { month: self.month + 1, ..self } }
    }

    pub fn previous(self) -> Self {
        if self.month == 1 { Self { year: self.year - 1, month: 12 } } else { Self { month: self.month - 1, ..self } }
    }

    /// Its first moment.
    pub fn begin(self) -> Timestamp {
        let date = Date::new(self.year, self.month, 1).and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)));
        date.unwrap_or(Timestamp::UNIX_EPOCH) // the constructor admits real months only
    }

    pub fn first_id(self) -> Uuid {
        first_id_of(self.begin())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}_{:02}", self.year, self.month)
    }
}

/// What was done about partitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartitionReport {
    /// Names of the tables that were made.
    pub created: Vec<String>,
    /// Rows that were moved out of the default partitions.
    pub moved: u64,
    /// Rows that stay there, because their ids name no plausible month: made under a wrong clock.
    pub stray: u64,
}

impl Store {
    /// Makes the tables of this month, the one before and so many ahead, and of every month that has rows in a default partition.
    pub async fn ensure_partitions(&self, months_ahead: u32) -> Result<PartitionReport, StoreError> {
        let mut report = PartitionReport::default();
        let now: Instant = sqlx::query_scalar("SELECT now()").fetch_one(self.pool()).await?;
        let this = Month::of(now.0).ok_or_else(|| StoreError::unreadable("the database's clock, which names no plausible month"))?;
        let mut usual = vec![this.previous(), this];
        for _ in 0..months_ahead {
            usual.extend(usual.last().map(|month| month.next()));
        }
        let latest = this.next().next().begin();
        for (table, key) in PARTITIONED {
            let mut months: BTreeSet<Month> = usual.iter().copied().collect();
            months.extend(self.months_in_default(table, key, latest).await?);
            for month in months {
                let name = format!("{table}_{month}");
                let exists: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(&name).fetch_one(self.pool()).await?;
                if !exists {
                    report.moved += self.create_partition(table, key, month).await?;
                    report.created.push(name);
                }
            }
            let stray: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}_default"))).fetch_one(self.pool()).await?;
            report.stray += u64::try_from(stray).unwrap_or_default();
        }
        Ok(report)
    }

    /// Months of rows in a default partition, those of the near future at most.
    async fn months_in_default(&self, table: &str, key: &str, latest: Timestamp) -> Result<Vec<Month>, StoreError> {
        // The first 48 bits of a UUIDv7 are milliseconds. Names come from `PARTITIONED`, never from outside.
        let sql = format!(
            "SELECT DISTINCT to_char(to_timestamp(('x' || left(replace({key}::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC',
                                     'YYYY_MM')
             FROM {table}_default WHERE {key} >= $1 AND {key} < $2"
        );
        let earliest = Month::new(*Month::YEARS.start(), 1).map_or(Timestamp::UNIX_EPOCH, Month::begin);
        let found: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(first_id_of(earliest)).bind(first_id_of(latest)).fetch_all(self.pool()).await?;
        Ok(found.iter().filter_map(|month| Month::of_partition(&format!("_{month}"))).collect())
    }

    /// Makes one month's table, takes its rows over from the default partition, and attaches it: in one transaction, no ingest beside it.
    async fn create_partition(&self, table: &str, key: &str, month: Month) -> Result<u64, StoreError> {
        let mut tx = self.pool().begin().await?;
        let name = format!("{table}_{month}");
        lock(&mut tx).await?;
        // Not by to_regclass: it may answer from what this session remembers of the time before the lock.
        let exists: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace)")
                .bind(&name)
                .fetch_one(&mut *tx)
                .await?;
        if exists {
            return Ok(0); // another process was faster
        }
        let (from, to) = (month.first_id(), month.next().first_id());
        // Everything in these statements is made of our own names, numbers and UUIDs.
        tx.execute(AssertSqlSafe(format!("CREATE TABLE {name} (LIKE {table} INCLUDING ALL)"))).await?;
        let moved = tx
            .execute(AssertSqlSafe(format!(
                "WITH moved AS (DELETE FROM {table}_default WHERE {key} >= '{from}' AND {key} < '{to}' RETURNING *) INSERT INTO {name} SELECT * FROM moved"
            )))
            .await?;
        tx.execute(AssertSqlSafe(format!("ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{from}') TO ('{to}')"))).await?;
        tx.commit().await?;
        Ok(moved.rows_affected())
    }

    /// The partitions of one table that belong to a month, oldest first.
    pub(in crate::store) async fn months_of(&self, table: &str) -> Result<Vec<(Month, String)>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = $1::regclass")
            .bind(table)
            .fetch_all(self.pool())
            .await?;
        let mut months: Vec<_> = names.into_iter().filter_map(|name| Some((Month::of_partition(&name)?, name))).collect();
        months.sort();
        Ok(months)
    }
}

/// Keeps ingests out while tables are made or dropped, and gives up where a reader holds one for long.
pub(in crate::store) async fn lock(tx: &mut Transaction<'static, Postgres>) -> Result<(), StoreError> {
    tx.execute(LOCK_LIMIT).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(INGEST_LOCK).execute(&mut **tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StoryId;

    #[test]
    fn ids_of_a_month_lie_between_its_bounds() {
        let check = |moment: &str, expect: &str| {
            let moment: Timestamp = moment.parse().unwrap();
            let month = Month::of(moment).unwrap();
            assert_eq!(month.to_string(), expect);
            let id = StoryId::new(moment).0;
            assert!(month.first_id() <= id && id < month.next().first_id(), "{moment}");
            assert!(first_id_of(moment) <= id);
        };
        check("2026-11-01T00:00:00Z", "2026_11");
        check("2026-11-30T23:59:59.999Z", "2026_11");
        check("2026-12-31T23:59:59.999999999Z", "2026_12");
        check("2028-02-29T12:00:00+14:00", "2028_02");
    }

    #[test]
    fn months_follow_each_other_over_the_year() {
        let december = Month::new(2026, 12).unwrap();
        assert_eq!(december.next(), Month::new(2027, 1).unwrap());
        assert_eq!(december.next().previous(), december);
        assert!(december.begin() < december.next().begin());
    }

    #[test]
    fn month_is_read_from_a_partition_name_only() {
        let check =
            |name: &str, expect: Option<&str>| assert_eq!(Month::of_partition(name).map(|month| month.to_string()).as_deref(), expect, "{name}");
        check("stories_2026_11", Some("2026_11"));
        check("story_labels_2027_01", Some("2027_01"));
        check("stories_default", None);
        check("stories_2026_13", None);
        check("2026_11", None);
        check("stories_1026_11", None);
    }
}
