"""One line in the log for each reading of rows that are not open: who, what, how many.

Never a value, a question or a token.
"""

from __future__ import annotations

import logging

from catalog.access import Actor
from contracts.releases import Release

_LOG = logging.getLogger("dungchung.access")


def note_reading(actor: Actor, release: Release, rows: int) -> None:
    """Note that `actor` was given so many rows of `release`."""
    _LOG.info(
        "agency=%s token=%s dataset=%s release=%d rows=%d",
        actor.agency,
        actor.token_id,
        release.dataset,
        release.release,
        rows,
    )
