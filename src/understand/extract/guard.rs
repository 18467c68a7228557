//! Makes a page safe to parse: html5ever is quadratic in nesting depth (servo/html5ever#788) and in the attributes of one tag.
//!
//! In: a page of any size. Out: the page without scripts, styles and comments, its excess cut; or the reason why it is refused: what no
//! newsroom writes is an attack or a fault, and reading it would cost seconds and hundreds of megabytes. One pass over the tags, without a
//! tree. *Invariant:* what is cut is only markup or the page's end; text before the end stays.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Larger pages are cut: an article stands in the first megabytes.
const SIZE_LIMIT_BYTES: usize = 5 * 1024 * 1024;
/// Deeper elements are flattened. Real pages stay under 100.
const DEPTH_LIMIT: usize = 256;
/// More attributes on one tag are dropped: the tokenizer compares each with all earlier ones.
const ATTRIBUTE_LIMIT: usize = 200;
/// Open formatting elements are rebuilt in every block that follows; more of them are dropped.
const FORMATTING_LIMIT: usize = 12;
/// Tags that the page may have, rebuilt elements counted; what follows is cut. The longest of 600 pages of news sites has 19,000; each costs up
/// to 3 KB while the article is looked for.
const TAG_LIMIT: usize = 22_000;
/// Bytes of text that the page may have; what follows is cut. The longest of 600 pages has 480,000.
const TEXT_LIMIT_BYTES: usize = 768 * 1024;
/// Bytes of JSON-LD that are kept. Pages have 30,000 at most.
const DATA_LIMIT_BYTES: usize = 512 * 1024;
/// Pages with more than this are refused: in levels, attributes of one tag, and tags.
const REFUSED_DEPTH: usize = 2_000;
const REFUSED_ATTRIBUTES: usize = 2_000;
const REFUSED_TAGS: usize = 250_000;
/// One character in so many may be unreadable: more, and the charset is not what the page says.
const READABLE_SHARE: usize = 33;
/// One in so many may be unassigned or private.
const ASSIGNED_SHARE: usize = 20;

const VOID: &[&str] = &[
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param", "source", "track",
    "wbr",
];
const FORMATTING: &[&str] = &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Their content is text up to the end tag.
const RAW_TEXT: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];
/// A new one closes an open one of its kind.
const SELF_CLOSING: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "option", "optgroup", "thead", "tbody", "tfoot"];

/// Where a tag stands and what it is called.
struct Tag {
    end: usize,
    /// In lower case, cut to a length that no known element exceeds.
    name: String,
    closing: bool,
    attributes: usize,
    /// One past the last attribute that is kept.
    attributes_end: usize,
}

/// The page with its excess cut, and what was cut, for people.
///
/// # Errors
/// The reason why the page is not read, for people.
pub fn tame(html: &str) -> Result<(Cow<'_, str>, Vec<String>), String> {
    let mut warnings = Vec::new();
    let input = html;
    if input.len() > SIZE_LIMIT_BYTES {
        return Err(format!("the page is refused: it has more than {SIZE_LIMIT_BYTES} bytes"));
    }
    if !is_readable(input) {
        return Err("the page is refused: it is no text in the charset that it declares, nor in one that could be recognized".to_owned());
    }
    let mut scan = Scan {
        input,
        out: String::new(),
        copied: 0,
        open: Vec::new(),
        depth: 0,
        tags: 0,
        seen: 0,
        text: 0,
        data: 0,
        flattened: 0,
        trimmed: 0,
        refused: None,
    };
    let cut = scan.run();
    if let Some(reason) = scan.refused {
        return Err(format!("the page is refused: {reason}"));
    }
    if scan.flattened > 0 {
        warnings.push(format!("{} elements nested too deeply are flattened", scan.flattened));
    }
    if scan.trimmed > 0 {
        warnings.push(format!("{} tags with too many attributes are trimmed", scan.trimmed));
    }
    if cut {
        warnings.push(format!("the page has more than {TAG_LIMIT} tags or {TEXT_LIMIT_BYTES} bytes of text: its end is cut"));
    }
    if scan.copied == 0 && !cut {
        return Ok((Cow::Borrowed(input), warnings));
    }
    let end = if cut { scan.copied } else { input.len() };
    let rest = input.get(scan.copied..end).unwrap_or_default().to_owned();
    scan.out.push_str(&rest);
    Ok((Cow::Owned(scan.out), warnings))
}

/// Signs that a wrong charset gives: what could not be decoded, controls, and the code points that no standard assigns. Searched by an
/// automaton, for every byte of every page is looked at.
static UNREADABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\u{FFFD}\x00-\x08\x0E-\x1F\x7F-\u{84}\u{86}-\u{9F}]").ok());
static UNASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\u{FFFD}\u{E000}-\u{F8FF}\p{Cn}\x00-\x08]").ok());

/// Whether a page is text. Random bytes read as UTF-16 are mostly real letters of many scripts, but one in eight is none.
fn is_readable(input: &str) -> bool {
    let count = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().map_or(0, |pattern| pattern.find_iter(input).count());
    if count(&UNREADABLE) * READABLE_SHARE > input.len() / 2 {
        return false;
    }
    // Icons of fonts stand in the private use area: a page of text has few of them. Wide letters only: ASCII needs no second look.
    let ascii = input.len() <= input.chars().count() + input.len() / 8;
    ascii || count(&UNASSIGNED) * ASSIGNED_SHARE <= input.chars().count()
}

struct Scan<'a> {
    input: &'a str,
    out: String,
    /// Up to where the input is written to `out`; 0 while nothing had to change.
    copied: usize,
    open: Vec<Open>,
    /// Open elements, flattened ones counted.
    depth: usize,
    /// Tags, with those that the parser will add.
    tags: usize,
    /// Tags that stand in the page.
    seen: usize,
    text: usize,
    data: usize,
    flattened: usize,
    trimmed: usize,
    refused: Option<String>,
}

struct Open {
    name: String,
    formatting: bool,
    /// The element's tags are not in the output.
    dropped: bool,
}

impl Scan<'_> {
    /// Goes over all tags. True when the page was cut at `copied`.
    fn run(&mut self) -> bool {
        let mut at = 0;
        let mut cut = None;
        while let Some(found) = self.input.get(at..).and_then(|rest| rest.find('<')) {
            let start = at + found;
            self.text += found;
            if self.text > TEXT_LIMIT_BYTES {
                cut = cut.or_else(|| Some(self.input.floor_char_boundary(start - (self.text - TEXT_LIMIT_BYTES).min(found))));
            }
            let rest = self.input.get(start..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("<!--") {
                at = comment.find("-->").map_or(self.input.len(), |end| start + 4 + end + 3);
                if cut.is_none() {
                    self.replace(start, at, "");
                }
                continue;
            }
            let Some(tag) = read_tag(self.input, start) else {
                at = start + 1;
                continue;
            };
            at = tag.end;
            self.seen += 1;
            self.watch(&tag);
            if self.refused.is_some() {
                return false;
            }
            let inline = tag.closing || FORMATTING.contains(&tag.name.as_str());
            let rebuilt = if inline { 0 } else { self.open.iter().filter(|open| open.formatting).count() };
            self.tags += 1 + rebuilt;
            if self.tags > TAG_LIMIT {
                cut = cut.or(Some(start));
            }
            // After the cut the page is only looked at for what makes it refused.
            if cut.is_some() {
                if !tag.closing && RAW_TEXT.contains(&tag.name.as_str()) {
                    at = raw_text_end(self.input, tag.end, &tag.name);
                }
                continue;
            }
            if tag.closing {
                self.close(start, &tag);
                continue;
            }
            self.open(start, &tag);
            if RAW_TEXT.contains(&tag.name.as_str()) {
                at = raw_text_end(self.input, tag.end, &tag.name);
                self.open.pop();
                self.raw(start, &tag, at);
            }
        }
        let rest = self.input.len() - at.min(self.input.len());
        if cut.is_none() && self.text + rest > TEXT_LIMIT_BYTES {
            cut = Some(self.input.floor_char_boundary(at + TEXT_LIMIT_BYTES.saturating_sub(self.text)));
        }
        let Some(cut) = cut else { return false };
        self.replace(cut.max(self.copied), cut.max(self.copied), "");
        true
    }

    /// Notes what no page of a newsroom has.
    fn watch(&mut self, tag: &Tag) {
        let element = !VOID.contains(&tag.name.as_str()) && !SELF_CLOSING.contains(&tag.name.as_str()) && !FORMATTING.contains(&tag.name.as_str());
        if element && tag.closing {
            self.depth = self.depth.saturating_sub(1);
        } else if element && !RAW_TEXT.contains(&tag.name.as_str()) {
            self.depth += 1;
        }
        if self.depth > REFUSED_DEPTH {
            self.refused = Some(format!("its elements are nested more than {REFUSED_DEPTH} levels deep"));
        } else if tag.attributes > REFUSED_ATTRIBUTES {
            self.refused = Some(format!("one of its tags has more than {REFUSED_ATTRIBUTES} attributes"));
        } else if self.seen > REFUSED_TAGS {
            self.refused = Some(format!("it has more than {REFUSED_TAGS} tags"));
        }
    }

    /// Drops what stands in a script or style, unless it is data about the article.
    fn raw(&mut self, start: usize, tag: &Tag, end: usize) {
        let head = self.input.get(start..tag.end).unwrap_or_default().to_ascii_lowercase();
        let kept = match tag.name.as_str() {
            "title" | "textarea" | "xmp" => end - tag.end <= DATA_LIMIT_BYTES,
            "script" if head.contains("ld+json") => {
                self.data += end - tag.end;
                self.data <= DATA_LIMIT_BYTES
            }
            _ => false,
        };
        if !kept && end > tag.end {
            self.replace(tag.end.max(self.copied), end, "");
        }
    }

    fn open(&mut self, start: usize, tag: &Tag) {
        if VOID.contains(&tag.name.as_str()) {
            self.trim_attributes(tag);
            return;
        }
        let name = tag.name.as_str();
        if SELF_CLOSING.contains(&name) && self.open.last().is_some_and(|open| open.name == name) {
            self.open.pop();
        }
        let formatting = FORMATTING.contains(&name);
        let too_deep = self.open.iter().filter(|open| !open.dropped).count() >= DEPTH_LIMIT;
        let too_formatted = formatting && self.open.iter().filter(|open| open.formatting && !open.dropped).count() >= FORMATTING_LIMIT;
        let dropped = (too_deep || too_formatted) && !RAW_TEXT.contains(&name);
        if dropped {
            self.flattened += 1;
            self.replace(start, tag.end, " ");
        } else {
            self.trim_attributes(tag);
        }
        // An element without an end tag inside the flattened part would stay open for ever: the list is bounded, too.
        if self.open.len() < DEPTH_LIMIT * 2 {
            self.open.push(Open { name: tag.name.clone(), formatting: formatting && !dropped, dropped });
        }
    }

    fn close(&mut self, start: usize, tag: &Tag) {
        // Only near elements are looked up: an end tag that closes hundreds of others is no page's.
        match self.open.iter().rposition(|open| open.name == tag.name) {
            Some(place) => {
                let dropped = self.open.get(place).is_some_and(|open| open.dropped);
                if FORMATTING.contains(&tag.name.as_str()) {
                    self.open.remove(place);
                } else {
                    // Unclosed formatting outlives the block that it was opened in.
                    let mut position = 0;
                    self.open.retain(|open| {
                        position += 1;
                        position <= place || open.formatting
                    });
                }
                if dropped {
                    self.replace(start, tag.end, " ");
                }
            }
            None if self.flattened > 0 => self.replace(start, tag.end, " "),
            None => {}
        }
    }

    fn trim_attributes(&mut self, tag: &Tag) {
        if tag.attributes > ATTRIBUTE_LIMIT {
            self.trimmed += 1;
            self.replace(tag.attributes_end, tag.end, ">");
        }
    }

    /// Writes the input up to `start`, then the replacement instead of what stands up to `end`.
    fn replace(&mut self, start: usize, end: usize, with: &str) {
        let before = self.input.get(self.copied..start).unwrap_or_default();
        self.out.push_str(before);
        self.out.push_str(with);
        self.copied = end;
    }
}

/// Reads the tag that begins at `start`; `None` where the sign begins none.
fn read_tag(input: &str, start: usize) -> Option<Tag> {
    let bytes = input.as_bytes();
    let mut at = start + 1;
    let closing = bytes.get(at) == Some(&b'/');
    at += usize::from(closing);
    if !bytes.get(at)?.is_ascii_alphabetic() {
        return None;
    }
    let name_start = at;
    while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>')) {
        at += 1;
    }
    let name = input.get(name_start..at.min(input.floor_char_boundary(name_start + 16)))?.to_ascii_lowercase();
    let mut tag = Tag { end: bytes.len(), name, closing, attributes: 0, attributes_end: at };
    // Attribute names and values: quotes count only after an equals sign.
    loop {
        while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/') {
            at += 1;
        }
        match bytes.get(at) {
            None => return Some(tag),
            Some(b'>') => {
                tag.end = at + 1;
                return Some(tag);
            }
            Some(_) => {}
        }
        tag.attributes += 1;
        at += 1;
        while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'=')) {
            at += 1;
        }
        let mut value = at;
        while bytes.get(value).is_some_and(u8::is_ascii_whitespace) {
            value += 1;
        }
        if bytes.get(value) == Some(&b'=') {
            at = value + 1;
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            match bytes.get(at) {
                Some(quote @ (b'"' | b'\'')) => {
                    let rest = input.get(at + 1..).unwrap_or_default();
                    at = rest.find(char::from(*quote)).map_or(bytes.len(), |end| at + 1 + end + 1);
                }
                _ => {
                    while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'>') {
                        at += 1;
                    }
                }
            }
        }
        if tag.attributes <= ATTRIBUTE_LIMIT {
            tag.attributes_end = at;
        }
    }
}

/// Where the end tag of a raw text element begins; the end of the input when it has none.
pub fn raw_text_end(input: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = input.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        let tail = input.as_bytes().get(start + 1..).unwrap_or_default();
        if tail.first() == Some(&b'/') && tail.get(1..=name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes())) {
            return start;
        }
        at = start + 1;
    }
    input.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_not_copied() {
        let page = "<!doctype html><html><head><title>A < B</title></head><body><p>One<p>Two <b>three</b></body></html>";
        let (tamed, warnings) = tame(page).expect("a page");
        assert!(matches!(tamed, Cow::Borrowed(_)));
        assert_eq!(tamed, page);
        assert!(warnings.is_empty());
    }

    #[test]
    fn scripts_styles_and_comments_go_and_data_stays() {
        let page = "<script>if (a<b) {'<p>'}</script><script type=\"application/ld+json\">{\"a\":1}</script><style>p{}</style><p>One<!-- two --></p>";
        let (tamed, warnings) = tame(page).expect("a page");
        assert_eq!(tamed, "<script></script><script type=\"application/ld+json\">{\"a\":1}</script><style></style><p>One</p>");
        assert!(warnings.is_empty());
    }

    #[test]
    fn depth_is_flattened_and_the_text_stays() {
        let page = format!("{}deep words{}<p>after</p>", "<div>".repeat(1_000), "</div>".repeat(1_000));
        let (tamed, warnings) = tame(&page).expect("a page");
        assert!(tamed.contains("deep words") && tamed.contains("after"), "{warnings:?}");
        assert!(tamed.matches("<div>").count() <= DEPTH_LIMIT);
        assert!(!warnings.is_empty());
    }

    #[test]
    fn attributes_over_the_limit_are_dropped() {
        let page = format!("<p{}>text</p>", " a=\"x>y\"".repeat(1_000));
        let (tamed, _) = tame(&page).expect("a page");
        assert!(tamed.ends_with(">text</p>"), "{}", &tamed[tamed.len().saturating_sub(40)..]);
        assert!(tamed.len() < 5_000);
    }

    #[test]
    fn unclosed_formatting_cannot_multiply() {
        let page = format!("{}{}", "<b id=1><b id=2>".repeat(500), "<p>x".repeat(50_000));
        let (tamed, warnings) = tame(&page).expect("a page");
        assert!(tamed.matches("<b ").count() <= FORMATTING_LIMIT);
        assert!(tamed.matches("<p>").count() <= TAG_LIMIT);
        assert!(warnings.iter().any(|warning| warning.contains("end is cut")), "{warnings:?}");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        for page in [format!("<p>{}", "ж".repeat(TEXT_LIMIT_BYTES)), format!("<p>{}</p><p>after</p>", "ж".repeat(TEXT_LIMIT_BYTES))] {
            let (tamed, warnings) = tame(&page).expect("a page");
            assert!(tamed.len() <= TEXT_LIMIT_BYTES + 20 && tamed.len() > TEXT_LIMIT_BYTES / 2, "{}", tamed.len());
            assert_eq!(warnings.len(), 1);
        }
    }

    /// Bytes without meaning, read as UTF-16.
    fn noise_in_utf_16() -> String {
        let mut state = 1_u32;
        let mut unit = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as u16
        };
        String::from_utf16_lossy(&std::iter::repeat_with(&mut unit).take(20_000).collect::<Vec<u16>>())
    }

    #[test]
    fn pages_in_any_script_with_icons_are_read() {
        for page in
            ["<p>The editor was held.</p>", "<p>Редактора задержали</p>", "<p>記者三人逮捕</p>", "<p>የጋዜጣው አዘጋጅ ታሰረ</p>", "<p>\u{10330}\u{1E900}</p>"]
        {
            let icons = format!("{}<i>\u{E001}</i><i>\u{F101}</i>", page.repeat(20));
            assert!(tame(&icons).is_ok(), "{page}");
        }
    }

    #[test]
    fn what_no_newsroom_writes_is_refused_with_a_reason() {
        for (page, reason) in [
            ("<div>".repeat(100_000), "nested"),
            ("<table><tr><td>".repeat(50_000), "nested"),
            (format!("<p{}>x", " a=1".repeat(1_000_000)), "attributes"),
            ("<p>x".repeat(1_000_000), "tags"),
            ("x".repeat(SIZE_LIMIT_BYTES + 1), "bytes"),
            ("\u{FFFD}\u{1}a".repeat(1_000), "charset"),
            (noise_in_utf_16(), "charset"),
        ] {
            let refused = tame(&page).expect_err("no page");
            assert!(refused.contains("refused") && refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn tags_without_an_end_are_read_to_the_end_of_the_page() {
        for page in ["<p", "<p a=\"", "<!-- x", "<script>x", "</", "<", "<p a='>", "<é>"] {
            assert!(tame(page).is_ok(), "{page}");
        }
    }
}
