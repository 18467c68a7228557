#!/usr/bin/env python3
"""Writes names.tsv from CLDR (npm cldr-localenames-full, cldr-subdivisions-full, cldr-numbers-full) and from the word lists in words/.

    generate.py CLDR_LOCALENAMES_FOLDER CLDR_SUBDIVISIONS_FOLDER CLDR_NUMBERS_FOLDER

A line of names.tsv: key, kind (N name, X exact letters, S a name that is a word too, A adjective or people,
I institution, J the same without a capital, P region shortened after a comma, Z phrase that means no country), country, languages parted by commas ("*": any).
The lines are sorted by first word, so that all names with one first word stand together.
"""
import json, re, sys
from pathlib import Path

from adjectives import adjectives
from fold import key, script, without_accents

HERE = Path(__file__).resolve().parent
LANGUAGES = set("""af am ar as ast az be bg bn bs ca ckb cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr hu hy id ig is it ja ka kk km
kn ko ku ky lb lg ln lo lt lv mg mk ml mn mr ms mt my nb ne nl nn no om or pa pl ps pt rn ro ru rw sd si sk sl sn so sq sr sv sw ta te tg th ti tk
tr tt ug uk ur uz vi wo xh yo zh zu""".split())
NO_COUNTRY = {"AC", "AQ", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ", "BV", "HM", "TF", "IO", "UM", "GS", "CC", "CX", "NF", "SJ"}
# Names that are words, other names or parts of countries where they stand alone.
REFUSED = {"de": {"man"}, "*": {"caribbean netherlands", "republic", "république", "republik", "república", "repubblica", "republiek"}}
# A language's own spelling of a name that is a common word there; matched by words/ or not at all.
# What stands in brackets after these is China, a republic, or a capital that has a line of its own.
NOT_INNER = {"HK", "MO", "CD", "CG"}
# Parts of the world that contain a country's name: South America, Latin America, South Georgia.
WORLD = {"003", "005", "013", "018", "019", "021", "029", "419", "011", "014", "015", "017", "202", "GS", "IO", "TF"}
# Named after saints, as many people, churches and hospitals are.
SAINTS = {"MF", "BL"}
LEAST = {"LATIN": 4, "CYRILLIC": 3, "GREEK": 4, "ARMENIAN": 4, "HAN": 2, "HANGUL": 2, "ETHIOPIC": 2, "ARABIC": 3, "HEBREW": 3}


def long_enough(word, language):
    least = LEAST.get(script(word), 3)
    if language in ("vi", "pt") and script(word) == "LATIN":
        least = 3
    return len(word) >= least or (language == "vi" and len(word) >= 2)


def variants(name):
    name = name.replace("–", "-").strip()
    inner = re.findall(r"[\(（]([^)）]+)[\)）]", name)
    outer = re.sub(r"\s*[\(（][^)）]*[\)）]", "", name).strip()
    yield outer
    for part in inner:
        if len(part) > 4 and not part.isupper():
            yield part


def main():
    cldr = Path(sys.argv[1]) / "main"
    rows, world = {}, []

    def add(name, kind, country, language):
        words = key(name)
        if not words or words in REFUSED.get(language, ()) or words in REFUSED["*"]:
            return
        rows.setdefault((words, kind, country), set()).add(language)
        if script(words) == "LATIN" and language != "vi" and kind != "X":
            plain = without_accents(words)
            if plain != words:
                rows.setdefault((plain, kind, country), set()).add(language)

    for folder in sorted(cldr.iterdir()):
        language = folder.name.split("-")[0]
        if language not in LANGUAGES or not (folder / "territories.json").exists():
            continue
        content = json.loads((folder / "territories.json").read_text(encoding="utf-8"))
        names = content["main"][folder.name]["localeDisplayNames"]["territories"]
        for code, name in names.items():
            code, _, alternate = code.partition("-alt-")
            if code in WORLD and " " in name:
                world.append((key(name), {"nb": "no", "nn": "no", "fil": "tl"}.get(language, language)))
            elif code in WORLD and script(name) in ("HAN", "THAI", "LAO", "MYANMAR", "KHMER"):
                world.append((key(name), language))
            if len(code) != 2 or not code.isalpha() or code in NO_COUNTRY or name == code or alternate == "chagos":
                continue
            for number, variant in enumerate(variants(name)):
                if number and code in NOT_INNER:
                    continue
                if variant.isupper() and variant.isascii() or variant.isupper() and len(variant) <= 4:
                    add_exact = variant.replace(".", "")
                    if len(add_exact) >= 2 and alternate == "short" and script(variant) != "HAN":
                        rows.setdefault((variant, "X", code), set()).add(language)
                elif long_enough(variant, language):
                    add(variant, "S" if code in SAINTS else "N", code, {"nb": "no", "nn": "no", "fil": "tl"}.get(language, language))
    # England, Scotland and Wales.
    for path in sorted(Path(sys.argv[2]).glob("subdivisions/*/*.json")):
        language = path.parent.name.split("-")[0]
        names = json.loads(path.read_text(encoding="utf-8"))["subdivisions"]["localeDisplayNames"].get("subdivisions", {})
        for code in ("gbeng", "gbsct", "gbwls"):
            if language in LANGUAGES and code in names and long_enough(names[code], language):
                add(names[code], "N", "GB", {"nb": "no", "nn": "no", "fil": "tl"}.get(language, language))
    names, known = {}, {words for words, _, _ in rows}
    for (words, kind, country), languages in rows.items():
        for language in languages:
            names.setdefault((language, country), set()).add(words)
    for form, country, language in adjectives(sys.argv[3], names):
        if language in LANGUAGES and form not in known:
            add(form, "A", country, language)
    softened = []
    for path in sorted((HERE / "words").glob("*.txt")):
        language = "*" if path.stem == "any" else path.stem
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                kind, country, forms = line.split(" ", 2)
                letter = {"name": "N", "exact": "X", "adjective": "A", "trap": "Z", "soft": "S", "institution": "I", "abbreviation": "P"}[kind]
            except (ValueError, KeyError):
                sys.exit(f"{path}:{number}: a line is: name|exact|adjective|soft|institution|abbreviation|trap COUNTRY FORM, FORM")
            for form in forms.split(","):
                form = form.strip()
                if letter == "I" and form[:1].islower():
                    add(form, "J", country, language)
                elif letter == "X":
                    rows.setdefault((form, "X", country), set()).add(language)
                else:
                    add(form, letter, country, language)
                    if letter == "S":
                        softened.append((key(form), country, language))
    # A soft name is no hard one in the same language.
    for words, country, language in softened:
        hard = rows.get((words, "N", country))
        if hard:
            hard.discard(language)
            if not hard:
                del rows[(words, "N", country)]
    countries = {words for (words, kind, _) in rows if kind in "NS"}
    for words, language in world:
        if words not in countries:
            add(words, "Z", "ZZ", language)
    # A key that names two countries in one language keeps the hand-written one only where it is written by hand.
    def order(row):
        (words, kind, country), _ = row
        return (words.split(" ")[0], -len(words.split(" ")), words, kind, country)
    with open(HERE / "names.tsv", "w", encoding="utf-8") as out:
        for (words, kind, country), languages in sorted(rows.items(), key=order):
            out.write(f"{words}\t{kind}\t{country}\t{','.join(sorted(languages))}\n")


main()
