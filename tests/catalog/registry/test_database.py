from __future__ import annotations

from pathlib import Path

import pytest

from catalog.registry.database import open_registry
from contracts.errors import Fault


def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_text("not a database, and long enough to be read as one")
    with pytest.raises(Fault) as refused:
        open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    assert refused.value.check == "registry.unreachable"
