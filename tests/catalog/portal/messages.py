"""The sentences the portal says, read out of its code and templates."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_file
from jinja2.ext import babel_extract

import catalog

ROOT = Path(catalog.__file__).parent / "portal"
KEYWORDS = {"_": None, "translate_count": (1, 2)}


@cache
def messages() -> tuple[tuple[str, ...], ...]:
    """Each msgid once, or its singular and plural."""
    return tuple(sorted(set(_extract())))


def _extract() -> Iterator[tuple[str, ...]]:
    for module in sorted(ROOT.rglob("*.py")):
        for _line, message, *_rest in extract_from_file("python", str(module), KEYWORDS):
            yield _forms(message)
    for template in sorted(ROOT.rglob("*.html")):
        with template.open("rb") as text:
            for _line, _function, said, _comments in babel_extract(text, ["_"], [], {}):
                yield _forms(said)[:1]  # the other arguments are placeholders' values


def _forms(message: object) -> tuple[str, ...]:
    several = message if isinstance(message, tuple | list) else (message,)
    return tuple(form for form in several if isinstance(form, str))
