//! (room: understand)
