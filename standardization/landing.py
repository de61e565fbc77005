"""Landing: what was read from a source, kept as it was read.

Here belong reading the tables of one mapping in one snapshot into Parquet, and the hash of
what was read. Nothing here changes a value; how a source is read is
`standardization.sources`, where landings are kept `standardization.snapshots`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.errors import Place
from contracts.failpoints import failpoint
from contracts.mappings import SourceMapping
from contracts.quoting import literal, quoted
from lakehouse.store import ObjectStore
from standardization.drift import resolve_columns
from standardization.faults import no_room
from standardization.snapshots import LandedTable, Landing, keep
from standardization.sources.reader import Reader, Since
from standardization.watermarks import floor, highest, later

LANDING_ID = "_landing_id"
# DuckDB reads row groups in parallel, and cleans a dictionary's values, not the rows, where there
# are fewer than 20,000: so many has a column of names in a row group of its own default size.
_ROW_GROUP = 61_440
_ROW_GROUP_BYTES = 64 << 20
_PARTS, _LEAST = 8, 2_048
"""Few rows become so many row groups, none of fewer rows than DuckDB takes at once."""
_SAMPLE, _DISTINCT = 10_000, 0.8
"""Of so many rows so great a share may be distinct for a column to count as repeating."""
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def land(
    reader: Reader,
    mapping: SourceMapping,
    needed: Mapping[str, Sequence[str]],
    store: ObjectStore | None,
    scratch: Path,
    watermark: str | None = None,
    *,
    taken_at: datetime | None = None,
    limit: int | None = None,
) -> Landing:
    """Read the needed columns into `scratch` and keep them as a snapshot in `store`.

    Args:
        reader: an entered reader; all tables are read within its one snapshot.
        mapping: whose key table and watermark decide what is read.
        needed: table → columns, from the compiled mapping.
        store: zone ``landing``; None keeps nothing (preview).
        scratch: folder for the local files, which the landing points to.
        watermark: the last one; rows before it (less the lookback) are not read. None reads
            in full.
        taken_at: time of the snapshot; now if not given.
        limit: at most about this many rows of the key table (preview).

    Raises:
        Fault: ``source.table_missing``, ``source.schema_drift``, ``source.empty``,
            ``standardise.no_room`` (disk full), and what the reader raises.
    """
    moment = taken_at or datetime.now(UTC)
    resolved = resolve_columns(reader, mapping, needed)
    key = None if mapping.shape else mapping.uses[0].table
    since = _since(reader, mapping, resolved, watermark)
    marks = _Marks(mapping, moment) if key else None
    scratch.mkdir(parents=True, exist_ok=True)
    tables = {}
    for position, (table, named) in enumerate(resolved.items()):
        path = scratch / f"{_plain(table, position)}.parquet"
        only_key = (since, marks, limit) if table == key else (None, None, None)
        tables[table] = _land_table(reader, mapping, table, named, path, *only_key)
    landing = Landing(
        source=mapping.source,
        mapping=mapping.name,
        tables=tables,
        hash=_hash(tables),
        taken_at=moment.astimezone(UTC).isoformat(),
        watermark=later(marks.highest if marks else None, watermark),
        full=since is None,
        rows=tables[key].rows if key else sum(table.rows for table in tables.values()),
    )
    if store:
        keep(store, mapping, landing)
    failpoint("after_landing")
    return landing


def _land_table(
    reader: Reader,
    mapping: SourceMapping,
    table: str,
    named: tuple[str, Mapping[str, str]],
    path: Path,
    since: Since | None,
    marks: _Marks | None,
    limit: int | None,
) -> LandedTable:
    """Land one table; `named` is its name in the source and each wanted column's name there."""
    actual, columns = named
    batches = reader.read(actual, list(columns.values()), since)
    try:
        rows = _write(_renamed(batches, list(columns), marks), path, limit)
    except OSError:
        place = Place(dataset=mapping.dataset, source=mapping.source, table=table)
        raise no_room(place) from None
    return LandedTable(path, rows, tuple(columns))


class _Marks:
    """Watches the batches of the key table go by for the highest watermark."""

    def __init__(self, mapping: SourceMapping, taken_at: datetime) -> None:
        self.highest: str | None = None
        name = mapping.watermark.column if mapping.watermark else ""
        self._column = name.rpartition(".")[2].casefold()
        self._taken_at = taken_at

    def see(self, batch: pa.RecordBatch) -> None:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name.casefold() == self._column:
                self.highest = later(self.highest, highest(column, self._taken_at))


def _since(
    reader: Reader,
    mapping: SourceMapping,
    resolved: Mapping[str, tuple[str, Mapping[str, str]]],
    watermark: str | None,
) -> Since | None:
    if mapping.watermark is None or mapping.shape or not reader.incremental:
        return None
    value = floor(watermark, mapping.watermark.lookback)
    key = mapping.uses[0].table
    # A table that is also looked up in must be there whole.
    looked_up = any(join.use.table == key and not join.use.dataset for join in mapping.joins)
    if value is None or looked_up:
        return None
    wanted = mapping.watermark.column.rpartition(".")[2].casefold()
    columns = resolved[key][1]
    return Since(next(a for c, a in columns.items() if c.casefold() == wanted), value)


def _renamed(
    batches: pa.RecordBatchReader, columns: Sequence[str], marks: _Marks | None
) -> pa.RecordBatchReader:
    """`batches` with the mapping's column names and each row's landing id."""
    kinds = [field.type for field in batches.schema]
    names = (LANDING_ID, *columns)
    schema = pa.schema(list(zip(names, (pa.int64(), *kinds), strict=True)))

    def renamed() -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in batches:
            ids = pa.array(np.arange(first, first + batch.num_rows))
            first += batch.num_rows
            named = pa.RecordBatch.from_arrays([ids, *batch.columns], schema=schema)
            if marks:
                marks.see(named)
            yield named
            failpoint("mid_extract")

    return pa.RecordBatchReader.from_batches(schema, renamed())


def _write(batches: pa.RecordBatchReader, path: Path, limit: int | None) -> int:
    """Write row groups as they fill, so that memory stays that of one row group.

    Nobody reads statistics, as whole columns are read; zstd would make files a third smaller for
    a third more time.
    """
    rows = 0
    with ExitStack() as files:
        out = None
        for group in _groups(batches, limit):
            if out is None:
                out = files.enter_context(
                    pq.ParquetWriter(
                        path,
                        batches.schema,
                        compression="lz4",
                        write_statistics=False,
                        use_dictionary=_repeating(group),  # type: ignore[arg-type] # or a list
                    )
                )
            # A landing that does not fill one is a second run's, as a rule: for all cores as well.
            few = not rows and group.num_rows < _ROW_GROUP
            size = max(group.num_rows // _PARTS, _LEAST) if few else _ROW_GROUP
            out.write_table(group, row_group_size=size)
            rows += group.num_rows
    return rows


def _groups(batches: pa.RecordBatchReader, limit: int | None) -> Iterator[pa.Table]:
    """Batches together as one row group; at least one, if without rows."""
    rows, waiting, waiting_rows, waiting_bytes = 0, [], 0, 0
    for batch in batches:
        waiting.append(batch)
        waiting_rows += batch.num_rows
        waiting_bytes += batch.nbytes
        rows += batch.num_rows
        if waiting_rows >= _ROW_GROUP or waiting_bytes >= _ROW_GROUP_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting, waiting_rows, waiting_bytes = [], 0, 0
        if limit is not None and rows >= limit:
            break
    if waiting or not rows:
        yield pa.Table.from_batches(waiting, batches.schema)


def _repeating(group: pa.Table) -> list[str]:
    """Columns whose values repeat. Dictionaries matter there: DuckDB then cleans each value once,
    not each row. Elsewhere looking for repetitions is a third of the writing."""
    sample = group.slice(0, _SAMPLE)
    most = sample.num_rows * _DISTINCT
    return [
        name
        for name, column in zip(sample.column_names, sample.columns, strict=True)
        if name != LANDING_ID and pc.count_distinct(column).as_py() <= most
    ]


def _hash(tables: Mapping[str, LandedTable]) -> str:
    """SHA-256 over the tables' names, columns, row counts and sums of 64-bit row hashes: the
    same rows in another order are the same content."""
    content = []
    with duckdb.connect() as connection:
        for name, table in sorted(tables.items()):
            values = ", ".join(quoted(column) for column in table.columns) or "0"
            sums = connection.execute(
                f"SELECT count(*), sum(hash({values})) "
                f"FROM read_parquet({literal(str(table.path))})"
            ).fetchone()
            content.append((name, table.columns, [str(value) for value in sums or ()]))
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _plain(table: str, position: int) -> str:
    """A file name for `table`: object keys are plain ASCII, sheet names need not be."""
    return table if _PLAIN.fullmatch(table) else f"table-{position}"
