//! `presswatch inspect duplicates`: lines are stories in the order of their publication; each is compared with the lines before it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::cli::inspect::Input;
use crate::model::{Classification, ClusterId, Fingerprint, Language, SourceId, StoryDraft, StoryFacts, StoryId, Verdict};
use crate::text::normalize;
use crate::understand::dedupe::index::Index;
use crate::understand::dedupe::{event_features, shingles};
use crate::understand::normalize::url_key;

/// The lines so far.
#[derive(Debug)]
pub struct Lines {
    index: Index,
    ids: HashMap<StoryId, Value>,
    addresses: HashMap<String, StoryId>,
    now: Timestamp,
    source: SourceId,
}

impl Lines {
    /// No lines yet.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { index: Index::new(), ids: HashMap::new(), addresses: HashMap::new(), now: Timestamp::now(), source: SourceId::new("inspect")? })
    }

    /// Answers one JSON line: `{id, url?, title, text, lang?}` gives `{duplicate_of, cluster}`, the id of an earlier line (or null)
    /// and the id of the first line about the event.
    pub fn answer(&mut self, input: &Input) -> Result<Value, String> {
        let id = input.line.get("id").cloned().ok_or("the line has no \"id\"")?;
        let draft = self.draft(input)?;
        // Counted, not drawn: an answer must not depend on chance.
        let number = self.ids.len() as u128 + 1;
        let story = StoryId(Uuid::from_u128(number));
        self.ids.insert(story, id);
        let same_address = self.addresses.insert(draft.url_key.clone(), story).is_some();
        let (of, cluster, score) = match self.index.add(story, ClusterId(Uuid::from_u128(number)), &draft) {
            Verdict::New { cluster } => (None, cluster.map_or(story, |cluster| StoryId(cluster.0)), None),
            Verdict::Duplicate { of, cluster, score } => (Some(of), StoryId(cluster.0), Some(score)),
        };
        let named = |story: StoryId| self.ids.get(&story).cloned().unwrap_or(Value::Null);
        let reason = match (of, score) {
            (Some(_), _) if same_address => "the same address".to_owned(),
            (Some(_), Some(score)) => format!("{:.0} % of its words stand in the earlier text", score * 100.0),
            _ if cluster != story => "another text that shares rare names, numbers and places with the event".to_owned(),
            _ => "shares too few rare words, names and numbers with any earlier story".to_owned(),
        };
        Ok(json!({ "duplicate_of": of.map_or(Value::Null, named), "cluster": named(cluster), "reason": reason }))
    }

    /// Describes the stories of a file of such lines.
    pub fn describe(&mut self, input: &Input) -> Result<String, String> {
        let bytes = input.bytes()?;
        let mut out = Vec::new();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let line: Value = serde_json::from_slice(line)
                .map_err(|error| format!("line {}: {error} (a file of JSON Lines is wanted: one story a line)", at + 1))?;
            let input = Input { line };
            let answer = self.answer(&input).map_err(|error| format!("line {}: {error}", at + 1))?;
            let title = input.text("title").unwrap_or_default();
            let shown = |key: &str| answer.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
            let id = input.line.get("id").map(ToString::to_string).unwrap_or_default();
            let own = answer.get("cluster") == input.line.get("id");
            let decision = match answer.get("duplicate_of") {
                Some(Value::Null) | None if own => "new, a new event".to_owned(),
                Some(Value::Null) | None => format!("new, event of {}", shown("cluster")),
                Some(_) => format!("copy of {}", shown("duplicate_of")),
            };
            out.push(format!("{id} {title}\n    {decision}: {}", shown("reason")));
        }
        Ok(out.join("\n"))
    }

    fn draft(&self, input: &Input) -> Result<StoryDraft, String> {
        let (title, text) = (normalize(input.text("title").unwrap_or_default()), normalize(input.text("text").unwrap_or_default()));
        if title.is_empty() && text.is_empty() {
            return Err("the line has neither \"title\" nor \"text\"".to_owned());
        }
        // As in a feed: what is no address is left out, the story stays.
        let url = input.text("url").and_then(|url| Url::parse(url.trim()).ok());
        let classification = Classification::default();
        let fingerprint = Fingerprint { shingles: shingles(&title, &text), event: event_features(&title, &text, &classification) };
        Ok(StoryDraft {
            source: self.source.clone(),
            url_key: url.as_ref().map_or_else(|| format!("id:{}", self.ids.len()), url_key),
            url,
            title,
            text,
            authors: Vec::new(),
            tags: Vec::new(),
            language: input.text("lang").and_then(Language::parse).unwrap_or_else(Language::undetermined),
            language_confidence: 0.0,
            published_at: None,
            first_seen_at: self.now,
            facts: StoryFacts::default(),
            fingerprint,
            classification,
        })
    }
}
