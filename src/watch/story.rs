//! A story as matching sees it: fields split into words, and where each word that any list looks for occurs.

use crate::model::{CountryCode, Evidence, Field, Language, SourceId};
use crate::text::{Script, script_of};
use crate::watch::forms::active_languages;
use crate::watch::hits::{Hits, Place};
use crate::watch::index::{Index, SlotId};
use crate::watch::query::Scope;
use crate::watch::words::{Split, Token};

/// What a story gives to matching.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    pub title: &'a str,
    /// Paragraphs separated by one newline.
    pub text: &'a str,
    pub url: &'a str,
    /// Id and name of the source, joined by a space.
    pub source: &'a str,
    pub authors: &'a [String],
    pub tags: &'a [String],
    pub language: &'a Language,
    /// The countries that the story is about, with their scores.
    pub countries_about: Vec<(CountryCode, f32)>,
    pub topics: Vec<String>,
    pub source_id: &'a SourceId,
}

/// Some words in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub field: Field,
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    Plain,
    /// A hyphen and nothing else.
    Hyphen,
    /// The end of a sentence or clause.
    Break,
}

/// How many scripts are told apart.
const SCRIPTS: usize = Script::Other as usize + 1;

/// What reading a story takes. Kept between stories for its room.
#[derive(Debug, Default)]
pub struct Reading {
    pub split: Split,
    hits: Hits,
    found: Vec<SlotId>,
}

/// A story, read.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    pub document: &'a Document<'a>,
    split: &'a Split,
    hits: &'a Hits,
}

impl Reading {
    /// Looks up the words of a story that was split.
    pub fn look_up<'a>(&'a mut self, document: &'a Document<'a>, index: &Index) -> Story<'a> {
        let mut languages = [None; SCRIPTS];
        self.hits.begin(index.len());
        for (folded, raw, is_said) in self.split.distinct(document) {
            let script = folded.chars().next().map_or(Script::Other, script_of);
            let active = || active_languages(script, document.language);
            let active = languages.get_mut(script as usize).map_or_else(active, |known| *known.get_or_insert_with(active));
            self.found.clear();
            index.lookup(folded, raw, active, &mut self.found);
            self.hits.mean(&self.found, is_said);
        }
        self.hits.finish(&self.split);
        Story { document, split: &self.split, hits: &self.hits }
    }
}

impl<'a> Story<'a> {
    /// Every word that occurs.
    pub fn slots(&self) -> &'a [SlotId] {
        self.hits.slots()
    }

    /// Whether a word occurs in any field.
    #[inline]
    pub fn has_anywhere(&self, slot: SlotId) -> bool {
        self.hits.has(slot)
    }

    /// Whether a word occurs in title or text.
    #[inline]
    pub fn says(&self, slot: SlotId) -> bool {
        self.hits.is_said(slot)
    }

    /// Where a word stands in title or text.
    pub fn said(&self, slot: SlotId) -> impl Iterator<Item = Span> + use<'a> {
        let places = self.hits.of(slot).iter().take_while(|(field, _)| matches!(field, Field::Title | Field::Text));
        places.map(|&(field, at)| Span { field, start: at as usize, end: at as usize + 1 })
    }

    /// Where a word occurs, in order.
    pub fn hits(&self, slot: SlotId) -> &'a [Place] {
        self.hits.of(slot)
    }

    /// Whether a word stands at a place.
    pub fn has(&self, slot: SlotId, field: Field, at: u32) -> bool {
        self.hits(slot).binary_search(&(field, at)).is_ok()
    }

    /// Where the words of a sequence occur in a row.
    pub fn sequences<'s>(self, slots: &'s [SlotId]) -> impl Iterator<Item = Span> + use<'a, 's>
    where
        'a: 's,
    {
        // The rarest word leads: phrases of single characters would be slow otherwise.
        let leading =
            if slots.len() == 1 { Some(0) } else { (0..slots.len()).min_by_key(|at| slots.get(*at).map_or(0, |slot| self.hits(*slot).len())) };
        let lead = leading.unwrap_or(0);
        let hits = slots.get(lead).map_or(&[][..], |slot| self.hits(*slot));
        hits.iter().filter_map(move |&(field, at)| {
            let first = at.checked_sub(u32::try_from(lead).ok()?)?;
            let all = slots.len() == 1 || (first..).zip(slots).enumerate().all(|(offset, (at, slot))| offset == lead || self.has(*slot, field, at));
            let start = first as usize;
            all.then_some(Span { field, start, end: start + slots.len() })
        })
    }

    /// Whether a span lies in a part of the story.
    pub fn is_in(&self, span: Span, scope: Scope) -> bool {
        match scope {
            Scope::Anywhere => matches!(span.field, Field::Title | Field::Text),
            Scope::Title => span.field == Field::Title,
            Scope::Lead => span.field == Field::Text && span.end <= self.split.lead,
            Scope::Body => span.field == Field::Text,
            Scope::Url => span.field == Field::Url,
            Scope::Source => span.field == Field::Source,
            Scope::Author => span.field == Field::Author,
            Scope::Tag => span.field == Field::Tag,
        }
    }

    fn token(&self, field: Field, at: usize) -> Option<Token> {
        self.split.tokens(field).get(at).copied()
    }

    fn text(&self, field: Field) -> &'a str {
        self.split.raw(self.document, field)
    }

    /// A word, folded.
    pub fn folded(&self, field: Field, at: usize) -> Option<&str> {
        self.split.folded(field, at)
    }

    /// A word as it stands.
    pub fn raw(&self, field: Field, at: usize) -> Option<&str> {
        let token = self.token(field, at)?;
        self.text(field).get(token.start..token.end)
    }

    /// Whether a word begins with a capital.
    pub fn is_capitalized(&self, field: Field, at: usize) -> bool {
        self.raw(field, at).and_then(|raw| raw.chars().next()).is_some_and(|c| c.is_uppercase() || !(c.is_lowercase() || script_of(c).has_case()))
    }

    /// Whether a full stop follows a word directly, as after an initial.
    pub fn has_stop_after(&self, field: Field, at: usize) -> bool {
        self.token(field, at).is_some_and(|token| self.text(field).get(token.end..).is_some_and(|rest| rest.starts_with('.')))
    }

    /// What stands between a word and the next.
    pub fn gap_after(&self, field: Field, at: usize) -> Gap {
        let (Some(one), Some(two)) = (self.token(field, at), self.token(field, at + 1)) else { return Gap::Break };
        let between = self.text(field).get(one.end..two.start).unwrap_or_default();
        let short = || self.folded(field, at).is_some_and(|word| word.chars().count() <= 2);
        let mut previous = ' ';
        for c in between.chars() {
            let breaks = match c {
                ',' | ';' | ':' | '!' | '?' | '…' | '。' | '！' | '？' | '、' | '，' | '；' | '：' | '،' | '؛' | '؟' | '۔' | '։' | '՝' | '።'
                | '၊' | '။' | '(' | ')' | '[' | ']' | '/' | '|' | '\n' | '—' => true,
                '.' => !short(),
                '-' | '–' => previous == ' ' && between.len() > 1,
                _ => false,
            };
            if breaks {
                return Gap::Break;
            }
            previous = c;
        }
        if matches!(between, "-" | "‐" | "‑" | "־") { Gap::Hyphen } else { Gap::Plain }
    }

    /// Evidence for a span.
    pub fn evidence(&self, span: Span, rule: String) -> Option<Evidence> {
        let start = self.token(span.field, span.start)?.start;
        let end = self.token(span.field, span.end.checked_sub(1)?)?.end;
        let text = self.text(span.field).get(start..end)?.to_owned();
        Some(Evidence { field: span.field, start, end, text, rule })
    }
}
