//! Writing alerts and their outbox rows beside the story that causes them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::model::{AlertId, DeliveryId, NewAlert};
use crate::store::ingest::IngestTx;
use crate::store::{StoreError, json, outbox, value};

impl IngestTx {
    /// Writes alerts with one delivery for each recipient, and returns those that are new: one whose `dedup_key` is known is left out,
    /// for its event has been told.
    ///
    /// `not_before` is read against our own clock and stored against the database's.
    pub async fn insert_alerts(&mut self, alerts: &[NewAlert]) -> Result<Vec<AlertId>, StoreError> {
        insert(&mut self.tx, alerts).await
    }
}

/// The same in any transaction.
pub(in crate::store) async fn insert(tx: &mut Transaction<'static, Postgres>, alerts: &[NewAlert]) -> Result<Vec<AlertId>, StoreError> {
    let mut written = Vec::new();
    for alert in alerts {
        let content = &alert.content;
        let done = sqlx::query(
            "INSERT INTO alerts (id, kind, watchlist_id, priority, restricted, cluster_id, story_id, channel_id, dedup_key, payload, event_key)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 ON CONFLICT (dedup_key) DO NOTHING",
        )
        .bind(alert.id.0)
        .bind(content.kind())
        .bind(content.watchlist().map(|(list, _)| list.as_str()))
        .bind(content.priority().as_str())
        .bind(content.restricted())
        .bind(content.alert().map(|alert| alert.cluster.0))
        .bind(content.story().map(|story| story.id.0))
        .bind(alert.channel.as_str())
        .bind(alert.dedup_key.as_slice())
        .bind(json::content::to_json(content)?)
        .bind(alert.event_key.as_ref().map(<[u8; 32]>::as_slice))
        .execute(&mut **tx)
        .await?;
        if done.rows_affected() == 0 {
            continue;
        }
        // A channel without recipients is one receiver, as a webhook is: an alert without a row would be lost in silence.
        let mut recipients: BTreeSet<&str> = alert.recipients.iter().map(String::as_str).collect();
        if recipients.is_empty() {
            recipients.insert("");
        }
        let now = Timestamp::now();
        let ids: Vec<Uuid> = recipients.iter().map(|_| DeliveryId::new(now).0).collect();
        let recipients: Vec<_> = recipients.into_iter().map(value::clean).collect();
        sqlx::query(
            "INSERT INTO deliveries (id, alert_id, channel_id, recipient, due_at)
                 SELECT n.id, $3, $4, n.recipient, now() + make_interval(secs => $5) FROM unnest($1::uuid[], $2::text[]) AS n (id, recipient)",
        )
        .bind(&ids)
        .bind(&recipients)
        .bind(alert.id.0)
        .bind(alert.channel.as_str())
        .bind(value::seconds_until(alert.not_before))
        .execute(&mut **tx)
        .await?;
        written.push(alert.id);
    }
    if !written.is_empty() {
        outbox::notify(tx).await?;
    }
    Ok(written)
}
