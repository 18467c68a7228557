//! (room: gather)
