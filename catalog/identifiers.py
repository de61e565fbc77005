"""Stable names and ids: the same dataset has the same ids in every catalogue and after any loss.

Only derivation belongs here; nothing is looked up.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID, uuid5

from contracts.text import fold

CONTRACT_EXTRA = "contract"
"""The extra of a package that names the dataset whose contract it is made from."""

TOKEN_PREFIX = "dc_"  # noqa: S105 - how a token begins, not a secret
TOKEN = re.compile(r"dc_[A-Za-z0-9_-]{43}")
"""What a token looks like: the prefix and 256 bits; refused in an address."""

_NAMESPACE = UUID("6f2a1c0e-8f0b-5c1d-9a55-64756e676368")


def package_id(dataset: str) -> str:
    """UUID of the record of a dataset."""
    return str(uuid5(_NAMESPACE, f"package/{dataset}"))


def resource_id(dataset: str, form: str) -> str:
    """UUID of one form (``parquet``, ``csv`` … ``api``) of a dataset, for all its releases."""
    return str(uuid5(_NAMESPACE, f"resource/{dataset}/{form}"))


def organization_id(code: str) -> str:
    """UUID of an agency by its code."""
    return str(uuid5(_NAMESPACE, f"organization/{code}"))


def group_id(theme: str) -> str:
    """UUID of a theme by its code."""
    return str(uuid5(_NAMESPACE, f"group/{theme}"))


def tag_id(name: str) -> str:
    """UUID of a tag by its text."""
    return str(uuid5(_NAMESPACE, f"tag/{name}"))


def user_id(name: str) -> str:
    """UUID of an agency as a CKAN user."""
    return str(uuid5(_NAMESPACE, f"user/{name}"))


def slug(text: str) -> str:
    """`text` as a CKAN name: folded, ``[a-z0-9_-]``, 2 to 100 characters."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", fold(text)).strip("-")[:100]
    return plain if len(plain) > 1 else f"{plain or 'x'}-"


def naive_utc(moment: str | datetime) -> datetime:
    """A time, or its ISO form with or without an offset, as naive UTC."""
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


def ckan_time(moment: datetime) -> str:
    """Naive UTC with exactly six digits of microseconds: harvesters compare it as text."""
    return moment.isoformat(timespec="microseconds")
