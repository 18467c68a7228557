//! Reads how long ago something was, as listing pages say it: "2 hours ago", «3 часа назад», 「5分前」, "vor einer Stunde".
//!
//! Enters: a short text and the moment of reading. Leaves: a moment as exact as its unit. Deliberately absent: "yesterday at 15:30", whose
//! zone nobody tells; a text with two numbers.

use jiff::{SignedDuration, Timestamp};

/// No such phrase is longer.
const LENGTH_LIMIT: usize = 100;
/// More of a unit than this is a number of something else.
const COUNT_LIMIT: i64 = 999;

/// Words that say that the time lies back. In scripts without spaces they stand inside of a word.
const AGO: [&str; 40] = [
    "ago",
    "il y a",
    "vor",
    "hace",
    "há",
    "ha",
    "fa",
    "fa'",
    "atrás",
    "geleden",
    "sedan",
    "siden",
    "sitten",
    "temu",
    "назад",
    "тому",
    "таму",
    "бұрын",
    "мурун",
    "önce",
    "əvvəl",
    "oldin",
    "ozal",
    "منذ",
    "قبل",
    "پیش",
    "पहले",
    "আগে",
    "trước",
    "lalu",
    "ezelőtt",
    "πριν",
    "לפני",
    "წინ",
    "առաջ",
    "acum",
    "pred",
    "prije",
    "преди",
    "пре",
];
const AGO_INSIDE: [&str; 6] = ["前", "전", "ที่แล้ว", "ก่อน", "ပြီးခဲ့", "មុន"];

/// One of a unit, in words.
const ONE: [&str; 20] =
    ["a", "an", "one", "une", "un", "una", "uno", "ein", "eine", "einer", "einem", "um", "uma", "bir", "en", "ett", "een", "один", "одну", "одна"];

/// Seconds of each unit and the beginnings of its names. The longest that fits decides.
const UNITS: [(i64, &[&str]); 5] = [
    (
        60,
        &[
            "min",
            "мин",
            "мін",
            "хв",
            "хвил",
            "dk",
            "dakika",
            "dəq",
            "daq",
            "دقيق",
            "دقائق",
            "دقیق",
            "分",
            "분",
            "phút",
            "menit",
            "minit",
            "मिनट",
            "মিনিট",
            "perc",
            "λεπτ",
            "דקות",
            "דקה",
            "นาที",
            "წუთ",
            "րոպե",
        ],
    ),
    (
        3600,
        &[
            "hour",
            "hr",
            "hrs",
            "h",
            "heure",
            "stund",
            "std",
            "hora",
            "ora",
            "ore",
            "uur",
            "uren",
            "timm",
            "timer",
            "time",
            "tunti",
            "godz",
            "hodin",
            "час",
            "годин",
            "гадзін",
            "сағат",
            "саат",
            "soat",
            "saat",
            "sagat",
            "ساعة",
            "ساعات",
            "ساعتين",
            "ساعت",
            "घंट",
            "ঘণ্টা",
            "小时",
            "小時",
            "時間",
            "시간",
            "giờ",
            "jam",
            "óra",
            "órá",
            "ώρ",
            "שעה",
            "שעות",
            "ชั่วโมง",
            "საათ",
            "ժամ",
            "sat",
        ],
    ),
    (
        86_400,
        &[
            "day",
            "jour",
            "tag",
            "día",
            "dia",
            "giorn",
            "dag",
            "päiv",
            "dni",
            "dzie",
            "день",
            "дня",
            "дней",
            "дні",
            "днів",
            "дзён",
            "дзень",
            "күн",
            "kun",
            "gün",
            "gun",
            "يوم",
            "أيام",
            "يومين",
            "روز",
            "दिन",
            "দিন",
            "天",
            "日",
            "일",
            "ngày",
            "hari",
            "nap",
            "ημέρ",
            "μέρ",
            "ימים",
            "יום",
            "วัน",
            "დღ",
            "օր",
            "zi",
            "zile",
            "дана",
            "dana",
        ],
    ),
    (
        604_800,
        &[
            "week",
            "semaine",
            "woche",
            "semana",
            "settiman",
            "weken",
            "veck",
            "uke",
            "uge",
            "tyg",
            "tydz",
            "týd",
            "недел",
            "тижн",
            "тижд",
            "тыдн",
            "апта",
            "hafta",
            "həftə",
            "أسبوع",
            "أسابيع",
            "هفته",
            "周",
            "週",
            "주",
            "tuần",
            "minggu",
            "hét",
            "εβδομάδ",
            "שבוע",
            "שבועות",
            "สัปดาห์",
            "կ",
            "săptăm",
        ],
    ),
    (1, &["sec", "сек", "sek", "saniye", "ثانية", "ثواني", "ثانیه", "秒", "초", "giây", "detik", "วินาที"]),
];

/// Reads "so long ago". `None` for anything else.
pub(super) fn read_ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LENGTH_LIMIT {
        return None;
    }
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty()).collect();
    let spaced = format!(" {} ", words.join(" "));
    let is_past = AGO.iter().any(|word| spaced.contains(&format!(" {word} "))) || AGO_INSIDE.iter().any(|part| text.contains(part));
    if !is_past {
        return None;
    }
    let (count, seconds) = span(&words)?;
    now.checked_sub(SignedDuration::from_secs(count.checked_mul(seconds)?)).ok()
}

/// Vowel signs and the like belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{64b}'..='\u{65f}')
}

/// The one number and its unit.
fn span(words: &[&str]) -> Option<(i64, i64)> {
    let mut found = None;
    for (place, word) in words.iter().enumerate() {
        let digits = word.chars().take_while(|c| digit(*c).is_some()).count();
        if digits == 0 {
            continue;
        }
        if found.is_some() {
            return None;
        }
        let count = word.chars().filter_map(digit).take(digits).fold(0i64, |sum, value| sum.saturating_mul(10).saturating_add(i64::from(value)));
        let rest: String = word.chars().skip(digits).collect();
        let unit = if rest.is_empty() { unit(words.get(place + 1)?)? } else { unit(&rest)? };
        found = Some((count, unit));
    }
    if let Some((count, unit)) = found {
        return (0..=COUNT_LIMIT).contains(&count).then_some((count, unit));
    }
    // "an hour ago", "vor einer Stunde"; «час назад», where the unit alone says one of it.
    let mut units = words.iter().enumerate().filter(|(_, word)| !ONE.contains(*word)).filter_map(|(place, word)| Some((place, unit(word)?)));
    let (place, seconds) = units.next()?;
    let is_one = units.next().is_none() && words.len() <= 3 + usize::from(place > 1);
    is_one.then(|| (if words.iter().any(|word| word.ends_with("ين") || word.ends_with("تين")) { 2 } else { 1 }, seconds))
}

/// The unit that a word names; its beginning decides, the longest counts.
fn unit(word: &str) -> Option<i64> {
    let names = UNITS.iter().flat_map(|(seconds, names)| names.iter().map(move |name| (*seconds, *name)));
    let fits = |name: &str| if name.chars().count() == 1 && name.is_ascii() { word == name } else { word.starts_with(name) };
    names.filter(|(_, name)| fits(name)).max_by_key(|(_, name)| name.len()).map(|(seconds, _)| seconds)
}

/// A digit of any script that pages write numbers in.
fn digit(c: char) -> Option<u32> {
    const ZEROS: [u32; 6] = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xff10];
    ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::read_ago;

    #[test]
    fn phrases_of_many_languages_are_read() {
        let now: Timestamp = "2026-11-03T12:00:00Z".parse().unwrap();
        for (text, expect) in [
            ("2 hours ago", "2026-11-03T10:00:00Z"),
            ("an hour ago", "2026-11-03T11:00:00Z"),
            ("Updated 15 min ago", "2026-11-03T11:45:00Z"),
            ("3h ago", "2026-11-03T09:00:00Z"),
            ("il y a 3 jours", "2026-10-31T12:00:00Z"),
            ("vor einer Stunde", "2026-11-03T11:00:00Z"),
            ("vor 2 Wochen", "2026-10-20T12:00:00Z"),
            ("hace 5 minutos", "2026-11-03T11:55:00Z"),
            ("há 2 dias", "2026-11-01T12:00:00Z"),
            ("3 часа назад", "2026-11-03T09:00:00Z"),
            ("час назад", "2026-11-03T11:00:00Z"),
            ("5 хвилин тому", "2026-11-03T11:55:00Z"),
            ("2 сағат бұрын", "2026-11-03T10:00:00Z"),
            ("2 saat önce", "2026-11-03T10:00:00Z"),
            ("منذ ٣ ساعات", "2026-11-03T09:00:00Z"),
            ("منذ يومين", "2026-11-01T12:00:00Z"),
            ("۲ ساعت پیش", "2026-11-03T10:00:00Z"),
            ("5分前", "2026-11-03T11:55:00Z"),
            ("2小时前", "2026-11-03T10:00:00Z"),
            ("3일 전", "2026-10-31T12:00:00Z"),
            ("2 giờ trước", "2026-11-03T10:00:00Z"),
            ("3 jam yang lalu", "2026-11-03T09:00:00Z"),
            ("2 godziny temu", "2026-11-03T10:00:00Z"),
            ("2 घंटे पहले", "2026-11-03T10:00:00Z"),
        ] {
            assert_eq!(read_ago(text, now), expect.parse().ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_phrase_is_none() {
        let now = Timestamp::UNIX_EPOCH;
        for text in ["", "2 hours", "in 2 hours", "3 of 5 hours ago", "4000 days ago", "long ago", "3 November 2026", "ago", "5 people ago"] {
            assert_eq!(read_ago(text, now), None, "{text}");
        }
    }
}
