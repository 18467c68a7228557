//! Where words begin and end.

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

/// Splits a text into words in order. Han and Kana give one token a character.
pub fn tokenize(text: &str) -> Vec<Token> {
    use unicode_segmentation::UnicodeSegmentation;
    text.unicode_word_indices().map(|(start, word)| Token { start, end: start + word.len(), folded: crate::text::fold_word(word) }).collect()
}
