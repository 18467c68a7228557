//! The little language that terms are written in.
//!
//! `detain*` any ending; `*redakteur*` any beginning too; `shut|closed down` choices for one word; `taken .. custody` up to four words
//! between; `<journalist>` any term of that actor or word group; `shut_down` two words in one choice; `licence + revoked` both in one sentence, in any order;
//! `bill + passed ++ media` the last in the same sentence or beside it.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use crate::text::{Script, script_of, tokenize};

/// Words that may stand between two parts that `..` joins.
const GAP_WORDS: usize = 4;
/// The same where a token is a syllable (Vietnamese).
const GAP_SYLLABLES: usize = 7;
/// The same where a token is a character.
const GAP_CHARACTERS: usize = 12;

/// A folded word as a term writes it, shared by all terms of a lexicon.
pub type AtomId = u32;

/// Terms of one lexicon that `<name>` refers to.
pub type GroupId = usize;

/// One term: every part must be found, in one sentence or beside it.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it was written, for people.
    pub source: String,
    pub parts: Vec<Part>,
}

/// Words that stand together.
#[derive(Debug, Clone)]
pub struct Part {
    pub elements: Vec<Element>,
    /// How many sentences off the first part it may stand.
    pub reach: usize,
}

/// One place in a part.
#[derive(Debug, Clone)]
pub enum Element {
    /// Any of these.
    Choice(Vec<Choice>),
    /// Up to this many words of any kind.
    Gap(usize),
}

/// What one choice of an element is.
#[derive(Debug, Clone)]
pub enum Choice {
    /// Words one after the other.
    Words(Vec<AtomId>),
    Group(GroupId),
}

/// Why a term cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

/// Whether words are compared without accents (every language but Vietnamese, where a tone is a letter).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accents {
    #[default]
    Fold,
    Keep,
}

/// The words of a lexicon's terms.
#[derive(Debug, Default)]
pub struct Atoms {
    accents: Accents,
    exact: HashMap<String, AtomId>,
    prefixes: HashMap<String, AtomId>,
    /// Lengths in bytes that occur among the prefixes: bit `n` for length `n`.
    prefix_lengths: u64,
    /// Words with an open beginning: the text, whether the end is open too, and the atom.
    open: Vec<(String, bool, AtomId)>,
    /// Where each text of `open` stands in it.
    open_places: HashMap<(String, bool), usize>,
    /// All of `open` in one pass over a word; made when the first word is looked up. None where there are none or too many.
    automaton: OnceLock<Option<AhoCorasick>>,
    count: AtomId,
}

impl Atoms {
    /// Starts an empty table.
    pub fn new(accents: Accents) -> Self {
        Self { accents, ..Self::default() }
    }

    /// Reads a term. `group` answers which group a name means.
    ///
    /// # Errors
    /// What is wrong with the term.
    pub fn parse(&mut self, term: &str, group: &impl Fn(&str) -> Option<GroupId>) -> Result<Pattern, Fault> {
        let mut parts = Vec::new();
        let beside = term.split(" ++ ").enumerate().map(|(at, parts)| (usize::from(at > 0), parts));
        for (reach, part) in beside.flat_map(|(reach, parts)| parts.split(" + ").map(move |part| (reach, part))) {
            let mut elements = Vec::new();
            for word in part.split_whitespace() {
                if word == ".." {
                    elements.push(Element::Gap(self.gap(part)));
                } else {
                    elements.push(Element::Choice(self.choices(word, group)?));
                }
            }
            if !matches!(elements.first(), Some(Element::Choice(_))) || matches!(elements.last(), Some(Element::Gap(_))) {
                return Err(Fault(format!("the term \"{term}\" must begin and end with a word")));
            }
            parts.push(Part { elements, reach });
        }
        Ok(Pattern { source: term.to_owned(), parts })
    }

    fn gap(&self, part: &str) -> usize {
        let is_unspaced = part.chars().map(script_of).any(Script::is_unspaced);
        match self.accents {
            _ if is_unspaced => GAP_CHARACTERS,
            Accents::Keep => GAP_SYLLABLES,
            Accents::Fold => GAP_WORDS,
        }
    }

    fn choices(&mut self, word: &str, group: &impl Fn(&str) -> Option<GroupId>) -> Result<Vec<Choice>, Fault> {
        let mut choices = Vec::new();
        for choice in word.split('|') {
            if let Some(name) = choice.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                let id = group(name).ok_or_else(|| Fault(format!("there is no word group \"{name}\"")))?;
                choices.push(Choice::Group(id));
                continue;
            }
            let mut sequence = Vec::new();
            // An underscore joins the words of a choice: `shut|closed_down`.
            for single in choice.split('_') {
                self.push_word(single, &mut sequence)?;
            }
            choices.push(Choice::Words(sequence));
        }
        Ok(choices)
    }

    fn push_word(&mut self, word: &str, sequence: &mut Vec<AtomId>) -> Result<(), Fault> {
        let open_start = word.starts_with('*');
        let open_end = word.ends_with('*') && word.len() > 1;
        let plain = word.trim_matches('*');
        let tokens = tokenize(plain);
        if plain.contains('*') || tokens.is_empty() {
            return Err(Fault(format!("\"{word}\" is no word: a star stands at the beginning or the end")));
        }
        let last = tokens.len() - 1;
        for (at, token) in tokens.iter().enumerate() {
            let text = self.form(&plain[token.start..token.end], &token.folded);
            let (start, end) = (open_start && at == 0, open_end && at == last);
            let script = text.chars().next().map_or(Script::Other, script_of);
            let unspaced = script.is_unspaced();
            // A Hangul syllable is as telling as two letters, as long as nothing stands before it.
            let least = if script == Script::Hangul && !start { 1 } else { 2 };
            if (start || end) && !unspaced && text.chars().count() < least {
                return Err(Fault(format!("\"{word}\" would match nearly every word: write at least two letters beside a star")));
            }
            // In unspaced scripts every character is a token, so that a star changes nothing.
            sequence.push(self.intern(text, start && !unspaced, end && !unspaced));
        }
        Ok(())
    }

    fn form(&self, word: &str, folded: &str) -> String {
        match self.accents {
            Accents::Fold => folded.to_owned(),
            Accents::Keep => word.to_lowercase(),
        }
    }

    fn intern(&mut self, text: String, open_start: bool, open_end: bool) -> AtomId {
        let next = self.count;
        if !open_start {
            let map = if open_end { &mut self.prefixes } else { &mut self.exact };
            if open_end {
                self.prefix_lengths |= 1 << text.len().min(63);
            }
            let id = *map.entry(text).or_insert(next);
            self.count += u32::from(id == next);
            return id;
        }
        if let Some((_, _, id)) = self.open_places.get(&(text.clone(), open_end)).and_then(|place| self.open.get(*place)) {
            return *id;
        }
        self.open_places.insert((text.clone(), open_end), self.open.len());
        self.open.push((text, open_end, next));
        self.automaton = OnceLock::new();
        self.count += 1;
        next
    }

    /// The atoms that a word of a text meets. `word` is the word as it stands, `folded` its folded form.
    pub fn of_word(&self, word: &str, folded: &str, out: &mut Vec<AtomId>) {
        match self.accents {
            Accents::Fold => self.lookup(folded, out),
            Accents::Keep => self.lookup(&word.to_lowercase(), out),
        }
    }

    /// The atoms that a folded form meets.
    pub fn lookup(&self, form: &str, out: &mut Vec<AtomId>) {
        out.extend(self.exact.get(form));
        for (end, _) in form.char_indices().skip(1).chain(std::iter::once((form.len(), ' '))) {
            if self.prefix_lengths & (1 << end.min(63)) != 0 {
                out.extend(form.get(..end).and_then(|prefix| self.prefixes.get(prefix)));
            }
        }
        let automaton = self.automaton.get_or_init(|| {
            let texts = self.open.iter().map(|(text, _, _)| text);
            (!self.open.is_empty()).then(|| AhoCorasick::new(texts).ok()).flatten()
        });
        if let Some(automaton) = automaton {
            for found in automaton.find_overlapping_iter(form) {
                let open = self.open.get(found.pattern().as_usize());
                out.extend(open.filter(|(_, open_end, _)| *open_end || found.end() == form.len()).map(|(_, _, id)| id));
            }
        }
    }
}
