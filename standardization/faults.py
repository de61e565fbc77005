"""What DuckDB could not do, said without DuckDB's own words.

An engine's message may quote a cell, so only the kind of the failure leaves this module.
"""

from __future__ import annotations

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _


def no_room(place: Place) -> Fault:
    """Memory or scratch space ran out."""
    return Fault(
        "standardise.no_room",
        _("There was not enough memory or scratch space."),
        remedy=_("Raise DUNGCHUNG_MEMORY_LIMIT or free disk space, then run again."),
        place=place,
    )


def is_no_room(error: duckdb.Error) -> bool:
    """Whether `error` says that memory or disk ran out."""
    return isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException)


def failed(error: duckdb.Error, place: Place) -> Fault:
    """An expression failed, or there was no room to run it."""
    if is_no_room(error):
        return no_room(place)
    return Fault(
        "standardise.failed",
        _("An expression of this mapping failed ({kind})."),
        remedy=_("Correct the expression in the mapping, then try it with preview."),
        place=place,
        kind=type(error).__name__.removesuffix("Exception"),
    )
