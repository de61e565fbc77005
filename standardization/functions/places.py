"""Coordinates as systems write them: degrees in either order, or metres of VN-2000.

Only whether a pair can be a place in Viet Nam is judged here. Whether it is near the commune
that the row names is ``near_unit``, which asks the unit dataset.
"""

from __future__ import annotations

import math
import re

from standardization.functions.spec import Helper, SqlFunction, let
from standardization.functions.text import clean

_SEPARATOR = "\x1f"
_DEGREES = re.compile(
    r"(?P<d>\d{1,3}(?:\.\d+)?) ?°?(?: ?(?P<m>\d{1,2}(?:\.\d+)?) ?['’′]"
    r"(?: ?(?P<s>\d{1,2}(?:\.\d+)?) ?(?:\"|”|″|'')?)?)? ?[NEBĐneb]?",
    re.ASCII,
)
# Land, islands and sea of Viet Nam, generously; no latitude is a longitude of it.
_LATITUDES, _LONGITUDES = (7.5, 24.0), (102.0, 118.0)
_TYPE = "STRUCT(latitude DOUBLE, longitude DOUBLE, kind VARCHAR)"
# VN-2000 lies on the ellipsoid of WGS 84; zones of three degrees.
_A, _F = 6_378_137.0, 1 / 298.257223563
_E2 = _F * (2 - _F)
_SCALE, _FALSE_EASTING = 0.9999, 500_000.0
# QĐ 05/2007/QĐ-BTNMT: metres, seconds of arc, parts per million; VN-2000 to WGS 84.
_SHIFT = (-191.90441429, -39.30318279, -111.45032835)
_TURN = tuple(math.radians(s / 3600) for s in (-0.00928836, 0.01975479, -0.00427372))
_PPM = 0.252906278e-6


def _read_degrees(text: str) -> str | None:
    """Decimal degrees of "10.36", "10,36" or "10°21'36\\"N"."""
    found = _DEGREES.fullmatch((clean(text) or "").replace(",", "."))
    if not found:
        return None
    minutes, seconds = float(found["m"] or 0), float(found["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return repr(float(found["d"]) + minutes / 60 + seconds / 3600)


def vn2000_to_wgs84(northing: float, easting: float, meridian: float) -> tuple[float, float]:
    """Latitude and longitude in WGS 84 of metres in the VN-2000 zone of `meridian` degrees."""
    n = _F / (2 - _F)
    radius = _A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    xi = northing / (_SCALE * radius)
    eta = (easting - _FALSE_EASTING) / (_SCALE * radius)
    # Krüger's series of 1912, to the fourth power of n: better than a millimetre.
    series = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161280,
    )
    xi_, eta_ = xi, eta
    for order, factor in enumerate(series, start=1):
        xi_ -= factor * math.sin(2 * order * xi) * math.cosh(2 * order * eta)
        eta_ -= factor * math.cos(2 * order * xi) * math.sinh(2 * order * eta)
    conformal = math.asin(math.sin(xi_) / math.cosh(eta_))
    back = (
        2 * n - 2 * n**2 / 3 - 2 * n**3 + 116 * n**4 / 45,
        7 * n**2 / 3 - 8 * n**3 / 5 - 227 * n**4 / 45,
        56 * n**3 / 15 - 136 * n**4 / 35,
        4279 * n**4 / 630,
    )
    latitude = conformal + sum(
        factor * math.sin(2 * order * conformal) for order, factor in enumerate(back, start=1)
    )
    longitude = math.radians(meridian) + math.atan2(math.sinh(eta_), math.cos(xi_))
    return _shifted(latitude, longitude)


def _shifted(latitude: float, longitude: float) -> tuple[float, float]:
    """The same point in the other datum, in degrees; heights are taken as zero."""
    prime = _A / math.sqrt(1 - _E2 * math.sin(latitude) ** 2)
    x = prime * math.cos(latitude) * math.cos(longitude)
    y = prime * math.cos(latitude) * math.sin(longitude)
    z = prime * (1 - _E2) * math.sin(latitude)
    rx, ry, rz = _TURN
    grown = 1 + _PPM
    x, y, z = (
        _SHIFT[0] + grown * (x + rz * y - ry * z),
        _SHIFT[1] + grown * (y - rz * x + rx * z),
        _SHIFT[2] + grown * (z + ry * x - rx * y),
    )
    across = math.hypot(x, y)
    made = math.atan2(z, across * (1 - _E2))
    for _round in range(4):
        prime = _A / math.sqrt(1 - _E2 * math.sin(made) ** 2)
        made = math.atan2(z + _E2 * prime * math.sin(made), across)
    return math.degrees(made), math.degrees(math.atan2(y, x))


def _read_vn2000(text: str) -> str | None:
    try:
        northing, easting, meridian = (float(p.replace(",", ".")) for p in text.split(_SEPARATOR))
    except ValueError:
        return None
    if not 800_000 <= northing <= 2_700_000:
        northing, easting = easting, northing
    if not (800_000 <= northing <= 2_700_000 and 100_000 <= easting <= 900_000):
        return None
    if not _LONGITUDES[0] <= meridian <= _LONGITUDES[1]:
        return None
    latitude, longitude = vn2000_to_wgs84(northing, easting, meridian)
    return f"{latitude:.7f}{_SEPARATOR}{longitude:.7f}"


def _within(name: str, bounds: tuple[float, float]) -> str:
    return f"{name} BETWEEN {bounds[0]} AND {bounds[1]}"


_PAIR = (
    f"CASE WHEN {_within('c_.a', _LATITUDES)} AND {_within('c_.b', _LONGITUDES)} "
    f"THEN {{'latitude': c_.a, 'longitude': c_.b, 'kind': 'given'}}::{_TYPE} "
    f"WHEN {_within('c_.b', _LATITUDES)} AND {_within('c_.a', _LONGITUDES)} "
    f"THEN {{'latitude': c_.b, 'longitude': c_.a, 'kind': 'swapped'}}::{_TYPE} END"
)

HELPERS = (
    Helper("_read_degrees", ("x",), read=_read_degrees),
    Helper("_read_vn2000", ("x",), read=_read_vn2000),
    Helper(
        "_degrees",
        ("x",),
        macro="coalesce(try_cast(x AS DOUBLE), _read_degrees(x::VARCHAR)::DOUBLE)",
    ),
)

FUNCTIONS = (
    SqlFunction(
        "coordinate",
        ("x", "longitude"),
        _TYPE,
        {
            "vi": "Tọa độ WGS84 theo độ; vĩ độ và kinh độ bị đổi chỗ thì đổi lại, ngoài Việt Nam "
            "thì không nhận.",
            "en": "WGS 84 coordinates in degrees; exchanged latitude and longitude were put back, "
            "places outside Viet Nam are not accepted.",
        },
        "Cleaning rules: coordinates. Fields latitude, longitude and kind (given, swapped)",
        (
            (
                ("10.36", "106.36"),
                {"latitude": 10.36, "longitude": 106.36, "kind": "given"},
            ),
            (
                (106.36, 10.36),
                {"latitude": 10.36, "longitude": 106.36, "kind": "swapped"},
            ),
            (
                ("10°21'36\"N", "106°21'36\"E"),
                {"latitude": 10.36, "longitude": 106.36, "kind": "given"},
            ),
            (("48.85", "2.35"), None),
            (("0", "0"), None),
        ),
        macro=let("c_", "{'a': _degrees(x), 'b': _degrees(longitude)}", _PAIR),
        parses=True,
        changed="{made}.kind <> 'given'",
    ),
    SqlFunction(
        "coordinate_vn2000",
        ("x", "y", "meridian"),
        _TYPE,
        {
            "vi": "Đổi tọa độ VN-2000 (mét, múi 3°, kinh tuyến trục của tỉnh) sang WGS84.",
            "en": "Converted VN-2000 coordinates (metres, 3° zone, the province's central "
            "meridian) to WGS 84.",
        },
        "Cleaning rules: coordinates; QĐ 05/2007/QĐ-BTNMT, seven parameters. x is the northing",
        (
            (("0", "0", "105.75"), None),
            (("abc", "566000", "105.75"), None),
        ),
        macro=let(
            "v_",
            f"string_split(_read_vn2000(x::VARCHAR || '{_SEPARATOR}' || y::VARCHAR "
            f"|| '{_SEPARATOR}' || meridian::VARCHAR), '{_SEPARATOR}')",
            "CASE WHEN v_ IS NOT NULL THEN {'latitude': v_[1]::DOUBLE, "
            f"'longitude': v_[2]::DOUBLE, 'kind': 'vn2000'}}::{_TYPE} END",
        ),
        parses=True,
    ),
)
