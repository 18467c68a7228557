//! (room: watch)
