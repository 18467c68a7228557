//! (theme: daemon)
