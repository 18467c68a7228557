//! Accounts of people who read the pages.

use std::fmt;

use crate::model::InvalidId;

/// What an account may do; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sees everything but restricted lists that do not name it.
    Reader,
    /// Confirms, corrects, mutes, adds sources.
    Editor,
    /// Sees the audit log and the accounts.
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Admin];

    /// As it is stored and written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// By its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The name that an account signs in with: 1 to 64 of a-z, 0-9, '.', '_', '-', '@', the first a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name; letters become small.
    ///
    /// # Errors
    /// When other characters are in it.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        let name = text.trim().to_ascii_lowercase();
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-' | b'@');
        let begins_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        // It stands in the audit log for whoever was let in without a sign-in.
        if name.len() > 64 || !begins_well || !name.bytes().all(allowed) || name == "local" {
            let rule = "use 1 to 64 of a-z, 0-9, '.', '_', '-', '@', beginning with a letter or digit, and another name than \"local\"";
            return Err(InvalidId { what: "account", given: text.chars().take(80).collect(), rule });
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_roles_rank() {
        assert_eq!(AccountName::new(" Amina@NGO.example ").unwrap().as_str(), "amina@ngo.example");
        for wrong in ["", "-x", "a b", "Амина", "local", "a\nb", &"x".repeat(65)] {
            assert!(AccountName::new(wrong).is_err(), "{wrong:?}");
        }
        assert!(Role::Reader < Role::Editor && Role::Editor < Role::Admin);
        assert_eq!(Role::parse("editor"), Some(Role::Editor));
        assert_eq!(Role::parse("Editor"), None);
    }
}
