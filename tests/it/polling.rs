//! Polls of real servers into a real database: what each answer does to a source, its domain and its next poll.

mod desk;
mod health;
mod schedule;
