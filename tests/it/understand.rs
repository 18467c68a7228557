//! (theme: understand)
