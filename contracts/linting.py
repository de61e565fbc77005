"""Finding everything that is wrong in ``datasets/``, each with its file and line.

Here belongs the order of the rules, the datasets as a whole and the check against ODCS's own
JSON Schema. The rules themselves are in the ``linting_*`` modules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from jsonschema import Draft201909Validator

from contracts.errors import Fault
from contracts.folder import ContractFile, read_folder
from contracts.i18n import _
from contracts.linting_contract import lint_contract
from contracts.linting_coverage import lint_coverage
from contracts.linting_derivation import lint_aggregate, lint_derivation
from contracts.linting_duplicates import lint_near_duplicates
from contracts.linting_mapping import lint_mapping
from contracts.linting_observation import lint_observation
from contracts.linting_rules import lint_rules
from contracts.linting_sources import lint_sources
from contracts.linting_tools import Surroundings
from contracts.loading import load_datasets
from contracts.problems import Problem, problem_of
from contracts.profile.mapping import MappingShape, ObservationShape

__all__ = ["Problem", "lint"]


def lint(root: Path, functions: frozenset[str]) -> tuple[Problem, ...]:
    """Every problem under `root`, in order of file and line; empty when all is well.

    `functions` are the cleaning functions that SQL may call. Nothing is raised for what a
    file holds.
    """
    folder = read_folder(root)
    around = Surroundings(folder, functions)
    problems = [*folder.problems]
    problems.extend(lint_sources(folder.sources or ()))
    for name in sorted(around.names):
        problems.extend(_dataset(name, around))
    if not problems:
        problems.extend(_whole(root, functions))
    distinct = {(p.file, p.line, p.check, p.render("en")): p for p in problems}
    return tuple(distinct[key] for key in sorted(distinct))


def _dataset(name: str, around: Surroundings) -> Iterator[Problem]:
    folder = around.folder
    contract = folder.contracts.get(name)
    if contract is None:
        return
    yield from _standard(contract)
    yield from lint_contract(name, contract, around)
    yield from lint_coverage(contract)
    yield from lint_near_duplicates(contract)
    yield from lint_rules(name, contract, around)
    for file in folder.mappings[name]:
        if isinstance(file.shape, MappingShape):
            yield from lint_mapping(name, file, contract, around)
            yield from lint_aggregate(file, contract, around)
        elif isinstance(file.shape, ObservationShape):
            yield from lint_observation(file, contract, around)
        else:
            yield from lint_derivation(file, contract, around)


def _standard(file: ContractFile) -> Iterator[Problem]:
    """What ODCS itself refuses; the profile is narrower, so this is rare."""
    for error in _validator().iter_errors(file.document.data):
        yield file.document.problem(
            tuple(error.absolute_path),
            "odcs.schema",
            _("The Open Data Contract Standard v3.2.0 does not allow this here."),
            _("docs/contracts.md shows how it is written."),
        )


@cache
def _validator() -> Draft201909Validator:
    schema = resources.files("open_data_contract_standard") / "schema.json"
    return Draft201909Validator(json.loads(schema.read_text(encoding="utf-8")))


def _whole(root: Path, functions: frozenset[str]) -> Iterator[Problem]:
    """What only loading finds: a dataset without a mapping, datasets in a circle."""
    try:
        load_datasets(root, functions)
    except Fault as fault:
        yield problem_of(fault)
