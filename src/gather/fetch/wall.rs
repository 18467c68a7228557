//! Tells a page for human visitors (a bot check, a consent wall) from a document and from an ordinary fault.

use crate::net::Response;
use crate::net::header::SERVER;

/// What is quoted of an answer stands at its front, and is a line.
const SAID_WITHIN_BYTES: usize = 16 * 1024;
const SAID_CHARACTERS: usize = 100;

/// Walls are short pages; an article that quotes one of the marks is not.
const WALL_LIMIT_BYTES: usize = 128 * 1024;

/// Texts that stand in the pages of the usual walls, in lower case.
const MARKS: [(&str, &str); 22] = [
    ("cf-browser-verification", "Cloudflare check"),
    ("cf_chl_opt", "Cloudflare check"),
    ("/cdn-cgi/challenge-platform/", "Cloudflare check"),
    ("challenges.cloudflare.com", "Cloudflare check"),
    ("attention required! | cloudflare", "Cloudflare block"),
    ("<title>just a moment...</title>", "Cloudflare check"),
    ("ddos-guard", "DDoS-Guard check"),
    ("_incapsula_resource", "Imperva check"),
    ("incapsula incident id", "Imperva block"),
    ("captcha-delivery.com", "DataDome check"),
    ("geo.captcha-delivery", "DataDome check"),
    ("px-captcha", "PerimeterX check"),
    ("_pxappid", "PerimeterX check"),
    ("awswafintegration", "AWS WAF check"),
    ("sucuri website firewall", "Sucuri block"),
    ("sucuri_cloudproxy_js", "Sucuri check"),
    ("errors.edgesuite.net", "Akamai block"),
    ("id=\"anubis_challenge\"", "Anubis check"),
    ("consent.yahoo.com", "consent page"),
    ("consent.google.com/ml", "consent page"),
    ("g-recaptcha", "captcha"),
    ("h-captcha", "captcha"),
];

/// What pages say that answer to some countries only, in lower case. They count where the answer is an error, or holds little else.
const COUNTRY_MARKS: [&str; 16] = [
    "not available in your country",
    "not available in your region",
    "unavailable in your country",
    "unavailable in your region",
    "not available in your location",
    "unavailable in your location",
    "access from your country",
    "banned the country or region your ip address is in",
    "error code: 1009",
    "unavailable for legal reasons",
    "unavailable due to legal reasons",
    "belonging to the european economic area",
    "no disponible en tu país",
    "non disponible dans votre pays",
    "недоступен в вашей стране",
    "недоступен в вашем регионе",
];
const COUNTRY_BLOCK: &str = "country block";

/// Marks that ordinary pages carry too (a captcha before the comments): they count only where the answer is an error or holds little else.
const WEAK_MARKS: [&str; 3] = ["captcha", "Cloudflare check", COUNTRY_BLOCK];
const WEAK_LIMIT_BYTES: usize = 16 * 1024;

/// Names the wall, when the answer is one.
pub(super) fn recognize(response: &Response) -> Option<&'static str> {
    let is_error = response.status >= 400;
    if response.headers.get("cf-mitigated").is_some_and(|value| value.as_bytes() == b"challenge") {
        return Some("Cloudflare check");
    }
    if is_error && response.headers.contains_key("x-datadome") {
        return Some("DataDome check");
    }
    if is_error && response.header(&SERVER).is_some_and(|server| server.eq_ignore_ascii_case("ddos-guard")) {
        return Some("DDoS-Guard check");
    }
    recognize_text(&response.body, is_error)
}

fn recognize_text(body: &[u8], is_error: bool) -> Option<&'static str> {
    if body.len() > WALL_LIMIT_BYTES || !is_html(body) {
        return None;
    }
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    let is_weak_here = |name: &str| !is_error && body.len() > WEAK_LIMIT_BYTES && WEAK_MARKS.contains(&name);
    // A country block that is delivered by a bot wall's page is one all the same.
    if !is_weak_here(COUNTRY_BLOCK) && COUNTRY_MARKS.iter().any(|mark| text.contains(mark)) {
        return Some(COUNTRY_BLOCK);
    }
    MARKS.iter().find(|(mark, name)| text.contains(mark) && !is_weak_here(name)).map(|(_, name)| *name)
}

/// What the answer says to a person: the page's title, else the first words of a text. Nothing for documents of machines.
pub(super) fn said(response: &Response) -> Option<String> {
    said_by(&response.body)
}

fn said_by(body: &[u8]) -> Option<String> {
    let front = String::from_utf8_lossy(body.get(..body.len().min(SAID_WITHIN_BYTES)).unwrap_or_default()).into_owned();
    let words = if is_html(body) {
        let lower = front.to_ascii_lowercase();
        let open = lower.find("<title")?;
        let begin = open + lower.get(open..)?.find('>')? + 1;
        let length = lower.get(begin..)?.find("</title")?;
        front.get(begin..begin + length)?.to_owned()
    } else if front.trim_start().starts_with(['<', '{', '[']) || front.contains('\0') {
        return None;
    } else {
        front
    };
    let words: Vec<&str> = words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let short: String = words.join(" ").chars().take(SAID_CHARACTERS).collect();
    (!short.is_empty()).then_some(short)
}

/// True when the body begins as an HTML page does: after a byte order mark, white space, comments and an XML declaration.
pub(super) fn is_html(body: &[u8]) -> bool {
    let beginning = String::from_utf8_lossy(body.get(..body.len().min(4096)).unwrap_or_default()).to_ascii_lowercase();
    let mut rest = beginning.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else {
            break;
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|start| rest.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::{is_html, recognize_text, said_by};

    #[test]
    fn html_is_told_from_a_feed_by_its_beginning() {
        for page in ["<!DOCTYPE html><html>", "\u{feff} \n<HTML lang=fa>", "<!-- a --><html>", "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>"] {
            assert!(is_html(page.as_bytes()), "{page}");
        }
        for other in ["", "<rss version='2.0'>", "<?xml version='1.0'?><feed>", "<!-- <html> --><rss>", "{\"items\":[]}", "<!-- never closed <html>"]
        {
            assert!(!is_html(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn walls_are_named_and_articles_that_mention_them_are_not() {
        let wall = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";
        assert_eq!(recognize_text(wall, true), Some("Cloudflare check"));
        assert_eq!(recognize_text(b"<html><body>How g-recaptcha tracks you</body></html>", true), Some("captcha"));
        let article = format!("<html><body>{}<div class=g-recaptcha></div></body></html>", "<p>News from the courts.</p>".repeat(1000));
        assert_eq!(recognize_text(article.as_bytes(), false), None);
        assert_eq!(recognize_text(b"<rss><title>h-captcha in the news</title></rss>", true), None);
        assert_eq!(recognize_text(b"<html><title>Sign in</title></html>", false), None);
    }

    #[test]
    fn a_block_by_country_is_told_from_a_bot_wall_and_from_news_of_one() {
        let page = "<html><title>Attention Required! | Cloudflare</title><p>The owner has banned the country or region your IP address is in</html>";
        assert_eq!(recognize_text(page.as_bytes(), true), Some("country block"));
        assert_eq!(recognize_text("<html><body>Материал недоступен в вашей стране</body></html>".as_bytes(), false), Some("country block"));
        let news = format!("<html><body>{}\"Not available in your country\", readers saw.</body></html>", "<p>The court ruled.</p>".repeat(1000));
        assert_eq!(recognize_text(news.as_bytes(), false), None);
    }

    #[test]
    fn an_answer_is_quoted_by_its_title_or_first_words() {
        let check = |body: &str, expect: Option<&str>| assert_eq!(said_by(body.as_bytes()).as_deref(), expect, "{body:?}");
        check("<!DOCTYPE html><html><head><title lang=en>\n Access\n denied </title>", Some("Access denied"));
        check("<html><body>no title</body></html>", None);
        check("<html><title>never closed", None);
        check("Too many\trequests\u{7}", Some("Too many requests"));
        check("<rss version='2.0'>", None);
        check("{\"error\": 1}", None);
        check("", None);
        assert_eq!(said_by("я".repeat(20_000).as_bytes()).map(|text| text.chars().count()), Some(100));
    }
}
