"""The registry as Catalogue has it: users, roles, grants to organisations, changes in order.

Foundation's tokens keep working: each agency that holds one becomes a user and a member of
its organisation, and what its tokens were granted becomes grants of that organisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from catalog.identifiers import organization_id, slug, user_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FIRST_USERS = {"publish": "publisher", "admin": "admin"}  # Foundation's scope -> its one user
_FIRST_AGENCY = "dungchung"  # whom Foundation's own tokens were made out to


class _Old(NamedTuple):
    """A token of Foundation, whose user is to be found."""

    id: str
    agency: str
    scopes: tuple[str, ...]

    @property
    def user(self) -> str:
        """Name of the user that holds it from now on."""
        first = next((name for scope, name in _FIRST_USERS.items() if scope in self.scopes), None)
        if self.agency == _FIRST_AGENCY and first is not None:
            return first
        plain = slug(self.agency)
        return f"agency-{plain}" if plain in _FIRST_USERS.values() else plain


def upgrade() -> None:
    """Make the new tables, move what tokens were, number every record as changed."""
    now = datetime.now(UTC).replace(tzinfo=None)
    for column in (
        sa.Column("creator_user_id", sa.String(36)),
        sa.Column("withdrawn", sa.Text),
    ):
        op.add_column("package", column)
    with op.batch_alter_table("resource") as batch:
        for name, length in (("mimetype", 200), ("url_type", 100), ("resource_type", 100)):
            batch.alter_column(name, existing_type=sa.String(length), type_=sa.Text)
        batch.alter_column(
            "format", existing_type=sa.String(100), type_=sa.Text, existing_nullable=False
        )
    _people()
    _grants()
    _changes()
    _move_tokens(now)
    _number_records()


def _people() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("fullname", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("sysadmin", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_index("ix_user_name", "user", ["name"], unique=True)
    op.create_table(
        "member",
        sa.Column("collection_id", sa.String(36), primary_key=True),
        sa.Column("user_id", sa.String, sa.ForeignKey("user.id"), primary_key=True),
        sa.Column("capacity", sa.String(20), nullable=False),
    )
    op.create_index("ix_member_user_id", "member", ["user_id"])
    op.create_table(
        "package_collaborator",
        sa.Column("package_id", sa.String, sa.ForeignKey("package.id"), primary_key=True),
        sa.Column("user_id", sa.String, sa.ForeignKey("user.id"), primary_key=True),
        sa.Column("capacity", sa.String(20), nullable=False),
        sa.Column("modified", sa.DateTime, nullable=False),
    )
    op.create_index("ix_package_collaborator_user_id", "package_collaborator", ["user_id"])


def _grants() -> None:
    op.create_table(
        "access_grant",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("organization_id", sa.String, sa.ForeignKey("organization.id"), nullable=False),
        sa.Column("dataset", sa.String(100), nullable=False),
        sa.Column("classification", sa.String(20), nullable=False),
        sa.Column("columns", sa.JSON),
        sa.Column("condition", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("starts", sa.DateTime, nullable=False),
        sa.Column("expires", sa.DateTime, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("revoked", sa.DateTime),
        sa.Column("revoked_by", sa.String(100)),
    )
    for column in ("organization_id", "dataset"):
        op.create_index(f"ix_access_grant_{column}", "access_grant", [column])
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("dataset", sa.String(100), nullable=False),
        sa.Column("release", sa.Integer, nullable=False),
        sa.Column("grant_id", sa.String(36), nullable=False),
        sa.Column("organization_id", sa.String(36), nullable=False),
        sa.Column("user_name", sa.String(100), nullable=False),
        sa.Column("token_id", sa.String(36), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
    )
    for column in ("at", "dataset", "grant_id"):
        op.create_index(f"ix_reading_{column}", "reading", [column])


def _changes() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("package_id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36)),
        sa.Column("activity_type", sa.String(40), nullable=False),
    )
    for column in ("at", "package_id"):
        op.create_index(f"ix_activity_{column}", "activity", [column])
    op.create_table(
        "change",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("record_id", sa.String(36), primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_change_sequence", "change", ["sequence"])
    op.create_index("ix_change_kind_sequence", "change", ["kind", "sequence"])


def _move_tokens(now: datetime) -> None:
    connection = op.get_bind()
    token = sa.table("token", sa.column("id"), sa.column("agency"), sa.column("scopes", sa.JSON))
    rows = connection.execute(sa.select(token.c.id, token.c.agency, token.c.scopes)).all()
    old = [_Old(one.id, one.agency, tuple(one.scopes)) for one in rows]
    _make_users(connection, old, now)
    _move_grants(connection, old, now)
    op.drop_table("token_grant")
    op.add_column("token", sa.Column("last_used", sa.DateTime))
    op.add_column("token", sa.Column("user_id", sa.String))
    fresh = sa.table("token", *map(sa.column, ("id", "user_id")), sa.column("scopes", sa.JSON))
    for one in old:
        # Foundation's one administrator word held every right that now has a word of its own.
        scopes = sorted({*one.scopes, "read", "write"}) if "admin" in one.scopes else one.scopes
        connection.execute(
            sa.update(fresh)
            .where(fresh.c.id == one.id)
            .values(user_id=user_id(one.user), scopes=list(scopes))
        )
    with op.batch_alter_table("token") as batch:
        batch.alter_column("user_id", existing_type=sa.String, nullable=False)
        batch.create_foreign_key("fk_token_user_id", "user", ["user_id"], ["id"])
        batch.create_index("ix_token_user_id", ["user_id"])
        batch.drop_column("agency")


def _make_users(connection: sa.Connection, old: Iterable[_Old], now: datetime) -> None:
    users = sa.table(
        "user",
        *map(sa.column, ("id", "name", "fullname", "about", "state")),
        sa.column("sysadmin", sa.Boolean),
        sa.column("created", sa.DateTime),
    )
    members = sa.table("member", *map(sa.column, ("collection_id", "user_id", "capacity")))
    for name, agency in {one.user: one.agency for one in old}.items():
        row = {
            "id": user_id(name),
            "name": name,
            "fullname": agency,
            "about": "",
            "sysadmin": name == _FIRST_USERS["admin"],
            "state": "active",
            "created": now,
        }
        connection.execute(sa.insert(users).values(row))
        if name not in _FIRST_USERS.values():
            place = {"collection_id": _organization(connection, agency, now), "user_id": row["id"]}
            connection.execute(sa.insert(members).values({**place, "capacity": "member"}))


def _organization(connection: sa.Connection, agency: str, now: datetime) -> str:
    """The id of the agency's organisation, made if it is missing."""
    names = ("id", "name", "title", "description", "image_url", "state")
    table = sa.table(
        "organization",
        *map(sa.column, names),
        sa.column("created", sa.DateTime),
        sa.column("extras", sa.JSON),
    )
    named = sa.or_(table.c.id == organization_id(agency), table.c.name == slug(agency))
    found: str | None = connection.scalar(sa.select(table.c.id).where(named))
    if found is not None:
        return found
    values = (organization_id(agency), slug(agency), agency, "", "", "active")
    known = dict(zip(names, values, strict=True))
    row = {**known, "created": now, "extras": {"code": agency}}
    connection.execute(sa.insert(table).values(row))
    return organization_id(agency)


def _move_grants(connection: sa.Connection, old: Iterable[_Old], now: datetime) -> None:
    """What tokens in force may read, once per organisation, dataset and class."""
    agencies = {one.id: one.agency for one in old}
    token = sa.table(
        "token", *(sa.column("id"), sa.column("expires", sa.DateTime), sa.column("revoked"))
    )
    given = sa.table("token_grant", *map(sa.column, ("token_id", "dataset", "classification")))
    rows = connection.execute(
        sa.select(given.c.token_id, given.c.dataset, given.c.classification, token.c.expires)
        .join_from(given, token, given.c.token_id == token.c.id)
        .where(token.c.revoked.is_(None), token.c.expires > now)
    )
    until: dict[tuple[str, str, str], datetime] = {}
    for token_id, dataset, classification, ends in rows:
        key = (_organization(connection, agencies[token_id], now), dataset, classification)
        until[key] = max(until.get(key, ends), ends)
    grant = sa.table(
        "access_grant",
        *map(sa.column, ("id", "organization_id", "dataset", "classification", "purpose")),
        *(sa.column(name, sa.DateTime) for name in ("starts", "expires", "created")),
        sa.column("created_by"),
    )
    for (held_by, dataset, classification), ends in until.items():
        row = {
            "id": str(uuid4()),
            "organization_id": held_by,
            "dataset": dataset,
            "classification": classification,
            "purpose": "",
            "starts": now,
            "expires": ends,
            "created": now,
            "created_by": _FIRST_AGENCY,
        }
        connection.execute(sa.insert(grant).values(row))


def _number_records() -> None:
    """Every record once, in the order in which followers should learn of them."""
    connection = op.get_bind()
    last = 0
    for kind in ("organization", "group", "package"):
        numbered = sa.text(
            "INSERT INTO change (kind, record_id, sequence)"
            f' SELECT :kind, id, :last + row_number() OVER (ORDER BY id) FROM "{kind}"'
        )
        last += connection.execute(numbered, {"kind": kind, "last": last}).rowcount
    connection.execute(sa.text("DELETE FROM meta WHERE key = 'stamp'"))
    for key, value in (("sequence", str(last)), ("generation", uuid4().hex)):
        connection.execute(
            sa.text("INSERT INTO meta (key, value) VALUES (:key, :value)"),
            {"key": key, "value": value},
        )
