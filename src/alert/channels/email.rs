//! One alert as a mail: headers that thread and never trigger an answer, the text first, then the same as HTML without remote content.
//!
//! *Invariant:* no header holds a line break that we did not write, and of a restricted list no header says more than that it is one.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue, Subject};
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};
use url::Url;

use crate::alert::channels::{AlertError, html, openpgp, plain};
use crate::alert::words;
use crate::model::{AlertKind, ClaimedDelivery, Content, Priority};

/// Longest subject, in characters: beyond it no mail reader shows anything.
const SUBJECT_LIMIT: usize = 160;
/// Of the watchlist's name in the subject, in characters: the headline needs the room.
const SUBJECT_LIST_LIMIT: usize = 50;
/// Under this share of ASCII, base64 is shorter than quoted-printable.
const QUOTED_PRINTABLE_SHARE: f64 = 0.8;

/// The configured sender, as one address with a name.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads `Name <address@domain>`.
    ///
    /// # Errors
    /// [`AlertError::Sender`] when it is none.
    pub fn new(text: &str) -> Result<Self, AlertError> {
        let clean = words::line(text, usize::MAX);
        clean.parse().map(Self).map_err(|_| AlertError::Sender(clean))
    }

    /// The domain that names of messages are made in.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }

    fn address(&self) -> &Address {
        &self.0.email
    }
}

/// A mail as it is handed to the server; all of it is ASCII.
#[derive(Debug, Clone)]
pub struct Message {
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
}

/// Writes the mail of one delivery. `now` is its `Date`, so that a mail that was held up is not sorted among old ones; everything else is the
/// same at every attempt.
///
/// # Errors
/// [`AlertError::Recipient`] when the recipient is no address.
pub fn compose(delivery: &ClaimedDelivery, sender: &Sender, full_subject: bool, public_url: &Url, now: Timestamp) -> Result<Message, AlertError> {
    let content = &delivery.content;
    let mut headers = outer(delivery, sender, &list_id(content, sender.domain()), now)?
        .subject(subject(content, full_subject))
        .raw_header(raw("Content-Language", &languages(content)));
    if content.priority() == Priority::Critical {
        // Readers show a sign beside it; no word of the subject shouts.
        headers = headers.raw_header(raw("Importance", "high"));
    }
    finish(headers, delivery, sender, readable(delivery, public_url))
}

/// Writes a mail whose content, subject and language only the owners of the keys can read (RFC 3156); the readable headers name no list.
///
/// # Errors
/// [`AlertError::OpenPgp`] where it cannot be encrypted: there is no other way out.
pub(super) fn compose_encrypted(
    delivery: &ClaimedDelivery,
    sender: &Sender,
    keys: &[openpgp::Recipient],
    public_url: &Url,
    now: Timestamp,
) -> Result<Message, AlertError> {
    let content = &delivery.content;
    let mut inner = readable(delivery, public_url);
    inner.headers_mut().set(Subject::from(subject(content, true)));
    inner.headers_mut().insert_raw(raw("Content-Language", &languages(content)));
    let plain = String::from_utf8_lossy(&inner.formatted()).into_owned();
    // Readers take the headers of the encrypted part for those of the mail where it says so.
    let plain = plain.replacen("Content-Type: multipart/alternative;", "Content-Type: multipart/alternative; protected-headers=\"v1\";", 1);
    let armored = openpgp::encrypt(keys, plain.into_bytes())?;
    let version = SinglePart::builder()
        .header(content_type("application/pgp-encrypted")?)
        .header(ContentTransferEncoding::SevenBit)
        .body("Version: 1\r\n".to_owned());
    let cipher = SinglePart::builder()
        .header(content_type("application/octet-stream; name=\"encrypted.asc\"")?)
        .header(ContentDisposition::inline_with_name("encrypted.asc"))
        .header(ContentTransferEncoding::SevenBit)
        .body(armored);
    let body = MultiPart::encrypted("application/pgp-encrypted".to_owned())
        .boundary(format!("presswatch_pgp_{}", delivery.id.0.simple()))
        .singlepart(version)
        .singlepart(cipher);
    let list = format!("<encrypted.presswatch.{}>", sender.domain());
    let headers = outer(delivery, sender, &list, now)?.subject("...");
    finish(headers, delivery, sender, body)
}

/// The headers that say nothing of what is inside.
fn outer(delivery: &ClaimedDelivery, sender: &Sender, list: &str, now: Timestamp) -> Result<MessageBuilder, AlertError> {
    let domain = sender.domain();
    let thread = thread_root(&delivery.content, domain);
    Ok(lettre::Message::builder()
        .from(sender.0.clone())
        .to(recipient(delivery)?)
        .date(system_time(now))
        .message_id(Some(format!("<{}@{domain}>", delivery.id)))
        .in_reply_to(thread.clone())
        .references(thread)
        .raw_header(raw("List-Id", list))
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("X-Auto-Response-Suppress", "All")))
}

fn finish(headers: MessageBuilder, delivery: &ClaimedDelivery, sender: &Sender, body: MultiPart) -> Result<Message, AlertError> {
    let envelope = Envelope::new(Some(sender.address().clone()), vec![recipient(delivery)?.email]).map_err(|_| AlertError::Recipient)?;
    let message = headers.envelope(envelope.clone()).multipart(body).map_err(|error| AlertError::Message(error.to_string()))?;
    Ok(Message { envelope, bytes: message.formatted() })
}

fn recipient(delivery: &ClaimedDelivery) -> Result<Mailbox, AlertError> {
    words::line(&delivery.recipient, usize::MAX).parse().map_err(|_| AlertError::Recipient)
}

/// Text and HTML.
fn readable(delivery: &ClaimedDelivery, public_url: &Url) -> MultiPart {
    MultiPart::alternative()
        .boundary(format!("presswatch_{}", delivery.id.0.simple()))
        .singlepart(part(ContentType::TEXT_PLAIN, plain::text(delivery, public_url)))
        .singlepart(part(ContentType::TEXT_HTML, html::page(delivery, public_url)))
}

fn content_type(text: &str) -> Result<ContentType, AlertError> {
    ContentType::parse(text).map_err(|error| AlertError::Message(error.to_string()))
}

/// Names the list and the headline, or only says that there is an alert. The neutral form is the same for all alerts of a cluster, because some
/// mail readers thread by subject as well.
fn subject(content: &Content, full: bool) -> String {
    if content.alert().is_some_and(|alert| alert.kind == AlertKind::Test) {
        return "Presswatch: test".to_owned();
    }
    if content.restricted() || !full {
        // The last digits of a UUIDv7 are random; its first ones are the time.
        let thread = content.thread().simple().to_string();
        let reference = thread.get(thread.len().saturating_sub(8)..).unwrap_or_default();
        let what = match content {
            Content::Alert(_) => "alert",
            Content::Digest(_) => "digest",
            Content::Burst(_) => "burst",
            Content::Notice(_) => "notice",
        };
        return format!("Presswatch {what} {reference}");
    }
    let title = content.title();
    match content.watchlist() {
        Some((_, name)) => words::line(&format!("[{}] {title}", words::line(name, SUBJECT_LIST_LIMIT)), SUBJECT_LIMIT),
        None => words::line(&format!("[Presswatch] {title}"), SUBJECT_LIMIT),
    }
}

/// The message that all alerts of one cluster and list answer, though nobody ever sent it: mail readers show them as one thread.
fn thread_root(content: &Content, domain: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(content.thread().as_bytes());
    hash.update(content.watchlist().map_or("", |(list, _)| list.as_str()).as_bytes());
    let digest = hash.finalize().iter().take(16).fold(String::new(), |mut digest, byte| {
        let _ = write!(digest, "{byte:02x}"); // writing to a string cannot fail
        digest
    });
    format!("<thread-{digest}@{domain}>")
}

/// RFC 2919; what mail readers filter by.
fn list_id(content: &Content, domain: &str) -> String {
    let list = if content.restricted() { "restricted" } else { content.watchlist().map_or("operator", |(list, _)| list.as_str()) };
    // Ids may hold '_' and end with '.', which labels of a domain may not.
    let label = list.replace(['_', '.'], "-");
    format!("<{}.presswatch.{domain}>", label.trim_matches('-'))
}

/// Our own words are English, the story's are not (RFC 3282).
fn languages(content: &Content) -> String {
    let mut languages = vec!["en"];
    for story in content.stories().into_iter().filter(|story| !story.language.is_undetermined()) {
        if !languages.contains(&story.language.as_str()) {
            languages.push(story.language.as_str());
        }
    }
    languages.join(", ")
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), words::line(value, usize::MAX))
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0))
}

/// Seven-bit encodings only: servers without 8BITMIME take them, and no relay has a reason to rewrite them.
fn part(content_type: ContentType, body: String) -> SinglePart {
    let ascii = body.bytes().filter(u8::is_ascii).count();
    let encoding = if ascii as f64 >= body.len() as f64 * QUOTED_PRINTABLE_SHARE {
        ContentTransferEncoding::QuotedPrintable
    } else {
        ContentTransferEncoding::Base64
    };
    SinglePart::builder().header(content_type).header(encoding).body(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::channels::sample;

    fn headers_of(delivery: &ClaimedDelivery, full_subject: bool) -> String {
        let sender = Sender::new("Presswatch <watch@ngo.example>").unwrap();
        let public_url = "https://desk.example".parse().unwrap();
        let message = compose(delivery, &sender, full_subject, &public_url, "2026-03-14T09:05:00Z".parse().unwrap()).unwrap();
        assert!(message.bytes.is_ascii(), "servers without 8BITMIME must take it");
        let text = String::from_utf8(message.bytes).unwrap();
        let end = text.find("\r\n\r\n").unwrap();
        text.get(..end).unwrap().to_owned()
    }

    #[test]
    fn headers_are_those_of_an_automatic_mail_in_one_thread() {
        let headers = headers_of(&sample::delivery(), true);
        for line in [
            "From: Presswatch <watch@ngo.example>",
            "To: desk@ngo.example",
            "Subject: [Steppe: opposition] Party founders held before vote",
            "Date: Sat, 14 Mar 2026 09:05:00 +0000",
            "Message-ID: <00000000-0000-0000-0000-0000000000d1@ngo.example>",
            "List-Id: <steppe-opposition.presswatch.ngo.example>",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Content-Language: en",
        ] {
            assert!(headers.split("\r\n").any(|header| header == line), "{line} in\n{headers}");
        }
        let value = |name: &str| headers.split("\r\n").find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        assert_eq!(value("In-Reply-To: "), value("References: "));
        assert!(value("References: ").starts_with("<thread-"));
    }

    #[test]
    fn a_thread_is_one_cluster_of_one_list() {
        let (first, mut other) = (sample::delivery(), sample::delivery());
        other.content.alert_mut().unwrap().story.title = "Second report".to_owned();
        other.id = crate::model::DeliveryId(uuid::Uuid::from_u128(2));
        let root = |delivery: &ClaimedDelivery| thread_root(&delivery.content, "ngo.example");
        assert_eq!(root(&first), root(&other));
        other.content.alert_mut().unwrap().cluster = crate::model::ClusterId(uuid::Uuid::from_u128(99));
        assert_ne!(root(&first), root(&other));
    }

    #[test]
    fn a_headline_with_line_breaks_makes_no_header() {
        let mut delivery = sample::delivery();
        delivery.content.alert_mut().unwrap().story.title = "Held\r\nBcc: spy@evil.example\r\n\r\n<script>".to_owned();
        delivery.content.alert_mut().unwrap().watchlist_name = "A\nX-Injected: yes".to_owned();
        delivery.recipient = "desk@ngo.example\r\nRCPT TO:<spy@evil.example>".to_owned();
        let sender = Sender::new("W <watch@ngo.example>").unwrap();
        let public_url = "https://desk.example".parse().unwrap();
        assert!(matches!(compose(&delivery, &sender, true, &public_url, delivery.created_at), Err(AlertError::Recipient)));
        delivery.recipient = "desk@ngo.example".to_owned();
        let headers = headers_of(&delivery, true);
        assert!(!headers.split("\r\n").any(|line| line.starts_with("Bcc") || line.starts_with("X-Injected")), "{headers}");
        assert!(headers.contains("Subject: [A X-Injected: yes] Held Bcc: spy@evil.example <script>"), "{headers}");
    }

    #[test]
    fn a_neutral_subject_and_a_restricted_list_say_nothing() {
        let mut delivery = sample::delivery();
        for (full, restricted) in [(false, false), (true, true), (false, true)] {
            delivery.content.alert_mut().unwrap().restricted = restricted;
            let headers = headers_of(&delivery, full);
            assert!(headers.contains("Subject: Presswatch alert 000000c1\r\n"), "{headers}");
            assert!(!headers.contains("Party"), "{headers}");
            assert_eq!(headers.to_lowercase().contains("steppe"), !restricted, "{headers}");
        }
    }

    #[test]
    fn a_sender_that_is_no_address_is_refused() {
        for text in ["", "presswatch", "a@b\r\nBcc: c@d, e@f"] {
            assert_eq!(Sender::new(text).unwrap_err().kind(), "configuration", "{text:?}");
        }
    }
}
