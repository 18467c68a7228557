//! Words of strangers made fit for one line of a message: cleaned, shortened, never in the middle of a word.

use unicode_segmentation::UnicodeSegmentation;

/// How much of a story an alert quotes, in characters.
pub const EXCERPT_LIMIT: usize = 400;

/// What shows that something was left out.
const ELLIPSIS: char = '…';

/// One line without control and bidi characters, with single spaces; at most `limit` characters, cut at a word boundary.
///
/// Bidi controls are taken out because they let a headline reorder the words around it; the joiners that Persian and Indic scripts need stay.
pub fn line(text: &str, limit: usize) -> String {
    let clean = clean(text);
    if clean.chars().count() <= limit { clean } else { cut_at_word(&clean, limit) }
}

/// The first sentences of a text, at most [`EXCERPT_LIMIT`] characters; the first words and an ellipsis where no sentence ends in time.
/// Applied to its own result it changes nothing.
pub fn excerpt(text: &str) -> String {
    let clean = clean(text);
    let Some((limit, _)) = clean.char_indices().nth(EXCERPT_LIMIT) else { return clean };
    let head = clean.get(..limit).unwrap_or_default();
    match last_sentence_end(head, clean.get(limit..).unwrap_or_default()) {
        Some(end) if end * 2 >= limit => head.get(..end).unwrap_or_default().to_owned(),
        _ => cut_at_word(&clean, EXCERPT_LIMIT),
    }
}

fn clean(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(4096));
    for letter in text.chars() {
        if letter.is_whitespace() || matches!(letter, '\u{2028}' | '\u{2029}') {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !letter.is_control() && !is_invisible_control(letter) {
            line.push(letter);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Bidi marks, embeddings and isolates (UAX 9), zero-width space and byte order mark, soft hyphen, and the deprecated tag characters.
fn is_invisible_control(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn cut_at_word(clean: &str, limit: usize) -> String {
    let room = limit.saturating_sub(1);
    let byte_limit = clean.char_indices().nth(room).map_or(clean.len(), |(at, _)| at);
    let end = clean.split_word_bound_indices().map(|(at, _)| at).take_while(|at| *at <= byte_limit).last().unwrap_or(0);
    // A single word longer than the line: cut it where the room ends.
    let end = if end == 0 { byte_limit } else { end };
    let mut short = clean.get(..end).unwrap_or_default().trim_end_matches([' ', ',', ';', ':', '-', '–', '—', '(', '«', '"', '“']).to_owned();
    short.push(ELLIPSIS);
    short
}

/// The byte after the last sentence of `head`, given what follows it. A full stop counts only before a space, so that `3.5` and `A.B` hold together.
fn last_sentence_end(head: &str, tail: &str) -> Option<usize> {
    let mut letters = head.char_indices().peekable();
    let mut end = None;
    let mut previous = ' ';
    while let Some((at, letter)) = letters.next() {
        let after = at + letter.len_utf8();
        let next = letters.peek().map(|(_, next)| *next).or_else(|| tail.chars().next());
        let before_space = next.is_none_or(|next| next == ' ');
        let ends = match letter {
            '。' | '！' | '？' => true,
            '.' => before_space && !previous.is_uppercase(), // initials: "A. Serik"
            '!' | '?' | '…' | '؟' | '۔' | '।' | '։' | '።' | '။' | '។' => before_space,
            _ => false,
        };
        if ends {
            end = Some(after);
        }
        previous = letter;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT_LIMIT, excerpt, line};

    #[track_caller]
    fn check(text: &str, limit: usize, expect: &str) {
        assert_eq!(line(text, limit), expect);
    }

    #[test]
    fn a_line_holds_no_breaks_controls_or_bidi_characters() {
        check("Editor\r\nBcc: x@y.example\u{0}\u{7}", 100, "Editor Bcc: x@y.example");
        check("  a\u{2028}b\u{85}c\u{a0} d  ", 100, "a b c d");
        check("\u{202E}gnp.exe\u{202C} \u{2066}x\u{2069}\u{200E}\u{200F}\u{61C}\u{FEFF}", 100, "gnp.exe x");
        check("می\u{200C}خواهم", 100, "می\u{200C}خواهم");
    }

    #[test]
    fn a_long_line_is_cut_between_words() {
        check("The court sentenced the editor", 20, "The court sentenced…");
        check("The court, sentenced", 11, "The court…");
        check("Rindfleischetikettierung", 10, "Rindfleis…");
        check("記者在法庭外被拘留", 5, "記者在法…");
    }

    #[test]
    fn an_excerpt_ends_with_a_sentence_where_one_ends_late_enough() {
        let sentence = "Police held the reporter for 3.5 hours near the court. ";
        let short = excerpt(&sentence.repeat(20));
        assert!(short.chars().count() <= EXCERPT_LIMIT);
        assert!(short.ends_with("near the court."), "{short}");
        assert!(short.chars().count() > EXCERPT_LIMIT - sentence.len());
        let endless = excerpt(&"word ".repeat(200));
        assert!(endless.ends_with("word…") && endless.chars().count() <= EXCERPT_LIMIT, "{endless}");
        let chinese = excerpt(&"警方在法院外拘留了一名記者。".repeat(40));
        assert!(chinese.ends_with('。') && chinese.chars().count() <= EXCERPT_LIMIT);
    }

    #[test]
    fn an_excerpt_of_an_excerpt_is_itself() {
        for text in ["Held. ".repeat(300), "слово ".repeat(200), "字".repeat(900), "short".to_owned(), String::new()] {
            let once = excerpt(&text);
            assert_eq!(excerpt(&once), once);
        }
    }
}
