"""What people tell twice: tickets of the hotline told again in another feedback system.

They are among the reserved first tickets, which hold no other fault, and none names the other:
only what they say does. Beside them stand tickets that are nearly the same and another matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.sectors.feedback_tickets import Tickets
from demo.system import World
from demo.truth import Outcome, PlantedFault

TOLD_ELSEWHERE, ANOTHER_MATTER = "told_elsewhere", "another_matter"
_LONGEST = 71  # hours: the rule says three days
_OTHER_TITLE = "Hỏi lịch tiêm ngừa cho trẻ"


@dataclass(frozen=True)
class Retelling:
    """Which of the first tickets of `system` tell again what the hotline's of the same ordinal
    told, and which do so nearly: another house, another matter, days later, next commune."""

    system: str
    table: str
    column: str
    again: range
    nearly: range

    def retell(self, world: World, tickets: Tickets, told: Tickets) -> None:
        """Rewrite the first `tickets` of the system after those `told` to the hotline."""
        rng = world.rng(self.system, 9)
        for place in (*self.again, *self.nearly):
            _copy(tickets, told, place, hours=int(rng.integers(2, _LONGEST)))
        for place in self.again:
            tickets.titles[place] = _otherwise(tickets.titles[place], place)
        for place in self.nearly:
            _another(tickets, told, place)

    def truth(self, numbers: range) -> Iterator[PlantedFault]:
        """What must become of them; `numbers` are those of the system's tickets by ordinal, and
        the hotline's tickets have the same."""
        for place in (*self.again, *self.nearly):
            duplicate = place in self.again
            yield PlantedFault(
                self.system,
                self.table,
                str(numbers[place]),
                str(numbers[place]),
                TOLD_ELSEWHERE if duplicate else ANOTHER_MATTER,
                Outcome.SUSPECT if duplicate else Outcome.KEPT,
                "near_duplicate" if duplicate else "",
                self.column,
                "duplicate_of",
                states_value=True,
                expected_value=f"1022-{numbers[place]:07}" if duplicate else None,
            )


def _copy(tickets: Tickets, told: Tickets, place: int, *, hours: int) -> None:
    for name in ("fields", "titles", "contents", "streets", "places", "agencies", "agency_codes"):
        getattr(tickets, name)[place] = getattr(told, name)[place]
    for name in ("latitudes", "longitudes", "status"):
        getattr(tickets, name)[place] = getattr(told, name)[place]
    _move(tickets, told, place, hours)


def _move(tickets: Tickets, told: Tickets, place: int, hours: int) -> None:
    for name in ("created", "accepted", "due", "answered", "closed"):
        getattr(tickets, name)[place] = getattr(told, name)[place] + np.timedelta64(hours, "h")


def _otherwise(title: str, place: int) -> str:
    """The title as somebody else words it."""
    longest = max(title.split(), key=len)
    unmarked = "".join(
        letter
        for letter in unicodedata.normalize("NFD", title.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(letter)
    )
    return (
        title,
        title.replace(longest, longest[:-1]),
        unmarked,
        f"{title} gần nhà tôi",
    )[place % 4]


def _another(tickets: Tickets, told: Tickets, place: int) -> None:
    """Make the ticket one of another matter, in one of four ways."""
    match place % 4:
        case 0:
            tickets.streets[place] = f"số {2000 + place}, {told.streets[place].split(', ', 1)[1]}"
        case 1:
            tickets.titles[place] = _OTHER_TITLE
        case 2:
            _move(tickets, told, place, 4 * 24 + 1)
        case _:
            here = told.places[place]
            there = next(other for other in told.places if other.code != here.code)
            tickets.places[place] = there
            tickets.latitudes[place] = round(there.latitude, 6)
            tickets.longitudes[place] = round(there.longitude, 6)
