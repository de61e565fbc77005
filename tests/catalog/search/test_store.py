from __future__ import annotations

import random
from pathlib import Path

import pytest

from catalog.documents import PUBLIC, Document, Kind
from catalog.search.checksums import intact
from catalog.search.request import SearchRequest
from catalog.search.store import BrokenIndexError, IndexStore
from catalog.search.view import IndexView
from tests.catalog.search.feeds import EVERYONE, package


def document(number: int, title: str) -> Document:
    body = package(f"set_{number}", title)
    return Document(Kind.PACKAGE, body["id"], number, body, EVERYONE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A committed index of three packages."""
    store = IndexStore(tmp_path)
    store.apply([document(number, f"Bảng {number}") for number in range(1, 4)])
    store.commit(3)
    store.close()
    return tmp_path


def titles(store: IndexStore) -> set[str]:
    view = IndexView(store.state(), frozenset({PUBLIC}))
    return {str(one["title"]) for one in view.search(SearchRequest()).packages}


def test_what_is_committed_is_there_again(folder: Path) -> None:
    store = IndexStore(folder)
    assert store.position == 3
    assert titles(store) == {"Bảng 1", "Bảng 2", "Bảng 3"}
    store.close()


def test_a_change_replaces_and_is_seen_after_its_commit(folder: Path) -> None:
    store = IndexStore(folder)
    before = store.state()
    store.apply([document(1, "Bảng mới"), Document(Kind.PACKAGE, document(2, "").id, 5, None)])
    assert titles(store) == {"Bảng 1", "Bảng 2", "Bảng 3"}
    store.commit(5)
    assert titles(store) == {"Bảng mới", "Bảng 3"}
    assert IndexView(before, EVERYONE).search(SearchRequest()).count == 3
    assert (before.position, store.state().position) == (3, 5)
    store.close()


def test_files_put_together_are_told_of(folder: Path) -> None:
    store = IndexStore(folder)
    for number in range(4, 14):
        store.apply([document(number, f"Bảng {number}")])
        store.commit(number)
    before = store.state()
    store.close()  # waits for whatever is being put together
    assert store.merged() or before.searcher.num_segments < 8
    after = store.state()
    assert after.searcher.num_segments < 8
    assert not store.merged()
    assert IndexView(after, EVERYONE).search(SearchRequest()).count == 13


def test_a_record_of_another_shape_leaves_the_others(folder: Path) -> None:
    store = IndexStore(folder)
    odd = {"id": "x", "name": "odd", "state": "active", "private": False}
    store.apply([Document(Kind.PACKAGE, "x", 4, odd, EVERYONE), document(5, "Bảng 5")])
    store.commit(5)
    assert titles(store) == {"Bảng 1", "Bảng 2", "Bảng 3", "Bảng 5"}
    store.close()


def test_a_damaged_index_never_answers_wrongly(folder: Path) -> None:
    """Whatever byte of whatever file is turned, whatever file is cut off or gone."""
    chance = random.Random(7)
    for path in sorted(folder.iterdir()):
        if path.stat().st_size == 0:
            continue
        whole = path.read_bytes()
        places = [0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(12))]
        for place in places:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
            assert refused_or_right(folder), f"{path.suffix} at {place} of {len(whole)}"
            restore(folder, path, whole)
        path.write_bytes(whole[: len(whole) // 2])
        assert refused_or_right(folder), path.suffix
        restore(folder, path, whole)
        path.unlink()
        assert refused_or_right(folder), path.suffix
        restore(folder, path, whole)


def restore(folder: Path, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert intact(folder)


def refused_or_right(folder: Path) -> bool:
    """Whether the index is refused, or is empty (the feed fills it), or knows everything."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    try:
        store = IndexStore(folder)
    except BrokenIndexError:
        return True
    else:
        found = store.position, titles(store)
        store.close()
        return found in ((0, set()), (3, {"Bảng 1", "Bảng 2", "Bảng 3"}))
    finally:
        for path in folder.iterdir():
            path.unlink()
        for name, content in before.items():
            (folder / name).write_bytes(content)


def test_a_folder_without_its_position_is_broken(folder: Path) -> None:
    store = IndexStore(folder)
    writer = store._open_writer()
    writer.delete_documents_by_term("key", "position")
    writer.commit()
    store.close()
    with pytest.raises(BrokenIndexError):
        IndexStore(folder)
