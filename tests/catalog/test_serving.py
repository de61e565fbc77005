"""The catalogue as it really runs: router, two workers, and the clients people use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import httpx
import pytest
from sqlmodel import Session

from catalog.identifiers import resource_id
from catalog.registry.database import open_registry
from catalog.serving import running
from catalog.tokens import read_token, revoke, token_id
from contracts.errors import Fault
from tests.catalog.province import CANARY
from tests.catalog.sites import config_of, give_at

ROOT = Path(__file__).parents[2]
PUBLIC = ["administrative_unit", "administrative_unit_crosswalk", "cases", "schools"]
CASES = f"/api/3/action/datastore_search?resource_id={resource_id('cases', 'api')}"


def ckanapi(*arguments: str, **environment: str) -> str:
    """ckanapi's own command line."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ckanapi")), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
    )
    return done.stdout


def eventually(check: Callable[[], bool], within: float = 10) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + within
    while not check():
        assert monotonic() < deadline


def kill(role: str) -> set[int]:
    """End our workers of one role at once, those of other catalogues of this session too; their
    process ids."""
    killed = children(role)
    assert killed
    for process in killed:
        os.kill(process, signal.SIGKILL)
    return killed


def children(role: str) -> set[int]:
    """Process ids of our own workers of one role."""
    done = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", f"catalog.worker {role}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(line) for line in done.stdout.split()}


def test_ckanapi_searches(served: tuple[str, Path]) -> None:
    url, _home = served
    found = json.loads(ckanapi("action", "package_search", "-r", url))
    assert found["count"] == 4
    found = json.loads(ckanapi("action", "package_search", "q=truong hoc", "-r", url, "-g"))
    assert [package["name"] for package in found["results"]] == ["schools"]
    lines = ckanapi("search", "datasets", "-r", url).splitlines()
    assert sorted(json.loads(line)["name"] for line in lines) == PUBLIC


@pytest.mark.parametrize(
    ("kind", "names"), [("datasets", PUBLIC), ("organizations", ["h20-5"]), ("groups", ["gove"])]
)
def test_ckanapi_dumps(served: tuple[str, Path], kind: str, names: list[str]) -> None:
    url, _home = served
    lines = ckanapi("dump", kind, "--all", "-r", url, "-q").splitlines()
    assert [json.loads(line)["name"] for line in lines] == names


def test_ckanapi_dumps_data_packages(served: tuple[str, Path], tmp_path: Path) -> None:
    url, _home = served
    ckanapi("dump", "datasets", "schools", "-r", url, "-q", f"--datapackages={tmp_path}")
    described = json.loads((tmp_path / "schools" / "datapackage.json").read_text())
    first = described["resources"][0]
    assert [field["name"] for field in first["schema"]["fields"]][:2] == ["code", "name"]
    # ckanapi 4.11 fetches the last resource's address for every file.
    last = described["resources"][-1]
    assert len((tmp_path / "schools" / last["path"]).read_text().splitlines()) == 250


def test_a_token_works_at_once_and_ends_at_once(served: tuple[str, Path]) -> None:
    url, home = served
    token = give_at(home, "cases").token
    assert httpx.get(f"{url}{CASES}").status_code == 403
    answer = httpx.get(f"{url}{CASES}", headers={"Authorization": token})
    assert answer.json()["result"]["total"] == 30
    assert CANARY not in answer.text
    assert httpx.get(f"{url}{CASES}&token={token}").status_code == 400
    engine = open_registry(config_of(home).registry_url)
    with Session(engine) as session:
        revoke(session, token_id(token))
        session.commit()
    engine.dispose()
    assert httpx.get(f"{url}{CASES}", headers={"Authorization": token}).status_code == 403


def test_what_is_written_is_public_soon_and_a_draft_never(served: tuple[str, Path]) -> None:
    url, home = served
    headers = {"Authorization": read_token(home / "secrets", "admin") or ""}

    def create(name: str, *, private: bool) -> None:
        asked = {"name": name, "owner_org": "h20-5", "private": private}
        made = httpx.post(f"{url}/api/3/action/package_create", json=asked, headers=headers)
        assert made.status_code == 200, made.text

    def listed() -> list[str]:
        names: list[str] = httpx.get(f"{url}/api/3/action/package_list").json()["result"]
        return names

    create("by_hand_draft", private=True)
    create("by_hand", private=False)
    eventually(lambda: "by_hand" in listed(), within=5)
    assert "by_hand_draft" not in listed()
    for name in ("by_hand", "by_hand_draft"):
        asked = {"id": name}
        httpx.post(f"{url}/api/3/action/dataset_purge", json=asked, headers=headers)
    eventually(lambda: listed() == PUBLIC, within=5)


def test_a_large_answer_and_a_part_come_through_the_router(served: tuple[str, Path]) -> None:
    url, _home = served
    path = f"{url}/dataset/schools/latest/schools.parquet"
    whole = httpx.get(path)
    part = httpx.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert httpx.head(path).headers["content-length"] == str(len(whole.content))
    assert httpx.get(path, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("role", ["public", "agency", "router"])
def test_a_killed_process_comes_back_on_the_same_address(
    served: tuple[str, Path], role: str
) -> None:
    url, home = served
    headers = {"Authorization": give_at(home, "cases").token} if role == "agency" else {}
    path = CASES if role == "agency" else "/api/3/action/package_list"
    killed = kill(role)

    def answers() -> bool:
        try:
            return httpx.get(f"{url}{path}", headers=headers, timeout=30).status_code == 200
        except httpx.TransportError:
            return False

    eventually(answers, within=30)
    eventually(lambda: len(children(role) - killed) == len(killed), within=30)
    assert not children(role) & killed


def test_the_public_is_served_while_the_agency_worker_is_away(served: tuple[str, Path]) -> None:
    url, _home = served
    kill("agency")
    assert httpx.get(f"{url}/api/3/action/package_list").json()["result"] == PUBLIC


def test_nothing_is_left_when_whoever_started_it_is_killed(home: Path) -> None:
    code = (
        "import sys\n"
        "from catalog.config import CatalogConfig\n"
        "from catalog.serving import serve\n"
        "config = CatalogConfig.model_validate_json(sys.stdin.readline())\n"
        "serve(config, port=0, ready=lambda url: print(url, flush=True))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{config_of(home).model_dump_json()}\n")
    process.stdin.flush()
    url = process.stdout.readline().strip()
    assert httpx.get(f"{url}/api/3/action/site_read").status_code == 200
    process.kill()
    process.wait()

    def gone() -> bool:
        try:
            httpx.get(f"{url}/api/3/action/site_read", timeout=2)
        except httpx.TransportError:
            return True
        return False

    eventually(gone, within=15)


def test_serve_ends_well_when_asked_to(home: Path) -> None:
    with running(config_of(home)) as url:
        assert httpx.get(f"{url}/").status_code == 200
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/")


def test_a_port_that_is_taken_is_one_sentence(served: tuple[str, Path], home: Path) -> None:
    port = int(served[0].rpartition(":")[2])
    with pytest.raises(Fault) as refused, running(config_of(home), port=port):
        pass
    assert refused.value.check == "serve.port"


def test_why_a_worker_cannot_start_reaches_whoever_asked(home: Path) -> None:
    (home / "registry").mkdir()
    (home / "registry" / "registry.db").write_text("this is no database but long enough for one")
    with pytest.raises(Fault) as refused, running(config_of(home)):
        pass
    assert refused.value.check == "registry.unreachable"


def test_a_store_in_a_folder_is_served_on_the_loopback_only(home: Path) -> None:
    config = config_of(home).model_copy(update={"host": "0.0.0.0"})
    with pytest.raises(Fault) as refused, running(config):
        pass
    assert refused.value.check == "serve.beyond_loopback"
