//! The private cluster: made, locked, killed, recovered, stopped.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use presswatch::store::embedded::{Durability, EmbeddedCluster, EmbeddedError, EmbeddedOptions, running};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::support::ScratchFolder;

fn options(folder: &Path) -> EmbeddedOptions {
    let mut options = EmbeddedOptions::new(folder);
    options.durability = Durability::Scratch;
    options
}

async fn run(options: &PgConnectOptions, sql: &'static str) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    connection.execute(sql).await?;
    connection.close().await
}

/// Waits for something that another process does, for at most 20 s.
async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < Duration::from_secs(20), "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn kill_9(pid: u32) {
    assert!(Command::new("/bin/sh").args(["-c", &format!("kill -9 {pid}")]).status().unwrap().success());
}

/// A process that ended and waits for its parent to notice has no command line any more.
fn alive(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_is_made_once_keeps_its_data_and_stops_with_its_owner() {
    let folder = ScratchFolder::new("twice");
    let first = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    run(&first.connect_options(), "CREATE TABLE kept (word text)").await.unwrap();
    assert_eq!(first.url().parse::<PgConnectOptions>().unwrap().get_socket(), first.connect_options().get_socket());
    let pid = first.process_id().unwrap();
    assert_eq!(running(folder.path()).unwrap().process_id, pid);
    first.stop().await;
    assert!(!alive(pid));
    assert!(running(folder.path()).is_none());

    let second = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    run(&running(folder.path()).unwrap().options, "INSERT INTO kept VALUES ('еще здесь')").await.unwrap();
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_listens_on_no_network_and_its_folder_is_closed_to_others() {
    use std::os::unix::fs::MetadataExt;
    let folder = ScratchFolder::new("closed");
    let cluster = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    let mut connection = cluster.connect_options().connect().await.unwrap();
    let addresses: String = sqlx::query_scalar("SHOW listen_addresses").fetch_one(&mut connection).await.unwrap();
    let locale: (String, String) =
        sqlx::query_as("SELECT datcollate, pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = current_database()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(addresses, "");
    assert_eq!((locale.0.as_str(), locale.1.as_str()), ("C.UTF-8", "UTF8"));
    let home = std::fs::metadata(folder.path().join("postgres")).unwrap();
    assert_eq!(home.mode() & 0o777, 0o700);
    assert_ne!(home.uid(), 0, "the server must not run as root");
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_owner_is_refused_and_told_who_holds_it() {
    let folder = ScratchFolder::new("locked");
    let first = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    let error = EmbeddedCluster::start(&options(folder.path())).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::Locked { holder: Some(pid), .. } if pid == std::process::id()), "{error}");
    assert!(error.to_string().contains("another presswatch"), "{error}");
    run(&first.connect_options(), "SELECT 1").await.unwrap();
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_server_is_started_again_with_what_was_committed() {
    let folder = ScratchFolder::new("killed");
    let mut durable = EmbeddedOptions::new(folder.path());
    durable.connections = 5;
    let cluster = EmbeddedCluster::start(&durable).await.unwrap();
    run(&cluster.connect_options(), "CREATE TABLE kept AS SELECT 1 AS one").await.unwrap();
    let before = cluster.process_id().unwrap();
    kill_9(before);
    until("the restart", async || cluster.process_id() != Some(before) && run(&cluster.connect_options(), "SELECT one FROM kept").await.is_ok())
        .await;
    cluster.stop().await;
    assert!(running(folder.path()).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn server_of_a_killed_owner_is_replaced() {
    let folder = ScratchFolder::new("orphan");
    let first = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    run(&first.connect_options(), "CREATE TABLE kept AS SELECT 1 AS one").await.unwrap();
    let data = folder.path().join("postgres/data");
    let installation = first.installation().clone();
    first.stop().await;

    // As a daemon that was killed leaves it: a server without a parent, and no lock.
    let uid = {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(&data).unwrap().uid()
    };
    let socket = folder.path().join("postgres/run");
    let script = format!(
        "cd / && '{}' -D '{}' -c listen_addresses= -c unix_socket_directories='{}' > /dev/null 2>&1 &",
        installation.program("postgres").display(),
        data.display(),
        socket.display()
    );
    let mut shell = Command::new("/bin/sh");
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    if presswatch_is_root() {
        std::os::unix::process::CommandExt::uid(&mut shell, uid);
    }
    assert!(shell.args(["-c", &script]).status().unwrap().success());
    until("the orphan", async || match running(folder.path()) {
        Some(orphan) => run(&orphan.options, "SELECT one FROM kept").await.is_ok(),
        None => false,
    })
    .await;
    let orphan = running(folder.path()).unwrap().process_id;

    let second = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    assert!(!alive(orphan));
    assert_ne!(second.process_id(), Some(orphan));
    run(&second.connect_options(), "SELECT one FROM kept").await.unwrap();
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_ends_with_an_owner_that_was_killed() {
    let folder = ScratchFolder::new("owner");
    // A second process of this test binary plays the owner.
    let mut owner = Command::new(std::env::current_exe().unwrap());
    owner.args(["--exact", "embedded::owner_that_waits_to_be_killed"]).env(OWNED_FOLDER, folder.path());
    let mut owner = owner.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    until("the start", async || match running(folder.path()) {
        Some(server) => run(&server.options, "SELECT 1").await.is_ok(),
        None => false,
    })
    .await;
    let server = running(folder.path()).unwrap();
    run(&server.options, "CREATE TABLE kept AS SELECT 1 AS one").await.unwrap();
    kill_9(owner.id());
    owner.wait().unwrap();
    let next = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    assert!(!alive(server.process_id));
    run(&next.connect_options(), "SELECT one FROM kept").await.unwrap();
    next.stop().await;
}

const OWNED_FOLDER: &str = "PRESSWATCH_TEST_OWNED_FOLDER";

/// Does nothing in a run of all tests: it is the owner of the test above.
#[tokio::test(flavor = "multi_thread")]
async fn owner_that_waits_to_be_killed() {
    if let Some(folder) = std::env::var_os(OWNED_FOLDER) {
        let _cluster = EmbeddedCluster::start(&options(Path::new(&folder))).await.unwrap();
        std::future::pending::<()>().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn number_of_a_dead_server_that_another_program_got_is_no_obstacle() {
    let folder = ScratchFolder::new("reused");
    EmbeddedCluster::start(&options(folder.path())).await.unwrap().stop().await;
    let data = folder.path().join("postgres/data");
    let file = format!("{}\n{}\n1700000000\n5432\n{}\n\n", std::process::id(), data.display(), folder.path().display());
    std::fs::write(data.join("postmaster.pid"), file).unwrap();
    let cluster = EmbeddedCluster::start(&options(folder.path())).await.unwrap();
    run(&cluster.connect_options(), "SELECT 1").await.unwrap();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_of_another_version_is_refused_with_what_to_do() {
    let folder = ScratchFolder::new("version");
    EmbeddedCluster::start(&options(folder.path())).await.unwrap().stop().await;
    std::fs::write(folder.path().join("postgres/data/PG_VERSION"), "9\n").unwrap();
    let error = EmbeddedCluster::start(&options(folder.path())).await.unwrap_err();
    assert_eq!(error.kind(), "version");
    assert!(error.to_string().contains("postgresql-9") && error.to_string().contains("pg_upgrade"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn path_too_long_for_a_socket_still_works() {
    let folder = ScratchFolder::new("long");
    let state = folder.path().join("d".repeat(60)).join("e".repeat(60));
    let cluster = EmbeddedCluster::start(&options(&state)).await.unwrap();
    let socket = cluster.connect_options().get_socket().unwrap().clone();
    run(&cluster.connect_options(), "SELECT 1").await.unwrap();
    run(&running(&state).unwrap().options, "SELECT 1").await.unwrap();
    cluster.stop().await;
    std::fs::remove_dir(&socket).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn folder_that_the_servers_user_cannot_reach_is_named() {
    if !presswatch_is_root() {
        return; // only root runs the server as another user
    }
    let closed = tempfile::tempdir().unwrap();
    std::fs::set_permissions(closed.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let error = EmbeddedCluster::start(&options(&closed.path().join("state"))).await.unwrap_err();
    match &error {
        EmbeddedError::NotTraversable { blocked, .. } => assert_eq!(blocked, &closed.path().canonicalize().unwrap()),
        other => panic!("{other}"),
    }
    assert!(error.to_string().contains("chmod o+x"), "{error}");
}

fn presswatch_is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
