"""The registry as Foundation has it: records, tokens, grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _collection(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("image_url", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("extras", sa.JSON, nullable=False),
    )
    op.create_index(f"ix_{name}_name", name, ["name"], unique=True)


def _packages() -> None:
    op.create_table(
        "package",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("owner_org", sa.String, sa.ForeignKey("organization.id")),
        sa.Column("license_id", sa.String(100)),
        sa.Column("license_title", sa.Text),
        sa.Column("license_url", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("author_email", sa.Text),
        sa.Column("maintainer", sa.Text),
        sa.Column("maintainer_email", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("version", sa.String(100)),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("contract_id", sa.String(100)),
        sa.Column("metadata_created", sa.DateTime, nullable=False),
        sa.Column("metadata_modified", sa.DateTime, nullable=False),
    )
    op.create_index("ix_package_name", "package", ["name"], unique=True)
    for column in ("contract_id", "owner_org", "state"):
        op.create_index(f"ix_package_{column}", "package", [column])


def _package_parts() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("package_id", sa.String, sa.ForeignKey("package.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("format", sa.String(100), nullable=False),
        sa.Column("mimetype", sa.String(200)),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("url_type", sa.String(100)),
        sa.Column("resource_type", sa.String(100)),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("datastore_active", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("last_modified", sa.DateTime),
        sa.Column("extras", sa.JSON, nullable=False),
    )
    op.create_index("ix_resource_package_id", "resource", ["package_id"])
    op.create_table(
        "package_extra",
        sa.Column("package_id", sa.String, sa.ForeignKey("package.id"), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "tag",
        sa.Column("package_id", sa.String, sa.ForeignKey("package.id"), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
    )
    op.create_index("ix_tag_name", "tag", ["name"])
    op.create_table(
        "package_group",
        sa.Column("package_id", sa.String, sa.ForeignKey("package.id"), primary_key=True),
        sa.Column("group_id", sa.String, sa.ForeignKey("group.id"), primary_key=True),
    )
    op.create_index("ix_package_group_group_id", "package_group", ["group_id"])


def _access() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("expires", sa.DateTime, nullable=False),
        sa.Column("revoked", sa.DateTime),
    )
    op.create_index("ix_token_digest", "token", ["digest"], unique=True)
    op.create_table(
        "token_grant",
        sa.Column("token_id", sa.String, sa.ForeignKey("token.id"), primary_key=True),
        sa.Column("dataset", sa.String(100), primary_key=True),
        sa.Column("classification", sa.String(20), nullable=False),
    )


def upgrade() -> None:
    """Make every table."""
    _collection("organization")
    _collection("group")
    _packages()
    _package_parts()
    _access()
    op.create_table(
        "meta",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
