//! (room: demo)

pub mod receivers;
