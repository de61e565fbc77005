"""`docs/settings.md`, made from the settings themselves and from ``sources.yaml``.

Only the words around them belong here; what a setting means stands beside its field.
Run ``python -m orchestration.settings_reference > docs/settings.md`` after a change.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from contracts.loading import load_datasets
from contracts.mappings import Source
from orchestration.settings import PREFIX, Settings
from standardization.functions import FUNCTIONS

_REPOSITORY = Path(__file__).resolve().parent.parent
_INTRODUCTION = """\
# Settings

Every setting is an environment variable. One that begins with `DUNGCHUNG_` and is not on this
page is refused, so that a mistyped name cannot pass unseen. Paths are taken from the folder the
command is run in. This page is made from the code: `python -m orchestration.settings_reference`.

| Variable | Default | What it is |
|---|---|---|
"""
_SOURCES = """
## Where the sector databases are

Each source (`sources.yaml`, at the top or in a dataset's folder) names its own variable under
`connection`, which holds its address; without it the source's `default` is used. An address may
hold a password; it is in no file and no log. A variable that no source names is refused.

| Variable | Default | Source |
|---|---|---|
"""
_ADDRESSES = """
An address is one of `sqlite:///FILE`, `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`,
`mariadb://USER:PASSWORD@HOST:PORT/DATABASE` (or `mysql://`),
`sqlserver://USER:PASSWORD@HOST:PORT/DATABASE` (or `mssql://`), `csv:///FOLDER`, `xlsx:///FILE`,
`xls:///FILE`, `json:///FILE`, `geojson:///FOLDER`, `api+https://TOKEN@HOST/BASE`,
`api+file:///FOLDER` and `inbox:///FOLDER`; [contracts.md](contracts.md) says what each reads and
which options it takes. `{home}` stands for `DUNGCHUNG_HOME`, `{package:NAME}` for an installed
Python package.

## Secrets

No secret has a default. What the platform needs for itself (the key of pseudonyms, the
publisher's token) is made at first use in `DUNGCHUNG_HOME/secrets`, readable by its owner only
(mode 0600). Keep the key of pseudonyms: with another key the same person gets another pseudonym.

## For tests only

`DUNGCHUNG_FAILPOINT` kills a run at a named point, `DUNGCHUNG_TEST_S3` names the program of an S3
server, `DUNGCHUNG_TEST_SERVERS` says that a test which needs a server must not be skipped,
`DUNGCHUNG_TEST_DATA` names the folder of published data that `tests/real_data` reads.
"""


def render() -> str:
    """The whole page as Markdown."""
    datasets = load_datasets(_REPOSITORY / "datasets", frozenset(FUNCTIONS))
    settings = (_setting(name, field) for name, field in Settings.model_fields.items())
    return (
        _INTRODUCTION
        + "".join(settings)
        + _SOURCES
        + _sources(datasets.sources.values())
        + _ADDRESSES
    )


def _setting(name: str, field: FieldInfo) -> str:
    return f"| `{PREFIX}{name.upper()}` | {_default(name, field.default)} | {field.description} |\n"


def _default(name: str, value: object) -> str:
    if value is None or value is PydanticUndefined:
        return "–"
    if name == "datasets":
        return "`datasets` of this repository"
    return f"`{value}`"


def _sources(sources: Iterable[Source]) -> str:
    return "".join(
        f"| `{source.connection}` | `{source.default or '–'}` | {source.title.vi} |\n"
        for source in sources
    )


if __name__ == "__main__":
    sys.stdout.write(render())
