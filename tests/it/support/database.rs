//! One server for the whole run, one database for each test.

use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use presswatch::store::Store;
use presswatch::store::embedded::{Durability, EmbeddedCluster, EmbeddedOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::folder::scratch_path;

/// A database of its own for one test, migrated, dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    pub store: Store,
    pub url: String,
    name: String,
}

impl TestDatabase {
    /// A second store on the same database: another process, as far as the database can tell.
    pub async fn another_store(&self) -> Store {
        Store::connect(&PgConnectOptions::from_str(&self.url).unwrap(), 4).await.unwrap()
    }

    /// Runs a statement as a person at `psql` would.
    pub async fn execute(&self, sql: &str) {
        let mut connection = PgConnectOptions::from_str(&self.url).unwrap().connect().await.unwrap();
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Reads one number.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut connection = PgConnectOptions::from_str(&self.url).unwrap().connect().await.unwrap();
        let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        number
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Some(server) = SERVER.get() {
            server.runtime.spawn(async move {
                if let Ok(mut connection) = server.admin.connect().await {
                    let _ = connection.execute(AssertSqlSafe(sql)).await;
                }
            });
        }
    }
}

/// A fresh database with all tables.
pub async fn database() -> TestDatabase {
    create("TEMPLATE migrated").await
}

/// A fresh database without any table.
pub async fn empty_database() -> TestDatabase {
    create("TEMPLATE template0").await
}

async fn create(template: &str) -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // Starting blocks for a second: not on a test's own runtime.
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(|| std::thread::spawn(start).join().unwrap())).await.unwrap();
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut admin = server.admin.connect().await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} {template}{}", server.strategy))).await.unwrap();
    admin.close().await.unwrap();
    let url = server.url.replace("/presswatch?", &format!("/{name}?"));
    let store = Store::connect(&PgConnectOptions::from_str(&url).unwrap(), 5).await.unwrap();
    TestDatabase { store, url, name }
}

struct Server {
    /// Lives as long as the process: the cluster is watched on it.
    runtime: tokio::runtime::Runtime,
    _cluster: EmbeddedCluster,
    admin: PgConnectOptions,
    url: String,
    strategy: &'static str,
}

static SERVER: OnceLock<Server> = OnceLock::new();

fn start() -> Server {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = scratch_path("server");
    let (cluster, admin, url) = runtime.block_on(async {
        let mut options = EmbeddedOptions::new(&folder);
        options.durability = Durability::Scratch;
        options.connections = 300;
        let cluster = EmbeddedCluster::start(&options).await.unwrap();
        let admin = cluster.connect_options().database("postgres");
        let mut connection = admin.connect().await.unwrap();
        connection.execute("CREATE DATABASE migrated TEMPLATE template0").await.unwrap();
        connection.close().await.unwrap();
        let store = Store::connect(&cluster.connect_options().database("migrated"), 1).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await;
        let url = cluster.url();
        (cluster, admin, url)
    });
    // Copying files instead of logging each page halves the time; known since PostgreSQL 15.
    let strategy = if cluster.installation().major >= 15 { " STRATEGY file_copy" } else { "" };
    Server { runtime, _cluster: cluster, admin, url, strategy }
}
