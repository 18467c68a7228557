//! Numbers of people with what they count: `11 organisers`, `трое журналистов`, `11名记者`.

use std::collections::BTreeSet;

use crate::model::{Fact, FactKind};
use crate::understand::incident::passage::Passage;
use crate::understand::incident::words::Words;

/// Words between the number and what it counts: `three independent local journalists`.
const BETWEEN: usize = 2;
/// Most of one story.
const LIMIT: usize = 6;
/// More people than any incident has.
const MOST: u32 = 1_000_000;

/// Finds them beside the incident, each number once.
pub(super) fn find(passages: &[Passage<'_>], words: &Words) -> Vec<Fact> {
    let mut seen = BTreeSet::new();
    let mut facts = Vec::new();
    for passage in passages {
        for sentence in passage.sentences.iter().filter(|sentence| sentence.near) {
            for at in sentence.range.clone() {
                let Some((count, end)) = counted(passage, words, at, sentence.range.end) else { continue };
                let range = at..end;
                if facts.len() < LIMIT && seen.insert(count) {
                    facts.extend(passage.evidence(&range, "number of people").map(|evidence| Fact {
                        kind: FactKind::People,
                        value: evidence.text.clone(),
                        key: count.to_string(),
                        count: Some(count),
                        score: if sentence.tells { 0.9 } else { 0.6 },
                        evidence: vec![evidence],
                    }));
                }
            }
        }
    }
    facts
}

/// The number at a word and the end of what it counts.
fn counted(passage: &Passage<'_>, words: &Words, at: usize, limit: usize) -> Option<(u32, usize)> {
    let token = passage.tokens.get(at)?;
    let (mut count, mut next) = (value(&token.folded, words)?, at + 1);
    // 1 200
    while next < limit
        && matches!(passage.gap_before(next), " " | "\u{A0}" | "\u{202F}")
        && is_number(passage, next - 1)
        && passage.tokens.get(next).is_some_and(|token| token.folded.len() == 3 && token.folded.bytes().all(|byte| byte.is_ascii_digit()))
    {
        count = count.checked_mul(1000)?.checked_add(passage.tokens.get(next)?.folded.parse().ok()?)?;
        next += 1;
    }
    if at > 0 && is_number(passage, at - 1) && passage.gap_before(at).chars().count() == 1 {
        return None; // the end of a longer number, a date or a score
    }
    if !(2..=MOST).contains(&count) {
        return None;
    }
    // Chinese and Japanese count with a word for the kind of thing: 名, 位, 人.
    if let Some(measure) = passage.tokens.get(next).filter(|_| next < limit && passage.gap_before(next).is_empty()) {
        if matches!(measure.folded.as_str(), "名" | "位" | "人") {
            let mut end = next + 1;
            while end < limit && passage.mark(end).actor && passage.gap_before(end).is_empty() {
                end += 1;
            }
            return Some((count, end));
        }
        return None;
    }
    for noun in next..(next + 1 + BETWEEN).min(limit) {
        if !matches!(passage.gap_before(noun), " " | "\u{A0}" | "\u{202F}") {
            return None; // 47-year-old, 47, and the like
        }
        let token = passage.tokens.get(noun)?;
        let mark = passage.mark(noun);
        if words.is("people", token) || (mark.actor && !mark.place) {
            let mut end = noun + 1;
            // An actor of several words is one: human rights defenders.
            while mark.actor && end < limit && passage.mark(end).actor && passage.gap_before(end) == " " {
                end += 1;
            }
            return Some((count, end));
        }
        if mark.topic || value(&token.folded, words).is_some() || words.is("month", token) || is_age(&token.folded) {
            return None;
        }
    }
    None
}

fn is_number(passage: &Passage<'_>, at: usize) -> bool {
    passage.tokens.get(at).is_some_and(|token| token.folded.bytes().all(|byte| byte.is_ascii_digit()))
}

fn value(folded: &str, words: &Words) -> Option<u32> {
    if folded.bytes().all(|byte| byte.is_ascii_digit()) {
        return folded.parse().ok();
    }
    // 1,200 and 1.200 are one word; 1.5 is no number of people.
    let mut groups = folded.split([',', '.']);
    if groups.next().is_some_and(|group| (1..=3).contains(&group.len())) && folded.contains([',', '.']) && groups.all(|group| group.len() == 3) {
        return folded.replace([',', '.'], "").parse().ok();
    }
    let han = ["二", "三", "四", "五", "六", "七", "八", "九", "十"].iter().zip(2..).find(|(digit, _)| **digit == folded);
    han.map(|(_, value)| value).or_else(|| if folded == "两" { Some(2) } else { words.value("number", folded) })
}

/// A span of time counts no people: years in prison, days, hours, money.
fn is_age(folded: &str) -> bool {
    const STEMS: [&str; 38] = [
        "year",
        "month",
        "day",
        "hour",
        "week",
        "minute",
        "dollar",
        "percent",
        "ano",
        "mes",
        "dia",
        "hora",
        "annee",
        "ans",
        "mois",
        "jour",
        "heure",
        "jahr",
        "monat",
        "tag",
        "stunde",
        "лет",
        "год",
        "месяц",
        "дн",
        "сут",
        "час",
        "рок",
        "жыл",
        "ай",
        "күн",
        "yıl",
        "gün",
        "ay",
        "lat",
        "dni",
        "سن",
        "يوم",
    ];
    STEMS.iter().any(|stem| folded.starts_with(stem) && folded.chars().count() <= stem.chars().count() + 4)
}
