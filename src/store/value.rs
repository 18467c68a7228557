//! Values on their way to and from the database.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

/// A moment as a `timestamptz`: sqlx itself knows chrono and time only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Instant(pub Timestamp);

/// Microseconds between 1970-01-01 and 2000-01-01, where PostgreSQL begins to count.
const EPOCH: i64 = 946_684_800_000_000;

impl Type<Postgres> for Instant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1184)) // timestamptz, fixed in pg_type.dat
    }
}

impl PgHasArrayType for Instant {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1185))
    }
}

impl Encode<'_, Postgres> for Instant {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.as_microsecond() - EPOCH, buffer)
    }
}

impl Decode<'_, Postgres> for Instant {
    /// `infinity` and moments beyond the year 9999 are errors.
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.format() == PgValueFormat::Text {
            return Err("a moment in text form, where the binary form was asked for".into());
        }
        let microseconds = <i64 as Decode<Postgres>>::decode(value)?;
        let shifted = microseconds.checked_add(EPOCH).ok_or("infinity is no moment")?;
        Ok(Self(Timestamp::from_microsecond(shifted)?))
    }
}

/// PostgreSQL's text admits every character but NUL.
pub(in crate::store) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// The same for a list.
pub(in crate::store) fn clean_all(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|text| clean(text)).collect()
}

/// The first characters of a text that may be long, for columns that people read.
pub(in crate::store) fn shorten(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => clean(text.get(..end).unwrap_or(text)),
        None => clean(text),
    }
}

/// How long from now by our own clock, never negative: the database adds it to its own.
pub(in crate::store) fn seconds_until(moment: Timestamp) -> f64 {
    moment.duration_since(Timestamp::now()).as_secs_f64().max(0.0)
}

/// Whole milliseconds for an `integer` column.
pub(in crate::store) fn milliseconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}

/// A length of time that the database computed; what is past is zero.
pub(in crate::store) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

/// A count for an `integer` column.
pub(in crate::store) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_loses_nul_only() {
        assert_eq!(clean("a\0b\u{1b}"), "a\u{FFFD}b\u{1b}");
        assert_eq!(shorten("мир\0а", 4), "мир\u{FFFD}");
        assert_eq!(shorten("мир", 3), "мир");
    }

    #[test]
    fn past_moments_are_now() {
        assert!(seconds_until(Timestamp::UNIX_EPOCH).abs() < f64::EPSILON);
        assert_eq!(duration(-3.0), Duration::ZERO);
        assert_eq!(duration(f64::NAN), Duration::ZERO);
    }
}
