//! What can go wrong with the private cluster, each said with what to do about it.

use std::io;
use std::path::PathBuf;

/// Why the private cluster does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "no PostgreSQL server was found in {}: install the Debian package `postgresql` (apt-get install postgresql), \
         or name the folder of its programs in database.binaries, or an existing server in database.url",
        .searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    NoServer { searched: Vec<PathBuf> },
    #[error(
        "the private cluster in {} was made by PostgreSQL {cluster}, but the server found is {}: \
         install the Debian package `postgresql-{cluster}` (or name its folder in database.binaries), \
         or bring the cluster to the new version with pg_upgrade while the daemon is stopped",
        .data.display(), .found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Version { data: PathBuf, cluster: u32, found: Vec<u32> },
    #[error(
        "the private cluster in {} is used by another presswatch{}: stop it first, or give this one an instance.state_directory of its own",
        .directory.display(), .holder.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    Locked { directory: PathBuf, holder: Option<u32> },
    #[error("the user {user:?} that is to run the private cluster does not exist: create it, or name another in database.run_as")]
    NoUser { user: String },
    #[error("PostgreSQL refuses to run as root: name another user in database.run_as")]
    RootUser,
    #[error("database.run_as names {user:?}, but only root can start a server as another user: remove it, or start as root")]
    NotRoot { user: String },
    #[error(
        "the private cluster in {} belongs to user id {owner}, and this process would run it as user id {wanted}: \
         start as its owner, set database.run_as, or give it away with chown -R",
        .path.display()
    )]
    Owner { path: PathBuf, owner: u32, wanted: u32 },
    #[error(
        "user id {uid}, which runs the private cluster, may not pass through {}: allow it (chmod o+x {}), \
         or choose another instance.state_directory",
        .blocked.display(), .blocked.display()
    )]
    NotTraversable { blocked: PathBuf, uid: u32 },
    #[error("the socket directory {} is not safe to use ({reason}): remove it", .path.display())]
    SocketDirectory { path: PathBuf, reason: &'static str },
    #[error("{program} failed: {output}")]
    Program { program: &'static str, output: String },
    #[error("the private cluster did not start: {reason}; its log is {}", .log.display())]
    Start { reason: String, log: PathBuf },
    #[error("the private cluster did not answer within {seconds} s; its log is {}", .log.display())]
    Slow { seconds: u64, log: PathBuf },
    #[error("the server that a former presswatch left running (process {pid}) does not stop: stop it by hand")]
    Orphan { pid: u32 },
    #[error("cannot {what} {}: {source}", .path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot run {}: {source}", .program.display())]
    Run { program: PathBuf, source: io::Error },
    #[error("the private cluster refuses the connection: {source}")]
    Connect { source: sqlx::Error },
}

impl EmbeddedError {
    /// A bounded set of names, for metrics and JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoServer { .. } => "no_server",
            Self::Version { .. } => "version",
            Self::Locked { .. } => "locked",
            Self::NoUser { .. } | Self::RootUser | Self::NotRoot { .. } | Self::Owner { .. } => "user",
            Self::NotTraversable { .. } | Self::SocketDirectory { .. } | Self::File { .. } => "files",
            Self::Program { .. } | Self::Run { .. } => "program",
            Self::Start { .. } | Self::Slow { .. } => "start",
            Self::Orphan { .. } => "orphan",
            Self::Connect { .. } => "connect",
        }
    }

    /// True where the same call may succeed later without a person.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Slow { .. } | Self::Connect { .. })
    }
}

/// Names the operation and the path beside an I/O error.
pub(super) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> EmbeddedError {
    let path = path.into();
    move |source| EmbeddedError::File { what, path, source }
}
