//! How a feed was read, for the person who asks: its form, who read it, and what had to be mended and why.
//!
//! Enters: the same bytes as for [`crate::gather::parse::parse_feed`]. Leaves: an [`Account`]. It looks at the document once more by itself:
//! readers that are in a hurry keep no books.

mod survey;

use quick_xml::events::Event;
use url::Url;

use crate::gather::parse::account::survey::{Survey, survey};
use crate::gather::parse::charset::decode_feed;
use crate::gather::parse::{packed, quiet, recover, upstream};

/// Examples of one fault that are shown.
const EXAMPLES: usize = 3;

/// How a document was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// `RSS 2.0`, `Atom 1.0`, ...; `None` when it is no feed.
    pub form: Option<String>,
    /// What each of the two readers made of it.
    pub readers: Vec<String>,
    pub mended: Vec<Mended>,
}

/// Something that was not as it should be and was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    pub what: String,
    pub why: String,
}

/// Accounts for the reading of a feed. `base` is where it was fetched from.
pub fn account_feed(bytes: &[u8], media_type: Option<&str>, base: &Url) -> Account {
    let unpacked = packed::unpack(bytes);
    let decoded = decode_feed(unpacked.as_deref().unwrap_or(bytes), media_type);
    let text = decoded.text.as_str();
    let mut account = Account { form: form_of(text), ..Account::default() };
    let ours = quiet::catch(|| recover::read(text, base)).filter(|parsed| parsed.recognized);
    account.readers.push(match &ours {
        Some(parsed) => format!("the recovering reader: {} items", parsed.items.len()),
        None => "the recovering reader: no feed".to_owned(),
    });
    account.readers.push(match upstream::read(text, base) {
        Ok(parsed) => format!("feed-rs: {} items", parsed.items.len()),
        Err(fault) => format!("feed-rs: fails ({fault})"),
    });
    let Some(ours) = ours else { return account };

    let mut add = |what: String, why: &str| account.mended.push(Mended { what, why: why.to_owned() });
    if unpacked.is_some() {
        add("unpacked".to_owned(), "it is a gzip file");
    }
    if let Some(warning) = decoded.warning {
        add(warning, "the bytes decide, not what is said of them");
    }
    let controls = unpacked.as_deref().unwrap_or(bytes).iter().filter(|byte| matches!(byte, 1..=8 | 11 | 12 | 14..=31)).count();
    if controls > 0 {
        add(format!("{controls} control characters dropped"), "XML forbids them, and a strict reader stops at the first");
    }
    let made = ours.items.iter().filter(|item| item.external_id.as_deref().is_some_and(|id| id.starts_with("sha256:"))).count();
    if made > 0 {
        add(format!("{made} items got an id made of their words"), "they have none, or one too long; so they are the same at each reading");
    }
    if !text.trim_start().starts_with(['{', '[']) {
        if let Some((line, fault)) = first_fault(text) {
            add(format!("read on behind line {line}"), &format!("the XML is not well-formed there: {fault}"));
        }
        describe(&survey(text), base, &mut add);
    }
    account
}

/// What the survey found, in words.
fn describe(survey: &Survey, base: &Url, add: &mut impl FnMut(String, &str)) {
    let examples = |list: &[String]| list.iter().take(EXAMPLES).map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ");
    if survey.junk > 0 {
        add(format!("{} bytes before the first tag passed over", survey.junk), "a document begins with its first tag");
    }
    if !survey.entities.is_empty() {
        let names: Vec<String> = survey.entities.iter().take(2 * EXAMPLES).map(|name| format!("&{name};")).collect();
        add(format!("entities {} read as in HTML", names.join(" ")), "they are not declared, and XML knows five");
    }
    if !survey.prefixes.is_empty() {
        let names: Vec<&str> = survey.prefixes.iter().map(String::as_str).take(2 * EXAMPLES).collect();
        add(format!("prefixes {} taken for what they usually stand for", names.join(", ")), "they are not declared");
    }
    if !survey.odd_dates.is_empty() {
        add(
            format!("{} dates read all the same: {}", survey.odd_dates.len(), examples(&survey.odd_dates)),
            "they are not written as the format demands",
        );
    }
    if !survey.lost_dates.is_empty() {
        add(format!("{} dates left out: {}", survey.lost_dates.len(), examples(&survey.lost_dates)), "they cannot be read, or mean two days");
    }
    if survey.guid_links > 0 {
        add(format!("{} items got their guid as their link", survey.guid_links), "they have no link, and the guid is an address");
    }
    if !survey.relative_links.is_empty() {
        let how = format!("they are relative, and were completed from {base} or a base that the feed names");
        add(format!("{} links completed: {}", survey.relative_links.len(), examples(&survey.relative_links)), &how);
    }
    if survey.marked_titles > 0 {
        add(format!("markup taken out of {} titles", survey.marked_titles), "a headline is text");
    }
}

/// The name and version of the form.
fn form_of(text: &str) -> Option<String> {
    let beginning = text.get(..text.floor_char_boundary(16 * 1024)).unwrap_or_default();
    if beginning.trim_start().starts_with('{') {
        let version = beginning.split_once("jsonfeed.org/version/").map(|(_, after)| after.split(['"', '\'']).next().unwrap_or_default());
        return version.map(|version| format!("JSON Feed {}", version.trim_start_matches('v')));
    }
    survey::form(beginning)
}

/// The line and the nature of the first fault by the rules of XML.
fn first_fault(text: &str) -> Option<(usize, String)> {
    let mut reader = quick_xml::Reader::from_str(text.trim_start());
    let skipped = text.len() - text.trim_start().len();
    let mut depth = 0usize;
    loop {
        let (position, fault) = match reader.read_event() {
            Ok(Event::Start(_)) => {
                depth += 1;
                continue;
            }
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            Ok(Event::Eof) if depth == 0 => return None,
            Ok(Event::Eof) => (reader.buffer_position(), format!("it ends while {depth} elements are open")),
            Ok(_) => continue,
            Err(error) => (reader.error_position(), error.to_string()),
        };
        let end = text.floor_char_boundary(skipped + usize::try_from(position).unwrap_or(usize::MAX).min(text.len()));
        let line = text.get(..end).unwrap_or_default().matches('\n').count() + 1;
        return Some((line, fault));
    }
}

#[cfg(test)]
mod tests {
    use super::account_feed;

    fn mended(feed: &str) -> Vec<String> {
        let account = account_feed(feed.as_bytes(), None, &"https://harbor.example/rss".parse().unwrap());
        account.mended.into_iter().map(|mended| format!("{}: {}", mended.what, mended.why)).collect()
    }

    #[test]
    fn a_sound_feed_needs_no_mending() {
        let feed = "<?xml version='1.0'?>\n<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Harbor</title><item><title>One &amp; two</title><link>https://harbor.example/1</link>
            <pubDate>Mon, 02 Mar 2026 10:14:00 +0000</pubDate><dc:date>2026-03-02</dc:date></item></channel></rss>";
        assert_eq!(mended(feed), Vec::<String>::new());
        let account = account_feed(feed.as_bytes(), None, &"https://harbor.example/rss".parse().unwrap());
        assert_eq!(account.form.as_deref(), Some("RSS 2.0"));
        assert_eq!(account.readers, ["the recovering reader: 1 items", "feed-rs: 1 items"]);
    }

    #[test]
    fn each_mending_is_told_with_its_reason() {
        let feed = "junk<rss version='2.0'><channel><title>Harbor</title>
            <item><title>One&nbsp;<![CDATA[<b>two</b>]]>\u{1}</title><guid>https://harbor.example/1</guid><pubDate>2 марта 2026, 10:14</pubDate></item>
            <item><title>Three<link>/3</link><pubDate>yesterday</pubDate><dc:creator>A</dc:creator></item>
            <item><description>Words alone</description></item></channel>";
        let told = mended(feed).join("\n");
        for part in [
            "1 control characters dropped",
            "1 items got an id made of their words",
            "read on behind line 3",
            "4 bytes before the first tag",
            "entities &nbsp; read as in HTML",
            "prefixes dc taken",
            "1 dates read all the same: \"2 марта 2026, 10:14\"",
            "1 dates left out: \"yesterday\"",
            "1 items got their guid as their link",
            "1 links completed: \"/3\"",
            "markup taken out of 1 titles",
        ] {
            assert!(told.contains(part), "{part:?} is not in:\n{told}");
        }
    }

    #[test]
    fn forms_are_named_and_other_documents_are_none() {
        let form = |text: &str| account_feed(text.as_bytes(), None, &"https://harbor.example/".parse().unwrap()).form;
        assert_eq!(form("<feed xmlns='http://www.w3.org/2005/Atom'/>").as_deref(), Some("Atom 1.0"));
        assert_eq!(form("<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>").as_deref(), Some("Atom 0.3"));
        assert_eq!(form("<rdf:RDF xmlns='http://purl.org/rss/1.0/'/>").as_deref(), Some("RSS 1.0"));
        assert_eq!(form("<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'/>").as_deref(), Some("RSS 0.90"));
        assert_eq!(form("<rss><channel/></rss>").as_deref(), Some("RSS without a version"));
        assert_eq!(form("{\"version\": \"https://jsonfeed.org/version/1.1\"}").as_deref(), Some("JSON Feed 1.1"));
        assert_eq!(form("<html></html>"), None);
        assert_eq!(form(""), None);
    }
}
