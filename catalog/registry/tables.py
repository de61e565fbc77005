"""The registry's tables (SQLModel), as CKAN shapes its records.

Only columns and keys: reading is `catalog.registry.reading`, writing
`catalog.registry.writing`. Every change here needs a migration in `catalog/migrations`.
Times are naive UTC with microseconds, the one form CKAN's harvesters compare as text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Text
from sqlmodel import Field, SQLModel


class _Collection(SQLModel):
    """What an organisation and a group have in common."""

    id: str = Field(primary_key=True, max_length=36)
    name: str = Field(unique=True, index=True, max_length=100)
    title: str = Field(sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    image_url: str = Field(default="", sa_type=Text)
    state: str = Field(default="active", max_length=20)
    created: datetime = Field(sa_type=DateTime)
    extras: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class Organization(_Collection, table=True):
    """An agency that owns datasets."""

    __tablename__ = "organization"


class Group(_Collection, table=True):
    """A theme."""

    __tablename__ = "group"


class Package(SQLModel, table=True):
    """A dataset's record.

    `contract_id` is set on records made from a contract: the publisher alone writes them.
    `private` means draft. `state` is ``active`` or ``deleted`` (also: withdrawn).
    """

    __tablename__ = "package"

    id: str = Field(primary_key=True, max_length=36)
    name: str = Field(unique=True, index=True, max_length=100)
    title: str = Field(default="", sa_type=Text)
    notes: str = Field(default="", sa_type=Text)
    owner_org: str | None = Field(default=None, foreign_key="organization.id", index=True)
    license_id: str | None = Field(default=None, max_length=100)
    license_title: str | None = Field(default=None, sa_type=Text)
    license_url: str | None = Field(default=None, sa_type=Text)
    author: str | None = Field(default=None, sa_type=Text)
    author_email: str | None = Field(default=None, sa_type=Text)
    maintainer: str | None = Field(default=None, sa_type=Text)
    maintainer_email: str | None = Field(default=None, sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    version: str | None = Field(default=None, max_length=100)
    private: bool = Field(default=False)
    state: str = Field(default="active", max_length=20, index=True)
    contract_id: str | None = Field(default=None, max_length=100, index=True)
    metadata_created: datetime = Field(sa_type=DateTime)
    metadata_modified: datetime = Field(sa_type=DateTime)


class Resource(SQLModel, table=True):
    """A file or an address of a package. `url` is a path for files this catalogue serves."""

    __tablename__ = "resource"

    id: str = Field(primary_key=True, max_length=36)
    package_id: str = Field(foreign_key="package.id", index=True)
    position: int
    name: str = Field(default="", sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    format: str = Field(default="", max_length=100)
    mimetype: str | None = Field(default=None, max_length=200)
    url: str = Field(default="", sa_type=Text)
    url_type: str | None = Field(default=None, max_length=100)
    resource_type: str | None = Field(default=None, max_length=100)
    hash: str = Field(default="", sa_type=Text)
    size: int | None = Field(default=None, sa_type=BigInteger)
    datastore_active: bool = Field(default=False)
    created: datetime = Field(sa_type=DateTime)
    last_modified: datetime | None = Field(default=None, sa_type=DateTime)
    extras: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class PackageExtra(SQLModel, table=True):
    """One extra of a package; `value` is text, as CKAN's is."""

    __tablename__ = "package_extra"

    package_id: str = Field(foreign_key="package.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    value: str = Field(sa_type=Text)


class Tag(SQLModel, table=True):
    """One tag of a package. The tag's own id is derived from its name."""

    __tablename__ = "tag"

    package_id: str = Field(foreign_key="package.id", primary_key=True)
    name: str = Field(primary_key=True, max_length=100, index=True)


class Membership(SQLModel, table=True):
    """A package's place in a group."""

    __tablename__ = "package_group"

    package_id: str = Field(foreign_key="package.id", primary_key=True)
    group_id: str = Field(foreign_key="group.id", primary_key=True, index=True)


class Token(SQLModel, table=True):
    """An API token. `digest` is the SHA-256 of the token, which itself is kept nowhere.

    `scopes` holds words of `catalog.access.Scope`; which datasets it reads is `Grant`.
    """

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=36)
    digest: str = Field(unique=True, index=True, max_length=64)
    name: str = Field(sa_type=Text)
    agency: str = Field(max_length=100)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created: datetime = Field(sa_type=DateTime)
    expires: datetime = Field(sa_type=DateTime)
    revoked: datetime | None = Field(default=None, sa_type=DateTime)


class Grant(SQLModel, table=True):
    """One dataset that a token may read, up to columns classified `classification`."""

    __tablename__ = "token_grant"

    token_id: str = Field(foreign_key="token.id", primary_key=True)
    dataset: str = Field(primary_key=True, max_length=100)
    classification: str = Field(max_length=20)


class Meta(SQLModel, table=True):
    """Facts about the registry itself; ``stamp`` changes with every change of a record."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True, max_length=100)
    value: str = Field(sa_type=Text)


PUBLIC_TABLES: tuple[type[SQLModel], ...] = (
    Organization,
    Group,
    Package,
    Resource,
    PackageExtra,
    Tag,
    Membership,
    Meta,
)
"""What the public copy holds, parents first; tokens and grants never leave the registry."""
