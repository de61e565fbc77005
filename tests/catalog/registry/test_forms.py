"""What is refused, in CKAN's words and where CKAN puts them, and what is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import ValidationError
from catalog.registry.forms import CollectionForm, PackageForm, read_form

GOOD: dict[str, Any] = {"name": "schools", "owner_org": "so"}
TAG = (
    'can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_")'
    ' or dots (".")'
)


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ({"name": None}, {"name": ["Names must be strings"]}),
        ({"name": ""}, {"name": ["Missing value"]}),
        ({"name": "a"}, {"name": ["Must be at least 2 characters long"]}),
        ({"name": "a" * 101}, {"name": ["Name must be a maximum of 100 characters long"]}),
        (
            {"name": "Trường"},
            {
                "name": [
                    "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
                ]
            },
        ),
        (
            {"name": "ab\n"},
            {
                "name": [
                    "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
                ]
            },
        ),
        ({"name": "search"}, {"name": ["That name cannot be used"]}),
        ({"id": "../../etc"}, {"id": ["Invalid id provided"]}),
        ({"owner_org": ""}, {"owner_org": ["An organization must be provided"]}),
        ({"version": "1" * 101}, {"version": ["Version must be a maximum of 100 characters long"]}),
        (
            {"url": "javascript:alert(1)"},
            {"url": ["Only http, https and ftp addresses are accepted"]},
        ),
        ({"type": "harvest"}, {"type": ["Only records of the type dataset are kept here"]}),
        ({"author_email": "an"}, {"author_email": ["Email an is not a valid format"]}),
        ({"state": "gone"}, {"state": ["The state is active, draft or deleted"]}),
        ({"title": "a\0b"}, {"title": ["The value cannot be kept"]}),
        ({"notes": "\ud800"}, {"notes": ["The value cannot be kept"]}),
        (
            {"tags": [{"name": "ok"}, {"name": "<b>"}]},
            {"tags": [{}, {"name": [f'Tag "<b>" {TAG}']}]},
        ),
        (
            {"tags": [{"name": "x"}]},
            {"tags": [{"name": ['Tag "x" length is less than minimum 2']}]},
        ),
        ({"tags": [{}]}, {"tags": [{"name": ["Missing value"]}]}),
        (
            {"tags": "một"},
            {"tags": ['Only lists of dicts can be placed against subschema "tags"']},
        ),
        ({"tag_string": "ok,(x)"}, {"tag_string": [f'Tag "(x)" {TAG}']}),
        (
            {"extras": [{"key": "title", "value": "x"}]},
            {"extras": [{"key": ["There is a schema field with the same name"]}]},
        ),
        (
            {"extras": [{"key": "", "value": "x"}]},
            {"extras": [{"key": ["Missing value"]}]},
        ),
        (
            {"extras": [{"key": "a", "value": {"b": 1}}]},
            {"extras": [{"value": ["The value of an extra must be text"]}]},
        ),
        (
            {"resources": [{}, {"size": "big"}]},
            {"resources": [{}, {"size": ["Invalid integer"]}]},
        ),
        ({"resources": [{"size": 1.5}]}, {"resources": [{"size": ["Invalid integer"]}]}),
        ({"resources": [{"size": 2**70}]}, {"resources": [{"size": ["Invalid integer"]}]}),
        (
            {"resources": [{"created": "hôm qua"}]},
            {"resources": [{"created": ["Date format incorrect"]}]},
        ),
        (
            {"resources": [{"url": "http://x/\r\nX: y"}]},
            {"resources": [{"url": ["An address holds no control characters"]}]},
        ),
        ({"resources": [{"x": float("nan")}]}, {"resources": ["The value cannot be kept"]}),
        ({"resources": [{"id": "r1"}]}, {"resources": [{"id": ["Invalid id provided"]}]}),
    ],
)
def test_a_refusal_has_ckans_words_and_place(
    said: dict[str, object], problems: dict[str, object]
) -> None:
    with pytest.raises(ValidationError) as refused:
        read_form(PackageForm, {**GOOD, **said})
    assert refused.value.problems == problems


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        read_form(PackageForm, {})
    assert refused.value.problems == {
        "name": ["Missing value"],
        "owner_org": ["An organization must be provided"],
    }


def test_an_abyss_of_lists_is_refused_not_fallen_into() -> None:
    abyss: list[Any] = []
    for _level in range(500):
        abyss = [abyss]
    with pytest.raises(ValidationError):
        read_form(PackageForm, {**GOOD, "resources": [{"x": abyss}]})


def test_values_are_read_as_ckan_reads_them() -> None:
    form = read_form(
        PackageForm,
        {
            **GOOD,
            "title": 5,
            "private": "yes",
            "tags": None,
            "tag_string": "một cửa, hai , ,một cửa",
            "author_email": "an@example.vn ",
            "extras": [
                {"key": "a", "value": "1"},
                {"key": "b", "value": None},
                {"key": "c", "value": "x", "deleted": True},
            ],
            "resources": [
                {"size": "12 "},
                {"size": ""},
                {"size": 12.0},
                {"created": "2020-01-02", "last_modified": "", "id": ""},
                {"created": "2020-01-02T10:00:00+07:00"},
            ],
            "unknown": "ignored",
        },
    )
    assert (form.title, form.private, form.author_email) == ("5", True, "an@example.vn ")
    assert form.tag_names() == ["một cửa", "hai"]
    assert form.extra_values() == {"a": "1"}
    assert [one.size for one in form.resources] == [12, None, 12, None, None]
    created = [one.created.isoformat() if one.created else None for one in form.resources]
    assert created[3:] == ["2020-01-02T00:00:00", "2020-01-02T03:00:00"]
    assert form.resources[3].last_modified is form.resources[3].id is None


def test_text_is_kept_in_one_form_and_addresses_as_they_are() -> None:
    decomposed = "Tru\u031bo\u031b\u0300ng"
    form = read_form(
        PackageForm,
        {**GOOD, "title": decomposed, "resources": [{"url": f"http://x/{decomposed}"}]},
    )
    assert form.title == "Trường"
    assert form.resources[0].url == f"http://x/{decomposed}"


def test_what_the_server_owns_is_not_among_the_kept_keys_of_a_resource() -> None:
    sent = {"package_id": "p", "state": "deleted", "position": 9, "upload": "x", "extras": {"a": 1}}
    form = read_form(PackageForm, {**GOOD, "resources": [{**sent, "schema": {"a": 1}}]})
    assert form.resources[0].kept() == {"schema": {"a": 1}}


def test_members_of_a_collection_are_named_or_left_alone() -> None:
    assert read_form(CollectionForm, {"name": "so"}).users is None
    form = read_form(
        CollectionForm, {"name": "so", "users": [{"name": "an", "capacity": "editor"}]}
    )
    assert [(one.name, one.capacity) for one in form.users or ()] == [("an", "editor")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(sorted(PackageForm.model_fields))


@given(st.dictionaries(FIELDS, JSON, max_size=6))
def test_whatever_is_sent_is_read_or_refused_by_name(said: dict[str, Any]) -> None:
    asked = {**GOOD, **said}
    refusal = refusal_of(asked)
    if refusal is not None:
        assert refusal.keys() <= asked.keys()
        assert json.loads(json.dumps(refusal)) == refusal
        return
    form = read_form(PackageForm, asked)
    kept = [one.kept() for one in form.resources]
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert form.name == asked["name"]


def refusal_of(asked: dict[str, Any]) -> dict[str, object] | None:
    try:
        read_form(PackageForm, asked)
    except ValidationError as refused:
        return refused.fields()
    return None
