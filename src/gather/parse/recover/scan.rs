//! Cuts a document into tags and text. Whatever the text is, scanning goes on: nothing is an error.
//!
//! A parser by the rules stops at the first fault, and one fault in a feed of fifty items must not cost the other forty-nine. So here a
//! `<` that begins no tag is text, a tag that never ends ends where the next begins, a quote that is never closed is none, and a CDATA
//! section that is never closed ends with the element around it. Each byte is looked at a bounded number of times.

use std::collections::HashMap;

/// A declared entity may be a word, not a document.
const ENTITY_LIMIT_BYTES: usize = 256;
const ENTITY_LIMIT: usize = 256;
/// The end of a processing instruction is not looked for any further.
const INSTRUCTION_LIMIT_BYTES: usize = 4096;
/// Attributes beyond are not read.
const ATTRIBUTE_LIMIT: usize = 256;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::gather::parse) enum Token<'t> {
    Start(Tag<'t>),
    End {
        name: &'t str,
        raw: &'t str,
    },
    /// With its references unresolved.
    Text(&'t str),
    Cdata(&'t str),
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::gather::parse) struct Tag<'t> {
    /// With its prefix, as written.
    pub name: &'t str,
    /// Values with their references unresolved.
    pub attributes: Vec<(&'t str, &'t str)>,
    pub is_empty: bool,
    pub raw: &'t str,
}

impl<'t> Tag<'t> {
    /// The value of an attribute, whatever the case of its name.
    pub fn attribute(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

pub(in crate::gather::parse) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Entities that the document declares for itself.
    pub entities: HashMap<&'t str, &'t str>,
    no_comment_end: bool,
    /// Where the next `]]>` stands, so that it is not looked for again and again.
    cdata_end: Option<usize>,
    seen_doctype: bool,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, entities: HashMap::new(), no_comment_end: false, cdata_end: None, seen_doctype: false }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next token; `open` is the name of the element that it stands in.
    pub fn next(&mut self, open: Option<&str>) -> Option<Token<'t>> {
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('<') {
                return Some(self.text_until_tag(0));
            }
            if let Some(body) = rest.strip_prefix("<!--") {
                self.at += 4 + self.comment_length(body);
            } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<![CDATA[")) {
                return Some(self.cdata(open));
            } else if rest.starts_with("<?") {
                self.at += instruction_length(rest);
            } else if rest.starts_with("<!") {
                self.at += self.declaration(rest);
            } else if let Some(after) = rest.strip_prefix("</") {
                if !after.starts_with(is_name_start) {
                    // `</>` and the like say nothing.
                    self.at += 2 + after.find(['<', '>']).map_or(after.len(), |end| end + usize::from(after.as_bytes().get(end) == Some(&b'>')));
                    continue;
                }
                let name = name_of(after);
                let tail = after.get(name.len()..).unwrap_or_default();
                let end = tail.find(['<', '>']).unwrap_or(tail.len());
                let length = 2 + name.len() + end + usize::from(tail.as_bytes().get(end) == Some(&b'>'));
                self.at += length;
                return Some(Token::End { name, raw: rest.get(..length).unwrap_or_default() });
            } else if rest.get(1..).is_some_and(|after| after.starts_with(is_name_start)) {
                let (tag, length) = start_tag(rest);
                self.at += length;
                return Some(Token::Start(tag));
            } else {
                return Some(self.text_until_tag(1));
            }
        }
    }

    /// Text up to the next `<`; the first bytes are text in any case.
    fn text_until_tag(&mut self, certain: usize) -> Token<'t> {
        let rest = self.rest();
        let end = rest.get(certain..).and_then(|after| after.find('<')).map_or(rest.len(), |end| certain + end);
        self.at += end;
        Token::Text(rest.get(..end).unwrap_or_default())
    }

    fn comment_length(&mut self, body: &str) -> usize {
        if !self.no_comment_end {
            if let Some(end) = body.find("-->") {
                return end + 3;
            }
            self.no_comment_end = true;
        }
        // Never closed: it hides nothing but the line it begins.
        body.find(['>', '<', '\n']).unwrap_or(body.len())
    }

    fn cdata(&mut self, open: Option<&str>) -> Token<'t> {
        let begin = self.at + 9;
        let body = self.text.get(begin..).unwrap_or_default();
        if self.cdata_end.is_none_or(|end| end < begin) {
            self.cdata_end = Some(body.find("]]>").map_or(usize::MAX, |end| begin + end));
        }
        let end = self.cdata_end.filter(|end| *end != usize::MAX).map(|end| end - begin);
        let inside = end.map_or(body, |end| body.get(..end).unwrap_or_default());
        // A section that runs into the next one lost its own end: the element around it ends it.
        let lost = end.is_none() || inside.contains("<![CDATA[");
        if lost && let Some(cut) = open.and_then(|name| find_end_of(inside, name)) {
            self.at = begin + cut;
            return Token::Cdata(inside.get(..cut).unwrap_or_default());
        }
        self.at = begin + inside.len() + if end.is_some() { 3 } else { 0 };
        Token::Cdata(inside)
    }

    /// `<!DOCTYPE ... [ <!ENTITY name "value"> ]>`: its length, its entities kept.
    fn declaration(&mut self, rest: &'t str) -> usize {
        let simple = rest.find('>').map_or(rest.len(), |end| end + 1);
        let Some(open) = rest.get(..simple).and_then(|head| head.find('[')) else { return simple };
        if std::mem::replace(&mut self.seen_doctype, true) {
            return simple;
        }
        let subset = rest.get(open + 1..).unwrap_or_default();
        // The subset ends at `]` followed by `>`; without that it ends where the document's own elements begin.
        let close = subset.match_indices(']').find(|(at, _)| subset.get(at + 1..).is_some_and(|after| after.trim_start().starts_with('>')));
        let Some((close, _)) = close else { return simple };
        let inside = subset.get(..close).unwrap_or_default();
        if inside.contains("<item") || inside.contains("<entry") {
            return simple;
        }
        for declared in inside.split("<!ENTITY").skip(1).take(ENTITY_LIMIT) {
            let declared = declared.trim_start();
            let name = declared.split(char::is_whitespace).next().unwrap_or_default();
            let value = declared.get(name.len()..).unwrap_or_default().trim_start();
            let Some(quote @ ('"' | '\'')) = value.chars().next() else { continue };
            let Some(value) = value.get(1..).and_then(|value| value.split_once(quote)).map(|(value, _)| value) else { continue };
            if !name.is_empty() && name != "%" && value.len() <= ENTITY_LIMIT_BYTES {
                self.entities.entry(name).or_insert(value);
            }
        }
        let after = subset.get(close + 1..).unwrap_or_default();
        open + 1 + close + 1 + after.find('>').map_or(0, |end| end + 1)
    }
}

/// `<?name ...?>`; without its end, a tag.
fn instruction_length(rest: &str) -> usize {
    let rest = rest.get(..rest.floor_char_boundary(INSTRUCTION_LIMIT_BYTES)).unwrap_or(rest);
    let simple = rest.find('>').map_or(rest.len(), |end| end + 1);
    match rest.find("?>") {
        Some(end) if end + 2 <= simple || !rest.get(..end).unwrap_or_default().contains('<') => end + 2,
        _ => simple,
    }
}

/// Where the end tag of the named element begins.
fn find_end_of(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| {
        let after = text.get(at + 2..).unwrap_or_default();
        after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
            && after.get(name.len()..).is_some_and(|tail| tail.starts_with(|c: char| c == '>' || c.is_whitespace()))
    })
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | ':')
}

fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '/' | '=' | '"' | '\'')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// A start tag and its length; `rest` begins with `<` and a name.
fn start_tag(rest: &str) -> (Tag<'_>, usize) {
    let name = name_of(rest.get(1..).unwrap_or_default());
    let mut at = 1 + name.len();
    let mut attributes = Vec::new();
    let mut is_empty = false;
    loop {
        let tail = rest.get(at..).unwrap_or_default();
        let skipped = tail.len() - tail.trim_start_matches(|c: char| c.is_whitespace()).len();
        at += skipped;
        let tail = tail.get(skipped..).unwrap_or_default();
        match tail.as_bytes().first() {
            None | Some(b'<') => break,
            Some(b'>') => {
                at += 1;
                break;
            }
            Some(b'/') => {
                is_empty = tail.starts_with("/>");
                at += 1;
                continue;
            }
            Some(b'=' | b'"' | b'\'') => {
                at += 1;
                continue;
            }
            Some(_) => {}
        }
        let key = name_of(tail);
        if key.is_empty() {
            break; // cannot be: all characters that end a name at once are handled above
        }
        at += key.len();
        let (value, length) = attribute_value(tail.get(key.len()..).unwrap_or_default());
        at += length;
        if attributes.len() < ATTRIBUTE_LIMIT {
            attributes.push((key, value));
        }
    }
    (Tag { name, attributes, is_empty, raw: rest.get(..at).unwrap_or_default() }, at)
}

/// The value after an attribute's name, and how far it reaches.
fn attribute_value(tail: &str) -> (&str, usize) {
    let spaces = tail.len() - tail.trim_start().len();
    let Some(after) = tail.get(spaces..).and_then(|text| text.strip_prefix('=')) else { return ("", 0) };
    let more = after.len() - after.trim_start().len();
    let begin = spaces + 1 + more;
    let value = after.get(more..).unwrap_or_default();
    if let Some(quote @ ('"' | '\'')) = value.chars().next() {
        let body = value.get(1..).unwrap_or_default();
        // No attribute may hold `<`: one that does was never closed, and ends with its tag.
        let end = body.find([quote, '<']).unwrap_or(body.len());
        if body.get(end..).is_some_and(|rest| rest.starts_with(quote)) {
            return (body.get(..end).unwrap_or_default(), begin + 1 + end + 1);
        }
        let end = body.find(['>', '<']).unwrap_or(body.len());
        let inside = body.get(..end).unwrap_or_default();
        return (inside.trim_end_matches('/').trim_end(), begin + 1 + inside.trim_end_matches('/').len());
    }
    let end = value.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<')).unwrap_or(value.len());
    let inside = value.get(..end).unwrap_or_default();
    let inside = if value.get(end..).is_some_and(|rest| rest.starts_with('>')) { inside.trim_end_matches('/') } else { inside };
    (inside, begin + inside.len())
}

#[cfg(test)]
mod tests {
    use super::{Scanner, Token};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let mut scanner = Scanner::new(text);
        let mut open = Vec::new();
        let mut shown = Vec::new();
        while let Some(token) = scanner.next(open.last().copied()) {
            shown.push(match token {
                Token::Start(tag) => {
                    if !tag.is_empty {
                        open.push(tag.name);
                    }
                    let attributes: String = tag.attributes.iter().flat_map(|(name, value)| [" ", name, "=", value]).collect();
                    format!("<{}{attributes}{}>", tag.name, if tag.is_empty { "/" } else { "" })
                }
                Token::End { name, .. } => {
                    open.pop();
                    format!("</{name}>")
                }
                Token::Text(text) => format!("'{text}'"),
                Token::Cdata(text) => format!("[{text}]"),
            });
        }
        assert_eq!(shown.join(" "), expect, "{text}");
    }

    #[test]
    fn good_xml_is_cut_as_it_should_be() {
        check("<a b='1' c = \"2>3\"><d/>x &amp; y</a >", "<a b=1 c=2>3> <d/> 'x &amp; y' </a>");
        check("<?xml version='1.0'?><!-- <a> --><a><![CDATA[<b>]]></a>", "<a> [<b>] </a>");
        check("<!DOCTYPE rss [<!ENTITY co 'Acme'><!ELEMENT a ANY>]><a>&co;</a>", "<a> '&co;' </a>");
        check("<ж:имя ключ='1'/>", "<ж:имя ключ=1/>");
    }

    #[test]
    fn faults_cost_no_more_than_where_they_are() {
        check("<a>3 < 4 <3 <</a>", "<a> '3 ' '< 4 ' '<3 ' '<' </a>");
        check("<a><b x='1' <c>t</c></a>", "<a> <b x=1> <c> 't' </c> </a>");
        check("<a href=\"http://x/>t</a>", "<a href=http://x/> 't' </a>");
        check("<a href=http://x/y/>t", "<a href=http://x/y/> 't'");
        check("<a b='1' b='2' = \" c>t</a>", "<a b=1 b=2 c=> 't' </a>");
        check("<a>x</a", "<a> 'x' </a>");
        check("<a>x</b</a>", "<a> 'x' </b> </a>");
        check("<t><![CDATA[one</t><t><![CDATA[two]]></t>", "<t> [one] </t> <t> [two] </t>");
        check("<t><![CDATA[one</t>", "<t> [one] </t>");
        check("<!-- never closed\n<a>x</a>", "'\n' <a> 'x' </a>");
        check("<?php broken\n<a>x</a>", "'x' </a>");
        check("<!DOCTYPE rss [ <!ENTITY x 'y'><rss><item>z</item>", "<rss> <item> 'z' </item>");
        check("</><//>x", "'x'");
        check("<", "'<'");
        check("<a", "<a>");
    }

    #[test]
    fn hostile_documents_are_cut_in_linear_time() {
        for piece in ["<", "<!--", "<![CDATA[", "<a b='", "</", "<?", "<!DOCTYPE a [", "<a b=\"<", "&", "<!ENTITY a ']"] {
            let text = piece.repeat(200_000);
            let mut scanner = Scanner::new(&text);
            let mut tokens = 0;
            while scanner.next(Some("a")).is_some() {
                tokens += 1;
            }
            assert!(tokens <= 400_000, "{piece}");
        }
    }
}
