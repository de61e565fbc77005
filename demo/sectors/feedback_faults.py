"""What goes wrong in a feedback ticket only, whatever the system calls its columns.

What befalls any system's rows is `demo.sectors.dirt`; which faults a system has, and how often,
is said in the module of the system.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from demo import canaries
from demo.canaries import CanaryPerson
from demo.planting import Plant, Planted, becomes
from demo.store import Cell, Row

UNMARKED_TWIN = "so 9, ap 3, xa Tan Thanh, tinh Dong Thap"
"""An address without marks: there are xã Tân Thành and xã Tân Thạnh."""
_PERSONAL = (
    ("Liên hệ số {}.", "0912 345 678", "[số điện thoại]"),
    ("Gọi tôi theo số {} nhé.", "0978.123.456", "[số điện thoại]"),
    ("Gửi trả lời về {}.", "lan.nguyen82@mail.example.vn", "[thư điện tử]"),
    ("Số căn cước của tôi là {}.", "082190012345", "[số giấy tờ]"),
    ("Xe vi phạm biển số {}.", "63B1-123.45", "[biển số xe]"),
    ("Người gây ra là ông {}.", "Nguyễn Văn Sáu", "[họ tên]"),
)


def _spelled(when: datetime, like: str) -> str:
    """`when` as the system writes times."""
    return when.isoformat(sep=like[10]).replace("+00:00", "Z")


def personal(column: str) -> Plant:
    """Somebody's phone, mail, number, plate or name in the free text."""

    def plant(row: Row, rng: Random) -> Planted:
        sentence, secret, mask = rng.choice(_PERSONAL)
        clean = str(row[column])
        row[column] = f"{clean} {sentence.format(secret)}"
        return becomes(column, "content", f"{clean} {sentence.format(mask)}")

    return plant


def canary(column: str, person: CanaryPerson) -> Plant:
    """The canary's numbers in the free text of a public ticket."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        clean = str(row[column])
        row[column] = f"{clean} Căn cước {person.personal_id}, gọi {person.phone}."
        return becomes(column, "content", f"{clean} Căn cước [số giấy tờ], gọi [số điện thoại].")

    return plant


def unread_name(column: str, reviewed: str, no: Cell) -> Plant:
    """The canary's name, which no mask knows, in a text that nobody has reviewed."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        row[column] = text = f"{row[column]} Tôi là {canaries.NAME}."
        row[reviewed] = no
        return becomes(column, "content", text)

    return plant


def moved(column: str, target: str, other: str, days: int) -> Plant:
    """A time `days` before that of the column `other`."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        text = str(row[other])
        earlier = datetime.fromisoformat(text) - timedelta(days=days)
        row[column] = _spelled(earlier, text)
        return Planted(column, target)

    return plant


def reported_again(
    number: str, ticket_id: Callable[[str], str], times: tuple[str, ...], hours: int
) -> Plant:
    """The same thing reported again some hours later by somebody else."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        again = dict(row)
        for column in times:
            if row[column] is not None:
                later = datetime.fromisoformat(str(row[column])) + timedelta(hours=hours)
                again[column] = _spelled(later, str(row[column]))
        again[number] = f"{row[number]}B"
        original = ticket_id(str(row[number]))
        return Planted(number, "duplicate_of", original, True, again)

    return plant


def vietnamese(column: str, target: str) -> Plant:
    """A time with the day before the month and no seconds."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        when = datetime.fromisoformat(str(row[column])).replace(second=0)
        row[column] = f"{when:%d/%m/%Y %H:%M}"
        return becomes(column, target, when.isoformat(sep=" "))

    return plant
