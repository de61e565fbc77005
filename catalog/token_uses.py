"""When tokens were last used: noted beside the request, at most once an hour.

So that a token nobody needs any more can be told and revoked. What a token is: `catalog.tokens`.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread

from sqlalchemy import Engine, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from catalog.identifiers import naive_utc
from catalog.registry.tables import Token

_LOG = logging.getLogger(__name__)
_SELDOM = timedelta(hours=1)


class TokenUses:
    """Notes uses of tokens in the registry, without a request ever waiting for it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._noted: dict[str, datetime] = {}

    def note(self, token_id: str) -> Thread | None:
        """Note a use of the token now; None when it was noted within the hour."""
        now = naive_utc(datetime.now(UTC))
        with self._lock:
            last = self._noted.get(token_id)
            if last is not None and now - last < _SELDOM:
                return None
            self._noted[token_id] = now
        # On a thread of its own: a locked database holds up nobody who only reads.
        writer = Thread(target=self._write, args=(token_id, now), daemon=True)
        writer.start()
        return writer

    def _write(self, token_id: str, now: datetime) -> None:
        last = col(Token.last_used)
        query = (
            update(Token)
            .where(col(Token.id) == token_id, or_(last.is_(None), last < now - _SELDOM))
            .values(last_used=now)
        )
        try:
            with self._engine.begin() as connection:
                connection.execute(query)
        except SQLAlchemyError as error:
            _LOG.warning("token %s: its use was not noted: %s", token_id, type(error).__name__)
