//! (theme: web)
