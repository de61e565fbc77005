"""What the guides say is there: links, commands, settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from contracts.errors import Fault
from orchestration.cli import SUMMARIES, cli
from orchestration.settings import PREFIX, SOURCE_PREFIX, Settings, load_settings
from orchestration.settings_reference import render
from tests.docs.reading import DOCS, REPOSITORY

PAGES = [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`|^(dungchung .+)$", re.MULTILINE)
_SETTING = re.compile(rf"\b{PREFIX}(?!SOURCE_)[A-Z0-9_]*[A-Z0-9]\b")
_PATH = re.compile(r"(?:[a-z_]+/)+[a-z_.]+\.(?:py|yaml|md|json)")
_ROOMS = {path.name for path in REPOSITORY.iterdir() if path.is_dir()}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def named(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def written_commands() -> Iterator[tuple[str, list[str]]]:
    """Every ``dungchung …`` in the pages, as words."""
    for page in PAGES:
        for match in _CODE.finditer(text(page)):
            line = match[1] or match[2]
            if line.startswith("dungchung "):
                yield named(page), shlex.split(line.split("#", 1)[0])[1:]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(text(page)):
        if "://" not in target:
            path, _hash, heading = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            assert file.exists(), target
            assert not heading or f"## {heading}" in text(file), target


def test_commands_and_their_options_exist() -> None:
    for page, words in written_commands():
        command: click.Command = cli
        context = click.Context(cli)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            assert found is not None, (page, words)
            command, words = found, words[1:]
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options, (page, words)


def test_every_command_is_told_of() -> None:
    told = {words[0] for _page, words in written_commands() if words}
    readme = text(REPOSITORY / "README.md")
    listed = re.search(r"`(demo run [a-z ]+)`", readme)
    assert listed
    assert listed[1].split() == list(SUMMARIES)
    assert set(SUMMARIES) - told <= {"demo", "serve"}, "explained nowhere outside the list"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_settings_and_files_that_are_named_exist(page: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    tests_only = {
        "DUNGCHUNG_FAILPOINT",
        "DUNGCHUNG_TEST_DATA",
        "DUNGCHUNG_TEST_S3",
        "DUNGCHUNG_TEST_SERVERS",
    }
    assert set(_SETTING.findall(text(page))) <= known | tests_only
    for path in _PATH.findall(text(page)):
        if path.split("/")[0] in _ROOMS - {"datasets"}:
            assert (REPOSITORY / path).exists(), path


def test_every_decision_is_listed() -> None:
    folder = DOCS / "decisions"
    listed = set(_LINK.findall(text(folder / "README.md")))
    assert listed == {page.name for page in folder.glob("*.md")} - {"README.md"}


def test_the_page_of_settings_is_current() -> None:
    # A source that a province adds to its own folder need not be on the page.
    page = text(DOCS / "settings.md").splitlines()
    own = [line for line in render().splitlines() if line in page or SOURCE_PREFIX not in line]
    assert page == own, "python -m orchestration.settings_reference > docs/settings.md"


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`{PREFIX}{name.upper()}`" in render()


def test_a_setting_that_is_not_on_the_page_is_refused() -> None:
    with pytest.raises(Fault) as refused:
        load_settings({"DUNGCHUNG_PROT": "8001"})
    assert refused.value.check == "settings.unknown"
    assert "DUNGCHUNG_PORT" in refused.value.render("vi")
    with pytest.raises(Fault) as refused:
        load_settings({"DUNGCHUNG_SOURCE_X": "a"}, sources=frozenset({"DUNGCHUNG_SOURCE_Y"}))
    assert refused.value.check == "settings.unknown"
