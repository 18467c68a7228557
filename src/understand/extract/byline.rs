//! Names of authors out of bylines.
//!
//! In: what a page gives as its authors. Out: names, each once, without "By", addresses, roles and the site's own name.

use std::sync::LazyLock;

use regex::Regex;

/// Words before a name.
static LEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:written|created|posted|published|reported|story|text|words|article|reporting|interview|geschrieben|verfasst|erstellt|(?:ein |zeige alle |alle )?(?:artikel|beitrag|beiträge)|veröffentlicht|publié|écrit|escrito|scritto)\s+)?(?:by|von|vom|par|por|di|da|door|af|av|przez|od|autor(?:in|en|inn?en|a|ka)?|auteur|authors?|autore|interview|yazar|автор|текст|foto|text|words|the|mit|©|记者|作者|责任编辑|文)\s*[:：\s]\s*",
    )
    .ok()
});
/// What follows a name and is none.
static DATE_TAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\s+(?:am|on|le|el|um|at|fr|mo|di|mi|do|sa|so)(?:\s+\d.*|\s*)$|\s+am\s+\p{L}+tag\b.*$|\s+\d{1,2}[./:].*$|\s*[→»].*$").ok()
});
/// Where one name ends and the next begins.
static BETWEEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\s*(?:[;,|&/•·\n\t]|\s[-–—]\s|\s(?:and|und|et|y|e|en|og|och|i|и|та|және|ve|with|mit)\s)\s*").ok());

/// Longest name that is believed, in characters and words.
const LONGEST_CHARS: usize = 60;
const LONGEST_WORDS: usize = 6;
/// At most so many authors.
const AUTHORS_LIMIT: usize = 20;

/// Cleans the given bylines into names.
///
/// The site's own name, and that of its `host`, is no author.
pub fn names(given: &[String], site_name: Option<&str>, host: &str) -> Vec<String> {
    let site = site_name.map(plain).unwrap_or_default();
    let host = plain(host.trim_start_matches("www."));
    let mut found: Vec<String> = Vec::new();
    for byline in given {
        // Addresses go before the split: a slash separates names, too.
        let is_address = |word: &&str| word.contains("://") || word.contains('@') || word.starts_with("www.");
        let byline = byline.split_whitespace().filter(|word| !is_address(word)).collect::<Vec<_>>().join(" ");
        for part in BETWEEN.as_ref().map(|pattern| pattern.split(&byline).collect::<Vec<_>>()).unwrap_or_default() {
            let Some(name) = name(part) else { continue };
            let folded = plain(&name);
            let is_site = folded == site
                || folded == host
                || site == format!("the{folded}")
                || (!site.is_empty() && folded.len() > 3 && site == format!("{folded}com"));
            if !is_site && !found.iter().any(|known| plain(known) == folded) && found.len() < AUTHORS_LIMIT {
                found.push(name);
            }
        }
    }
    found
}

fn name(part: &str) -> Option<String> {
    let mut part = part.trim();
    for _ in 0..2 {
        if let Some(lead) = LEAD.as_ref().and_then(|pattern| pattern.find(part)) {
            part = part.get(lead.end()..).unwrap_or_default();
        }
    }
    // "Ada Brown am 3. Mai": the rest is a date.
    let part = DATE_TAIL.as_ref().and_then(|pattern| pattern.find(part)).and_then(|tail| part.get(..tail.start())).unwrap_or(part);
    // A remark in brackets is an agency or a role.
    let part = part.split(['(', '[', '<']).next().unwrap_or_default();
    let part = part.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, ':' | '.' | '@' | '"' | '“' | '”' | '*' | '|' | '-' | '–'));
    // An initial at the end keeps its dot: "Perry B. Jr."
    let words = part.split_whitespace().count();
    let letters = part.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_address = part.contains(".com");
    let numbered = part.chars().filter(char::is_ascii_digit).count() > 2;
    if letters < 2 || words > LONGEST_WORDS || part.chars().count() > LONGEST_CHARS || is_address || numbered {
        return None;
    }
    let lower = part.to_lowercase();
    let role = [
        "admin",
        "administrator",
        "editor",
        "staff",
        "webmaster",
        "redaktion",
        "redaction",
        "rédaction",
        "author",
        "autor",
        "guest",
        "null",
        "undefined",
        "none",
        "anonymous",
        "no author",
        "unknown",
        "follow",
        "von",
        "by",
        "par",
        "veröffentlicht",
        "phd",
        "ph.d",
        "md",
        "m.d",
        "rd",
    ];
    if role.contains(&lower.as_str()) || lower.ends_with(" min read") {
        return None;
    }
    Some(part.to_owned())
}

/// Letters and digits in lower case: what two spellings of one name share.
pub fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(byline: &str, expect: &[&str]) {
        assert_eq!(names(&[byline.to_owned()], Some("The Daily"), "www.daily.example"), expect, "{byline}");
    }

    #[test]
    fn bylines_become_names() {
        check("By Ada Brown and Chi Diaz", &["Ada Brown", "Chi Diaz"]);
        check("Von Ada Brown, Chi Diaz (dpa)", &["Ada Brown", "Chi Diaz"]);
        check("Автор: Анна Иванова", &["Анна Иванова"]);
        check("https://www.facebook.com/ada", &[]);
        check("The Daily", &[]);
        check("ada@daily.example", &[]);
        check("Written by  Ada   Brown | 5 min read", &["Ada Brown"]);
        check("Ada Brown; ADA BROWN", &["Ada Brown"]);
        check("admin", &[]);
        check("daily.example", &[]);
        check("Erstellt von Ada Brown, PhD", &["Ada Brown"]);
        check("Beitrag von Ada Brown am 3. Mai", &["Ada Brown"]);
    }
}
