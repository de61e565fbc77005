"""The registry's tables (SQLModel), as CKAN shapes its records.

Only columns and keys: reading is `catalog.registry.reading`, writing
`catalog.registry.writing`. Every change here needs a migration in `catalog/migrations`.
Times are naive UTC with microseconds, the one form CKAN's harvesters compare as text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, Text
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
    `state` is ``active``, ``draft`` or ``deleted``; a draft, like a `private` record, is for
    its organisation's members. `withdrawn` is the reason once the dataset was withdrawn (then
    it is deleted too).
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
    creator_user_id: str | None = Field(default=None, max_length=36)
    withdrawn: str | None = Field(default=None, sa_type=Text)
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
    format: str = Field(default="", sa_type=Text)
    mimetype: str | None = Field(default=None, sa_type=Text)
    url: str = Field(default="", sa_type=Text)
    url_type: str | None = Field(default=None, sa_type=Text)
    resource_type: str | None = Field(default=None, sa_type=Text)
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


class Member(SQLModel, table=True):
    """A user's place in an organisation or a group; `capacity` is a `catalog.access.Role`."""

    __tablename__ = "member"

    collection_id: str = Field(primary_key=True, max_length=36)
    user_id: str = Field(foreign_key="user.id", primary_key=True, index=True)
    capacity: str = Field(max_length=20)


class Collaborator(SQLModel, table=True):
    """A user whom one package was opened to, whoever owns it; `capacity` as in `Member`."""

    __tablename__ = "package_collaborator"

    package_id: str = Field(foreign_key="package.id", primary_key=True)
    user_id: str = Field(foreign_key="user.id", primary_key=True, index=True)
    capacity: str = Field(max_length=20)
    modified: datetime = Field(sa_type=DateTime)


class User(SQLModel, table=True):
    """Who holds tokens: an agency's service account, or a person. No password is kept."""

    __tablename__ = "user"

    id: str = Field(primary_key=True, max_length=36)
    name: str = Field(unique=True, index=True, max_length=100)
    fullname: str = Field(default="", sa_type=Text)
    about: str = Field(default="", sa_type=Text)
    sysadmin: bool = Field(default=False)
    state: str = Field(default="active", max_length=20)
    created: datetime = Field(sa_type=DateTime)


class Token(SQLModel, table=True):
    """An API token. `digest` is the SHA-256 of the token, which itself is kept nowhere.

    `scopes` holds words of `catalog.access.Scope`: the most of its user's rights that it
    carries.
    """

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=36)
    digest: str = Field(unique=True, index=True, max_length=64)
    user_id: str = Field(foreign_key="user.id", index=True)
    name: str = Field(sa_type=Text)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created: datetime = Field(sa_type=DateTime)
    expires: datetime = Field(sa_type=DateTime)
    last_used: datetime | None = Field(default=None, sa_type=DateTime)
    revoked: datetime | None = Field(default=None, sa_type=DateTime)


class Grant(SQLModel, table=True):
    """Rows of a dataset that is not open, given to an organisation for a time.

    `columns` None: every column up to `classification`. `condition` is an SQL condition over
    the dataset's columns that a row must meet (`lakehouse.rows` reads it), None: every row.
    """

    __tablename__ = "access_grant"

    id: str = Field(primary_key=True, max_length=36)
    organization_id: str = Field(foreign_key="organization.id", index=True)
    dataset: str = Field(max_length=100, index=True)
    classification: str = Field(max_length=20)
    columns: list[str] | None = Field(default=None, sa_type=JSON)
    condition: str | None = Field(default=None, sa_type=Text)
    purpose: str = Field(default="", sa_type=Text)
    starts: datetime = Field(sa_type=DateTime)
    expires: datetime = Field(sa_type=DateTime)
    created: datetime = Field(sa_type=DateTime)
    created_by: str = Field(max_length=100)
    revoked: datetime | None = Field(default=None, sa_type=DateTime)
    revoked_by: str | None = Field(default=None, max_length=100)


class Reading(SQLModel, table=True):
    """One reading of rows that are not open: who, by which grant, how much; never a value."""

    __tablename__ = "reading"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=DateTime, index=True)
    dataset: str = Field(max_length=100, index=True)
    release: int
    grant_id: str = Field(max_length=36, index=True)
    organization_id: str = Field(max_length=36)
    user_name: str = Field(max_length=100)
    token_id: str = Field(max_length=36)
    action: str = Field(max_length=100)
    columns: int
    rows: int


class Activity(SQLModel, table=True):
    """What was done to a record: ``new package``, ``changed package``, ``deleted package``."""

    __tablename__ = "activity"

    id: str = Field(primary_key=True, max_length=36)
    at: datetime = Field(sa_type=DateTime, index=True)
    package_id: str = Field(max_length=36, index=True)
    user_id: str | None = Field(default=None, max_length=36)
    activity_type: str = Field(max_length=40)


class Change(SQLModel, table=True):
    """The newest change of each record, whatever became of it: what followers read.

    `sequence` grows with each transaction's commit, never out of order (see
    `catalog.registry.changes`). `kind` is a `catalog.documents.Kind`.
    """

    __tablename__ = "change"
    # The records of one kind within a range of numbers: without it SQLite reads every change.
    __table_args__ = (Index("ix_change_kind_sequence", "kind", "sequence"),)

    kind: str = Field(primary_key=True, max_length=20)
    record_id: str = Field(primary_key=True, max_length=36)
    sequence: int = Field(sa_type=BigInteger, index=True)


class Meta(SQLModel, table=True):
    """Facts about the registry itself.

    ``sequence``: the number of the newest change. ``generation``: another value means that
    what followers hold must be made anew.
    """

    __tablename__ = "meta"

    key: str = Field(primary_key=True, max_length=100)
    value: str = Field(sa_type=Text)
