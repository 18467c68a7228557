//! The words of data/incidents/words.tsv, by language and class.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::model::Language;
use crate::text::{Token, tokenize};

/// The classes of one language.
#[derive(Debug, Default)]
pub(super) struct Words {
    classes: HashMap<&'static str, Class>,
    /// Phrases that deny by themselves: words in order, each with its alternatives.
    pub untrue: Vec<Vec<Vec<Pattern>>>,
}

/// Words and stems of one class, folded.
#[derive(Debug, Default)]
struct Class {
    whole: HashMap<String, u32>,
    stems: Vec<(String, u32)>,
}

/// A folded word, or the beginning of one.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    stem: bool,
}

impl Pattern {
    fn read(word: &str) -> Self {
        Self { text: fold(word.trim_end_matches('*')), stem: word.ends_with('*') }
    }

    pub fn meets(&self, folded: &str) -> bool {
        if self.stem { folded.starts_with(&self.text) } else { folded == self.text }
    }
}

/// Folded as the words of stories are.
fn fold(word: &str) -> String {
    tokenize(word).iter().map(|token| token.folded.as_str()).collect()
}

impl Words {
    /// The value of a word in a class; 0 where the class gives none.
    pub fn value(&self, class: &str, folded: &str) -> Option<u32> {
        let class = self.classes.get(class)?;
        let stem = || class.stems.iter().filter(|(stem, _)| folded.starts_with(stem.as_str())).max_by_key(|(stem, _)| stem.len());
        class.whole.get(folded).copied().or_else(|| stem().map(|(_, value)| *value))
    }

    /// Whether a word is of a class.
    pub fn is(&self, class: &str, token: &Token) -> bool {
        self.value(class, &token.folded).is_some()
    }
}

fn load() -> HashMap<&'static str, Words> {
    let mut all: HashMap<&'static str, Words> = HashMap::new();
    for line in include_str!("../../../data/incidents/words.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(language), Some(class), Some(words)) = (columns.next(), columns.next(), columns.next()) else { continue };
        let entry = all.entry(language).or_default();
        for word in words.split(' ') {
            if class == "untrue" {
                entry.untrue.push(word.split('_').map(|part| part.split('|').map(Pattern::read).collect()).collect());
                continue;
            }
            let (word, value) = word.split_once('=').map_or((word, 0), |(word, value)| (word, value.parse().unwrap_or(0)));
            let pattern = Pattern::read(word);
            let known = entry.classes.entry(class).or_default();
            if pattern.stem {
                known.stems.push((pattern.text, value));
            } else {
                known.whole.insert(pattern.text, value);
            }
        }
    }
    all
}

fn table() -> &'static HashMap<&'static str, Words> {
    static WORDS: OnceLock<HashMap<&'static str, Words>> = OnceLock::new();
    WORDS.get_or_init(load)
}

/// The words of a language; none where the file has none.
pub(super) fn of(language: &Language) -> &'static Words {
    static NONE: OnceLock<Words> = OnceLock::new();
    table().get(language.as_str()).unwrap_or_else(|| NONE.get_or_init(Words::default))
}

/// Small words inside of names, whatever the language.
pub(super) fn is_particle(token: &Token) -> bool {
    table().get("*").is_some_and(|words| words.is("particle", token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_read_and_no_word_is_lost() {
        let text = include_str!("../../../data/incidents/words.tsv");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "line {}", number + 1);
            let language = Language::parse(columns[0]);
            assert!(columns[0] == "*" || language.is_some(), "line {}", number + 1);
            for word in columns[2].split(' ') {
                let bare = word.split('=').next().unwrap();
                assert!(
                    !bare.is_empty() && bare.split(['_', '|']).all(|part| !fold(part.trim_end_matches('*')).is_empty()),
                    "line {}: {word}",
                    number + 1
                );
                let valued = matches!(columns[1], "number" | "weekday" | "month" | "ago");
                assert_eq!(valued, word.contains('='), "line {}: {word}", number + 1);
            }
        }
    }

    #[test]
    fn words_stems_and_values_are_found_folded() {
        let words = of(&Language::parse("ru").unwrap());
        let value = |class: &str, word: &str| words.value(class, &fold(word));
        assert_eq!(value("number", "Трёх"), Some(3));
        assert_eq!(value("weekday", "пятницу"), Some(5));
        assert_eq!(value("month", "мая"), Some(5));
        assert_eq!(value("month", "май"), None);
        assert_eq!(of(&Language::parse("tr").unwrap()).value("weekday", &fold("pazartesi")), Some(1));
    }
}
