"""The list of datasets and the page of one dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalog.context import Record, View
from catalog.identifiers import CONTRACT_EXTRA
from catalog.portal.alternates import Alternate, feed_of, of_catalogue, of_dataset
from catalog.portal.asked import Asked
from catalog.portal.dataset_page import DatasetPage, Surroundings, release_page
from catalog.portal.facets import Choice
from catalog.portal.failures import failure_page
from catalog.portal.listing import listing
from catalog.portal.metadata import Metadata
from catalog.portal.origin import read_datasets
from catalog.portal.places import Meant, meant_by, name_of
from catalog.portal.preview import preview
from catalog.portal.record_page import record_page
from catalog.portal.records import extra, text_of
from catalog.portal.site import Site
from catalog.portal.structured import structured
from catalog.portal.topics import topics_of
from catalog.portal.unit_lookup import UnitSource
from catalog.portal.withdrawn_page import DRAFT, withdrawn, withdrawn_page
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.releases import Release


def routes(site: Site, words: Words) -> APIRouter:
    """The routes in one language."""
    pages = APIRouter()
    pages.add_api_route("/dataset", _list_route(site, words), methods=["GET", "HEAD"])
    pages.add_api_route("/dataset/{name}", _page_route(site, words), methods=["GET", "HEAD"])
    # The catalogue's own address, which gives RDF to programs (`catalog.web`).
    every = RedirectResponse(Asked().href(words), 303, {"Vary": "Accept"})
    pages.add_api_route("/catalog", lambda: every, methods=["GET", "HEAD"])
    return pages


def _list_route(site: Site, words: Words) -> Callable[[Request], Response]:
    def datasets(request: Request) -> Response:
        asked = Asked.of(request.query_params)
        source = UnitSource(site.context)
        meant = meant_by(source, asked.place) if asked.place else ()
        if len(meant) == 1:
            return RedirectResponse(asked.having("commune", meant[0].code).href(words), 303)
        return site.page(
            request,
            words,
            "listing.html",
            section="dataset",
            listing=listing(site.view(), asked, words, lambda code: name_of(source, code)),
            places=[_place_choice(asked, one, words) for one in meant],
            alternates=_list_alternates(asked, words),
        )

    return datasets


def _place_choice(asked: Asked, one: Meant, words: Words) -> Choice:
    label = ", ".join(part for part in (one.name, one.where) if part)
    return Choice(label, asked.having("commune", one.code).href(words))


def _list_alternates(asked: Asked, words: Words) -> tuple[Alternate, ...]:
    """The feed that is nearest to what is asked, and the catalogue as data."""
    feeds = [pair for pair in asked.filters if pair[0] in ("organization", "groups")]
    feed = feed_of(*feeds[0]) if len(feeds) == 1 else feed_of()
    return (Alternate(words.say(_("New and changed datasets")), feed), *of_catalogue())


def _page_route(site: Site, words: Words) -> Callable[[Request, str], Response]:
    def dataset(request: Request, name: str) -> Response:
        view = site.view()
        if gone := withdrawn(site, view, name, words):
            return withdrawn_page(site, request, words, view, gone)
        record = view.records.package(name)
        if record is None or record.get("private"):
            return failure_page(site, request, words, 404)
        history = _history(site, record)
        release = _wanted(history, request.query_params.get("release"))
        if release is None and (history or "release" in request.query_params):
            return failure_page(site, request, words, 404)
        page = _page(site, view, record, history, release, words)
        answer = site.page(
            request,
            words,
            "dataset.html",
            section="dataset",
            page=page,
            contents=page.contents(words),
            topics=topics_of(record, view.records, words),
            alternates=of_dataset(page.name),
            structured=structured(record, site.context.public_url),
        )
        # The same address gives RDF to programs that prefer it (`catalog.web`).
        answer.headers["Vary"] = "Accept"
        return answer

    return dataset


def _history(site: Site, record: Record) -> list[Release]:
    """The releases of a record made from a contract, newest first. The record has to be the
    contract's own: a hand-made one shows no release, whatever it names. Releases from when
    the dataset was a draft stay untold, also where the agency worker can read them."""
    name = str(record["name"])
    releases = site.context.releases.all(name) if extra(record, CONTRACT_EXTRA) == name else ()
    told = [release for release in releases if release.metadata.get("status") != DRAFT]
    return sorted(told, key=lambda release: release.release, reverse=True)


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
    source = UnitSource(site.context)
    around = Surroundings(
        words=words,
        site=site.context.title,
        public_url=site.context.public_url,
        owner=_owner(view, record, words),
        place=lambda code: name_of(source, code),
        titles=_titles(view, release, words),
        withdrawn=_withdrawn(view, release, words),
    )
    if release is None:
        return record_page(record, around)
    release = _as_open_as(history[0], release)
    first_rows = None
    if release.public:
        first_rows = preview(release, site.context.rows(release), Metadata.of(release, words))
    return release_page(record, release, history, first_rows, around)


def _owner(view: View, record: Record, words: Words) -> str:
    """The title of the organisation that owns the dataset; empty where it has none."""
    owner = record.get("organization") or {}
    known = view.records.organization(str(owner.get("name") or ""))
    return text_of(known or owner, "title", words) or str(owner.get("name") or "")


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


def _withdrawn(view: View, release: Release | None, words: Words) -> dict[str, str]:
    """The same of those that were withdrawn since."""
    if release is None:
        return {}
    records = ((name, view.records.withdrawn(name)) for name in read_datasets(release))
    return {
        name: words.say(_("Withdrawn: {title}"), title=text_of(record, "title", words))
        for name, record in records
        if record
    }
