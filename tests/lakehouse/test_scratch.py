"""Files wait where the run has room."""

from __future__ import annotations

from pathlib import Path

import duckdb

from lakehouse.scratch import scratch


def test_beside_where_the_connection_spills(tmp_path: Path) -> None:
    spilling = duckdb.connect(config={"temp_directory": str(tmp_path / "spill")})
    with spilling as connection, scratch(connection) as folder:
        assert folder.parent == tmp_path
        (folder / "x").touch()
    assert not list(tmp_path.iterdir())


def test_a_connection_that_never_spills_has_the_system_s(tmp_path: Path) -> None:
    with duckdb.connect(config={"temp_directory": ""}) as connection, scratch(connection) as folder:
        assert folder.is_dir()
        assert tmp_path not in folder.parents
