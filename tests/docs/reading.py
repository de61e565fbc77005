"""Reading the guides as their readers do: commands to type, files to write, lines to expect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
_FENCE = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`(?P<append> \([^)\n]+\))?\n\n)?"
    r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Commands:
    """What is typed, and the lines that must then be on the screen."""

    lines: tuple[str, ...]
    shows: tuple[str, ...]
    background: bool


@dataclass(frozen=True)
class WrittenFile:
    """What is written to a file, or added at its end."""

    path: str
    text: str
    append: bool


def steps(guide: Path) -> list[Commands | WrittenFile]:
    """All blocks of a guide, in order. A block that is neither a command, a file nor what a
    command shows is refused, so that nothing in a guide goes untested."""
    found: list[Commands | WrittenFile] = []
    for match in _FENCE.finditer(guide.read_text(encoding="utf-8")):
        kind, _space, more = match["info"].partition(" ")
        lines = tuple(line for line in match["text"].splitlines() if line.strip())
        last = found[-1] if found else None
        if match["path"]:
            found.append(WrittenFile(match["path"], match["text"], bool(match["append"])))
        elif kind == "sh":
            found.append(Commands(lines, (), more == "background"))
        elif kind == "text" and isinstance(last, Commands) and not last.shows:
            found[-1] = Commands(last.lines, lines, last.background)
        else:
            message = f"{guide.name}: a block of the kind {match['info']!r} that nothing runs"
            raise AssertionError(message)
    return found


def is_shown(line: str, output: str) -> bool:
    """Whether a line of a guide is on the screen; `…` stands for anything, and how many
    spaces stand between two words does not matter."""
    pattern = ".*".join(_words(part) for part in line.split("…"))
    return any(re.search(pattern, _plain(shown)) for shown in output.splitlines())


def _words(text: str) -> str:
    return re.escape(_plain(text))


def _plain(text: str) -> str:
    return " ".join(text.split())
