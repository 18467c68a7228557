//! Which letters are equal.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::text::script::{Script, script_of};

/// Brings text to NFC, drops format characters except ZWNJ and ZWJ (Persian, Sinhala and Indic words need them) and control
/// characters except line breaks and tabs. Offsets of tokens refer to whatever text the tokens were made of.
pub fn normalize(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(|&c| matches!(c, '\n' | '\t') || !c.is_ascii_control()).collect();
    }
    text.nfc().filter(|&c| matches!(c, '\n' | '\t') || !(is_dropped_format(c) || c.is_control())).collect()
}

/// Invisible characters that part no word and change no letter: soft hyphen, zero-width space, direction marks, byte order mark.
pub(super) fn is_dropped_format(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
    )
}

/// The characters that are written for an apostrophe, the Hebrew geresh and the Uzbek and Hawaiian turned comma among them.
pub fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{B4}' | '\u{2B9}'..='\u{2BF}' | '\u{5F3}' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{A78C}' | '\u{FF07}'
    )
}

/// Folds one word so that its spellings meet: case, accents (Latin, Greek), ё (Cyrillic), letter forms and vowel points (Arabic, Hebrew),
/// digits of any script, apostrophes, joiners. Idempotent.
pub fn fold_word(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_word_into(word, &mut out);
    out
}

/// Appends what [`fold_word`] gives.
pub fn fold_word_into(word: &str, out: &mut String) {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let from = out.len();
        out.push_str(word);
        out[from..].make_ascii_lowercase(); // what was pushed begins at a character
    } else if word.is_ascii() {
        out.extend(word.chars().filter(|&c| !is_apostrophe(c)).map(|c| c.to_ascii_lowercase()));
    } else {
        fold(word, Case::Lower, out);
    }
}

/// Folds everything but the case.
pub fn fold_word_keeping_case(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold(word, Case::Keep, &mut out);
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Lower,
    Keep,
}

fn fold(word: &str, case: Case, out: &mut String) {
    // A mark that composes makes another letter (и and breve is й): compose before looking at letters.
    if word.chars().any(|c| matches!(c, '\u{300}'..='\u{36F}' | '\u{653}'..='\u{655}' | '\u{1100}'..='\u{11FF}')) {
        word.nfc().for_each(|c| fold_char(c, case, out));
    } else {
        word.chars().for_each(|c| fold_char(c, case, out));
    }
}

fn fold_char(c: char, case: Case, out: &mut String) {
    // The letters of Russian, which need no table.
    if case == Case::Lower {
        match c {
            'а'..='я' => return out.push(c),
            'А'..='Я' => return out.push(char::from_u32(u32::from(c) + 0x20).unwrap_or(c)),
            _ => {}
        }
    }
    if c.is_ascii() {
        if !is_apostrophe(c) && c != '"' {
            out.push(if case == Case::Lower { c.to_ascii_lowercase() } else { c });
        }
        return;
    }
    if is_apostrophe(c) || is_dropped_format(c) || matches!(c, '\u{200C}' | '\u{200D}' | '\u{5F4}') {
        return;
    }
    match script_of(c) {
        Script::Latin | Script::Greek => decompose_compatible(c, |part| {
            if !is_combining_mark(part) {
                push_latin_or_greek(part, case, out);
            }
        }),
        Script::Cyrillic => push_cyrillic(c, case, out),
        Script::Arabic => decompose_presentation_form(c, |part| push_arabic(part, out)),
        Script::Hebrew => decompose_compatible(c, |part| {
            if !is_combining_mark(part) {
                out.push(plain_hebrew(part));
            }
        }),
        Script::Armenian if c == '\u{587}' => out.push_str("եւ"),
        Script::Ethiopic => out.push(plain_ethiopic(c)),
        Script::Unspaced if c == '\u{E33}' => out.push_str("\u{E4D}\u{E32}"),
        Script::Unspaced if c == '\u{EB3}' => out.push_str("\u{ECD}\u{EB2}"),
        Script::Ideographic => push_width(c, out),
        Script::Other if matches!(c, '\u{300}'..='\u{36F}') => {} // what did not compose is an accent or a stress mark
        _ => match decimal_digit(c) {
            Some(digit) => out.push(digit),
            None => push_case(c, case, out),
        },
    }
}

fn push_case(c: char, case: Case, out: &mut String) {
    match case {
        Case::Lower => out.extend(c.to_lowercase().filter(|part| *part != '\u{307}')),
        Case::Keep => out.push(c),
    }
}

fn push_latin_or_greek(c: char, case: Case, out: &mut String) {
    let plain = match c {
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "Ae",
        'œ' => "oe",
        'Œ' => "Oe",
        'þ' => "th",
        'Þ' => "Th",
        'đ' | 'ð' | 'ɖ' => "d",
        'Đ' | 'Ð' | 'Ɖ' => "D",
        'ł' => "l",
        'Ł' => "L",
        'ħ' => "h",
        'Ħ' => "H",
        'ı' => "i",
        'ŋ' => "n",
        'Ŋ' => "N",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ə' | 'ǝ' | 'ɛ' => "e",
        'Ə' | 'Ǝ' | 'Ɛ' => "E",
        'ø' | 'ɔ' => "o",
        'Ø' | 'Ɔ' => "O",
        'ς' => "σ",
        _ => return push_case(c, case, out),
    };
    for part in plain.chars() {
        push_case(part, case, out);
    }
}

/// ё is е, and a vowel with a grave is the vowel (a stress mark); й ї ў қ ғ ә ұ ө ѓ ќ are letters of their own and stay.
fn push_cyrillic(c: char, case: Case, out: &mut String) {
    let plain = match c {
        'ё' | 'ѐ' => 'е',
        'Ё' | 'Ѐ' => 'Е',
        'ѝ' => 'и',
        'Ѝ' => 'И',
        '\u{483}'..='\u{489}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A66F}'..='\u{A67D}' => return,
        _ => c,
    };
    push_case(plain, case, out);
}

fn decompose_presentation_form(c: char, emit: impl FnMut(char)) {
    if u32::from(c) >= 0xFB50 {
        decompose_compatible(c, emit);
    } else {
        let mut emit = emit;
        emit(c);
    }
}

fn push_arabic(c: char, out: &mut String) {
    let plain = match c {
        // Tatweel, harakat, Quranic marks.
        '\u{640}'
        | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E8}'
        | '\u{6EA}'..='\u{6ED}' => {
            return;
        }
        'أ' | 'إ' | 'آ' | 'ٱ' | '\u{672}' | '\u{673}' => 'ا',
        'ى' | 'ی' | 'ئ' | 'ې' | 'ۍ' | '\u{6CE}' => 'ي',
        'ؤ' => 'و',
        'ک' | 'ڪ' => 'ك',
        'ة' | 'ۀ' | 'ہ' | 'ۂ' | 'ۃ' | 'ھ' | 'ە' => 'ه',
        _ => decimal_digit(c).unwrap_or(c),
    };
    out.push(plain);
}

fn plain_hebrew(c: char) -> char {
    match c {
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        _ => c,
    }
}

/// Amharic and Tigrinya write one sound with several letters: ሀ ሐ ኀ, ሰ ሠ, አ ዐ, ጸ ፀ.
fn plain_ethiopic(c: char) -> char {
    let code = u32::from(c);
    let moved = match code {
        0x1210..=0x1217 => code - 0x10,
        0x1280..=0x1287 => code - 0x80,
        0x1220..=0x1227 => code + 0x10,
        0x12D0..=0x12D6 => code - 0x30,
        0x1340..=0x1347 => code - 0x08,
        _ => code,
    };
    char::from_u32(moved).unwrap_or(c)
}

/// Half-width kana and compatibility ideographs; everything else stays, kana keep their voicing marks.
fn push_width(c: char, out: &mut String) {
    match u32::from(c) {
        0xFF66..=0xFF9F | 0xF900..=0xFAFF | 0x2E80..=0x2FDF => out.extend(std::iter::once(c).nfkc()),
        _ => out.push(c),
    }
}

/// ASCII for a decimal digit of another script: every block of ten that news is written in.
fn decimal_digit(c: char) -> Option<char> {
    const ZEROS: [u32; 16] = [0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0x0F20, 0x1810, 0xFF10, 0x1040];
    let code = u32::from(c);
    if code < 0x660 {
        return None;
    }
    ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code)).and_then(|zero| char::from_digit(code - zero, 10))
}

#[cfg(test)]
mod tests {
    use super::{fold_word, fold_word_keeping_case, normalize};

    #[track_caller]
    fn equal(spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(fold_word(spelling), fold_word(spellings[0]), "{spelling} and {}", spellings[0]);
            assert_eq!(fold_word(&fold_word(spelling)), fold_word(spelling), "folding {spelling} twice");
        }
    }

    #[test]
    fn spellings_of_one_word_fold_to_one_form() {
        equal(&["İZMİR", "izmir", "ızmır", "IZMIR", "İzmir"]);
        equal(&["Straße", "STRASSE", "STRAẞE"]);
        equal(&["Łódź", "lodz", "ŁÓDŹ", "Ło\u{301}dz\u{301}"]);
        equal(&["Đặng", "dang"]);
        equal(&["Ναός", "ΝΑΟΣ", "ναοσ"]);
        equal(&["ёлка", "елка", "ЁЛКА", "е\u{308}лка", "ѐлка"]);
        equal(&["за́мок", "замок"]);
        equal(&["أحمد", "احمد", "أَحْمَد", "احـــمد"]);
        equal(&["مكتبة", "مکتبه", "مكتبه"]);
        equal(&["می\u{200C}روم", "میروم", "ميروم"]);
        equal(&["שָׁלוֹם", "שלום"]);
        equal(&["o‘zbek", "o'zbek", "oʻzbek", "oʼzbek", "ozbek"]);
        equal(&["ﻣﺪﻳﻨﺔ", "مدينة"]);
        equal(&["２０２６", "2026", "٢٠٢٦", "۲۰۲۶"]);
        equal(&["co\u{AD}operate", "cooperate"]);
    }

    #[test]
    fn letters_that_make_another_word_stay_apart() {
        for (one, other) in [("йод", "иод"), ("їжа", "іжа"), ("қар", "кар"), ("өз", "оз"), ("が", "か"), ("कि", "क"), ("เก่า", "เกา")]
        {
            assert_ne!(fold_word(one), fold_word(other));
        }
        assert_eq!(fold_word("И\u{306}од"), "йод");
    }

    #[test]
    fn case_is_kept_where_it_is_asked_for() {
        assert_eq!(fold_word_keeping_case("Élan"), "Elan");
        assert_eq!(fold_word_keeping_case("МИД"), "МИД");
    }

    #[test]
    fn normalizing_keeps_joiners_and_drops_direction_marks() {
        assert_eq!(normalize("\u{FEFF}e\u{301}\u{202E}a\u{0}\tb\nنمی\u{200C}شود"), "éa\tb\nنمی\u{200C}شود");
    }
}
