//! Reads `[watchlist.alert]` and `[watchlist.burst]`, and what of presswatch.toml is told to the operator.

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use crate::config::read::Placed;
use crate::config::read::watchlists::Reference;
use crate::config::toml_field::Field;
use crate::config::toml_file::Section;
use crate::config::{
    AlertMode, AlertPolicy, BurstPolicy, DigestEvery, DigestPolicy, DigestSort, EscalatePolicy, GroupBy, HeartbeatConfig, Hold, OperatorConfig,
    QuietHours, RateLimit, RepeatPolicy, UpdatePolicy,
};
use crate::model::{ChannelId, Priority, SourceState, UpdateReason};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Priorities with their names.
pub(super) const PRIORITIES: [(&str, Priority); 4] =
    [("low", Priority::Low), ("normal", Priority::Normal), ("high", Priority::High), ("critical", Priority::Critical)];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Names of channels with their places, to be looked up once all files are read.
type References = Vec<Placed<Reference>>;

/// What a list's own table is read beside.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) max_age: Duration,
    pub(super) zone: TimeZone,
    pub(super) priority: Priority,
}

/// `[watchlist.alert]`.
pub(super) fn alert(table: Option<&Section<'_>>, base: &Base, bursts: Option<&BurstPolicy>, references: &mut References) -> AlertPolicy {
    const GROUPS: [(&str, GroupBy); 3] = [("cluster", GroupBy::Cluster), ("language", GroupBy::Language), ("story", GroupBy::Story)];
    let nothing =
        AlertPolicy { max_age: base.max_age, digest: DigestPolicy { zone: base.zone.clone(), ..DigestPolicy::default() }, ..AlertPolicy::default() };
    let Some(table) = table else { return nothing };
    table.not_yet(&[
        ("burst", "bursts have a table of their own, [watchlist.burst]"),
        ("retention", "matches are kept as [retention] in presswatch.toml says"),
    ]);
    let mode = table.or("mode", AlertMode::Immediate, |field| mode(field, bursts));
    let channels = table.or("channels", Vec::new(), |field| channels(field, references));
    let repeat = table.optional("repeat", |field| repeat(&field.section()?));
    if repeat.is_some() && base.priority != Priority::Critical {
        let hint = "set priority = \"critical\", or remove repeat; to tell others of what nobody acknowledged, use escalate".to_owned();
        if let Some(field) = table.get("repeat") {
            field.report("only alerts of a list with priority \"critical\" are repeated", Some(hint));
        }
    }
    let escalate = table.optional("escalate", |field| escalate(&field.section()?, references));
    AlertPolicy {
        mode,
        channels,
        group_by: table.or("group_by", nothing.group_by, |field| field.choice(&GROUPS)),
        group_wait: table.or("group_wait", nothing.group_wait, |field| field.duration(Duration::ZERO..=HOUR)),
        max_age: table.or("max_age", nothing.max_age, |field| field.duration(HOUR..=365 * DAY)),
        min_score: table.or("min_score", nothing.min_score, |field| field.number(0.0..=1.0)),
        min_sources: table.or("min_sources", nothing.min_sources, |field| field.integer(1..=50)),
        update: table.or("update", nothing.update, |field| Some(update(&field.section()?))),
        rate_limit: table.optional("rate_limit", |field| rate_limit(&field.section()?)),
        quiet_hours: table.or("quiet_hours", Vec::new(), |field| field.list(|hours| quiet_hours(&hours.section()?, &base.zone))),
        digest: table.or("digest", nothing.digest, |field| Some(digest(&field.section()?, &base.zone, references))),
        repeat,
        escalate,
    }
}

fn mode(field: &Field<'_>, bursts: Option<&BurstPolicy>) -> Option<AlertMode> {
    const MODES: [(&str, (AlertMode, bool)); 4] = [
        ("immediate", (AlertMode::Immediate, false)),
        ("digest", (AlertMode::Digest, false)),
        ("silent", (AlertMode::Silent, false)),
        ("burst", (AlertMode::Silent, true)),
    ];
    let (mode, needs_burst) = field.choice(&MODES)?;
    if needs_burst && bursts.is_none() {
        field.report("\"burst\" tells bursts only, and the list has none", Some("add [watchlist.burst], or write \"silent\"".to_owned()));
    }
    Some(mode)
}

/// Names of channels.
fn channels(field: &Field<'_>, references: &mut References) -> Option<Vec<ChannelId>> {
    field.list(|channel| {
        let id = channel.parsed(ChannelId::new)?;
        references.push(Placed { value: Reference::Channel(id.clone()), place: channel.problem(format!("there is no channel \"{id}\"")) });
        Some(id)
    })
}

fn some_channels(field: &Field<'_>, references: &mut References) -> Option<Vec<ChannelId>> {
    let list = channels(field, references)?;
    if list.is_empty() && field.is_list() {
        field.report("must not be empty", Some("name a channel, or remove the table".to_owned()));
        return None;
    }
    Some(list)
}

fn update(table: &Section<'_>) -> UpdatePolicy {
    // Another person is told in any case: there is nothing to declare.
    let mut names = UpdateReason::ALL.map(|(reason, name)| (name, reason)).to_vec();
    names.retain(|(_, reason)| *reason != UpdateReason::NewPerson);
    let nothing = UpdatePolicy::default();
    UpdatePolicy {
        on: table.required("on", |field| field.list(|reason| reason.choice(&names))).unwrap_or_default(),
        min_interval: table.or("min_interval", nothing.min_interval, |field| field.duration(Duration::ZERO..=7 * DAY)),
        max: table.or("max_updates", nothing.max, |field| field.integer(1..=100)),
    }
}

fn rate_limit(table: &Section<'_>) -> Option<RateLimit> {
    let max = table.required("max", |field| field.integer(1..=10_000));
    let per = table.or("per", HOUR, |field| field.duration(MINUTE..=7 * DAY));
    let no_loss = "write \"digest\": an alert over the limit waits for the digest; none is dropped";
    table.optional("overflow", |field| field.choice_or_later(&[("digest", ())], &["drop"], no_loss));
    Some(RateLimit { max: max?, per })
}

fn quiet_hours(table: &Section<'_>, zone: &TimeZone) -> Option<QuietHours> {
    let from = table.required("from", Field::time_of_day);
    let until = table.required("to", |field| {
        let until = field.time_of_day()?;
        if Some(until) == from {
            field.report(
                "is when they begin: the whole day would be quiet",
                Some("for a list that never alerts at once, write mode = \"digest\"".to_owned()),
            );
            return None;
        }
        Some(until)
    });
    let zone = table.or("tz", zone.clone(), Field::time_zone);
    let hold = table.or("hold", Hold::Digest, |field| field.choice(&[("digest", Hold::Digest), ("wait", Hold::UntilEnd)]));
    let (mut break_through, mut bursts_break_through) = (Vec::new(), false);
    let mut names: Vec<(&str, Option<Priority>)> = PRIORITIES.iter().map(|(name, priority)| (*name, Some(*priority))).collect();
    names.push(("burst", None));
    for chosen in table.or("break_through", Vec::new(), |field| field.list(|name| name.choice(&names))) {
        match chosen {
            Some(priority) => break_through.push(priority),
            None => bursts_break_through = true,
        }
    }
    Some(QuietHours { from: from?, until: until?, zone, hold, break_through, bursts_break_through })
}

fn digest(table: &Section<'_>, zone: &TimeZone, references: &mut References) -> DigestPolicy {
    const SORTS: [(&str, DigestSort); 4] =
        [("country", DigestSort::Country), ("score", DigestSort::Score), ("time", DigestSort::Time), ("publishers", DigestSort::Publishers)];
    let base = DigestPolicy::default();
    let (every, at, zone) = schedule(table, zone, base.every, base.at);
    DigestPolicy {
        every,
        at,
        zone,
        channels: table.optional("channels", |field| some_channels(field, references)),
        max_items: table.or("max_items", base.max_items, |field| field.integer(1..=500)),
        send_empty: table.or("empty", false, |field| field.choice(&[("skip", false), ("send", true)])),
        sort: table.or("sort", base.sort, |field| field.list(|name| name.choice(&SORTS))),
    }
}

/// `every`, `weekday`, `at`, `tz`.
fn schedule(table: &Section<'_>, zone: &TimeZone, every: DigestEvery, at: Time) -> (DigestEvery, Time, TimeZone) {
    const EVERY: [(&str, u8); 3] = [("hour", 0), ("day", 1), ("week", 2)];
    let given = table.get("every").and_then(|field| field.choice(&EVERY));
    let weekday = table.optional("weekday", |field| field.choice(&WEEKDAYS));
    let every = match (given, every) {
        (Some(0), _) => DigestEvery::Hour,
        (Some(1), _) => DigestEvery::Day,
        (Some(_), _) | (None, DigestEvery::Week(_)) => DigestEvery::Week(weekday.unwrap_or(Weekday::Monday)),
        (None, other) => other,
    };
    if let (Some(field), false) = (table.get("weekday"), matches!(every, DigestEvery::Week(_))) {
        field.report("only a weekly digest has a weekday", Some("write every = \"week\", or remove weekday".to_owned()));
    }
    (every, table.or("at", at, Field::time_of_day), table.or("tz", zone.clone(), Field::time_zone))
}

fn repeat(table: &Section<'_>) -> Option<RepeatPolicy> {
    let every = table.required("every", |field| field.duration(MINUTE..=DAY));
    let max = table.or("max", 12, |field| field.integer(1..=200));
    Some(RepeatPolicy { every: every?, max })
}

fn escalate(table: &Section<'_>, references: &mut References) -> Option<EscalatePolicy> {
    let after = table.required("after", |field| field.duration(MINUTE..=7 * DAY));
    let channels = table.required("channels", |field| some_channels(field, references));
    Some(EscalatePolicy { after: after?, channels: channels? })
}

/// `[watchlist.burst]`.
pub(super) fn burst(table: &Section<'_>, references: &mut References) -> BurstPolicy {
    table.optional("unit", |field| field.choice(&[("cluster_sources", ())]));
    let per_country = table.optional("per", |field| field.choice(&[("country", ())])).is_some();
    let window = table.or("window", HOUR, |field| field.duration(15 * MINUTE..=DAY));
    let baseline = table.or("baseline", 28 * DAY, |field| field.duration(7 * DAY..=180 * DAY));
    let min_history = table.or("min_history", 8 * DAY, |field| {
        let history = field.duration(7 * DAY..=180 * DAY)?;
        if history > baseline {
            field.report("is longer than baseline: nothing would ever be a burst", Some("make baseline longer, or this shorter".to_owned()));
            return None;
        }
        Some(history)
    });
    let escalation = table.optional("escalate", Field::section);
    let priority = escalation.as_ref().and_then(|section| section.optional("priority", |field| field.choice(&PRIORITIES)));
    let channels = escalation.as_ref().map(|section| section.or("channels", Vec::new(), |field| channels(field, references))).unwrap_or_default();
    BurstPolicy {
        per_country,
        window,
        baseline,
        min_history,
        min_count: table.or("min_count", 5, |field| field.integer(2..=10_000)),
        min_sources: table.or("min_sources", 4, |field| field.integer(2..=10_000)),
        z: table.or("z", 3.0, |field| field.number(1.0..=20.0)),
        cooldown: table.or("cooldown", 6 * HOUR, |field| field.duration(15 * MINUTE..=7 * DAY)),
        priority,
        channels,
    }
}

/// `[operator]` of presswatch.toml.
pub(super) fn operator(table: &Section<'_>, references: &mut References) -> OperatorConfig {
    let states: Vec<(&str, SourceState)> = OperatorConfig::SOURCES.iter().map(|state| (state.as_str(), *state)).collect();
    let base = OperatorConfig::default();
    let default_weekly = base.weekly.clone().unwrap_or_default();
    OperatorConfig {
        channels: table.or("channels", Vec::new(), |field| channels(field, references)),
        sources: table.or("sources", base.sources, |field| field.list(|state| state.choice(&states))),
        collect: table.or("collect", base.collect, |field| field.duration(MINUTE..=DAY)),
        weekly: match table.get("weekly") {
            None => base.weekly,
            Some(field) if field.boolean_if() == Some(false) => None,
            Some(field) => field.section().map(|section| {
                let (every, at, zone) = schedule(&section, &TimeZone::UTC, default_weekly.every, default_weekly.at);
                DigestPolicy { every, at, zone, ..default_weekly }
            }),
        },
    }
}

/// `[heartbeat]` of presswatch.toml.
pub(super) fn heartbeat(table: &Section<'_>, references: &mut References) -> Option<HeartbeatConfig> {
    let url = table.optional("url", Field::web_address);
    let every = table.or("every", 5 * MINUTE, |field| field.duration(MINUTE..=DAY));
    let channels = table.or("channels", Vec::new(), |field| channels(field, references));
    let channels_every = table.or("channels_every", DAY, |field| field.duration(HOUR..=7 * DAY));
    if table.get("url").is_none() && channels.is_empty() {
        table.report(
            "neither url nor channels is given: nobody would notice our silence",
            Some("add url = \"https://...\" or channels = [\"...\"]".to_owned()),
        );
        return None;
    }
    Some(HeartbeatConfig { url, every, channels, channels_every })
}
