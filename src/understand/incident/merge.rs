//! What the reports of one event say together: each value with the number of independent publishers that say it.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::{DateBasis, FactKind, IncidentDraft, IncidentStatus, Named, Report};
use crate::understand::incident::{BUILT_IN, RELEASE};

/// Persons and numbers of people shown of one incident.
const NAMES_LIMIT: usize = 20;
/// What no release undoes.
const FINAL: [&str; 7] = ["killing", "physical_attack", "torture_ill_treatment", "threat_harassment", "surveillance", "raid_seizure", "cyberattack"];

/// One value over all reports.
#[derive(Debug)]
struct Vote<'a> {
    key: &'a str,
    /// Each way it is written, with how often.
    written: Vec<(&'a str, usize)>,
    count: Option<u32>,
    groups: BTreeSet<&'a str>,
    score: f32,
    first: Timestamp,
}

impl Vote<'_> {
    /// As most write it; of equally many, the shortest, which inflects least.
    fn named(&self) -> Named {
        let value = self.written.iter().max_by_key(|(text, times)| (*times, std::cmp::Reverse(text.chars().count()))).map_or("", |(text, _)| *text);
        Named {
            value: value.to_owned(),
            key: self.key.to_owned(),
            count: self.count,
            publishers: u32::try_from(self.groups.len()).unwrap_or(u32::MAX),
        }
    }
}

fn moment(report: &Report) -> Timestamp {
    report.published_at.unwrap_or(report.first_seen_at)
}

/// Joins reports of one event. `None` where none of them reports an incident.
pub fn merge(reports: &[Report]) -> Option<IncidentDraft> {
    let mut reports: Vec<&Report> = reports.iter().collect();
    reports.sort_by_key(|report| (moment(report), report.story));
    let telling = |report: &&&Report| report.facts.iter().any(|fact| fact.kind == FactKind::Topic);
    let tellers: Vec<&Report> = reports.iter().filter(telling).copied().collect();
    let first = tellers.first()?;

    let mut topics = votes(&reports, FactKind::Topic);
    topics.sort_by_key(|vote| BUILT_IN.iter().position(|id| *id == vote.key).unwrap_or(BUILT_IN.len()));
    rank(&mut topics);
    let main = topics.iter().position(|vote| vote.key != RELEASE).unwrap_or(0);
    let topic = topics.get(main)?.key.to_owned();
    let other_topics = topics.iter().filter(|vote| vote.key != topic).map(|vote| vote.key.to_owned()).collect();

    let top = |kind| {
        let mut found = votes(&reports, kind);
        rank(&mut found);
        found
    };
    let names = |kind| top(kind).iter().take(NAMES_LIMIT).map(Vote::named).collect::<Vec<_>>();
    let reported_day = top(FactKind::Date).first().and_then(|vote| vote.key.parse::<Date>().ok());
    let groups =
        |copies: bool| tellers.iter().filter(|report| copies || !report.copy).map(|report| report.publisher_group.as_str()).collect::<BTreeSet<_>>();
    // Where the originals are gone, their copies are still somebody's word.
    let publishers = groups(false).len().max(usize::from(!groups(true).is_empty()));
    Some(IncidentDraft {
        status: status(&reports, &topic),
        topic,
        other_topics,
        country: top(FactKind::Country).first().map(|vote| vote.key.to_owned()),
        place: top(FactKind::Place).first().map(Vote::named),
        date: reported_day.unwrap_or_else(|| TimeZone::UTC.to_datetime(moment(first)).date()),
        date_basis: if reported_day.is_some() { DateBasis::Reported } else { DateBasis::Published },
        actors: top(FactKind::Actor).iter().map(|vote| vote.key.to_owned()).collect(),
        persons: names(FactKind::Person),
        people: names(FactKind::People),
        publishers: u32::try_from(publishers).unwrap_or(u32::MAX),
        story: tellers.iter().find(|report| !report.copy).unwrap_or(first).story,
        first_seen_at: tellers.iter().map(|report| report.first_seen_at).min()?,
        last_seen_at: reports.iter().filter(|report| !report.facts.is_empty()).map(|report| report.first_seen_at).max()?,
    })
}

/// The last word counts: a denial after the last release contradicts, a release closes what can be closed.
fn status(reports: &[&Report], topic: &str) -> IncidentStatus {
    let last = |test: &dyn Fn(&Report) -> bool| reports.iter().filter(|report| test(report)).map(|report| moment(report)).max();
    let denied = last(&|report| report.facts.iter().any(|fact| fact.kind == FactKind::Denial));
    let released =
        last(&|report| report.facts.iter().any(|fact| fact.kind == FactKind::Topic && fact.key == RELEASE)).filter(|_| !FINAL.contains(&topic));
    match (denied, released) {
        (Some(denied), Some(released)) if denied > released => IncidentStatus::Contradicted,
        (_, Some(_)) => IncidentStatus::Released,
        (Some(_), None) => IncidentStatus::Contradicted,
        (None, None) => IncidentStatus::Open,
    }
}

fn votes<'a>(reports: &[&'a Report], kind: FactKind) -> Vec<Vote<'a>> {
    let mut found: Vec<Vote<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for report in reports {
        for fact in report.facts.iter().filter(|fact| fact.kind == kind) {
            let at = *known.entry(fact.key.as_str()).or_insert(found.len());
            if at == found.len() {
                found.push(Vote {
                    key: &fact.key,
                    written: Vec::new(),
                    count: fact.count,
                    groups: BTreeSet::new(),
                    score: 0.0,
                    first: moment(report),
                });
            }
            let Some(vote) = found.get_mut(at) else { continue };
            vote.score = vote.score.max(fact.score);
            if !report.copy {
                vote.groups.insert(&report.publisher_group);
            }
            match vote.written.iter_mut().find(|(text, _)| *text == fact.value) {
                Some((_, times)) => *times += 1,
                None => vote.written.push((&fact.value, 1)),
            }
        }
    }
    found
}

/// What most publishers say, then what is surest, then what was said first; else the order stays.
fn rank(votes: &mut [Vote<'_>]) {
    votes.sort_by(|a, b| b.groups.len().cmp(&a.groups.len()).then(b.score.total_cmp(&a.score)).then(a.first.cmp(&b.first)));
}
