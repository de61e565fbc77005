"""YAML files as plain data that still know their lines.

Here belong reading a YAML document and finding the line of any of its parts. What a document
must say is `contracts.profile`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

import yaml

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.problems import Problem, nearest

Path_ = tuple[str | int, ...]
"""Where a part of a document is: keys and list positions from the root."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it: seven times as fast."""
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_PLAIN = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Document:
    """A YAML file: `data` as plain dicts, lists and scalars (text in NFC), `lines` by path."""

    file: str
    path: Path
    data: object
    lines: Mapping[Path_, int]

    def line(self, where: Path_) -> int:
        """Line of the part at `where`, or of the nearest part around it that exists."""
        for length in range(len(where), -1, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return 1

    def at(self, where: Path_) -> object:
        """The data at `where`, which must exist."""
        data = self.data
        for step in where:
            data = cast("Any", data)[step]
        return data

    def custom(self, where: Path_, name: str) -> Path_:
        """Where the custom property `name` of the part at `where` stands; else the part."""
        part = self.at(where)
        entries = part.get("customProperties") if isinstance(part, dict) else None
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and entry.get("property") == name:
                return (*where, "customProperties", number)
        return where

    def problem(
        self, where: Path_, check: str, message: str, remedy: str, **values: object
    ) -> Problem:
        """A problem at the part called `where`."""
        return Problem(self.file, self.line(where), check, message, remedy, values)

    def refuse(
        self, where: Path_, check: str, message: str, remedy: str, **values: object
    ) -> NoReturn:
        """Raise that problem as a Fault."""
        raise self.problem(where, check, message, remedy, **values).fault()

    def located(self, where: Path_, fault: Fault) -> Problem:
        """A Fault that knows no place (such as one of `contracts.sql`) as a problem here."""
        return self.problem(where, fault.check, fault.message, fault.remedy, **fault.values)


def relative(path: Path, root: Path) -> str:
    """`path` as people read it: from the folder `root` on, with forward slashes."""
    return (Path(root.name) / path.relative_to(root)).as_posix()


def read_text(path: Path, root: Path) -> str:
    """The text of a file under `root` in NFC; Faults ``file.missing`` and ``file.not_utf8``."""
    place = Place(file=relative(path, root))
    try:
        return unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise Fault(
            "file.not_utf8",
            _("The file is not UTF-8 text."),
            remedy=_("Save it as UTF-8."),
            place=place,
        ) from None
    except OSError:
        raise Fault(
            "file.missing",
            _("The file cannot be read."),
            remedy=_("Make the file, or correct the name where it is used."),
            place=place,
        ) from None


def read_document(path: Path, root: Path, *, text_only: bool = False) -> Document:
    """Read one YAML document by the YAML 1.2 rules for scalars (dates stay text).

    With `text_only` every scalar is the text as written, save an unquoted null; keys are text
    always. Anchors are refused, so a small file cannot unfold into a large one. Faults:
    ``yaml.syntax``, ``yaml.duplicate_key``, and those of `read_text`.
    """
    file = relative(path, root)
    reader = _Reader(file, text_only)
    try:
        node = yaml.compose(read_text(path, root), Loader=_LOADER)
        data = reader.build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Problem(
            file,
            mark.line + 1 if mark else 0,
            "yaml.syntax",
            _("This is not valid YAML."),
            _("Check the indentation, the quotes and the colons around this line."),
        ).fault() from None
    except (yaml.YAMLError, RecursionError):
        raise Problem(
            file,
            0,
            "yaml.syntax",
            _("The file holds characters or structures that YAML does not allow."),
            _("Write it again as plain text."),
        ).fault() from None
    return Document(file, path, data, reader.lines)


class _Reader:
    def __init__(self, file: str, text_only: bool) -> None:
        self._file = file
        self._text_only = text_only
        self._built: set[int] = set()
        self.lines: dict[Path_, int] = {}

    def build(self, node: yaml.Node, where: Path_) -> object:
        self.lines.setdefault(where, node.start_mark.line + 1)
        if id(node) in self._built:
            self._refuse(
                node,
                "yaml.anchor",
                _("An anchor is used a second time."),
                _("Write this part out; anchors (& and *) are not allowed here."),
            )
        self._built.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, self._text_only)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*where, n)) for n, item in enumerate(node.value)]
        return dict(self._pairs(node, where))

    def _pairs(self, node: yaml.Node, where: Path_) -> Iterator[tuple[str, object]]:
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(
                    key,
                    "yaml.syntax",
                    _("A key must be plain text."),
                    _("Put the key in quotes."),
                )
            name = str(key.value)
            if name in seen:
                self._refuse(
                    key,
                    "yaml.duplicate_key",
                    _("The key {key} stands here twice."),
                    _("Keep one of them."),
                    key=name,
                )
            seen.add(name)
            self.lines[(*where, name)] = key.start_mark.line + 1
            yield name, self.build(value, (*where, name))

    def _refuse(
        self, node: yaml.Node, check: str, message: str, remedy: str, **values: object
    ) -> NoReturn:
        line = node.start_mark.line + 1
        raise Problem(self._file, line, check, message, remedy, values).fault()


def _scalar(node: yaml.ScalarNode, text_only: bool) -> object:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):  # quoted or block: text by definition
        return text
    if text in _PLAIN:
        return None
    if text_only:
        return text
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def unknown(
    document: Document, where: Path_, check: str, name: str, known: Collection[str]
) -> Problem:
    """A name that nothing answers to, with the one that was probably meant."""
    meant = nearest(name, known)
    if meant:
        return document.problem(
            where,
            check,
            _("{name} does not exist. Did you mean {meant}?"),
            _("Correct the name."),
            name=name,
            meant=meant,
        )
    return document.problem(
        where,
        check,
        _("{name} does not exist."),
        _("Correct the name, or add what it names."),
        name=name,
    )
