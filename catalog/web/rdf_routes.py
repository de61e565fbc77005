"""The routes that answer RDF: datasets, the catalogue, organisations, our own terms."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from catalog.access import ANONYMOUS
from catalog.context import CatalogContext
from catalog.web.agents import add_agent
from catalog.web.answering import answer, find_dataset, newest_release, state_of, tag_of
from catalog.web.catalogue import Asked, catalogue
from catalog.web.datasets import add_dataset
from catalog.web.graph import Writer
from catalog.web.negotiation import SYNTAXES, NegotiatedRoute, wants_rdf
from catalog.web.quality import add_history, add_verdict
from catalog.web.terms import add_vocabulary, vocabulary_page

_METHODS = ["GET", "HEAD"]
_PROFILES = {"dcat_ap_3", "euro_dcat_ap_3", "euro_dcat_ap_2", "euro_dcat_ap"}


def rdf_router(context: CatalogContext) -> APIRouter:
    """Every route that ends like an RDF file, and those chosen by the Accept header."""
    router = APIRouter()
    chosen = APIRouter(route_class=NegotiatedRoute)
    for suffix in SYNTAXES:
        dataset, whole, agent, terms = _with_suffix(context, suffix)
        router.add_api_route(f"/dataset/{{name}}.{suffix}", dataset, methods=_METHODS)
        router.add_api_route(f"/catalog.{suffix}", whole, methods=_METHODS)
        router.add_api_route(f"/organization/{{name}}.{suffix}", agent, methods=_METHODS)
        router.add_api_route(f"/def/profile.{suffix}", terms, methods=_METHODS)

    def dataset_wanted(request: Request, name: str) -> Response:
        return dataset_document(context, request, name, _wanted(request))

    def catalogue_wanted(request: Request) -> Response:
        return _catalogue(context, request, _wanted(request))

    def organization_wanted(request: Request, name: str) -> Response:
        return _organization(context, request, name, _wanted(request))

    def vocabulary(request: Request) -> Response:
        suffix = wants_rdf(request.headers.get("accept", ""))
        return _terms(context, request, suffix) if suffix else _terms_page(context)

    def catalogue_page() -> Response:
        return RedirectResponse("/dataset", 303, {"vary": "Accept"})

    chosen.add_api_route("/dataset/{name}", dataset_wanted, methods=_METHODS)
    chosen.add_api_route("/catalog", catalogue_wanted, methods=_METHODS)
    chosen.add_api_route("/organization/{name}", organization_wanted, methods=_METHODS)
    router.include_router(chosen)
    router.add_api_route("/catalog", catalogue_page, methods=_METHODS)
    router.add_api_route("/def/profile", vocabulary, methods=_METHODS)
    return router


def _with_suffix(context: CatalogContext, suffix: str) -> tuple[Callable[..., Response], ...]:
    def dataset(request: Request, name: str) -> Response:
        return dataset_document(context, request, name, suffix)

    def whole(request: Request) -> Response:
        return _catalogue(context, request, suffix)

    def agent(request: Request, name: str) -> Response:
        return _organization(context, request, name, suffix)

    def terms(request: Request) -> Response:
        return _terms(context, request, suffix)

    return dataset, whole, agent, terms


def _wanted(request: Request) -> str:
    return wants_rdf(request.headers.get("accept", "")) or "ttl"


def dataset_document(context: CatalogContext, request: Request, name: str, suffix: str) -> Response:
    """One dataset with its verdict and its releases."""
    _check_profiles(request)
    found = find_dataset(context, request, name)
    if isinstance(found, Response):
        return found
    release = newest_release(context, found)

    def make() -> bytes:
        write = Writer(context.public_url)
        add_dataset(write, found)
        if release is not None:
            add_verdict(write, found, release)
            add_history(write, found, release, context.releases.numbers(found.name))
        return serialized(write, suffix)

    tag = tag_of((found.fingerprint, suffix, release and release.release))
    return answer(request, SYNTAXES[suffix].media_type, make, tag=tag, modified=found.modified)


def _catalogue(context: CatalogContext, request: Request, suffix: str) -> Response:
    _check_profiles(request)
    asked = Asked.of(request.query_params)
    view = context.view(ANONYMOUS)
    return answer(
        request,
        SYNTAXES[suffix].media_type,
        lambda: serialized(catalogue(context, view, asked, suffix), suffix),
        tag=tag_of((state_of(view), suffix)),
    )


def _organization(context: CatalogContext, request: Request, name: str, suffix: str) -> Response:
    view = context.view(ANONYMOUS)
    record = view.records.organization(name)
    if record is None:
        raise HTTPException(404)
    write = Writer(context.public_url)
    add_agent(write, record, context.public_url)
    tag = tag_of((state_of(view), suffix))
    return answer(request, SYNTAXES[suffix].media_type, lambda: serialized(write, suffix), tag=tag)


def _terms(context: CatalogContext, request: Request, suffix: str) -> Response:
    write = Writer(context.public_url)
    add_vocabulary(write)
    kind = SYNTAXES[suffix].media_type
    tag = tag_of((len(write.graph), suffix))
    return answer(request, kind, lambda: serialized(write, suffix), tag=tag)


def _terms_page(context: CatalogContext) -> Response:
    return HTMLResponse(vocabulary_page(context.public_url), headers={"vary": "Accept"})


def _check_profiles(request: Request) -> None:
    """One profile is served, under the names that harvesters know it by."""
    for wanted in request.query_params.get("profiles", "").split(","):
        if wanted and wanted not in _PROFILES:
            raise HTTPException(400, f"profiles is one of {', '.join(sorted(_PROFILES))}")


def serialized(write: Writer, suffix: str) -> bytes:
    """The document in one syntax."""
    serializer = SYNTAXES[suffix].serializer
    if serializer == "json-ld":
        return write.graph.serialize(format=serializer, encoding="utf-8", auto_compact=True)
    return write.graph.serialize(format=serializer, encoding="utf-8")
