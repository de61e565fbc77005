"""Every sentence a user can read is said in Vietnamese too, in every room, in the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from contracts.i18n import ROOMS

REPOSITORY = Path(__file__).resolve().parents[1]
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]
KEYWORDS = {"_": None, "ngettext": (1, 2), "translate_count": (1, 2)}
COMMAND = re.compile(r"dungchung [a-z]+(?: --?[a-z-]+)*|DUNGCHUNG_[A-Z_]+|--[a-z]+")

Key = str | tuple[str, ...]


def said(room: str) -> set[Key]:
    """Msgids marked in the code and templates of a room; plurals as (singular, plural)."""
    found = extract_from_dir(REPOSITORY / room, METHODS, keywords=KEYWORDS)
    return {
        tuple(message) if isinstance(message, tuple) else message
        for _file, _line, message, _comments, _context in found
    }


def translations(room: str) -> dict[Key, tuple[str, ...]]:
    """Msgid → its Vietnamese forms."""
    path = REPOSITORY / room / "locale" / "vi.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {_key(m): _forms(m) for m in read_po(file, locale="vi") if m.id}


def _key(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def pairs() -> Iterator[tuple[str, Key, str]]:
    for room in ROOMS:
        for key, forms in translations(room).items():
            for form in forms:
                yield room, key, form


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_said_is_translated_and_nothing_else(room: str) -> None:
    there, wanted = set(translations(room)), said(room)
    assert wanted - there == set()
    assert there - wanted == set()


def test_translations_are_whole_sentences_with_the_same_places() -> None:
    for room, key, text in pairs():
        singular = key if isinstance(key, str) else key[-1]
        assert text, (room, key)
        assert unicodedata.is_normalized("NFC", text), (room, key)
        assert set(PLACEHOLDER.findall(singular)) == set(PLACEHOLDER.findall(text)), (room, key)
        assert singular.endswith("\n") == text.endswith("\n"), (room, key)


def test_commands_and_settings_stand_unchanged_in_the_translation() -> None:
    for room, key, text in pairs():
        for word in COMMAND.findall(key if isinstance(key, str) else key[0]):
            assert word in text, (room, key)


def test_the_same_sentence_is_the_same_in_every_room() -> None:
    # All rooms are read as one catalogue, in which the last room would win.
    seen: dict[Key, tuple[str, str]] = {}
    for room, key, text in pairs():
        first = seen.setdefault(key, (room, text))
        assert first[1] == text, (key, first, room)
