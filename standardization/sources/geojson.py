"""GeoJSON: each file of a folder (or the one file) is a table, each feature a row.

A row holds the feature's properties and, of its geometry, the columns of `GEOMETRY`. A property
of the same name as one of these is called ``properties.<name>``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.json import cell_text
from standardization.sources.reader import Row, RowsDriver, unreachable, unreadable
from standardization.sources.shapes import centre, positions

GEOMETRY = (
    *("feature_id", "geometry_type", "lon", "lat"),
    *("west", "south", "east", "north", "geometry"),
)
"""Columns that every row has: `lon` and `lat` of a point, or of the centre of any other shape
(length or area as weight); the box around it; the geometry itself as GeoJSON text."""
_ENDINGS = (".geojson", ".json")
_WORLD = re.compile(r"CRS84$|EPSG:{1,2}4326$|:4326$", re.IGNORECASE)


class GeojsonReader(RowsDriver):
    """Reads feature collections; a file is held in memory while it is read."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._loaded: tuple[str, list[Mapping[str, Any]]] = ("", [])

    def _enter(self) -> None:
        if not self._path.exists():
            raise unreachable(self.source)

    def _leave(self) -> None:
        self._loaded = ("", [])

    def tables(self) -> tuple[str, ...]:
        """File names without their ending."""
        return tuple(sorted(self._files()))

    def schema(self, table: str) -> pa.Schema:
        """Every property of any feature, then the geometry's columns; all text."""
        names: dict[str, None] = {}
        for feature in self._features(table):
            names.update(dict.fromkeys(map(_property, feature.get("properties") or {})))
        return pa.schema([pa.field(name, pa.string()) for name in (*names, *GEOMETRY)])

    def _rows(self, table: str) -> Iterator[Row]:
        return (self._row(table, feature) for feature in self._features(table))

    def _files(self) -> dict[str, Path]:
        if self._path.is_file():
            return {self._path.stem: self._path}
        return {path.stem: path for path in self._path.iterdir() if path.suffix in _ENDINGS}

    def _features(self, table: str) -> list[Mapping[str, Any]]:
        path = self._files().get(table)
        if path is None:
            raise KeyError(table)
        if self._loaded[0] != table:
            try:
                document = json.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
            except (ValueError, RecursionError, OSError):
                raise unreadable(self.source, table) from None
            self._loaded = (table, self._checked(table, document))
        return self._loaded[1]

    def _checked(self, table: str, document: object) -> list[Mapping[str, Any]]:
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(features, list):
            raise unreadable(self.source, table)
        if not all(isinstance(f, dict) and isinstance(_of(f), dict) for f in features):
            raise unreadable(self.source, table)
        crs = document.get("crs")
        if crs is not None and not _WORLD.search(_crs_name(crs)):
            raise Fault(
                "source.crs",
                _("The coordinates are not longitude and latitude of WGS 84."),
                remedy=_("Ask for the file in WGS 84 (EPSG:4326); VN-2000 must be converted."),
                place=Place(source=self.source.name, table=table),
            )
        return features

    def _row(self, table: str, feature: Mapping[str, Any]) -> Row:
        found = {_property(k): cell_text(v) for k, v in _of(feature).items()}
        return found | self._geometry(table, feature)

    def _geometry(self, table: str, feature: Mapping[str, Any]) -> Row:
        row: Row = dict.fromkeys(GEOMETRY)
        row["feature_id"] = cell_text(feature.get("id"))
        shape = feature.get("geometry")
        if shape is None:
            return row
        try:
            points = list(positions(shape))
            middle = centre(shape)
        except (KeyError, TypeError, ValueError, IndexError, RecursionError):
            raise unreadable(self.source, table) from None
        row["geometry_type"] = str(shape["type"])
        row["geometry"] = json.dumps(shape, separators=(",", ":"))
        if points and middle:
            lons, lats = [p[0] for p in points], [p[1] for p in points]
            numbers = (*middle, min(lons), min(lats), max(lons), max(lats))
            row |= dict(zip(GEOMETRY[2:8], map(repr, numbers), strict=True))
        return row


def _of(feature: Mapping[str, Any]) -> Any:
    properties = feature.get("properties")
    return {} if properties is None else properties


def _property(name: str) -> str:
    return f"properties.{name}" if name in GEOMETRY else name


def _crs_name(crs: object) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")) if isinstance(properties, dict) else ""
