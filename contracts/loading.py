"""Reading ``datasets/``: every contract, mapping and source as frozen types, in order.

Loading refuses the first thing that is wrong in shape; `contracts.linting` finds everything
that is wrong, also in meaning, and is what a run asks first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.documents import relative
from contracts.folder import Folder, read_folder
from contracts.i18n import _
from contracts.loading_contract import build_contract, list_key
from contracts.loading_derivation import build_derivation, build_observation, with_aggregate
from contracts.loading_mapping import build_mapping
from contracts.loading_sources import build_sources
from contracts.mappings import Dataset, Derivation, Source, SourceMapping
from contracts.model import Contract
from contracts.observations import Observation
from contracts.problems import Problem
from contracts.profile.mapping import MappingShape, ObservationShape
from contracts.sql import REFERENCE, tables_of
from contracts.sql_functions import FUNCTION_DATASETS

_CALL = re.compile(rf"\b({'|'.join(FUNCTION_DATASETS)})\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Datasets:
    """All datasets, each after those it reads, and all sources, by name."""

    root: Path
    sources: Mapping[str, Source]
    datasets: Mapping[str, Dataset]
    needs: Mapping[str, tuple[str, ...]]

    def requires(self, name: str) -> tuple[str, ...]:
        """The datasets that a run of `name` reads, without itself, in running order."""
        return self.needs[name]


def load_datasets(root: Path, functions: frozenset[str] = frozenset()) -> Datasets:
    """Load the folder of all datasets.

    `functions` are the cleaning functions that rules of contracts may call. Raises the Fault
    of the first problem, with file and line: shape (``profile.*``, ``yaml.*``, ``file.*``,
    ``list.*``), SQL of a rule (``sql.*``), a source declared twice (``source.duplicate``), an
    unknown name (``dataset.unknown_name``), a
    dataset without mapping (``dataset.no_mapping``) or a cycle (``dataset.cycle``).
    """
    folder = read_folder(root)
    if folder.problems:
        raise folder.problems[0].fault()
    sources = build_sources(folder.sources or ())
    found: dict[str, Dataset] = {}
    for name in folder.contracts:
        _refuse_unknown_lists(folder, name)
        found[name] = _dataset(folder, name, functions)
    needs = {name: _needs(dataset) for name, dataset in found.items()}
    for name, needed in needs.items():
        for other in sorted(needed - set(found)):
            raise _unknown(folder, name, other).fault()
    order = sort_datasets(needs, folder)
    return Datasets(
        root=root,
        sources=sources,
        datasets={name: found[name] for name in order},
        needs={name: tuple(n for n in order if n in needs[name]) for name in order},
    )


def sort_datasets(needs: Mapping[str, frozenset[str]], folder: Folder) -> tuple[str, ...]:
    """Names so that each comes after what it needs; Fault ``dataset.cycle`` when none can."""
    order: list[str] = []
    waiting = dict(sorted(needs.items()))
    while waiting:
        ready = [name for name, needed in waiting.items() if needed <= set(order)]
        if not ready:
            raise Problem(
                relative(folder.contracts[min(waiting)].document.path, folder.root),
                0,
                "dataset.cycle",
                _("These datasets need each other in a circle: {names}."),
                _("Take one reference, join or derivation out of the circle."),
                {"names": ", ".join(waiting)},
            ).fault()
        order.extend(ready)
        for name in ready:
            del waiting[name]
    return tuple(order)


def _dataset(folder: Folder, name: str, functions: frozenset[str]) -> Dataset:
    contract = build_contract(folder.contracts[name], folder, functions)
    files = folder.mappings[name]
    derived = [file for file in files if not isinstance(file.shape, MappingShape)]
    if not files or (derived and len(files) > 1):
        raise Problem(
            folder.contracts[name].document.file,
            0,
            "dataset.no_mapping",
            _("The dataset {name} needs either mappings or one derivation in its folder from/."),
            _("Add a mapping (dungchung new source), or keep only the derivation."),
            {"name": name},
        ).fault()
    if derived and isinstance(derived[0].shape, ObservationShape):
        return Dataset(contract, observation=build_observation(name, derived[0]))
    if derived:
        return Dataset(contract, derivation=build_derivation(name, derived[0]))
    mappings = tuple(
        with_aggregate(contract, file, build_mapping(name, file, folder.source_shapes), functions)
        for file in files
    )
    counted = [mapping for mapping in mappings if mapping.aggregate]
    if counted and len(mappings) > 1:
        raise Problem(
            files[0].document.file,
            0,
            "dataset.several_aggregates",
            _("The dataset {name} counts rows, so it can have one mapping only."),
            _("Bring the sources together with a shape, or make a dataset of each."),
            {"name": name},
        ).fault()
    return Dataset(contract, mappings)


def _refuse_unknown_lists(folder: Folder, name: str) -> None:
    file = folder.contracts[name]
    for position, column in enumerate(file.shape.schema_[0].properties):
        written = column.custom_properties.code_list
        if written and list_key(name, written) not in folder.lists:
            raise file.document.problem(
                file.document.custom(("schema", 0, "properties", position), "codeList"),
                "contract.unknown_list",
                _("There is no code list {name}."),
                _("Write it as lists/<name>.csv beside the contract, or correct the name."),
                name=written,
            ).fault()


def _unknown(folder: Folder, name: str, other: str) -> Problem:
    return Problem(
        folder.contracts[name].document.file,
        0,
        "dataset.unknown_name",
        _("{name} reads the dataset {other}, which does not exist."),
        _("Correct the name, or add that dataset."),
        {"name": name, "other": other},
    )


def _needs(dataset: Dataset) -> frozenset[str]:
    needed = set(_of_contract(dataset.contract))
    for mapping in dataset.mappings:
        needed.update(_of_mapping(mapping))
    if dataset.derivation:
        needed.update(_of_derivation(dataset.derivation))
    if dataset.observation:
        needed.update(_of_observation(dataset.observation))
    return frozenset(needed - {dataset.contract.id})


def _of_contract(contract: Contract) -> Iterator[str]:
    for column in contract.columns:
        if column.reference:
            yield column.reference.dataset
    for check in contract.checks:
        yield from of_text(check.predicate or "")
        yield from of_text(check.query or "")
        for _schema, table in tables_of(check.query) if check.query else ():
            if table.startswith(REFERENCE):
                yield table.removeprefix(REFERENCE)


def _of_mapping(mapping: SourceMapping) -> Iterator[str]:
    for use in mapping.uses:
        if use.dataset:
            yield use.table
    for schema, table in tables_of(mapping.shape) if mapping.shape else ():
        if schema:
            yield table
    conditions = (*mapping.exclusions, *mapping.fixes, *mapping.doubts)
    if mapping.aggregate:
        for text in mapping.aggregate.grouping.expressions.values():
            yield from of_text(text)
    for text in (
        mapping.key,
        mapping.order or "",
        mapping.shape or "",
        *mapping.columns.values(),
        *(condition.condition for condition in conditions),
    ):
        yield from of_text(text)


def _of_derivation(derivation: Derivation) -> Iterator[str]:
    yield derivation.input
    texts = (*derivation.expressions.values(), derivation.expected, derivation.key or "")
    for text in (*texts, *(condition.condition for condition in derivation.exclusions)):
        yield from of_text(text)


def _of_observation(observation: Observation) -> Iterator[str]:
    yield from observation.inputs
    for formula in observation.formulas:
        yield from (join.use.table for join in formula.joins)
        for text in (formula.where, formula.numerator, formula.denominator or ""):
            yield from of_text(text)
        for text in formula.by.values():
            yield from of_text(text)


def of_text(text: str) -> Iterator[str]:
    """The datasets that the functions called in an SQL text read."""
    for call in _CALL.findall(text):
        yield from FUNCTION_DATASETS[call.lower()]
