//! (theme: store)
