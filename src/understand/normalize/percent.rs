//! Percent encoding (RFC 3986, section 2) brought to one form.

use unicode_normalization::UnicodeNormalization;

/// Decodes every `%XX`; bytes that are no UTF-8 become U+FFFD.
pub(super) fn decode(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

/// One spelling for all equivalent ones: what may stand decoded is decoded (unreserved characters, anything beyond ASCII, composed as
/// NFC), all else is `%XX` with capital letters. An escaped delimiter stays escaped: `%2F` is no `/`.
pub(super) fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut pending = Vec::new();
    while let Some(&byte) = bytes.get(at) {
        let (byte, escaped, width) = match escape(bytes, at) {
            Some(value) => (value, true, 3),
            None => (byte, false, 1),
        };
        at += width;
        if byte >= 0x80 {
            pending.push(byte);
            continue;
        }
        flush(&mut pending, &mut out);
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        // Sub-delimiters that paths and values carry unescaped without changing their meaning.
        let harmless = matches!(byte, b'!' | b'\'' | b'(' | b')' | b'*' | b',' | b':' | b'@' | b'$');
        if unreserved || harmless || !escaped && byte > 0x20 {
            out.push(char::from(byte));
        } else {
            push_escaped(byte, &mut out);
        }
    }
    flush(&mut pending, &mut out);
    out.nfc().collect()
}

fn bytes(text: &str) -> Vec<u8> {
    let given = text.as_bytes();
    let mut out = Vec::with_capacity(given.len());
    let mut at = 0;
    while let Some(&byte) = given.get(at) {
        if let Some(value) = escape(given, at) {
            out.push(value);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    out
}

fn escape(bytes: &[u8], at: usize) -> Option<u8> {
    if *bytes.get(at)? != b'%' {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let value = digit(bytes.get(at + 1)?)? * 16 + digit(bytes.get(at + 2)?)?;
    u8::try_from(value).ok()
}

/// Writes bytes beyond ASCII: as characters where they are UTF-8, escaped where they are of another encoding.
fn flush(pending: &mut Vec<u8>, out: &mut String) {
    match std::str::from_utf8(pending) {
        Ok(text) => out.push_str(text),
        Err(_) => pending.iter().for_each(|byte| push_escaped(*byte, out)),
    }
    pending.clear();
}

fn push_escaped(byte: u8, out: &mut String) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = write!(out, "%{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_spellings_become_one() {
        assert_eq!(canonical("%d0%B6%7euser"), "ж~user");
        assert_eq!(canonical("e\u{301}"), "é");
        assert_eq!(canonical("cafe%CC%81"), canonical("caf%c3%a9"));
    }

    #[test]
    fn escaped_delimiters_and_other_encodings_stay_escaped() {
        assert_eq!(canonical("a%2fb%3f"), "a%2Fb%3F");
        assert_eq!(canonical("%ee%e4"), "%EE%E4");
        assert_eq!(canonical("100%"), "100%");
    }
}
