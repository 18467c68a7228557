//! Where a text names countries and places.

use crate::model::Field;
use crate::understand::classify::countries::endings::{Script, is_adjective_ending, is_cased, is_ending, is_prefix, script_of};
use crate::understand::classify::countries::table::{Form, Table};

/// A name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub field: Field,
    /// Bytes of the original text, the ending included.
    pub start: usize,
    pub end: usize,
    /// Whose readings it has.
    pub name: usize,
    pub script: Script,
}

/// A text in lower case, with the way back to the original's bytes.
struct Lowered {
    text: String,
    /// For each byte of `text`, and one past: the byte of the original.
    origin: Vec<usize>,
}

fn lower(text: &str) -> Lowered {
    let mut lowered = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        let before = lowered.len();
        match c {
            'İ' => lowered.push('i'),
            'ё' | 'Ё' => lowered.push('е'),
            '’' | 'ʼ' | '‘' | 'ʻ' => lowered.push('\''),
            '\u{A0}' | '\u{202F}' | '\n' => lowered.push(' '),
            _ => lowered.extend(c.to_lowercase()),
        }
        origin.extend(std::iter::repeat_n(at, lowered.len() - before));
    }
    origin.push(text.len());
    Lowered { text: lowered, origin }
}

/// All names of a text, the longest first where they overlap, in order.
pub fn find(table: &Table, field: Field, text: &str, language: &str) -> Vec<Mention> {
    let lowered = lower(text);
    let mut found: Vec<(usize, usize, Mention)> = Vec::new();
    for hit in table.automaton.find_overlapping_iter(&lowered.text) {
        let Some(pattern) = table.patterns.get(hit.pattern().as_usize()) else { continue };
        let (Some(before), Some(name), Some(after)) =
            (lowered.text.get(..hit.start()), lowered.text.get(hit.start()..hit.end()), lowered.text.get(hit.end()..))
        else {
            continue;
        };
        let script = script_of(name);
        let (head, rest) = if script == Script::Unspaced { ("", "") } else { (word_tail(before), word_head(after)) };
        let ends = match pattern.form {
            Form::Whole => is_ending(rest, script, language, false),
            Form::Stem => is_ending(rest, script, language, true),
            Form::Adjective => is_adjective_ending(rest),
            Form::Exact => rest.is_empty(),
        };
        if !ends || !is_prefix(head, script) {
            continue;
        }
        let (start, end) = (hit.start(), hit.end() + rest.len());
        let (Some(&from), Some(&to)) = (lowered.origin.get(start), lowered.origin.get(end)) else { continue };
        // Adjectives are written small in most languages; a name is not.
        let small = is_cased(script) && text.get(from..).and_then(|rest| rest.chars().next()).is_some_and(char::is_lowercase);
        if small && pattern.form != Form::Adjective && !(pattern.form == Form::Exact && script == Script::Latin && language != "en") {
            continue;
        }
        found.push((start, end, Mention { field, start: from, end: to, name: pattern.name, script }));
    }
    // Leftmost and longest; of equal spans the whole name before a stem, as the patterns are ordered.
    found.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut taken_to = 0;
    let mut mentions = Vec::new();
    for (start, end, mention) in found {
        if start >= taken_to {
            taken_to = end;
            mentions.push(mention);
        }
    }
    mentions
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{DFF}' | '\u{64B}'..='\u{652}' | '\u{200C}')
}

/// The letters at the end of `before`.
fn word_tail(before: &str) -> &str {
    let start = before.char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(before.len(), |(at, _)| at);
    &before[start..]
}

/// The letters at the beginning of `after`.
fn word_head(after: &str) -> &str {
    let end = after.char_indices().find(|(_, c)| !is_word(*c)).map_or(after.len(), |(at, _)| at);
    &after[..end]
}
