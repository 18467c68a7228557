//! (theme: configuration)
