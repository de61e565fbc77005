"""The list of datasets and the page of one dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.context import CatalogContext, Record, View
from catalog.portal.dataset_page import DatasetPage, Surroundings, record_page, release_page
from catalog.portal.failures import failure_page
from catalog.portal.listing import Asked, listing
from catalog.portal.metadata import Metadata
from catalog.portal.origin import read_datasets
from catalog.portal.preview import preview
from catalog.portal.records import owner_titles, text_of
from catalog.portal.site import Site
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.releases import Release


def routes(site: Site, words: Words) -> APIRouter:
    """The routes in one language."""
    pages = APIRouter()

    def datasets(request: Request) -> Response:
        found = listing(site.context.view(), Asked.of(request.query_params), words)
        return site.page(request, words, "listing.html", section="dataset", listing=found)

    def dataset(request: Request, name: str) -> Response:
        if reason := _withdrawn(site.context, name):
            return failure_page(
                site, request, words, 410, words.say(_("It was withdrawn: {reason}"), reason=reason)
            )
        view = site.context.view()
        record = view.records.package(name)
        if record is None or record.get("private"):
            return failure_page(site, request, words, 404)
        history = _history(site.context, record)
        release = _wanted(history, request.query_params.get("release"))
        if release is None and (history or "release" in request.query_params):
            return failure_page(site, request, words, 404)
        page = _page(site, view, record, history, release, words)
        return site.page(
            request,
            words,
            "dataset.html",
            section="dataset",
            page=page,
            contents=page.contents(words),
        )

    pages.add_api_route("/dataset", datasets, methods=["GET", "HEAD"])
    pages.add_api_route("/dataset/{name}", dataset, methods=["GET", "HEAD"])
    return pages


def _withdrawn(context: CatalogContext, name: str) -> str | None:
    """Why the dataset was withdrawn, if it was; all its releases went with it."""
    latest = context.releases.latest(name)
    if latest is None or latest.metadata.get("status") == "draft":
        return None
    return latest.withdrawn


def _history(context: CatalogContext, record: Record) -> list[Release]:
    """All releases of a record made from a contract, newest first."""
    releases = context.releases.all(str(record["name"]))
    return sorted(releases, key=lambda release: release.release, reverse=True)


def _wanted(history: Sequence[Release], wanted: str | None) -> Release | None:
    if not wanted:
        return history[0] if history else None
    return next((one for one in history if str(one.release) == wanted), None)


def _page(
    site: Site,
    view: View,
    record: Record,
    history: Sequence[Release],
    release: Release | None,
    words: Words,
) -> DatasetPage:
    owners = owner_titles(view.records, words)
    around = Surroundings(
        words=words,
        site=site.context.title,
        public_url=site.context.public_url,
        owner=owners.get(str((record.get("organization") or {}).get("name") or ""), ""),
        titles=_titles(view, release, words),
    )
    if release is None:
        return record_page(record, around)
    release = _as_open_as(history[0], release)
    first_rows = None
    if release.public:
        first_rows = preview(release, site.context.rows(release), Metadata.of(release, words))
    return release_page(record, release, history, first_rows, around)


def _as_open_as(newest: Release, release: Release) -> Release:
    """`release` with the access that its dataset has now: what is no longer open shows no rows
    of its older releases either (`catalog.finding` has the rule)."""
    return replace(release, access=newest.access) if not newest.public else release


def _titles(view: View, release: Release | None, words: Words) -> dict[str, str]:
    """Name → title of the datasets that `release` was made from."""
    if release is None:
        return {}
    records = ((name, view.records.package(name)) for name in read_datasets(release))
    return {name: text_of(record, "title", words) for name, record in records if record}
