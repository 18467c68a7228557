//! A message with values and links in their places.

use std::fmt::{self, Display};

use askama::filters::HtmlSafe;

/// A message on its way into a page. Shown, it is HTML: its own words and every value are escaped, `` `code` `` is set as code and
/// `[words]` become the link that [`Said::link`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    message: String,
    /// Name, and the value as HTML.
    values: Vec<(&'static str, String)>,
    links: Vec<String>,
}

impl Said {
    pub(super) fn new(message: String) -> Self {
        Self { message, values: Vec::new(), links: Vec::new() }
    }

    /// A text that is no message, escaped as one.
    pub fn value(text: impl Display) -> Self {
        Self::new("{value}".to_owned()).with("value", text)
    }

    /// Puts a value where the message says `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        let mut text = String::new();
        escape(&mut text, &value.to_string());
        self.values.push((name, text));
        self
    }

    /// The same, with a piece that is HTML already.
    #[must_use]
    pub fn with_html(mut self, name: &'static str, value: impl HtmlSafe) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Makes the next `[words]` of the message lead to an address of ours.
    #[must_use]
    pub fn link(mut self, address: impl Display) -> Self {
        self.links.push(address.to_string());
        self
    }

    /// The message as plain text, for what is not HTML; values that are HTML stay so.
    pub fn plain(&self) -> String {
        let mut text = self.message.replace(['[', ']', '`'], "");
        for (name, value) in &self.values {
            text = text.replace(&format!("{{{name}}}"), &unescape(value));
        }
        text
    }
}

impl Display for Said {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut html = String::with_capacity(self.message.len() + 16);
        let (mut code, mut links) = (false, self.links.iter());
        let mut open = false;
        let mut rest = self.message.as_str();
        while let Some(at) = rest.find(['{', '[', ']', '`']) {
            let (before, from) = rest.split_at(at);
            escape(&mut html, before);
            let mark = from.chars().next().unwrap_or_default();
            rest = from.get(1..).unwrap_or_default();
            match mark {
                '{' => {
                    let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
                    match self.values.iter().find(|(known, _)| *known == name) {
                        Some((_, value)) => html.push_str(value),
                        None => escape(&mut html, name),
                    }
                    rest = after;
                }
                '[' => {
                    if let Some(address) = links.next() {
                        html.push_str("<a href=\"");
                        escape(&mut html, address);
                        html.push_str("\">");
                        open = true;
                    }
                }
                ']' if open => {
                    html.push_str("</a>");
                    open = false;
                }
                '`' => {
                    html.push_str(if code { "</code>" } else { "<code>" });
                    code = !code;
                }
                _ => {}
            }
        }
        escape(&mut html, rest);
        out.write_str(&html)
    }
}

// Everything that is not escaped is written above.
impl HtmlSafe for Said {}

fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            c => into.push(c),
        }
    }
}

fn unescape(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}
