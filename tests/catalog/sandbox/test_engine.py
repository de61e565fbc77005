"""What a child could do if the grammar let it: nothing, tried from within one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.confinement import landlock_version

_WITHIN = """
import json, os, resource, sys
sys.path.insert(0, sys.argv[1])
import duckdb
import pyarrow
from catalog.sandbox import engine
tried = pyarrow.table({"a": [1]})  # what a replacement scan would find
made = []
def kept(*a, **k):
    made.append(real(*a, **k))
    return made[-1]
real = duckdb.connect
engine.duckdb.connect = kept
from catalog.sandbox.grammar import check_select
handle = os.open(sys.argv[2], os.O_RDONLY)
engine.answer(check_select("SELECT * FROM t LIMIT 1"), {"t": handle})
found = {}
for sql in json.loads(sys.argv[3]):
    try:
        made[0].execute(sql).fetchall()
        found[sql] = "done"
    except duckdb.Error as error:
        found[sql] = json.loads(str(error)[str(error).index("{"):])["exception_type"]
print(json.dumps(found), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import duckdb

    path = tmp_path_factory.mktemp("engine") / "rows.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT 1 AS a) TO '{path}' (FORMAT parquet)")
    return path


def test_the_locked_engine_reaches_nothing(rows: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")
    tried = [
        f"SELECT * FROM read_parquet('{rows}')",
        f"SELECT * FROM read_blob('{rows}')",
        f"SELECT * FROM read_csv('{outside}')",
        f"SELECT * FROM glob('{tmp_path}/*')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '9GB'",
        "SET disabled_filesystems = ''",
        "RESET temp_directory",
        "SELECT * FROM tried",
    ]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-I", "-c", _WITHIN, str(root), str(rows), json.dumps(tried)],
        capture_output=True,
        check=True,
        timeout=60,
        env={},
    )
    found = json.loads(done.stdout)
    assert set(found) == set(tried)
    assert "done" not in found.values()
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.skipif(landlock_version() == 0, reason="this kernel has no Landlock")
def test_a_child_reads_no_file_and_has_no_environment(rows: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    spy = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[3])!r})
from catalog.sandbox import zygote
def answer(channel):
    found = [str(dict(os.environ))]
    for path in ({str(secret)!r}, {str(rows)!r}, '/etc/hostname', '/proc/1/environ'):
        try:
            open(path).read(); found.append('read ' + path)
        except OSError as error:
            found.append(type(error).__name__)
    try:
        open({str(tmp_path / "new")!r}, 'w'); found.append('wrote')
    except OSError as error:
        found.append(type(error).__name__)
    channel.sendall('|'.join(found).encode())
zygote._answer = answer
zygote.main()
"""
    ours, theirs = socket.socketpair()
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", spy], stdin=theirs.fileno(), env={}, start_new_session=True
    )
    theirs.close()
    try:
        ours.settimeout(60)
        assert ours.recv(1) == b"r"
        mine, given = socket.socketpair()
        socket.send_fds(ours, [b"q"], [given.fileno()])
        given.close()
        mine.settimeout(10)
        environment, *tried = mine.recv(1 << 16).decode().split("|")
    finally:
        ours.close()
        child.wait(10)
    # Set by ourselves before the imports; nothing of whoever started us.
    assert set(eval(environment)) <= {
        "ARROW_DEFAULT_MEMORY_POOL",
        "OPENBLAS_NUM_THREADS",
        "LC_CTYPE",
    }
    assert tried == ["PermissionError"] * 5
