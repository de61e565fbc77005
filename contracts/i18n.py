"""Sentences users read: English msgids in the code, Vietnamese in `<room>/locale/vi.po`.

Catalogues are read from the ``.po`` text itself (no compiled file is kept). Only look-up
belongs here; what to say belongs to the room that says it.
"""

from __future__ import annotations

import gettext as _gettext
import io
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
ROOMS = (
    "contracts",
    "lakehouse",
    "standardization",
    "quality",
    "catalog",
    "demo",
    "orchestration",
)


def _(message: str) -> str:
    """Mark a msgid for extraction; translated where it is shown."""
    return message


@cache
def _catalogue(language: Language) -> _gettext.NullTranslations:
    merged = _gettext.NullTranslations()
    root = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        path = root / room / "locale" / f"{language}.po"
        if not path.is_file():
            continue
        compiled = io.BytesIO()
        with path.open("rb") as text:
            write_mo(compiled, read_po(text, locale=language))
        compiled.seek(0)
        loaded = _gettext.GNUTranslations(compiled)
        loaded.add_fallback(merged)
        merged = loaded
    return merged


def translate(message: str, language: Language) -> str:
    """`message` in `language`, NFC; an unknown msgid comes back as it is (English)."""
    if not message:
        return ""
    return unicodedata.normalize("NFC", _catalogue(language).gettext(message))


def translate_count(singular: str, plural: str, count: int, language: Language) -> str:
    """The plural-aware form; Vietnamese has one form, English two."""
    return unicodedata.normalize("NFC", _catalogue(language).ngettext(singular, plural, count))
