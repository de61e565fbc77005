"""`Contract` and its parts as frozen types: what a dataset is.

Made by `contracts.loading` from ``datasets/<id>/contract.odcs.yaml`` (ODCS v3.2) and never
changed after. How a source becomes the dataset is `contracts.mappings`; what is asserted
about rows is `contracts.checks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from contracts.checks import Check
from contracts.i18n import Language


@dataclass(frozen=True)
class Localized:
    """A text in both languages, NFC."""

    vi: str
    en: str

    def get(self, language: Language) -> str:
        """The text in `language`."""
        return self.vi if language == "vi" else self.en


class Access(StrEnum):
    """Access level of a dataset (the three words of NĐ 47/2020, kept as UI words)."""

    OPEN = "open"
    SHARED = "shared"
    ON_REQUEST = "on_request"


class Classification(StrEnum):
    """Classification of a column; personal and sensitive as in NĐ 356/2025 art. 3 and 4."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Code:
    """One entry of a code list."""

    code: str
    title: Localized


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes, from ``datasets/<id>/lists/<name>.csv`` (code,title_vi,title_en)."""

    name: str
    codes: tuple[Code, ...]

    def title(self, code: str, language: Language) -> str:
        """Title of `code`, or the code itself if the list does not hold it."""
        for entry in self.codes:
            if entry.code == code:
                return entry.title.get(language)
        return code


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another dataset.

    `valid_on` is an SQL expression over this dataset's columns that gives the day on which
    the referenced row must be valid; None when the referenced dataset has no validity.
    `with_columns` pairs (this column, referenced column) that must agree as well.
    """

    dataset: str
    column: str
    valid_on: str | None = None
    with_columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of the served table. `sql_type` is a DuckDB type."""

    name: str
    logical_type: str
    sql_type: str
    title: Localized
    description: Localized
    classification: Classification
    required: bool = False
    primary_key_position: int | None = None
    code_list: str | None = None
    reference: Reference | None = None
    unit: str | None = None


def key_columns(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Those of the primary key, in key order."""
    keyed = [column for column in columns if column.primary_key_position is not None]
    return tuple(sorted(keyed, key=lambda column: column.primary_key_position or 0))


ALL_TOGETHER = "_T"
"""What a dimension holds in the rows of a breakdown that does not group by it (SDMX: total)."""


@dataclass(frozen=True)
class Breakdown:
    """One declared open statistic: cells are the combinations of `by`."""

    name: str
    by: tuple[str, ...]
    title: Localized


def nested(
    breakdowns: Mapping[str, Collection[str]], period: str | None = None
) -> Iterator[tuple[str, str]]:
    """Pairs (fine, coarse) of breakdowns, name → columns, where cells of the fine one add up to
    cells of the coarse one: together they would tell what disclosure control hides.

    Not so the totals of a `period`: all that is hidden is hidden against them, since any other
    breakdown adds up to them.
    """
    for fine, columns in breakdowns.items():
        for coarse, fewer in breakdowns.items():
            if fine != coarse and set(fewer) <= set(columns) and set(fewer) != {period}:
                yield fine, coarse


@dataclass(frozen=True)
class Disclosure:
    """Disclosure control over all breakdowns of a statistical dataset.

    A cell whose `total` is under `threshold` is suppressed whole; a part (a measure that is
    a share of the total) under `threshold` is suppressed with its complement; shown counts
    are rounded to `round_to`. The linter refuses a breakdown that shows less than
    `minimum_share` of the cases.
    """

    threshold: int
    round_to: int
    minimum_share: float
    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """When a dataset is refreshed and which periods it may show.

    `cron` in Asia/Ho_Chi_Minh. With `period_column` ('YYYY-MM' text) only periods that
    ended at least `closes_after` ago are shown.
    """

    cron: str | None
    fresh_within: timedelta | None
    period_column: str | None = None
    closes_after: timedelta = timedelta(0)


@dataclass(frozen=True)
class Coverage:
    """The columns that say what the rows are about.

    `time`: a day, a time or the text of a year or month; with `until` rows hold from `time`
    up to it, and empty means still. `place`: an administrative unit's code; codes that begin
    with ``_`` (all together, unknown) are no place.
    """

    time: str | None = None
    until: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class NearDuplicates:
    """When two rows tell of one thing: equal in the columns `same`, at most `days` apart by the
    column `at`, and each column of `alike` alike by `likeness` (0..1). The later one names the
    earlier in `column`; `title` says so to readers."""

    column: str
    at: str
    days: int
    same: tuple[str, ...]
    alike: tuple[str, ...]
    likeness: float
    title: Localized


@dataclass(frozen=True)
class Licence:
    """`id` as CKAN's licence list knows it, e.g. ``cc-by``; `url` of the text."""

    id: str
    title: Localized
    url: str


@dataclass(frozen=True)
class Contract:
    """What a dataset is. `hash` is SHA-256 over the contract file and its code lists.

    `sort` orders the exported files for look-ups (default: the primary key). `stories` are
    page forms the portal can tell from this dataset, e.g. ``{"place": {"unit": …}}``.
    `settled_by` is the column that is empty as long as a row may still change at its source.
    """

    id: str
    version: str
    status: str  # ODCS status; "draft" keeps the record and its manifests private
    title: Localized
    description: Localized
    access: Access
    owner_agency: str
    owner_title: Localized
    steward: str
    legal_basis: tuple[str, ...]
    licence: Licence
    theme: str
    tags: tuple[str, ...]
    grain: Localized
    columns: tuple[Column, ...]
    code_lists: Mapping[str, CodeList]
    checks: tuple[Check, ...]
    tolerance: float
    calendar: Calendar
    breakdowns: tuple[Breakdown, ...]
    disclosure: Disclosure | None
    sort: tuple[str, ...]
    stories: Mapping[str, object]
    path: Path
    hash: str
    coverage: Coverage | None = None
    near_duplicates: NearDuplicates | None = None
    settled_by: str | None = None

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Key column names in key order."""
        return tuple(column.name for column in key_columns(self.columns))

    @property
    def open_columns(self) -> tuple[Column, ...]:
        """The open projection: the columns classified public, in contract order."""
        return tuple(c for c in self.columns if c.classification is Classification.PUBLIC)

    @property
    def served_columns(self) -> tuple[Column, ...]:
        """The contract's own columns, then those the engine fills."""
        return (*self.columns, *SYSTEM_COLUMNS)

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError if the contract has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


SYSTEM_COLUMNS: tuple[Column, ...] = (
    Column(
        "source_system",
        "string",
        "VARCHAR",
        Localized("Hệ thống nguồn", "Source system"),
        Localized("Hệ thống mà dòng này được đọc từ đó.", "The system this row was read from."),
        Classification.INTERNAL,
        required=True,
    ),
    Column(
        "source_key",
        "string",
        "VARCHAR",
        Localized("Khóa nguồn", "Source key"),
        Localized("Khóa của dòng trong hệ thống nguồn.", "The row's key within the source system."),
        Classification.INTERNAL,
        required=True,
    ),
    Column(
        "ingested_at",
        "timestamp",
        "TIMESTAMP WITH TIME ZONE",
        Localized("Thời điểm tiếp nhận", "Ingested at"),
        Localized(
            "Thời điểm của lần đọc làm dòng này thay đổi gần nhất.",
            "The time of the snapshot that last changed this row.",
        ),
        Classification.INTERNAL,
        required=True,
    ),
    Column(
        "quality_flag",
        "string",
        "VARCHAR",
        Localized("Cờ chất lượng", "Quality flag"),
        Localized(
            "ok: giữ nguyên; fixed: đã chuẩn hóa; suspect: cần xem lại.",
            "ok: as read; fixed: standardised; suspect: worth a second look.",
        ),
        Classification.PUBLIC,
        required=True,
        code_list="quality_flag",
    ),
)
"""Columns every served table has after the contract's own; the engine fills them."""

QUALITY_FLAGS = CodeList(
    "quality_flag",
    (
        Code("ok", Localized("Giữ nguyên", "As read")),
        Code("fixed", Localized("Đã chuẩn hóa", "Standardised")),
        Code("suspect", Localized("Cần xem lại", "Worth a second look")),
    ),
)
