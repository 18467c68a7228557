//! Accounts, their sessions, and what slows the guessing of passwords.
//!
//! Hashes come from the caller: neither a password nor a session's secret reaches the database.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::model::{AccountName, Role};
use crate::store::value::{Instant, duration};
use crate::store::{Store, StoreError};

/// A session that nobody used for so long is over.
const IDLE: Duration = Duration::from_hours(7 * 24);
/// A session is over after so long in any case.
const LONGEST: Duration = Duration::from_hours(30 * 24);
/// Failures are forgotten after so long without another.
const MEMORY: Duration = Duration::from_hours(1);

/// An account as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub password_changed_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
    /// Browsers that are signed in.
    pub sessions: i64,
}

/// Whose guesses are counted, and how many are free before each further one takes longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guesser {
    pub subject: Vec<u8>,
    pub free: u32,
    /// No wait is longer.
    pub longest: Duration,
}

fn role(row: &PgRow) -> Result<Role, StoreError> {
    let role: &str = row.try_get("role")?;
    Role::parse(role).ok_or_else(|| StoreError::unreadable(format!("an account with the role {role:?}")))
}

impl Store {
    /// Makes an account; false when there is one of that name.
    pub async fn add_account(&self, name: &AccountName, role: Role, password_hash: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("INSERT INTO accounts (name, role, password_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(name.as_str())
            .bind(role.as_str())
            .bind(password_hash)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Changes a password and ends the account's sessions; false when there is no such account.
    pub async fn set_password(&self, name: &AccountName, password_hash: &str) -> Result<bool, StoreError> {
        let mut tx = self.pool().begin().await?;
        let done = sqlx::query("UPDATE accounts SET password_hash = $2, password_changed_at = now() WHERE name = $1")
            .bind(name.as_str())
            .bind(password_hash)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE account = $1").bind(name.as_str()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives an account another role; false when there is no such account.
    pub async fn set_role(&self, name: &AccountName, role: Role) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE accounts SET role = $2 WHERE name = $1").bind(name.as_str()).bind(role.as_str()).execute(self.pool()).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes an account and its sessions; false when there is none.
    pub async fn remove_account(&self, name: &AccountName) -> Result<bool, StoreError> {
        Ok(sqlx::query("DELETE FROM accounts WHERE name = $1").bind(name.as_str()).execute(self.pool()).await?.rows_affected() == 1)
    }

    /// All accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.name, a.role, a.created_at, a.password_changed_at, a.last_seen_at,
                    (SELECT count(*) FROM sessions s WHERE s.account = a.name) AS sessions FROM accounts a ORDER BY a.name",
        )
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Account {
                    name: row.try_get("name")?,
                    role: role(row)?,
                    created_at: row.try_get::<Instant, _>("created_at")?.0,
                    password_changed_at: row.try_get::<Instant, _>("password_changed_at")?.0,
                    last_seen_at: row.try_get::<Option<Instant>, _>("last_seen_at")?.map(|at| at.0),
                    sessions: row.try_get("sessions")?,
                })
            })
            .collect()
    }

    /// Whether anybody can sign in.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM accounts)").fetch_one(self.pool()).await?)
    }

    /// The stored hash of an account's password.
    pub async fn password_hash(&self, name: &AccountName) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT password_hash FROM accounts WHERE name = $1").bind(name.as_str()).fetch_optional(self.pool()).await?)
    }

    /// Opens a session; what is over is cleared away.
    pub async fn open_session(&self, token_hash: &[u8], name: &AccountName) -> Result<(), StoreError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query("DELETE FROM sessions WHERE last_seen_at < now() - $1 * interval '1 second' OR created_at < now() - $2 * interval '1 second'")
            .bind(IDLE.as_secs_f64())
            .bind(LONGEST.as_secs_f64())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO sessions (token_hash, account) VALUES ($1, $2)").bind(token_hash).bind(name.as_str()).execute(&mut *tx).await?;
        sqlx::query("UPDATE accounts SET last_seen_at = now() WHERE name = $1").bind(name.as_str()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whose session it is, with the role as it is now; `None` when it is over.
    pub async fn session(&self, token_hash: &[u8]) -> Result<Option<(String, Role)>, StoreError> {
        let row = sqlx::query(
            "SELECT a.name, a.role, s.last_seen_at < now() - interval '10 minutes' AS stale FROM sessions s JOIN accounts a ON a.name = s.account
             WHERE s.token_hash = $1 AND s.last_seen_at >= now() - $2 * interval '1 second' AND s.created_at >= now() - $3 * interval '1 second'",
        )
        .bind(token_hash)
        .bind(IDLE.as_secs_f64())
        .bind(LONGEST.as_secs_f64())
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get("stale")? {
            sqlx::query(
                "WITH seen AS (UPDATE sessions SET last_seen_at = now() WHERE token_hash = $1 RETURNING account)
                 UPDATE accounts a SET last_seen_at = now() FROM seen WHERE a.name = seen.account",
            )
            .bind(token_hash)
            .execute(self.pool())
            .await?;
        }
        Ok(Some((row.try_get("name")?, role(&row)?)))
    }

    /// Ends a session.
    pub async fn close_session(&self, token_hash: &[u8]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(self.pool()).await?;
        Ok(())
    }

    /// Counts an attempt before it is made, so that many at once count each; gives how long to wait where it may not be made.
    pub async fn count_attempt(&self, guesser: &Guesser) -> Result<Option<Duration>, StoreError> {
        // One statement: the row is locked between looking and counting. An attempt that may not be made is not counted.
        let row = sqlx::query(
            "INSERT INTO sign_in_failures AS f (subject, failures, last_at) VALUES ($1, 1, now())
             ON CONFLICT (subject) DO UPDATE SET
                failures = CASE WHEN f.last_at < now() - $4 * interval '1 second' THEN 1 ELSE f.failures + 1 END, last_at = now()
             WHERE f.failures < $2 OR f.last_at < now() - least($3, power(2, least(f.failures - $2, 20))) * interval '1 second'
             RETURNING failures",
        )
        .bind(&guesser.subject)
        .bind(i32::try_from(guesser.free).unwrap_or(i32::MAX))
        .bind(guesser.longest.as_secs_f64())
        .bind(MEMORY.as_secs_f64())
        .fetch_optional(self.pool())
        .await?;
        if row.is_some() {
            return Ok(None);
        }
        let wait: Option<f64> = sqlx::query_scalar(
            "SELECT extract(epoch FROM last_at + least($3, power(2, least(failures - $2, 20))) * interval '1 second' - now())::float8
             FROM sign_in_failures WHERE subject = $1",
        )
        .bind(&guesser.subject)
        .bind(i32::try_from(guesser.free).unwrap_or(i32::MAX))
        .bind(guesser.longest.as_secs_f64())
        .fetch_optional(self.pool())
        .await?;
        Ok(Some(duration(wait.unwrap_or_default())))
    }

    /// Takes back one counted attempt, which was no guess.
    pub async fn forgive_attempt(&self, subject: &[u8]) -> Result<(), StoreError> {
        sqlx::query("UPDATE sign_in_failures SET failures = greatest(failures - 1, 0) WHERE subject = $1").bind(subject).execute(self.pool()).await?;
        Ok(())
    }

    /// Forgets the failures of who proved to be right.
    pub async fn forget_attempts(&self, subject: &[u8]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sign_in_failures WHERE subject = $1 OR last_at < now() - $2 * interval '1 second'")
            .bind(subject)
            .bind(MEMORY.as_secs_f64())
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
