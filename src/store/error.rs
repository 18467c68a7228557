//! What can go wrong between us and the database.

use crate::store::embedded::EmbeddedError;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The server does not answer, or not in time.
    #[error("the database is not reachable: {source}")]
    Unavailable { source: sqlx::Error },
    /// Two transactions were in each other's way; the same call may succeed at once.
    #[error("the database could not serialize concurrent work: {source}")]
    Conflict { source: sqlx::Error },
    #[error("the database is out of disk space, memory or connections: {source}")]
    Exhausted { source: sqlx::Error },
    #[error("the database refuses the login: {source}")]
    Login { source: sqlx::Error },
    #[error("the database has no tables of presswatch yet: run `presswatch db migrate`")]
    NotMigrated,
    #[error("the database was made by a newer presswatch (migration {version} is unknown here): install that version")]
    Newer { version: i64 },
    #[error("cannot migrate the database: {source}")]
    Migrate { source: sqlx::migrate::MigrateError },
    /// What was read is not what we wrote.
    #[error("the database holds what this version cannot read: {what}")]
    Unreadable { what: String },
    #[error("the story's address is stored already")]
    AddressTaken,
    #[error("database.url is not usable: {reason}")]
    Address { reason: String },
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    #[error("the database failed: {source}")]
    Database { source: sqlx::Error },
}

impl StoreError {
    /// A bounded set of names, for metrics and JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "unavailable",
            Self::Conflict { .. } => "conflict",
            Self::Exhausted { .. } => "exhausted",
            Self::Login { .. } => "login",
            Self::NotMigrated => "not_migrated",
            Self::Newer { .. } => "newer",
            Self::Migrate { .. } => "migrate",
            Self::Unreadable { .. } => "unreadable",
            Self::AddressTaken => "address_taken",
            Self::Address { .. } => "address",
            Self::Embedded(_) => "embedded",
            Self::Database { .. } => "database",
        }
    }

    /// True where the same call may succeed later without a person: work is kept and tried again.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Conflict { .. } | Self::Exhausted { .. } => true,
            Self::Embedded(error) => error.is_transient(),
            _ => false,
        }
    }

    pub(super) fn unreadable(what: impl std::fmt::Display) -> Self {
        Self::Unreadable { what: what.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    /// Sorts by the classes of SQLSTATE (PostgreSQL manual, appendix A).
    fn from(source: sqlx::Error) -> Self {
        let code = source.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned();
        match (code.as_str(), code.get(..2).unwrap_or_default()) {
            ("42P01", _) => Self::NotMigrated,
            ("40001" | "40P01" | "55P03", _) => Self::Conflict { source },
            (_, "53") => Self::Exhausted { source },
            (_, "28") | ("3D000", _) => Self::Login { source },
            // Administrator shutdown, crash shutdown, cannot connect now; class 08 is the connection itself; 25006 is a standby.
            ("57P01" | "57P02" | "57P03" | "57P05" | "25006", _) | (_, "08" | "58") => Self::Unavailable { source },
            _ => match source {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => {
                    Self::Unavailable { source }
                }
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Unreadable { what: source.to_string() },
                _ => Self::Database { source },
            },
        }
    }
}
