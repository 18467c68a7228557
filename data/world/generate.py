#!/usr/bin/env python3
"""Writes world.tsv, the shapes of countries for the map of the first page.

    generate.py WORLD_ATLAS_FOLDER ISO_COUNTRIES_FOLDER

The folders are the unpacked npm packages world-atlas (Natural Earth as TopoJSON) and i18n-iso-countries (codes.json alone is read).
world.tsv: ISO 3166-1 alpha-2 code, path of SVG in a box of 800 x 389, in the Equal Earth projection, without Antarctica. Borders are
simplified arc by arc, so that neighbors keep sharing them. A country that would be too small to see or to touch is a dot.
"""
import json, math, sys
from pathlib import Path

WIDTH = 800
TOLERANCE = 0.55  # in units of the box
LEAST_AREA = 9  # smaller countries become dots
LEAST_RING = 1.6  # smaller islands of greater countries are left out
DOT = 3
# Names without a code in Natural Earth: the code under which news and configuration name them.
NAMELESS = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
HERE = Path(__file__).resolve().parent


def project(lon, lat):
    """Equal Earth (Savric, Patterson, Jenny 2018)."""
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2 = t * t
    t6 = t2 ** 3
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(t) / (3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1))
    return x, t * (A4 * t6 * t2 + A3 * t6 + A2 * t2 + A1)


MOST = project(180, 0)[0]
TOP = project(0, 84)[1]


def box(lon, lat):
    x, y = project(lon, lat)
    return (x + MOST) / (2 * MOST) * WIDTH, (TOP - y) / (2 * MOST) * WIDTH


def unbroken(lon, before):
    """The longitude beside the one before, over the antimeridian: Chukotka is drawn beside the rest of its country."""
    return lon + 360 * round((before[0] - lon) / 360) if before else lon


def simplified(points):
    """Douglas and Peucker."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)
    far, at = 0, 0
    for i, (x, y) in enumerate(points[1:-1], 1):
        away = abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length if length else math.hypot(x - x1, y - y1)
        if away > far:
            far, at = away, i
    if far <= TOLERANCE:
        return [points[0], points[-1]]
    return simplified(points[: at + 1])[:-1] + simplified(points[at:])


def area(ring):
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1]))) / 2


def countries(path, codes):
    """Rings of each country, in the box."""
    atlas = json.loads(path.read_text(encoding="utf-8"))
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((unbroken(x * sx + tx, points[-1] if points else None), y * sy + ty))
        arcs.append(points)
    found = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = codes.get(shape.get("id")) or NAMELESS.get(shape["properties"]["name"])
        if not code or code == "AQ" or "arcs" not in shape:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            for numbers in polygon:
                ring, last = [], None
                for number in numbers:
                    points = arcs[number] if number >= 0 else arcs[~number][::-1]
                    turn = unbroken(points[0][0], last) - points[0][0]
                    points = [(lon + turn, lat) for lon, lat in points]
                    last = points[-1]
                    drawn = simplified([box(*point) for point in points])
                    ring.extend(drawn if not ring else drawn[1:])
                found.setdefault(code, []).append(ring)
    return found


def path_of(rings):
    out = []
    for ring in rings:
        points = []
        for x, y in ring:
            point = (round(x), round(y))
            if not points or points[-1] != point:
                points.append(point)
        if points and points[0] == points[-1]:
            points.pop()
        if len(points) < 3:
            continue
        (x, y), *rest = points
        text = f"M{x} {y}l"
        for nx, ny in rest:
            dx, dy = nx - x, ny - y
            text += ("" if text[-1] == "l" or dx < 0 else " ") + f"{dx}" + ("" if dy < 0 else " ") + f"{dy}"
            x, y = nx, ny
        out.append(text + "z")
    return "".join(out)


def main():
    atlas, iso = Path(sys.argv[1]), Path(sys.argv[2])
    codes = {number: two for two, _, number, _ in json.loads((iso / "codes.json").read_text(encoding="utf-8"))}
    coarse, fine = countries(atlas / "countries-110m.json", codes), countries(atlas / "countries-50m.json", codes)
    lines = []
    for code in sorted(coarse.keys() | fine.keys()):
        rings = coarse.get(code) or fine[code]
        largest = max(rings, key=area)
        if area(largest) >= LEAST_AREA:
            d = path_of([ring for ring in rings if ring is largest or area(ring) >= LEAST_RING])
        else:
            x, y = (round(sum(axis) / len(axis)) for axis in zip(*largest))
            d = f"M{x - DOT} {y}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0-{2 * DOT} 0z"
        lines.append(f"{code}\t{d}\n")
    (HERE / "world.tsv").write_text("".join(lines), encoding="utf-8")


main()
