"""How each download format is written, from a SELECT that reads files.

Every writer streams: memory does not grow with the rows. A cell can never be a formula, in
whichever program the file is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import literal, quoted
from lakehouse.versions import describe

MEDIA_TYPES: Mapping[str, str] = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
}
XLSX_ROWS = 1_048_576
"""Rows of an Excel sheet, the header included."""
XLSX_TEXT = 32_767
"""Characters of an Excel cell."""

_MOMENT = "TIMESTAMP WITH TIME ZONE"
_FORMULA = ", ".join(str(ord(sign)) for sign in "=+-@＝＋－＠\t\r\n")
_BATCH = 2_000
_MEMORY = "512MB"


def write_csv(select: str, path: Path) -> None:
    """UTF-8, comma, header; an empty text is ``""`` and a missing value nothing.

    A text that a spreadsheet would take for a formula (it begins with ``= + - @``, their
    full-width forms, tab or a line break) gets ``'`` before it. Numbers and dates are as they
    are. Parquet and JSON hold every text unchanged.
    """
    _copy(select, path, _csv_value, "FORMAT csv, HEADER")


def write_jsonl(select: str, path: Path) -> None:
    """One JSON object a line, with every column; moments in ISO 8601 at +07:00."""
    _copy(select, path, _json_value, "FORMAT json")


def write_parquet(select: str, path: Path) -> None:
    """Parquet with every value as it is."""
    _copy(select, path, lambda name, _kind: quoted(name), "FORMAT parquet, COMPRESSION zstd")


def write_xlsx(select: str, path: Path) -> None:
    """One sheet with a header; texts are text cells whatever they begin with.

    Raises:
        Fault: ``export.too_many_rows`` or ``export.cell_too_long``: Excel would cut them off.
    """
    # openpyxl takes longer to import than most runs take to write; few write such a file.
    from lakehouse import sheets

    with _reading() as connection:
        kinds = describe(connection, select)
        _check_fits(connection, select, kinds)
        values = ", ".join(_xlsx_value(name, kind) for name, kind in kinds.items())
        found = connection.execute(f"SELECT {values} FROM ({select})")
        sheets.write(kinds, chain.from_iterable(iter(lambda: found.fetchmany(_BATCH), [])), path)


WRITERS: Mapping[str, Callable[[str, Path], None]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "jsonl": write_jsonl,
}


def _reading() -> duckdb.DuckDBPyConnection:
    """A connection of its own: it keeps the order of rows, which a pipeline's need not."""
    return duckdb.connect(
        config={
            "memory_limit": _MEMORY,
            "threads": "2",
            "temp_directory": "",
            "autoload_known_extensions": "false",
        }
    )


def _copy(select: str, path: Path, value: Callable[[str, str], str], options: str) -> None:
    with _reading() as connection:
        values = ", ".join(
            f"{value(name, kind)} AS {quoted(name)}"
            for name, kind in describe(connection, select).items()
        )
        connection.execute(
            f"COPY (SELECT {values} FROM ({select})) TO {literal(str(path))} ({options})"
        )


def _moment(name: str) -> str:
    """A moment in ISO 8601 at +07:00, by arithmetic: it depends on no time zone database."""
    local = f"make_timestamp(epoch_us({quoted(name)})) + INTERVAL 7 HOUR"
    return f"strftime({local}, '%Y-%m-%dT%H:%M:%S.%f') || '+07:00'"


def _csv_value(name: str, kind: str) -> str:
    if kind == _MOMENT:
        return _moment(name)
    if kind != "VARCHAR" and not kind.endswith("[]"):
        return quoted(name)
    text = f"array_to_string({quoted(name)}, ';')" if kind.endswith("[]") else quoted(name)
    return f"CASE WHEN unicode({text}) IN ({_FORMULA}) THEN '''' || {text} ELSE {text} END"


def _json_value(name: str, kind: str) -> str:
    return _moment(name) if kind == _MOMENT else quoted(name)


def _xlsx_value(name: str, kind: str) -> str:
    if kind == _MOMENT:
        return f"make_timestamp(epoch_us({quoted(name)})) + INTERVAL 7 HOUR"
    if kind.endswith("[]"):
        return f"array_to_string({quoted(name)}, '; ')"
    return quoted(name)


def _check_fits(
    connection: duckdb.DuckDBPyConnection, select: str, kinds: Mapping[str, str]
) -> None:
    texts = [name for name, kind in kinds.items() if kind == "VARCHAR"]
    lengths = ", ".join(f"coalesce(max(length({quoted(name)})), 0)" for name in texts)
    row = connection.execute(
        f"SELECT count(*){', ' * bool(texts)}{lengths} FROM ({select})"
    ).fetchone()
    rows, *longest = row or (0,)
    if rows >= XLSX_ROWS:
        raise Fault(
            "export.too_many_rows",
            _("An Excel sheet holds {most} rows; this release has {rows}."),
            remedy=_("Download CSV or Parquet, or filter the rows first."),
            rows=rows,
            most=XLSX_ROWS - 1,
        )
    for name, length in zip(texts, longest, strict=True):
        if length > XLSX_TEXT:
            raise Fault(
                "export.cell_too_long",
                _("An Excel cell holds {most} characters; a text here has {length}."),
                remedy=_("Download CSV or Parquet."),
                place=Place(column=name),
                length=length,
                most=XLSX_TEXT,
            )
