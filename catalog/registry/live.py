"""The registry as the agency worker holds it: to write, and to look up who asks.

Only assembly: what is written is `catalog.registry.writing`, what the public gets of it
`catalog.registry.public_copy`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import sqlalchemy.exc
from sqlalchemy import Engine
from sqlmodel import Session

from catalog.access import Actor
from catalog.errors import IntegrityError, ValidationError
from catalog.registry import changes
from catalog.registry.database import reading
from catalog.registry.public_copy import PublicCopy
from catalog.token_uses import TokenUses
from catalog.tokens import verify

_LOG = logging.getLogger(__name__)


@contextmanager
def _refusals() -> Iterator[None]:
    """What a database refuses, as the refusal of a request; its own words may hold values."""
    try:
        yield
    except sqlalchemy.exc.IntegrityError:
        raise IntegrityError("Another change of the same record came first") from None
    except (sqlalchemy.exc.DataError, UnicodeEncodeError):
        # NUL on PostgreSQL, half of a character on SQLite: in a name that is looked up, too.
        raise ValidationError({"message": ["It holds a character that no record has"]}) from None


class Follower(Protocol):
    """Who follows the registry in this process (`catalog.views`)."""

    def wake(self) -> None:
        """Look for changes now."""


@dataclass(frozen=True)
class LiveRegistry:
    """The database behind `engine`, its public copy, and who else follows it here."""

    engine: Engine
    public_copy: PublicCopy
    views: Follower

    @contextmanager
    def writing(self, user_id: str | None = None) -> Iterator[Session]:
        """One transaction, one at a time; the public copy is up to date when it ends.

        `user_id` is whose deed it is. Raises `IntegrityError` and `ValidationError` for what
        the database refuses.
        """
        with _refusals(), Session(self.engine) as session, session.begin():
            session.info["user_id"] = user_id
            changes.lock(session)
            yield session
        self._announce()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, and waits for no writer. Raises `ValidationError` for
        a question that the database cannot be asked."""
        with _refusals(), Session(reading(self.engine)) as session:
            yield session

    def actor(self, token: str | None) -> Actor:
        """Whose token it is."""
        with self.reading() as session:
            actor = verify(session, token)
        if actor.token_id is not None:
            self._uses.note(actor.token_id)
        return actor

    @cached_property
    def _uses(self) -> TokenUses:
        return TokenUses(self.engine)

    def _announce(self) -> None:
        self.views.wake()
        try:
            self.public_copy.refresh()
        except (OSError, sqlite3.Error, sqlalchemy.exc.SQLAlchemyError) as error:
            # What was written stands; the copy's own thread catches up.
            _LOG.warning("the public copy is late: %s", type(error).__name__)
