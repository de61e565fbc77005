"""Published data of others, brought through contracts that stand in this tree.

The files are input only and no part of the repository: where they are absent the tests skip.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.platform import Platform
from tests.orchestration.homes import ROOT, bring, platform_of

DATASETS = Path(__file__).parent / "datasets"
VARIABLE = "DUNGCHUNG_TEST_DATA"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the shared data."""
    folder = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "data")
    if not (folder / "README.md").is_file():
        pytest.skip(f"the shared data is not on this machine; {VARIABLE} says where it is")
    return folder


def released(home: Path, names: tuple[str, ...], connections: dict[str, str]) -> Platform:
    """A platform of `home` that has released `names`, in this order, from this tree.
    `connections` are the addresses of their sources, by source."""
    environ = {f"DUNGCHUNG_SOURCE_{name.upper()}": dsn for name, dsn in connections.items()}
    platform = platform_of(home, DATASETS, environ)
    for outcome in bring(platform, names).values():
        assert outcome.good, [(fault.check, fault.place, fault.values) for fault in outcome.faults]
    return platform
