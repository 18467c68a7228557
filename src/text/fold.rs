//! Which letters are equal.

/// Brings text to NFC, drops format characters except ZWNJ and ZWJ (Persian, Sinhala and Indic words need them) and control
/// characters except line breaks and tabs. Offsets of tokens refer to the result.
pub fn normalize(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc()
        .filter(|&c| match c {
            '\n' | '\t' | '\u{200C}' | '\u{200D}' => true,
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
            | '\u{FFF9}'..='\u{FFFB}' => false,
            _ => !c.is_control(),
        })
        .collect()
}

/// Folds one word so that its spellings meet.
pub fn fold_word(word: &str) -> String {
    word.to_lowercase()
}
