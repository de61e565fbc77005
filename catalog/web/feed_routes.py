"""Routes of the open web for readers and crawlers: Atom feeds, ``robots.txt``, the sitemap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from catalog.access import ANONYMOUS
from catalog.context import CatalogContext
from catalog.web import feeds, sitemap, values
from catalog.web.answering import answer, find_dataset, newest_release, state_of, tag_of
from contracts.i18n import _, translate

_METHODS = ["GET", "HEAD"]
_XML = "application/xml"


def crawler_router(context: CatalogContext) -> APIRouter:
    """``robots.txt`` and the sitemap."""
    router = APIRouter()

    def robots() -> Response:
        return PlainTextResponse(sitemap.robots(context.public_url))

    def sitemap_index(request: Request) -> Response:
        view = context.view(ANONYMOUS)
        tag = tag_of(state_of(view))
        return answer(request, _XML, lambda: sitemap.index(context, view), tag=tag)

    def sitemap_part(request: Request, number: str) -> Response:
        view = context.view(ANONYMOUS)
        page = _page(number)
        tag = tag_of(state_of(view))
        return answer(request, _XML, lambda: sitemap.part(context, view, page), tag=tag)

    router.add_api_route("/robots.txt", robots, methods=_METHODS)
    router.add_api_route("/sitemap.xml", sitemap_index, methods=_METHODS)
    router.add_api_route("/sitemap-{number}.xml", sitemap_part, methods=_METHODS)
    return router


def feed_router(context: CatalogContext) -> APIRouter:
    """The Atom feeds."""
    router = APIRouter()

    def all_datasets(request: Request) -> Response:
        title = translate(_("New data of {title}"), context.language).format(title=context.title)
        page = f"{context.public_url}/dataset"
        return _datasets(context, request, feeds.Channel("/feeds/dataset.atom", title, page))

    def of_organization(request: Request, name: str) -> Response:
        record = context.view(ANONYMOUS).records.organization(name)
        return _of_collection(context, request, "organization", record)

    def of_group(request: Request, name: str) -> Response:
        record = context.view(ANONYMOUS).records.group(name)
        return _of_collection(context, request, "group", record)

    def of_dataset(request: Request, name: str) -> Response:
        found = find_dataset(context, request, name)
        if isinstance(found, Response):
            return found
        newest = newest_release(context, found)
        releases = context.releases.all(found.name) if newest else ()
        in_force = [one for one in releases if one.withdrawn is None]
        return answer(
            request,
            feeds.MEDIA_TYPE,
            lambda: feeds.releases_feed(context, found, in_force),
            tag=tag_of((found.fingerprint, newest and newest.release)),
            modified=found.modified,
        )

    router.add_api_route("/feeds/dataset.atom", all_datasets, methods=_METHODS)
    router.add_api_route("/feeds/organization/{name}.atom", of_organization, methods=_METHODS)
    router.add_api_route("/feeds/group/{name}.atom", of_group, methods=_METHODS)
    router.add_api_route("/feeds/dataset/{name}.atom", of_dataset, methods=_METHODS)
    return router


def _of_collection(
    context: CatalogContext, request: Request, kind: str, record: Mapping[str, Any] | None
) -> Response:
    if record is None:
        raise HTTPException(404)
    name, field = record["name"], "groups" if kind == "group" else kind
    page = f"{context.public_url}/organization/{name}"
    if kind == "group":
        page = f"{context.public_url}/dataset?groups={name}"
    channel = feeds.Channel(
        f"/feeds/{kind}/{name}.atom",
        values.text(record.get("title")) or name,
        page,
        (f'{field}:"{name}"',),
    )
    return _datasets(context, request, channel)


def _datasets(context: CatalogContext, request: Request, channel: feeds.Channel) -> Response:
    view = context.view(ANONYMOUS)
    page = _page(request.query_params.get("page") or "1")
    return answer(
        request,
        feeds.MEDIA_TYPE,
        lambda: feeds.datasets_feed(context, view, channel, page),
        tag=tag_of(state_of(view)),
    )


def _page(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 6 and int(written) > 0):
        raise HTTPException(404)
    return int(written)
