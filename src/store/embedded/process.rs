//! The server as processes: made, started, asked, stopped.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::process::{Child, Command};

use super::account::Account;
use super::error::{EmbeddedError, file};
use super::folder::Layout;
use super::installation::Installation;
use super::{Durability, NAME, server_log, socket_options};

/// A fast shutdown writes a checkpoint: seconds on a slow disk.
const STOP_SECONDS: u64 = 25;
/// Backends of a killed postmaster notice its death at once, or at the end of their statement.
const LEFTOVER_LIMIT: Duration = Duration::from_secs(20);
/// How often we look whether the server answers.
const POLL: Duration = Duration::from_millis(25);
/// Connections beside those of our pools: psql, a backup, LISTEN, the three that PostgreSQL keeps for superusers.
const SPARE_CONNECTIONS: u32 = 12;

/// Everything that is needed to start or stop the server.
#[derive(Debug, Clone)]
pub struct Server {
    pub layout: Layout,
    pub installation: Installation,
    pub account: Account,
    pub socket: PathBuf,
    pub connections: u32,
    pub durability: Durability,
}

impl Server {
    /// How to connect to one of its databases.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        socket_options(&self.socket, database)
    }

    /// Makes the cluster beside its place and moves it there whole: a crash midway leaves nothing that looks like one.
    pub async fn init(&self) -> Result<(), EmbeddedError> {
        let fresh = self.layout.home.join("data.new");
        if fresh.exists() {
            tokio::fs::remove_dir_all(&fresh).await.map_err(file("remove", &fresh))?;
        }
        tracing::info!(version = self.installation.major, "making the private cluster");
        let mut command = self.command("initdb");
        command.arg("-D").arg(&fresh).args(["-U", NAME, "--encoding=UTF8", "--locale=C.UTF-8", "--text-search-config=simple", "--data-checksums"]);
        command.args(["--auth-local=trust", "--auth-host=reject", "--no-instructions"]);
        if self.durability == Durability::Scratch {
            command.arg("--no-sync");
        }
        let output = self.run("initdb", command).await?;
        check("initdb", &output)?;
        if self.layout.data.exists() {
            // An empty folder, or one that initdb of another program left: it holds no PG_VERSION, so it is no cluster.
            tokio::fs::remove_dir(&self.layout.data).await.map_err(file("replace", &self.layout.data))?;
        }
        tokio::fs::rename(&fresh, &self.layout.data).await.map_err(file("move into place", &fresh))
    }

    /// Stops the server of an owner that was killed, so that ours starts with our settings and as our child.
    pub async fn stop_orphan(&self) -> Result<(), EmbeddedError> {
        let Some(postmaster) = self.layout.postmaster() else { return Ok(()) };
        if !postmaster.runs_on(&self.layout.data) {
            if postmaster.is_alive() {
                // The number belongs to another program by now, and PostgreSQL would refuse to start while it lives.
                let stale = self.layout.data.join("postmaster.pid");
                tokio::fs::remove_file(&stale).await.map_err(file("remove", &stale))?;
            }
            return Ok(());
        }
        tracing::warn!(pid = postmaster.pid, "stopping the server that a former presswatch left running");
        for mode in ["fast", "immediate"] {
            let output = self.run("pg_ctl", self.pg_ctl_stop(mode)).await?;
            if output.status.success() || !postmaster.runs_on(&self.layout.data) {
                return Ok(());
            }
        }
        Err(EmbeddedError::Orphan { pid: postmaster.pid })
    }

    /// Starts the server and waits until it answers, also through the recovery that follows a crash.
    pub async fn launch_and_wait(&self, limit: Duration) -> Result<Child, EmbeddedError> {
        let began = Instant::now();
        loop {
            let position = server_log::position(&self.layout.log);
            let mut child = self.launch().await?;
            let Err(status) = self.wait_until_ready(&mut child, began, limit).await? else { return Ok(child) };
            let said = server_log::errors_since(&self.layout.log, position);
            // Backends of a killed server hold its shared memory for a moment longer.
            let leftover = said.contains("still in use") || said.contains("postmaster.pid");
            if !leftover || began.elapsed() > LEFTOVER_LIMIT {
                let reason = if said.is_empty() { format!("it ended with {status}") } else { said };
                return Err(EmbeddedError::Start { reason, log: self.layout.log.clone() });
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// `Ok(Err(status))` when the process ended first.
    async fn wait_until_ready(
        &self,
        child: &mut Child,
        began: Instant,
        limit: Duration,
    ) -> Result<Result<(), std::process::ExitStatus>, EmbeddedError> {
        let options = self.connect_options("postgres").disable_statement_logging();
        loop {
            if let Some(status) = child.try_wait().map_err(file("wait for", self.installation.program("postgres")))? {
                return Ok(Err(status));
            }
            match tokio::time::timeout(Duration::from_secs(5), options.connect()).await {
                Ok(Ok(connection)) => {
                    let _ = connection.close().await; // it answered: nothing else was asked
                    return Ok(Ok(()));
                }
                // A role or database that is missing does not come by waiting.
                Ok(Err(source)) if is_login_refusal(&source) => return Err(EmbeddedError::Connect { source }),
                // No socket yet, or recovery is under way: any answer but an open door means waiting.
                Ok(Err(_)) | Err(_) if began.elapsed() < limit => tokio::time::sleep(POLL).await,
                Ok(Err(_)) | Err(_) => {
                    let _ = child.start_kill();
                    return Err(EmbeddedError::Slow { seconds: limit.as_secs(), log: self.layout.log.clone() });
                }
            }
        }
    }

    async fn launch(&self) -> Result<Child, EmbeddedError> {
        let program = self.installation.program("postgres");
        let failed = |source| EmbeddedError::Run { program: program.clone(), source };
        let (reader, writer) = io::pipe().map_err(failed)?;
        let mut command = self.tied(self.command("postgres")).await;
        command.arg("-D").arg(&self.layout.data);
        for (name, value) in self.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(failed)?).stderr(writer);
        // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop it in order.
        command.process_group(0);
        // Whoever drops the handle without an orderly stop (a panic, a runtime that ends) leaves no server behind.
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        let spawn = move || command.spawn();
        server_log::follow(spawn, reader, self.layout.log.clone()).await.map_err(failed)
    }

    /// Lets the kernel send the server a fast shutdown when the thread that started it ends, which is how it ends with a process that was
    /// killed. A machine without util-linux' `setpriv` does without; there the next start stops what was left.
    async fn tied(&self, command: std::process::Command) -> std::process::Command {
        let with = |program: &std::ffi::OsStr| {
            let mut tied = std::process::Command::new("setpriv");
            tied.args(["--pdeathsig", "INT", "--"]).arg(program);
            tied
        };
        let mut trial = with("true".as_ref());
        trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if !Command::from(trial).status().await.is_ok_and(|status| status.success()) {
            return command;
        }
        let mut tied = with(command.get_program());
        tied.current_dir(&self.layout.home);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => tied.env(name, value),
                None => tied.env_remove(name),
            };
        }
        self.account.apply(&mut tied);
        tied
    }

    /// Given on the command line, so that they hold whatever stands in the cluster's files. Sized for one core and 1 GB of memory.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let fixed = [
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_permissions", "0700"),
            ("shared_buffers", "96MB"),
            ("work_mem", "8MB"),
            ("maintenance_work_mem", "64MB"),
            ("effective_cache_size", "512MB"),
            ("max_wal_size", "512MB"),
            ("min_wal_size", "80MB"),
            // Nothing replicates a private cluster: the shortest write-ahead log.
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("wal_compression", "on"),
            ("checkpoint_timeout", "15min"),
            ("max_worker_processes", "4"),
            ("autovacuum_max_workers", "2"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
            ("log_min_messages", "warning"),
            ("log_min_error_statement", "panic"), // a statement holds what people wrote
            ("log_checkpoints", "off"),
            ("log_line_prefix", "%m [%p] "),
            ("lc_messages", "C"),
        ];
        let mut settings: Vec<(&'static str, String)> = fixed.map(|(name, value)| (name, value.to_owned())).into();
        settings.push(("max_connections", (self.connections + SPARE_CONNECTIONS).to_string()));
        settings.push(("unix_socket_directories", quote_list_item(&self.socket.to_string_lossy())));
        if self.durability == Durability::Scratch {
            settings
                .extend([("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")].map(|(name, value)| (name, value.to_owned())));
        }
        settings
    }

    /// Stops our own server: closes its connections, writes a checkpoint; by force when that takes too long.
    pub async fn shut_down(&self, mut child: Child) {
        for mode in ["fast", "immediate"] {
            let asked = self.run("pg_ctl", self.pg_ctl_stop(mode)).await;
            if asked.is_ok_and(|output| output.status.success()) && tokio::time::timeout(Duration::from_secs(5), child.wait()).await.is_ok() {
                return;
            }
        }
        tracing::error!("the private cluster does not stop: killing it");
        let _ = child.kill().await; // gone already, or beyond our reach: the next start looks again
    }

    /// Asks for a fast shutdown without waiting for it.
    pub fn ask_to_stop(&self) {
        let mut command = self.command("pg_ctl");
        command.arg("stop").arg("-D").arg(&self.layout.data).args(["-m", "fast", "--no-wait", "--silent"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = command.status(); // nobody is left to tell; the next start stops it
    }

    fn pg_ctl_stop(&self, mode: &str) -> std::process::Command {
        let mut command = self.command("pg_ctl");
        command.arg("stop").arg("-D").arg(&self.layout.data).args(["-m", mode, "-w", "-t", &STOP_SECONDS.to_string(), "--silent"]);
        command
    }

    /// A program of the installation, as the server's user, in a folder that this user may enter, without our `PG*` variables and without
    /// the service manager's sockets: a server that finds one there reports itself ready in our place.
    fn command(&self, name: &str) -> std::process::Command {
        let mut command = std::process::Command::new(self.installation.program(name));
        command.current_dir(&self.layout.home);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C");
        self.account.apply(&mut command);
        command
    }

    async fn run(&self, name: &'static str, command: std::process::Command) -> Result<Output, EmbeddedError> {
        let mut command = Command::from(command);
        command.stdin(Stdio::null());
        command.output().await.map_err(|source| EmbeddedError::Run { program: self.installation.program(name), source })
    }
}

/// SQLSTATE classes 28 (authorization) and 3D (database name).
fn is_login_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("28") || code.starts_with("3D"))
}

fn check(program: &'static str, output: &Output) -> Result<(), EmbeddedError> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let tail = lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join("; ");
    Err(EmbeddedError::Program { program, output: if tail.is_empty() { output.status.to_string() } else { tail } })
}

/// A list setting splits at commas and takes double quotes around an item.
fn quote_list_item(item: &str) -> String {
    format!("\"{}\"", item.replace('"', "\"\""))
}
