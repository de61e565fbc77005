"""`Release` as a frozen type, and its JSON form: the manifest.

Reading and writing manifests in object storage is `lakehouse.releases`; this module only
says what one is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from contracts.checks import Verdict


@dataclass(frozen=True)
class Account:
    """Where the rows of one source went. `read == accepted + quarantined + excluded`.

    `quarantined_by`, `excluded_by`, `fixed_by` and `doubted_by` count rows by rule. A row
    can break several rules, so `quarantined_by` may add up to more than `quarantined`;
    `excluded_by` adds up exactly. `stopped` is the check of the `Fault` by which the source
    stopped itself; then all figures are 0, and the rows it served before stay.
    """

    source: str
    read: int
    accepted: int
    quarantined: int
    excluded: int
    quarantined_by: Mapping[str, int] = field(default_factory=dict)
    excluded_by: Mapping[str, int] = field(default_factory=dict)
    fixed_by: Mapping[str, int] = field(default_factory=dict)
    doubted_by: Mapping[str, int] = field(default_factory=dict)
    stopped: str | None = None

    @property
    def balanced(self) -> bool:
        """Whether every row read is accounted for exactly once."""
        return self.read == self.accepted + self.quarantined + self.excluded


@dataclass(frozen=True)
class InputSnapshot:
    """What was read: the landing of a source (`hash` of its content) or a release of a
    dataset (`release`)."""

    source: str
    hash: str
    taken_at: str
    rows: int
    release: int | None = None
    watermark: str | None = None


@dataclass(frozen=True)
class TableVersion:
    """A version of a Delta table. `zone` is ``shared`` or ``quarantine``."""

    zone: str
    table: str
    version: int


@dataclass(frozen=True)
class FileEntry:
    """A published file of the release, in zone ``open``, content-addressed by `sha256`."""

    path: str
    format: str
    media_type: str
    bytes: int
    sha256: str
    rows: int


@dataclass(frozen=True)
class ColumnSchema:
    """A served column as the manifest keeps it, for readers that have no contract at hand.

    `how` is one sentence per source (name → (vi, en)) on how the column was made.
    """

    name: str
    type: str
    logical_type: str
    title: tuple[str, str]
    description: tuple[str, str]
    classification: str
    code_list: str | None = None
    required: bool = False
    unit: str | None = None
    how: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reconciliation:
    """The derived total against the input's: `passed` only when they are equal."""

    measure: str
    derived: int | float
    expected: int | float

    @property
    def passed(self) -> bool:
        """Whether both totals agree."""
        return self.derived == self.expected


@dataclass(frozen=True)
class Release:
    """The manifest: the one commit point of a release.

    `content_hash` is over the served rows without `ingested_at`, independent of row order
    and of the storage used. `fingerprint` is over inputs, contract, mappings, releases of
    reference datasets and code version: an unchanged fingerprint does nothing. `metadata`
    is the catalogue's description derived from the contract (titles, owner, licence …).
    `lineage`: column → tuple of ``source table.column``. `withdrawn` holds the reason once
    withdrawn (a withdrawal is a later manifest with no files). `verdict` is counts only.
    `rows` is the number of served rows (shared) and `open_rows` of the open projection.
    """

    dataset: str
    release: int
    access: str
    created_at: str
    contract_version: str
    contract_hash: str
    code_version: str
    fingerprint: str
    content_hash: str
    rows: int
    open_rows: int
    inputs: tuple[InputSnapshot, ...]
    tables: tuple[TableVersion, ...]
    files: tuple[FileEntry, ...]
    verdict: Verdict
    accounts: tuple[Account, ...]
    schema: tuple[ColumnSchema, ...]
    metadata: Mapping[str, object]
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reconciliation: Reconciliation | None = None
    withdrawn: str | None = None
    format: int = 1

    @property
    def public(self) -> bool:
        """Whether anonymous readers may have its rows."""
        return self.access == "open" and self.withdrawn is None


_ADAPTER = TypeAdapter(Release)


def to_json(release: Release) -> bytes:
    """The manifest's bytes: canonical field order, UTF-8, indented."""
    return _ADAPTER.dump_json(release, indent=1)


def from_json(text: bytes) -> Release:
    """Parse a manifest; pydantic's ValidationError when it is not one."""
    return _ADAPTER.validate_json(text)
