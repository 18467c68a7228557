//! (theme: newsroom)
