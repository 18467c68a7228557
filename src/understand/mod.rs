//! (room: understand)

pub mod normalize;
pub mod dedupe;
