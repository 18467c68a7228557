//! From a match to words at a person's desk: what an alert says, when it is tried again, and the ways out.
//!
//! Enters: a match and the story it is about; later the outbox row that a worker leased. Leaves: the alerts to write in the story's
//! transaction, and what became of one attempt. Deliberately absent: the outbox itself (store), claiming and concurrency (pipeline).
//!
//! *Invariant:* [`policy`], [`compose`] and [`retry`] are pure: no clock, no I/O, no chance; the moment and the jitter are arguments.
//! *Invariant:* text of a story never reaches a header or a page unescaped: line breaks, control and bidi characters are taken out once, in
//! [`words`], before anything else sees it.

pub mod words;
pub mod policy;
pub mod compose;
pub mod digest;
pub mod retry;
pub mod channels;
