//! Tokens of programs that read the API.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// A token as lists show it; the token itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub name: String,
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

fn token(row: &PgRow) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        name: row.try_get("name")?,
        scopes: row.try_get("scopes")?,
        created_at: row.try_get::<Instant, _>("created_at")?.0,
        expires_at: row.try_get::<Option<Instant>, _>("expires_at")?.map(|at| at.0),
        last_used_at: row.try_get::<Option<Instant>, _>("last_used_at")?.map(|at| at.0),
    })
}

impl Store {
    /// Keeps a token's hash; false when there is one of that name.
    pub async fn add_token(&self, name: &str, hash: &[u8], scopes: &[&str], expires: Option<Timestamp>) -> Result<bool, StoreError> {
        let done = sqlx::query("INSERT INTO api_tokens (name, token_hash, scopes, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(hash)
            .bind(scopes)
            .bind(expires.map(Instant))
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// All tokens, by name.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        let rows =
            sqlx::query("SELECT name, scopes, created_at, expires_at, last_used_at FROM api_tokens ORDER BY name").fetch_all(self.pool()).await?;
        rows.iter().map(token).collect()
    }

    /// The token of that hash, while it is good.
    pub async fn token(&self, hash: &[u8]) -> Result<Option<ApiToken>, StoreError> {
        let row = sqlx::query(
            "SELECT name, scopes, created_at, expires_at, last_used_at, coalesce(last_used_at < now() - interval '10 minutes', true) AS stale
             FROM api_tokens WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > now())",
        )
        .bind(hash)
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get("stale")? {
            sqlx::query("UPDATE api_tokens SET last_used_at = now() WHERE token_hash = $1").bind(hash).execute(self.pool()).await?;
        }
        token(&row).map(Some)
    }

    /// Removes a token; false when there is none of that name.
    pub async fn revoke_token(&self, name: &str) -> Result<bool, StoreError> {
        Ok(sqlx::query("DELETE FROM api_tokens WHERE name = $1").bind(name).execute(self.pool()).await?.rows_affected() == 1)
    }
}
