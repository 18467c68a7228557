//! Tells a page for human visitors (a bot check, a consent wall) from a document and from an ordinary fault.

use crate::net::Response;
use crate::net::header::SERVER;

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

/// Marks that ordinary pages carry too (a captcha before the comments): they count only where the answer is an error or holds little else.
const WEAK_MARKS: [&str; 2] = ["captcha", "Cloudflare check"];
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
    MARKS.iter().find(|(mark, name)| text.contains(mark) && !is_weak_here(name)).map(|(_, name)| *name)
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
    use super::{is_html, recognize_text};

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
}
