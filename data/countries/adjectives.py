"""Adjectives of countries in many languages, from the names of currencies (npm cldr-numbers-full): "turecká lira" tells cs "turecký"."""
import collections, json
from pathlib import Path

from fold import key

# Currencies, past ones too, that one country alone has or had.
CURRENCIES = dict(pair.split(":") for pair in """AFN:AF ALL:AL AMD:AM AOA:AO ARS:AR ATS:AT AUD:AU AZN:AZ BAM:BA BDT:BD BEF:BE BGN:BG BHD:BH BIF:BI BND:BN
BOB:BO BRL:BR BTN:BT BWP:BW BYN:BY CAD:CA CHF:CH CLP:CL CNY:CN COP:CO CRC:CR CUP:CU CVE:CV CYP:CY CZK:CZ DEM:DE DJF:DJ DKK:DK DOP:DO DZD:DZ EEK:EE
EGP:EG ERN:ER ESP:ES ETB:ET FIM:FI FJD:FJ FRF:FR GBP:GB GEL:GE GHS:GH GMD:GM GRD:GR GTQ:GT GYD:GY HNL:HN HRK:HR HTG:HT HUF:HU IDR:ID IEP:IE ILS:IL
INR:IN IQD:IQ IRR:IR ISK:IS ITL:IT JMD:JM JOD:JO JPY:JP KES:KE KGS:KG KHR:KH KMF:KM KWD:KW KZT:KZ LAK:LA LBP:LB LKR:LK LRD:LR LTL:LT LUF:LU LVL:LV
LYD:LY MAD:MA MDL:MD MGA:MG MKD:MK MMK:MM MNT:MN MRU:MR MTL:MT MUR:MU MVR:MV MWK:MW MXN:MX MYR:MY MZN:MZ NAD:NA NGN:NG NIO:NI NLG:NL NOK:NO NPR:NP
NZD:NZ OMR:OM PAB:PA PEN:PE PHP:PH PKR:PK PLN:PL PTE:PT PYG:PY QAR:QA RON:RO RSD:RS RUB:RU RWF:RW SAR:SA SDG:SD SEK:SE SGD:SG SIT:SI SKK:SK SLE:SL
SOS:SO SYP:SY THB:TH TJS:TJ TMT:TM TND:TN TRY:TR TWD:TW TZS:TZ UAH:UA UGX:UG USD:US UYU:UY UZS:UZ VES:VE VND:VN YER:YE ZAR:ZA ZMW:ZM""".split())
# Words for currencies and their age.
NOT_ADJECTIVES = 3


def masculine(token, endings, base):
    for ending in endings:
        if token.endswith(ending):
            return token[: -len(ending)] + base
    return None


def all_forms(token, language):
    """The forms of an adjective that the endings in endings.txt do not bring back to one another."""
    if language == "ru":
        for stem in ("ск", "цк"):
            base = masculine(token, [stem + end for end in ("ий", "ая", "ое", "ие")], stem + "ий")
            if base:
                return [base]
        return []
    slavic = {"uk": (("ськ", "зьк", "цьк"), ("ий", "а", "е"), "ий"), "be": (("ск", "цк"), ("і", "ая", "ае", "ія"), "і"), "bg": (("ск", "шк"), ("и", "а", "о"), "и"),
              "mk": (("ск", "шк"), ("и", "а", "о"), "и"), "sr": (("ск", "шк", "чк"), ("и", "а", "о"), "и"), "bs": (("sk", "šk", "čk"), ("i", "a", "o"), "i"),
              "hr": (("sk", "šk", "čk"), ("i", "a", "o"), "i"), "sl": (("sk", "šk"), ("i", "a", "o"), "i"), "pl": (("sk", "ck"), ("i", "a", "ie"), "i"),
              "cs": (("sk", "ck"), ("ý", "á", "é"), "ý"), "sk": (("sk", "ck"), ("ý", "á", "é", "y", "a"), "ý")}
    if language in slavic:
        stems, ends, end = slavic[language]
        return [base for stem in stems if (base := masculine(token, [stem + e for e in ends], stem + end))][:1]
    if language == "de":
        stem = masculine(token, ("ischer", "ische", "isches", "isch"), "isch")
        return [stem + end for end in ("", "e", "er", "es", "en", "em")] if stem else []
    if language in ("es", "pt", "gl", "ca"):
        for ending, forms in (("ense", ("ense", "enses")), ("és", ("és", "esa", "eses", "esas")), ("ês", ("ês", "esa", "eses", "esas")), ("esa", ("és", "ês", "esa", "eses", "esas")),
                              ("eño", ("eño", "eña", "eños", "eñas")), ("eña", ("eño", "eña", "eños", "eñas")), ("í", ("í", "íes", "ís")), ("o", ("o", "a", "os", "as")), ("a", ("o", "a", "os", "as"))):
            if token.endswith(ending):
                return [token[: -len(ending)] + form for form in forms]
        return [token]
    if language == "it":
        for ending, forms in (("ese", ("ese", "esi")), ("o", ("o", "a", "i", "e")), ("a", ("o", "a", "i", "e"))):
            if token.endswith(ending):
                return [token[: -len(ending)] + form for form in forms]
        return [token]
    if language == "fr":
        for ending, forms in (("ienne", ("ien", "ienne", "iens", "iennes")), ("ien", ("ien", "ienne", "iens", "iennes")), ("aise", ("ais", "aise", "aises")), ("ais", ("ais", "aise", "aises")),
                              ("oise", ("ois", "oise", "oises")), ("ois", ("ois", "oise", "oises")), ("aine", ("ain", "aine", "ains", "aines")), ("ain", ("ain", "aine", "ains", "aines"))):
            if token.endswith(ending):
                return [token[: -len(ending)] + form for form in forms]
        return [token, token + "s"]
    if language in ("sv", "da", "no"):
        stem = masculine(token, ("iskt", "iska", "isk", "iske"), "isk") or masculine(token, ("skt", "ska", "sk", "ske"), "sk")
        return [stem + end for end in ("", "a", "t", "e", "as", "es")] if stem else []
    if language == "nl":
        stem = masculine(token, ("se", "s"), "s")
        return [stem, stem + "e"] if stem else []
    if language == "ar":
        return [masculine(token, ("يه",), "ي") or token] if token.endswith(("ي", "يه")) else []
    if language == "he":
        return [token[:-1], token, token[:-1] + "ים", token + "ות"] if token.endswith("ית") else [token, token + "ת", token + "ים"] if token.endswith("י") else []
    if language == "ro":
        return [token] + [masculine(token, ("ă",), "") or token, token + "i", token + "e"]
    if language in ("hu", "hi", "bn", "ka", "hy", "eu", "sq", "ta", "te", "ml", "mr", "ne", "pa", "gu", "kn", "id"):
        return [token]
    return []


def adjectives(folder, names):
    """(form, country, language) for each language; `names` are the names of each (language, country).

    Names of several words tell nothing: "africain" is not South African.
    """
    for path in sorted((Path(folder) / "main").glob("*/currencies.json")):
        language = {"nb": "no", "nn": "no"}.get(path.parent.name.split("-")[0], path.parent.name.split("-")[0])
        found = json.loads(path.read_text(encoding="utf-8"))["main"][path.parent.name]["numbers"]["currencies"]
        tokens, counts = {}, collections.Counter()
        for currency, country in CURRENCIES.items():
            forms = [value for field, value in found.get(currency, {}).items() if field.startswith("displayName")]
            tokens[country] = {word for form in forms for word in key(form.split("(")[0]).split(" ") if len(word) > 3}
            counts.update(tokens[country])
        for country, words in tokens.items():
            own = names.get((language, country), set())
            for token in words:
                near = any(token[:3] == word[:3] for word in own if len(word) > 3 and " " not in word) or any(token[-4:] and token[1:4] == word[1:4] for word in own if len(word) > 4 and language == "ar")
                if counts[token] < NOT_ADJECTIVES and near and token not in own:
                    for form in all_forms(token, language):
                        if form not in own and len(form) > 3:
                            yield form, country, language
