"""Where a dataset is for programs: every address under which one can be read by machine.

Addresses and their words only; what answers them is `catalog.actions`, `catalog.downloads`
and `catalog.web`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.context import Record
from catalog.portal.alternates import of_dataset
from catalog.portal.wording import Words
from contracts.i18n import _

_ACTIONS = "/api/3/action"


@dataclass(frozen=True)
class Way:
    """One address (or several forms of one thing) and what it gives."""

    title: str
    links: tuple[tuple[str, str], ...]
    """(text, path) of each."""


def ways_for_programs(record: Record, words: Words, *, rows: bool) -> tuple[Way, ...]:
    """The addresses of `record`; `rows` says whether anyone may read its rows."""
    name = str(record["name"])
    ways = [_way(words.say(_("Record, as CKAN gives it")), f"{_ACTIONS}/package_show?id={name}")]
    active = _active(record) if rows else None
    if active is not None:
        identifier = str(active["id"])
        ways.append(
            _way(
                words.say(_("Rows, by question")),
                f"{_ACTIONS}/datastore_search?resource_id={identifier}&limit=100",
            )
        )
        dump = f"/datastore/dump/{identifier}?format="
        forms = tuple((form.upper(), dump + form) for form in ("csv", "tsv", "json", "xml"))
        ways.append(Way(words.say(_("All rows in one answer")), forms))
    described = tuple((one.title, one.href) for one in of_dataset(name))
    ways.append(Way(words.say(_("Description (DCAT-AP 3) and news")), described))
    ways.append(_way(words.say(_("Every action of the API (OpenAPI)")), "/api/openapi.json"))
    return tuple(ways)


def _way(title: str, path: str) -> Way:
    return Way(title, ((path, path),))


def _active(record: Record) -> Mapping[str, Any] | None:
    resources = record.get("resources") or ()
    return next((one for one in resources if one.get("datastore_active")), None)
