//! What a list says of its alerts, and what the main file says of the operator.

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use presswatch::config::{
    AlertMode, AlertPolicy, BurstPolicy, DigestEvery, DigestPolicy, DigestSort, EscalatePolicy, HeartbeatConfig, Hold, OperatorConfig, QuietHours,
    RateLimit, RepeatPolicy, UpdatePolicy,
};
use presswatch::model::{ChannelId, Priority, SourceState, UpdateReason};

use super::{MAIN_FILE, errors, list, loaded, refused_list, refused_main, shown};

const CHANNELS: &str = "[channels.desk]\nkind = \"webhook\"\nurl = \"https://h.example/\"\nsecrets = [\"env:PATH\"]\n[channels.night]\nkind = \"webhook\"\nurl = \"https://n.example/\"\nsecrets = [\"env:PATH\"]\n";
const MINUTE: Duration = Duration::from_mins(1);

fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

fn zone(name: &str) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(name).unwrap()
}

fn time(hour: i8, minute: i8) -> Time {
    Time::new(hour, minute, 0, 0).unwrap()
}

#[test]
fn a_whole_policy_is_read() {
    let text = format!(
        "[defaults]\ntimezone = \"Asia/Almaty\"\n{CHANNELS}{}",
        list(
            "priority = \"critical\"
[watchlist.alert]
mode = \"immediate\"
channels = [\"desk\"]
group_by = \"cluster\"
group_wait = \"2m\"
update = { on = [\"new_country_source\", \"severity_up\", \"sources_x2\", \"correction\", \"any_new_source\"], min_interval = \"30m\", max_updates = 3 }
min_score = 0.35
min_sources = 2
rate_limit = { max = 12, per = \"2h\", overflow = \"digest\" }
quiet_hours = [{ from = \"22:00\", to = \"07:00\", hold = \"wait\", break_through = [\"critical\", \"burst\"] }, { from = \"12:00\", to = \"13:30\", tz = \"Europe/Paris\" }]
digest = { every = \"week\", weekday = \"friday\", at = \"07:30\", tz = \"Europe/Kyiv\", channels = [\"night\"], max_items = 10, empty = \"send\", sort = [\"publishers\", \"time\"] }
repeat = { every = \"15m\", max = 4 }
escalate = { after = \"45m\", channels = [\"night\"] }
[watchlist.burst]
unit = \"cluster_sources\"
per = \"country\"
window = \"3h\"
baseline = \"30d\"
min_history = \"10d\"
min_count = 6
min_sources = 5
z = 3.5
cooldown = \"12h\"
escalate = { priority = \"high\", channels = [\"night\"] }"
        )
    );
    let config = loaded(&[("watchlists.d/a.toml", &text)]);
    let read = &config.watchlists.lists[0];
    let expect = AlertPolicy {
        mode: AlertMode::Immediate,
        channels: vec![channel("desk")],
        group_wait: 2 * MINUTE,
        min_score: 0.35,
        min_sources: 2,
        update: UpdatePolicy {
            on: vec![
                UpdateReason::NewCountrySource,
                UpdateReason::SeverityUp,
                UpdateReason::SourcesDoubled,
                UpdateReason::Correction,
                UpdateReason::AnyNewSource,
            ],
            min_interval: 30 * MINUTE,
            max: 3,
        },
        rate_limit: Some(RateLimit { max: 12, per: 120 * MINUTE }),
        quiet_hours: vec![
            QuietHours {
                from: time(22, 0),
                until: time(7, 0),
                zone: zone("Asia/Almaty"),
                hold: Hold::UntilEnd,
                break_through: vec![Priority::Critical],
                bursts_break_through: true,
            },
            QuietHours {
                from: time(12, 0),
                until: time(13, 30),
                zone: zone("Europe/Paris"),
                hold: Hold::Digest,
                break_through: Vec::new(),
                bursts_break_through: false,
            },
        ],
        digest: DigestPolicy {
            every: DigestEvery::Week(Weekday::Friday),
            at: time(7, 30),
            zone: zone("Europe/Kyiv"),
            channels: Some(vec![channel("night")]),
            max_items: 10,
            send_empty: true,
            sort: vec![DigestSort::Publishers, DigestSort::Time],
        },
        repeat: Some(RepeatPolicy { every: 15 * MINUTE, max: 4 }),
        escalate: Some(EscalatePolicy { after: 45 * MINUTE, channels: vec![channel("night")] }),
        ..AlertPolicy::default()
    };
    assert_eq!(read.alert, expect);
    let burst = BurstPolicy {
        per_country: true,
        window: 180 * MINUTE,
        baseline: Duration::from_hours(30 * 24),
        min_history: Duration::from_hours(240),
        min_count: 6,
        min_sources: 5,
        z: 3.5,
        cooldown: Duration::from_hours(12),
        priority: Some(Priority::High),
        channels: vec![channel("night")],
    };
    assert_eq!(read.burst, Some(burst));
}

#[test]
fn a_digest_without_a_table_comes_daily_in_the_files_zone() {
    let text = format!("[defaults]\ntimezone = \"Asia/Almaty\"\n{CHANNELS}{}", list("[watchlist.alert]\nmode = \"digest\"\nchannels = [\"desk\"]"));
    let config = loaded(&[("watchlists.d/a.toml", &text)]);
    let policy = &config.watchlists.lists[0].alert;
    assert_eq!(policy.digest, DigestPolicy { zone: zone("Asia/Almaty"), ..DigestPolicy::default() });
    assert_eq!((policy.digest.every, policy.digest.at, policy.mode), (DigestEvery::Day, time(8, 0), AlertMode::Digest));
}

#[test]
fn a_wrong_key_of_a_policy_is_told_with_its_place_and_a_hint() {
    for (body, key, words) in [
        ("mode = \"digset\"", "mode", "did you mean \"digest\""),
        ("mode = \"burst\"", "mode", "add [watchlist.burst]"),
        ("min_sources = 0", "min_sources", "between 1 and 50"),
        ("update = { on = [\"severity\"] }", "update.on[0]", "did you mean \"severity_up\""),
        ("update = { min_interval = \"1h\" }", "update", "\"on\" is missing"),
        ("rate_limit = { max = 3, overflow = \"drop\" }", "rate_limit.overflow", "none is dropped"),
        ("rate_limit = { per = \"1h\" }", "rate_limit", "\"max\" is missing"),
        ("quiet_hours = [{ from = \"22:00\", to = \"7:00\" }]", "quiet_hours[0].to", "write \"07:30\""),
        ("quiet_hours = [{ from = \"24:00\", to = \"07:00\" }]", "quiet_hours[0].from", "is not a time of day"),
        ("quiet_hours = [{ from = \"22:00\", to = \"22:00\" }]", "quiet_hours[0].to", "the whole day"),
        ("quiet_hours = [{ from = \"22:00\", to = \"07:00\", tz = \"Asia/Almati\" }]", "quiet_hours[0].tz", "did you mean \"Asia/Almaty\""),
        ("quiet_hours = [{ from = \"22:00\", to = \"07:00\", tz = \"UTC+5\" }]", "quiet_hours[0].tz", "is not a time zone"),
        ("quiet_hours = [{ from = \"22:00\", to = \"07:00\", break_through = [\"urgent\"] }]", "quiet_hours[0].break_through[0]", "known are"),
        ("digest = { every = \"day\", weekday = \"monday\" }", "digest.weekday", "every = \"week\""),
        ("digest = { channels = [] }", "digest.channels", "must not be empty"),
        ("digest = { channels = [\"dsk\"] }", "digest.channels[0]", "there is no channel"),
        ("repeat = { every = \"15m\" }", "repeat", "priority = \"critical\""),
        ("escalate = { after = \"1h\" }", "escalate", "\"channels\" is missing"),
        ("escalate = { after = \"1h\", channels = [\"nigth\"] }", "escalate.channels[0]", "did you mean \"night\""),
    ] {
        let problems =
            errors(&[("watchlists.d/a.toml", &format!("{CHANNELS}{}", list(&format!("[watchlist.alert]\nchannels = [\"desk\"]\n{body}"))))]);
        assert_eq!(problems.len(), 1, "{body}: {}", shown(&problems));
        let said = problems[0].to_string();
        assert_eq!((problems[0].key.as_str(), problems[0].line), (format!("watchlist[0].alert.{key}").as_str(), 15), "{said}");
        assert!(said.contains(words), "{said}");
    }
    for (body, key, words) in [
        ("min_history = \"60d\"", "min_history", "longer than baseline"),
        ("per = \"city\"", "per", "known are \"country\""),
        ("z = 0.5", "z", "between 1 and 20"),
    ] {
        refused_list(&list(&format!("[watchlist.burst]\n{body}")), 6, &format!("watchlist[0].burst.{key}"), &[words]);
    }
    refused_list("[defaults]\ntimezone = \"Mars/Olympus\"\n", 2, "defaults.timezone", &["is not a time zone", "IANA"]);
}

#[test]
fn the_operator_is_told_by_channels_of_the_lists() {
    let main = "[operator]\nchannels = [\"desk\"]\nsources = [\"blocked\"]\ncollect = \"1m\"\nweekly = { weekday = \"sunday\", at = \"09:15\", tz = \"Asia/Tbilisi\" }\n[heartbeat]\nurl = \"https://pulse.example/x\"\nevery = \"1m\"\nchannels = [\"night\"]\n";
    let config = loaded(&[(MAIN_FILE, main), ("watchlists.d/a.toml", CHANNELS)]);
    let weekly = DigestPolicy { every: DigestEvery::Week(Weekday::Sunday), at: time(9, 15), zone: zone("Asia/Tbilisi"), ..DigestPolicy::default() };
    let expect = OperatorConfig { channels: vec![channel("desk")], sources: vec![SourceState::Blocked], collect: MINUTE, weekly: Some(weekly) };
    assert_eq!(config.operator, expect);
    let heartbeat = HeartbeatConfig {
        url: Some("https://pulse.example/x".parse().unwrap()),
        every: MINUTE,
        channels: vec![channel("night")],
        channels_every: Duration::from_hours(24),
    };
    assert_eq!(config.heartbeat, Some(heartbeat));

    let quiet = loaded(&[(MAIN_FILE, "[operator]\nweekly = false\n")]);
    assert_eq!((quiet.operator.weekly, quiet.heartbeat), (None, None));
    refused_main("[operator]\nchannels = [\"desk\"]\n", 2, "operator.channels[0]", &["there is no channel"]);
    refused_main("[operator]\nsources = [\"ok\"]\n", 2, "operator.sources[0]", &["known are"]);
    refused_main("[operator]\nweekly = true\n", 2, "operator.weekly", &["must be a table"]);
    refused_main("[heartbeat]\nevery = \"5m\"\n", 1, "heartbeat", &["nobody would notice"]);
}
