"""Both workers of a catalogue in this process, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session
from starlette.testclient import TestClient

from catalog.access import Scope
from catalog.app import create_app
from catalog.assembly import agency_context, public_context
from catalog.config import CatalogConfig
from catalog.context import CatalogContext
from catalog.tokens import new_token, read_token
from catalog.views import PublicViews
from contracts.model import Classification

PUBLIC_URL = "http://data.example"


@dataclass(frozen=True)
class Site:
    """Both workers in this process, over one home."""

    home: Path
    config: CatalogConfig
    public: TestClient
    agency: TestClient
    context: CatalogContext

    def token(self, name: str) -> dict[str, str]:
        """The header of one of the first tokens."""
        return {"Authorization": read_token(self.config.secrets, name) or ""}

    def grant(self, dataset: str, level: Classification = Classification.INTERNAL) -> str:
        """A fresh token that reads one dataset."""
        assert self.context.registry is not None
        with Session(self.context.registry.engine) as session:
            expires = datetime.now(UTC) + timedelta(days=1)
            token = new_token(session, "H20.9", [Scope.READ], {dataset: level}, expires)
            session.commit()
        return token


def config_of(home: Path) -> CatalogConfig:
    """The configuration of a catalogue on files."""
    return CatalogConfig(home=home, store_url=f"file://{home / 'store'}")


def open_site(home: Path) -> Iterator[Site]:
    """Both workers over `home`; closed when the generator is."""
    config = config_of(home)
    agency = agency_context(config, PUBLIC_URL)
    public = public_context(config, PUBLIC_URL)
    with (
        TestClient(create_app(public), base_url=PUBLIC_URL) as one,
        TestClient(create_app(agency), base_url=PUBLIC_URL) as other,
    ):
        yield Site(home, config, one, other, agency)
    for context in (public, agency):
        assert isinstance(context.view, PublicViews)
        context.view.close()
