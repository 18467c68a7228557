//! English names of countries, languages and labels, for people; where none is known the code stands for itself.

use crate::config::Config;

/// Short names in common use, by ISO 3166-1 alpha-2 code.
const COUNTRIES: &str = "\
    AD Andorra|AE United Arab Emirates|AF Afghanistan|AG Antigua and Barbuda|AI Anguilla|AL Albania|AM Armenia|AO Angola|\
    AQ Antarctica|AR Argentina|AS American Samoa|AT Austria|AU Australia|AW Aruba|AX Åland|AZ Azerbaijan|BA Bosnia and Herzegovina|\
    BB Barbados|BD Bangladesh|BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BL Saint Barthélemy|BM Bermuda|\
    BN Brunei|BO Bolivia|BQ Caribbean Netherlands|BR Brazil|BS Bahamas|BT Bhutan|BV Bouvet Island|BW Botswana|BY Belarus|BZ Belize|\
    CA Canada|CC Cocos Islands|CD DR Congo|CF Central African Republic|CG Congo|CH Switzerland|CI Côte d’Ivoire|CK Cook Islands|\
    CL Chile|CM Cameroon|CN China|CO Colombia|CR Costa Rica|CU Cuba|CV Cabo Verde|CW Curaçao|CX Christmas Island|CY Cyprus|CZ Czechia|\
    DE Germany|DJ Djibouti|DK Denmark|DM Dominica|DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|EH Western Sahara|\
    ER Eritrea|ES Spain|ET Ethiopia|FI Finland|FJ Fiji|FK Falkland Islands|FM Micronesia|FO Faroe Islands|FR France|GA Gabon|\
    GB United Kingdom|GD Grenada|GE Georgia|GF French Guiana|GG Guernsey|GH Ghana|GI Gibraltar|GL Greenland|GM Gambia|GN Guinea|\
    GP Guadeloupe|GQ Equatorial Guinea|GR Greece|GS South Georgia|GT Guatemala|GU Guam|GW Guinea-Bissau|GY Guyana|HK Hong Kong|\
    HM Heard and McDonald Islands|HN Honduras|HR Croatia|HT Haiti|HU Hungary|ID Indonesia|IE Ireland|IL Israel|IM Isle of Man|\
    IN India|IO British Indian Ocean Territory|IQ Iraq|IR Iran|IS Iceland|IT Italy|JE Jersey|JM Jamaica|JO Jordan|JP Japan|KE Kenya|\
    KG Kyrgyzstan|KH Cambodia|KI Kiribati|KM Comoros|KN Saint Kitts and Nevis|KP North Korea|KR South Korea|KW Kuwait|\
    KY Cayman Islands|KZ Kazakhstan|LA Laos|LB Lebanon|LC Saint Lucia|LI Liechtenstein|LK Sri Lanka|LR Liberia|LS Lesotho|\
    LT Lithuania|LU Luxembourg|LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova|ME Montenegro|MF Saint Martin|MG Madagascar|\
    MH Marshall Islands|MK North Macedonia|ML Mali|MM Myanmar|MN Mongolia|MO Macao|MP Northern Mariana Islands|MQ Martinique|\
    MR Mauritania|MS Montserrat|MT Malta|MU Mauritius|MV Maldives|MW Malawi|MX Mexico|MY Malaysia|MZ Mozambique|NA Namibia|\
    NC New Caledonia|NE Niger|NF Norfolk Island|NG Nigeria|NI Nicaragua|NL Netherlands|NO Norway|NP Nepal|NR Nauru|NU Niue|\
    NZ New Zealand|OM Oman|PA Panama|PE Peru|PF French Polynesia|PG Papua New Guinea|PH Philippines|PK Pakistan|PL Poland|\
    PM Saint Pierre and Miquelon|PN Pitcairn|PR Puerto Rico|PS Palestine|PT Portugal|PW Palau|PY Paraguay|QA Qatar|RE Réunion|\
    RO Romania|RS Serbia|RU Russia|RW Rwanda|SA Saudi Arabia|SB Solomon Islands|SC Seychelles|SD Sudan|SE Sweden|SG Singapore|\
    SH Saint Helena|SI Slovenia|SJ Svalbard|SK Slovakia|SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia|SR Suriname|\
    SS South Sudan|ST São Tomé and Príncipe|SV El Salvador|SX Sint Maarten|SY Syria|SZ Eswatini|TC Turks and Caicos Islands|TD Chad|\
    TF French Southern Territories|TG Togo|TH Thailand|TJ Tajikistan|TK Tokelau|TL Timor-Leste|TM Turkmenistan|TN Tunisia|TO Tonga|\
    TR Türkiye|TT Trinidad and Tobago|TV Tuvalu|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|UM US Minor Outlying Islands|\
    US United States|UY Uruguay|UZ Uzbekistan|VA Vatican|VC Saint Vincent and the Grenadines|VE Venezuela|VG British Virgin Islands|\
    VI US Virgin Islands|VN Vietnam|VU Vanuatu|WF Wallis and Futuna|WS Samoa|XK Kosovo|YE Yemen|YT Mayotte|ZA South Africa|ZM Zambia|\
    ZW Zimbabwe";

/// By ISO 639 code: the languages that news is gathered in.
const LANGUAGES: &str = "\
    af Afrikaans|am Amharic|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|bo Tibetan|bs Bosnian|ca Catalan|\
    ckb Central Kurdish|cs Czech|cy Welsh|da Danish|de German|dv Dhivehi|el Greek|en English|es Spanish|et Estonian|eu Basque|\
    fa Persian|fi Finnish|fil Filipino|fr French|ga Irish|gl Galician|gu Gujarati|ha Hausa|he Hebrew|hi Hindi|hr Croatian|\
    ht Haitian Creole|hu Hungarian|hy Armenian|id Indonesian|ig Igbo|is Icelandic|it Italian|ja Japanese|jv Javanese|ka Georgian|\
    kk Kazakh|km Khmer|kn Kannada|ko Korean|ku Kurdish|kmr Northern Kurdish|ky Kyrgyz|lo Lao|lt Lithuanian|lv Latvian|mg Malagasy|\
    mk Macedonian|ml Malayalam|mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|nb Norwegian Bokmål|ne Nepali|nl Dutch|\
    nn Norwegian Nynorsk|no Norwegian|om Oromo|or Odia|pa Punjabi|pl Polish|ps Pashto|pt Portuguese|rn Rundi|ro Romanian|ru Russian|\
    rw Kinyarwanda|sd Sindhi|si Sinhala|sk Slovak|sl Slovenian|sn Shona|so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|\
    ta Tamil|te Telugu|tet Tetum|tg Tajik|th Thai|ti Tigrinya|tk Turkmen|tl Tagalog|tr Turkish|tt Tatar|ug Uyghur|uk Ukrainian|\
    und undetermined|ur Urdu|uz Uzbek|vi Vietnamese|wo Wolof|xh Xhosa|yo Yoruba|zh Chinese|zu Zulu";

/// `Kazakhstan (KZ)`: the code stays in sight, because filters and configuration are written with it.
pub fn country(code: &str) -> String {
    match lookup(COUNTRIES, code) {
        Some(name) => format!("{name} ({code})"),
        None => code.to_owned(),
    }
}

/// `Kazakh (kk)`
pub fn language(code: &str) -> String {
    match lookup(LANGUAGES, code) {
        Some(name) => format!("{name} ({code})"),
        None => code.to_owned(),
    }
}

/// The label that topics.toml gives, else the id in words.
pub fn label(config: &Config, id: &str) -> String {
    let known = config.topics.topics.iter().chain(&config.topics.actors).find(|known| known.id == id);
    known.map_or_else(|| id.replace('_', " "), |known| known.label.clone())
}

fn lookup(table: &'static str, code: &str) -> Option<&'static str> {
    table.split('|').find_map(|entry| entry.strip_prefix(code)?.strip_prefix(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_named_and_unknown_ones_stand_for_themselves() {
        let check = |name: String, expect: &str| assert_eq!(name, expect);
        check(country("AD"), "Andorra (AD)");
        check(country("KZ"), "Kazakhstan (KZ)");
        check(country("ZW"), "Zimbabwe (ZW)");
        check(country("ZZ"), "ZZ");
        check(language("kk"), "Kazakh (kk)");
        check(language("ckb"), "Central Kurdish (ckb)");
        check(language("qqq"), "qqq");
    }

    #[test]
    fn every_name_stands_beside_a_code() {
        for entry in COUNTRIES.split('|') {
            let (code, name) = entry.split_once(' ').unwrap();
            assert!(crate::config::codes::country(code).is_ok() && !name.is_empty(), "{entry:?}");
        }
        for entry in LANGUAGES.split('|') {
            let (code, name) = entry.split_once(' ').unwrap();
            assert!((2..=3).contains(&code.len()) && !name.is_empty(), "{entry:?}");
        }
    }
}
