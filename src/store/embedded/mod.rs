//! The managed private cluster: a PostgreSQL server of our own, for those who run no database.
//!
//! Enters: a state directory. Leaves: a running server on a Unix socket, with one database. Deliberately absent: TCP (the server never
//! listens on it), passwords (the socket stands in a folder that only the server's user and root may enter), and any setting of a server
//! that others use.
//!
//! *Invariant:* at most one presswatch starts, stops or mends one cluster: the lock is taken before anything is touched.
//! *Invariant:* a server that outlived its owner is stopped before another starts on the same data.

mod account;
mod error;
mod folder;
mod installation;
mod process;
mod server_log;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use error::EmbeddedError;
use folder::Layout;
pub use installation::{Installation, installations};
use process::Server;

/// The superuser and the database of a private cluster.
const NAME: &str = "presswatch";
/// After a crash the server replays its log first: minutes on a small machine, and giving up would only start it again.
const START_LIMIT: Duration = Duration::from_mins(10);
/// Longest pause between two restarts of a server that keeps dying.
const RESTART_PAUSE_LIMIT: Duration = Duration::from_secs(30);

/// What a private cluster is made of.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    pub state_directory: PathBuf,
    /// The folder with `initdb` and `postgres`; `None`: the newest below /usr/lib/postgresql, then `$PATH`.
    pub binaries: Option<PathBuf>,
    /// The user that runs it when we are root; `None`: the cluster's owner, else `postgres`, else `nobody`.
    pub run_as: Option<String>,
    /// Connections that our own pools may open; a few more are kept for `psql` and backups.
    pub connections: u32,
    pub durability: Durability,
}

impl EmbeddedOptions {
    /// A durable cluster of the best server that is installed.
    pub fn new(state_directory: &Path) -> Self {
        Self { state_directory: state_directory.to_path_buf(), binaries: None, run_as: None, connections: 20, durability: Durability::Durable }
    }
}

/// Whether what was committed survives a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    Durable,
    /// For data that is thrown away: three times faster on a slow disk.
    Scratch,
}

/// A private cluster that runs, watched over by a task that starts it again when it dies.
///
/// Call [`stop`](Self::stop) when done; dropping it asks the server to stop and does not wait.
#[derive(Debug)]
pub struct EmbeddedCluster {
    server: Server,
    cancel: CancellationToken,
    watcher: Option<JoinHandle<()>>,
    lock: Option<File>,
}

impl EmbeddedCluster {
    /// Makes the cluster where there is none, stops what a crashed owner left, starts the server and waits until it answers.
    ///
    /// Not cancel-safe: dropped midway it may leave a server, which the next start stops.
    ///
    /// # Errors
    /// [`EmbeddedError`], each with what to do.
    pub async fn start(options: &EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let layout = Layout::prepare(&options.state_directory)?;
        let lock = layout.lock()?;
        let account = account::choose(options.run_as.as_deref(), &layout.home)?;
        let cluster = installation::cluster_version(&layout.data);
        let installation = installation::choose(&installations(options.binaries.as_deref())?, &layout.data, cluster)?;
        let socket = layout.make_folders(account)?;
        let server = Server { layout, installation, account, socket, connections: options.connections, durability: options.durability };

        server.stop_orphan().await?;
        if cluster.is_none() {
            server.init().await?;
        }
        let child = server.launch_and_wait(START_LIMIT).await?;
        let cancel = CancellationToken::new();
        // The watcher owns the process from here: whatever fails below, it is stopped in order.
        let watcher = tokio::spawn(watch(server.clone(), child, cancel.clone()));
        let running = Self { server, cancel, watcher: Some(watcher), lock: Some(lock) };
        if let Err(error) = create_database(&running.server.connect_options("postgres")).await {
            running.stop().await;
            return Err(error);
        }
        Ok(running)
    }

    /// How to connect to the database.
    pub fn connect_options(&self) -> PgConnectOptions {
        self.server.connect_options(NAME)
    }

    /// The same as an address: `postgres://presswatch@localhost/presswatch?host=%2F...`.
    pub fn url(&self) -> String {
        url(&self.server.socket)
    }

    /// The folder of the server's programs (`psql`, `pg_dump`).
    pub fn installation(&self) -> &Installation {
        &self.server.installation
    }

    /// The process that runs now, as the server itself wrote it down.
    pub fn process_id(&self) -> Option<u32> {
        self.server.layout.postmaster().map(|postmaster| postmaster.pid)
    }

    /// Stops the server: connections are closed, what was committed is written, and the lock is released.
    pub async fn stop(mut self) {
        self.cancel.cancel();
        if let Some(watcher) = self.watcher.take() {
            // A panic of the watcher was reported where it happened; the next start finds what it left.
            let _ = watcher.await;
        }
        self.lock.take();
    }
}

impl Drop for EmbeddedCluster {
    fn drop(&mut self) {
        if self.watcher.is_some() {
            self.cancel.cancel();
            self.server.ask_to_stop();
        }
    }
}

/// A cluster that another process runs at this moment: how to reach it.
#[derive(Debug, Clone)]
pub struct Running {
    pub options: PgConnectOptions,
    pub url: String,
    pub process_id: u32,
}

/// Looks for a server that runs in this state directory, without touching it.
pub fn running(state_directory: &Path) -> Option<Running> {
    let layout = Layout::existing(state_directory).ok()?;
    let postmaster = layout.postmaster().filter(|postmaster| postmaster.runs_on(&layout.data))?;
    let options = socket_options(&postmaster.socket, NAME).port(postmaster.port);
    Some(Running { options, url: url(&postmaster.socket), process_id: postmaster.pid })
}

fn url(socket: &Path) -> String {
    let host: String = url::form_urlencoded::byte_serialize(socket.to_string_lossy().as_bytes()).collect();
    // Spaces arrive as plus signs, which neither psql nor sqlx read back.
    format!("postgres://{NAME}@localhost:5432/{NAME}?host={}", host.replace('+', "%20"))
}

fn socket_options(socket: &Path, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("localhost")
        .port(5432)
        .socket(socket)
        .username(NAME)
        .database(database)
        .ssl_mode(sqlx::postgres::PgSslMode::Disable)
        .application_name(NAME)
}

async fn create_database(options: &PgConnectOptions) -> Result<(), EmbeddedError> {
    let refused = |source| EmbeddedError::Connect { source };
    let mut connection = options.connect().await.map_err(refused)?;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(NAME)
        .fetch_one(&mut connection)
        .await
        .map_err(refused)?;
    if !exists {
        connection.execute("CREATE DATABASE presswatch").await.map_err(refused)?;
    }
    connection.close().await.map_err(refused)
}

/// Starts the server again whenever it ends by itself, until it is told to stop.
async fn watch(server: Server, mut child: tokio::process::Child, cancel: CancellationToken) {
    loop {
        let status = tokio::select! {
            () = cancel.cancelled() => return server.shut_down(child).await,
            status = child.wait() => status,
        };
        tracing::warn!(status = %status.map_or_else(|error| error.to_string(), |status| status.to_string()), "the private cluster ended by itself: starting it again");
        let mut pause = Duration::from_millis(200);
        child = loop {
            // Never dropped midway: a server that was just launched must be known here, for it to be stopped.
            match server.launch_and_wait(START_LIMIT).await {
                Ok(child) => break child,
                Err(error) => tracing::error!(error = %error, "the private cluster does not start"),
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(RESTART_PAUSE_LIMIT),
            }
        };
        tracing::info!("the private cluster runs again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_survives_a_folder_with_odd_letters() {
        let check = |folder: &str| {
            let options: PgConnectOptions = url(Path::new(folder)).parse().unwrap();
            assert_eq!(options.get_socket().map(PathBuf::as_path), Some(Path::new(folder)));
            assert_eq!((options.get_username(), options.get_database()), (NAME, Some(NAME)));
        };
        check("/var/lib/presswatch/postgres/run");
        check("/home/Ann & Bob/ключ?a=b+c%/run");
    }
}
