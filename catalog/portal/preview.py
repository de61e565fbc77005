"""The first rows of a release as a table of texts a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from catalog.portal.metadata import Metadata
from catalog.portal.wording import SMALL
from contracts.i18n import _
from contracts.model import ALL_TOGETHER
from contracts.releases import ColumnSchema, Release
from lakehouse.rows import RowReader

ROWS = 10
_LONGEST = 120
_NUMERIC = frozenset({"integer", "number"})
_WITHHELD = _("withheld")
_NO_SINGLE_ONE = {ALL_TOGETHER: _("all together"), "_U": _("unknown")}
"""What stands where a code would be in statistics. Source: SDMX cross-domain codes."""


@dataclass(frozen=True)
class Heading:
    """A column of the table."""

    name: str
    title: str
    numeric: bool


@dataclass(frozen=True)
class Cell:
    """A cell; `text` is None where the row holds nothing."""

    text: str | None
    numeric: bool


@dataclass(frozen=True)
class Preview:
    """The table with its caption. `untold` explains withheld numbers, if there can be any."""

    caption: str
    sentence: str
    untold: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


def preview(release: Release, reader: RowReader, metadata: Metadata) -> Preview | None:
    """The first rows of `release`; None when it has none."""
    words = metadata.words
    schema = {column.name: column for column in release.schema}
    page = reader.search(limit=ROWS, include_total=False)
    names = [field.name for field in page.fields if field.name in schema]
    if not page.rows or not names:
        return None
    withheld = _withheld_columns(metadata)
    at = 0 if words.language == "vi" else 1
    return Preview(
        caption=words.say(
            _("First rows of release {number}, {total} rows in all"),
            number=release.release,
            total=words.number(release.open_rows),
        ),
        sentence=words.say(
            _("{rows} rows as they are in the file, with codes of lists written out."),
            rows=words.number(len(page.rows)),
        ),
        untold=words.say(
            _(
                "“{withheld}” stands where the file leaves a number empty: it is under {small}, or "
                "such a number could be worked out from it."
            ),
            withheld=words.say(_WITHHELD),
            small=metadata.disclosure.get("threshold", SMALL),
        )
        if metadata.disclosure
        else "",
        columns=tuple(
            Heading(name, schema[name].title[at], schema[name].logical_type in _NUMERIC)
            for name in names
        ),
        rows=tuple(
            tuple(_cell(row[name], schema[name], metadata, withheld) for name in names)
            for row in page.rows
        ),
    )


def _withheld_columns(metadata: Metadata) -> frozenset[str]:
    disclosure: Mapping[str, object] = metadata.disclosure or {}
    parts = disclosure.get("parts")
    several = parts if isinstance(parts, list | tuple) else ()
    return frozenset({str(disclosure.get("total", "")), *(str(part) for part in several)})


def _cell(
    value: object, column: ColumnSchema, metadata: Metadata, withheld: frozenset[str]
) -> Cell:
    numeric = column.logical_type in _NUMERIC
    if value is None:
        return Cell(metadata.words.say(_WITHHELD) if column.name in withheld else None, numeric)
    return Cell(_text(value, column, metadata), numeric)


def _text(value: object, column: ColumnSchema, metadata: Metadata) -> str:
    words = metadata.words
    if isinstance(value, bool):
        return words.say(_("yes")) if value else words.say(_("no"))
    if isinstance(value, int | float | Decimal):
        return words.figure(float(value), grouped=column.unit is not None)
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    if said := dict(metadata.codes(column.code_list)).get(str(value)):
        text = said
    elif no_one := _NO_SINGLE_ONE.get(str(value)):
        text = words.say(no_one)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
