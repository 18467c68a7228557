//! Character references of HTML.
//!
//! In: text with `&amp;`, `&#233;`, `&#xE9;`. Out: the characters. The named ones are those of HTML 4 and the letters of European languages
//! that HTML 5 adds (WHATWG HTML, named character references); a page's own parser knows the rest.

use std::borrow::Cow;

/// Longest name in the table and longest number worth reading.
const LONGEST: usize = 12;

/// Resolves character references. Unknown ones stay as they are; a lone `&` is a sign.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        let (before, from) = rest.split_at(place);
        out.push_str(before);
        if let Some((character, length)) = reference(from.get(1..).unwrap_or_default()) {
            out.push_str(&character);
            rest = from.get(1 + length..).unwrap_or_default();
        } else {
            out.push('&');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads the reference after a `&`: its characters and how many bytes it took, the semicolon included.
fn reference(after: &str) -> Option<(Cow<'static, str>, usize)> {
    if let Some(digits) = after.strip_prefix('#') {
        let (radix, digits, prefix) = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => (16, hex, 2),
            None => (10, digits, 1),
        };
        let length = digits.bytes().take(LONGEST).take_while(|digit| char::from(*digit).is_digit(radix)).count();
        let number = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
        let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
        return Some((Cow::Owned(character(number).to_string()), prefix + length + semicolon));
    }
    let length = after.bytes().take(LONGEST).take_while(u8::is_ascii_alphanumeric).count();
    if after.as_bytes().get(length) != Some(&b';') {
        return None;
    }
    let name = after.get(..length)?;
    let place = NAMED.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    NAMED.get(place).map(|(_, characters)| (Cow::Borrowed(*characters), length + 1))
}

/// The character of a number; browsers read 128 to 159 as Windows-1252, and what is no character as U+FFFD.
fn character(number: u32) -> char {
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—',
        '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let windows = number.checked_sub(128).and_then(|place| WINDOWS.get(place as usize)).copied();
    windows.or_else(|| char::from_u32(number).filter(|character| *character != '\0')).unwrap_or('\u{FFFD}')
}

/// Sorted by name.
#[rustfmt::skip]
const NAMED: &[(&str, &str)] = &[
    ("AElig", "Æ"), ("Aacute", "Á"), ("Abreve", "Ă"), ("Acirc", "Â"), ("Agrave", "À"), ("Alpha", "Α"), ("Amacr", "Ā"), ("Aogon", "Ą"),
    ("Aring", "Å"), ("Atilde", "Ã"), ("Auml", "Ä"), ("Beta", "Β"), ("Cacute", "Ć"), ("Ccaron", "Č"), ("Ccedil", "Ç"), ("Ccirc", "Ĉ"), ("Cdot", "Ċ"),
    ("Chi", "Χ"), ("Dagger", "\u{2021}"), ("Dcaron", "Ď"), ("Delta", "Δ"), ("Dstrok", "Đ"), ("ETH", "Ð"), ("Eacute", "É"), ("Ecaron", "Ě"),
    ("Ecirc", "Ê"), ("Edot", "Ė"), ("Egrave", "È"), ("Emacr", "Ē"), ("Eogon", "Ę"), ("Epsilon", "Ε"), ("Eta", "Η"), ("Euml", "Ë"), ("Gamma", "Γ"),
    ("Gbreve", "Ğ"), ("Gcirc", "Ĝ"), ("Gdot", "Ġ"), ("Hcirc", "Ĥ"), ("Hstrok", "Ħ"), ("Iacute", "Í"), ("Icirc", "Î"), ("Idot", "İ"),
    ("Igrave", "Ì"), ("Imacr", "Ī"), ("Iogon", "Į"), ("Iota", "Ι"), ("Itilde", "Ĩ"), ("Iuml", "Ï"), ("Jcirc", "Ĵ"), ("Kappa", "Κ"), ("Kcedil", "Ķ"),
    ("Lacute", "Ĺ"), ("Lambda", "Λ"), ("Lcaron", "Ľ"), ("Lcedil", "Ļ"), ("Lmidot", "Ŀ"), ("Lstrok", "Ł"), ("Mu", "Μ"), ("Nacute", "Ń"),
    ("Ncaron", "Ň"), ("Ncedil", "Ņ"), ("NewLine", "\u{A}"), ("Ntilde", "Ñ"), ("Nu", "Ν"), ("OElig", "Œ"), ("Oacute", "Ó"), ("Ocirc", "Ô"),
    ("Odblac", "Ő"), ("Ograve", "Ò"), ("Omacr", "Ō"), ("Omega", "Ω"), ("Omicron", "Ο"), ("Oslash", "Ø"), ("Otilde", "Õ"), ("Ouml", "Ö"),
    ("Phi", "Φ"), ("Pi", "Π"), ("Prime", "\u{2033}"), ("Psi", "Ψ"), ("Racute", "Ŕ"), ("Rcaron", "Ř"), ("Rcedil", "Ŗ"), ("Rho", "Ρ"),
    ("Sacute", "Ś"), ("Scaron", "Š"), ("Scedil", "Ş"), ("Scirc", "Ŝ"), ("Sigma", "Σ"), ("THORN", "Þ"), ("Tab", "\u{9}"), ("Tau", "Τ"),
    ("Tcaron", "Ť"), ("Tcedil", "Ţ"), ("Theta", "Θ"), ("Tstrok", "Ŧ"), ("Uacute", "Ú"), ("Ubreve", "Ŭ"), ("Ucirc", "Û"), ("Udblac", "Ű"),
    ("Ugrave", "Ù"), ("Umacr", "Ū"), ("Uogon", "Ų"), ("Upsilon", "Υ"), ("Uring", "Ů"), ("Utilde", "Ũ"), ("Uuml", "Ü"), ("Wcirc", "Ŵ"), ("Xi", "Ξ"),
    ("Yacute", "Ý"), ("Ycirc", "Ŷ"), ("Yuml", "Ÿ"), ("Zacute", "Ź"), ("Zcaron", "Ž"), ("Zdot", "Ż"), ("Zeta", "Ζ"), ("aacute", "á"),
    ("abreve", "ă"), ("acirc", "â"), ("acute", "\u{B4}"), ("aelig", "æ"), ("agrave", "à"), ("alefsym", "ℵ"), ("alpha", "α"), ("amacr", "ā"),
    ("amp", "&"), ("and", "\u{2227}"), ("ang", "\u{2220}"), ("aogon", "ą"), ("apos", "'"), ("aring", "å"), ("ast", "*"), ("asymp", "\u{2248}"),
    ("atilde", "ã"), ("auml", "ä"), ("bdquo", "\u{201E}"), ("beta", "β"), ("brvbar", "\u{A6}"), ("bsol", "\u{5C}"), ("bull", "\u{2022}"),
    ("cacute", "ć"), ("cap", "\u{2229}"), ("ccaron", "č"), ("ccedil", "ç"), ("ccirc", "ĉ"), ("cdot", "ċ"), ("cedil", "\u{B8}"), ("cent", "\u{A2}"),
    ("chi", "χ"), ("circ", "ˆ"), ("clubs", "\u{2663}"), ("colon", ":"), ("comma", ","), ("commat", "@"), ("cong", "\u{2245}"), ("copy", "\u{A9}"),
    ("crarr", "\u{21B5}"), ("cup", "\u{222A}"), ("curren", "\u{A4}"), ("dArr", "\u{21D3}"), ("dagger", "\u{2020}"), ("darr", "\u{2193}"),
    ("dash", "\u{2010}"), ("dcaron", "ď"), ("deg", "\u{B0}"), ("delta", "δ"), ("diams", "\u{2666}"), ("divide", "\u{F7}"), ("dollar", "$"),
    ("dstrok", "đ"), ("eacute", "é"), ("ecaron", "ě"), ("ecirc", "ê"), ("edot", "ė"), ("egrave", "è"), ("emacr", "ē"), ("empty", "\u{2205}"),
    ("emsp", "\u{2003}"), ("ensp", "\u{2002}"), ("eogon", "ę"), ("epsilon", "ε"), ("equals", "="), ("equiv", "\u{2261}"), ("eta", "η"),
    ("eth", "ð"), ("euml", "ë"), ("euro", "\u{20AC}"), ("excl", "!"), ("exist", "\u{2203}"), ("fnof", "ƒ"), ("forall", "\u{2200}"), ("frac12", "½"),
    ("frac14", "¼"), ("frac34", "¾"), ("frasl", "\u{2044}"), ("gamma", "γ"), ("gbreve", "ğ"), ("gcirc", "ĝ"), ("gdot", "ġ"), ("ge", "\u{2265}"),
    ("grave", "`"), ("gt", ">"), ("hArr", "\u{21D4}"), ("hairsp", "\u{200A}"), ("harr", "\u{2194}"), ("hcirc", "ĥ"), ("hearts", "\u{2665}"),
    ("hellip", "\u{2026}"), ("horbar", "\u{2015}"), ("hstrok", "ħ"), ("hyphen", "\u{2010}"), ("iacute", "í"), ("icirc", "î"), ("iexcl", "\u{A1}"),
    ("igrave", "ì"), ("imacr", "ī"), ("image", "ℑ"), ("imath", "ı"), ("infin", "\u{221E}"), ("inodot", "ı"), ("int", "\u{222B}"), ("iogon", "į"),
    ("iota", "ι"), ("iquest", "\u{BF}"), ("isin", "\u{2208}"), ("itilde", "ĩ"), ("iuml", "ï"), ("jcirc", "ĵ"), ("kappa", "κ"), ("kcedil", "ķ"),
    ("lArr", "\u{21D0}"), ("lacute", "ĺ"), ("lambda", "λ"), ("lang", "\u{2329}"), ("laquo", "\u{AB}"), ("larr", "\u{2190}"), ("lbrack", "["),
    ("lcaron", "ľ"), ("lcedil", "ļ"), ("lceil", "\u{2308}"), ("lcub", "{"), ("ldquo", "\u{201C}"), ("ldquor", "\u{201E}"), ("le", "\u{2264}"),
    ("lfloor", "\u{230A}"), ("lmidot", "ŀ"), ("lowast", "\u{2217}"), ("lowbar", "_"), ("loz", "\u{25CA}"), ("lpar", "("), ("lrm", "\u{200E}"),
    ("lsaquo", "\u{2039}"), ("lsqb", "["), ("lsquo", "\u{2018}"), ("lsquor", "\u{201A}"), ("lstrok", "ł"), ("lt", "<"), ("macr", "\u{AF}"),
    ("mdash", "\u{2014}"), ("micro", "µ"), ("middot", "\u{B7}"), ("minus", "\u{2212}"), ("mu", "μ"), ("nabla", "\u{2207}"), ("nacute", "ń"),
    ("nbsp", "\u{A0}"), ("ncaron", "ň"), ("ncedil", "ņ"), ("ndash", "\u{2013}"), ("ne", "\u{2260}"), ("ni", "\u{220B}"), ("not", "\u{AC}"),
    ("notin", "\u{2209}"), ("nsub", "\u{2284}"), ("ntilde", "ñ"), ("nu", "ν"), ("num", "#"), ("numsp", "\u{2007}"), ("oacute", "ó"), ("ocirc", "ô"),
    ("odblac", "ő"), ("oelig", "œ"), ("ograve", "ò"), ("oline", "\u{203E}"), ("omacr", "ō"), ("omega", "ω"), ("omicron", "ο"),
    ("oplus", "\u{2295}"), ("or", "\u{2228}"), ("ordf", "ª"), ("ordm", "º"), ("oslash", "ø"), ("otilde", "õ"), ("otimes", "\u{2297}"),
    ("ouml", "ö"), ("para", "\u{B6}"), ("part", "\u{2202}"), ("percnt", "%"), ("period", "."), ("permil", "\u{2030}"), ("perp", "\u{22A5}"),
    ("phi", "φ"), ("pi", "π"), ("piv", "ϖ"), ("plus", "+"), ("plusmn", "\u{B1}"), ("pound", "\u{A3}"), ("prime", "\u{2032}"), ("prod", "\u{220F}"),
    ("prop", "\u{221D}"), ("psi", "ψ"), ("puncsp", "\u{2008}"), ("quest", "?"), ("quot", "\u{22}"), ("rArr", "\u{21D2}"), ("racute", "ŕ"),
    ("radic", "\u{221A}"), ("rang", "\u{232A}"), ("raquo", "\u{BB}"), ("rarr", "\u{2192}"), ("rbrack", "]"), ("rcaron", "ř"), ("rcedil", "ŗ"),
    ("rceil", "\u{2309}"), ("rcub", "}"), ("rdquo", "\u{201D}"), ("real", "ℜ"), ("reg", "\u{AE}"), ("rfloor", "\u{230B}"), ("rho", "ρ"),
    ("rlm", "\u{200F}"), ("rpar", ")"), ("rsaquo", "\u{203A}"), ("rsqb", "]"), ("rsquo", "\u{2019}"), ("sacute", "ś"), ("sbquo", "\u{201A}"),
    ("scaron", "š"), ("scedil", "ş"), ("scirc", "ŝ"), ("sdot", "\u{22C5}"), ("sect", "\u{A7}"), ("semi", ";"), ("shy", "\u{AD}"), ("sigma", "σ"),
    ("sigmaf", "ς"), ("sim", "\u{223C}"), ("sol", "/"), ("spades", "\u{2660}"), ("sub", "\u{2282}"), ("sube", "\u{2286}"), ("sum", "\u{2211}"),
    ("sup", "\u{2283}"), ("sup1", "¹"), ("sup2", "²"), ("sup3", "³"), ("supe", "\u{2287}"), ("szlig", "ß"), ("tau", "τ"), ("tcaron", "ť"),
    ("tcedil", "ţ"), ("there4", "\u{2234}"), ("theta", "θ"), ("thetasym", "ϑ"), ("thinsp", "\u{2009}"), ("thorn", "þ"), ("tilde", "\u{2DC}"),
    ("times", "\u{D7}"), ("trade", "\u{2122}"), ("tstrok", "ŧ"), ("uArr", "\u{21D1}"), ("uacute", "ú"), ("uarr", "\u{2191}"), ("ubreve", "ŭ"),
    ("ucirc", "û"), ("udblac", "ű"), ("ugrave", "ù"), ("umacr", "ū"), ("uml", "\u{A8}"), ("uogon", "ų"), ("upsih", "ϒ"), ("upsilon", "υ"),
    ("uring", "ů"), ("utilde", "ũ"), ("uuml", "ü"), ("verbar", "|"), ("vert", "|"), ("wcirc", "ŵ"), ("weierp", "\u{2118}"), ("xi", "ξ"),
    ("yacute", "ý"), ("ycirc", "ŷ"), ("yen", "\u{A5}"), ("yuml", "ÿ"), ("zacute", "ź"), ("zcaron", "ž"), ("zdot", "ż"), ("zeta", "ζ"),
    ("zwj", "\u{200D}"), ("zwnj", "\u{200C}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMED.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn references_are_resolved_and_signs_stay() {
        for (text, expect) in [
            ("a &amp; b", "a & b"),
            ("&Scaron;&zcaron;&inodot;", "Šžı"),
            ("&#147;x&#148;", "“x”"),
            ("&#x1F600;&#128512", "\u{1F600}\u{1F600}"),
            ("R&D &; &# &#x; &amp", "R&D &; &# &#x; &amp"),
            ("&#99999999999;", "&#99999999999;"),
        ] {
            assert_eq!(unescape(text), expect);
        }
    }
}
