"""Actions that complete what someone is typing, and the lists of tags.

What completes what is decided by the index (`View.complete`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.access import Permission
from catalog.actions.packages import MOST
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NUMBER, TEXT, listed, named, record
from catalog.context import Record
from catalog.documents import Kind
from catalog.errors import NotFoundError, ValidationError
from catalog.identifiers import tag_id
from catalog.registry.dictionaries import tag_dictionary
from catalog.search.request import SearchRequest
from contracts.text import fold

_COMPLETED = listed(record({"id": TEXT, "name": TEXT, "title": TEXT}))


@action(
    Permission.READ_CATALOGUE,
    result=listed(
        record({"name": TEXT, "title": TEXT, "match_field": TEXT, "match_displayed": TEXT})
    ),
)
def package_autocomplete(call: Call) -> list[dict[str, str]]:
    """Return the datasets that begin, in some word of their name or title, as the text does.

    :param string q: what has been typed; marks are optional (required)
    :param integer limit: at most so many (default 10, most 1000)
    """
    limit = call.parameters.integer("limit", 10, most=MOST)
    found = call.view.complete(Kind.PACKAGE, _typed(call), limit, include_private=True)
    return [
        {
            "name": one.name,
            "title": one.title,
            "match_field": one.field,
            "match_displayed": one.match if one.field == "name" else f"{one.match} ({one.name})",
        }
        for one in found
    ]


@action(Permission.READ_CATALOGUE, result=_COMPLETED)
def organization_autocomplete(call: Call) -> list[dict[str, str]]:
    """Return the agencies that begin, in some word of their name or title, as the text does.

    :param string q: what has been typed; marks are optional (required)
    :param integer limit: at most so many (default 20, most 1000)
    """
    return _collections(call, Kind.ORGANIZATION)


@action(Permission.READ_CATALOGUE, result=_COMPLETED)
def group_autocomplete(call: Call) -> list[dict[str, str]]:
    """Return the themes that begin, in some word of their name or title, as the text does.

    :param string q: what has been typed; marks are optional (required)
    :param integer limit: at most so many (default 20, most 1000)
    """
    return _collections(call, Kind.GROUP)


@action(Permission.READ_CATALOGUE, result=listed(TEXT))
def format_autocomplete(call: Call) -> Sequence[str]:
    """Return the formats of resources that begin as the text does, the most used first.

    :param string q: what has been typed (required)
    :param integer limit: at most so many (default 5, most 1000)
    """
    limit = call.parameters.integer("limit", 5, most=MOST)
    return call.view.complete_values("res_format", _typed(call), limit)


@action(Permission.READ_CATALOGUE, result=listed(TEXT))
def tag_autocomplete(call: Call) -> Sequence[str]:
    """Return the tags that begin, in some word, as the text does, the most used first.

    :param string query: what has been typed; marks are optional
    :param string q: the same, where there is no query
    :param string vocabulary_id: there are no vocabularies, so any is not found
    :param integer limit: at most so many (default 10, most 1000)
    :param integer offset: after leaving out so many
    """
    _no_vocabulary(call)
    typed = (call.parameters.text("query") or call.parameters.text("q")).strip()
    if not typed:
        return []
    offset = call.parameters.integer("offset", 0, most=MOST)
    limit = call.parameters.integer("limit", 10, most=MOST)
    return call.view.complete_values("tags", typed, offset + limit)[offset:]


@action(Permission.READ_CATALOGUE, result=named("Tag"))
def tag_list(call: Call) -> list[Any]:
    """Return the tags in use.

    :param string query: only tags that contain this text, marks ignored
    :param boolean all_fields: dictionaries instead of names
    :param string vocabulary_id: there are no vocabularies, so any is not found
    """
    _no_vocabulary(call)
    names = _containing(call, [call.parameters.text("query")])
    if call.parameters.flag("all_fields"):
        return [tag_dictionary(name) for name in names]
    return names


@action(Permission.READ_CATALOGUE, result=record({"count": NUMBER, "results": listed("Tag")}))
def tag_search(call: Call) -> dict[str, Any]:
    """Search the tags in use; without a text nothing is found.

    :param string|array query: a text that a tag must contain, marks ignored, or several
    :param string|array q: the same, where there is no query
    :param string vocabulary_id: there are no vocabularies, so any is not found
    :param integer limit: at most so many
    :param integer offset: after leaving out so many
    """
    parameters = call.parameters
    _no_vocabulary(call)
    asked = parameters.data.get("query") or parameters.data.get("q") or []
    texts = [str(one) for one in (asked if isinstance(asked, list) else [asked])]
    words = [text.strip() for text in texts if text.strip()]
    names = _containing(call, words) if words else []
    offset = parameters.integer("offset", 0)
    page = names[offset : offset + parameters.integer("limit", len(names))]
    return {"count": len(names), "results": [tag_dictionary(name) for name in page]}


@action(Permission.READ_CATALOGUE, result="Tag")
def tag_show(call: Call) -> dict[str, Any]:
    """Return a tag.

    :param string id: its name or id (required)
    :param string vocabulary_id: there are no vocabularies, so any is not found
    :param boolean include_datasets: the datasets that have it too (at most 1000)
    """
    _no_vocabulary(call)
    wanted = call.parameters.required("id")
    name = next((n for n in call.view.records.tags() if wanted in (n, tag_id(n))), None)
    if name is None:
        raise NotFoundError("Tag was not found.")
    shown = tag_dictionary(name)
    if call.parameters.flag("include_datasets"):
        shown["packages"] = _tagged(call, name)
    return shown


def _tagged(call: Call, name: str) -> Sequence[Record]:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    request = SearchRequest(fq=(f'tags:"{quoted}"',), sort="title asc", rows=MOST)
    return call.view.search(request).packages


def _containing(call: Call, texts: Sequence[str]) -> list[str]:
    words = [fold(text.strip()) for text in texts]
    return [name for name in call.view.records.tags() if all(word in fold(name) for word in words)]


def _no_vocabulary(call: Call) -> None:
    if call.parameters.text("vocabulary_id"):
        raise NotFoundError("Vocabulary was not found.")


def _typed(call: Call) -> str:
    typed = call.parameters.text("q").strip()
    if not typed:
        raise ValidationError({"q": ["Missing value"]})
    return typed


def _collections(call: Call, kind: Kind) -> list[dict[str, str]]:
    limit = call.parameters.integer("limit", 20, most=MOST)
    found = call.view.complete(kind, _typed(call), limit)
    return [{"id": one.id, "name": one.name, "title": one.title} for one in found]
