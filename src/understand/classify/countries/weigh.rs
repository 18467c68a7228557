//! From mentions to labels: weights by kind and place, shared names resolved by the rest of the story.

use std::collections::HashMap;

use crate::model::{CountryCode, CountryLabel, CountryRole, Evidence, Field, Language};
use crate::understand::classify::countries::Tables;
use crate::understand::classify::countries::context::{Context, settled_by_comma, telephones};
use crate::understand::classify::countries::find::{Mention, Reading, mentions};
use crate::understand::classify::countries::table::Kind;
use crate::understand::classify::countries::words::words_of;

/// A country with less weight is not labeled: one name, or two cities, or three adjectives.
const LEAST_WEIGHT: f32 = 0.9;
const TITLE_FACTOR: f32 = 2.5;
const LEAD_FACTOR: f32 = 1.6;
const LEAD_CHARS: usize = 250;
const DATELINE_FACTOR: f32 = 4.0;
/// What the source's own country is worth where a name is shared.
const SOURCE_WORTH: f32 = 0.8;
/// A capital is another place of its name only where that country's evidence is this many times stronger.
const CAPITAL_CAUTION: f32 = 3.0;
/// What a capital is worth by itself against places of its name; it gives way to a story of local places, not to one that names the country.
const CAPITAL_PRIOR: f32 = 0.5;
/// A story is local where the evidence for a country times this is all of it.
const LOCAL_SHARE: f32 = 1.5;
/// A place name between other capitalized words is likely a person's.
const PERSON_FACTOR: f32 = 0.25;
/// A street, or a person whose given name is a country's, speaks for no country.
const STREET_FACTOR: f32 = 0.03;
/// What an adjective gains beside a word for those in power.
const POWER_FACTOR: f32 = 3.7;
/// Weight that stands for certainty 0.63 in the score.
const SCORE_SCALE: f32 = 3.0;
/// A country with this share of the strongest one's weight is what the story is about too.
const ABOUT_SHARE: f32 = 0.5;
/// The most places shown for one label.
const MOST_EVIDENCE: usize = 20;

/// One place in the story that speaks for a country.
struct Vote {
    weight: f32,
    evidence: Evidence,
}

/// A mention with its field and its weight before it is known which country it is.
struct Placed<'a> {
    field: Field,
    mention: Mention,
    factor: f32,
    text: &'a str,
}

/// Labels a story.
pub fn label(
    tables: &Tables,
    title: &str,
    text: &str,
    language: &Language,
    source_country: Option<CountryCode>,
) -> (Vec<CountryLabel>, Option<CountryCode>) {
    let placed = placed(tables, title, text, language);
    let mut sure: HashMap<CountryCode, f32> = HashMap::new();
    let mut local: HashMap<CountryCode, f32> = HashMap::new();
    for Placed { mention, factor, .. } in &placed {
        if let Some(country) = only_country(&mention.readings)
            && let Some(reading) = mention.readings.first()
        {
            *sure.entry(country).or_default() += weight(reading.kind) * factor;
            if !matches!(reading.kind, Kind::Name | Kind::Exact | Kind::Adjective) {
                *local.entry(country).or_default() += weight(reading.kind) * factor;
            }
        }
    }
    if let Some(country) = source_country {
        *sure.entry(country).or_default() += SOURCE_WORTH;
    }
    let mut votes: HashMap<CountryCode, Vec<Vote>> = HashMap::new();
    for Placed { field, mention, factor, text } in placed {
        let Some(reading) = resolve(&mention.readings, &sure, &local) else { continue };
        let evidence = Evidence {
            field,
            start: mention.start,
            end: mention.end,
            text: text.get(mention.start..mention.end).unwrap_or_default().to_owned(),
            rule: reading.kind.rule().to_owned(),
        };
        votes.entry(reading.country).or_default().push(Vote { weight: weight(reading.kind) * factor, evidence });
    }
    labels(votes, source_country)
}

/// The mentions of both fields with their weights; what one of them settles holds for the others of the same name.
fn placed<'a>(tables: &Tables, title: &'a str, text: &'a str, language: &Language) -> Vec<Placed<'a>> {
    let mut placed = Vec::new();
    let mut settled: HashMap<String, Reading> = HashMap::new();
    for (field, content) in [(Field::Title, title), (Field::Text, text)] {
        let words = words_of(content);
        let mut found = mentions(tables, content, &words, language);
        settled_by_comma(&words, &found, &mut settled);
        found.extend(telephones(content, language));
        let lead_end = content.char_indices().nth(LEAD_CHARS).map_or(content.len(), |(at, _)| at);
        let context = Context::new(&tables.cues, content, &words);
        for mention in found {
            let mut factor = match field {
                Field::Title => TITLE_FACTOR,
                _ if context.is_dateline(&mention) => DATELINE_FACTOR,
                _ if mention.start < lead_end => LEAD_FACTOR,
                _ => 1.0,
            };
            if context.is_street(&mention) {
                factor *= STREET_FACTOR;
            } else if context.is_person(&mention) {
                factor *= if mention.readings.first().is_some_and(|reading| reading.kind.is_city()) { PERSON_FACTOR } else { STREET_FACTOR };
            }
            if mention.readings.first().is_some_and(|reading| reading.kind == Kind::Adjective) && context.names_power(&mention) {
                factor *= POWER_FACTOR;
            }
            placed.push(Placed { field, mention, factor, text: content });
        }
    }
    for Placed { mention, .. } in &mut placed {
        if let Some(reading) = settled.get(&mention.key) {
            mention.readings = vec![*reading];
        }
    }
    placed
}

/// Sums up, most weight first.
fn labels(votes: HashMap<CountryCode, Vec<Vote>>, source_country: Option<CountryCode>) -> (Vec<CountryLabel>, Option<CountryCode>) {
    let mut sums: Vec<(CountryCode, f32, Vec<Vote>)> = votes
        .into_iter()
        .map(|(country, votes)| (country, votes.iter().map(|vote| vote.weight).sum::<f32>(), votes))
        .filter(|(_, sum, _)| *sum >= LEAST_WEIGHT)
        .collect();
    let own = |country: CountryCode| if source_country == Some(country) { SOURCE_WORTH } else { 0.0 };
    sums.sort_by(|a, b| (b.1 + own(b.0)).total_cmp(&(a.1 + own(a.0))).then_with(|| a.0.as_str().cmp(b.0.as_str())));
    let strongest = sums.first().map_or(0.0, |(_, sum, _)| *sum);
    let main = sums.first().map(|(country, ..)| *country);
    let labels = sums
        .into_iter()
        .map(|(code, sum, mut votes)| {
            votes.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            votes.truncate(MOST_EVIDENCE);
            CountryLabel {
                code,
                role: if main == Some(code) || sum >= strongest * ABOUT_SHARE { CountryRole::About } else { CountryRole::Mentioned },
                score: 1.0 - (-sum / SCORE_SCALE).exp(),
                evidence: votes.into_iter().map(|vote| vote.evidence).collect(),
            }
        })
        .collect();
    (labels, main)
}

fn weight(kind: Kind) -> f32 {
    match kind {
        Kind::Name | Kind::Exact => 3.0,
        Kind::Region | Kind::Abbreviation => 2.0,
        Kind::Capital => 1.3,
        Kind::Metropolis => 1.0,
        Kind::City | Kind::Town => 0.8,
        Kind::Adjective => 0.35,
        Kind::Soft => 0.6,
        Kind::Institution | Kind::Telephone | Kind::Namesake | Kind::Trap => 0.5,
    }
}

/// The country, where all readings agree.
fn only_country(readings: &[Reading]) -> Option<CountryCode> {
    let first = readings.first()?.country;
    readings.iter().all(|reading| reading.country == first).then_some(first)
}

/// The reading that the rest of the story speaks for; without such, the best known one.
fn resolve(readings: &[Reading], sure: &HashMap<CountryCode, f32>, local: &HashMap<CountryCode, f32>) -> Option<Reading> {
    let first = *readings.first()?;
    let support = |reading: &Reading| sure.get(&reading.country).copied().unwrap_or(0.0);
    let strongest = readings.iter().copied().fold(first, |best, reading| if support(&reading) > support(&best) { reading } else { best });
    let stronger = if first.kind == Kind::Capital {
        let places = local.get(&strongest.country).copied().unwrap_or(0.0);
        places > (support(&first) + CAPITAL_PRIOR) * CAPITAL_CAUTION && places * LOCAL_SHARE > support(&strongest)
    } else {
        support(&strongest) > support(&first)
    };
    let chosen = if stronger && support(&strongest) >= SOURCE_WORTH { strongest } else { first };
    (chosen.kind != Kind::Namesake || support(&chosen) > 0.0).then_some(chosen)
}
