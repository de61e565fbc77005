"""Where the next page begins, as one opaque text.

It holds a position and nothing of any row: the number of the last row that was given, or how
many were. It is bound to the release, to what its holder may see and to the question; whoever
makes one up has only asked for another page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from contracts.errors import Fault
from contracts.i18n import _

_VERSION = 1


@dataclass(frozen=True)
class Position:
    """After the row numbered `row`, or after the first `offset` rows of the answer."""

    row: int | None = None
    offset: int = 0


def write_cursor(position: Position, bound: str) -> str:
    """The cursor of a position in the question named by `bound`."""
    said = json.dumps([_VERSION, _short(bound), position.row, position.offset])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_cursor(cursor: str, bound: str) -> Position:
    """The position that a cursor names.

    Raises:
        Fault: ``rows.bad_cursor``: it is none, or one of another question.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        said = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        version, short, row, offset = said
    except (ValueError, TypeError, binascii.Error, RecursionError):
        version, short, row, offset = 0, "", None, 0
    numbers = all(type(it) is int and 0 <= it < 1 << 62 for it in (offset, row or 0))
    if version != _VERSION or short != _short(bound) or not numbers:
        raise Fault(
            "rows.bad_cursor",
            _("This cursor belongs to another question or another release."),
            remedy=_("Ask without cursor; then use the next_cursor of each answer as it is."),
        )
    return Position(row, offset)


def _short(bound: str) -> str:
    return hashlib.sha256(bound.encode()).hexdigest()[:16]
