"""The catalogue as ``dcat:Catalog``, a page of datasets at a time with Hydra's paging.

As ckanext-dcat asks for it: ``page``, ``modified_since``, ``q``, ``fq``. Withdrawn datasets
are in no page, by which harvesters know to delete them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from rdflib import URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS, XSD
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from catalog.context import CatalogContext, View
from catalog.search.request import SearchAnswer, SearchQueryError, SearchRequest
from catalog.web import codes, values
from catalog.web.datasets import add_dataset
from catalog.web.described import Described
from catalog.web.distributions import add_service
from catalog.web.graph import DCAT, HYDRA, Writer
from contracts.i18n import LANGUAGES, _, translate

PER_PAGE = 100
_KEPT = ("q", "fq", "modified_since", "profiles")


@dataclass(frozen=True)
class Asked:
    """Which part of the catalogue: `kept` are the parameters that every page's address has."""

    page: int
    q: str
    fq: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]

    @staticmethod
    def of(query: QueryParams) -> Asked:
        """The parameters of a request.

        Raises:
            HTTPException: 400 for a page or a time that is none.
        """
        page = query.get("page") or "1"
        if not (page.isascii() and page.isdigit() and len(page) < 6 and int(page) > 0):
            raise HTTPException(400, "page is a number from 1")
        fq = [one for one in query.getlist("fq") if one]
        since = query.get("modified_since")
        if since:
            moment = values.moment(since)
            if moment is None:
                raise HTTPException(400, "modified_since is a day or a time in ISO 8601")
            fq.append(f"metadata_modified:[{moment.replace(tzinfo=None).isoformat()}Z TO *]")
        kept = tuple((key, value) for key, value in query.multi_items() if key in _KEPT)
        return Asked(int(page), query.get("q") or "", tuple(fq), kept)

    def address(self, base: str, page: int) -> str:
        """The address of another page."""
        return f"{base}?{urlencode([*self.kept, ('page', str(page))])}"


def find_page(view: View, asked: Asked) -> SearchAnswer:
    """The datasets of the page, by name so that pages stay put while records change.

    Raises:
        HTTPException: 400 for a query that cannot be read.
    """
    request = SearchRequest(
        q=asked.q,
        fq=asked.fq,
        sort="name asc",
        start=(asked.page - 1) * PER_PAGE,
        rows=PER_PAGE,
    )
    try:
        return view.search(request)
    except SearchQueryError as error:
        raise HTTPException(400, str(error)) from None


def catalogue(context: CatalogContext, view: View, asked: Asked, suffix: str) -> Writer:
    """The document of one page."""
    found = find_page(view, asked)
    write = Writer(context.public_url)
    catalogue_uri = add_catalogue(write, context)
    for record in found.packages:
        dataset = add_dataset(write, Described(record, context.public_url))
        write.link(catalogue_uri, DCAT.dataset, dataset)
    _paging(write, catalogue_uri, asked, f"{context.public_url}/catalog.{suffix}", found.count)
    return write


def add_catalogue(write: Writer, context: CatalogContext) -> URIRef:
    """The catalogue itself, and who publishes it."""
    uri = URIRef(f"{context.public_url}/catalog")
    write.type(uri, DCAT.Catalog)
    about = _(
        "Datasets that the agencies share: what they hold, how good they are, how to get them."
    )
    for tag in LANGUAGES:
        write.say(uri, DCTERMS.title, [(context.title, tag)])
        write.say(uri, DCTERMS.description, [(translate(about, tag), tag)])
        write.concept(uri, DCTERMS.language, "language", codes.language_code(tag))
    publisher = URIRef(f"{uri}#publisher")
    write.link(uri, DCTERMS.publisher, publisher)
    write.type(publisher, FOAF.Agent)
    write.plain(publisher, FOAF.name, context.title)
    write.document(uri, FOAF.homepage, f"{context.public_url}/")
    themes = URIRef(f"{codes.AUTHORITY}/data-theme")
    write.link(uri, DCAT.themeTaxonomy, themes)
    write.type(themes, SKOS.ConceptScheme)
    write.say(themes, DCTERMS.title, [("Data theme", "en")])
    write.link(uri, DCAT.service, add_service(write, context.public_url))
    return uri


def _paging(write: Writer, uri: URIRef, asked: Asked, base: str, count: int) -> None:
    last = max(1, -(-count // PER_PAGE))
    here = URIRef(asked.address(base, asked.page))
    # Older harvesters of ckanext-dcat look for the class and the words of an older Hydra.
    write.type(here, HYDRA.PartialCollectionView, HYDRA.PagedCollection)
    write.type(uri, HYDRA.Collection)
    write.link(uri, HYDRA.view, here)
    pages = {"first": 1, "last": last, "previous": asked.page - 1, "next": asked.page + 1}
    for word, page in pages.items():
        if 1 <= page <= last:
            write.link(here, HYDRA[word], asked.address(base, page))
            write.link(here, HYDRA[f"{word}Page"], asked.address(base, page))
    for subject in (here, uri):
        write.number(subject, HYDRA.totalItems, count, XSD.integer)
    write.number(here, HYDRA.itemsPerPage, PER_PAGE, XSD.integer)
