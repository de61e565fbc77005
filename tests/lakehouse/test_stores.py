"""What every store keeps, and what opening one refuses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Fault
from lakehouse.store import check_key
from lakehouse.stores import S3Credentials, Stores, StoreSettings, Zone, open_stores
from tests.servers import S3Server, fake_s3


@pytest.fixture
def made(stores: Stores) -> Stores:
    stores.ensure()
    return stores


def test_an_object_is_read_back_whole_and_in_part(made: Stores, tmp_path: Path) -> None:
    store = made[Zone.OPEN]
    store.put("a/b.txt", "ệ và đ".encode())
    file = tmp_path / "big"
    file.write_bytes(b"0123456789" * 700_000)
    store.put("a/big", file)
    assert store.get("a/b.txt").decode() == "ệ và đ"
    assert b"".join(store.stream("a/big", 6_999_995)) == b"56789"
    assert b"".join(store.stream("a/big", 3, 3)) == b""
    assert b"".join(store.stream("a/big", 1, 4)) == b"123"
    assert [(info.key, info.size) for info in store.list("a/")] == [
        ("a/b.txt", 10),
        ("a/big", 7_000_000),
    ]


def test_listing_is_by_prefix_and_folder(made: Stores) -> None:
    store = made[Zone.RELEASES]
    for key in ("public/a/1.json", "public/a/2.json", "public/b/1.json", "private/c/1.json"):
        store.put(key, b"{}")
    assert [info.key for info in store.list("public/a")] == ["public/a/1.json", "public/a/2.json"]
    assert list(store.folders("public/")) == ["a", "b"]
    assert sorted(store.folders()) == ["private", "public"]
    assert list(store.folders("nothing/")) == []
    assert list(store.list("nothing/")) == []


def test_put_replaces_and_delete_removes(made: Stores) -> None:
    store = made[Zone.LANDING]
    store.put("x", b"1")
    store.put("x", b"22")
    info = store.stat("x")
    assert info is not None
    assert info.size == 2
    store.delete("x")
    store.delete("x")
    assert store.stat("x") is None
    with pytest.raises(Fault) as refused:
        store.get("x")
    assert refused.value.check == "store.missing"


def test_put_if_absent_keeps_the_first(made: Stores) -> None:
    store = made[Zone.RELEASES]
    assert store.put_if_absent("public/x/000001.json", b"one")
    assert not store.put_if_absent("public/x/000001.json", b"two")
    assert store.get("public/x/000001.json") == b"one"


def test_put_if_absent_of_the_same_bytes_is_done_already(made: Stores) -> None:
    store = made[Zone.RELEASES]
    assert store.put_if_absent("x", b"one")
    assert store.put_if_absent("x", b"one")


def test_of_racing_puts_one_wins(made: Stores) -> None:
    store = made[Zone.RELEASES]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: store.put_if_absent("race", b"%d" % n), range(32)))
    assert sum(won) == 1
    assert store.get("race") == b"%d" % won.index(True)


def test_a_local_copy_is_checked(made: Stores) -> None:
    store = made[Zone.OPEN]
    for name in ("right", "size", "hash", "both"):
        store.put(name, b"rows")
    sha256 = hashlib.sha256(b"rows").hexdigest()
    assert store.local("right", sha256, 4).read_bytes() == b"rows"
    wrong = sha256[::-1]
    for name, sha, size in (("size", None, 5), ("hash", wrong, None), ("both", wrong, 4)):
        with pytest.raises(Fault) as refused:
            store.local(name, sha, size)
        assert refused.value.check == "store.corrupt"


@pytest.mark.parametrize("key", ["../shared/x", "/etc/passwd", "a//b", "a/..", ".hidden", "a\\b"])
def test_a_key_never_leaves_its_zone(file_stores: Stores, key: str) -> None:
    store = file_stores[Zone.OPEN]
    for ask in (store.get, store.stat, store.delete, store.stream, store.local, store.delta_uri):
        with pytest.raises(Fault) as refused:
            ask(key)
        assert refused.value.check == "store.bad_key"


@pytest.mark.parametrize("prefix", ["../shared/", "/etc/", "a/../../shared/"])
def test_a_listing_never_leaves_its_zone(file_stores: Stores, prefix: str) -> None:
    store = file_stores[Zone.OPEN]
    for ask in (store.list, store.folders):
        with pytest.raises(Fault) as refused:
            list(ask(prefix))
        assert refused.value.check == "store.bad_key"


@given(st.text(max_size=40))
def test_an_allowed_key_is_a_plain_path(key: str) -> None:
    try:
        check_key(Zone.OPEN, key)
    except Fault:
        return
    inside = os.path.normpath(os.path.join("/zone", key))  # noqa: PTH118 - not touched
    assert inside == f"/zone/{key}"


def test_what_the_disk_refuses_is_a_fault(file_stores: Stores) -> None:
    store = file_stores[Zone.OPEN]
    store.put("a", b"1")
    for refused in (
        lambda: store.put("a/b", b"2"),
        lambda: store.put_if_absent("a/b", b"2"),
        lambda: store.delete("a/b"),
    ):
        with pytest.raises(Fault) as caught:
            refused()
        assert caught.value.check == "store.unreachable"
    assert [info.key for info in store.list()] == ["a"]


@pytest.mark.parametrize(
    ("url", "endpoint", "check"),
    [
        ("http://somewhere", None, "store.url"),
        ("file://relative", None, "store.url"),
        ("s3://a/b", "http://localhost:1", "store.url"),
        ("s3://a", None, "store.no_endpoint"),
        ("s3://a", "localhost:9000", "store.no_endpoint"),
    ],
)
def test_unusable_settings_are_refused(
    tmp_path: Path, url: str, endpoint: str | None, check: str
) -> None:
    with pytest.raises(Fault) as refused:
        open_stores(StoreSettings(url, tmp_path, endpoint=endpoint))
    assert refused.value.check == check


def test_a_zone_without_credentials_is_closed(tmp_path: Path) -> None:
    settings = StoreSettings(
        "s3://p", tmp_path, "http://localhost:1", credentials={Zone.OPEN: None}
    )
    stores = open_stores(settings)
    with pytest.raises(Fault) as refused:
        stores[Zone.SHARED]
    assert refused.value.check == "store.closed"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    keys = S3Credentials("key", "sehr geheim")
    settings = StoreSettings("s3://p", tmp_path, credentials={Zone.OPEN: keys})
    assert "geheim" not in repr(settings)


@pytest.mark.usefixtures("impatient")
def test_an_unreachable_server_is_told_without_its_address(tmp_path: Path) -> None:
    keys = {Zone.OPEN: S3Credentials("key-id", "secret")}
    with fake_s3(busy=100) as server:
        stores = open_stores(StoreSettings("s3://p", tmp_path, server.endpoint, credentials=keys))
        with pytest.raises(Fault) as refused:
            stores[Zone.OPEN].get("x")
    assert refused.value.check == "store.unreachable"
    assert str(server.server_port) not in str(refused.value)
    assert "key-id" not in str(refused.value)


@pytest.mark.usefixtures("impatient")
def test_a_put_whose_answer_was_lost_is_won(tmp_path: Path) -> None:
    keys = {Zone.RELEASES: S3Credentials("k", "s")}
    with fake_s3(lost_replies=1, busy=1) as server:
        stores = open_stores(StoreSettings("s3://p", tmp_path, server.endpoint, credentials=keys))
        assert stores[Zone.RELEASES].put_if_absent("m", b"mine")
        assert not stores[Zone.RELEASES].put_if_absent("m", b"other")


def test_a_kill_leaves_no_half_object_and_its_rest_is_swept(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from lakehouse.file_store import FileStore\n"
        "from lakehouse.store import Zone\n"
        "os.fsync = lambda handle: os._exit(70)\n"
        "FileStore(Zone.OPEN, Path(sys.argv[1])).put('a', b'x' * 100)\n"
    )
    zone = tmp_path / "open"
    assert subprocess.run([sys.executable, "-c", program, str(zone)], check=False).returncode == 70
    stores = open_stores(StoreSettings(f"file://{tmp_path}", tmp_path / "cache"))
    assert list(stores[Zone.OPEN].list()) == []
    assert len(list((zone / ".unfinished").iterdir())) == 1
    stores[Zone.OPEN].put("b", b"y")
    assert list((zone / ".unfinished").iterdir()) == []


@pytest.mark.server
def test_only_open_files_get_a_presigned_link(s3_server: S3Server, tmp_path: Path) -> None:
    stores = open_stores(s3_server.settings("presigned", tmp_path))
    for zone in (Zone.OPEN, Zone.SHARED):
        stores[zone].put("x", b"rows")
    link = stores[Zone.OPEN].presigned("x", timedelta(minutes=1))
    assert link is not None
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"rows"
    assert stores[Zone.SHARED].presigned("x", timedelta(minutes=1)) is None
