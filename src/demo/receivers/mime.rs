//! Reads a mail as far as our own mails need it: headers with encoded words, and the text and HTML of a multipart/alternative.
//!
//! Deliberately absent: charsets other than UTF-8, attachments, nesting deeper than one multipart.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A mail taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedMail {
    /// In order, unfolded, encoded words decoded.
    pub headers: Vec<(String, String)>,
    /// The types of the parts in order, in lower case: `text/plain`, `text/html`.
    pub part_types: Vec<String>,
    pub text: Option<String>,
    pub html: Option<String>,
}

impl ParsedMail {
    /// The first header of this name; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// Takes a mail apart. What it cannot read is left out.
pub fn parse(raw: &str) -> ParsedMail {
    let raw = raw.replace("\r\n", "\n");
    let (headers, body) = entity(&raw);
    let mut mail = ParsedMail::default();
    let content_type = find(&headers, "content-type").unwrap_or("text/plain").to_owned();
    match parameter(&content_type, "boundary").filter(|_| content_type.to_lowercase().starts_with("multipart/")) {
        Some(boundary) => parts(body, &boundary).for_each(|part| {
            let (headers, body) = entity(part);
            keep(&mut mail, &headers, body);
        }),
        None => keep(&mut mail, &headers, body),
    }
    mail.headers = headers.into_iter().map(|(name, value)| (name, decode_words(&value))).collect();
    mail
}

fn keep(mail: &mut ParsedMail, headers: &[(String, String)], body: &str) {
    let content_type = find(headers, "content-type").unwrap_or("text/plain");
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    let encoding = find(headers, "content-transfer-encoding").unwrap_or("7bit").trim().to_lowercase();
    let bytes = match encoding.as_str() {
        "base64" => STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap_or_default(),
        "quoted-printable" => quoted_printable(body, false),
        _ => body.as_bytes().to_vec(),
    };
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    match kind.as_str() {
        "text/plain" if mail.text.is_none() => mail.text = Some(text),
        "text/html" if mail.html.is_none() => mail.html = Some(text),
        _ => {}
    }
    mail.part_types.push(kind);
}

/// Headers, unfolded (RFC 5322, 2.2.3), and what follows the empty line.
fn entity(raw: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = match raw.strip_prefix('\n') {
        Some(body) => ("", body),
        None => raw.split_once("\n\n").unwrap_or((raw, "")),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    (headers, body)
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What stands between the delimiter lines; the line break before a delimiter belongs to it (RFC 2046, 5.1.1).
fn parts<'a>(body: &'a str, boundary: &str) -> impl Iterator<Item = &'a str> {
    let delimiter = format!("--{boundary}");
    let mut found = Vec::new();
    let mut begin = None;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let end_of_previous = at;
        at += line.len();
        let line = line.trim_end();
        if line == delimiter || line.strip_suffix("--") == Some(delimiter.as_str()) {
            if let Some(part) = begin.and_then(|begin| body.get(begin..end_of_previous)) {
                found.push(part.strip_suffix('\n').unwrap_or(part));
            }
            begin = (line == delimiter).then_some(at);
        }
    }
    found.into_iter()
}

/// RFC 2045, 6.7; with `words` the variant of encoded words, where an underscore is a space.
fn quoted_printable(text: &str, words: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return bytes,
            [b'=', b'\n', tail @ ..] => tail,
            [b'=', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) * 16 + hex(*low));
                tail
            }
            [b'_', tail @ ..] if words => {
                bytes.push(b' ');
                tail
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        };
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

/// RFC 2047: `=?utf-8?b?...?=` and `=?utf-8?q?...?=`; space between two encoded words is no space.
fn decode_words(value: &str) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, tail) = rest.split_at(start);
        let Some((word, after)) = encoded_word(tail) else {
            bytes.extend_from_slice(before.as_bytes());
            bytes.extend_from_slice(b"=?");
            rest = tail.get(2..).unwrap_or_default();
            after_word = false;
            continue;
        };
        if !(after_word && before.trim().is_empty()) {
            bytes.extend_from_slice(before.as_bytes());
        }
        bytes.extend_from_slice(&word);
        rest = after;
        after_word = true;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encoded_word(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut fields = text.strip_prefix("=?")?.splitn(3, '?');
    let (charset, encoding, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let (content, after) = rest.split_once("?=")?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let bytes = match encoding {
        "b" | "B" => STANDARD.decode(content).ok()?,
        "q" | "Q" => quoted_printable(content, true),
        _ => return None,
    };
    Some((bytes, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_unfolded_and_their_words_decoded() {
        let mail = parse("Subject: =?utf-8?b?0JDRgNC1?=\r\n =?utf-8?b?0YHRgg==?= [=?UTF-8?Q?a=5Fb_c?=] =?x\r\nX-Long: a\r\n\tb\r\n\r\nbody\r\n");
        assert_eq!(mail.header("subject"), Some("Арест [a_b c] =?x"));
        assert_eq!(mail.header("X-LONG"), Some("a\tb"));
        assert_eq!(mail.text.as_deref(), Some("body\n"));
    }

    #[test]
    fn parts_are_found_and_decoded() {
        let mail = parse(
            "Content-Type: multipart/alternative; boundary=\"x y\"\r\n\r\npreamble\r\n--x y\r\nContent-Type: text/plain\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9 =\r\nlong\r\n--x y\r\nContent-Type: TEXT/HTML; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nPHA+\r\nPC9wPg==\r\n--x y--\r\nepilogue",
        );
        assert_eq!(mail.part_types, ["text/plain", "text/html"]);
        assert_eq!(mail.text.as_deref(), Some("café long"));
        assert_eq!(mail.html.as_deref(), Some("<p></p>"));
    }

    #[test]
    fn broken_mails_are_read_as_far_as_they_go() {
        for raw in
            ["", "\n", "no headers", "Content-Type: multipart/mixed\n\n--", "Content-Type: multipart/mixed; boundary=\n\n--\n--", "A: =?utf-8?b?!?="]
        {
            let _ = parse(raw);
        }
        assert_eq!(parse("A: =?utf-8?b?!?=\n\n").header("a"), Some("=?utf-8?b?!?="));
    }
}
