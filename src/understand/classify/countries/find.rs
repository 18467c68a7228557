//! Mentions of countries and places: the longest name at each word, inflected or not.

use crate::model::{CountryCode, Language};
use crate::understand::classify::countries::Tables;
use crate::understand::classify::countries::endings::Family;
use crate::understand::classify::countries::table::{Kind, Row};
use crate::understand::classify::countries::words::{Gap, Word};

/// A name in the text and the countries that it may mean.
#[derive(Debug)]
pub struct Mention {
    /// First byte in the field.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The first and one past the last word.
    pub words: (usize, usize),
    /// Its words folded, to know the same name elsewhere in the story.
    pub key: String,
    /// What it may mean, as ranked by the tables.
    pub readings: Vec<Reading>,
}

/// One meaning of a name.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    pub kind: Kind,
    pub country: CountryCode,
}

/// The most words that one name has.
const MOST_WORDS: usize = 6;

/// Finds the mentions in order. A word belongs to one mention only.
pub fn mentions(tables: &Tables, text: &str, words: &[Word], language: &Language) -> Vec<Mention> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word.unspaced {
            unspaced(tables, word, at, language, &mut out);
            at += 1;
            continue;
        }
        match longest(tables, text, words, at, language) {
            Some(mention) => {
                at = mention.words.1;
                if mention.readings.iter().all(|reading| reading.kind != Kind::Trap) {
                    out.push(mention);
                }
            }
            None => at += 1,
        }
    }
    out
}

/// The longest name that begins at a word; equally long names are readings of one mention, countries before places.
fn longest(tables: &Tables, text: &str, words: &[Word], at: usize, language: &Language) -> Option<Mention> {
    let first = words.get(at)?;
    if first.folded.is_empty() || first.folded.chars().all(char::is_numeric) {
        return None;
    }
    let family = Family::of(language, &first.folded);
    let raw = text.get(first.start..first.end).unwrap_or_default();
    let mut best: Vec<(Row, usize, bool)> = Vec::new();
    let mut best_length = 0;
    let mut consider = |row: Row, length: usize, exact: bool| {
        if length > best_length {
            best.clear();
            best_length = length;
        }
        if length == best_length && !best.iter().any(|(old, ..)| old.kind == row.kind && old.country == row.country) {
            best.push((row, length, exact));
        }
    };
    for row in tables.names.rows(abbreviation(raw)) {
        if row.kind == Kind::Exact && speaks(row, language) && (!row.key.contains(' ') || exact_letters(row.key, text, words, at)) {
            consider(row, row.key.split(' ').count(), true);
        }
    }
    tables.endings.bases(family, &first.folded, |base| {
        for row in tables.names.rows(base) {
            let fits = match row.kind {
                Kind::Exact => false,
                Kind::Abbreviation => base == first.folded && shortens(words, at, raw, row) && speaks(row, language),
                _ => (first.capital || !row.capital) && speaks(row, language),
            };
            if fits
                && article_agrees(family, &first.folded, row)
                && let Some(length) = rest_matches(tables, row.key, words, at, language)
            {
                consider(row, length, base == first.folded);
            }
        }
        if first.capital {
            for row in [&tables.regions, &tables.cities].into_iter().flat_map(|table| table.rows(base)) {
                if reads(row, language)
                    && article_agrees(family, &first.folded, row)
                    && let Some(length) = rest_matches(tables, row.key, words, at, language)
                {
                    consider(row, length, base == first.folded);
                }
            }
        }
    });
    // As it stands before inflected; countries before places.
    if best.iter().any(|(.., exact)| *exact) {
        best.retain(|(.., exact)| *exact);
    }
    if best.iter().any(|(row, ..)| matches!(row.kind, Kind::Name | Kind::Exact)) {
        best.retain(|(row, ..)| matches!(row.kind, Kind::Name | Kind::Exact | Kind::Region | Kind::Trap));
    } else if best.iter().any(|(row, ..)| row.kind == Kind::Adjective) {
        best.retain(|(row, ..)| row.kind == Kind::Adjective);
    }
    // A city that its region is named after is the city, where there is another of its name.
    if best.iter().any(|(row, ..)| row.kind.is_city())
        && best.iter().any(|(row, ..)| best.first().is_some_and(|(first, ..)| first.country != row.country))
    {
        let cities: Vec<CountryCode> = best.iter().filter(|(row, ..)| row.kind.is_city()).map(|(row, ..)| row.country).collect();
        best.retain(|(row, ..)| row.kind != Kind::Region || !cities.contains(&row.country));
    }
    best.sort_by_key(|(row, ..)| row.kind);
    let (_, length, _) = *best.first()?;
    let last = words.get(at + length - 1)?;
    let readings = best.iter().map(|(row, ..)| Reading { kind: row.kind, country: row.country }).collect();
    let key = words.get(at..at + length)?.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
    Some(Mention { start: first.start, end: last.end, words: (at, at + length), key, readings })
}

/// A word of three capitals or more without the ending that some languages join to it: `AQShda` is for `AQSh`.
fn abbreviation(raw: &str) -> &str {
    let capitals = raw.char_indices().find(|(_, c)| !c.is_uppercase()).map_or(raw.len(), |(at, _)| at);
    match raw.get(..capitals) {
        Some(front)
            if capitals < raw.len()
                && front.chars().nth(2).is_some()
                && raw.get(capitals..).is_some_and(|rest| rest.chars().all(char::is_lowercase)) =>
        {
            front
        }
        _ => raw,
    }
}

/// Whether a region's short form stands after a comma that follows a capitalized word: `Gary, Ind.`, `Gary, IN`.
fn shortens(words: &[Word], at: usize, raw: &str, row: Row) -> bool {
    let capitals = raw.chars().all(|c| !c.is_lowercase());
    let shape = if row.key.chars().count() == 2 && row.key.is_ascii() {
        capitals || words.get(at + 1).is_none_or(|next| next.gap != Gap::Space)
    } else {
        true
    };
    let before = at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| word.capital && !word.all_capitals);
    shape && before && words.get(at).is_some_and(|word| word.gap == Gap::Comma)
}

/// Whether a word is one of the story's language, of any where that is unknown; English names are read everywhere.
fn speaks(row: Row, language: &Language) -> bool {
    let own = language.as_str();
    let relative = match own {
        "nb" | "nn" => "no",
        "fil" => "tl",
        "be" | "kk" | "ky" | "tg" | "uz" | "mn" | "tt" if row.kind == Kind::Name || row.kind == Kind::Institution => "ru",
        _ => "",
    };
    own == "und"
        || row.extra.split(',').any(|known| {
            known == "*"
                || known == own
                || (known == "en" && matches!(row.kind, Kind::Name | Kind::Soft))
                || (!relative.is_empty() && known == relative)
        })
}

/// Whether the story's language calls a place so; most names are everybody's.
fn reads(row: Row, language: &Language) -> bool {
    row.extra.is_empty() || language.as_str() == "und" || row.extra.split(',').any(|known| known == language.as_str())
}

/// A name in Katakana is a whole run of Katakana: タイ is Thailand, タイトル is a title.
fn katakana_apart(text: &str, start: usize, end: usize) -> bool {
    let katakana = |c: char| matches!(c, '\u{30A1}'..='\u{30FA}' | '\u{30FC}');
    let inside = text.get(start..end).unwrap_or_default();
    let before = text.get(..start).and_then(|text| text.chars().next_back()).is_some_and(katakana);
    let after = text.get(end..).and_then(|text| text.chars().next()).is_some_and(katakana);
    !(before && inside.starts_with(katakana) || after && inside.ends_with(katakana))
}

/// A name in Thai, Lao, Burmese or Khmer begins and ends where a syllable does: no vowel sign or silent final belongs to its last letter, and
/// no vowel before its first.
fn whole_syllables(text: &str, start: usize, end: usize) -> bool {
    let leads = |c: char| matches!(c, 'เ'..='ไ' | 'ເ'..='ໄ');
    let depends = |c: char| matches!(c, 'ะ'..='ฺ' | 'ๅ' | '็'..='๎' | 'ະ'..='ຼ' | '່'..='ໍ' | '\u{102B}'..='\u{103E}' | '\u{17B6}'..='\u{17D3}');
    if text.get(..start).and_then(|before| before.chars().next_back()).is_some_and(leads) {
        return false;
    }
    let mut after = text.get(end..).unwrap_or_default().chars();
    match (after.next(), after.next()) {
        (Some(next), _) if depends(next) => false,
        // A Burmese consonant with a stroke or a stacked one below ends the syllable.
        (Some('\u{1000}'..='\u{1021}'), Some('\u{103A}' | '\u{1039}')) => false,
        _ => true,
    }
}

/// An Arabic word with the article is no name without one: المالي is financial, مالي is Mali.
fn article_agrees(family: Family, word: &str, row: Row) -> bool {
    if family != Family::Arabic || row.kind == Kind::Adjective {
        return true;
    }
    let bare = word.strip_prefix(['و', 'ف']).unwrap_or(word);
    let bare = bare.strip_prefix(['ب', 'ك']).unwrap_or(bare);
    row.key.starts_with("ال") || !(bare.starts_with("ال") || bare.starts_with("لل"))
}

/// How many words a key takes from `at` on; the first is known to match.
fn rest_matches(tables: &Tables, key: &str, words: &[Word], at: usize, language: &Language) -> Option<usize> {
    let mut length = 1;
    for part in key.split(' ').skip(1) {
        let word = words.get(at + length).filter(|word| matches!(word.gap, Gap::Space | Gap::Joint))?;
        if word.folded != part {
            let mut inflected = false;
            tables.endings.bases(Family::of(language, &word.folded), &word.folded, |base| inflected |= base == part);
            if !inflected {
                return None;
            }
        }
        length += 1;
        if length > MOST_WORDS {
            return None;
        }
    }
    Some(length)
}

/// An abbreviation of several words, its letters as they stand: `EE UU`.
fn exact_letters(key: &str, text: &str, words: &[Word], at: usize) -> bool {
    key.split(' ').enumerate().all(|(number, part)| words.get(at + number).is_some_and(|word| text.get(word.start..word.end) == Some(part)))
}

/// Names inside a run of a script without spaces, the longest at each letter.
fn unspaced(tables: &Tables, word: &Word, number: usize, language: &Language, out: &mut Vec<Mention>) {
    let mut at = 0;
    while let Some(rest) = word.folded.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(letter) = rest.chars().next() else { return };
        let most =
            [&tables.regions, &tables.cities].into_iter().map(|table| table.longest_from(letter)).fold(tables.names.longest_from(letter), usize::max);
        let ends: Vec<usize> = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(most).skip(1).collect();
        let found = ends.into_iter().rev().find_map(|end| {
            let key = rest.get(..end)?;
            if !katakana_apart(&word.folded, at, at + end) || !whole_syllables(&word.folded, at, at + end) {
                return None;
            }
            let mut readings: Vec<Reading> = tables
                .names
                .rows(key)
                .filter(|row| speaks(*row, language) && row.kind != Kind::Exact)
                .map(|row| Reading { kind: row.kind, country: row.country })
                .collect();
            if readings.is_empty() {
                readings = [&tables.regions, &tables.cities]
                    .into_iter()
                    .flat_map(|table| table.rows(key))
                    .filter(|row| reads(*row, language))
                    .map(|row| Reading { kind: row.kind, country: row.country })
                    .collect();
            }
            (!readings.is_empty()).then_some((end, readings))
        });
        match found {
            Some((end, readings)) => {
                let origin = |at: usize| word.origins.get(at).copied().unwrap_or(word.end);
                // Zawgyi puts signs before their letter: the place of a name begins where its first sign does.
                let (start, end_in_text) = (origin(at).min(origin(at + 1)), origin(at + end).max(origin(at + end - 1) + 1));
                if readings.iter().all(|reading| reading.kind != Kind::Trap) {
                    out.push(Mention {
                        start,
                        end: end_in_text,
                        words: (number, number + 1),
                        key: rest.get(..end).unwrap_or_default().to_owned(),
                        readings,
                    });
                }
                at += end;
            }
            None => at += letter.len_utf8(),
        }
    }
}
