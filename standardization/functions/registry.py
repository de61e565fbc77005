"""All cleaning functions by name, and their registration in a DuckDB connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType
from duckdb.sqltypes import VARCHAR

from contracts.times import VIETNAM
from standardization.functions import dates, encodings, numbers, persons, phones, registers, text
from standardization.functions.spec import ArrowFunction, Helper, SqlFunction

_MODULES = (text, encodings, dates, numbers, phones, persons, registers)

FUNCTIONS: Mapping[str, SqlFunction] = MappingProxyType(
    {function.name: function for module in _MODULES for function in module.FUNCTIONS}
)


def register(
    connection: duckdb.DuckDBPyConnection,
    *,
    pseudonym_key: bytes | None = None,
    this_year: int | None = None,
) -> None:
    """Define every function in the connection's database; its cursors see them too.

    Args:
        connection: a database in which they are not yet defined.
        pseudonym_key: at least 32 secret bytes; without it ``pseudonym`` refuses to run.
        this_year: two-digit years above its last two digits belong to the last century;
            by default the year it is in Vietnam.

    Raises:
        Fault: ``pseudonym.key`` when the key is too short.
    """
    year = this_year or datetime.now(VIETNAM).year
    _define(connection, Helper("_read_wall", ("x",), udf=dates.wall_reader(year)))
    for module in _MODULES:
        for helper in module.HELPERS:
            _define(connection, helper)
        for function in module.FUNCTIONS:
            _define(connection, function, _keyed(function, pseudonym_key))


def _keyed(function: SqlFunction, key: bytes | None) -> ArrowFunction | None:
    if function.name == "pseudonym" and key is not None:
        return persons.keyed_pseudonym(key)
    return function.udf


def _define(
    connection: duckdb.DuckDBPyConnection,
    function: SqlFunction | Helper,
    udf: ArrowFunction | None = None,
) -> None:
    if function.macro is not None:
        parameters = ", ".join(function.parameters)
        connection.execute(f"CREATE MACRO {function.name}({parameters}) AS ({function.macro})")
        return
    # DuckDB evaluates annotations, which a lambda has none of; its stubs know only functions of
    # single values.
    arrow = cast("Callable[..., Any]", udf or function.udf)
    connection.create_function(
        function.name,
        lambda column: arrow(column),
        [VARCHAR],
        VARCHAR,
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
