//! From a query's text to tokens with their place.

use crate::config::QueryText;
use crate::model::{Problem, Severity};

/// One piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'q> {
    pub what: What<'q>,
    /// First byte in the query's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What<'q> {
    Open,
    Close,
    And,
    Or,
    Not,
    /// `NEAR/n` or `ONEAR/n`; the number as written.
    Near {
        ordered: bool,
        between: Option<&'q str>,
    },
    /// `name:`
    Field(&'q str),
    /// `$name`
    Group(&'q str),
    /// `=`, `==` or `~`
    Mark(&'static str),
    /// A phrase without its quotation marks.
    Phrase(&'q str),
    Word(&'q str),
}

/// Splits a query. Faults are pushed to `problems`; what could be read goes on.
pub fn lex<'q>(query: &'q QueryText, problems: &mut Vec<Problem>) -> Vec<Piece<'q>> {
    let text = query.text.as_str();
    let mut pieces = Vec::with_capacity(text.len() / 6);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        at += c.len_utf8();
        let what = match c {
            _ if c.is_whitespace() => continue,
            '(' => What::Open,
            ')' => What::Close,
            '"' => {
                if let Some(length) = text[at..].find('"') {
                    let phrase = &text[at..at + length];
                    at += length + 1;
                    What::Phrase(phrase)
                } else {
                    problems.push(problem(query, start, "the phrase has no closing quotation mark", Some("end it with \"")));
                    at = text.len();
                    continue;
                }
            }
            '“' | '”' | '„' => {
                problems.push(problem(query, start, "typographic quotation marks do not begin a phrase", Some("write \"straight quotation marks\"")));
                continue;
            }
            '~' => What::Mark("~"),
            '=' if text[at..].starts_with('=') => {
                at += 1;
                What::Mark("==")
            }
            '=' => What::Mark("="),
            '$' => {
                let name = &text[at..at + name_length(&text[at..])];
                at += name.len();
                What::Group(name)
            }
            _ => {
                at = word_end(text, at);
                let raw = &text[start..at];
                match field_prefix(raw) {
                    Some(name) => {
                        at = start + name.len() + 1;
                        What::Field(name)
                    }
                    None => operator(raw).unwrap_or(What::Word(raw)),
                }
            }
        };
        pieces.push(Piece { what, start, end: at });
    }
    pieces
}

/// Where a word that goes on at a place ends: at white space, a bracket or a quotation mark.
fn word_end(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b' ' | b'\t'..=b'\r' | b'(' | b')' | b'"' => break,
            // The only bytes that white space outside of ASCII begins with.
            0xC2 | 0xE1..=0xE3 => match text[at..].chars().next() {
                Some(c) if !c.is_whitespace() => at += c.len_utf8(),
                _ => break,
            },
            _ => at += 1,
        }
    }
    at
}

/// What stands between white space.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let end = word_end(text, at);
            // Brackets inside a phrase belong to its words.
            let mut to = end;
            while let Some(b'(' | b')' | b'"') = text.as_bytes().get(to) {
                to = word_end(text, to + 1);
            }
            let piece = &text[at..to];
            at = to + text[to..].chars().next().map_or(0, char::len_utf8);
            if !piece.is_empty() {
                return Some(piece);
            }
        }
        None
    })
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(text.len())
}

/// `title:word` gives `title`. Addresses (`https://...`) and times (`12:30`) have no field.
fn field_prefix(raw: &str) -> Option<&str> {
    if !raw.as_bytes().contains(&b':') {
        return None;
    }
    let (name, rest) = raw.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    (is_name && !rest.starts_with("//")).then_some(name)
}

fn operator(raw: &str) -> Option<What<'_>> {
    match raw {
        "AND" => return Some(What::And),
        "OR" => return Some(What::Or),
        "NOT" => return Some(What::Not),
        _ if !raw.starts_with(['N', 'O']) => return None,
        _ => {}
    }
    let (name, between) = match raw.split_once('/') {
        Some((name, number)) => (name, Some(number)),
        None => (raw, None),
    };
    match name {
        "NEAR" => Some(What::Near { ordered: false, between }),
        "ONEAR" => Some(What::Near { ordered: true, between }),
        _ => None,
    }
}

/// A fault at one byte of a query, with the line and column of its file.
pub fn problem(query: &QueryText, offset: usize, message: &str, hint: Option<&str>) -> Problem {
    at(query, offset, Severity::Error, message, hint)
}

/// Something that works but may not be meant.
pub fn warning(query: &QueryText, offset: usize, message: &str, hint: Option<&str>) -> Problem {
    at(query, offset, Severity::Warning, message, hint)
}

fn at(query: &QueryText, offset: usize, severity: Severity, message: &str, hint: Option<&str>) -> Problem {
    let before = query.text.get(..offset).unwrap_or(&query.text);
    let lines = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let known = query.line > 0;
    Problem {
        file: query.file.clone(),
        line: if known { query.line + lines } else { 0 },
        column: match (known, lines) {
            (false, _) => 0,
            (true, 0) => query.column.max(1) + column,
            (true, _) => column + 1,
        },
        severity,
        key: String::new(),
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn phrases_are_parted_at_white_space_of_every_sort() {
        for text in ["", " a  b\tc ", "слово\u{A0}другое\u{3000}第三", "é\u{2009}(x) y) (z", "—\u{85}—", "ю\u{1680}ю", "a\u{B}b\u{1C}c"]
        {
            assert_eq!(pieces(text).collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>(), "{text:?}");
        }
    }
}
