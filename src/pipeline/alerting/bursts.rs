//! Looks for bursts and tells them.

use crate::alert::policy::burst::{self, Window};
use crate::alert::policy::quiet;
use crate::alert::{compose, digest, words};
use crate::config::{BurstPolicy, Config, Watchlist};
use crate::model::{BurstAlert, ChannelId, Content, NewAlert};
use crate::pipeline::alerting::Alerter;
use crate::store::StoreError;
use crate::store::alerting::{BurstCount, BurstQuestion};

impl Alerter {
    /// Bursts of every list that asks for them.
    pub(super) async fn find_bursts(&self, config: &Config) -> Result<usize, StoreError> {
        let now = self.store.clock().await?;
        let mut written = 0;
        for list in config.watchlists.lists.iter().filter(|list| list.enabled) {
            let Some(policy) = &list.burst else { continue };
            let question = BurstQuestion {
                list: &list.id,
                per_country: policy.per_country,
                window: policy.window,
                min_sources: policy.min_sources,
                min_stories: policy.min_count,
                now,
            };
            for count in self.store.burst_counts(&question).await? {
                written += self.burst(config, list, policy, &question, &count).await?;
            }
        }
        Ok(written)
    }

    async fn burst(
        &self,
        config: &Config,
        list: &Watchlist,
        policy: &BurstPolicy,
        question: &BurstQuestion<'_>,
        count: &BurstCount,
    ) -> Result<usize, StoreError> {
        let samples = self.store.burst_baseline(question, count.country, policy.baseline, policy.min_history).await?;
        let Some(usual) = burst::usual(&samples) else { return Ok(0) };
        let Some(z) = burst::burst(policy, Window { sources: count.sources, stories: count.stories }, usual) else { return Ok(0) };
        let mut entries = self.store.burst_entries(question, count.country).await?;
        for entry in &mut entries {
            entry.story.title = words::line(&entry.story.title, 300);
            entry.story.excerpt = words::excerpt(&entry.story.excerpt);
            entry.story.source_name = words::line(&entry.story.source_name, 120);
        }
        let mut tx = self.store.begin_alerts().await?;
        let Some(number) = tx.note_burst(&list.id, count, usual.mean, z, policy.cooldown).await? else { return Ok(0) };
        let priority = policy.priority.unwrap_or(list.priority);
        let country = count.country.map(|country| country.to_string()).unwrap_or_default();
        let content = Content::Burst(Box::new(BurstAlert {
            watchlist: list.id.clone(),
            watchlist_name: list.name.clone(),
            restricted: list.restricted,
            priority,
            thread: digest::thread("burst", &format!("{} {country}", list.id)),
            country: count.country,
            window: policy.window,
            sources: count.sources,
            stories: count.stories,
            usual: usual.mean,
            z,
            entries,
            at: question.now,
        }));
        let not_before = quiet::until_for_bursts(&list.alert.quiet_hours, priority, question.now).map_or(question.now, |(end, _)| end);
        let wanted: Vec<ChannelId> = list.alert.channels.iter().chain(&policy.channels).cloned().collect();
        let alerts: Vec<NewAlert> = compose::distinct(&wanted, &config.channels)
            .map(|channel| {
                let key = compose::dedup_key(&list.id, &channel.id, content.kind(), &[number.to_be_bytes().to_vec()]);
                NewAlert { not_before, ..compose::message(content.clone(), channel, key, question.now) }
            })
            .collect();
        tx.insert_alerts(&alerts).await?;
        tx.commit().await?;
        Ok(alerts.len())
    }
}
