"""Making a worker's `CatalogContext` from its configuration: the only place that opens things.

Imported after the public worker has confined itself. What a context holds is
`catalog.context`.
"""

from __future__ import annotations

import time

from catalog.config import CatalogConfig
from catalog.context import CatalogContext
from catalog.readers import RowReaders
from catalog.reconcile import reconcile
from catalog.registry.database import open_registry
from catalog.registry.feed import RegistryFeed
from catalog.registry.live import LiveRegistry
from catalog.registry.public_copy import PublicCopy, PublicFeed
from catalog.sandbox.client import SqlSandbox
from catalog.tokens import ensure_first_tokens
from catalog.views import IndexedViews
from contracts.errors import Fault
from contracts.i18n import _
from lakehouse.releases import Releases
from lakehouse.stores import Zone

_FIRST_COPY_WITHIN = 600.0  # seconds that the agency worker may take to make the public copy
_LOOK = 0.1  # seconds between two looks for it


def public_context(
    config: CatalogConfig, public_url: str, sql: SqlSandbox | None = None
) -> CatalogContext:
    """What anonymous readers are answered from: nothing in it leads to anything private.
    `sql`: who answers questions in SQL; closed with the context.

    Raises `Fault("catalog.no_copy")` when the agency worker has made no public copy.
    """
    stores = config.open_public()
    feed = PublicFeed(config.snapshot)
    _wait_for(feed)
    views = IndexedViews(feed, config.public_cache / "index", wait=False)
    return CatalogContext(
        mode="public",
        public_url=public_url,
        language=config.language,
        title=config.title,
        view=views,
        releases=Releases(stores, drafts=False),
        stores=stores,
        rows=RowReaders(stores, Zone.OPEN),
        cache=config.public_cache / "made",
        sql=sql,
        closing=(views.close, *((sql.close,) if sql else ())),
    )


def agency_context(config: CatalogConfig, public_url: str) -> CatalogContext:
    """What requests with a token are answered from.

    Migrates and repairs the registry, mints the first tokens and writes the public copy
    before it returns.
    """
    stores = config.open_agency()
    releases = Releases(stores)
    engine = open_registry(config.registry_url)
    ensure_first_tokens(engine, config.secrets)
    reconcile(engine, releases)
    feed = RegistryFeed(engine, public_url)
    public_copy = PublicCopy(feed, config.snapshot)
    public_copy.refresh()
    public_copy.follow()
    views = IndexedViews(feed, config.agency_cache / "index", wait=True)
    return CatalogContext(
        mode="agency",
        public_url=public_url,
        language=config.language,
        title=config.title,
        view=views,
        releases=releases,
        stores=stores,
        rows=RowReaders(stores, Zone.OPEN),
        cache=config.agency_cache / "made",
        shared_rows=RowReaders(stores, Zone.SHARED, scratch=config.agency_cache / "granted"),
        registry=LiveRegistry(engine, public_copy, views),
        closing=(views.close, public_copy.close, engine.dispose),
    )


def _wait_for(feed: PublicFeed) -> None:
    until = time.monotonic() + _FIRST_COPY_WITHIN
    while not feed.present():
        if time.monotonic() > until:
            raise Fault(
                "catalog.no_copy",
                _("There is no public copy of the catalogue yet."),
                remedy=_("See why the agency process does not start; it makes the copy."),
            )
        time.sleep(_LOOK)
