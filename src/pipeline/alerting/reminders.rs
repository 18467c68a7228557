//! Tells again, and tells others, what nobody acknowledged.

use crate::alert::compose;
use crate::alert::policy::{self, quiet};
use crate::config::{Config, Hold, Watchlist};
use crate::model::{AlertContent, AlertKind, ChannelId, Content, NewAlert};
use crate::pipeline::alerting::Alerter;
use crate::store::StoreError;
use crate::store::alerting::DueReminder;

/// Of one round; the next one comes soon.
const AT_ONCE: usize = 100;

impl Alerter {
    /// Reminders and escalations that are due.
    pub(super) async fn reminders(&self, config: &Config) -> Result<usize, StoreError> {
        let mut written = 0;
        for _ in 0..AT_ONCE {
            let mut tx = self.store.begin_alerts().await?;
            let Some(due) = tx.due_reminder().await? else { break };
            let list = config.watchlists.lists.iter().find(|list| list.enabled && list.id == due.list);
            let mut alerts = Vec::new();
            let mut next = None;
            let mut repeats = due.repeats;
            let repeat = list.and_then(|list| list.alert.repeat);
            let sleeping = list.and_then(|list| quiet::until(&list.alert.quiet_hours, due.content.priority, due.now));
            match (list, repeat, sleeping) {
                (Some(_), Some(_), Some((end, Hold::Digest | Hold::UntilEnd))) if due.repeat => next = Some(end),
                (Some(list), Some(repeat), _) if due.repeat => {
                    repeats += 1;
                    alerts.extend(told_again(config, list, &due, &due.channels, repeats, "repeat"));
                    next = (repeats < repeat.max).then(|| policy::after(due.now, repeat.every));
                }
                // Its reminder is not due yet; it stays where it is.
                (Some(_), Some(repeat), _) => next = (repeats < repeat.max).then(|| policy::after(due.now, repeat.every)),
                _ => {}
            }
            if let (true, Some(list), Some(escalate)) = (due.escalate, list, list.and_then(|list| list.alert.escalate.as_ref())) {
                alerts.extend(told_again(config, list, &due, &escalate.channels, repeats, "escalate"));
            }
            tx.insert_alerts(&alerts).await?;
            tx.remind_again(&due.list, &due.event_key, repeats, next, due.escalate).await?;
            tx.commit().await?;
            written += alerts.len();
        }
        Ok(written)
    }
}

fn told_again(config: &Config, list: &Watchlist, due: &DueReminder, channels: &[ChannelId], repeat: u32, why: &str) -> Vec<NewAlert> {
    let content = AlertContent { kind: AlertKind::Repeated, repeat, updates: Vec::new(), ..due.content.clone() };
    let parts = [due.event_key.to_vec(), why.as_bytes().to_vec(), repeat.to_be_bytes().to_vec()];
    compose::distinct(channels, &config.channels)
        .map(|channel| {
            let key = compose::dedup_key(&list.id, &channel.id, content.kind.as_str(), &parts);
            let content = Content::Alert(Box::new(content.clone()));
            NewAlert { event_key: Some(due.event_key), ..compose::message(content, channel, key, due.now) }
        })
        .collect()
}
