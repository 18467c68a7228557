//! Words for full-text search, split as stories are.

use crate::text::tokenize;

/// What a search asks for: every phrase must occur; a phrase is a row of folded words. Plain words are phrases of one; words that the tokenizer
/// parts (Chinese, `press-card`) are phrases. Quotation marks of every sort make a phrase; everything else is ignored.
pub fn search_terms(query: &str) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for (index, part) in query.split(['"', '“', '”', '„', '«', '»']).enumerate() {
        if index % 2 == 1 {
            push(part, &mut out);
        } else {
            part.split_whitespace().for_each(|word| push(word, &mut out));
        }
    }
    out
}

fn push(text: &str, out: &mut Vec<Vec<String>>) {
    let phrase: Vec<String> = tokenize(text).into_iter().map(|token| token.folded).collect();
    if !phrase.is_empty() && !out.contains(&phrase) {
        out.push(phrase);
    }
}

#[cfg(test)]
mod tests {
    use super::search_terms;

    #[test]
    fn words_and_phrases_are_told_apart() {
        let phrases: Vec<String> = search_terms("Élections \"presse libre\" 记者, press-card *").iter().map(|phrase| phrase.join("+")).collect();
        assert_eq!(phrases, ["elections", "presse+libre", "记+者", "press+card"]);
        assert!(search_terms(" \"\" - ").is_empty());
    }
}
