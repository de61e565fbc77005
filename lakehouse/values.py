"""Values of a reader's question as SQL that holds no letter of theirs.

A bound parameter would be as safe, but DuckDB's Python client imports pandas to bind one: a
second and 100 MB in every process that serves. Values of contracts are `contracts.quoting`.
"""

from __future__ import annotations


def text_value(text: str) -> str:
    """`text` as SQL made of hexadecimal digits."""
    return f"decode(unhex('{text.encode('utf-8', 'replace').hex()}'))"


def typed_value(text: str, sql_type: str) -> str:
    """`text` read as a value of a type; NULL where the type cannot hold it."""
    return f"TRY_CAST({text_value(text)} AS {sql_type})"
