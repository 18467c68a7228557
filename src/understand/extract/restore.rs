//! Gives an article's text back what the extractor left out, and takes out what is only a link.
//!
//! In: the extractor's paragraphs, the lines of the page, what the page says of itself. Out: the paragraphs with the sentences that stand
//! between headline and text, and without lines that are links to other stories. What is added is on the page, between headline and text.

use std::collections::{HashMap, HashSet};

use crate::understand::extract::byline::plain;
use crate::understand::extract::lines::Line;

/// Shorter lines are dates, sections, names.
const LEAD_CHARS: usize = 40;
/// A lead that no class and no description names must be a sentence of this length.
const SENTENCE_CHARS: usize = 80;
/// Between headline and text there are no more lines than this.
const GAP_LINES: usize = 60;
/// How many first lines of the text are tried to find it on the page.
const FIRST_LINES: usize = 5;

/// Links are dropped where they are at most one line of so many.
const LINKS_SHARE: usize = 6;
/// A lead has no more lines than this: what has is a list of other stories.
const LEAD_LINES: usize = 4;

/// The text with its lead and without lines that are links.
pub fn restore(text: &str, lines: &[Line], title: Option<&str>, description: Option<&str>) -> String {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        places.entry(line.text.as_str()).or_insert(place);
    }
    let linked = |paragraph: &&str| places.get(*paragraph).and_then(|place| lines.get(*place)).is_some_and(|line| line.linked && !line.place.heading);
    // A text of which links are a good part is a list of links: they are what it tells.
    let (all, links) = text.lines().fold((0, 0), |(all, links), paragraph| (all + 1, links + usize::from(linked(&paragraph))));
    let kept: Vec<&str> = text.lines().filter(|paragraph| links * LINKS_SHARE > all || !linked(paragraph)).collect();
    // Short lines stand in menus, too.
    let prose = kept.iter().filter(|paragraph| paragraph.chars().count() >= LEAD_CHARS);
    let start = prose.take(FIRST_LINES).filter_map(|paragraph| places.get(paragraph).copied()).min();
    let mut out = start.map(|start| lead(&kept, lines, start, title, description)).unwrap_or_default();
    out.extend(kept);
    out.join("\n")
}

/// The sentences between the headline and the line where the text starts.
fn lead<'a>(text: &[&str], lines: &'a [Line], start: usize, title: Option<&str>, description: Option<&str>) -> Vec<&'a str> {
    let title = title.map(plain).filter(|title| !title.is_empty());
    let from = start.saturating_sub(GAP_LINES);
    let before = lines.get(from..start).unwrap_or_default();
    let is_headline = |line: &Line| line.place.heading && title.as_ref().is_some_and(|title| plain(&line.text).contains(title.as_str()));
    let Some(headline) = before.iter().rposition(is_headline).or_else(|| before.iter().rposition(|line| line.place.heading)) else {
        return Vec::new();
    };
    let description = description.map(plain).unwrap_or_default();
    let known: HashSet<&str> = text.iter().copied().collect();
    let mut found: Vec<&str> = Vec::new();
    // On pages that are one form or one menu it says nothing.
    let asides = lines.get(start).is_some_and(|line| !line.place.aside);
    for line in before.iter().skip(headline + 1) {
        let chars = line.text.chars().count();
        if chars < LEAD_CHARS
            || line.linked
            || line.place.subtitle
            || line.place.caption
            || (asides && line.place.aside)
            || known.contains(line.text.as_str())
        {
            continue;
        }
        let folded = plain(&line.text);
        let beginning: String = folded.chars().take(60).collect();
        let described = !description.is_empty() && description.contains(&beginning);
        let sentence = chars >= SENTENCE_CHARS && line.text.ends_with(['.', '!', '?', '…', '”', '"', '»', '。', '؟', '।', ':']);
        let told = text.iter().any(|paragraph| paragraph.contains(line.text.as_str()));
        if (line.place.lead || described || sentence) && !told && !found.contains(&line.text.as_str()) {
            found.push(&line.text);
        }
    }
    if found.len() > LEAD_LINES { Vec::new() } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::extract::lines::read;

    #[test]
    fn the_lead_comes_back_and_links_go() {
        let body = "<h1>Editor held at the airport</h1><p>31 May 2024</p><div class=\"lead\">Officers waited for her at the gate, a colleague says.</div>\
            <figcaption>The airport of the harbor town, where the editor was held on Friday morning.</figcaption>\
            <p>The editor was held on Friday, her lawyer says.</p><p><a href=\"x\">Another editor was held in March</a></p><p>She denies it.</p><p>No.</p><p>Yes.</p><p>So.</p>";
        let text = "The editor was held on Friday, her lawyer says.\nAnother editor was held in March\nShe denies it.\nNo.\nYes.\nSo.";
        let expect =
            "Officers waited for her at the gate, a colleague says.\nThe editor was held on Friday, her lawyer says.\nShe denies it.\nNo.\nYes.\nSo.";
        assert_eq!(restore(text, &read(body), Some("Editor held at the airport"), None), expect);
    }
}
