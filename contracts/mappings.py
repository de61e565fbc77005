"""`SourceMapping` and `Source` as frozen types: how a source becomes a dataset.

Made by `contracts.loading` from ``datasets/<id>/from/<name>.yaml`` and
``sources.yaml``. Compiling to SQL is `standardization.compiler`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from contracts.joins import Join, TableUse
from contracts.model import Contract, Localized
from contracts.observations import Observation


class SourceKind(StrEnum):
    """What a source is read with."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    JSON = "json"
    GEOJSON = "geojson"
    API = "api"
    INBOX = "inbox"
    MARIADB = "mariadb"
    SQLSERVER = "sqlserver"


SCHEMES: Mapping[str, SourceKind] = {
    **{kind.value: kind for kind in SourceKind if kind is not SourceKind.API},
    "postgres": SourceKind.POSTGRESQL,
    "mysql": SourceKind.MARIADB,
    "mssql": SourceKind.SQLSERVER,
    "api+https": SourceKind.API,
    "api+http": SourceKind.API,
    "api+file": SourceKind.API,
}
"""What the address of a source may begin with."""


@dataclass(frozen=True)
class Never:
    """What of a source must not be read: `columns` of `table` (all of it where there are none;
    of every table where `table` is ``*``), and why."""

    table: str
    columns: tuple[str, ...]
    why: Localized


@dataclass(frozen=True)
class Sheet:
    """How a table stands in a workbook. `sheet` is the name of its sheet or a pattern with
    ``*`` (None: the table's own name); `header_first` and `header_last` number the rows of its
    header from 1 (None: found); `until` and `skip` are regular expressions over the first
    filled cell of a row, which end the table or leave the row out; `section` names the column
    that takes the text of rows with one filled cell, `sheet_column` the one that takes the
    sheet's name."""

    sheet: str | None = None
    header_first: int | None = None
    header_last: int | None = None
    until: str | None = None
    skip: str | None = None
    section: str | None = None
    sheet_column: str | None = None


class Paging(StrEnum):
    """How an API is asked for its next page."""

    PAGE = "page"
    OFFSET = "offset"
    CURSOR = "cursor"
    LINK = "link"


@dataclass(frozen=True)
class Pages:
    """A table of a paged JSON API. `path` is below the source's address; `rows` the template
    that finds the rows in a page. `parameter` carries the page number (from 1), the offset or
    the cursor, `size_parameter` the number of rows `size`; `next` is where a page holds the
    cursor or the link to the next one, `total` where it holds the number of all rows, `since`
    the parameter that takes a watermark."""

    path: str
    rows: str
    paging: Paging
    parameter: str
    size: int
    size_parameter: str | None = None
    next: str | None = None
    total: str | None = None
    since: str | None = None


@dataclass(frozen=True)
class Source:
    """A sector database. `connection` is the name of the environment variable that holds
    its DSN; `default` a secret-free DSN with ``{home}`` and ``{package:NAME}`` placeholders,
    or None when the variable must be set. The DSN's scheme says which `SourceKind` it is
    (see `standardization.sources.dsn`). `sheets` (workbooks) and `pages` (APIs) say where
    their tables are.
    `tables` (JSON) maps a table name to its path template, e.g.
    ``WARDS.{province_key}.{ward_key}[old_key]``. `schema` is the schema in a server database.
    `never` lists what no mapping may name and no reader gives.
    """

    name: str
    title: Localized
    owner_agency: str
    connection: str
    default: str | None
    schema: str | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    pages: Mapping[str, Pages] = field(default_factory=dict)
    never: tuple[Never, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class NamedCondition:
    """An exclusion, fix or doubt with a stable name and a title people read."""

    name: str
    condition: str
    title: Localized
    line: int = 0


@dataclass(frozen=True)
class Watermark:
    """Incremental reading: rows whose `column` (of the key table, qualified) is at or after
    the last value seen less `lookback`. Without it every read is a full one."""

    column: str
    lookback: timedelta


@dataclass(frozen=True)
class Derivation:
    """How a dataset is derived from another (``from/<dataset>.yaml`` with ``derive:``).

    Expressions are over the input's columns (alias ``i``); `exclusions` name what is left out.

    Grouped: `dimensions` and `measures`, which aggregate. Each breakdown of the contract
    groups by its own dimensions; without breakdowns there is one grouping by all dimensions.
    `reconcile` is the measure whose sum over one grouping must equal `expected`, an aggregate
    over the input rows that were not excluded (by default their number).

    Row by row: `rows` gives one expression per column, and `key` names the row.
    """

    name: str
    dataset: str
    input: str
    path: Path
    dimensions: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    reconcile: str = ""
    expected: str = "count(*)"
    rows: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    exclusions: tuple[NamedCondition, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    hash: str = ""

    @property
    def by_row(self) -> bool:
        """Whether each row of the input becomes one row."""
        return bool(self.rows)

    @property
    def expressions(self) -> Mapping[str, str]:
        """The expression of each column."""
        return {**self.dimensions, **self.measures, **self.rows}


@dataclass(frozen=True)
class Aggregate:
    """``aggregate`` of a mapping: its rows never leave the run, only cells counted from them.

    `row` is a contract of the rows themselves, by which they are judged inside the run;
    `grouping` how the accepted ones become the dataset (its input is the source).
    """

    row: Contract
    grouping: Derivation


@dataclass(frozen=True)
class SourceMapping:
    """How one source becomes a dataset. Expressions are DuckDB SQL over qualified columns.

    `shape` is a SELECT over raw tables that yields the key table where columns alone cannot
    say it (``from/<name>.sql``). `key` gives `source_key`. `order` (expression) says which
    of two rows with the same primary key is the later one. `precedence`: where two sources
    serve the same key, the lower number wins. `lookups` are value maps used by
    ``lookup('name', x)``, matched on the match key. A column of `lenient` becomes null with
    the doubt ``<column>.unreadable`` where its value cannot be read, instead of quarantining
    the row. `habits` are the cleaning functions whose work is how this source always writes,
    so that what they change is not told as a fix. `lines` gives the line of each column's
    expression in `path`. With `aggregate` the columns are those of a row that is counted inside
    the run, not of the contract.
    """

    name: str
    dataset: str
    source: str
    path: Path
    uses: tuple[TableUse, ...]
    joins: tuple[Join, ...]
    key: str
    columns: Mapping[str, str]
    watermark: Watermark | None = None
    order: str | None = None
    precedence: int = 0
    exclusions: tuple[NamedCondition, ...] = ()
    fixes: tuple[NamedCondition, ...] = ()
    doubts: tuple[NamedCondition, ...] = ()
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lenient: frozenset[str] = frozenset()
    habits: frozenset[str] = frozenset()
    shape: str | None = None
    aggregate: Aggregate | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True)
class Dataset:
    """A contract with its mappings, its derivation or its formulas (exactly one of them).

    A mapping with `aggregate` is the only one of its dataset.
    """

    contract: Contract
    mappings: tuple[SourceMapping, ...] = ()
    derivation: Derivation | None = None
    observation: Observation | None = None

    @property
    def derived_from(self) -> tuple[str, ...]:
        """The datasets it is made from; none where it is read from sources."""
        if self.observation:
            return self.observation.inputs
        return (self.derivation.input,) if self.derivation else ()

    @property
    def aggregate(self) -> Aggregate | None:
        """How the rows of the only mapping are counted; None where they are served."""
        return self.mappings[0].aggregate if self.mappings else None

    def row_contract(self, mapping: SourceMapping) -> Contract:
        """What one row of `mapping` must be: of this dataset, or of the rows it counts."""
        return mapping.aggregate.row if mapping.aggregate else self.contract
