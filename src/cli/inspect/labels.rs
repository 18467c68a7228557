//! `presswatch inspect labels`: countries, topics and actors of a text, each with the places that speak for it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::cli::inspect::Input;
use crate::config::TopicsConfig;
use crate::model::{Classification, CountryCode, Evidence, Language, Problem};
use crate::understand::classify::Classifier;
use crate::understand::language::detect;

/// Tables and lexicons, loaded once.
#[derive(Debug)]
pub struct Labels {
    classifier: Classifier,
}

impl Labels {
    /// Loads what the daemon labels with: the built-in words and the operator's.
    ///
    /// # Errors
    /// Every faulty term of the operator.
    pub fn load(topics: &TopicsConfig) -> Result<Self, Vec<Problem>> {
        Ok(Self { classifier: Classifier::new(topics)? })
    }

    /// Answers one JSON line: `{title, text, lang?, source_country?}`.
    pub fn answer(&self, input: &Input) -> Result<Value, String> {
        let title = input.text("title").unwrap_or_default();
        let text = input.text("text").unwrap_or_default();
        if title.is_empty() && text.is_empty() {
            return Err("the line has neither \"title\" nor \"text\"".to_owned());
        }
        let source_country = input.text("source_country").and_then(CountryCode::parse);
        let (language, labels) = self.label(title, text, input.text("lang"), source_country);
        Ok(json!({
            "lang": language.as_str(),
            "countries": labels.countries.iter().map(|country| json!({
                "code": country.code.as_str(), "role": country.role.as_str(), "score": country.score, "evidence": places(&country.evidence),
            })).collect::<Vec<_>>(),
            "main_country": labels.main_country.map(|code| code.to_string()),
            "topics": labels.topics.iter().map(|topic| json!({ "id": topic.id, "score": topic.score, "evidence": places(&topic.evidence) })).collect::<Vec<_>>(),
            "actors": labels.actors.iter().map(|actor| json!({ "id": actor.id, "score": actor.score, "evidence": places(&actor.evidence) })).collect::<Vec<_>>(),
        }))
    }

    /// Describes a text file's labels for a person: the first line is the headline.
    pub fn describe(&self, input: &Input) -> Result<String, String> {
        let bytes = input.bytes()?;
        let content = String::from_utf8_lossy(&bytes);
        let (title, text) = content.split_once('\n').unwrap_or((&content, ""));
        let (language, labels) = self.label(title, text, None, None);
        let mut out = format!("language      {language}\n");
        let main = labels.main_country.map_or_else(|| "none".to_owned(), |code| code.to_string());
        let _ = writeln!(out, "main country  {main}");
        for country in &labels.countries {
            describe_label(&mut out, "country", &format!("{} ({})", country.code, country.role.as_str()), country.score, &country.evidence);
        }
        for topic in &labels.topics {
            describe_label(&mut out, "topic", &topic.id, topic.score, &topic.evidence);
        }
        for actor in &labels.actors {
            describe_label(&mut out, "actor", &actor.id, actor.score, &actor.evidence);
        }
        Ok(out.trim_end().to_owned())
    }

    fn label(&self, title: &str, text: &str, lang: Option<&str>, source_country: Option<CountryCode>) -> (Language, Classification) {
        let language = lang.and_then(Language::parse).unwrap_or_else(|| detect(None, &format!("{title}\n{text}")).language);
        let labels = self.classifier.classify(title, text, &language, source_country);
        (language, labels)
    }
}

fn places(evidence: &[Evidence]) -> Vec<Value> {
    evidence
        .iter()
        .map(|place| json!({ "field": place.field.as_str(), "start": place.start, "end": place.end, "text": place.text, "rule": place.rule }))
        .collect()
}

fn describe_label(out: &mut String, kind: &str, name: &str, score: f32, evidence: &[Evidence]) {
    let _ = writeln!(out, "{kind:<13} {name}, score {score:.2}");
    for place in evidence {
        let _ = writeln!(out, "                {} {}..{}: {:?} by {}", place.field.as_str(), place.start, place.end, place.text, place.rule);
    }
}
