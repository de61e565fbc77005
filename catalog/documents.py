"""What followers of the registry are told: one `Document` per record, and where it stands.

Types only. The registry makes documents (`catalog.registry.feed`), the public copy hands on
those that are public (`catalog.registry.public_copy`), the index keeps them
(`catalog.search`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

PUBLIC = "public"
"""The label of what anyone may see."""


class Kind(StrEnum):
    """What a document is of. WITHDRAWN stands in for a dataset that was withdrawn: its body
    is ``{"id", "name", "title", "reason", "withdrawn"(time), "resources": [ids]}``."""

    PACKAGE = "package"
    ORGANIZATION = "organization"
    GROUP = "group"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Document:
    """One record as it is after the change `sequence`.

    `body` is CKAN's whole dictionary with absolute addresses (of a collection without
    ``package_count``, which depends on who asks); None: there is no such record any more.
    `labels` says who may see it: `PUBLIC`, ``org:<id>`` (members of the organisation),
    ``user:<id>`` (its creator and collaborators). `activity`: newest first, at most 30 of
    ``{"id", "timestamp", "user_id", "object_id", "activity_type"}``.
    """

    kind: Kind
    id: str
    sequence: int
    body: Mapping[str, Any] | None
    labels: frozenset[str] = frozenset()
    activity: tuple[Mapping[str, Any], ...] = field(default=())


class Feed(Protocol):
    """Changes in the order of their commits; what is read twice is the same or newer."""

    def generation(self) -> str:
        """Another value than before: forget everything and read from 0."""

    def position(self) -> int:
        """The sequence of the newest change."""

    def since(self, sequence: int, limit: int) -> Sequence[Document]:
        """At most `limit` documents changed after `sequence`, by their sequence.

        Documents of one sequence are never cut in two by `limit`: the last sequence of an
        answer is whole.
        """
