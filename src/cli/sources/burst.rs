//! `presswatch sources burst ID`: watches a source closely for a while.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::sources::{health, show};
use crate::cli::{Global, check, terminal};
use crate::config::units::{format_duration, parse_duration};

/// Nothing is watched closely for ever: what is, wants an interval of its own.
const LONGEST: Duration = Duration::from_hours(30 * 24);
const LEAST: Duration = Duration::from_mins(1);

/// Polls a source often until a moment, whatever its feed asks for; it ends by itself. Retry-After and the spacing of its domain still hold.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("end").required(true).args(["length", "until", "stop"]))]
pub struct Args {
    /// The source's id.
    id: String,
    /// The time between two polls.
    #[arg(long, default_value = "1m", value_parser = duration)]
    every: Duration,
    /// How long, such as 24h; 30d at most.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    length: Option<Duration>,
    /// Until when: 2026-05-04T18:00:00Z, or "2026-05-04 18:00" or 2026-05-04 in UTC.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Timestamp>,
    /// Ends it now.
    #[arg(long)]
    stop: bool,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let Some(source) = show::find(&config, &args.id) else { return Ok(ExitCode::FAILURE) };
    let least = if config.gather.dangerously_short_intervals { Duration::from_secs(1) } else { LEAST };
    if args.every < least {
        bail!("--every {} is too short: at least {}", format_duration(args.every), format_duration(least));
    }
    let burst = match (args.length, args.until) {
        (Some(length), _) => Some(length),
        (None, Some(until)) => Some(Duration::try_from(until.duration_since(Timestamp::now())).context("--until lies in the past")?),
        (None, None) => None,
    };
    if let Some(length) = burst.filter(|length| *length > LONGEST) {
        bail!(
            "{} is too long: at most {}; a source that is always to be polled often wants an interval_max of its own",
            format_duration(length),
            format_duration(LONGEST)
        );
    }
    let set = health::ask(&config, async |store| Ok(store.set_burst(&source.id, burst.map(|length| (args.every, length))).await?))?;
    let Some(set) = set else {
        bail!("no daemon runs here: start it with `presswatch run`, or name its database in database.url");
    };
    let Some(until) = set else {
        bail!("the daemon does not poll \"{}\": it is switched off, or new since the last reload", source.id);
    };
    if global.json {
        let burst = burst.map(|_| json!({ "every_seconds": args.every.as_secs(), "until": until.to_string() }));
        terminal::json(&json!({ "id": source.id.as_str(), "burst": burst }));
    } else if burst.is_some() {
        terminal::line(&format!("{} is polled every {} until {}", source.id, format_duration(args.every), until.strftime("%Y-%m-%d %H:%M UTC")));
    } else {
        terminal::line(&format!("{} is polled at its own pace", source.id));
    }
    Ok(ExitCode::SUCCESS)
}

fn duration(text: &str) -> Result<Duration, String> {
    let found = parse_duration(text).filter(|duration| !duration.is_zero());
    found.ok_or_else(|| "write a whole number and s, m, h or d: \"1m\", \"24h\"".to_owned())
}

/// A moment with its offset, or a date with or without a time in UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let plain = || text.parse::<DateTime>().ok().and_then(|at| TimeZone::UTC.to_timestamp(at).ok());
    text.parse::<Timestamp>().ok().or_else(plain).ok_or_else(|| "write a moment as 2026-05-04T18:00:00Z, or \"2026-05-04 18:00\" in UTC".to_owned())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_read_with_offset_and_in_utc() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(moment(text).ok().map(|at| at.to_string()).as_deref(), expect, "{text}");
        check("2026-05-04T18:00:00Z", Some("2026-05-04T18:00:00Z"));
        check("2026-05-04T18:00:00+06:00", Some("2026-05-04T12:00:00Z"));
        check("2026-05-04 18:00", Some("2026-05-04T18:00:00Z"));
        check("2026-05-04", Some("2026-05-04T00:00:00Z"));
        check("tomorrow", None);
        check("", None);
    }
}
