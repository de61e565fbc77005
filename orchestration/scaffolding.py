"""New folders: a contract and a mapping written from a live table, ready to edit.

What is written is complete and passes ``check``, so that ``preview`` works at once; what a
person must decide is marked in it. Nothing that exists is overwritten.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pyarrow as pa
import yaml

from contracts.errors import Fault, Place
from contracts.folder import CONTRACT, Folder, read_folder
from contracts.i18n import _
from contracts.loading_contract import build_contract
from contracts.loading_sources import build_sources
from contracts.mappings import Source
from contracts.model import Contract
from contracts.text import fold
from orchestration.platform import Platform, unknown_dataset
from standardization.functions import FUNCTIONS
from standardization.scaffold import mapping_yaml
from standardization.sources import open_reader, resolve_dsn

_NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")
_HEAD = """\
# Written from a live table. Decide: titles, primaryKey, classification of every column
# (public | internal | personal | sensitive), access (open | shared | on_request),
# status (draft | active). docs/contracts.md explains every field.
"""
_EVERY_DAY = {
    "property": "frequency",
    "value": 1,
    "unit": "d",
    "scheduler": "cron",
    "schedule": "0 3 * * *",
}
_LICENCE = {
    "id": "cc-by",
    "title": "Ghi công 4.0 Quốc tế (CC BY 4.0)",
    "titleEn": "Creative Commons Attribution 4.0",
    "url": "https://creativecommons.org/licenses/by/4.0/",
}


def new_dataset(platform: Platform, name: str, source: str, table: str) -> tuple[Path, ...]:
    """Make ``datasets/<name>`` with a contract and the mapping of its first source.

    Returns:
        The files written.

    Raises:
        Fault: ``new.name``, ``new.exists``, or what the source refuses.
    """
    if not _NAME.fullmatch(name):
        raise Fault(
            "new.name",
            _("A dataset's name is lower-case letters, digits and _, starting with a letter."),
            remedy=_("Choose a name such as market_price."),
        )
    root = platform.settings.datasets
    contract_file = root / name / CONTRACT
    _refuse_existing(contract_file)
    found = _source(read_folder(root), source)
    schema = _schema(platform, found, table)
    contract_file.parent.mkdir(parents=True, exist_ok=True)
    contract_file.write_text(_contract_yaml(name, found, schema), encoding="utf-8")
    return contract_file, _write_mapping(
        _contract(read_folder(root), name), root, found, table, schema
    )


def new_mapping(platform: Platform, dataset: str, source: str, table: str) -> Path:
    """Write ``from/<source>.yaml`` of `dataset` from the live table.

    Returns:
        The file written.

    Raises:
        Fault: ``new.exists``, ``dataset.unknown``, what is wrong in the contract, or what the
            source refuses.
    """
    root = platform.settings.datasets
    folder = read_folder(root)
    contract = _contract(folder, dataset)
    found = _source(folder, source)
    return _write_mapping(contract, root, found, table, _schema(platform, found, table))


def _write_mapping(
    contract: Contract, root: Path, source: Source, table: str, schema: pa.Schema
) -> Path:
    file = root / contract.id / "from" / f"{source.name}.yaml"
    _refuse_existing(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(mapping_yaml(contract, source, table, schema), encoding="utf-8")
    return file


def _contract(folder: Folder, dataset: str) -> Contract:
    """One contract alone: a dataset that has no mapping yet cannot be loaded with the others."""
    if dataset not in folder.contracts:
        own = f"{folder.root.name}/{dataset}/"
        broken = (problem.fault() for problem in folder.problems if problem.file.startswith(own))
        raise next(broken, unknown_dataset(dataset, folder.contracts))
    return build_contract(folder.contracts[dataset], folder, frozenset(FUNCTIONS))


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise Fault(
            "new.exists",
            _("This file exists already."),
            remedy=_("Edit it, or remove it first."),
            place=Place(file=os.path.relpath(file)),
        )


def _source(folder: Folder, name: str) -> Source:
    sources = build_sources(folder.sources or ())
    if name not in sources:
        raise Fault(
            "source.unknown",
            _("There is no source called {name}."),
            remedy=_("The sources are: {names}. Declare yours in a sources.yaml."),
            place=Place(file=os.path.relpath(folder.root / "sources.yaml")),
            name=name,
            names=", ".join(sources) or "–",
        )
    return sources[name]


def _schema(platform: Platform, source: Source, table: str) -> pa.Schema:
    with open_reader(source, resolve_dsn(source, platform.environ, platform.home)) as reader:
        names = {name.casefold(): name for name in reader.tables()}
        if table.casefold() not in names:
            raise Fault(
                "source.table_missing",
                _("The source has no table called {table}."),
                remedy=_("Its tables are: {tables}."),
                place=Place(source=source.name, table=table),
                table=table,
                tables=", ".join(sorted(names.values())[:20]),
            )
        return reader.schema(names[table.casefold()])


def column_name(label: str) -> str:
    """A contract's column name from a source's: ``Giá bán (đ)`` → ``gia_ban_d``,
    ``MaDonVi`` → ``ma_don_vi``."""
    spaced = "".join(
        f"_{letter}" if letter.isupper() and (before.islower() or before.isdigit()) else letter
        for before, letter in zip(" " + label, label, strict=False)
    )
    name = re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")
    return name if name[:1].isalpha() else f"c_{name}"


def _types(kind: pa.DataType) -> dict[str, str]:
    if pa.types.is_boolean(kind):
        return {"logicalType": "boolean"}
    if pa.types.is_integer(kind):
        return {"logicalType": "integer", "physicalType": "BIGINT"}
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return {"logicalType": "number", "physicalType": "DECIMAL(20,4)"}
    if pa.types.is_date(kind):
        return {"logicalType": "date"}
    if pa.types.is_timestamp(kind):
        return {"logicalType": "timestamp"}
    return {"logicalType": "string"}


def _property(position: int, label: str, kind: pa.DataType) -> dict[str, object]:
    key = {"primaryKey": True, "primaryKeyPosition": 1, "required": True} if position == 0 else {}
    return {
        "name": column_name(label),
        "businessName": label,
        "description": f"{label}.",
        **_types(kind),
        **key,
        "classification": "internal",
        **_custom(businessNameEn=label, descriptionEn=f"{label}."),
    }


def _contract_yaml(name: str, source: Source, schema: pa.Schema) -> str:
    document: dict[str, object] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": name,
        "version": "0.1.0",
        "status": "draft",
        "name": name,
        "domain": "gove",
        "tags": [],
        "description": {"purpose": f"{name}.", **_custom(purposeEn=f"{name}.")},
        "team": {
            "name": source.title.vi,
            "members": [{"username": "steward@example.vn", "role": "steward"}],
        },
        "schema": [
            {
                "name": name,
                "dataGranularityDescription": "Một dòng là một bản ghi của nguồn.",
                **_custom(grainEn="One row is one record of the source."),
                "properties": [
                    _property(position, field.name, field.type)
                    for position, field in enumerate(schema)
                ],
            }
        ],
        "slaProperties": [_EVERY_DAY],
        **_custom(
            nameEn=name,
            access="shared",
            ownerAgency=source.owner_agency,
            ownerAgencyEn=source.title.en,
            legalBasis=["Nghị định 278/2025/NĐ-CP"],
            licence=_LICENCE,
            tolerance=0.05,
        ),
    }
    return _HEAD + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)


def _custom(**values: object) -> dict[str, list[dict[str, object]]]:
    """What the standard has no key for."""
    listed = [{"property": name, "value": value} for name, value in values.items()]
    return {"customProperties": listed}
