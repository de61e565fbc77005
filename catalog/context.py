"""What every page and action is given: `CatalogContext`.

Assembly only: it says what a process has, `catalog.app` makes it. Nothing here answers a
request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from catalog.access import Actor
from catalog.documents import Kind
from catalog.registry.live import LiveRegistry
from catalog.sandbox.client import SqlSandbox
from catalog.search.request import Completion, SearchAnswer, SearchRequest
from contracts.i18n import Language
from contracts.releases import Release
from lakehouse.releases import Releases
from lakehouse.rows import RowReader
from lakehouse.stores import Stores

Mode = Literal["public", "agency"]
Record = Mapping[str, Any]
"""A CKAN dictionary of a package, resource, organisation, group or tag, as the API gives it."""


class Records(Protocol):
    """Reading the catalogue. Holds only what its asker may see; private records and drafts
    are among them when they may be seen."""

    def package(self, id_or_name: str) -> Record | None:
        """One package with resources, tags, groups, extras and organisation."""

    def packages(self, ids: Sequence[str]) -> Sequence[Record]:
        """The packages of `ids` that exist, in that order."""

    def package_names(
        self, *, include_private: bool = False, include_drafts: bool = False
    ) -> Sequence[str]:
        """Names of all packages, sorted; private ones and drafts only when asked for."""

    def withdrawn(self, id_or_name: str) -> Record | None:
        """What is told of a withdrawn dataset (see `Kind.WITHDRAWN`), by the package's id or
        name or by a resource's id."""

    def withdrawals(self, limit: int) -> Sequence[Record]:
        """What is told of the datasets withdrawn last, newest first."""

    def activity(self, id_or_name: str) -> Sequence[Record]:
        """What was done to a package, newest first (see `Document.activity`)."""

    def resource(self, resource_id: str) -> Record | None:
        """One resource, with its ``package_id``."""

    def organizations(self) -> Sequence[Record]:
        """Every organisation with ``package_count``, by name."""

    def organization(self, id_or_name: str) -> Record | None:
        """One organisation."""

    def groups(self) -> Sequence[Record]:
        """Every group (theme) with ``package_count``, by name."""

    def group(self, id_or_name: str) -> Record | None:
        """One group (theme)."""

    def tags(self) -> Sequence[str]:
        """Names of the tags in use, sorted."""


class View(Protocol):
    """One consistent state of the catalogue as one asker may see it: take it once per
    request."""

    @property
    def records(self) -> Records:
        """The records of this state."""

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Search the packages of this state. Raises `SearchQueryError`."""

    def complete(
        self, kind: Kind, text: str, limit: int, *, include_private: bool = False
    ) -> Sequence[Completion]:
        """Packages, organisations or groups that begin, in some word, as `text` does."""

    def complete_values(self, field: str, text: str, limit: int) -> Sequence[str]:
        """Values of a facet field (``tags``, ``res_format``) that begin, in some word, as
        `text` does; the most used first."""

    def position(self) -> int:
        """The number of the newest change that this state holds."""


@dataclass(frozen=True)
class CatalogContext:
    """The whole of what a worker answers from.

    `view(actor)` gives the newest consistent state as `actor` may see it. `rows(release)` gives
    the cached reader of that release's open rows. `cache` is this process's own folder for
    files made on demand. `public_url` has no trailing slash; every absolute link starts with
    it. `language` is the one used where a request names none. `shared_rows(release, columns,
    condition)`, of rows on request, and `registry` are the agency worker's alone. `sql` answers
    questions in SQL, in the public worker, where that is switched on. `closing`: what `close`
    calls.
    """

    mode: Mode
    public_url: str
    language: Language
    title: str
    view: Callable[[Actor], View]
    releases: Releases
    stores: Stores
    rows: Callable[[Release], RowReader]
    cache: Path
    shared_rows: Callable[[Release, tuple[str, ...] | None, str | None], RowReader] | None = None
    registry: LiveRegistry | None = None
    sql: SqlSandbox | None = None
    closing: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """Stop what runs beside requests, and give connections back."""
        for one in self.closing:
            one()
