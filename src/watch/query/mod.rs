//! The query language: from a query's text to a tree, with every fault in its place.
//!
//! Enters: [`crate::config::QueryText`]. Leaves: [`Node`] or [`crate::model::Problem`]s. Deliberately absent: what a word matches.
//!
//! ```text
//! query := or      or := and (OR and)*      and := near ((AND near) | (NOT near))*      near := unit ((NEAR|ONEAR)("/"n)? unit)*
//! unit  := "(" query ")" | field ":" unit | "$" group | term
//! term  := '"' word+ '"' | word "*"? | "=" term | "==" term | "~" term
//! ```

mod doubts;
mod groups;
mod lexer;
mod limits;
mod parser;

pub use groups::{Groups, expand};
pub use parser::parse;

use crate::model::{CountryCode, Language};
use crate::text::tokenize;

/// A parsed query.
#[derive(Debug, Clone, PartialEq)]
pub enum Node<'q> {
    And(Vec<Node<'q>>),
    Or(Vec<Node<'q>>),
    /// The first holds and the second does not.
    Without(Box<Node<'q>>, Box<Node<'q>>),
    Near(Near<'q>),
    /// The unit looks in this part of a story only.
    In(Scope, Box<Node<'q>>),
    /// `$name`, until groups are expanded.
    Group {
        name: &'q str,
        offset: usize,
    },
    /// `$persons`: the persons of the list.
    Persons,
    Term(Term<'q>),
    Language(Language),
    Country(CountryCode),
    Topic(String),
}

/// `left NEAR/n right`.
#[derive(Debug, Clone, PartialEq)]
pub struct Near<'q> {
    pub left: Box<Node<'q>>,
    pub right: Box<Node<'q>>,
    /// At most so many tokens between the operands.
    pub between: usize,
    /// The left one comes first.
    pub ordered: bool,
}

/// Where a word is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Scope {
    /// Title, lead and body.
    Anywhere,
    Title,
    /// The first paragraph of the text.
    Lead,
    Body,
    Url,
    Source,
    Author,
    Tag,
}

/// A word or phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term<'q> {
    /// The words with their stars, without mark and quotation marks.
    pub text: &'q str,
    pub mode: Mode,
    pub quoted: bool,
    /// As the user wrote it, for explanations.
    pub written: &'q str,
}

impl<'q> Term<'q> {
    /// The words. What has no letter or digit (a dash between the words of a phrase) is none.
    pub fn words(self) -> impl Iterator<Item = Word<'q>> {
        lexer::pieces(self.text).map(Word::new).filter(|word| has_letters(word.text))
    }

    /// Whether any word has a star.
    pub fn is_starred(self) -> bool {
        self.text.as_bytes().contains(&b'*')
    }
}

/// One word of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'q> {
    /// As written.
    pub written: &'q str,
    /// Without its star.
    pub text: &'q str,
    pub prefix: bool,
}

impl<'q> Word<'q> {
    fn new(written: &'q str) -> Self {
        let starless = written.strip_suffix('*');
        Self { written, text: starless.unwrap_or(written), prefix: starless.is_some() }
    }
}

fn has_letters(text: &str) -> bool {
    // Ordinary letters are words; of the others the tokenizer knows.
    let ordinary = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, 'А'..='я' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ž' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
    };
    text.chars().any(ordinary) || !tokenize(text).is_empty()
}

/// How far a word may differ from what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Inflected forms of a word; a phrase as it stands.
    Plain,
    /// `=`: no other form.
    Exact,
    /// `==`: no other form and no other case.
    Cased,
    /// `~`: inflected forms of every word of a phrase.
    Inflected,
}
