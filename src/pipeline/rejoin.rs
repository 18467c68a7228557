//! Joins the reports of incidents anew whose reports a person has moved: merged or split incidents say together what their reports say.

use jiff::Timestamp;

use crate::store::{Store, StoreError};
use crate::understand::incident;

/// Joins every incident that waits for it; how many there were.
pub async fn rejoin_incidents(store: &Store) -> Result<usize, StoreError> {
    let mut joined = 0;
    loop {
        let mut tx = store.begin_ingest().await?;
        let Some(cluster) = tx.take_stale_incident().await? else {
            tx.commit().await?;
            return Ok(joined);
        };
        let reports = tx.reports(cluster).await?;
        tx.write_incident(cluster, incident::merge(&reports).as_ref(), Timestamp::now()).await?;
        tx.commit().await?;
        joined += 1;
    }
}
