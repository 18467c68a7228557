//! Evidence in its text: which stretches speak for what.

use crate::model::Evidence;

/// A place and what it speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    /// `arrest or detention: term detain*`
    pub reason: String,
    pub kind: SpanKind,
}

/// What a place speaks for; where several meet, the greatest is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanKind {
    Country,
    Actor,
    Topic,
    Watchlist,
}

impl SpanKind {
    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Actor => "actor",
            Self::Topic => "topic",
            Self::Watchlist => "watchlist",
        }
    }
}

/// A stretch of text between two boundaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// `None` where nothing speaks.
    pub mark: Option<Mark>,
}

/// Why a stretch is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub kind: SpanKind,
    /// All reasons, for the title.
    pub reasons: String,
}

/// The place that evidence names, if the text still says there what was found: an edited story must not be marked at random.
pub fn span(text: &str, evidence: &Evidence, kind: SpanKind, label: &str) -> Option<Span> {
    let found = text.get(evidence.start..evidence.end)?;
    (!found.is_empty() && found == evidence.text).then(|| Span {
        start: evidence.start,
        end: evidence.end,
        reason: format!("{label}: {}", evidence.rule),
        kind,
    })
}

/// Cuts a text at the bounds of its spans, which may overlap, and at its line ends. Each line is one list of pieces; together they are the text.
///
/// Spans must lie on character boundaries, as [`span`] gives them.
pub fn lines(text: &str, spans: &[Span]) -> Vec<Vec<Piece>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        lines.push(pieces(text, start, end, spans));
        start = end + 1;
    }
    lines
}

/// A whole text without any mark.
pub fn plain(text: &str) -> Vec<Piece> {
    if text.is_empty() { Vec::new() } else { vec![Piece { text: text.to_owned(), mark: None }] }
}

/// A part of a text around the first of its spans, of about so many bytes, on one line; the beginning where there is no span.
pub fn excerpt(text: &str, spans: &[Span], bytes: usize) -> Vec<Piece> {
    let first = spans.iter().map(|span| span.start).min().unwrap_or(0);
    // A third of it stands before the place.
    let start = word_end(text, first.saturating_sub(bytes / 3));
    let end = word_end(text, (start + bytes).min(text.len()));
    let mut out = Vec::new();
    let dots = |there: bool| there.then(|| Piece { text: "…".to_owned(), mark: None });
    out.extend(dots(start > 0));
    for mut piece in pieces(text, start, end, spans) {
        piece.text = piece.text.replace('\n', " ");
        out.push(piece);
    }
    out.extend(dots(end < text.len()));
    out
}

/// The next place at or after this one where a cut falls between words; in writing without spaces, between characters.
fn word_end(text: &str, from: usize) -> usize {
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    if from == 0 {
        return 0;
    }
    let rest = text.get(from..).unwrap_or_default();
    rest.char_indices().take(24).find(|(_, c)| c.is_whitespace()).map_or(from, |(at, _)| from + at)
}

fn pieces(text: &str, start: usize, end: usize, spans: &[Span]) -> Vec<Piece> {
    let here: Vec<&Span> = spans.iter().filter(|span| span.start < end && span.end > start).collect();
    let mut bounds: Vec<usize> = here.iter().flat_map(|span| [span.start.max(start), span.end.min(end)]).chain([start, end]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut pieces: Vec<Piece> = Vec::new();
    for (&from, &to) in bounds.iter().zip(bounds.iter().skip(1)) {
        let Some(stretch) = text.get(from..to) else { continue };
        let over: Vec<&&Span> = here.iter().filter(|span| span.start <= from && span.end >= to).collect();
        let mark = over.iter().map(|span| span.kind).max().map(|kind| {
            let mut reasons: Vec<&str> = over.iter().map(|span| span.reason.as_str()).collect();
            reasons.sort_unstable();
            reasons.dedup();
            Mark { kind, reasons: reasons.join("; ") }
        });
        match pieces.last_mut() {
            Some(last) if last.mark == mark => last.text.push_str(stretch),
            _ => pieces.push(Piece { text: stretch.to_owned(), mark }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;

    fn shown(text: &str, spans: &[Span]) -> String {
        let piece = |piece: &Piece| match &piece.mark {
            Some(mark) => format!("[{} {}|{}]", mark.kind.class(), mark.reasons, piece.text),
            None => piece.text.clone(),
        };
        lines(text, spans).iter().map(|line| line.iter().map(piece).collect::<String>()).collect::<Vec<_>>().join("/")
    }

    fn at(start: usize, end: usize, reason: &str, kind: SpanKind) -> Span {
        Span { start, end, reason: reason.to_owned(), kind }
    }

    #[test]
    fn spans_overlap_touch_and_cross_lines() {
        let (topic, list) = (SpanKind::Topic, SpanKind::Watchlist);
        let check = |spans: &[Span], expect: &str| assert_eq!(shown("abcdef\nghi", spans), expect);
        check(&[], "abcdef/ghi");
        check(&[at(0, 2, "t", topic)], "[topic t|ab]cdef/ghi");
        check(&[at(0, 4, "t", topic), at(2, 6, "w", list)], "[topic t|ab][watchlist t; w|cd][watchlist w|ef]/ghi");
        check(&[at(0, 6, "t", topic), at(2, 3, "t", topic)], "[topic t|abcdef]/ghi");
        check(&[at(1, 2, "t", topic), at(2, 3, "u", topic)], "a[topic t|b][topic u|c]def/ghi");
        check(&[at(4, 9, "t", topic)], "abcd[topic t|ef]/[topic t|gh]i");
    }

    #[test]
    fn an_excerpt_stands_around_the_first_place() {
        let text = format!("{}arrested at dawn {}", "word ".repeat(50), "later ".repeat(50));
        let place = text.find("arrested").unwrap();
        let shown = |bytes| -> String {
            let pieces = excerpt(&text, &[at(place, place + 8, "t", SpanKind::Watchlist)], bytes);
            pieces.iter().map(|piece| if piece.mark.is_some() { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
        };
        assert_eq!(shown(60), "… word word word [arrested] at dawn later later later later later…");
        assert!(excerpt("short", &[], 60).iter().all(|piece| piece.text == "short"));
        let chinese = "记者在港口被捕".repeat(20);
        assert!(excerpt(&chinese, &[at(30, 36, "t", SpanKind::Watchlist)], 20).iter().any(|piece| piece.mark.is_some()));
    }

    #[test]
    fn evidence_that_the_text_no_longer_says_marks_nothing() {
        let evidence = |start, end, text: &str| Evidence { field: Field::Text, start, end, text: text.to_owned(), rule: "term".to_owned() };
        let check = |one: &Evidence, expect: bool| assert_eq!(span("Редактор задержан", one, SpanKind::Topic, "arrest").is_some(), expect);
        check(&evidence(17, 33, "задержан"), true);
        check(&evidence(17, 33, "отпущен"), false);
        check(&evidence(18, 33, "адержан"), false);
        check(&evidence(17, 99, "задержан"), false);
        check(&evidence(5, 5, ""), false);
        check(&evidence(9, 3, ""), false);
    }
}
