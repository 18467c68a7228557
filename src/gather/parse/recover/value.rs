//! The content of one element: text and references, CDATA, and markup that should have been escaped.

use std::borrow::Cow;
use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::gather::parse::markup::{resolve_entities, resolve_reference};

/// What an element's own entities may add to a document: they are words, not bombs.
const EXPANSION_LIMIT_BYTES: usize = 64 * 1024;

/// Entities that a document declares for itself, and how much they may still add.
#[derive(Debug)]
pub(super) struct Expansion {
    left: usize,
}

impl Expansion {
    pub fn new() -> Self {
        Self { left: EXPANSION_LIMIT_BYTES }
    }

    /// Replaces references to declared entities, once; all others stay for later.
    pub fn apply<'a>(&mut self, text: &'a str, declared: &HashMap<&str, &str>) -> Cow<'a, str> {
        if declared.is_empty() || !text.contains('&') {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('&') {
            out.push_str(before);
            let window = after.get(..after.floor_char_boundary(64)).unwrap_or(after);
            let name = window.split_once(';').map(|(name, _)| name);
            let value = name.and_then(|name| declared.get(name)).filter(|value| value.len() <= self.left);
            match (name, value) {
                (Some(name), Some(value)) if resolve_reference(name).is_none() => {
                    self.left -= value.len();
                    out.push_str(value);
                    rest = after.get(name.len() + 1..).unwrap_or_default();
                }
                _ => {
                    out.push('&');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// The content of an element while it is read.
#[derive(Debug, Default)]
pub(super) struct Value {
    /// References resolved.
    text: String,
    /// As markup: what is text stays escaped. Kept only once there is an element inside.
    markup: Option<String>,
}

impl Value {
    pub fn push_text(&mut self, raw: &str) {
        self.text.push_str(&resolve_entities(raw));
        if let Some(markup) = &mut self.markup {
            markup.push_str(raw);
        }
    }

    pub fn push_cdata(&mut self, text: &str) {
        self.text.push_str(text);
        if let Some(markup) = &mut self.markup {
            markup.push_str(text);
        }
    }

    pub fn push_tag(&mut self, raw: &str) {
        let markup = self.markup.get_or_insert_with(|| self.text.replace('&', "&amp;").replace('<', "&lt;"));
        markup.push_str(raw);
    }

    /// The text until now, white space included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, without tags that stood in it.
    pub fn into_text(self) -> String {
        self.text.trim().to_owned()
    }

    /// The content as HTML.
    pub fn into_markup(self) -> String {
        self.markup.unwrap_or(self.text).trim().to_owned()
    }

    /// True when nothing but white space was seen.
    pub fn is_blank(&self) -> bool {
        self.markup.is_none() && self.text.trim().is_empty()
    }
}

/// What base64 stands for; the text itself where it is none.
pub(super) fn from_base64(text: String) -> String {
    let packed: String = text.split_whitespace().collect();
    STANDARD.decode(packed.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Expansion, Value, from_base64};

    #[test]
    fn declared_entities_are_words_and_no_bombs() {
        let declared = HashMap::from([("co", "Acme"), ("amp", "evil"), ("big", "0123456789"), ("loop", "&loop;&loop;")]);
        let mut expansion = Expansion::new();
        assert_eq!(expansion.apply("&co; &amp; &none; & &loop;", &declared), "Acme &amp; &none; & &loop;&loop;");
        assert!(expansion.apply(&"&big;".repeat(100_000), &declared).len() < 600_000);
        assert_eq!(expansion.apply("&big;", &declared), "&big;");
    }

    #[test]
    fn markup_that_was_not_escaped_is_kept() {
        let mut value = Value::default();
        value.push_text("a &lt; b ");
        value.push_tag("<b>");
        value.push_text("c &amp; d");
        value.push_tag("</b>");
        assert_eq!(value.into_markup(), "a &lt; b <b>c &amp; d</b>");
        let mut value = Value::default();
        value.push_text("&lt;p&gt;x&eacute;");
        value.push_cdata("&eacute;");
        assert!(!value.is_blank());
        assert_eq!(value.into_markup(), "<p>xé&eacute;");
    }

    #[test]
    fn base64_is_unpacked_where_it_is_some() {
        assert_eq!(from_base64("PGI+bmV3czwv\n Yj4=".to_owned()), "<b>news</b>");
        assert_eq!(from_base64("no base64!".to_owned()), "no base64!");
    }
}
