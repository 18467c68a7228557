//! (room: alert)
