//! Which form of a message a number takes (CLDR, "Language Plural Rules", for whole numbers).

use crate::web::messages::Tongue;

/// A plural category of CLDR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Category {
    /// By its name in the message files.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "zero" => Self::Zero,
            "one" => Self::One,
            "two" => Self::Two,
            "few" => Self::Few,
            "many" => Self::Many,
            "other" => Self::Other,
            _ => return None,
        })
    }

    /// The category of a whole number.
    pub fn of(tongue: Tongue, number: i64) -> Self {
        let n = number.unsigned_abs();
        let (tens, hundreds) = (n % 10, n % 100);
        match tongue {
            Tongue::English | Tongue::Spanish if n == 1 => Self::One,
            Tongue::French if n <= 1 => Self::One,
            Tongue::French | Tongue::Spanish if n != 0 && n.is_multiple_of(1_000_000) => Self::Many,
            Tongue::Russian if tens == 1 && hundreds != 11 => Self::One,
            Tongue::Russian if (2..=4).contains(&tens) && !(12..=14).contains(&hundreds) => Self::Few,
            Tongue::Russian => Self::Many,
            Tongue::Arabic => match (n, hundreds) {
                (0, _) => Self::Zero,
                (1, _) => Self::One,
                (2, _) => Self::Two,
                (_, 3..=10) => Self::Few,
                (_, 11..=99) => Self::Many,
                _ => Self::Other,
            },
            Tongue::English | Tongue::French | Tongue::Spanish => Self::Other,
        }
    }

    /// The forms that a translator must give for a language. `many` of French and Spanish (whole millions) may be left out.
    pub fn required(tongue: Tongue) -> &'static [Self] {
        match tongue {
            Tongue::English | Tongue::French | Tongue::Spanish => &[Self::One, Self::Other],
            Tongue::Russian => &[Self::One, Self::Few, Self::Many],
            Tongue::Arabic => &[Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other],
        }
    }
}

/// A whole number, by value or by reference: what templates hand over.
pub trait Whole {
    fn whole(&self) -> i64;
}

macro_rules! whole {
    ($($number:ty),*) => {$(
        impl Whole for $number {
            fn whole(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}

whole!(i32, i64, u32, u64, usize);

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}
