//! What several themes need.
