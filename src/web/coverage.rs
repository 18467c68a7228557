//! Whom we hear, by country: what the first page and the pages of countries count.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::config::Config;
use crate::gather::health;
use crate::model::{SourceState, Standing};
use crate::store::SourceStanding;
use crate::web::source_health::Condition;
use crate::web::view::When;

/// News within this time: heard today.
const TODAY: Duration = Duration::from_hours(24);

/// How the sources of one country, or of all, stand. Every source is in one of these, but `expected`, which is all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub expected: usize,
    /// Brought something new within a day.
    pub heard: usize,
    /// Answers, and its silence is its habit.
    pub usual: usize,
    /// Answers, and is silent beyond its habit.
    pub quiet: usize,
    /// A wall stands before it.
    pub blocked: usize,
    /// Fails, has ended, or seems to be somebody else's.
    pub broken: usize,
    /// Not polled yet.
    pub waiting: usize,
}

impl Counts {
    /// Not heard, though something should be.
    pub fn silent(self) -> usize {
        self.quiet + self.blocked + self.broken
    }

    /// Something was polled there, and nothing is heard.
    pub fn is_blind(self) -> bool {
        self.expected > self.waiting && self.heard + self.usual == 0
    }
}

/// A source that is not heard.
#[derive(Debug, Clone)]
pub struct Silent {
    pub id: String,
    pub name: String,
    /// Code; `None` for an international one.
    pub country: Option<String>,
    /// `quiet`, `blocked`, `failing`, `gone` or `hijacked?`.
    pub word: &'static str,
    pub class: &'static str,
    pub reason: String,
    pub advice: &'static str,
    pub evidence: Vec<String>,
    pub since: Option<When>,
    pub last_heard: Option<When>,
    rank: u8,
}

/// All sources.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    pub totals: Counts,
    /// By code; the empty one for international sources.
    pub countries: BTreeMap<String, Counts>,
    /// Those who should be looked at first come first.
    pub silent: Vec<Silent>,
    /// The country of each configured source.
    pub country_of: HashMap<String, Option<String>>,
}

impl Coverage {
    /// Judges every configured source that is switched on.
    pub fn of(config: &Config, standings: &[SourceStanding], now: Timestamp) -> Self {
        let known: HashMap<&str, &SourceStanding> = standings.iter().map(|row| (row.source_id.as_str(), row)).collect();
        let mut coverage = Self::default();
        for source in &config.sources {
            let country = source.country.map(|code| code.to_string());
            coverage.country_of.insert(source.id.to_string(), country.clone());
            if !source.enabled {
                continue;
            }
            let facts = known.get(source.id.as_str()).map(|row| row.facts.clone()).unwrap_or_default();
            let standing = health::assess(&facts, now);
            let today = facts.last_item_at.is_some_and(|at| now.duration_since(at) <= jiff::SignedDuration::try_from(TODAY).unwrap_or_default());
            for counts in [&mut coverage.totals, coverage.countries.entry(country.clone().unwrap_or_default()).or_default()] {
                counts.expected += 1;
                match standing.state {
                    SourceState::Ok | SourceState::Moved if today => counts.heard += 1,
                    SourceState::Ok | SourceState::Moved => counts.usual += 1,
                    SourceState::Quiet => counts.quiet += 1,
                    SourceState::Blocked => counts.blocked += 1,
                    SourceState::Failing | SourceState::Gone | SourceState::Hijacked => counts.broken += 1,
                    SourceState::New => counts.waiting += 1,
                }
            }
            let last_heard = facts.last_item_at.map(|at| When::ago(at, now));
            coverage.silent.extend(silent(standing, last_heard, now).map(|silent| Silent {
                id: source.id.to_string(),
                name: source.name.clone(),
                country,
                ..silent
            }));
        }
        coverage.silent.sort_by(|a, b| (a.rank, &a.country, &a.name).cmp(&(b.rank, &b.country, &b.name)));
        coverage
    }

    /// The countries of sources that can tell of a country: its own and international ones; all, where none is named.
    pub fn may_tell(&self, source: &str, country: Option<&str>) -> bool {
        let Some(country) = country else { return true };
        self.country_of.get(source).is_none_or(|of| of.as_deref().is_none_or(|of| of == country))
    }
}

fn silent(standing: Standing, last_heard: Option<When>, now: Timestamp) -> Option<Silent> {
    let (word, condition, rank) = match standing.state {
        SourceState::Hijacked => ("hijacked?", Condition::Failing, 0),
        SourceState::Gone => ("gone", Condition::Failing, 1),
        SourceState::Blocked => ("blocked", Condition::Failing, 2),
        SourceState::Failing => ("failing", Condition::Failing, 3),
        SourceState::Quiet => ("quiet", Condition::Quiet, 4),
        SourceState::Ok | SourceState::Moved | SourceState::New => return None,
    };
    Some(Silent {
        id: String::new(),
        name: String::new(),
        country: None,
        word,
        class: condition.as_str(),
        reason: standing.reason,
        advice: standing.advice,
        evidence: standing.evidence,
        since: standing.since.map(|at| When::new(at, now)),
        last_heard,
        rank,
    })
}
