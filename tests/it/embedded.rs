//! (theme: embedded)
