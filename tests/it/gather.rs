//! (theme: gather)
