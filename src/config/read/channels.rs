//! Reads the `[channels.NAME]` tables of a file of watchlists.d.

use std::path::Path;

use lettre::Address;

use crate::config::read::{Names, Placed, webhooks};
use crate::config::secret::{SecretError, SecretRef};
use crate::config::toml_field::Field;
use crate::config::toml_file::Section;
use crate::config::{Channel, ChannelKind, KeyFile};
use crate::model::ChannelId;

/// Keys that later versions bring, with what their silence would mean.
const LATER: [(&str, &str); 4] = [
    ("rate_limit", "alerts would not be limited"),
    ("quiet_hours", "alerts would be sent at night"),
    ("headers", "no header of your own is sent yet"),
    ("network", "it would be sent directly, not through the proxy"),
];
/// The keys of all kinds: which of them are right depends on the kind.
const KEYS: [&str; 18] = [
    "to",
    "subject",
    "openpgp",
    "url",
    "format",
    "secrets",
    "token",
    "timeout",
    "payload",
    "chat_id",
    "thread_id",
    "room",
    "topic",
    "number",
    "recipients",
    "tag",
    "template",
    "content_type",
];
/// One mail is encrypted to each of them.
const KEYS_MOST: usize = 20;

/// Which way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Email,
    Webhook,
}

/// Reads the table of channels; relative paths of secrets begin at `directory`.
pub(super) fn read(table: &Section<'_>, directory: &Path, names: &mut Names) -> Vec<Placed<Channel>> {
    table.entries().iter().filter_map(|(name, field)| channel(name, field, directory, names)).collect()
}

fn channel(name: &str, field: &Field<'_>, directory: &Path, names: &mut Names) -> Option<Placed<Channel>> {
    const KINDS: [(&str, Kind); 2] = [("email", Kind::Email), ("webhook", Kind::Webhook)];
    let id = ChannelId::new(name).map_err(|error| field.report(error.to_string(), None)).ok();
    let table = field.section()?;
    let place = field.problem("");
    names.push(Placed { value: name.to_owned(), place: place.clone() });
    table.not_yet(&LATER);
    let kind = table.required("kind", |kind| {
        let text = kind.text()?;
        if webhooks::FORMATS.iter().any(|(format, _)| *format == text) {
            kind.report(format!("\"{text}\" is a format, not a kind"), Some(format!("write kind = \"webhook\" and format = \"{text}\"")));
            return None;
        }
        kind.choice(&KINDS)
    });
    let kind = match kind {
        Some(Kind::Email) => email(&table, directory),
        Some(Kind::Webhook) => webhooks::read(&table, directory),
        None => {
            for key in KEYS {
                table.get(key);
            }
            None
        }
    };
    Some(Placed { value: Channel { id: id?, kind: kind? }, place })
}

fn email(table: &Section<'_>, directory: &Path) -> Option<ChannelKind> {
    let to = table.required("to", |field| {
        field.list_of_some(|recipient| {
            let text = recipient.text()?;
            if text.parse::<Address>().is_err() {
                // The address itself is not repeated: problems are logged at a reload, recipients never.
                recipient.report("is not a mail address", Some("write the address alone: \"desk@ngo.example\"".to_owned()));
                return None;
            }
            Some(text.to_owned())
        })
    });
    let full_subject = table.or("subject", false, |field| field.choice(&[("neutral", false), ("full", true)]));
    let encryption = table.get("openpgp");
    let openpgp = match &encryption {
        Some(field) => openpgp(field, directory)?,
        None => None,
    };
    if openpgp.is_some() && full_subject {
        let hint = "remove subject: with openpgp the subject that servers see is \"...\", and the encrypted one is always full";
        table.report("subject = \"full\" and openpgp exclude each other", Some(hint.to_owned()));
    }
    Some(ChannelKind::Email { to: to?, full_subject, openpgp })
}

/// `None` where it is wrong: a channel that asks for encryption is never read as one without.
#[expect(clippy::option_option, reason = "wrong, off, and the keys are three outcomes")]
fn openpgp(field: &Field<'_>, directory: &Path) -> Option<Option<Vec<KeyFile>>> {
    let table = field.section()?;
    let required = table.required("mode", |mode| mode.choice(&[("require", true), ("off", false)]));
    let keys = table.get("keys").map(|keys| keys.list_of_some(|key| key_file(key, directory)));
    if keys.as_ref().and_then(|keys| keys.as_ref()).is_some_and(|keys| keys.len() > KEYS_MOST) {
        table.report(format!("a mail is encrypted to at most {KEYS_MOST} keys"), None);
    }
    match (required?, keys) {
        (false, _) => Some(None),
        (true, Some(keys)) => Some(Some(keys?)),
        (true, None) => {
            table.report("the key \"keys\" is missing", Some("write keys = [\"file:keys/desk.asc\"]: the recipients' public keys".to_owned()));
            None
        }
    }
}

/// A public key's file may be readable by anybody, so only its presence is looked for.
fn key_file(field: &Field<'_>, directory: &Path) -> Option<KeyFile> {
    let hint = || Some("write \"file:PATH\" of a file with the public key, as gpg --export --armor ADDRESS writes it".to_owned());
    let Ok(reference) = SecretRef::parse(field.text()?) else {
        field.report("is not the place of a key", hint());
        return None;
    };
    let reference = reference.relative_to(directory);
    let missing = match reference.check() {
        Ok(()) | Err(SecretError::ReadableByOthers { .. }) => None,
        Err(SecretError::Unreadable { cause, .. }) if cause.kind() == std::io::ErrorKind::PermissionDenied => None,
        Err(SecretError::Unreadable { path, cause }) => Some(format!("cannot read {}: {cause}", path.display())),
        Err(error) => Some(error.to_string()),
    };
    if let Some(message) = missing {
        field.report(message, hint());
        return None;
    }
    Some(KeyFile { reference, place: field.problem("") })
}
