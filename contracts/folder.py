"""Every file under ``datasets/``, read into its shape, with what is wrong in each.

Here belong finding the files and reading them one by one. Meaning across files is
`contracts.linting`; the frozen types are made by `contracts.loading`.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contracts.documents import Document, read_document, read_text, relative
from contracts.errors import Fault
from contracts.i18n import _
from contracts.model import Code, CodeList, Localized
from contracts.problems import Problem, problem_of
from contracts.profile.contract import ContractShape
from contracts.profile.mapping import (
    DerivationShape,
    MappingShape,
    ObservationShape,
    RowDerivationShape,
    ShapeShape,
    SourceShape,
    SourcesShape,
)
from contracts.profile.shape import check_shape

CONTRACT = "contract.odcs.yaml"
SOURCES = "sources.yaml"
LIST_HEADER = ["code", "title_vi", "title_en"]


@dataclass(frozen=True)
class ContractFile:
    """A contract as it stands in its file."""

    document: Document
    shape: ContractShape


@dataclass(frozen=True)
class MappingFile:
    """A mapping or derivation as it stands in its file; `select` is the text of its ``.sql``."""

    document: Document
    shape: MappingShape | DerivationShape | RowDerivationShape | ObservationShape
    select: str | None = None

    @property
    def name(self) -> str:
        """Name of the mapping: the file's name without its ending."""
        return self.document.path.stem


@dataclass(frozen=True)
class SourcesFile:
    """A ``sources.yaml`` as it stands: at the top, or in the folder of a dataset."""

    document: Document
    shape: SourcesShape


@dataclass(frozen=True)
class Folder:
    """What could be read, and every problem met on the way.

    `lists` by (dataset, list). `sources` is None where a ``sources.yaml`` could not be read.
    """

    root: Path
    sources: tuple[SourcesFile, ...] | None
    contracts: Mapping[str, ContractFile]
    mappings: Mapping[str, tuple[MappingFile, ...]]
    lists: Mapping[tuple[str, str], CodeList]
    problems: tuple[Problem, ...]

    @property
    def source_shapes(self) -> dict[str, SourceShape]:
        """Every source that could be read, by name; of two of a name the first."""
        shapes: dict[str, SourceShape] = {}
        for file in self.sources or ():
            shapes = file.shape.root | shapes
        return shapes


@dataclass
class _Reading:
    root: Path
    problems: list[Problem] = field(default_factory=list)

    def document(self, path: Path, *, text_only: bool = False) -> Document | None:
        try:
            return read_document(path, self.root, text_only=text_only)
        except Fault as fault:
            self.problems.append(problem_of(fault))
            return None

    def text(self, path: Path) -> str | None:
        try:
            return read_text(path, self.root)
        except Fault as fault:
            self.problems.append(problem_of(fault))
            return None


def read_folder(root: Path) -> Folder:
    """Read all of ``datasets/``; never raises for what a file holds.

    A folder counts as a dataset when it holds a contract, a mapping or a list; a root
    without any contract is a problem (``datasets.none``).
    """
    reading = _Reading(root)
    contracts: dict[str, ContractFile] = {}
    mappings: dict[str, tuple[MappingFile, ...]] = {}
    lists: dict[tuple[str, str], CodeList] = {}
    for folder in _folders(root):
        contract = _contract(reading, folder)
        if contract:
            contracts[folder.name] = contract
        mappings[folder.name] = tuple(_mappings(reading, folder))
        for path in sorted(folder.glob("lists/*.csv")):
            code_list = _code_list(reading, path)
            if code_list:
                lists[(folder.name, path.stem)] = code_list
    if not contracts and not reading.problems:
        reading.problems.append(
            Problem(
                root.name,
                0,
                "datasets.none",
                _("No contract was found in this folder."),
                _("Give the folder that holds <dataset>/contract.odcs.yaml."),
            )
        )
    sources = _sources(reading, root, needed=any(mappings.values()))
    return Folder(root, sources, contracts, mappings, lists, tuple(reading.problems))


def digest(*parts: bytes) -> str:
    """SHA-256 over parts, each with its length so that none can flow into the next."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def _folders(root: Path) -> Iterator[Path]:
    if root.is_dir():
        for path in sorted(root.iterdir()):
            if path.is_dir() and not path.name.startswith((".", "_")):
                yield path


def _contract(reading: _Reading, folder: Path) -> ContractFile | None:
    document = reading.document(folder / CONTRACT)
    if document is None:
        return None
    shape, problems = check_shape(ContractShape, document)
    reading.problems.extend(problems)
    if shape is None:
        return None
    wrong = [
        document.problem(
            where,
            "contract.folder_is_id",
            _("{written} must be {name}, the name of the folder."),
            _("Rename one of them; id, schema name and folder are the same word."),
            written=written,
            name=folder.name,
        )
        for where, written in ((("id",), shape.id), (("schema", 0, "name"), shape.schema_[0].name))
        if written != folder.name
    ]
    reading.problems.extend(wrong)
    return None if wrong else ContractFile(document, shape)


def _mappings(reading: _Reading, folder: Path) -> Iterator[MappingFile]:
    for path in sorted(folder.glob("from/*.yaml")):
        document = reading.document(path, text_only=True)
        if document is None:
            continue
        keys = document.data if isinstance(document.data, dict) else {}
        shape: MappingShape | DerivationShape | RowDerivationShape | ObservationShape | None
        if "observe" in keys:
            shape, problems = check_shape(ObservationShape, document)
        elif "derive" not in keys:
            shape, problems = check_shape(MappingShape, document)
        elif "rows" in keys:
            shape, problems = check_shape(RowDerivationShape, document)
        else:
            shape, problems = check_shape(DerivationShape, document)
        reading.problems.extend(problems)
        if shape is None:
            continue
        select = None
        if isinstance(shape, MappingShape) and isinstance(shape.from_, ShapeShape):
            select = reading.text(path.with_name(shape.from_.shape))
            if select is None:
                continue
        yield MappingFile(document, shape, select)


def _sources(reading: _Reading, root: Path, *, needed: bool) -> tuple[SourcesFile, ...] | None:
    paths = [folder / SOURCES for folder in (root, *_folders(root)) if (folder / SOURCES).exists()]
    if not paths and not needed:
        return ()
    files = []
    for path in paths or [root / SOURCES]:
        document = reading.document(path, text_only=True)
        shape = None
        if document is not None:
            shape, problems = check_shape(SourcesShape, document)
            reading.problems.extend(problems)
        files.append(SourcesFile(document, shape) if document and shape else None)
    whole = tuple(file for file in files if file)
    return whole if len(whole) == len(files) else None


def _code_list(reading: _Reading, path: Path) -> CodeList | None:
    text = reading.text(path)
    if text is None:
        return None
    file = relative(path, reading.root)
    reader = csv.reader(io.StringIO(text))
    codes: dict[str, Code] = {}

    def refuse(line: int, check: str, message: str, remedy: str, **values: object) -> None:
        reading.problems.append(Problem(file, line, check, message, remedy, values))

    if next(reader, None) != LIST_HEADER:
        refuse(
            1,
            "list.header",
            _("A code list starts with the line code,title_vi,title_en."),
            _("Write this as the first line."),
        )
        return None
    for row in reader:
        line = reader.line_num
        if len(row) != len(LIST_HEADER) or not all(cell.strip() for cell in row):
            refuse(
                line,
                "list.row",
                _("Each line holds a code and its title in both languages."),
                _("Fill in the three cells; put a title with a comma in quotes."),
            )
        elif row[0] in codes:
            refuse(
                line,
                "list.duplicate",
                _("The code {code} stands here twice."),
                _("Keep one of them."),
                code=row[0],
            )
        else:
            codes[row[0]] = Code(row[0], Localized(row[1].strip(), row[2].strip()))
    return CodeList(path.stem, tuple(codes.values()))
