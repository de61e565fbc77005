"""Following a feed: what is seen when, repair, generations, killed predecessors."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from catalog import views
from catalog.access import ANONYMOUS, Actor, Role, Scope
from catalog.documents import Document, Kind
from catalog.search.request import SearchRequest
from catalog.search.store import IndexStore
from catalog.views import IndexedViews
from tests.catalog.search.feeds import MemoryFeed, identifier, package

OWNER = identifier("so-tu-phap")
MEMBER = Actor("1", "member", "t", frozenset({Scope.READ}), organizations={OWNER: Role.MEMBER})


@pytest.fixture
def feed() -> MemoryFeed:
    feed = MemoryFeed()
    feed.put(package("a", "Giáo dục"))
    feed.put(package("b", "Đất đai", private=True), [f"org:{OWNER}"])
    return feed


@contextmanager
def following(feed: MemoryFeed, folder: Path, *, wait: bool = True) -> Iterator[IndexedViews]:
    made = IndexedViews(feed, folder, wait=wait)
    try:
        yield made
    finally:
        made.close()


def found(made: IndexedViews, actor: Actor = ANONYMOUS) -> set[str]:
    answer = made(actor).search(SearchRequest(include_private=True, rows=1000))
    return {str(one["name"]) for one in answer.packages}


def eventually(true: Callable[[], bool]) -> None:
    pausing = Event()
    for _look in range(200):
        if true():
            return
        pausing.wait(0.05)
    raise AssertionError("it did not come about")


def test_it_begins_with_all_there_is(feed: MemoryFeed, tmp_path: Path) -> None:
    with following(feed, tmp_path, wait=False) as made:
        assert found(made) == {"a"}
        assert found(made, MEMBER) == {"a", "b"}


def test_whoever_writes_reads_what_they_wrote(feed: MemoryFeed, tmp_path: Path) -> None:
    with following(feed, tmp_path) as made:
        before = made(ANONYMOUS)
        for number in range(20):
            feed.put(package(f"new_{number}", f"Mới {number}"))
            assert f"new_{number}" in found(made)
        feed.put(package("a", "Giáo dục mới"))
        renamed = made(ANONYMOUS).records.package("a")
        assert renamed is not None
        assert renamed["title"] == "Giáo dục mới"
        feed.remove(package("a", ""))
        assert "a" not in found(made)
        assert made(ANONYMOUS).position() == feed.position()
        assert {one["name"] for one in before.search(SearchRequest()).packages} == {"a"}


def test_others_see_it_moments_later(feed: MemoryFeed, tmp_path: Path) -> None:
    with following(feed, tmp_path, wait=False) as made:
        feed.put(package("c", "Mới"))
        made.wake()
        eventually(lambda: "c" in found(made))


def test_what_becomes_private_is_hidden_at_once(feed: MemoryFeed, tmp_path: Path) -> None:
    with following(feed, tmp_path) as made:
        feed.put(package("a", "Giáo dục", private=True), [f"org:{OWNER}"])
        assert found(made) == set()
        assert made(ANONYMOUS).records.package("a") is None
        assert found(made, MEMBER) == {"a", "b"}


def test_a_withdrawn_dataset_takes_its_package_away(feed: MemoryFeed, tmp_path: Path) -> None:
    gone = {"id": identifier("a"), "name": "a", "title": "Giáo dục", "reason": "x"}
    with following(feed, tmp_path) as made:
        feed.put({**gone, "withdrawn": "2026-02-01T00:00:00", "resources": []}, kind=Kind.WITHDRAWN)
        feed.remove(package("a", ""))
        assert made(ANONYMOUS).records.withdrawn("a") is not None
        assert made(ANONYMOUS).records.package("a") is None
        feed.put(package("a", "Giáo dục"))
        feed.remove(gone, kind=Kind.WITHDRAWN)
        assert made(ANONYMOUS).records.withdrawn("a") is None
        assert made(ANONYMOUS).records.package("a") is not None


class CountingFeed(MemoryFeed):
    """Remembers from where it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def since(self, sequence: int, limit: int) -> Sequence[Document]:
        self.asked.append(sequence)
        return super().since(sequence, limit)


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    feed = CountingFeed()
    for number in range(5):
        feed.put(package(f"set_{number}", "x"))
    with following(feed, tmp_path):
        pass
    feed.asked.clear()
    feed.put(package("later", "x"))
    with following(feed, tmp_path) as made:
        assert feed.asked[0] == 5
        assert len(found(made)) == 6


def test_another_generation_is_made_from_nothing(feed: MemoryFeed, tmp_path: Path) -> None:
    with following(feed, tmp_path) as made:
        first = {path.name for path in tmp_path.glob("index-*")}
        fresh = MemoryFeed()
        fresh.put(package("z", "Khác"))
        feed._documents, feed._newest = fresh._documents, 1
        feed.renew()
        made.wake()
        eventually(lambda: found(made) == {"z"})
        eventually(lambda: len(list(tmp_path.glob("index-*"))) == 1)
        assert first.isdisjoint(path.name for path in tmp_path.glob("index-*"))


class SlowFeed(MemoryFeed):
    """Holds what is read of its second generation until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.go = Event(), Event()

    def since(self, sequence: int, limit: int) -> Sequence[Document]:
        if self.generation() != "first":
            self.reading.set()
            assert self.go.wait(20)
        return super().since(sequence, limit)


def test_while_it_is_made_anew_the_one_before_answers(tmp_path: Path) -> None:
    feed = SlowFeed()
    feed.put(package("a", "Giáo dục"))
    with following(feed, tmp_path, wait=False) as made:
        feed.renew()
        feed.put(package("b", "Mới"))
        made.wake()
        assert feed.reading.wait(20)
        assert found(made) == {"a"}
        feed.go.set()
        eventually(lambda: found(made) == {"a", "b"})


def test_what_is_left_of_others_is_swept(feed: MemoryFeed, tmp_path: Path) -> None:
    (tmp_path / "index-0123456789abcdef").mkdir()
    (tmp_path / "index-0123456789abcdef" / "meta.json").write_text("{}")
    with following(feed, tmp_path):
        assert len(list(tmp_path.glob("index-*"))) == 1


def test_a_damaged_index_is_made_anew(
    feed: MemoryFeed, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with following(feed, tmp_path):
        pass
    (index,) = tmp_path.glob("index-*")
    store = next(index.glob("*.store"))
    content = bytearray(store.read_bytes())
    content[len(content) // 3] ^= 0xFF
    store.write_bytes(bytes(content))
    with following(feed, tmp_path) as made, caplog.at_level(logging.WARNING):
        assert found(made, MEMBER) == {"a", "b"}
    assert "the search index cannot be read and is made anew" in caplog.messages


def test_an_index_that_breaks_while_written_is_made_anew(
    feed: MemoryFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_AFTER_FAILURE", 0.0)
    whole, failures = IndexStore.commit, [True]

    def failing(self: IndexStore, position: int) -> None:
        if failures and position > 2:
            failures.pop()
            raise ValueError("no space left")
        whole(self, position)

    monkeypatch.setattr(IndexStore, "commit", failing)
    with following(feed, tmp_path, wait=False) as made:
        feed.put(package("c", "Mới"))
        made.wake()
        eventually(lambda: found(made) == {"a", "c"})
        assert not failures


def test_a_state_of_many_files_gives_way_to_one_of_few(
    feed: MemoryFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing changes any more that would bring another state."""
    with following(feed, tmp_path, wait=False) as made:
        before = made._state
        eventually(lambda: made._reached == 2)
        assert made._state is before
        monkeypatch.setattr(made._store, "_read", 0)  # as after files were put together
        made.wake()
        eventually(lambda: made._state is not before)
        assert made._state.position == before.position
        assert found(made) == {"a"}


def test_an_index_whose_files_go_missing_is_made_anew(
    feed: MemoryFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_AFTER_FAILURE", 0.0)
    with following(feed, tmp_path, wait=False) as made:
        (index,) = tmp_path.glob("index-*")
        (index / "meta.json").unlink()
        eventually((index / "meta.json").exists)
        eventually(lambda: found(made) == {"a"})


class UnreadableFeed(MemoryFeed):
    """Cannot be read for a while."""

    broken = False

    def generation(self) -> str:
        if self.broken:
            raise sqlite3.DatabaseError("file is not a database")
        return super().generation()

    def position(self) -> int:
        self.generation()
        return super().position()


def test_a_feed_that_cannot_be_read_leaves_the_state_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    feed = UnreadableFeed()
    feed.put(package("a", "Giáo dục"))
    with following(feed, tmp_path) as made:
        feed.broken = True
        feed.put(package("b", "Mới"))
        made.wake()
        sentence = "the catalogue's changes cannot be read: DatabaseError"
        eventually(lambda: sentence in caplog.messages)
        assert found(made) == {"a"}
        feed.broken = False
        assert found(made) == {"a", "b"}


def test_a_feed_that_is_just_being_made_is_waited_for(tmp_path: Path) -> None:
    feed = UnreadableFeed()
    feed.put(package("a", "Giáo dục"))
    feed.broken = True
    mending = Thread(target=lambda: (Event().wait(0.3), setattr(feed, "broken", False)))
    mending.start()
    with following(feed, tmp_path) as made:
        assert found(made) == {"a"}
    mending.join()


def test_a_feed_that_never_comes_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_FIRST_WITHIN", 0.0)
    feed = UnreadableFeed()
    feed.broken = True
    with pytest.raises(sqlite3.DatabaseError):
        IndexedViews(feed, tmp_path, wait=False)


def test_a_predecessor_that_is_ending_is_waited_for(feed: MemoryFeed, tmp_path: Path) -> None:
    before = IndexedViews(feed, tmp_path, wait=True)
    ending = Thread(target=lambda: (Event().wait(0.3), before.close()))
    ending.start()
    with following(feed, tmp_path) as made:
        assert found(made) == {"a"}
    ending.join()


def test_much_at_once_comes_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_BATCH", 7)
    monkeypatch.setattr(views, "_UNCOMMITTED", 20)
    feed = CountingFeed()
    for number in range(60):
        feed.put(package(f"set_{number}", f"Bảng {number}"))
    with following(feed, tmp_path) as made:
        assert len(found(made)) == 60
        assert feed.asked[:3] == [0, 7, 14]


def test_a_registry_restored_from_a_backup_is_read_anew(feed: MemoryFeed, tmp_path: Path) -> None:
    with following(feed, tmp_path) as made:
        feed.put(package("c", "Mới"))
        assert "c" in found(made)
    feed._documents.pop((Kind.PACKAGE, identifier("c")))
    feed._newest = 2
    with following(feed, tmp_path) as made:
        assert found(made) == {"a"}
