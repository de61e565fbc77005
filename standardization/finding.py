"""Finding agencies and units in the reference datasets: by name, in an address, near a place.

Here belong the tables that these calls are joined to and the SQL of the calls. All joins are
by equality and day, at most one row each, so that a look-up never multiplies rows. A key
without marks that means two on a day means the one that is spelled as the text is (Tân Thành
or Tân Thạnh), and none where the text has no marks either. Bringing text to keys is
`standardization.functions.names`; units by code are `lakehouse.unit_sql`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from contracts.quoting import quoted
from lakehouse.units import CROSSWALK, UNITS
from standardization.functions.spec import let

NEAR_UNIT, AGENCY_BY_NAME, ADDRESS_PARTS = "near_unit", "agency_by_name", "address_parts"
FINDERS = frozenset({NEAR_UNIT, AGENCY_BY_NAME, ADDRESS_PARTS})
_PLACES, _AGENCIES, _ADDRESSES = "unit_places", "agency_names", "unit_addresses"
READS = {
    NEAR_UNIT: (UNITS, ("latitude", "longitude", "area_km2")),
    ADDRESS_PARTS: (UNITS, ("code_system", "unit_code", "full_name")),
    AGENCY_BY_NAME: ("agency", ("agency_code", "name", "short_name")),
    "resolve_unit": (UNITS, ("code_system", "unit_code")),
    "unit_now": (CROSSWALK, ("old_system", "old_code", "new_code")),
}
"""Call → the dataset it reads and which of its columns, for the column lineage."""
# Where the split address has the street of the whole text, and before its spellings.
_WHOLE, _SPELLINGS = 10, 11
_KM_PER_DEGREE = 111.195
# Of 99 communes with a sound centre, 97 lie wholly within three times the radius of a circle
# of their area; where the area is unknown, the widest of 305 old communes reached 10 km.
_REACH = "CASE WHEN level = 'commune' THEN coalesce(3 * sqrt(area_km2 / pi()) + 1, 12) END"


@dataclass(frozen=True)
class Found:
    """A call as a column: its SQL, and the joins that its layer needs for it."""

    sql: str
    join: str


def _spans(key: str, value: str, rows: str) -> str:
    """Rows (key, spelling, value, valid_from, valid_to) as spans of days on each of which a key
    has a `value`, or several: then ``spelled``, the one value of each spelling. A spelling
    without any mark tells no two apart: whoever typed it may have typed no marks at all."""
    return f"""
    WITH named AS ({rows}),
    days AS (
        SELECT DISTINCT {key}, unnest([valid_from, coalesce(valid_to, DATE 'infinity')]) AS day
        FROM named
    ),
    spans AS (
        SELECT {key}, day AS first_day, lead(day) OVER (PARTITION BY {key} ORDER BY day) AS next_day
        FROM days
    ),
    met AS (
        SELECT s.{key}, s.first_day, s.next_day, n.spelling, list(DISTINCT n.{value}) AS meant
        FROM spans AS s JOIN named AS n USING ({key})
        WHERE n.valid_from <= s.first_day
          AND coalesce(n.valid_to, DATE 'infinity') >= s.next_day
        GROUP BY s.{key}, s.first_day, s.next_day, n.spelling
    )
    SELECT {key}, first_day, next_day,
        CASE WHEN len(list_distinct(flatten(list(meant)))) = 1 THEN any_value(meant)[1] END
            AS {value},
        CASE WHEN len(list_distinct(flatten(list(meant)))) > 1 THEN map_from_entries(coalesce(
            list({{'k': spelling, 'v': meant[1]}})
                FILTER (len(meant) = 1 AND strlen(spelling) > length(spelling)), []
        )) END AS spelled
    FROM met GROUP BY {key}, first_day, next_day
    """


_PLACE_ROWS = f"""
    SELECT unit_code, '' AS spelling, {{'lat': latitude::DOUBLE, 'lon': longitude::DOUBLE,
        'reach': {_REACH}}} AS place, valid_from, valid_to
    FROM ref_{UNITS} WHERE latitude IS NOT NULL
"""
# By name or short name, within the agencies of one root code and among all of them.
_AGENCY_ROWS = """
    SELECT concat(root, '|', _agency_key(label)) AS name_key,
        _agency_spelling(label) AS spelling, agency_code, valid_from, valid_to
    FROM (
        SELECT unnest([split_part(agency_code, '.', 1), '']) AS root, label, agency_code,
            valid_from, valid_to
        FROM (
            SELECT unnest([name, short_name]) AS label, agency_code, valid_from, valid_to
            FROM ref_agency
        )
    ) WHERE label IS NOT NULL
"""


def _and(*names: str) -> str:
    """A commune's name with those above it, as key and as spelling."""
    key = ", ".join(f"{name}.k" for name in names)
    spelling = ", ".join((f"{names[0]}.s", *(f"{name}.k" for name in names[1:])))
    return f"{{'k': concat_ws('|', {key}), 's': concat_ws('|', {spelling})}}"


# Each level with or without the kind of unit before its name, districts and provinces or not.
# Of a spelling only the commune has its marks: no two districts of a province need them.
_ADDRESS_ROWS = f"""
    WITH keyed AS MATERIALIZED (
        SELECT *, list_distinct([
            {{'k': match_key(full_name), 's': _spelled_key(full_name)}},
            {{'k': match_key(name), 's': _spelled_key(name)}}
        ]) AS names
        FROM ref_{UNITS}
    ),
    above AS (
        SELECT c.code_system, c.unit_code, c.names, c.valid_from, c.valid_to, p.names AS parents,
            coalesce(t.names, []) AS tops
        FROM keyed AS c
        JOIN keyed AS p ON p.code_system = c.code_system AND p.unit_code = c.parent_code
        LEFT JOIN keyed AS t ON t.code_system = p.code_system AND t.unit_code = p.parent_code
        WHERE c.level = 'commune'
    ),
    called AS (
        SELECT unnest(list_distinct(flatten(list_transform(names, lambda c_:
            [c_] || list_transform(tops, lambda t_: {_and("c_", "t_")})
            || flatten(list_transform(parents, lambda p_:
                [{_and("c_", "p_")}] || list_transform(tops, lambda t_: {_and("c_", "p_", "t_")})
            ))
        )))) AS called, {{'code_system': code_system, 'unit_code': unit_code}} AS unit,
        valid_from, valid_to
        FROM above
    )
    SELECT called.k AS address_key, called.s AS spelling, unit, valid_from, valid_to FROM called
"""
_TABLES = {
    _PLACES: _spans("unit_code", "place", _PLACE_ROWS),
    _AGENCIES: _spans("name_key", "agency_code", _AGENCY_ROWS),
    _ADDRESSES: _spans("address_key", "unit", _ADDRESS_ROWS),
}


def open_finders(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Make the tables that `sql` joins, of the reference views the connection has."""
    for name, select in _TABLES.items():
        if quoted(name) in sql:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {select}")


def near_unit(alias: str, arguments: Sequence[str]) -> Found:
    """``near_unit(latitude, longitude, unit_code, day)``: whether the place can lie in the unit
    of that code on that day; NULL where the unit's centre is unknown."""
    latitude, longitude, code, day = arguments
    lat, lon = f"{alias}.place.lat", f"{alias}.place.lon"
    north, east = f"({latitude} - {lat})", f"({longitude} - {lon}) * cos(radians({lat}))"
    # Over so few kilometres the earth is flat.
    distance = f"{_KM_PER_DEGREE} * sqrt(power({north}, 2) + power({east}, 2))"
    return Found(f"{distance} <= {alias}.place.reach", _on(_PLACES, alias, "unit_code", code, day))


def agency_by_name(alias: str, arguments: Sequence[str]) -> Found:
    """``agency_by_name(name, day[, root])``: the code of the one agency of that name or short
    name on that day, among those under the code `root` (``H20``) if given. Of several without
    marks it is the one spelled so."""
    name, day, *root = arguments
    text = f"CAST({name} AS VARCHAR)"
    key = f"concat({root[0] if root else repr('')}, '|', _agency_key({text}))"
    found = _meant(alias, "agency_code", f"_agency_spelling({text})")
    return Found(found, _on(_AGENCIES, alias, "name_key", key, day))


def address_parts(alias: str, parts: str, day: str) -> Found:
    """``address_parts(x, day)`` over the split address `parts`: STRUCT(street, hamlet,
    code_system, unit_code, ambiguous), read from the right; the codes NULL where no commune or
    more than one of that day fits, `ambiguous` where it is more than one."""
    joins, units, sides = [], [], []
    for place in (1, 2, 3):
        side = quoted(f"{alias}:{place}")
        joins.append(_on(_ADDRESSES, side, "address_key", f"{parts}[{place}]", day))
        units.append(_meant(side, "unit", f"{parts}[{_SPELLINGS + place}]"))
        sides.append(side)
    # A longer key that fits several is not overruled by a shorter one that fits another.
    cases = " ".join(
        f"WHEN {side}.first_day IS NOT NULL THEN {{'unit': {unit}, 'left': {4 + 2 * place}}}"
        for place, (side, unit) in enumerate(zip(sides, units, strict=True))
    )
    made = let(
        "found_",
        f"CASE {cases} END",
        let(
            "left_",
            f"CASE WHEN found_.unit IS NULL THEN {_WHOLE} ELSE found_.left END",
            f"{{'street': nullif({parts}[left_], ''), 'hamlet': nullif({parts}[left_ + 1], ''), "
            "'code_system': found_.unit.code_system, 'unit_code': found_.unit.unit_code, "
            "'ambiguous': found_ IS NOT NULL AND found_.unit IS NULL}",
        ),
    )
    return Found(f"CASE WHEN {parts} IS NOT NULL THEN {made} END", "\n".join(joins))


def _meant(alias: str, value: str, spelling: str) -> str:
    """The one value of the key, or of several that of the `spelling`."""
    return (
        f"CASE WHEN {alias}.spelled IS NULL THEN {alias}.{value} "
        f"ELSE {alias}.spelled[{spelling}] END"
    )


def _on(table: str, alias: str, column: str, key: str, day: str) -> str:
    return (
        f"LEFT JOIN {quoted(table)} AS {alias} ON {alias}.{column} = {key} "
        f"AND {alias}.first_day <= {day} AND {alias}.next_day > {day}"
    )
