//! (theme: net)
