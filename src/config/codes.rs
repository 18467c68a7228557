//! Which country and language codes are assigned, and what people write in their place.
//!
//! Sources: ISO 3166-1 alpha-2 as of 2024 with the user-assigned XK; ISO 639-1 in full. Three-letter languages pass by form alone.

use crate::model::{CountryCode, Language};

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ \
    NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ \
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu \
    fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky \
    la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw \
    sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Country codes that people write for others, with what they mean.
const COUNTRY_HINTS: [(&str, &str); 6] = [
    ("UK", "the United Kingdom is \"GB\""),
    ("INT", "leave the country out for an international source"),
    ("EU", "leave the country out for an international source"),
    ("EL", "Greece is \"GR\""),
    ("KO", "the Koreas are \"KR\" and \"KP\", Kosovo is \"XK\""),
    ("YU", "Serbia is \"RS\""),
];

/// Country codes that people write for languages, with what they mean.
const LANGUAGE_HINTS: [(&str, &str); 11] = [
    ("kz", "Kazakh is \"kk\""),
    ("ua", "Ukrainian is \"uk\""),
    ("by", "Belarusian is \"be\""),
    ("cn", "Chinese is \"zh\""),
    ("jp", "Japanese is \"ja\""),
    ("kp", "Korean is \"ko\""),
    ("ge", "Georgian is \"ka\""),
    ("cz", "Czech is \"cs\""),
    ("gr", "Greek is \"el\""),
    ("ir", "Persian is \"fa\""),
    ("vn", "Vietnamese is \"vi\""),
];

/// Reads an assigned country code; the error is what to do instead, where that is known.
pub fn country(text: &str) -> Result<CountryCode, Option<String>> {
    let upper = text.to_uppercase();
    match CountryCode::parse(text) {
        Some(code) if COUNTRIES.split_whitespace().any(|known| known == code.as_str()) => Ok(code),
        _ => Err(hint(&COUNTRY_HINTS, &upper)),
    }
}

/// Reads a language tag whose primary subtag is assigned; the error is what to do instead, where that is known.
pub fn language(text: &str) -> Result<Language, Option<String>> {
    match Language::parse(text) {
        Some(language) if language.as_str().len() == 3 || LANGUAGES.split_whitespace().any(|known| known == language.as_str()) => Ok(language),
        _ => Err(hint(&LANGUAGE_HINTS, &text.to_lowercase())),
    }
}

fn hint(table: &[(&str, &str)], given: &str) -> Option<String> {
    // Two letters are near to dozens of other codes: no guess by spelling.
    table.iter().chain(&NAMES).find(|(wrong, _)| *wrong == given).map(|(_, right)| (*right).to_owned())
}

/// Names that people write out for the codes that this field meets most.
const NAMES: [(&str, &str); 14] = [
    ("english", "English is \"en\""),
    ("russian", "Russian is \"ru\""),
    ("kazakh", "Kazakh is \"kk\""),
    ("turkish", "Turkish is \"tr\""),
    ("arabic", "Arabic is \"ar\""),
    ("persian", "Persian is \"fa\""),
    ("spanish", "Spanish is \"es\""),
    ("chinese", "Chinese is \"zh\""),
    ("KAZAKHSTAN", "Kazakhstan is \"KZ\""),
    ("RUSSIA", "Russia is \"RU\""),
    ("BELARUS", "Belarus is \"BY\""),
    ("TURKEY", "Turkey is \"TR\""),
    ("IRAN", "Iran is \"IR\""),
    ("CHINA", "China is \"CN\""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assigned_codes_pass_and_frequent_mistakes_get_a_hint() {
        assert!(country("kz").is_ok_and(|code| code.as_str() == "KZ"));
        assert!(country("XK").is_ok());
        assert_eq!(country("UK"), Err(Some("the United Kingdom is \"GB\"".to_owned())));
        assert_eq!(country("INT").unwrap_err().as_deref(), Some("leave the country out for an international source"));
        assert_eq!(country("ZZ"), Err(None));
        assert!(language("pt-BR").is_ok_and(|language| language.as_str() == "pt"));
        assert!(language("ckb").is_ok());
        assert_eq!(language("kz"), Err(Some("Kazakh is \"kk\"".to_owned())));
        assert_eq!(language("Russian").unwrap_err().as_deref(), Some("Russian is \"ru\""));
    }

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(COUNTRIES.split_whitespace().count(), 250, "249 assigned codes and XK");
        assert_eq!(LANGUAGES.split_whitespace().count(), 184, "183 codes and sh, which feeds still declare");
    }
}
