//! (theme: architecture)
