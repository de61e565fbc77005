"""Where sources are, and that secrets stay where they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.errors import Fault
from contracts.mappings import SourceKind
from standardization.sources.dsn import locate, resolve_dsn
from tests.standardization.factory import source

HOME = Path("/home/of/dungchung")


def test_the_environment_comes_before_the_default() -> None:
    made = source(default="sqlite:///{home}/a.db")
    assert resolve_dsn(made, {}, HOME) == "sqlite:////home/of/dungchung/a.db"
    assert resolve_dsn(made, {made.connection: "csv:///x"}, HOME) == "csv:///x"


def test_a_package_is_found_without_importing_it() -> None:
    made = source(default="json:///{package:json}/x.json")
    assert resolve_dsn(made, {}, HOME) == f"json:///{Path(json.__file__).parent}/x.json"


@pytest.mark.parametrize(
    ("default", "check"),
    [(None, "source.not_configured"), ("json:///{package:no_such}/x", "source.package_missing")],
)
def test_what_cannot_be_resolved(default: str | None, check: str) -> None:
    with pytest.raises(Fault) as caught:
        resolve_dsn(source(default=default), {}, HOME)
    assert caught.value.check == check
    assert "DUNGCHUNG_SOURCE_OFFICE" in caught.value.render("vi")


@pytest.mark.parametrize(
    ("dsn", "kind", "path", "options"),
    [
        ("sqlite:///a/b.db", SourceKind.SQLITE, "a/b.db", {}),
        ("sqlite:////a/b.db", SourceKind.SQLITE, "/a/b.db", {}),
        ("csv:////d?delimiter=;&encoding=cp1258", SourceKind.CSV, "/d",
         {"delimiter": ";", "encoding": "cp1258"}),
        ("postgres://u@h/d", SourceKind.POSTGRESQL, ".", {}),
    ],
)  # fmt: skip
def test_a_dsn_taken_apart(dsn: str, kind: SourceKind, path: str, options: dict[str, str]) -> None:
    found = locate(source(), dsn)
    assert (found.kind, str(found.path), dict(found.options)) == (kind, path, options)


@pytest.mark.parametrize("dsn", ["oracle://u:canary@h/x", "canary", ""])
def test_an_unknown_kind_is_refused_without_the_dsn(dsn: str) -> None:
    with pytest.raises(Fault) as caught:
        locate(source(), dsn)
    assert caught.value.check == "source.dsn"
    assert "canary" not in caught.value.render("en")


def test_a_secret_is_not_shown() -> None:
    assert "canary" not in repr(locate(source(), "postgresql://u:canary@h/x"))
