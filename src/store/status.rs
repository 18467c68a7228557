//! What the database holds, for the person who looks after it.

use sqlx::{AssertSqlSafe, Row};

use crate::store::partitions::PARTITIONED;
use crate::store::{Labeling, MigrationStatus, Store, StoreError};

/// The tables that people ask about, in the order of a story's way.
const TABLES: [&str; 18] = [
    "source_states",
    "source_domains",
    "source_events",
    "fetches",
    "source_items",
    "stories",
    "story_revisions",
    "story_labels",
    "story_labelings",
    "clusters",
    "matches",
    "alerts",
    "deliveries",
    "delivery_attempts",
    "alert_events",
    "digest_entries",
    "bursts",
    "channel_states",
];

/// The state of the database.
#[derive(Debug, Clone)]
pub struct DatabaseStatus {
    pub server_version: String,
    pub database: String,
    pub size_bytes: u64,
    pub migrations: MigrationStatus,
    /// Empty while migrations are pending.
    pub tables: Vec<TableStatus>,
    /// Oldest first, the default partitions last.
    pub partitions: Vec<TableStatus>,
    /// How far stored stories are brought to the rules for labels in force; `None` before a daemon ran.
    pub labeling: Option<Labeling>,
}

/// One table with its indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableStatus {
    pub name: String,
    pub rows: u64,
    pub size_bytes: u64,
}

impl Store {
    /// Looks at everything; counts rows exactly, which takes seconds over years of stories.
    pub async fn database_status(&self) -> Result<DatabaseStatus, StoreError> {
        let row = sqlx::query(
            "SELECT current_setting('server_version') AS version, current_database()::text AS name, pg_database_size(current_database()) AS size",
        )
        .fetch_one(self.pool())
        .await?;
        let migrations = self.migration_status().await?;
        let (mut tables, mut partitions) = (Vec::new(), Vec::new());
        let labeling = if migrations.pending.is_empty() { self.labeling().await? } else { None };
        if migrations.pending.is_empty() {
            for name in TABLES {
                tables.push(self.table_status(name).await?);
            }
            for (table, _) in PARTITIONED {
                for (_, name) in self.months_of(table).await? {
                    partitions.push(self.table_status(&name).await?);
                }
                partitions.push(self.table_status(&format!("{table}_default")).await?);
            }
        }
        let size: i64 = row.try_get("size")?;
        Ok(DatabaseStatus {
            server_version: row.try_get("version")?,
            database: row.try_get("name")?,
            size_bytes: u64::try_from(size).unwrap_or_default(),
            migrations,
            tables,
            partitions,
            labeling,
        })
    }

    /// True when no table stands in the schema that we use.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let tables = "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p'))";
        Ok(sqlx::query_scalar(tables).fetch_one(self.pool()).await?)
    }

    /// How many other connections of presswatch are open to this database: a daemon has some.
    pub async fn other_sessions(&self) -> Result<u64, StoreError> {
        let others: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'presswatch%'",
        )
        .fetch_one(self.pool())
        .await?;
        Ok(u64::try_from(others).unwrap_or_default())
    }

    /// The name is one of ours, or was read from the catalog.
    async fn table_status(&self, name: &str) -> Result<TableStatus, StoreError> {
        let row = sqlx::query(AssertSqlSafe(format!(
            "SELECT (SELECT count(*) FROM {name}) AS rows,
                    coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{name}'))::bigint, pg_total_relation_size('{name}')) AS size"
        )))
        .fetch_one(self.pool())
        .await?;
        let number = |column: &str| row.try_get::<i64, _>(column).map(|number| u64::try_from(number).unwrap_or_default());
        Ok(TableStatus { name: name.to_owned(), rows: number("rows")?, size_bytes: number("size")? })
    }
}
