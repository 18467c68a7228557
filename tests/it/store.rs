//! The store on a real server.

mod backup;
mod ingest;
mod open;
mod outbox;
mod retention;
mod sources;

use presswatch::store::Store;
use sqlx::postgres::PgConnectOptions;

use crate::support::{database, empty_database};

#[tokio::test(flavor = "multi_thread")]
async fn migrations_are_applied_once_and_again_without_effect() {
    let fresh = empty_database().await;
    let before = fresh.store.migration_status().await.unwrap();
    assert!(before.applied.is_empty() && !before.pending.is_empty());
    let other = fresh.another_store().await;
    let (one, two) = tokio::join!(fresh.store.migrate(), other.migrate());
    one.unwrap();
    two.unwrap();
    fresh.store.migrate().await.unwrap();
    let after = fresh.store.migration_status().await.unwrap();
    assert!(after.pending.is_empty() && after.unknown.is_empty());
    assert_eq!(after.applied, before.pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn database_of_a_newer_program_is_refused() {
    let db = database().await;
    db.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)").await;
    assert_eq!(db.store.migration_status().await.unwrap().unknown, [9999]);
    assert_eq!(db.store.migrate().await.unwrap_err().kind(), "newer");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_tables_and_missing_server_are_told_apart() {
    let fresh = empty_database().await;
    let error = fresh.store.next_due_in().await.unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), ("not_migrated", false));
    let nowhere = PgConnectOptions::new_without_pgpass().socket("/nonexistent").username("x").database("x");
    let error = Store::connect(&nowhere, 1).await.unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), ("unavailable", true));
}

#[tokio::test(flavor = "multi_thread")]
async fn store_goes_on_after_the_server_closed_its_connections() {
    let db = database().await;
    db.store.ping().await.unwrap();
    db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    db.store.ping().await.unwrap();
}
