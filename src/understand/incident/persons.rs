//! Names of persons beside an incident, as they are written.
//!
//! In scripts with capitals: two to four capitalized words with a sign that it is a person whom the incident concerns. In scripts without:
//! the words after an actor (`الصحفي ...`, `记者...`) that the story repeats. Deliberately absent: officials and lawyers who speak of it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Evidence, Fact, FactKind};
use crate::understand::incident::passage::{Passage, name_key};
use crate::understand::incident::words::{Words, is_particle};

/// Most of one story.
const LIMIT: usize = 12;
/// Places kept of one name.
const PLACES: usize = 4;
/// Words between a name and the actor or act beside it.
const BESIDE: usize = 3;

/// Finds them; each person once, in the shortest of the forms in which it occurs.
pub(super) fn find(passages: &[Passage<'_>], words: &Words) -> Vec<Fact> {
    let mut found: BTreeMap<String, Vec<(Evidence, bool)>> = BTreeMap::new();
    for passage in passages {
        let runs: Vec<Range<usize>> = passage.sentences.iter().flat_map(|sentence| names(passage, words, sentence.range.clone())).collect();
        for sentence in &passage.sentences {
            for run in runs.iter().filter(|run| sentence.range.contains(&run.start)) {
                let sure = sentence.near && concerns(passage, words, run, &sentence.range);
                if let Some(evidence) = passage.evidence(run, "named beside the incident") {
                    found.entry(name_key(&evidence.text)).or_default().push((evidence, sure));
                }
            }
        }
    }
    for evidence in caseless(passages, words) {
        found.entry(name_key(&evidence.text)).or_default().push((evidence, true));
    }
    let mut facts: Vec<Fact> = found
        .into_iter()
        .filter(|(_, places)| places.iter().any(|(_, sure)| *sure))
        .filter_map(|(key, mut places)| {
            places.sort_by_key(|(place, _)| (place.field, place.start));
            let value = places.iter().map(|(place, _)| &place.text).min_by_key(|text| text.chars().count())?.clone();
            let evidence = places.into_iter().map(|(place, _)| place).take(PLACES).collect();
            Some(Fact { kind: FactKind::Person, value, key, count: None, score: 0.8, evidence })
        })
        .collect();
    facts.sort_by_key(|fact| fact.evidence.first().map(|place| (place.field, place.start)));
    facts.truncate(LIMIT);
    facts
}

/// Runs of capitalized words in a sentence that may be names of persons.
fn names(passage: &Passage<'_>, words: &Words, sentence: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    if !passage.cased {
        return out;
    }
    let joins = |at: usize| matches!(passage.gap_before(at), " " | "\u{A0}" | "-" | "‑" | ". " | ".");
    let capital = |at: usize| at < sentence.end && passage.is_capital(at) && !passage.mark(at).actor && !passage.mark(at).topic;
    let mut at = sentence.start;
    while at < sentence.end {
        if !capital(at) {
            at += 1;
            continue;
        }
        let (start, mut end) = (at, at + 1);
        loop {
            if capital(end) && joins(end) {
                end += 1;
            } else if passage.tokens.get(end).is_some_and(is_particle) && capital(end + 1) && joins(end) && joins(end + 1) {
                end += 2;
            } else {
                break;
            }
        }
        at = end;
        let run = trimmed(passage, words, start, end, sentence.start);
        if is_person(passage, words, &run) {
            out.push(run);
        }
    }
    out
}

/// Without what only begins the sentence or is the person's office.
fn trimmed(passage: &Passage<'_>, words: &Words, mut start: usize, end: usize, sentence: usize) -> Range<usize> {
    let common = |at: usize| {
        passage.tokens.get(at).is_some_and(|token| {
            let elsewhere = passage.tokens.iter().enumerate().any(|(other, same)| same.folded == token.folded && !passage.is_capital(other));
            elsewhere || words.is("people", token) || words.is("number", token)
        })
    };
    if start == sentence && end > start + 2 && common(start) {
        start += 1;
    }
    start..end
}

fn is_person(passage: &Passage<'_>, words: &Words, run: &Range<usize>) -> bool {
    let tokens = passage.tokens.get(run.clone()).unwrap_or_default();
    let long = tokens.iter().filter(|token| token.folded.chars().count() > 1 && !is_particle(token)).count();
    let fits = (2..=5).contains(&tokens.len()) && long >= 1 && tokens.last().is_some_and(|token| token.folded.chars().count() > 1);
    let house = |token| words.is("house", token) || words.is("title", token) || words.is("weekday", token) || words.is("month", token);
    // A whole name may hold a word of a place, or be one: a run of places is none.
    let place = run.clone().any(|at| passage.mark(at).place);
    let quoted = passage.gap_before(run.start).ends_with(['«', '“', '„', '"', '”', '「', '‹']);
    let digits = tokens.iter().any(|token| token.folded.chars().any(char::is_numeric));
    let shouted = tokens.iter().any(|token| {
        let written = passage.text.get(token.start..token.end).unwrap_or_default();
        written.chars().count() > 2 && written.chars().all(char::is_uppercase)
    });
    fits && !place && !quoted && !digits && !shouted && !tokens.iter().any(house)
}

/// A sign that the person is one whom the incident concerns: an age, an actor or the act beside the name. Whoever only speaks is none.
fn concerns(passage: &Passage<'_>, words: &Words, run: &Range<usize>, sentence: &Range<usize>) -> bool {
    let before = run.start.saturating_sub(BESIDE).max(sentence.start)..run.start;
    let after = run.end..(run.end + BESIDE).min(sentence.end);
    let any = |range: &Range<usize>, test: &dyn Fn(usize) -> bool| range.clone().any(test);
    let is = |class: &'static str| move |at: usize| passage.tokens.get(at).is_some_and(|token| words.is(class, token));
    let age = passage.tokens.get(run.end).is_some_and(|token| {
        run.end < sentence.end
            && matches!(passage.gap_before(run.end), ", " | " (" | "، ")
            && (1..=2).contains(&token.folded.len())
            && token.folded.bytes().all(|byte| byte.is_ascii_digit())
    });
    let act = any(&after, &|at| passage.mark(at).topic) || any(&before, &|at| passage.mark(at).topic);
    let speaks = any(&(run.end..(run.end + 1).min(sentence.end)), &is("said"))
        || any(&(run.start.saturating_sub(1).max(sentence.start)..run.start), &is("said"));
    let office = any(&(run.start.saturating_sub(2).max(sentence.start)..run.start), &is("title"));
    let actor = any(&before, &|at| passage.mark(at).actor) || any(&after, &|at| passage.mark(at).actor);
    if age {
        return true;
    }
    !office && !speaks && (act || actor)
}

/// Names in scripts without capitals: what follows an actor and stands in the story twice.
fn caseless(passages: &[Passage<'_>], words: &Words) -> Vec<Evidence> {
    let mut found: Vec<(String, Evidence)> = Vec::new();
    for passage in passages.iter().filter(|passage| !passage.cased) {
        for at in 1..passage.tokens.len() {
            if passage.mark(at - 1).actor && !passage.mark(at).actor {
                let (spaced, joined) = (spaced_name(passage, words, at), han_name(passage, at));
                for run in spaced.into_iter().chain(joined) {
                    found.extend(passage.evidence(&run, "named after an actor").map(|evidence| (evidence.text.clone(), evidence)));
                }
            }
        }
    }
    let twice = |name: &str| passages.iter().map(|passage| passage.text.matches(name).count()).sum::<usize>() >= 2;
    found.retain(|(name, _)| twice(name));
    // Of 王小 and 王小明 the longer is the name.
    let names: Vec<String> = found.iter().map(|(name, _)| name.clone()).collect();
    found.retain(|(name, _)| !names.iter().any(|other| other.len() > name.len() && other.starts_with(name.as_str())));
    found.into_iter().map(|(_, evidence)| evidence).collect()
}

/// Two words of a script that parts words and knows no capitals.
fn spaced_name(passage: &Passage<'_>, words: &Words, at: usize) -> Option<Range<usize>> {
    let run = at..at + 2;
    let fits = run.clone().all(|at| {
        passage.tokens.get(at).is_some_and(|token| {
            let letters = token.folded.chars().count();
            let caseless =
                token.folded.chars().all(|letter| letter.is_alphabetic() && !letter.is_lowercase() && !('\u{2E80}'..='\u{9FFF}').contains(&letter));
            let mark = passage.mark(at);
            letters >= 3 && caseless && !mark.topic && !mark.place && !mark.actor && !words.is("function", token) && passage.gap_before(at) == " "
        })
    });
    // The first name has no article; an adjective after the actor has.
    let article = passage.tokens.get(at).is_some_and(|token| token.folded.starts_with("ال"));
    (fits && !article).then_some(run)
}

/// Family names of nine in ten Chinese.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇魏呂盧鍾譚陸賈";
/// What follows a name in a sentence.
const AFTER_NAME: &str = "被在于因遭的和与及是已将说称等从向对由以为今昨";

/// A family name and one or two more characters, both ways; repetition decides.
fn han_name(passage: &Passage<'_>, at: usize) -> Vec<Range<usize>> {
    let letter = |at: usize| passage.tokens.get(at).and_then(|token| token.folded.chars().next());
    if !letter(at).is_some_and(|letter| SURNAMES.contains(letter)) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for end in at + 1..at + 3 {
        let ideograph = letter(end).is_some_and(|letter| ('\u{4E00}'..='\u{9FFF}').contains(&letter) && !AFTER_NAME.contains(letter));
        if !ideograph || !passage.gap_before(end).is_empty() || passage.mark(end).topic {
            break;
        }
        out.push(at..end + 1);
    }
    out
}
