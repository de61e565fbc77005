"""The portal of a small sample province, answered by the real public application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from catalog.app import create_app
from catalog.assembly import agency_context, public_context
from catalog.config import CatalogConfig
from catalog.context import CatalogContext
from tests.catalog.portal.by_hand import write_by_hand
from tests.catalog.portal.sample import build

PUBLIC_URL = "https://data.example.vn"


@dataclass(frozen=True)
class Portal:
    """A running portal: `get` pages from `client`, look behind them in `context`."""

    client: TestClient
    context: CatalogContext


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The public worker's application over the sample."""
    config = build(tmp_path_factory.mktemp("portal"))
    agency = agency_context(config, PUBLIC_URL)
    write_by_hand(agency)
    agency.close()
    with open_portal(config) as opened:
        yield opened


@contextmanager
def open_portal(config: CatalogConfig) -> Iterator[Portal]:
    """The public worker's application over what stands below the home of `config`."""
    agency_context(config, PUBLIC_URL).close()  # it repairs the registry and writes the copy
    context = public_context(config.for_public(), PUBLIC_URL)
    client = TestClient(create_app(context), base_url=PUBLIC_URL, follow_redirects=False)
    yield Portal(client, context)
    context.close()
