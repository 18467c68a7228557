//! What an edit took out and put in, word by word, in every script; what stayed is shown a few words around it.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};

use crate::text::tokenize;

/// Words of what stayed that are shown before and after a change.
const AROUND: usize = 12;
/// Two long texts that have little in common: the comparison is then coarse, but it ends.
const WITHIN: Duration = Duration::from_millis(40);

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub kind: Kind,
    pub text: String,
}

/// What became of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Kept,
    TakenOut,
    PutIn,
    /// Something that stayed was left out here.
    Skipped,
}

/// Compares two texts. Empty where they are the same.
pub fn diff(old: &str, new: &str) -> Vec<Stretch> {
    if old == new {
        return Vec::new();
    }
    let (before, after) = (pieces(old), pieces(new));
    let changes = capture_diff_slices_deadline(Algorithm::Patience, &before, &after, Some(Instant::now() + WITHIN));
    let mut out = Vec::new();
    let last = changes.len().saturating_sub(1);
    for (number, change) in changes.iter().enumerate() {
        let (tag, old, new) = change.as_tag_tuple();
        let of = |all: &[&str], range: std::ops::Range<usize>| all.get(range).unwrap_or_default().concat();
        match tag {
            DiffTag::Equal => keep(&mut out, before.get(old).unwrap_or_default(), number == 0, number == last),
            DiffTag::Delete => push(&mut out, Kind::TakenOut, of(&before, old)),
            DiffTag::Insert => push(&mut out, Kind::PutIn, of(&after, new)),
            DiffTag::Replace => {
                push(&mut out, Kind::TakenOut, of(&before, old));
                push(&mut out, Kind::PutIn, of(&after, new));
            }
        }
    }
    out
}

fn push(out: &mut Vec<Stretch>, kind: Kind, text: String) {
    if !text.is_empty() {
        out.push(Stretch { kind, text });
    }
}

/// What stayed, shortened: its end before a change and its beginning after one.
fn keep(out: &mut Vec<Stretch>, pieces: &[&str], is_first: bool, is_last: bool) {
    // A word and what parts it from the next.
    let around = 2 * AROUND;
    let head = if is_first { 0 } else { around };
    let tail = if is_last { 0 } else { around };
    if pieces.len() <= head + tail {
        return push(out, Kind::Kept, pieces.concat());
    }
    push(out, Kind::Kept, pieces.get(..head).unwrap_or_default().concat());
    push(out, Kind::Skipped, " … ".to_owned());
    push(out, Kind::Kept, pieces.get(pieces.len() - tail..).unwrap_or_default().concat());
}

/// Words and what stands between them; together they are the text.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut end = 0;
    for token in tokenize(text) {
        if token.start > end {
            out.extend(text.get(end..token.start));
        }
        out.extend(text.get(token.start.max(end)..token.end));
        end = end.max(token.end);
    }
    if end < text.len() {
        out.extend(text.get(end..));
    }
    out.retain(|piece| !piece.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let part = |stretch: &Stretch| match stretch.kind {
            Kind::Kept => stretch.text.clone(),
            Kind::TakenOut => format!("[-{}-]", stretch.text),
            Kind::PutIn => format!("[+{}+]", stretch.text),
            Kind::Skipped => "<...>".to_owned(),
        };
        diff(old, new).iter().map(part).collect()
    }

    #[test]
    fn words_are_compared_in_every_script() {
        let check = |old: &str, new: &str, expect: &str| assert_eq!(shown(old, new), expect);
        check("Two editors were held.", "Three editors were freed.", "[-Two-][+Three+] editors were [-held-][+freed+].");
        check("Редактор задержан.", "Редактор освобождён.", "Редактор [-задержан-][+освобождён+].");
        check("记者在港口被捕", "记者在城里被捕", "记者在[-港口-][+城里+]被捕");
        check("same", "same", "");
        check("", "new", "[+new+]");
    }

    #[test]
    fn what_stayed_is_shortened_and_nothing_else_is_lost() {
        let long: String = (0..100).map(|number| format!("word{number} ")).collect();
        let old = format!("{long}was held {long}");
        let new = format!("{long}was freed {long}");
        let text = shown(&old, &new);
        assert!(text.starts_with("<...>word89 ") && text.contains("was [-held-][+freed+] word0 ") && text.ends_with("<...>"), "{text}");
    }

    #[test]
    fn pieces_are_the_text() {
        for text in ["l'état, c'est", "  a\n\nb ", "Ankara's 中文 x", "", "…"] {
            assert_eq!(pieces(text).concat(), text);
        }
    }
}
