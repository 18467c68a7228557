"""Folding that the tables and the matcher share: src/understand/classify/countries/words.rs does the same, and a test compares them."""
import unicodedata

ARABIC = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ۀ": "ه", "ھ": "ه", "ۂ": "ه"}
ETHIOPIC = {}
for plain, others in (("ሀ", "ሐኀ"), ("ሰ", "ሠ"), ("አ", "ዐ"), ("ጸ", "ፀ")):
    for order in range(7):
        for other in others:
            ETHIOPIC[chr(ord(other) + order)] = chr(ord(plain) + order)
for first, fourth in (("ሃ", "ሀ"), ("ኣ", "አ")):
    ETHIOPIC[first] = fourth
ETHIOPIC.update({"ሓ": "ሀ", "ኃ": "ሀ", "ዓ": "አ", "ኻ": "ሀ"})
DROPPED = {"\u0640", "\u0670", "\u0307", "\u200d", "\u200b", "\u200e", "\u200f", "\u00ad", "\u0651"}


def fold_char(char):
    low = char.lower()
    out = []
    for c in low:
        if c in DROPPED or "\u064b" <= c <= "\u0652" or "\u05b0" <= c <= "\u05c7":
            continue
        c = {"ё": "е", "ı": "i"}.get(c, c)
        c = ARABIC.get(c, c)
        out.append(ETHIOPIC.get(c, c))
    return "".join(out)


def is_word(char):
    return unicodedata.category(char)[0] in "LMN" or char in DROPPED or char == "\u0307"


def unspaced(char):
    point = ord(char)
    return (0x2E80 <= point <= 0x9FFF and point not in (0x3000, 0x3001, 0x3002)) or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF \
        or 0x0E00 <= point <= 0x0EFF or 0x1000 <= point <= 0x109F or 0x1780 <= point <= 0x17FF


def key(name):
    """Words parted by one space; names in scripts without spaces are one word."""
    name = unicodedata.normalize("NFC", name)
    out, dotted = [], name.replace(".", "").isalpha() and "." in name and all(len(part) <= 1 for part in name.split("."))
    for char in name:
        if is_word(char) or (dotted and char == "."):
            out.append(fold_char(char))
        else:
            out.append(" ")
    words = unicodedata.normalize("NFC", "".join(out)).split()
    if any(unspaced(c) for c in name):
        return "".join(words)
    return " ".join(word.strip(".") for word in words)


def without_accents(text):
    """Latin only: what a headline without accents shows."""
    table = {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "ß": "ss", "ə": "e", "þ": "th", "ð": "d"}
    parts = []
    for c in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(c):
            parts.append(table.get(c, c))
    return "".join(parts)


def script(text):
    for c in text:
        if c.isalpha():
            name = unicodedata.name(c, "")
            first = name.split(" ")[0]
            return {"CJK": "HAN", "HIRAGANA": "HAN", "KATAKANA": "HAN"}.get(first, first)
    return ""
