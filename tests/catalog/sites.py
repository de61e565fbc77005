"""Both workers of a catalogue in this process, for tests; and giving rows to agencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlmodel import Session
from starlette.testclient import TestClient

from catalog.access import Role, Scope
from catalog.agencies import organization_of, service_account
from catalog.app import create_app
from catalog.assembly import agency_context, public_context
from catalog.config import CatalogConfig
from catalog.context import CatalogContext
from catalog.granting import give
from catalog.registry.database import open_registry
from catalog.tokens import ensure_user, new_token, read_token
from contracts.model import Classification
from lakehouse.releases import Releases
from tests.catalog.conforming import conforms
from tests.catalog.province import stores_at

PUBLIC_URL = "http://data.example"
Headers = dict[str, str]


@dataclass(frozen=True)
class Given:
    """A grant, and a token of the agency that received it."""

    id: str
    token: str

    @property
    def headers(self) -> Headers:
        """The header that sends the token."""
        return {"Authorization": self.token}


@dataclass(frozen=True)
class Site:
    """Both workers in this process, over one home."""

    home: Path
    config: CatalogConfig
    public: TestClient
    agency: TestClient
    context: CatalogContext

    def token(self, name: str) -> Headers:
        """The header of one of the first tokens, ``publisher`` or ``admin``."""
        return {"Authorization": read_token(self.config.secrets, name) or ""}

    def session(self) -> AbstractContextManager[Session]:
        """A transaction of the registry, which readers see once it has ended."""
        assert self.context.registry is not None
        return self.context.registry.writing()

    def user(
        self,
        name: str,
        organization: str | None = "H20.5",
        role: Role = Role.EDITOR,
        *,
        sysadmin: bool = False,
        scopes: Sequence[Scope] = (Scope.READ, Scope.WRITE),
        days: float = 1,
    ) -> Headers:
        """The header of a fresh token of the user `name`, a member (as `role`) of the agency
        with the code `organization`; each is made if it is not there."""
        expires = datetime.now(UTC) + timedelta(days=days)
        with self.session() as session:
            place = organization_of(session, organization).id if organization else None
            user = ensure_user(session, name, organization=place, capacity=role, sysadmin=sysadmin)
            return {"Authorization": new_token(session, user, scopes, expires)}

    def grant(
        self,
        dataset: str,
        level: Classification = Classification.INTERNAL,
        *,
        columns: Sequence[str] | None = None,
        condition: str | None = None,
        agency: str | None = None,
        days: float = 1,
    ) -> Given:
        """Rows of a dataset given to an agency (None: a new one), and a token of its own."""
        with self.session() as session:
            return give_rows(
                session,
                self.context.releases,
                dataset,
                level,
                columns=columns,
                condition=condition,
                agency=agency,
                days=days,
            )


def give_rows(
    session: Session,
    releases: Releases,
    dataset: str,
    level: Classification = Classification.INTERNAL,
    *,
    columns: Sequence[str] | None = None,
    condition: str | None = None,
    agency: str | None = None,
    days: float = 1,
) -> Given:
    """Rows of a dataset given to an agency (None: a new one), and a token of its own."""
    release = releases.latest(dataset)
    assert release is not None
    expires = datetime.now(UTC) + timedelta(days=days)
    # An agency of its own each time: a second grant for one would have to be named.
    organization = organization_of(session, agency or f"T.{token_hex(4)}")
    made = give(
        session,
        organization=organization,
        release=release,
        classification=level,
        columns=columns,
        condition=condition,
        expires=expires,
        by="tests",
    )
    user = service_account(session, organization)
    return Given(made.id, new_token(session, user, [Scope.READ], expires))


def give_at(home: Path, dataset: str, **asked: Any) -> Given:
    """`give_rows` to the registry of a home whose catalogue runs elsewhere."""
    engine = open_registry(config_of(home).registry_url)
    with Session(engine) as session, session.begin():
        made = give_rows(session, Releases(stores_at(home)), dataset, **asked)
    engine.dispose()
    return made


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
        for client in (one, other):
            client.event_hooks = {"request": [], "response": [conforms]}
        yield Site(home, config, one, other, agency)
    for context in (public, agency):
        context.close()
