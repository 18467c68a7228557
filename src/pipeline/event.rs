//! What happens, as it happens: for a terminal or a wall screen. Nothing depends on anybody listening.

use std::time::Duration;

use tokio::sync::broadcast;

use crate::model::{ChannelId, CountryCode, Language, SourceId, SourceState, StoryId, WatchlistId};

/// Events that a slow listener may lag behind before it loses the oldest.
const CAPACITY: usize = 4096;

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A poll ended; `problem` says why nothing could be read.
    SourceRead { source: SourceId, seen: usize, new: usize, known: usize, problem: Option<String> },
    /// A source does otherwise than before; kept in the database too.
    SourceChanged { source: SourceId, from: SourceState, to: SourceState, reason: String },
    /// A story was committed.
    StoryKept {
        story: StoryId,
        source: SourceId,
        title: String,
        language: Language,
        main_country: Option<CountryCode>,
        topics: Vec<String>,
        actors: Vec<String>,
    },
    /// A copy of a text that is already there was folded into it.
    DuplicateFolded { story: StoryId, source: SourceId, title: String, score: f32 },
    /// A story's text changed; the former one is kept.
    Revised { story: StoryId, title: String },
    /// A story met a watchlist. `reference` is the list's id.
    Matched { story: StoryId, watchlist: WatchlistId },
    /// An alert was committed to the outbox.
    AlertWritten { watchlist: WatchlistId, channel: ChannelId },
    /// A delivery was attempted.
    Delivery { channel: ChannelId, delivered: bool, attempt: u32, duration: Duration, detail: String },
}

/// Where events are sent and listened for.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }
}

impl Events {
    /// Hears every event from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }

    /// Tells whoever listens; nobody need.
    pub(crate) fn send(&self, event: Event) {
        let _ = self.0.send(event);
    }
}
