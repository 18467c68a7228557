//! (theme: alert)
