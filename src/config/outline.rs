//! Reads OPML: bytes in, the outlines that are not mere folders out. OPML of the wild is often not quite XML: bare ampersands
//! and unclosed elements are read, a file that ends early is refused, because what is missing could not be named.

use encoding_rs::{Encoding, UTF_8};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// The prefix of our own attributes.
pub(in crate::config) const PREFIX: &str = "presswatch";

/// Deeper folders are no folders that a person made.
const DEPTH_LIMIT: usize = 64;

/// One outline with the names of the folders around it, outermost first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::config) struct Outline {
    attributes: Vec<(String, String)>,
    pub(in crate::config) folders: Vec<String>,
}

impl Outline {
    /// The value of an attribute, in any case of its name; `None` where it is empty.
    pub(in crate::config) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.trim().is_empty())
    }

    /// The value of an attribute of our own; `tags` may be empty, which says that there are none.
    pub(in crate::config) fn own(&self, name: &str) -> Option<&str> {
        let key = format!("{PREFIX}:{name}");
        let found = self.attributes.iter().find(|(given, _)| *given == key).map(|(_, value)| value.as_str());
        found.filter(|value| name == "tags" || !value.is_empty())
    }

    /// What the outline is called: its title, else its text, else its address.
    pub(in crate::config) fn title(&self) -> String {
        let title = self.get("title").or_else(|| self.get("text")).or_else(|| self.get("xmlUrl"));
        title.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An outline that is open while its children are read.
struct Open {
    outline: Outline,
    children: usize,
}

/// Reads the outlines of a file: all that have an address or no children. The error says what is wrong with the file.
pub(in crate::config) fn parse(bytes: &[u8]) -> Result<Vec<Outline>, String> {
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut outlines = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let (mut is_opml, mut is_closed) = (false, false);
    loop {
        let event = reader.read_event().map_err(|error| format!("it is not readable at byte {}: {error}", reader.error_position()))?;
        match event {
            Event::Start(start) if is_named(&start, "opml") => is_opml = true,
            Event::Start(start) if is_named(&start, "outline") => {
                if open.len() >= DEPTH_LIMIT {
                    return Err(format!("its folders are nested more than {DEPTH_LIMIT} deep"));
                }
                let outline = outline(&start, &open);
                open.last_mut().into_iter().for_each(|parent| parent.children += 1);
                open.push(Open { outline, children: 0 });
            }
            Event::Empty(start) if is_named(&start, "outline") => {
                open.last_mut().into_iter().for_each(|parent| parent.children += 1);
                outlines.push(outline(&start, &open));
            }
            Event::End(end) if end.local_name().as_ref().eq_ignore_ascii_case("outline") => {
                outlines.extend(open.pop().and_then(kept));
            }
            Event::End(end) if end.local_name().as_ref().eq_ignore_ascii_case("opml") => {
                is_closed = true;
                while let Some(unclosed) = open.pop() {
                    outlines.extend(kept(unclosed));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !is_opml {
        return Err("it is not OPML: there is no <opml> element".to_owned());
    }
    if !is_closed {
        return Err("it ends early: </opml> is missing, and perhaps more".to_owned());
    }
    Ok(outlines)
}

/// A folder is its children; an outline with an address counts beside its children.
fn kept(open: Open) -> Option<Outline> {
    (open.outline.get("xmlUrl").is_some() || open.children == 0).then_some(open.outline)
}

fn is_named(start: &BytesStart<'_>, name: &str) -> bool {
    start.local_name().as_ref().eq_ignore_ascii_case(name)
}

fn outline(start: &BytesStart<'_>, open: &[Open]) -> Outline {
    let mut given = start.html_attributes();
    let attributes = given.with_checks(false).flatten().map(|attribute| {
        // An address with a bare ampersand is no XML, and what it means is plain.
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| attribute.value.clone());
        (attribute.key.as_ref().to_owned(), value.into_owned())
    });
    let attributes = attributes.collect();
    let folders = open.iter().map(|open| open.outline.title()).filter(|title| !title.is_empty()).collect();
    Outline { attributes, folders }
}

/// By byte order mark, else UTF-8 where it is valid, else by the XML declaration, else windows-1252 as browsers do.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let head: String = bytes.iter().take(200).map(|&b| char::from(b)).collect();
    let declared = head.split_once("encoding=").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    let encoding = declared.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|encoding| *encoding != UTF_8);
    encoding.unwrap_or(encoding_rs::WINDOWS_1252).decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_whole_opml_is_refused() {
        for (text, words) in [
            ("<html><body>Sign in</body></html>", "no <opml>"),
            ("", "no <opml>"),
            ("<opml><body><outline text=\"a\" xmlUrl=\"https://a.example/\"/>", "ends early"),
            ("<opml><body><outline text=\"a", "not readable"),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
        let deep = format!("<opml><body>{}</body></opml>", "<outline text=\"a\">".repeat(100_000));
        assert!(parse(deep.as_bytes()).unwrap_err().contains("nested"));
    }

    #[test]
    fn other_encodings_and_unclosed_outlines_are_read() {
        let cyrillic = encoding_rs::WINDOWS_1251
            .encode("<?xml version='1.0' encoding='windows-1251'?><opml><body><outline text='Мир' xmlUrl='https://a.example/'></body></opml>")
            .0
            .into_owned();
        let outlines = parse(&cyrillic).unwrap();
        assert_eq!(outlines.len(), 1);
        assert_eq!(outlines[0].title(), "Мир");
    }
}
