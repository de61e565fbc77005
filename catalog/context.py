"""What every page and action is given: `CatalogContext`.

Assembly only: it says what a process has, `catalog.app` makes it. Nothing here answers a
request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from catalog.registry.live import LiveRegistry
from catalog.search.request import SearchAnswer, SearchRequest
from contracts.i18n import Language
from contracts.releases import Release
from lakehouse.releases import Releases
from lakehouse.rows import RowReader
from lakehouse.stores import Stores

Mode = Literal["public", "agency"]
Record = Mapping[str, Any]
"""A CKAN dictionary of a package, resource, organisation, group or tag, as the API gives it."""


class Records(Protocol):
    """Reading the registry. Holds only what this process may see (public: no drafts)."""

    def package(self, id_or_name: str) -> Record | None:
        """One package with resources, tags, groups, extras and organisation."""

    def packages(self, ids: Sequence[str]) -> Sequence[Record]:
        """The packages of `ids` that exist, in that order."""

    def package_names(self, *, include_private: bool = False) -> Sequence[str]:
        """Names of all packages, sorted; drafts only when asked for and held."""

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
    """One consistent state of the catalogue: take it once per request."""

    @property
    def records(self) -> Records:
        """The records of this state."""

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Search this state. Raises `SearchQueryError`."""


@dataclass(frozen=True)
class CatalogContext:
    """The whole of what a worker answers from.

    `view()` gives the newest consistent state. `rows(release)` gives the cached reader of
    that release's open rows. `cache` is this process's own folder for files made on demand.
    `public_url` has no trailing slash; every absolute link starts with it. `language` is the
    one used where a request names none. `shared_rows(release, columns)`, of rows on request,
    and `registry` are the agency worker's alone.
    """

    mode: Mode
    public_url: str
    language: Language
    title: str
    view: Callable[[], View]
    releases: Releases
    stores: Stores
    rows: Callable[[Release], RowReader]
    cache: Path
    shared_rows: Callable[[Release, tuple[str, ...] | None], RowReader] | None = None
    registry: LiveRegistry | None = None
