"""API tokens: opaque, 256 random bits, kept only as a SHA-256, scoped, expiring, revocable.

A fast hash is right here: what is hashed has 256 bits of its own, unlike a password. A token
is a user's; what its scopes and its user's roles let one do is `catalog.access`, when it was
last used `catalog.token_uses`. `catalog.router` refuses a token in an address, where logs and
histories would keep it.
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

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from catalog.access import ANONYMOUS, Actor, Role, Scope
from catalog.grants import in_force
from catalog.identifiers import TOKEN_PREFIX, naive_utc
from catalog.registry import people
from catalog.registry.tables import Token, User
from contracts.errors import Fault
from contracts.i18n import _

FIRST_TOKENS: Mapping[str, frozenset[Scope]] = {
    "publisher": frozenset({Scope.PUBLISH}),
    "admin": frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN}),
}
"""The tokens minted at first start: name of the user → scopes, kept as
``secrets/<name>.token``. The one with ADMIN is a system administrator's."""

_FIRST_LIFE = timedelta(days=3650)  # of a file that only this host's owner can read
_ID_LENGTH = 12


@dataclass(frozen=True)
class TokenInfo:
    """A token as it can be listed; times are naive UTC. `user` is its user's name, `state`
    is ``active``, ``expired`` or ``revoked``."""

    id: str
    name: str
    user: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime
    last_used: datetime | None
    state: str


def new_token(
    session: Session, user: User, scopes: Iterable[Scope], expires: datetime, name: str = ""
) -> str:
    """Make a token and return it: the only time that anyone sees it.

    Args:
        session: the registry; the caller commits.
        user: whose it is; it never gives more than this user's roles do.
        scopes: what it carries of them.
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
    session.add(
        Token(
            id=digest[:_ID_LENGTH],
            digest=digest,
            user_id=user.id,
            name=name or user.name,
            scopes=sorted(set(scopes)),
            created=now,
            expires=naive_utc(expires),
        )
    )
    session.flush()
    return token


def token_id(token: str) -> str:
    """The id under which a token is listed."""
    return _digest(token)[:_ID_LENGTH]


def ensure_user(
    session: Session,
    name: str,
    *,
    fullname: str = "",
    organization: str | None = None,
    capacity: Role = Role.MEMBER,
    sysadmin: bool = False,
) -> User:
    """The user `name`, made if there is none, with at least `capacity` in an organisation (by
    id); a higher one that it has already stays."""
    user = people.ensure_user(session, name, fullname=fullname, sysadmin=sysadmin)
    if organization is not None:
        held = people.roles_of(session, user.id).get(organization)
        if held is None or Role(held).rank < capacity.rank:
            people.set_member(session, organization, user.id, capacity.value)
            session.flush()
    return user


def verify(session: Session, token: str | None) -> Actor:
    """Whose token it is; anonymous (and marked as rejected) when it is not one in force.

    Five short queries, whatever the user may do.
    """
    if not token:
        return ANONYMOUS
    digest = _digest(token)
    found = session.exec(
        select(Token, User)
        .join(User, col(User.id) == Token.user_id)
        .where(Token.digest == digest, User.state == "active")
    ).first()
    held = found[0].digest if found else "0" * len(digest)
    if not hmac.compare_digest(held, digest) or found is None or _state(found[0]) != "active":
        return Actor(rejected=True)
    row, user = found
    organizations, groups = people.places_of(session, user.id)
    return Actor(
        user_id=user.id,
        name=user.name,
        token_id=row.id,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        sysadmin=user.sysadmin,
        organizations=_roles(organizations),
        groups=_roles(groups),
        collaborations=_roles(people.collaborations_of(session, user.id)),
        grants=in_force(session, organizations, naive_utc(datetime.now(UTC))),
    )


def list_tokens(session: Session, user: str | None = None) -> list[TokenInfo]:
    """Every token, or those of one user (by id or name), newest first, without the tokens
    themselves."""
    query = select(Token, User.name).join(User, col(User.id) == Token.user_id)
    if user is not None:
        query = query.where(or_(col(User.id) == user, col(User.name) == user))
    rows = session.exec(query.order_by(col(Token.created).desc(), col(Token.id)))
    return [_info(row, name) for row, name in rows]


def find_token(session: Session, identifier: str) -> Token | None:
    """A token in any state by its id."""
    return session.get(Token, identifier)


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
    user = session.get(User, row.user_id)
    return _info(row, user.name if user else row.user_id)


def ensure_first_tokens(engine: Engine, folder: Path) -> None:
    """Mint the tokens of `FIRST_TOKENS` into ``folder/<name>.token`` (mode 0600).

    A file whose token is still in force is left alone; a lost file or a lost registry gets
    a new token.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, scopes in FIRST_TOKENS.items():
        with Session(engine) as session:
            if scopes <= verify(session, read_token(folder, name)).scopes:
                continue
            user = ensure_user(session, name, sysadmin=Scope.ADMIN in scopes)
            expires = datetime.now(UTC) + _FIRST_LIFE
            token = new_token(session, user, scopes, expires, name)
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


def _roles(capacities: Mapping[str, str]) -> dict[str, Role]:
    return {where: Role(capacity) for where, capacity in capacities.items()}


def _info(row: Token, user: str) -> TokenInfo:
    return TokenInfo(
        row.id,
        row.name,
        user,
        tuple(row.scopes),
        row.created,
        row.expires,
        row.last_used,
        _state(row),
    )


def _state(row: Token) -> str:
    if row.revoked is not None:
        return "revoked"
    return "active" if row.expires > naive_utc(datetime.now(UTC)) else "expired"
