//! What each registrable domain bears, and how long it is left alone.

use std::time::Duration;

use sqlx::{Postgres, Transaction};

use crate::config::GatherConfig;
use crate::store::{Store, StoreError, value};

impl Store {
    /// Writes down what the configuration says of spacing and concurrency; every domain of a source is known by then.
    pub async fn sync_domains(&self, gather: &GatherConfig) -> Result<(), StoreError> {
        let limits = &gather.domains;
        let names: Vec<&str> = limits.keys().map(String::as_str).collect();
        let spacings: Vec<i32> = limits.values().map(|limits| value::milliseconds(limits.spacing)).collect();
        let concurrencies: Vec<i32> = limits.values().map(|limits| value::count(limits.concurrency)).collect();
        sqlx::query(
            "UPDATE source_domains d SET spacing_ms = coalesce(own.spacing, $4), concurrency = coalesce(own.concurrency, $5)
             FROM source_domains known LEFT JOIN unnest($1::text[], $2::int[], $3::int[]) AS own (domain, spacing, concurrency) USING (domain)
             WHERE d.domain = known.domain
               AND (d.spacing_ms, d.concurrency) IS DISTINCT FROM (coalesce(own.spacing, $4), coalesce(own.concurrency, $5))",
        )
        .bind(&names)
        .bind(&spacings)
        .bind(&concurrencies)
        .bind(value::milliseconds(gather.domain_spacing))
        .bind(value::count(gather.domain_concurrency))
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Lets no source of the domain be polled before the delay has passed; a longer hold stays.
    pub async fn hold_domain(&self, domain: &str, delay: Duration) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO source_domains AS d (domain, held_until) VALUES ($1, now() + make_interval(secs => $2))
             ON CONFLICT (domain) DO UPDATE SET held_until = greatest(d.held_until, excluded.held_until)",
        )
        .bind(domain)
        .bind(delay.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

/// Makes a row for every domain of a source, and forgets the others.
pub(super) async fn keep_those_of_sources(tx: &mut Transaction<'_, Postgres>) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO source_domains (domain) SELECT DISTINCT domain FROM source_states ON CONFLICT DO NOTHING").execute(&mut **tx).await?;
    sqlx::query("DELETE FROM source_domains d WHERE NOT EXISTS (SELECT FROM source_states s WHERE s.domain = d.domain)").execute(&mut **tx).await?;
    Ok(())
}
