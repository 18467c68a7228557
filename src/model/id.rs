//! Identifiers as newtypes, so that one is never passed for another.

use std::fmt;

use uuid::Uuid;

/// Says why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {given:?} is not valid: {rule}")]
pub struct InvalidId {
    /// What was being read, for example `source id`.
    pub what: &'static str,
    /// The text as given.
    pub given: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Accepts 1 to 80 characters of `a-z`, `0-9`, `-`, `_` and `.`, beginning with a letter or digit.
            pub fn new(text: &str) -> Result<Self, InvalidId> {
                let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                let rest = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'));
                if first && rest && text.len() <= 80 {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { what: $what, given: text.to_owned(), rule: "use 1 to 80 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit" })
                }
            }

            /// The text of the identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

slug_id!(
    /// Names a source in configuration, database, pages and logs.
    SourceId, "source id"
);
slug_id!(
    /// Names a watchlist.
    WatchlistId, "watchlist id"
);
slug_id!(
    /// Names a channel that alerts are delivered through.
    ChannelId, "channel id"
);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new UUIDv7 (RFC 9562) for the given moment: ids sort by time, and a day is a range of ids.
            pub fn new(now: jiff::Timestamp) -> Self {
                let seconds = u64::try_from(now.as_second()).unwrap_or(0);
                let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
                Self(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    };
}

uuid_id!(
    /// Names a stored story; also the partition key of stories.
    StoryId
);
uuid_id!(
    /// Names a cluster: the stories about one event.
    ClusterId
);
uuid_id!(
    /// Names an incident, in every list and export, for good.
    IncidentId
);
uuid_id!(
    /// Names an alert; the same over all of its deliveries and retries.
    AlertId
);
uuid_id!(
    /// Names one row of the outbox: one alert to one recipient of one channel.
    DeliveryId
);

/// A BCP 47 primary language subtag in lower case, or `und`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(String);

impl Language {
    /// Takes the primary subtag of a language tag: `pt-BR` and `pt_BR` give `pt`. `None` where there is none.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let well_formed = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
        well_formed.then_some(Self(primary))
    }

    /// The undetermined language.
    pub fn undetermined() -> Self {
        Self("und".to_owned())
    }

    /// True for `und`.
    pub fn is_undetermined(&self) -> bool {
        self.0 == "und"
    }

    /// The subtag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An ISO 3166-1 alpha-2 code in upper case; `XK` for Kosovo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Reads two ASCII letters of either case. Whether the code is assigned is not its question.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()])),
            _ => None,
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??") // the constructor admits ASCII only
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
