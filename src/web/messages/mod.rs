//! The words of the interface, one file a language, in data/messages/.
//!
//! Enters: a language and a key. Leaves: text for a page, with values and links in their places, always escaped. Deliberately absent: news
//! text, which is shown as it was written, and what commands print.

mod plural;
mod text;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use toml::Table;

pub use plural::{Category, Whole};
pub use text::Said;

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum Tongue {
    #[default]
    English,
    French,
    Spanish,
    Russian,
    Arabic,
}

impl Tongue {
    pub const ALL: [Self; 5] = [Self::English, Self::French, Self::Spanish, Self::Russian, Self::Arabic];

    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Russian => "ru",
            Self::Arabic => "ar",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Russian => "Русский",
            Self::Arabic => "العربية",
        }
    }

    /// `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        if self == Self::Arabic { "rtl" } else { "ltr" }
    }

    /// By its code; a region after it is passed over (`fr-CA`).
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|tongue| tongue.code().eq_ignore_ascii_case(code))
    }

    /// The first of a browser's languages that we speak (RFC 9110, 12.5.4).
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, usize, Self)> = header
            .split(',')
            .take(32)
            .enumerate()
            .filter_map(|(place, range)| {
                let (code, weight) = range.split_once(';').unwrap_or((range, ""));
                let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.parse::<f32>().ok())?;
                Some((weight, place, Self::parse(code)?)).filter(|(weight, ..)| *weight > 0.0)
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        wanted.first().map(|(.., tongue)| *tongue)
    }

    fn file(self) -> &'static str {
        match self {
            Self::English => include_str!("../../../data/messages/en.toml"),
            Self::French => include_str!("../../../data/messages/fr.toml"),
            Self::Spanish => include_str!("../../../data/messages/es.toml"),
            Self::Russian => include_str!("../../../data/messages/ru.toml"),
            Self::Arabic => include_str!("../../../data/messages/ar.toml"),
        }
    }
}

/// What a key stands for in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    One(String),
    /// A form for each number that the language tells apart.
    Counted(BTreeMap<Category, String>),
}

/// All messages of a language, by key (`sources.title`).
type Messages = BTreeMap<String, Message>;

static MESSAGES: LazyLock<[Messages; 5]> = LazyLock::new(|| Tongue::ALL.map(|tongue| read(tongue.file()).unwrap_or_default()));

/// Reads a file of messages; the error says what is wrong with it.
pub fn read(text: &str) -> Result<Messages, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut messages = Messages::new();
    flatten("", &table, &mut messages)?;
    Ok(messages)
}

fn flatten(prefix: &str, table: &Table, into: &mut Messages) -> Result<(), String> {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::String(text) => {
                into.insert(key, Message::One(text.clone()));
            }
            toml::Value::Table(forms) if forms.contains_key("other") || forms.contains_key("many") => {
                let mut counted = BTreeMap::new();
                for (form, text) in forms {
                    let category = Category::parse(form).ok_or_else(|| format!("{key}: \"{form}\" is no plural category"))?;
                    let text = text.as_str().ok_or_else(|| format!("{key}.{form} must be a text"))?;
                    counted.insert(category, text.to_owned());
                }
                into.insert(key, Message::Counted(counted));
            }
            toml::Value::Table(inner) => flatten(&key, inner, into)?,
            _ => return Err(format!("{key} must be a text or a table")),
        }
    }
    Ok(())
}

/// The messages of one language; in templates `t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Texts {
    pub tongue: Tongue,
}

impl Texts {
    pub fn new(tongue: Tongue) -> Self {
        Self { tongue }
    }

    /// The message of a key. A key without one shows itself: a test keeps that from happening.
    pub fn say(self, key: &str) -> Said {
        Said::new(self.form(key, None))
    }

    /// The message of a key in the form for this number, which stands in it as `{n}`.
    pub fn count(self, key: &str, number: impl Whole) -> Said {
        let number = number.whole();
        Said::new(self.form(key, Some(number))).with("n", number)
    }

    /// Whether there is such a message.
    pub fn has(self, key: &str) -> bool {
        self.messages().is_some_and(|messages| messages.contains_key(key))
    }

    fn messages(self) -> Option<&'static Messages> {
        let place = Tongue::ALL.iter().position(|tongue| *tongue == self.tongue)?;
        MESSAGES.get(place)
    }

    fn form(self, key: &str, number: Option<i64>) -> String {
        match self.messages().and_then(|messages| messages.get(key)) {
            Some(Message::One(text)) => text.clone(),
            Some(Message::Counted(forms)) => {
                let category = number.map_or(Category::Other, |number| Category::of(self.tongue, number));
                let form = [category, Category::Other, Category::Many].iter().find_map(|category| forms.get(category));
                form.cloned().unwrap_or_else(|| key.to_owned())
            }
            None => key.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
