"""Parameters mean the same, whichever way they came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.actions.declaring import Parameter
from catalog.actions.parameters import Parameters
from catalog.errors import ValidationError

TYPES = ("string", "integer", "boolean", "object", "array", "list")
DECLARED = {"x": Parameter("x", TYPES, "anything"), "s": Parameter("s", ("string",), "a text")}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def sent(value: Any) -> Parameters:
    return Parameters({"x": value}, DECLARED)


@given(ANYTHING)
def test_whatever_is_sent_is_read_or_refused_by_name(value: Any) -> None:
    parameters = sent(value)
    for read, kind in (
        (parameters.text, str),
        (lambda name: parameters.integer(name, 0), int),
        (parameters.flag, bool),
        (parameters.mapping, dict),
        (parameters.listing, list),
        (parameters.array, list),
    ):
        try:
            meant = read("x")
        except ValidationError as error:
            refused = list(error.problems)
        else:
            assert isinstance(meant, kind)
            continue
        assert refused == ["x"]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("a", ["a"]),
        ("a, b,", ["a", "b"]),
        ('["a", "b,c"]', ["a", "b,c"]),
        (["a", "b"], ["a", "b"]),
        ([1, 2], ["1", "2"]),
        ("0001", ["0001"]),
        ("1e5", ["1e5"]),
        ("", []),
        (None, []),
    ],
)
def test_a_list_may_be_json_a_repeated_key_or_words(value: Any, meant: list[str]) -> None:
    assert sent(value).listing("x") == meant


@pytest.mark.parametrize("value", ['{"a": 1}', {"a": 1}, [["a"]], [None], '[{"a": 1}]'])
def test_what_is_no_list_of_texts_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError, match="Must be a list"):
        sent(value).listing("x")


@pytest.mark.parametrize("value", [True, "true", "Yes", "1", "on", ["no", "yes"], " t "])
def test_yes(value: Any) -> None:
    assert sent(value).flag("x") is True


@pytest.mark.parametrize("value", [False, "false", "0", "x", ["yes", "no"], 0])
def test_no(value: Any) -> None:
    assert sent(value).flag("x", default=True) is False


def test_numbers_have_bounds() -> None:
    assert sent("7").integer("x", 0) == 7
    assert sent("").integer("x", 5) == 5
    assert sent("2000").integer("x", 0, most=1000) == 1000
    assert sent(10**400).integer("x", 0) == 1 << 62
    assert sent("-1").integer("x", 0, least=-1) == -1
    for wrong in ("-1", "many", "1.5", [], "9" * 5000, {"a": 1}):
        with pytest.raises(ValidationError, match=r"Invalid integer|natural number"):
            sent(wrong).integer("x", 0)


def test_the_first_name_that_is_given_counts() -> None:
    assert Parameters({"s": "", "x": "b"}, DECLARED).required("s", "x") == "b"
    with pytest.raises(ValidationError, match="s: Missing value"):
        Parameters({}, DECLARED).required("s", "x")


@pytest.mark.parametrize(
    "read",
    [
        lambda p: p.text("y"),
        lambda p: p.integer("s", 1),
        lambda p: p.flag("s"),
        lambda p: p.listing("s"),
        lambda p: p.json("y"),
    ],
)
def test_reading_what_is_not_declared_is_a_mistake_of_the_action(read: Any) -> None:
    with pytest.raises(LookupError, match="not declared"):
        read(Parameters({"s": "1", "y": "1"}, DECLARED))
