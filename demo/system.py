"""What a sector system of the sample is, and where it is written.

A system is a module of `demo.sectors` with a `SYSTEM`; adding one is adding a module, nothing
else names it. How each system spells its rows belongs in that module.
"""

from __future__ import annotations

import pkgutil
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from demo import sectors
from demo.store import Writer, sqlite_writer
from demo.truth import PlantedFault
from demo.units import Units

USUAL_CASES = 50_000
"""The one-stop cases of a sample of the usual size, which every system's size follows."""


@dataclass(frozen=True)
class World:
    """What all systems share, so that they agree with one another: one province, one seed,
    one size (`scale` 1 is the usual one)."""

    seed: int
    scale: float
    units: Units

    def rng(self, system: str, *stream: int) -> np.random.Generator:
        """Random numbers of one system's `stream`, the same for the same seed."""
        return np.random.default_rng([self.seed, *system.encode(), *stream])

    def size(self, usual: int, least: int = 1) -> int:
        """How many rows a table has that has `usual` at scale 1; never fewer than `least`,
        so that a small sample still holds every fault."""
        return max(least, round(usual * self.scale))


def unheard(rows: int) -> None:
    """Progress that nobody follows."""
    del rows


@dataclass(frozen=True)
class Place:
    """Where one system is written: a SQLite file of its own, or a folder of files. `tell`
    takes the truth about its faults, `progress` the number of its rows so far."""

    home: Path
    name: str
    tell: Callable[[Iterable[PlantedFault]], None]
    progress: Callable[[int], None] = unheard

    def database(self) -> AbstractContextManager[Writer]:
        """The system's database, there whole when the block ends well."""
        return sqlite_writer(self.home / f"{self.name}.db", self.progress)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A new folder that takes its place only when the block ends well."""
        partial, final = self.home / f".{self.name}.partial", self.home / self.name
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            shutil.rmtree(final, ignore_errors=True)
            partial.replace(final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


@dataclass(frozen=True)
class System:
    """One sector system. `name` is that of its source; `make` writes all of it and gives the
    number of its rows. `database`: whether it is one, or a folder of files."""

    name: str
    make: Callable[[World, Place], int]
    database: bool = True

    def there(self, home: Path) -> bool:
        """Whether it was written."""
        if self.database:
            return (home / f"{self.name}.db").is_file()
        return (home / self.name).is_dir()


def sector_systems() -> tuple[System, ...]:
    """Every system of `demo.sectors`, by name. A module without ``SYSTEM`` holds what
    several share."""
    names = sorted(module.name for module in pkgutil.iter_modules(sectors.__path__))
    modules = (import_module(f"{sectors.__name__}.{name}") for name in names)
    return tuple(module.SYSTEM for module in modules if hasattr(module, "SYSTEM"))
