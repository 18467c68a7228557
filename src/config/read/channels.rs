//! Reads the `[channels.NAME]` tables of a file of watchlists.d.

use std::path::Path;
use std::time::Duration;

use lettre::Address;

use crate::config::read::{Names, Placed};
use crate::config::toml_field::Field;
use crate::config::toml_file::Section;
use crate::config::{Channel, ChannelKind, Payload};
use crate::model::ChannelId;

/// Keys that later versions bring, with what their silence would mean.
const LATER: [(&str, &str); 6] = [
    ("openpgp", "mail would go out unencrypted although encryption is asked for"),
    ("token", "only signed webhooks are sent; they need no token"),
    ("rate_limit", "alerts would not be limited"),
    ("quiet_hours", "alerts would be sent at night"),
    ("headers", "no header of your own is sent yet"),
    ("network", "it would be sent directly, not through the proxy"),
];

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
    let later = ["slack", "mattermost", "matrix", "telegram", "signal-cli", "ntfy", "discord", "apprise", "alertmanager"];
    let kind = table.required("kind", |kind| kind.choice_or_later(&KINDS, &later, "write \"email\" or \"webhook\""));
    let kind = match kind {
        Some(Kind::Email) => email(&table),
        Some(Kind::Webhook) => webhook(&table, directory),
        None => {
            // Which keys are right depends on the kind: only those of no kind are unknown.
            for key in ["to", "subject", "url", "format", "secrets", "timeout", "payload"] {
                table.get(key);
            }
            None
        }
    };
    Some(Placed { value: Channel { id: id?, kind: kind? }, place })
}

fn email(table: &Section<'_>) -> Option<ChannelKind> {
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
    Some(ChannelKind::Email { to: to?, full_subject })
}

fn webhook(table: &Section<'_>, directory: &Path) -> Option<ChannelKind> {
    const FORMATS: [&str; 9] = ["slack", "mattermost", "matrix", "telegram", "signal-cli", "ntfy", "discord", "apprise", "alertmanager"];
    let later = "only \"standard-webhooks\" is sent so far; what receives another format would drop the alert";
    let format = table.or("format", Some(()), |field| Some(field.choice_or_later(&[("standard-webhooks", ())], &FORMATS, later)));
    let url = table.required("url", Field::web_address);
    let secrets = table.required("secrets", |field| field.list_of_some(|secret| secret.secret(directory)));
    let timeout = table.or("timeout", Duration::from_secs(20), |field| field.duration(Duration::from_secs(1)..=Duration::from_mins(1)));
    let payloads = [("full", Payload::Full), ("thin", Payload::Thin)];
    let hint = "write \"thin\": an id and a link, no headline and no watchlist";
    let payload = table.or("payload", Payload::Full, |field| field.choice_or_later(&payloads, &["minimal"], hint));
    format?;
    Some(ChannelKind::Webhook { url: url?, secrets: secrets?, timeout, payload })
}
