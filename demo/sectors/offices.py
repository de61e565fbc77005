"""Agencies of the sample in their months, for the systems that all agencies report to.

Here belong which agencies there are on a day, and what befalls their counts of documents. What
an agency is, is `demo.agencies`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from demo.agencies import Agency, igate_agencies, mot_cua_agencies
from demo.sectors import dirt
from demo.truth import Outcome
from demo.units import Units
from demo.workdays import FIRST_DAY, NOW, Days

_KINDS = frozenset({"ubnd_tinh", "so", "ban", "ubnd_huyen", "ubnd_xa"})


def offices(units: Units) -> tuple[Agency, ...]:
    """The agencies of both old provinces and the new one that keep registers of their own
    (not their one-stop desks), each in its validity."""
    everyone = (*igate_agencies(units), *mot_cua_agencies(units))
    return tuple(a for a in everyone if a.kind in _KINDS and a.code.count(".") < 2)


def offices_on(everyone: Sequence[Agency], day: np.datetime64) -> list[Agency]:
    """Those of `everyone` that are there on the day, by code."""
    iso = str(day)
    there = [a for a in everyone if a.since <= iso and (a.until is None or iso < a.until)]
    return sorted(there, key=lambda agency: agency.code)


def months() -> Days:
    """The first days of the sample's months."""
    first, last = FIRST_DAY.astype("datetime64[M]"), NOW.astype("datetime64[M]")
    return np.arange(first, last + 1).astype("datetime64[D]")


def count_faults(total: str, signed: str, taken_back: str) -> tuple[dirt.Listed, ...]:
    """What befalls counts of documents, whatever a system calls their total, those that were
    signed and those that were taken back."""
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    return (
        ("null_word", 0.003, fixed, "null_word", dirt.null_word(taken_back, "taken_back")),
        ("thousands", 0.003, fixed, "number_vi", dirt.thousands(total, "documents")),
        ("too_many_signed", 0.001, refused, "signed_within_documents",
         dirt.more_than(signed, total, "signed")),
        ("none_signed", 0.002, Outcome.SUSPECT, "none_signed",
         dirt.set_to(signed, "signed", "0")),
    )  # fmt: skip
