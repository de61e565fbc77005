"""The index's fields, and how a record becomes a document of them.

Every word is kept twice: folded (so that "giao duc" finds "Giáo dục") and as written (so
that the exact spelling ranks first). What a query means is `catalog.search.query`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import tantivy

from contracts.text import fold

WORD_FIELDS = ("title", "tags", "organization", "groups", "notes", "text")
"""Fields searched by words; ``text`` holds every word of the record."""

KEYWORD_FIELDS = (
    "id",
    "name",
    "organization",
    "owner_org",
    "groups",
    "tags",
    "res_format",
    "license_id",
    "access",
    "private",
    "state",
    "type",
    "dataset_type",
    "extras",
)
"""Fields matched whole, folded. ``extras`` holds ``key=value``."""

NUMBER_FIELDS = ("metadata_created", "metadata_modified", "num_resources", "num_tags")
"""Integers; times are microseconds since 1970 (UTC)."""

FACET_FIELDS = ("organization", "groups", "tags", "res_format", "license_id", "access")
"""Fields that can be counted; each holds names or ids, never titles."""

RANK_FIELDS = ("id", "name", "title")
"""Fields that sort by a rank worked out when the index is made."""

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of `text` as written, case folded, NFC."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of a naive UTC time; exact, unlike a float of seconds."""
    since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def schema() -> tantivy.Schema:
    """The index's schema. Prefixes: ``w_`` folded words, ``x_`` exact words, ``k_`` keywords,
    ``f_`` facet values, ``n_`` numbers, ``r_`` ranks, ``has`` the names of non-empty fields."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    builder.add_text_field("has", tokenizer_name="raw")
    for name in WORD_FIELDS:
        builder.add_text_field(f"w_{name}", tokenizer_name="words")
        builder.add_text_field(f"x_{name}", tokenizer_name="words")
    for name in KEYWORD_FIELDS:
        builder.add_text_field(f"k_{name}", tokenizer_name="raw")
    for name in FACET_FIELDS:
        builder.add_text_field(f"f_{name}", fast=True, tokenizer_name="raw")
    for name in NUMBER_FIELDS:
        builder.add_integer_field(f"n_{name}", indexed=True, fast=True)
    for name in RANK_FIELDS:
        builder.add_integer_field(f"r_{name}", fast=True)
    return builder.build()


def document(record: Mapping[str, Any], ranks: Mapping[str, int]) -> tantivy.Document:
    """One record as a document. `ranks`: sort field → its place among all records."""
    extras = {extra["key"]: str(extra["value"]) for extra in record["extras"]}
    made = tantivy.Document()
    made.add_text("key", record["id"])
    present: set[str] = set()
    for name, texts in _texts(record, extras).items():
        for text in texts:
            if exact := words(text):
                present.add(name)
                made.add_text(f"x_{name}", " ".join(exact))
                made.add_text(f"w_{name}", fold(" ".join(exact)))
    keywords = _keywords(record, extras)
    for name, values in keywords.items():
        for value in dict.fromkeys(values):
            present.add(name)
            made.add_text(f"k_{name}", fold(value))
            if name in FACET_FIELDS:
                made.add_text(f"f_{name}", value)
    for name in ("metadata_created", "metadata_modified"):
        made.add_integer(f"n_{name}", micros(datetime.fromisoformat(record[name])))
    for name in ("num_resources", "num_tags"):
        made.add_integer(f"n_{name}", record[name])
    for name in RANK_FIELDS:
        made.add_integer(f"r_{name}", ranks[name])
    for name in (*present, *NUMBER_FIELDS):
        made.add_text("has", name)
    return made


def _texts(record: Mapping[str, Any], extras: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    owner = record["organization"] or {}
    named = {
        "title": _some(record["title"], extras.get("title_en")),
        "notes": _some(record["notes"], extras.get("notes_en")),
        "tags": _some(*(tag["name"] for tag in record["tags"])),
        "organization": _some(owner.get("title"), owner.get("name")),
        "groups": _some(*(group["title"] for group in record["groups"])),
    }
    every = [text for texts in named.values() for text in texts]
    every += _some(record["name"], record["author"], record["maintainer"])
    for resource in record["resources"]:
        every += _some(resource["name"], resource["description"], resource["format"])
    return {**named, "text": every}


def _keywords(record: Mapping[str, Any], extras: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    owner = record["organization"] or {}
    return {
        "id": [record["id"]],
        "name": [record["name"]],
        "organization": _some(owner.get("name")),
        "owner_org": _some(record["owner_org"]),
        "groups": [group["name"] for group in record["groups"]],
        "tags": [tag["name"] for tag in record["tags"]],
        "res_format": _some(*(resource["format"] for resource in record["resources"])),
        "license_id": _some(record["license_id"]),
        "access": _some(extras.get("access")),
        "private": [str(bool(record["private"])).lower()],
        "state": [record["state"]],
        "type": [record["type"]],
        "dataset_type": [record["type"]],
        "extras": [f"{key}={value}" for key, value in extras.items()],
    }


def _some(*values: str | None) -> list[str]:
    return [value for value in values if value]


def ranked(records: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """For each record its rank in every sort field; titles by their folded form."""
    made: list[dict[str, int]] = [{} for _ in records]
    for field in RANK_FIELDS:
        order = sorted(range(len(records)), key=lambda at: _sort_key(records[at][field]))
        for rank, at in enumerate(order):
            made[at][field] = rank
    return made


def _sort_key(text: str) -> tuple[str, str]:
    return fold(text), text


def analyzer() -> tantivy.TextAnalyzer:
    """Words are already split and folded here, so the index only splits at spaces."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
