//! Where words begin and end.
//!
//! UAX 29 in spirit, with what matching needs otherwise: a full stop always parts letters (initials are written without a space, `А.Петров`),
//! a hyphen parts, unspaced scripts give a token a cluster, and elided articles and apostrophe endings are taken off.

use unicode_normalization::char::is_combining_mark;

use crate::text::fold::{fold_word, fold_word_into, is_apostrophe, is_dropped_format};
use crate::text::script::{Script, script_of};

/// One word of a text, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The folded form that matching and search compare.
    pub folded: String,
}

/// Splits a text into words in order.
///
/// Han and Kana give one token a character; Thai, Lao, Khmer and Burmese one token a cluster, so that a word of them is a phrase.
/// `l'état` is `l`, `etat`; `İstanbul'da` and `Ankara's` are the word before the apostrophe; `об'єднання` and `Sana'a`-like words are one.
/// A token covers its word alone, without the ending that was taken off.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 6);
    each_word(text, |start, end, folded| tokens.push(Token { start, end, folded: folded.to_owned() }));
    tokens
}

/// Calls `emit` with the place and the folded form of every word that [`tokenize`] gives, without a string for each.
pub fn each_word(text: &str, mut emit: impl FnMut(usize, usize, &str)) {
    let mut folded = String::with_capacity(32);
    each_place(text, |start, end| {
        folded.clear();
        fold_word_into(&text[start..end], &mut folded);
        if !folded.is_empty() {
            emit(start, end, &folded);
        }
    });
}

/// Calls `emit` with the place of every word that [`tokenize`] gives, and of the few that fold to nothing (a lone tatweel), which are no words:
/// for those who fold each distinct word once.
pub fn each_place(text: &str, emit: impl FnMut(usize, usize)) {
    let mut scanner = Scanner { text, emit };
    let mut at = 0;
    while at < text.len() {
        at = scanner.step(at);
    }
}

struct Scanner<'a, F> {
    text: &'a str,
    emit: F,
}

/// What a character is to a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    /// A token of its own, with the marks that follow.
    Alone,
    /// Belongs to whatever it follows.
    Extend,
    Apostrophe,
    Outside,
}

fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' | '_' => Kind::Letter,
            '0'..='9' => Kind::Digit,
            '\'' | '`' => Kind::Apostrophe,
            _ => Kind::Outside,
        };
    }
    // Most letters of news, before the questions that need tables.
    match c {
        '\u{C0}'..='\u{24F}' if !matches!(c, '×' | '÷') => return Kind::Letter,
        '\u{370}'..='\u{373}' | '\u{386}' | '\u{388}'..='\u{3FF}' | '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' | '\u{5D0}'..='\u{5EA}' => {
            return Kind::Letter;
        }
        '\u{620}'..='\u{64A}' | '\u{671}'..='\u{6D3}' | '\u{10D0}'..='\u{10FA}' | '\u{AC00}'..='\u{D7A3}' => return Kind::Letter,
        '\u{4E00}'..='\u{9FFF}' => return Kind::Alone,
        _ => {}
    }
    if is_apostrophe(c) {
        return Kind::Apostrophe;
    }
    if is_combining_mark(c) || is_dropped_format(c) || matches!(c, '\u{200C}' | '\u{200D}') {
        return Kind::Extend;
    }
    if !c.is_alphanumeric() && c != '\u{640}' {
        return Kind::Outside;
    }
    match script_of(c) {
        Script::Ideographic => Kind::Alone,
        Script::Unspaced if !c.is_numeric() => {
            // SARA AM and its Lao sister are vowels that hang on the consonant, yet no marks.
            if matches!(c, '\u{E33}' | '\u{EB3}') { Kind::Extend } else { Kind::Alone }
        }
        _ if c.is_numeric() => Kind::Digit,
        _ => Kind::Letter,
    }
}

impl<F: FnMut(usize, usize)> Scanner<'_, F> {
    /// Reads one token or one character that is none; returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let Some(first) = self.char_at(at) else { return self.text.len() };
        let after = at + first.len_utf8();
        match kind(first) {
            Kind::Alone => {
                let end = self.cluster_end(after);
                (self.emit)(at, end);
                end
            }
            Kind::Letter | Kind::Digit => self.word(at),
            Kind::Extend | Kind::Apostrophe | Kind::Outside => after,
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    /// The end of a cluster that begins before `at`: marks, and whatever a Khmer or Burmese stacker binds below.
    fn cluster_end(&self, mut at: usize) -> usize {
        let mut stacked = false;
        while let Some(c) = self.char_at(at) {
            if kind(c) == Kind::Extend {
                stacked = matches!(c, '\u{17D2}' | '\u{1039}');
            } else if stacked && kind(c) == Kind::Alone {
                stacked = false;
            } else {
                break;
            }
            at += c.len_utf8();
        }
        at
    }

    fn word(&mut self, start: usize) -> usize {
        let mut first_apostrophe: Option<(usize, usize)> = None;
        // Plain letters and digits first, which need no question.
        let plain = self.text.as_bytes().iter().skip(start).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let mut at = start + plain;
        let ends_in_digit = plain > 0 && self.text.as_bytes().get(at - 1).is_some_and(u8::is_ascii_digit);
        let mut previous = if ends_in_digit { Kind::Digit } else { Kind::Outside };
        while let Some(c) = self.char_at(at) {
            let next = at + c.len_utf8();
            match kind(c) {
                this @ (Kind::Letter | Kind::Digit) => previous = this,
                Kind::Extend => {}
                Kind::Apostrophe if self.goes_on(next) => {
                    // An article that was elided: what follows is a word of its own, with apostrophes of its own.
                    if first_apostrophe.is_none() && is_elided_article(&self.text[start..at]) {
                        (self.emit)(start, at);
                        return next;
                    }
                    first_apostrophe.get_or_insert((at, next));
                }
                Kind::Outside if previous == Kind::Digit && matches!(c, '.' | ',') && self.char_at(next).is_some_and(char::is_numeric) => {}
                Kind::Outside if matches!(c, '"' | '\u{5F4}') && self.is_hebrew_inside(at, next) => {}
                _ => break,
            }
            at = next;
        }
        let end = self.without_trailing_joiners(start, at);
        match first_apostrophe {
            Some((before, after)) if is_ending(&self.text[start..before], &self.text[before..after], &self.text[after..end]) => {
                (self.emit)(start, before);
            }
            _ => (self.emit)(start, end),
        }
        at
    }

    /// Whether a word character follows: an apostrophe at the end of a word is a quotation mark or a lost ending.
    fn goes_on(&self, at: usize) -> bool {
        self.char_at(at).is_some_and(|c| matches!(kind(c), Kind::Letter | Kind::Digit))
    }

    /// Gershayim before the last letter of a Hebrew abbreviation, often written as a plain quotation mark.
    fn is_hebrew_inside(&self, at: usize, next: usize) -> bool {
        let hebrew = |c: char| script_of(c) == Script::Hebrew;
        self.text[..at].chars().next_back().is_some_and(hebrew)
            && self.char_at(next).is_some_and(hebrew)
            && !self.text[next..].chars().nth(1).is_some_and(hebrew)
    }

    fn without_trailing_joiners(&self, start: usize, end: usize) -> usize {
        if self.text.as_bytes().get(end.wrapping_sub(1)).is_some_and(u8::is_ascii) {
            return end;
        }
        start + self.text[start..end].trim_end_matches(|c| is_dropped_format(c) || matches!(c, '\u{200C}' | '\u{200D}')).len()
    }
}

/// French, Catalan and Italian words that lose their vowel before another word.
fn is_elided_article(before: &str) -> bool {
    const ELIDED: &[&str] = &[
        "l", "d", "qu", "c", "j", "m", "n", "s", "t", "jusqu", "lorsqu", "puisqu", "quoiqu", "quelqu", "dell", "nell", "all", "dall", "sull", "coll",
        "un", "quest", "quell", "sant", "degl", "gl",
    ];
    before.len() <= 6 && ELIDED.iter().any(|article| before.eq_ignore_ascii_case(article))
}

/// Whether what follows an apostrophe is a grammatical ending: the possessive, or a Turkish or Azerbaijani case after a proper name.
fn is_ending(base: &str, apostrophe: &str, ending: &str) -> bool {
    // The turned comma is a letter in Uzbek, Hawaiian and Tongan.
    if matches!(apostrophe, "\u{2018}" | "\u{2BB}" | "`" | "\u{2BF}" | "\u{2BE}")
        || !base.chars().all(|c| matches!(script_of(c), Script::Latin | Script::Other))
    {
        return false;
    }
    let ending = fold_word(ending);
    if ending == "s" {
        return true;
    }
    let is_name = base.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric());
    is_name && base.chars().nth(1).is_some() && is_turkic_ending(&ending)
}

/// Folded case, possessive and copula endings that follow an apostrophe in Turkish and Azerbaijani.
fn is_turkic_ending(ending: &str) -> bool {
    const CASES: &[&str] = &[
        "", "a", "e", "i", "u", "ya", "ye", "yi", "yu", "na", "ne", "ni", "nu", "da", "de", "ta", "te", "dan", "den", "tan", "ten", "nda", "nde",
        "ndan", "nden", "in", "un", "nin", "nun", "la", "le", "yla", "yle", "daki", "deki", "taki", "teki", "ndaki", "ndeki", "dir", "dur", "tir",
        "tur", "ca", "ce", "li", "lu", "lik", "luk", "ti", "di", "ydi", "ydu", "si", "su", "sini", "sinin", "sinda", "sinde", "sina", "sine",
        "ninki",
    ];
    let singular = ending.strip_prefix("lar").or_else(|| ending.strip_prefix("ler"));
    CASES.contains(&ending) || singular.is_some_and(|rest| CASES.contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::tokenize;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let tokens = tokenize(text);
        let folded: Vec<&str> = tokens.iter().map(|token| token.folded.as_str()).collect();
        assert_eq!(folded, expect, "{text}");
        for pair in tokens.windows(2) {
            assert!(pair[0].end <= pair[1].start, "tokens overlap in {text}");
        }
        for token in &tokens {
            assert!(text.get(token.start..token.end).is_some_and(|slice| !slice.is_empty()), "no slice in {text}");
        }
    }

    #[test]
    fn words_are_split_as_readers_split_them() {
        check("", &[]);
        check(" - ’ ", &[]);
        check("Press-card №7, user_name 10,000 3.14 end.", &["press", "card", "7", "user_name", "10,000", "3.14", "end"]);
        check("А.Петров и Б. К. Иванов", &["а", "петров", "и", "б", "к", "иванов"]);
        check("Zu\u{AD}sam\u{AD}men", &["zusammen"]);
    }

    #[test]
    fn apostrophes_part_articles_and_endings_but_not_letters() {
        check("L’État d'urgence aujourd’hui qu'elle", &["l", "etat", "d", "urgence", "aujourdhui", "qu", "elle"]);
        check("İzmir'de Ankara’nın TBMM'ye", &["izmir", "ankara", "tbmm"]);
        check("the editor's dogs' don't", &["the", "editor", "dogs", "dont"]);
        check("об’єднання обʼєднання П'ять", &["обєднання", "обєднання", "пять"]);
        check("G‘ofur Sherqo'ziyev O’Brien 'quoted'", &["gofur", "sherqoziyev", "obrien", "quoted"]);
        check("צה\"ל אמר \"שלום\" ז׳בוטינסקי", &["צהל", "אמר", "שלומ", "זבוטינסקי"]);
    }

    #[test]
    fn unspaced_scripts_give_a_token_a_cluster() {
        check("记者X被捕", &["记", "者", "x", "被", "捕"]);
        check("かがく", &["か", "が", "く"]);
        check("ข่าว", &["ข่", "า", "ว"]);
        check("ខ្មែរ", &["ខ្មែ", "រ"]);
        check("기자들이 말했다", &["기자들이", "말했다"]);
    }

    #[test]
    fn joiners_hold_a_persian_word_together() {
        check("نمی\u{200C}شود نمیشود", &["نميشود", "نميشود"]);
    }

    #[test]
    fn places_are_those_of_the_text_as_given() {
        let text = "«И\u{306}од» İzmir'de";
        let tokens = tokenize(text);
        assert_eq!(&text[tokens[0].start..tokens[0].end], "И\u{306}од");
        assert_eq!(&text[tokens[1].start..tokens[1].end], "İzmir");
    }
}
