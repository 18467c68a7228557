//! A user's own body of a webhook: checked when it is read, bounded when it is used.
//!
//! The language is that of Jinja without loading, including and importing: a template reaches nothing but the values that it is given.
//!
//! *Invariant:* in a JSON body every value is written as JSON, in a page as escaped text; a headline cannot leave its place.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

use crate::model::{Problem, Severity};

/// Longest template.
pub const TEMPLATE_LIMIT_BYTES: usize = 64 * 1024;
/// Longest body that a template may make.
const BODY_LIMIT_BYTES: usize = 256 * 1024;
/// Steps that a template may take: a hundred times what a table of a long digest needs, a blink of an eye.
const FUEL: u64 = 200_000;
/// Macros that call themselves.
const DEPTH: usize = 32;

/// A template and the type of what it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyTemplate {
    path: PathBuf,
    text: Arc<str>,
    content_type: String,
}

/// Why a template made no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {message}", path.display())]
pub struct TemplateError {
    pub path: PathBuf,
    /// From 1; 0 where the whole is meant.
    pub line: usize,
    pub message: String,
}

impl TemplateError {
    /// The same as a problem of the configuration.
    pub fn problem(&self) -> Problem {
        Problem {
            file: self.path.clone(),
            line: self.line,
            column: 0,
            severity: Severity::Error,
            key: String::new(),
            message: self.message.clone(),
            hint: None,
        }
    }
}

impl BodyTemplate {
    /// Reads a template; its values are not looked at yet.
    ///
    /// # Errors
    /// The first fault of its syntax, with its line.
    pub fn parse(path: &Path, text: &str, content_type: &str) -> Result<Self, TemplateError> {
        let template = Self { path: path.to_owned(), text: Arc::from(text), content_type: content_type.to_owned() };
        template.environment().template_from_named_str("body", text).map_err(|error| template.error(&error))?;
        Ok(template)
    }

    /// The type of the body.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// Writes the body for these values.
    ///
    /// # Errors
    /// A value that there is not, a body that is too long or takes too long, and JSON that is none, each with the line where it is known.
    pub fn render(&self, values: &Value) -> Result<Vec<u8>, TemplateError> {
        let environment = self.environment();
        let mut body = Bounded(Vec::new());
        let template = environment.template_from_named_str("body", &self.text).map_err(|error| self.error(&error))?;
        template.render_captured_to(minijinja::value::Serde(values), &mut body).map_err(|error| self.error(&error))?;
        if self.is_json() {
            serde_json::from_slice::<serde::de::IgnoredAny>(&body.0).map_err(|error| {
                let message = format!("what the template makes is not JSON: {error} of the body; values are written with their quotes");
                TemplateError { path: self.path.clone(), line: 0, message }
            })?;
        }
        Ok(body.0)
    }

    fn is_json(&self) -> bool {
        self.content_type.to_ascii_lowercase().contains("json")
    }

    fn environment(&self) -> Environment<'static> {
        let kind = self.content_type.to_ascii_lowercase();
        let json = self.is_json();
        let page = kind.contains("html") || kind.contains("xml");
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(move |_| match (json, page) {
            (true, _) => AutoEscape::Json,
            (false, true) => AutoEscape::Html,
            (false, false) => AutoEscape::None,
        });
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEPTH);
        environment
    }

    fn error(&self, error: &minijinja::Error) -> TemplateError {
        let message = match error.kind() {
            ErrorKind::OutOfFuel => "the template takes too many steps".to_owned(),
            ErrorKind::WriteFailure => format!("the body is longer than {} KiB", BODY_LIMIT_BYTES / 1024),
            kind => match error.detail() {
                Some(detail) => format!("{kind}: {detail}"),
                None => kind.to_string(),
            },
        };
        TemplateError { path: self.path.clone(), line: error.line().unwrap_or(0), message }
    }
}

/// Takes no more than a body may hold.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > BODY_LIMIT_BYTES {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str, content_type: &str) -> Result<BodyTemplate, TemplateError> {
        BodyTemplate::parse(Path::new("hook.j2"), text, content_type)
    }

    fn render(text: &str, content_type: &str, values: &Value) -> Result<String, TemplateError> {
        parse(text, content_type)?.render(values).map(|body| String::from_utf8(body).unwrap())
    }

    #[test]
    fn values_cannot_leave_their_place() {
        let values = json!({ "title": "a\"},{\"x\":\"</b>\n", "topics": ["arrest", "raid"], "country": null });
        let body = render(r#"{"text": {{ title }}, "tags": {{ topics }}, "where": {{ country }}}"#, "application/json", &values).unwrap();
        let read: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(read, json!({ "text": values["title"], "tags": ["arrest", "raid"], "where": null }));
        assert_eq!(render("<b>{{ title }}</b>", "text/html; charset=utf-8", &json!({ "title": "<i>" })).unwrap(), "<b>&lt;i&gt;</b>");
        assert_eq!(render("{{ title }}!", "text/plain", &json!({ "title": "<i>" })).unwrap(), "<i>!");
    }

    #[test]
    fn faults_are_found_with_their_line() {
        let error = parse("{\n  \"a\": {{ title }\n}", "application/json").unwrap_err();
        assert_eq!(error.line, 2, "{error}");
        let error = render("{\n\n\"a\": {{ titel }}\n}", "application/json", &json!({ "title": "x" })).unwrap_err();
        assert!(error.line == 3 && error.to_string().starts_with("hook.j2:3: "), "{error}");
        let error = render("{\"a\": \"{{ title }}\"}", "application/json", &json!({ "title": "x" })).unwrap_err();
        assert!(error.message.contains("not JSON"), "{error}");
    }

    #[test]
    fn a_template_is_bounded_and_reaches_nothing() {
        let none = json!({});
        let endless = "{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}";
        assert!(render(endless, "text/plain", &none).unwrap_err().message.contains("too many steps"));
        let wide = "{% for a in range(9000) %}".to_owned() + &"0123456789".repeat(10) + "{% endfor %}";
        assert!(render(&wide, "text/plain", &none).unwrap_err().message.contains("longer than 256 KiB"));
        for text in ["{% include '/etc/passwd' %}", "{% import 'x' as y %}", "{% extends 'x' %}"] {
            assert!(render(text, "text/plain", &none).is_err(), "{text}");
        }
    }
}
