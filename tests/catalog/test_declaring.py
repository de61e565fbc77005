"""What an action takes is read from its docstring, or the action is refused."""

from __future__ import annotations

import pytest

from catalog.access import Permission
from catalog.actions.declaring import read_docstring
from catalog.actions.registry import ACTIONS, Call, action

TEXT = """Return rows.

The second paragraph.

:param string|object q: words, or
    column and words
:param integer facet.limit: at most so many (required)
"""


def test_description_and_parameters_are_parted() -> None:
    description, parameters = read_docstring("rows", TEXT)
    assert description == "Return rows.\n\nThe second paragraph."
    q, limit = parameters["q"], parameters["facet.limit"]
    assert (q.types, q.description) == (("string", "object"), "words, or column and words")
    assert (limit.description, limit.required) == ("at most so many", True)
    assert q.schema == {"anyOf": [{"type": "string"}, {"type": "object"}]}
    assert limit.schema == {"type": "integer"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "says nothing of itself"),
        (":param string id: its id", "says nothing of itself"),
        ("Return.\n\n:param id: its id", "has “:param id: its id”"),
        ("Return.\n\n:param text id: its id", "with a type of string"),
        ("Return.\n\n:param string id:", "has “:param string id:”"),
        ("Return.\n\n:returns: rows", "has “:returns: rows”"),
        ("Return.\n\n:param string id: a\n:param string id: b", "two parameters id"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_docstring("rows", text)


def test_two_actions_of_one_name_are_refused() -> None:
    def site_read(call: Call) -> bool:
        """Return true."""
        return True

    with pytest.raises(ValueError, match="two actions site_read"):
        action(Permission.READ_CATALOGUE, result={"type": "boolean"})(site_read)
    assert ACTIONS["site_read"].function is not site_read
