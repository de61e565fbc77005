"""Every sentence of the room is said in Vietnamese as well."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

_ROOM = Path(__file__).parents[2] / "lakehouse"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    found = extract_from_dir(_ROOM, [("**.py", "python")], keywords={"_": None})
    said = {str(message) for _file, _line, message, _comments, _context in found}
    with (_ROOM / "locale" / "vi.po").open("rb") as file:
        translated = {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}
    assert set(translated) == said
    for message, text in translated.items():
        assert text
        assert unicodedata.is_normalized("NFC", text)
        assert set(_PLACEHOLDER.findall(message)) == set(_PLACEHOLDER.findall(text))
