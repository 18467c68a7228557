//! The day that a page prints beside its headline or behind a word such as "published".
//!
//! In: the lines of the page and where headline and text stand. Out: a moment. Absent: metadata, which is believed before it, and relative
//! days ("yesterday").

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use jiff::Timestamp;
use regex::Regex;

use crate::understand::extract::date::parse_date;
use crate::understand::extract::lines::Line;

/// Words before the day on which a story first stood on the page. In lower case.
const PUBLISHED: &[&str] = &[
    "published",
    "posted",
    "first published",
    "created",
    "date:",
    "issued",
    "veröffentlicht",
    "erstellt",
    "erschienen",
    "publiziert",
    "datum:",
    "stand:",
    "stand -",
    "publié",
    "mis en ligne",
    "paru le",
    "publicado",
    "publicada",
    "fecha:",
    "pubblicato",
    "pubblicata",
    "gepubliceerd",
    "geplaatst",
    "opublikowano",
    "data publikacji",
    "dodano",
    "publikováno",
    "vydáno",
    "publikované",
    "objavljeno",
    "objavlje",
    "publicerad",
    "publisert",
    "udgivet",
    "julkaistu",
    "publicat",
    "közzétéve",
    "megjelent",
    "δημοσιεύ",
    "yayınlanma",
    "yayın tarihi",
    "опубликовано",
    "дата публикации",
    "опубліковано",
    "дата публікації",
    "апублікавана",
    "публикувано",
    "објављено",
    "жарияланды",
    "нашр",
    "نشر",
    "تاريخ النشر",
    "منتشر",
    "تاریخ انتشار",
    "प्रकाशित",
    "প্রকাশিত",
    "发布时间",
    "发表时间",
    "發布",
    "発行日",
    "公開日",
    "掲載日",
    "등록",
    "입력",
    "dipublikasikan",
    "đăng",
    "เผยแพร่",
];
/// The same in one automaton; of two that begin at one place the longer one counts.
static WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest).build(PUBLISHED).ok());
/// A line with a day and no more letters than this beside it is a dateline.
const BESIDE_LETTERS: usize = 24;
/// Datelines stand at most so many lines from where the text starts.
const NEAR_LINES: usize = 14;
/// A day further below belongs to another story.
const BELOW_LINES: usize = 5;
/// Longest line that may hold a labelled day.
const LABELLED_CHARS: usize = 400;

/// A word that says so stands among the first characters of its line: further on it is a sentence's.
const LABEL_WITHIN: usize = 60;
/// "was posted on 31 May 2024 at 10:20", "wurde am 31. Mai 2024 um 10:20 Uhr veröffentlicht": as blogs write it.
static POSTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^.{0,120}?\b(?:am|le|el|il|em) (?:\p{L}+, )?(\d{1,2}\.? ?\p{L}+\.? \d{4}|\d{1,2}[./]\d{1,2}[./]\d{4})\b.{0,30}?\b(?:gepostet|veröffentlicht|publiziert|erstellt|publié|publicado|pubblicato)").ok()
});

/// A day behind a word that says that the story was published then. `text`: first and last line of the article.
pub fn labelled(lines: &[Line], text: (usize, usize)) -> Option<Timestamp> {
    // Beside the headline, or below the text: elsewhere such lines belong to other stories.
    let reach = text.0.saturating_sub(NEAR_LINES * 2)..(text.1 + NEAR_LINES * 2).min(lines.len());
    let around: Vec<&Line> = lines.get(reach)?.iter().filter(|line| ours(line, lines, text.0)).collect();
    around.iter().enumerate().filter(|(_, line)| line.text.chars().count() <= LABELLED_CHARS).find_map(|(place, line)| {
        let lower = line.text.to_lowercase();
        // "Last change: 2 May. Published: 1 May" names two days: the one behind the word counts.
        let dated = lower.contains(|sign: char| sign.is_ascii_digit());
        if let Some(day) = POSTED.as_ref().filter(|_| dated).and_then(|pattern| pattern.captures(&lower)).and_then(|found| found.get(1)) {
            return parse_date(day.as_str());
        }
        let found = WORDS.as_ref()?.find(&lower)?;
        let (at, word) = (found.start(), PUBLISHED.get(found.pattern().as_usize())?);
        if at > LABEL_WITHIN {
            return None;
        }
        let begins_word = !lower.get(..at)?.ends_with(char::is_alphabetic);
        let rest = lower.get(at + word.len()..).filter(|_| begins_word)?;
        let Some(day) = rest.find(|sign: char| sign.is_ascii_digit()) else {
            // The day has a line of its own.
            let alone = at == 0 && rest.chars().count() < 12;
            return around.get(place + 1).filter(|_| alone).and_then(|next| bare(&next.text));
        };
        let near = rest.get(..day).is_some_and(|between| between.chars().count() <= 30);
        if near { rest.get(day..).and_then(parse_date).or_else(|| parse_date(rest)) } else { None }
    })
}

/// A line before the text, or among its first, that is hardly more than a day: the nearest one. Or the day that the text begins with.
pub fn beside(lines: &[Line], start: usize) -> Option<Timestamp> {
    let before = lines.get(start.saturating_sub(NEAR_LINES)..start)?.iter().rev().filter(|line| ours(line, lines, start));
    let first = lines.get(start..(start + 3).min(lines.len()))?;
    before
        .chain(first.iter().filter(|line| ours(line, lines, start)))
        .find_map(|line| bare(&line.text))
        .or_else(|| first.iter().find_map(|line| opening(&line.text)))
}

/// A line right below the text that is hardly more than a day.
pub fn below(lines: &[Line], text: (usize, usize)) -> Option<Timestamp> {
    let after = lines.get(text.1 + 1..(text.1 + 1 + BELOW_LINES).min(lines.len()))?;
    after.iter().filter(|line| ours(line, lines, text.0)).find_map(|line| bare(&line.text))
}

/// Whether a line belongs to the article. On pages that are one form or one menu what surrounds the text itself says nothing.
fn ours(line: &Line, lines: &[Line], start: usize) -> bool {
    !line.linked && (!line.place.aside || lines.get(start).is_some_and(|first| first.place.aside))
}

/// "(31 May 2024) The editor ...": the day that a text begins with.
fn opening(line: &str) -> Option<Timestamp> {
    static OPENING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^[(\[]?(\d{1,2}\.? ?\p{L}{3,12}\.? \d{4}|\p{L}{3,12}\.? \d{1,2}, \d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2})\s?(?:[)\]:.|–—]|- )",
        )
        .ok()
    });
    OPENING.as_ref()?.captures(line)?.get(1).and_then(|day| parse_date(day.as_str()))
}

/// The day of a line that holds nearly nothing else.
fn bare(line: &str) -> Option<Timestamp> {
    let chars = line.chars().count();
    if chars > 60 {
        return None;
    }
    let moment = parse_date(line)?;
    let letters = line.chars().filter(|letter| letter.is_alphabetic()).count();
    (letters <= BESIDE_LETTERS).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::extract::lines::read;

    #[track_caller]
    fn check(body: &str, expect: Option<&str>) {
        let lines = read(body);
        let start = lines.iter().position(|line| line.text.starts_with("The editor")).unwrap_or_default();
        let found = labelled(&lines, (start, start)).or_else(|| beside(&lines, start));
        assert_eq!(found.map(|moment| moment.to_string().chars().take(10).collect::<String>()).as_deref(), expect, "{body}");
    }

    #[test]
    fn datelines_are_read_beside_headline_and_text() {
        check("<h1>Editor held</h1><div>31.05.2024</div><p>The editor was held.</p>", Some("2024-05-31"));
        check("<h1>Editor held</h1><p>The editor was held.</p><p>Letzte Änderung: 02.06.2024 - Erschienen am: 31.05.2024</p>", Some("2024-05-31"));
        check("<h1>Editor held</h1><p>Опубликовано 31 мая 2024</p><p>The editor was held.</p>", Some("2024-05-31"));
        check(
            "<h1>Editor held</h1><p>The editor was held.</p><p>Dieser Eintrag wurde am Freitag, 31. Mai 2024 um 10:20 Uhr veröffentlicht.</p>",
            Some("2024-05-31"),
        );
        check(
            "<h1>Editor held</h1><p>The editor was held.</p><p>This entry was posted on Friday, May 31st, 2024 at 5:14 pm.</p>",
            Some("2024-05-31"),
        );
        check("<form><h1>Editor held</h1><p>Erschienen am:</p><p>31.05.2024</p><p>The editor was held.</p></form>", Some("2024-05-31"));
        check("<h1>Editor held</h1><p>The editor was held.</p><footer>Published 1.1.2020</footer>", None);
        check("<h1>Editor held</h1><p>The trial that began in the spring, on 3 May 2024, goes on</p><p>The editor was held.</p>", None);
    }
}
