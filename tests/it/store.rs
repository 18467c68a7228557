//! The store on a real server.

use crate::support::{database, empty_database};

#[tokio::test(flavor = "multi_thread")]
async fn migrations_are_applied_once_and_again_without_effect() {
    let fresh = empty_database().await;
    let before = fresh.store.migration_status().await.unwrap();
    assert!(before.applied.is_empty() && !before.pending.is_empty());
    fresh.store.migrate().await.unwrap();
    fresh.store.migrate().await.unwrap();
    let after = fresh.store.migration_status().await.unwrap();
    assert!(after.pending.is_empty() && after.unknown.is_empty());
    assert_eq!(after.applied, before.pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn test_databases_do_not_see_each_other() {
    let (one, other) = (database().await, database().await);
    one.execute("INSERT INTO clusters (id, title) VALUES (gen_random_uuid(), 'x')").await;
    assert_eq!(one.number("SELECT count(*) FROM clusters").await, 1);
    assert_eq!(other.number("SELECT count(*) FROM clusters").await, 0);
}
