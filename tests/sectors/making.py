"""Small samples of the sector systems, as their owners have them and as the platform reads them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from contracts.loading import load_datasets
from contracts.mappings import Source
from demo.system import Place, System, World
from demo.truth import PlantedFault
from demo.units import read_units
from standardization.functions import FUNCTIONS
from standardization.sources import open_reader

UNITS = read_units()
SOURCES = load_datasets(Path(__file__).parents[2] / "datasets", frozenset(FUNCTIONS)).sources
Rows = list[dict[str, object]]


@dataclass
class Made:
    """One sample of a system, in a home of its own."""

    system: System
    home: Path
    rows: int = 0
    truth: list[PlantedFault] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """As it is declared."""
        return SOURCES[self.system.name]

    @property
    def address(self) -> str:
        """Where the platform reads this sample."""
        return str(self.source.default).replace("{home}/demo", str(self.home))

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """What the system's own database answers, where it is SQLite."""
        with closing(sqlite3.connect(self.home / f"{self.system.name}.db")) as db:
            return db.execute(statement).fetchall()

    @cached_property
    def tables(self) -> dict[str, Rows]:
        """Everything that a reader gives."""
        with open_reader(self.source, self.address) as reader:
            return {
                table: reader.read(table, reader.schema(table).names).read_all().to_pylist()
                for table in reader.tables()
            }


def made(system: System, home: Path, seed: int = 7, scale: float = 0.01) -> Made:
    """A sample of `system` under `home`."""
    home.mkdir(parents=True, exist_ok=True)
    sample = Made(system, home)
    place = Place(home, system.name, sample.truth.extend)
    sample.rows = system.make(World(seed, scale, UNITS), place)
    return sample
