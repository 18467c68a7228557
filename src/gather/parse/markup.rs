//! Plain text from the markup that stands in titles, and a limit on how deep markup may nest.

use std::borrow::Cow;

use crate::gather::parse::charset::is_xml_char;
use crate::gather::parse::limits::TITLE_LIMIT_BYTES;

/// Elements whose tags are markup in a title; anything else in angle brackets (`Vec<T>`, `a <b`) is text.
const ELEMENTS: [&str; 74] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "figcaption",
    "figure",
    "font",
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
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "link",
    "mark",
    "meta",
    "nobr",
    "object",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "title",
    "tr",
    "u",
    "ul",
];
/// Elements whose content is no text.
const DROPPED: [&str; 5] = ["script", "style", "iframe", "object", "embed"];
const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Markup without its tags, entities resolved once, white space collapsed, unprintable characters dropped.
pub(super) fn plain_text(markup: &str) -> String {
    let bare = if markup.contains('<') { Cow::Owned(strip_tags(markup)) } else { Cow::Borrowed(markup) };
    collapse(&resolve_entities(&bare))
}

/// Text in one line, without markup, of bearable length.
pub(super) fn plain_title(markup: &str) -> String {
    // What is cut away below cannot matter, and taking tags out of it would cost.
    let end = markup.floor_char_boundary(64 * TITLE_LIMIT_BYTES);
    truncate(plain_text(markup.get(..end).unwrap_or_default()), TITLE_LIMIT_BYTES)
}

/// One space for each run of white space; none at the ends.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}')).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| is_xml_char(*c)));
    }
    out
}

/// Cuts at a character boundary and marks the cut.
pub(super) fn truncate(text: String, limit_bytes: usize) -> String {
    if text.len() <= limit_bytes {
        return text;
    }
    let end = text.floor_char_boundary(limit_bytes.saturating_sub('…'.len_utf8()));
    let mut cut = text.get(..end).unwrap_or_default().trim_end().to_owned();
    cut.push('…');
    cut
}

fn strip_tags(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        out.push_str(text);
        if let Some(after) = skip_declaration(tag) {
            rest = after;
            continue;
        }
        let Some((name, is_end, after)) = tag_at(tag).filter(|(name, _, _)| ELEMENTS.contains(&name.as_str())) else {
            out.push('<');
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        // Words must not grow together where a line or block ends.
        if matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr" | "td" | "hr" | "h1" | "h2" | "h3") {
            out.push(' ');
        }
        rest = after;
        if !is_end && DROPPED.contains(&name.as_str()) {
            rest = find_end_tag(after, &name).map_or(after, |end| end);
        }
    }
    out.push_str(rest);
    out
}

/// What follows a comment, declaration or processing instruction that begins here.
fn skip_declaration(tag: &str) -> Option<&str> {
    if let Some(comment) = tag.strip_prefix("<!--") {
        return Some(comment.split_once("-->").map_or("", |(_, after)| after));
    }
    if let Some(section) = tag.strip_prefix("<![CDATA[") {
        return Some(section.strip_prefix(']').unwrap_or(section));
    }
    let is_declaration = tag.starts_with("<!DOCTYPE") || tag.starts_with("<!doctype") || tag.starts_with("<?xml");
    is_declaration.then(|| tag.split_once('>').map_or("", |(_, after)| after))
}

/// The lower-case name of a tag, whether it is an end tag, and what follows it.
fn tag_at(tag: &str) -> Option<(String, bool, &str)> {
    let inside = tag.get(1..)?;
    let (is_end, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
    let length = inside.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (name, rest) = inside.split_at(length);
    if name.is_empty() || !rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')) {
        return None;
    }
    // An attribute's quoted value may hold `>`.
    let mut quote = None;
    for (index, c) in rest.char_indices() {
        match quote {
            Some(mark) if c == mark => quote = None,
            None if c == '>' => return Some((name.to_ascii_lowercase(), is_end, rest.get(index + 1..)?)),
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    // A quote that is never closed is no quote.
    rest.split_once('>').map(|(_, after)| (name.to_ascii_lowercase(), is_end, after))
}

fn find_end_tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(after.split_once('>').map_or("", |(_, after)| after));
        }
        rest = after;
    }
    None
}

/// Resolves character references and the named entities of HTML 5, once; what is none stays as it is.
pub(super) fn resolve_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let window = after.get(..after.floor_char_boundary(40)).unwrap_or(after);
        let found = window.split_once(';').and_then(|(name, _)| Some((resolve_reference(name)?, name.len() + 1)));
        if let Some((value, length)) = found {
            out.push_str(&value);
            rest = after.get(length..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The value of what stands between `&` and `;`.
pub(super) fn resolve_reference(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        return quick_xml::escape::resolve_html5_entity(name).map(Cow::Borrowed);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    // Windows-1252 in the place of C1 controls, as HTML reads it (13.2.5.80).
    let c = match code {
        0x80..=0x9F => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[u8::try_from(code).unwrap_or(b'?')]).0.chars().next()?,
        _ => char::from_u32(code).unwrap_or('\u{FFFD}'),
    };
    Some(Cow::Owned(if is_xml_char(c) { c.to_string() } else { String::new() }))
}

/// HTML in which no element stands deeper than the limit: start tags beyond it are left out, their text stays.
///
/// The parser behind is quadratic in depth (servo/html5ever#788): 16,000 levels take half a second.
pub(super) fn cap_depth(html: &str, limit: usize) -> Cow<'_, str> {
    let mut open: Vec<&str> = Vec::new();
    let mut out: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        let rest = html.get(start..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("<!--") {
            at = comment.find("-->").map_or(html.len(), |end| start + 4 + end + 3);
            continue;
        }
        let Some((name, is_end, length)) = tag_span(rest) else {
            at = start + 1;
            continue;
        };
        at = start + length;
        if is_end {
            // Far ancestors are left alone: an unmatched end tag must not be searched for through everything.
            if let Some(back) = open.iter().rev().take(32).position(|other| other.eq_ignore_ascii_case(name)) {
                open.truncate(open.len() - back - 1);
            }
            continue;
        }
        let lower = name.to_ascii_lowercase();
        if matches!(lower.as_str(), "script" | "style" | "textarea" | "title" | "noscript" | "iframe" | "xmp") {
            if lower != "noscript" {
                at = html.get(at..).and_then(|body| find_end_tag(body, &lower)).map_or(html.len(), |after| html.len() - after.len());
            }
            continue;
        }
        if VOID.contains(&lower.as_str()) {
            continue;
        }
        close_implied(&mut open, &lower);
        if open.len() >= limit {
            let out = out.get_or_insert_with(|| String::with_capacity(html.len()));
            out.push_str(html.get(copied..start).unwrap_or_default());
            copied = at;
            continue;
        }
        open.push(name);
    }
    match out {
        None => Cow::Borrowed(html),
        Some(mut out) => {
            out.push_str(html.get(copied..).unwrap_or_default());
            Cow::Owned(out)
        }
    }
}

/// The name of a tag, whether it is an end tag, and its length.
fn tag_span(tag: &str) -> Option<(&str, bool, usize)> {
    let bytes = tag.as_bytes();
    let is_end = bytes.get(1) == Some(&b'/');
    let begin = if is_end { 2 } else { 1 };
    if !bytes.get(begin)?.is_ascii_alphabetic() {
        return None;
    }
    let length = bytes.iter().skip(begin).take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/')).count();
    let name = tag.get(begin..begin + length)?;
    let mut quote = None;
    for (index, byte) in bytes.iter().enumerate().skip(begin + length) {
        match quote {
            Some(mark) if *byte == mark => quote = None,
            None if *byte == b'>' => return Some((name, is_end, index + 1)),
            None if matches!(byte, b'"' | b'\'') && bytes.get(index - 1) == Some(&b'=') => quote = Some(*byte),
            _ => {}
        }
    }
    Some((name, is_end, tag.len()))
}

/// End tags that HTML lets authors leave out: a list of 600 items is not 600 levels deep.
fn close_implied(open: &mut Vec<&str>, name: &str) {
    let closes = |top: &str| {
        let top = top.to_ascii_lowercase();
        match name {
            "li" | "option" => top == name || top == "p",
            "dt" | "dd" => matches!(top.as_str(), "dt" | "dd" | "p"),
            "td" | "th" => matches!(top.as_str(), "td" | "th" | "p"),
            "tr" => matches!(top.as_str(), "td" | "th" | "tr" | "p"),
            "tbody" | "thead" | "tfoot" => matches!(top.as_str(), "td" | "th" | "tr" | "p" | "tbody" | "thead" | "tfoot"),
            "p" | "div" | "ul" | "ol" | "dl" | "table" | "section" | "article" | "h1" | "h2" | "h3" | "h4" | "blockquote" | "pre" | "form" | "hr" => {
                top == "p"
            }
            _ => false,
        }
    };
    while open.last().is_some_and(|top| closes(top)) {
        open.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::{cap_depth, plain_text, truncate};

    #[track_caller]
    fn check(markup: &str, expect: &str) {
        assert_eq!(plain_text(markup), expect, "{markup}");
    }

    #[test]
    fn titles_lose_their_markup_and_keep_their_text() {
        check("Editor <b>freed</b>", "Editor freed");
        check("a &lt;b&gt; &amp; c &#8212; d&eacute;tenu &#x27;", "a <b> & c — détenu '");
        check("Vec<T> and 3 < 4 <3", "Vec<T> and 3 < 4 <3");
        check("one<br/>two", "one two");
        check("<script>alert(1)</script>Headline<style>p{}</style>", "Headline");
        check("<a href=\"x>y\">link</a>", "link");
        check("<!-- no -->yes", "yes");
        check(" many \n\t blanks\u{a0}here ", "many blanks here");
        check("&nosuch; &amp &#xD800; &#0;", "&nosuch; &amp \u{FFFD}");
        check("it&#146;s", "it’s");
        check("Tom &amp;amp; Jerry", "Tom &amp; Jerry");
    }

    #[test]
    fn long_titles_are_cut_between_characters() {
        let cut = truncate("печать ".repeat(100), 64);
        assert!(cut.len() <= 64 && cut.ends_with('…'), "{cut}");
        assert_eq!(truncate("short".to_owned(), 64), "short");
    }

    #[test]
    fn deep_markup_is_flattened_and_wide_markup_is_not() {
        let deep = format!("{}news{}", "<div>".repeat(5000), "</div>".repeat(5000));
        let capped = cap_depth(&deep, 512);
        assert_eq!(capped.matches("<div>").count(), 512);
        assert!(capped.contains("news"));
        for wide in [
            "<ul><li>a".to_owned() + &"<li>b".repeat(2000),
            "<p>x".repeat(2000),
            "<div>a</div>".repeat(2000),
            "<table>".to_owned() + &"<tr><td>x".repeat(900),
            "<br>".repeat(2000),
        ] {
            assert_eq!(cap_depth(&wide, 512), wide);
        }
        assert_eq!(cap_depth(&"<b>".repeat(2000), 512).matches("<b>").count(), 512);
    }
}
