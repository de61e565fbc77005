"""What is asked of the catalogue in the search benchmark: a mix as people and programs ask it.

Words with and without marks, phrases, other languages, filters, sorting, paging; always ten
rows and five facets.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.search_records import ORGANIZATIONS, SUBJECTS, THEMES
from contracts.text import fold

FACETS = ("organization", "groups", "tags", "res_format", "license_id")
ROWS = 10


@dataclass(frozen=True)
class Question:
    """One search. `words`: what must be found (`phrase`: together), `organization`, `theme`:
    filters by name, `newest`: sorted by date instead of relevance."""

    words: tuple[str, ...] = ()
    phrase: bool = False
    organization: str | None = None
    theme: str | None = None
    newest: bool = False
    start: int = 0

    @property
    def q(self) -> str:
        """In CKAN's grammar."""
        text = " ".join(self.words)
        return f'"{text}"' if self.phrase else text

    @property
    def fq(self) -> str:
        """In CKAN's grammar."""
        parts = [f"organization:{self.organization}" if self.organization else ""]
        parts.append(f"groups:{self.theme}" if self.theme else "")
        return " ".join(filter(None, parts))


_ENGLISH = ("dataset", "school", "energy", "tax", "water", "population")
_FOREIGN = ("Gemeinde", "Bevölkerung", "Kanton", "energía", "centrales", "Schüler", "producción")
_COMMON = ("năm", "nam", "số", "danh", "bản", "Gemeinden", "datos", "xã")


def questions(count: int, places: Sequence[str]) -> list[Question]:
    """`count` questions, the same ones each time, about `places` too.

    One in twelve is the front page (everything, newest first), one a word that stands in many
    records, one a theme's page: what people open most.
    """
    chance = random.Random(9)  # noqa: S311 - test data
    return [_question(number, places, chance) for number in range(count)]


def _question(number: int, places: Sequence[str], chance: random.Random) -> Question:
    subject = chance.choice(SUBJECTS).lower()
    place = chance.choice(places).lower()
    year = str(chance.randint(2012, 2026))
    match number % 12:
        case 0:
            return Question(tuple(fold(subject).split()))
        case 1:
            return Question(tuple(f"{subject} {place}".split()))
        case 2:
            return Question(tuple(subject.split()), phrase=True)
        case 3:
            return Question((*fold(place).split(), year))
        case 4:
            return Question((chance.choice(_ENGLISH), year))
        case 5:
            return Question((chance.choice(_FOREIGN),), start=chance.choice((0, 10, 40)))
        case 6:
            owner = f"so-{chance.randrange(ORGANIZATIONS):03d}"
            return Question(tuple(subject.split()[:1]), organization=owner)
        case 7:
            return Question(theme=chance.choice(THEMES), newest=True, start=chance.choice((0, 20)))
        case 8:
            return Question(tuple(subject.split()), newest=True, theme=chance.choice(THEMES))
        case 9:
            return Question(newest=True, start=chance.choice((0, 0, 10, 20)))  # the front page
        case 10:
            return Question((chance.choice(_COMMON),), theme=chance.choice((None, *THEMES)))
    return Question(("dữ", "liệu", year) if chance.random() < 0.5 else ("mã", "xã", year))


def beginnings(count: int, places: Sequence[str]) -> list[str]:
    """What is typed into the search box, from two letters on, half of it without marks."""
    chance = random.Random(11)  # noqa: S311 - test data
    made = []
    for number in range(count):
        text = chance.choice((*SUBJECTS, *places)).lower()
        typed = text[: chance.randint(2, len(text))].strip()
        made.append(fold(typed) if number % 2 else typed)
    return made
