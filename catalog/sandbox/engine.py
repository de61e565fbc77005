"""Running a checked SELECT over open files, in a process of its own that can open no others.

The files come as open descriptors and become Arrow datasets; then DuckDB gives up files,
extensions and its settings for good. Limits of the process are `catalog.sandbox.zygote`.
Imported there before the process answers anyone: duckdb and pyarrow take a second.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

import duckdb
import pyarrow as pa
import pyarrow.dataset as pads

from catalog.sandbox.grammar import ROW, CheckedSelect, clause_at, relation_name
from catalog.sandbox.refusals import SqlRefusedError
from contracts.quoting import quoted

MOST_ROWS = 32_000
MOST_BYTES = 16 << 20
"""Bytes of JSON of an answer's rows; the rest is left out as rows beyond `MOST_ROWS` are."""

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "400MB",
    "threads": "1",
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "errors_as_json": "true",
}
# As ckanr knows them and PostgreSQL writes them out; CKAN's own short names are for
# ``datastore_search``.
_TYPES = {
    "BOOLEAN": "bool",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "integer",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric",
    "HUGEINT": "numeric",
    "UHUGEINT": "numeric",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
}
_AS_THEY_ARE = frozenset(_TYPES) | {"DECIMAL", "VARCHAR[]", "BIGINT[]", "INTEGER[]", "DOUBLE[]"}


def answer(select: CheckedSelect, files: Mapping[str, int]) -> tuple[dict[str, object], bytes]:
    """What is told of the answer, and its rows as JSON.

    Args:
        files: table as written → descriptor of a Parquet file.

    Raises:
        SqlRefusedError: ``sql.binding``, ``sql.computing`` or ``sql.too_heavy``.
    """
    relations = {name: relation_name(number) for number, name in enumerate(files)}
    sql = select.to_sql(relations)
    engine = duckdb.connect(config=_SETTINGS)
    for name, relation in relations.items():
        _register(engine, relation, files[name], numbered=select.numbered)
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET disabled_filesystems = 'LocalFileSystem'")
    engine.execute("SET lock_configuration = true")
    before = "DESCRIBE "
    try:
        columns = [
            (str(name), str(kind))
            for name, kind, *_rest in engine.execute(f"{before}{sql}").fetchall()
        ]
        shown = ", ".join(_shown(name, kind) for name, kind in columns)
        before = f"SELECT {shown} FROM ("
        engine.execute(f"{before}{sql}) LIMIT {MOST_ROWS + 1}")
        rows, truncated = _rows(engine, [name for name, _kind in columns])
    except duckdb.OutOfMemoryException:
        raise SqlRefusedError("sql.too_heavy") from None
    except duckdb.Error as error:
        raise _refusal(error, sql, len(before.encode())) from None
    fields = [{"id": name, "type": _type(kind)} for name, kind in columns]
    return {"fields": fields, "records_truncated": truncated}, rows


def _register(
    engine: duckdb.DuckDBPyConnection, relation: str, descriptor: int, *, numbered: bool
) -> None:
    """A row group is read when it is needed, and no sooner: Arrow would read a whole file
    ahead to answer ``LIMIT 3``."""
    options = pads.ParquetFragmentScanOptions(pre_buffer=False)
    form = pads.ParquetFileFormat(default_fragment_scan_options=options)
    source = pa.PythonFile(os.fdopen(descriptor, "rb"), mode="r")
    # The stubs know neither file-like sources nor Parquet's own kind of fragment.
    whole: Any = form.make_fragment(cast("Any", source))
    groups = whole.split_by_row_group()
    dataset = pads.FileSystemDataset(groups, whole.physical_schema, form)
    if numbered:
        engine.register(f"{relation}-rows", dataset)
        engine.execute(
            f"CREATE VIEW {quoted(relation)} AS SELECT row_number() OVER () AS {ROW}, *"
            f" FROM {quoted(f'{relation}-rows')}"
        )
    else:
        engine.register(relation, dataset)


def _shown(name: str, kind: str) -> str:
    column = quoted(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        local = f"make_timestamp(epoch_us({column})) + INTERVAL 7 HOUR"
        return f"strftime({local}, '%Y-%m-%dT%H:%M:%S.%f') || '+07:00' AS {column}"
    return column if kind.partition("(")[0] in _AS_THEY_ARE else f"{column}::VARCHAR AS {column}"


def _rows(engine: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[bytes, bool]:
    """The rows as a JSON array of objects, and whether some were left out."""
    made: list[bytes] = []
    size = 0
    while batch := engine.fetchmany(1_000):
        for row in batch:
            record = {name: _plain(value) for name, value in zip(names, row, strict=True)}
            text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            encoded = text.encode("utf-8", "replace")
            size += len(encoded) + 1
            if len(made) == MOST_ROWS or size > MOST_BYTES:
                return b"[%b]" % b",".join(made), True
            made.append(encoded)
    return b"[%b]" % b",".join(made), False


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _type(kind: str) -> str:
    if kind.endswith("[]"):
        return "_" + _type(kind.removesuffix("[]"))
    if kind.startswith("DECIMAL"):
        return "numeric"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return "timestamptz"
    return _TYPES.get(kind, "text")


def _refusal(error: duckdb.Error, sql: str, before: int) -> SqlRefusedError:
    """Of DuckDB's words only the position is used (in bytes, `before` of them ours): the
    others can hold values."""
    check = "sql.computing"
    if isinstance(error, duckdb.ParserException):
        check = "sql.syntax"
    elif isinstance(error, duckdb.BinderException | duckdb.CatalogException):
        check = "sql.binding"
    text = str(error)
    try:
        position = int(json.loads(text[text.index("{") :])["position"])
    except (ValueError, KeyError, TypeError):
        return SqlRefusedError(check)
    return SqlRefusedError(check, clause_at(sql, position - before))
