//! The pool of connections, and the schema that the program expects.

use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgPool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::StoreError;
use crate::store::ingest::INGEST_CONNECTIONS;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A request waits so long for a connection before it fails: the pool is busy or the server is gone.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(10);

/// Bounds on the server's side. A worker that was stopped in the middle of a transaction must not hold the ingest lock of all others;
/// no single statement of ours takes minutes. Notices ("already exists, skipping") tell an operator nothing.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '30s'; SET statement_timeout = '10min'; SET client_min_messages = warning";
/// A daemon that runs makes months every day; these are for one that was just installed.
const MONTHS_AHEAD: u32 = 2;

/// The database. Cheap to clone: all clones share one pool.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    ingest_places: Arc<Semaphore>,
}

/// What of the schema is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Number and description of each migration of this program, in order.
    pub applied: Vec<(i64, String)>,
    pub pending: Vec<(i64, String)>,
    /// Applied by a newer program.
    pub unknown: Vec<i64>,
}

impl Store {
    /// Opens a pool and checks that the server answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Login`] when it does not.
    pub async fn connect(options: &PgConnectOptions, connections: u32) -> Result<Self, StoreError> {
        // Statements are not logged: at debug level they would name tables for every poll, and their errors come back to the caller.
        let options = options.clone().disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_LIMIT)
            .after_connect(|connection, _| Box::pin(async move { connection.execute(SESSION).await.map(|_| ()) }))
            .connect_with(options)
            .await?;
        Ok(Self { pool, ingest_places: Arc::new(Semaphore::new(INGEST_CONNECTIONS)) })
    }

    /// Brings the schema to what this program expects and makes the months ahead. Several processes may call it at once; doing it twice changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program has been here.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        // A migration may build an index for as long as it takes; the connection that may is closed after it.
        let mut connection = self.pool.acquire().await?;
        connection.execute("SET statement_timeout = 0").await?;
        connection.close_on_drop();
        MIGRATIONS.run(&mut *connection).await.map_err(|error| match error {
            MigrateError::VersionMissing(version) => StoreError::Newer { version },
            MigrateError::Execute(source) => source.into(),
            source => StoreError::Migrate { source },
        })?;
        drop(connection);
        self.ensure_partitions(MONTHS_AHEAD).await?;
        Ok(())
    }

    /// Compares the schema with what this program expects, without changing it.
    pub async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
        let done: Vec<i64> = if exists {
            let list = connection.list_applied_migrations("_sqlx_migrations").await.map_err(|source| StoreError::Migrate { source })?;
            list.into_iter().map(|migration| migration.version).collect()
        } else {
            Vec::new()
        };
        let known = MIGRATIONS.iter().map(|migration| (migration.version, migration.description.to_string()));
        let (applied, pending) = known.partition(|(version, _)| done.contains(version));
        let unknown = done.into_iter().filter(|version| !MIGRATIONS.version_exists(*version)).collect();
        Ok(MigrationStatus { applied, pending, unknown })
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes all connections; the server may be stopped after that.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A place among those of this process that may hold a connection for an ingest.
    pub(super) async fn ingest_place(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.ingest_places).acquire_owned().await.expect("the semaphore is never closed")
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }
}
