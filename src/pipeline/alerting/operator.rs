//! What the operator hears: sources that are not heard, channels that are switched off, trouble of our own, and weekly that all is well.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::alert::channels::Channels;
use crate::alert::policy::schedule;
use crate::alert::{compose, digest, words};
use crate::config::{ChannelKind, Config};
use crate::model::{
    ClaimedDelivery, Content, DeliveryId, DeliveryOutcome, NewAlert, Notice, NoticeItem, NoticeKind, Priority, SourceState, WatchlistId,
};
use crate::pipeline::alerting::Alerter;
use crate::store::StoreError;
use crate::store::alerting::{SourceChange, SourcesHeard};

/// A webhook that took nothing for so long is switched off (Standard Webhooks).
const DISABLE_AFTER: Duration = Duration::from_hours(5 * 24);
/// With fewer sources "most of them" says nothing.
const SOURCES_LEAST: u32 = 4;
/// Named one by one; the others are counted, and stand on the page.
const ITEMS: usize = 100;
/// The owner of what comes from no list. Not a name that a list may have.
const OPERATOR: &str = "(operator)";
const MOST_FAIL: &str = "most_sources_fail";

impl Alerter {
    /// Everything that the operator is to hear now.
    pub(super) async fn notices(&self, config: &Config) -> Result<usize, StoreError> {
        let mut written = self.channels_off(config).await?;
        written += self.source_changes(config).await?;
        written += self.most_sources_fail(config).await?;
        written += self.weekly(config).await?;
        Ok(written)
    }

    async fn channels_off(&self, config: &Config) -> Result<usize, StoreError> {
        let webhooks = config.channels.values().filter(|channel| matches!(channel.kind, ChannelKind::Webhook { .. }));
        let webhooks: Vec<String> = webhooks.map(|channel| channel.id.to_string()).collect();
        let mut tx = self.store.begin_alerts().await?;
        for (channel, error) in tx.disable_failing(&webhooks, DISABLE_AFTER).await? {
            tracing::error!(
                channel.id = channel,
                "a channel took nothing for five days and is switched off ({error}): mend it, then `presswatch alerts enable`"
            );
        }
        tx.commit().await?;
        let mut written = 0;
        for state in self.store.channel_states().await?.into_iter().filter(|state| config.channels.keys().any(|id| id.as_str() == state.channel)) {
            let kind = format!("channel {}", state.channel);
            let mut tx = self.store.begin_alerts().await?;
            let notice = if let Some(at) = state.disabled_at {
                tx.trouble_begins(&kind, state.disabled_reason.as_deref().unwrap_or_default()).await?.map(|_| Notice {
                    kind: NoticeKind::EndpointDisabled,
                    priority: Priority::High,
                    thread: digest::thread("trouble", &kind),
                    title: format!("Channel {} is switched off", state.channel),
                    text: "Nothing is sent to it any more; what it should have got waits.".to_owned(),
                    facts: facts(&[
                        ("Reason", state.disabled_reason.clone()),
                        ("Failing since", state.failing_since.map(moment)),
                        ("Last error", state.last_error.clone()),
                    ]),
                    items: Vec::new(),
                    advice: Some(format!("Mend the endpoint, then run: presswatch alerts enable {}", state.channel)),
                    page: "alerts".to_owned(),
                    at,
                })
            } else {
                let now = self.store.clock().await?;
                tx.trouble_ends(&kind).await?.map(|since| recovered(&kind, &format!("Channel {} is on again", state.channel), since, now, "alerts"))
            };
            written += write(config, &mut tx, notice).await?;
            tx.commit().await?;
        }
        Ok(written)
    }

    async fn source_changes(&self, config: &Config) -> Result<usize, StoreError> {
        let mut tx = self.store.begin_alerts().await?;
        let changes = tx.source_changes(config.operator.collect).await?;
        let names: HashMap<&str, &str> = config.sources.iter().map(|source| (source.id.as_str(), source.name.as_str())).collect();
        let lost = |state: SourceState| config.operator.sources.contains(&state);
        let now = self.store.clock().await?;
        let mut written = 0;
        let (worse, rest): (Vec<SourceChange>, Vec<SourceChange>) = changes.into_iter().partition(|change| lost(change.to));
        let better: Vec<SourceChange> =
            rest.into_iter().filter(|change| lost(change.from) && matches!(change.to, SourceState::Ok | SourceState::Quiet)).collect();
        if !worse.is_empty() {
            let heard = self.store.sources_heard().await?;
            written += write(config, &mut tx, Some(changed(&worse, NoticeKind::SourcesFailing, &names, heard, now))).await?;
        }
        if !better.is_empty() {
            let heard = self.store.sources_heard().await?;
            written += write(config, &mut tx, Some(changed(&better, NoticeKind::SourcesRecovered, &names, heard, now))).await?;
        }
        tx.commit().await?;
        Ok(written)
    }

    async fn most_sources_fail(&self, config: &Config) -> Result<usize, StoreError> {
        let heard = self.store.sources_heard().await?;
        let now = self.store.clock().await?;
        let mut tx = self.store.begin_alerts().await?;
        let notice = if heard.all >= SOURCES_LEAST && heard.failing * 2 > heard.all {
            tx.trouble_begins(MOST_FAIL, "").await?.map(|_| Notice {
                kind: NoticeKind::Trouble,
                priority: Priority::High,
                thread: digest::thread("trouble", MOST_FAIL),
                title: format!("{} of {} sources fail", heard.failing, heard.all),
                text: "When most sources fail at once, it is mostly the way to them: the network of this machine, its name server, a proxy. Until it is mended, \
                       next to nothing is heard."
                    .to_owned(),
                facts: heard_facts(heard),
                items: Vec::new(),
                advice: Some("Look at the network of this machine; presswatch sources list --failing shows each source's error.".to_owned()),
                page: "sources".to_owned(),
                at: now,
            })
        } else if heard.failing * 3 < heard.all {
            // Well below where it began, so that it does not come and go.
            tx.trouble_ends(MOST_FAIL).await?.map(|since| recovered(MOST_FAIL, "Most sources are heard again", since, now, "sources"))
        } else {
            None
        };
        let written = write(config, &mut tx, notice).await?;
        tx.commit().await?;
        Ok(written)
    }

    async fn weekly(&self, config: &Config) -> Result<usize, StoreError> {
        let Some(policy) = config.operator.weekly.as_ref().filter(|_| !config.operator.channels.is_empty()) else { return Ok(0) };
        let now = self.store.clock().await?;
        let due = schedule::last_due(policy, now);
        let mut tx = self.store.begin_alerts().await?;
        let Some(first) = tx.close_period(OPERATOR, due).await? else { return Ok(0) };
        let mut written = 0;
        if !first {
            let since = schedule::last_due(policy, due - SignedDuration::from_secs(1));
            let heard = self.store.sources_heard().await?;
            let (stories, alerts) = self.store.done_since(since).await?;
            let mut facts = heard_facts(heard);
            facts.push(("Stories kept".to_owned(), stories.to_string()));
            facts.push(("Alerts".to_owned(), alerts.to_string()));
            let well = heard.lost * 10 <= heard.all;
            let title = format!(
                "{}: {} sources heard, {} quiet, {alerts} alerts",
                if well { "All is well" } else { "Presswatch runs" },
                heard.heard,
                heard.quiet
            );
            let notice = Notice {
                kind: NoticeKind::AllIsWell,
                priority: Priority::Low,
                thread: digest::thread("weekly", OPERATOR),
                title,
                text: format!("From {} to {}. When this message does not come, presswatch does not run.", moment(since), moment(due)),
                facts,
                items: Vec::new(),
                advice: (!well).then(|| "Sources that are not heard: presswatch sources list --failing".to_owned()),
                page: "sources".to_owned(),
                at: due,
            };
            written = write(config, &mut tx, Some(notice)).await?;
        }
        tx.commit().await?;
        Ok(written)
    }

    /// A sign of life for the channels of `[heartbeat]`, once in each of its periods however many daemons run.
    pub async fn heartbeat(&self, config: &Config) -> Result<usize, StoreError> {
        let Some(heartbeat) = config.heartbeat.as_ref().filter(|heartbeat| !heartbeat.channels.is_empty()) else { return Ok(0) };
        let now = self.store.clock().await?;
        let every = i64::try_from(heartbeat.channels_every.as_secs()).unwrap_or(i64::MAX).max(1);
        let period = now.as_second().div_euclid(every);
        let heard = self.store.sources_heard().await?;
        let notice = Notice {
            kind: NoticeKind::AllIsWell,
            priority: Priority::Low,
            thread: digest::thread("heartbeat", OPERATOR),
            title: format!("Presswatch runs: {} of {} sources heard", heard.heard, heard.all),
            text: "A sign of life. When it stays away, presswatch does not run.".to_owned(),
            facts: heard_facts(heard),
            items: Vec::new(),
            advice: None,
            page: "sources".to_owned(),
            at: now,
        };
        let mut tx = self.store.begin_alerts().await?;
        let alerts = addressed(config, &heartbeat.channels, &notice, &[b"heartbeat".to_vec(), period.to_be_bytes().to_vec()]);
        let written = tx.insert_alerts(&alerts).await?.len();
        tx.commit().await?;
        Ok(written)
    }

    /// Tells that the database did not take anything from `since` on, and does again.
    pub async fn database_is_back(&self, since: Timestamp) -> Result<usize, StoreError> {
        let config = self.config.borrow().clone();
        let now = self.store.clock().await?;
        let mut tx = self.store.begin_alerts().await?;
        let notice = recovered("database", "The database takes writes again", since, now, "sources");
        let written = write(&config, &mut tx, Some(notice)).await?;
        tx.commit().await?;
        Ok(written)
    }
}

/// The way round the outbox, for the one thing that cannot be written to it: that the database takes nothing.
#[derive(Debug)]
pub struct Direct<'a> {
    pub config: &'a Config,
    pub channels: &'a Channels,
}

impl Direct<'_> {
    /// Tells the operator's channels, each once, without trying again. How many took it.
    pub async fn database_is_away(&self, error: &StoreError, since: Timestamp, now: Timestamp) -> usize {
        let notice = Notice {
            kind: NoticeKind::Trouble,
            priority: Priority::Critical,
            thread: digest::thread("trouble", "database"),
            title: "The database takes nothing".to_owned(),
            text: "Nothing is read, stored or alerted until it does. Nothing is lost: sources are read again where they were left, as far back as they list."
                .to_owned(),
            facts: facts(&[("Since", Some(moment(since))), ("Error", Some(words::line(&error.to_string(), 300)))]),
            items: Vec::new(),
            advice: Some("Look at the database server: is it running, is its disk full? presswatch db status".to_owned()),
            page: "sources".to_owned(),
            at: now,
        };
        let mut taken = 0;
        for alert in addressed(self.config, &self.config.operator.channels, &notice, &[]) {
            for recipient in &alert.recipients {
                let delivery = ClaimedDelivery {
                    id: DeliveryId::new(now),
                    alert: alert.id,
                    channel: alert.channel.clone(),
                    recipient: recipient.clone(),
                    attempt: 1,
                    generation: 0,
                    created_at: now,
                    content: alert.content.clone(),
                };
                if matches!(self.channels.send(&delivery, now).await, DeliveryOutcome::Delivered { .. }) {
                    taken += 1;
                }
            }
        }
        taken
    }
}

async fn write(config: &Config, tx: &mut crate::store::alerting::AlertTx, notice: Option<Notice>) -> Result<usize, StoreError> {
    let Some(notice) = notice else { return Ok(0) };
    let at = notice.at.as_microsecond().to_be_bytes().to_vec();
    let alerts = addressed(config, &config.operator.channels, &notice, &[notice.thread.as_bytes().to_vec(), at]);
    Ok(tx.insert_alerts(&alerts).await?.len())
}

fn addressed(config: &Config, channels: &[crate::model::ChannelId], notice: &Notice, parts: &[Vec<u8>]) -> Vec<NewAlert> {
    // Any name: notices belong to no list, and their kinds are theirs alone.
    let Ok(owner) = WatchlistId::new("operator") else { return Vec::new() };
    compose::distinct(channels, &config.channels)
        .map(|channel| {
            let key = compose::dedup_key(&owner, &channel.id, notice.kind.as_str(), parts);
            compose::message(Content::Notice(Box::new(notice.clone())), channel, key, notice.at)
        })
        .collect()
}

fn changed(changes: &[SourceChange], kind: NoticeKind, names: &HashMap<&str, &str>, heard: SourcesHeard, now: Timestamp) -> Notice {
    let name = |id: &str| names.get(id).map_or_else(|| id.to_owned(), |name| words::line(name, 120));
    let worse = kind == NoticeKind::SourcesFailing;
    let title = match changes {
        [one] if worse => format!("{} is {}", name(&one.source), one.to.as_str()),
        [one] => format!("{} is heard again", name(&one.source)),
        many if worse => format!("{} sources are not heard as they should be", many.len()),
        many => format!("{} sources are heard again", many.len()),
    };
    let item = |change: &SourceChange| NoticeItem {
        title: format!("{} ({})", name(&change.source), change.source),
        text: match (worse, change.advice.as_str()) {
            (true, "") => format!("{}: {}", change.to.as_str(), change.reason),
            (true, advice) => format!("{}: {} {advice}", change.to.as_str(), change.reason),
            (false, _) => format!("was {}: {}", change.from.as_str(), change.reason),
        },
        page: Some(format!("sources/{}", change.source)),
    };
    let mut items: Vec<NoticeItem> = changes.iter().take(ITEMS).map(item).collect();
    if changes.len() > ITEMS {
        items.push(NoticeItem { title: format!("{} more", changes.len() - ITEMS), text: "see the page of all sources".to_owned(), page: None });
    }
    Notice {
        kind,
        priority: if worse { Priority::Normal } else { Priority::Low },
        thread: digest::thread("sources", OPERATOR),
        title,
        text: if worse { "What these sources report may be missed until they are heard again." } else { "They are read as before." }.to_owned(),
        facts: heard_facts(heard),
        items,
        advice: None,
        page: "sources".to_owned(),
        at: now,
    }
}

fn recovered(kind: &str, title: &str, since: Timestamp, now: Timestamp, page: &str) -> Notice {
    let minutes = now.duration_since(since).as_secs().max(0) / 60;
    Notice {
        kind: NoticeKind::Recovered,
        priority: Priority::Low,
        thread: digest::thread("trouble", kind),
        title: title.to_owned(),
        text: format!("The trouble began at {} and lasted {} h {} min.", moment(since), minutes / 60, minutes % 60),
        facts: Vec::new(),
        items: Vec::new(),
        advice: None,
        page: page.to_owned(),
        at: now,
    }
}

fn heard_facts(heard: SourcesHeard) -> Vec<(String, String)> {
    facts(&[
        ("Sources heard", Some(format!("{} of {}", heard.heard, heard.all))),
        ("Quiet beyond their habit", Some(heard.quiet.to_string())),
        ("Not heard", Some(heard.lost.to_string())),
    ])
}

fn facts(given: &[(&str, Option<String>)]) -> Vec<(String, String)> {
    let known = given.iter().filter_map(|(label, value)| Some(((*label).to_owned(), value.clone()?)));
    known.filter(|(_, value)| !value.is_empty()).collect()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
