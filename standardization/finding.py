"""Finding agencies and units in the reference datasets: by name, in an address, near a place.

Here belong the tables that these calls are joined to and the SQL of the calls. All joins are
by equality and day, at most one row each, so that a look-up never multiplies rows; a name
that means two on a day means none. Bringing text to keys is `standardization.functions.names`;
units by code are `lakehouse.unit_sql`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from contracts.quoting import quoted
from lakehouse.units import CROSSWALK, UNITS

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
    """Rows (key, value, valid_from, valid_to) as the spans of days on which a key has exactly
    one value."""
    return f"""
    WITH named AS ({rows}),
    days AS (
        SELECT DISTINCT {key}, unnest([valid_from, coalesce(valid_to, DATE 'infinity')]) AS day
        FROM named
    ),
    spans AS (
        SELECT {key}, day AS first_day, lead(day) OVER (PARTITION BY {key} ORDER BY day) AS next_day
        FROM days
    )
    SELECT s.{key}, s.first_day, s.next_day, any_value(n.{value}) AS {value}
    FROM spans AS s JOIN named AS n USING ({key})
    WHERE n.valid_from <= s.first_day
      AND coalesce(n.valid_to, DATE 'infinity') >= s.next_day
    GROUP BY ALL_KEYS HAVING count(DISTINCT n.{value}) = 1
    """.replace("ALL_KEYS", f"s.{key}, s.first_day, s.next_day")


_PLACE_ROWS = f"""
    SELECT unit_code, {{'lat': latitude::DOUBLE, 'lon': longitude::DOUBLE,
        'reach': {_REACH}}} AS place, valid_from, valid_to
    FROM ref_{UNITS} WHERE latitude IS NOT NULL
"""
# By name or short name, within the agencies of one root code and among all of them.
_AGENCY_ROWS = """
    SELECT concat(root, '|', _agency_key(label)) AS name_key, agency_code, valid_from, valid_to
    FROM (
        SELECT unnest([split_part(agency_code, '.', 1), '']) AS root, label, agency_code,
            valid_from, valid_to
        FROM (
            SELECT unnest([name, short_name]) AS label, agency_code, valid_from, valid_to
            FROM ref_agency
        )
    ) WHERE label IS NOT NULL
"""
# Each level with or without the kind of unit before its name, districts and provinces or not.
_ADDRESS_ROWS = f"""
    WITH keyed AS MATERIALIZED (
        SELECT *, list_distinct([match_key(full_name), match_key(name)]) AS keys
        FROM ref_{UNITS}
    ),
    above AS (
        SELECT c.code_system, c.unit_code, c.keys, c.valid_from, c.valid_to, p.keys AS parents,
            coalesce(t.keys, []) AS tops
        FROM keyed AS c
        JOIN keyed AS p ON p.code_system = c.code_system AND p.unit_code = c.parent_code
        LEFT JOIN keyed AS t ON t.code_system = p.code_system AND t.unit_code = p.parent_code
        WHERE c.level = 'commune'
    )
    SELECT unnest(list_distinct(flatten(list_transform(keys, lambda c_:
        [c_] || list_transform(tops, lambda t_: concat(c_, '|', t_))
        || flatten(list_transform(parents, lambda p_:
            [concat(c_, '|', p_)] || list_transform(tops, lambda t_: concat(c_, '|', p_, '|', t_))
        ))
    )))) AS address_key,
    {{'code_system': code_system, 'unit_code': unit_code}} AS unit, valid_from, valid_to
    FROM above
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
    name on that day, among those under the code `root` (``H20``) if given."""
    name, day, *root = arguments
    key = f"concat({root[0] if root else repr('')}, '|', _agency_key(CAST({name} AS VARCHAR)))"
    return Found(f"{alias}.agency_code", _on(_AGENCIES, alias, "name_key", key, day))


def address_parts(alias: str, parts: str, day: str) -> Found:
    """``address_parts(x, day)`` over the split address `parts`: STRUCT(street, hamlet,
    code_system, unit_code), read from the right; the codes NULL where no commune or more than
    one of that day fits."""
    joins, units = [], []
    for place in (1, 2, 3):
        side = quoted(f"{alias}:{place}")
        joins.append(_on(_ADDRESSES, side, "address_key", f"{parts}[{place}]", day))
        units.append(f"{side}.unit")
    tests = [(f"{unit} IS NOT NULL", place) for place, unit in enumerate(units)]
    at = " ".join(f"WHEN {test} THEN {4 + 2 * place}" for test, place in tests)
    first = f"CASE {at} ELSE 10 END"
    unit = f"coalesce({', '.join(units)})"
    made = (
        f"CASE WHEN {parts} IS NOT NULL THEN {{'street': nullif({parts}[{first}], ''), "
        f"'hamlet': nullif({parts}[{first} + 1], ''), "
        f"'code_system': {unit}.code_system, 'unit_code': {unit}.unit_code}} END"
    )
    return Found(made, "\n".join(joins))


def _on(table: str, alias: str, column: str, key: str, day: str) -> str:
    return (
        f"LEFT JOIN {quoted(table)} AS {alias} ON {alias}.{column} = {key} "
        f"AND {alias}.first_day <= {day} AND {alias}.next_day > {day}"
    )
