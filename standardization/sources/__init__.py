"""Reading sector databases: one driver per kind, all with the same `Reader` interface.

Here belongs everything that knows how a source stores rows. What is read and where it is
kept is `standardization.landing`; what it means is the mapping. The driver of a kind is the
class ``<Kind>Reader`` of the module named for it, imported when a source of that kind is
opened: each brings libraries of its own, and a run needs one or two of them.
"""

from __future__ import annotations

from importlib import import_module

from contracts.mappings import Source
from standardization.sources.dsn import locate, resolve_dsn
from standardization.sources.guarded import GuardedReader
from standardization.sources.reader import Reader, Since

__all__ = ["Reader", "Since", "locate", "open_reader", "resolve_dsn"]


def open_reader(source: Source, dsn: str) -> Reader:
    """A reader of `source` (a context manager; the source is opened on entering it).

    Raises:
        Fault: ``source.dsn`` for an unknown kind; on entering ``source.unreachable``,
            ``source.credentials`` or ``source.unreadable``.
    """
    location = locate(source, dsn)
    module = import_module(f"{__name__}.{location.kind.value}")
    reader: Reader = getattr(module, f"{location.kind.value.capitalize()}Reader")(source, location)
    return GuardedReader(reader) if source.never else reader
