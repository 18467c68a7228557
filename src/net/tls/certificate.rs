//! The three parts of a certificate that an explanation needs: issuer, subject, public key. Read from DER by hand: the verifier judges
//! certificates and tells none of this.

use sha2::{Digest, Sha256};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
/// `[0]`, the version of an X.509 v3 certificate.
const VERSION: u8 = 0xa0;
/// id-at-commonName and id-at-organizationName.
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
const ORGANIZATION: [u8; 3] = [0x55, 0x04, 0x0a];
/// Names come from the peer: longer ones help nobody.
const NAME_CHARACTERS: usize = 80;

/// Parts of one certificate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certificate<'c> {
    issuer: &'c [u8],
    subject: &'c [u8],
    /// SubjectPublicKeyInfo with its header.
    key: &'c [u8],
}

impl<'c> Certificate<'c> {
    /// `None` where the bytes are no certificate.
    pub fn read(der: &'c [u8]) -> Option<Self> {
        let (certificate, _) = expect(SEQUENCE, der)?;
        let (body, _) = expect(SEQUENCE, certificate.content)?;
        let mut rest = body.content;
        let first = element(rest)?;
        if first.tag == VERSION {
            rest = first.rest;
        }
        let (_serial, rest) = next(rest)?;
        let (_algorithm, rest) = next(rest)?;
        let (issuer, rest) = next(rest)?;
        let (_validity, rest) = next(rest)?;
        let (subject, rest) = next(rest)?;
        let (key, _) = expect(SEQUENCE, rest)?;
        Some(Self { issuer: issuer.content, subject: subject.content, key: key.whole })
    }

    /// True when it vouches for itself.
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// What a pin is compared with.
    pub fn key_hash(&self) -> [u8; 32] {
        Sha256::digest(self.key).into()
    }

    /// Who signed it, as far as it is said.
    pub fn issuer_name(&self) -> String {
        name(self.issuer, COMMON_NAME).or_else(|| name(self.issuer, ORGANIZATION)).unwrap_or_else(|| "an issuer without a name".to_owned())
    }
}

struct Element<'d> {
    tag: u8,
    content: &'d [u8],
    whole: &'d [u8],
    rest: &'d [u8],
}

/// One DER element: a tag of one byte, a length of at most three bytes, the content.
fn element(input: &[u8]) -> Option<Element<'_>> {
    let (&tag, after_tag) = input.split_first()?;
    let (&first, after_first) = after_tag.split_first()?;
    let (length, body) = if first < 0x80 {
        (usize::from(first), after_first)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 3 {
            return None;
        }
        let (digits, body) = after_first.split_at_checked(count)?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), body)
    };
    let (content, rest) = body.split_at_checked(length)?;
    let whole = input.get(..input.len() - rest.len())?;
    Some(Element { tag, content, whole, rest })
}

fn next(input: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let element = element(input)?;
    let rest = element.rest;
    Some((element, rest))
}

fn expect(tag: u8, input: &[u8]) -> Option<(Element<'_>, &[u8])> {
    next(input).filter(|(element, _)| element.tag == tag)
}

/// The first attribute of a name with the given type.
fn name(mut sets: &[u8], wanted: [u8; 3]) -> Option<String> {
    while let Some((set, rest)) = expect(SET, sets) {
        sets = rest;
        let Some((pair, _)) = expect(SEQUENCE, set.content) else { continue };
        let Some((kind, value)) = expect(OID, pair.content) else { continue };
        if kind.content == wanted {
            return element(value).and_then(|value| text(&value));
        }
    }
    None
}

fn text(value: &Element<'_>) -> Option<String> {
    let text = match value.tag {
        // UTF8String, PrintableString, IA5String
        0x0c | 0x13 | 0x16 => String::from_utf8_lossy(value.content).into_owned(),
        // T61String: Latin-1 in practice
        0x14 => value.content.iter().map(|byte| char::from(*byte)).collect(),
        // BMPString
        0x1e => {
            let units: Vec<u16> = value.content.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect();
            String::from_utf16_lossy(&units)
        }
        _ => return None,
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).take(NAME_CHARACTERS).collect();
    Some(clean.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Certificate;

    #[test]
    fn what_is_no_certificate_is_none_and_no_panic() {
        for bytes in
            [&b""[..], b"0", b"0\x80", b"0\x84\xff\xff\xff\xff", b"0\x83\xff\xff\xff", b"0\x020\x00", b"0\x060\x04\xa0\x02\x02\x00", b"hello"]
        {
            assert!(Certificate::read(bytes).is_none(), "{bytes:?}");
        }
    }
}
