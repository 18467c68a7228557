//! The lines that a reader sees on a page, each with the part of the page that it stands in.
//!
//! In: the body as the parser writes it out again, so that every tag is closed. Out: its lines in order. One pass without a tree; no choice
//! of what is the article is made here.

use crate::understand::extract::entity::unescape;
use crate::understand::extract::guard::raw_text_end;
use crate::understand::extract::markup::{BLOCKS, DROPPED, tag_end};

/// What surrounds a line. Several may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts: a link in a heading in an aside is all three")]
pub struct Place {
    /// In a heading, and not in a link inside it.
    pub heading: bool,
    /// The words below a picture.
    pub caption: bool,
    /// Beside the article: menus, footers, other stories, comments, forms.
    pub aside: bool,
    /// Where sites put the sentences between headline and text.
    pub lead: bool,
    /// A second headline.
    pub subtitle: bool,
    /// In a link.
    pub link: bool,
}

/// One line of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub place: Place,
    /// All of it is a link.
    pub linked: bool,
}

/// Words in classes and identifiers of what stands beside an article. Whole words or the beginning of a part.
const ASIDES: &[&str] = &[
    "comment",
    "related",
    "sidebar",
    "recommend",
    "widget",
    "newsletter",
    "footer",
    "breadcrumb",
    "cookie",
    "consent",
    "menu",
    "navbar",
    "social",
    "share",
];
/// The same for the sentences between headline and text.
const LEADS: &[&str] = &[
    "lead",
    "lede",
    "intro",
    "introduction",
    "teaser",
    "excerpt",
    "vorspann",
    "anleser",
    "chapo",
    "chapeau",
    "bajada",
    "entradilla",
    "sumario",
    "ingress",
    "abstract",
    "sapo",
    "anons",
];
/// The same for second headlines, which belong to the headline and not to the text.
const SUBTITLES: &[&str] = &[
    "standfirst",
    "subtitle",
    "subtitulo",
    "subheadline",
    "subhead",
    "subheading",
    "dek",
    "deck",
    "summary",
    "description",
    "sottotitolo",
    "volanta",
    "tagline",
];

/// Reads the lines of a body.
pub fn read(body: &str) -> Vec<Line> {
    let mut out = Lines::default();
    let mut open: Vec<(&str, Place)> = Vec::new();
    let mut at = 0;
    while let Some(found) = body.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        let place = open.last().map(|(_, place)| *place).unwrap_or_default();
        out.text(&unescape(body.get(at..start).unwrap_or_default()), place);
        let rest = body.get(start + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            at = comment.find("-->").map_or(body.len(), |end| start + 4 + end + 3);
            continue;
        }
        let end = tag_end(body, start + 1);
        at = end;
        let closing = rest.starts_with('/');
        let name = rest.get(usize::from(closing)..).unwrap_or_default();
        let name = name.get(..name.bytes().take_while(u8::is_ascii_alphanumeric).count()).unwrap_or_default();
        if BLOCKS.contains(&name) {
            out.end();
        }
        if closing {
            if let Some(place) = open.iter().rposition(|(known, _)| *known == name) {
                open.truncate(place);
            }
        } else if DROPPED.contains(&name) {
            at = tag_end(body, raw_text_end(body, end, name));
        } else if !VOID.contains(&name) {
            let tag = body.get(start..end).unwrap_or_default();
            open.push((name, inside(name, tag, place)));
        }
    }
    out.text(&unescape(body.get(at..).unwrap_or_default()), Place::default());
    out.end();
    out.found
}

const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// What the content of a tag is, given what surrounds it.
fn inside(name: &str, tag: &str, around: Place) -> Place {
    let mut place = around;
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => place.heading = true,
        "figcaption" | "figure" => place.caption = true,
        "aside" | "nav" | "footer" | "form" | "button" | "label" | "noscript" => place.aside = true,
        "a" => place.link = true,
        _ => {}
    }
    if matches!(name, "body" | "html" | "main" | "article") {
        return place;
    }
    for attribute in [" class=\"", " id=\"", " itemprop=\""] {
        let Some(value) = tag.find(attribute).and_then(|start| tag.get(start + attribute.len()..)).and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        let value = value.to_ascii_lowercase();
        let parts = || value.split(|sign: char| !sign.is_ascii_alphanumeric());
        place.aside = place.aside || ASIDES.iter().any(|word| value.contains(word));
        place.caption = place.caption || value.contains("caption") || value.contains("credit") || value.contains("copyright");
        place.lead = place.lead || parts().any(|part| LEADS.contains(&part));
        place.subtitle = place.subtitle || parts().any(|part| SUBTITLES.contains(&part));
    }
    place
}

/// Collects text with single spaces inside a line.
#[derive(Default)]
struct Lines {
    found: Vec<Line>,
    line: Line,
    space: bool,
    letters: usize,
    linked_letters: usize,
}

impl Lines {
    fn text(&mut self, text: &str, place: Place) {
        for letter in text.chars() {
            if letter.is_whitespace() {
                self.space = true;
            } else if !letter.is_control() && letter != '\u{200B}' && letter != '\u{FEFF}' {
                if self.line.text.is_empty() {
                    self.line.place = place;
                } else if self.space {
                    self.line.text.push(' ');
                }
                self.space = false;
                self.letters += 1;
                self.linked_letters += usize::from(place.link);
                self.line.text.push(letter);
            }
        }
    }

    fn end(&mut self) {
        if !self.line.text.is_empty() {
            let mut line = std::mem::take(&mut self.line);
            line.linked = self.linked_letters * 10 >= self.letters * 9;
            self.found.push(line);
        }
        (self.space, self.letters, self.linked_letters) = (false, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_where_they_stand() {
        let body = "<nav><a href=\"/\">Home</a></nav><h1>Editor <em>held</em></h1><p class=\"article__lead\">She was on her way.</p>\
            <script>var x = '<p>no</p>'</script><figure><img src=\"a\"><figcaption>The airport</figcaption></figure><p>See <a href=\"b\">this</a>.</p>\
            <p><a href=\"c\">Another case</a></p><footer>Pier 4</footer>";
        let lines = read(body);
        let told: Vec<(&str, bool, bool)> = lines.iter().map(|line| (line.text.as_str(), line.linked, line.place.aside)).collect();
        assert_eq!(
            told,
            [
                ("Home", true, true),
                ("Editor held", false, false),
                ("She was on her way.", false, false),
                ("The airport", false, false),
                ("See this.", false, false),
                ("Another case", true, false),
                ("Pier 4", false, true)
            ]
        );
        assert!(lines[1].place.heading && lines[2].place.lead && lines[3].place.caption);
    }
}
