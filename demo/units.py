"""The communes that sample applicants live in, from the package ``vietnamadminunits``.

Its data files are read where they are installed; the package is never imported (the import
loads an internet geocoder) and its data never copied into the repository.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "vietnamadminunits"
_PROVINCE = "tinhdongthap"
# The converter lists six more as divided, by homonyms; the act divides these three.
SPLIT_COMMUNES = ("29995", "30079", "30157")
_OUTSIDE_SAMPLE = 60
_FAR = 0.15  # degrees, some 16 km


@dataclass(frozen=True)
class OldCommune:
    """A commune of before 2025-07-01; `current` is its commune of today, None if it was split."""

    code: str
    name: str
    district_code: str
    district: str
    province_code: str
    current: str | None


@dataclass(frozen=True)
class Units:
    """`current`: code to name of the 102 communes of today. `old`: the communes they were made
    of. `outside_*`: codes of other provinces that begin with 0. `retired`: codes of the old
    province that mean nothing today."""

    current: Mapping[str, str]
    old: tuple[OldCommune, ...]
    districts: Mapping[str, str]
    outside_old: tuple[str, ...]
    outside_new: tuple[str, ...]
    retired: tuple[str, ...]


def _data_directory() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"the package {_PACKAGE} is not installed: pip install {_PACKAGE}")
    return Path(spec.submodule_search_locations[0]) / "data"


def _old_communes(db: sqlite3.Connection, converter: Path) -> Iterator[OldCommune]:
    new_codes = dict(
        db.execute("SELECT wardKey, wardCode FROM admin_units WHERE provinceKey = ?", (_PROVINCE,))
    )
    whole = json.loads(converter.read_text(encoding="utf-8"))["DICT_PROVINCE_WARD_NO_DIVIDED"]
    became = {old: new_codes[new] for new, olds in whole[_PROVINCE].items() for old in olds}
    rows = db.execute(
        "SELECT provinceKey || '_' || districtKey || '_' || wardKey, wardCode, ward, districtCode,"
        " district, provinceCode FROM admin_units_legacy WHERE provinceCode IN ('82', '87')"
        " ORDER BY wardCode"
    )
    for key, code, name, district_code, district, province in rows:
        if code in SPLIT_COMMUNES:
            yield OldCommune(code, name, district_code, district, province, None)
        elif key in became:
            yield OldCommune(code, name, district_code, district, province, became[key])


def _thinned(codes: list[str]) -> tuple[str, ...]:
    return tuple(codes[:: max(1, len(codes) // _OUTSIDE_SAMPLE)])


def read_units() -> Units:
    """Read the installed package's files.

    Raises `LookupError` when the package is missing.
    """
    data = _data_directory()
    # immutable: the package directory may not be writable, and is never written.
    uri = f"{(data / 'dataset.db').as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as db:
        old = tuple(_old_communes(db, data / "converter_2025.json"))
        current = dict(
            db.execute(
                "SELECT wardCode, ward FROM admin_units WHERE provinceKey = ? ORDER BY wardCode",
                (_PROVINCE,),
            )
        )

        def codes(table: str) -> list[str]:
            query = f"SELECT DISTINCT wardCode FROM {table} ORDER BY wardCode"
            return [str(code) for (code,) in db.execute(query)]

        legacy, new = codes("admin_units_legacy"), codes("admin_units")
    known = set(new)
    return Units(
        current=current,
        old=old,
        districts={commune.district_code: commune.district for commune in old},
        outside_old=_thinned([code for code in legacy if code < "10000"]),
        outside_new=_thinned([code for code in new if code < "10000"]),
        retired=tuple(commune.code for commune in old if commune.code not in known),
    )


def commune_centres() -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    """Latitude and longitude of the communes of both old provinces, and of today's, by code.
    A centre of today that lies far from that of the old commune of its code is left out: the
    package has another place of the same name there.

    Raises `LookupError` when the package is missing.
    """
    uri = f"{(_data_directory() / 'dataset.db').as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as db:
        before = {
            str(code): (float(lat), float(lon))
            for code, lat, lon in db.execute(
                "SELECT wardCode, wardLat, wardLon FROM admin_units_legacy"
                " WHERE provinceCode IN ('82', '87') AND wardLat IS NOT NULL"
            )
        }
        rows = db.execute(
            "SELECT wardCode, wardLat, wardLon FROM admin_units"
            " WHERE provinceKey = ? AND wardLat IS NOT NULL",
            (_PROVINCE,),
        )
        now = {
            str(code): (float(lat), float(lon))
            for code, lat, lon in rows
            if str(code) in before
            and max(abs(lat - before[str(code)][0]), abs(lon - before[str(code)][1])) < _FAR
        }
    return before, now
