//! (theme: commands)
