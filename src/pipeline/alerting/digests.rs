//! Closes periods and writes their digests.

use jiff::{SignedDuration, Timestamp};

use crate::alert::policy::schedule;
use crate::alert::{compose, digest};
use crate::config::{Config, Watchlist};
use crate::model::{ChannelId, Content, Digest, NewAlert};
use crate::pipeline::alerting::Alerter;
use crate::store::StoreError;

impl Alerter {
    /// Digests of every list whose period ended.
    pub(super) async fn digests(&self, config: &Config) -> Result<usize, StoreError> {
        let now = self.store.clock().await?;
        let known = self.store.digests().await?;
        let mut written = 0;
        for list in config.watchlists.lists.iter().filter(|list| list.enabled) {
            let due = schedule::last_due(&list.alert.digest, now);
            let state = known.get(list.id.as_str()).copied().unwrap_or_default();
            // A clock that was set back closes no period twice, and none before the last.
            if state.last_due.is_some_and(|last| last >= due) || channels(list).is_empty() {
                continue;
            }
            written += self.close(config, list, due, state.last_due, now).await?;
        }
        Ok(written)
    }

    async fn close(&self, config: &Config, list: &Watchlist, due: Timestamp, former: Option<Timestamp>, now: Timestamp) -> Result<usize, StoreError> {
        let mut tx = self.store.begin_alerts().await?;
        let Some(first) = tx.close_period(list.id.as_str(), due).await? else { return Ok(0) };
        let entries: Vec<_> = tx.take_entries(&list.id, due).await?.into_iter().map(|waiting| waiting.entry).collect();
        let empty = entries.is_empty();
        // Before the first period that the list saw begin there is nothing to tell of.
        let messages = if first && empty { Vec::new() } else { digest::messages(list, entries, former.unwrap_or_else(|| start_of(list, due)), due) };
        let alerts: Vec<NewAlert> = messages.into_iter().flat_map(|message| addressed(config, list, message, due, now)).collect();
        tx.insert_alerts(&alerts).await?;
        tx.commit().await?;
        Ok(alerts.len())
    }

    /// The next digest of a list as it would be now.
    pub async fn preview(&self, list: &Watchlist) -> Result<(Vec<Digest>, Timestamp), StoreError> {
        let now = self.store.clock().await?;
        let from = schedule::last_due(&list.alert.digest, now);
        let entries: Vec<_> = self.store.waiting_entries(&list.id).await?.into_iter().map(|waiting| waiting.entry).collect();
        Ok((digest::messages(list, entries, from, now), schedule::next_due(&list.alert.digest, now)))
    }
}

/// Where digests of a list go.
pub fn channels(list: &Watchlist) -> Vec<ChannelId> {
    list.alert.digest.channels.clone().unwrap_or_else(|| list.alert.channels.clone())
}

/// When the period began that ended at `due`.
fn start_of(list: &Watchlist, due: Timestamp) -> Timestamp {
    schedule::last_due(&list.alert.digest, due - SignedDuration::from_secs(1))
}

fn addressed(config: &Config, list: &Watchlist, message: Digest, due: Timestamp, now: Timestamp) -> Vec<NewAlert> {
    let parts = [due.as_second().to_be_bytes().to_vec(), message.part.to_be_bytes().to_vec()];
    let content = Content::Digest(Box::new(message));
    let own = channels(list);
    compose::distinct(&own, &config.channels)
        .map(|channel| compose::message(content.clone(), channel, compose::dedup_key(&list.id, &channel.id, content.kind(), &parts), now))
        .collect()
}
