//! Words with their places, folded as the tables are folded (data/countries/fold.py does the same).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::understand::classify::countries::zawgyi;

/// A word, or a run of letters in a script that puts no spaces between words.
#[derive(Debug)]
pub struct Word {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    pub folded: String,
    /// The letters begin with a capital, or the script knows none.
    pub capital: bool,
    /// Every letter is a capital.
    pub all_capitals: bool,
    /// Han, Kana, Thai, Lao, Burmese, Khmer: words are found inside.
    pub unspaced: bool,
    /// What stands between the word before and this one.
    pub gap: Gap,
    /// Unspaced scripts: the byte in the text that each byte of `folded` came from, and the end.
    pub origins: Vec<usize>,
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// A space.
    Space,
    /// A hyphen, an apostrophe or a point within a name (`St. Lucia`).
    Joint,
    /// A comma.
    Comma,
    /// Anything else: the words are no one name.
    Break,
}

/// Parts a text into words.
pub fn words_of(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::with_capacity(text.len() / 6);
    let mut chars = text.char_indices().peekable();
    let mut last_end = 0;
    while let Some(&(start, c)) = chars.peek() {
        if !is_word(c) || is_dropped(c) {
            chars.next();
            continue;
        }
        let unspaced = is_unspaced(c);
        let mut end = start;
        while let Some(&(at, c)) = chars.peek() {
            if is_word(c) && (is_unspaced(c) == unspaced || is_combining_mark(c)) {
                end = at + c.len_utf8();
                chars.next();
            } else if c == '.' && is_initials(text, start, at) {
                // U.S., D.C.: points between single capitals belong to the word.
                end = at;
                chars.next();
            } else {
                break;
            }
        }
        let raw = text.get(start..end).unwrap_or_default();
        let gap = if out.is_empty() { Gap::Break } else { gap_of(text.get(last_end..start).unwrap_or_default()) };
        last_end = end;
        let (folded, origins) = if unspaced { folded_with_origins(raw, start) } else { (fold(raw), Vec::new()) };
        let cased = raw.chars().any(|c| c.is_lowercase() || c.is_uppercase()) && !raw.chars().any(is_georgian);
        out.push(Word {
            start,
            end,
            folded,
            capital: !cased || raw.chars().find(|c| c.is_alphabetic()).is_some_and(|c| c.is_uppercase() || !c.is_lowercase()),
            all_capitals: cased && !raw.chars().any(char::is_lowercase),
            unspaced,
            gap,
            origins,
        });
    }
    out
}

/// Folds a run of an unspaced script and keeps where each byte came from; Zawgyi becomes Unicode.
fn folded_with_origins(raw: &str, start: usize) -> (String, Vec<usize>) {
    let letters: Vec<(usize, char)> = if zawgyi::is_zawgyi(raw) { zawgyi::to_unicode(raw) } else { raw.char_indices().collect() };
    let (mut folded, mut origins) = (String::with_capacity(raw.len()), Vec::with_capacity(raw.len() + 1));
    for (at, c) in letters {
        for c in c.to_lowercase().filter(|c| !is_dropped(*c)) {
            folded.push(plain(c));
            origins.resize(folded.len(), start + at);
        }
    }
    origins.push(start + raw.len());
    (folded, origins)
}

/// Whether the letters from `start` to the point at `at` are single capitals parted by points.
fn is_initials(text: &str, start: usize, at: usize) -> bool {
    let rest = text.get(at + 1..).unwrap_or_default().chars().next();
    let before = text.get(start..at).unwrap_or_default();
    let single = |part: &str| {
        let mut letters = part.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    };
    before.split('.').all(single) && (before.contains('.') || rest.is_some_and(char::is_uppercase))
}

fn gap_of(between: &str) -> Gap {
    match between {
        " " | "\u{A0}" | "\u{202F}" => Gap::Space,
        "-" | "'" | "’" | "ʻ" | "ʼ" | "‘" | "`" | "´" | ". " | "\u{2010}" | "\u{2011}" | "־" | "\u{200C}" | "·" | "・" | "." => Gap::Joint,
        ", " | "," | "، " | "،" => Gap::Comma,
        "\n" => Gap::Break,
        _ if between.chars().all(|c| c == ' ' || c == '\u{A0}' || is_dropped(c)) => Gap::Space,
        _ => Gap::Break,
    }
}

/// Folds one word: case, ё, dotless i, forms of Arabic and Ethiopic letters, vowel points. Accents stay.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    let mut push = |c: char| {
        for c in c.to_lowercase() {
            if !is_dropped(c) {
                out.push(plain(c));
            }
        }
    };
    if word.chars().any(is_combining_mark) {
        word.nfc().for_each(&mut push);
    } else {
        word.chars().for_each(&mut push);
    }
    out
}

fn plain(c: char) -> char {
    match c {
        'ё' => 'е',
        'ı' => 'i',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' | 'ہ' | 'ۀ' | 'ھ' | 'ۂ' => 'ه',
        'ሃ' | 'ሓ' | 'ኃ' | 'ኻ' => 'ሀ',
        'ኣ' | 'ዓ' => 'አ',
        'ሐ'..='ሖ' => shifted(c, 'ሐ', 'ሀ'),
        'ኀ'..='ኆ' => shifted(c, 'ኀ', 'ሀ'),
        'ሠ'..='ሦ' => shifted(c, 'ሠ', 'ሰ'),
        'ዐ'..='ዖ' => shifted(c, 'ዐ', 'አ'),
        'ፀ'..='ፆ' => shifted(c, 'ፀ', 'ጸ'),
        _ => c,
    }
}

/// The letter of the same vowel in the row that begins with `to`.
fn shifted(c: char, from: char, to: char) -> char {
    char::from_u32(u32::from(c) - u32::from(from) + u32::from(to)).unwrap_or(c)
}

/// Letters, digits and marks, and the signs that are dropped inside of words.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || is_dropped(c)
}

/// Vowel points, tatweel and invisible signs: they tell no words apart.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{307}' | '\u{640}' | '\u{64B}'..='\u{652}' | '\u{670}' | '\u{5B0}'..='\u{5C7}' | '\u{200B}' | '\u{200D}' | '\u{200E}' | '\u{200F}' | '\u{AD}'
    )
}

/// Scripts whose words stand without spaces.
pub fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x2FFF | 0x3003..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF | 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF)
}

/// Georgian letters count as lower case to Unicode, but the script knows no capitals.
fn is_georgian(c: char) -> bool {
    matches!(u32::from(c), 0x10A0..=0x10FF | 0x1C90..=0x1CBF)
}
