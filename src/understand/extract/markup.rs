//! From a fragment of markup to plain paragraphs.
//!
//! In: what a feed carries as summary or content, or an extractor's output. Out: text, one paragraph a line. One pass, no tree, so that its
//! cost is linear whatever the nesting. Absent: layout, links, alternative texts.

use crate::understand::extract::entity::unescape;
use crate::understand::extract::guard::raw_text_end;

/// Elements that begin a new line.
pub(super) const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];
/// Elements whose content is no text of the story.
pub(super) const DROPPED: &[&str] =
    &["script", "style", "iframe", "noembed", "noframes", "object", "svg", "math", "template", "textarea", "select", "head", "title"];

/// Gives the text of markup: paragraphs separated by one newline, entities resolved, scripts and styles gone.
///
/// Plain text passes through, its lines kept as paragraphs.
pub fn text_of_markup(fragment: &str) -> String {
    let mut out = Paragraphs::default();
    let mut at = 0;
    let tags = fragment.contains('<');
    while let Some(found) = fragment.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        out.text(&unescape(fragment.get(at..start).unwrap_or_default()), tags);
        let rest = fragment.get(start + 1..).unwrap_or_default();
        at = if let Some(comment) = rest.strip_prefix("!--") {
            comment.find("-->").map_or(fragment.len(), |end| start + 4 + end + 3)
        } else if let Some(data) = rest.strip_prefix("![CDATA[") {
            let end = data.find("]]>").unwrap_or(data.len());
            out.text(data.get(..end).unwrap_or_default(), tags);
            (start + 9 + end + 3).min(fragment.len())
        } else if rest.starts_with(|sign: char| sign.is_ascii_alphabetic() || matches!(sign, '/' | '!' | '?')) {
            element(fragment, start, &mut out)
        } else {
            out.text("<", tags);
            start + 1
        };
    }
    out.text(&unescape(fragment.get(at..).unwrap_or_default()), tags);
    out.finish()
}

/// Handles the tag at `start`; gives where the text goes on.
fn element(fragment: &str, start: usize, out: &mut Paragraphs) -> usize {
    let body = fragment.get(start + 1..).unwrap_or_default();
    let closing = body.starts_with('/');
    let name_start = usize::from(closing);
    let name: String = body.get(name_start..).unwrap_or_default().chars().take_while(char::is_ascii_alphanumeric).take(16).collect();
    let name = name.to_ascii_lowercase();
    let end = tag_end(fragment, start + 1);
    if BLOCKS.contains(&name.as_str()) {
        out.end_paragraph();
    }
    let self_closed = fragment.get(..end).is_some_and(|tag| tag.ends_with("/>"));
    if !closing && !self_closed && DROPPED.contains(&name.as_str()) {
        let close = raw_text_end(fragment, end, &name);
        return tag_end(fragment, close.min(fragment.len()));
    }
    end
}

/// Attributes of more bytes are hostile; their text is no text of the story either.
const TAG_LIMIT_BYTES: usize = 65_536;

/// One past the `>` of the tag, outside of quotes; a quote that never ends does not swallow the rest.
pub(super) fn tag_end(fragment: &str, from: usize) -> usize {
    let rest = fragment.get(from..).unwrap_or_default();
    let tag = rest.get(..rest.floor_char_boundary(TAG_LIMIT_BYTES)).unwrap_or_default();
    let Some(first_close) = tag.find('>') else {
        return rest.find('>').map_or(fragment.len(), |close| from + close + 1);
    };
    let find = |sign: char, at: usize| tag.get(at..).and_then(|rest| rest.find(sign)).map(|found| at + found);
    let (mut at, mut close) = (0, first_close);
    // The next quote of each kind; each part of the tag is searched once for each sign.
    let (mut double, mut single) = (find('"', 0), find('\'', 0));
    loop {
        if close < at {
            match find('>', at) {
                Some(next) => close = next,
                None => return from + first_close + 1,
            }
        }
        let quote = [double, single].into_iter().flatten().min().filter(|quote| *quote < close);
        let Some(quote) = quote else { return from + close + 1 };
        let (sign, other) = if double == Some(quote) { ('"', '\'') } else { ('\'', '"') };
        let opens = tag.get(..quote).is_some_and(|before| before.trim_ascii_end().ends_with('='));
        // Without its end it is no quotation.
        let after = if opens { find(sign, quote + 1).map(|end| end + 1) } else { Some(quote + 1) };
        let Some(after) = after else { return from + first_close + 1 };
        at = after;
        let (next, others) = (find(sign, at), if sign == '"' { single } else { double });
        let others = if others.is_some_and(|place| place < at) { find(other, at) } else { others };
        (double, single) = if sign == '"' { (next, others) } else { (others, next) };
    }
}

/// Collects text with single spaces inside a paragraph and single newlines between paragraphs.
#[derive(Default)]
struct Paragraphs {
    out: String,
    pending_space: bool,
    pending_line: bool,
}

impl Paragraphs {
    /// Adds text. In markup a newline is a space; in plain text it ends a paragraph.
    fn text(&mut self, text: &str, newline_is_space: bool) {
        for letter in text.chars() {
            if letter == '\n' && !newline_is_space {
                self.end_paragraph();
            } else if letter.is_whitespace() || letter == '\u{200B}' || letter == '\u{FEFF}' {
                self.pending_space = self.pending_space || letter.is_whitespace();
            } else if !letter.is_control() {
                if self.pending_line && !self.out.is_empty() {
                    self.out.push('\n');
                } else if self.pending_space && !self.out.is_empty() {
                    self.out.push(' ');
                }
                self.pending_line = false;
                self.pending_space = false;
                self.out.push(letter);
            }
        }
    }

    fn end_paragraph(&mut self) {
        self.pending_line = true;
        self.pending_space = false;
    }

    fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::tests::assert_not_quadratic;

    #[track_caller]
    fn check(markup: &str, expect: &str) {
        assert_eq!(text_of_markup(markup), expect, "{markup}");
    }

    #[test]
    fn markup_becomes_paragraphs() {
        check("<p>One &amp; two</p><p>Three<br/>four</p>", "One & two\nThree\nfour");
        check("<ul><li>a</li>\n <li>b <b>c</b></li></ul>", "a\nb c");
        check("A<script>var x = '<p>no</p>';</script> B<style>p{}</style>", "A B");
        check("&lt;not a tag&gt; 3 < 4", "<not a tag> 3 < 4");
        check("<![CDATA[Raw & plain]]>", "Raw & plain");
        check("x<!-- <p>hidden</p> -->y", "xy");
        check("<a href='x>y'>link</a> text", "link text");
        check("", "");
    }

    #[test]
    fn plain_text_keeps_its_lines() {
        check("First line\nSecond  line\n\n\nThird", "First line\nSecond line\nThird");
    }

    #[test]
    fn entities_are_resolved() {
        check(
            "caf&eacute; &#8220;quoted&#x201D; &nbsp; &mdash; &hellip; AT&T &unknown; &#0; &#xD800;",
            "café “quoted” — … AT&T &unknown; \u{FFFD} \u{FFFD}",
        );
    }

    #[test]
    fn broken_markup_loses_no_following_text() {
        check("<a href=\"x>word</a> after", "word after");
        check("<p>open", "open");
        check("a <", "a <");
        check("<script>never closed", "");
    }

    #[test]
    fn hostile_markup_is_read_in_linear_time() {
        for piece in ["<div>", "<a href=\"", "<a href=\"'\">", "<script", "&", "<!--", "<![CDATA[", "<p a='\""] {
            assert_not_quadratic(piece, 4_000, |size| piece.repeat(size), text_of_markup);
        }
    }
}
