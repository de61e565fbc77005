"""GeoJSON as rows, and the geometry that goes with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Fault
from standardization.sources import open_reader
from standardization.sources.shapes import centre
from tests.standardization.factory import source

SQUARE = [[106.0, 10.0], [106.2, 10.0], [106.2, 10.4], [106.0, 10.4], [106.0, 10.0]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}


def features(*shapes: Any, **more: Any) -> dict[str, Any]:
    made = [
        {"type": "Feature", "id": number, "properties": {"Tên": f"tài sản {number}"}, "geometry": s}
        for number, s in enumerate(shapes)
    ]
    return {"type": "FeatureCollection", "features": made, **more}


def read(folder: Path, document: object) -> list[dict[str, Any]]:
    (folder / "assets.geojson").write_text(json.dumps(document), encoding="utf-8")
    with open_reader(source(), f"geojson:///{folder}") as reader:
        assert reader.tables() == ("assets",)
        names = reader.schema("assets").names
        found: list[dict[str, Any]] = reader.read("assets", names).read_all().to_pylist()
    return found


def test_points_lines_and_polygons(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[106, 10], [106, 12], [107, 12]]}
    point = {"type": "Point", "coordinates": [106.36, 10.36, 5]}
    first, second, third, fourth = read(tmp_path, features(point, line, POLYGON, None))
    assert first == {
        "Tên": "tài sản 0", "feature_id": "0", "geometry_type": "Point",
        "lon": "106.36", "lat": "10.36", "west": "106.36", "south": "10.36",
        "east": "106.36", "north": "10.36",
        "geometry": '{"type":"Point","coordinates":[106.36,10.36,5]}',
    }  # fmt: skip
    assert (float(second["lon"]), float(second["lat"])) == pytest.approx((106 + 1 / 6, 11 + 1 / 3))
    assert (second["west"], second["north"]) == ("106.0", "12.0")
    assert (float(third["lon"]), float(third["lat"])) == pytest.approx((106.1, 10.2))
    assert fourth == dict.fromkeys(first) | {"Tên": "tài sản 3", "feature_id": "3"}


def test_a_property_called_as_the_geometry(tmp_path: Path) -> None:
    document = features(POLYGON)
    document["features"][0]["properties"] = {"lon": 5, "more": {"a": True}, "none": None}
    [row] = read(tmp_path, document)
    assert (row["properties.lon"], row["more"], row["none"]) == ("5", '{"a": true}', None)
    assert float(row["lon"]) == pytest.approx(106.1)


def test_a_hole_moves_the_centre() -> None:
    hole = [[106.0, 10.0], [106.1, 10.0], [106.1, 10.4], [106.0, 10.4], [106.0, 10.0]]
    assert centre({"type": "Polygon", "coordinates": [SQUARE, hole]}) == pytest.approx(
        (106.15, 10.2)
    )


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {
            "type": "GeometryCollection",
            "geometries": [POLYGON, {"type": "Point", "coordinates": [0, 0]}],
        },
        {"type": "MultiPoint", "coordinates": [[106.0, 10.2], [106.2, 10.2]]},
        {"type": "MultiLineString", "coordinates": [[[106.0, 10.2], [106.2, 10.2]]]},
        {"type": "LineString", "coordinates": [[106.1, 10.2], [106.1, 10.2]]},
    ],
)  # fmt: skip
def test_every_kind_has_its_centre(shape: dict[str, Any]) -> None:
    assert centre(shape) == pytest.approx((106.1, 10.2))


def test_an_empty_geometry_has_none() -> None:
    assert centre({"type": "MultiPoint", "coordinates": []}) is None


@given(st.floats(102, 110), st.floats(8, 24), st.floats(1e-4, 1))
def test_the_centre_of_a_square_is_its_middle(lon: float, lat: float, size: float) -> None:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    middle = centre({"type": "Polygon", "coordinates": [ring]})
    assert middle == pytest.approx((lon + size / 2, lat + size / 2), abs=size / 1e3)


def test_coordinates_of_another_system_are_refused(tmp_path: Path) -> None:
    world = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read(tmp_path, features(POLYGON, crs=world))
    vn2000 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}}
    with pytest.raises(Fault) as caught:
        read(tmp_path, features(POLYGON, crs=vn2000))
    assert caught.value.check == "source.crs"


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"features": {}},
        {"features": [5]},
        {"features": [{"properties": []}]},
        features({"type": "Circle", "coordinates": [1, 2]}),
        features({"type": "Point", "coordinates": ["x", 2]}),
        features({"type": "Point", "coordinates": [float("nan"), 2]}),
        features({"type": "Point"}),
        features(5),
    ],
)
def test_what_is_no_geojson_is_unreadable(tmp_path: Path, document: object) -> None:
    with pytest.raises(Fault) as caught:
        read(tmp_path, document)
    assert caught.value.check == "source.unreadable"


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught, open_reader(source(), f"geojson:///{tmp_path}/none"):
        pass
    assert caught.value.check == "source.unreachable"
