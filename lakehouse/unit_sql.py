"""Administrative units by code and day as SQL functions, for the columns of a whole table.

Over the reference views of a working connection. Finding units for people is
`lakehouse.units`.
"""

from __future__ import annotations

import duckdb

from lakehouse.units import CROSSWALK, UNITS

CURRENT_SYSTEM = "QD19_2025"

UNIT_DAYS = "unit_days"
"""View of ``unit_code``, ``first_day``, ``next_day`` (not of it any more) and ``unit``, a
STRUCT(code_system, unit_code): the spans of days on which a code means exactly one unit. At
most one span of a code holds a day, so a join to it by code and day never multiplies rows."""

UNIT_TODAY = "unit_today"
"""View of ``old_system``, ``old_code`` and ``new_code``: the one unit that a unit is today,
NULL for a split one. One row a unit, so a join to it by system and code never multiplies rows."""

UNIT_FUNCTIONS: tuple[str, ...] = (
    f"""
    CREATE OR REPLACE VIEW {UNIT_DAYS} AS
    WITH days AS (
        SELECT DISTINCT unit_code, unnest([valid_from, valid_to, DATE 'infinity']) AS day
        FROM ref_{UNITS}
    ),
    spans AS (
        SELECT unit_code, day AS first_day,
               lead(day) OVER (PARTITION BY unit_code ORDER BY day) AS next_day
        FROM days WHERE day IS NOT NULL
    )
    SELECT s.unit_code, s.first_day, s.next_day,
           any_value({{'code_system': u.code_system, 'unit_code': u.unit_code}}) AS unit
    FROM spans AS s JOIN ref_{UNITS} AS u ON u.unit_code = s.unit_code
    WHERE u.valid_from <= s.first_day AND coalesce(u.valid_to, DATE 'infinity') >= s.next_day
    GROUP BY s.unit_code, s.first_day, s.next_day HAVING count(*) = 1
    """,
    f"""
    CREATE OR REPLACE MACRO resolve_unit(_code, _day) AS (
        SELECT any_value(d.unit) FROM {UNIT_DAYS} AS d
        WHERE d.unit_code = _code AND d.first_day <= _day AND d.next_day > _day
    )
    """,
    f"""
    CREATE OR REPLACE VIEW {UNIT_TODAY} AS
    SELECT old_system, old_code,
           CASE WHEN count(*) = 1 AND bool_and(whole) THEN any_value(new_code) END AS new_code
    FROM (
        SELECT old_system, old_code, new_code, relation <> 'part' AS whole FROM ref_{CROSSWALK}
        UNION ALL
        SELECT code_system, unit_code, unit_code, TRUE FROM ref_{UNITS}
        WHERE code_system = '{CURRENT_SYSTEM}' AND valid_to IS NULL
    )
    GROUP BY old_system, old_code
    """,
    f"""
    CREATE OR REPLACE MACRO unit_now(_system, _code) AS (
        SELECT any_value(t.new_code) FROM {UNIT_TODAY} AS t
        WHERE t.old_system = _system AND t.old_code = _code
    )
    """,
)
"""``resolve_unit(code, day)``: STRUCT(code_system, unit_code) of the one unit with that code
on that day, else NULL. ``unit_now(system, code)``: the code of the one unit it is today, NULL
for a split one. Over the views ``ref_administrative_unit`` and its crosswalk.

Correlated on columns, DuckDB joins them by hash (two million rows in half a second). With the
other call as argument it does not, and compares all with all: callers compute inner calls as
columns of a subquery first.
"""


def register_units(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions of `UNIT_FUNCTIONS` over the reference views that the connection has.

    Nothing is made without them: no mapping can call what its dataset does not require.
    """
    views = {str(name) for (name,) in connection.execute("SHOW TABLES").fetchall()}
    if f"ref_{UNITS}" in views:
        for statement in UNIT_FUNCTIONS[:2]:
            connection.execute(statement)
    if {f"ref_{UNITS}", f"ref_{CROSSWALK}"} <= views:
        for statement in UNIT_FUNCTIONS[2:]:
            connection.execute(statement)
