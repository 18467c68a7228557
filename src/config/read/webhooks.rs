//! Reads a channel of kind "webhook": the keys that all formats share, and those of each format.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::read::access;
use crate::config::secret::SecretRef;
use crate::config::template::{BodyTemplate, TEMPLATE_LIMIT_BYTES};
use crate::config::toml_field::Field;
use crate::config::toml_file::Section;
use crate::config::{Address, ChannelKind, Format, Payload, Webhook};

/// The formats by name.
pub(super) const FORMATS: [(&str, Kind); 11] = [
    ("standard-webhooks", Kind::Standard),
    ("slack", Kind::Slack),
    ("mattermost", Kind::Mattermost),
    ("discord", Kind::Discord),
    ("telegram", Kind::Telegram),
    ("matrix", Kind::Matrix),
    ("ntfy", Kind::Ntfy),
    ("signal-cli", Kind::Signal),
    ("apprise", Kind::Apprise),
    ("alertmanager", Kind::Alertmanager),
    ("template", Kind::Template),
];
/// Where bots of Telegram live, unless a server of one's own is named.
const TELEGRAM: &str = "https://api.telegram.org/";
const RECIPIENTS_MOST: usize = 100;

/// A format without its particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Standard,
    Slack,
    Mattermost,
    Discord,
    Telegram,
    Matrix,
    Ntfy,
    Signal,
    Apprise,
    Alertmanager,
    Template,
}

/// Whether a format has a key of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
    Never,
}

impl Kind {
    /// Whoever knows the address may post: it is the secret.
    fn address_is_secret(self) -> bool {
        matches!(self, Self::Slack | Self::Mattermost | Self::Discord)
    }

    fn token(self) -> Need {
        match self {
            Self::Telegram | Self::Matrix => Need::Required,
            Self::Ntfy | Self::Signal | Self::Apprise | Self::Alertmanager | Self::Template => Need::Optional,
            Self::Standard | Self::Slack | Self::Mattermost | Self::Discord => Need::Never,
        }
    }

    fn secrets(self) -> Need {
        match self {
            Self::Standard => Need::Required,
            Self::Template => Need::Optional,
            _ => Need::Never,
        }
    }
}

/// Reads the table; relative paths begin at `directory`.
pub(super) fn read(table: &Section<'_>, directory: &Path) -> Option<ChannelKind> {
    let kind = table.or("format", Some(Kind::Standard), |field| Some(field.choice(&FORMATS)));
    let timeout = table.or("timeout", Duration::from_secs(20), |field| field.duration(Duration::from_secs(1)..=Duration::from_mins(1)));
    let payloads = [("full", Payload::Full), ("minimal", Payload::Minimal), ("thin", Payload::Thin)];
    let payload = table.or("payload", Payload::Full, |field| field.choice(&payloads));
    let Some(kind) = kind else {
        // Which keys are right depends on the format: only those of no format are unknown.
        for key in ["url", "secrets", "token", "chat_id", "thread_id", "room", "topic", "number", "recipients", "tag", "template", "content_type"] {
            table.get(key);
        }
        return None;
    };
    let address = address(table, kind, directory);
    let secrets = listed(table, kind.secrets(), directory);
    let token = token(table, kind.token(), directory);
    let format = format(table, kind, address.as_ref(), directory);
    let mut address = address?;
    if let (Some(Some(_)), Address::Plain(url)) = (&token, &address) {
        access::check_clear(table, url);
    }
    if let (Kind::Ntfy, Address::Plain(url)) = (kind, &mut address) {
        // The topic may be written as a part of the address; a message with a title and a link goes to the server itself.
        if table.get("topic").is_none() {
            let _ = url.path_segments_mut().map(|mut path| {
                path.pop_if_empty().pop().push("");
            });
        }
    }
    Some(ChannelKind::Webhook(Webhook { address, format: format?, secrets: secrets?, token: token?, timeout, payload }))
}

fn address(table: &Section<'_>, kind: Kind, directory: &Path) -> Option<Address> {
    let read = |field: &Field<'_>| {
        let text = field.text()?;
        if SecretRef::parse(text).is_ok() {
            return field.secret(directory).map(Address::Secret);
        }
        if kind.address_is_secret() {
            // The address is not repeated.
            field.report(
                "whoever knows this address can post: it is given by reference, like any secret",
                Some("put it into a file that only presswatch's user can read (chmod 600) and write url = \"file:PATH\", \"credential:NAME\" or \"env:NAME\"".to_owned()),
            );
            return None;
        }
        field.web_address().map(Address::Plain)
    };
    if kind == Kind::Telegram && table.get("url").is_none() {
        return TELEGRAM.parse().ok().map(Address::Plain);
    }
    table.required("url", read)
}

/// The outer `None` where it is wrong.
fn listed(table: &Section<'_>, need: Need, directory: &Path) -> Option<Vec<SecretRef>> {
    let read = |field: &Field<'_>| field.list_of_some(|secret| secret.secret(directory));
    match need {
        Need::Required => table.required("secrets", read),
        Need::Optional => table.get("secrets").map_or(Some(Vec::new()), |field| read(&field)),
        Need::Never => {
            if let Some(field) = table.get("secrets") {
                field.report("this format is not signed", Some("remove it; a service's own key is given by token or url".to_owned()));
            }
            Some(Vec::new())
        }
    }
}

#[expect(clippy::option_option, reason = "wrong, none, and a token are three outcomes")]
fn token(table: &Section<'_>, need: Need, directory: &Path) -> Option<Option<SecretRef>> {
    match need {
        Need::Required => table.required("token", |field| field.secret(directory)).map(Some),
        Need::Optional => table.get("token").map_or(Some(None), |field| field.secret(directory).map(Some)),
        Need::Never => {
            if let Some(field) = table.get("token") {
                field.report("this format has no token", Some("remove it: its address is the key, or its requests are signed".to_owned()));
            }
            Some(None)
        }
    }
}

fn format(table: &Section<'_>, kind: Kind, address: Option<&Address>, directory: &Path) -> Option<Format> {
    match kind {
        Kind::Standard => Some(Format::Standard),
        Kind::Slack => Some(Format::Slack),
        Kind::Mattermost => Some(Format::Mattermost),
        Kind::Discord => Some(Format::Discord),
        Kind::Alertmanager => Some(Format::Alertmanager),
        Kind::Telegram => {
            let chat = table.required("chat_id", chat);
            let thread = table.optional("thread_id", |field| field.integer(1..=i64::MAX));
            Some(Format::Telegram { chat: chat?, thread })
        }
        Kind::Matrix => Some(Format::Matrix { room: table.required("room", room)? }),
        Kind::Ntfy => Some(Format::Ntfy { topic: ntfy_topic(table, address)? }),
        Kind::Signal => {
            let number = table.required("number", number);
            let recipients = table.required("recipients", |field| field.list_of_some(signal_recipient));
            if recipients.as_ref().is_some_and(|recipients| recipients.len() > RECIPIENTS_MOST) {
                table.report(format!("at most {RECIPIENTS_MOST} recipients are written to: make a group"), None);
            }
            Some(Format::Signal { number: number?, recipients: recipients? })
        }
        Kind::Apprise => Some(Format::Apprise { tag: table.optional("tag", |field| field.text().map(str::to_owned)) }),
        Kind::Template => template(table, directory).map(Format::Template),
    }
}

fn chat(field: &Field<'_>) -> Option<String> {
    if !field.is_text() {
        return field.integer(i64::MIN..=i64::MAX).map(|number| number.to_string());
    }
    let text = field.text()?;
    let is_name = text.strip_prefix('@').is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    if !is_name && text.parse::<i64>().is_err() {
        field.report("is neither a chat's number nor the @name of a channel", Some("write chat_id = -1001234567890 or \"@desk_alerts\"".to_owned()));
        return None;
    }
    Some(text.to_owned())
}

/// Ids of rooms have a server's name behind a colon, but not since room version 12.
fn room(field: &Field<'_>) -> Option<String> {
    let text = field.text()?;
    if text.starts_with('#') {
        let hint = "write the room's internal id, which begins with \"!\": it stands in the room's settings under \"Advanced\"";
        field.report("is an alias, which may come to mean another room", Some(hint.to_owned()));
        return None;
    }
    if !text.starts_with('!') || text.len() < 2 || text.len() > 255 || text.contains(char::is_whitespace) {
        field.report("is not a room's id", Some("write room = \"!abcdef:matrix.example\"".to_owned()));
        return None;
    }
    Some(text.to_owned())
}

fn ntfy_topic(table: &Section<'_>, address: Option<&Address>) -> Option<String> {
    let fits = |topic: &str| !topic.is_empty() && topic.len() <= 64 && topic.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if let Some(field) = table.get("topic") {
        let topic = field.text()?;
        if !fits(topic) {
            field.report("a topic has up to 64 letters, digits, - and _", None);
            return None;
        }
        return Some(topic.to_owned());
    }
    let hint = "write topic = \"kz-oncall\", or the topic as the last part of url";
    let last = match address? {
        Address::Plain(url) => url.path_segments().and_then(|mut segments| segments.rfind(|part| !part.is_empty())).map(str::to_owned),
        Address::Secret(_) => None,
    };
    let topic = last.filter(|topic| fits(topic));
    if topic.is_none() {
        table.report("the key \"topic\" is missing", Some(hint.to_owned()));
    }
    topic
}

/// E.164, as Signal knows an account.
fn number(field: &Field<'_>) -> Option<String> {
    let text = field.text()?;
    let is_number =
        text.strip_prefix('+').is_some_and(|digits| (6..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()));
    if !is_number {
        // A number may be a person's: it is not repeated.
        field.report("is not a telephone number", Some("write it with its country: \"+431234567890\"".to_owned()));
        return None;
    }
    Some(text.to_owned())
}

fn signal_recipient(field: &Field<'_>) -> Option<String> {
    let text = field.text()?;
    if text.starts_with('+') {
        return number(field);
    }
    let is_name = text.starts_with("group.") || text.starts_with("u:") || text.contains('.') || text.len() == 36;
    if !is_name || text.len() > 200 || text.contains(char::is_whitespace) {
        field.report(
            "is no recipient",
            Some("write a number, a group as /v1/groups lists it (\"group.…\"), or a user name (\"u:name.01\")".to_owned()),
        );
        return None;
    }
    Some(text.to_owned())
}

fn template(table: &Section<'_>, directory: &Path) -> Option<BodyTemplate> {
    let content_type = table.or("content_type", Some("application/json".to_owned()), |field| {
        let text = field.text()?;
        let is_type =
            text.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
        if !is_type {
            field.report("is not a media type", Some("write content_type = \"application/json\" or \"text/plain; charset=utf-8\"".to_owned()));
        }
        Some(is_type.then(|| text.to_owned()))
    });
    table.required("template", |field| {
        let path: PathBuf = directory.join(field.text()?);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                field.report(format!("cannot read {}: {error}", path.display()), None);
                return None;
            }
        };
        if text.len() > TEMPLATE_LIMIT_BYTES {
            field.report(format!("{} is longer than {} KiB", path.display(), TEMPLATE_LIMIT_BYTES / 1024), None);
            return None;
        }
        BodyTemplate::parse(&path, &text, content_type.as_ref()?).map_err(|error| field.report_elsewhere(error.problem())).ok()
    })
}
