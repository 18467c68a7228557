//! One daemon owns a private cluster; commands share it.

use std::path::Path;

use presswatch::config::DatabaseConfig;
use presswatch::config::secret::SecretRef;
use presswatch::store::open::{open, open_for_daemon};

use crate::support::{ScratchFolder, database};

fn private() -> DatabaseConfig {
    DatabaseConfig { url: None, connections: 3, run_as: None, binaries: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn command_shares_the_cluster_that_a_second_daemon_is_refused() {
    let folder = ScratchFolder::new("open");
    let daemon = open_for_daemon(&private(), folder.path()).await.unwrap();
    daemon.store.migrate().await.unwrap();
    let error = open_for_daemon(&private(), folder.path()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), ("embedded", false));
    assert!(error.to_string().contains("stop it first"), "{error}");

    let command = open(&private(), folder.path()).await.unwrap();
    assert!(command.embedded.is_none());
    let status = command.store.database_status().await.unwrap();
    assert!(status.migrations.pending.is_empty());
    assert!(status.tables.iter().any(|table| table.name == "stories") && status.partitions.len() > 8, "{status:?}");
    assert!(!command.store.is_empty().await.unwrap());
    assert!(command.store.other_sessions().await.unwrap() > 0);
    command.close().await;
    daemon.store.ping().await.unwrap();
    daemon.close().await;

    let alone = open(&private(), folder.path()).await.unwrap();
    assert!(alone.embedded.is_some());
    assert_eq!(alone.store.other_sessions().await.unwrap(), 0);
    alone.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn external_server_is_reached_by_the_address_in_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let (db, folder) = (database().await, ScratchFolder::new("external"));
    let file = folder.path().join("address");
    std::fs::write(&file, format!("{}\n", db.url)).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let config = DatabaseConfig { url: Some(SecretRef::File(file)), ..private() };
    let opened = open_for_daemon(&config, Path::new("/nonexistent")).await.unwrap();
    assert!(opened.embedded.is_none());
    assert!(opened.store.migration_status().await.unwrap().pending.is_empty());
    opened.close().await;
}
