"""Running compiled SQL in DuckDB: the working connection and the staging of batches.

Here belong the connection that one run works in, and turning a landing into staged Parquet
and staged files into the relation ``batch``. DuckDB is the engine of this seam; what the SQL
says is `standardization.compiler`, what becomes of the rows is `quality`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.failpoints import failpoint
from contracts.i18n import _
from contracts.mappings import SourceMapping
from contracts.model import Contract
from contracts.quoting import literal, quoted
from contracts.times import TIME_ZONE
from standardization.compiler import CompiledMapping, compile_mapping
from standardization.faults import failed, is_no_room, no_room
from standardization.finding import open_finders
from standardization.functions import register
from standardization.shape import RAW_PREFIX
from standardization.snapshots import Landing
from standardization.staging import staged_rows, write_batch

CONTROL = (
    ("source_system", "VARCHAR"),
    ("source_key", "VARCHAR"),
    ("quality_flag", "VARCHAR"),
    ("_landing_id", "BIGINT"),
    ("_mapping", "VARCHAR"),
    ("_excluded", "VARCHAR"),
    ("_unreadable", "VARCHAR[]"),
    ("_fixed", "VARCHAR[]"),
    ("_doubts", "VARCHAR[]"),
    ("_order", "VARCHAR"),
    ("_precedence", "INTEGER"),
)
"""Columns of ``batch`` after the contract's own (`_order` has its mapping's own type)."""
# Room for the landing ids of one mapping inside a batch of several.
_IDS_PER_FILE = 1 << 40
# What DuckDB does not know it fetches from elsewhere, unless it is told not to.
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_MADE: list[bytes] = []


def workbench(
    directory: Path, *, memory_limit: str, threads: int, pseudonym_key: bytes
) -> duckdb.DuckDBPyConnection:
    """A file-backed connection in `directory` that spills there when memory runs short.

    Args:
        directory: scratch, made if absent; its ``work.duckdb`` is started anew.
        memory_limit: DuckDB's own limit, e.g. ``"1GB"``.
        threads: worker threads.
        pseudonym_key: the secret behind ``pseudonym(x)``.
    """
    directory.mkdir(parents=True, exist_ok=True)
    database = directory / "work.duckdb"
    (directory / "work.duckdb.wal").unlink(missing_ok=True)
    database.write_bytes(_macros(directory))
    connection = duckdb.connect(
        str(database),
        config={
            **_OFFLINE,
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(directory / "spill"),
            "preserve_insertion_order": "false",
            "python_enable_replacements": "false",
        },
    )
    # The files of a release are opened by every query of the gate.
    connection.execute("SET parquet_metadata_cache = true")
    # It is thrown away: to bring its file up to date at the end took 0.2 s.
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    # Global, so that further connections to it have it too.
    connection.execute(f"SET GLOBAL TimeZone = {literal(TIME_ZONE)}")
    register(connection, pseudonym_key=pseudonym_key, macros=False)
    return connection


def _macros(directory: Path) -> bytes:
    """A database file that has the macros, made in `directory` once for all of the process's."""
    if not _MADE:
        path = directory / "macros.duckdb"
        path.unlink(missing_ok=True)
        with closing(duckdb.connect(str(path), config=_OFFLINE)) as connection:
            register(connection)
        _MADE.append(path.read_bytes())
        path.unlink()
    return _MADE[0]


def standardise(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledMapping,
    landing: Landing,
    out: Path,
) -> int:
    """Write the mapping's rows of the batch relation to the Parquet file `out`.

    Returns:
        The rows written, which are the rows landed for the key table.

    Raises:
        Fault: ``standardise.join_multiplies`` naming the join, ``standardise.failed`` naming
            the column whose expression failed.
    """
    mapping = compiled.mapping
    place = Place(dataset=contract.id, source=mapping.source, file=mapping.path.name)
    try:
        _open_landing(connection, compiled, landing)
        open_finders(connection, compiled.sql)
        rows = _count(connection, f"FROM {quoted(compiled.key_relation)}")
        _check_joins(connection, compiled, rows)
        failpoint("mid_standardise")
        staged = write_batch(connection, compiled.sql, out, compiled.constants)
    except duckdb.Error as error:
        raise _failed(connection, contract, compiled, error) from None
    if staged != rows:
        raise Fault(
            "standardise.rows_lost",
            _("{rows} rows were read but {staged} came out."),
            remedy=_("Report this: it is a fault of the platform, not of the data."),
            place=place,
            rows=rows,
            staged=staged,
        )
    return staged


def stage_batch(
    connection: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Path]
) -> None:
    """Make the relation ``batch``: the union of staged files, ``_landing_id`` made unique by
    adding the file's position times 2**40; empty and typed where there is no file."""
    selects = [
        f"SELECT * REPLACE (_landing_id + {position * _IDS_PER_FILE} AS _landing_id) "
        f"FROM ({staged_rows(connection, file)})"
        for position, file in enumerate(files)
    ]
    union = "\nUNION ALL BY NAME\n".join(selects) or _empty(contract)
    connection.execute(f"CREATE OR REPLACE VIEW batch AS {union}")


def _empty(contract: Contract) -> str:
    columns = [(column.name, column.sql_type) for column in contract.columns]
    typed = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(n)}" for n, kind in (*columns, *CONTROL))
    return f"SELECT {typed} WHERE false"


def _open_landing(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping, landing: Landing
) -> None:
    for name, table in landing.tables.items():
        connection.execute(
            f"CREATE OR REPLACE VIEW {quoted(RAW_PREFIX + name)} AS "
            f"SELECT * FROM read_parquet({literal(str(table.path))})"
        )
    if compiled.shape_sql:
        relation = quoted(compiled.key_relation)
        connection.execute(f"CREATE OR REPLACE TABLE {relation} AS {compiled.shape_sql}")


def _count(connection: duckdb.DuckDBPyConnection, from_clause: str) -> int:
    row = connection.execute(f"SELECT count(*) {from_clause}").fetchone()
    return int(row[0]) if row else 0


def _check_joins(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping, rows: int
) -> None:
    """Joins are look-ups: counted before anything is written, so that one that multiplies
    fills no disk."""
    if not compiled.joins or _count(connection, compiled.joins[-1][1]) == rows:
        return
    mapping = compiled.mapping
    for join, from_clause in compiled.joins:
        if _count(connection, from_clause) != rows:
            raise Fault(
                "standardise.join_multiplies",
                _("The join to {table} finds more than one row for some rows."),
                remedy=_("Complete its ON so that at most one row matches, then run again."),
                place=Place(
                    dataset=mapping.dataset,
                    source=mapping.source,
                    table=join.use.table,
                    file=mapping.path.name,
                    line=join.line or None,
                ),
                table=join.use.table,
            )


def _failed(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledMapping,
    error: duckdb.Error,
) -> Fault:
    """With the column or condition at fault, found by running each alone."""
    mapping = compiled.mapping
    place = Place(dataset=contract.id, source=mapping.source, file=mapping.path.name)
    if is_no_room(error):
        return no_room(place)
    part = _failing_part(connection, contract, mapping)
    lines = dict(mapping.lines)
    for condition in (*mapping.exclusions, *mapping.fixes, *mapping.doubts):
        lines.setdefault(condition.name, condition.line)
    return failed(error, replace(place, line=lines.get(part or "") or None, column=part))


def _failing_part(
    connection: duckdb.DuckDBPyConnection, contract: Contract, mapping: SourceMapping
) -> str | None:
    """The first column or condition that fails when it is compiled and run alone."""
    bare = replace(mapping, exclusions=(), fixes=(), doubts=(), order=None)
    none = replace(contract, columns=())
    alone = [(c.name, replace(contract, columns=(c,)), bare) for c in contract.columns]
    alone += [
        (condition.name, none, replace(bare, exclusions=(condition,)))
        for condition in (*mapping.exclusions, *mapping.fixes, *mapping.doubts)
    ]
    for name, part, how in alone:
        sql = compile_mapping(part, how).sql
        if not _runs(connection, f"SELECT max(COLUMNS(*)::VARCHAR) FROM ({sql})"):
            return name
    return None


def _runs(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    try:
        connection.execute(sql).fetchall()
    except duckdb.Error:
        return False
    return True
