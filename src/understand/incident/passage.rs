//! A headline or a text as words in sentences, with what is known of each word.

use std::ops::Range;

use crate::model::{Evidence, Field};
use crate::text::{Token, tokenize};
use crate::understand::dedupe::skeleton;

/// Words that are read: what comes later is background.
const WORDS_LIMIT: usize = 600;
/// More capitalized words than this among the long ones, and capitals say nothing.
const TITLE_CASE_SHARE: f32 = 0.75;

/// One field of a story.
#[derive(Debug)]
pub(super) struct Passage<'a> {
    pub field: Field,
    pub text: &'a str,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
    /// For each word.
    pub marks: Vec<Marks>,
    /// Capital letters tell names from other words.
    pub cased: bool,
}

/// Words `range` of the passage.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    pub range: Range<usize>,
    /// It holds words that report the incident.
    pub tells: bool,
    /// It tells, is the headline, or opens the text.
    pub near: bool,
}

/// What labels say of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    pub topic: bool,
    pub actor: bool,
    pub place: bool,
}

impl<'a> Passage<'a> {
    pub fn new(field: Field, text: &'a str, topics: &[&Evidence], actors: &[&Evidence], places: &[&Evidence]) -> Self {
        let mut tokens = tokenize(text);
        tokens.truncate(WORDS_LIMIT);
        let over =
            |token: &Token, evidence: &[&Evidence]| evidence.iter().any(|one| one.field == field && one.start < token.end && one.end > token.start);
        let marks: Vec<Marks> =
            tokens.iter().map(|token| Marks { topic: over(token, topics), actor: over(token, actors), place: over(token, places) }).collect();
        let mut sentences: Vec<Sentence> = Vec::new();
        let mut start = 0;
        for at in 0..tokens.len() {
            if at + 1 == tokens.len() || ends_sentence(text, &tokens, at) {
                let range = start..at + 1;
                let tells = marks.get(range.clone()).is_some_and(|marks| marks.iter().any(|mark| mark.topic));
                let near = tells || field == Field::Title || sentences.is_empty();
                sentences.push(Sentence { range, tells, near });
                start = at + 1;
            }
        }
        let (mut capitals, mut small) = (0_u16, 0_u16);
        // The first word is always capitalized, short ones never in a headline, places always.
        for (token, _) in tokens.iter().zip(&marks).skip(1).filter(|(token, mark)| !mark.place && token.folded.chars().count() >= 4) {
            match first_letter(text, token) {
                Some(letter) if letter.is_uppercase() => capitals += 1,
                Some(letter) if letter.is_lowercase() => small += 1,
                _ => {}
            }
        }
        let cased = small > 0 && f32::from(capitals) <= f32::from(capitals + small) * TITLE_CASE_SHARE;
        Self { field, text, tokens, sentences, marks, cased }
    }

    /// Whether the sentence around a byte reports the incident.
    pub fn tells_at(&self, byte: usize) -> bool {
        self.sentences.iter().any(|sentence| {
            let first = self.tokens.get(sentence.range.start).map_or(0, |token| token.start);
            let last = self.tokens.get(sentence.range.end.saturating_sub(1)).map_or(0, |token| token.end);
            sentence.tells && (first..last).contains(&byte)
        })
    }

    /// The words `range` as they stand.
    pub fn slice(&self, range: &Range<usize>) -> &'a str {
        let start = self.tokens.get(range.start).map_or(0, |token| token.start);
        let end = self.tokens.get(range.end.saturating_sub(1)).map_or(0, |token| token.end);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The words `range` as evidence.
    pub fn evidence(&self, range: &Range<usize>, rule: &str) -> Option<Evidence> {
        let text = self.slice(range);
        let start = self.tokens.get(range.start)?.start;
        (!text.is_empty()).then(|| Evidence { field: self.field, start, end: start + text.len(), text: text.to_owned(), rule: rule.to_owned() })
    }

    /// What stands before a word, back to the word before it.
    pub fn gap_before(&self, at: usize) -> &'a str {
        let from = at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |token| token.end);
        let to = self.tokens.get(at).map_or(self.text.len(), |token| token.start);
        self.text.get(from..to).unwrap_or_default()
    }

    /// True for a word that is written with a capital letter and is not all capitals.
    pub fn is_capital(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| first_letter(self.text, token).is_some_and(char::is_uppercase))
    }

    pub fn mark(&self, at: usize) -> Marks {
        self.marks.get(at).copied().unwrap_or_default()
    }
}

fn first_letter(text: &str, token: &Token) -> Option<char> {
    text.get(token.start..token.end)?.chars().next()
}

/// A point after an initial, an abbreviation of two letters or a number of a day ends no sentence.
fn ends_sentence(text: &str, tokens: &[Token], at: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.get(at), tokens.get(at + 1)) else { return true };
    let gap = text.get(token.end..next.start).unwrap_or_default();
    if gap.contains(['!', '?', '\n', '…', '。', '！', '？', '؟', '۔', '।', '։', '።']) {
        return true;
    }
    let short = token.folded.chars().count() <= 2 && first_letter(text, token).is_some_and(|letter| letter.is_uppercase() || letter.is_numeric());
    gap.starts_with('.') && gap.len() > 1 && !short && first_letter(text, next).is_some_and(|letter| !letter.is_lowercase())
}

/// Equal for a name in other scripts and cases: the consonants of its words, without order.
pub(super) fn name_key(name: &str) -> String {
    let tokens = tokenize(name);
    let mut parts: Vec<String> = tokens.iter().map(|token| skeleton(&token.folded)).collect();
    if parts.iter().any(String::is_empty) || parts.concat().len() < 2 {
        return tokens.iter().map(|token| token.folded.as_str()).collect::<Vec<_>>().join(" ");
    }
    parts.sort();
    parts.join(" ")
}
