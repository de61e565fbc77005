"""The example of ``docs/contracts.md`` as files, which tests then break in one place."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "contracts.md"
FUNCTIONS = frozenset({"clean_text", "parse_date", "parse_number", "person_name"})
MARKET = "market/contract.odcs.yaml"
STATISTICS = "market_statistics/contract.odcs.yaml"
TRADE = "market/from/trade.yaml"
DERIVED = "market_statistics/from/market.yaml"
SOURCES = "sources.yaml"
_FILE = re.compile(r"^`datasets/([^`]+)`\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def write_example(folder: Path) -> Path:
    """Write the example under `folder`; the root of all datasets."""
    root = folder / "datasets"
    for name, text in _FILE.findall(DOCUMENT.read_text(encoding="utf-8")):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def replace(root: Path, file: str, old: str, new: str) -> int:
    """Replace the one place where `old` stands; its line."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
