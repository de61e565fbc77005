"""One small sample province for the tests of this room."""

from pathlib import Path

import pytest

from demo.province import Province, make_province


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    return make_province(tmp_path_factory.mktemp("province"), cases=4000, seed=7)


@pytest.fixture
def home(province: Province) -> Path:
    return province.truth.parent
