//! One value of a TOML file: read as what it should be, or reported as what it is.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeValue;

use crate::config::QueryText;
use crate::config::secret::{HOW_TO_REFER, SecretError, SecretRef};
use crate::config::toml_file::{Section, TomlFile, known, suggest};
use crate::config::units::{format_duration, format_size, parse_duration, parse_size};
use crate::model::Problem;

/// A value with the path of its key.
#[derive(Debug)]
pub(super) struct Field<'f> {
    file: &'f TomlFile<'f>,
    value: &'f Spanned<DeValue<'f>>,
    path: String,
}

impl<'f> Field<'f> {
    pub(super) fn new(file: &'f TomlFile<'f>, value: &'f Spanned<DeValue<'f>>, path: String) -> Self {
        Field { file, value, path }
    }

    /// A problem that stands at the value, to be reported once more is known.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        self.file.problem(&self.value.span(), &self.path, message)
    }

    /// Reports a problem with the value.
    pub(super) fn report(&self, message: impl Into<String>, hint: Option<String>) {
        self.file.report(Problem { hint, ..self.problem(message) });
    }

    /// A string; an empty one is a problem.
    pub(super) fn text(&self) -> Option<&'f str> {
        let text = self.string()?;
        if text.trim().is_empty() {
            self.report("must not be empty", None);
            return None;
        }
        Some(text)
    }

    /// A string that one of the constructors of model reads.
    pub(super) fn parsed<T, E: Display>(&self, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        read(self.text()?).map_err(|error| self.report(error.to_string(), None)).ok()
    }

    /// A string that one of the tables of codes reads; the error is a hint.
    pub(super) fn coded<T>(&self, what: &str, read: impl FnOnce(&str) -> Result<T, Option<String>>) -> Option<T> {
        let text = self.text()?;
        read(text).map_err(|hint| self.report(format!("\"{text}\" is not {what}"), hint)).ok()
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self) -> Option<bool> {
        if let DeValue::Boolean(value) = self.value.get_ref() {
            return Some(*value);
        }
        self.wrong_type("true or false")
    }

    /// A whole number within a range.
    pub(super) fn integer<T>(&self, range: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i128> + PartialOrd + Display,
    {
        let DeValue::Integer(integer) = self.value.get_ref() else { return self.wrong_type("a whole number") };
        let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok().and_then(|number| T::try_from(number).ok());
        let fits = number.filter(|number| range.contains(number));
        if fits.is_none() {
            self.report(format!("must be between {} and {}", range.start(), range.end()), None);
        }
        fits
    }

    /// A number within a range; a whole one counts.
    pub(super) fn number(&self, range: RangeInclusive<f32>) -> Option<f32> {
        let text = match self.value.get_ref() {
            DeValue::Float(float) => float.as_str(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            _ => return self.wrong_type("a number"),
        };
        let fits = f32::from_str(text).ok().filter(|number| range.contains(number));
        if fits.is_none() {
            self.report(format!("must be between {} and {}", range.start(), range.end()), None);
        }
        fits
    }

    /// A duration such as `20s` within a range of durations written the same way.
    pub(super) fn duration(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let DeValue::String(text) = self.value.get_ref() else { return self.wrong_type("a duration in quotes, such as \"20s\"") };
        let Some(duration) = parse_duration(text) else {
            self.report(
                format!("\"{text}\" is not a duration"),
                Some("write a whole number and one of s, m, h, d: \"20s\", \"2m\", \"1h\", \"30d\"".to_owned()),
            );
            return None;
        };
        if !range.contains(&duration) {
            self.report(format!("must be between {} and {}", format_duration(*range.start()), format_duration(*range.end())), None);
            return None;
        }
        Some(duration)
    }

    /// A size such as `10MiB` within a range of bytes.
    pub(super) fn size(&self, range: RangeInclusive<u64>) -> Option<usize> {
        let DeValue::String(text) = self.value.get_ref() else { return self.wrong_type("a size in quotes, such as \"10MiB\"") };
        let Some(bytes) = parse_size(text) else {
            self.report(format!("\"{text}\" is not a size"), Some("write a whole number and one of B, KiB, MiB, GiB: \"10MiB\"".to_owned()));
            return None;
        };
        if !range.contains(&bytes) {
            self.report(format!("must be between {} and {}", format_size(*range.start()), format_size(*range.end())), None);
            return None;
        }
        usize::try_from(bytes).ok()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let names = || choices.iter().map(|(name, _)| *name);
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            self.report(format!("\"{text}\" is not allowed here"), suggest(text, names()).or_else(|| known(names())));
        }
        found
    }

    /// One of a few words, some of which a later version will know.
    pub(super) fn choice_or_later<T: Copy>(&self, choices: &[(&str, T)], later: &[&str], consequence: &str) -> Option<T> {
        let text = self.string()?;
        if later.contains(&text) {
            self.report(format!("\"{text}\" is not supported yet"), Some(consequence.to_owned()));
            return None;
        }
        self.choice(choices)
    }

    /// A time of day such as `07:30`.
    pub(super) fn time_of_day(&self) -> Option<Time> {
        let text = self.text()?;
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            let number = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i8>().ok()).flatten();
            Time::new(number(hour)?, number(minute)?, 0, 0).ok()
        };
        let time = read();
        if time.is_none() {
            self.report(format!("\"{text}\" is not a time of day"), Some("write \"07:30\" or \"22:00\"".to_owned()));
        }
        time
    }

    /// A time zone by its IANA name.
    pub(super) fn time_zone(&self) -> Option<TimeZone> {
        let text = self.text()?;
        let zone = TimeZone::get(text).ok().filter(|zone| zone.iana_name().is_some());
        if zone.is_none() {
            let hint = like_zone(text).unwrap_or_else(|| "write an IANA name such as \"Asia/Almaty\", \"Europe/Kyiv\" or \"UTC\"".to_owned());
            self.report(format!("\"{text}\" is not a time zone"), Some(hint));
        }
        zone
    }

    /// An address of the web.
    pub(super) fn web_address(&self) -> Option<url::Url> {
        let text = self.text()?;
        match parse_web_address(text) {
            Ok(url) => Some(url),
            Err(message) => {
                self.report(message, None);
                None
            }
        }
    }

    /// A reference to a secret that can be had, as far as that shows without reading it. Relative paths begin at `directory`.
    pub(super) fn secret(&self, directory: &std::path::Path) -> Option<SecretRef> {
        let reference = match SecretRef::parse(self.text()?) {
            Ok(reference) => reference.relative_to(directory),
            Err(error) => {
                self.report(error.to_string(), Some(HOW_TO_REFER.to_owned()));
                return None;
            }
        };
        match reference.check() {
            Ok(()) => Some(reference),
            // Run by another user than the daemon's, a check cannot look into a closed directory: that is as it should be.
            Err(SecretError::Unreadable { cause, .. }) if cause.kind() == std::io::ErrorKind::PermissionDenied => Some(reference),
            Err(SecretError::Unreadable { path, cause }) => {
                self.report(format!("cannot read {}: {cause}", path.display()), None);
                None
            }
            Err(error) => {
                self.report(error.to_string(), None);
                None
            }
        }
    }

    /// A query's text with the place of its first character.
    pub(super) fn query(&self) -> Option<QueryText> {
        let text = self.text()?;
        let start = self.value.span().start;
        let written = self.file.text().get(self.value.span()).unwrap_or_default();
        let quotes = if written.starts_with("'''") || written.starts_with("\"\"\"") { 3 } else { 1 };
        let after_quotes = written.get(quotes..).unwrap_or_default();
        // TOML drops a line break that follows three quotes at once.
        let line_break = match after_quotes.as_bytes() {
            [b'\r', b'\n', ..] if quotes == 3 => 2,
            [b'\n', ..] if quotes == 3 => 1,
            _ => 0,
        };
        let (line, column) = self.file.place(start + quotes + line_break);
        Some(QueryText { text: text.to_owned(), file: self.file.path().to_owned(), line, column })
    }

    /// The values of an array.
    pub(super) fn items(&self) -> Vec<Field<'f>> {
        let DeValue::Array(array) = self.value.get_ref() else {
            self.wrong_type::<()>("a list in square brackets");
            return Vec::new();
        };
        array.iter().enumerate().map(|(index, value)| Field::new(self.file, value, format!("{}[{index}]", self.path))).collect()
    }

    /// What `read` makes of the values of an array; those it makes nothing of are left out.
    #[expect(clippy::unnecessary_wraps, reason = "the readers of a key all return an option")]
    pub(super) fn list<T>(&self, mut read: impl FnMut(&Field<'f>) -> Option<T>) -> Option<Vec<T>> {
        Some(self.items().iter().filter_map(&mut read).collect())
    }

    /// The same for a list that must hold something.
    pub(super) fn list_of_some<T>(&self, mut read: impl FnMut(&Field<'f>) -> Option<T>) -> Option<Vec<T>> {
        let items = self.items();
        if items.is_empty() && matches!(self.value.get_ref(), DeValue::Array(_)) {
            self.report("must not be empty", None);
        }
        let list: Vec<T> = items.iter().filter_map(&mut read).collect();
        (!list.is_empty()).then_some(list)
    }

    /// A table.
    pub(super) fn section(&self) -> Option<Section<'f>> {
        if let DeValue::Table(table) = self.value.get_ref() {
            return Some(Section::new(self.file, table, self.path.clone(), self.value.span()));
        }
        self.wrong_type("a table")
    }

    /// The tables of an array of tables (`[[name]]`).
    pub(super) fn sections(&self) -> Vec<Section<'f>> {
        if matches!(self.value.get_ref(), DeValue::Table(_)) {
            self.report("must be a list of tables", Some(format!("write [[{}]] in place of [{}]", self.path, self.path)));
            return Vec::new();
        }
        self.items().iter().filter_map(Field::section).collect()
    }

    /// Whether the value is an array.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Array(_))
    }

    /// Whether the value is a text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::String(_))
    }

    /// Reports a problem with another file, which this value led to.
    pub(super) fn report_elsewhere(&self, problem: Problem) {
        self.file.report_elsewhere(problem);
    }

    /// Whether the value is the whole number 0.
    pub(super) fn is_zero(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Integer(integer) if integer.as_str() == "0")
    }

    /// `true` or `false` where it is one of them; anything else is no problem.
    pub(super) fn boolean_if(&self) -> Option<bool> {
        if let DeValue::Boolean(value) = self.value.get_ref() { Some(*value) } else { None }
    }

    fn string(&self) -> Option<&'f str> {
        if let DeValue::String(text) = self.value.get_ref() {
            return Some(text);
        }
        self.wrong_type("a text in quotes")
    }

    fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        let given = match self.value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report(format!("must be {wanted}, not {given}"), None);
        None
    }
}

/// `did you mean "Asia/Almaty"?` for a name that differs in a letter or two.
fn like_zone(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&lower, &name.to_lowercase());
    let best = jiff::tz::db().available().map(|name| (distance(name.as_str()), name.to_string())).min()?;
    (best.0 <= 2).then(|| format!("did you mean \"{}\"?", best.1))
}

/// Reads an address that may be polled or posted to: http or https, with a host, without a user name or password.
///
/// # Errors
/// The message says what is wrong.
pub fn parse_web_address(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| format!("\"{text}\" is not a web address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("\"{text}\" must begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a user name or password in an address is refused: it would show in logs and pages".to_owned());
    }
    Ok(url)
}
