//! A story split into words: each distinct word is folded once, whatever it is held against.

use crate::model::Field;
use crate::text::{each_place, fold_word_into};
use crate::watch::Document;
use crate::watch::hash::{EdgeMap, hash_bytes};
use crate::watch::query::Scope;

/// Fields in the order in which they are kept.
pub const FIELDS: [Field; 6] = [Field::Title, Field::Text, Field::Url, Field::Source, Field::Author, Field::Tag];

/// Parts of a story, as bits by [`Scope`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    /// Adds one.
    pub fn add(&mut self, scope: Scope) {
        self.0 |= 1 << scope as u16;
    }

    /// All of both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, scope: Scope) -> bool {
        self.0 >> scope as u16 & 1 == 1
    }
}

/// A word's bytes in its field, and its number among the distinct words.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    word: u32,
}

/// Where the letters of a distinct word stand.
#[derive(Debug, Clone, Copy)]
struct Distinct {
    /// Where its folded form ends in [`Split::folded`].
    folded_end: usize,
    /// Where it is written so for the first time.
    field: usize,
    start: usize,
    end: usize,
}

/// No word: what folds to nothing.
const NOTHING: u32 = u32::MAX;

/// A story's words. Kept between stories for its room.
#[derive(Debug, Default)]
pub struct Split {
    tokens: [Vec<Token>; 6],
    /// Address, authors and tags as they are split.
    joined: [String; 3],
    distinct: Vec<Distinct>,
    folded: String,
    /// Numbers of distinct words by a hash of how they are written.
    known: EdgeMap<u64, u32>,
    /// How many words of the text stand in its first paragraph.
    pub lead: usize,
}

impl Split {
    /// Splits title and text, and of the other fields those that are asked for.
    pub fn read(&mut self, document: &Document<'_>, scopes: Scopes) {
        let Self { tokens, joined, distinct, folded, known, .. } = self;
        distinct.clear();
        folded.clear();
        known.clear();
        joined.iter_mut().for_each(String::clear);
        let [url, authors, tags] = &mut *joined;
        if scopes.has(Scope::Url) {
            // An underscore parts the words of an address; it takes one byte, as a hyphen does.
            url.extend(document.url.chars().map(|c| if c == '_' { '-' } else { c }));
        }
        let wanted = |scope: Scope, all: &[String], out: &mut String| {
            for one in all.iter().filter(|_| scopes.has(scope)) {
                out.push_str(if out.is_empty() { "" } else { "\n" });
                out.push_str(one);
            }
        };
        wanted(Scope::Author, document.authors, authors);
        wanted(Scope::Tag, document.tags, tags);
        let source = if scopes.has(Scope::Source) { document.source } else { "" };
        let texts = [document.title, document.text, url.as_str(), source, authors.as_str(), tags.as_str()];
        for (field, (text, tokens)) in texts.into_iter().zip(tokens).enumerate() {
            tokens.clear();
            each_place(text, |start, end| {
                let raw = text.get(start..end).unwrap_or_default();
                let word = *known.entry(hash_bytes(raw.as_bytes())).or_insert_with(|| {
                    let from = folded.len();
                    fold_word_into(raw, folded);
                    if folded.len() == from {
                        return NOTHING;
                    }
                    distinct.push(Distinct { folded_end: folded.len(), field, start, end });
                    u32::try_from(distinct.len() - 1).unwrap_or(NOTHING)
                });
                if word != NOTHING {
                    tokens.push(Token { start, end, word });
                }
            });
        }
        let text = document.text.trim_start();
        let lead_end = document.text.len() - text.len() + text.find('\n').unwrap_or(text.len());
        self.lead = self.tokens(Field::Text).partition_point(|token| token.start < lead_end);
    }

    /// The words of a field.
    pub fn tokens(&self, field: Field) -> &[Token] {
        self.tokens.get(position(field)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The text of a field as it was split.
    pub fn raw<'a>(&'a self, document: &Document<'a>, field: Field) -> &'a str {
        let [url, authors, tags] = &self.joined;
        match field {
            Field::Title => document.title,
            Field::Text => document.text,
            Field::Url => url,
            Field::Source => document.source,
            Field::Author => authors,
            Field::Tag => tags,
        }
    }

    /// Calls `see` with field, number and distinct word of every token, in order of place.
    pub fn each_token(&self, mut see: impl FnMut(Field, u32, u32)) {
        for (field, tokens) in FIELDS.into_iter().zip(&self.tokens) {
            for (at, token) in (0_u32..).zip(tokens) {
                see(field, at, token.word);
            }
        }
    }

    /// The folded and the written form of every distinct word, in order of their numbers, and whether it stands in title or text.
    pub fn distinct<'a>(&'a self, document: &Document<'a>) -> impl Iterator<Item = (&'a str, &'a str, bool)> {
        let texts = FIELDS.map(|field| self.raw(document, field));
        let mut from = 0;
        self.distinct.iter().map(move |word| {
            let folded = self.folded.get(from..word.folded_end).unwrap_or_default();
            from = word.folded_end;
            let raw = texts.get(word.field).and_then(|text| text.get(word.start..word.end)).unwrap_or_default();
            // Title and text are split first: what stands in them stands there for the first time.
            (folded, raw, word.field < 2)
        })
    }

    /// A token's folded form.
    pub fn folded(&self, field: Field, at: usize) -> Option<&str> {
        let word = self.tokens(field).get(at)?.word as usize;
        let end = self.distinct.get(word)?.folded_end;
        let start = word.checked_sub(1).and_then(|before| self.distinct.get(before)).map_or(0, |before| before.folded_end);
        self.folded.get(start..end)
    }
}

fn position(field: Field) -> usize {
    match field {
        Field::Title => 0,
        Field::Text => 1,
        Field::Url => 2,
        Field::Source => 3,
        Field::Author => 4,
        Field::Tag => 5,
    }
}
