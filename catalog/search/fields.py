"""The index's fields: what can be asked for, and its schema.

How a record fills them is `catalog.search.making`; what a query means is
`catalog.search.query`.
"""

from __future__ import annotations

import tantivy

from catalog.search.text import SORT_NUMBERS

INDEX_VERSION = 1
"""Raise it whenever the schema, or what a field is filled with, changes: indexes are made
anew."""

WEIGHTS = {
    "title": 4.0,
    "tags": 2.0,
    "organization": 1.5,
    "groups": 1.5,
    "notes": 1.0,
    "columns": 0.5,
}
"""Fields in which a word found counts more, by how much."""

WORD_FIELDS = (
    *WEIGHTS,
    *("res_name", "res_description", "author", "maintainer", "license_title", "text"),
)
"""Fields searched by words; ``text`` holds every word of the record, ``columns`` the names
and titles in its data dictionary."""

EXACT_FIELDS = ("title", "tags", "organization", "groups", "notes", "text")
"""Word fields whose words are kept as written too."""

FACET_FIELDS = (
    *("organization", "groups", "tags", "res_format", "license_id", "access", "frequency"),
    *("commune", "private", "capacity", "type", "dataset_type", "state", "owner_org"),
)
"""Fields that can be counted; each holds names, codes or ids, never titles."""

KEYWORD_FIELDS = (
    *("id", "name", *FACET_FIELDS, "extras", "columns", "creator_user_id", "version", "url"),
    *("author_email", "maintainer_email", "res_url", "res_type", "res_id"),
)
"""Fields matched whole, folded. ``extras`` holds ``key=value``. Of ``columns`` only patterns
are matched whole; words are words there."""

MOMENT_FIELDS = ("metadata_created", "metadata_modified", "covers_from", "covers_to")
"""Microseconds since 1970 (UTC)."""

NUMBER_FIELDS = (*MOMENT_FIELDS, "num_resources", "num_tags")
"""Integers that ranges are asked of."""

SORTED_NUMBERS = ("metadata_created", "metadata_modified", "num_resources", "num_tags")
"""Numbers that every package has, so that it can be sorted by them."""

CONSTANT_FIELDS = ("site_id", "entity_type", "index_id")
"""Fields of CKAN's own index that real clients name and that are the same for every package:
whatever they are asked, every package matches."""

VALUE_FIELDS = ("tags", "res_format")
"""Fields whose values are completed."""

POSITION_KEY = "position"
"""The key of the one document that says which change the index has reached."""

_LONGEST_PREFIX = 20


def text_key(field: str) -> tuple[str, ...]:
    """The number fields that sort by ``name`` or ``title``."""
    return tuple(f"s_{field}{at}" for at in range(SORT_NUMBERS))


def clipped(word: str) -> str:
    """`word` as a completion looks it up: no prefix longer than those in the index."""
    return word[:_LONGEST_PREFIX]


def schema() -> tantivy.Schema:
    """The index's schema.

    ``key``: kind and id; ``body``, ``activity``: JSON; ``position``: only in the document
    `POSITION_KEY`; ``seen``: who may see it (`catalog.search.visibility`); ``ref``: ids and
    names it is asked for by; ``res``: its resources' ids; ``has``: names of its non-empty
    fields; ``n_withdrawn``: when it was withdrawn. Prefixes: ``w_`` folded words, ``x_`` words
    as written, ``k_`` keywords, ``f_`` facet values, ``n_`` numbers, ``s_`` sort keys, ``v_``
    values by the words in them. ``stem``: singulars. ``c_folded``, ``c_exact``: beginnings of
    the words of title and name, ``c_first`` of their first words.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_bytes_field("body", stored=True)
    builder.add_bytes_field("activity", stored=True)
    builder.add_integer_field("position", stored=True)
    for name in ("key", "seen", "ref", "res", "has"):
        _keyword(builder, name)
    for name in WORD_FIELDS:
        builder.add_text_field(f"w_{name}", tokenizer_name="words")
    for name in EXACT_FIELDS:
        builder.add_text_field(f"x_{name}", tokenizer_name="words")
    builder.add_text_field("stem", tokenizer_name="words", index_option="freq")
    for name in KEYWORD_FIELDS:
        _keyword(builder, f"k_{name}")
    for name in FACET_FIELDS:
        builder.add_text_field(f"f_{name}", fast=True, tokenizer_name="raw", index_option="basic")
    for name in NUMBER_FIELDS:
        builder.add_integer_field(f"n_{name}", fast=True)
    builder.add_integer_field("n_withdrawn", fast=True)
    for name in ("s_id", *text_key("name"), *text_key("title")):
        builder.add_integer_field(name, fast=True)
    for name in VALUE_FIELDS:
        _keyword(builder, f"v_{name}")
    for name in ("c_folded", "c_exact", "c_first"):
        builder.add_text_field(name, tokenizer_name="prefixes")
    return builder.build()


def _keyword(builder: tantivy.SchemaBuilder, name: str) -> None:
    builder.add_text_field(name, tokenizer_name="raw", index_option="basic")


def register_analyzers(index: tantivy.Index) -> None:
    """Make `index` able to split its texts. Words come split and folded already, so it only
    splits at spaces; completions get every beginning of one word."""
    index.register_tokenizer(
        "words", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    )
    prefixes = tantivy.Tokenizer.ngram(1, _LONGEST_PREFIX, prefix_only=True)
    index.register_tokenizer("prefixes", tantivy.TextAnalyzerBuilder(prefixes).build())
