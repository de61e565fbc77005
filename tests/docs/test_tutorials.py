"""The tutorial and the guide, in both languages, run from the first line to the last as a reader
would type them.

`make demo` runs once for all; `dungchung` runs in this process, everything else in a shell.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from orchestration.cli import main
from tests.docs.reading import DOCS, REPOSITORY, Commands, WrittenFile, is_shown, steps

GUIDES = [
    DOCS / f"{name}.{language}.md" for name in ("tutorial", "guide") for language in ("vi", "en")
]
DEMO = 'make demo DEMO="--exit --scale 0.04"'
PATH = 'export PATH="$PWD/.venv/bin:$PATH"'
ADDRESS = "127.0.0.1:8000"


def dungchung(line: str) -> int:
    """The exit status of one command."""
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(line)[1:])
    code = ended.value.code
    return code if isinstance(code, int) else 0


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after the demo of the tutorials."""
    folder = tmp_path_factory.mktemp("province")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert dungchung(DEMO.replace('"', "").replace("make demo DEMO=", "dungchung demo ")) == 0
    return folder / "var"


@pytest.fixture
def clone(province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone, as far as the tutorials see it, in which the demo has been made."""
    shutil.copytree(province, tmp_path / "var")
    shutil.copytree(REPOSITORY / "datasets", tmp_path / "datasets")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUNGCHUNG_DATASETS", str(tmp_path / "datasets"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DUNGCHUNG_PORT", str(free.getsockname()[1]))
    return tmp_path


@contextmanager
def in_background(line: str) -> Iterator[None]:
    """A command that stays, ended with Ctrl-C's own signal as its reader would."""
    command = [sys.executable, "-m", "orchestration", *shlex.split(line)[1:]]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        command, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        try:
            said = process.stdout.readline()
            assert os.environ["DUNGCHUNG_PORT"] in said, process.stderr and process.stderr.read()
            yield
        finally:
            process.terminate()


def run_line(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What one command shows; it must end well."""
    if line in (DEMO, PATH):
        return ""
    words = shlex.split(line)
    if words[0] == "export":
        monkeypatch.setenv(*words[1].split("=", 1))
        return ""
    if words[0] == "dungchung":
        status, shown = dungchung(line), capsys.readouterr()
        assert status == 0, f"{line}\n{shown.out}\n{shown.err}"
        return shown.out
    here = line.replace(ADDRESS, f"127.0.0.1:{os.environ['DUNGCHUNG_PORT']}")
    done = subprocess.run(here, shell=True, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
@pytest.mark.usefixtures("clone")
def test_a_guide_works_from_beginning_to_end(
    guide: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as background:
        for step in steps(guide):
            if isinstance(step, WrittenFile):
                path = Path(step.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                before = path.read_text("utf-8") if step.append else ""
                path.write_text(before + step.text, encoding="utf-8")
            elif step.background:
                background.enter_context(in_background(step.lines[0]))
            else:
                output = "".join(run_line(line, monkeypatch, capsys) for line in step.lines)
                missing = [line for line in step.shows if not is_shown(line, output)]
                assert not missing, f"{step.lines}\n{output}"


@pytest.mark.parametrize("name", ["tutorial", "guide"])
def test_both_languages_take_the_same_steps(name: str) -> None:
    vietnamese, english = DOCS / f"{name}.vi.md", DOCS / f"{name}.en.md"

    def shape(guide: Path) -> list[object]:
        found: list[object] = []
        for step in steps(guide):
            if isinstance(step, Commands):
                found.append([_told_alike(line) for line in step.lines])
            else:
                found.append(step)
        return found

    assert shape(vietnamese) == shape(english)
    first = steps(vietnamese)[0]
    assert isinstance(first, Commands)
    assert first.lines[0] == DEMO


def _told_alike(line: str) -> list[str]:
    """A command without the words that its reader reads in their own language."""
    words = shlex.split(line)
    for option in ("--reason", "--xlsx"):
        if option in words:
            words[words.index(option) + 1] = "…"
    return ["…" if word.startswith("DUNGCHUNG_LANG=") else word for word in words]
