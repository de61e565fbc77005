"""Organisations and themes as a list that stays readable with hundreds of them.

Filtering, order and pages of records that are all at hand; their datasets are `listing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from catalog.context import Record
from catalog.portal.facets import Choice
from catalog.portal.records import Named, named
from catalog.portal.site import address
from catalog.portal.wording import Words
from contracts.i18n import _, translate_count
from contracts.text import fold

PER_PAGE = 60
_LONGEST = 200
_SORTS = {"": _("By name"), "datasets": _("Most datasets first")}


@dataclass(frozen=True)
class Entry:
    """One line; `count` says how many datasets, in words."""

    name: str
    title: str
    description: str
    count: str


@dataclass(frozen=True)
class Directory:
    """One page of the list. `total` is how many there are before filtering."""

    query: str
    found: str
    total: int
    entries: tuple[Entry, ...]
    sorts: tuple[Choice, ...]
    pages: tuple[Choice, ...]
    previous: str
    next: str


def directory(path: str, records: Sequence[Record], params: QueryParams, words: Words) -> Directory:
    """The page of `records` that `params` (``q``, ``sort``, ``page``) ask for; `path` is the
    list's own address."""
    query = " ".join(params.get("q", "").split())[:_LONGEST]
    sort = params.get("sort", "")
    sort = sort if sort in _SORTS else ""
    every = [one for one in (named(record, words) for record in records) if one.count]
    found = sorted((one for one in every if _has(one, query)), key=_order(sort))
    last = max(-(-len(found) // PER_PAGE), 1)
    asked = params.get("page", "1")
    page = min(max(int(asked[:6]), 1), last) if asked.isascii() and asked.isdigit() else 1

    def href(number: int, order: str = sort) -> str:
        return address(words.language, path, q=query, sort=order, page=number if number > 1 else "")

    return Directory(
        query=query,
        found=_found(len(found), words),
        total=len(every),
        entries=tuple(entry(one, words) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]),
        sorts=tuple(
            Choice(words.say(label), href(1, order), order == sort)
            for order, label in _SORTS.items()
        ),
        pages=tuple(
            Choice(words.number(number), href(number), number == page)
            for number in range(1, last + 1)
        )
        if last > 1
        else (),
        previous=href(page - 1) if page > 1 else "",
        next=href(page + 1) if page < last else "",
    )


def entry(one: Named, words: Words) -> Entry:
    """An organisation or theme with its number of datasets in words."""
    count = translate_count("{count} dataset", "{count} datasets", one.count, words.language)
    return Entry(one.name, one.title, one.description, count.format(count=words.number(one.count)))


def by_title(one: Named) -> tuple[str, str]:
    """Where it stands in a list by name: without marks, and "commune 9" before "commune 10"."""
    return re.sub(r"\d+", lambda number: number[0].zfill(9), fold(one.title)), one.title


def _has(one: Named, query: str) -> bool:
    """Whether its title or name has every word of the question, with or without marks."""
    text = fold(f"{one.title} {one.name}")
    return all(word in text for word in fold(query).split())


def _order(sort: str) -> Callable[[Named], tuple[int, str, str]]:
    most_first = sort == "datasets"
    return lambda one: (-one.count if most_first else 0, *by_title(one))


def _found(count: int, words: Words) -> str:
    found = translate_count("{count} result", "{count} results", count, words.language)
    return found.format(count=words.number(count))
