from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from contracts.profile.schemas import render, write
from tests.contracts.example import (
    DERIVED,
    DOCUMENT,
    MARKET,
    REPOSITORY,
    SOURCES,
    STATISTICS,
    TRADE,
    replace,
    write_example,
)

FOLDER = REPOSITORY / "contracts" / "profile"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_example(tmp_path)


def problems(root: Path, file: str, schema: str) -> list[str]:
    validator = Draft202012Validator(json.loads(render()[f"{schema}.schema.json"]))
    data = yaml.safe_load((root / file).read_text(encoding="utf-8"))
    return [error.message for error in validator.iter_errors(data)]


def test_the_files_are_current(tmp_path: Path) -> None:
    write(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        message = "run python -m contracts.profile.schemas"
        assert (FOLDER / path.name).read_text(encoding="utf-8") == path.read_text("utf-8"), message


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (MARKET, "contract"),
        (STATISTICS, "contract"),
        (TRADE, "mapping"),
        (DERIVED, "mapping"),
        (SOURCES, "sources"),
    ],
)
def test_an_editor_finds_the_example_right(root: Path, file: str, schema: str) -> None:
    assert problems(root, file, schema) == []


@pytest.mark.parametrize(
    ("file", "schema", "old", "new"),
    [
        (MARKET, "contract", "domain: econ", "domian: econ"),
        (MARKET, "contract", "{property: access,", "{property: acess,"),
        (MARKET, "contract", "classification: personal", "classification: secret"),
        (TRADE, "mapping", "precedence: 1", "precedense: 1"),
        (SOURCES, "sources", "ownerAgency", "owner"),
    ],
)
def test_an_editor_finds_mistakes(root: Path, file: str, schema: str, old: str, new: str) -> None:
    replace(root, file, old, new)
    assert problems(root, file, schema)


def keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from keys(part)
    elif isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            yield name
            if name == "property":
                yield str(part["const"])
        for part in schema.values():
            yield from keys(part)


def test_every_key_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("## `contract.odcs.yaml`", 1)[1]
    blocks = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(
        r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    named = set(re.findall(r"[A-Za-z_]+", " ".join([*blocks, *spans])))
    wanted = {key for schema in render().values() for key in keys(json.loads(schema))}
    assert wanted - named == set()
