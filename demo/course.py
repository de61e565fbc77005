"""`Course`: the course of a batch of cases as columns, before any vendor's spelling.

Types only; `demo.cases` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Instants = npt.NDArray[np.datetime64]


class Status(IntEnum):
    """The course of a case, as D5 has it; the values are the old system's numbers."""

    RECEIVED = 1
    SUPPLEMENT_REQUESTED = 2
    PROCESSING = 3
    APPROVED = 4
    REJECTED = 5
    WITHDRAWN = 6
    RETURNED = 7


class OnTime(IntEnum):
    """A finished case against its due day."""

    EARLY = 0
    ON_TIME = 1
    LATE = 2
    RUNNING = 3


@dataclass(frozen=True)
class Course:
    """One batch of cases as columns. Indices: `procedure` into PROCEDURES, `office` into the
    communes of today, `old` into `Units.old` (-1 outside the province or after the merger),
    `current` into the communes of today (-1 outside), `outside` into the outside codes (-1
    inside). `kind` 0 citizen, 1 enterprise, 2 agency; `channel` 0 direct, 1 online, 2 postal;
    `rating` 0 is none; `moved` marks what the old system handed over at the merger."""

    received: Instants
    due: Instants
    finished: Instants
    returned: Instants
    updated: Instants
    status: Numbers
    on_time: Numbers
    procedure: Numbers
    office: Numbers
    current: Numbers
    old: Numbers
    outside: Numbers
    kind: Numbers
    channel: Numbers
    fee: Numbers
    rating: Numbers
    moved: Flags

    def take(self, chosen: Flags) -> Course:
        """The chosen rows."""
        return Course(**{item.name: getattr(self, item.name)[chosen] for item in fields(self)})
