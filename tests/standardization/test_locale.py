"""Every sentence of the room is said in Vietnamese, and says the same."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import standardization

ROOM = Path(standardization.__file__).parent
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def translations() -> dict[str, str]:
    with (ROOM / "locale" / "vi.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="vi") if m.id}


def test_sentences_and_translations_are_the_same_set(translations: dict[str, str]) -> None:
    found = extract_from_dir(ROOM, [("**.py", "python")], keywords={"_": None})
    messages = {str(message) for _file, _line, message, _comments, _context in found}
    assert messages == {message for message, text in translations.items() if text}


def test_placeholders_and_form(translations: dict[str, str]) -> None:
    for message, text in translations.items():
        assert set(PLACEHOLDER.findall(message)) == set(PLACEHOLDER.findall(text)), message
        assert unicodedata.is_normalized("NFC", text), message
