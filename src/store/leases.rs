//! Leases that a killed daemon left behind.

use crate::store::{Store, StoreError};

impl Store {
    /// Ends every lease of sources and deliveries. Only for a daemon that has the database to itself, before it claims anything: a lease
    /// that somebody still holds would be handed out twice.
    pub async fn release_leases(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE source_states SET claimed_until = NULL WHERE claimed_until IS NOT NULL").execute(self.pool()).await?;
        sqlx::query("UPDATE deliveries SET leased_until = NULL WHERE state = 'pending' AND leased_until IS NOT NULL").execute(self.pool()).await?;
        Ok(())
    }
}
