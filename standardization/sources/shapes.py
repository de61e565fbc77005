"""Geometry of GeoJSON: the positions of a shape and its centre.

Plane geometry in degrees, which for shapes the size of a commune differs from that on the globe
by less than a thousandth of their size. Reading files is `standardization.sources.geojson`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Position = tuple[float, float]
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def positions(shape: Mapping[str, Any]) -> Iterator[Position]:
    """Every (longitude, latitude) of a geometry.

    Raises:
        KeyError, TypeError, ValueError, IndexError: it is no geometry of GeoJSON.
    """
    if shape["type"] == "GeometryCollection":
        for part in shape["geometries"]:
            yield from positions(part)
    else:
        yield from _flat(shape["coordinates"], _DEPTH[shape["type"]])


def centre(shape: Mapping[str, Any]) -> Position | None:
    """The centroid by area of what has an area, else by length, else of the points; None for
    an empty geometry."""
    weighed = list(_weighed(shape))
    highest = max((rank for rank, _weight, _at in weighed), default=0)
    parts = [(weight, at) for rank, weight, at in weighed if rank == highest]
    total = sum(weight for weight, _at in parts)
    if not parts or not total:
        points = list(positions(shape))
        parts, total = [(1.0, point) for point in points], float(len(points))
    if not parts:
        return None
    lon = sum(weight * at[0] for weight, at in parts) / total
    lat = sum(weight * at[1] for weight, at in parts) / total
    return (lon, lat)


def _weighed(shape: Mapping[str, Any]) -> Iterator[tuple[int, float, Position]]:
    """Parts of the shape as (dimension, weight, centre); holes weigh less than nothing."""
    kind = shape["type"]
    if kind == "GeometryCollection":
        for part in shape["geometries"]:
            yield from _weighed(part)
        return
    coordinates = shape["coordinates"]
    if kind in ("Polygon", "MultiPolygon"):
        for polygon in [coordinates] if kind == "Polygon" else coordinates:
            for number, ring in enumerate(polygon):
                weight, at = _ring(list(_flat(ring, 1)))
                yield 2, (-weight if number else weight), at
    elif kind in ("LineString", "MultiLineString"):
        for line in [coordinates] if kind == "LineString" else coordinates:
            yield from _line(list(_flat(line, 1)))
    else:
        for point in positions(shape):
            yield 0, 1.0, point


def _ring(points: Sequence[Position]) -> tuple[float, Position]:
    """Area and centroid of a closed ring, measured from its first point to keep precision."""
    if not points:
        return 0.0, (0.0, 0.0)
    x0, y0 = points[0]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        area += cross
        x += (ax + bx - 2 * x0) * cross
        y += (ay + by - 2 * y0) * cross
    if area == 0:
        return 0.0, (x0, y0)
    return abs(area) / 2, (x0 + x / (3 * area), y0 + y / (3 * area))


def _line(points: Sequence[Position]) -> Iterator[tuple[int, float, Position]]:
    for (ax, ay), (bx, by) in pairwise(points):
        yield 1, math.hypot(bx - ax, by - ay), ((ax + bx) / 2, (ay + by) / 2)


def _flat(coordinates: Any, depth: int) -> Iterator[Position]:
    if depth:
        for part in coordinates:
            yield from _flat(part, depth - 1)
        return
    lon, lat = float(coordinates[0]), float(coordinates[1])
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError
    yield lon, lat
