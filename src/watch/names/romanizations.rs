//! How romanization systems write letters: each letter or group with its choices, separated by bars, the commonest first.
//!
//! Keys: `^x` at the beginning of a word, `x$` at its end, `Vx` after a vowel, `VxV` between vowels. Values are folded. Sources: BGN/PCGN and ICAO Doc 9303
//! for English, ISO 9:1995 for SCHOLARLY, the press's own rules for German, French and Polish, the Ukrainian cabinet's resolution 55 (2010), ELOT 743 for Greek.

/// One system.
pub type Table = &'static [(&'static str, &'static str)];

/// Letters that all systems write alike, or nearly.
#[rustfmt::skip]
pub const COMMON: Table = &[
    ("а", "a"), ("б", "b"), ("в", "v"), ("г", "g"), ("ґ", "g"), ("д", "d"), ("е", "e"), ("з", "z"), ("и", "i"), ("к", "k"), ("л", "l"),
    ("м", "m"), ("н", "n"), ("о", "o"), ("п", "p"), ("р", "r"), ("с", "s"), ("т", "t"), ("у", "u"), ("ф", "f"), ("ъ", ""), ("ь", ""), ("ы", "y"),
    ("э", "e"), ("і", "i"), ("ў", "u"), ("ә", "a"), ("ғ", "g|gh"), ("қ", "q|k"), ("ң", "n|ng"), ("ө", "o"), ("ұ", "u"), ("ү", "u"), ("һ", "h"),
    ("ҳ", "h"), ("ҷ", "j"), ("ӣ", "i"), ("ӯ", "u"), ("ј", "j"), ("љ", "lj"), ("њ", "nj"), ("ћ", "c"), ("ђ", "dj|d"), ("џ", "dz"), ("ѓ", "gj"),
    ("ќ", "kj"), ("ѕ", "dz"),
];
#[rustfmt::skip]
pub const ENGLISH: Table = &[
    ("кс", "x|ks"), ("ий$", "y|iy|ii|i|ij"), ("ый$", "y|yy|yi|iy"), ("ж", "zh"), ("й", "y|i"), ("х", "kh"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"),
    ("щ", "shch"), ("ю", "yu|iu"), ("я", "ya|ia"), ("ё", "yo|e|io|o"), ("^е", "ye|e"), ("Vе", "ye|e"), ("ьe", "ye|e"),
];
#[rustfmt::skip]
pub const ENGLISH_TURKIC: Table = &[
    ("ий$", "y|iy|i"), ("ж", "j|zh"), ("й", "y|i"), ("х", "kh|h"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("щ", "shch"), ("ю", "yu"), ("я", "ya"),
    ("ё", "yo"), ("Vе", "ye|e"), ("^е", "ye|e"), ("у", "u|w"),
];
#[rustfmt::skip]
pub const SCHOLARLY: Table = &[
    ("ий$", "ij|yj|y|ii"), ("ж", "z"), ("й", "j"), ("х", "h|ch|x"), ("ц", "c"), ("ч", "c"), ("ш", "s"), ("щ", "sc|s"), ("ю", "ju|u"),
    ("я", "ja|a"), ("ё", "e|o|jo"), ("Vе", "e|je"), ("^е", "e|je"),
];
#[rustfmt::skip]
pub const GERMAN: Table = &[
    ("кс", "x|ks"), ("ий$", "i|ij|y"), ("ый$", "y|yj"), ("в", "w"), ("ж", "sch|sh"), ("з", "s"), ("й", "i|j"), ("х", "ch"), ("ц", "z"),
    ("ч", "tsch"), ("ш", "sch"), ("щ", "schtsch"), ("ю", "ju"), ("я", "ja"), ("ё", "jo|o"), ("^е", "je|e"), ("Vе", "je|e"), ("VсV", "ss|s"),
];
#[rustfmt::skip]
pub const FRENCH: Table = &[
    ("кс", "x"), ("ий$", "i|y|ii"), ("ый$", "y|yi"), ("ж", "j"), ("й", "i|y"), ("х", "kh"), ("ц", "ts"), ("ч", "tch"), ("ш", "ch"),
    ("щ", "chtch"), ("ю", "iou|you"), ("я", "ia|ya"), ("ё", "io|e|yo"), ("у", "ou"), ("^е", "ie|e"), ("Vе", "ie|e|ye"), ("VсV", "ss|s"),
    ("ин$", "ine|in"), ("в$", "v|ff"), ("ү", "ou|u"), ("ұ", "ou|u"),
];
#[rustfmt::skip]
pub const POLISH: Table = &[
    ("ий$", "i|ij|y"), ("в", "w"), ("ж", "z"), ("й", "j"), ("х", "ch"), ("ц", "c"), ("ч", "cz"), ("ш", "sz"), ("щ", "szcz"), ("ю", "iu|ju"),
    ("я", "ia|ja"), ("ё", "io|jo"), ("^е", "je|e"), ("Vе", "je|e"), ("е", "ie|e"),
];
#[rustfmt::skip]
pub const UKRAINIAN: Table = &[
    ("зг", "zgh"), ("ий$", "yi|yj|y|yy"), ("г", "h"), ("и", "y"), ("ї", "i|yi"), ("є", "ie|ye"), ("й", "i|y"), ("ж", "zh"), ("х", "kh"),
    ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("щ", "shch"), ("ю", "iu|yu"), ("я", "ia|ya"),
];
#[rustfmt::skip]
pub const UKRAINIAN_SCHOLARLY: Table = &[
    ("г", "h"), ("и", "y"), ("ї", "ji|i"), ("є", "je"), ("й", "j"), ("ж", "z"), ("х", "ch"), ("ц", "c"), ("ч", "c"), ("ш", "s"), ("щ", "sc"),
    ("ю", "ju"), ("я", "ja"),
];
#[rustfmt::skip]
pub const UKRAINIAN_GERMAN: Table = &[
    ("в", "w"), ("з", "s"), ("г", "h"), ("и", "y"), ("ї", "ji"), ("є", "je"), ("й", "j"), ("ж", "sch"), ("х", "ch"), ("ц", "z"), ("ч", "tsch"),
    ("ш", "sch"), ("щ", "schtsch"), ("ю", "ju"), ("я", "ja"),
];
#[rustfmt::skip]
pub const UKRAINIAN_FRENCH: Table = &[
    ("г", "h"), ("и", "y"), ("ї", "i"), ("є", "ie"), ("й", "i"), ("ж", "j"), ("х", "kh"), ("ц", "ts"), ("ч", "tch"), ("ш", "ch"), ("щ", "chtch"),
    ("ю", "iou"), ("я", "ia"), ("у", "ou"),
];
#[rustfmt::skip]
pub const UKRAINIAN_POLISH: Table = &[
    ("в", "w"), ("г", "h"), ("и", "y"), ("ї", "ji"), ("є", "je|ie"), ("й", "j"), ("ж", "z"), ("х", "ch"), ("ц", "c"), ("ч", "cz"), ("ш", "sz"),
    ("щ", "szcz"), ("ю", "iu|ju"), ("я", "ia|ja"),
];
#[rustfmt::skip]
pub const BELARUSIAN: Table = &[
    ("г", "h"), ("ў", "u|w"), ("й", "i|j|y"), ("ж", "zh|z"), ("х", "kh|ch"), ("ц", "ts|c"), ("ч", "ch|c"), ("ш", "sh|s"), ("ю", "iu|yu|ju"),
    ("я", "ia|ya|ja"), ("ё", "io|yo|jo"), ("е", "e|ie"), ("^е", "ye|e|je"), ("Vе", "ie|ye|je"),
];
#[rustfmt::skip]
pub const SERBIAN: Table = &[
    ("ж", "z"), ("х", "h"), ("ц", "c"), ("ч", "c"), ("ш", "s"), ("ћ", "c|ch"), ("ђ", "dj|d"), ("џ", "dz"),
];
#[rustfmt::skip]
pub const BULGARIAN: Table = &[
    ("ия$", "ia|iya"), ("ъ", "a|u"), ("щ", "sht"), ("ж", "zh"), ("й", "y|i"), ("х", "h|kh"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("ю", "yu"),
    ("я", "ya"), ("ь", "y"),
];
#[rustfmt::skip]
pub const KAZAKH_2021: Table = &[
    ("ж", "j"), ("й", "i"), ("х", "h"), ("ц", "ts"), ("ч", "ch"), ("ш", "s"), ("щ", "shch"), ("ю", "iu"), ("я", "ia"), ("ё", "io"), ("у", "u|w"),
    ("ғ", "g"), ("қ", "q"), ("ң", "n"),
];
#[rustfmt::skip]
pub const GREEK: Table = &[
    ("αυ", "av|af|au"), ("ευ", "ev|ef|eu"), ("ου", "ou|u"), ("αι", "ai|e"), ("ει", "ei|i"), ("οι", "oi|i"), ("γγ", "ng"), ("γκ", "gk|g"),
    ("^μπ", "b|mp"), ("μπ", "mp|b"), ("^ντ", "d|nt"), ("ντ", "nt|d"), ("τσ", "ts"), ("α", "a"), ("β", "v"), ("γ", "g"), ("δ", "d"), ("ε", "e"),
    ("ζ", "z"), ("η", "i"), ("θ", "th"), ("ι", "i"), ("κ", "k"), ("λ", "l"), ("μ", "m"), ("ν", "n"), ("ξ", "x"), ("ο", "o"), ("π", "p"),
    ("ρ", "r"), ("σ", "s"), ("τ", "t"), ("υ", "y|i"), ("φ", "f|ph"), ("χ", "ch|h"), ("ψ", "ps"), ("ω", "o"),
];
#[rustfmt::skip]
pub const ARMENIAN: Table = &[
    ("ու", "u|ou"), ("եւ", "ev"), ("ա", "a"), ("բ", "b"), ("գ", "g"), ("դ", "d"), ("^ե", "ye|e"), ("ե", "e"), ("զ", "z"), ("է", "e"), ("ը", "y"),
    ("թ", "t"), ("ժ", "zh"), ("ի", "i"), ("լ", "l"), ("խ", "kh"), ("ծ", "ts"), ("կ", "k"), ("հ", "h"), ("ձ", "dz"), ("ղ", "gh"), ("ճ", "ch|tch"),
    ("մ", "m"), ("յ", "y"), ("ն", "n"), ("շ", "sh"), ("^ո", "vo|o"), ("ո", "o"), ("չ", "ch"), ("պ", "p"), ("ջ", "j|dj"), ("ռ", "r"), ("ս", "s"),
    ("վ", "v"), ("տ", "t"), ("ր", "r"), ("ց", "ts"), ("ւ", "v"), ("փ", "p"), ("ք", "k"), ("օ", "o"), ("ֆ", "f"),
];
#[rustfmt::skip]
pub const GEORGIAN: Table = &[
    ("ა", "a"), ("ბ", "b"), ("გ", "g"), ("დ", "d"), ("ე", "e"), ("ვ", "v"), ("ზ", "z"), ("თ", "t"), ("ი", "i"), ("კ", "k"), ("ლ", "l"),
    ("მ", "m"), ("ნ", "n"), ("ო", "o"), ("პ", "p"), ("ჟ", "zh"), ("რ", "r"), ("ს", "s"), ("ტ", "t"), ("უ", "u"), ("ფ", "p"), ("ქ", "k"),
    ("ღ", "gh"), ("ყ", "q"), ("შ", "sh"), ("ჩ", "ch"), ("ც", "ts"), ("ძ", "dz"), ("წ", "ts"), ("ჭ", "ch"), ("ხ", "kh"), ("ჯ", "j"), ("ჰ", "h"),
];
