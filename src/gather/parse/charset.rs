//! From bytes to text: byte order marks, declarations that lie, bytes that belong to no declaration.

use std::borrow::Cow;
use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::Regex;

/// Where a document names its encoding: declarations stand at its beginning.
const DECLARATION_BYTES: usize = 4096;
/// The detector is satisfied with less than a large feed.
const DETECTION_BYTES: usize = 64 * 1024;

/// A decoded document.
#[derive(Debug)]
pub(super) struct Decoded {
    pub text: String,
    /// Said to people when the document is not what it declares.
    pub warning: Option<String>,
}

/// Decodes a feed: a byte order mark decides, then valid UTF-8, then what HTTP and the XML declaration name where the bytes agree, then the
/// detector. Characters that XML forbids are dropped.
pub(super) fn decode_feed(bytes: &[u8], media_type: Option<&str>) -> Decoded {
    let (bytes, marked) = skip_mark(bytes);
    let declared = [media_type.and_then(charset_of), declared_in_xml(bytes)];
    decode(bytes, marked, &declared)
}

/// Decodes an HTML page: byte order mark, HTTP, `<meta>`, detection.
pub fn decode_html(bytes: &[u8], media_type: Option<&str>) -> String {
    let (bytes, marked) = skip_mark(bytes);
    let declared = [media_type.and_then(charset_of), declared_in_html(bytes).or_else(|| declared_in_xml(bytes))];
    decode(bytes, marked, &declared).text
}

#[derive(Clone, Copy)]
enum Marked {
    No,
    As(&'static Encoding),
    Utf32 { big_endian: bool },
}

/// Strips byte order marks (some writers put two) and recognizes UTF-16 and UTF-32 without one by their first character.
fn skip_mark(bytes: &[u8]) -> (&[u8], Marked) {
    match bytes {
        [0xFF, 0xFE, 0, 0, rest @ ..] => (rest, Marked::Utf32 { big_endian: false }),
        [0, 0, 0xFE, 0xFF, rest @ ..] => (rest, Marked::Utf32 { big_endian: true }),
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            let mut rest = rest;
            while let [0xEF, 0xBB, 0xBF, after @ ..] = rest {
                rest = after;
            }
            (rest, Marked::No) // A UTF-8 mark before bytes that are not UTF-8 is worth nothing.
        }
        [0xFF, 0xFE, rest @ ..] => (rest, Marked::As(UTF_16LE)),
        [0xFE, 0xFF, rest @ ..] => (rest, Marked::As(UTF_16BE)),
        [b'<', 0, 0, 0, ..] => (bytes, Marked::Utf32 { big_endian: false }),
        [0, 0, 0, b'<', ..] => (bytes, Marked::Utf32 { big_endian: true }),
        [b'<', 0, next, 0, ..] if *next != 0 => (bytes, Marked::As(UTF_16LE)),
        [0, b'<', 0, next, ..] if *next != 0 => (bytes, Marked::As(UTF_16BE)),
        _ => (bytes, Marked::No),
    }
}

fn decode(bytes: &[u8], marked: Marked, declared: &[Option<String>; 2]) -> Decoded {
    match marked {
        Marked::As(encoding) => return Decoded { text: clean(&encoding.decode_without_bom_handling(bytes).0), warning: None },
        Marked::Utf32 { big_endian } => return Decoded { text: clean(&utf32(bytes, big_endian)), warning: None },
        Marked::No => {}
    }
    let labels: Vec<&'static Encoding> =
        declared.iter().flatten().filter_map(|label| Encoding::for_label(label.as_bytes())).filter(|encoding| *encoding != REPLACEMENT).collect();
    // ISO-2022-JP is seven-bit: its bytes are valid UTF-8, too.
    if labels.contains(&ISO_2022_JP) && bytes.contains(&0x1B) {
        return Decoded { text: clean(&ISO_2022_JP.decode_without_bom_handling(bytes).0), warning: None };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let lied = labels.first().filter(|encoding| **encoding != UTF_8 && !text.is_ascii());
        let warning = lied.map(|encoding| format!("declares {}, but is UTF-8", encoding.name()));
        return Decoded { text: clean(text), warning };
    }
    for encoding in &labels {
        if encoding.is_single_byte() || (*encoding != UTF_8 && *encoding != UTF_16LE && *encoding != UTF_16BE) {
            let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
            if !had_errors {
                return Decoded { text: clean(&text), warning: None };
            }
        }
    }
    if is_damaged_utf8(bytes, labels.contains(&UTF_8)) {
        return Decoded { text: clean(&String::from_utf8_lossy(bytes)), warning: Some("some bytes are not UTF-8 and were replaced".to_owned()) };
    }
    let other = labels.iter().find(|encoding| **encoding != UTF_8 && !encoding.is_single_byte()).copied();
    let encoding = other.unwrap_or_else(|| detect(bytes));
    Decoded {
        text: clean(&encoding.decode_without_bom_handling(bytes).0),
        warning: Some(format!("not in the declared encoding; read as {}", encoding.name())),
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // What is ASCII says nothing: the part to look at begins with the first other byte.
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(64);
    let sample = bytes.get(first..bytes.len().min(first + DETECTION_BYTES)).unwrap_or_default();
    detector.feed(sample, sample.len() + first >= bytes.len());
    let guess = detector.guess(None, Utf8Detection::Deny);
    if guess == REPLACEMENT { WINDOWS_1252 } else { guess }
}

/// More valid multi-byte sequences than invalid ones: UTF-8 with a few bad bytes (a text cut in the middle of a character). Where UTF-8 is
/// declared, a third is enough: no other encoding makes valid sequences by chance.
fn is_damaged_utf8(bytes: &[u8], is_declared: bool) -> bool {
    let (mut valid, mut invalid) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    if is_declared { valid * 3 >= invalid && valid > 0 } else { valid > invalid }
}

fn utf32(bytes: &[u8], big_endian: bool) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units
        .iter()
        .map(|unit| if big_endian { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) })
        .map(|unit| char::from_u32(unit).unwrap_or('\u{FFFD}'))
        .collect()
}

/// What [`clean`] may have to drop. An automaton, for every byte of every document is looked at; what it finds is looked at again.
static SUSPICIOUS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[^\t\n\r -~\u{85}\u{A0}-\u{FFFD}\u{10000}-\u{1FFFD}]").ok());

/// Drops what XML 1.0 forbids (2.2) and Postgres refuses: control characters and non-characters.
fn clean(text: &str) -> String {
    let text = text.trim_start_matches('\u{FEFF}');
    match SUSPICIOUS.as_ref() {
        Some(suspicious) if !suspicious.is_match(text) => text.to_owned(),
        _ => text.chars().filter(|c| is_xml_char(*c)).collect(),
    }
}

/// Whether XML 1.0 permits the character; C1 controls are dropped as well, but for the line separator.
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7E}' | '\u{85}' | '\u{A0}'..='\u{FFFD}') || (c > '\u{FFFF}' && (u32::from(c) & 0xFFFE) != 0xFFFE)
}

/// The `charset` parameter of a media type.
fn charset_of(media_type: &str) -> Option<String> {
    let lower = media_type.to_ascii_lowercase();
    let after = lower.split("charset").nth(1)?.trim_start().strip_prefix('=')?;
    let value = after.trim().split([';', ',', ' ']).next()?.trim_matches(['"', '\'', ' ']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn beginning(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(DECLARATION_BYTES)).unwrap_or_default())
}

/// `<?xml version="1.0" encoding="...">`
fn declared_in_xml(bytes: &[u8]) -> Option<String> {
    let text = beginning(bytes);
    let declaration = text.split_once("<?xml")?.1.split_once("?>").map_or_else(String::new, |(inside, _)| inside.to_owned());
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.get(1..)?.split(quote).next().map(str::to_owned)
}

/// `<meta charset=...>` or its `http-equiv` form.
fn declared_in_html(bytes: &[u8]) -> Option<String> {
    let text = beginning(bytes).to_ascii_lowercase();
    text.split("<meta").skip(1).find_map(|tag| charset_of(tag.split('>').next()?.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::{decode_feed, decode_html};

    #[track_caller]
    fn check(bytes: &[u8], media_type: Option<&str>, expect: &str) {
        let text = decode_feed(bytes, media_type).text;
        assert!(text.contains(expect), "{text}");
    }

    #[test]
    fn the_bytes_win_over_a_declaration_that_lies() {
        check("<?xml version='1.0' encoding='iso-8859-1'?><t>Қазақстан</t>".as_bytes(), None, "Қазақстан");
        check("<?xml version='1.0' encoding='utf-16'?><t>печать</t>".as_bytes(), None, "печать");
        check(b"<?xml version='1.0' encoding='utf-8'?><t>caf\xe9 pr\xe9sident</t>", None, "café président");
        check(b"<t>ok \xff</t>", Some("text/xml; charset=no-such"), "ok");
    }

    #[test]
    fn declared_encodings_are_read() {
        let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode("свобода слова");
        check(&[b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><t>", &*cyrillic].concat(), None, "свобода слова");
        check(&[b"<t>", &*cyrillic].concat(), Some("application/rss+xml; charset=\"windows-1251\""), "свобода слова");
        let (arabic, _, _) = encoding_rs::WINDOWS_1256.encode("الصحافة");
        check(&[b"<?xml version='1.0' encoding='windows-1256'?><t>", &*arabic].concat(), None, "الصحافة");
        let (japanese, _, _) = encoding_rs::ISO_2022_JP.encode("報道の自由");
        check(&[b"<?xml version='1.0' encoding='iso-2022-jp'?><t>", &*japanese].concat(), None, "報道の自由");
    }

    #[test]
    fn wide_encodings_are_read_with_and_without_a_mark() {
        let text = "<?xml version='1.0'?><t>مطبوعات</t>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        for bytes in [
            little.clone(),
            big.clone(),
            wide,
            [&[0xFF, 0xFE], &little[..]].concat(),
            [&[0xFE, 0xFF], &big[..]].concat(),
            [&[0xFF, 0xFE], &little[..little.len() - 1]].concat(),
        ] {
            check(&bytes, None, "مطبوعات");
        }
    }

    #[test]
    fn undeclared_encodings_are_detected() {
        let (cyrillic, _, _) =
            encoding_rs::WINDOWS_1251.encode("<rss><title>Журналист задержан после публикации расследования о закупках</title></rss>");
        check(&cyrillic, None, "Журналист задержан");
    }

    #[test]
    fn forbidden_characters_are_dropped() {
        check(b"\xef\xbb\xbf\xef\xbb\xbf<t>a\x00b\x08c\x1fd</t>", None, "<t>abcd</t>");
    }

    #[test]
    fn pages_name_their_encoding_in_meta() {
        let (cyrillic, _, _) = encoding_rs::KOI8_R.encode("новости");
        for meta in ["<meta charset=koi8-r>", "<META http-equiv='Content-Type' content='text/html; charset=koi8-r'>"] {
            assert!(decode_html(&[meta.as_bytes(), &*cyrillic].concat(), Some("text/html")).contains("новости"), "{meta}");
        }
        assert!(decode_html(&cyrillic, Some("text/html; charset=KOI8-R")).contains("новости"));
    }
}
