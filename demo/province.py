"""Makes the sample province: its systems and the truth table, all or nothing.

The two one-stop systems are made here, together, because one takes cases over from the
other; the sector systems make themselves (`demo.system`). Which fault goes where is
`demo.planting`; how a system spells a case is `demo.igate` and `demo.mot_cua_2017`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from demo import faults_igate, faults_mot_cua, igate_lists, mot_cua_lists, workdays
from demo import igate as newer
from demo import mot_cua_2017 as older
from demo.cases import Courses
from demo.course import Course
from demo.handover import Columns, Moved, lost_zeros, migrated, taken_over
from demo.people import People, draw_people
from demo.planting import Planter
from demo.schedule import IGATE, MOT_CUA_2017, Batch, plan
from demo.store import (
    MARK,
    Row,
    Table,
    Writer,
    postgres_schema,
    postgres_writer,
    sqlite_file,
    sqlite_writer,
)
from demo.system import USUAL_CASES, Place, World, sector_systems, unheard
from demo.truth import Made, PlantedFault, add_truth, create_truth, read_made, record_made
from demo.units import Units, read_units

# Raised when the same size and seed would give other rows than before.
VERSION = 4
MINIMUM_CASES = 500
Progress = Callable[[str, int], None]
AddTruth = Callable[[Iterable[PlantedFault]], None]


@dataclass(frozen=True)
class Province:
    """What was made. The paths are None when the systems are schemas of a PostgreSQL
    database; `rows` are those of each system (of the one-stop systems, of their case table);
    `made` tells whether anything was written just now."""

    igate: Path | None
    mot_cua_2017: Path | None
    truth: Path
    cases: int
    seed: int
    rows: Mapping[str, int]
    made: bool


def make_province(
    home: Path,
    *,
    cases: int = USUAL_CASES,
    seed: int = 2025,
    dsn: str | None = None,
    progress: Progress | None = None,
) -> Province:
    """Make the sample in `home`, or in the database of `dsn` (the truth table always in
    `home`). Does nothing when a sample of this size and seed is there already.

    `cases` counts the cases; the tables hold a few rows more (old copies, cases taken over).
    `progress` is called with the system's name and its rows so far (of the one-stop systems,
    those of the case table).
    Raises `ValueError` for fewer than `MINIMUM_CASES` cases or a negative seed.
    """
    if cases < MINIMUM_CASES or seed < 0:
        raise ValueError(f"a sample needs at least {MINIMUM_CASES} cases and a seed of 0 or more")
    truth_path = home / "truth.db"
    kind = "sqlite" if dsn is None else "postgresql"
    found = read_made(truth_path)
    if found and (found.version, found.cases, found.seed, found.kind) == (
        VERSION, cases, seed, kind,
    ) and _complete(home, dsn, found):  # fmt: skip
        return _province(home, dsn, found, made=False)
    # The truth table goes first and comes last: while it is absent the sample is not whole.
    truth_path.unlink(missing_ok=True)
    with sqlite_file(truth_path) as truth:
        create_truth(truth)
        maker = _Maker(cases, seed, progress or _silent, lambda rows: add_truth(truth, rows))
        mark = _mark(cases, seed)
        with _writer(home, dsn, MOT_CUA_2017, mark) as writer:
            moved = maker.write_mot_cua(writer)
        with _writer(home, dsn, IGATE, mark) as writer:
            maker.write_igate(writer, moved)
        world = World(seed, cases / USUAL_CASES, maker.units)
        for system in sector_systems():
            place = Place(home, system.name, maker.tell, partial(maker.progress, system.name))
            maker.rows[system.name] = system.make(world, place)
        made = Made(VERSION, cases, seed, kind, maker.rows)
        record_made(truth, made)
    return _province(home, dsn, made, made=True)


def _silent(system: str, rows: int) -> None:
    del system, rows


def _mark(cases: int, seed: int) -> str:
    return f"{MARK}, version {VERSION}, {cases} cases, seed {seed}"


def _complete(home: Path, dsn: str | None, made: Made) -> bool:
    sectors = sector_systems()
    if made.rows.keys() != {IGATE, MOT_CUA_2017, *(system.name for system in sectors)}:
        return False
    if not all(system.there(home) for system in sectors):
        return False
    databases = (IGATE, MOT_CUA_2017)
    if dsn is None:
        return all((home / f"{name}.db").is_file() for name in databases)
    mark = _mark(made.cases, made.seed)
    return all(postgres_schema(dsn, name) == mark for name in databases)


def _writer(home: Path, dsn: str | None, system: str, mark: str) -> AbstractContextManager[Writer]:
    return (
        sqlite_writer(home / f"{system}.db", unheard)
        if dsn is None
        else postgres_writer(dsn, system, mark)
    )


def _province(home: Path, dsn: str | None, done: Made, *, made: bool) -> Province:
    files = {system: None if dsn else home / f"{system}.db" for system in (IGATE, MOT_CUA_2017)}
    return Province(
        files[IGATE],
        files[MOT_CUA_2017],
        home / "truth.db",
        done.cases,
        done.seed,
        done.rows,
        made,
    )


class _Maker:
    """Writes both systems; the old one first, because iGate takes cases over from it."""

    def __init__(self, cases: int, seed: int, progress: Progress, add: AddTruth) -> None:
        self._seed, self.progress, self.tell = seed, progress, add
        self.units: Units = read_units()
        self._courses = Courses(self.units, seed)
        self._batches = plan(cases)
        self.rows = {IGATE: 0, MOT_CUA_2017: 0}

    def _of(self, system: str) -> list[Batch]:
        return [batch for batch in self._batches if batch.system == system]

    def _people(self, batch: Batch, course: Course) -> People:
        old = batch.system == MOT_CUA_2017
        rng = np.random.default_rng([self._seed, 4, old, int(batch.days[0].astype(int))])
        home = 82 if old else 87
        return draw_people(rng, course.kind, home, old_cards=0.3 if old else 0.0)

    def _write(
        self, writer: Writer, system: str, table: Table, columns: Columns, extras: list[Row]
    ) -> None:
        writer.insert(table, zip(*columns.values(), strict=True))
        writer.insert(table, table.tuples(extras))
        self.rows[system] += len(columns["ID"]) + len(extras)
        self.progress(system, self.rows[system])

    def write_mot_cua(self, writer: Writer) -> list[Moved]:
        """Write the old system; gives the cases that iGate takes over."""
        for table, rows, truths in (
            (mot_cua_lists.TB_DONVI, *mot_cua_lists.agency_rows(self.units)),
            (mot_cua_lists.TB_TTHC, *mot_cua_lists.procedure_rows()),
            (mot_cua_lists.DM_TRANGTHAI, mot_cua_lists.status_rows(), []),
        ):
            self._write_list(writer, table, rows, truths)
        batches, table = self._of(MOT_CUA_2017), older.TB_HOSO
        writer.create(table)
        total = sum(batch.size for batch in batches)
        planter = Planter(
            MOT_CUA_2017,
            table.name,
            "SOBIENNHAN",
            faults_mot_cua.faults(self.units),
            self._seed,
            cases=total,
            before=total,
        )
        spelling, moved = older.Spelling(self.units), list[Moved]()
        for batch in batches:
            course = self._courses.draw(batch)
            people = self._people(batch, course)
            columns = spelling.columns(course, people, batch.first + 1)
            truths, extras = planter.plant(columns, batch.first)
            self.tell(truths)
            self.tell(lost_zeros(columns, course))
            self._write(writer, MOT_CUA_2017, table, columns, extras)
            if course.moved.any():
                moved.append(taken_over(self.units, course, people, columns))
                self.tell(migrated(columns, course))
        return moved

    def write_igate(self, writer: Writer, moved: list[Moved]) -> None:
        """Write iGate, with the cases that it took over."""
        for table, rows, truths in (
            (igate_lists.DM_DONVI, *igate_lists.agency_rows(self.units)),
            (igate_lists.DM_LINHVUC, igate_lists.field_rows(), []),
            (igate_lists.DM_THUTUC, *igate_lists.procedure_rows()),
        ):
            self._write_list(writer, table, rows, truths)
        batches, table = self._of(IGATE), newer.HOSO
        writer.create(table)
        total = sum(batch.size for batch in batches)
        before = sum(batch.size for batch in batches if batch.days[0] < workdays.MERGER)
        planter = Planter(
            IGATE,
            table.name,
            "SoHoSo",
            faults_igate.faults(self.units),
            self._seed,
            cases=total,
            before=before,
        )
        spelling = newer.Spelling(self.units)
        for batch in batches:
            course = self._courses.draw(batch)
            columns = spelling.columns(course, self._people(batch, course), batch.first + 1)
            truths, extras = planter.plant(columns, batch.first)
            self.tell(truths)
            self._write(writer, IGATE, table, columns, extras)
        for part in moved:
            first = planter.next_extra_id
            planter.next_extra_id += len(part.numbers)
            columns = spelling.moved_columns(
                part.course, part.people, part.numbers, part.receiving, first
            )
            self._write(writer, IGATE, table, columns, [])

    def _write_list(
        self, writer: Writer, table: Table, rows: list[Row], truths: list[PlantedFault]
    ) -> None:
        writer.create(table)
        writer.insert(table, table.tuples(rows))
        self.tell(truths)
