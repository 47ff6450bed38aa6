"""Writes the map that maps of incidents are drawn on, src/onrecord/vendored/basemap.json, from Natural Earth.

    python docs/basemap.py node_modules/world-atlas/countries-50m.json

Natural Earth is in the public domain; world-atlas (npm, ISC licence) packs it as TopoJSON. Borders are thinned arc by arc, so
that neighbours keep one line between them, and polygons are cut where the map ends, at 180 degrees: nothing is drawn across it.
A country bears the name that the ledger files places under.
"""

import heapq
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pycountry

from onrecord.wording import gazetteer

OUT = Path(__file__).resolve().parent.parent / "src/onrecord/vendored/basemap.json"
LEAST = 0.022
"""Corners that span less, in square degrees, are left out."""
DIGITS = 2
EDGE, POLE = 180.0, 89.9

Point = tuple[float, float]
Ring = list[Point]


def arcs(packed: dict[str, Any]) -> list[Ring]:
    """The arcs of a TopoJSON in degrees."""
    (kx, ky), (x0, y0) = packed["transform"]["scale"], packed["transform"]["translate"]
    found = []
    for steps in packed["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * kx + x0, y * ky + y0))
        found.append(arc)
    return found


def thinned(arc: Ring) -> Ring:
    """The arc without the corners that span least (Visvalingam), as many as are too small to be seen. Its ends stay where they
    are: others meet them there.
    """
    before, after = [*range(-1, len(arc) - 1)], [*range(1, len(arc) + 1)]
    gone = [False] * len(arc)

    def spans(at: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = arc[before[at]], arc[at], arc[after[at]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    # A closed arc keeps three corners, or an island would vanish
    kept, least = len(arc), 4 if arc[0] == arc[-1] else 2
    size = {at: spans(at) for at in range(1, len(arc) - 1)}
    heap = [(area, at) for at, area in size.items()]
    heapq.heapify(heap)
    while heap and kept > least:
        area, at = heapq.heappop(heap)
        if gone[at] or area != size[at]:
            continue
        if area >= LEAST:
            break
        gone[at], kept = True, kept - 1
        after[before[at]], before[after[at]] = after[at], before[at]
        for side in (before[at], after[at]):
            if 0 < side < len(arc) - 1:
                size[side] = max(area, spans(side))
                heapq.heappush(heap, (size[side], side))
    return [point for point, out in zip(arc, gone, strict=True) if not out]


def ring(parts: Sequence[int], lines: Sequence[Ring]) -> Ring:
    """A closed ring made of arcs; ~n is the arc n backwards."""
    points: Ring = []
    for part in parts:
        line = lines[part] if part >= 0 else lines[~part][::-1]
        points += line[1:] if points else line
    return points


def cut(points: Ring) -> Iterator[Ring]:
    """The ring in parts that each lie between -180 and 180 degrees."""
    whole = [points[0]]
    for x, y in points[1:]:
        last = whole[-1][0]
        whole.append((x + 360 * round((last - x) / 360), y))
    turn = round((whole[-1][0] - whole[0][0]) / 360)
    if turn:
        # It goes around a pole
        pole = -90.0 if min(y for _, y in whole) < 0 else 90.0
        whole += [(whole[-1][0], pole), (whole[0][0], pole), whole[0]]
    low, high = (round(end(x for x, _ in whole) / 360) for end in (min, max))
    for world in range(low, high + 1):
        part = _beside(_beside(whole, 360 * world - EDGE, 1), 360 * world + EDGE, -1)
        if len(part) > 3:
            yield [(x - 360 * world, y) for x, y in part]


def _beside(points: Ring, edge: float, side: int) -> Ring:
    """What of a ring lies east (1) or west (-1) of an edge."""
    inside = [side * (x - edge) >= 0 for x, _ in points]
    if all(inside):
        return points
    kept: Ring = []
    for at, (x, y) in enumerate(points[:-1]):
        (nx, ny), here, there = points[at + 1], inside[at], inside[at + 1]
        if here:
            kept.append((x, y))
        if here != there:
            kept.append((edge, y + (ny - y) * (edge - x) / (nx - x)))
    return [*kept, kept[0]] if kept else []


def area(points: Ring) -> float:
    """Twice the area of a ring, in square degrees, whichever way it runs."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in itertools.pairwise(points)))


def rounded(points: Ring, digits: int) -> list[list[float]]:
    """The ring as it is written: no point twice in a row."""
    found: list[list[float]] = []
    for x, y in points:
        point = [round(x, digits), round(y, digits)]
        if not found or found[-1] != point:
            found.append(point)
    return found


def country(number: str | None, called: str) -> str:
    """The name of a country as the ledger files places under it, else Natural Earth's own."""
    code = pycountry.countries.get(numeric=number) if number else None
    known = gazetteer.country(code.alpha_2) if code else gazetteer.country_named(called)
    return known.name if known else called


def shapes(geometry: dict[str, Any], lines: Sequence[Ring], digits: int) -> list[list[list[list[float]]]]:
    """The polygons of a country, the largest first. The holes of one that is cut go with the part that they lie in."""
    several = geometry["type"] == "MultiPolygon"
    found = []
    for parts in geometry["arcs"] if several else [geometry["arcs"]]:
        # A ring that is the pole itself bounds nothing once the ring around it is closed there
        rings = [points for points in (ring(one, lines) for one in parts) if any(abs(y) < POLE for _, y in points)]
        outer, *holes = ([*cut(points)] for points in rings)
        for shape in outer:
            west, east = min(x for x, _ in shape), max(x for x, _ in shape)
            inner = [hole for held in holes for hole in held if west <= hole[0][0] <= east]
            if area(shape) > 0:
                written = [rounded(one, digits) for one in (shape, *inner)]
                found.append((area(shape), [one for one in written if len(one) > 3]))
    return [one for _, one in sorted(found, key=lambda held: -held[0]) if one]


def feature(geometry: dict[str, Any], thin: Sequence[Ring], full: Sequence[Ring]) -> dict[str, Any]:
    """A country as GeoJSON; box: of its largest part. One that thinning would lose stays as it is."""
    polygons = shapes(geometry, thin, DIGITS) or shapes(geometry, full, 2 * DIGITS)[:1]
    outer = polygons[0][0]
    west, east = (end(x for x, _ in outer) for end in (min, max))
    south, north = (end(y for _, y in outer) for end in (min, max))
    name = country(geometry.get("id"), geometry["properties"]["name"])
    return {
        "type": "Feature",
        "properties": {"name": name, "box": [west, south, east, north]},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }


def main(source: Path) -> None:
    """Reads world-atlas, writes the map."""
    packed = json.loads(source.read_text("utf-8"))
    full = arcs(packed)
    thin = [thinned(arc) for arc in full]
    found = [
        feature(geometry, thin, full)
        for geometry in packed["objects"]["countries"]["geometries"]
        if geometry["type"] in ("Polygon", "MultiPolygon")
    ]
    found.sort(key=lambda one: one["properties"]["name"])
    whole = {"type": "FeatureCollection", "features": found}
    OUT.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
