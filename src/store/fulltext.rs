//! Full-text search over folded tokens: the words that matching compares are the words that search finds, in every script.
//!
//! PostgreSQL's own parsers and dictionaries are not used: a `tsvector` is written as a literal, with our tokens at our positions.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::Wanted;

/// A lexeme is shorter than 2 KiB (`MAXSTRLEN`); longer ones are no words.
const LEXEME_LIMIT_BYTES: usize = 512;
/// Positions beyond are stored as this one (`MAXENTRYPOS` - 1): words of the far end are found, phrases are not.
const POSITION_LIMIT: u32 = 16_383;
/// A lexeme keeps so many positions (`MAXNUMPOS` is 256 and the server drops the others).
const POSITIONS_LIMIT: usize = 255;
/// A `tsvector` is smaller than 1 MiB with positions; half of that is a book.
const VECTOR_LIMIT_BYTES: usize = 512 * 1024;

/// Writes tokens with their positions (from 0) as a `tsvector` literal, within the server's limits.
pub(in crate::store) fn vector(tokens: &[(String, u32)]) -> String {
    let mut positions: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut bytes = 0;
    for (token, position) in tokens {
        if token.is_empty() || token.len() > LEXEME_LIMIT_BYTES || token.contains('\0') {
            continue;
        }
        if !positions.contains_key(token.as_str()) {
            bytes += token.len() + 8;
        }
        bytes += 2;
        if bytes > VECTOR_LIMIT_BYTES {
            break;
        }
        let places = positions.entry(token).or_default();
        let place = position.saturating_add(1).min(POSITION_LIMIT);
        if places.len() < POSITIONS_LIMIT && places.last() != Some(&place) {
            places.push(place);
        }
    }
    let mut literal = String::with_capacity(bytes + bytes / 2);
    for (token, places) in positions {
        quote(&mut literal, token);
        for (number, place) in places.iter().enumerate() {
            let mark = if number == 0 { ':' } else { ',' };
            let _ = write!(literal, "{mark}{place}"); // writing to a String cannot fail
        }
        literal.push(' ');
    }
    literal
}

/// Writes an AND of phrases of folded tokens as a `tsquery` literal. `None` when nothing is asked for.
pub(in crate::store) fn query(phrases: &[Vec<String>]) -> Option<String> {
    let usable = |token: &&String| !token.is_empty() && token.len() <= LEXEME_LIMIT_BYTES && !token.contains('\0');
    let mut literal = String::new();
    for phrase in phrases {
        let words: Vec<&String> = phrase.iter().filter(usable).collect();
        if words.is_empty() {
            continue;
        }
        literal.push_str(if literal.is_empty() { "(" } else { " & (" });
        for (number, word) in words.iter().enumerate() {
            if number > 0 {
                literal.push_str(" <-> ");
            }
            quote(&mut literal, word);
        }
        literal.push(')');
    }
    (!literal.is_empty()).then_some(literal)
}

/// Writes a condition as a `tsquery` literal. `None` where every text meets it.
pub(in crate::store) fn wanted(condition: &Wanted) -> Option<String> {
    let mut literal = String::new();
    if *condition == Wanted::Everything {
        return None;
    }
    write_wanted(condition, &mut literal);
    Some(literal)
}

fn write_wanted(condition: &Wanted, literal: &mut String) {
    let word = |literal: &mut String, word: &str, end: &str| {
        // A word that cannot be in the index is in no text.
        if word.is_empty() || word.len() > LEXEME_LIMIT_BYTES || word.contains('\0') {
            literal.push_str(NOTHING);
        } else {
            quote(literal, word);
            literal.push_str(end);
        }
    };
    match condition {
        // Simplified away by the constructors; true of any text but an empty one.
        Wanted::Everything => literal.push_str("!'\u{1}'"),
        Wanted::Word(text) => word(literal, text, ""),
        Wanted::Beginning(text) => word(literal, text, ":*"),
        Wanted::All(parts) | Wanted::Any(parts) => {
            let (join, empty) = if matches!(condition, Wanted::All(_)) { (" & ", "!'\u{1}'") } else { (" | ", NOTHING) };
            if parts.is_empty() {
                literal.push_str(empty);
                return;
            }
            literal.push('(');
            for (number, part) in parts.iter().enumerate() {
                if number > 0 {
                    literal.push_str(join);
                }
                write_wanted(part, literal);
            }
            literal.push(')');
        }
    }
}

/// No text holds it: control characters are no part of words.
const NOTHING: &str = "'\u{1}'";

fn quote(literal: &mut String, token: &str) {
    literal.push('\'');
    for c in token.chars() {
        if matches!(c, '\'' | '\\') {
            literal.push(c);
        }
        literal.push(c);
    }
    literal.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(words: &[&str]) -> Vec<(String, u32)> {
        words.iter().zip(0..).map(|(word, position)| ((*word).to_owned(), position)).collect()
    }

    #[test]
    fn vector_names_each_word_once_with_its_places() {
        assert_eq!(vector(&tokens(&["алматы", "l'heure", "алматы", "", "\\"])), "'\\\\':5 'l''heure':2 'алматы':1,3 ");
        assert_eq!(vector(&[]), "");
    }

    #[test]
    fn vector_stays_within_the_limits_of_the_server() {
        let same: Vec<(String, u32)> = (0..40_000).map(|position| ("и".to_owned(), position)).collect();
        assert_eq!(vector(&same).matches(',').count(), POSITIONS_LIMIT - 1);
        let far = vec![("конец".to_owned(), 70_000)];
        assert_eq!(vector(&far), "'конец':16383 ");
        let many: Vec<(String, u32)> = (0..200_000).map(|number| (format!("word{number}"), number)).collect();
        assert!(vector(&many).len() < 1024 * 1024);
        assert_eq!(vector(&[("x".repeat(4000), 0)]), "");
    }

    #[test]
    fn query_is_an_and_of_phrases() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(query(&[words("press freedom"), words("o'clock")]).unwrap(), "('press' <-> 'freedom') & ('o''clock')");
        assert_eq!(query(&[vec![], vec![String::new()]]), None);
    }

    #[test]
    fn conditions_become_queries() {
        let (word, begin) = (|text: &str| Wanted::Word(text.to_owned()), |text: &str| Wanted::Beginning(text.to_owned()));
        let both = Wanted::All(vec![word("o'clock"), Wanted::Any(vec![begin("арест"), word("задержан")])]);
        assert_eq!(wanted(&both).unwrap(), "('o''clock' & ('арест':* | 'задержан'))");
        assert_eq!(wanted(&Wanted::Everything), None);
        assert_eq!(wanted(&Wanted::Any(vec![])).unwrap(), "'\u{1}'");
    }
}
