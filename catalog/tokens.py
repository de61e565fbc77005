"""API tokens: opaque, 256 random bits, kept only as a SHA-256, scoped, expiring, revocable.

A fast hash is right here: what is hashed has 256 bits of its own, unlike a password. What a
scope lets one do is `catalog.access`. `catalog.router` refuses a token in an address, where
logs and histories would keep it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from catalog.access import ANONYMOUS, Actor, Scope
from catalog.identifiers import TOKEN_PREFIX, naive_utc
from catalog.registry.tables import Grant, Token
from contracts.errors import Fault
from contracts.i18n import _
from contracts.model import Classification

FIRST_TOKENS: Mapping[str, Scope] = {"publisher": Scope.PUBLISH, "admin": Scope.ADMIN}
"""The tokens minted at first start: name → scope, kept as ``secrets/<name>.token``."""

_FIRST_LIFE = timedelta(days=3650)  # of a file that only this host's owner can read
_ID_LENGTH = 12


@dataclass(frozen=True)
class TokenInfo:
    """A token as it can be listed. `state` is ``active``, ``expired`` or ``revoked``."""

    id: str
    name: str
    agency: str
    scopes: tuple[str, ...]
    datasets: Mapping[str, Classification]
    created: datetime
    expires: datetime
    state: str


def new_token(
    session: Session,
    agency: str,
    scopes: Iterable[Scope],
    datasets: Mapping[str, Classification],
    expires: datetime,
    name: str = "",
) -> str:
    """Make a token and return it: the only time that anyone sees it.

    Args:
        session: the registry; the caller commits.
        agency: code of the agency that holds it.
        scopes: what it is for.
        datasets: dataset → the most guarded class of columns it may read.
        expires: naive UTC or with an offset; must lie ahead.
        name: what people call it.

    Raises:
        Fault: ``token.expiry`` when `expires` has passed.
    """
    now = naive_utc(datetime.now(UTC))
    if naive_utc(expires) <= now:
        raise Fault(
            "token.expiry",
            _("A token cannot expire before it is made."),
            remedy=_("Give a later day."),
        )
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    digest = _digest(token)
    identifier = digest[:_ID_LENGTH]
    session.add(
        Token(
            id=identifier,
            digest=digest,
            name=name or agency,
            agency=agency,
            scopes=sorted(set(scopes)),
            created=now,
            expires=naive_utc(expires),
        )
    )
    session.flush()
    session.add_all(
        Grant(token_id=identifier, dataset=dataset, classification=level)
        for dataset, level in datasets.items()
    )
    session.flush()
    return token


def token_id(token: str) -> str:
    """The id under which a token is listed."""
    return _digest(token)[:_ID_LENGTH]


def verify(session: Session, token: str | None) -> Actor:
    """Whose token it is; anonymous (and marked as rejected) when it is not one in force."""
    if not token:
        return ANONYMOUS
    digest = _digest(token)
    row = session.exec(select(Token).where(Token.digest == digest)).first()
    held = row.digest if row else "0" * len(digest)
    if not hmac.compare_digest(held, digest) or row is None or _state(row) != "active":
        return Actor(rejected=True)
    grants = session.exec(select(Grant).where(Grant.token_id == row.id)).all()
    return Actor(
        agency=row.agency,
        token_id=row.id,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        grants={grant.dataset: Classification(grant.classification) for grant in grants},
    )


def list_tokens(session: Session) -> list[TokenInfo]:
    """Every token, newest first, without the tokens themselves."""
    grants: dict[str, dict[str, Classification]] = {}
    for grant in session.exec(select(Grant).order_by(Grant.dataset)):
        grants.setdefault(grant.token_id, {})[grant.dataset] = Classification(grant.classification)
    rows = session.exec(select(Token).order_by(col(Token.created).desc(), Token.id)).all()
    return [
        TokenInfo(
            row.id,
            row.name,
            row.agency,
            tuple(row.scopes),
            grants.get(row.id, {}),
            row.created,
            row.expires,
            _state(row),
        )
        for row in rows
    ]


def revoke(session: Session, identifier: str) -> TokenInfo:
    """End a token by its id, at once; the caller commits.

    Raises:
        Fault: ``token.unknown`` when there is none.
    """
    row = session.get(Token, identifier)
    if row is None:
        raise Fault(
            "token.unknown",
            _("There is no token with the id {id}."),
            remedy=_("“dungchung token list” shows the ids."),
            id=identifier,
        )
    if row.revoked is None:
        row.revoked = naive_utc(datetime.now(UTC))
        session.add(row)
        session.flush()
    return next(info for info in list_tokens(session) if info.id == identifier)


def ensure_first_tokens(engine: Engine, folder: Path) -> None:
    """Mint the tokens of `FIRST_TOKENS` into ``folder/<name>.token`` (mode 0600).

    A file whose token is still in force is left alone; a lost file or a lost registry gets
    a new token.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, scope in FIRST_TOKENS.items():
        with Session(engine) as session:
            if scope in verify(session, read_token(folder, name)).scopes:
                continue
            expires = datetime.now(UTC) + _FIRST_LIFE
            token = new_token(session, "dungchung", [scope], {}, expires, name)
            session.commit()
        _write_secret(folder / f"{name}.token", token)


def read_token(folder: Path, name: str) -> str | None:
    """The token kept in ``folder/<name>.token``, or None."""
    path = folder / f"{name}.token"
    return path.read_text(encoding="ascii").strip() if path.is_file() else None


def _write_secret(path: Path, token: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{token}\n")
    fresh.replace(path)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _state(row: Token) -> str:
    if row.revoked is not None:
        return "revoked"
    return "active" if row.expires > naive_utc(datetime.now(UTC)) else "expired"
