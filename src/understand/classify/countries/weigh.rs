//! From mentions to labels: what each weighs, which country an ambiguous name means, what is main.

use std::collections::BTreeMap;

use crate::model::{CountryCode, CountryLabel, CountryRole, Evidence, Field};
use crate::understand::classify::countries::Fields;
use crate::understand::classify::countries::endings::Script;
use crate::understand::classify::countries::find::Mention;
use crate::understand::classify::countries::table::{Kind, Reading, Table};

// Weights measured on labelled news: a name says most, an adjective little unless a body of the state follows it.
const NAME: f32 = 3.0;
const REGION: f32 = 2.0;
const CAPITAL: f32 = 1.3;
const CITY: f32 = 1.0;
const SMALL_CITY: f32 = 0.8;
const INSTITUTION: f32 = 1.0;
const PEOPLE: f32 = 0.35;
const PEOPLE_OFFICE: f32 = 1.3;
/// In thousands: a city of so many is a large one.
const LARGE_CITY: u32 = 500;
const TITLE: f32 = 2.5;
const LEAD: f32 = 1.6;
const DATELINE: f32 = 4.0;
/// The lead: so many characters from the text's beginning.
const LEAD_CHARACTERS: usize = 250;
/// Less is no label.
const LEAST: f32 = 0.9;
/// A country that is named again and again counts so often.
const MENTIONS: usize = 6;
/// Half of the score is reached at this weight.
const HALF: f32 = 2.0;
/// So much of the strongest country's weight makes another one `about` too.
const ABOUT_SHARE: f32 = 0.45;
/// What being the source's own country adds to one that the text speaks for.
const SOURCE_PRIOR: f32 = 1.0;
/// Evidence kept a country.
const EVIDENCE: usize = 12;

/// Words (their beginnings) after an adjective that make it stand for the state.
const OFFICES: &[&str] = &[
    "government",
    "police",
    "court",
    "president",
    "parliament",
    "authorit",
    "army",
    "military",
    "minist",
    "prosecutor",
    "journalist",
    "opposition",
    "election",
    "prime",
    "security",
    "officials",
    "troops",
    "lawmakers",
    "правительств",
    "полиц",
    "суд",
    "президент",
    "парламент",
    "власт",
    "арми",
    "министр",
    "оппозици",
    "журналист",
    "уряд",
    "поліц",
    "влад",
    "журналіст",
    "gouvernement",
    "policier",
    "gobierno",
    "policía",
];

/// Names of countries that are given names or words as well: not counted beside another capitalized word.
const GIVEN_NAMES: &[&str] =
    &["jordan", "chad", "georgia", "israel", "malta", "dominica", "guinea", "india", "kenya", "turkey", "mali", "panama", "china"];

#[derive(Debug, Default)]
struct Sum {
    weights: Vec<f32>,
    evidence: Vec<Evidence>,
}

impl Sum {
    fn total(&self) -> f32 {
        let mut weights = self.weights.clone();
        weights.sort_by(|a, b| b.total_cmp(a));
        weights.iter().take(MENTIONS).sum()
    }
}

/// Labels highest score first, and the main country.
pub fn weigh(
    table: &Table,
    fields: Fields<'_>,
    mentions: &[Mention],
    source_country: Option<CountryCode>,
) -> (Vec<CountryLabel>, Option<CountryCode>) {
    let kept: Vec<(&Mention, &[Reading])> = mentions
        .iter()
        .filter_map(|mention| table.readings.get(mention.name).map(|readings| (mention, readings.as_slice())))
        .filter(|(mention, readings)| !is_part_of_a_name(fields, mention, readings, mentions))
        .collect();
    // What the unambiguous names speak for.
    let mut support: BTreeMap<CountryCode, f32> = BTreeMap::new();
    for (mention, readings) in &kept {
        if let [reading] = readings {
            *support.entry(reading.code).or_default() += weight(fields, mention, *reading);
        }
    }
    if let Some(code) = source_country {
        *support.entry(code).or_default() += PEOPLE;
    }
    let mut sums: BTreeMap<CountryCode, Sum> = BTreeMap::new();
    for (mention, readings) in &kept {
        let Some(reading) = choose(readings, &support) else { continue };
        let sum = sums.entry(reading.code).or_default();
        sum.weights.push(weight(fields, mention, reading));
        if sum.evidence.len() < EVIDENCE {
            let text = fields.of(mention.field).get(mention.start..mention.end).unwrap_or_default().to_owned();
            sum.evidence.push(Evidence { field: mention.field, start: mention.start, end: mention.end, text, rule: reading.kind.rule().to_owned() });
        }
    }
    let mut labels: Vec<(f32, f32, CountryLabel)> = sums
        .into_iter()
        .map(|(code, sum)| (code, sum.total(), sum))
        .filter(|(_, total, _)| *total >= LEAST)
        .map(|(code, total, sum)| {
            let rank = total + if source_country == Some(code) { SOURCE_PRIOR } else { 0.0 };
            let label = CountryLabel { code, role: CountryRole::Mentioned, score: total / (total + HALF), evidence: sum.evidence };
            (rank, total, label)
        })
        .collect();
    labels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let strongest = labels.first().map_or(0.0, |(_, total, _)| *total);
    for (index, (_, total, label)) in labels.iter_mut().enumerate() {
        if index == 0 || *total >= strongest * ABOUT_SHARE {
            label.role = CountryRole::About;
        }
    }
    let main = labels.first().map(|(_, _, label)| label.code);
    (labels.into_iter().map(|(_, _, label)| label).collect(), main)
}

/// Which country a name means: the one that the rest of the text speaks for, else the most likely reading.
fn choose(readings: &[Reading], support: &BTreeMap<CountryCode, f32>) -> Option<Reading> {
    let likely = |reading: &Reading| match reading.kind {
        Kind::Name => 1_000_000.0,
        Kind::Institution | Kind::People => 500_000.0,
        Kind::Region => 20_000.0,
        Kind::Capital => 3.0 * (reading.population as f32 + 300.0),
        Kind::City => reading.population as f32,
    };
    let supported = readings
        .iter()
        .filter(|reading| support.get(&reading.code).is_some_and(|weight| *weight >= LEAST))
        .max_by(|a, b| support.get(&a.code).unwrap_or(&0.0).total_cmp(support.get(&b.code).unwrap_or(&0.0)));
    let plain = readings.iter().max_by(|a, b| likely(a).total_cmp(&likely(b)))?;
    match supported {
        // A capital goes to another country's town only where the text speaks clearly for that country.
        Some(other) if plain.kind == Kind::Capital && other.code != plain.code => {
            let (own, theirs) = (support.get(&plain.code).unwrap_or(&0.0), support.get(&other.code).unwrap_or(&0.0));
            Some(if *theirs > 3.0 * own.max(LEAST) { *other } else { *plain })
        }
        Some(other) => Some(*other),
        None => Some(*plain),
    }
}

fn weight(fields: Fields<'_>, mention: &Mention, reading: Reading) -> f32 {
    let base = match reading.kind {
        Kind::Name => NAME,
        Kind::Region => REGION,
        Kind::Capital => CAPITAL,
        Kind::City if reading.population >= LARGE_CITY => CITY,
        Kind::City => SMALL_CITY,
        Kind::Institution => INSTITUTION,
        Kind::People if is_before_office(fields, mention) => PEOPLE_OFFICE,
        Kind::People => PEOPLE,
    };
    base * place_factor(fields, mention)
}

fn place_factor(fields: Fields<'_>, mention: &Mention) -> f32 {
    if mention.field == Field::Title {
        return TITLE;
    }
    if is_dateline(fields.text, mention) {
        return DATELINE;
    }
    let lead = fields.text.char_indices().nth(LEAD_CHARACTERS).map_or(fields.text.len(), |(at, _)| at);
    if mention.start < lead { LEAD } else { 1.0 }
}

/// `ALMATY (Agency) -`, `BAMAKO —`: a place at the very beginning with a dash soon after.
fn is_dateline(text: &str, mention: &Mention) -> bool {
    if mention.start > 24 {
        return false;
    }
    let after: String = text.get(mention.end..).unwrap_or_default().chars().take(48).collect();
    let dash = after.find(" — ").or_else(|| after.find(" – ")).or_else(|| after.find(" - ")).or_else(|| after.find(" -- "));
    dash.is_some_and(|at| after.get(..at).is_some_and(|between| !between.contains(". ") && between.split(' ').count() <= 6))
}

fn is_before_office(fields: Fields<'_>, mention: &Mention) -> bool {
    let after = fields.of(mention.field).get(mention.end..).unwrap_or_default();
    let next: String = after.trim_start_matches(' ').chars().take(24).collect::<String>().to_lowercase();
    OFFICES.iter().any(|office| next.starts_with(office))
}

/// True for a town (or a country that is a given name) beside another capitalized word: Jordan Smith, Paris Hilton, Houston Astros.
fn is_part_of_a_name(fields: Fields<'_>, mention: &Mention, readings: &[Reading], mentions: &[Mention]) -> bool {
    if mention.script != Script::Latin {
        return false;
    }
    let field = fields.of(mention.field);
    let own = field.get(mention.start..mention.end).unwrap_or_default();
    let doubtful = readings.iter().all(|reading| reading.kind == Kind::City) || GIVEN_NAMES.contains(&own.to_lowercase().as_str());
    if !doubtful || own.contains(' ') || is_title_case(field) || (mention.field == Field::Text && is_dateline(fields.text, mention)) {
        return false;
    }
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase) && word.chars().nth(1).is_some_and(char::is_lowercase);
    let after = field.get(mention.end..).unwrap_or_default();
    let next_at = mention.end + 1;
    let next = after.strip_prefix(' ').and_then(|rest| rest.split([' ', ',', '.', '\n']).next()).is_some_and(capital);
    let next_is_place = mentions.iter().any(|other| other.field == mention.field && other.start == next_at);
    let before = field.get(..mention.start).unwrap_or_default();
    let previous = before.strip_suffix(' ').and_then(|rest| rest.rsplit([' ', '\n']).next()).filter(|word| !word.ends_with(['.', ':', '!', '?']));
    let previous_starts = before.trim_end().rsplit(' ').nth(1).is_none_or(|word| word.ends_with(['.', '!', '?']));
    let previous = previous.is_some_and(|word| capital(word) && !previous_starts && word.chars().all(char::is_alphabetic));
    let previous_is_place = mentions.iter().any(|other| other.field == mention.field && other.end + 1 == mention.start);
    (next && !next_is_place) || (previous && !previous_is_place && !is_preposition(before))
}

fn is_preposition(before: &str) -> bool {
    let last = before.trim_end().rsplit(' ').next().unwrap_or_default().to_lowercase();
    matches!(last.as_str(), "in" | "from" | "to" | "near" | "at" | "of" | "the" | "en" | "à" | "em" | "de" | "dans")
}

/// English headlines write most words large: capitals then say nothing.
fn is_title_case(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').filter(|word| word.chars().count() > 3).collect();
    let large = words.iter().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
    text.len() < 200 && words.len() >= 3 && large * 10 >= words.len() * 7
}
