"""All cleaning functions by name, and their registration in a DuckDB connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol, cast

import duckdb
from duckdb.func import FunctionNullHandling
from duckdb.sqltypes import BLOB, VARCHAR

from contracts.times import VIETNAM
from standardization.functions import (
    births,
    dates,
    encodings,
    fonts,
    identities,
    masking,
    month_first,
    names,
    numbers,
    persons,
    phones,
    places,
    quantities,
    registers,
    text,
)
from standardization.functions.spec import Helper, SqlFunction, TextFunction

_REMEMBERED = 65_536


class _Module(Protocol):
    """A module of functions; what they need of one another is in the modules before it."""

    @property
    def HELPERS(self) -> tuple[Helper, ...]: ...  # noqa: N802 - a constant of the module

    @property
    def FUNCTIONS(self) -> tuple[SqlFunction, ...]: ...  # noqa: N802 - a constant of the module


_MODULES: tuple[_Module, ...] = (
    *(
        text,
        encodings,
        fonts,
        dates,
        month_first,
        births,
        numbers,
        quantities,
        phones,
        persons,
        registers,
    ),
    *(identities, places, names, masking),
)

FUNCTIONS: Mapping[str, SqlFunction] = MappingProxyType(
    {function.name: function for module in _MODULES for function in module.FUNCTIONS}
)


def register(
    connection: duckdb.DuckDBPyConnection,
    *,
    pseudonym_key: bytes | None = None,
    this_year: int | None = None,
    macros: bool = True,
) -> None:
    """Define every function in the connection's database; its cursors see them too.

    Args:
        connection: a database in which they are not yet defined.
        pseudonym_key: at least 32 secret bytes; without it ``pseudonym`` refuses to run.
        this_year: two-digit years above its last two digits belong to the last century;
            by default the year it is in Vietnam.
        macros: whether to define those that are SQL: a database file keeps them, and to copy it
            takes an eighth of defining them anew.

    Raises:
        Fault: ``pseudonym.key`` when the key is too short.
    """
    year = this_year or datetime.now(VIETNAM).year
    for name, give in persons.pads(pseudonym_key).items():
        # What has side effects becomes no constant of a plan.
        connection.create_function(name, give, [], BLOB, side_effects=True)
    _define(connection, Helper("_read_wall", ("x",), read=dates.wall_reader(year)))
    for module in _MODULES:
        for helper in module.HELPERS:
            if macros or helper.macro is None:
                _define(connection, helper)
        for function in module.FUNCTIONS if macros else ():
            _define(connection, function)


def _define(connection: duckdb.DuckDBPyConnection, function: SqlFunction | Helper) -> None:
    if function.macro is not None:
        parameters = ", ".join(function.parameters)
        connection.execute(f"CREATE MACRO {function.name}({parameters}) AS ({function.macro})")
        return
    python = _unless_null(cast("TextFunction", function.read))
    connection.create_function(
        function.name,
        # DuckDB evaluates annotations, which a lambda has none of.
        lambda value: python(value),
        [VARCHAR],
        VARCHAR,
        null_handling=FunctionNullHandling.SPECIAL,
    )


def _unless_null(read: TextFunction) -> Callable[[str | None], str | None]:
    # Odd cells repeat. What a connection has read is forgotten with it: some of it is personal.
    return lru_cache(maxsize=_REMEMBERED)(lambda text: None if text is None else read(text))
