"""Making a worker's `CatalogContext` from its configuration: the only place that opens things.

Imported after the public worker has confined itself. What a context holds is
`catalog.context`.
"""

from __future__ import annotations

from sqlmodel import Session

from catalog.config import CatalogConfig
from catalog.context import CatalogContext
from catalog.readers import RowReaders
from catalog.reconcile import reconcile
from catalog.registry.database import open_registry
from catalog.registry.live import LiveRegistry
from catalog.registry.snapshot import Snapshot
from catalog.tokens import ensure_first_tokens
from catalog.views import PublicViews, RegistryViews
from lakehouse.releases import Releases
from lakehouse.stores import Zone


def public_context(config: CatalogConfig, public_url: str) -> CatalogContext:
    """What anonymous readers are answered from: nothing in it leads to anything private."""
    stores = config.open_public()
    return CatalogContext(
        mode="public",
        public_url=public_url,
        language=config.language,
        title=config.title,
        view=PublicViews(config.snapshot, public_url),
        releases=Releases(stores, drafts=False),
        stores=stores,
        rows=RowReaders(stores, Zone.OPEN),
        cache=config.public_cache / "made",
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
    with Session(engine) as session, session.begin():
        reconcile(session, releases)
    snapshot = Snapshot(engine, config.snapshot)
    snapshot.refresh()
    return CatalogContext(
        mode="agency",
        public_url=public_url,
        language=config.language,
        title=config.title,
        view=PublicViews(config.snapshot, public_url),
        releases=releases,
        stores=stores,
        rows=RowReaders(stores, Zone.OPEN),
        cache=config.agency_cache / "made",
        shared_rows=RowReaders(stores, Zone.SHARED),
        registry=LiveRegistry(engine, snapshot, RegistryViews(engine, public_url)),
    )
