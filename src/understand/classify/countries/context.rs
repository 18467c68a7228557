//! What stands around a mention: datelines, persons, words for those in power, what a comma settles.

use std::collections::{HashMap, HashSet};

use crate::model::{CountryCode, Language};
use crate::understand::classify::countries::find::{Mention, Reading};
use crate::understand::classify::countries::table::Kind;
use crate::understand::classify::countries::words::{Gap, Word};

/// The words as they are written.
pub static TEXT: &str = include_str!("../../../../data/countries/cues.txt");

/// The words of data/countries/cues.txt.
#[derive(Debug, Default)]
pub struct Cues {
    /// Beginnings, by their first letter.
    power: HashMap<char, Vec<&'static str>>,
    after: HashSet<&'static str>,
    before: HashSet<&'static str>,
    street: HashSet<&'static str>,
    way: HashSet<&'static str>,
}

impl Cues {
    /// Reads the words that are compiled in.
    pub fn load() -> Self {
        let mut cues = Self::default();
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            match words.next().unwrap_or_default() {
                "power" => {
                    for word in words {
                        cues.power.entry(word.chars().next().unwrap_or_default()).or_default().push(word);
                    }
                }
                "after" => cues.after.extend(words),
                "before" => cues.before.extend(words),
                "street" => cues.street.extend(words),
                "way" => cues.way.extend(words),
                _ => {}
            }
        }
        cues
    }
}

/// A field of a story with what its words tell.
#[derive(Debug)]
pub struct Context<'a> {
    cues: &'a Cues,
    text: &'a str,
    words: &'a [Word],
    /// Nearly all longer words have a capital: then it tells no names.
    title_case: bool,
}

impl<'a> Context<'a> {
    pub fn new(cues: &'a Cues, text: &'a str, words: &'a [Word]) -> Self {
        let long = words.iter().filter(|word| word.folded.len() > 3);
        let (all, capitals) = long.fold((0, 0), |(all, capitals), word| (all + 1, capitals + usize::from(word.capital)));
        Self { cues, text, words, title_case: all > 0 && capitals * 10 >= all * 6 }
    }

    /// `ALMATY (Reuters) -`, `PARIS, March 3 -`: the place that a report was sent from.
    pub fn is_dateline(&self, mention: &Mention) -> bool {
        let before = self.text.get(..mention.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        if line.chars().count() > 30 {
            return false;
        }
        let after: String = self.text.get(mention.end..).unwrap_or_default().chars().take(45).collect();
        let spelled = self.text.get(mention.start..mention.end).unwrap_or_default();
        let capitals = spelled.chars().filter(|c| c.is_alphabetic()).all(|c| !c.is_lowercase());
        let dash = |part: &str| part.contains(" - ") || part.contains(" — ") || part.contains(" – ") || part.contains("-- ");
        let first: String = after.chars().take(4).collect();
        dash(&first)
            || (after.starts_with(" (") && after.contains(')'))
            || (capitals && dash(&after) && (after.starts_with(',') || after.starts_with(" /")))
    }

    /// A settlement's name, or one that is a given name too, beside another capitalized word: `Jordan Smith`, `Paris Hilton`.
    pub fn is_person(&self, mention: &Mention) -> bool {
        let named = mention.readings.first().is_some_and(|reading| reading.kind.is_city()) || GIVEN_NAMES.contains(&mention.key.as_str());
        if self.title_case || !named || !self.text.get(mention.start..).is_some_and(|rest| rest.starts_with(char::is_uppercase)) {
            return false;
        }
        let next = self.words.get(mention.words.1).is_some_and(|word| {
            word.gap == Gap::Space
                && word.capital
                && !word.all_capitals
                && !self.cues.after.contains(word.folded.as_str())
                && word.folded.chars().count() > 2
        });
        let before = self.before(mention).is_some_and(|word| {
            let apart = self.words.get(mention.words.0).is_some_and(|own| own.gap == Gap::Space);
            apart && word.capital && word.gap != Gap::Break && word.folded.chars().count() > 2 && !self.cues.before.contains(word.folded.as_str())
        });
        next || before
    }

    /// `Berlin Street`, `rue de Madrid`, `calle Colombia`: a street elsewhere.
    pub fn is_street(&self, mention: &Mention) -> bool {
        let Some(next) = self.words.get(mention.words.1) else { return self.follows_way(mention) };
        next.gap == Gap::Space && self.cues.street.contains(next.folded.as_str()) || self.follows_way(mention)
    }

    fn follows_way(&self, mention: &Mention) -> bool {
        let mut back = self.words.get(..mention.words.0).unwrap_or_default().iter().rev();
        let Some(before) = back.next() else { return false };
        let word = if JOINING.contains(&before.folded.as_str()) { back.next() } else { Some(before) };
        word.is_some_and(|word| self.cues.way.contains(word.folded.as_str()))
    }

    /// An adjective beside a word for those in power names the state, not a person.
    pub fn names_power(&self, mention: &Mention) -> bool {
        let power = |word: &Word| {
            let first = word.folded.chars().next().unwrap_or_default();
            self.cues.power.get(&first).is_some_and(|starts| starts.iter().any(|start| word.folded.starts_with(start)))
        };
        let near = |at: usize| self.words.get(at).is_some_and(power);
        near(mention.words.1) || near(mention.words.1 + 1) || self.before(mention).is_some_and(power)
    }

    fn before(&self, mention: &Mention) -> Option<&Word> {
        mention.words.0.checked_sub(1).and_then(|at| self.words.get(at))
    }
}

/// What stands between a word for a street and its name.
const JOINING: &[&str] = &["de", "du", "des", "del", "da", "do", "di", "la"];

/// Names of countries that are given names too.
const GIVEN_NAMES: &[&str] = &["jordan", "chad", "georgia", "israel", "kenya", "india", "holland", "ireland"];

/// `Paris, Texas`, `London, Ontario`, `Gary, Ind.`: what follows the comma tells which place it is, here and wherever the story names it.
pub fn settled_by_comma(words: &[Word], found: &[Mention], settled: &mut HashMap<String, Reading>) {
    for pair in found.windows(2) {
        let [place, region] = pair else { continue };
        let joined = place.words.1 == region.words.0 && words.get(region.words.0).is_some_and(|word| word.gap == Gap::Comma);
        let (Some(inner), Some(outer), true) = (place.readings.first(), region.readings.first(), joined) else { continue };
        if !(inner.kind.is_city() || matches!(inner.kind, Kind::Name | Kind::Region))
            || !matches!(outer.kind, Kind::Name | Kind::Region | Kind::Abbreviation)
        {
            continue;
        }
        let known = place.readings.iter().find(|reading| region.readings.iter().any(|outer| outer.country == reading.country));
        let reading = match known {
            Some(known) if place.readings.len() > 1 => *known,
            None if inner.kind != Kind::Region && region.readings.len() == 1 && outer.kind != Kind::Name => {
                Reading { kind: Kind::Town, country: outer.country }
            }
            _ => continue,
        };
        settled.insert(place.key.clone(), reading);
    }
}

/// Telephone numbers as only North America writes them: `(318) 555-0100`, `318-555-0100`.
pub fn telephones(text: &str, language: &Language) -> Vec<Mention> {
    let countries = [CountryCode::parse("US"), CountryCode::parse("CA")];
    if language.as_str() != "en" {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let digits = |at: usize, count: usize| bytes.get(at..at + count).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let mut out = Vec::new();
    // The last eight bytes are the same in both: 555-0100.
    for (dash, _) in text.match_indices('-') {
        let Some(start) = dash.checked_sub(3) else { continue };
        if !digits(start, 3) || !digits(dash + 1, 4) || digits(dash + 5, 1) {
            continue;
        }
        let before = text.get(..start).unwrap_or_default();
        let area = match before.strip_suffix(['-', '.']).or_else(|| before.strip_suffix(") ")).or_else(|| before.strip_suffix(')')) {
            Some(area) => area.len(),
            None => continue,
        };
        let Some(first) = area.checked_sub(3).filter(|first| digits(*first, 3)) else { continue };
        if first.checked_sub(1).is_some_and(|at| digits(at, 1)) {
            continue;
        }
        let readings = countries.iter().flatten().map(|country| Reading { kind: Kind::Telephone, country: *country }).collect();
        out.push(Mention { start: first, end: dash + 5, words: (usize::MAX, usize::MAX), key: String::new(), readings });
    }
    out
}
