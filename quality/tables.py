"""TABLE checks: each query's one number, measured on the candidate.

The numbers go into ``measured``, one row with a column per check, where Great Expectations
judges them. Comparing with the bounds does not belong here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from contracts.checks import CheckKind
from contracts.model import Contract
from contracts.quoting import quoted
from quality.sql import reason


@dataclass(frozen=True)
class Measures:
    """`numbers`: check id → what its query gave. `crashed`: check id → why it gave nothing."""

    numbers: Mapping[str, float]
    crashed: Mapping[str, str]


def measure(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Measures:
    """Evaluate every TABLE check; a query that gives no single number crashes
    (``check.no_number``), as does a check without query or bounds (``check.not_defined``)."""
    numbers: dict[str, float] = {}
    crashed: dict[str, str] = {}
    for check in contract.checks:
        if check.kind is not CheckKind.TABLE:
            continue
        if check.query is None or not check.arguments:
            crashed[check.id] = "check.not_defined"
            continue
        try:
            rows = connection.execute(check.query).fetchmany(2)
        except duckdb.Error as error:
            crashed[check.id] = reason(error)
            continue
        try:
            ((value,),) = rows
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if math.isfinite(number):
            numbers[check.id] = number
        else:
            crashed[check.id] = "check.no_number"
    values = ", ".join(f"CAST({n!r} AS DOUBLE) AS {quoted(name)}" for name, n in numbers.items())
    connection.execute(f"CREATE OR REPLACE TABLE measured AS SELECT {values or 'NULL AS nothing'}")
    return Measures(numbers, crashed)
