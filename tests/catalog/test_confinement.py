"""What Landlock takes away, seen from inside a confined process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from catalog.confinement import landlock_version
from catalog.tokens import read_token
from tests.catalog.sites import Site, config_of

pytestmark = pytest.mark.skipif(
    landlock_version() == 0, reason="needs Linux 5.13 or later with Landlock enabled"
)

_PROBE = """
import json, os, socket, sys
from pathlib import Path
from catalog.config import CatalogConfig
from catalog.worker import confine_public

config = CatalogConfig.model_validate_json(sys.stdin.readline())
paths = json.loads(sys.stdin.readline())
confine_public(config)

def attempt(work):
    try:
        work()
    except OSError as error:
        return type(error).__name__
    return "done"

said = {path: attempt(lambda: Path(path).is_dir() and list(Path(path).iterdir())
        or Path(path).read_bytes()) for path in paths}
said["write open"] = attempt(lambda: Path(paths[0], "new").write_text("x"))
said["write cache"] = attempt(lambda: (config.public_cache / "new").write_text("x"))
said["listen"] = attempt(lambda: socket.socket().bind(("127.0.0.1", 0)))
said["connect"] = attempt(lambda: socket.create_connection(("127.0.0.1", 9)))
said["signal"] = attempt(lambda: os.kill(os.getppid(), 0))
said["run"] = attempt(lambda: os.execv(paths[-1], [paths[-1]]))
print(json.dumps(said))
"""


def test_the_public_worker_reaches_what_is_public_and_nothing_else(
    site: Site, tmp_path: Path
) -> None:
    home: Path = site.home
    config = config_of(home)
    assert read_token(config.secrets, "admin")
    store = home / "store"
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o700)
    readable = [store / "open", store / "releases" / "public", config.snapshot / "catalogue.db"]
    closed = [
        store / "shared",
        store / "landing",
        store / "quarantine",
        store / "releases" / "private",
        config.secrets,
        config.secrets / "admin.token",
        home / "registry" / "registry.db",
        home,
        Path.home(),
        Path("/etc/shadow"),
        Path("/proc/self/environ"),
        Path(__file__),
        script,
    ]
    paths = [str(path) for path in readable + closed]
    done = subprocess.run(
        [sys.executable, "-c", _PROBE],
        input=f"{config.for_public().model_dump_json()}\n{json.dumps(paths)}\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    said = json.loads(done.stdout)
    assert {said[str(path)] for path in readable} == {"done"}
    assert {said[str(path)] for path in closed} == {"PermissionError"}
    assert said["write open"] == "PermissionError"
    assert said["write cache"] == "done"
    assert said["run"] == "PermissionError"
    if landlock_version() >= 4:
        assert (said["listen"], said["connect"]) == ("PermissionError", "PermissionError")
    if landlock_version() >= 6:
        assert said["signal"] == "PermissionError"


def test_a_process_with_threads_is_not_confined_by_half(tmp_path: Path) -> None:
    code = (
        "import threading\n"
        "from catalog.confinement import confine\n"
        "ended = threading.Event()\n"
        "threading.Thread(target=ended.wait, daemon=True).start()\n"
        "try:\n"
        "    confine(readable=[], writable=[], tcp=False)\n"
        "except RuntimeError:\n"
        "    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "refused\n"


def test_the_public_worker_is_told_no_secret(tmp_path: Path) -> None:
    config = config_of(tmp_path).model_copy(
        update={"database_url": SecretStr("postgresql://u:canarypassword@h/d")}
    )
    assert "canarypassword" not in repr(config)
    assert "canarypassword" in config.model_dump_json()
    assert "canarypassword" not in config.for_public().model_dump_json()
