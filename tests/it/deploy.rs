//! (theme: deploy)
