"""Mappings as their frozen types.

Here belongs the small grammar of ``from`` and ``join``. What the expressions may hold is
`contracts.sql`; compiling them is `standardization.compiler`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from contracts.documents import Document, Path_, unknown
from contracts.folder import MappingFile, digest
from contracts.i18n import _
from contracts.joins import Join, TableUse
from contracts.loading_sources import meaning_of
from contracts.mappings import (
    NamedCondition,
    SourceMapping,
    Watermark,
)
from contracts.model import Localized
from contracts.profile.mapping import (
    ConditionShape,
    MappingShape,
    ShapeShape,
    SourceShape,
)

_TABLE = r'(?P<table>"[^"]+"|[^\s"]+)'
_USE = re.compile(rf"{_TABLE}(\s+(as\s+)?(?P<alias>[A-Za-z_]\w*))?", re.IGNORECASE)
_JOIN = re.compile(
    rf"{_TABLE}(\s+(as\s+)?(?!on\s)(?P<alias>[A-Za-z_]\w*))?\s+on\s+(?P<on>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ALIAS = re.compile(r"[A-Za-z_]\w*")


def build_mapping(
    dataset: str, file: MappingFile, sources: Mapping[str, SourceShape]
) -> SourceMapping:
    """Make the `SourceMapping`.

    Faults ``mapping.from``, ``mapping.join`` (their grammar) and ``mapping.unknown_source``.
    The hash is over the file, its ``.sql`` and the source's entry without its connection.
    """
    shape, document = file.shape, file.document
    if not isinstance(shape, MappingShape):
        raise TypeError(document.file)
    if shape.source not in sources:
        raise unknown(
            document, ("source",), "mapping.unknown_source", shape.source, sources
        ).fault()
    key = key_table(document, shape)
    joins = read_joins(document, shape.join)
    watermark = shape.watermark
    return SourceMapping(
        name=file.name,
        dataset=dataset,
        source=shape.source,
        path=document.path,
        uses=(key, *(join.use for join in joins)),
        joins=joins,
        key=shape.key,
        columns=shape.columns,
        watermark=Watermark(watermark.column, _lookback(watermark.lookback)) if watermark else None,
        order=shape.order,
        precedence=shape.precedence,
        exclusions=conditions(document, "exclude", shape.exclude),
        fixes=conditions(document, "fixed", shape.fixed),
        doubts=conditions(document, "doubt", shape.doubt),
        lookups=shape.lookups,
        lenient=frozenset(shape.lenient),
        habits=frozenset(shape.habits),
        shape=file.select,
        lines={name: document.line(("columns", name)) for name in shape.columns},
        hash=digest(
            document.path.read_bytes(),
            (file.select or "").encode(),
            meaning_of(sources[shape.source]),
        ),
    )


def key_table(document: Document, shape: MappingShape) -> TableUse:
    """The key table of a mapping; with a shape its `table` is empty."""
    if isinstance(shape.from_, ShapeShape):
        return TableUse("", shape.from_.alias)
    match = _USE.fullmatch(shape.from_)
    use = _use(match) if match else None
    if use is None:
        document.refuse(
            ("from",),
            "mapping.from",
            _("from must be a table and its alias, e.g. HOSO hs."),
            _("Write it so; a table name with spaces goes in double quotes and needs an alias."),
        )
    return use


def read_joins(document: Document, texts: Sequence[str], below: Path_ = ()) -> tuple[Join, ...]:
    """The joins that stand as texts under the key ``join`` of `below`, in their order."""
    joins = []
    for position, text in enumerate(texts):
        where = (*below, "join", position)
        match = _JOIN.fullmatch(text)
        use = _use(match) if match else None
        if match is None or use is None:
            document.refuse(
                where,
                "mapping.join",
                _("A join must read: TABLE alias on condition."),
                _("For example: DM_THUTUC tt on tt.MaTT = hs.MaTT."),
            )
        joins.append(Join(use, match["on"].strip(), document.line(where)))
    return tuple(joins)


def _use(match: re.Match[str]) -> TableUse | None:
    table = match["table"]
    dataset = table.startswith("ref.")
    name = table.removeprefix("ref.").strip('"')
    alias = match["alias"] or name
    return TableUse(name, alias, dataset) if _ALIAS.fullmatch(alias) else None


def conditions(
    document: Document, part: str, shapes: Mapping[str, ConditionShape]
) -> tuple[NamedCondition, ...]:
    """The named conditions that stand under the key `part`."""
    return tuple(
        NamedCondition(
            name,
            condition.when,
            Localized(condition.title.vi, condition.title.en),
            document.line((part, name)),
        )
        for name, condition in shapes.items()
    )


def _lookback(text: str) -> timedelta:
    count, unit = text.split()
    return timedelta(**{unit.removesuffix("s") + "s": int(count)})
