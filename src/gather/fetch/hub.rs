//! Finds the WebSub hub of a feed: in the Link fields of the answer, else in the feed's own links (W3C WebSub, section 4).
//!
//! Enters: header fields and a body. Leaves: a [`Hub`] or nothing. Pure; a hostile document costs no more than a look at its beginning.

use url::Url;

use crate::net::HeaderMap;
use crate::net::header::LINK;

/// A feed's own links stand before its first item.
const HEAD_BYTES: usize = 64 * 1024;
/// A larger JSON Feed is not looked through for its hubs.
const JSON_BYTES: usize = 4 << 20;
/// Links beyond are not read.
const LINKS_MOST: usize = 64;
const URL_BYTES: usize = 2048;

/// Where one may subscribe to a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    pub url: Url,
    /// The feed's name at the hub: its `self` link.
    pub topic: Url,
}

/// Finds the hub of a document that came from `base`.
pub(super) fn find(headers: &HeaderMap, body: &[u8], base: &Url) -> Option<Hub> {
    let told: Vec<(String, String)> =
        headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).flat_map(links_of_field).take(LINKS_MOST).collect();
    choose(&told, base).or_else(|| choose(&links_of_body(body), base))
}

/// The first hub by https, else the first; the topic is what the document calls itself.
fn choose(links: &[(String, String)], base: &Url) -> Option<Hub> {
    let of = |wanted: &str| {
        let links = links
            .iter()
            .filter(move |(rel, href)| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(wanted)) && href.len() <= URL_BYTES);
        links.filter_map(|(_, href)| base.join(href.trim()).ok()).filter(|url| matches!(url.scheme(), "http" | "https")).collect::<Vec<Url>>()
    };
    let hubs = of("hub");
    let url = hubs.iter().find(|url| url.scheme() == "https").or(hubs.first())?.clone();
    let topic = of("self").into_iter().next().unwrap_or_else(|| base.clone());
    Some(Hub { url, topic })
}

/// `<https://hub.example/>; rel="hub", <...>; rel=self` (RFC 8288) as pairs of relation and address.
fn links_of_field(field: &str) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let mut rest = field;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((href, after)) = after.split_once('>') else { break };
        // Parameters end at the next comma outside of quotes.
        let mut quoted = false;
        let end = after.find(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        let (parameters, next) = after.split_at(end.unwrap_or(after.len()));
        let rel = parameters.split(';').filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("rel"));
        if let Some((_, value)) = rel {
            links.push((value.trim().trim_matches('"').to_owned(), href.to_owned()));
        }
        rest = next;
    }
    links
}

fn links_of_body(body: &[u8]) -> Vec<(String, String)> {
    let head = String::from_utf8_lossy(body.get(..body.len().min(HEAD_BYTES)).unwrap_or_default());
    if head.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).starts_with('{') {
        return links_of_json(body);
    }
    let mut links = Vec::new();
    let mut rest = head.as_ref();
    while let Some((_, after)) = rest.split_once('<') {
        let Some((tag, next)) = after.split_once('>') else { break };
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        match name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "item" | "entry" => break,
            "link" => {
                // An empty reference is the document itself (RFC 3986, 4.4): nobody's hub.
                if let (Some(rel), Some(href)) = (attribute(tag, "rel"), attribute(tag, "href").filter(|href| !href.is_empty())) {
                    links.push((rel, href));
                }
                if links.len() >= LINKS_MOST {
                    break;
                }
            }
            _ => {}
        }
        // A `>` inside of an attribute is rare; what follows it is looked at as text.
        rest = next;
    }
    links
}

/// The value of an attribute, with the references that addresses hold resolved.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'').find(|word| !word.is_empty()).unwrap_or_default();
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, next) = match quote {
            Some(quote) => after.get(1..)?.split_once(quote)?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value.replace("&amp;", "&").replace("&#38;", "&"));
        }
        rest = next;
    }
    None
}

/// JSON Feed 1.1: `hubs` and `feed_url`.
fn links_of_json(body: &[u8]) -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    struct Feed {
        feed_url: Option<String>,
        #[serde(default)]
        hubs: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        #[serde(rename = "type", default)]
        kind: String,
        url: String,
    }
    if body.len() > JSON_BYTES {
        return Vec::new();
    }
    let Ok(feed) = serde_json::from_slice::<Feed>(body) else { return Vec::new() };
    let hubs = feed.hubs.into_iter().filter(|hub| hub.kind.eq_ignore_ascii_case("websub")).map(|hub| ("hub".to_owned(), hub.url));
    hubs.chain(feed.feed_url.map(|url| ("self".to_owned(), url))).take(LINKS_MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::{Hub, find};
    use crate::net::HeaderMap;
    use crate::net::header::LINK;

    #[track_caller]
    fn check(fields: &[&str], body: &str, expect: Option<(&str, &str)>) {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(LINK, field.parse().unwrap());
        }
        let found = find(&headers, body.as_bytes(), &"https://news.example/feed".parse().unwrap());
        assert_eq!(found, expect.map(|(url, topic)| Hub { url: url.parse().unwrap(), topic: topic.parse().unwrap() }), "{fields:?} {body}");
    }

    #[test]
    fn hubs_are_found_in_link_fields() {
        let here = "https://news.example/feed";
        check(&["<https://hub.example/>; rel=\"hub\", </feed.xml>; rel=self"], "", Some(("https://hub.example/", "https://news.example/feed.xml")));
        check(&["<https://a.example/?x=1,2>; title=\"a, b\"; rel=\"next hub\""], "", Some(("https://a.example/?x=1,2", here)));
        check(&["<http://a.example/>; rel=hub", "<https://b.example/>; rel=hub"], "", Some(("https://b.example/", here)));
        check(&["<ftp://a.example/>; rel=hub", "<https://b.example/>; rel=hubs", "<broken; rel=hub", "plain"], "", None);
    }

    #[test]
    fn hubs_are_found_in_feeds_of_every_kind_before_the_first_item() {
        let here = "https://news.example/feed";
        let rss =
            "<rss><channel><atom:link href='https://hub.example/?a=1&amp;b=2' rel='hub'/><atom:link rel=\"self\" href=\"/rss\" type='x'/><item>";
        check(&[], rss, Some(("https://hub.example/?a=1&b=2", "https://news.example/rss")));
        check(&[], "<feed><LINK rel=hub href=https://hub.example/ /><entry>", Some(("https://hub.example/", here)));
        check(&[], "<feed><entry><link rel='hub' href='https://evil.example/'/></entry></feed>", None);
        check(&[], "<rss><channel><link>https://news.example/</link><linked rel='hub' href='https://x.example/'/>", None);
        let json = "{\"version\":\"x\",\"feed_url\":\"https://news.example/feed.json\",\"hubs\":[{\"type\":\"rssCloud\",\"url\":\"https://r.example/\"},\
                    {\"type\":\"WebSub\",\"url\":\"https://hub.example/\"}],\"items\":[]}";
        check(&[], json, Some(("https://hub.example/", "https://news.example/feed.json")));
        for broken in ["", "<", "<link rel='hub", "<link rel=hub href=>", "<link = = =>", "{\"hubs\":3}", "<link rel='hub' href='https://[x/'/>"] {
            check(&[], broken, None);
        }
        check(&["<https://told.example/>; rel=hub"], rss, Some(("https://told.example/", here)));
    }
}
