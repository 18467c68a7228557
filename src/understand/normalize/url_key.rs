//! Brings all addresses of one story to one key.
//!
//! The key has no scheme: `host/path?parameters`. It is compared and hashed, never fetched; the address as published is kept beside
//! it. Each rule holds for a kind of address, not for a site, and prefers two keys for one story over one key for two stories.

use psl::domain_str;
use url::Url;

use crate::understand::normalize::parameters::{Dropped, Parameters};
use crate::understand::normalize::{percent, wrapper};

/// A key with the rules that led to it, in the order in which they applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    pub key: String,
    /// For people: `tracking parameter "utm_source" dropped`.
    pub rules: Vec<String>,
}

/// A key that is equal for the addresses of one story.
pub fn url_key(url: &Url) -> String {
    explain_url_key(url).key
}

/// Wrappers inside wrappers (a mail gateway around a redirector around an AMP viewer) are followed this deep.
const WRAPPER_DEPTH: usize = 4;

/// [`url_key`] with its reasons.
pub fn explain_url_key(url: &Url) -> Keyed {
    let mut rules = Vec::new();
    let mut url = url.clone();
    for _ in 0..WRAPPER_DEPTH {
        let Some((inner, kind)) = wrapper::unwrap(&url) else { break };
        rules.push(format!("{kind} at {} unwrapped", url.host_str().unwrap_or_default()));
        url = inner;
    }
    let Some(given_host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return Keyed { key: url.into(), rules };
    };
    let host = host_key(given_host, &mut rules);
    let (host, path, query) = renamed(&host, url.path(), url.query().unwrap_or_default(), &mut rules);
    let path = path_key(&path, &mut rules);
    let query = query_key(&host, &query, &mut rules);
    let fragment = fragment_key(url.fragment(), &mut rules);

    // The two default ports say no more than the scheme, which is no part of the key.
    let port = url.port().filter(|port| !matches!(port, 80 | 443)).map(|port| format!(":{port}")).unwrap_or_default();
    let mark = if query.is_empty() { "" } else { "?" };
    Keyed { key: format!("{host}{port}{path}{mark}{query}{fragment}"), rules }
}

/// Labels that name a presentation of a host, not another site.
const PRESENTATION_LABELS: &[&str] =
    &["www", "www1", "www2", "www3", "m", "mobile", "mobil", "amp", "touch", "wap", "amphtml", "mob", "3g", "pda", "mbasic"];

/// Drops labels such as `www`, `m` and `amp` left of the registrable domain. `m.example-media.com` and `kz.news.example` keep what names the
/// site: a label that is part of the registrable domain (`m.me`, `amp.co.uk`) is never dropped.
fn host_key(host: &str, rules: &mut Vec<String>) -> String {
    let host = host.trim_end_matches('.');
    let is_address = host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let Some(domain) = domain_str(host).filter(|_| !is_address) else { return host.to_owned() };
    let before = host.strip_suffix(domain).unwrap_or_default();
    let mut kept = String::with_capacity(host.len());
    for label in before.split('.').filter(|label| !label.is_empty()) {
        if PRESENTATION_LABELS.contains(&label) {
            if label != "www" {
                rules.push(format!("host label \"{label}\" dropped"));
            }
        } else {
            kept.push_str(label);
            kept.push('.');
        }
    }
    kept.push_str(domain);
    kept
}

/// Hosts that were renamed or that serve the same pages at the same paths.
const RENAMED_HOSTS: &[(&str, &str)] = &[
    ("twitter.com", "x.com"),
    ("fxtwitter.com", "x.com"),
    ("vxtwitter.com", "x.com"),
    ("fixupx.com", "x.com"),
    ("bbc.co.uk", "bbc.com"),
    ("telegram.me", "t.me"),
    ("telegram.dog", "t.me"),
    ("youtube-nocookie.com", "youtube.com"),
    ("vkontakte.ru", "vk.com"),
    ("fb.com", "facebook.com"),
    ("web.facebook.com", "facebook.com"),
    ("old.reddit.com", "reddit.com"),
    ("np.reddit.com", "reddit.com"),
    ("new.reddit.com", "reddit.com"),
];

/// Applies what is known of a few large hosts: new names, short forms, previews of channels.
fn renamed(host: &str, path: &str, query: &str, rules: &mut Vec<String>) -> (String, String, String) {
    let mut host = host.to_owned();
    for (old, new) in RENAMED_HOSTS {
        if host == *old || host.strip_suffix(old).is_some_and(|rest| rest.ends_with('.')) {
            rules.push(format!("host {old} is {new}"));
            host = format!("{}{new}", host.strip_suffix(old).unwrap_or_default());
        }
    }
    let first_segment = |prefix: &str| path.strip_prefix(prefix).map(|rest| rest.split('/').next().unwrap_or_default()).filter(|id| !id.is_empty());
    let video = match host.as_str() {
        "youtu.be" => first_segment("/"),
        "youtube.com" => ["/shorts/", "/embed/", "/live/", "/v/"].iter().find_map(|prefix| first_segment(prefix)),
        _ => None,
    };
    if let Some(video) = video {
        rules.push("short form of a video's address".to_owned());
        return ("youtube.com".to_owned(), "/watch".to_owned(), format!("v={video}"));
    }
    // t.me/s/channel/101 is the public preview of t.me/channel/101.
    if let Some(rest) = path.strip_prefix("/s/").filter(|_| host == "t.me") {
        rules.push("preview of a channel".to_owned());
        return (host, format!("/{rest}"), query.to_owned());
    }
    (host, path.to_owned(), query.to_owned())
}

/// Names of the document that a server shows for a folder.
const INDEX_NAMES: &[&str] = &["index", "default"];
const INDEX_SUFFIXES: &[&str] = &["html", "htm", "shtml", "xhtml", "php", "php5", "asp", "aspx", "jsp", "jspx", "cfm", "cgi", "pl", "do"];

/// Cleans the path: empty segments, AMP and print marks, index pages, session ids. Case is kept: servers tell `/AbC` from `/aBc`.
fn path_key(path: &str, rules: &mut Vec<String>) -> String {
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        // Space behind a copied address.
        let plain = without_path_session(segment, rules).trim_end_matches("%20");
        if plain.is_empty() {
            continue;
        }
        segments.push(percent::canonical(plain));
    }
    // The mark of an AMP page is a whole segment, wherever the publisher puts it. A folder that is all there is stays.
    let marks = segments.iter().filter(|segment| is_amp_segment(segment)).count();
    if marks > 0 && marks < segments.len() {
        segments.retain(|segment| !is_amp_segment(segment));
        rules.push("AMP segment dropped".to_owned());
    }
    // Of a front controller (/index.php/news/1) and of a form of the page (/print/news/1, /mobile/news/1) the page itself is no part. Two
    // stories could only meet here if one of them stood at the address without the segment.
    if segments.len() > 1 && segments.first().is_some_and(|first| matches!(first.as_str(), "index.php" | "print" | "mobile")) {
        rules.push(format!("segment \"{}\" dropped", segments.remove(0)));
    }
    if let Some(last) = segments.pop() {
        let lower = last.to_lowercase();
        let index = lower.split_once('.').is_some_and(|(name, suffix)| INDEX_NAMES.contains(&name) && INDEX_SUFFIXES.contains(&suffix));
        let numbered = |suffix: &str| last.strip_suffix(suffix).is_some_and(|rest| rest.ends_with(|last: char| last.is_ascii_digit()));
        // ".amp" always, "-amp" behind a number only: a guitar has an amp, too.
        let suffixes = [".amp.html", ".amp.htm", ".amp", "-amp.html", "-amp"];
        let amp_suffix = suffixes
            .iter()
            .filter(|suffix| suffix.starts_with('.') || numbered(suffix))
            .find(|suffix| lower.len() > suffix.len() && lower.ends_with(**suffix));
        let print = !segments.is_empty() && matches!(lower.as_str(), "print" | "print.html" | "printable" | "print.php");
        if index {
            rules.push(format!("index page \"{last}\" dropped"));
        } else if print {
            rules.push("print segment dropped".to_owned());
        } else if let Some(suffix) = amp_suffix {
            rules.push("AMP suffix dropped".to_owned());
            // ".amp.html" stands beside ".html", ".amp" beside nothing.
            let kept = last.get(..last.len() - suffix.len()).unwrap_or(&last);
            segments.push(format!("{kept}{}", suffix.get(4..).unwrap_or_default()));
        } else {
            segments.push(last);
        }
    }
    // The first page of a paged story is the story: .../page/1
    if let [.., word, number] = segments.as_slice()
        && word == "page"
        && number == "1"
    {
        segments.truncate(segments.len() - 2);
        rules.push("first page".to_owned());
    }
    segments.iter().fold(String::new(), |path, segment| path + "/" + segment)
}

fn is_amp_segment(segment: &str) -> bool {
    segment.eq_ignore_ascii_case("amp")
        || segment.eq_ignore_ascii_case("amphtml")
        || segment.eq_ignore_ascii_case("index.amp")
        || segment.eq_ignore_ascii_case("amp.html")
}

/// Drops `;jsessionid=...` and the segment `(S(...))` of cookieless ASP.NET sessions.
fn without_path_session<'a>(segment: &'a str, rules: &mut Vec<String>) -> &'a str {
    let lower = segment.to_ascii_lowercase();
    if lower.starts_with("(s(") && lower.ends_with("))") {
        rules.push("session segment dropped".to_owned());
        return "";
    }
    match [";jsessionid", ";phpsessid", ";sessionid", ";sid="].iter().find_map(|mark| lower.find(mark)) {
        Some(at) => {
            rules.push("session identifier dropped".to_owned());
            segment.get(..at).unwrap_or(segment)
        }
        None => segment,
    }
}

/// Drops parameters that are no part of the story and sorts the others: their order carries no meaning on any server that we know.
fn query_key(host: &str, query: &str, rules: &mut Vec<String>) -> String {
    let parameters = Parameters::embedded();
    let mut kept: Vec<String> = Vec::new();
    // "&amp;" is "&" copied out of HTML: the entity's rest stands before the name.
    for pair in query.split('&').map(|pair| pair.trim_start_matches("amp;")).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| percent::decode(&text.replace('+', " "));
        if let Some(reason) = parameters.dropped(host, &plain(name), &plain(value)) {
            let kind = match reason {
                Dropped::Tracking => "tracking parameter",
                Dropped::Session => "session parameter",
                Dropped::Form => "parameter of another form of the page",
            };
            rules.push(format!("{kind} \"{name}\" dropped"));
            continue;
        }
        let (name, value) = (percent::canonical(&name.replace('+', "%20")), percent::canonical(&value.replace('+', "%20")));
        kept.push(if value.is_empty() { name } else { format!("{name}={value}") });
    }
    if !kept.is_sorted() {
        rules.push("parameters sorted".to_owned());
        kept.sort();
    }
    kept.dedup();
    kept.join("&")
}

/// A fragment is a place on a page; `#/path` and `#!path` are pages of their own on sites that are one script.
fn fragment_key(fragment: Option<&str>, rules: &mut Vec<String>) -> String {
    match fragment {
        Some(route) if route.len() > 1 && (route.starts_with('/') || route.starts_with('!')) => format!("#{}", percent::canonical(route)),
        Some(fragment) if !fragment.is_empty() => {
            rules.push("fragment dropped".to_owned());
            String::new()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        url_key(&Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    #[track_caller]
    fn same(addresses: &[&str]) {
        for address in addresses {
            assert_eq!(key(address), key(addresses[0]), "{address}");
        }
    }

    #[track_caller]
    fn different(addresses: &[&str]) {
        let keys: std::collections::BTreeSet<_> = addresses.iter().map(|address| key(address)).collect();
        assert_eq!(keys.len(), addresses.len(), "{keys:?}");
    }

    #[test]
    fn presentations_of_a_page_share_a_key() {
        same(&[
            "https://harbour-times.com/politics/strike",
            "http://www.harbour-times.com/politics/strike/",
            "https://m.harbour-times.com/politics/strike",
            "https://amp.harbour-times.com/politics/strike",
            "https://harbour-times.com/amp/politics/strike",
            "https://harbour-times.com/politics/strike/amp/",
            "https://harbour-times.com/politics/strike.amp",
            "https://harbour-times.com/politics/strike?outputType=amp",
            "https://harbour-times.com/politics//strike/print",
            "https://harbour-times.com/politics/strike?print=yes&page=1",
            "https://harbour-times.com:443/politics/strike/index.php",
            "https://harbour-times.com/politics/strike;jsessionid=7F?PHPSESSID=9",
            "https://harbour-times.com/(S(k3j4))/politics/strike#comments",
            "https://harbour-times.com/politics/strike#:~:text=dockers",
        ]);
        same(&["https://en.wikipedia.org/wiki/Ink", "https://en.m.wikipedia.org/wiki/Ink"]);
        same(&["https://harbour-times.com/a.html", "https://harbour-times.com/a.amp.html"]);
        same(&["https://harbour-times.com/a-17.html", "https://harbour-times.com/a-17-amp.html", "https://harbour-times.com/index.php/a-17.html%20"]);
    }

    #[test]
    fn wrapped_addresses_have_the_key_of_what_they_wrap() {
        same(&[
            "https://daily-lighthouse.com/n/17?id=4",
            "https://www.google.com/amp/s/daily-lighthouse.com/n/17?id=4",
            "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fdaily-lighthouse.com%2Fn%2F17%3Fid%3D4&ved=2",
            "https://daily--lighthouse-com.cdn.ampproject.org/c/s/daily-lighthouse.com/n/17?id=4",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fdaily-lighthouse.com%2Fn%2F17%3Fid%3D4%26fbclid%3Dx&h=A",
            "https://vk.com/away.php?to=https%3A%2F%2Fdaily-lighthouse.com%2Fn%2F17%3Fid%3D4",
            "https://web.archive.org/web/20250301120000if_/https://daily-lighthouse.com/n/17?id=4",
            "https://archive.ph/2025.03.01-120000/https://daily-lighthouse.com/n/17?id=4",
            "https://click.mailer.example/track?d=https%253A%252F%252Fdaily-lighthouse.com%252Fn%252F17%253Fid%253D4",
            "https://archive.ph/o/Xy1Zq/https://daily-lighthouse.com/n/17?id=4",
            "https://reader.example/https://daily-lighthouse.com/n/17?id=4",
            "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9kYWlseS1saWdodGhvdXNlLmNvbS9uLzE3P2lkPTQ&ntb=1",
            "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fdaily-lighthouse.com%2Fn%2F17%3Fid%3D4",
            "https://yandex.ru/turbo/s/daily-lighthouse.com/n/17?id=4",
            "https://urldefense.com/v3/__https://daily-lighthouse.com/n/17?id=4__;!!x",
        ]);
        // The identifier of Google News: 08 13 22, a length, the address, D2 01 00.
        same(&["https://a.example/x", "https://news.google.com/rss/articles/CBMiE2h0dHBzOi8vYS5leGFtcGxlL3jSAQA?oc=5"]);
    }

    #[test]
    fn pages_that_only_mention_an_address_are_not_unwrapped() {
        different(&[
            "https://daily-lighthouse.com/n/17",
            "https://daily-lighthouse.com/login?next=https://daily-lighthouse.com/n/17",
            "https://www.facebook.com/sharer/sharer.php?u=https://daily-lighthouse.com/n/17",
            "https://translate.google.com/translate?sl=ru&u=https://daily-lighthouse.com/n/17",
        ]);
    }

    #[test]
    fn spellings_of_an_address_share_a_key() {
        same(&["https://xn--e1afmkfd.xn--p1ai/%D0%B6?b=2&a=%d1%84", "https://ПРИМЕР.рф/ж?a=ф&b=2", "https://пример.рф/ж?a=ф&amp;b=2&"]);
        same(&["https://city.example/find?q=two+words", "https://city.example/find?q=two%20words"]);
        same(&["https://twitter.com/desk/status/9?s=20", "https://mobile.x.com/desk/status/9"]);
        same(&["https://youtu.be/Ab_1?si=q", "https://www.youtube.com/watch?v=Ab_1&t=60s"]);
    }

    #[test]
    fn what_selects_a_story_is_kept() {
        different(&[
            "https://city.example/a",
            "https://city.example/A",
            "https://city.example/a?id=1",
            "https://city.example/a?id=2",
            "https://city.example/a?lang=kk",
            "https://city.example/a?page=2",
            "https://city.example/a#/hall/3",
            "https://city.example/amplifier/a",
            "https://city.example/guitar-amp",
            "https://city.example/guitar",
            "https://city.example/a?mod=news",
            "https://city.example/a?share=2",
            "https://ru.city.example/a",
            "https://city.example:8080/a",
            "https://city.example/a%2Fb",
            "https://city.example/a/b",
        ]);
        different(&["https://m.me/1", "https://me.example/1"]);
    }

    #[test]
    fn odd_addresses_have_a_key_too() {
        for address in [
            "http://127.0.0.1:8080/x",
            "http://[::1]/",
            "https://localhost",
            "ftp://files.example/a",
            "urn:uuid:1",
            "https://a.example/%",
            "https://a.example/?&&=&=1",
        ] {
            assert!(!key(address).is_empty());
        }
    }

    #[test]
    fn a_key_says_which_rules_led_to_it() {
        let url = Url::parse("https://m.city.example/a/index.html?utm_source=x#top").expect("valid");
        let keyed = explain_url_key(&url);
        assert_eq!(keyed.key, "city.example/a");
        assert_eq!(keyed.rules.len(), 4, "{:?}", keyed.rules);
    }
}
