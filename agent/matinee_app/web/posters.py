"""Drawn posters, for films of which no picture is at hand: a motif and colours by genre, varied by the film's id.

A drawing is a list of shapes; the template writes them as SVG, with attributes alone, as the page's policy forbids
inline styles. Title and year are text above it.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple
from zlib import crc32

WIDTH, HEIGHT = 200, 300
_LONG, _LONGER = 15, 30


class Shape(NamedTuple):
    """An element of SVG."""

    tag: str
    attributes: dict[str, str | float]


class Poster(NamedTuple):
    """A drawn poster."""

    ground: str
    """The colour behind everything; white text on it can be read."""
    shapes: list[Shape]
    size: str
    """How large the title may be set: `large`, `medium` or `small`."""


class _Palette(NamedTuple):
    ground: str
    middle: str
    light: str
    motifs: tuple[str, ...]


_PALETTES = {
    "Action": _Palette("#3a1410", "#a63a1f", "#f0a04b", ("rays", "steps", "road")),
    "Adventure": _Palette("#12302c", "#2c7a62", "#e8c872", ("hills", "road", "sun")),
    "Animation": _Palette("#1d2a57", "#4a6bd6", "#ffd166", ("bubbles", "arcs", "hills")),
    "Biography": _Palette("#2b2620", "#7a6449", "#dcc7a1", ("columns", "windows", "arcs")),
    "Comedy": _Palette("#4a2208", "#d9822b", "#ffe3a3", ("bubbles", "arcs", "pair")),
    "Crime": _Palette("#161a22", "#46536b", "#e2b04a", ("blinds", "windows", "steps", "road")),
    "Documentary": _Palette("#1f2a2e", "#56747a", "#cfe0dc", ("columns", "rings", "arcs")),
    "Drama": _Palette("#231f33", "#5c5488", "#e7b7a3", ("hills", "windows", "pair", "road")),
    "Family": _Palette("#173a4a", "#3d92a8", "#ffd98e", ("bubbles", "hills", "arcs")),
    "Fantasy": _Palette("#241540", "#6c43a8", "#f2c6ff", ("moon", "arcs", "rings")),
    "Film-Noir": _Palette("#121214", "#4b4b52", "#d8d8d2", ("blinds", "windows")),
    "History": _Palette("#2e2114", "#8a6236", "#e6cf9f", ("columns", "hills", "rays")),
    "Horror": _Palette("#14090b", "#7a1420", "#e8e0d4", ("slits", "moon", "blinds", "rings")),
    "Music": _Palette("#2a1030", "#a3327f", "#ffc27a", ("bars", "arcs")),
    "Musical": _Palette("#381127", "#c23b6a", "#ffd6a0", ("bars", "arcs", "pair")),
    "Mystery": _Palette("#10222e", "#2f6079", "#c9dfc8", ("rings", "windows", "moon")),
    "Romance": _Palette("#3d1326", "#b8456b", "#ffc9bd", ("pair", "arcs", "hills")),
    "Sci-Fi": _Palette("#0b1830", "#2a5c93", "#9fe0e6", ("planet", "planet", "rings", "arcs", "steps")),
    "Sport": _Palette("#0f2c1c", "#2f8a52", "#f3e6a6", ("rings", "road")),
    "Thriller": _Palette("#15181c", "#56402f", "#d9633b", ("slits", "steps", "blinds", "road")),
    "War": _Palette("#20231a", "#636a44", "#d8c48f", ("rays", "hills", "steps")),
    "Western": _Palette("#3b1d10", "#b35c2b", "#f5c777", ("sun", "hills", "road")),
}
_TELLING = ("Western", "Sci-Fi", "Horror", "Film-Noir", "Musical", "Animation", "War", "Fantasy", "Romance")
"""Genres that say more about a film than those named beside them."""
_UNKNOWN = _Palette("#20242b", "#525b69", "#c9cfd8", ("hills", "arcs", "rings"))


def drawn(movie_id: str, title: str, genres: Sequence[str]) -> Poster:
    """Return the poster of a film, the same each time."""
    told = next((genre for genre in _TELLING if genre in genres), genres[0] if genres else "")
    chance = Random(crc32(movie_id.encode()))
    motif = chance.choice(_PALETTES.get(told, _UNKNOWN).motifs)
    palette = _PALETTES.get(chance.choice([told, told, *genres[:3]]), _UNKNOWN)
    shapes = _MOTIFS[motif](chance, palette)
    longest = max(map(len, title.split()), default=0)
    size = "large" if len(title) <= _LONG and longest < 10 else "medium" if len(title) <= _LONGER else "small"
    return Poster(palette.ground, shapes, size)


def _circle(x: float, y: float, radius: float, fill: str, opacity: float = 1) -> Shape:
    return Shape("circle", {"cx": round(x), "cy": round(y), "r": round(radius), "fill": fill, "opacity": opacity})


def _ring(x: float, y: float, radius: float, stroke: str, width: float = 2) -> Shape:
    drawn: dict[str, str | float] = {
        "cx": round(x),
        "cy": round(y),
        "r": round(radius),
        "fill": "none",
        "stroke": stroke,
    }
    return Shape("circle", {**drawn, "stroke-width": width})


def _path(d: str, fill: str, opacity: float = 1) -> Shape:
    return Shape("path", {"d": d, "fill": fill, "opacity": opacity})


def _bar(x: float, y: float, width: float, height: float, fill: str) -> Shape:
    return Shape("rect", {"x": round(x), "y": round(y), "width": round(width), "height": round(height), "fill": fill})


def _hill(chance: Random, top: float, fill: str) -> Shape:
    first, second = chance.uniform(-35, 25), chance.uniform(-35, 25)
    return _path(f"M0 {top:.0f}C60 {top + first:.0f} 130 {top + second:.0f} 200 {top - first:.0f}V300H0Z", fill)


def _hills(chance: Random, palette: _Palette) -> list[Shape]:
    sun = _circle(chance.uniform(50, 150), chance.uniform(60, 95), chance.uniform(22, 38), palette.light)
    return [sun, _hill(chance, 130, palette.middle), _hill(chance, 178, palette.ground)]


def _sun(chance: Random, palette: _Palette) -> list[Shape]:
    x, radius = chance.uniform(70, 130), chance.uniform(50, 68)
    stripes = [_bar(0, 128 + 9 * line, 200, 2 + line, palette.ground) for line in range(4)]
    return [_circle(x, 130, radius, palette.light), *stripes, _bar(0, 164, 200, 136, palette.middle)]


def _moon(chance: Random, palette: _Palette) -> list[Shape]:
    x, y, radius = chance.uniform(60, 140), chance.uniform(65, 95), chance.uniform(34, 46)
    stars = [_circle(chance.uniform(8, 192), chance.uniform(8, 150), 1.6, palette.light) for _ in range(16)]
    shadow = _circle(x + radius * 0.45, y - radius * 0.2, radius * 0.9, palette.ground)
    peaks = _path("M0 190L45 128L78 168L118 112L160 170L200 138V300H0Z", palette.middle)
    return [*stars, _circle(x, y, radius, palette.light), shadow, peaks]


def _planet(chance: Random, palette: _Palette) -> list[Shape]:
    x, y, radius = chance.uniform(60, 140), chance.uniform(80, 105), chance.uniform(38, 56)
    stars = [_circle(chance.uniform(5, 195), chance.uniform(5, 190), 1.3, palette.light) for _ in range(24)]
    tilt = {"transform": f"rotate({chance.uniform(-35, -10):.0f} {x:.0f} {y:.0f})"}
    orbit = {"cx": round(x), "cy": round(y), "rx": round(radius * 1.65), "ry": round(radius * 0.35)}
    ring = Shape("ellipse", {**orbit, "fill": "none", "stroke": palette.light, "stroke-width": 3, **tilt})
    return [*stars, _circle(x, y, radius, palette.middle), ring]


def _blinds(chance: Random, palette: _Palette) -> list[Shape]:
    lamp = _circle(chance.uniform(55, 145), chance.uniform(75, 115), chance.uniform(42, 58), palette.light)
    return [lamp, *(_bar(0, 12 + 22 * line, 200, chance.uniform(9, 13), palette.middle) for line in range(8))]


def _slits(chance: Random, palette: _Palette) -> list[Shape]:
    shapes = [_circle(100, 100, 62, palette.middle)]
    for place in range(5):
        x, top = 38 + 31 * place + chance.uniform(-8, 8), chance.uniform(10, 60)
        shapes.append(_path(f"M{x:.0f} {top:.0f}L{x + 7:.0f} 190L{x - 7:.0f} 190Z", palette.light, 0.92))
    return shapes


def _rays(chance: Random, palette: _Palette) -> list[Shape]:
    x = chance.uniform(40, 160)
    rays = [_path(f"M{x:.0f} 185L{-120 + 64 * n} -20H{-92 + 64 * n}Z", palette.middle) for n in range(7)]
    return [*rays, _circle(x, 170, chance.uniform(30, 46), palette.light), _bar(0, 178, 200, 122, palette.ground)]


def _bubbles(chance: Random, palette: _Palette) -> list[Shape]:
    colours = (palette.middle, palette.light)
    spots = [(x, y) for x in (32, 78, 124, 170) for y in (28, 74, 120, 164)]
    return [
        _circle(
            x + chance.uniform(-9, 9), y + chance.uniform(-9, 9), chance.uniform(6, 24), chance.choice(colours), 0.9
        )
        for x, y in spots
    ]


def _bars(chance: Random, palette: _Palette) -> list[Shape]:
    heights = [chance.uniform(30, 140) for _ in range(9)]
    return [
        _bar(14 + 20 * n, 185 - tall, 12, tall, palette.light if n % 3 == 1 else palette.middle)
        for n, tall in enumerate(heights)
    ]


def _columns(chance: Random, palette: _Palette) -> list[Shape]:
    left = chance.uniform(20, 44)
    frame = _bar(left, 30, 200 - 2 * left, 150, palette.middle)
    return [frame, _circle(100, 92, 30, palette.light), _path("M50 180C56 128 144 128 150 180Z", palette.light)]


def _rings(chance: Random, palette: _Palette) -> list[Shape]:
    x, y = chance.uniform(70, 130), chance.uniform(80, 110)
    rings = [_ring(x, y, 16 + 15 * n, palette.middle, 5) for n in range(1, 9)]
    return [*rings, _circle(x, y, 15, palette.light)]


def _pair(chance: Random, palette: _Palette) -> list[Shape]:
    y, radius = chance.uniform(85, 110), chance.uniform(46, 58)
    apart = chance.uniform(24, 34)
    return [_circle(100 - apart, y, radius, palette.middle), _circle(100 + apart, y, radius, palette.light, 0.85)]


def _windows(chance: Random, palette: _Palette) -> list[Shape]:
    shapes = [_bar(0, 0, 200, 300, palette.middle)]
    for x in range(14, 180, 30):
        for y in range(14, 200, 38):
            fill = palette.light if chance.random() < 0.22 else palette.ground
            shapes.append(_bar(x, y, 22, 28, fill))
    return shapes


def _road(chance: Random, palette: _Palette) -> list[Shape]:
    x, horizon = chance.uniform(70, 130), chance.uniform(85, 110)
    sky = _circle(chance.uniform(30, 170), horizon - 18, chance.uniform(20, 30), palette.light)
    land = _bar(0, horizon, 200, 300 - horizon, palette.middle)
    lane = _path(f"M{x - 3:.0f} {horizon:.0f}H{x + 3:.0f}L190 300H10Z", palette.ground)
    line = _path(f"M{x - 0.5:.1f} {horizon:.0f}H{x + 0.5:.1f}L106 300H94Z", palette.light)
    return [sky, land, lane, line]


def _arcs(chance: Random, palette: _Palette) -> list[Shape]:
    x, colours = chance.choice((40, 100, 160)), (palette.middle, palette.light, palette.ground)
    return [_circle(x, 190, 150 - 28 * n, colours[n % 3]) for n in range(5)]


def _steps(chance: Random, palette: _Palette) -> list[Shape]:
    rise = chance.choice((1, -1))
    steps = [
        _path(f"M{n * 34 if rise > 0 else 166 - n * 34} {170 - n * 26}h34v200h-34Z", palette.middle, 1 - n % 2 * 0.35)
        for n in range(6)
    ]
    return [_circle(100 - 48 * rise, 62, chance.uniform(24, 36), palette.light), *steps]


_MOTIFS: dict[str, Callable[[Random, _Palette], list[Shape]]] = {
    "hills": _hills,
    "sun": _sun,
    "moon": _moon,
    "planet": _planet,
    "blinds": _blinds,
    "slits": _slits,
    "rays": _rays,
    "bubbles": _bubbles,
    "bars": _bars,
    "columns": _columns,
    "rings": _rings,
    "pair": _pair,
    "windows": _windows,
    "road": _road,
    "arcs": _arcs,
    "steps": _steps,
}
