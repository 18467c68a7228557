//! `/api/v1/events`: stories and incidents as they come, for a wall screen (server-sent events).
//!
//! The database is asked every two seconds, so that all daemons that share it are heard. A listener that was away goes on from its last event.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use uuid::Uuid;

use crate::store::{IncidentFilter, Store, StoreError, StoryFilter};
use crate::web::WebState;
use crate::web::api::records;
use crate::web::failure::Failure;

const EVERY: Duration = Duration::from_secs(2);
/// A comment keeps proxies from closing what is quiet.
const BREATH: Duration = Duration::from_secs(20);
/// Ids are made before they are committed: what comes so late is still told.
const OVERLAP: Duration = Duration::from_mins(1);
/// So long ago at most a listener may go on from.
const CATCH_UP: Duration = Duration::from_hours(1);
/// Listeners of one process.
const LISTENERS: usize = 32;

static LISTENING: std::sync::LazyLock<Arc<Semaphore>> = std::sync::LazyLock::new(|| Arc::new(Semaphore::new(LISTENERS)));

pub async fn listen(State(state): State<WebState>, headers: HeaderMap) -> Result<Response, Failure> {
    let permit = Arc::clone(&LISTENING).try_acquire_owned().map_err(|_| {
        Failure::new(StatusCode::TOO_MANY_REQUESTS, "Too many listen already").with_advice(&format!("At most {LISTENERS} may listen at once."))
    })?;
    let now = Timestamp::now();
    // The time stands in the first bits of the last event's id.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<Uuid>().ok());
    let from = last.and_then(time_of).unwrap_or(now).max(now.saturating_sub(CATCH_UP).unwrap_or(now));
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(tell(state.store.clone(), from, last, sender, permit));
    Ok(([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")], Body::from_stream(Told(receiver))).into_response())
}

fn time_of(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
}

/// What is read by the listener's connection.
struct Told(mpsc::Receiver<Bytes>);

impl Stream for Told {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(Ok))
    }
}

/// Ends with its listener, who is noticed at the next event or breath; a database that is away is waited for.
async fn tell(store: Store, from: Timestamp, last: Option<Uuid>, sender: mpsc::Sender<Bytes>, _permit: OwnedSemaphorePermit) {
    let mut known = Known::default();
    let mut quiet = Duration::ZERO;
    let mut begun = from;
    // What stands there already is no news, but to a listener that goes on.
    match last {
        Some(last) => known.until = Some(last),
        None => {
            if let Ok(events) = news(&store, from.saturating_sub(OVERLAP).unwrap_or(from), &mut known).await {
                drop(events);
            }
        }
    }
    if sender.send(Bytes::from_static(b": presswatch\nretry: 5000\n\n")).await.is_err() {
        return;
    }
    loop {
        if let Ok(events) = news(&store, begun.saturating_sub(OVERLAP).unwrap_or(begun), &mut known).await {
            begun = Timestamp::now();
            quiet += EVERY;
            for event in events {
                quiet = Duration::ZERO;
                if sender.send(Bytes::from(event)).await.is_err() {
                    return;
                }
            }
        }
        if quiet >= BREATH {
            quiet = Duration::ZERO;
            if sender.send(Bytes::from_static(b": here\n\n")).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = sender.closed() => return,
        }
    }
}

/// What a listener was told: an incident again when it was reported again.
#[derive(Debug, Default)]
struct Known {
    told: HashMap<Uuid, Timestamp>,
    order: VecDeque<Uuid>,
    /// Stories up to this one were told before.
    until: Option<Uuid>,
}

impl Known {
    /// More than come in the time that is looked at twice.
    const MOST: usize = 20_000;

    /// True the first time.
    fn is_news(&mut self, id: Uuid, at: Timestamp) -> bool {
        if self.told.get(&id).is_some_and(|told| *told >= at) {
            return false;
        }
        if self.told.insert(id, at).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > Self::MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.told.remove(&oldest);
        }
        true
    }
}

async fn news(store: &Store, since: Timestamp, known: &mut Known) -> Result<Vec<String>, StoreError> {
    let mut events = Vec::new();
    let mut filter = StoryFilter { since: Some(since), ..StoryFilter::default() };
    let mut fresh = Vec::new();
    loop {
        let stories = store.stories(&filter).await?;
        filter.before = stories.last().map(|last| last.id);
        let before = fresh.len();
        let full = stories.len() >= usize::try_from(crate::store::PAGE_ROWS).unwrap_or(usize::MAX);
        let until = known.until;
        let later = |id: Uuid| until.is_none_or(|until| id > until);
        fresh.extend(stories.into_iter().filter(|story| later(story.id.0) && known.is_news(story.id.0, story.first_seen_at)));
        // A page of which all was told has nothing new behind it, but for the late ones of the next look.
        if !full || fresh.len() == before {
            break;
        }
    }
    fresh.reverse();
    for story in fresh {
        events.push(event("story", Some(story.id.0), &records::Story::from(story)));
    }
    let incidents = store.incidents(&IncidentFilter { since: Some(since), ..IncidentFilter::default() }).await?;
    for incident in incidents.iter().rev().filter(|incident| known.is_news(incident.id.0, incident.last_seen_at)) {
        events.push(event("incident", None, &records::Incident::from(incident)));
    }
    Ok(events)
}

/// JSON has no line break of its own, so that an event is three lines.
fn event(name: &str, id: Option<Uuid>, data: &impl serde::Serialize) -> String {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("event: {name}\n{id}data: {}\n\n", serde_json::to_string(data).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_twice_but_what_was_reported_again() {
        let mut known = Known::default();
        let (one, at) = (Uuid::from_u128(5), Timestamp::UNIX_EPOCH);
        assert!(known.is_news(one, at) && !known.is_news(one, at));
        assert!(known.is_news(one, at + Duration::from_secs(1)));
    }

    #[test]
    fn an_event_is_lines_that_news_cannot_break() {
        let text = event("story", Some(Uuid::nil()), &serde_json::json!({ "title": "a\n\nevent: evil\rdata: x" }));
        assert_eq!(text.lines().count(), 4, "{text}");
    }
}
