"""`SourceMapping` and `Source` as frozen types: how a source becomes a dataset.

Made by `contracts.loading` from ``datasets/<id>/from/<name>.yaml`` and
``datasets/sources.yaml``. Compiling to SQL is `standardization.compiler`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from contracts.model import Contract, Localized


class SourceKind(StrEnum):
    """What a source is read with."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True)
class Source:
    """A sector database. `connection` is the name of the environment variable that holds
    its DSN; `default` a secret-free DSN with ``{home}`` and ``{package:NAME}`` placeholders,
    or None when the variable must be set. The DSN's scheme says which `SourceKind` it is
    (``sqlite:///``, ``postgresql://``, ``csv:///dir``, ``xlsx:///file``, ``json:///file``).
    `tables` (JSON) maps a table name to its path template, e.g.
    ``WARDS.{province_key}.{ward_key}[old_key]``. `schema` is the schema in a server database.
    """

    name: str
    title: Localized
    owner_agency: str
    connection: str
    default: str | None
    schema: str | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class TableUse:
    """A landed table (or reference dataset) under an alias. `dataset` is True for
    ``ref.<dataset>``: the served rows of another dataset, pinned to its release."""

    table: str
    alias: str
    dataset: bool = False


@dataclass(frozen=True)
class Join:
    """A look-up with at most one match per row of the key table, checked at run time."""

    use: TableUse
    on: str
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
class SourceMapping:
    """How one source becomes a dataset. Expressions are DuckDB SQL over qualified columns.

    `shape` is a SELECT over raw tables that yields the key table where columns alone cannot
    say it (``from/<name>.sql``). `key` gives `source_key`. `order` (expression) says which
    of two rows with the same primary key is the later one. `precedence`: where two sources
    serve the same key, the lower number wins. `lookups` are value maps used by
    ``lookup('name', x)``, matched on the match key. A column of `lenient` becomes null with
    the doubt ``<column>.unreadable`` where its value cannot be read, instead of quarantining
    the row. `lines` gives the line of each column's expression in `path`.
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
    shape: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True)
class Derivation:
    """How a dataset is derived from another (``from/<dataset>.yaml`` with ``derive:``).

    `dimensions` and `measures` are expressions over the input's columns (alias ``i``);
    measures aggregate. Each breakdown of the contract groups by its own dimensions; without
    breakdowns there is one grouping by all dimensions. `exclusions` name what is left out.
    `reconcile` is the measure whose sum over one grouping must equal the count of the input
    rows that were not excluded.
    """

    name: str
    dataset: str
    input: str
    path: Path
    dimensions: Mapping[str, str]
    measures: Mapping[str, str]
    reconcile: str
    exclusions: tuple[NamedCondition, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True)
class Dataset:
    """A contract with its mappings or its derivation (exactly one of the two)."""

    contract: Contract
    mappings: tuple[SourceMapping, ...] = ()
    derivation: Derivation | None = None
