"""The page of a withdrawn dataset: that it was, when, why, and what to use instead.

It says no more of the dataset than its title: nothing of its rows, columns or quality.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from catalog.context import Record, View
from catalog.identifiers import slug
from catalog.portal.asked import term
from catalog.portal.metadata import Metadata
from catalog.portal.records import Card, cards, owner_titles
from catalog.portal.site import Site
from catalog.portal.wording import Words
from catalog.search.request import SearchRequest
from contracts.releases import Release

_SIMILAR = 4
DRAFT = "draft"
"""The status of a dataset that only its own people know of."""


@dataclass(frozen=True)
class Withdrawn:
    """A dataset that was withdrawn. `date` is ISO 8601, empty if unknown; `theme` and
    `organization` are record names, empty where it had none."""

    title: str
    reason: str
    date: str
    organization: str = ""
    theme: str = ""


def withdrawn(site: Site, view: View, name: str, words: Words) -> Withdrawn | None:
    """What is told of the withdrawn dataset called `name` (or with this id); None if no such
    dataset was withdrawn. Its manifest says it first, the catalogue a moment later."""
    record = view.records.withdrawn(name)
    latest = site.context.releases.latest(str(record["name"]) if record else name)
    if latest is not None and latest.withdrawn is not None and _told(latest, record):
        return _of_release(latest, words)
    if record is None:
        return None
    return Withdrawn(
        title=str(record.get("title") or record["name"]),
        reason=str(record.get("reason") or ""),
        date=str(record.get("withdrawn") or ""),
    )


def withdrawn_page(
    site: Site, request: Request, words: Words, view: View, gone: Withdrawn
) -> Response:
    """The page, with status 410."""
    owners = owner_titles(view.records, words)
    return site.page(
        request,
        words,
        "withdrawn.html",
        status=410,
        section="dataset",
        gone=gone,
        owner=owners.get(gone.organization, ""),
        cards=_similar(view, gone, words, owners),
    )


def _told(latest: Release, record: Record | None) -> bool:
    """Whether the public may know: what was only ever a draft is not told of."""
    return record is not None or latest.metadata.get("status") != DRAFT


def _of_release(latest: Release, words: Words) -> Withdrawn:
    metadata = Metadata.of(latest, words)
    code = str(metadata.part("owner").get("code") or "")
    return Withdrawn(
        title=metadata.text("title") or latest.dataset,
        reason=latest.withdrawn or "",
        date=latest.created_at,
        organization=slug(code) if code else "",
        theme=metadata.plain("theme"),
    )


def _similar(view: View, gone: Withdrawn, words: Words, owners: dict[str, str]) -> tuple[Card, ...]:
    """Datasets of like words, else of its theme, else of its agency."""
    requests = [SearchRequest(q=gone.title, plain=True, rows=_SIMILAR)]
    if gone.theme:
        requests.append(SearchRequest(fq=(term("groups", slug(gone.theme)),), rows=_SIMILAR))
    if gone.organization:
        requests.append(SearchRequest(fq=(term("organization", gone.organization),), rows=_SIMILAR))
    for request in requests:
        if found := view.search(request).packages:
            return cards(found, owners, words)
    return ()
