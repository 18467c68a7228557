//! Durations, sizes and networks as people write them: `20s`, `2m`, `1h`, `30d`, `10MiB`, `192.0.2.0/24`.

use std::net::IpAddr;
use std::time::Duration;

/// Units of a duration with their seconds, largest first.
const DURATION_UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Units of a size with their bytes, largest first.
const SIZE_UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Reads a whole number with one unit: `20s`, `2m`, `1h`, `30d`. `None` for anything else.
pub fn parse_duration(text: &str) -> Option<Duration> {
    number_with_unit(text, &DURATION_UNITS).map(Duration::from_secs)
}

/// Reads a whole number with one unit: `512B`, `64KiB`, `10MiB`, `1GiB`. `None` for anything else.
pub fn parse_size(text: &str) -> Option<u64> {
    number_with_unit(text, &SIZE_UNITS)
}

/// Writes a duration as [`parse_duration`] reads it, in the largest unit that loses nothing; parts of a second are dropped.
pub fn format_duration(duration: Duration) -> String {
    with_largest_unit(duration.as_secs(), &DURATION_UNITS)
}

/// Writes a size as [`parse_size`] reads it, in the largest unit that loses nothing.
pub fn format_size(bytes: u64) -> String {
    with_largest_unit(bytes, &SIZE_UNITS)
}

/// Whether the text is a network in CIDR notation, such as `10.0.0.0/8` or `fd00::/8`.
pub fn is_network(text: &str) -> bool {
    let Some((address, prefix)) = text.split_once('/') else { return false };
    let longest = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit()) && prefix.parse::<u8>().is_ok_and(|bits| bits <= longest)
}

fn number_with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = units.iter().find(|(name, _)| *name == unit)?.1;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn with_largest_unit(value: u64, units: &[(&str, u64)]) -> String {
    let smallest = units.last().copied().unwrap_or(("", 1));
    let (unit, factor) = units.iter().copied().find(|(_, factor)| value > 0 && value.is_multiple_of(*factor)).unwrap_or(smallest);
    format!("{}{unit}", value / factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(parse_duration(text), seconds.map(Duration::from_secs), "{text:?}");
    }

    #[test]
    fn durations_are_a_whole_number_and_one_unit() {
        check("20s", Some(20));
        check("2m", Some(120));
        check("1h", Some(3_600));
        check("30d", Some(2_592_000));
        check("0s", Some(0));
        for bad in ["", "20", "s", "1.5h", "-1s", "20 s", "1h30m", "20S", "２m", "99999999999999999999d", "999999999999999999d"] {
            check(bad, None);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (text, plain) in [("20s", "20s"), ("120s", "2m"), ("24h", "1d"), ("90m", "90m"), ("0s", "0s")] {
            let duration = parse_duration(text).unwrap();
            assert_eq!(format_duration(duration), plain);
            assert_eq!(parse_duration(plain), Some(duration));
        }
        for (text, plain) in [("10MiB", "10MiB"), ("1024KiB", "1MiB"), ("1500B", "1500B")] {
            assert_eq!(format_size(parse_size(text).unwrap()), plain);
        }
        assert_eq!(parse_size("10MB"), None, "a megabyte of 1000 is not guessed to be one of 1024");
    }

    #[test]
    fn networks_are_in_cidr_notation() {
        for good in ["10.0.0.0/8", "127.0.0.1/32", "fd00::/8", "::/0"] {
            assert!(is_network(good), "{good}");
        }
        for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "example.org/8", "fd00::/129", "10.0.0.0/+8", "10.0.0.0/"] {
            assert!(!is_network(bad), "{bad}");
        }
    }
}
