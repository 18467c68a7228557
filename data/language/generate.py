#!/usr/bin/env python3
"""Writes model.bin, the table behind understand::language, from the model that PyPI's py3langid 0.4.0 ships.

    python3 data/language/generate.py [py3langid-0.4.0-py3-none-any.whl]

Without a path it asks pip for the wheel. Python 3.9+, standard library only; the same bytes at every run.

The source is a naive Bayes classifier over byte n-grams: an automaton (Aho-Corasick) whose states each carry at most one n-gram, and
log P(n-gram | language) for 100,053 n-grams and 142 languages. Four of five of these numbers are the language's floor (an n-gram that
was never seen in it), so only the others are kept, in 8 bits, for the languages in LANGUAGES.

model.bin, little endian:
    4 bytes   "PWL1"
    u32       languages L, states S, n-grams N
    f32       step: the worth of one unit of a value
    L times   code (8 bytes, padded with zeros), f32 prior, f32 floor
    S bytes   the label of each state, in breadth-first order (the root's is 0); the children of a state stand together, sorted
    S bytes   how many children it has
    3 S bytes the number of its n-gram plus one, 0 for none
    N times   a bitmap of ceil(L / 8) bytes: the languages above their floor
    then      their values, one byte each, in the order of n-grams and languages
"""
import array
import hashlib
import io
import lzma
import math
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import deque
from pathlib import Path

PACKAGE = "py3langid==0.4.0"
WHEEL_SHA256 = "c25bd038147951ba3a89efe9ec12cc7d2116cb6f311ff8af84ade398a8bc0616"
# Every language of the model that a newsroom's sources publish in; small relatives of large languages (Asturian, Venetian, Bashkir,
# Luxembourgish, the Arabic dialects, ...) are left out: with them headlines in the large ones are lost.
LANGUAGES = (
    "af am ar as az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr ht hu hy id ig is it ja ka kk km kn ko ku "
    "ky lg lo lt lv mg mk ml mn mr ms mt my ne nl no om or pa pl ps pt ro ru rw si sk sl sn so sq sr sv sw ta te tg th tk tl tr tt ug "
    "uk ur uz vi yo zh zu"
).split()


def wheel(arguments):
    if arguments:
        return Path(arguments[0]).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE], check=True)
        return next(Path(folder).glob("*.whl")).read_bytes()


def member(archive, name):
    """The raw numbers of one .npy file."""
    raw = archive.read(name + ".npy")
    header = struct.unpack_from("<H", raw, 8)[0]
    return raw[10 + header:]


def numbers(raw, code):
    values = array.array(code)
    values.frombytes(raw)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def main(arguments):
    packed = wheel(arguments)
    found = hashlib.sha256(packed).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"this is not the wheel that the table was made from: sha256 {found}")
    model = zipfile.ZipFile(io.BytesIO(packed)).read("py3langid/data/model.npz.xz")
    archive = zipfile.ZipFile(io.BytesIO(lzma.decompress(model)))
    names = member(archive, "classes").decode("utf-32-le")
    names = [names[i:i + 3].rstrip("\0") for i in range(0, len(names), 3)]
    priors = numbers(member(archive, "pc"), "f")
    moves = numbers(member(archive, "nextmove"), "I")
    rows = numbers(member(archive, "nextmove_row"), "H")
    outputs = numbers(member(archive, "out_feat"), "i")
    raw = member(archive, "ptc")
    grams = len(raw) // 2 // len(names)
    line = struct.Struct(f"<{len(names)}e")
    table = [line.unpack_from(raw, i * line.size) for i in range(grams)]

    # A model may hold a language twice, once a script: both columns stay, and the reader takes the better one.
    columns = [i for i, name in enumerate(names) if name in LANGUAGES]
    missing = set(LANGUAGES) - {names[i] for i in columns}
    if missing:
        raise SystemExit(f"the model lacks {sorted(missing)}")
    floors = [min(row[i] for row in table) for i in columns]
    step = max(max(row[i] for row in table) - floor for i, floor in zip(columns, floors)) / 255

    # Breadth first, a state that was not met before is a child: an automaton's other moves lead to shallower states.
    order, seen, queue, labels, children = [], {0}, deque([0]), [0], []
    while queue:
        state = queue.popleft()
        order.append(state)
        base, count = rows[state] << 8, 0
        for byte in range(256):
            child = moves[base + byte]
            if child not in seen:
                seen.add(child)
                queue.append(child)
                labels.append(byte)
                count += 1
        children.append(count)
    assert len(order) == len(rows) and max(children) < 256

    width = math.ceil(len(columns) / 8)
    numbered, bitmaps, values, owners = {}, bytearray(), bytearray(), bytearray()
    for state in order:
        gram = outputs[state]
        if gram < 0:
            owners += b"\0\0\0"
            continue
        if gram not in numbered:
            numbered[gram] = len(numbered)
            bits = 0
            for place, (column, floor) in enumerate(zip(columns, floors)):
                value = round((table[gram][column] - floor) / step)
                if value > 0:
                    bits |= 1 << place
                    values.append(min(value, 255))
            bitmaps += bits.to_bytes(width, "little")
        owners += (numbered[gram] + 1).to_bytes(3, "little")

    out = bytearray(b"PWL1")
    out += struct.pack("<IIIf", len(columns), len(order), len(numbered), step)
    for column, floor in zip(columns, floors):
        out += struct.pack("<8sff", names[column].encode(), priors[column], floor)
    out += bytes(labels) + bytes(children) + owners + bitmaps + values
    Path(__file__).with_name("model.bin").write_bytes(out)
    print(f"{len(columns)} columns, {len(order)} states, {len(numbered)} n-grams, {len(values)} values, {len(out)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
