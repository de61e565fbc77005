"""How a `catalog.documents.Document` becomes a document of the index.

Which fields there are is `catalog.search.fields`; keeping the index is
`catalog.search.store`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import tantivy

from catalog.documents import Document, Kind
from catalog.search.fields import (
    CONSTANT_FIELDS,
    EXACT_FIELDS,
    FACET_FIELDS,
    SORTED_NUMBERS,
    VALUE_FIELDS,
    text_key,
)
from catalog.search.moments import micros
from catalog.search.text import folded, id_key, name_key, split, suffixes, title_key, words
from catalog.search.visibility import Form, form_of, terms

_HAND_MADE = "open"  # the access of a record that says nothing of it: no contract limits it
_LONGEST_VALUE = 1000  # characters of an extra that are searched by words
_Texts = Mapping[str, Sequence[str]]


def key_of(document: Document) -> str:
    """The key under which the document replaces an earlier one."""
    return f"{document.kind}/{document.id}"


def made(document: Document) -> tantivy.Document | None:
    """The index's document; None if nobody is ever shown it."""
    form, body = form_of(document), document.body
    if form is None or body is None:
        return None
    into = tantivy.Document()
    into.add_text("key", key_of(document))
    into.add_bytes("body", _json(body))
    for term in terms(form, document.labels):
        into.add_text("seen", term)
    for reference in dict.fromkeys(_some(body["id"], body["name"])):
        into.add_text("ref", reference)
    if form is Form.WITHDRAWN:
        into.add_integer("n_withdrawn", micros(datetime.fromisoformat(body["withdrawn"])))
        for resource in body["resources"]:
            into.add_text("res", resource)
        return into
    into.add_integer("s_id", id_key(body["id"]))
    _fill_sort_keys(into, body)
    if document.kind is Kind.PACKAGE:
        into.add_bytes("activity", _json(document.activity))
        _fill_package(into, body)
    else:
        _fill_completion(into, body, _extras(body).get("title_en"))
    return into


def _fill_package(into: tantivy.Document, body: Mapping[str, Any]) -> None:
    extras = _extras(body)
    for resource in body["resources"]:
        into.add_text("res", resource["id"])
    columns = _columns(body["resources"])
    texts = _texts(body, extras, columns)
    present = {name for name, values in texts.items() if _fill_words(into, name, values)}
    _fill_stems(into, texts["text"])
    for name, values in _keywords(body, extras, columns).items():
        for value in dict.fromkeys(values):
            present.add(name)
            into.add_text(f"k_{name}", folded(value))
            if name in FACET_FIELDS:
                into.add_text(f"f_{name}", value)
            if name in VALUE_FIELDS:
                _fill_value(into, name, value)
    present |= _fill_numbers(into, body, extras)
    for name in (*present, *CONSTANT_FIELDS):
        into.add_text("has", name)
    _fill_completion(into, body, extras.get("title_en"))


def _fill_words(into: tantivy.Document, name: str, values: Sequence[str]) -> bool:
    filled = False
    for value in values:
        found = split(value)
        if found.exact:
            filled = True
            into.add_text(f"w_{name}", found.folded)
            if name in EXACT_FIELDS:
                into.add_text(f"x_{name}", found.exact)
    return filled


def _fill_stems(into: tantivy.Document, values: Sequence[str]) -> None:
    if found := frozenset[str]().union(*(split(value).stems for value in values)):
        into.add_text("stem", " ".join(sorted(found)))


def _fill_value(into: tantivy.Document, name: str, value: str) -> None:
    for suffix in suffixes(value):
        into.add_text(f"v_{name}", f"{suffix}\0{value}")


def _fill_completion(into: tantivy.Document, body: Mapping[str, Any], title_en: str | None) -> None:
    for text in _some(body["title"], title_en, body["name"]):
        for at, word in enumerate(words(text)):
            into.add_text("c_folded", folded(word))
            into.add_text("c_exact", word)
            if at == 0:
                into.add_text("c_first", folded(word))


def _fill_sort_keys(into: tantivy.Document, body: Mapping[str, Any]) -> None:
    keys = {"name": name_key(body["name"]), "title": title_key(body["title"] or body["name"])}
    for field, numbers in keys.items():
        for column, number in zip(text_key(field), numbers, strict=True):
            into.add_integer(column, number)


def _fill_numbers(
    into: tantivy.Document, body: Mapping[str, Any], extras: Mapping[str, str]
) -> set[str]:
    for name in SORTED_NUMBERS:
        value = body[name]
        moment = name.startswith("metadata_")
        into.add_integer(f"n_{name}", micros(datetime.fromisoformat(value)) if moment else value)
    covered = {"covers_from": extras.get("temporal_start"), "covers_to": extras.get("temporal_end")}
    present = set(SORTED_NUMBERS)
    for name, text in covered.items():
        if (moment_covered := _day(text)) is not None:
            into.add_integer(f"n_{name}", micros(moment_covered))
            present.add(name)
    return present


def _texts(body: Mapping[str, Any], extras: Mapping[str, str], columns: Sequence[str]) -> _Texts:
    owner = body["organization"] or {}
    resources = body["resources"]
    named = {
        "title": _some(body["title"], extras.get("title_en")),
        "notes": _some(body["notes"], extras.get("notes_en")),
        "tags": _some(*(tag["name"] for tag in body["tags"])),
        "organization": _some(owner.get("title"), owner.get("name")),
        "groups": _some(*(text for group in body["groups"] for text in _names(group))),
        "columns": columns,
        "res_name": _some(*(r[key] for r in resources for key in ("name", "name_en") if key in r)),
        "res_description": _some(*(resource["description"] for resource in resources)),
        "author": _some(body["author"]),
        "maintainer": _some(body["maintainer"]),
        "license_title": _some(body["license_title"]),
    }
    every = [text for texts in named.values() for text in texts]
    every += _some(body["name"], *(resource["format"] for resource in resources))
    said_elsewhere = ("title_en", "notes_en")
    every += [
        value
        for key, value in extras.items()
        if key not in said_elsewhere and len(value) <= _LONGEST_VALUE
    ]
    return {**named, "text": list(dict.fromkeys(every))}


def _keywords(body: Mapping[str, Any], extras: Mapping[str, str], columns: Sequence[str]) -> _Texts:
    owner, resources = body["organization"] or {}, body["resources"]
    private = bool(body["private"])
    kind = body["type"]
    return {
        "id": [body["id"]],
        "name": [body["name"]],
        "organization": _some(owner.get("name")),
        "owner_org": _some(body["owner_org"]),
        "groups": [group["name"] for group in body["groups"]],
        "tags": [tag["name"] for tag in body["tags"]],
        "res_format": _some(*(resource["format"] for resource in resources)),
        "res_url": _some(*(resource["url"] for resource in resources)),
        "res_type": _some(*(resource["resource_type"] for resource in resources)),
        "res_id": [resource["id"] for resource in resources],
        "license_id": _some(body["license_id"]),
        "access": [extras.get("access") or _HAND_MADE],
        "frequency": _some(extras.get("frequency") or extras.get("schedule")),
        "commune": extras.get("communes", "").split(),
        "private": [str(private).lower()],
        "capacity": ["private" if private else "public"],
        "state": [body["state"]],
        "type": [kind],
        "dataset_type": [kind],
        "creator_user_id": _some(body["creator_user_id"]),
        "version": _some(body["version"]),
        "url": _some(body["url"]),
        "author_email": _some(body["author_email"]),
        "maintainer_email": _some(body["maintainer_email"]),
        "extras": [f"{key}={value}" for key, value in extras.items()],
        "columns": columns,
    }


def _columns(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names and titles in the data dictionaries (Frictionless Table Schemas) of resources."""
    found: dict[str, None] = {}
    for text in dict.fromkeys(str(r["schema"]) for r in resources if r.get("schema")):
        try:
            fields = json.loads(text)["fields"]
            named = [field.get(key) for field in fields for key in ("name", "title", "title_en")]
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # written by hand, and not such a schema: there is nothing to find in it
        found |= {str(name): None for name in named if name}
    return list(found)


def _names(group: Mapping[str, Any]) -> tuple[str | None, ...]:
    return group.get("title"), group.get("name")


def _extras(body: Mapping[str, Any]) -> dict[str, str]:
    return {extra["key"]: str(extra["value"]) for extra in body.get("extras") or ()}


def _day(text: str | None) -> datetime | None:
    """An ISO day (of a time only its day); None if it is none."""
    try:
        day = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC, as everywhere


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _some(*values: str | None) -> list[str]:
    return [value for value in values if value]
