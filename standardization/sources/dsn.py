"""Where a source is: its DSN from the environment or its default, taken apart.

A DSN is ``<kind>://…``: ``sqlite:///relative.db``, ``sqlite:////absolute.db``,
``postgresql://user:password@host/database``, ``mariadb://user:password@host/database``,
``sqlserver://user:password@host/database``,
``csv:///folder?delimiter=;&encoding=tcvn3``, ``xlsx:///book.xlsx``, ``xls:///book.xls``,
``json:///file.json``, ``geojson:///folder``, ``api+https://token@host/base``,
``api+file:///folder`` (recorded pages), ``inbox:///folder?format=csv``.
Opening it is `standardization.sources`.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import SCHEMES, Source, SourceKind

_SERVERS = (SourceKind.POSTGRESQL, SourceKind.MARIADB, SourceKind.SQLSERVER)
_PACKAGE = re.compile(r"\{package:([A-Za-z0-9_]+)\}")


@dataclass(frozen=True)
class Location:
    """A DSN taken apart. `url` is the whole of it and may hold a secret; `path` and `options`
    are those of files."""

    kind: SourceKind
    url: str = field(repr=False)
    path: Path = Path()
    options: Mapping[str, str] = field(default_factory=dict)


def resolve_dsn(source: Source, environ: Mapping[str, str], home: Path) -> str:
    """The DSN of `source`: the environment variable it names, else its default.

    ``{home}`` becomes `home` and ``{package:NAME}`` the folder of an installed package,
    found without importing it.

    Raises:
        Fault: ``source.not_configured``, ``source.package_missing``.
    """
    dsn = environ.get(source.connection) or source.default
    if not dsn:
        raise Fault(
            "source.not_configured",
            _("No connection is set for this source."),
            remedy=_("Set the environment variable {connection} to its address."),
            place=Place(source=source.name),
            connection=source.connection,
        )
    dsn = _PACKAGE.sub(lambda found: _package(source, found[1]), dsn)
    return dsn.replace("{home}", str(home))


def locate(source: Source, dsn: str) -> Location:
    """Take a DSN apart.

    Raises:
        Fault: ``source.dsn`` for an unknown kind; the DSN itself is not repeated.
    """
    scheme, separator, rest = dsn.partition("://")
    kind = SCHEMES.get(scheme)
    if not separator or kind is None:
        raise Fault(
            "source.dsn",
            _("The address in {connection} is of no known kind."),
            remedy=_("Write {kinds}, then ://, then where it is."),
            place=Place(source=source.name),
            connection=source.connection,
            kinds=", ".join(SCHEMES),
        )
    if kind in _SERVERS or scheme in ("api+https", "api+http"):
        return Location(kind, dsn)
    path, _mark, query = rest.removeprefix("/").partition("?")
    return Location(kind, dsn, Path(path), dict(parse_qsl(query)))


def _package(source: Source, name: str) -> str:
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise Fault(
            "source.package_missing",
            _("The Python package {package} is not installed."),
            remedy=_("Install it, or set {connection} to another address."),
            place=Place(source=source.name),
            package=name,
            connection=source.connection,
        )
    return str(places[0])
