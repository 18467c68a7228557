//! A story as the terms of one lexicon see it: tokens, sentences, and where each word and word group stands.

use std::collections::HashMap;

use crate::model::Field;
use crate::text::tokenize;
use crate::understand::classify::topics::forms::other_forms;
use crate::understand::classify::topics::lexicon::Lexicon;
use crate::understand::classify::topics::pattern::{AtomId, Choice, Element, GroupId, Pattern};

/// A headline and a text, cut into words and sentences; the same for every lexicon.
#[derive(Debug)]
pub struct Document<'a> {
    pub title: &'a str,
    pub text: &'a str,
    pub words: Vec<Word>,
}

/// One word.
#[derive(Debug)]
pub struct Word {
    pub field: Field,
    pub start: usize,
    pub end: usize,
    pub folded: String,
    /// Counted from the headline, which is sentence 0.
    pub sentence: usize,
}

/// Words of a text that are looked at: far beyond any news story, and a bound on the work.
const WORD_LIMIT: usize = 6000;

impl<'a> Document<'a> {
    /// Cuts a story. An empty headline makes the first sentence of the text the headline.
    pub fn new(title: &'a str, text: &'a str) -> Self {
        let mut words = Vec::new();
        push_words(title, Field::Title, 0, &mut words, true);
        let first = usize::from(!words.is_empty());
        push_words(text, Field::Text, first, &mut words, false);
        words.truncate(WORD_LIMIT);
        Self { title, text, words }
    }

    /// The text of a field.
    pub fn field(&self, field: Field) -> &'a str {
        if field == Field::Title { self.title } else { self.text }
    }
}

fn push_words(text: &str, field: Field, first_sentence: usize, words: &mut Vec<Word>, one_sentence: bool) {
    let mut sentence = first_sentence;
    let mut previous: Option<(usize, bool)> = None;
    for token in tokenize(text) {
        if let Some((end, short)) = previous
            && !one_sentence
            && text.get(end..token.start).is_some_and(|between| ends_sentence(between, short))
        {
            sentence += 1;
        }
        let short = token.folded.chars().count() <= 2 && token.folded.is_ascii();
        previous = Some((token.end, short));
        words.push(Word { field, start: token.start, end: token.end, folded: token.folded, sentence });
    }
}

/// Whether what stands between two words ends a sentence. A full stop after one or two letters is an abbreviation or an initial.
fn ends_sentence(between: &str, after_short_word: bool) -> bool {
    let mut chars = between.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '!' | '?' | '。' | '！' | '？' | '؟' | '۔' | '।' | '…' | '։' | '။' | '።' => return true,
            '.' if !after_short_word && chars.peek().is_none_or(|next| next.is_whitespace() || matches!(next, '"' | '”' | '»')) => return true,
            _ => {}
        }
    }
    false
}

/// Where a term was found: words `start..end` and, for a term of several parts, the other parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index of the first part's first word.
    pub start: usize,
    /// One past its last word.
    pub end: usize,
    pub others: Vec<(usize, usize)>,
}

/// A document read with one lexicon.
#[derive(Debug)]
pub struct Reading<'d> {
    pub document: &'d Document<'d>,
    /// Atoms of each word.
    atoms: Vec<Vec<AtomId>>,
    /// Where each atom stands.
    places: HashMap<AtomId, Vec<usize>>,
    /// Spans of each group.
    groups: Vec<Vec<(usize, usize)>>,
}

impl<'d> Reading<'d> {
    /// Looks every word up.
    pub fn new(document: &'d Document<'d>, lexicon: &Lexicon) -> Self {
        let mut atoms = Vec::with_capacity(document.words.len());
        let mut places: HashMap<AtomId, Vec<usize>> = HashMap::new();
        for (at, word) in document.words.iter().enumerate() {
            let mut found = Vec::new();
            let raw = document.field(word.field).get(word.start..word.end).unwrap_or_default();
            lexicon.atoms.of_word(raw, &word.folded, &mut found);
            for form in other_forms(&word.folded, lexicon.has_clitics, lexicon.cyrillic) {
                lexicon.atoms.lookup(&form, &mut found);
            }
            found.sort_unstable();
            found.dedup();
            for &atom in &found {
                places.entry(atom).or_default().push(at);
            }
            atoms.push(found);
        }
        let mut reading = Self { document, atoms, places, groups: Vec::new() };
        for group in &lexicon.groups {
            let mut spans = Vec::new();
            for pattern in group {
                spans.extend(reading.find(pattern).into_iter().map(|hit| (hit.start, hit.end)));
            }
            spans.sort_unstable();
            spans.dedup();
            reading.groups.push(spans);
        }
        reading
    }

    /// Where a group stands.
    pub fn group(&self, id: GroupId) -> &[(usize, usize)] {
        self.groups.get(id).map_or(&[], Vec::as_slice)
    }

    /// Every place of a term, in order; one per first part.
    pub fn find(&self, pattern: &Pattern) -> Vec<Hit> {
        let mut parts = pattern.parts.iter();
        let Some(first) = parts.next() else { return Vec::new() };
        let mut hits: Vec<Hit> = self.spans(&first.elements).into_iter().map(|(start, end)| Hit { start, end, others: Vec::new() }).collect();
        for part in parts {
            if hits.is_empty() {
                return hits;
            }
            let spans = self.spans(&part.elements);
            hits.retain_mut(|hit| {
                let sentence = self.sentence(hit.start);
                let overlaps = |&(start, end): &(usize, usize)| start < hit.end && hit.start < end;
                let other = spans.iter().filter(|span| self.sentence(span.0).abs_diff(sentence) <= part.reach && !overlaps(span));
                match other.min_by_key(|span| span.0.abs_diff(hit.start)) {
                    Some(&span) => {
                        hit.others.push(span);
                        true
                    }
                    None => false,
                }
            });
        }
        hits
    }

    /// The sentence of a word.
    pub fn sentence(&self, word: usize) -> usize {
        self.document.words.get(word).map_or(0, |word| word.sentence)
    }

    fn spans(&self, part: &[Element]) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        let Some((Element::Choice(choices), after)) = part.split_first() else { return spans };
        for choice in choices {
            match choice {
                Choice::Words(atoms) => {
                    let Some(first) = atoms.first() else { continue };
                    for &start in self.places.get(first).map_or(&[][..], Vec::as_slice) {
                        spans.extend(self.sequence(atoms, start).and_then(|end| self.rest(after, end)).map(|end| (start, end)));
                    }
                }
                Choice::Group(id) => {
                    for &(start, end) in self.group(*id) {
                        spans.extend(self.rest(after, end).map(|end| (start, end)));
                    }
                }
            }
        }
        spans.sort_unstable();
        spans.dedup_by_key(|span| span.0);
        spans
    }

    /// The end of a sequence of atoms that begins at a word.
    fn sequence(&self, atoms: &[AtomId], start: usize) -> Option<usize> {
        for (offset, atom) in atoms.iter().enumerate() {
            let at = start + offset;
            if !self.atoms.get(at)?.contains(atom) || self.sentence(at) != self.sentence(start) {
                return None;
            }
        }
        Some(start + atoms.len())
    }

    /// The end of a part whose remaining elements begin at a word.
    fn rest(&self, elements: &[Element], at: usize) -> Option<usize> {
        let Some((first, after)) = elements.split_first() else { return Some(at) };
        let sentence = self.sentence(at.checked_sub(1)?);
        match first {
            Element::Gap(most) => (0..=*most).find_map(|skip| self.rest(after, at + skip)).filter(|end| self.sentence(end - 1) == sentence),
            _ if self.document.words.get(at)?.sentence != sentence => None,
            Element::Choice(choices) => choices.iter().find_map(|choice| match choice {
                Choice::Words(atoms) => self.sequence(atoms, at).and_then(|end| self.rest(after, end)),
                Choice::Group(id) => {
                    let spans = self.group(*id);
                    let first = spans.partition_point(|span| span.0 < at);
                    spans.get(first..)?.iter().take_while(|span| span.0 == at).find_map(|span| self.rest(after, span.1))
                }
            }),
        }
    }
}
