"""Canary persons: invented applicants whose traces must never leave the row-level zones.

`CANARIES` is what a leak test looks for. The numbers are in no other sample row: the sample
draws no personal id with the birth year 99 and no phone number beginning 0399 000.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Canarivi Thị Kiểm Soát"
ADDRESS = "77 hẻm Canarivi"


@dataclass(frozen=True)
class CanaryPerson:
    """One invented person; `phone` in national form."""

    personal_id: str
    phone: str


IGATE = tuple(CanaryPerson(f"08219977700{n}", f"039900077{n}") for n in range(1, 6))
MOT_CUA_2017 = tuple(CanaryPerson(f"08219988800{n}", f"039900088{n}") for n in range(1, 6))

CANARIES: tuple[str, ...] = (
    NAME,
    "Canarivi",
    ADDRESS,
    *(person.personal_id for person in IGATE + MOT_CUA_2017),
    *(person.phone for person in IGATE + MOT_CUA_2017),
    # As E.164 and, in the old system, as the 11 digits of before 2018.
    *(f"84{person.phone[1:]}" for person in IGATE + MOT_CUA_2017),
    *(f"0169{person.phone[3:]}" for person in MOT_CUA_2017),
)
