//! From mentions to labels: weights by kind and place, shared names resolved by the rest of the story.

use std::collections::HashMap;

use crate::model::{CountryCode, CountryLabel, CountryRole, Evidence, Field, Language};
use crate::understand::classify::countries::Tables;
use crate::understand::classify::countries::find::{Mention, Reading, mentions};
use crate::understand::classify::countries::table::Kind;
use crate::understand::classify::countries::words::{Gap, Word, words_of};

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
/// A place name between other capitalized words is likely a person's.
const PERSON_FACTOR: f32 = 0.25;
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
    let mut placed = Vec::new();
    for (field, content) in [(Field::Title, title), (Field::Text, text)] {
        let words = words_of(content);
        let found = mentions(tables, content, &words, language);
        let lead_end = content.char_indices().nth(LEAD_CHARS).map_or(content.len(), |(at, _)| at);
        let title_case = is_title_case(&words);
        for mention in found {
            let mut factor = match field {
                Field::Title => TITLE_FACTOR,
                _ if is_dateline(content, &mention) => DATELINE_FACTOR,
                _ if mention.start < lead_end => LEAD_FACTOR,
                _ => 1.0,
            };
            if !title_case && is_person(content, &words, &mention) {
                factor *= PERSON_FACTOR;
            }
            if mention.readings.first().is_some_and(|reading| reading.kind == Kind::Adjective) && names_power(&words, &mention) {
                factor *= 3.7;
            }
            placed.push(Placed { field, mention, factor, text: content });
        }
    }
    let mut sure: HashMap<CountryCode, f32> = HashMap::new();
    for Placed { mention, factor, .. } in &placed {
        if let Some(country) = only_country(&mention.readings)
            && let Some(reading) = mention.readings.first()
        {
            *sure.entry(country).or_default() += weight(reading.kind) * factor;
        }
    }
    if let Some(country) = source_country {
        *sure.entry(country).or_default() += SOURCE_WORTH;
    }
    let mut votes: HashMap<CountryCode, Vec<Vote>> = HashMap::new();
    for Placed { field, mention, factor, text } in placed {
        let Some(reading) = resolve(&mention.readings, &sure) else { continue };
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
        Kind::Institution | Kind::Namesake | Kind::Trap => 0.5,
    }
}

/// The country, where all readings agree.
fn only_country(readings: &[Reading]) -> Option<CountryCode> {
    let first = readings.first()?.country;
    readings.iter().all(|reading| reading.country == first).then_some(first)
}

/// The reading that the rest of the story speaks for; without such, the best known one.
fn resolve(readings: &[Reading], sure: &HashMap<CountryCode, f32>) -> Option<Reading> {
    let first = *readings.first()?;
    let support = |reading: &Reading| sure.get(&reading.country).copied().unwrap_or(0.0);
    let strongest = readings.iter().copied().fold(first, |best, reading| if support(&reading) > support(&best) { reading } else { best });
    let caution = if first.kind == Kind::Capital { CAPITAL_CAUTION } else { 1.0 };
    let chosen = if support(&strongest) > support(&first) * caution && support(&strongest) >= LEAST_WEIGHT { strongest } else { first };
    (chosen.kind != Kind::Namesake || support(&chosen) > 0.0).then_some(chosen)
}

/// `ALMATY (Reuters) -`, `PARIS, March 3 -`: the place that a report was sent from.
fn is_dateline(text: &str, mention: &Mention) -> bool {
    let before = text.get(..mention.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.chars().count() > 30 {
        return false;
    }
    let after: String = text.get(mention.end..).unwrap_or_default().chars().take(45).collect();
    let spelled = text.get(mention.start..mention.end).unwrap_or_default();
    let capitals = spelled.chars().filter(|c| c.is_alphabetic()).all(|c| !c.is_lowercase());
    let dash = |part: &str| part.contains(" - ") || part.contains(" — ") || part.contains(" – ") || part.contains("-- ");
    let first: String = after.chars().take(4).collect();
    dash(&first)
        || (after.starts_with(" (") && after.contains(')'))
        || (capitals && dash(&after) && (after.starts_with(',') || after.starts_with(" /")))
}

/// Whether nearly all longer words have a capital: then it tells no names.
fn is_title_case(words: &[Word]) -> bool {
    let long = words.iter().filter(|word| word.folded.len() > 3);
    let (all, capitals) = long.fold((0, 0), |(all, capitals), word| (all + 1, capitals + usize::from(word.capital)));
    all > 0 && capitals * 10 >= all * 6
}

/// A settlement's name beside another capitalized word: `Jordan Smith`, `Paris Hilton`.
fn is_person(text: &str, words: &[Word], mention: &Mention) -> bool {
    if !mention.readings.first().is_some_and(|reading| reading.kind.is_city())
        || !text.get(mention.start..).is_some_and(|rest| rest.starts_with(char::is_uppercase))
    {
        return false;
    }
    let next = words.get(mention.words.1).is_some_and(|word| {
        word.gap == Gap::Space && word.capital && !word.all_capitals && !OF_PLACES.contains(&word.folded.as_str()) && word.folded.chars().count() > 2
    });
    let before = mention.words.0.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| {
        let apart = words.get(mention.words.0).is_some_and(|own| own.gap == Gap::Space);
        apart && word.capital && word.gap != Gap::Break && word.folded.chars().count() > 2 && !BEFORE_PLACES.contains(&word.folded.as_str())
    });
    next || before
}

/// Capitalized words that follow a place's name and are no surnames.
const OF_PLACES: &[&str] = &[
    "city",
    "county",
    "police",
    "university",
    "airport",
    "mayor",
    "district",
    "province",
    "state",
    "region",
    "court",
    "hospital",
    "school",
    "high",
    "international",
    "street",
    "river",
    "times",
    "post",
    "news",
    "fire",
    "council",
    "town",
    "township",
    "area",
    "metropolitan",
    "department",
    "college",
    "public",
    "municipal",
    "central",
    "parish",
];

/// Capitalized words before a place's name that are no given names.
const BEFORE_PLACES: &[&str] = &[
    "in",
    "from",
    "near",
    "north",
    "south",
    "east",
    "west",
    "northern",
    "southern",
    "eastern",
    "western",
    "central",
    "downtown",
    "greater",
    "the",
    "new",
    "at",
    "of",
    "city",
    "university",
    "capital",
];

/// An adjective before a word for those in power names the state, not a person.
fn names_power(words: &[Word], mention: &Mention) -> bool {
    let near = |at: usize| words.get(at).is_some_and(|word| POWER.iter().any(|power| word.folded.starts_with(power)));
    near(mention.words.1) || near(mention.words.1 + 1) || mention.words.0.checked_sub(1).is_some_and(near)
}

/// Beginnings of such words.
const POWER: &[&str] = &[
    "government",
    "police",
    "court",
    "president",
    "prime",
    "minister",
    "ministry",
    "parliament",
    "authorit",
    "officials",
    "army",
    "military",
    "troops",
    "forces",
    "embassy",
    "capital",
    "city",
    "security",
    "prosecutor",
    "state",
    "regime",
    "border",
    "foreign",
    "правительств",
    "полици",
    "суд",
    "президент",
    "премьер",
    "министр",
    "министерств",
    "парламент",
    "власт",
    "арми",
    "военн",
    "посольств",
    "столиц",
    "прокур",
    "силовик",
    "спецслужб",
    "уряд",
    "поліці",
    "міністр",
    "прем",
    "влад",
    "армі",
    "gouvernement",
    "policier",
    "justice",
    "président",
    "premier",
    "ministre",
    "parlement",
    "autorit",
    "armée",
    "tribunal",
    "gobierno",
    "policía",
    "presidente",
    "ministro",
    "tribunal",
    "ejército",
    "governo",
    "polícia",
    "regierung",
    "polizei",
    "präsident",
    "gericht",
    "behörde",
];
