"""`Problem`: something wrong in a file under ``datasets/``, as loader and linter report it.

Here belongs what a finding is and how it is said. Finding it is `contracts.linting`.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from contracts.errors import Fault, Place
from contracts.i18n import Language


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file under ``datasets/``.

    `file` is the path from the folder that holds all datasets, `line` counts from 1 (0 when
    the file as a whole is meant), `check` the stable name of the rule that refused, `message`
    and `remedy` English msgids whose placeholders `values` fills.
    """

    file: str
    line: int
    check: str
    message: str
    remedy: str
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, language: Language = "vi") -> str:
        """``file:line: message remedy`` in one language."""
        return self.fault().render(language)

    def fault(self) -> Fault:
        """The same as an exception."""
        place = Place(file=self.file, line=self.line or None)
        return Fault(self.check, self.message, remedy=self.remedy, place=place, **self.values)


def problem_of(fault: Fault) -> Problem:
    """A Fault about a file as a `Problem`."""
    place = fault.place
    return Problem(
        place.file or "", place.line or 0, fault.check, fault.message, fault.remedy, fault.values
    )


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None
