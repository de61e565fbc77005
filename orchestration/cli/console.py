"""How the command line speaks: sentences in the reader's language, or JSON.

Look and wording only; what is said comes from the commands.
"""

from __future__ import annotations

import json
import locale
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from babel.numbers import format_decimal

from contracts.errors import Fault
from contracts.i18n import Language, translate
from contracts.times import VIETNAM


def detect_language(environ: Mapping[str, str] | None = None) -> Language:
    """``DUNGCHUNG_LANG``, else English where the locale is English, else Vietnamese."""
    environ = os.environ if environ is None else environ
    chosen = environ.get("DUNGCHUNG_LANG")
    if chosen in ("vi", "en"):
        return "en" if chosen == "en" else "vi"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "vi"
    return "vi"


@dataclass
class Console:
    """Standard output in one language; `as_json` says that only JSON goes there."""

    language: Language = "vi"
    as_json: bool = False
    out: TextIO | None = None

    @property
    def stream(self) -> TextIO:
        """Where sentences go."""
        return self.out or sys.stdout

    def text(self, message: str, **values: object) -> str:
        """`message` translated and filled in."""
        return translate(message, self.language).format(**values)

    def say(self, message: str = "", **values: object) -> None:
        """One sentence on its own line; nothing under ``--json``."""
        if not self.as_json:
            print(self.text(message, **values) if message else "", file=self.stream, flush=True)

    def number(self, value: float) -> str:
        """A number as the reader writes it: 1.234 in Vietnamese, 1,234 in English."""
        return str(format_decimal(value, locale=self.language))

    def moment(self, instant: str) -> str:
        """An ISO instant on the clock of Vietnam, to the minute: 22/11/2026 18:53."""
        shown = datetime.fromisoformat(instant).astimezone(VIETNAM)
        return f"{shown:%d/%m/%Y %H:%M}" if self.language == "vi" else f"{shown:%Y-%m-%d %H:%M}"

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Aligned columns, headers translated; numbers to the right."""
        if self.as_json or not rows:
            return
        cells = [[self.text(header) for header in headers]]
        cells += [[self._cell(value) for value in row] for row in rows]
        widths = [max(_width(line[i]) for line in cells) for i in range(len(headers))]
        right = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(headers))]
        for line in cells:
            parts = [
                " " * (width - _width(cell)) + cell
                if to_right
                else cell + " " * (width - _width(cell))
                for cell, width, to_right in zip(line, widths, right, strict=True)
            ]
            self.say("{line}", line="  ".join(parts).rstrip())

    def _cell(self, value: object) -> str:
        if isinstance(value, bool) or value is None:
            return "" if value is None else ("✓" if value else "✗")
        return self.number(value) if isinstance(value, int | float) else str(value)

    def emit(self, data: object) -> None:
        """`data` as JSON, only under ``--json``."""
        if self.as_json:
            text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
            print(text, file=self.stream, flush=True)

    def fail(self, fault: Fault) -> None:
        """A fault: one sentence to standard error, and an object under ``--json``."""
        sentence = fault.render(self.language)
        self.emit({"error": {"check": fault.check, "message": sentence}})
        print(self.text("✗ {sentence}", sentence=sentence), file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints faults


def _width(text: str) -> int:
    """Columns a text takes on a terminal: combining marks take none."""
    return sum(1 for letter in text if not unicodedata.combining(letter))


def terminal_can_show_vietnamese() -> bool:
    """Whether standard output takes UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)
    return encoding.lower().replace("-", "") == "utf8"
