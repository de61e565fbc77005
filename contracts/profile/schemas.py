"""The profile as JSON Schema, so that editors complete and check while a steward types.

``python -m contracts.profile.schemas`` writes the files beside this module; a test checks
that they are current. The shapes themselves are in the modules beside this one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contracts.profile.contract import ContractShape
from contracts.profile.mapping import (
    DerivationShape,
    MappingShape,
    ObservationShape,
    RowDerivationShape,
    SourcesShape,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"


AnyMapping = MappingShape | DerivationShape | RowDerivationShape | ObservationShape


def render() -> dict[str, str]:
    """The text of each schema file by its name."""
    mapping = TypeAdapter[AnyMapping](AnyMapping)
    schemas = {
        "contract": ContractShape.model_json_schema(),
        "mapping": _scalars_as_text(mapping.json_schema()),
        "sources": _scalars_as_text(SourcesShape.model_json_schema()),
    }
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": DIALECT, **schema}, ensure_ascii=False, indent=1
        )
        + "\n"
        for name, schema in schemas.items()
    }


def _scalars_as_text(schema: Any) -> Any:
    """In a mapping every scalar is text, so ``NULL`` and ``1`` need no quotes in an editor."""
    if isinstance(schema, list):
        return [_scalars_as_text(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    widened = {key: _scalars_as_text(part) for key, part in schema.items()}
    if widened.get("type") == "string" and "pattern" not in widened:
        widened["type"] = ["string", "number", "boolean", "null"]
    return widened


def write(folder: Path) -> None:
    """Write every schema file into `folder`."""
    for name, text in render().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parent)
