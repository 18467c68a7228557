//! What was said between us and a peer, for a person who tries a channel. Secrets never enter it.

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What we said.
    Sent(String),
    /// What the peer said.
    Received(String),
    /// What happened beside the words.
    Note(String),
}

/// A conversation; one that nobody reads costs nothing.
#[derive(Debug, Default)]
pub struct Transcript {
    lines: Option<Vec<Line>>,
}

impl Transcript {
    /// Keeps what is said.
    pub fn kept() -> Self {
        Self { lines: Some(Vec::new()) }
    }

    /// Keeps nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// The lines so far.
    pub fn lines(&self) -> &[Line] {
        self.lines.as_deref().unwrap_or_default()
    }

    pub(super) fn sent(&mut self, line: impl FnOnce() -> String) {
        self.keep(|| Line::Sent(line()));
    }

    pub(super) fn received(&mut self, line: impl FnOnce() -> String) {
        self.keep(|| Line::Received(line()));
    }

    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        self.keep(|| Line::Note(line()));
    }

    fn keep(&mut self, line: impl FnOnce() -> Line) {
        if let Some(lines) = &mut self.lines {
            lines.push(line());
        }
    }
}
