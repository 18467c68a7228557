//! (theme: labels)
