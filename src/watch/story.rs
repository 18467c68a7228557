//! A story as matching sees it: fields split into words, and where each word that any list looks for occurs.

use std::borrow::Cow;
use std::hash::BuildHasherDefault;

use crate::model::{CountryCode, Evidence, Field, Language, SourceId};
use crate::text::{Script, each_word, script_of};
use crate::watch::forms::active_languages;
use crate::watch::hash::EdgeMap;
use crate::watch::hits::{Filling, Hits, Meaning, Place};
use crate::watch::index::{Index, SlotId};
use crate::watch::query::Scope;

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

/// One field of a story.
#[derive(Debug)]
pub struct Words<'a> {
    raw: Cow<'a, str>,
    tokens: Vec<Token>,
    /// The folded forms of all tokens, one after another.
    folded: String,
}

/// A word's bytes in its field, and where its folded form ends in [`Words::folded`].
#[derive(Debug, Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
    folded_end: usize,
}

impl<'a> Words<'a> {
    fn read(raw: Cow<'a, str>) -> Self {
        let mut tokens = Vec::with_capacity(raw.len() / 6);
        let mut folded = String::with_capacity(raw.len());
        each_word(&raw, |start, end, word| {
            folded.push_str(word);
            tokens.push(Token { start, end, folded_end: folded.len() });
        });
        Self { raw, tokens, folded }
    }

    /// A token's folded form.
    fn folded(&self, at: usize) -> Option<&str> {
        let end = self.tokens.get(at)?.folded_end;
        let start = at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |before| before.folded_end);
        self.folded.get(start..end)
    }
}

/// A story, read.
#[derive(Debug)]
pub struct Story<'a> {
    pub document: &'a Document<'a>,
    fields: Vec<Words<'a>>,
    /// How many words of the text stand in its first paragraph.
    lead: usize,
    hits: Hits,
}

/// Fields in the order of [`Story::fields`].
const FIELDS: [Field; 6] = [Field::Title, Field::Text, Field::Url, Field::Source, Field::Author, Field::Tag];

impl<'a> Story<'a> {
    /// Splits a story and looks its words up.
    pub fn read(document: &'a Document<'a>, index: &Index) -> Self {
        let raw = [
            Cow::Borrowed(document.title),
            Cow::Borrowed(document.text),
            // An underscore parts the words of an address; it takes one byte, as a hyphen does.
            Cow::Owned(document.url.replace('_', "-")),
            Cow::Borrowed(document.source),
            Cow::Owned(document.authors.join("\n")),
            Cow::Owned(document.tags.join("\n")),
        ];
        let fields: Vec<Words<'a>> = raw.into_iter().map(Words::read).collect();
        let lead_end =
            document.text.trim_start().find('\n').map_or(document.text.len(), |at| at + document.text.len() - document.text.trim_start().len());
        let lead = fields.get(1).map_or(0, |text| text.tokens.partition_point(|token| token.start < lead_end));
        let mut story = Self { document, fields, lead, hits: Hits::default() };
        story.look_up(index);
        story
    }

    fn look_up(&mut self, index: &Index) {
        let mut languages: Vec<(Script, u64)> = Vec::new();
        // A word that the index knows by its folded form alone is looked up once, however it is written.
        let surfaces = index.looks_at_surfaces();
        let tokens = self.fields.iter().map(|words| words.tokens.len()).sum();
        let mut seen: EdgeMap<(&str, &str), Meaning> = EdgeMap::with_capacity_and_hasher(tokens, BuildHasherDefault::default());
        let mut found = Vec::new();
        let mut filling = Filling::default();
        for (field, words) in FIELDS.iter().zip(&self.fields) {
            for (number, at) in (0_u32..).zip(0..words.tokens.len()) {
                let (Some(token), Some(folded)) = (words.tokens.get(at), words.folded(at)) else { continue };
                let raw = if surfaces { words.raw.get(token.start..token.end).unwrap_or_default() } else { "" };
                let meaning = *seen.entry((folded, raw)).or_insert_with(|| {
                    let script = folded.chars().next().map_or(Script::Other, script_of);
                    let known = languages.iter().find(|(known, _)| *known == script).map(|(_, active)| *active);
                    let active = known.unwrap_or_else(|| {
                        let active = active_languages(script, self.document.language);
                        languages.push((script, active));
                        active
                    });
                    found.clear();
                    index.lookup(folded, raw, active, &mut found);
                    filling.meaning(&found)
                });
                filling.token((*field, number), meaning);
            }
        }
        self.hits = filling.finish();
    }

    /// Every word that occurs.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> {
        self.hits.slots()
    }

    /// Whether a word occurs anywhere in title or text.
    pub fn says(&self, slot: SlotId) -> bool {
        self.hits.of(slot).first().is_some_and(|(field, _)| matches!(field, Field::Title | Field::Text))
    }

    /// Where a word occurs, in order.
    pub fn hits(&self, slot: SlotId) -> &[Place] {
        self.hits.of(slot)
    }

    /// Whether a word stands at a place.
    pub fn has(&self, slot: SlotId, field: Field, at: u32) -> bool {
        self.hits(slot).binary_search(&(field, at)).is_ok()
    }

    /// Where the words of a sequence occur in a row.
    pub fn sequences<'s>(&'s self, slots: &'s [SlotId]) -> impl Iterator<Item = Span> + 's {
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
            Scope::Lead => span.field == Field::Text && span.end <= self.lead,
            Scope::Body => span.field == Field::Text,
            Scope::Url => span.field == Field::Url,
            Scope::Source => span.field == Field::Source,
            Scope::Author => span.field == Field::Author,
            Scope::Tag => span.field == Field::Tag,
        }
    }

    fn words(&self, field: Field) -> Option<&Words<'a>> {
        FIELDS.iter().position(|known| *known == field).and_then(|at| self.fields.get(at))
    }

    /// A word, folded.
    pub fn folded(&self, field: Field, at: usize) -> Option<&str> {
        self.words(field)?.folded(at)
    }

    /// A word as it stands.
    pub fn raw(&self, field: Field, at: usize) -> Option<&str> {
        let words = self.words(field)?;
        let token = words.tokens.get(at)?;
        words.raw.get(token.start..token.end)
    }

    /// Whether a word begins with a capital.
    pub fn is_capitalized(&self, field: Field, at: usize) -> bool {
        self.raw(field, at).and_then(|raw| raw.chars().next()).is_some_and(|c| c.is_uppercase() || !(c.is_lowercase() || script_of(c).has_case()))
    }

    /// Whether a full stop follows a word directly, as after an initial.
    pub fn has_stop_after(&self, field: Field, at: usize) -> bool {
        self.words(field)
            .is_some_and(|words| words.tokens.get(at).is_some_and(|token| words.raw.get(token.end..).is_some_and(|rest| rest.starts_with('.'))))
    }

    /// What stands between a word and the next.
    pub fn gap_after(&self, field: Field, at: usize) -> Gap {
        let Some(words) = self.words(field) else { return Gap::Break };
        let (Some(one), Some(two)) = (words.tokens.get(at), words.tokens.get(at + 1)) else { return Gap::Break };
        let between = words.raw.get(one.end..two.start).unwrap_or_default();
        let short = || words.folded(at).is_some_and(|word| word.chars().count() <= 2);
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
    pub fn evidence(&self, span: Span, rule: &str) -> Option<Evidence> {
        let words = self.words(span.field)?;
        let start = words.tokens.get(span.start)?.start;
        let end = words.tokens.get(span.end.checked_sub(1)?)?.end;
        let text = words.raw.get(start..end)?.to_owned();
        Some(Evidence { field: span.field, start, end, text, rule: rule.to_owned() })
    }
}
