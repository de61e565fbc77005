"""`docs/systems.md`: the systems of a province, and what of each is shared.

The account of each system is ours and stands in ``docs/systems.csv``; whether a dataset is
there, and whether it is made from that system, is read from the contracts and mappings. Run
``python -m orchestration.systems_reference > docs/systems.md`` after a change of either.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.loading import Datasets, load_datasets
from contracts.mappings import Dataset
from contracts.model import Access
from standardization.functions import FUNCTIONS

_REPOSITORY = Path(__file__).resolve().parent.parent
LIST = _REPOSITORY / "docs" / "systems.csv"
_ACCESS = {Access.OPEN: "open", Access.SHARED: "shared", Access.ON_REQUEST: "on request"}
_INTRODUCTION = """\
# The systems of a province

{count} systems, consumers, exchanges and infrastructures of a provincial digital government,
by their Vietnamese names; a name that begins with a dash is a part of the one above it. In the
sample province {feeding} of them feed datasets, and {reading} read some that are there.

What is *planned* is not there: no dataset of that name, or none that is made from that system.
The last column then says how it is to be read, or why nothing of a system is shared.

This page is made from `docs/systems.csv` and the contracts:
`python -m orchestration.systems_reference`.

| | System | Feeds | Reads | Account |
|--:|---|---|---|---|
"""
_DATASETS = """
## Datasets

Who may read each dataset, and what it is made from.

| Dataset | Access | Made from |
|---|---|---|
"""


@dataclass(frozen=True)
class Listed:
    """One system of the list. `sources` are the names under which mappings read it, `feeds`
    and `reads` names of datasets, there or planned; ``a/b`` reads what `a` holds of `b`."""

    name: str
    sources: tuple[str, ...]
    feeds: tuple[str, ...]
    reads: tuple[str, ...]
    account: str

    def fed(self, datasets: Mapping[str, Dataset]) -> tuple[str, ...]:
        """Those of `feeds` that are made from this system today."""
        return tuple(name for name in self.feeds if sources_of(datasets, name) & {*self.sources})

    def read(self, datasets: Mapping[str, Dataset]) -> tuple[str, ...]:
        """Those of `reads` that are there today."""
        return tuple(name for name in self.reads if _is_there(datasets, *name.split("/")))


def listed_systems() -> tuple[Listed, ...]:
    """Every system of ``docs/systems.csv``, in its order."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return tuple(
            Listed(
                row["system"],
                tuple(row["sources"].split()),
                tuple(row["feeds"].split()),
                tuple(row["reads"].split()),
                row["account"],
            )
            for row in csv.DictReader(file)
        )


def sources_of(datasets: Mapping[str, Dataset], name: str) -> set[str]:
    """The sources that the mappings of a dataset read; none where it is not there."""
    return {mapping.source for mapping in datasets[name].mappings} if name in datasets else set()


def _is_there(datasets: Mapping[str, Dataset], name: str, part: str | None = None) -> bool:
    return name in datasets and (part is None or part in datasets[name].derived_from)


def render(found: Datasets) -> str:
    """The page."""
    systems, datasets = listed_systems(), found.datasets
    introduction = _INTRODUCTION.format(
        count=len(systems),
        feeding=sum(bool(system.fed(datasets)) for system in systems),
        reading=sum(bool(system.read(datasets)) for system in systems),
    )
    rows = [
        _line(
            (
                str(number),
                _cell(system.name),
                _datasets(system.feeds, system.fed(datasets)),
                _datasets(system.reads, system.read(datasets)),
                _cell(system.account),
            )
        )
        for number, system in enumerate(systems, start=1)
    ]
    return "".join((introduction, *rows, _DATASETS, *_made_from(found)))


def _made_from(found: Datasets) -> Iterator[str]:
    for name, dataset in sorted(found.datasets.items()):
        titles = [
            found.sources[source].title.en for source in sorted(sources_of(found.datasets, name))
        ]
        inputs = [f"`{other}`" for other in dataset.derived_from]
        access = _ACCESS[dataset.contract.access]
        yield _line((f"`{name}`", access, "; ".join(map(_cell, titles)) or ", ".join(inputs)))


def _datasets(names: Iterable[str], there: Iterable[str]) -> str:
    ready = set(there)
    served = ", ".join(_dataset(name) for name in names if name in ready)
    planned = ", ".join(_dataset(name) for name in names if name not in ready)
    return "; ".join(part for part in (served, planned and f"*planned:* {planned}") if part)


def _dataset(name: str) -> str:
    whole, _of, part = name.partition("/")
    return f"`{whole}` (from `{part}`)" if part else f"`{whole}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(render(load_datasets(_REPOSITORY / "datasets", frozenset(FUNCTIONS))))
