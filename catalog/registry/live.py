"""The registry as the agency worker holds it: to write, and to look up tokens.

Only assembly: what is written is `catalog.registry.writing`, the copy that the public gets
is `catalog.registry.snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy.exc
from sqlalchemy import Engine
from sqlmodel import Session

from catalog.access import Actor
from catalog.errors import IntegrityError
from catalog.registry.database import reading
from catalog.registry.snapshot import Snapshot
from catalog.tokens import verify
from catalog.views import RegistryViews


@dataclass(frozen=True)
class LiveRegistry:
    """`views()` gives the state with drafts; `snapshot` is the public copy."""

    engine: Engine
    snapshot: Snapshot
    views: RegistryViews

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction; the public copy is up to date when it ends."""
        try:
            with Session(self.engine) as session, session.begin():
                yield session
        except sqlalchemy.exc.IntegrityError:
            raise IntegrityError("Another change of the same record came first") from None
        self.snapshot.refresh()

    def actor(self, token: str | None) -> Actor:
        """Whose token it is."""
        with Session(reading(self.engine)) as session:
            return verify(session, token)
