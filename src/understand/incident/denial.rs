//! Words that call a report untrue: a denial of the report, never of a charge.

use crate::model::{Fact, FactKind};
use crate::understand::incident::passage::Passage;
use crate::understand::incident::words::Words;

/// Words between the verb and what it denies.
const REACH: usize = 6;
/// Sentences of the text in which a story says what it is about.
const LEAD: usize = 3;

/// The first denial, in the headline, the lead or a sentence that tells of the incident.
pub(super) fn find(passages: &[Passage<'_>], words: &Words) -> Option<Fact> {
    for passage in passages {
        for (_, sentence) in passage.sentences.iter().enumerate().filter(|(number, sentence)| *number < LEAD || sentence.tells) {
            for at in sentence.range.clone() {
                let end = phrase(passage, words, at, sentence.range.end).or_else(|| verb(passage, words, at, &sentence.range));
                let Some((start, end)) = end else { continue };
                if let Some(evidence) = passage.evidence(&(start..end), "denial") {
                    let value = evidence.text.clone();
                    return Some(Fact { kind: FactKind::Denial, key: value.clone(), value, count: None, score: 0.8, evidence: vec![evidence] });
                }
            }
        }
    }
    None
}

fn phrase(passage: &Passage<'_>, words: &Words, at: usize, limit: usize) -> Option<(usize, usize)> {
    let meets = |phrase: &&Vec<Vec<_>>| {
        at + phrase.len() <= limit
            && phrase
                .iter()
                .zip(passage.tokens.iter().skip(at))
                .all(|(part, token)| part.iter().any(|pattern: &crate::understand::incident::words::Pattern| pattern.meets(&token.folded)))
    };
    words.untrue.iter().find(meets).map(|phrase| (at, at + phrase.len()))
}

/// A verb of denial and the report that it denies, on either side of it: `denied the reports`, `сообщения опровергли`, `kabar itu dibantah`.
fn verb(passage: &Passage<'_>, words: &Words, at: usize, sentence: &std::ops::Range<usize>) -> Option<(usize, usize)> {
    let is = |at: usize, class: &str| passage.tokens.get(at).is_some_and(|token| words.is(class, token));
    if !is(at, "deny") {
        return None;
    }
    let after = (at + 1..(at + 1 + REACH).min(sentence.end)).find(|other| is(*other, "reports")).map(|other| (at, other + 1));
    after.or_else(|| (at.saturating_sub(REACH).max(sentence.start)..at).rev().find(|other| is(*other, "reports")).map(|other| (other, at + 1)))
}
