"""The one error type that reaches a user: a sentence that says where and what to do.

No other exception type crosses a room. A `Fault` never carries a cell's value, a secret or
the raw text of an engine: the places it can name are listed in `Place`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from contracts.i18n import Language, translate


@dataclass(frozen=True)
class Place:
    """Where something is wrong. Every part is optional; none of them is ever a cell's value."""

    dataset: str | None = None
    source: str | None = None
    table: str | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None
    row: str | None = None

    def within(self, dataset: str, source: str | None = None) -> Place:
        """This place with the dataset and source it lies in, where it does not name them."""
        return replace(self, dataset=self.dataset or dataset, source=self.source or source)

    def render(self) -> str:
        """`file:line` when known, then the named parts, e.g. ``service_case · igate · status``."""
        where = f"{self.file}:{self.line}" if self.file and self.line else self.file
        parts = [where, self.dataset, self.source, self.table, self.column, self.row]
        return " · ".join(part for part in parts if part)


class Fault(Exception):  # noqa: N818 - "Fault" is the project's word; it is not always an error
    """A refusal or failure, told as one sentence with its remedy.

    Args:
        check: stable name of the check that refused, e.g. ``"source.schema_drift"``; tests
            assert on it.
        message: English msgid with ``{named}`` placeholders.
        remedy: English msgid that says what to do next.
        place: where.
        values: what fills the placeholders. Never a cell's value or a secret.
    """

    def __init__(
        self,
        check: str,
        message: str,
        *,
        remedy: str,
        place: Place | None = None,
        **values: object,
    ) -> None:
        self.check = check
        self.message = message
        self.remedy = remedy
        self.place = place or Place()
        self.values = values
        super().__init__(self.render("en"))

    def render(self, language: Language = "vi") -> str:
        """The whole sentence in one language: ``<place>: <message> <remedy>``."""
        text = " ".join(
            translate(part, language).format(**self.values) for part in (self.message, self.remedy)
        )
        where = self.place.render()
        return f"{where}: {text}" if where else text
