//! (theme: watch)
