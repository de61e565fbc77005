"""The same catalogue in PostgreSQL full text, as one would build it well.

One table with a weighted ``tsvector`` (folded words, so that "giao duc" finds "Giáo dục"),
stored, with a GIN index; tags and formats in narrow tables; one statement per question finds
the matches once (a materialised CTE) and gives the page, the count and five facets. Relevance
is worked out only where the question is sorted by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from benchmarks.search_questions import ROWS, Question
from benchmarks.search_records import THEMES, Made, organization_title, records
from contracts.text import fold

_TABLES = """
CREATE TABLE package (
    id uuid PRIMARY KEY, name text, title text, notes text, organization text, theme text,
    licence text, modified timestamp, search tsvector);
CREATE TABLE tag (package_id uuid, name text);
CREATE TABLE format (package_id uuid, name text);
"""
_INDEXES = """
CREATE INDEX ON package USING gin (search);
CREATE INDEX ON package (organization);
CREATE INDEX ON package (theme);
CREATE INDEX ON package (modified DESC);
CREATE INDEX ON tag (package_id);
CREATE INDEX ON format (package_id);
"""
_MOST_USED = "GROUP BY 1 ORDER BY 2 DESC LIMIT 50"
_FACETS = (
    f"SELECT organization, count(*) FROM found {_MOST_USED}",
    f"SELECT theme, count(*) FROM found {_MOST_USED}",
    f"SELECT tag.name, count(*) FROM found JOIN tag ON package_id = id {_MOST_USED}",
    f"SELECT format.name, count(*) FROM found JOIN format ON package_id = id {_MOST_USED}",
    f"SELECT licence, count(*) FROM found {_MOST_USED}",
)


def load(connection: psycopg.Connection[Any], count: int) -> None:
    """Fill an empty database with the benchmark's records."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        with cursor.copy("COPY package (id, name, title, notes, organization, theme, licence,"
                         " modified, search) FROM STDIN") as copy:  # fmt: skip
            for one in records(count):
                copy.write_row(_package(one))
        for table in ("tag", "format"):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for one in records(count):
                    for value in one.tags if table == "tag" else dict.fromkeys(one.formats):
                        copy.write_row((one.id, value))
        cursor.execute(_INDEXES)
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")


def answer(connection: psycopg.Connection[Any], question: Question) -> int:
    """One question: its page, its count, which is given back, and five facets."""
    conditions, values = ["true"], []
    ranked = bool(question.words) and not question.newest
    if question.words:
        joined = (" <-> " if question.phrase else " & ").join(_word(one) for one in question.words)
        conditions.append("search @@ %(words)s::tsquery")
        values.append(("words", joined))
    for column, value in (("organization", question.organization), ("theme", question.theme)):
        if value is not None:
            conditions.append(f"{column} = %({column})s")
            values.append((column, value))
    rank = "ts_rank(search, %(words)s::tsquery)" if ranked else "0"
    facets = ", ".join(f"(SELECT json_agg(f) FROM ({facet}) f)" for facet in _FACETS)
    cursor = connection.execute(
        f"""
        WITH found AS MATERIALIZED (
            SELECT id, organization, theme, licence, modified, {rank} AS rank
            FROM package WHERE {" AND ".join(conditions)}),
        page AS (
            SELECT id, rank, modified FROM found ORDER BY rank DESC, modified DESC
            LIMIT {ROWS} OFFSET {question.start})
        SELECT (SELECT count(*) FROM found),
            (SELECT json_agg(p ORDER BY p.rank DESC, p.modified DESC) FROM (
                SELECT package.id, name, title, notes, page.rank, page.modified
                FROM page JOIN package USING (id)) p),
            {facets}
        """,
        dict(values),
    )
    (found,) = cursor.fetchall()
    return int(found[0])


def _word(word: str) -> str:
    return "'" + fold(word).replace("'", "''") + "'"


def _package(one: Made) -> tuple[object, ...]:
    title, rest = fold(f"{one.title} {one.title_en}"), fold(" ".join(one.tags))
    owner = fold(organization_title(one.organization))
    notes = fold(f"{one.notes} {' '.join(one.resource_names)} {one.schema}")
    return (
        *(one.id, one.name, one.title, one.notes, f"so-{one.organization:03d}"),
        *(THEMES[one.theme], one.licence, one.modified),
        _vector([(title, "A"), (rest, "B"), (owner, "C"), (notes, "D")]),
    )


def _vector(parts: Sequence[tuple[str, str]]) -> str:
    """A ``tsvector`` literal; made here so that both sides split and fold words alike."""
    positions: dict[str, list[str]] = {}
    at = 0
    for text, weight in parts:
        for word in _words(text):
            at = min(at + 1, 16_383)
            found = positions.setdefault(word, [])
            if len(found) < 255:
                found.append(f"{at}{weight}")
        at = min(at + 1, 16_383)
    return " ".join(f"'{word}':{','.join(places)}" for word, places in positions.items())


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()
